"""Lines of N-Quads: the named graphs that they are in, as pyoxigraph's terms, in the order of all that is written,
and with one number for all that they say.

The named graphs of a built graph are, in their order:

ontology   classes, properties, indicators, units and the other closed lists
entities   type, preferred label and description of each entity, and its identifiers elsewhere
facts      direct triples: `s p o` stands here if and only if an accepted claim says it
claims     one node a claim
evidence   sources and passages
curation   corrections, recalculations, comparisons, identity judgements, ambiguities, gaps; mappings
queries    the saved queries, described
metadata   the dataset about itself (DCAT, VoID)
inferred   triples that follow from facts by the rules, and that nobody states
inferences the rules, and for each use of one its premises and conclusion
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from hashlib import sha256
from itertools import islice
from typing import Any

import pyoxigraph as ox

from gbkg.core.terms import term

STATED = ("ontology", "entities", "facts", "claims", "evidence", "curation", "queries", "metadata")
GRAPHS = (*STATED, "inferred", "inferences")
BY_SOURCE = ("claims", "evidence")
"""The graphs that are built source by source."""
TOGETHER = (("ontology", "queries"), ("metadata",), ("entities", "facts", "inferred"), ("curation",), ("inferences",))
"""Groups of graphs that share subjects, in the order in which files without named graphs have them."""


_TYPE = term("rdf:type")
_LINE = re.compile(r"[^\n]+")


def subject(line: str) -> str:
    """The IRI (or blank node) that a line is about.

    >>> subject("<urn:s> <urn:p> <urn:o> <urn:g> .")
    'urn:s'
    """
    return line[: line.index(" ")].strip("<>")


def each(texts: Iterable[str]) -> Iterator[str]:
    """The lines of texts without their line feeds. A line of N-Quads holds no other line break that matters."""
    return (line[0] for text in texts for line in _LINE.finditer(text))


def batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """The items in lists of so many."""
    items = iter(items)
    while some := list(islice(items, size)):
        yield some


def triples(texts: Iterable[str]) -> Iterator[Any]:
    """The triples of lines of N-Quads, as pyoxigraph has them, in their order; a text at a time."""
    for text in texts:
        for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS):
            yield quad.triple


def quads(texts: Iterable[str]) -> Iterator[Any]:
    """The quads of lines of N-Quads, as pyoxigraph has them, in their order; a text at a time."""
    for text in texts:
        yield from ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS)


def ordered(triples: Iterable[Any]) -> list[Any]:
    """The triples, each once, by subject, its types first, then by predicate and object: the order of all that is
    written."""
    by_subject: dict[str, list[Any]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject.value, []).append(triple)
    return [triple for subject in sorted(by_subject) for triple in _of_subject(by_subject[subject])]


def _of_subject(triples: list[Any]) -> list[Any]:
    keyed = {(t.predicate != _TYPE, t.predicate.value, t.object.value, str(t.object)): t for t in triples}
    return [keyed[key] for key in sorted(keyed)]


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
        """The digest of no lines, or one that `hex` gave before. Raises `ValueError` when that is not a number."""
        self._sum = int(hex, 16) % _MODULUS

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Digest:
        """The digest of quads, each given once, whose literals may be as they were written."""
        return cls(digest(line(as_stored(quad)) for quad in quads))

    @classmethod
    def of_file(cls, lines: Iterable[bytes]) -> Digest:
        """As `of`, of the lines of a file that gbkg wrote, with line feeds, at less than half its cost: they are not
        parsed. Of lines that are spelled otherwise than `line` spells them it is another digest."""
        total, as_written = 0, _as_written()
        for one in lines:
            line = one.rstrip(b"\n")
            if b'"^^<' in line or b'"@' in line:
                begin, end = line.find(b' "') + 1, line.rfind(b" <")
                said = line[begin:end]
                if 0 < begin < end and not as_written(said):
                    line = line[:begin] + _stored_text(said) + line[end:]
            total += int.from_bytes(sha256(line).digest(), "big")
        return cls(f"{total % _MODULUS:064x}")

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


_XSD = rb"\^\^<http://www\.w3\.org/2001/XMLSchema#"
_KINDS = (
    rb'"(?:0|-?[1-9]\d{0,17})"' + _XSD + rb"integer>",
    rb'"-?(?:0|[1-9]\d{0,8})\.\d{0,8}[1-9]"' + _XSD + rb"decimal>",
    rb'"[12]\d{3}"' + _XSD + rb"gYear>",
    rb'"[12]\d{3}-\d\d"' + _XSD + rb"gYearMonth>",
    rb'"[12]\d{3}-\d\d-\d\d"' + _XSD + rb"date>",
    rb'"(?:[^"\\]|\\.)*"@[a-z]{2,8}',
)
"""Literals with a datatype or language that a store gives back as they are, as far as that is easily seen."""


@cache
def _as_written() -> Callable[[bytes], object]:
    return re.compile(b"|".join(_KINDS), re.DOTALL).fullmatch


@lru_cache(maxsize=4096)
def _stored_text(literal: bytes) -> bytes:
    try:
        (quad,) = ox.parse(b"<urn:s> <urn:p> " + literal + b" .", format=ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError):
        return literal
    return str(stored(quad.object)).encode()


@lru_cache(maxsize=4096)
def stored(term: Any) -> Any:
    """A term as a store of pyoxigraph gives it back: it writes 1.50 as 1.5, and language tags in lower case.

    >>> stored(ox.Literal("1.50", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))).value
    '1.5'
    """
    if not isinstance(term, ox.Literal) or _as_written()(str(term).encode()):
        return term
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), term))
    return next(iter(store)).object


def _number(line: bytes) -> int:
    return int.from_bytes(sha256(line).digest(), "big")
