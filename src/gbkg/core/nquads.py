"""Lines of N-Quads: as text, as pyoxigraph's terms, and in the order of all that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core.terms import term

_TYPE = term("rdf:type")
COMPARED = 3_000_000
"""Lines of the largest files that are worth comparing by `changes`, which takes about 100 bytes of memory a line."""
Read = Callable[[], Iterable[bytes]]


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


def changes(former: Path, new: Path) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads that only the former file has and those that only the new one has, in the order of their files, found
    by `difference`. Raises `OSError` when a file cannot be read."""
    removed, added = difference(lambda: _lines(former), lambda: _lines(new))
    return _parsed(removed), _parsed(added)


def difference(former: Read, new: Read) -> tuple[list[bytes], list[bytes]]:
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
