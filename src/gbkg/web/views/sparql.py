"""The SPARQL endpoint: the query operation of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/,
section 2.1), the description of the service, and a page for people."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from gbkg.ask import queries, writing
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.core.errors import GbkgError, NotCoveredError, QueryLimitError
from gbkg.core.nquads import GRAPHS
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import node
from gbkg.sparql import guard
from gbkg.sparql.clauses import Graphs
from gbkg.sparql.parse import taken
from gbkg.web import vendor
from gbkg.web.messages import FORM, BadRequest, Refused, Request, Response, accepted, choose, prefers_page
from gbkg.web.site import Route, Site, status_of
from gbkg.web.views.home import service_described

LARGEST = 64_000_000
"""Bytes of the largest answer that is sent."""
PROFILE = "https://w3id.org/gbkg/profile/proofs"
"""Names, in an Accept header, rows with their proofs: `application/sparql-results+json;profile="…"`."""
PROVED = f'application/sparql-results+json;profile="{PROFILE}"'


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A way to write an answer: the name that `format=` takes, its media type, and what the engine calls it."""

    name: str
    type: str
    engine: Any

    @property
    def content_type(self) -> str:
        """The media type, with the charset where it would else be open."""
        return f"{self.type}; charset=utf-8" if self.type.startswith("text/") else self.type


_Q, _R = ox.QueryResultsFormat, ox.RdfFormat
TABLES = (
    ResultFormat("json", "application/sparql-results+json", _Q.JSON),
    ResultFormat("xml", "application/sparql-results+xml", _Q.XML),
    ResultFormat("csv", "text/csv", _Q.CSV),
    ResultFormat("tsv", "text/tab-separated-values", _Q.TSV),
    ResultFormat("json", "application/json", _Q.JSON),
    ResultFormat("xml", "application/xml", _Q.XML),
    ResultFormat("xml", "text/xml", _Q.XML),
)
"""Forms of the rows of a SELECT: the standards', then what many clients ask for in their place."""
PROOFS = tuple(
    ResultFormat("json", type, _Q.JSON) for type in ("application/sparql-results+json", PROVED, "application/json")
)
"""Forms of rows with their proofs; no other has a place for them."""
TRUTHS = tuple(form for form in TABLES if form.engine in (_Q.JSON, _Q.XML))
"""Forms of the answer to an ASK: there is no other standard."""
TRIPLES = (
    ResultFormat("ttl", "text/turtle", _R.TURTLE),
    ResultFormat("nt", "application/n-triples", _R.N_TRIPLES),
    ResultFormat("jsonld", "application/ld+json", _R.JSON_LD),
    ResultFormat("rdf", "application/rdf+xml", _R.RDF_XML),
    ResultFormat("jsonld", "application/json", _R.JSON_LD),
    ResultFormat("rdf", "application/xml", _R.RDF_XML),
)
"""Forms of the triples of a CONSTRUCT or DESCRIBE, and of documents about a thing."""


def chosen(forms: tuple[ResultFormat, ...], accept: str, name: str = "") -> ResultFormat:
    """The form of this name, else the one that the header prefers. Raises `BadRequest` for a name that none has, and
    `NotAcceptable`."""
    if name:
        found = next((form for form in forms if form.name == name), None)
        if found is None:
            names = ", ".join(dict.fromkeys(form.name for form in forms))
            raise BadRequest(f"this answer has no format {name[:40]!r}", hint=f"there are {names}")
        return found
    wanted = choose(accept, [form.type for form in forms])
    return next(form for form in forms if form.type == wanted)


def forms(answer: Any) -> tuple[ResultFormat, ...]:
    """The forms that an answer of the engine can have."""
    if isinstance(answer, ox.QuerySolutions):
        return TABLES
    return TRUTHS if isinstance(answer, ox.QueryBoolean) else TRIPLES


def written(answer: Any, form: ResultFormat) -> bytes:
    """The answer in one of its forms. Raises `QueryLimitError` when it has more than `LARGEST` bytes."""
    out = _Bounded()
    try:
        if form.engine == _R.TURTLE:  # which the engine itself writes without prefixes
            out.write(Triples(tuple(answer)).turtle().encode())
        else:
            answer.serialize(out, format=form.engine)
    except OverflowError:
        large = f"the answer has more than {LARGEST // 1_000_000} megabytes, and nothing of it is sent"
        raise QueryLimitError(large, hint="ask for less of it, with LIMIT and OFFSET") from None
    return out.getvalue()


def document(triples: Iterable[ox.Triple], request: Request, *headers: tuple[str, str]) -> Response:
    """Triples, each of them once, in the form that the request wants."""
    form = chosen(TRIPLES, request.accept, request.first("format"))
    return Response(serialized(triples, form), form.content_type, headers=headers)


def serialized(triples: Iterable[ox.Triple], form: ResultFormat) -> bytes:
    """Triples in a form of `TRIPLES`."""
    if form.engine == _R.TURTLE:
        return Triples(tuple(triples)).turtle().encode()
    return ox.serialize(triples, format=form.engine, prefixes=PREFIXES if form.engine == _R.RDF_XML else None) or b""


class _Bounded(io.BytesIO):
    """Bytes in memory, not too many."""

    def write(self, chunk: Any) -> int:
        if self.tell() + len(chunk) > LARGEST:
            raise OverflowError
        return super().write(chunk)


QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")
"""Parameters of the update operation (section 2.2), which there is none of."""
_GRAPHS = frozenset(PREFIXES["graph"] + name for name in GRAPHS)
_READS = "gbkg only reads, and takes no updates"


