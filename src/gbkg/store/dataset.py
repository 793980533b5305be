"""What of a server is the graph: our named graphs, with their union as the default graph, whatever else it holds.

The protocol can name them with each query, and every server then gives the same. Oxigraph takes about five times as
long for that as for its own union of everything, so where the two must give the same, its own union is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any

from gbkg.core.namedgraphs import NAMES
from gbkg.store.endpoint import Endpoint, Parameters
from gbkg.store.reach import reaches

_UNION = (("union-default-graph", "true"),)
"""Oxigraph's own parameter."""
_FEW = 200
"""Statements of others up to which it is worth while to see whether a query can meet them."""
_FRESH = 1.0
"""Seconds for which it stays known which graphs the server has."""


class Dataset:
    """Chooses the parameters that go with a query."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.ours = tuple(endpoint.names.prefix + name for name in NAMES)
        self.named: Parameters = tuple((f"{kind}-graph-uri", iri) for kind in ("default", "named") for iri in self.ours)
        """The parameters that are right on every server."""
        self._seen: frozenset[str] | None = None
        self._when = float("-inf")
        self._foreign: tuple[frozenset[str] | None, list[Any] | None] = (None, None)

    def of(self, text: str) -> Parameters:
        """The parameters for a query of a user."""
        foreign = self.foreign()
        return self.named if foreign is None or reaches(text, foreign) else _UNION

    @property
    def of_look_up(self) -> Parameters:
        """The parameters for a query that only asks for `GRAPH ?g { … }`, and from whose answer other graphs are then
        left out."""
        return self.named if self.foreign() is None else ()

    def foreign(self) -> list[Any] | None:
        """The statements (subject, predicate, object) that the server has besides our graphs. None when they are many,
        and when it is no Oxigraph. Since somebody may publish meanwhile, graphs are counted again after a second."""
        if monotonic() - self._when > _FRESH:
            self._seen, self._when = self._names(), monotonic()
        if self._seen is None:
            return None
        if self._foreign[0] != self._seen:
            self._foreign = self._seen, self._statements(self._seen)
        return self._foreign[1]

    def _names(self) -> frozenset[str] | None:
        """The graphs that are not ours; None when they are many, and when the server is no Oxigraph."""
        if not self._endpoint.is_oxigraph:
            return None
        text = f"SELECT ?g {{ GRAPH ?g {{}} }} LIMIT {len(self.ours) + _FEW}"
        found = {self._endpoint.names.sent(row[0]).value for row in self._endpoint.rows(text, ("g",), ())}
        return frozenset(found.difference(self.ours)) if len(found) < _FEW else None

    def _statements(self, graphs: Iterable[str]) -> list[Any] | None:
        """Those of the default graph and of these; None when they are many."""
        values = " ".join(f"<{graph}>" for graph in sorted(graphs))
        text = f"SELECT ?s ?p ?o {{ {{ ?s ?p ?o }} UNION {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }} }}"
        found = self._endpoint.rows(f"{text} LIMIT {_FEW + 1}", ("s", "p", "o"), ())
        return found if len(found) <= _FEW else None
