"""Reads Turtle with pyoxigraph, which gives the line and column of an error and leaves literals as they are; writes RDF
1.1 with it: TriG, N-Quads, Turtle, N-Triples."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
from pyoxigraph import Literal, Quad, RdfFormat, Triple

from gbkg.core.errors import ParseError
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.project import Project
from gbkg.core.terms import Graph

_THINGS = {
    full(name)
    for name in (
        *("rdf:type", "rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range", "owl:inverseOf"),
        *("owl:disjointWith", "owl:equivalentClass", "owl:equivalentProperty", "owl:sameAs"),
        *("sh:targetClass", "sh:targetSubjectsOf", "sh:targetObjectsOf"),
    )
}
"""Properties whose value is a class, a property or another thing, never text (RDF Schema; OWL 2; SHACL, 2.1.3)."""


def read(project: Project, path: Path) -> Graph:
    """Read a Turtle file.

    Raises `ProjectError` when it cannot be opened, `ParseError` (file, line, column) when it is not Turtle.
    """
    return parse(project.text(path), project.show(path))


def parse(text: str, shown: str = "Turtle") -> Graph:
    """Read a Turtle text; `shown` names it in a `ParseError`. Nothing is ever fetched."""
    return Graph(triples(text, shown))


def triples(text: str | IO[bytes], shown: str = "Turtle") -> Iterator[Triple]:
    """The triples of a Turtle text, in order. Raises `ParseError` as `parse` does."""
    try:
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.object, Triple):
                hint = "name the claim or the fact instead"
                raise ParseError(f"a triple within a triple (RDF 1.2): {quad.object}", file=shown, hint=hint)
            if isinstance(quad.object, Literal) and quad.predicate.value in _THINGS:
                said = f"{shorten(quad.predicate.value)} is followed by text, and needs a term: {quad.object}"
                line = _line(text, quad.triple) if isinstance(text, str) else None
                raise ParseError(said, file=shown, line=line, hint="write prefix:name without quotes")
            yield quad.triple
    except SyntaxError as error:
        message = str(error).split(":", 1)[-1].strip() if "Parser error" in str(error) else str(error)
        message = message.removesuffix(f" (line {error.lineno})")
        raise ParseError(f"not Turtle: {message}", file=shown, line=error.lineno, column=error.offset) from error


def placed(text: str, shown: str = "Turtle") -> Iterator[tuple[int, Triple]]:
    """The triples of a Turtle text, each with the line on which it ends. Raises `ParseError` as `parse` does."""
    file = _LineByLine(text)
    yield from ((file.line, triple) for triple in triples(cast(IO[bytes], file), shown))


def _line(text: str, triple: Triple) -> int | None:
    """The line on which a triple ends, in a text that is Turtle up to there."""
    file = _LineByLine(text)
    found = ox.parse(cast(IO[bytes], file), format=ox.RdfFormat.TURTLE)
    return next((file.line for quad in found if quad.triple == triple), None)


class _LineByLine(io.RawIOBase):
    """A text that is read a line at a time, so that `line` says how far the parser has come."""

    def __init__(self, text: str) -> None:
        self._lines, self.line = iter(text.encode().splitlines(keepends=True)), 0
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self.line += 1
            self._rest = next(self._lines, b"")
        end = len(self._rest) if size < 0 else size  # the parser breaks down when it is given more
        read, self._rest = self._rest[:end], self._rest[end:]
        return read


def as_trig(quads: Iterable[Quad]) -> bytes:
    """The quads as TriG (https://www.w3.org/TR/trig/)."""
    return _serialize(quads, RdfFormat.TRIG)


def as_nquads(quads: Iterable[Quad]) -> bytes:
    """The quads as N-Quads, one line a triple."""
    return _serialize(quads, RdfFormat.N_QUADS)


def as_turtle(quads: Iterable[Quad]) -> bytes:
    """The quads, those of a subject together, as one Turtle document without graph names, in their order."""
    return _serialize([quad.triple for quad in quads], RdfFormat.TURTLE)


def as_ntriples(quads: Iterable[Quad]) -> bytes:
    """The quads as N-Triples without graph names, in their order."""
    return _serialize([quad.triple for quad in quads], RdfFormat.N_TRIPLES)


def written(statements: Iterable[Triple] | Iterable[Quad], format: RdfFormat) -> str:
    """Quads or triples as text in a format that has prefixes, in their order."""
    return _serialize(statements, format).decode()


def _serialize(statements: Iterable[Triple] | Iterable[Quad], format: RdfFormat) -> bytes:
    lines = format in (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES)
    written = ox.serialize(statements, format=format, prefixes=None if lines else PREFIXES)
    assert isinstance(written, bytes)
    return written
