"""One number for what a graph says, whatever the order in which it is read, that can follow a graph as it changes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from gbkg.core.terms import term

_MODULUS = 1 << 256
_STRING = term("xsd:string")


class Digest:
    """The sum, modulo 2^256, of the SHA-256 of each line of a graph's N-Quads.

    A line is `str(quad) + " ."` in UTF-8, without line feed, with literals as a store gives them back (`stored`).
    Equal sets of lines have equal digests in whatever order they come, so nothing is sorted; a line that comes or goes
    is added or subtracted, and the digests of parts that share no line merge into that of the whole, so nothing is
    read twice. A line that is added twice counts twice.

    It finds accidents. It is not meant against somebody who chooses the lines: finding other lines with the same sum is
    far easier than for SHA-256 itself. Bellare and Micciancio 1997, "A new paradigm for collision-free hashing"
    (AdHash), https://doi.org/10.1007/3-540-69053-0_13; Wagner 2002, "A generalized birthday problem".

    >>> one, two = Digest(), Digest()
    >>> one.add(b"<urn:a> <urn:b> <urn:c> .")
    >>> two.add(b"<urn:d> <urn:e> <urn:f> .")
    >>> two.merge(one)
    >>> two.remove(b"<urn:d> <urn:e> <urn:f> .")
    >>> two.hex == one.hex
    True
    """

    def __init__(self, hex: str = "0" * 64) -> None:
        """The digest of no lines, or one that `hex` gave before. Raises `ValueError` when that is no number."""
        self._sum = int(hex, 16) % _MODULUS

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Digest:
        """The digest of quads, each given once, whose literals may be as they were written."""
        return cls(digest(line(as_stored(quad)) for quad in quads))

    def add(self, line: bytes) -> None:
        self._sum = (self._sum + _number(line)) % _MODULUS

    def remove(self, line: bytes) -> None:
        """Takes away a line that was added."""
        self._sum = (self._sum - _number(line)) % _MODULUS

    def merge(self, other: Digest) -> None:
        """Adds all lines of the other."""
        self._sum = (self._sum + other._sum) % _MODULUS

    @property
    def hex(self) -> str:
        """64 hexadecimal digits in lower case."""
        return f"{self._sum:064x}"


def digest(lines: Iterable[bytes]) -> str:
    """The digest of lines of N-Quads without line feeds, each given once, as 64 hexadecimal digits.

    >>> digest([b"<urn:a> <urn:b> <urn:c> ."])
    '9e91a71db12e367476e51e093114f93284013bbd55529ad7252d6ff88b2da8a6'
    """
    return f"{sum(map(_number, lines)) % _MODULUS:064x}"


def line(quad: ox.Quad) -> bytes:
    """The line of a pyoxigraph quad, without line feed.

    >>> line(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("ß"), ox.NamedNode("urn:g")))
    b'<urn:a> <urn:b> "\\xc3\\x9f" <urn:g> .'
    """
    return f"{quad} .".encode()


def as_stored(quad: ox.Quad) -> ox.Quad:
    """A quad as a store of pyoxigraph gives it back."""
    said = quad.object
    if isinstance(said, ox.Literal) and said.datatype != _STRING:
        return ox.Quad(quad.subject, quad.predicate, stored(said), quad.graph_name)
    return quad


@lru_cache(maxsize=4096)
def stored(term: Any) -> Any:
    """A term as a store of pyoxigraph gives it back: it writes 1.50 as 1.5, and language tags in lower case.

    >>> stored(ox.Literal("1.50", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))).value
    '1.5'
    """
    if not isinstance(term, ox.Literal):
        return term
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), term))
    return next(iter(store)).object


def _number(line: bytes) -> int:
    return int.from_bytes(sha256(line).digest(), "big")
