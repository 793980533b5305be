"""Commands that follow relations and measure the network: neighbours, path, analyse."""

from __future__ import annotations

import sys
from typing import Annotated, Any

from gbkg.cli.command import Layout, open_graph
from gbkg.cli.parameters import Argument, Option, command
from gbkg.cli.printing import fail, print_remarks, print_result

Relations = Annotated[
    list[str] | None,
    Option("--relation", "-r", metavar="FAMILY", help="A family of relations, a property, or all; may be repeated."),
]
Inferred = Annotated[bool, Option("--inferred", help="Follow relations that rules infer, too.")]
AsOf = Annotated[
    str, Option("--as-of", metavar="DATE", help="Leave out what is known to have begun after YYYY[-MM[-DD]].")
]

Kinds = Annotated[
    list[str] | None,
    Option(
        "--kind", help="Only agent, fund, group, place, policy, application, event, document, topic; may be repeated."
    ),
]
Samples = Annotated[
    int | None,
    Option(
        "--samples", metavar="K", min=2, max=1_000_000_000, help="Estimate betweenness and closeness from samples of K."
    ),
]


@command("neighbours", asks_graph=True)
def neighbours(
    entity: Annotated[list[str], Argument(help="IRI, id, label or alias; several words need no quotes.")],
    hops: Annotated[int, Option("--hops", min=1, help="How many steps away.")] = 1,
    relation: Relations = None,
    inferred: Inferred = False,
    as_of: AsOf = "",
    top: Annotated[int, Option("--top", min=1, help="Links printed of each step.")] = 100,
    layout: Layout = "text",
) -> None:
    """Print who and what an entity is related to, step by step, each relation with its quotations."""
    chosen: dict[str, Any] = {"relations": relation or (), "inferred": inferred, "as_of": as_of}
    print_result(open_graph(once=True).neighbours(" ".join(entity), hops, top=top, **chosen), layout)


@command("path", asks_graph=True)
def path(
    start: Annotated[str, Argument(metavar="A", help="IRI, id, label or alias.")],
    goal: Annotated[str, Argument(metavar="B", help="IRI, id, label or alias.")],
    k: Annotated[int, Option("-k", min=1, help="How many paths.")] = 1,
    relation: Relations = None,
    inferred: Inferred = False,
    as_of: AsOf = "",
    layout: Layout = "text",
) -> None:
    """Print the shortest paths between two entities, each step with its quotations."""
    chosen: dict[str, Any] = {"relations": relation or (), "inferred": inferred, "as_of": as_of}
    found = open_graph(once=True).path(start, goal, k, **chosen)
    print_result(found, layout)
    if not found.joined:
        sys.exit(1)


@command("analyse", asks_graph=True)
def analyse(
    relation: Relations = None,
    kind: Kinds = None,
    as_of: AsOf = "",
    inferred: Inferred = False,
    without: Annotated[
        list[str] | None,
        Option("--without", help="Compare with the network less implied, disputed or single-passage relations."),
    ] = None,
    withdraw: Annotated[
        list[str] | None,
        Option("--withdraw", metavar="SOURCE|CLAIM", help="What falls without a source or claim; repeatable."),
    ] = None,
    answers: Annotated[
        list[str] | None,
        Option(
            "--answers", metavar="QUERY|all", help="With --withdraw, the rows that this saved query loses and gains."
        ),
    ] = None,
    timeout: Annotated[float, Option(min=0, help="With --withdraw, seconds for each saved query; 0: no limit.")] = 10,
    layout: Annotated[str, Option("--format", choices=("table", "json", "csv"), help="table, json or csv.")] = "table",
    top: Annotated[
        int | None, Option("--top", min=1, help="Rows of each list [default: 15 in a table, else all].")
    ] = None,
    exact: Annotated[bool, Option("--exact", help="Take every measure exactly, however large the network is.")] = False,
    samples: Samples = None,
) -> None:
    """Measure the network of entities; with --without or --withdraw, compare it with less evidence."""
    from gbkg.render.export.networks import sheet

    if answers and not withdraw:
        fail("--answers needs --withdraw", 2)
    if exact and samples:
        fail("--exact takes no --samples", 2)
    found = open_graph().network(
        relations=relation or (),
        kinds=kind or (),
        inferred=inferred,
        as_of=as_of,
        without=without or (),
        withdraw=withdraw or (),
        answers=answers or (),
        timeout=timeout or None,
        exact=exact,
        samples=samples,
        top=top,
    )
    if layout == "csv":
        sys.stdout.buffer.write(sheet(*found.table()))
        print_remarks(found)
    else:
        print_result(found, layout)
