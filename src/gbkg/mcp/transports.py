"""The two ways to reach the server: standard input and output of a process, and streamable HTTP."""

from __future__ import annotations

import asyncio
import hmac
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from socket import socket
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gbkg.core.errors import GbkgError
from gbkg.mcp.server import MODULES, Door
from gbkg.web.app import LARGEST, LOOPBACK, Guard, Listening, application, bound, hosts, is_loopback, run
from gbkg.web.pool import Editions
from gbkg.web.site import Settings

logging.getLogger("mcp").setLevel(logging.CRITICAL)  # of a refused request its answer says enough
PATH = "/mcp"
SHORTEST = 16
"""Characters of a token at least."""
Remark = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Http:
    """Where streamable HTTP listens: `host`, `port` (None: any that is free), further names of hosts, the `token` that
    every request must have ("" for none), and the address of the pages to which links lead, if they are elsewhere."""

    host: str = "127.0.0.1"
    port: int | None = None
    allowed: Sequence[str] = ()
    token: str = ""
    pages: str = ""


def serve_stdio(settings: Settings, pages: str, remark: Remark) -> None:
    """Serves one client on standard input and output, until it goes. Raises `GbkgError` when the graph cannot be
    opened."""
    streams = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = (
        sys.__stdin__,
        sys.__stdout__,
    )  # the protocol's own, whatever the command line prints through
    try:
        asyncio.run(_stdio(replace(settings, modules=MODULES), pages, remark))
    finally:
        sys.stdin, sys.stdout = streams


async def _stdio(settings: Settings, pages: str, remark: Remark) -> None:
    editions = Editions(settings)
    edition = await editions.start()
    if edition.remark:
        remark(edition.remark)
    server = Door(editions, lambda _: pages).server()
    try:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
    finally:
        await editions.stop()


def serve_http(settings: Settings, http: Http, at: Remark, remark: Remark) -> None:
    """Serves until the process is told to end. On this machine alone and without a token, the pages of `gbkg serve` are
    there, too, so that the links of an answer lead somewhere; with a token only the door itself.

    Raises `GbkgError` when others could reach it without a token, the graph cannot be opened or the address is taken.
    """
    if not is_loopback(http.host) and not http.token:
        raise GbkgError(f"{http.host} can be reached by others", hint="set a token with --token-file")
    if http.token and len(http.token) < SHORTEST:
        raise GbkgError(f"the token has fewer than {SHORTEST} characters", hint="make it of random letters and digits")
    with bound(http.host, http.port) as listener:
        asyncio.run(_http(replace(settings, modules=MODULES), http, listener, at, remark))


async def _http(settings: Settings, http: Http, listener: socket, at: Remark, remark: Remark) -> None:
    editions = Editions(settings)
    edition = await editions.start()
    try:
        if edition.remark:
            remark(edition.remark)
        public = not is_loopback(http.host)
        names = [*({http.host} if public else LOOPBACK), *http.allowed]
        listening = Listening(hosts(names, listener.getsockname()[1]), public)
        manager = streamable(Door(editions, lambda context: _base(context, http)).server(), listening)
        door = Route(PATH, StreamableHTTPASGIApp(manager))
        if http.token:
            guards = [Middleware(Guard, listening=listening), Middleware(Token, token=http.token)]
            app = Starlette(routes=[door], middleware=guards)
        else:
            app = application(settings, listening, editions, (door,))
        async with manager.run():
            shown = f"[{http.host}]" if ":" in http.host else http.host
            at(f"http://{shown}:{listener.getsockname()[1]}{PATH}")
            await run(app, listener)
    finally:
        await editions.stop()


def streamable(server: Server[Any], listening: Listening) -> StreamableHTTPSessionManager:
    """The server over streamable HTTP, without sessions: no tool asks back. Hosts and origins are those it listens
    on."""
    origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in sorted(listening.hosts)]
    security = TransportSecuritySettings(allowed_hosts=sorted(listening.hosts), allowed_origins=origins)
    return StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, security_settings=security, max_request_body_size=LARGEST
    )


def _base(context: Any, http: Http) -> str:
    """The address of the pages: as it was said, else that of this server, which has them if it needs no token."""
    if http.pages or http.token or context.request is None:
        return http.pages
    return f"{context.request.url.scheme}://{context.request.headers.get('host', '')}"


class Token:
    """Lets in who has the token, as a bearer token (RFC 6750); pure ASGI."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._known(Headers(scope=scope).get("authorization", "")):
            refused = Response("a token is needed\n", 401, {"WWW-Authenticate": 'Bearer realm="gbkg"'}, "text/plain")
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _known(self, header: str) -> bool:
        scheme, _, given = header.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._token)
