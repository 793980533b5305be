"""What differs between two files of N-Quads, when most of it is the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

MOST = 3_000_000
"""Lines up to which a comparison is worth its memory, about 100 bytes each."""


def changes(former: Path, new: Path) -> tuple[list[Any], list[Any]]:
    """The quads that only the former file has and those that only the new one has, as pyoxigraph has them, in the order
    of their files. Each line stands in a file once. Lines are compared by 64 bits of a hash: whoever uses the result
    has to compare digests afterwards. Raises `OSError` when a file cannot be read."""
    left = set(map(hash, _lines(former)))
    added = []
    for line in _lines(new):
        if hash(line) in left:
            left.discard(hash(line))
        else:
            added.append(line)
    removed = [line for line in _lines(former) if hash(line) in left]
    return _parsed(removed), _parsed(added)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _parsed(lines: Iterable[bytes]) -> list[Any]:
    return list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
