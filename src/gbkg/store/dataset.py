"""What of a server is the graph: our named graphs, with their union as the default graph, whatever else it holds.

The protocol can name them with each query, and every server then gives the same. Oxigraph takes about four times as
long for that as for its own union of everything, so where the two must give the same, its own union is queried.
"""

from __future__ import annotations

from functools import lru_cache
from time import monotonic

import pyoxigraph as ox

from gbkg.core.errors import GbkgError
from gbkg.core.nquads import GRAPHS
from gbkg.sparql import parse, scan
from gbkg.sparql.tree import Constant, Element, Exists, Graph, Path, Triple, Variable
from gbkg.store.endpoint import Endpoint
from gbkg.store.http import Parameters

UNION = (("union-default-graph", "true"),)
"""Oxigraph's own parameter."""
_FEW = 200
"""Graphs, and predicates, of others up to which it is worth while to see whether a query can meet them."""
FRESH = 1.0
"""Seconds for which it stays known what else the server has: somebody may publish meanwhile."""


class Dataset:
    """Chooses the parameters that go with a query."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.ours = tuple(endpoint.names.prefix + name for name in GRAPHS)
        self.named: Parameters = tuple((f"{kind}-graph-uri", iri) for kind in ("default", "named") for iri in self.ours)
        """The parameters that are right on every server."""
        self._others: frozenset[ox.NamedNode] | None = None
        self._read = float("-inf")

    def of(self, text: str) -> Parameters:
        """The parameters for a query of a user."""
        others = self.others()
        return self.named if others is None or (others and meets(text, others)) else UNION

    @property
    def of_look_up(self) -> Parameters:
        """The parameters for a query that only has `GRAPH ?g { … }`, and from whose answer other graphs are then left
        out."""
        return self.named if self.others() is None else ()

    def others(self) -> frozenset[ox.NamedNode] | None:
        """The predicates of the statements that the server has besides our graphs. None when these are many, and when
        it is no Oxigraph."""
        if monotonic() - self._read > FRESH:
            self._others, self._read = self._predicates(), monotonic()
        return self._others

    def _predicates(self) -> frozenset[ox.NamedNode] | None:
        if not self._endpoint.is_oxigraph:
            return None
        text = f"SELECT ?g {{ GRAPH ?g {{}} }} LIMIT {len(self.ours) + _FEW}"
        graphs = {self._endpoint.names.sent(row[0]).value for row in self._endpoint.rows(text, ("g",))}
        if len(graphs) >= _FEW:
            return None
        values = " ".join(f"<{graph}>" for graph in sorted(graphs.difference(self.ours)))
        text = f"SELECT ?p {{ {{ ?s ?p ?o }} UNION {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }} }}"
        rows = self._endpoint.rows(f"{text} LIMIT {_FEW + 1}", ("p",))
        return frozenset(row[0] for row in rows) if len(rows) <= _FEW else None


@lru_cache(maxsize=256)
def meets(text: str, predicates: frozenset[ox.NamedNode]) -> bool:
    """Whether a statement with one of these predicates could change the answer to a query.

    True when in doubt: for all but a SELECT that we can read; for GRAPH with a variable, which sees the names of
    graphs; for a path between two variables that may have length zero, which holds for every node.
    """
    try:
        query = parse.select(text)
    except (GbkgError, SyntaxError):
        return True
    groups = [query.where]
    groups += [part.group for e in scan.expressions(query) for part in e.parts if isinstance(part, Exists)]
    return any(_meets(element, predicates) for group in groups for element in scan.elements(group))


def _meets(element: Element, predicates: frozenset[ox.NamedNode]) -> bool:
    if isinstance(element, Graph):
        return isinstance(element.name, Variable)
    if not isinstance(element, Triple):
        return False
    path = element.predicate
    if isinstance(path, Variable):
        return True
    empty = isinstance(element.subject, Variable) and isinstance(element.object, Variable) and scan.nullable(path)
    return empty or _follows(path, predicates)


def _follows(path: Path | Constant, predicates: frozenset[ox.NamedNode]) -> bool:
    """Whether a path may go along one of these properties; one that excludes some may go along any other."""
    if isinstance(path, Constant):
        return path.term in predicates
    return path.kind == "!" or any(_follows(part, predicates) for part in path.parts)
