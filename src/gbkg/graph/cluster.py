"""Work spread over a Dask cluster (https://distributed.dask.org), as `core.workers.spread` spreads it over the
processors of this machine.

Nothing is shared but the network. What the work needs is pickled and reaches each worker once; the files that it reads
go along as bytes, once for each worker, which keeps them by digest until the build ends. Dask gives the work of a
worker that died to another one.
"""

from __future__ import annotations

import logging
import pickle
import platform
import shutil
import tempfile
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar
from uuid import uuid4

from gbkg.core.errors import ClusterError
from gbkg.core.terms import adopt, adopted
from gbkg.core.workers import Spread, processors, spread
from gbkg.graph import cache

LOCAL = "local"
"""The address that stands for a cluster of this machine's processors, which lives as long as the build."""
_CONNECTING = 10.0
"""Seconds to reach the scheduler."""
_PATIENCE = 30.0
"""Seconds to wait for a worker while there is none."""
_LOOK = 0.5
"""Seconds between two looks whether there are workers."""
_HOST = "127.0.0.1"
_LIBRARIES = ("dask", "distributed", *cache.LIBRARIES)

_T = TypeVar("_T")
_R = TypeVar("_R")


class Portable(Protocol):
    """What has a method that can be called on another machine, with one item."""

    def files(self, item: Any) -> dict[str, bytes]:
        """The files that the method reads for this item: their bytes by their path below one folder."""
        ...

    def sent(self, item: Any) -> Any:
        """The item as it goes to another machine: with what else the method reads of this one."""
        ...

    def at(self, folder: Path) -> Self:
        """The same, to read these files in another folder. It must be picklable."""
        ...


@contextmanager
def connected(address: str | None) -> Iterator[Spread]:
    """How work is spread: over the cluster with this address of its scheduler, over one of this machine's processors
    that lives as long as the block (`LOCAL`), or without an address over the processors alone.

    Raises `ClusterError` when `distributed` is not installed, nothing answers, there is no worker, or one has another
    version of Python, of gbkg or of what gbkg works with.
    """
    if address is None:
        yield spread
        return
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        hint = "pip install 'gbkg[dask]', or leave --dask out"
        raise ClusterError(address, "distributed is not installed here", hint=hint) from error
    # It tells of every connection that is lost; what matters becomes an error.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        where = stack.enter_context(_local(distributed)) if address == LOCAL else address
        try:
            client = stack.enter_context(distributed.Client(where, timeout=_CONNECTING, set_as_default=False))
        except (OSError, ValueError) as error:
            hint = f"see that a scheduler runs there (dask scheduler), or take --dask {LOCAL}"
            raise ClusterError(address, f"nothing answers: {_line(error)}", hint=hint) from error
        cluster = Cluster(client, address)
        cluster.examine()
        try:
            yield cluster.spread
        finally:
            cluster.forget()


def _local(distributed: Any) -> Any:
    """A cluster with a worker for each processor, each a process; one that dies is started again."""
    quiet = {"silence_logs": logging.CRITICAL, "dashboard_address": f"{_HOST}:0"}
    return distributed.LocalCluster(n_workers=processors(), threads_per_worker=1, processes=True, host=_HOST, **quiet)


@dataclass(frozen=True)
class _Batch:
    """Some items under way, each with the digests of its files by name; the bytes of all files by digest."""

    items: list[tuple[Any, dict[str, str]]]
    contents: dict[str, bytes]
    future: Any

    @property
    def shown(self) -> str:
        """The items, for messages."""
        return " to ".join(dict.fromkeys((str(self.items[0][0]), str(self.items[-1][0]))))


