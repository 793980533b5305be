"""JSON-LD framed by entity: every entity one tree, with its relations, and its claims down to the quotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from gbkg.core import namespaces
from gbkg.core.jsonld import dumped
from gbkg.render.export.selection import Nodes, local

_REVERSE = {
    "claims": {"@reverse": "rdf:subject", "@container": "@set"},
    "statistics": {"@reverse": "gbkg:about", "@container": "@set"},
}
"""What the context has besides the project's: a claim names its subject; a tree is read the other way."""
_STRING = namespaces.PREFIXES["xsd"] + "string"
_NAMED = ("rdfs:label", "dcterms:title")
_GROWS = {"prov:wasDerivedFrom", "oa:hasSelector"}
"""From a claim, a tree grows along these; any other link ends in the name of what it leads to."""
_BARE = {
    f"gbkg:{name}" for name in ("status", "reading", "secondReading", "dating", "attribution", "precision", "unit")
}
_BARE |= {"oa:hasSource", "prov:wasQuotedFrom"}
"""Links to what needs no name beside it: values of closed lists, and the source that the claim names already."""
_FIRST = ("rdf:type", "rdfs:label", "dcterms:description")


def jsonld_framed(quads: Iterable[Any], context: Mapping[str, Any]) -> bytes:
    """The entities as JSON-LD 1.1 trees under `@graph`, by @id.

    A tree holds what the graph says of the entity, linked nodes with their labels; under `claims` every claim with
    its passages and their selectors, whatever its status; under `statistics` its numbers likewise. A claim's subject is
    the tree that it stands in (https://www.w3.org/TR/json-ld11/#reverse-properties).
    """
    quads = list(quads)
    trees = _Trees(Nodes(quads), context["@context"])
    entities = sorted({quad.subject.value for quad in local(quads, "entities")})
    terms = {**context["@context"], **_REVERSE}
    return dumped({"@context": terms, "@graph": [trees.entity(iri) for iri in entities]})


class _Trees:
    """Makes trees of nodes, in the terms of a context."""

    def __init__(self, nodes: Nodes, terms: Mapping[str, Any]) -> None:
        self._nodes, self._terms = nodes, terms
        self._claims: dict[str, dict[str, list[str]]] = {"claims": {}, "statistics": {}}
        for claim in nodes.instances("gbkg:Claim"):
            for key, predicate in (("claims", "rdf:subject"), ("statistics", "gbkg:about")):
                for subject in nodes.values(claim, predicate):
                    self._claims[key].setdefault(subject, []).append(claim)

    def entity(self, iri: str) -> dict[str, Any]:
        tree = self._tree(iri, skip=frozenset())
        for key, claims in self._claims.items():
            if iri in claims:
                tree[key] = [self._tree(claim, skip=frozenset({"rdf:subject", "gbkg:about"})) for claim in claims[iri]]
        return tree

    def _tree(self, iri: str, skip: frozenset[str]) -> dict[str, Any]:
        tree: dict[str, Any] = {"@id": compact(iri)}
        said = self._nodes.of(iri)
        for predicate in dict.fromkeys([*_FIRST, *said]):
            terms = said.get(predicate, [])
            if predicate == "rdf:type" and terms:
                tree["@type"] = _single([compact(term.value) for term in terms])
            elif terms and predicate not in skip:
                tree[self._key(predicate)] = _single([self._value(predicate, term) for term in terms])
        return tree

    def _key(self, predicate: str) -> str:
        name = predicate.removeprefix("gbkg:")
        return name if name in self._terms and isinstance(self._terms[name], dict) else predicate

    def _value(self, predicate: str, term: Any) -> Any:
        if isinstance(term, ox.Literal):
            return literal(term)
        if predicate in _GROWS:
            return self._tree(term.value, skip=frozenset())
        shown = {} if predicate in _BARE else {key: self._nodes.of(term.value).get(key, []) for key in _NAMED}
        named = {key: _single([literal(name) for name in found]) for key, found in shown.items() if found}
        return {"@id": compact(term.value), **named} if named or not self._coerced(predicate) else compact(term.value)

    def _coerced(self, predicate: str) -> bool:
        """Whether the context takes strings for IRIs there."""
        term = self._terms.get(self._key(predicate))
        return isinstance(term, dict) and term.get("@type") == "@id"


def literal(term: Any) -> Any:
    """A literal as a JSON-LD value: a string where that loses nothing, else a value object with the lexical form."""
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return term.value
    return {"@value": term.value, "@type": namespaces.shorten(term.datatype.value)}


def compact(iri: str) -> str:
    """prefix:name where a prefix of ours fits, else the IRI.

    >>> compact("https://w3id.org/gbkg/id/guangzhou"), compact("https://example.org/x")
    ('id:guangzhou', 'https://example.org/x')
    """
    short = namespaces.shorten(iri)
    return iri if short.startswith("<") else short


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
