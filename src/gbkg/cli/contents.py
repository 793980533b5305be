"""Commands that tell what the graph has: search, sources, schema."""

from __future__ import annotations

from typing import Annotated

import typer

from gbkg.cli.door import LAYOUTS, Layout, app, asks_graph, checked, open_graph, print_result, remark
from gbkg.core.text import counted


@app.command()
@asks_graph
def search(
    words: Annotated[list[str], typer.Argument(help="Words; several need no quotes.")],
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="entity, passage or query; may be repeated [default: all].")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many hits at most.")] = 20,
    layout: Layout = "text",
) -> None:
    """Find entities by any spelling, passages by their words and saved queries by what they ask."""
    from gbkg.ask.search import KINDS

    checked(layout, LAYOUTS)
    found = open_graph().search(" ".join(words), kind or KINDS, limit)
    print_result(found, layout)
    most = f"; --limit {2 * limit} may give more" if len(found.hits) == limit else ""
    remark(counted(len(found.hits), "hit") + most)


@app.command()
@asks_graph
def sources(layout: Layout = "text") -> None:
    """List the documents that the graph cites: title, authors, date, digest, how many claims are of each."""
    checked(layout, LAYOUTS)
    print_result(open_graph().sources(), layout)


@app.command()
@asks_graph
def schema(layout: Layout = "text") -> None:
    """List the classes, properties and indicators that occur, with counts, the most frequent first."""
    checked(layout, LAYOUTS)
    print_result(open_graph().schema(), layout)
