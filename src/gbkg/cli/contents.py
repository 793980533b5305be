"""Commands that tell what there is: search, sources, schema, queries, disputes."""

from __future__ import annotations

import sys
from typing import Annotated

from gbkg.cli.command import LAYOUTS, Layout, checked, current_project, open_graph
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import print_remarks, print_result, remark, say
from gbkg.core.text import counted


@command("search", asks_graph=True)
def search(
    words: Annotated[list[str], Argument(help="Words; several need no quotes.")],
    kind: Annotated[
        list[str] | None, Option("--kind", help="entity, passage or query; may be repeated [default: all].")
    ] = None,
    limit: Annotated[int, Option(min=1, help="How many hits at most.")] = 20,
    layout: Layout = "text",
) -> None:
    """Find entities by any spelling, passages by their words and saved queries by what they ask."""
    from gbkg.ask.search import KINDS

    checked(layout, LAYOUTS)
    found = open_graph().search(" ".join(words), kind or KINDS, limit)
    print_result(found, layout)
    more = f"; --limit {2 * limit} may give more" if len(found.hits) == limit else ""
    remark(counted(len(found.hits), "hit") + more)


@command("sources", asks_graph=True)
def sources(layout: Layout = "text") -> None:
    """List the documents that the graph cites: title, authors, date, digest, how many claims are of each."""
    checked(layout, LAYOUTS)
    print_result(open_graph(once=True).sources(), layout)


@command("schema", asks_graph=True)
def schema(layout: Layout = "text") -> None:
    """List the classes, properties and indicators that occur, with counts, the most frequent first."""
    checked(layout, LAYOUTS)
    print_result(open_graph(once=True).schema(), layout)


@command("queries", asks_graph=True)
def queries(
    name: Annotated[str | None, Argument(metavar="[TAG|NAME]", help="A tag, or a query to explain.")] = None,
    layout: Layout = "text",
) -> None:
    """List the saved queries, those with a tag, or explain one with an example call."""
    from gbkg.ask.catalogue import listed

    checked(layout, LAYOUTS)
    found = listed(current_project(), name or "", open_graph)
    print_result(found, layout)
    if found.findings:
        sys.exit(1)


_DISPUTES = ("table", "md", "json")


@command("disputes", asks_graph=True)
def disputes(
    entity: Annotated[
        list[str] | None,
        Argument(help="Only what touches this entity (IRI, id, label or alias), or the one of this name (cur:…)."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        Option(
            "--kind",
            help="proposal, inconsistency, correction, comparison, check, ambiguity, identity or gap; may be repeated.",
        ),
    ] = None,
    every: Annotated[bool, Option("--all", help="All kinds.")] = False,
    layout: Annotated[str, Option("--format", help="table, md or json.")] = "table",
) -> None:
    """Print what is to be settled, inconsistencies, corrections, comparisons: side by side, with arithmetic."""
    from gbkg.ask.disputes import KINDS, USUAL

    checked(layout, _DISPUTES)
    found = open_graph().disputes(" ".join(entity or []), KINDS if every else kind or USUAL)
    if layout == "md":
        say(found.markdown())
        print_remarks(found)
    else:
        print_result(found, layout)
