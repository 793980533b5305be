"""The server's side of the workers: a version of the graph with its pools, and which version is current."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gbkg.core.errors import GbkgError, QueryLimitError
from gbkg.store.outputs import OUT
from gbkg.web.messages import Request, Response, TooBusy
from gbkg.web.site import ServerSettings, answered, routes
from gbkg.web.worker import HEAD, MEMORY, Work, frame, receive

SIZES = {"pages": 2, "queries": 2}
"""Workers of each pool."""
WAIT = 20.0
"""Seconds that a request waits for a worker at most."""
LOOK = 1.0
"""Seconds between two checks for a newer build."""
OPENING = 600.0
"""Time limit for opening a version, in seconds."""


@dataclass(frozen=True, slots=True)
class Task:
    """A function of a module for a worker to call, the pool that it runs in, and its time limit in seconds."""

    work: Work
    pool: str = "pages"
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that answers, and the streams to it."""

    process: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, work: Work, arguments: tuple[Any, ...]) -> tuple[Any, bool]:
        """The result, and whether the worker should be replaced. Raises `EOFError` when it ended."""
        try:
            self.writer.write(frame((work, arguments)))
            await self.writer.drain()
            size = int.from_bytes(await self.reader.readexactly(HEAD), "big")
            found: tuple[Any, bool] = pickle.loads(await self.reader.readexactly(size))
            return found
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError from error

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)  # not reaped before the parent is asked how it ended
        self.writer.close()


