"""The reconciliation service, `/reconcile`, for OpenRefine and its like."""

from __future__ import annotations

import json
from typing import Any

from gbkg.core import __version__
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.web import description
from gbkg.web.messages import BadRequest, Refused, Request, Response
from gbkg.web.reconcile import extension, matching
from gbkg.web.routes import Route
from gbkg.web.site import Site

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
        return Response.json(extension.extended(site.kg, _object(request, "extend")))
    if request.method == "POST":
        raise BadRequest("no queries", hint="send them as the parameter queries of a form, as JSON")
    return Response.json(manifest(site, request.base))


def manifest(site: Site, base: str) -> dict[str, Any]:
    """What the service is and can do."""
    here = f"{base}/reconcile"
    suggest = {kind: {"service_url": here, "service_path": f"/suggest/{kind}"} for kind in extension.SUGGESTED}
    classes = site.kg.schema().classes
    return {
        "versions": ["0.2"],
        "name": description.title(site.kg.store),
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
    suggested = extension.SUGGESTED.get(request.names["kind"])
    if suggested is None:
        raise NotFoundError("kind of suggestion", request.names["kind"], (), tuple(extension.SUGGESTED))
    return Response.json(suggested(site.kg, request.first("prefix"), request.number("cursor", 0, 0, 1_000_000)))


def properties(site: Site, request: Request) -> Response:
    """`/reconcile/properties?type=`: the properties that entities of a type have."""
    kind = request.first("type")
    if not kind:
        raise BadRequest("type is lacking", hint="/reconcile/suggest/type?prefix= names them")
    return Response.json(extension.proposed(site.kg, kind, request.number("limit", 50, 1, 1_000)))


def preview(site: Site, request: Request) -> Response:
    """`/reconcile/preview?id=`: an entity in small, for a frame in another page."""
    node = extension.entity(site.kg, request.first("id"))
    if node is None:
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
