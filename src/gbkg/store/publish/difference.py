"""What two large sets of quads do not share, found without holding either."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

from gbkg.core.prefixes import PREFIXES
from gbkg.store.publish.source import as_stored

_GROUPS = 1 << 20
_FEW = 8
_MASK = (1 << 64) - 1
_DECIMAL, _INTEGER = (f'"^^<{PREFIXES["xsd"]}{kind}>'.encode() for kind in ("decimal", "integer"))

Read = Callable[[], Iterable[Any]]


class Difference:
    """Both sides are read once to find which of a million groups of lines differ (by the sum of 64 bits of a hash of
    each line), and once more for the quads of those groups: with ten million lines, ten for each that differs.

    Numbers that are equal, one an integer and the other a decimal, count as the same.
    """

    def __init__(self, ours: Read, theirs: Read) -> None:
        self._ours, self._theirs = ours, theirs
        sums = array("Q", bytes(8 * _GROUPS))
        sizes = array("L", bytes(array("L").itemsize * _GROUPS))
        for sign, quads in ((1, ours()), (-1, theirs())):
            for quad in quads:
                group, number = _place(_valued(quad))
                sums[group] = (sums[group] + sign * number) & _MASK
                sizes[group] += 1
        self._groups = {group for group, total in enumerate(sums) if total}
        self.size = sum(sizes[group] for group in self._groups)
        """How many quads `quads` will hold: at least as many as differ."""

    def quads(self, some: bool = False) -> tuple[list[Any], list[Any]]:
        """The quads that only we have, and those that only they have; with `some` not all, if there are many."""
        groups = set(sorted(self._groups)[:_FEW]) if some else self._groups
        ours, theirs = (_within(read(), groups) for read in (self._ours, self._theirs))
        missing = [quad for text, quad in ours.items() if text not in theirs]
        return missing, [quad for text, quad in theirs.items() if text not in ours]


def _within(quads: Iterable[Any], groups: set[int]) -> dict[bytes, Any]:
    if not groups:
        return {}
    texts = ((_valued(quad), quad) for quad in quads)
    return {text: quad for text, quad in texts if _place(text)[0] in groups}


def _place(text: bytes) -> tuple[int, int]:
    """The group of a line, and its number there."""
    found = blake2b(text, digest_size=16).digest()
    return int.from_bytes(found[:8], "big") % _GROUPS, int.from_bytes(found[8:], "big")


def _valued(quad: Any) -> bytes:
    """The line of a quad in which a whole number is an integer, whether it was an integer or a decimal."""
    text = as_stored(quad)
    before, decimal, after = text.partition(_DECIMAL)
    return before + _INTEGER + after if decimal and b"." not in before.rpartition(b'"')[2] else text
