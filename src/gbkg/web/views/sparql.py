"""The SPARQL endpoint: the query operation of the protocol, the description of the service, and a page for people."""

from __future__ import annotations

from typing import Any

from gbkg.ask.answers import Answer
from gbkg.ask.formats import results as proved
from gbkg.core.errors import GbkgError
from gbkg.sparql import guard
from gbkg.web import description, protocol
from gbkg.web.messages import Request, Response
from gbkg.web.negotiation import prefers_page
from gbkg.web.protocol import Asked
from gbkg.web.results import PROOFS, TABLES, TRIPLES, chosen, document, forms, written
from gbkg.web.routes import Route
from gbkg.web.site import Site, told

ROWS = 1_000
"""Rows or triples that the page shows."""
_TYPES = tuple(dict.fromkeys(form.type for form in (*TABLES, *TRIPLES)))


def sparql(site: Site, request: Request) -> Response:
    """`/sparql`: a query with its answer; without one what can be asked."""
    if not request.first("format") and prefers_page(request.accept, _TYPES):
        return _page(site, request)
    found = protocol.asked(request)
    if found is None:
        described = description.service(site.kg.store, f"{request.base}{request.path}")
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
    return Response(proved.text(answer).encode(), form.type)


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
    values = {"query": found.text if found else request.first("query"), "cite": bool(found and found.cite)}
    values |= {"answer": answer, "error": error, "saved": site.kg.queries, "most": ROWS}
    return site.page(request, "sparql.html", status=told(error)[0] if error else 200, **values)


ROUTES = (Route("/sparql", sparql, methods=("GET", "POST"), pool="queries"),)
