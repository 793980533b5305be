"""Commands that serve the graph: to browsers (serve), to language models (mcp), on SPARQL servers (publish)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from gbkg.cli.command import Documents, Layout, current_project, documents_at_hand, graph_place
from gbkg.cli.parameters import Option, command
from gbkg.cli.printing import ProgressLine, clear_progress, print_result, remark, say
from gbkg.core.errors import DifferenceError, GbkgError, extra


@command("serve", asks_graph=True)
def serve(
    sources: Documents = None,
    host: Annotated[
        str, Option(help="The address to listen on; beyond this machine, requests are limited.")
    ] = "127.0.0.1",
    port: Annotated[int | None, Option(min=0, max=65535, help="[default: 8473, or a free one].")] = None,
    allow_host: Annotated[
        list[str] | None,
        Option("--allow-host", metavar="NAME", help="A name under which browsers reach it, too."),
    ] = None,
    browse: Annotated[bool, Option("--open", help="Open a browser.")] = False,
    review: Annotated[
        str, Option("--review", metavar="SOURCE", help="Also decide on its proposals, or on all; this machine alone.")
    ] = "",
    by: Annotated[
        str, Option("--as", metavar="NAME", help="With --review: who decides [default: user.name of git].")
    ] = "",
) -> None:
    """Serve the graph: pages for a browser, SPARQL 1.1 and Linked Data for programs."""

    with extra("web"):
        from gbkg.web.app import serve as run
        from gbkg.web.reviewing import ReviewSession
        from gbkg.web.site import ServerSettings
    project = current_project()
    if by and not review:
        raise GbkgError("--as needs --review", hint="add --review, or leave --as out")
    documents = documents_at_hand(sources) if review else sources
    settings = ServerSettings(project.root, graph_place(), documents)
    reviewing = ReviewSession.begin(project, documents, review, by) if review else None

    run(settings, host, port, allow_host or (), _print_address, remark, browse, reviewing)


TOKEN = "GBKG_MCP_TOKEN"


@command("mcp", asks_graph=True)
def mcp(
    sources: Documents = None,
    http: Annotated[
        bool, Option("--http", help="Listen for streamable HTTP, instead of standard input and output.")
    ] = False,
    host: Annotated[
        str, Option(help="With --http: the address to listen on; beyond this machine only with a token.")
    ] = "127.0.0.1",
    port: Annotated[int | None, Option(min=0, max=65535, help="With --http. [default: 8473, or a free one]")] = None,
    allow_host: Annotated[
        list[str] | None,
        Option("--allow-host", metavar="NAME", help="With --http: a name under which clients reach it, too."),
    ] = None,
    token_file: Annotated[
        Path | None,
        Option(
            "--token-file", metavar="FILE", help=f"With --http: the token that clients must send [env var: {TOKEN}]."
        ),
    ] = None,
    pages: Annotated[
        str, Option("--pages", metavar="URL", help="Where gbkg serve shows the pages, for the links of answers.")
    ] = "",
) -> None:
    """Give the graph to language models: a server of the Model Context Protocol; answers carry their sentences."""

    with extra("mcp"):
        from gbkg.mcp.server import Http, serve_http, serve_stdio
        from gbkg.web.site import ServerSettings
    if pages and not pages.startswith(("http://", "https://")):
        raise GbkgError(f"--pages is an address that begins with http:// or https://, found {pages[:80]!r}")
    settings = ServerSettings(current_project().root, graph_place(), sources)
    if not http:
        serve_stdio(settings, pages, remark)
        return

    serve_http(settings, Http(host, port, allow_host or (), _token(token_file), pages), _print_address, remark)


def _print_address(address: str) -> None:
    say(f"gbkg is at {address} (Ctrl-C ends it)")
    sys.stdout.flush()


def _token(file: Path | None) -> str:
    from gbkg.core.inputfiles import text

    return text(file).strip() if file else os.environ.get(TOKEN, "").strip()


@command("publish")
def publish(
    endpoint: Annotated[
        str,
        Option("--endpoint", envvar="GBKG_ENDPOINT", metavar="URL", help="Where the server takes queries."),
    ],
    update: Annotated[
        str,
        Option("--update-endpoint", envvar="GBKG_UPDATE_ENDPOINT", metavar="URL", help="Where it takes SPARQL Update."),
    ] = "",
    graphs: Annotated[
        str,
        Option("--graph-store", envvar="GBKG_GRAPH_STORE", metavar="URL", help="Where it takes graphs (?graph=IRI)."),
    ] = "",
    prefix: Annotated[
        str,
        Option(
            "--graph-prefix",
            envvar="GBKG_GRAPH_PREFIX",
            metavar="IRI",
            help="What the names of its graphs begin with, instead of graph:.",
        ),
    ] = "",
    built: Annotated[Path, Option("--build", metavar="DIR", help="The folder that gbkg build wrote.")] = Path("build"),
    store: Annotated[
        Path | None, Option("--store", metavar="DIR", help="A store on disk instead of the build's gbkg.nq.")
    ] = None,
    batch: Annotated[
        int | None,
        Option("--batch", min=1, max=100_000, help="Triples in one request [default: 20,000; not Oxigraph: 5,000]."),
    ] = None,
    layout: Layout = "text",
) -> None:
    """Put the named graphs of a build on a SPARQL server, in batches, and check that they arrived.

    Run it again after a new build or when it was broken off: graphs that are already there are only all others
    are sent whole. Other graphs of the server are left alone.

    Without --update-endpoint and --graph-store they follow from --endpoint: for Oxigraph (…/query) they are …/update
    and …/store; for Virtuoso (…/sparql) with credentials …/sparql-auth and …/sparql-graph-crud-auth, without them
    …/sparql and …/sparql-graph-crud. Any other server needs all three.

    Credentials come from GBKG_ENDPOINT_USER and GBKG_ENDPOINT_PASSWORD, from GBKG_ENDPOINT_TOKEN, or from ~/.netrc.
    """
    from gbkg.store.graphstore import Endpoints, Server
    from gbkg.store.publish import QuadSource
    from gbkg.store.publish import publish as send

    source = QuadSource.of(current_project(), built, store)
    server = Server(Endpoints.of(endpoint, update, graphs), prefix)
    try:
        outcome = send(source, server, batch, ProgressLine())
    except DifferenceError as error:
        clear_progress()
        for line in error.lines:
            remark(line)
        raise
    clear_progress()
    print_result(outcome, layout)
