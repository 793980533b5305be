"""What differs between two sets of lines of N-Quads, when most of it is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

MOST = 3_000_000
"""Lines up to which a comparison is worth its memory, about 100 bytes each."""

Read = Callable[[], Iterable[bytes]]


def changes(former: Path, new: Path) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads that only the former file has and those that only the new one has, in the order of their files, found
    by `lines`. Raises `OSError` when a file cannot be read."""
    removed, added = lines(lambda: _lines(former), lambda: _lines(new))
    return _parsed(removed), _parsed(added)


def lines(former: Read, new: Read) -> tuple[list[bytes], list[bytes]]:
    """The lines that only the former side gives and those that only the new one gives, in their order; the former is
    read twice.

    Each line stands on a side once. Lines are compared by 64 bits of a hash: whoever uses the result has to compare
    digests afterwards.
    """
    left = set(map(hash, former()))
    added = []
    for line in new():
        if hash(line) in left:
            left.discard(hash(line))
        else:
            added.append(line)
    return [line for line in former() if hash(line) in left], added


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _parsed(lines: Iterable[bytes]) -> list[ox.Quad]:
    return list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