class Edition:
    """One version of the graph, open in a parent process, with workers in two pools."""

    def __init__(self, parent: subprocess.Popen[bytes], control: socket.socket, version: str, remark: str) -> None:
        self.version, self.remark = version, remark
        self._parent, self._control = parent, control
        self._talking = asyncio.Lock()
        self._idle: dict[str, asyncio.Queue[Worker]] = {name: asyncio.Queue() for name in SIZES}
        self._busy: set[Worker] = set()
        self._serving, self._closing = 0, False

    @classmethod
    async def open(cls, settings: ServerSettings) -> Edition:
        """A version with all its workers ready. Raises what opening the graph raises."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "gbkg.web.worker", str(theirs.fileno())]
            # Its standard output is our standard error: ours may be what a client listens to.
            parent = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=2)
        try:
            ours.settimeout(OPENING)
            found = await asyncio.to_thread(_exchange, ours, settings)
            if isinstance(found, GbkgError):
                raise found
            edition = cls(parent, ours, *found)
            await edition._fill(SIZES.items())
        except BaseException:
            ours.close()
            await asyncio.to_thread(_stop, parent)
            raise
        return edition

    async def answer(self, number: int, request: Request) -> Response:
        """The response of the route with this number. Raises as `run` does."""
        route = routes()[number]
        pool = route.pool if request.query or request.body else "pages"  # a page without a question runs none
        response: Response = await self.run(Task(answered, pool, route.seconds), number, request)
        return response

    async def run(self, task: Task, *arguments: Any) -> Any:
        """What a worker gives for the task with these arguments. Raises `TooBusy`, and `QueryLimitError` when time or
        memory is up."""
        self._serving += 1
        try:
            return await self._run(task, arguments)
        finally:
            self._serving -= 1
            if self._closing and not self._serving:
                await self._end()

    async def _run(self, task: Task, arguments: tuple[Any, ...]) -> Any:
        idle = self._idle[task.pool]
        try:
            worker = await asyncio.wait_for(idle.get(), WAIT)
        except TimeoutError:
            raise TooBusy("all that could answer is at work", hint="try again in a moment") from None
        self._busy.add(worker)
        spent = True
        try:
            found, spent = await asyncio.wait_for(worker.ask(task.work, arguments), task.seconds)
            return found
        except TimeoutError:
            raise QueryLimitError(f"time was up after {task.seconds:g} s", hint="ask for less") from None
        except EOFError:
            raise QueryLimitError(await self._why(worker), hint="ask for less") from None
        finally:
            self._busy.discard(worker)
            if spent:
                await asyncio.shield(self._replace(task.pool, worker))
            else:
                idle.put_nowait(worker)

    async def _why(self, worker: Worker) -> str:
        worker.writer.close()
        by = await self._tell("ended", worker.process)
        if by in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL):
            return f"the engine broke down ({signal.Signals(by).name})"
        return f"memory was up at {MEMORY / 1e9:g} GB"

    async def _replace(self, pool: str, worker: Worker) -> None:
        worker.kill()
        await self._tell("ended", worker.process)
        if not (self._closing and self._serving <= 1):
            await self._fill([(pool, 1)])

    async def _fill(self, sizes: Iterable[tuple[str, int]]) -> None:
        for pool, size in sizes:
            for _ in range(size):
                async with self._talking:
                    process, sock = await asyncio.to_thread(_forked, self._control, pool)
                streams = await asyncio.open_connection(sock=sock, limit=1 << 20)
                self._idle[pool].put_nowait(Worker(process, *streams))

    async def _tell(self, what: str, value: Any) -> Any:
        async with self._talking:
            return await asyncio.to_thread(_exchange, self._control, (what, value))

    async def close(self) -> None:
        """Ends all processes once the requests under way are answered."""
        self._closing = True
        if not self._serving:
            await self._end()

    async def kill(self) -> None:
        """Ends all processes at once."""
        for worker in self._busy:
            worker.kill()
        await self._end()

    async def _end(self) -> None:
        for idle in self._idle.values():
            while not idle.empty():
                idle.get_nowait().writer.close()
        self._control.close()
        await asyncio.to_thread(_stop, self._parent)


class Editions:
    """The current version; a newer build takes its place once it is open, and requests under way end on theirs. A build
    that cannot be opened changes nothing; `remark` is called with the reason, and with remarks on the first version."""

    def __init__(self, settings: ServerSettings, remark: Callable[[str], None] = lambda _: None) -> None:
        self.settings, self._remark = settings, remark
        self._mark: object = None
        self._current: Edition | None = None
        self._looked = 0.0
        self._opening: asyncio.Task[None] | None = None

    async def start(self) -> Edition:
        """Opens the first version. Raises what opening raises."""
        self._mark, self._looked = mark(self.settings), time.monotonic()
        self._current = await Edition.open(self.settings)
        if self._current.remark:
            self._remark(self._current.remark)
        return self._current

    def current(self) -> Edition:
        """The version that answers requests now."""
        assert self._current
        now = time.monotonic()
        if now - self._looked >= LOOK and self._opening is None:
            self._looked = now
            if (seen := mark(self.settings)) != self._mark:
                self._opening = asyncio.create_task(self._renew(seen))
        return self._current

    async def _renew(self, seen: object) -> None:
        try:
            newer = await Edition.open(self.settings)
        except (GbkgError, OSError, EOFError) as error:
            self._remark(f"the newer build cannot be opened, and the former one stays: {error}")
        else:
            former, self._current = self._current, newer
            assert former
            await former.close()
        finally:
            self._mark, self._opening = seen, None

    async def stop(self) -> None:
        if self._opening:
            self._opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._opening
        if self._current:
            await self._current.kill()


def mark(settings: ServerSettings) -> object:
    """What changes when there is a newer build: the file or link that a build publishes last."""
    place = settings.place
    if "endpoint" in place:
        return None
    if "store" in place:
        paths = [Path(place["store"]) / "current"]
    elif "graph" in place:
        paths = [Path(place["graph"])]
    else:
        paths = [folder / ".gbkg" / "current" for folder in (OUT, settings.project / OUT)]
    return [*map(_stat, paths)]


def _stat(path: Path) -> object:
    try:
        found = path.stat()
        return (os.path.realpath(path), found.st_mtime_ns, found.st_size, found.st_ino)
    except OSError:
        return None


def _exchange(control: socket.socket, message: Any) -> Any:
    """Sends a message, and gives the answer. Raises `EOFError` when the other process has gone."""
    control.sendall(frame(message))
    if (answer := receive(control)) is None:
        raise EOFError("the process that opens the graph has ended")
    return answer


def _forked(control: socket.socket, pool: str) -> tuple[int, socket.socket]:
    process = _exchange(control, ("fork", pool))
    _, (descriptor, *_), _, _ = socket.recv_fds(control, 1, 1)
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)
    return process, sock


def _stop(parent: subprocess.Popen[bytes]) -> None:
    try:
        parent.wait(2)
    except subprocess.TimeoutExpired:
        parent.kill()
        parent.wait()
