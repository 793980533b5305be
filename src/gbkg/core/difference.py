"""What one side has and the other has not: of two files of N-Quads, of lines that are read as they come, of rows of two
answers. What a change means for people is said elsewhere (`graph.report.changes`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

COMPARABLE = 3_000_000
"""Lines of the largest files that are worth comparing, which takes about 100 bytes of memory a line."""
T = TypeVar("T", bound=Hashable)
Quads = tuple[list[ox.Quad], list[ox.Quad]]
OfFiles = Callable[[Path, Path], Quads]
"""As `of_files`."""


def between(former: Callable[[], Iterable[T]], new: Iterable[T]) -> tuple[list[T], list[T]]:
    """The items that only the former side has, and those that only the new one has: each side in its order, an item as
    often as it has no counterpart. The former side is read twice, the new one once.

    Items are compared by 64 bits of a hash, so that no side is held in memory: whoever relies on the result for many
    millions has to compare digests afterwards.

    >>> between(lambda: ["a", "b", "b"], ["b", "c"])
    (['a', 'b'], ['c'])
    """
    left = Counter(map(hash, former()))
    added = [one for one in new if not _taken(left, hash(one))]
    return [one for one in former() if _taken(left, hash(one))], added


def of_files(former: Path, new: Path) -> Quads:
    """The quads that only the former file of N-Quads has and those that only the new one has. Raises `OSError` when one
    cannot be read, `SyntaxError` when a line is none of N-Quads."""
    with former.open("rb") as before, new.open("rb") as after:

        def lines() -> Iterable[bytes]:
            before.seek(0)
            return before

        return of_lines(lines, after)


def of_lines(former: Callable[[], Iterable[bytes]], new: Iterable[bytes]) -> Quads:
    """As `of_files`, of lines with their line feeds."""
    removed, added = between(former, new)
    return _parsed(removed), _parsed(added)


def _taken(left: Counter[int], key: int) -> bool:
    """Whether one of these was left; then there is one less."""
    if found := left[key]:
        left[key] = found - 1
    return found > 0


def _parsed(lines: Iterable[bytes]) -> list[ox.Quad]:
    return list(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
