"""Saved queries as RDF, in the shape in which the SIB example collections publish theirs
(https://github.com/sib-swiss/sparql-examples): SHACL executables, here with their parameters. Every node has an IRI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from gbkg.ask import headers
from gbkg.ask.saved import Parameter, SavedQuery
from gbkg.core import prefixes
from gbkg.core.terms import Term, minted, term

_KINDS = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}
_DESCRIBE = NamedNode("https://purl.expasy.org/sparql-examples/ontology#describe")
"""SHACL has no property for DESCRIBE; this is SIB's."""


def describe(queries: Iterable[SavedQuery]) -> Iterator[Triple]:
    """The descriptions, below https://w3id.org/gbkg/query/ : NAME is the query, NAME/PARAMETER its parameter, whose
    path is parameter/PARAMETER."""
    for query in sorted(queries, key=lambda one: one.name):
        node = minted("query", prefixes.segment(query.name))
        for predicate, value in _about(query):
            yield Triple(node, predicate, value)
        for parameter in query.parameters:
            described = NamedNode(f"{node.value}/{parameter.name}")
            yield Triple(node, term("sh:parameter"), described)
            yield from _parameter(described, parameter)


def _about(query: SavedQuery) -> Iterator[tuple[NamedNode, Term]]:
    kind, text = _KINDS.get(query.form, ("", ""))
    yield term("rdf:type"), term("sh:SPARQLExecutable")
    if kind:
        yield term("rdf:type"), term(kind)
    yield term(text) if text else _DESCRIBE, Literal(query.text)
    yield term("rdfs:label"), Literal(query.summary, language="en")
    yield term("rdfs:comment"), Literal(query.summary, language="en")
    if query.description:
        yield term("dcterms:description"), Literal(query.description, language="en")
    if query.caution:
        yield term("skos:scopeNote"), Literal(query.caution, language="en")
    for tag in query.tags:
        yield term("schema:keywords"), Literal(tag)


def _parameter(node: NamedNode, parameter: Parameter) -> Iterator[Triple]:
    for predicate, value in _about_parameter(parameter):
        yield Triple(node, term(predicate), value)
    choices = [_term(parameter, choice) for choice in parameter.choices]
    # A list whose cells have IRIs.
    cells = [NamedNode(f"{node.value}/choice/{number}") for number in range(1, len(choices) + 1)]
    if cells:
        yield Triple(node, term("sh:in"), cells[0])
    for cell, choice, following in zip(cells, choices, [*cells[1:], term("rdf:nil")][: len(cells)], strict=True):
        yield Triple(cell, term("rdf:first"), choice)
        yield Triple(cell, term("rdf:rest"), following)


def _about_parameter(parameter: Parameter) -> Iterator[tuple[str, Term]]:
    yield "rdf:type", term("sh:Parameter")
    yield "sh:path", minted("query", f"parameter/{parameter.name}")
    yield "sh:name", Literal(parameter.name)
    yield "rdfs:label", Literal(parameter.name)
    yield "sh:optional", Literal(True)
    if parameter.description:
        yield "sh:description", Literal(parameter.description, language="en")
    iri = prefixes.full(parameter.type) if ":" in parameter.type else None
    if iri is not None:
        yield "sh:class", NamedNode(iri)
    elif parameter.type == "text":
        yield "sh:datatype", term("xsd:string")
    else:
        # A number is an integer or a decimal, a date as exact as it is known; SHACL names one datatype or none.
        yield "rdfs:comment", Literal(headers.expected(parameter.type), language="en")
    for value in parameter.default:
        yield "sh:defaultValue", _term(parameter, value)


def _term(parameter: Parameter, value: str) -> Term:
    found: Term | None = headers.literal_or_iri(parameter.type, value)
    return Literal(value) if found is None else found
