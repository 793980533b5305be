"""The API for programs, `/api`: records of docs/records.md as JSON; their description (OpenAPI 3.1,
https://spec.openapis.org/oas/v3.1.0), made of the table of operations and of the headers of the saved queries; and a
page that explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode

from gbkg.ask import headers
from gbkg.ask.queries import Parameter as Asked
from gbkg.ask.queries import SavedQuery
from gbkg.core import SCHEMA, __version__
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import term
from gbkg.web.messages import JSON, PROBLEM, Request, Response, prefers_page
from gbkg.web.operations import DATE, OF_QUERIES, OPERATIONS, AddressParameter, Json, Operation, checked, saved
from gbkg.web.site import Route, Site, routes
from gbkg.web.views.home import example_entity, graph_title

_LIST, _TEXT, _TRUE, _ANY = {"type": "array"}, {"type": "string"}, {"type": "boolean"}, Json()
_RECORDS: dict[str, Json] = {
    "answer": {"columns": _LIST, "rows": _LIST, "proofs": {"type": ["array", "null"]}, "complete": _TRUE},
    "truth": {"value": _TRUE},
    "triples": {"triples": _LIST, "complete": _TRUE},
    "queries": {"queries": _LIST, "tags": _LIST},
    "search": {"words": _TEXT, "hits": _LIST},
    "candidates": {"typed": _TEXT, "candidates": _LIST},
    "entity": {"iri": _TEXT, "id": _TEXT, "label": _TEXT, "statements": _LIST, "passages": _LIST, "sources": _LIST},
    "claim": {"iri": _TEXT, "id": _TEXT, "properties": _LIST, "citation": {"type": "object"}},
    "passage": {"iri": _TEXT, "id": _TEXT, "source": _TEXT, "exact": _TEXT, "claims": _LIST},
    "sources": {"sources": _LIST},
    "document": {"source": {"type": "object"}, "parts": _LIST},
    "why": {"words": _TEXT, "holds": _TRUE},
    "paths": {"from": _TEXT, "to": _TEXT, "paths": _LIST},
    "neighbours": {"entity": _TEXT, "hops": _LIST, "quotations": _LIST},
    "disputes": {"disputes": _LIST, "about": _TEXT},
    "schema": {"classes": _LIST, "properties": _LIST, "indicators": _LIST},
}
"""The members of each kind of record that every one of it has (docs/records.md says what is in them)."""
_OF_FORM = {"SELECT": "answer", "ASK": "truth", "CONSTRUCT": "triples", "DESCRIBE": "triples"}
_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong."},
        "hint": {"type": "string", "description": "What to do."},
        "near": {"type": "array", "items": _TEXT, "description": "What may have been meant."},
    },
}
_FAILURES = {
    "400": "A parameter is not as it should be.",
    "404": "Nothing has this name, or several things have it.",
    "503": "It took too long, or all is busy.",
    "default": "Anything else that went wrong.",
}


def openapi(queries: Iterable[SavedQuery], title: str, base: str) -> Json:
    """The whole document, for a server at the address `base`."""
    paths = {one.path: {"get": operation(one)} for one in OPERATIONS}
    paths |= {f"/api/queries/{one.name}": {"get": operation(of_query(one), one)} for one in queries}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": __version__,
            "summary": "A knowledge graph in which every fact can be followed back to the sentence that states it",
            "description": f"Reading only. Every answer is a record of the form {SCHEMA} with its citations.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": {"problem": _PROBLEM, **{kind: _record(kind, members) for kind, members in _RECORDS.items()}}
        },
    }


def of_query(query: SavedQuery) -> Operation:
    """A saved query as an operation."""
    own = tuple(map(_asked, query.parameters))
    names = {one.name for one in own}
    more = tuple(one for one in OF_QUERIES if one.name not in names)
    kinds = (_OF_FORM.get(query.form, "answer"),)
    return Operation(f"/api/queries/{query.name}", f"query-{query.name}", query.summary, kinds, saved, (*own, *more))


def operation(one: Operation, query: SavedQuery | None = None) -> Json:
    """One operation. Of a saved query it has the description, with what is to be kept in mind."""
    found: Json = {"operationId": one.name, "summary": one.summary}
    said = " ".join(filter(None, (query.description, query.caution))) if query else ""
    if said:
        found["description"] = said
    found["tags"] = list(query.tags) if query and query.tags else ["graph"]
    found["parameters"] = [_parameter(parameter) for parameter in one.parameters]
    schemas = [{"$ref": f"#/components/schemas/{kind}"} for kind in one.kinds]
    found["responses"] = {
        "200": _response(f"A record of the kind {' or '.join(one.kinds)}.", JSON, schemas[0]),
        **{status: _response(words, PROBLEM, _ref("problem")) for status, words in _FAILURES.items()},
    }
    return found


def _asked(parameter: Asked) -> AddressParameter:
    schema: Json = {"type": "string", "pattern": r"\S"}
    if parameter.choices:
        schema = {"type": "string", "enum": list(parameter.choices)}
    elif parameter.type == "number":
        schema = {"type": "string", "pattern": r"^[+-]?(\d{1,30}|\d{0,30}\.\d{1,30})$"}
    elif parameter.type == "date":
        schema = {"type": "string", "pattern": DATE}
    if len(parameter.default) == 1:
        schema["default"] = parameter.default[0]
    said = f"{parameter.description.rstrip('.')}: " if parameter.description else ""
    kind = headers.expected(parameter.type)
    named = "" if parameter.type in headers.LITERALS else " by IRI, id, label or alias"
    return AddressParameter(parameter.name, f"{said}{kind}{named}.", schema, several=True)


def _parameter(one: AddressParameter) -> Json:
    found: Json = {"name": one.name, "in": one.place, "required": one.required, "description": one.description}
    if one.several:
        return found | {"schema": {"type": "array", "items": one.schema}, "style": "form", "explode": True}
    return found | {"schema": one.schema}


def _response(words: str, type: str, schema: Json) -> Json:
    return {"description": words, "content": {type: {"schema": schema}}}


def _record(kind: str, members: Json) -> Json:
    frame = {"schema": {"const": SCHEMA}, "kind": {"const": kind}, "remarks": {"type": "array", "items": _TEXT}}
    return {"type": "object", "required": [*frame, *members], "properties": {**frame, **members}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


OPENAPI = "application/vnd.oai.openapi+json"


def overview(site: Site, request: Request) -> Response:
    """`/api`: for people what there is to ask and how; for programs the description in OpenAPI."""
    if not prefers_page(request.accept, ("application/json", OPENAPI)):
        return document(site, request)
    queries = sorted(site.kg.queries.values(), key=lambda query: query.name)
    values: dict[str, Any] = {
        "operations": OPERATIONS,
        "examples": _examples(site),
        "queries": [(query, of_query(query)) for query in queries],
        "base": request.base,
        "reconciles": any(route.path == "/reconcile" for route in routes()),
    }
    return site.page(request, "api.html", **values)


def document(site: Site, request: Request) -> Response:
    """`/api/openapi.json`."""
    return Response.json(openapi(site.kg.queries.values(), graph_title(site.kg.store), request.base))


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
    node = example_entity(site.kg.store)
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
