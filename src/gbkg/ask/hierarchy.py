"""Which properties and classes stand above others, and what says the same as something else does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from gbkg.core.terms import TripleKey, term
from gbkg.store.base import Store

_INVERSE, _SUBPROPERTY = term("owl:inverseOf"), term("rdfs:subPropertyOf")


def mirrors(store: Store) -> frozenset[str]:
    """The properties that only say backwards what another says: those that an `owl:inverseOf` points at."""
    return frozenset(quad.object.value for quad in store.quads(None, _INVERSE))


def above(store: Store, iri: str, axiom: str = "rdfs:subPropertyOf") -> frozenset[str]:
    """Every property, or with `rdfs:subClassOf` every class, above this one, itself included."""
    found, waiting = {iri}, [iri]
    while waiting:
        for quad in store.quads(ox.NamedNode(waiting.pop()), term(axiom)):
            if quad.object.value not in found:
                found.add(quad.object.value)
                waiting.append(quad.object.value)
    return frozenset(found)


def new(store: Store, inferred: Iterable[TripleKey], stated: Iterable[TripleKey]) -> list[TripleKey]:
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
        found, waiting = set[str](), [predicate]
        while waiting:
            more = parents.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return frozenset(found - {predicate})

    def restates(triple: TripleKey) -> bool:
        subject, predicate, object_ = triple
        return predicate.value in backwards or any(predicate.value in broader(one) for one in said[subject, object_])

    return [triple for triple in inferred if not restates(triple)]
