"""The program: every command, and how errors end."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import click

from gbkg.cli.command import Unread, app
from gbkg.cli.printing import clear_progress, fail, print_findings
from gbkg.cli.streams import drop, guarded
from gbkg.core.errors import GbkgError, ValidationError


def run() -> NoReturn:
    """The program: runs a command and turns errors into one line and an exit code."""
    if sys.stdout is None:
        if sys.stderr is not None:
            sys.stderr.write("gbkg: standard output is closed: there is nowhere to print to\n")
        sys.exit(2)
    with guarded():
        try:
            code = _code()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 2
    sys.exit(code)


def _code() -> int:
    """The exit code of a command, all of its results written; errors end the process."""
    try:
        code = _command()
        sys.stdout.flush()
        return code
    except (BrokenPipeError, Unread):
        drop(sys.stdout)
        return 141  # as a shell tells of what SIGPIPE ended
    except ValidationError as error:
        clear_progress()
        print_findings(error.findings)
        fail(str(error), 1)
    except GbkgError as error:
        if error.file == "stdout":
            drop(sys.stdout)
        clear_progress()
        fail(str(error), 2)
    except Exception as error:
        if "GBKG_TRACEBACK" in os.environ:
            raise
        clear_progress()
        fail(_foreseen(error) or _unforeseen(error), 2)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the engines that are written in Rust
            raise
        clear_progress()
        fail(f"the engine broke down: {_line(error)}", 2)


def _command() -> int:
    """Runs the command that was asked for; its exit code."""
    try:
        code: Any = app(prog_name="gbkg", standalone_mode=False)
    except SystemExit as stop:
        code = stop.code
    except click.ClickException as error:
        error.show(sys.stderr)
        code = error.exit_code
    except click.Abort:
        code = 130  # as a shell tells of what Ctrl-C ended
    return code if isinstance(code, int) else 0


def _foreseen(error: Exception) -> str:
    """What an error of the system, of an engine or of depth means; empty for any other."""
    if "Corruption" in str(error):
        # What RocksDB says of a table that was damaged after it was opened.
        return f"the store is damaged: {_line(error)}; build it again (gbkg build, or gbkg build --store DIR)"
    if isinstance(error, RecursionError):
        return "something here is nested too deeply to be read"
    if isinstance(error, MemoryError):
        return "the memory of this machine is used up"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else _line(error)
    return ""


def _unforeseen(error: Exception) -> str:
    said = f"{type(error).__name__}: {_line(error)}".rstrip(": ")
    return f"came to an end that was not foreseen: {said} (GBKG_TRACEBACK=1 shows where; please report it)"


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:500]
