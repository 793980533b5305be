"""The engine that answers queries: a pyoxigraph store in memory, one named graph for each of ours.

A query sees the union of the named graphs as its default graph, so a triple must not stand in two of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import RDF
from rdflib.term import Node

from gbkg.errors import SyntaxFault
from gbkg.names import GRAPH, PREFIXES
from gbkg.turtle import to_ox


def load(statements: Iterable[Any]) -> Any:
    """A new `pyoxigraph.Store` with the quads."""
    store = ox.Store()
    store.bulk_extend(statements)
    return store


def quads(graphs: dict[str, Graph]) -> list[Any]:
    """The graphs as pyoxigraph quads: in the order given, then by subject (type first), predicate, object."""
    known: dict[Node, Any] = {}

    def converted(term: Node) -> Any:
        if term not in known:
            known[term] = to_ox(term)
        return known[term]

    found = []
    for name, graph in graphs.items():
        label = ox.NamedNode(str(GRAPH[name]))
        triples = sorted(graph, key=lambda t: (t[0], t[1] != RDF.type, t[1], str(t[2]), t[2].n3()))
        found += [ox.Quad(converted(s), converted(p), converted(o), label) for s, p, o in triples]
    return found


def select(store: Any, query: str, shown: str = "query") -> list[dict[str, str]]:
    """The solutions of a SELECT as plain strings, unbound variables left out.

    Raises `SyntaxFault` when the query is not SPARQL.
    """
    try:
        solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    except SyntaxError as error:
        raise SyntaxFault(f"not SPARQL: {error}", file=shown) from error
    if not isinstance(solutions, ox.QuerySolutions):
        raise SyntaxFault("not a SELECT query", file=shown)
    variables = [variable.value for variable in solutions.variables]
    return [{v: solution[v].value for v in variables if solution[v] is not None} for solution in solutions]
