"""Turtle in and out. pyoxigraph reads (it tells the line and column of an error and changes no literal);
the result is a plain rdflib Graph, which is what pyshacl validates."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from gbkg.core import namespaces, nquads
from gbkg.core.errors import ParseError
from gbkg.core.project import Project


def read(project: Project, path: Path) -> Graph:
    """The graph of a Turtle file.

    Raises `ProjectError` when it cannot be opened, `ParseError` (file, line, column) when it is not Turtle.
    """
    shown = project.show(path)
    return parse(project.text(path), shown)


def parse(text: str, shown: str = "Turtle") -> Graph:
    """The graph of a Turtle text; `shown` names it in a `ParseError`. Nothing is ever fetched."""
    graph = new_graph()
    for triple in triples(text, shown):
        graph.add((from_ox(triple.subject), from_ox(triple.predicate), from_ox(triple.object)))
    return graph


def triples(text: str, shown: str = "Turtle") -> Iterator[Any]:
    """The triples of a Turtle text, as pyoxigraph has them, in its order. Raises `ParseError` as `parse`."""
    return _parsed(text, shown)


def _parsed(text: str | IO[bytes], shown: str) -> Iterator[Any]:
    try:
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.object, ox.Triple):
                hint = "name the claim or the fact instead"
                raise ParseError(f"a triple within a triple (RDF 1.2): {quad.object}", file=shown, hint=hint)
            yield quad
    except SyntaxError as error:
        message = str(error).split(":", 1)[-1].strip() if "Parser error" in str(error) else str(error)
        message = message.removesuffix(f" (line {error.lineno})")
        raise ParseError(f"not Turtle: {message}", file=shown, line=error.lineno, column=error.offset) from error


def placed(text: str, shown: str = "Turtle") -> Iterator[tuple[int, Any]]:
    """The triples of a Turtle text, each with the line in which it ends. Raises `ParseError` as `parse`."""
    file = _LineByLine(text)
    yield from ((file.line, quad.triple) for quad in _parsed(cast(IO[bytes], file), shown))


class _LineByLine(io.RawIOBase):
    """A text that is given a line at a time, so that it is known how far a parser has come."""

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
        piece, self._rest = self._rest[:end], self._rest[end:]
        return piece


def of_lines(texts: Iterable[str]) -> Graph:
    """The graph of lines of N-Quads, the names of named graphs left out."""
    graph = new_graph()
    for triple in nquads.triples(texts):
        graph.add((from_ox(triple.subject), from_ox(triple.predicate), from_ox(triple.object)))
    return graph


def triples_of(graph: Graph) -> Iterator[Any]:
    """The triples of an rdflib graph as pyoxigraph has them, in no order."""
    return (ox.Triple(*map(to_ox, triple)) for triple in graph)


def new_graph() -> Graph:
    """An empty graph with every prefix of `names.PREFIXES` bound and no other."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in namespaces.PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def text(graph: Graph, subject: Node, predicate: Node) -> str:
    """The lexical form of one object of subject and predicate; the empty string when there is none."""
    found = graph.value(subject, predicate)
    return "" if found is None else str(found)


def subjects(graph: Graph, predicate: Node | None = None, value: Node | None = None) -> list[Node]:
    """The subjects of matching triples, each once, sorted by IRI."""
    return sorted(set(graph.subjects(predicate, value)), key=str)


def from_ox(term: Any) -> Node:
    """A pyoxigraph term as an rdflib term, its lexical form untouched."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    return Literal(term.value) if datatype == _STRING else Literal(term.value, datatype=URIRef(datatype))


def to_ox(term: Node) -> Any:
    """An rdflib term as a pyoxigraph term, its lexical form untouched."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    assert isinstance(term, Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


_STRING = "http://www.w3.org/2001/XMLSchema#string"
