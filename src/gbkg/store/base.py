"""What every store is: quads that answer queries, be they in memory, on disk or on a server.

A query sees the union of the named graphs as its default graph, so a triple must not stand in two of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gbkg.core.nquads import digest, line
from gbkg.core.terms import Quad, Term, term

if TYPE_CHECKING:
    from gbkg.sparql.clauses import Graphs
    from gbkg.sparql.kinds import Kinds

SMALL = 200_000
"""Quads of the largest graph of which it is cheaper to read whole columns than to look up nodes."""
ONTOLOGY, _TYPE = term("graph:ontology"), term("rdf:type")

Answer = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean
"""Solutions of a SELECT, triples of a CONSTRUCT or DESCRIBE, the truth value of an ASK."""


class Store(ABC):
    """The interface to the graph, wherever it is. Nothing but its subclasses knows the engine.

    `gbkg.store.memory.Memory` · `gbkg.store.disk.Disk` · `gbkg.store.remote.Remote`
    """

    folder: Path | None = None
    """Where the build has written further files beside the store."""
    stays = False
    """Whether it is in memory, for many questions; whoever has but one says so."""

    @abstractmethod
    def query(self, text: str, graphs: Graphs | None = None) -> Answer:
        """The `Answer` to a query, in which our prefixes need no declaration; with `graphs`, of no others. One that is
        not there is empty: nothing is fetched.

        Raises `SyntaxError` (lineno, offset) when the text is not SPARQL query.
        """

    def select(self, text: str) -> ox.QuerySolutions:
        """The solutions of a SELECT. Raises as `query` does, and `TypeError` when the query is another one."""
        found = self.query(text)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(f"no SELECT: {text}")
        return found

    @abstractmethod
    def quads(
        self,
        subject: Term | None = None,
        predicate: Term | None = None,
        object: Term | None = None,
        graph: Term | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, None standing for any term; the order is the engine's own."""

    @abstractmethod
    def __len__(self) -> int:
        """The number of quads."""

    @abstractmethod
    def __iter__(self) -> Iterator[ox.Quad]:
        """Every quad, in the engine's own order."""

    def quads_of(
        self, subjects: Collection[Term], predicate: Term | None = None, graph: Term | None = None
    ) -> Iterator[Quad]:
        """The quads whose subject is among these terms."""
        for subject in subjects:
            yield from self.quads(subject, predicate, None, graph)

    def quads_to(
        self, objects: Collection[Term], predicate: Term | None = None, graph: Term | None = None
    ) -> Iterator[Quad]:
        """The quads whose object is among these terms."""
        for object in objects:
            yield from self.quads(None, predicate, object, graph)

    def uses(self, terms: Iterable[Term]) -> dict[Term, frozenset[str]]:
        """How the graph uses each of these IRIs: as a `property`; as a `class`, when something is of it; at an end of a
        triple of the `ontology`, or of other `data`; as the name of a `graph`. The set is empty when it does not."""
        wanted = list(terms)
        self._uses |= {term: frozenset(self._found(term)) for term in wanted if term not in self._uses}
        return {term: self._uses[term] for term in wanted}

    @cached_property
    def _uses(self) -> dict[Term, frozenset[str]]:
        return {}

    def _found(self, term: Term) -> Iterator[str]:
        """The uses of an IRI; one may be given twice."""
        for use, pattern in {
            "property": (None, term),
            "class": (None, _TYPE, term),
            "graph": (None, None, None, term),
        }.items():
            if any(True for _ in self.quads(*pattern)):
                yield use
        for ends in ((term,), (None, None, term)):
            for quad in self.quads(*ends):
                ontology = quad.graph_name == ONTOLOGY
                yield "ontology" if ontology else "data"
                if not ontology:
                    break

    @property
    def scannable(self) -> bool:
        """Whether reading a whole column of the graph is cheaper than looking up its nodes one by one."""
        return self.small

    @cached_property
    def small(self) -> bool:
        """Whether all of it may be sorted, or compared with a name, for the sake of one answer."""
        # Remembered, because the engine counts one by one.
        return len(self) <= SMALL

    @property
    def exact(self) -> bool:
        """Whether it gives what SPARQL 1.1 says; else the rows of a cited answer are compared with those without
        citations, which another query gives."""
        return True

    def settles(self, text: str) -> bool:
        """Whether the order of a query's rows is fully determined: the query asks for one, or the rows are few enough
        to be sorted in any case."""
        from gbkg.sparql.order import MOST, asks_order, counting  # here: what looks triples up reads no SPARQL

        counted = None if asks_order(text) else counting(text)
        if counted is None:
            return True
        try:
            return any(int(row[0].value) <= MOST for row in self.select(counted))
        except SyntaxError:
            return True  # the query itself will report the error better

    @cached_property
    def kinds(self) -> Kinds:
        """The kinds of values in the graph, which decide what a query needs for its order. All of the graph is read
        for them, so of a large one they are not known unless it is in memory for many questions."""
        from gbkg.sparql.kinds import UNKNOWN, kinds

        return kinds(self.select) if self.small or self.stays else UNKNOWN

    @property
    def digest(self) -> str:
        """`gbkg.core.nquads.Digest` of the quads; all of them are read for it."""
        return digest(map(line, self))
