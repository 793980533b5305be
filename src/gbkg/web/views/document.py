"""The documents: a list of them, and each from beginning to end with what stands behind its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from gbkg.ask.citation import reference
from gbkg.core.errors import GbkgError
from gbkg.core.records import REASONS
from gbkg.render.document import absent
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site
from gbkg.web.spans import Layout, span

SHARES = {
    "claimed": "behind claims: its underlined words are quoted",
    "aside": "set aside, with the reason",
    "unread": "not read yet",
    "missing": "nothing stands behind it",
}
"""What a sentence may be, and what that means."""


SIGNS = {
    "correction": ("✎", "misprint", "a misprint, with what is meant"),
    "inconsistency": ("≠", "does not add up", "a figure that does not agree with others"),
    "proposal": ("⇄", "differs", "said differently elsewhere; nobody has settled it yet"),
    "comparison": ("⇄", "compared", "compared with what is said elsewhere"),
    "ambiguity": ("?", "ambiguous", "can be read in more than one way"),
    "gap": ("∅", "content is lost", "content of the document that is lost"),
    "check": ("✓", "checked", "a figure that agrees with others"),
}
"""The sign of each kind of dispute in the text, its name for those who hear the page, and what it means."""


def sources(site: Site, request: Request) -> Response:
    """All documents."""
    found = site.kg.sources()
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    listed = [(one, reference(site.kg.labels, one.id).text()) for one in found.sources]
    values: dict[str, Any] = {"listed": listed, "coverage": _coverage(site), "at_hand": _at_hand(site)}
    return site.page(request, "sources.html", **values)


def source(site: Site, request: Request) -> Response:
    """One document."""
    slug = request.names["slug"]
    found = site.kg.document(slug, site.documents)
    page = found.document
    if page.source.id != slug:
        return Response.redirect(f"/source/{page.source.id}.html")
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    layout = Layout(page, span(request.first("span"), page.source.length))
    values: dict[str, Any] = {
        "page": page,
        "layout": layout,
        "cited": reference(site.kg.labels, slug).text(),
        "shares": _shares(site, slug),
        "meanings": SHARES,
        "reasons": REASONS,
        "set_aside": [one for one in REASONS if one in {reason for part in page.parts for reason, _ in part.aside}],
        "signs": SIGNS,
        "absent": absent,
    }
    return site.page(request, "source.html", **values)


def _shares(site: Site, slug: str) -> Mapping[str, Any]:
    """How many sentences there are, and of each kind; of the last build that had the document. Empty if none had."""
    found = _coverage(site).get(slug)
    if not found:
        return {}
    aside = sum(found["set_aside"].values())
    left = found["sentences"] - found["claimed"] - aside - found["unread"]
    return {**found, "aside": aside, "missing": left}


def _coverage(site: Site) -> Mapping[str, Mapping[str, Any]]:
    with suppress(GbkgError):
        return site.kg.coverage().sources
    return {}


def _at_hand(site: Site) -> frozenset[str]:
    return frozenset(site.documents.files) if site.documents else frozenset()


ROUTES = (Route("/sources", sources), Route("/source/{slug}", source))
