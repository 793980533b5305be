"""Work spread over the processors of a machine, with results in the order of the items."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from gbkg.core.errors import GbkgError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_T = TypeVar("_T")
_R = TypeVar("_R")
_LOOK = 0.5
"""Seconds between two checks that the parent process still lives."""
_work: Callable[[Any], Any] | None = None


class Spread(Protocol):
    """How work is done for many items: as `spread` does it, or on a cluster (`graph.cluster`)."""

    def __call__(
        self, work: Callable[[_T], _R], items: Iterable[_T], *, batch: int = 1, alone: int = 0, ahead: int = 3
    ) -> Iterator[_R]: ...


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[_T], _R], items: Iterable[_T], *, batch: int = 1, alone: int = 0, ahead: int = 3
) -> Iterator[_R]:
    """The result of `work` for each item, in their order. Raises what `work` raises, and `GbkgError` when one of the
    processes was ended; results must be picklable.

    Up to `alone` items, on one processor, or where processes cannot be forked, all work is done in this process. Else
    it is done in forked processes, which see everything as it is at the first fork and take `batch` items at a time. At
    most `ahead` batches for each process wait for their results to be taken, which bounds the memory.
    """
    from concurrent.futures import ProcessPoolExecutor  # here, since most commands spread no work
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_all_start_methods, get_context

    items = iter(items)
    first = list(islice(items, alone + 1))
    if len(first) <= alone or processors() < 2 or "fork" not in get_all_start_methods():
        yield from map(work, first)
        yield from map(work, items)
        return
    global _work
    _work = work  # reaches the processes by fork, so that nothing large is copied
    try:
        context = get_context("fork")
        with ProcessPoolExecutor(processors(), context, follow, (os.getpid(),)) as pool:
            yield from _ordered(pool, chain(first, items), batch, processors() * ahead)
    except BrokenProcessPool as error:
        message = "a process that did part of the work was ended, and nothing was written"
        raise GbkgError(message, hint="see whether memory was used up, and try again") from error
    finally:
        _work = None


def follow(parent: int) -> None:
    """Exits when the parent dies, because this process holds its locks. Freezes the heap, so that the garbage collector
    does not write to memory that both share, which would copy it."""
    gc.freeze()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _ordered(pool: ProcessPoolExecutor, items: Iterator[Any], batch: int, most: int) -> Iterator[Any]:
    waiting: deque[Future[list[Any]]] = deque()
    while True:
        while len(waiting) < most and (some := list(islice(items, batch))):
            waiting.append(pool.submit(_batch, some))
        if not waiting:
            return
        yield from waiting.popleft().result()


def _batch(items: list[Any]) -> list[Any]:
    assert _work
    return [_work(item) for item in items]
