"""The engine that answers queries: a pyoxigraph store in memory, one named graph for each of ours.

A query sees the union of the named graphs as its default graph, so a triple must not stand in two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core.digest import digest, line
from gbkg.core.errors import AlteredError, ParseError, ProjectError
from gbkg.core.files import Hashing
from gbkg.core.inputfiles import regular
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.order import KINDS, MOST, UNKNOWN, Kinds, asks_order, counting

SCANNABLE = 200_000
"""Quads up to which it is."""


ONTOLOGY = ox.NamedNode(PREFIXES["graph"] + "ontology")
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


class Store:
    """Quads that can be asked; the only place that knows the engine."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    @classmethod
    def of(cls, statements: Iterable[Any]) -> Store:
        """A new store in memory with the quads."""
        engine = ox.Store()
        engine.bulk_extend(statements)
        return cls(engine)

    @classmethod
    def read(cls, path: Path, sha256: str = "") -> Store:
        """A new store in memory with the quads of an N-Quads file, which has that SHA-256, if one is given.

        Raises `ProjectError` when it cannot be opened or is no regular file, `AlteredError` when it has another digest,
        `ParseError` (file, line) when it is not N-Quads.
        """
        engine = ox.Store()
        if not sha256 or path.exists():
            regular(path)
        try:
            with path.open("rb") as file:
                hashing: Any = Hashing(file)
                try:
                    engine.bulk_load(input=hashing, format=ox.RdfFormat.N_QUADS)
                finally:
                    if sha256:  # what was altered is said first, also of a line that is no longer one
                        hashing.check(sha256, str(path))
        except OSError as error:
            if sha256 and isinstance(error, FileNotFoundError):
                raise AlteredError(str(path), "", sha256) from error
            message, hint = f"cannot be read: {error.strerror or error}", "gbkg build writes it"
            raise ProjectError(message, file=str(path), hint=hint) from error
        except SyntaxError as error:
            raise ParseError(f"not N-Quads: {error.msg}", file=str(path), line=error.lineno) from error
        return cls(engine)

    def __len__(self) -> int:
        """The number of quads."""
        return len(self.engine)

    def query(self, text: str) -> Any:
        """What the engine answers: an iterator of solutions or of triples, or a truth value, as pyoxigraph has them.

        Our prefixes need no declaration. Raises `SyntaxError` (lineno, offset) when the text is not a SPARQL query.
        """
        return self.engine.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)

    def quads(self, subject: Any = None, predicate: Any = None, object: Any = None, graph: Any = None) -> Iterator[Any]:
        """The quads that match, None standing for anything; the order is the engine's own."""
        return iter(self.engine.quads_for_pattern(subject, predicate, object, graph))

    def quads_of(self, subjects: Collection[Any], predicate: Any = None, graph: Any = None) -> Iterator[Any]:
        """The quads whose subject is among these terms."""
        for subject in subjects:
            yield from self.quads(subject, predicate, None, graph)

    def quads_to(self, objects: Collection[Any], predicate: Any = None, graph: Any = None) -> Iterator[Any]:
        """The quads whose object is among these terms."""
        for object in objects:
            yield from self.quads(None, predicate, object, graph)

    def uses(self, terms: Iterable[Any]) -> dict[Any, frozenset[str]]:
        """Where each of these IRIs stands in the graph: as a `property`; as a `class`, when something is of it; at an
        end of a triple of the `ontology`, or of other `data`; as the name of a `graph`. Nowhere is an empty set."""
        wanted = list(terms)
        self._places |= {term: frozenset(self._stands(term)) for term in wanted if term not in self._places}
        return {term: self._places[term] for term in wanted}

    @cached_property
    def _places(self) -> dict[Any, frozenset[str]]:
        return {}

    def _stands(self, term: Any) -> Iterator[str]:
        for use, place in _uses(term).items():
            if any(True for _ in self.quads(*place)):
                yield use
        for place in ((term,), (None, None, term)):
            for quad in self.quads(*place):
                ontology = quad.graph_name == ONTOLOGY
                yield "ontology" if ontology else "data"
                if not ontology:
                    break

    @property
    def scannable(self) -> bool:
        """Whether to read a whole column of the graph is cheaper than to look up its nodes one by one."""
        return self.small

    def settles(self, text: str) -> bool:
        """Whether the rows of a query are put in an order that leaves nothing open: it asks for one, or they are few
        enough to be sorted for nothing."""
        counted = None if asks_order(text) else counting(text)
        if counted is None:
            return True
        try:
            return any(int(row[0].value) <= MOST for row in self.query(counted))
        except SyntaxError:
            return True  # which the query itself will say better

    @cached_property
    def kinds(self) -> Kinds:
        """What kinds of values there are, on which it depends what a query needs to be put in order; of a large graph
        that is not looked at."""
        if not self.small:
            return UNKNOWN
        found = [(row[0].value, row[1].value == "true") for row in self.query(KINDS)]
        return Kinds(not all(number for _, number in found), frozenset(name for name, _ in found))

    @cached_property
    def small(self) -> bool:
        """Whether all of it may be sorted, or compared with a name, for the sake of one answer."""
        # Remembered, because the engine counts one by one.
        return len(self) <= SCANNABLE

    @property
    def digest(self) -> str:
        """`gbkg.core.digest` of the quads; all of them are read for it."""
        return digest(map(line, self))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.engine)


def _uses(term: Any) -> dict[str, tuple[Any, ...]]:
    """By use, the pattern of quads in which an IRI is used so."""
    return {"property": (None, term), "class": (None, _TYPE, term), "graph": (None, None, None, term)}


def load(statements: Iterable[Any]) -> Any:
    """A new `pyoxigraph.Store` with the quads."""
    return Store.of(statements).engine
