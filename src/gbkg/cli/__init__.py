"""The command line: a thin door. Results go to stdout, progress and remarks to stderr.

Exit codes: 0 conforms, 1 findings of severity violation, 2 could not run, 141 nobody reads the output any more.
"""

from gbkg.cli.door import app
from gbkg.cli.main import run

__all__ = ["app", "run"]
