"""What views work with: one version of the graph, its documents if they are available, and pages made of templates; and
the routes of the server."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import jinja2
import pyoxigraph as ox
from jinja2.runtime import Context
from markupsafe import Markup, escape

from gbkg import knowledge
from gbkg.ask.cells import amount, words
from gbkg.ask.citation import Reference
from gbkg.ask.opened import made_from
from gbkg.core import __version__
from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError, QueryLimitError, ServerError
from gbkg.core.prefixes import PREFIXES, full, shorten, spaced
from gbkg.core.text import counted, listed, safe
from gbkg.documents import sources as registry
from gbkg.documents.sources import Library, collect
from gbkg.knowledge import KnowledgeGraph
from gbkg.store.remote import Remote
from gbkg.web.messages import HTML, PROBLEM, BadRequest, Refused, Request, Response, TooBusy
from gbkg.web.question import table

STATIC = Path(__file__).parent / "static"
_PLACES = {
    "id": "/id/",
    "src": "/source/",
    "clm": "/claim/",
    "cur": "/disputes/",
    "query": "/questions/",
    "gbkg": "/ontology.html#",
}
"""Prefix to where the things under it have their pages."""


@cache
def environment() -> jinja2.Environment:
    """The environment of Jinja: everything is escaped, and an undefined name is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("gbkg.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.filters |= {
        "name": name, "href": href, "link": link, "figure": figure, "static": static, "counted": counted,
        "listed": listed, "shorten": shorten, "spaced": spaced, "tabulated": table,
    }  # fmt: skip
    return made


def render(template: str, **values: Any) -> bytes:
    """A template with its values."""
    return environment().get_template(template).render(values).encode("utf-8", "backslashreplace")


@cache
def static(name: str) -> str:
    """The address of a static file. It changes with the content, so that browsers may cache it for ever."""
    path = STATIC / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
    return f"/static/{name}" + (f"?v={digest}" if digest else "")


def figure(number: Any) -> str:
    """A number as people write it.

    >>> figure(11022), figure("2258935000000")
    ('11,022', '2,258.935 billion')
    """
    return amount(str(number))


@jinja2.pass_context
def name(context: Context, thing: Any) -> str:
    """What a term is called: its label, else prefix:name; a literal in words. Also of an IRI or a prefixed name."""
    term = _term(thing)
    if isinstance(term, ox.NamedNode):
        return str(context["site"].kg.label(term))
    return words(term) if isinstance(term, ox.Literal) else str(thing)


def href(thing: Any) -> str:
    """The address here of one of our IRIs (or prefixed names); empty if it has none."""
    term = _term(thing)
    if not isinstance(term, ox.NamedNode):
        return ""
    for prefix, place in _PLACES.items():
        if term.value.startswith(PREFIXES[prefix]):
            ending = (
                ".html" if prefix in ("id", "src", "clm") else ""
            )  # the page itself, not the thing that leads to it
            return place + quote(term.value.removeprefix(PREFIXES[prefix]), safe="-._~") + ending
    return ""


@jinja2.pass_context
def link(context: Context, thing: Any) -> Markup:
    """The name of a term, as a link if it has a page here."""
    shown, target = name(context, thing), href(thing)
    return Markup('<a href="{}">{}</a>').format(target, safe(shown)) if target else escape(safe(shown))


def _term(thing: Any) -> Any:
    if isinstance(thing, str):
        iri = full(thing) if ":" in thing else None
        return ox.NamedNode(iri) if iri else thing
    return thing


def _visible(value: Any) -> Any:
    """What is printed of a value: control characters and marks that turn the direction of writing as escapes."""
    if isinstance(value, Markup):
        return value
    return safe(value) if isinstance(value, str) else "" if value is None else value


STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (NotFoundError, 404, "Not found"),
    (AmbiguousNameError, 404, "Several have this name"),
    (QueryLimitError, 503, "It took too long"),
    (TooBusy, 503, "Too busy"),
    (ServerError, 502, "The SPARQL server did not answer"),
    (BadRequest, 400, "This cannot be answered"),
    (GbkgError, 400, "This cannot be answered"),
)
"""Kind of error, its HTTP status (RFC 9110, section 15), and the heading of its page; the first that fits."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What is served: `project`, `place` as `gbkg.open` takes it, the folder of the documents, and the modules whose
    functions workers run: before workers are forked they are imported, and their functions `prepare` called."""

    project: Path
    place: Mapping[str, Any]
    sources: Path | None = None
    modules: tuple[str, ...] = ("gbkg.web.site",)


