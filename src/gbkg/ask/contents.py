"""What a graph is about: its documents, and the terms that it is written with, each with its meaning, what stands
above it, how often it is used, and an example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import islice
from typing import Any

import pyoxigraph as ox
from pyoxigraph import NamedNode

from gbkg.ask.citation import BibliographicRecord, reference
from gbkg.ask.labels import Labels
from gbkg.ask.opened import dataset_node
from gbkg.core.prefixes import PREFIXES, shorten, spaced
from gbkg.core.terms import Term, TripleKey, reachable, term
from gbkg.store.base import Store

_INVERSE, _SUBPROPERTY = term("owl:inverseOf"), term("rdfs:subPropertyOf")


def mirrors(store: Store) -> frozenset[str]:
    """The properties that only say backwards what another says: those that an `owl:inverseOf` points at."""
    return frozenset(quad.object.value for quad in store.quads(None, _INVERSE))


def above(store: Store, iri: str, axiom: str = "rdfs:subPropertyOf") -> frozenset[str]:
    """Every property, or with `rdfs:subClassOf` every class, above this one, itself included."""

    def near(one: str) -> Iterator[str]:
        return (quad.object.value for quad in store.quads(ox.NamedNode(one), term(axiom)))

    return frozenset(reachable([iri], near))


def news(store: Store, inferred: Iterable[TripleKey], stated: Iterable[TripleKey]) -> list[TripleKey]:
    """The inferred triples that no other, stated or inferred, says of the same two things backwards or more exactly."""
    if not (inferred := list(inferred)):
        return []
    said: dict[tuple[object, object], set[str]] = {}
    for subject, predicate, object_ in (*inferred, *stated):
        said.setdefault((subject, object_), set()).add(predicate.value)
    backwards, parents = mirrors(store), dict[str, set[str]]()
    for quad in store.quads(None, _SUBPROPERTY):
        parents.setdefault(quad.subject.value, set()).add(quad.object.value)

    @cache
    def broader(predicate: str) -> frozenset[str]:
        return frozenset(reachable([predicate], lambda one: parents.get(one, ()))) - {predicate}

    def restates(triple: TripleKey) -> bool:
        subject, predicate, object_ = triple
        return predicate.value in backwards or any(predicate.value in broader(one) for one in said[subject, object_])

    return [triple for triple in inferred if not restates(triple)]


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
class SourceItem(BibliographicRecord):
    """A document with its SHA-256, how many claims and passages are of it, and the curators' note on it."""

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
    node = dataset_node(labels.store)

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
    known = {field.name: getattr(cited, field.name) for field in fields(BibliographicRecord)}
    return SourceItem(
        **known,
        sha256=min(_values(labels, node, "gbkg:sha256"), default=""),
        claims=sum(1 for _ in labels.store.quads(None, term("prov:hadPrimarySource"), node)),
        passages=sum(1 for _ in labels.store.quads(None, term("oa:hasSource"), node)),
        note=min(_values(labels, node, "skos:note"), default=""),
    )


def _values(labels: Labels, node: Term, name: str) -> list[str]:
    return [labels.label(quad.object) for quad in labels.store.quads(node, term(name))]


