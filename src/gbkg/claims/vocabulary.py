"""What the ontology lets a table say: its classes, properties, indicators, units and closed lists."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS, XSD

from gbkg.core.namespaces import GBKG

Kind = Literal["entity", "date", "text"]


@dataclass(frozen=True)
class Vocabulary:
    """Local names of terms, as tables write them, read off an ontology graph.

    `properties` gives for each property that a claim may use what its object is; `indicators` the units that each may
    be stated in, and `applies` the class of entities that it is measured of; `precisions` the words that signal a
    precision, and `compounds` the precisions that one joins, whose words are all needed; `qualifiers` the words that
    signal a qualifier; `superclasses` every class above a class, itself included; `labels` the English labels and
    `definitions` the definitions of all terms.
    """

    properties: dict[str, Kind]
    indicators: dict[str, frozenset[str]]
    applies: dict[str, str]
    units: dict[str, bool]
    """Unit to whether it is counted one by one (and a plain integer of it therefore exact)."""
    notations: dict[str, str]
    """Unit to its sign, where it has one: a currency's code by ISO 4217, % for percent."""
    precisions: dict[str, tuple[str, ...]]
    compounds: dict[str, frozenset[str]]
    qualifiers: dict[str, tuple[str, ...]]
    statuses: frozenset[str]
    readings: frozenset[str]
    superclasses: dict[str, frozenset[str]]
    domains: dict[str, str]
    ranges: dict[str, str]
    labels: dict[str, str]
    definitions: dict[str, str]

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether `cls` is `ancestor` or below it."""
        return ancestor in self.superclasses.get(cls, ())

    @property
    def entity_classes(self) -> list[str]:
        return sorted(c for c in self.superclasses if self.is_a(c, "Entity"))


def read(ontology: Graph) -> Vocabulary:
    """The vocabulary of an ontology graph; terms outside the gbkg namespace are not offered to tables."""
    superclasses = _closure(ontology, OWL.Class, RDFS.subClassOf)
    above = _closure(ontology, RDF.Property, RDFS.subPropertyOf)
    domains = {_local(p): _local(c) for p, c in ontology.subject_objects(RDFS.domain) if _ours(p) and _ours(c)}
    ranges = {_local(p): _local(c) for p, c in ontology.subject_objects(RDFS.range) if _ours(p)}
    properties: dict[str, Kind] = {}
    for name in above:
        if "Entity" not in superclasses.get(domains.get(name, ""), ()):
            continue
        if "onDate" in above[name]:
            properties[name] = "date"
        elif ranges.get(name) == _local(XSD.string):
            properties[name] = "text"
        elif "Entity" in superclasses.get(ranges.get(name, ""), ()):
            properties[name] = "entity"
    inverses = {_local(o) for _, o in ontology.subject_objects(OWL.inverseOf)}
    for name in inverses | {"onDate"}:  # written by nobody: a rule follows from the other direction
        properties.pop(name, None)
    counted = set(ontology.subjects(SKOS.broader, GBKG.countedUnit))
    return Vocabulary(
        properties=properties,
        indicators={
            _local(i): frozenset(_local(u) for u in ontology.objects(i, GBKG.unit))
            for i in ontology.subjects(RDF.type, GBKG.Indicator)
        },
        applies={_local(i): _local(c) for i, c in ontology.subject_objects(GBKG.appliesTo)},
        units={_local(u): u in counted for u in ontology.subjects(RDF.type, GBKG.Unit)},
        notations={_local(u): str(sign) for u, sign in ontology.subject_objects(SKOS.notation) if _ours(u)},
        precisions=_signals(ontology, GBKG.Precision),
        compounds={
            _local(p): frozenset(_local(part) for part in ontology.objects(p, SKOS.broader))
            for p in ontology.subjects(RDF.type, GBKG.Precision)
        },
        qualifiers=_signals(ontology, GBKG.Qualifier),
        statuses=_members(ontology, GBKG.ClaimStatus),
        readings=_members(ontology, GBKG.ReadingMode),
        superclasses=superclasses,
        domains=domains,
        ranges=ranges,
        labels={_local(s): str(o) for s, o in ontology.subject_objects(RDFS.label) if _ours(s)},
        definitions={_local(s): str(o) for s, o in ontology.subject_objects(SKOS.definition) if _ours(s)},
    )


def near(name: str, known: object) -> str:
    """A hint with the nearest known names, or the empty string.

    >>> near("foundedby", ["foundedBy", "partOf"])
    'did you mean foundedBy?'
    """
    names = {str(k).lower(): str(k) for k in known}  # type: ignore[attr-defined]
    found = [names[n] for n in get_close_matches(name.lower(), list(names), 3, 0.6)]
    return f"did you mean {', '.join(found)}?" if found else ""


def _signals(ontology: Graph, cls: URIRef) -> dict[str, tuple[str, ...]]:
    """The words that signal each member of a closed list; those of a member that joins others are theirs."""
    return {
        _local(one): tuple(
            sorted(
                str(word)
                for part in (one, *ontology.objects(one, SKOS.broader))
                for word in ontology.objects(part, SKOS.hiddenLabel)
            )
        )
        for one in ontology.subjects(RDF.type, cls)
    }


def _members(ontology: Graph, cls: URIRef) -> frozenset[str]:
    return frozenset(_local(s) for s in ontology.subjects(RDF.type, cls))


def _closure(ontology: Graph, kind: URIRef, relation: URIRef) -> dict[str, frozenset[str]]:
    if kind == RDF.Property:
        terms = {s for t in (OWL.ObjectProperty, OWL.DatatypeProperty) for s in ontology.subjects(RDF.type, t)}
    else:
        terms = set(ontology.subjects(RDF.type, kind))
    return {
        _local(t): frozenset(_local(a) for a in ontology.transitive_objects(t, relation) if _ours(a))
        for t in terms
        if _ours(t)
    }


def _ours(term: object) -> bool:
    return str(term).startswith(str(GBKG))


def _local(term: object) -> str:
    return str(term).rpartition("#")[2]
