"""What is typed about the dataset: `data/dataset.ttl` and `gbkg.toml`."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from gbkg.core import turtle
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import term
from gbkg.core.triples import Graph

_TEXTS = {"title": "dcterms:title", "description": "dcterms:description", "creator": "dcterms:creator"}


def dataset(project: Project) -> ox.NamedNode:
    """The IRI of the project's dataset."""
    return ox.NamedNode(project.about.dataset)


def typed(project: Project) -> Graph:
    """The triples about the dataset. `data/dataset.ttl` may be absent if `gbkg.toml` gives a title. Raises what
    `turtle.read` raises."""
    path = project.data / "dataset.ttl"
    said = of_file(project)
    return said if said and not there(path) else turtle.read(project, path) | said


def of_file(project: Project) -> Graph:
    """The triples that `gbkg.toml` states; none without a title in it."""
    return Graph(_stated(project)) if project.about.title else Graph()


def _stated(project: Project) -> Iterator[ox.Triple]:
    node, about = dataset(project), project.about
    for cls in ("void:Dataset", "dcat:Dataset"):
        yield ox.Triple(node, term("rdf:type"), term(cls))
    for key, name in _TEXTS.items():
        if text := getattr(about, key):
            yield ox.Triple(node, term(name), ox.Literal(text))
    if about.licence:
        yield ox.Triple(node, term("dcterms:license"), ox.NamedNode(about.licence))
    if about.modified:
        yield ox.Triple(node, term("dcterms:modified"), ox.Literal(about.modified, datatype=term("xsd:date")))
    yield ox.Triple(node, term("dcterms:conformsTo"), ox.NamedNode(PREFIXES["gbkg"].rstrip("#")))
    if about.namespace:
        yield ox.Triple(node, term("void:vocabulary"), ox.NamedNode(about.namespace))