TERM_KINDS = {
    "class": ("owl:Class",),
    "relation": ("owl:ObjectProperty",),
    "attribute": ("owl:DatatypeProperty", "owl:AnnotationProperty"),
    "indicator": ("gbkg:Indicator",),
}
"""Kinds of terms that stand first, and the classes that make them so; others have the words of their own class."""
_MOST = 2000
"""Uses of a term that are looked at for an example."""
_ONTOLOGY = term("graph:ontology")
_OURS = PREFIXES["gbkg"]
_COUNTS = (
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH ?g { ?x a ?t } FILTER(?g != graph:ontology) } GROUP BY ?t",
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH ?g { ?x ?t ?y } FILTER(?g NOT IN (graph:ontology, graph:inferences)) }"
    " GROUP BY ?t",
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH graph:claims { ?x ?p ?t } FILTER(?p IN (gbkg:indicator, gbkg:unit,"
    " gbkg:precision, gbkg:status, gbkg:reading, gbkg:dating, gbkg:qualifier, gbkg:secondReading)) } GROUP BY ?t",
    "SELECT ?t (COUNT(*) AS ?n) { GRAPH graph:curation { ?x gbkg:outcome ?t } } GROUP BY ?t",
)
"""How often a term is a class, a property, a value of a claim, an outcome."""


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term: local name, `kind` in words, label, definition; `above` are the terms it is narrower than, `domains`,
    `ranges` and `inverses` of a property, `signals` the words by which the documents express it; `count` is how often
    it is used; `example` is a triple with it, or None."""

    iri: str
    name: str
    kind: str
    label: str
    definition: str
    above: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    inverses: tuple[str, ...]
    signals: tuple[str, ...]
    count: int
    example: tuple[Term, NamedNode, Term] | None


def terms(labels: Labels) -> tuple[TermPage, ...]:
    """The terms of our own namespace, by kind in the order of `TERM_KINDS`, then by label."""
    store = labels.store
    said: dict[str, dict[str, list[Term]]] = {}
    for quad in store.quads(None, None, None, _ONTOLOGY):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_OURS):
            said.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    counts = [_uses(store.query(text)) for text in _COUNTS]
    found = [_term(labels, iri, about, counts) for iri, about in said.items() if term("rdf:type").value in about]
    order = [*TERM_KINDS]

    def place(one: TermPage) -> tuple[int, str, str, str]:
        return order.index(one.kind) if one.kind in order else len(order), one.kind, one.label, one.iri

    return tuple(sorted(found, key=place))


def _uses(rows: Any) -> dict[str, int]:
    return {row[0].value: int(row[1].value) for row in rows if row[0] is not None}


def _term(labels: Labels, iri: str, about: Mapping[str, list[Term]], counts: Iterable[Mapping[str, int]]) -> TermPage:
    def iris(*names: str) -> tuple[str, ...]:
        return tuple(sorted({o.value for n in names for o in about.get(term(n).value, ()) if isinstance(o, NamedNode)}))

    def text(name: str) -> str:
        return min((str(value.value) for value in about.get(term(name).value, ())), default="")

    kinds = iris("rdf:type")
    kind = next((kind for kind, some in TERM_KINDS.items() if {term(one).value for one in some} & {*kinds}), "")
    own = next((one for one in kinds if one.startswith(_OURS)), kinds[0])
    return TermPage(
        iri,
        iri.removeprefix(_OURS),
        kind or labels.get(own) or spaced(own.rpartition("#")[2]).casefold(),
        text("rdfs:label") or text("skos:prefLabel") or iri.removeprefix(_OURS),
        text("skos:definition") or text("rdfs:comment"),
        iris("rdfs:subClassOf", "rdfs:subPropertyOf", "skos:broader"),
        iris("rdfs:domain"),
        iris("rdfs:range"),
        iris("owl:inverseOf"),
        tuple(sorted(str(value.value) for value in about.get(term("skos:hiddenLabel").value, ()))),
        max((some.get(iri, 0) for some in counts), default=0),
        _example(labels, NamedNode(iri), kind),
    )


def _example(labels: Labels, node: NamedNode, kind: str) -> tuple[Term, NamedNode, Term] | None:
    """The first by IRI of the first uses that the store gives: as a class, a property, or the value of a claim."""
    store, type_ = labels.store, term("rdf:type")
    if kind == "class":
        quads = store.quads(None, type_, node)
    elif kind in ("relation", "attribute"):
        quads = store.quads(None, node, None)
    else:
        quads = store.quads(None, None, node, term("graph:claims"))
    uses = ((q.subject, q.predicate, q.object) for q in islice(quads, _MOST) if q.graph_name != _ONTOLOGY)
    return min(uses, key=lambda triple: tuple(map(str, triple)), default=None)
