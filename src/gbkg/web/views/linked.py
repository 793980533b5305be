"""Linked Data: the address of a thing leads to the documents about it, each in one format, by what the client accepts
(Cool URIs for the Semantic Web, https://www.w3.org/TR/cooluris/, section 4.2: 303 URIs).

`/id/SLUG` is the entity, `/id/SLUG.html` the page, `/id/SLUG.ttl` the data; claims, passages, sources, curation, saved
queries, rules and inferences likewise. The paths are those of the IRIs, so that one redirection of the whole namespace
to a server makes every IRI resolve.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import quote, urlencode

from pyoxigraph import NamedNode

from gbkg.core import nquads
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import BASE, OWN, PREFIXES, full
from gbkg.core.terms import node, term
from gbkg.evidence.described import described
from gbkg.web.messages import NotAcceptable, Refused, Request, Response, choose
from gbkg.web.site import Route, Site, routes
from gbkg.web.views.home import dataset_described
from gbkg.web.views.sparql import TRIPLES, document, serialized

KINDS = {
    "id": "entity",
    "source": "source",
    "claim": "claim",
    "passage": "passage",
    "curation": "node of curation",
    "query": "saved query",
    "rule": "rule",
    "inference": "inference",
}
"""The first segment of a thing's path, and what the thing is called."""
_PAGES = {
    "id": "/id/{}.html",
    "source": "/source/{}.html",
    "claim": "/claim/{}.html",
    "curation": "/disputes/{}",
    "query": "/questions/{}",
    "ontology": "/ontology.html",
}
"""Where the page about a thing is, if there is one."""
_DATA = {form.name: form for form in TRIPLES[:4]}
_PASSAGE = re.compile(r"(?P<source>[\w-]+)\.(?P<start>\d+)-(?P<end>\d+)")
_ONTOLOGY = "ontology"


def thing(site: Site, request: Request) -> Response:
    """`/KIND/NAME`: 303 to the document that the client prefers. Raises `NotFoundError`, `NotAcceptable`."""
    kind, name = _named(request)
    if not _exists(site, _node(kind, name)):
        raise _missing(site, kind, name)
    return _redirect(request, {**_page(kind, name), **_data(f"/{kind}/{quote(name)}")})


def data(site: Site, request: Request) -> Response:
    """`/KIND/NAME.ttl` and the like: what the graph says of a thing."""
    kind, name = _named(request)
    name, _, ending = name.rpartition(".")
    if kind == "claim" and "." not in name:  # a claim of this name, since every claim's has a point in it
        return thing(site, request)
    about = _node(kind, name)
    found = described(site.kg.store, about) if about else ()
    if not found or about is None:
        raise _missing(site, kind, name)
    form = _DATA[ending]
    links = _links({**_page(kind, name), **_data(f"/{kind}/{quote(name)}")}, besides=form.type)
    link = f'<{about.value}>; rel="describes", {links}'
    return Response(serialized(found, form), form.content_type, headers=(("Link", link),))


def ontology(site: Site, request: Request) -> Response:  # noqa: ARG001
    """`/ontology`, which all terms share: 303 to the page or the data."""
    return _redirect(request, {**_page(_ONTOLOGY, ""), **_data(f"/{_ONTOLOGY}")})


def ontology_data(site: Site, request: Request) -> Response:
    """`/ontology.ttl` and the like: classes, properties, indicators and closed lists."""
    form = _DATA[request.path.rpartition(".")[2]]
    quads = site.kg.store.quads(None, None, None, term("graph:ontology"))
    triples = nquads.ordered(quad.triple for quad in quads)
    return Response(serialized(triples, form), form.content_type)


def dataset(site: Site, request: Request) -> Response:  # noqa: ARG001
    """`/dataset`, the graph as a whole: 303 to what it says of itself."""
    return Response.redirect("/.well-known/void")


def void(site: Site, request: Request) -> Response:
    """`/.well-known/void`: the dataset about itself (https://www.w3.org/TR/void/, section 7.2)."""
    return document(dataset_described(site.kg.store, request.base), request)


def _named(request: Request) -> tuple[str, str]:
    """Kind and name of the thing, from the path."""
    _, kind, name = request.path.split("/", 2)
    return kind, name


def _node(kind: str, name: str) -> NamedNode | None:
    """The IRI of a thing; None for a name that no IRI can have."""
    own = next((prefix for prefix, part in OWN.items() if part == f"{kind}/"), "")
    return node(full(f"<{PREFIXES[own] if own else f'{BASE}{kind}/'}{name}>"))


def _exists(site: Site, about: NamedNode | None) -> bool:
    return about is not None and any(True for _ in site.kg.store.quads(about))


def _missing(site: Site, kind: str, name: str) -> NotFoundError:
    near: list[str] = []
    if kind in ("id", "source", "claim"):
        found = site.kg.find(name.replace("-", " ") if kind == "id" else name, KINDS[kind])
        near = [candidate.short for candidate in found.candidates[:3]]
    return NotFoundError(KINDS[kind], name[:200], near, hint="" if near else "search finds names and words")


def _page(kind: str, name: str) -> dict[str, str]:
    """The page about a thing, by media type; of a passage it is that of its source, at the passage."""
    if kind == "passage":
        found = _PASSAGE.match(name)
        if found is None or "source" not in _pages():
            return {}
        return {"text/html": "/source/{source}.html?span={start}-{end}#{start}-{end}".format(**found.groupdict())}
    if kind not in _pages():
        return {}
    return {"text/html": _PAGES[kind].format(quote(name.partition("/")[0]))}  # of a query's parameter that of the query


@cache
def _pages() -> frozenset[str]:
    """The kinds of things that there are pages about."""
    patterns = {kind: re.compile(re.escape(page).replace(r"\{\}", r"\{\w+\}")) for kind, page in _PAGES.items()}
    paths = [route.path for route in routes()]
    return frozenset(kind for kind, pattern in patterns.items() if any(map(pattern.fullmatch, paths)))


def _data(path: str) -> dict[str, str]:
    """The documents of data, by media type."""
    return {form.type: f"{path}.{name}" for name, form in _DATA.items()}


def _redirect(request: Request, documents: dict[str, str]) -> Response:
    alternates = (("Link", _links(documents)),)
    try:
        best = choose(request.accept, list(documents))
    except NotAcceptable as none:
        listed = ", ".join(f"{address} ({type})" for type, address in documents.items())
        raise Refused(406, none.message, hint=f"there is {listed}", headers=alternates) from None
    asked = (
        f"?{urlencode(request.query)}" if request.query and best == "text/html" and "?" not in documents[best] else ""
    )
    return Response.redirect(documents[best] + asked, headers=alternates)


def _links(documents: dict[str, str], besides: str = "") -> str:
    """The documents as alternates (RFC 8288)."""
    return ", ".join(
        f'<{address}>; rel="alternate"; type="{type}"' for type, address in documents.items() if type != besides
    )


def _routes() -> Iterator[Route]:
    views: tuple[tuple[str, Callable[[Site, Request], Response]], ...] = tuple((f".{name}", data) for name in _DATA)
    for kind in KINDS:
        for ending, view in (*views, ("", thing)):
            yield Route(f"/{kind}/{{name{':path' if kind == 'query' else ''}}}{ending}", view)
    for name in _DATA:
        yield Route(f"/{_ONTOLOGY}.{name}", ontology_data)
    yield Route(f"/{_ONTOLOGY}", ontology)
    yield Route("/dataset", dataset)
    yield Route("/.well-known/void", void)


ROUTES = tuple(_routes())
