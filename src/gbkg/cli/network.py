"""Commands that follow relations and measure the network: neighbours, path, analyse."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gbkg.cli.door import app, asks_graph, fail, new_console, open_graph, remark
from gbkg.core.text import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gbkg.ask.opened import KnowledgeGraph
    from gbkg.evidence.ledger import Footnotes, Ledger
    from gbkg.network.compare import Comparison
    from gbkg.network.edges import Selection
    from gbkg.network.measures import Analysis
    from gbkg.network.paths import Hop
    from gbkg.network.projection import Network

Relations = Annotated[
    list[str] | None,
    typer.Option(
        "--relation", "-r", metavar="FAMILY", help="A family of relations, a property, or all; may be repeated."
    ),
]
Inferred = Annotated[bool, typer.Option("--inferred", help="Follow relations that rules infer, too.")]
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help="Leave out what is known to have begun after YYYY[-MM[-DD]].")
]
Layout = Annotated[str, typer.Option("--format", help="text or json.")]
FORMATS = ("table", "json", "csv")


@app.command()
@asks_graph
def neighbours(
    entity: Annotated[list[str], typer.Argument(help="IRI, id, label or alias; several words need no quotes.")],
    hops: Annotated[int, typer.Option("--hops", min=1, help="How many steps away.")] = 1,
    relation: Relations = None,
    inferred: Inferred = False,
    as_of: AsOf = "",
    top: Annotated[int, typer.Option("--top", min=1, help="Links printed of each step.")] = 100,
    layout: Layout = "text",
) -> None:
    """Print who and what an entity is related to, step by step, each relation with its quotations."""
    from gbkg.ask.resolve import resolve
    from gbkg.evidence.ledger import Footnotes, read
    from gbkg.network import paths, text
    from gbkg.network.edges import Selection

    _check_layout(layout)
    kg = open_graph()
    start = resolve(kg.labels, " ".join(entity), "entity", remark).value
    ledger = read(kg.store)
    network = _around(kg, ledger, Selection(tuple(relation or ()), inferred=inferred, as_of=as_of), start)
    rings, steps = paths.rings(network, start, hops), paths.neighbours(network, start, hops, top)
    notes = Footnotes(kg.evidence, ledger)
    if layout == "json":
        _json({"entity": start, "hops": [step.to_dict() for step in steps], **_quotations(steps, notes)})
    else:
        _print(text.neighbours(kg, network, start, rings, steps, notes))
        if not steps:
            _print(["  no relation" + " of this kind" * bool(relation)])
        _print(text.evidence(notes))
    _remark_left_out(kg, network, start)
    _remark_undated(network, as_of)


@app.command()
@asks_graph
def path(
    start: Annotated[str, typer.Argument(metavar="A", help="IRI, id, label or alias.")],
    goal: Annotated[str, typer.Argument(metavar="B", help="IRI, id, label or alias.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many paths.")] = 1,
    relation: Relations = None,
    inferred: Inferred = False,
    as_of: AsOf = "",
    layout: Layout = "text",
) -> None:
    """Print the shortest paths between two entities, each step with its quotations."""
    from gbkg.ask.resolve import resolve
    from gbkg.evidence.ledger import Footnotes, read
    from gbkg.network import paths, text
    from gbkg.network.edges import Selection

    _check_layout(layout)
    kg = open_graph()
    ends = resolve(kg.labels, start, "entity", remark).value, resolve(kg.labels, goal, "entity", remark).value
    ledger = read(kg.store)
    network = _around(kg, ledger, Selection(tuple(relation or ()), inferred=inferred, as_of=as_of), *ends)
    found = paths.shortest(network, *ends, k)
    if isinstance(found, paths.Apart):
        if layout == "json":
            _json({"paths": [], "components": [found.here, found.there]})
        else:
            wider = paths.wider(kg, ledger, *ends)
            _print([*text.apart(kg, ends, found), *([text.nearer(kg, *wider)] if wider else [])])
        _remark_undated(network, as_of)
        raise typer.Exit(1)
    notes = Footnotes(kg.evidence, ledger)
    if layout == "json":
        hops = [hop for way in found for hop in way]
        _json({"paths": [[hop.to_dict() for hop in way] for way in found], **_quotations(hops, notes)})
    else:
        _print([*text.paths(kg, found, notes), *text.evidence(notes)])
    if len(found) < k:
        remark(f"there {'is' if len(found) == 1 else 'are'} no more than {counted(len(found), 'path')}")
    if not found.complete:
        remark("the search for longer paths stopped: others as long as the last may come before it by name")
    _remark_undated(network, as_of)


@app.command()
@asks_graph
def analyse(
    relation: Relations = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="Only agent, fund, group, place, policy, application, event, document, topic; may be repeated.",
        ),
    ] = None,
    as_of: AsOf = "",
    inferred: Inferred = False,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Compare with the network less implied, disputed or single-passage relations."),
    ] = None,
    withdraw: Annotated[
        list[str] | None,
        typer.Option("--withdraw", metavar="SOURCE|CLAIM", help="What falls without a source or claim; repeatable."),
    ] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option(
            "--answers", metavar="QUERY|all", help="With --withdraw, the rows that this saved query loses and gains."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0, help="With --withdraw, seconds for each saved query; 0: no limit.")
    ] = 10,
    layout: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Rows of each list [default: 15 in a table, else all].")
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Take every measure exactly, however large the network is.")
    ] = False,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples",
            metavar="K",
            min=2,
            max=1_000_000_000,
            help="Estimate betweenness and closeness from samples of K.",
        ),
    ] = None,
) -> None:
    """Measure the network of entities; with --without or --withdraw, compare it with less evidence."""
    from gbkg.ask.resolve import claims
    from gbkg.core.errors import NotFoundError
    from gbkg.evidence.ledger import read
    from gbkg.network import compare, text
    from gbkg.network.edges import DEFAULT_KINDS, Selection
    from gbkg.network.measures import Place
    from gbkg.network.measures import analyse as measure
    from gbkg.network.projection import project
    from gbkg.network.sampling import Effort
    from gbkg.network.withdraw import Removal
    from gbkg.network.withdraw import withdraw as take_away
    from gbkg.render.export.networks import sheet

    if layout not in FORMATS:
        raise NotFoundError("format", layout, known=FORMATS)
    if answers and not withdraw:
        fail("--answers goes with --withdraw", 2)
    if exact and samples:
        fail("--exact takes no --samples", 2)
    kg = open_graph()
    _check_queries(kg, answers or ())
    weak = tuple(without or ())
    selection = Selection(tuple(relation or ()), tuple(kind or DEFAULT_KINDS), inferred, as_of, weak * bool(withdraw))
    effort, rows = Effort(exact, samples), top or text.ROWS
    network = project(kg, read(kg.store), selection)
    found: Analysis | Comparison | Removal
    if withdraw:
        keys = frozenset[str]().union(*(claims(kg.labels, name, remark) for name in withdraw))
        found = take_away(kg, selection, keys, timeout or None, effort)
        compared = found.comparison
        shown = text.removal(found, withdraw, rows, answers or ())
    elif weak:
        found = compared = compare.without(kg, selection, weak, effort)
        shown = text.without(found, weak, rows)
    else:
        found = measured = measure(network, effort, alone=False)
        shown = text.analysis(found, rows)
    if withdraw or weak:
        measured = compared.before
        columns: tuple[str, ...] = ("iri", "label", "measure", "before", "after", "change")
        lines = [change.to_dict() for change in compared.changes[:top]]
    else:
        columns = tuple(field.name for field in fields(Place))
        lines = [asdict(place) for place in measured.places[:top]]
    if layout == "json":
        _json(found.to_dict(top))
    elif layout == "csv":
        sys.stdout.buffer.write(sheet(columns, lines))
    else:
        _print(shown)
    for method in measured.methods:
        if method.remark:
            remark(method.remark)
    _remark_alone(network)
    _remark_undated(network, as_of)
    if isinstance(found, Removal) and found.skipped:
        remark(f"took longer than {timeout:g} s and was not compared (--timeout): {', '.join(found.skipped)}")


def _print(lines: Iterable[RenderableType]) -> None:
    console = new_console()
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str))


def _json(value: object) -> None:
    sys.stdout.buffer.write(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode())


def _quotations(hops: Iterable[Hop], notes: Footnotes) -> dict[str, Any]:
    """What proves the relations: every quotation once, with the claims that it proves."""
    for hop in hops:
        for edge in hop.relations:
            notes.numbers(edge.claims)
    return {"quotations": [{**quotation.to_dict(), "claims": list(keys)} for _, quotation, keys in notes.notes()]}


def _check_layout(layout: str) -> None:
    from gbkg.core.errors import NotFoundError

    if layout not in ("text", "json"):
        raise NotFoundError("format", layout, known=("text", "json"))


def _check_queries(kg: KnowledgeGraph, names: Sequence[str]) -> None:
    """Raises `NotFoundError` with near names unless these are saved queries, or `all`."""
    from gbkg.core.errors import NotFoundError

    known = [path.stem for path in kg.project.queries]
    for name in names:
        if name not in known and name != "all":
            raise NotFoundError("saved query", name, get_close_matches(name, known, 3, 0.6))


def _around(kg: KnowledgeGraph, ledger: Ledger, selection: Selection, *ends: str) -> Network:
    """The network of a selection; with topics when an end is one."""
    from dataclasses import replace

    from gbkg.network.edges import KINDS
    from gbkg.network.projection import project

    found = project(kg, ledger, selection)
    if all(end in found for end in ends):
        return found
    return project(kg, ledger, replace(selection, kinds=tuple(KINDS)))


def _remark_alone(network: Network) -> None:
    alone = [attributes["label"] for node, attributes in network.nodes(data=True) if not network.degree(node)]
    if alone:
        few = "; ".join(alone[:5]) + (" …" if len(alone) > 5 else "")
        remark(f"{len(alone)} of {counted(len(network), 'entity', 'entities')} have no relation here: {few}")


def _remark_left_out(kg: KnowledgeGraph, network: Network, start: str) -> None:
    """How many stated relations of an entity the network does not have."""
    from gbkg.network.projection import stated

    every = stated(kg, start)
    near = [edge for ends in (network.in_edges, network.out_edges) for *_, edge in ends(start, data=True)]
    shown = sum(not edge["inferred"] for edge in near)
    if shown < every:
        said = f"{shown} of {counted(every, 'relation')} of {kg.labels[start]} shown"
        remark(f"{said}: the others are of kinds left out (-r all)")


def _remark_undated(network: Network, as_of: str) -> None:
    if as_of:
        undated, edges = network.graph["undated"], network.number_of_edges()
        remark(f"as of {as_of}: {undated} of {counted(edges, 'relation')} kept have no date with a year")
