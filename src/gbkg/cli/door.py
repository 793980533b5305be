"""What all commands share: the application, the project they work on, and how they print."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gbkg import __version__

if TYPE_CHECKING:
    from rich.console import Console

    from gbkg.model import Finding
    from gbkg.project import Project

app = typer.Typer(
    help="A knowledge graph in which every fact can be followed back to the sentence that states it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Documents = Annotated[
    Path | None,
    typer.Option(
        "--sources", envvar="GBKG_SOURCES", metavar="DIR", help="Folder with the documents, whatever they are called."
    ),
]
_state: dict[str, Path | None] = {"project": None}


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gbkg {__version__}")
        raise typer.Exit


@app.callback()
def main(
    project: Annotated[
        Path | None,
        typer.Option(
            "--project", metavar="DIR", help="The project; without it the current folder, else the one gbkg came with."
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A knowledge graph in which every fact can be followed back to the sentence that states it."""
    _state["project"] = project


def current_project() -> Project:
    from gbkg.project import Project

    return Project.find(_state["project"])


def report_findings(findings: Iterable[Finding]) -> None:
    """Prints findings and stops with exit code 1 when one is a violation."""
    findings = list(findings)
    print_findings(findings)
    count = sum(finding.severity == "violation" for finding in findings)
    if count:
        fail(f"{count} violation{'s' if count != 1 else ''}", 1)


def print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding}", err=True)


def progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text} …")
        sys.stderr.flush()


def clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def remark(text: str) -> None:
    typer.echo(text, err=True)


def fail(text: str, code: int) -> NoReturn:
    typer.echo(f"gbkg: {text}", err=True)
    sys.exit(code)


def new_console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    return Console(highlight=False, width=width, color_system=None if plain else "auto")


def plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def oneline(text: str) -> str:
    return " ".join(text.split("\n"))
