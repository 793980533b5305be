"""The SPARQL endpoint: the query operation of the protocol, the description of the service, and a page for people."""

from __future__ import annotations

from typing import Any

from gbkg.ask import queries
from gbkg.ask.answers import Answer, Truth
from gbkg.ask.formats import writing
from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.sparql import guard
from gbkg.web import protocol, vendor
from gbkg.web.messages import Request, Response, prefers_page
from gbkg.web.protocol import PROOFS, TABLES, TRIPLES, TRUTHS, Asked, chosen, document, forms, written
from gbkg.web.site import Route, Site, told
from gbkg.web.views.linked import service_described

ROWS = 1_000
"""Rows or triples that the page shows."""
COMPLETED = 5_000
"""Entities up to which an editor completes their names, too."""
_FIRST = """SELECT ?alliance ?founder WHERE {
  ?alliance a gbkg:Alliance ;
            gbkg:foundedBy ?founder .
}
"""
"""What stands in the field when nothing was asked yet."""
_TYPES = tuple(dict.fromkeys(form.type for form in (*TABLES, *TRIPLES)))


def sparql(site: Site, request: Request) -> Response:
    """`/sparql`: a query with its answer; without one what can be asked."""
    if not request.first("format") and prefers_page(request.accept, _TYPES):
        return _page(site, request)
    found = protocol.asked(request)
    if found is None:
        described = service_described(site.kg.store, f"{request.base}{request.path}")
        return document(described, request)
    return _proved(site, request, found) if found.cite else _plain(site, request, found)


def _plain(site: Site, request: Request, found: Asked) -> Response:
    """The answer as the engine gives and writes it."""
    with guard.explained(found.runs):
        answer = site.kg.store.query(found.runs, found.graphs)
        form = chosen(forms(answer), request.accept, request.first("format"))
        return Response(written(answer, form), form.content_type)


def _proved(site: Site, request: Request, found: Asked) -> Response:
    """Rows with their proofs."""
    form = chosen(PROOFS, request.accept, request.first("format"))
    answer = site.kg.answer(found.runs, cite=True, derivations=found.derivations)
    assert isinstance(answer, Answer)
    return Response(writing.json_text(answer).encode(), form.type)


def _page(site: Site, request: Request) -> Response:
    """The page: a query, its answer or what is wrong with it."""
    answer: Any = None
    error: GbkgError | None = None
    found: Asked | None = None
    try:
        found = protocol.asked(request)
        if found:
            options: dict[str, Any] = {"cite": found.cite, "derivations": found.derivations, "graphs": found.graphs}
            answer = site.kg.answer(found.runs, limit=ROWS, **options)
    except GbkgError as wrong:
        error = wrong
    chosen = request.first("saved")
    text = (
        found.text
        if found
        else request.first("query") or (queries.find(site.kg.project, chosen).text if chosen else "")
    )
    values: dict[str, Any] = {"query": text or _FIRST, "cite": bool(found and found.cite), "chosen": chosen}
    values |= {"answer": answer, "error": error, "saved": site.kg.queries, "most": ROWS}
    values |= {"editor": vendor.available("editor"), "forms": _names(answer)}
    return site.page(request, "sparql.html", status=told(error)[0] if error else 200, **values)


def _names(answer: Any) -> tuple[str, ...]:
    """What an answer can be taken along as."""
    if isinstance(answer, Answer):
        return tuple(dict.fromkeys(form.name for form in TABLES))
    return tuple(dict.fromkeys(form.name for form in (TRUTHS if isinstance(answer, Truth) else TRIPLES)))


def terms(site: Site, request: Request) -> Response:  # noqa: ARG001
    """What an editor completes: classes, properties and indicators that occur, the most frequent first, and entities
    if there are not too many."""
    schema = site.kg.schema()
    kinds = (("class", schema.classes), ("property", schema.properties), ("indicator", schema.indicators))
    found = [
        {"id": one.id, "label": one.label, "kind": kind, "count": one.count} for kind, terms in kinds for one in terms
    ]
    named = [iri for iri in site.kg.labels if iri.startswith(PREFIXES["id"])]
    entities = sorted(named) if len(named) <= COMPLETED else []
    found += [{"id": shorten(iri), "label": site.kg.labels[iri], "kind": "entity", "count": 0} for iri in entities]
    return Response.json({"prefixes": dict(PREFIXES), "terms": found})


def saved(site: Site, request: Request) -> Response:
    """The text of a saved query."""
    text = queries.find(site.kg.project, request.first("name")).text
    return Response(text.encode(), "application/sparql-query; charset=utf-8")


ROUTES = (
    Route("/sparql", sparql, methods=("GET", "POST"), pool="queries"),
    Route("/sparql/terms", terms),
    Route("/sparql/saved", saved),
)
