"""The terms of the ontology: what each means, what stands above it, how often it is used, and an example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyoxigraph import NamedNode

from gbkg.ask.labels import Labels
from gbkg.core.prefixes import PREFIXES, spaced
from gbkg.core.terms import Term, term

KINDS = {
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


def read(labels: Labels) -> tuple[TermPage, ...]:
    """The terms of our own namespace, by kind in the order of `KINDS`, then by label."""
    store = labels.store
    said: dict[str, dict[str, list[Term]]] = {}
    for quad in store.quads(None, None, None, _ONTOLOGY):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(_OURS):
            said.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    counts = [_counted(store.query(text)) for text in _COUNTS]
    found = [_term(labels, iri, about, counts) for iri, about in said.items() if term("rdf:type").value in about]
    order = [*KINDS]

    def place(one: TermPage) -> tuple[int, str, str, str]:
        return order.index(one.kind) if one.kind in order else len(order), one.kind, one.label, one.iri

    return tuple(sorted(found, key=place))


def _counted(rows: Any) -> dict[str, int]:
    return {row[0].value: int(row[1].value) for row in rows if row[0] is not None}


def _term(labels: Labels, iri: str, about: Mapping[str, list[Term]], counts: Iterable[Mapping[str, int]]) -> TermPage:
    def iris(*names: str) -> tuple[str, ...]:
        return tuple(sorted({o.value for n in names for o in about.get(term(n).value, ()) if isinstance(o, NamedNode)}))

    def text(name: str) -> str:
        return min((str(value.value) for value in about.get(term(name).value, ())), default="")

    kinds = iris("rdf:type")
    kind = next((kind for kind, some in KINDS.items() if {term(one).value for one in some} & {*kinds}), "")
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
