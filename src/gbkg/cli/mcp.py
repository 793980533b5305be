"""The command that gives the graph to language models."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from gbkg.cli.command import Documents, app, asks_graph, current_project, graph_place, remark, say

TOKEN = "GBKG_MCP_TOKEN"


@app.command()
@asks_graph
def mcp(
    sources: Documents = None,
    http: Annotated[
        bool, typer.Option("--http", help="Listen for streamable HTTP, instead of standard input and output.")
    ] = False,
    host: Annotated[
        str, typer.Option(help="With --http: the address to listen on; beyond this machine only with a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="With --http. [default: 8473, or a free one]")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="With --http: a name under which clients reach it, too."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", metavar="FILE", help=f"With --http: the token that clients must send [env var: {TOKEN}]."
        ),
    ] = None,
    pages: Annotated[
        str, typer.Option("--pages", metavar="URL", help="Where gbkg serve shows the pages, for the links of answers.")
    ] = "",
) -> None:
    """Give the graph to language models: a server of the Model Context Protocol; answers carry their sentences."""
    from gbkg.core.errors import GbkgError

    try:
        from gbkg.mcp.transports import Http, serve_http, serve_stdio
        from gbkg.web.site import Settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("gbkg"):
            raise
        raise GbkgError(f"needs {error.name}", hint="pip install 'gbkg[mcp]'") from error
    if pages and not pages.startswith(("http://", "https://")):
        raise GbkgError(f"--pages is an address that begins with http:// or https://, found {pages[:80]!r}")
    settings = Settings(current_project().root, graph_place(), sources)
    if not http:
        serve_stdio(settings, pages, remark)
        return

    def at(address: str) -> None:
        say(f"gbkg is at {address} (Ctrl-C ends it)")
        sys.stdout.flush()

    serve_http(settings, Http(host, port, allow_host or (), _token(token_file), pages), at, remark)


def _token(file: Path | None) -> str:
    from gbkg.core.inputfiles import text

    return text(file).strip() if file else os.environ.get(TOKEN, "").strip()