class Cluster:
    """A Dask cluster by its client; `address` is what the user calls it."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._folder = f"gbkg-{uuid4().hex}"
        self._held: dict[str, set[str]] = {}  # by worker the digests of the files that it has been given

    def examine(self) -> None:
        """Raises `ClusterError` when there is no worker, or when one of them or the scheduler has other versions."""
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise self._error(f"no worker has joined it within {_PATIENCE:g} s", self._start) from error
        try:
            found = {"the scheduler": self._client.run_on_scheduler(versions)}
        except Exception as error:
            found = {"the scheduler": error}
        for where, theirs in (found | self._client.run(versions, on_error="return")).items():
            if isinstance(theirs, Exception):
                message = f"{where} has no gbkg with which it could build: {_line(theirs)}"
                raise self._error(message, _install(versions()))
            _refuse_others(self._address, where, theirs, versions())

    def spread(
        self, work: Callable[[_T], _R], items: Iterable[_T], *, batch: int = 1, alone: int = 0, ahead: int = 3
    ) -> Iterator[_R]:
        """As `core.workers.spread`; `work` is a method of a `Portable`.

        A batch whose worker dies is given to another one. Raises `ClusterError` when several died of it one after
        another, when there has been no worker for some time, or when the scheduler is gone.
        """
        items = iter(items)
        first = list(islice(items, alone + 1))
        if len(first) <= alone:
            yield from map(work, first)
            return
        items, waiting = chain(first, items), deque[_Batch]()
        owner: Portable = work.__self__  # type: ignore[attr-defined]
        state = self._send(owner, work.__name__)
        try:
            while True:
                most = max(1, self._threads()) * ahead
                while len(waiting) < most and (some := list(islice(items, batch))):
                    waiting.append(self._begin(state, owner, some))
                if not waiting:
                    return
                yield from self._result(state, waiting[0])
                waiting.popleft()
        finally:
            for left in waiting:
                left.future.release()

    def forget(self) -> None:
        """Removes what was kept on the workers; one that cannot be reached keeps it until it ends."""
        try:
            self._client.run(_remove, self._folder, on_error="ignore")
        except Exception:  # the scheduler is gone too, and the build has said so
            return

    def _send(self, owner: Portable, name: str) -> Any:
        """A future of the method and what it needs. Dask brings it to each worker once, and makes it again if it is
        lost."""
        made = pickle.dumps((owner, name, adopted()))
        return self._submitted(pickle.loads, made, key=f"gbkg-{sha256(made).hexdigest()}")

    def _begin(self, state: Any, owner: Portable, some: list[Any]) -> _Batch:
        items, contents = [], dict[str, bytes]()
        for item in some:
            files = {name: (sha256(raw).hexdigest(), raw) for name, raw in owner.files(item).items()}
            items.append((owner.sent(item), {name: digest for name, (digest, _) in files.items()}))
            contents |= dict(files.values())
        holders = [worker for worker, held in self._held.items() if contents.keys() <= held]
        return self._given(state, items, contents, holders)

    def _given(self, state: Any, items: list[Any], contents: dict[str, bytes], holders: list[str]) -> _Batch:
        """Gives a batch to Dask: without the bytes of its files, if there are workers that hold them."""
        choice = {"workers": holders, "allow_other_workers": True} if holders else {}
        given = (self._folder, versions(), state, items, {} if holders else contents)
        return _Batch(items, contents, self._submitted(_work, *given, pure=False, **choice))

    def _submitted(self, *given: Any, **how: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that it is large
            return self._client.submit(*given, **how)

    def _result(self, state: Any, batch: _Batch) -> list[Any]:
        worker, found = self._wait(batch)
        if found is None:  # another worker took it, which does not have the files
            batch = self._given(state, batch.items, batch.contents, [])
            worker, found = self._wait(batch)
        self._held.setdefault(worker, set()).update(batch.contents)
        batch.future.release()
        return found or []

    def _wait(self, batch: _Batch) -> tuple[str, list[Any] | None]:
        """The worker that did a batch, and the results; None if it lacks files."""
        from distributed import CancelledError, KilledWorker

        since = time.monotonic()  # when a worker was seen last
        while True:
            try:
                done: tuple[str, list[Any] | None] = batch.future.result(timeout=_LOOK)
                return done
            except KilledWorker as error:
                message = f"{error.allowed_failures + 1} workers died one after another of {batch.shown}"
                hint = "give workers more memory (dask worker --memory-limit), or build without --dask"
                raise self._error(message, hint) from error
            except CancelledError as error:
                raise self._lost() from error
            except ModuleNotFoundError as error:
                message = f"a worker that joined meanwhile cannot build: {_line(error)}"
                raise self._error(message, _install(versions())) from error
            except TimeoutError:
                now = time.monotonic()
                if batch.future.done() or self._threads():
                    since = now
                elif now - since > _PATIENCE:
                    message = f"all its workers are gone, before {batch.shown} were done"
                    raise self._error(message, self._start) from None

    def _threads(self) -> int:
        """How many threads all workers have together."""
        try:
            return sum(self._client.nthreads().values())
        except OSError as error:
            raise self._lost() from error

    def _lost(self) -> ClusterError:
        return self._error("its scheduler was lost on the way", "see why it ended, and start it again")

    @property
    def _start(self) -> str:
        return f"start some: dask worker {self._client.scheduler.address}"

    def _error(self, message: str, hint: str) -> ClusterError:
        return ClusterError(
            self._address, message, hint=f"{hint}; nothing was written, former outputs are as they were"
        )


# ---- On a worker

_one_at_a_time = threading.Lock()
"""A process knows the prefix of one project at a time."""


def _work(
    folder: str, wanted: dict[str, str], state: Any, items: list[tuple[Any, dict[str, str]]], sent: dict[str, bytes]
) -> tuple[str, list[Any] | None]:
    """Does the work of a batch on a worker: its address, and the results, or None if files are lacking."""
    from distributed import get_worker

    worker = get_worker()
    _refuse_others("the cluster", worker.address, versions(), wanted)
    (owner, name, own), kept = state, Path(worker.local_directory, folder)
    with _one_at_a_time:
        kept.mkdir(parents=True, exist_ok=True)
        for digest, raw in sent.items():
            (kept / digest).write_bytes(raw)
        if not all((kept / digest).exists() for _, files in items for digest in files.values()):
            return worker.address, None
        adopt(*own)
        with tempfile.TemporaryDirectory(dir=kept) as place:
            for path, digest in {(path, digest) for _, files in items for path, digest in files.items()}:
                Path(place, path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(kept / digest, Path(place, path))
            work = getattr(owner.at(Path(place)), name)
            return worker.address, [work(item) for item, _ in items]


def _remove(folder: str, dask_worker: Any) -> None:
    """Removes what was kept on a worker, which Dask gives as the argument of this name."""
    shutil.rmtree(Path(dask_worker.local_directory, folder), ignore_errors=True)


# ---- Versions


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """What has to be the same everywhere for the same bytes to come out, in this process."""
    libraries = {name: cache.version(name) or "none" for name in _LIBRARIES}
    return {"Python": platform.python_version(), **libraries, "gbkg": f"with the code {cache.code()[:12]}"}


def _refuse_others(address: str, where: str, theirs: dict[str, str], ours: dict[str, str]) -> None:
    """Raises `ClusterError` for what has other versions than these."""
    for name, version in ours.items():
        if theirs.get(name) != version:
            message = f"{where} has {name} {theirs.get(name, 'none')}, the build {version}"
            raise ClusterError(address, message, hint=_install(ours))


def _install(ours: dict[str, str]) -> str:
    return f"install the same gbkg[dask] there, for Python {ours['Python']}"


def _line(error: Exception) -> str:
    """The first line of what an error says, or its kind."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
