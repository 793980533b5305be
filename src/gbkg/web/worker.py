"""The processes that hold the graph: one parent opens a version of it, and forks workers, which share its memory and
answer one request after the other.

The engine cannot be interrupted, can use up all memory, and some queries end it by a signal. So the server asks a
worker, and kills it when its time is up; the parent forks another in a few milliseconds. The parent has no threads of
its own and answers no requests, so that what a fork copies is always sound. Run as `python -m gbkg.web.worker FD`.

Frames on every socket: the length of a pickle in 8 bytes (big-endian), then the pickle; all from our own processes.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

from gbkg.core.errors import GbkgError
from gbkg.core.limits import Limits, restrict
from gbkg.web.site import ServerSettings, Site

Work = Callable[..., Any]
"""A function of a module, called with the site and what the server gives; it goes over the socket by its name. Anything
that it raises ends the worker; only `MemoryError` should."""
HEAD = 8
MEMORY = 2_000_000_000
"""Bytes that a worker may use beyond what it shares with its parent."""
GROWTH = 300_000_000
"""Bytes beyond which a worker asks to be replaced, once it has answered."""
_NICE = 10
"""Niceness of the workers for queries: pages come first when processors are busy."""


def frame(value: Any) -> bytes:
    """A value as it goes over a socket."""
    raw = pickle.dumps(value, protocol=5)
    return len(raw).to_bytes(HEAD, "big") + raw


def main(descriptor: int) -> None:
    """The parent: reads its settings, opens the graph, then forks a worker for each request of the server to do so.

    Messages from the server: ("fork", pool) is answered by the worker's process id and its socket; ("ended", id) by
    the signal that ended it, 0 if it ended by itself. Ends when the server has gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of Ctrl-C the server hears, and closes its sockets
    control = socket.socket(fileno=descriptor)
    settings: ServerSettings = receive(control)
    try:
        site = Site.open(settings)
        site.warm()
        for module in map(import_module, settings.modules):
            if hasattr(module, "prepare"):
                module.prepare(site)
    except GbkgError as error:
        control.sendall(frame(error))
        return
    control.sendall(frame((site.version, site.kg.remark)))
    gc.freeze()
    while (message := receive(control)) is not None:
        what, value = message
        if what == "ended":
            control.sendall(frame(_ended(value)))
            continue
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            control.close()
            theirs.close()
            _serve(site, ours, queries=value == "queries")
        ours.close()
        control.sendall(frame(child))
        socket.send_fds(control, [b"f"], [theirs.fileno()])
        theirs.close()


def _ended(child: int) -> int:
    """The signal that ended a worker, which is no more or about to end."""
    try:
        status = os.waitpid(child, 0)[1]
    except ChildProcessError:
        return 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


# ---- In a worker


def _serve(site: Site, server: socket.socket, *, queries: bool) -> NoReturn:
    """Answers until the server has gone. Ends the process."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where the engine would say that it aborts
        faulthandler.disable()
        if queries:
            os.nice(_NICE)
        restrict(Limits(memory=MEMORY))
        before = _resident()
        while (asked := receive(server)) is not None:
            work, arguments = asked
            found = work(site, *arguments)
            server.sendall(frame((found, _resident() - before > GROWTH)))
    finally:
        os._exit(0)


def _resident() -> int:
    """Bytes of memory that this process alone has; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            _, resident, shared = map(int, file.read().split()[:3])
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


# ---- Sockets


def receive(sock: socket.socket) -> Any:
    """The next value, None when the other end has closed."""
    head = _exactly(sock, HEAD)
    return pickle.loads(_exactly(sock, int.from_bytes(head, "big"))) if head else None


def _exactly(sock: socket.socket, size: int) -> bytes:
    chunks: list[bytes] = []
    while size:
        chunk = sock.recv(min(size, 1 << 20))
        if not chunk:
            return b""
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


if __name__ == "__main__":
    main(int(sys.argv[1]))
