"""Look-ups of many nodes or triples of a graph at once.

In a small graph in memory, reading all values of a property is cheaper than a few look-ups. In a large or remote one it
is not, and one look-up per triple takes as many calls. So everything here takes the nodes or triples that are needed,
and None for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, QuerySolution

from gbkg.core.terms import Quad, Term, TripleKey, term
from gbkg.store.base import Store

_PARTS = (term("rdf:subject"), term("rdf:predicate"), term("rdf:object"))
_BATCH = 300
"""The most triples in one query."""
_POPULAR = 100
"""The most statements about a subject for which they are looked up by their subject without counting further."""


def values(
    store: Store, nodes: Collection[Term] | None, predicates: Iterable[NamedNode], graph: NamedNode
) -> Iterator[tuple[NamedNode, Iterable[tuple[NamedNode, Any]]]]:
    """Each of these predicates with the pairs of subject and object that it has in a named graph, for these
    subjects."""
    if nodes is None:
        for predicate in predicates:
            yield predicate, ((quad.subject, quad.object) for quad in store.quads(None, predicate, None, graph))
    else:
        found: dict[NamedNode, list[tuple[NamedNode, Any]]] = {predicate: [] for predicate in predicates}
        for quad in store.quads_of(nodes, None, graph) if nodes else ():
            if quad.predicate in found:
                found[quad.predicate].append((quad.subject, quad.object))
        yield from found.items()


def quads_to(
    store: Store, nodes: Collection[Term] | None, predicate: NamedNode, graph: NamedNode | None = None
) -> Iterator[Quad]:
    """The quads with one of these objects."""
    if nodes is None:
        yield from store.quads(None, predicate, None, graph)
    elif nodes:
        yield from store.quads_to(nodes, predicate, graph)


class Statements:
    """The triples that rdf:subject, rdf:predicate and rdf:object describe in one named graph.

    `of` gives the nodes that describe a triple that has been loaded, `triple` the triple of a node; `predicates` are
    those of all these triples.
    """

    def __init__(self, store: Store, graph: NamedNode) -> None:
        self.store, self.graph = store, graph
        self.of: dict[TripleKey, list[NamedNode]] = {}
        self.triple: dict[Term, TripleKey] = {}
        self.predicates: set[NamedNode] = set()
        self._occurs: dict[NamedNode, bool] = {}
        self._counts: tuple[dict[Term, int], ...] = ({}, {}, {})

    def load(self, triples: Collection[TripleKey] | None) -> None:
        """Looks up the nodes that describe these triples; None is for all."""
        if triples is None:
            self.read(None)
            return
        named = [triple for triple in triples if not _nameless(triple)]
        if len(named) < len(triples):
            subjects = {triple[0] for triple in triples if _nameless(triple)}
            self.read({q.subject for s in subjects for q in self.store.quads(None, _PARTS[0], s, self.graph)})
        for batch in _batches(self._possible(named)):
            by_object = self._by_object(batch)
            self._find([triple for triple in batch if triple not in by_object], _PARTS)
            self._find(list(by_object), _PARTS[::-1])

    def read(self, nodes: Collection[NamedNode] | None) -> None:
        """Reads which triples these nodes describe; None is for all."""
        columns = values(self.store, nodes, _PARTS, self.graph)
        subjects, predicates, objects = (dict(pairs) for _, pairs in columns)
        for node, subject in subjects.items():
            predicate, object = predicates.get(node), objects.get(node)
            if predicate is not None and object is not None:
                self._add(node, (subject, predicate, object))

    def _add(self, node: NamedNode, triple: TripleKey) -> None:
        if node not in self.triple:
            self.triple[node] = triple
            self.of.setdefault(triple, []).append(node)
            self.predicates.add(triple[1])

    def _find(self, triples: list[TripleKey], parts: tuple[NamedNode, ...]) -> None:
        """Adds the nodes of these triples, joining the parts in this order."""
        variables = dict(zip(_PARTS, "spo", strict=True))
        pattern = " . ".join(f"?node {part} ?{variables[part]}" for part in parts)
        for row in _rows(self.store, triples, f"GRAPH {self.graph} {{ {pattern} }}"):
            self._add(row["node"], triples[int(row["n"].value)])

    def _possible(self, triples: Collection[TripleKey]) -> list[TripleKey]:
        """Those triples whose predicate occurs in the statements; most triples of an answer have others."""
        new = {predicate for _, predicate, _ in triples if predicate not in self._occurs}
        if new:
            occurs = f"FILTER EXISTS {{ GRAPH {self.graph} {{ ?node {_PARTS[1]} ?p }} }}"
            found = {row["p"] for row in self.store.select(f"SELECT ?p {{ VALUES ?p {{ {_terms(new)} }} {occurs} }}")}
            self._occurs.update((predicate, predicate in found) for predicate in new)
        return [triple for triple in triples if self._occurs[triple[1]]]

    def _by_object(self, triples: list[TripleKey]) -> set[TripleKey]:
        """Those of the triples that are found sooner by their object: the statements have no index of subject and
        object together, and a city may be the subject of ten thousand."""
        subjects = self._count(0, {s for s, _, _ in triples})
        popular = [triple for triple in triples if subjects[triple[0]] > _POPULAR]
        objects = self._count(2, {o for _, _, o in popular})
        return {triple for triple in popular if objects[triple[2]] < subjects[triple[0]]}

    def _count(self, part: int, terms: set[Term]) -> dict[Term, int]:
        """How many statements have each term as this part."""
        known = self._counts[part]
        unknown = terms - known.keys()
        if unknown:
            known.update(dict.fromkeys(unknown, 0))
            pattern = f"VALUES ?t {{ {_terms(unknown)} }} GRAPH {self.graph} {{ ?node {_PARTS[part]} ?t }}"
            for row in self.store.select(f"SELECT ?t (COUNT(*) AS ?n) {{ {pattern} }} GROUP BY ?t"):
                known[row["t"]] = int(row["n"].value)
        return known


class GraphsOfTriples:
    """The named graphs that triples stand in; the default graph is None."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[TripleKey, tuple[NamedNode | None, ...]] = {}

    def load(self, triples: Iterable[TripleKey]) -> None:
        """Looks up these triples together."""
        new = [triple for triple in dict.fromkeys(triples) if triple not in self._known and not _nameless(triple)]
        for batch in _batches(new):
            found: dict[TripleKey, set[NamedNode | None]] = {triple: set() for triple in batch}
            for row in _rows(self.store, batch, "GRAPH ?node { ?s ?p ?o }"):
                found[batch[int(row["n"].value)]].add(row["node"])
            unnamed = [triple for triple, graphs in found.items() if not graphs]
            for row in _rows(self.store, unnamed, "?s ?p ?o"):
                found[unnamed[int(row["n"].value)]].add(None)
            self._known.update((triple, tuple(graphs)) for triple, graphs in found.items())

    def of(self, triple: TripleKey) -> tuple[NamedNode | None, ...]:
        """The graphs of one triple, looked up unless it was loaded."""
        found = self._known.get(triple)
        if found is None:
            names = (quad.graph_name for quad in self.store.quads(*triple))
            graphs = {None if isinstance(name, DefaultGraph) else name for name in names}
            found = self._known[triple] = tuple(graphs)
        return found


def _batches(triples: list[TripleKey]) -> Iterator[list[TripleKey]]:
    return (triples[start : start + _BATCH] for start in range(0, len(triples), _BATCH))


def _rows(store: Store, triples: list[TripleKey], pattern: str) -> Iterable[QuerySolution]:
    """The solutions of a pattern with ?s ?p ?o for these triples; ?n is the index of the triple in the list."""
    if not triples:
        return ()
    values = " ".join(f"({n} {s} {p} {o})" for n, (s, p, o) in enumerate(triples))
    return store.select(f"SELECT ?n ?node {{ VALUES (?n ?s ?p ?o) {{ {values} }} {pattern} }}")


def _terms(terms: Iterable[Term]) -> str:
    return " ".join(map(str, terms))


def _nameless(triple: TripleKey) -> bool:
    """True if no query can name the triple: a blank node in it would match any node."""
    return not isinstance(triple[0], NamedNode) or not isinstance(triple[2], NamedNode | Literal)
