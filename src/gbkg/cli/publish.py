"""The command for those who run a server: publish."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gbkg.cli.command import LAYOUTS, Layout, app, checked, clear_progress, current_project, print_record, remark, say
from gbkg.cli.progress import ProgressLine
from gbkg.core.errors import DifferenceError

if TYPE_CHECKING:
    from gbkg.store.publish import Outcome, Source


@app.command()
def publish(
    endpoint: Annotated[
        str,
        typer.Option("--endpoint", envvar="GBKG_ENDPOINT", metavar="URL", help="Where the server takes queries."),
    ],
    update: Annotated[
        str,
        typer.Option(
            "--update-endpoint", envvar="GBKG_UPDATE_ENDPOINT", metavar="URL", help="Where it takes SPARQL Update."
        ),
    ] = "",
    graphs: Annotated[
        str,
        typer.Option(
            "--graph-store", envvar="GBKG_GRAPH_STORE", metavar="URL", help="Where it takes graphs (?graph=IRI)."
        ),
    ] = "",
    prefix: Annotated[
        str,
        typer.Option(
            "--graph-prefix",
            envvar="GBKG_GRAPH_PREFIX",
            metavar="IRI",
            help="What the names of its graphs begin with, instead of graph:.",
        ),
    ] = "",
    built: Annotated[Path, typer.Option("--build", metavar="DIR", help="The folder that gbkg build wrote.")] = Path(
        "build"
    ),
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR", help="A store on disk instead of the build's gbkg.nq.")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(
            "--batch", min=1, max=100_000, help="Triples in one request [default: 20,000; not Oxigraph: 5,000]."
        ),
    ] = None,
    layout: Layout = "text",
) -> None:
    """Put the named graphs of a build on a SPARQL server, in batches, and check that they arrived.

    Run it again after a new build or when it was broken off: graphs that are already there are only checked, all others
    are sent whole. Other graphs of the server are left alone.

    Without --update-endpoint and --graph-store they follow from --endpoint: for Oxigraph (…/query) they are …/update
    and …/store; for Virtuoso (…/sparql) with credentials …/sparql-auth and …/sparql-graph-crud-auth, without them
    …/sparql and …/sparql-graph-crud. Any other server needs all three.

    Credentials come from GBKG_ENDPOINT_USER and GBKG_ENDPOINT_PASSWORD, from GBKG_ENDPOINT_TOKEN, or from ~/.netrc.
    """
    from gbkg.store.graphstore import Endpoints, Server
    from gbkg.store.publish import publish as send

    checked(layout, LAYOUTS)
    source = _source(built, store)
    server = Server(Endpoints.of(endpoint, update, graphs), prefix)
    try:
        outcome = send(source, server, batch, ProgressLine())
    except DifferenceError as error:
        clear_progress()
        for line in error.lines:
            remark(line)
        raise
    clear_progress()
    _print(outcome, layout)


def _source(built: Path, store: Path | None) -> Source:
    from gbkg.store.publish import Source

    if store is not None:
        return Source.store(current_project(), store)
    return Source.build(current_project(), built)


def _print(outcome: Outcome, layout: str) -> None:
    remarks = [f"{graph}: the server gives some integers as decimals of the same value" for graph in outcome.rewritten]
    if layout == "json":
        print_record("publication", remarks, **asdict(outcome))
    else:
        for graphs, word in ((outcome.replaced, "sent"), (outcome.kept, "as it was"), (outcome.dropped, "dropped")):
            for graph in graphs:
                say(f"{graph}\t{word}")
        say(f"{outcome.sent:,} of {outcome.triples:,} triples sent; all are there; digest {outcome.digest}")
    for line in remarks:
        remark(line)
