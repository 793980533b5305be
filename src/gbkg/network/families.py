"""Kinds of relation by a word that an analyst would use, each a set of properties of the ontology."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import pyoxigraph as ox

from gbkg.core import namespaces
from gbkg.core.errors import NotFoundError
from gbkg.store.memory import Store

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
"""Family to the properties at its head; what lies below them, and the inverses, belong to it too."""
ALL = "all"
"""The name of all families together."""
_BELOW = ox.NamedNode(namespaces.PREFIXES["rdfs"] + "subPropertyOf")
_INVERSE = ox.NamedNode(namespaces.PREFIXES["owl"] + "inverseOf")
_TYPE = ox.NamedNode(namespaces.PREFIXES["rdf"] + "type")
_RELATION = ox.NamedNode(namespaces.PREFIXES["owl"] + "ObjectProperty")


def properties(store: Store, wanted: Iterable[str] = ()) -> frozenset[str]:
    """The IRIs of the properties in these families; a property by its own name (`foundedBy`, `gbkg:foundedBy`) is a
    family of itself and what lies below it. Without names, or with `all` among them: every object property that the
    graph declares or a family names.

    Raises `NotFoundError` with near names when a name is neither.
    """
    declared = {quad.subject.value for quad in store.quads(None, _TYPE, _RELATION)}
    heads = {head for family in FAMILIES.values() for head in map(_iri, family)}
    wanted = list(wanted)
    if not wanted or ALL in wanted:
        return frozenset(declared | heads)
    found: set[str] = set()
    for name in wanted:
        found |= {_iri(head) for head in FAMILIES[name]} if name in FAMILIES else {_property(name, declared | heads)}
    return frozenset(_below(store, found))


def mirrors(store: Store) -> frozenset[str]:
    """The properties that only say backwards what another says: those that an `owl:inverseOf` points at."""
    return frozenset(quad.object.value for quad in store.quads(None, _INVERSE))


def above(store: Store, relation: str) -> frozenset[str]:
    """Every property above this one, itself included."""
    found, waiting = {relation}, [relation]
    while waiting:
        for quad in store.quads(ox.NamedNode(waiting.pop()), _BELOW):
            if quad.object.value not in found:
                found.add(quad.object.value)
                waiting.append(quad.object.value)
    return frozenset(found)


def _below(store: Store, heads: set[str]) -> set[str]:
    """The heads, what lies below them, and the inverses of all."""
    found, waiting = set(heads), sorted(heads)
    while waiting:
        term = ox.NamedNode(waiting.pop())
        near = [quad.subject.value for quad in store.quads(None, _BELOW, term)]
        near += [quad.object.value for quad in store.quads(term, _INVERSE)]
        near += [quad.subject.value for quad in store.quads(None, _INVERSE, term)]
        waiting += [iri for iri in near if iri not in found]
        found.update(near)
    return found


def _property(name: str, known: set[str]) -> str:
    local = {iri.rpartition("#")[2]: iri for iri in sorted(known, reverse=True)}
    iri = str(namespaces.expand(name) or "") if ":" in name else local.get(name, "")
    if iri in known:
        return iri
    words = {word.casefold(): word for word in (*local, *FAMILIES, ALL)}
    near = [words[word] for word in get_close_matches(name.rpartition(":")[2].casefold(), sorted(words), 3, 0.6)]
    raise NotFoundError("family of relations or property", name, near, () if near else [ALL, *sorted(FAMILIES)])


def _iri(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return namespaces.PREFIXES[prefix] + local
