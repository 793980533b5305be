"""Commands that tell what there is: search, sources, schema, queries, disputes."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gbkg.cli.command import LAYOUTS, Layout, checked, current_project, open_graph
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import print_record, print_result, remark, say
from gbkg.core.errors import Finding, NotFoundError
from gbkg.core.text import counted

if TYPE_CHECKING:
    from gbkg.ask.queries import Parameter, SavedQuery


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
    most = f"; --limit {2 * limit} may give more" if len(found.hits) == limit else ""
    remark(counted(len(found.hits), "hit") + most)


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
    from gbkg.ask import queries
    from gbkg.ask.resolve import near

    checked(layout, LAYOUTS)
    project = current_project()
    library, faults = queries.examine(project)
    if name is not None and name in library:
        if layout == "json":
            found = library[name].to_dict() | {"example": _example(library[name])}
            print_record("queries", queries=[found], tags=found["tags"], findings=[])
        else:
            _explain(library[name])
        return
    of_name = [fault for fault in faults if Path(fault.file or "").stem == name]
    if of_name:
        raise of_name[0]
    tags = sorted({tag for query in library.values() for tag in query.tags})
    if name is not None and name not in tags:
        nearest = near(name, [*tags, *library])
        raise NotFoundError("tag or saved query", name, nearest, () if nearest else tags)
    shown = [query for query in library.values() if name is None or name in query.tags]
    if layout == "json":
        findings = [Finding.of("queries", fault).to_dict() for fault in faults]
        print_record("queries", queries=[query.to_dict() for query in shown], tags=tags, findings=findings)
        if faults:
            sys.exit(1)
        return
    for query in shown:
        say(f"{query.name}  {query.summary}")
        for parameter in query.parameters:
            say(f"    -p {_signature(parameter)}")
    remark(counted(len(shown), "query", "queries") + (f"; tags: {', '.join(tags)}" if name is None and tags else ""))
    for fault in faults:
        say(f"{Path(fault.file or '').stem}  cannot be used: {fault}")
    if faults:
        sys.exit(1)


def _signature(parameter: Parameter) -> str:
    default = f", by default {', '.join(parameter.default)}" if parameter.default else ""
    return f"{parameter.name}=…  ({parameter.type}{default})"


def _explain(query: SavedQuery) -> None:
    say(f"{query.name}  {query.summary}")
    caution = f"Caution: {query.caution}" if query.caution else ""
    row = f"One row: {', '.join(query.row)}" if query.row else ""
    drawn = f"Drawn as: {query.view.kind}" if query.view else ""
    tags = f"Tags: {', '.join(query.tags)}" if query.tags else ""
    for paragraph in filter(None, (query.description, caution, row, drawn, tags)):
        say(f"\n{paragraph}")
    if query.parameters:
        say("\nParameters")
    for parameter in query.parameters:
        say(f"  -p {_signature(parameter)}  {parameter.description}".rstrip())
        if parameter.choices:
            say(f"     one of {', '.join(parameter.choices)}")
    given = "".join(f" -p {shlex.quote(f'{name}={value}')}" for name, value in _example(query).items())
    say(f"\n  gbkg query {query.name}{given}")


def _example(query: SavedQuery) -> dict[str, str]:
    if not query.parameters:
        return {}
    from gbkg.ask.examples import example

    return example(query, open_graph())


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
    else:
        print_result(found, layout)
    if found.summary:
        remark(found.summary)
