"""Converts between pyoxigraph and rdflib, which only pyshacl and JSON-LD need."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import rdflib
from pyoxigraph import Triple
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, term

# rdflib otherwise rewrites literals while it parses ("01" becomes "1"), and a claim keeps what was written.
rdflib.NORMALIZE_LITERALS = False
# It also logs a traceback for each literal that is not well formed; a gate of ours says which and where.
logging.getLogger("rdflib.term").disabled = True

_STRING = term("xsd:string")


def new_graph(triples: Iterable[Triple] = ()) -> Graph:
    """An rdflib graph of these triples. It has every prefix of `PREFIXES` bound and no other."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for subject, predicate, value in triples:
        graph.add((from_ox(subject), from_ox(predicate), from_ox(value)))
    return graph


def triples(graph: Graph) -> Iterator[Triple]:
    """The triples of an rdflib graph, in no order."""
    for subject, predicate, value in graph:
        yield Triple(to_ox(subject), to_ox(predicate), to_ox(value))  # type: ignore[arg-type]


def from_ox(term: Term) -> Node:
    """A pyoxigraph term as an rdflib term, its lexical form untouched."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    return Literal(term.value, datatype=None if term.datatype == _STRING else URIRef(term.datatype.value))


def to_ox(term: Node) -> Term:
    """An rdflib term as a pyoxigraph term, its lexical form untouched."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    assert isinstance(term, Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)
