"""Everything that the graph has on one entity or one claim, with the sentences behind it; and why a statement holds,
or what it lacks."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup
from pyoxigraph import NamedNode

from gbkg.ask import statements
from gbkg.ask.citation import FORMS
from gbkg.ask.resolve import resolve
from gbkg.ask.show import EntityPage
from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import PREFIXES
from gbkg.render.draw import inline, small
from gbkg.render.export import schemaorg
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.profile import charts, profile
from gbkg.web.site import Route, Site, href

MOST = 120
"""Claims, and inferred relations, of one page."""
FOLDED = 10
"""Things of one kind of relation that stand open; more are folded."""


def entity(site: Site, request: Request) -> Response:
    """The page of an entity. Raises `NotFoundError` with near names."""
    found = site.kg.show(f"id:{request.names['slug']}", MOST)
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    page, ordered = found.page, profile(site.kg, found.page)
    values: dict[str, Any] = {
        "page": page,
        "iri": PREFIXES["id"] + page.entity.slug,
        "profile": ordered,
        "charts": [(one, picture(one.scene, one.title)) for one in charts(site.kg, ordered)],
        "near": _near(site, page),
        "folded": FOLDED,
        "schema": _schema(site, page),
    }
    return site.page(request, "entity.html", **values)


def picture(scene: Any, label: str) -> Markup:
    """A picture within a page, its nodes linked to their pages."""
    return Markup(inline.svg(scene, label, href))


def _near(site: Site, page: EntityPage) -> tuple[Markup, int] | None:
    found = small.neighbourhood(site.kg, page)
    return (picture(found[0], f"What {page.entity.label} is related to"), found[1]) if found else None


def _schema(site: Site, page: EntityPage) -> Markup:
    """The entity as schema.org JSON-LD, so that no text in it can end the element that holds it."""
    iri = PREFIXES["id"] + page.entity.slug
    claims = [PREFIXES["clm"] + claim.key for one in page.statements if one.subject == iri for claim in one.evidence]
    text = json.dumps(schemaorg.one(site.kg, iri, claims), ensure_ascii=False, indent=1)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


TYPES = {
    "text": "text/plain; charset=utf-8",
    "bibtex": "text/plain; charset=utf-8",
    "csl": "application/json",
    "annotation": "application/json",
}
"""The media types of the forms of a citation; a browser shows all of them."""
NAMES = {"text": "Words", "bibtex": "BibTeX", "csl": "CSL-JSON", "annotation": "Web Annotation"}


def claim(site: Site, request: Request) -> Response:
    """The page of a claim; with `format` one form of its citation, or `json` for all. Raises `NotFoundError`."""
    node = resolve(site.kg.labels, f"clm:{request.names['key']}", "claim")
    form = request.first("format")
    if form:
        return _cited(site, node, form)
    found = statements.claim_page(site.kg.records, site.kg.evidence, node)
    citation = site.kg.citation(found.evidence)
    values: dict[str, Any] = {
        "found": found,
        "forms": [(name, NAMES[name], citation.form(name)) for name in FORMS],
    }
    return site.page(request, "claim.html", **values)


def _cited(site: Site, node: NamedNode, form: str) -> Response:
    citation = site.kg.citation(site.kg.evidence.claim(node))
    if form == "json":
        return Response.json(citation.to_dict())
    if form not in FORMS:
        raise BadRequest(f"no form of a citation is called {form[:40]!r}", hint=f"there are {', '.join(FORMS)}, json")
    return Response(citation.form(form).encode("utf-8", "backslashreplace"), TYPES[form])


def why(site: Site, request: Request) -> Response:
    """A form for subject, predicate and object (`s`, `p`, `o`, as `gbkg why` takes them), and the answer to it."""
    s, p, o = (request.first(name) for name in "spo")
    values: dict[str, Any] = {"s": s, "p": p, "o": o, "found": None, "fault": None}
    if s and p and o:
        try:
            values["found"] = site.kg.why(s, p, o)
        except GbkgError as error:
            if not request.wants_html or request.first("format") == "json":
                raise
            values["fault"] = error
    if values["found"] is not None and request.first("format") == "json":
        return Response.json(values["found"].to_dict())
    return site.page(request, "why.html", status=404 if values["fault"] else 200, **values)


ROUTES = (
    Route("/id/{slug}", entity),
    Route("/claim/{key}", claim),
    Route("/why", why),
)
