"""Look-ups of many nodes or triples of a graph at once.

In a small graph in memory a whole column costs less than a few look-ups. In a large or distant one it costs what the
graph holds, not what the answer needs, and a look-up for each triple costs as many calls. So the readers here take the
nodes or triples that matter, and None for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import TripleKey
from gbkg.store.memory import Store

T = TypeVar("T")

_PARTS = tuple(ox.NamedNode(PREFIXES["rdf"] + name) for name in ("subject", "predicate", "object"))
_PIECE = 300
"""So many triples are asked for in one query."""
_POPULAR = 100
"""A term that is the subject of more statements is not the end to begin from, if the object is that of fewer."""


def about(store: Store, nodes: Collection[Any] | None, predicates: Collection[Any], graph: Any) -> Iterator[Any]:
    """The quads of a named graph with these subjects and one of these predicates."""
    if nodes is None:
        for predicate in predicates:
            yield from store.quads(None, predicate, None, graph)
    elif nodes:
        yield from (quad for quad in store.quads_of(nodes, None, graph) if quad.predicate in predicates)


def naming(store: Store, nodes: Collection[Any] | None, predicate: Any, graph: Any = None) -> Iterator[Any]:
    """The quads with one of these objects."""
    if nodes is None:
        yield from store.quads(None, predicate, None, graph)
    elif nodes:
        yield from store.quads_to(nodes, predicate, graph)


class Statements:
    """The triples that rdf:subject, rdf:predicate and rdf:object spell out in one named graph.

    `of` gives the nodes of a triple that has been loaded, `triple` the triple of a node; `predicates` are those met.
    """

    def __init__(self, store: Store, graph: Any) -> None:
        self.store, self.graph = store, graph
        self.of: dict[TripleKey, list[Any]] = {}
        self.triple: dict[Any, TripleKey] = {}
        self.predicates: set[Any] = set()
        self._held: dict[Any, bool] = {}
        self._counts: tuple[dict[Any, int], ...] = ({}, {}, {})

    def load(self, triples: Collection[TripleKey] | None) -> None:
        """Looks up the nodes that spell out these triples."""
        if triples is None:
            self.spell(None)
            return
        named = [triple for triple in triples if not _nameless(triple)]
        if len(named) < len(triples):
            subjects = {triple[0] for triple in triples if _nameless(triple)}
            self.spell({q.subject for s in subjects for q in self.store.quads(None, _PARTS[0], s, self.graph)})
        for piece in pieces(self._possible(named)):
            backwards = self._backwards(piece)
            self._find([triple for triple in piece if triple not in backwards], _PARTS)
            self._find(list(backwards), _PARTS[::-1])

    def spell(self, nodes: Collection[Any] | None) -> None:
        """Reads which triples these nodes spell out."""
        columns: dict[Any, dict[Any, Any]] = {part: {} for part in _PARTS}
        for quad in about(self.store, nodes, _PARTS, self.graph):
            columns[quad.predicate][quad.subject] = quad.object
        subjects, predicates, objects = columns.values()
        for node, subject in subjects.items():
            self._note(node, (subject, predicates[node], objects[node]))

    def _note(self, node: Any, triple: TripleKey) -> None:
        if node not in self.triple:
            self.triple[node] = triple
            self.of.setdefault(triple, []).append(node)
            self.predicates.add(triple[1])

    def _find(self, triples: list[TripleKey], parts: tuple[Any, ...]) -> None:
        """Notes the nodes of these triples, joining the parts in this order."""
        letters = dict(zip(_PARTS, "spo", strict=True))
        pattern = " . ".join(f"?node {part} ?{letters[part]}" for part in parts)
        for row in _rows(self.store, triples, f"GRAPH {self.graph} {{ {pattern} }}"):
            self._note(row["node"], triples[int(row["n"].value)])

    def _possible(self, triples: Collection[TripleKey]) -> list[TripleKey]:
        """Those triples whose predicate occurs in the statements; most triples of an answer have others."""
        unasked = {predicate for _, predicate, _ in triples if predicate not in self._held}
        if unasked:
            held = f"FILTER EXISTS {{ GRAPH {self.graph} {{ ?node {_PARTS[1]} ?p }} }}"
            found = {row["p"] for row in self.store.query(f"SELECT ?p {{ VALUES ?p {{ {_terms(unasked)} }} {held} }}")}
            self._held.update((predicate, predicate in found) for predicate in unasked)
        return [triple for triple in triples if self._held[triple[1]]]

    def _backwards(self, triples: list[TripleKey]) -> set[TripleKey]:
        """Those of the triples that are found sooner by their object: no index holds pairs of subject and object, and a
        city may be the subject of ten thousand statements."""
        subjects = self._count(0, {s for s, _, _ in triples})
        popular = [triple for triple in triples if subjects[triple[0]] > _POPULAR]
        objects = self._count(2, {o for _, _, o in popular})
        return {triple for triple in popular if objects[triple[2]] < subjects[triple[0]]}

    def _count(self, part: int, terms: set[Any]) -> dict[Any, int]:
        """How many statements have each term as this part."""
        known = self._counts[part]
        unknown = terms - known.keys()
        if unknown:
            known.update(dict.fromkeys(unknown, 0))
            pattern = f"VALUES ?t {{ {_terms(unknown)} }} GRAPH {self.graph} {{ ?node {_PARTS[part]} ?t }}"
            for row in self.store.query(f"SELECT ?t (COUNT(*) AS ?n) {{ {pattern} }} GROUP BY ?t"):
                known[row["t"]] = int(row["n"].value)
        return known


class Places:
    """The named graphs that triples stand in; the default graph is None."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[TripleKey, tuple[Any, ...]] = {}

    def load(self, triples: Iterable[TripleKey]) -> None:
        """Looks up these triples together."""
        new = [triple for triple in dict.fromkeys(triples) if triple not in self._known and not _nameless(triple)]
        for piece in pieces(new):
            found: dict[TripleKey, set[Any]] = {triple: set() for triple in piece}
            for row in _rows(self.store, piece, "GRAPH ?node { ?s ?p ?o }"):
                found[piece[int(row["n"].value)]].add(row["node"])
            unnamed = [triple for triple, graphs in found.items() if not graphs]
            for row in _rows(self.store, unnamed, "?s ?p ?o"):
                found[unnamed[int(row["n"].value)]].add(None)
            self._known.update((triple, tuple(graphs)) for triple, graphs in found.items())

    def of(self, triple: TripleKey) -> tuple[Any, ...]:
        found = self._known.get(triple)
        if found is None:
            names = (quad.graph_name for quad in self.store.quads(*triple))
            graphs = {None if isinstance(name, ox.DefaultGraph) else name for name in names}
            found = self._known[triple] = tuple(graphs)
        return found


def pieces(terms: Iterable[T], size: int = _PIECE) -> Iterator[list[T]]:
    """The terms in lists of at most so many."""
    every = list(terms)
    return (every[start : start + size] for start in range(0, len(every), size))


def _rows(store: Store, triples: list[TripleKey], pattern: str) -> Any:
    """The solutions of a pattern about ?s ?p ?o for these triples; ?n is the place of the triple in the list."""
    if not triples:
        return ()
    values = " ".join(f"({n} {s} {p} {o})" for n, (s, p, o) in enumerate(triples))
    return store.query(f"SELECT ?n ?node {{ VALUES (?n ?s ?p ?o) {{ {values} }} {pattern} }}")


def _terms(terms: Iterable[Any]) -> str:
    return " ".join(map(str, terms))


def _nameless(triple: TripleKey) -> bool:
    """Whether no query can name the triple: a blank node in it would stand for any node."""
    return not isinstance(triple[0], ox.NamedNode) or not isinstance(triple[2], ox.NamedNode | ox.Literal)
