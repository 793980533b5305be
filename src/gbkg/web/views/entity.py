"""Everything that the graph has on one entity, each statement with the sentences behind it."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from gbkg.ask.show import EntityPage
from gbkg.core.prefixes import PREFIXES
from gbkg.render.draw import inline, near
from gbkg.render.export import schemaorg
from gbkg.web.charts import charts
from gbkg.web.messages import Request, Response
from gbkg.web.profile import profile
from gbkg.web.routes import Route
from gbkg.web.site import Site
from gbkg.web.templates import href

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
    found = near.place(site.kg, page)
    return (picture(found[0], f"What {page.entity.label} is related to"), found[1]) if found else None


def _schema(site: Site, page: EntityPage) -> Markup:
    """The entity as schema.org JSON-LD, so that no text in it can end the element that holds it."""
    iri = PREFIXES["id"] + page.entity.slug
    claims = [PREFIXES["clm"] + claim.key for one in page.statements if one.subject == iri for claim in one.evidence]
    text = json.dumps(schemaorg.one(site.kg, iri, claims), ensure_ascii=False, indent=1)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


ROUTES = (Route("/id/{slug}", entity),)
