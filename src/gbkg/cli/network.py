"""Commands that follow relations and measure the network: neighbours, path, analyse."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from gbkg.cli.door import app, asks_graph, fail, new_console, open_graph, plain, remark

if TYPE_CHECKING:
    from gbkg.ask.opened import KnowledgeGraph
    from gbkg.evidence.relations import Ledger
    from gbkg.network.edges import Selection
    from gbkg.network.measures import Analysis
    from gbkg.network.paths import Apart
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
) -> None:
    """Print who and what an entity is related to, step by step, each relation with its quotations."""
    from gbkg.ask import naming
    from gbkg.cli.relations import print_evidence, print_step
    from gbkg.evidence import relations
    from gbkg.network import paths
    from gbkg.network.edges import Selection
    from gbkg.network.quotations import Footnotes

    kg = open_graph()
    start = naming.entity(kg, " ".join(entity))
    ledger = relations.read(kg.store)
    network = _around(kg, ledger, Selection(tuple(relation or ()), inferred=inferred, as_of=as_of), start)
    rings, steps = paths.rings(network, start, hops), paths.neighbours(network, start, hops, top)
    notes, console = Footnotes(kg, ledger), new_console()
    node = network.nodes[start]
    console.print(f"[bold]{plain(node['label'])}[/bold]  ({node['type_label']})  id:{node['slug']}", soft_wrap=True)
    for distance, links in enumerate(rings, start=1):
        count = len({there for _, there in links})
        console.print(
            f"\n[bold]{_count(distance, 'step')} away: {_count(count, 'entity', 'entities')}[/bold]", soft_wrap=True
        )
        for step in steps:
            if step.distance == distance:
                print_step(console, kg, step, notes, named=distance > 1)
        if len(links) > top:
            console.print(f"  and {len(links) - top:,} more links (--top)")
    if not steps:
        console.print("  no relation" + (" of this kind" if relation else ""))
    print_evidence(console, notes)
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
) -> None:
    """Print the shortest paths between two entities, each step with its quotations."""
    from gbkg.ask import naming
    from gbkg.cli.relations import print_evidence, print_step
    from gbkg.evidence import relations
    from gbkg.network import paths
    from gbkg.network.edges import Selection
    from gbkg.network.quotations import Footnotes

    kg = open_graph()
    ends = naming.entity(kg, start), naming.entity(kg, goal)
    ledger = relations.read(kg.store)
    network = _around(kg, ledger, Selection(tuple(relation or ()), inferred=inferred, as_of=as_of), *ends)
    found = paths.shortest(network, *ends, k)
    notes, console = Footnotes(kg, ledger), new_console()
    if isinstance(found, paths.Apart):
        _print_apart(kg, ends, found)
        _print_wider(kg, ledger, ends)
        _remark_undated(network, as_of)
        raise typer.Exit(1)
    for number, steps in enumerate(found, start=1):
        title = f"Path {number} of {len(found)}" if len(found) > 1 else "Path"
        console.print(f"{'' if number == 1 else chr(10)}[bold]{title}: {_count(len(steps), 'step')}[/bold]")
        for step in steps:
            print_step(console, kg, step, notes, numbered=True)
    print_evidence(console, notes)
    if len(found) < k:
        remark(f"there {'is' if len(found) == 1 else 'are'} no more than {_count(len(found), 'path')}")
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
    from gbkg.ask import naming
    from gbkg.cli import analysis
    from gbkg.core.errors import NotFoundError
    from gbkg.evidence import relations
    from gbkg.network import compare
    from gbkg.network.edges import DEFAULT_KINDS, Selection
    from gbkg.network.measures import analyse as measure
    from gbkg.network.projection import project
    from gbkg.network.sampling import Effort

    if layout not in FORMATS:
        raise NotFoundError("format", layout, known=FORMATS)
    if answers and not withdraw:
        fail("--answers goes with --withdraw", 2)
    if exact and samples:
        fail("--exact takes no --samples", 2)
    kg = open_graph()
    _check_queries(kg, answers or ())
    selection = Selection(
        tuple(relation or ()), tuple(kind or DEFAULT_KINDS), inferred, as_of, tuple(without or ()) if withdraw else ()
    )
    network, effort = project(kg, relations.read(kg.store), selection), Effort(exact, samples)
    if withdraw:
        keys = frozenset[str]().union(*(naming.claims(kg, name) for name in withdraw))
        fallen = compare.withdraw(kg, selection, keys, timeout or None, effort)
        measured = fallen.comparison.before
        analysis.show_removal(kg, fallen, network, withdraw, layout, top, answers or ())
    elif without:
        compared = compare.without(kg, selection, without, effort)
        analysis.show_comparison(kg, compared, network, without, layout, top)
        measured = compared.before
    else:
        measured = measure(network, effort, alone=False)
        analysis.show_analysis(kg, measured, network, layout, top)
    _remark_methods(measured)
    _remark_alone(network)
    _remark_undated(network, as_of)
    if withdraw and fallen.skipped:
        remark(f"took longer than {timeout:g} s and was not compared (--timeout): {', '.join(fallen.skipped)}")


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


def _print_apart(kg: KnowledgeGraph, ends: tuple[str, str], found: Apart) -> None:
    console = new_console()
    console.print(f"no path between {plain(kg.labels[ends[0]])} and {plain(kg.labels[ends[1]])}", soft_wrap=True)
    for end, group in zip(ends, (found.here, found.there), strict=True):
        others = [kg.labels[node] for node in group if node != end]
        if not others:
            said = "has no relation here"
        else:
            few = ", ".join(others[:8]) + (" …" if len(others) > 8 else "")
            said = f"is in a component of {len(group)}, with {few}"
        console.print(f"  {plain(f'{kg.labels[end]} {said}')}", soft_wrap=True)


def _print_wider(kg: KnowledgeGraph, ledger: Ledger, ends: tuple[str, str]) -> None:
    """How near the two come when more relations count: all families, then inferred ones, then topics too."""
    from gbkg.network import paths
    from gbkg.network.edges import KINDS, Selection
    from gbkg.network.projection import project

    wider = (
        ("over all relations", Selection()),
        ("over all relations and inferred ones", Selection(inferred=True)),
        ("over all relations and topics", Selection(kinds=tuple(KINDS), inferred=True)),
    )
    for words, selection in wider:
        more = project(kg, ledger, selection)
        found = paths.shortest(more, *ends) if all(end in more for end in ends) else None
        if isinstance(found, list) and found:
            way = " · ".join(kg.labels[step.there] for step in found[0][:-1])
            new_console().print(
                plain(
                    f"  {words} they are {_count(len(found[0]), 'step')} apart" + (f", by way of {way}" if way else "")
                ),
                soft_wrap=True,
            )
            return


def _remark_methods(found: Analysis) -> None:
    for method in found.methods:
        if method.remark:
            remark(method.remark)


def _remark_alone(network: Network) -> None:
    alone = [attributes["label"] for node, attributes in network.nodes(data=True) if not network.degree(node)]
    if alone:
        few = "; ".join(alone[:5]) + (" …" if len(alone) > 5 else "")
        remark(f"{len(alone)} of {_count(len(network), 'entity', 'entities')} have no relation here: {few}")


def _remark_left_out(kg: KnowledgeGraph, network: Network, start: str) -> None:
    """How many stated relations of an entity the network does not have."""
    from gbkg.network.projection import stated

    every = stated(kg, start)
    near = [edge for ends in (network.in_edges, network.out_edges) for *_, edge in ends(start, data=True)]
    shown = sum(not edge["inferred"] for edge in near)
    if shown < every:
        said = f"{shown} of {_count(every, 'relation')} of {kg.labels[start]} shown"
        remark(f"{said}: the others are of kinds left out (-r all)")


def _remark_undated(network: Network, as_of: str) -> None:
    if as_of:
        undated, edges = network.graph["undated"], network.number_of_edges()
        remark(f"as of {as_of}: {undated} of {_count(edges, 'relation')} kept have no date with a year")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
