"""Questions: the gallery of saved queries, a form for each, its answer with the evidence, the files that it can be
saved as, and other ways to ask it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from gbkg.ask import card as cards
from gbkg.ask import writing
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.catalogue import example
from gbkg.ask.headers import LITERALS
from gbkg.ask.office import of_question
from gbkg.ask.saved import SavedQuery
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.jsonld import dumped
from gbkg.render.draw import charts, painting
from gbkg.render.draw.scene import Scene
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.question import FormField, Problem, fields, grouped, problem, table
from gbkg.web.site import Route, Site, href
from gbkg.web.views.search import suggestions

LIMIT = 10_000
"""Rows of an answer, as of `gbkg query`."""
DRAWN = 400
"""Rows of an answer that is drawn."""
MEDIA = {"svg": "image/svg+xml", "png": "image/png"}
DERIVATIONS = 3
CARD = "card"
_OURS = ("format", "plain", "sort", "page")
"""Parameters of the address that are none of the query."""
_SHOWN = ("json", "table", "md", "ttl", "jsonld", "nt")
"""Formats that a browser may show; it saves the others."""
_SUFFIX = {"table": "txt", CARD: "card.json"}
_NAMES = {
    "xlsx": "Excel", "docx": "Word", "csv": "CSV with citations", "tsv": "TSV", "json": "JSON with proofs",
    "md": "Markdown", "table": "plain text", CARD: "answer card", "ttl": "Turtle", "jsonld": "JSON-LD",
    "nt": "N-Triples",
}  # fmt: skip
AnyAnswer = Answer | Truth | Triples


@dataclass(frozen=True, slots=True)
class Snippet:
    """Another way to ask the same question: its name, and the text to copy."""

    name: str
    text: str


def gallery(site: Site, request: Request) -> Response:
    """All questions by subject, those of one subject (`tag`), or those that words lead to (`q`)."""
    words, tag, every = request.first("q"), request.first("tag"), site.kg.queries
    tags = {name: sum(name in one.tags for one in every.values()) for name in _tags(every)}
    if tag and tag not in tags:
        raise NotFoundError("subject of questions", tag, known=list(tags))
    if words:
        hits = site.kg.search(words, ["query"], limit=50).hits
        groups = {f"Questions with {words}": [every[hit.id] for hit in hits if hit.id in every]}
    elif tag:
        groups = {tag: [one for one in every.values() if tag in one.tags]}
    else:
        groups = {name: [one for one in every.values() if one.tags[:1] == (name,)] for name in tags}
        groups["others"] = [one for one in every.values() if not one.tags]
    shown = {name: found for name, found in groups.items() if found}
    return site.page(request, "questions.html", words=words, count=len(every), groups=shown, tags=tags, tag=tag)


def question(site: Site, request: Request) -> Response:
    """The form of a question and its answer; with `format` the answer as a file, with `plain` a page of it alone."""
    query = _query(site, request)
    values = _values(query, request)
    form = request.first("format") or _negotiated(request)
    wrong = problem(site.kg, query, values)
    if wrong and (form or not request.wants_html):
        raise wrong.error
    if wrong:
        return _page(site, request, query, fields(site.kg, query, values), wrong=wrong)
    if form:
        return _file(site, query, values, form)
    # One proof of a row is enough to read; files have the others.
    found = site.kg.ask_saved(query.name, values, cite=query.form == "SELECT", derivations=1, limit=LIMIT)
    return _page(site, request, query, fields(site.kg, query, values), values, found)


def suggest(site: Site, request: Request) -> Response:
    """What may be meant by the words in a field (`parameter`, `q`), as `static/suggest.js` reads it."""
    parameter = _query(site, request).parameter(request.first("parameter"))
    words = request.first("q")
    found = suggestions(site.kg, words, parameter.type) if parameter.type not in LITERALS else []
    return Response.json({"suggestions": found})


def _query(site: Site, request: Request) -> SavedQuery:
    name = request.names["name"]
    if name not in site.kg.queries:
        near = site.kg.search(name.replace("-", " "), ["query"], limit=3).hits
        raise NotFoundError("question", name, [hit.id for hit in near], hint="/questions lists all of them")
    return site.kg.queries[name]


def _values(query: SavedQuery, request: Request) -> dict[str, list[str]]:
    """What was given for each parameter. Raises `BadRequest` for a parameter that the query does not have."""
    known = {parameter.name for parameter in query.parameters}
    for name, value in request.query:
        if name not in known and name not in _OURS and value.strip():
            there = f"there are {', '.join(sorted(known))}" if known else "it has none"
            raise BadRequest(f"the question has no parameter {name!r}", hint=there)
    return {p.name: list(dict.fromkeys(given)) for p in query.parameters if (given := request.every(p.name))}


def _negotiated(request: Request) -> str:
    """The format that a program asks for by Accept; JSON if it takes anything."""
    if request.wants_html:
        return ""
    for form, media in writing.MEDIA.items():
        if media.partition(";")[0] in request.accept:
            return form
    return "json"


def _page(
    site: Site,
    request: Request,
    query: SavedQuery,
    form: Sequence[FormField],
    values: Mapping[str, list[str]] | None = None,
    found: AnyAnswer | None = None,
    wrong: Problem | None = None,
) -> Response:
    plain = bool(request.first("plain"))
    view = query.view if isinstance(found, Answer) else None
    shown = None
    if isinstance(found, Answer):
        shown = table(found, request.first("sort"), request.number("page", 1, 1, 1_000_000))
    empty = isinstance(found, Answer) and not len(found) and not query.empty
    given = values or {}
    more: dict[str, Any] = {
        "query": query,
        "fields": form,
        "given": given,
        "found": found,
        "table": shown,
        "wrong": wrong,
        "try_out": _tried(site, query) if empty and query.parameters else "",
        "files": _files(request, found),
        "ways": _ways(site, request, query, given) if found is not None and not plain else (),
        "picture": _picture(site, query, found) if view and view.kind in charts.DRAWN else "",
        "grouped": grouped(found, view) if view and view.kind == "list" and isinstance(found, Answer) else (),
        "drawn": [(form, _chart_address(request, query, form)) for form in painting.FORMS],
        "kind": type(found).__name__ if found is not None else "",
    }
    status = 200 if wrong is None else 404 if isinstance(wrong.error, NotFoundError) else 400
    return site.page(request, "answer.html" if plain else "question.html", status=status, **more)


def _file(site: Site, query: SavedQuery, values: Mapping[str, list[str]], form: str) -> Response:
    """The answer as a file of one of the formats, or as an answer card."""
    if form != CARD:
        writing.known(form)
    kg, rows = site.kg, query.form == "SELECT"
    found = kg.ask_saved(query.name, values, cite=rows and form != "table", derivations=DERIVATIONS, limit=LIMIT)
    text = kg.text(query.name, values, _said)
    if form == CARD:
        if not isinstance(found, Answer):
            raise BadRequest("only rows have an answer card", hint="take json")
        made = {"name": query.name, "parameters": dict(values)}
        body, media = dumped(cards.make(kg, text, found, DERIVATIONS, made)), "application/json"
    else:
        body = writing.content(found, form, asked=of_question(kg, query, values, text, found.remarks))
        media = writing.MEDIA[form]
    how = "inline" if form in _SHOWN else "attachment"
    name = f"{query.name}.{_SUFFIX.get(form, form)}"
    return Response(body, media, headers=(("Content-Disposition", f'{how}; filename="{name}"'),))


def _files(request: Request, found: AnyAnswer | None) -> list[tuple[str, str]]:
    """Name and address of each format that holds the answer."""
    if isinstance(found, Answer):
        forms = ["xlsx", "docx", "csv", "tsv", "json", "md", "table", CARD]
    elif isinstance(found, Truth):
        forms = ["table", "json", "md"]
    else:
        forms = ["ttl", "jsonld", "nt"] if found is not None else []
    return [(_NAMES[form], request.address(format=form, plain=None, sort=None, page=None)) for form in forms]


def _ways(site: Site, request: Request, query: SavedQuery, values: Mapping[str, list[str]]) -> tuple[Snippet, ...]:
    """The same question as SPARQL, for curl, on the command line and in Python."""
    pairs = [(name, one) for name, given in values.items() for one in given]
    address = f"{request.base}/questions/{quote(query.name)}?{urlencode([*pairs, ('format', 'csv')])}"
    typed = "".join(f" -p {shlex.quote(f'{name}={one}')}" for name, one in pairs)
    cite = " --cite" if query.form == "SELECT" else ""
    given = f", { ({name: one[0] if len(one) == 1 else one for name, one in values.items()})!r}" if values else ""
    called = f'kg.query("{query.name}"{given}{", cite=True" if cite else ""})'
    return (
        Snippet("SPARQL", site.kg.text(query.name, values, _said)),
        Snippet("curl", f"curl -sS {shlex.quote(address)}"),
        Snippet("Command line", f"gbkg query {query.name}{typed}{cite}"),
        Snippet("Python", f"import gbkg\n\nkg = gbkg.open()\nanswer = {called}\nprint(answer)"),
    )


def _scene(site: Site, query: SavedQuery, found: AnyAnswer | None) -> Scene | None:
    """The picture of an answer; None where it has none, or to look up what it needs in so large a graph takes long."""
    view = query.view
    if not isinstance(found, Answer) or view is None or view.kind not in charts.DRAWN:
        return None
    if len(found) > DRAWN or (view.kind != "bar" and not site.kg.store.scannable):
        return None
    try:
        return charts.place(site.kg, found, view, query.summary)
    except GbkgError:  # no row has anything to draw, as the table shows
        return None


def _picture(site: Site, query: SavedQuery, found: AnyAnswer | None) -> Markup:
    scene = _scene(site, query, found)
    return Markup(painting.svg(scene, f"Chart: {query.summary}", href)) if scene else Markup("")


def _chart_address(request: Request, query: SavedQuery, form: str) -> str:
    given = [(name, value) for name, value in request.query if name not in _OURS]
    return f"/questions/{quote(query.name)}/chart.{form}" + (f"?{urlencode(given)}" if given else "")


def chart(site: Site, request: Request) -> Response:
    """The picture of an answer as a file: SVG, or PNG for print."""
    query = _query(site, request)
    form = request.path.rpartition(".")[2]
    found = site.kg.ask_saved(query.name, _values(query, request), cite=True, limit=LIMIT)
    scene = _scene(site, query, found)
    if scene is None:
        raise NotFoundError("chart", query.name, hint="there is nothing in this answer to draw")
    head = (("Content-Disposition", f'inline; filename="{query.name}.{form}"'),)
    return Response(painting.paint(scene, form), MEDIA[form], headers=head)


def _said(_: str) -> None:
    """The remarks of the answer say what a name was taken for."""


def _tried(site: Site, query: SavedQuery) -> str:
    """The address of the question with values that have an answer; empty if none was found."""
    values = example(query, site.kg)
    return f"/questions/{quote(query.name)}?{urlencode(values)}" if values else ""


def _tags(queries: Mapping[str, SavedQuery]) -> list[str]:
    """The subjects, those of the most questions first."""
    counts: dict[str, int] = {}
    for one in queries.values():
        for tag in one.tags:
            counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


ROUTES = (
    Route("/questions", gallery),
    Route("/questions/{name}", question, seconds=30.0),
    Route("/questions/{name}/suggest", suggest),
    *(Route(f"/questions/{{name}}/chart.{form}", chart, seconds=30.0) for form in painting.FORMS),
)
