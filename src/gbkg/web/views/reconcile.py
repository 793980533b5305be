"""The Reconciliation Service API 0.2
(https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/) at `/reconcile`, for OpenRefine and
its like: matches (`gbkg.web.matching`), values of properties for entities that were matched, and suggestions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode

from gbkg.ask.contents import TermCount
from gbkg.ask.names import classes
from gbkg.ask.records import GraphRecords, amount_in_words, date_in_words
from gbkg.core import __version__
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import Term, node, term
from gbkg.knowledge import KnowledgeGraph
from gbkg.web import matching
from gbkg.web.matching import Json, find_term, identifier, types
from gbkg.web.messages import BadRequest, Refused, Request, Response
from gbkg.web.site import Route, Site
from gbkg.web.views.home import graph_title

_ABOUT, _STATUS, _INDICATOR = term("gbkg:about"), term("gbkg:status"), term("gbkg:indicator")
_FACTS, _CLAIMS = term("graph:facts"), term("graph:claims")
_NUMBERS = {term("xsd:integer"): ("int", int), term("xsd:decimal"): ("float", float)}
PAGE = 10
"""Suggestions at once."""


def extended(kg: KnowledgeGraph, given: Any) -> Json:
    """The response to a data extension query: for each entity and property its values, as claims state them. A
    statistic is given in words, with its precision and date: a bare number would lose both. Raises `BadRequest`."""
    ids, properties_named = _read(given)
    records = kg.records
    known = {shorten(one.value): one for one in map(find_term, properties_named)}
    meta = [{"id": pid, "name": kg.label(one)} for pid, one in known.items()]
    rows: Json = {}
    for one in ids:
        about = _entity(one)
        rows[one] = {pid: _values(kg, records, about, predicate) if about else [] for pid, predicate in known.items()}
    return {"meta": meta, "rows": rows}


def _read(given: Any) -> tuple[list[str], list[str]]:
    if not isinstance(given, dict) or not isinstance(given.get("ids"), list):
        raise BadRequest("an extension has ids and properties", hint='{"ids": ["…"], "properties": [{"id": "…"}]}')
    properties_named = given.get("properties")
    right = isinstance(properties_named, list) and all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in properties_named
    )
    if not right or not all(isinstance(one, str) for one in given["ids"]):
        raise BadRequest("ids are texts, and properties are objects with an id")
    return list(dict.fromkeys(given["ids"])), [one["id"] for one in properties_named or ()]


def _entity(identifier: str) -> NamedNode | None:
    return node(full(f"<{PREFIXES['id']}{identifier}>"))


def _values(kg: KnowledgeGraph, records: GraphRecords, about: NamedNode, predicate: NamedNode) -> list[Json]:
    found = sorted((quad.object for quad in kg.store.quads(about, predicate, None, _FACTS)), key=str)
    if found:
        return [_cell(kg, one) for one in found]
    stating = [quad.subject for quad in kg.store.quads(None, _ABOUT, about, _CLAIMS)]
    claims = [one for one in stating if any(True for _ in kg.store.quads(one, _INDICATOR, predicate))]
    accepted = [one for one in claims if any(True for _ in kg.store.quads(one, _STATUS, term("gbkg:accepted")))]
    return [
        {"str": f"{amount_in_words(claim.quantity, records)}; {date_in_words(claim.dating)}"}
        for claim in records.claims(one for one in accepted if isinstance(one, NamedNode))
        if claim.quantity
    ]


def _cell(kg: KnowledgeGraph, found: Term) -> Json:
    """A value as the specification has it; a year or month without its day is a text, since a date would add one."""
    if isinstance(found, NamedNode) and found.value.startswith(PREFIXES["id"]):
        return {"id": identifier(found), "name": kg.label(found)}
    if isinstance(found, Literal):
        if found.datatype in _NUMBERS:
            kind, number = _NUMBERS[found.datatype]
            return {kind: number(found.value)}
        if found.datatype == term("xsd:date") and _is_day(found.value):
            return {"date": f"{found.value}T00:00:00Z"}
        return {"str": found.value}
    return {"str": kg.label(found)}


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def proposed(kg: KnowledgeGraph, kind: str, limit: int) -> Json:
    """The properties that entities of a class have, the most frequent first."""
    wanted = " ".join(map(str, sorted(classes(kg.store, find_term(kind)), key=str)))
    pattern = "GRAPH graph:entities { ?x a ?t } GRAPH graph:facts { ?x ?p ?o }"
    text = f"SELECT ?p (COUNT(*) AS ?n) {{ VALUES ?t {{ {wanted} }} {pattern} }} GROUP BY ?p"
    rows: Any = kg.store.query(text)
    counted = sorted(((int(row[1].value), shorten(row[0].value), row[0]) for row in rows), key=_rank)
    listed = [{"id": short, "name": kg.label(one)} for _, short, one in counted[:limit]]
    return {"properties": listed, "type": kind, "limit": limit}


def _rank(one: tuple[int, str, Any]) -> tuple[int, str]:
    return -one[0], one[1]


# ---- Suggestions


def entities_named(kg: KnowledgeGraph, prefix: str, skip: int) -> Json:
    """Entities with a name that begins so, or has it in it."""
    found = kg.find(prefix).candidates if prefix else ()
    return {
        "result": [
            {
                "id": identifier(one.term),
                "name": one.label,
                "description": f"{one.kind}; {one.reason}",
                "notable": types(kg, one.term),
            }
            for one in found[skip : skip + PAGE]
        ]
    }


def kinds_named(kg: KnowledgeGraph, prefix: str, skip: int) -> Json:
    """Classes of which there are entities."""
    return _suggested(kg.schema().classes, prefix, skip)


def properties_named(kg: KnowledgeGraph, prefix: str, skip: int) -> Json:
    """Properties and indicators that occur."""
    schema = kg.schema()
    return _suggested((*schema.properties, *schema.indicators), prefix, skip)


SUGGESTED: dict[str, Callable[[KnowledgeGraph, str, int], Json]] = {
    "entity": entities_named,
    "type": kinds_named,
    "property": properties_named,
}


def _suggested(terms: Iterable[TermCount], prefix: str, skip: int) -> Json:
    wanted = prefix.casefold().removeprefix("gbkg:")

    def place(one: TermCount) -> int:
        """0 where a name begins so, 1 where a word of it does, 2 where it stands elsewhere, 3 nowhere."""
        names = (one.label.casefold(), one.id.casefold().removeprefix("gbkg:"))
        if any(name.startswith(wanted) for name in names):
            return 0
        if f" {wanted}" in names[0]:
            return 1
        return 2 if any(wanted in name for name in names) else 3

    ranked = sorted(((place(one), -one.count, one.id, one) for one in terms), key=lambda ranked: ranked[:3])
    found = [one for where, _, _, one in ranked if where < 3][skip : skip + PAGE]
    return {"result": [{"id": one.id, "name": one.label, "description": one.definition} for one in found]}


def entity_of(kg: KnowledgeGraph, identifier: str) -> NamedNode | None:
    """The entity of this identifier; None if there is none."""
    found = _entity(identifier)
    known = found is not None and any(
        True for _ in kg.store.quads(found, term("rdf:type"), None, term("graph:entities"))
    )
    return found if known else None


BATCH, LARGEST = 20, 100
"""Queries that a client should send at once, and may send."""
WIDTH, HEIGHT = 420, 320
"""Pixels of a preview."""
_FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
"""The policy of a preview, which is made to be shown within other pages, and in which nothing can be changed."""


def reconcile(site: Site, request: Request) -> Response:
    """`/reconcile`: the manifest; with `queries` or `extend`, their results."""
    if request.first("queries"):
        batch = _object(request, "queries")
        if len(batch) > LARGEST:
            raise Refused(413, f"{len(batch)} queries at once", hint=f"send at most {LARGEST}")
        return Response.json(matching.results(site.kg, batch))
    if request.first("extend"):
        return Response.json(extended(site.kg, _object(request, "extend")))
    if request.method == "POST":
        raise BadRequest("no queries", hint="send them as the parameter queries of a form, as JSON")
    return Response.json(manifest(site, request.base))


def manifest(site: Site, base: str) -> dict[str, Any]:
    """The manifest of the service."""
    here = f"{base}/reconcile"
    suggest = {kind: {"service_url": here, "service_path": f"/suggest/{kind}"} for kind in SUGGESTED}
    classes = site.kg.schema().classes
    return {
        "versions": ["0.2"],
        "name": graph_title(site.kg.store),
        "identifierSpace": PREFIXES["id"],
        "schemaSpace": PREFIXES["gbkg"],
        "documentation": f"{base}/api",
        "serviceVersion": __version__,
        "defaultTypes": [{"id": one.id, "name": one.label} for one in classes],
        "view": {"url": f"{base}/id/{{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": suggest,
        "extend": {"propose_properties": {"service_url": here, "service_path": "/properties"}, "property_settings": []},
        "batchSize": BATCH,
    }


def suggest(site: Site, request: Request) -> Response:
    """`/reconcile/suggest/KIND?prefix=`: entities, types or properties to choose from."""
    suggested = SUGGESTED.get(request.names["kind"])
    if suggested is None:
        raise NotFoundError("kind of suggestion", request.names["kind"], (), tuple(SUGGESTED))
    return Response.json(suggested(site.kg, request.first("prefix"), request.number("cursor", 0, 0, 1_000_000)))


def properties(site: Site, request: Request) -> Response:
    """`/reconcile/properties?type=`: the properties that entities of a type have."""
    kind = request.first("type")
    if not kind:
        raise BadRequest("type is lacking", hint="/reconcile/suggest/type?prefix= names them")
    return Response.json(proposed(site.kg, kind, request.number("limit", 50, 1, 1_000)))


def preview(site: Site, request: Request) -> Response:
    """`/reconcile/preview?id=`: a small page of an entity, for a frame in another page."""
    if entity_of(site.kg, request.first("id")) is None:
        raise NotFoundError("entity", request.first("id")[:200])
    page = site.page(request, "preview.html", entity=site.kg.show(f"id:{request.first('id')}").page)
    return Response(page.body, headers=(("Content-Security-Policy", _FRAMED),))


def _object(request: Request, name: str) -> dict[str, Any]:
    try:
        found = json.loads(request.first(name))
    except (ValueError, RecursionError) as error:
        at = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRequest(f"{name} is not JSON{at}") from None
    if not isinstance(found, dict):
        raise BadRequest(f"{name} is a JSON object")
    return found


ROUTES = (
    Route("/reconcile", reconcile, methods=("GET", "POST"), seconds=20.0),
    Route("/reconcile/suggest/{kind}", suggest),
    Route("/reconcile/properties", properties),
    Route("/reconcile/preview", preview),
)
