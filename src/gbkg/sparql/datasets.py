"""The dataset of a query: which graphs its default graph is made of, and which it finds by GRAPH (SPARQL 1.1 Query
Language, section 13).

The engine has either the dataset of the query's own FROM or the union of all graphs as the default graph. So the
clauses are taken out of the text here, and what they name is given to the engine beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gbkg.sparql import parse


@dataclass(frozen=True, slots=True)
class Graphs:
    """The IRIs of the graphs that are merged as the default graph, and of those that GRAPH finds."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def taken(text: str) -> tuple[str, Graphs]:
    """The text with blanks in place of FROM and FROM NAMED, so that all else keeps its place, and what they name.
    Raises `ParseError` when a text that has the word in it is not SPARQL.

    >>> taken("ASK FROM <urn:a> FROM NAMED <urn:b> { }")
    ('ASK                                 { }', Graphs(default=('urn:a',), named=('urn:b',)))
    """
    if "from" not in text.casefold():
        return text, Graphs()
    clauses = parse.query(text).datasets
    for clause in clauses:
        text = text[: clause.start] + " " * (clause.end - clause.start) + text[clause.end :]
    default = dict.fromkeys(clause.iri for clause in clauses if not clause.named)
    named = dict.fromkeys(clause.iri for clause in clauses if clause.named)
    return text, Graphs(tuple(default), tuple(named))
