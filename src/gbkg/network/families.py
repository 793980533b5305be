"""Families of relations, named as an analyst would, and the dates from which a relation can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pyoxigraph as ox

from gbkg.ask.contents import above
from gbkg.ask.opened import OpenGraph
from gbkg.core.errors import NotFoundError, near
from gbkg.core.literals import first_day
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.terms import reachable, term
from gbkg.store.base import Store

FAMILIES: dict[str, tuple[str, ...]] = {
    "founding": ("gbkg:establishedBy",),
    "initiating": ("gbkg:initiatedBy",),
    "operating": ("gbkg:operatedBy",),
    "ownership": ("gbkg:controlledBy", "gbkg:jointVentureOf", "gbkg:reliesOn"),
    "building": ("gbkg:hasBuilt", "gbkg:isBuilding", "gbkg:guidedBy", "gbkg:hasCore"),
    "hosting": ("gbkg:settledIn",),
    "headquarters": ("gbkg:headquarteredIn", "gbkg:jointHeadquartersIn"),
    "location": ("gbkg:locatedIn", "gbkg:basedIn", "gbkg:concentratedIn", "gbkg:servesRegion"),
    "part": ("gbkg:partOf",),
    "membership": ("gbkg:memberOf", "org:memberOf"),
    "government": ("gbkg:governs",),
    "policy": ("gbkg:issuedBy", "gbkg:addressedTo", "gbkg:coversArea", "gbkg:intendedFor", "gbkg:openToTenantsOf"),
    "application": ("gbkg:launchedBy", "gbkg:launchedIn", "gbkg:pilotedIn"),
    "event": ("gbkg:conductedBy", "gbkg:involves"),
    "document": (
        *("gbkg:authoredBy", "gbkg:releasedBy", "gbkg:dataFrom"),
        *("gbkg:appliedBy", "gbkg:hasCase", "gbkg:spatialCoverage"),
    ),
    "topic": ("gbkg:hasTopic", "gbkg:offersService"),
    "other": ("gbkg:achievedBy", "gbkg:attracts", "gbkg:namedWith", "gbkg:startedLaterThan"),
}
"""Family to its most general properties; their subproperties and the inverses belong to it too."""
ALL = "all"
"""The name of all families together."""
_BELOW, _INVERSE = term("rdfs:subPropertyOf"), term("owl:inverseOf")


def properties(store: Store, wanted: Iterable[str] = ()) -> frozenset[str]:
    """The IRIs of the properties in these families; a property by its own name (`foundedBy`, `gbkg:foundedBy`) is a
    family of itself and its subproperties. Without names, or with `all` among them: every object property that the
    graph declares or a family names.

    Raises `NotFoundError` with near names when a name is neither.
    """
    declared = {quad.subject.value for quad in store.quads(None, term("rdf:type"), term("owl:ObjectProperty"))}
    heads = {head for family in FAMILIES.values() for head in _iris(family)}
    wanted = list(wanted)
    if not wanted or ALL in wanted:
        return frozenset(declared | heads)
    found: set[str] = set()
    for name in wanted:
        found |= set(_iris(FAMILIES[name])) if name in FAMILIES else {_property(name, declared | heads)}
    return frozenset(_below(store, found))


def ranks(store: Store) -> Callable[[str], int]:
    """A function that gives the place of a relation's family in `FAMILIES`, to sort relations by;
    a relation of no family comes last."""
    heads = [frozenset(_iris(family)) for family in FAMILIES.values()]

    @cache
    def rank(relation: str) -> int:
        up = above(store, full(relation) or relation)
        return next((place for place, found in enumerate(heads) if up & found), len(heads))

    return rank


def _below(store: Store, heads: set[str]) -> set[str]:
    """The properties, all below them, and the inverses of all."""

    def near_properties(iri: str) -> Iterator[str]:
        relation = ox.NamedNode(iri)
        yield from (quad.subject.value for quad in store.quads(None, _BELOW, relation))
        yield from (quad.object.value for quad in store.quads(relation, _INVERSE))
        yield from (quad.subject.value for quad in store.quads(None, _INVERSE, relation))

    return set(reachable(heads, near_properties))


def _property(name: str, known: set[str]) -> str:
    local = {iri.rpartition("#")[2]: iri for iri in sorted(known, reverse=True)}
    iri = full(name) or "" if ":" in name else local.get(name, "")
    if iri in known:
        return iri
    found = near(name.rpartition(":")[2], (*local, *FAMILIES, ALL))
    raise NotFoundError("family of relations or property", name, found, () if found else [ALL, *sorted(FAMILIES)])


def _iris(names: Iterable[str]) -> list[str]:
    return [term(name).value for name in names]


BEGINS = ("foundedOn", "launchedOn", "issuedOn", "announcedOn", "occurredOn")
"""The date properties before which an entity was not there."""
_DATED: dict[str, tuple[str, ...]] = {
    "establishedBy": ("foundedOn",),
    "settledIn": ("settledOn",),
    "launchedBy": ("launchedOn",),
    "launchedIn": ("launchedOn",),
    "pilotedIn": ("pilotStartedOn",),
    "issuedBy": ("issuedOn", "announcedOn"),
    "addressedTo": ("issuedOn", "announcedOn"),
    "conductedBy": ("occurredOn",),
    "involves": ("occurredOn",),
}
"""Relation to the dates of its subject that are dates of the relation too."""
_DATES = frozenset(BEGINS).union(*_DATED.values())


class Calendar:
    """The dates among the triples that are given: subject, property, lexical form."""

    def __init__(self, kg: OpenGraph, triples: Iterable[tuple[str, str, str]]) -> None:
        self._kg = kg
        self._dates: dict[tuple[str, str], list[str]] = {}
        self._dated: dict[str, tuple[str, ...]] = {}
        dates = {PREFIXES["gbkg"] + name: name for name in _DATES}
        for subject, relation, value in triples:
            name = dates.get(relation)
            if name:
                self._dates.setdefault((subject, name), []).append(value)

    def of(self, triple: tuple[str, str, str]) -> list[str]:
        """The dates on which the relation itself came about, as the graph has them; a date may lack its year."""
        subject, relation, _ = triple
        if relation not in self._dated:
            general = {iri.rpartition("#")[2] for iri in above(self._kg.store, relation)}
            self._dated[relation] = tuple(sorted({name for word in general for name in _DATED.get(word, ())}))
        return sorted(date for name in self._dated[relation] for date in self._dates.get((subject, name), []))

    def begins(self, entity: str) -> list[str]:
        """The dates before which the entity was not there."""
        return sorted(date for name in BEGINS for date in self._dates.get((entity, name), []))

    def since(self, triple: tuple[str, str, str]) -> str:
        """The latest date with a year before which the relation cannot have held: its own, or the beginning of an
        end; the empty string when none is known."""
        known = [*self.of(triple), *self.begins(triple[0]), *self.begins(triple[2])]
        return max((date for date in known if first_day(date)), key=first_day, default="")
