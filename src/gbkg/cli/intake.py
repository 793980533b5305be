"""The command with which a project begins: init."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gbkg.cli.door import app, say


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or does not exist.")],
    title: Annotated[str, typer.Option(help="What the project is called [default: the folder's name].")] = "",
    prefix: Annotated[str, typer.Option(help="The prefix of your own terms.")] = "own",
    namespace: Annotated[
        str, typer.Option(metavar="IRI", help="The namespace of your own terms [default: one of example.org].")
    ] = "",
) -> None:
    """Begin a project: a small complete one, with comments, that builds at once."""
    from gbkg.intake.start import start

    for name in start(folder, title, prefix, namespace):
        say(f"wrote {folder / name}")
    say(f"next: cd {folder} && gbkg build")
