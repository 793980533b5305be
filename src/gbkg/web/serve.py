"""The server: listens, prints its address, and ends cleanly on Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import webbrowser
from collections.abc import Callable, Sequence

import uvicorn
from starlette.types import ASGIApp

from gbkg.core.errors import GbkgError
from gbkg.web.app import Listening, application, hosts
from gbkg.web.pool import Editions
from gbkg.web.site import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8473
"""Asked for first; another free one is taken where it is in use."""


def serve(
    settings: Settings,
    host: str,
    port: int | None,
    allowed: Sequence[str],
    at: Callable[[str], None],
    remark: Callable[[str], None],
    browse: bool = False,
) -> None:
    """Serves until the process is told to end (SIGINT, SIGTERM).

    `at` is called with the address once it answers, `remark` with what is to be known of the graph. Raises `GbkgError`
    when the graph cannot be opened or the address is taken.
    """
    with bound(host, port) as listener:
        asyncio.run(_run(settings, listener, host, allowed, at, remark, browse))


async def _run(
    settings: Settings,
    listener: socket.socket,
    host: str,
    allowed: Sequence[str],
    at: Callable[[str], None],
    remark: Callable[[str], None],
    browse: bool,
) -> None:
    port = listener.getsockname()[1]
    editions = Editions(settings)
    edition = await editions.start()
    public = not is_loopback(host)
    listening = Listening(hosts([*({host} if public else LOOPBACK), *allowed], port), public)
    app = application(settings, listening, editions)
    try:
        if edition.remark:
            remark(edition.remark)
        shown = f"[{host}]" if ":" in host else host
        at(f"http://{shown}:{port}/")
        if browse:
            webbrowser.open(f"http://{shown}:{port}/")
        await run(app, listener)
    finally:
        await editions.stop()


async def run(app: ASGIApp, listener: socket.socket) -> None:
    """Answers what comes to a socket until the process is told to end."""
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
