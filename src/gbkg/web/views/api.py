"""The API for programs, `/api`: records of docs/records.md as JSON; their description (OpenAPI 3.1,
https://spec.openapis.org/oas/v3.1.0), made of the table of operations and of the headers of the saved queries; and a
page that explains them. The table is operations.yaml: both addresses and description are made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import quote, urlencode

import yaml

from gbkg.ask import headers
from gbkg.ask.disputes import KINDS as DISPUTES
from gbkg.ask.saved import Parameter as Asked
from gbkg.ask.saved import SavedQuery
from gbkg.ask.search import KINDS as HITS
from gbkg.core import SCHEMA, __version__
from gbkg.core.errors import NotCoveredError, NotFoundError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import term
from gbkg.web.messages import JSON, PROBLEM, BadRequest, Request, Response, prefers_page
from gbkg.web.site import Route, Site, routes
from gbkg.web.views.home import example_entity, graph_title

Json = dict[str, Any]
_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|1\d|2[0-8]))?)?$"
"""Dates that are right in every month and year, as a schema can say it; more are taken."""
_LISTS = {"hits": HITS, "disputes": DISPUTES}
"""What an `enum` of operations.yaml may stand for."""
_OF_FORM = {"SELECT": "answer", "ASK": "truth", "CONSTRUCT": "triples", "DESCRIBE": "triples"}


@dataclass(frozen=True, slots=True)
class AddressParameter:
    """A parameter of an address: `schema` is JSON Schema; `several` says that it may be repeated."""

    name: str
    description: str
    schema: Json
    required: bool = False
    several: bool = False
    place: Literal["query", "path"] = "query"

    def read(self, request: Request) -> Any:
        """The value in a request: a number, true or false, a text, or several texts; the default if there is none.
        Raises `BadRequest` for a number that is none or is out of bounds."""
        if self.several:
            return request.every(self.name)
        least, most, usual = (self.schema.get(name) for name in ("minimum", "maximum", "default"))
        if least is not None and most is not None:
            return request.number(self.name, int(usual or least), least, most)
        if self.schema.get("enum") == _TRUTH:
            return request.first(self.name, str(usual)) in ("1", "true")
        return request.first(self.name)


_TRUTH = ["true", "false", "1", "0"]


@dataclass(frozen=True, slots=True)
class Operation:
    """An address below `/api` and what answers it: a record of a `kind` of docs/records.md."""

    path: str
    name: str
    summary: str
    kind: str
    parameters: tuple[AddressParameter, ...] = ()


def _read() -> Json:
    text = files("gbkg.web").joinpath("operations.yaml").read_text(encoding="utf-8")
    found: Json = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def _address_parameter(
    name: str, description: str, path: str = "", required: bool = False, several: bool = False, **schema: Any
) -> AddressParameter:
    """A parameter of operations.yaml."""
    if schema.get("type") == "boolean":
        schema = {"enum": _TRUTH, "default": str(schema["default"]).lower()}
    elif isinstance(schema.get("enum"), str):
        schema["enum"] = list(_LISTS[schema["enum"]])
    elif schema.get("pattern") == "date":
        schema["pattern"] = _DATE
    whole = {"type": "string"} | (schema or {"pattern": r"\S"})
    if f"{{{name}}}" in path:
        return AddressParameter(name, description, whole, required=True, place="path")
    return AddressParameter(name, description, whole, required, several)


def _operation(path: str, parameters: Json | None = None, **more: str) -> Operation:
    given = (parameters or {}).items()
    return Operation(path, parameters=tuple(_address_parameter(name, path=path, **one) for name, one in given), **more)


_FILE = _read()
OF_QUERIES = tuple(_address_parameter(name, **one) for name, one in _FILE["queries"].items())
"""Parameters that every saved query has beside its own."""
OPERATIONS = tuple(_operation(path, **one) for path, one in _FILE["operations"].items())
"""All operations but the saved queries, each of which is an operation, too."""


def values(parameters: Sequence[AddressParameter], request: Request) -> Json:
    """The values of parameters. Raises `BadRequest` for one that is unknown, missing, repeated or not allowed."""
    known = {parameter.name: parameter for parameter in parameters if parameter.place == "query"}
    names = [name for name, _ in request.query]
    for name in names:
        if name not in known:
            listed = f"there are {', '.join(known)}" if known else "there is none"
            raise BadRequest(f"no parameter is called {name[:60]!r}", hint=listed)
        if names.count(name) > 1 and not known[name].several:
            raise BadRequest(f"{name} is given more than once")
    for name, parameter in known.items():
        if parameter.required and not request.first(name):
            raise BadRequest(f"{name} is lacking", hint=parameter.description)
        allowed = parameter.schema.get("enum", ())
        for value in request.every(name):
            if allowed and value not in allowed:
                raise BadRequest(f"{name} is {value[:60]!r}", hint=f"it may be {', '.join(allowed)}")
    return dict(request.names) | {name: parameter.read(request) for name, parameter in known.items()}


# ---- Answers


def saved(site: Site, request: Request) -> Response:
    """The answer to a saved query. A query that cannot be cited is answered without citations, which `remarks` then
    say, unless citations were asked for."""
    query = site.kg.queries.get(request.names["name"])
    if query is None:
        near = [hit.id for hit in site.kg.search(request.names["name"].replace("-", " "), ("query",), 3).hits]
        raise NotFoundError("saved query", request.names["name"], near, hint="" if near else "/api/queries lists them")
    own = [AddressParameter(one.name, one.description, {}, several=True) for one in query.parameters]
    names = [one.name for one in own]
    given = values([*own, *(one for one in OF_QUERIES if one.name not in names)], request)
    asked = {name: given[name] for name in names if given[name]}
    limit, cite, derivations = (one.read(request) for one in (_LIMIT, _CITE, _DERIVATIONS))
    if query.form == "SELECT" and cite:
        try:
            cited = site.kg.ask_saved(query.name, asked, cite=True, limit=limit, derivations=derivations)
            return Response.json(cited.to_dict())
        except NotCoveredError as refusal:
            if request.first("cite"):
                raise
            record = site.kg.ask_saved(query.name, asked, limit=limit).to_dict()
            return Response.json(record | {"remarks": [*record["remarks"], f"without citations: {refusal.message}"]})
    return Response.json(site.kg.ask_saved(query.name, asked, limit=limit).to_dict())


_CITE, _LIMIT, _DERIVATIONS = OF_QUERIES


def _queries(site: Site, tag: str) -> Json:
    found = [query for query in site.kg.queries.values() if not tag or tag in query.tags]
    tags = sorted({tag for query in site.kg.queries.values() for tag in query.tags})
    listed = [query.to_dict() for query in found]
    return {"schema": SCHEMA, "kind": "queries", "queries": listed, "tags": tags, "remarks": []}


def _chosen(given: Json) -> Json:
    """Which relations are followed."""
    return {"relations": given["relation"], "inferred": given["inferred"], "as_of": given["as_of"]}


_ANSWERS: dict[str, Callable[[Site, Json], Any]] = {
    "list-queries": lambda site, given: _queries(site, given["tag"]),
    "search": lambda site, given: site.kg.search(given["q"], given["kind"] or HITS, given["limit"]),
    "find-entities": lambda site, given: site.kg.find(given["name"]),
    "get-entity": lambda site, given: site.kg.show(f"id:{given['id']}"),
    "get-claim": lambda site, given: site.kg.claim(f"clm:{given['id']}"),
    "get-passage": lambda site, given: site.kg.passage(given["id"]),
    "list-sources": lambda site, _: site.kg.sources(),
    "get-source": lambda site, given: site.kg.document(f"src:{given['id']}"),
    "why": lambda site, given: site.kg.why(given["s"], given["p"], given["o"], given["derivations"]),
    "path": lambda site, given: site.kg.path(given["from"], given["to"], given["k"], **_chosen(given)),
    "neighbours": lambda site, given: site.kg.neighbours(
        given["entity"], given["hops"], top=given["top"], **_chosen(given)
    ),
    "disputes": lambda site, given: site.kg.disputes(given["about"], given["kind"] or None),
    "schema": lambda site, _: site.kg.schema(),
}
"""What gives the record of an operation, by its name and the values of its parameters."""


def _answering(one: Operation) -> Callable[[Site, Request], Response]:
    def view(site: Site, request: Request) -> Response:
        found = _ANSWERS[one.name](site, values(one.parameters, request))
        return Response.json(found if isinstance(found, dict) else found.to_dict())

    return view


# ---- The description in OpenAPI


_TEXT = {"type": "string"}


def openapi(queries: Iterable[SavedQuery], title: str, base: str) -> Json:
    """The whole document, for a server at the address `base`."""
    records = {kind: _record(kind, members) for kind, members in _FILE["records"].items()}
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
        "components": {"schemas": {"problem": _FILE["problem"], **records}},
    }


def of_query(query: SavedQuery) -> Operation:
    """A saved query as an operation."""
    own = tuple(map(_asked, query.parameters))
    names = {one.name for one in own}
    more = tuple(one for one in OF_QUERIES if one.name not in names)
    kind = _OF_FORM.get(query.form, "answer")
    return Operation(f"/api/queries/{query.name}", f"query-{query.name}", query.summary, kind, (*own, *more))


def operation(one: Operation, query: SavedQuery | None = None) -> Json:
    """One operation. Of a saved query it has the description, with what is to be kept in mind."""
    found: Json = {"operationId": one.name, "summary": one.summary}
    said = " ".join(filter(None, (query.description, query.caution))) if query else ""
    if said:
        found["description"] = said
    found["tags"] = list(query.tags) if query and query.tags else ["graph"]
    found["parameters"] = [_parameter(parameter) for parameter in one.parameters]
    found["responses"] = {
        "200": _response(f"A record of the kind {one.kind}.", JSON, _ref(one.kind)),
        **{status: _response(words, PROBLEM, _ref("problem")) for status, words in _FILE["failures"].items()},
    }
    return found


def _asked(parameter: Asked) -> AddressParameter:
    schema: Json = {"type": "string", "pattern": r"\S"}
    if parameter.choices:
        schema = {"type": "string", "enum": list(parameter.choices)}
    elif parameter.type == "number":
        schema = {"type": "string", "pattern": r"^[+-]?(\d{1,30}|\d{0,30}\.\d{1,30})$"}
    elif parameter.type == "date":
        schema = {"type": "string", "pattern": _DATE}
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
    typed = {name: {"type": type} for name, type in members.items()}
    return {"type": "object", "required": [*frame, *members], "properties": {**frame, **typed}}


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


ROUTES = (
    Route("/api", overview),
    Route("/api/openapi.json", document),
    Route("/api/queries/{name}", saved),
    *(Route(one.path, _answering(one)) for one in OPERATIONS),
)
