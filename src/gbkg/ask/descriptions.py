"""Saved queries as RDF, in the shape in which the SIB example collections publish theirs
(https://github.com/sib-swiss/sparql-examples): SHACL executables, here with their parameters. Every node has an IRI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gbkg.ask import parameters
from gbkg.core import prefixes

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from gbkg.ask.queries import Parameter, SavedQuery

_KINDS = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
}
_DESCRIBE = "https://purl.expasy.org/sparql-examples/ontology#describe"
"""SHACL has no property for DESCRIBE; this is SIB's."""


def describe(queries: Iterable[SavedQuery]) -> Graph:
    """The descriptions, below https://w3id.org/gbkg/query/ : NAME is the query, NAME/PARAMETER its parameter, whose
    path is parameter/PARAMETER."""
    from rdflib import DCTERMS, RDF, RDFS, SDO, SH, SKOS, Graph, Literal, URIRef

    graph = Graph()
    for query in sorted(queries, key=lambda one: one.name):
        node = URIRef(f"{prefixes.BASE}query/{prefixes.segment(query.name)}")
        kind, text = _KINDS.get(query.form, ("", ""))
        graph.add((node, RDF.type, SH.SPARQLExecutable))
        if kind:
            graph.add((node, RDF.type, SH[kind]))
        graph.add((node, SH[text] if text else URIRef(_DESCRIBE), Literal(query.text)))
        graph.add((node, RDFS.label, Literal(query.summary, lang="en")))
        graph.add((node, RDFS.comment, Literal(query.summary, lang="en")))
        if query.description:
            graph.add((node, DCTERMS.description, Literal(query.description, lang="en")))
        if query.caution:
            graph.add((node, SKOS.scopeNote, Literal(query.caution, lang="en")))
        for tag in query.tags:
            graph.add((node, SDO.keywords, Literal(tag)))
        for parameter in query.parameters:
            described = URIRef(f"{node}/{parameter.name}")
            graph.add((node, SH.parameter, described))
            _parameter(graph, described, parameter)
    return graph


def _parameter(graph: Graph, node: Node, parameter: Parameter) -> None:
    from rdflib import RDF, RDFS, SH, XSD, Literal, URIRef

    graph.add((node, RDF.type, SH.Parameter))
    graph.add((node, SH.path, URIRef(f"{prefixes.BASE}query/parameter/{parameter.name}")))
    graph.add((node, SH.name, Literal(parameter.name)))
    graph.add((node, RDFS.label, Literal(parameter.name)))
    graph.add((node, SH.optional, Literal(True)))
    if parameter.description:
        graph.add((node, SH.description, Literal(parameter.description, lang="en")))
    iri = prefixes.full(parameter.type) if ":" in parameter.type else None
    if iri is not None:
        graph.add((node, SH["class"], URIRef(iri)))
    elif parameter.type == "text":
        graph.add((node, SH.datatype, XSD.string))
    else:
        # A number is an integer or a decimal, a date as exact as it is known; SHACL names one datatype or none.
        graph.add((node, RDFS.comment, Literal(parameters.expected(parameter.type), lang="en")))
    for value in parameter.default:
        graph.add((node, SH.defaultValue, _term(parameter, value)))
    _choices(graph, node, [_term(parameter, choice) for choice in parameter.choices])


def _choices(graph: Graph, node: Node, choices: list[Node]) -> None:
    """`sh:in` with a list whose cells have IRIs."""
    from rdflib import RDF, SH, URIRef

    cells: list[Node] = [URIRef(f"{node}/choice/{number}") for number in range(1, len(choices) + 1)]
    for cell, choice, following in zip(cells, choices, [*cells[1:], RDF.nil][: len(cells)], strict=True):
        graph.add((cell, RDF.first, choice))
        graph.add((cell, RDF.rest, following))
    if cells:
        graph.add((node, SH["in"], cells[0]))


def _term(parameter: Parameter, value: str) -> Node:
    from rdflib import Literal, URIRef

    term = parameters.literal_or_iri(parameter.type, value)
    if term is None:
        return Literal(value)
    datatype = getattr(term, "datatype", None)
    if datatype is None:
        return URIRef(term.value)
    return Literal(term.value, datatype=URIRef(datatype.value))
