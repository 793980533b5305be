"""The operations of the API: one table, of which both the addresses and their description are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.disputes import KINDS as DISPUTES
from gbkg.ask.search import KINDS as HITS
from gbkg.core import SCHEMA
from gbkg.core.errors import NotCoveredError, NotFoundError
from gbkg.web.messages import BadRequest, Request
from gbkg.web.site import Site

Json = dict[str, Any]
MOST = 10_000
"""Rows that one answer has at most."""
DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|1\d|2[0-8]))?)?$"
"""Dates that are right in every month and year, as a schema can say it; more are taken."""


@dataclass(frozen=True, slots=True)
class AddressParameter:
    """A parameter of an address: `schema` is JSON Schema; `several` says that it may be repeated."""

    name: str
    description: str
    schema: Json = field(default_factory=lambda: {"type": "string", "pattern": r"\S"})
    required: bool = False
    several: bool = False
    place: Literal["query", "path"] = "query"


@dataclass(frozen=True, slots=True)
class Operation:
    """An address below `/api` and what answers it: a record of one of the `kinds` of docs/records.md."""

    path: str
    name: str
    summary: str
    kinds: tuple[str, ...]
    answer: Callable[[Site, Request], Json]
    parameters: tuple[AddressParameter, ...] = ()


def checked(parameters: tuple[AddressParameter, ...], request: Request) -> None:
    """Raises `BadRequest` for a parameter that is unknown, missing, or given more than once."""
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
            if allowed and value not in map(str, allowed):
                raise BadRequest(f"{name} is {value[:60]!r}", hint=f"it may be {', '.join(map(str, allowed))}")


def _flag(name: str, description: str, default: bool) -> AddressParameter:
    """A parameter with the values true and false, or 1 and 0."""
    said = "true" if default else "false"
    return AddressParameter(name, description, {"type": "string", "enum": ["true", "false", "1", "0"], "default": said})


def _count(name: str, description: str, default: int, least: int, most: int) -> AddressParameter:
    return AddressParameter(
        name, description, {"type": "integer", "minimum": least, "maximum": most, "default": default}
    )


def _some_of(name: str, description: str, values: Sequence[str]) -> AddressParameter:
    return AddressParameter(name, description, {"type": "string", "enum": list(values)}, several=True)


def _name(name: str, description: str) -> AddressParameter:
    return AddressParameter(name, description, required=True)


def _in_path(name: str, description: str) -> AddressParameter:
    return AddressParameter(name, description, {"type": "string", "pattern": r"\S"}, required=True, place="path")


def _yes(request: Request, name: str, default: bool = False) -> bool:
    return request.first(name, "1" if default else "0") in ("1", "true")


CITE = _flag("cite", "Each row with the sentences that prove it.", True)
LIMIT = _count("limit", "Rows at most; `complete` says whether there were more.", 1_000, 1, MOST)
DERIVATIONS = _count("derivations", "Ways to prove a row that are listed at most.", 3, 1, 100)
OF_QUERIES = (CITE, LIMIT, DERIVATIONS)
"""Parameters that every saved query has beside its own."""


def saved(site: Site, request: Request) -> Json:
    """The answer to a saved query. A query that cannot be cited is answered without citations, which `remarks` then
    say, unless citations were asked for."""
    query = site.kg.queries.get(request.names["name"])
    if query is None:
        near = [hit.id for hit in site.kg.search(request.names["name"].replace("-", " "), ("query",), 3).hits]
        raise NotFoundError("saved query", request.names["name"], near, hint="" if near else "/api/queries lists them")
    own = {one.name: AddressParameter(one.name, one.description, several=True) for one in query.parameters}
    checked((*own.values(), *(one for one in OF_QUERIES if one.name not in own)), request)
    values: Mapping[str, Any] = {name: request.every(name) for name in own if request.every(name)}
    options: Json = {"limit": request.number("limit", 1_000, 1, MOST)}
    found: Answer | Truth | Triples
    if query.form != "SELECT" or not _yes(request, "cite", default=True):
        return site.kg.ask_saved(query.name, values, **options).to_dict()
    options["derivations"] = request.number("derivations", 3, 1, 100)
    try:
        return site.kg.ask_saved(query.name, values, cite=True, **options).to_dict()
    except NotCoveredError as refusal:
        if request.first("cite"):
            raise
        found = site.kg.ask_saved(query.name, values, limit=options["limit"])
        record = found.to_dict()
        return record | {"remarks": [*record["remarks"], f"without citations: {refusal.message}"]}


def _queries(site: Site, request: Request) -> Json:
    tag = request.first("tag")
    found = [query for query in site.kg.queries.values() if not tag or tag in query.tags]
    tags = sorted({tag for query in site.kg.queries.values() for tag in query.tags})
    listed = [query.to_dict() for query in found]
    return {"schema": SCHEMA, "kind": "queries", "queries": listed, "tags": tags, "remarks": []}


def _selection(request: Request) -> Json:
    return {
        "relations": request.every("relation"),
        "inferred": _yes(request, "inferred"),
        "as_of": request.first("as_of"),
    }


_SELECTION = (
    AddressParameter("relation", "A family of relations or a property; all if none is given.", several=True),
    _flag("inferred", "Follow relations that rules infer, too.", False),
    AddressParameter(
        "as_of", "Leave out what is known to have begun after this date.", {"type": "string", "pattern": DATE}
    ),
)
_NAME = "IRI, id, label or alias of an entity."
_NODE = "IRI, id, label or alias."

OPERATIONS = (
    Operation(
        "/api/queries",
        "list-queries",
        "The saved queries, with their parameters",
        ("queries",),
        _queries,
        (AddressParameter("tag", "Only those with this tag."),),
    ),
    Operation(
        "/api/search",
        "search",
        "Entities by any spelling, passages by their words, saved queries by what they ask",
        ("search",),
        lambda site, asked: site.kg.search(
            asked.first("q"), asked.every("kind") or HITS, asked.number("limit", 20, 1, 100)
        ).to_dict(),
        (
            _name("q", "Words to look for."),
            _some_of("kind", "What to look for; all if none is given.", HITS),
            _count("limit", "Hits at most.", 20, 1, 100),
        ),
    ),
    Operation(
        "/api/entities",
        "find-entities",
        "The entities that may be meant by a name, with the reason for each",
        ("candidates",),
        lambda site, asked: site.kg.find(asked.first("name")).to_dict(),
        (_name("name", "A name, as somebody would type it."),),
    ),
    Operation(
        "/api/entities/{id}",
        "get-entity",
        "Everything that claims say of an entity, each statement with its quotations",
        ("entity",),
        lambda site, asked: site.kg.show(f"id:{asked.names['id']}").to_dict(),
        (_in_path("id", "The entity's id, such as gba-blockchain-alliance."),),
    ),
    Operation(
        "/api/claims/{id}",
        "get-claim",
        "A claim, what it says and how a report cites it",
        ("claim",),
        lambda site, asked: site.kg.claim(f"clm:{asked.names['id']}").to_dict(),
        (_in_path("id", "The claim's id, SOURCE.NAME."),),
    ),
    Operation(
        "/api/passages/{id}",
        "get-passage",
        "A passage, its words and the claims that they prove",
        ("passage",),
        lambda site, asked: site.kg.passage(asked.names["id"]).to_dict(),
        (_in_path("id", "The passage's id, SOURCE.START-END: characters counted from 0, the end not part of it."),),
    ),
    Operation(
        "/api/sources",
        "list-sources",
        "The documents, with title, authors, date and digest",
        ("sources",),
        lambda site, asked: site.kg.sources().to_dict(),  # noqa: ARG005
    ),
    Operation(
        "/api/sources/{id}",
        "get-source",
        "A document as far as it is quoted, with the claims where they are printed",
        ("document",),
        lambda site, asked: site.kg.document(f"src:{asked.names['id']}").to_dict(),
        (_in_path("id", "The document's id."),),
    ),
    Operation(
        "/api/why",
        "why",
        "The proof of a triple down to the sentences, or what it lacks",
        ("why",),
        lambda site, asked: site.kg.why(
            asked.first("s"), asked.first("p"), asked.first("o"), asked.number("derivations", 1, 1, 100)
        ).to_dict(),
        (
            _name("s", f"Subject: {_NODE}"),
            _name("p", "Property: IRI, prefixed name, local name or label."),
            _name("o", f"Object: {_NODE} Or a date, a number, a text."),
            _count("derivations", "Ways to prove it that are listed at most.", 1, 1, 100),
        ),
    ),
    Operation(
        "/api/path",
        "path",
        "The shortest paths between two entities, each step with its quotations",
        ("paths",),
        lambda site, asked: site.kg.path(
            asked.first("from"), asked.first("to"), asked.number("k", 1, 1, 20), **_selection(asked)
        ).to_dict(),
        (_name("from", _NAME), _name("to", _NAME), _count("k", "How many paths.", 1, 1, 20), *_SELECTION),
    ),
    Operation(
        "/api/neighbours",
        "neighbours",
        "Who and what an entity is related to, step by step, each relation with its quotations",
        ("neighbours",),
        lambda site, asked: site.kg.neighbours(
            asked.first("entity"),
            asked.number("hops", 1, 1, 4),
            top=asked.number("top", 100, 1, 1_000),
            **_selection(asked),
        ).to_dict(),
        (
            _name("entity", _NAME),
            _count("hops", "How many steps away.", 1, 1, 4),
            _count("top", "Links of each step at most.", 100, 1, 1_000),
            *_SELECTION,
        ),
    ),
    Operation(
        "/api/disputes",
        "disputes",
        "What is to be settled and what the curators hold against the documents, with the quotations",
        ("disputes",),
        lambda site, asked: site.kg.disputes(asked.first("about"), asked.every("kind") or None).to_dict(),
        (
            AddressParameter("about", f"{_NAME} Or the name of one dispute, cur:NAME."),
            _some_of("kind", "Of which kind; all if none is given.", DISPUTES),
        ),
    ),
    Operation(
        "/api/schema",
        "schema",
        "The classes, properties and indicators that occur, with counts",
        ("schema",),
        lambda site, asked: site.kg.schema().to_dict(),  # noqa: ARG005
    ),
)
"""All operations but the saved queries, each of which is an operation, too."""