class Site:
    """One version of the graph, open. `version` tells it from others: 16 hexadecimal digits."""

    def __init__(self, kg: KnowledgeGraph, documents: Library | None = None) -> None:
        self.kg, self.documents = kg, documents

    @classmethod
    def open(cls, settings: ServerSettings) -> Site:
        """Raises what `gbkg.open` raises, and `SourceError` when the folder has none of the documents."""
        kg = knowledge.open(settings.project, **settings.place, timeout=60)
        folder = settings.sources
        return cls(kg, collect(folder, registry.read(kg.project).sources) if folder else None)

    @cached_property
    def version(self) -> str:
        """Of a graph on a server it is what the graph was made from: to read all of it would take too long."""
        made = made_from(self.kg.store)[1] if isinstance(self.kg.store, Remote) else ""
        return (made or self.kg.digest)[:16]

    @property
    def coverage(self) -> Mapping[str, Mapping[str, Any]]:
        """The counts of sentences by document, of the last build that had the documents; empty if none had."""
        with suppress(GbkgError):
            return self.kg.coverage().sources
        return {}

    def source(self, slug: str) -> Reference:
        """Title, authors, publishers and date of a document."""
        return self.kg.reference(slug)

    def warm(self) -> None:
        """Reads what the first answers need."""
        _ = self.version, self.kg.queries, self.kg.store.kinds, len(self.kg.store)
        self.kg.search("a", limit=1)
        if self.kg.store.small:
            _ = self.kg.evidence.index
            self.kg.disputes()

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page with the values that all pages have: `site`, `request`, `version`, `gbkg`."""
        common = {"site": self, "request": request, "version": self.version, "gbkg": __version__}
        return Response(render(template, **common, **values), HTML, status)


def failed(request: Request, error: Exception, version: str) -> Response:
    """The response to an error: a page for people, a problem document for programs (RFC 9457). It reveals nothing of
    the machine."""
    status, title = status_of(error)
    headers: tuple[tuple[str, str], ...] = (("Retry-After", "5"),) if status == 503 else ()
    if isinstance(error, Refused):
        headers = error.headers
    known = isinstance(error, GbkgError)
    message = _said(error) if isinstance(error, GbkgError) else "something went wrong here that was not foreseen"
    hint = error.hint if isinstance(error, GbkgError) and not error.hint.startswith("gbkg ") else ""  # a command
    near = tuple(getattr(error, "suggestions", ()) or getattr(error, "meant", ()))
    if not request.wants_html:
        problem = {"type": "about:blank", "title": title, "status": status, "detail": message}
        more = {"hint": hint} if hint else {}
        return Response.json(
            problem | more | ({"near": near} if near else {}), status=status, type=PROBLEM, headers=headers
        )
    values = {"title": title, "message": message, "hint": hint, "near": near, "known": known, "status": status}
    values["again"] = error.name.rpartition(":")[2] if isinstance(error, NotFoundError | AmbiguousNameError) else ""
    common = {"request": request, "version": version, "gbkg": __version__}
    return Response(render("error.html", **values, **common), HTML, status, headers)


def status_of(error: Exception) -> tuple[int, str]:
    """The HTTP status of an error, and the heading of its page."""
    if isinstance(error, Refused):
        return error.status, HTTPStatus(error.status).phrase
    found = ((status, title) for kind, status, title in STATUS if isinstance(error, kind))
    return next(found, (500, "Our fault"))


def _said(error: GbkgError) -> str:
    """The message with line and column, without the name of a file, which may be a path of this machine."""
    where = ":".join(str(part) for part in (error.line, error.column) if part is not None)
    return f"line {where}: {error.message}" if where else error.message


PageFunction = Callable[[Site, Request], Response]
MODULES = (
    "sparql",
    "api",
    "reconcile",
    "home",
    "document",
    "search",
    "questions",
    "overviews",
    "explore",
    "entity",
    "linked",
)
"""The modules of `gbkg.web.views`, in the order in which their addresses are tried; `linked` is last, since the address
of a thing fits those of its documents too."""
_OF_THING = re.compile(r"/(id|source|claim)/\{\w+\}|/ontology")
LARGEST = 256_000_000
"""Bytes of the largest response."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address, with `{name}` for a segment and `{name:path}` for the rest of it; `seconds` is how long its view may
    take. What users typed themselves runs in the pool `queries`, our own functions in `pages`."""

    path: str
    view: PageFunction
    methods: Sequence[str] = ("GET",)
    pool: Literal["pages", "queries"] = "pages"
    seconds: float = 10.0


@cache
def routes() -> tuple[Route, ...]:
    """All routes. They are known by their place in this tuple, in the server and in its workers alike."""
    found = {name: import_module(f"gbkg.web.views.{name}").ROUTES for name in MODULES}
    return tuple(route if name == "linked" else _document(route) for name in MODULES for route in found[name])


def prepare(site: Site) -> None:
    """Loads what the first answers need; the parent of the workers does it before it forks them. If something fails,
    the page that needs it will say so."""
    routes()
    made = environment()
    for name in made.list_templates():
        made.get_template(name)
    for name in MODULES:
        view = import_module(f"gbkg.web.views.{name}")
        if hasattr(view, "prepare"):
            with suppress(GbkgError):
                view.prepare(site)


def _document(route: Route) -> Route:
    """The route of a page. A page about a thing is one of the documents about it, to which the thing's own address
    leads (`gbkg.web.views.linked`): the page of `/id/SLUG` is at `/id/SLUG.html`."""
    return replace(route, path=f"{route.path}.html") if _OF_THING.fullmatch(route.path) else route


def answered(site: Site, number: int, request: Request) -> Response:
    """The response of the route with this number. An error gives a response, too, except `MemoryError`."""
    try:
        response = routes()[number].view(site, request)
        if len(response.body) > LARGEST:
            raise GbkgError(f"the answer has more than {LARGEST:,} bytes", hint="ask for less, with LIMIT for example")
        return response
    except MemoryError:
        raise
    except Exception as error:
        return failed(request, error, site.version)
