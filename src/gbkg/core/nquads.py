"""Lines of N-Quads: as text, as pyoxigraph's terms, and in the order of all that is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox

from gbkg.core.digest import stored
from gbkg.core.prefixes import PREFIXES

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_XSD = re.escape(PREFIXES["xsd"].encode())
# What a store may write in another form: literals with a language or a datatype, except numbers and dates in their
# shortest form. Expressions decide it in 0.4 CPU s for a million lines; parsing and writing each line takes 3.9 s.
_REWRITTEN = re.compile(rb'"(?:@|\^\^<)')
_KEPT = re.compile(
    rb'"(?:(?:0|-?[1-9]\d*)"\^\^<%sinteger>|-?(?:0|[1-9]\d*)\.\d*[1-9]"\^\^<%sdecimal>'
    rb'|\d{4}(?:-\d\d){0,2}"\^\^<%s(?:gYear|gYearMonth|date)>|--\d\d(?:-\d\d)?"\^\^<%sgMonth(?:Day)?>) <[^<>]*> \.$'
    % (_XSD, _XSD, _XSD, _XSD)
)


def is_stored(line: bytes) -> bool:
    """True if pyoxigraph's store returns this line unchanged. May be False for some lines that it would not change.

    >>> is_stored(b'<urn:s> <urn:p> "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> <urn:g> .')
    True
    """
    return not _REWRITTEN.search(line) or bool(_KEPT.search(line))


def as_stored(line: bytes) -> bytes:
    """A line of N-Quads, without line feed, as a store of pyoxigraph gives it back.

    >>> as_stored(b'<urn:s> <urn:p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> <urn:g> .')
    b'<urn:s> <urn:p> "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> <urn:g> .'
    """
    if is_stored(line):
        return line
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_QUADS)
    return f"{ox.Quad(quad.subject, quad.predicate, stored(quad.object), quad.graph_name)} .".encode()


def subject(line: str) -> str:
    """The IRI (or blank node) that a line is about.

    >>> subject("<urn:s> <urn:p> <urn:o> <urn:g> .")
    'urn:s'
    """
    return line[: line.index(" ")].strip("<>")


def each(texts: Iterable[str]) -> Iterator[str]:
    """The lines of texts without their line feeds. A line of N-Quads holds no other line break that matters."""
    return (line for text in texts for line in text.split("\n") if line)


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
