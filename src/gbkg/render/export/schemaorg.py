"""schema.org JSON-LD: what of the graph schema.org (https://schema.org/) has words for, and no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from gbkg.ask.opened import OpenGraph
from gbkg.core.jsonld import dumped
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import Term, term
from gbkg.render.export.rdf import INFERRED, Nodes, local


@dataclass(frozen=True, slots=True)
class PropertyMapping:
    """A property of ours and the property of schema.org that says the same, from a class to a class.

    It holds for the properties below `property` too. `target` is a class, or `date` or `text` for literals.
    """

    property: str
    schema: str
    subject: str
    target: str


RULES = (
    PropertyMapping("gbkg:alias", "alternateName", "gbkg:Entity", "text"),
    PropertyMapping("gbkg:originalTitle", "alternateName", "gbkg:Document", "text"),
    PropertyMapping("gbkg:version", "version", "gbkg:Policy", "text"),
    PropertyMapping("gbkg:locatedIn", "location", "gbkg:Organization", "gbkg:Place"),
    PropertyMapping("gbkg:locatedIn", "location", "gbkg:Event", "gbkg:Place"),
    PropertyMapping("gbkg:locatedIn", "containedInPlace", "gbkg:Place", "gbkg:Place"),
    PropertyMapping("gbkg:headquarteredIn", "location", "gbkg:Organization", "gbkg:Place"),
    PropertyMapping("gbkg:jointHeadquartersIn", "location", "gbkg:Organization", "gbkg:Place"),
    PropertyMapping("gbkg:partOf", "containedInPlace", "gbkg:Place", "gbkg:Place"),
    PropertyMapping("gbkg:partOf", "isPartOf", "gbkg:Document", "gbkg:Document"),
    PropertyMapping("gbkg:foundedBy", "founder", "gbkg:Organization", "gbkg:Organization"),
    PropertyMapping("gbkg:foundedBy", "founder", "gbkg:Organization", "gbkg:Person"),
    PropertyMapping("gbkg:foundedOn", "foundingDate", "gbkg:Organization", "date"),
    PropertyMapping("gbkg:controlledBy", "parentOrganization", "gbkg:Organization", "gbkg:Organization"),
    PropertyMapping("org:memberOf", "memberOf", "gbkg:Organization", "gbkg:Organization"),
    PropertyMapping("gbkg:focusesOn", "knowsAbout", "gbkg:Organization", "gbkg:Topic"),
    PropertyMapping("gbkg:hasTopic", "about", "gbkg:Document", "gbkg:Topic"),
    PropertyMapping("gbkg:hasTopic", "about", "gbkg:Event", "gbkg:Topic"),
    PropertyMapping("gbkg:hasTopic", "about", "gbkg:Policy", "gbkg:Topic"),
    PropertyMapping("gbkg:involves", "about", "gbkg:Event", "gbkg:Entity"),
    PropertyMapping("gbkg:conductedBy", "organizer", "gbkg:Event", "gbkg:Organization"),
    PropertyMapping("gbkg:conductedBy", "organizer", "gbkg:Event", "gbkg:Person"),
    PropertyMapping("gbkg:occurredOn", "startDate", "gbkg:Event", "date"),
    PropertyMapping("gbkg:authoredBy", "author", "gbkg:Document", "gbkg:Person"),
    PropertyMapping("gbkg:releasedBy", "publisher", "gbkg:Document", "gbkg:Organization"),
    PropertyMapping("gbkg:issuedBy", "legislationPassedBy", "gbkg:Policy", "gbkg:Organization"),
    PropertyMapping("gbkg:issuedOn", "legislationDate", "gbkg:Policy", "date"),
    PropertyMapping("gbkg:coversArea", "spatialCoverage", "gbkg:Policy", "gbkg:Place"),
)
"""The properties that are kept; every other one is dropped, and so is a value that is not of the target."""

CLASSES = {
    "gbkg:Topic": "DefinedTerm",
    "gbkg:Policy": "Legislation",
    "gbkg:PolicyMeasure": "Thing",
}
"""Classes besides those that the ontology puts below a class of schema.org. Legislation there takes in what cannot be
enforced; a single benefit is not a legal document: policy measures are things and lose what belongs to Legislation."""

_SCHEMA = "schema:"
_DATES = {PREFIXES["xsd"] + name for name in ("gYear", "gYearMonth", "date")}
_ACCEPTED = PREFIXES["gbkg"] + "accepted"


def schemaorg(quads: Iterable[ox.Quad]) -> bytes:
    """The dataset, its sources, and every entity as schema.org JSON-LD, links by @id; nodes in that order, by IRI.

    An entity has the nearest class that its own leads up to (`Thing` at the least), `name`, `description`, `sameAs`,
    the properties of `RULES`, and as `subjectOf` the sources of its accepted claims.
    """
    quads = list(quads)
    made = _Mapping(Nodes(quads))
    entities = sorted({quad.subject.value for quad in local(quads, "entities")})
    sources = made.nodes.instances("gbkg:Source")
    graph = [made.dataset(iri, sources) for iri in made.nodes.instances("dcat:Dataset")]
    graph += [made.source(iri) for iri in sources]
    graph += [made.entity(iri) for iri in entities]
    return dumped({"@context": "https://schema.org", "@graph": graph})


def one(kg: OpenGraph, iri: str, claims: Iterable[str]) -> dict[str, Any]:
    """One entity as `schemaorg` has it, with its context; `claims` are the IRIs of claims about it."""
    store, node, axioms = kg.store, ox.NamedNode(iri), (term("rdfs:subClassOf"), term("rdfs:subPropertyOf"))
    quads = [quad for axiom in axioms for quad in store.quads(None, axiom)]
    own = [quad for quad in store.quads(node) if quad.graph_name not in INFERRED]
    quads += own
    near = {quad.object for quad in own if isinstance(quad.object, ox.NamedNode)}
    quads += store.quads_of(sorted(near, key=str), term("rdf:type"))
    quads += store.quads_of([ox.NamedNode(claim) for claim in claims])
    return {"@context": "https://schema.org"} | _Mapping(Nodes(sorted(quads, key=str))).entity(iri)


class _Mapping:
    """The ontology's axioms and `RULES`, applied to nodes."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self._above: dict[str, frozenset[str]] = {}
        self._sources: dict[str, set[str]] = defaultdict(set)
        for claim in nodes.instances("gbkg:Claim"):
            if _ACCEPTED in nodes.values(claim, "gbkg:status"):
                for subject in nodes.values(claim, "rdf:subject") + nodes.values(claim, "gbkg:about"):
                    self._sources[subject].update(nodes.values(claim, "prov:hadPrimarySource"))

    def dataset(self, iri: str, sources: list[str]) -> dict[str, Any]:
        measured = {self.nodes.value(indicator, "rdfs:label") for indicator in self.nodes.instances("gbkg:Indicator")}
        return _kept(
            {
                "@id": iri,
                "@type": "Dataset",
                "name": self.nodes.value(iri, "dcterms:title"),
                "description": self.nodes.value(iri, "dcterms:description"),
                "creditText": self.nodes.value(iri, "dcterms:creator"),
                "license": self._said(iri, "dcterms:license"),
                "version": self.nodes.value(iri, "dcterms:hasVersion"),
                "datePublished": self.nodes.value(iri, "dcterms:issued"),
                "isBasedOn": _links(sources),
                "variableMeasured": sorted(measured),
            }
        )

    def source(self, iri: str) -> dict[str, Any]:
        return _kept(
            {
                "@id": iri,
                "@type": self._types(iri),
                "name": self.nodes.value(iri, "dcterms:title"),
                "inLanguage": self.nodes.value(iri, "gbkg:language"),
                "author": self._said(iri, "dcterms:creator"),
                "publisher": self._said(iri, "dcterms:publisher"),
            }
        )

    def entity(self, iri: str) -> dict[str, Any]:
        node: dict[str, Any] = {
            "@id": iri,
            "@type": self._types(iri),
            "name": self.nodes.value(iri, "rdfs:label"),
            "description": self.nodes.value(iri, "dcterms:description"),
            "sameAs": _links(self.nodes.values(iri, "skos:exactMatch")),
            "subjectOf": _links(sorted(self._sources[iri])),
        }
        return _kept(node | {name: list(values.values()) for name, values in sorted(self._properties(iri).items())})

    def _said(self, iri: str, predicate: str) -> list[Any]:
        """Links for IRIs, texts for literals."""
        return [_link(term) for term in self.nodes.of(iri).get(predicate, [])]

    def _properties(self, iri: str) -> dict[str, dict[str, Any]]:
        """Values by property of schema.org, then by lexical form: two properties of ours may map to one."""
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        classes = self._classes(iri)
        for predicate, terms in self.nodes.of(iri).items():
            above = self._ancestors(predicate, "rdfs:subPropertyOf")
            for rule in RULES:
                if rule.property in above and rule.subject in classes and self._whole(rule, classes):
                    found[rule.schema] |= {t.value: _link(t) for t in terms if self._fits(rule.target, t)}
        return {name: dict(sorted(values.items())) for name, values in found.items()}

    def _whole(self, rule: PropertyMapping, classes: frozenset[str]) -> bool:
        """Whether the subject keeps what the rule's class has: a policy measure is not Legislation."""
        return not (rule.subject == "gbkg:Policy" and "gbkg:PolicyMeasure" in classes)

    def _fits(self, target: str, term: Term) -> bool:
        if isinstance(term, ox.Literal):
            return target == "text" or (target == "date" and term.datatype.value in _DATES)
        return target in self._classes(term.value)

    def _types(self, iri: str) -> list[str]:
        """The nearest classes of schema.org, sorted."""
        level = [shorten(kind) for kind in self.nodes.values(iri, "rdf:type")]
        while level:
            above = [parent for kind in level for parent in self._parents(kind, "rdfs:subClassOf")]
            found = {CLASSES[kind] for kind in level if kind in CLASSES}
            found |= {parent.removeprefix(_SCHEMA) for parent in above if parent.startswith(_SCHEMA)}
            if found:
                return sorted(found)
            level = above
        return ["Thing"]

    def _classes(self, iri: str) -> frozenset[str]:
        kinds = [shorten(kind) for kind in self.nodes.values(iri, "rdf:type")]
        return frozenset().union(*(self._ancestors(kind, "rdfs:subClassOf") for kind in kinds))

    def _ancestors(self, term: str, axiom: str) -> frozenset[str]:
        """The term, written prefix:name, and all above it."""
        if term not in self._above:
            self._above[term] = frozenset({term})  # holds while a circle is followed
            up = (self._ancestors(parent, axiom) for parent in self._parents(term, axiom))
            self._above[term] = frozenset({term}).union(*up)
        return self._above[term]

    def _parents(self, term: str, axiom: str) -> list[str]:
        return [shorten(parent) for parent in self.nodes.values(full(term) or "", axiom)]


def _link(term: Term) -> Any:
    return {"@id": term.value} if isinstance(term, ox.NamedNode) else term.value


def _links(iris: list[str]) -> list[dict[str, str]]:
    return [{"@id": iri} for iri in iris]


def _kept(node: dict[str, Any]) -> dict[str, Any]:
    """The node without empty values; a list of one value is that value."""
    return {k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in node.items() if v not in ("", [])}
