"""The graph in the syntaxes of RDF 1.1: TriG, N-Quads, Turtle, N-Triples, JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import OWL, RDF

from gbkg.errors import SyntaxFault
from gbkg.names import GBKG, PREFIXES
from gbkg.project import Project, read_text


def trig(quads: Iterable[Any]) -> bytes:
    """The quads of `store.quads` as TriG (https://www.w3.org/TR/trig/)."""
    return _serialize(quads, ox.RdfFormat.TRIG)


def nquads(quads: Iterable[Any]) -> bytes:
    """The quads of `store.quads` as N-Quads, one line a triple."""
    return _serialize(quads, ox.RdfFormat.N_QUADS)


def turtle(quads: Iterable[Any]) -> bytes:
    """The quads of `store.quads` as one Turtle document without graph names, subjects in alphabetical order."""
    ordered = sorted(quads, key=lambda quad: quad.subject.value)
    return _serialize([quad.triple for quad in ordered], ox.RdfFormat.TURTLE)


def ntriples(quads: Iterable[Any]) -> bytes:
    """The quads of `store.quads` as N-Triples without graph names, in the order of `turtle`."""
    ordered = sorted(quads, key=lambda quad: quad.subject.value)
    return _serialize([quad.triple for quad in ordered], ox.RdfFormat.N_TRIPLES)


def jsonld(merged: Graph, context: Mapping[str, Any]) -> bytes:
    """All triples as JSON-LD 1.1, compacted with the context and carrying it inside, so that no reader has to
    fetch anything; nodes sorted by @id, several values of a property by their own JSON."""
    text = merged.serialize(format="json-ld", context=context["@context"], auto_compact=True, sort_keys=True)
    document = json.loads(text)
    nodes = document["@graph"] if "@graph" in document else [{k: v for k, v in document.items() if k != "@context"}]
    for node in nodes:
        for value in node.values():
            if isinstance(value, list):
                value.sort(key=lambda v: json.dumps(v, sort_keys=True))
    nodes.sort(key=lambda node: node["@id"])
    return dumped({"@context": context["@context"], "@graph": nodes})


def dumped(document: Any) -> bytes:
    """The JSON text of a document: UTF-8, one value a line, keys in the order given."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def context(ontology: Graph) -> dict[str, Any]:
    """The JSON-LD context that the ontology implies: every prefix, and each property of ours by its local name,
    object properties with IRIs for values. `ontology/context.jsonld` is this, written down."""
    terms: dict[str, Any] = dict(PREFIXES)
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            name = str(term).removeprefix(str(GBKG))
            coercion = {"@type": "@id"} if kind == OWL.ObjectProperty else {}
            if name.isalnum():
                terms[name] = {"@id": f"gbkg:{name}", **coercion}
    return {"@context": {"@version": 1.1, **dict(sorted(terms.items()))}}


def read_context(project: Project) -> dict[str, Any]:
    """The context of `ontology/context.jsonld`."""
    path = project.ontology("context.jsonld")
    shown = project.show(path)
    try:
        return dict(json.loads(read_text(path, shown)))
    except json.JSONDecodeError as error:
        raise SyntaxFault(f"not JSON: {error.msg}", file=shown, line=error.lineno, column=error.colno) from error


def _serialize(statements: Iterable[Any], format: Any) -> bytes:
    lines = format in (ox.RdfFormat.N_QUADS, ox.RdfFormat.N_TRIPLES)
    written = ox.serialize(statements, format=format, prefixes=None if lines else PREFIXES)
    assert isinstance(written, bytes)
    return written
