"""Reconciliation queries: the entities that a name, a type and some values of properties may mean, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from gbkg.ask.names import Candidate, classes
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import Term, minted, node, term
from gbkg.core.text import oneline
from gbkg.knowledge import KnowledgeGraph
from gbkg.web.messages import BadRequest

Json = dict[str, Any]
_WORTH = {"id": 100.0, "label": 100.0, "alias": 95.0, "part": 70.0}
"""The score of a candidate by what matched; a name that is spelled nearly so has at most `_NEAR`."""
_NEAR = 65.0
_BY_VALUES = 40.0
"""The score of a candidate that was found by the values of its properties alone."""
_TYPE, _ENTITIES, _FACTS = term("rdf:type"), term("graph:entities"), term("graph:facts")
_MEMBERS = frozenset(("query", "type", "limit", "properties", "type_strict"))
_STRICT = ("any", "all", "should")
LIMIT = 10


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """A name, classes of the entity (it has one of them, or all), and values of its properties."""

    name: str
    types: tuple[NamedNode, ...] = ()
    every_type: bool = False
    properties: tuple[tuple[NamedNode, tuple[Any, ...]], ...] = ()
    limit: int = LIMIT


def read(given: Any) -> ReconciliationQuery:
    """A query as JSON has it. Raises `BadRequest` for anything that the specification does not have."""
    if not isinstance(given, dict) or not given.keys() <= _MEMBERS:
        raise BadRequest("a query is an object", hint=f"with {', '.join(sorted(_MEMBERS))}")
    name, limit = given.get("query", ""), given.get("limit", LIMIT)
    types, strict = given.get("type", []), given.get("type_strict", "any")
    types = [types] if isinstance(types, str) else types
    if not isinstance(name, str) or (not name.strip() and not given.get("properties")):
        raise BadRequest("a query has a name that is not empty, or properties", hint='{"query": "a name"}')
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit <= 1_000_000:
        raise BadRequest("limit is a positive number")
    if not isinstance(types, list) or not all(isinstance(one, str) for one in types) or strict not in _STRICT:
        raise BadRequest("type is an identifier or a list of them; type_strict is any, all or should")
    wanted = tuple(_property(one) for one in _list(given.get("properties", [])))
    return ReconciliationQuery(
        name.strip(), tuple(map(find_term, types)), strict == "all", wanted, min(int(limit), 100)
    )


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise BadRequest('properties is a list of objects: {"pid": …, "v": …}')
    return given


def _property(given: Any) -> tuple[NamedNode, tuple[Any, ...]]:
    if not isinstance(given, dict) or not isinstance(given.get("pid"), str) or "v" not in given:
        raise BadRequest('a property is an object: {"pid": …, "v": …}')
    values = given["v"] if isinstance(given["v"], list) else [given["v"]]
    wanted = tuple(one.get("id") if isinstance(one, dict) else one for one in values)
    if not all(isinstance(one, str | int | float | bool) for one in wanted):
        raise BadRequest("a value is a text, a number, true, false, or an object with an id")
    return find_term(given["pid"]), wanted


def find_term(identifier: str) -> NamedNode:
    """The IRI of a class or property, given as the service writes it (gbkg:Name), by local name, or as an IRI. Raises
    `BadRequest`."""
    found = node(full(identifier if ":" in identifier else f"gbkg:{identifier}"))
    if found is None:
        raise BadRequest(f"{identifier[:60]!r} is not an identifier", hint="write gbkg:Name, or an IRI")
    return found


def find_candidates(kg: KnowledgeGraph, query: ReconciliationQuery) -> list[Json]:
    """The candidates, the likeliest first, each with why it is one. One is a match if its name is certain, no other's
    is, and the graph denies none of the values."""
    allowed = [classes(kg.store, one) for one in query.types]
    scored = []
    for candidate in _candidates(kg, query):
        types = {quad.object for quad in kg.store.quads(candidate.term, _TYPE, None, _ENTITIES)}
        hits = [bool(types & several) for several in allowed]
        if not allowed or (all(hits) if query.every_type else any(hits)):
            agreed = _agreed(kg, candidate.term, query)
            scored.append((_score(candidate, agreed), agreed, candidate))
    scored.sort(key=lambda one: (-one[0], one[2].short))
    certain = [one for _, agreed, one in scored if one.match in ("id", "label", "alias") and agreed in (None, 1.0)]
    match = certain[0].term if len(certain) == 1 else None
    return [_written(kg, *one, match=match == one[2].term) for one in scored[: query.limit]]


def _candidates(kg: KnowledgeGraph, query: ReconciliationQuery) -> Iterator[Candidate]:
    if query.name:
        known: dict[NamedNode, Candidate] = {}
        for kind in [shorten(one.value) for one in query.types if _used(kg, one)] if query.types else ["entity"]:
            for candidate in kg.find(query.name, kind).candidates:
                known.setdefault(candidate.term, candidate)
        yield from known.values()
        return
    found = {one for predicate, values in query.properties for value in values for one in _having(kg, predicate, value)}
    for one in sorted(found, key=str):
        yield Candidate(one, "", kg.label(one), "part", "", 0.0)


def _used(kg: KnowledgeGraph, kind: NamedNode) -> bool:
    return any(True for place in ((kind,), (None, _TYPE, kind)) for _ in kg.store.quads(*place))


def _having(kg: KnowledgeGraph, predicate: NamedNode, value: Any) -> Iterator[NamedNode]:
    for quad in kg.store.quads(None, predicate, None, _FACTS):
        if isinstance(quad.subject, NamedNode) and _same(kg, quad.object, value):
            yield quad.subject


def _agreed(kg: KnowledgeGraph, about: NamedNode, query: ReconciliationQuery) -> float | None:
    """The share of the properties of which the graph has one of the values; None if none was asked for."""
    if not query.properties:
        return None
    right = 0
    for predicate, values in query.properties:
        objects = [quad.object for quad in kg.store.quads(about, predicate)]
        right += any(_same(kg, one, value) for one in objects for value in values)
    return right / len(query.properties)


def _same(kg: KnowledgeGraph, found: Term, value: Any) -> bool:
    """Whether a value of the graph is what was typed: its id or label, or its lexical form."""
    typed = str(value).lower() if isinstance(value, bool) else str(value).strip()
    if isinstance(found, Literal):
        return found.value.casefold() == typed.casefold()
    if isinstance(found, NamedNode):
        named = typed in (identifier(found), found.value, shorten(found.value))
        return named or kg.label(found).casefold() == typed.casefold()
    return False


def _score(candidate: Candidate, agreed: float | None) -> float:
    if not candidate.name:
        return round(_BY_VALUES * (agreed or 0.0), 1)
    base = _WORTH.get(candidate.match, _NEAR * candidate.score)
    return round(base if agreed is None else base * (0.6 + 0.4 * agreed), 1)


def _written(kg: KnowledgeGraph, score: float, agreed: float | None, candidate: Candidate, match: bool) -> Json:
    features: list[Json] = [{"id": f"by-{candidate.match}", "value": True}] if candidate.name else []
    features += [{"id": "similarity", "value": round(candidate.score, 3)}] if candidate.match == "near" else []
    features += [{"id": "properties", "value": round(agreed, 3)}] if agreed is not None else []
    return {
        "id": identifier(candidate.term),
        "name": candidate.label,
        "description": why(kg, candidate),
        "type": types(kg, candidate.term),
        "score": score,
        "match": match,
        "features": features,
    }


def why(kg: KnowledgeGraph, candidate: Candidate) -> str:
    """What an entity is, and why it is a candidate: what matched; if that is an alias, the sentence that uses it."""
    kind = ", ".join(one["name"] for one in types(kg, candidate.term))
    said = f"{kind}; {candidate.reason}" if candidate.name else kind
    if not candidate.claim:
        return said
    quotations = kg.evidence.claim(minted("clm", candidate.claim)).quotations
    words = "; ".join(f"“{oneline(one.exact)}” ({one.source} {one.start}–{one.end})" for one in quotations)
    return f"{said}: {words}"


def types(kg: KnowledgeGraph, entity: NamedNode) -> list[Json]:
    """The classes of an entity, each with its name."""
    found = {quad.object for quad in kg.store.quads(entity, _TYPE, None, _ENTITIES)}
    named = [{"id": shorten(one.value), "name": kg.label(one)} for one in found if isinstance(one, NamedNode)]
    return sorted(named, key=lambda one: one["id"])


def identifier(entity: NamedNode) -> str:
    """The identifier of an entity: its IRI without the identifier space."""
    return entity.value.removeprefix(PREFIXES["id"])


def results(kg: KnowledgeGraph, batch: Mapping[str, Any]) -> Json:
    """The results of a batch of queries, under the same names."""
    queries: Sequence[tuple[str, ReconciliationQuery]] = [(name, read(given)) for name, given in batch.items()]
    return {name: {"result": find_candidates(kg, query)} for name, query in queries}