class UnsupportedMediaType(Refused):
    """A body that is in no form in which queries are sent: 415."""

    def __init__(self, message: str) -> None:
        takes = (("Accept-Post", f"{FORM}, {QUERY}"),)
        super().__init__(415, message, hint=f"send it as {QUERY}", headers=takes)


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that may run: its text as it was sent; `runs`, the same without dataset clauses; the graphs that it sees,
    None for all of them together; whether rows shall have their proofs, and how many derivations each."""

    text: str
    runs: str
    graphs: Graphs | None = None
    cite: bool = False
    derivations: int = 3


def read_query(request: Request) -> CheckedQuery | None:
    """The query of a request; None when a GET has none, which asks for the description of the service.

    Raises `BadRequest` at what the protocol does not have, `UnsupportedMediaType`, and what `gbkg.sparql.guard.check`
    raises: a query that may not run is refused here.
    """
    text = _text(request)
    if text is None:
        return None
    for name in _UPDATES:
        if request.every(name):
            raise BadRequest(f"{name} belongs to updates: {_READS}")
    guard.check(text, dataset=True)
    runs, own = taken(text)
    _refuse_elsewhere(own)
    graphs = _graphs(request) or own
    cite = request.first("cite") in ("1", "true") or _wants_proofs(request.accept)
    if cite and graphs:
        raise NotCoveredError("a query of chosen graphs with citations", why="proofs are of the whole graph")
    return CheckedQuery(text, runs, graphs or None, cite, request.number("derivations", 3, 1, 100))


def _text(request: Request) -> str | None:
    """The text of the query, however it was sent (section 2.1.1 to 2.1.3)."""
    given = [value for name, value in request.query if name == "query"]
    kind, charset = _media(request.type)
    if any(name == "update" for name, _ in request.query) or kind == UPDATE:
        raise BadRequest(_READS, hint="send a query: SELECT, ASK, CONSTRUCT or DESCRIBE")
    if request.method == "POST" and kind == QUERY:
        if given:
            raise BadRequest("the query is in the body and in the address", hint="send it once")
        given = [_decoded(request.body, charset)]
    elif request.method == "POST" and kind != FORM:
        found = f"found {kind[:60]}" if kind else "the request does not name one"
        raise UnsupportedMediaType(f"a query is sent as {FORM} or {QUERY}; {found}")
    if len(given) > 1:
        raise BadRequest(f"{len(given)} queries in one request", hint="send them one by one")
    if not given and request.method == "POST":
        raise BadRequest("no query", hint="send it as the parameter query")
    if given and not given[0].strip():
        raise BadRequest("the query is empty", hint="send SELECT, ASK, CONSTRUCT or DESCRIBE")
    return given[0] if given else None


def _media(type: str) -> tuple[str, str]:
    """The media type of a body in lower case, and its charset; empty where it names none."""
    found = accepted(type)
    if not found:
        return "", ""
    return f"{found[0].type}/{found[0].subtype}", dict(found[0].parameters).get("charset", "")


def _decoded(body: bytes, charset: str) -> str:
    if charset.lower() not in ("", "utf-8", "utf8"):
        raise UnsupportedMediaType(f"a query is sent as UTF-8, found the charset {charset[:40]}")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the query is not UTF-8: byte {error.start} begins no character") from None


def _graphs(request: Request) -> Graphs:
    """The dataset that the request names, which counts in place of the query's own (section 2.1.4)."""
    default, named = (tuple(map(_iri, request.every(f"{kind}-graph-uri"))) for kind in ("default", "named"))
    return Graphs(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))


def _iri(text: str) -> str:
    iri = full(f"<{text}>")
    if node(iri) is None or iri is None:
        raise BadRequest(f"a graph has a full IRI, found {text[:80]!r}", hint=f"such as {min(_GRAPHS)}")
    return iri


def _refuse_elsewhere(graphs: Graphs) -> None:
    """Refuses FROM of anything that is not a graph here, such as a file or an address: it would not be fetched."""
    for iri in (*graphs.default, *graphs.named):
        if iri not in _GRAPHS:
            why = f"the graphs here are {', '.join(f'graph:{name}' for name in GRAPHS)}, and nothing is fetched"
            raise NotCoveredError(f"FROM <{iri[:200]}>", why=why)


def _wants_proofs(accept: str) -> bool:
    return any(("profile", PROFILE) in one.parameters and one.weight for one in accepted(accept))


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
    found = read_query(request)
    if found is None:
        described = service_described(site.kg.store, f"{request.base}{request.path}")
        return document(described, request)
    return _proved(site, request, found) if found.cite else _plain(site, request, found)


def _plain(site: Site, request: Request, found: CheckedQuery) -> Response:
    """The answer as the engine gives and writes it."""
    with guard.explained(found.runs):
        answer = site.kg.store.query(found.runs, found.graphs)
        form = chosen(forms(answer), request.accept, request.first("format"))
        return Response(written(answer, form), form.content_type)


def _proved(site: Site, request: Request, found: CheckedQuery) -> Response:
    """Rows with their proofs."""
    form = chosen(PROOFS, request.accept, request.first("format"))
    answer = site.kg.answer(found.runs, cite=True, derivations=found.derivations)
    assert isinstance(answer, Answer)
    return Response(writing.json_text(answer).encode(), form.type)


def _page(site: Site, request: Request) -> Response:
    """The page: a query, its answer or what is wrong with it."""
    answer: Any = None
    error: GbkgError | None = None
    found: CheckedQuery | None = None
    try:
        found = read_query(request)
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
    return site.page(request, "sparql.html", status=status_of(error)[0] if error else 200, **values)


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
