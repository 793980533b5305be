"""Shapes for some nodes alone: what stands around them only to say of what class it is would be found wanting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH

from gbkg.core import rdflibterms


def targeting(shapes: Graph, nodes: Mapping[str, Iterable[str]], ontology: Graph) -> Graph:
    """The shapes with these nodes as targets in place of classes (https://www.w3.org/TR/shacl/#targetClass, and
    implicit ones). `nodes` are IRIs, each with those of its classes; the classes above them are in the ontology."""
    by_class: dict[str, list[str]] = {}
    for node, classes in nodes.items():
        for kind in classes:
            by_class.setdefault(kind, []).append(node)
    above = {kind: set(ontology.transitive_objects(URIRef(kind), RDFS.subClassOf)) for kind in by_class}
    made = rdflibterms.new_graph()
    for s, p, o in shapes:
        implicit = (p, o) == (RDF.type, RDFS.Class) and (s, RDF.type, SH.NodeShape) in shapes
        if p != SH.targetClass and not implicit:
            made.add((s, p, o))
            continue
        target = s if implicit else o
        for kind, some in by_class.items():
            if target in above[kind]:
                for node in some:
                    made.add((s, SH.targetNode, URIRef(node)))
    return made
