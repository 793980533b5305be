"""The command line: it parses, calls and prints. Results go to stdout, progress and remarks to stderr.

A module of commands is imported when one of them is asked for, and imports what answers it where it runs, but for what
`core` has and every command loads: help must come at once, and a command must not wait for what another one needs.

Exit codes: 0 conforms, 1 findings of severity violation, 2 could not run, 141 nobody reads the output any more.
"""

from gbkg.cli.command import app
from gbkg.cli.main import run

__all__ = ["app", "run"]
