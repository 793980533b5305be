"""Work within limits of time and memory: done in a forked process, which can be killed when a thread could not.

The engine cannot be interrupted; out of memory it aborts its process, and some queries end it by a signal. The forked
process sees everything as it is at the fork, shares memory until one of the two writes, and sends back the result.
Where processes cannot be forked, a thread does the work, without a limit of memory.
"""

from __future__ import annotations

import faulthandler
import io
import mmap
import os
import pickle
import select
import signal
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, QueryLimitError
from gbkg.core.workers import follow

_T = TypeVar("_T")
_TERMS = (ox.NamedNode, ox.Literal, ox.BlankNode)
_BLOCK = 1 << 20
GIGABYTE = 1_000_000_000
_NEVER = 1e6
"""Seconds, 11 days, and gigabytes that nobody waits for or has."""
BASE = 60.0
"""Seconds that every task of a build may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` of elapsed time, and `memory` in bytes beyond what the process has already; None means no limit. `what`
    says what it means when a limit is reached, and `hint` what to do."""

    seconds: float | None = None
    memory: int | None = None
    what: str = "the query was not done, and nothing of its answer is shown"
    hint: str = "make it narrower, or give it more time or memory (--timeout, --memory)"

    @classmethod
    def of(cls, seconds: float | None, gigabytes: float | None) -> Limits:
        """The limits of a query, as a user has them; what no machine reaches is none."""
        if seconds is None and gigabytes is None:
            return UNLIMITED
        most = _NEVER if gigabytes is None else gigabytes
        return cls(
            None if seconds is None or seconds >= _NEVER else seconds,
            int(most * GIGABYTE) if most < _NEVER else None,
        )

    def exceeded(self, how: str) -> QueryLimitError:
        """The error for work that was ended."""
        return QueryLimitError(f"{how}: {self.what}", hint=self.hint)


UNLIMITED = Limits()


def in_proportion(size: int, each: float, what: str, hint: str) -> Limits:
    """Limits for what a build does with a graph of so many triples, generous: `BASE` seconds and two gigabytes, and
    for each triple so many microseconds more and four kilobytes."""
    return Limits(BASE + size * each / 1_000_000, 2 * GIGABYTE + size * 4_000, what, hint)


class Marker:
    """A number that a forked process sets and its parent reads: which of several tasks is running."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 4)

    def set(self, number: int) -> None:
        self._shared[:4] = number.to_bytes(4, "big")

    @property
    def number(self) -> int:
        return int.from_bytes(self._shared[:4], "big")


def confined(work: Callable[[], _T], limits: Limits) -> _T:
    """What `work` returns; it must be picklable, terms and solutions of pyoxigraph included (solutions become tuples).

    What the work changes in memory is lost. Raises what `work` raises, and `QueryLimitError` when a limit was reached
    or the engine broke down; the process that did the work is then gone.
    """
    if limits.seconds is None and limits.memory is None:
        return work()
    if not hasattr(os, "fork"):
        return within(work, limits)
    reading, writing = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # that there are threads: engines have them, and the work does not need them
        child = os.fork()
    if child == 0:
        os.close(reading)
        follow(parent)
        _work(work, writing, limits)
    os.close(writing)
    try:
        raw = _received(reading, limits)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        _reaped(child)
        raise
    finally:
        os.close(reading)
    status = _reaped(child)
    if not raw or os.WIFSIGNALED(status):
        raise _ended(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, limits)
    done, found = _unpacked(raw)
    if not done:
        raise limits.exceeded(_short(limits)) if isinstance(found, MemoryError) else found
    value: _T = found
    return value


def within(work: Callable[[], _T], limits: Limits) -> _T:
    """What `work` returns, in a thread of its own: for work whose result cannot leave the process.

    Raises what `work` raises, and `QueryLimitError` when the seconds are up; the thread then goes on until it is done.
    """
    done: list[_T] = []
    failed: list[BaseException] = []

    def target() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(limits.seconds)
    if failed:
        raise failed[0]
    if done:
        return done[0]
    raise limits.exceeded(_late(limits))


# ---- In the process that works


def _work(work: Callable[[], Any], writing: int, limits: Limits) -> NoReturn:
    """Does the work and ends the process, whatever happens."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where the engine would say that it aborts
        faulthandler.disable()
        restrict(limits)
        try:
            raw = _packed((True, work()))
        except MemoryError:
            raw = _packed((False, MemoryError()))
        except BaseException as error:
            raw = _packed((False, error))
        for at in range(0, len(raw), _BLOCK):
            _write(writing, raw[at : at + _BLOCK])
    finally:
        os._exit(0)


def _write(file: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(file, piece) :]


def restrict(limits: Limits) -> None:
    """Bounds the memory of this process from now on, where the system can; out of it the engine aborts the process."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    occupied = _occupied()
    if limits.memory is not None and occupied:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = occupied + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _occupied() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell, and memory has no limit then."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


# ---- In the process that waits


def _received(reading: int, limits: Limits) -> bytes:
    """All that the other process sends until it closes its end."""
    end = None if limits.seconds is None else time.monotonic() + limits.seconds
    pieces: list[bytes] = []
    while True:
        left = None if end is None else end - time.monotonic()
        if left is not None and (left <= 0 or not select.select([reading], [], [], left)[0]):
            raise limits.exceeded(_late(limits))
        piece = os.read(reading, _BLOCK)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def _reaped(child: int) -> int:
    """The exit status of a process; 0 in a program that ignores SIGCHLD."""
    try:
        return os.waitpid(child, 0)[1]
    except ChildProcessError:
        return 0


def _ended(by: int, limits: Limits) -> QueryLimitError:
    if by in (signal.SIGABRT, signal.SIGKILL, 0) and limits.memory is not None:
        return limits.exceeded(_short(limits))
    name = signal.Signals(by).name if by else "no answer"
    return limits.exceeded(f"the engine broke down ({name})")


def _late(limits: Limits) -> str:
    return f"time was up after {limits.seconds or 0:g} s"


def _short(limits: Limits) -> str:
    return f"memory was up at {(limits.memory or 0) / GIGABYTE:g} GB"


# ---- What is sent


class _Pickler(pickle.Pickler):
    """Writes each term once, wherever it stands: ten times as fast as term by term."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self.terms: dict[Any, int] = {}

    def persistent_id(self, obj: Any) -> int | None:
        return self.terms.setdefault(obj, len(self.terms)) if isinstance(obj, _TERMS) else None

    def reducer_override(self, obj: Any) -> Any:
        return (tuple, (list(obj),)) if isinstance(obj, ox.QuerySolution) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, terms: list[Any]) -> None:
        super().__init__(file)
        self._terms = terms

    def persistent_load(self, pid: Any) -> Any:
        return self._terms[pid]


def _packed(value: Any) -> bytes:
    body = io.BytesIO()
    pickler = _Pickler(body)
    try:
        pickler.dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        return _packed((False, GbkgError(f"the answer cannot be handed on: {error}")))
    return pickle.dumps((list(pickler.terms), body.getvalue()), protocol=5)


def _unpacked(raw: bytes) -> tuple[bool, Any]:
    with suppress(EOFError, pickle.UnpicklingError):
        terms, body = pickle.loads(raw)  # from our own process
        done, found = _Unpickler(io.BytesIO(body), terms).load()
        return done, found
    return False, GbkgError("the process that worked was cut off")
