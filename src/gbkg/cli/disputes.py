"""The command that shows what the curators hold against the documents."""

from __future__ import annotations

from typing import Annotated

import typer

from gbkg.cli.door import app, asks_graph, checked, open_graph, print_result, remark, say

FORMATS = ("table", "md", "json")


@app.command()
@asks_graph
def disputes(
    entity: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only what touches this entity (IRI, id, label or alias), or the one of this name (cur:…)."
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="proposal, inconsistency, correction, comparison, check, ambiguity, identity or gap; may be repeated.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All kinds.")] = False,
    layout: Annotated[str, typer.Option("--format", help="table, md or json.")] = "table",
) -> None:
    """Print what is to be settled, inconsistencies, corrections, comparisons: side by side, with arithmetic."""
    from gbkg.ask.disputes import KINDS, USUAL

    checked(layout, FORMATS)
    found = open_graph().disputes(" ".join(entity or []), KINDS if every else kind or USUAL)
    if layout == "md":
        say(found.markdown())
    else:
        print_result(found, layout)
    if found.summary:
        remark(found.summary)
