"""The engine that answers queries: a pyoxigraph store in memory, one named graph for each of ours.

A query sees the union of the named graphs as its default graph, so a triple must not stand in two of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import Graph

from gbkg.errors import SyntaxFault
from gbkg.names import GRAPH, PREFIXES
from gbkg.turtle import to_ox


def load(graphs: dict[str, Graph]) -> Any:
    """A new `pyoxigraph.Store` with the graphs under their names."""
    store = ox.Store()
    store.bulk_extend(quads(graphs))
    return store


def quads(graphs: dict[str, Graph]) -> list[Any]:
    """The graphs as pyoxigraph quads: in the order given, then by subject (type first), predicate, object."""
    found = []
    for name, graph in graphs.items():
        label = ox.NamedNode(str(GRAPH[name]))
        triples = [(to_ox(s), to_ox(p), to_ox(o)) for s, p, o in graph]
        triples.sort(key=lambda t: (str(t[0]), t[1].value != _TYPE, t[1].value, str(t[2])))
        found += [ox.Quad(s, p, o, label) for s, p, o in triples]
    return found


def select(store: Any, query: str, shown: str = "query") -> list[dict[str, str]]:
    """The solutions of a SELECT as plain strings, unbound variables left out.

    Raises `SyntaxFault` when the query is not SPARQL.
    """
    try:
        solutions = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    except SyntaxError as error:
        raise SyntaxFault(f"not SPARQL: {error}", file=shown) from error
    variables = [variable.value for variable in solutions.variables]
    return [{v: solution[v].value for v in variables if solution[v] is not None} for solution in solutions]


def read_query(path: Path) -> str:
    """The text of a query file."""
    return path.read_text(encoding="utf-8")


_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
