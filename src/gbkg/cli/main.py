"""The program: every command, and how errors end."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from gbkg.cli import ask, curate, disputes, draw, export, network, prove, publish
from gbkg.cli.door import app, clear_progress, fail, print_findings
from gbkg.errors import GbkgError, Nonconforming

COMMANDS = (curate, ask, prove, disputes, network, draw, export, publish)
"""The modules whose commands the program has."""


def run() -> NoReturn:
    """The program: runs a command and turns errors into one line and an exit code."""
    try:
        app(prog_name="gbkg")
    except Nonconforming as error:
        clear_progress()
        print_findings(error.findings)
        fail(str(error), 1)
    except GbkgError as error:
        clear_progress()
        fail(str(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (RuntimeError, OSError) as error:
        # What RocksDB says of a table that was damaged after it was opened.
        if "Corruption" not in str(error):
            raise
        fail(f"the store is damaged: {error}; build it again (gbkg build --store DIR)", 2)
    sys.exit(0)
