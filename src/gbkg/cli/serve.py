"""The command that serves the graph to browsers and programs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gbkg.cli.command import Documents, app, asks_graph, current_project, graph_place, remark, say
from gbkg.core.errors import GbkgError


@app.command()
@asks_graph
def serve(
    sources: Documents = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on; beyond this machine, requests are limited.")
    ] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="[default: 8473, or a free one].")] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name under which browsers reach it, too."),
    ] = None,
    browse: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Serve the graph: pages for a browser, SPARQL 1.1 and Linked Data for programs."""

    try:
        from gbkg.web.app import serve as run
        from gbkg.web.site import Settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("gbkg"):
            raise
        raise GbkgError(f"needs {error.name}", hint="pip install 'gbkg[web]'") from error
    settings = Settings(current_project().root, graph_place(), sources)

    def at(address: str) -> None:
        say(f"gbkg is at {address} (Ctrl-C ends it)")
        sys.stdout.flush()

    run(settings, host, port, allow_host or (), at, remark, browse)
