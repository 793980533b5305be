"""The server: routes, what is refused before a view is called, and the headers of every response; how it listens,
prints its address, and ends cleanly on Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ipaddress
import signal
import socket
import time
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Received
from starlette.responses import Response as Sent
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as Address
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gbkg.core import __version__
from gbkg.core.errors import GbkgError
from gbkg.web.messages import Refused, Request, request_of, sent
from gbkg.web.pool import Editions
from gbkg.web.reviewing import ReviewSession
from gbkg.web.site import STATIC, Route, ServerSettings, failed, routes

LONGEST = 16_000
"""Bytes of an address."""
SAFETY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of every response; a view may set the policy of its page itself."""
RATE, BURST = 20.0, 100.0
"""Requests of one client per second, and in a burst, on a server that other machines can reach."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The hosts that requests may name, and whether other machines can reach the server."""

    hosts: frozenset[str]
    public: bool = False


def application(
    settings: ServerSettings, listening: Listening, editions: Editions | None = None, more: Sequence[BaseRoute] = ()
) -> Starlette:
    """The application. `editions`, if given, has been started, and the caller stops it; `more` are further routes."""
    served = editions or Editions(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if editions is None:
            await served.start()
        try:
            yield
        finally:
            if editions is None:
                await served.stop()

    addresses = [
        Address(route.path, _endpoint(served, number, route), methods=list(route.methods))
        for number, route in enumerate(routes())
    ]
    mounted = [Mount("/static", StaticFiles(directory=STATIC))]

    async def missing(received: Received, error: Exception) -> Sent:
        status = getattr(error, "status_code", 500)
        version = served.current().version
        request = Request(received.method, received.url.path, accept=received.headers.get("accept", ""))
        words = {404: "there is nothing at this address", 405: f"{received.method} is not allowed here"}
        hints = {404: "begin at the front page, or search", 405: "read it with GET"}
        known = Refused(status, words[status], hint=hints[status]) if status in words else error
        made = sent(failed(request, known, version), version)
        made.headers.update(getattr(error, "headers", None) or {})
        return made

    handlers = {404: missing, 405: missing, 500: missing}
    guard = [Middleware(Guard, listening=listening)]
    return Starlette(
        routes=[*mounted, *more, *addresses], middleware=guard, exception_handlers=handlers, lifespan=lifespan
    )


def _endpoint(editions: Editions, number: int, route: Route):  # type: ignore[no-untyped-def]
    """What Starlette calls for a route: asks a worker, unless the client has the answer already."""

    async def answer(received: Received) -> Sent:
        edition = editions.current()
        tag = _tag(received, edition.version)
        reading = received.method in ("GET", "HEAD")
        if reading and tag in received.headers.get("if-none-match", "").replace("W/", "").split(", "):
            return Sent(status_code=304, headers={"ETag": tag, "Vary": "Accept"})
        try:
            request = await request_of(received)
        except Refused as error:
            request = Request(received.method, received.url.path, accept=received.headers.get("accept", ""))
            return sent(failed(request, error, edition.version), edition.version)
        try:
            response = await edition.answer(number, request)
        except GbkgError as error:
            response = failed(request, error, edition.version)
        made = sent(response, edition.version)
        if reading and response.status == 200:
            made.headers["ETag"] = tag
            made.headers.setdefault("Cache-Control", "no-cache")  # kept, and asked for again with the tag
        return made

    answer.__name__ = route.view.__name__
    return answer


def _tag(received: Received, version: str) -> str:
    """The entity tag of an answer: the version of graph and program, and the requested form (RFC 9110, 8.8.3)."""
    form = f"{__version__} {received.headers.get('accept', '')}"
    return f'"{version}-{hashlib.sha256(form.encode()).hexdigest()[:8]}"'


class Guard:
    """Refuses what is not for this server, and gives every response its headers (pure ASGI)."""

    def __init__(self, app: ASGIApp, listening: Listening) -> None:
        self.app, self._listening = app, listening
        self._buckets: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in SAFETY.items():
                    given.setdefault(name, value)
                if scope["method"] in ("GET", "HEAD") and not scope["path"].startswith("/review"):
                    given.setdefault("Access-Control-Allow-Origin", "*")
                if scope["path"].startswith("/static/"):
                    kept = "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"
                    given["Cache-Control"] = kept
            await send(message)

        refused = self._refused(scope, headers)
        if refused:
            status, words = refused
            more = {"Retry-After": "1"} if status == 429 else {}
            await Sent(f"{words}\n", status, more, "text/plain; charset=utf-8")(scope, receive, secured)
            return
        try:
            await self.app(scope, receive, secured)
        except (ClientDisconnect, asyncio.CancelledError):
            return

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Status and words for a request that is refused."""
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if host.lower() not in self._listening.hosts:
            return 421, "this server does not answer for that host"
        if scope["method"] not in ("GET", "HEAD") and origin and origin.partition("://")[2].lower() != host.lower():
            return 403, "other sites may read with GET only"
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST:
            return 414, f"the address is longer than {LONGEST:,} bytes: send long queries with POST"
        if headers.get("content-encoding", "identity").lower() != "identity":
            return 415, "send the body as it is, not compressed"
        if self._listening.public and not self._allowed(scope["client"][0] if scope["client"] else ""):
            return 429, "too many requests: wait a moment"
        return None

    def _allowed(self, client: str) -> bool:
        """Whether a client may ask once more: a token bucket for each."""
        now = time.monotonic()
        if len(self._buckets) > 10_000:
            self._buckets.clear()
        left, then = self._buckets.get(client, (BURST, now))
        left = min(BURST, left + (now - then) * RATE)
        self._buckets[client] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def hosts(names: Iterable[str], port: int) -> frozenset[str]:
    """The Host headers of these hosts: with the port, and without it where it is 80."""
    bracketed = [f"[{name}]" if ":" in name else name.lower() for name in names]
    return frozenset(f"{name}:{port}" for name in bracketed) | (frozenset(bracketed) if port == 80 else frozenset())


LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8473
"""The default port; where it is in use, a free one is taken."""
BACKLOG = 2_048
"""Connections that may wait to be accepted: the default of uvicorn."""


def serve(
    settings: ServerSettings,
    host: str,
    port: int | None,
    allowed: Sequence[str],
    at: Callable[[str], None],
    remark: Callable[[str], None],
    browse: bool = False,
    review: ReviewSession | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM.

    `at` is called with the address once the server answers, `remark` with remarks on the graph. With a `review` the
    server writes, and can be reached from this machine alone. Raises `GbkgError` when the graph cannot be opened, the
    address is taken, or other machines could reach a review.
    """
    if review and (allowed or not is_loopback(host)):
        raise GbkgError("a review is for this machine alone", hint="leave out --host and --allow-host")

    async def answering() -> None:
        async with opened(settings, listener, host, allowed, remark) as (editions, listening, server):
            app = application(settings, listening, editions, review.routes(editions) if review else ())
            address = f"{server}/{review.address if review else ''}"
            at(address)
            if browse:
                webbrowser.open(address)
            await run(app, listener)

    with bound(host, port) as listener:
        asyncio.run(answering())


@asynccontextmanager
async def opened(
    settings: ServerSettings, listener: socket.socket, host: str, allowed: Sequence[str], remark: Callable[[str], None]
) -> AsyncIterator[tuple[Editions, Listening, str]]:
    """The versions of the graph, what the server listens on, and its address without a path, until it ends."""
    port = listener.getsockname()[1]
    editions = Editions(settings, remark)
    await editions.start()
    try:
        public = not is_loopback(host)
        names = [*({host} if public else LOOPBACK), *allowed]
        shown = f"[{host}]" if ":" in host else host
        yield editions, Listening(hosts(names, port), public), f"http://{shown}:{port}"
    finally:
        await editions.stop()


async def run(app: ASGIApp, listener: socket.socket) -> None:
    """Answers requests on a socket until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=65_536, limit_concurrency=200, proxy_headers=False,
    )  # fmt: skip
    await _Server(config).serve([listener])


class _Server(uvicorn.Server):
    """Ends without raising the signal again, which would print a traceback."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def bound(host: str, port: int | None) -> socket.socket:
    """A socket that listens on the port, or if none is given on `PORT` or, where that is in use, a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = (PORT, 0) if port is None else (port,)
    for one in ports:
        # Only where the protocol is named does asyncio switch off Nagle's algorithm, with which answers wait 40 ms.
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, one))
            # Whoever comes before the loop accepts waits in the queue; a socket that is only bound would refuse them.
            sock.listen(BACKLOG)
        except OSError as error:
            sock.close()
            if one == ports[-1]:
                hint = "choose another with --port" if one else "--host is an address of this machine"
                raise GbkgError(f"cannot listen on {host}:{one}: {error.strerror or error}", hint=hint) from error
            continue
        sock.set_inheritable(False)
        return sock
    raise AssertionError


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
