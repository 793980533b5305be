"""The API for programs, `/api`: records of docs/records.md as JSON, their description, and a page that explains it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import term
from gbkg.web import description
from gbkg.web.api import openapi
from gbkg.web.api.operations import OPERATIONS, Json, Operation, checked, saved
from gbkg.web.messages import Request, Response
from gbkg.web.negotiation import prefers_page
from gbkg.web.routes import Route, routes
from gbkg.web.site import Site

OPENAPI = "application/vnd.oai.openapi+json"


def overview(site: Site, request: Request) -> Response:
    """`/api`: for people what there is to ask and how; for programs the description in OpenAPI."""
    if not prefers_page(request.accept, ("application/json", OPENAPI)):
        return document(site, request)
    queries = sorted(site.kg.queries.values(), key=lambda query: query.name)
    values: dict[str, Any] = {
        "operations": OPERATIONS,
        "examples": _examples(site),
        "queries": [(query, openapi.of_query(query)) for query in queries],
        "base": request.base,
        "reconciles": any(route.path == "/reconcile" for route in routes()),
    }
    return site.page(request, "api.html", **values)


def document(site: Site, request: Request) -> Response:
    """`/api/openapi.json`."""
    return Response.json(openapi.description(site.kg.queries.values(), description.title(site.kg.store), request.base))


def _examples(site: Site) -> dict[str, str]:
    """For each operation the address of an example that has an answer, about the entity that the graph gives as one."""
    values = _values(site)
    found = {}
    for one in OPERATIONS:
        wanted = [parameter.name for parameter in one.parameters if parameter.required]
        given = {name: values.get((one.path, name)) or values.get(name, "") for name in wanted}
        if all(given.values()):
            path = one.path.replace("{id}", quote(given.pop("id", "")))
            found[one.path] = f"{path}?{urlencode(given)}" if given else path
    return found


def _values(site: Site) -> dict[str | tuple[str, str], str]:
    """Values of parameters by name, or by path and name."""
    node = description.example(site.kg.store)
    if node is None:
        return {}
    slug, values = node.value.removeprefix(PREFIXES["id"]), dict[str | tuple[str, str], str]()
    facts = site.kg.store.quads(node, None, None, term("graph:facts"))
    related = sorted((q.predicate.value, q.object.value) for q in facts if q.object.value.startswith(PREFIXES["id"]))
    if related:
        values |= {"p": shorten(related[0][0]), "o": shorten(related[0][1]), "to": shorten(related[0][1])}
    for claim in site.kg.evidence.about(node)[:1]:
        quotation = claim.quotations[0]
        place = f"{quotation.source}.{quotation.start}-{quotation.end}"
        values |= {("/api/claims/{id}", "id"): claim.key, ("/api/passages/{id}", "id"): place}
        values[("/api/sources/{id}", "id")] = quotation.source
    values |= dict.fromkeys(("q", "name"), site.kg.label(node))
    return values | {"id": slug, **dict.fromkeys(("s", "from", "entity"), f"id:{slug}")}


def _answering(answer: Callable[[Site, Request], Json], one: Operation | None = None) -> Callable[..., Response]:
    def view(site: Site, request: Request) -> Response:
        if one:
            checked(one.parameters, request)
        return Response.json(answer(site, request))

    return view


ROUTES = (
    Route("/api", overview),
    Route("/api/openapi.json", document),
    Route("/api/queries/{name}", _answering(saved)),
    *(Route(one.path, _answering(one.answer, one)) for one in OPERATIONS),
)
