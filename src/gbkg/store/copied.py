"""A copy of a store on disk, for checks that add quads for a while."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from gbkg.core import versions
from gbkg.store.memory import Memory

_COPY = "checked"
Check = Callable[[Memory], None]


class Copy(Memory):
    """Quads in a folder of an engine, for a check that adds some for a while. Its engine can only read but in between:
    one that writes has threads, and a process forked while one of them holds a lock waits for that lock for ever."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(ox.Store.read_only(str(path)))

    @property
    def scannable(self) -> bool:
        return False

    def _extend(self, quads: list[ox.Quad]) -> None:
        with self._writing():
            super()._extend(quads)

    def _remove(self, quads: list[ox.Quad]) -> None:
        with self._writing():
            super()._remove(quads)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.engine = ox.Store()  # lets go of the files, which one engine at a time may write
        self.engine = ox.Store(str(self._path))
        yield
        self.engine.flush()
        self.engine = ox.Store()
        self.engine = ox.Store.read_only(str(self._path))


def checked(path: Path, check: Check) -> None:
    """Gives the check a copy of a store."""
    with copied(path) as copy:
        check(copy)


@contextmanager
def copied(path: Path) -> Iterator[Copy]:
    """A copy that shares the tables and is gone afterwards: what is open for long the engine rewrites, to twice the
    size."""
    copy = path.with_name(_COPY)
    versions.link(path, copy)
    try:
        yield Copy(copy)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
