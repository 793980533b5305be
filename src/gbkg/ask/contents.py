"""What a graph is about: the classes, properties and indicators that occur, and the documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from gbkg.ask.citation import reference
from gbkg.ask.labels import Labels
from gbkg.core.prefixes import BASE, PREFIXES, shorten
from gbkg.core.terms import Term, term

_USED = (
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH graph:entities { ?x a ?t } } GROUP BY ?t",
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH graph:facts { ?x ?t ?y } } GROUP BY ?t",
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH graph:claims { ?x gbkg:indicator ?t } } GROUP BY ?t",
)
"""Classes of entities, properties of facts, indicators of statistics."""


@dataclass(frozen=True, slots=True)
class TermCount:
    """A class, property or indicator: prefixed name, label, definition, and how often it occurs."""

    id: str
    label: str
    definition: str
    count: int


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A document: id, title, authors, publishers, date ("" if it gives none), language, length in code points, SHA-256,
    how many claims and passages are of it, and the curators' note on it."""

    id: str
    title: str
    authors: tuple[str, ...]
    publishers: tuple[str, ...]
    date: str
    language: str
    length: int
    sha256: str
    claims: int
    passages: int
    note: str = ""


def schema(labels: Labels) -> list[list[TermCount]]:
    """The classes of entities, the properties of facts and the indicators of statistics, the most frequent first."""
    return [_counted(labels, labels.store.select(text)) for text in _USED]


def sources(labels: Labels) -> list[SourceItem]:
    """The documents by id."""
    nodes = {quad.subject for quad in labels.store.quads(None, term("rdf:type"), term("gbkg:Source"))}
    return [source(labels, node) for node in sorted(nodes, key=str)]


@dataclass(frozen=True, slots=True)
class DatasetItem:
    """What the graph says of itself; "" or none where it does not."""

    title: str
    description: str
    creators: tuple[str, ...]
    licences: tuple[str, ...]
    rights: str
    modified: str
    version: str


def dataset(labels: Labels) -> DatasetItem:
    """The dataset about itself."""
    node = NamedNode(BASE + "dataset")

    def first(name: str) -> str:
        return min((str(quad.object.value) for quad in labels.store.quads(node, term(name))), default="")

    return DatasetItem(
        first("dcterms:title"),
        first("dcterms:description"),
        tuple(sorted(_values(labels, node, "dcterms:creator"))),
        tuple(sorted(quad.object.value for quad in labels.store.quads(node, term("dcterms:license")))),
        first("dcterms:rights"),
        first("dcterms:modified"),
        first("dcterms:hasVersion"),
    )


def _counted(labels: Labels, rows: Iterable[Any]) -> list[TermCount]:
    counts = {row[0]: int(row[1].value) for row in rows}
    found = []
    for node in counts:
        definition = min(_values(labels, node, "skos:definition"), default="")
        found.append(TermCount(shorten(node.value), labels.label(node), definition, counts[node]))
    return sorted(found, key=lambda one: (-one.count, one.id))


def source(labels: Labels, node: NamedNode) -> SourceItem:
    """One document; what the graph does not have of it is empty."""
    cited = reference(labels, node.value.removeprefix(PREFIXES["src"]))
    return SourceItem(
        cited.id,
        cited.title,
        cited.authors,
        cited.publishers,
        cited.date,
        cited.language,
        cited.length,
        min(_values(labels, node, "gbkg:sha256"), default=""),
        sum(1 for _ in labels.store.quads(None, term("prov:hadPrimarySource"), node)),
        sum(1 for _ in labels.store.quads(None, term("oa:hasSource"), node)),
        min(_values(labels, node, "skos:note"), default=""),
    )


def _values(labels: Labels, node: Term, name: str) -> list[str]:
    return [labels.label(quad.object) for quad in labels.store.quads(node, term(name))]
