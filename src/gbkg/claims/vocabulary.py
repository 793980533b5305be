"""What tables may use of the ontology: classes, properties, indicators, units and closed lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal as OneOf

from pyoxigraph import Literal

from gbkg.core.prefixes import is_term, term_name
from gbkg.core.terms import Graph, Term, term

Kind = OneOf["entity", "date", "text"]


@dataclass(frozen=True)
class Vocabulary:
    """The terms that tables may use, by the name that they have there (`gbkg.core.prefixes.term_name`).

    `properties`: the kind of object of each property. `indicators`: the units of each indicator; `applies`: the class
    of what it measures. `precisions` and `qualifiers`: the words that signal each. `compounds`: the precisions that one
    combines, all of whose words are needed. `superclasses`: every class above a class, itself included. `labels` and
    `definitions`: those of all terms, in English.
    """

    properties: dict[str, Kind]
    indicators: dict[str, frozenset[str]]
    applies: dict[str, str]
    units: dict[str, bool]
    """Whether each unit is counted one by one, so that a plain integer is exact."""
    notations: dict[str, str]
    """The sign of each unit that has one: ISO 4217 code of a currency, % for percent."""
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
    """Read the vocabulary of an ontology; terms outside the namespaces of gbkg and of the project are left out."""
    superclasses = _closure(ontology, ("owl:Class",), "rdfs:subClassOf")
    above = _closure(ontology, ("owl:ObjectProperty", "owl:DatatypeProperty"), "rdfs:subPropertyOf")
    domains = {_local(p): _local(c) for p, c in ontology.pairs("rdfs:domain") if _ours(p) and _ours(c)}
    ranges = {_local(p): _local(c) for p, c in ontology.pairs("rdfs:range") if _ours(p)}
    properties: dict[str, Kind] = {}
    for name in above:
        if "Entity" not in superclasses.get(domains.get(name, ""), ()):
            continue
        if "onDate" in above[name]:
            properties[name] = "date"
        elif ranges.get(name) == "string":
            properties[name] = "text"
        elif "Entity" in superclasses.get(ranges.get(name, ""), ()):
            properties[name] = "entity"
    inverses = {_local(o) for _, o in ontology.pairs("owl:inverseOf")}
    for name in inverses | {"onDate"}:  # written by nobody: a rule follows from the other direction
        properties.pop(name, None)
    counted = set(ontology.subjects("skos:broader", term("gbkg:countedUnit")))
    return Vocabulary(
        properties=properties,
        indicators={
            _local(i): frozenset(_local(u) for u in ontology.objects(i, "gbkg:unit"))
            for i in ontology.instances("gbkg:Indicator")
        },
        applies={_local(i): _local(c) for i, c in ontology.pairs("gbkg:appliesTo")},
        units={_local(u): u in counted for u in ontology.instances("gbkg:Unit")},
        notations=_texts(ontology, "skos:notation"),
        precisions=_signals(ontology, "gbkg:Precision"),
        compounds={
            _local(p): frozenset(_local(part) for part in ontology.objects(p, "skos:broader"))
            for p in ontology.instances("gbkg:Precision")
        },
        qualifiers=_signals(ontology, "gbkg:Qualifier"),
        statuses=frozenset(map(_local, ontology.instances("gbkg:ClaimStatus"))),
        readings=frozenset(map(_local, ontology.instances("gbkg:ReadingMode"))),
        superclasses=superclasses,
        domains=domains,
        ranges=ranges,
        labels=_texts(ontology, "rdfs:label"),
        definitions=_texts(ontology, "skos:definition"),
    )


def near(name: str, known: object) -> str:
    """A hint with the nearest known names; "" if none is near.

    >>> near("foundedby", ["foundedBy", "partOf"])
    'did you mean foundedBy?'
    """
    names = {str(k).lower(): str(k) for k in known}  # type: ignore[attr-defined]
    found = [names[n] for n in get_close_matches(name.lower(), list(names), 3, 0.6)]
    return f"did you mean {', '.join(found)}?" if found else ""


def _texts(ontology: Graph, predicate: str) -> dict[str, str]:
    """The text of a property, by name of each term that has it: the English one if there are several."""
    given = [(subject, value) for subject, value in ontology.pairs(predicate) if _ours(subject)]
    given.sort(key=lambda pair: isinstance(pair[1], Literal) and pair[1].language in (None, "en"))
    return {_local(subject): value.value for subject, value in given}


def _signals(ontology: Graph, cls: str) -> dict[str, tuple[str, ...]]:
    """The words that signal each member of a closed list; a member that combines others has theirs."""
    return {
        _local(one): tuple(
            sorted(
                word.value
                for part in (one, *ontology.objects(one, "skos:broader"))
                for word in ontology.objects(part, "skos:hiddenLabel")
            )
        )
        for one in ontology.instances(cls)
    }


def _closure(ontology: Graph, kinds: Iterable[str], relation: str) -> dict[str, frozenset[str]]:
    """For each gbkg term of these classes: itself and all gbkg terms that the relation leads to."""
    terms = {one for kind in kinds for one in ontology.instances(kind) if _ours(one)}
    return {_local(one): frozenset(map(_local, filter(_ours, ontology.above(one, relation)))) for one in terms}


def _ours(one: Term) -> bool:
    return is_term(one.value)


def _local(one: Term) -> str:
    return term_name(one.value)
