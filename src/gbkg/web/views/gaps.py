"""What is not known: content that is lost, sentences not read, what documents do not say; and how much is covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gbkg.ask.answers import Answer
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.records import REASONS
from gbkg.core.terms import Term
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site

UNSTATED = "not-stated-by-sources"
"""The saved query for what documents do not say of themselves, in projects that have it."""
TAGS = frozenset(("not-stated", "curation"))
"""The subjects of questions on what is not known."""


def gaps(site: Site, request: Request) -> Response:
    """What is lost, unread, not stated."""
    lost = site.kg.disputes(kinds=["gap"])
    if request.first("format") == "json":
        return Response.json(lost.to_dict())
    values: dict[str, Any] = {
        "lost": lost.found,
        "unstated": _unstated(site),
        "coverage": covered(site),
        "questions": [one for one in site.kg.queries.values() if "not-stated" in one.tags],
    }
    return site.page(request, "gaps.html", **values)


def coverage(site: Site, request: Request) -> Response:
    """Document by document, how much of it stands behind claims."""
    if request.first("format") == "json":
        return Response.json(site.kg.coverage().to_dict())
    values: dict[str, Any] = {"coverage": covered(site), "reasons": REASONS}
    return site.page(request, "coverage.html", **values)


def covered(site: Site) -> Mapping[str, Mapping[str, Any]]:
    """The coverage by document; empty if no build here had the documents."""
    try:
        return site.kg.coverage().sources
    except GbkgError:
        return {}


def _unstated(site: Site) -> dict[str, list[Term]]:
    """Id of a document to what it does not say of itself."""
    try:
        found = site.kg.ask_saved(UNSTATED)
    except NotFoundError:
        return {}
    assert isinstance(found, Answer)
    source, missing = found.columns.index("source"), found.columns.index("missing")
    said: dict[str, list[Term]] = {}
    for row in found.rows:
        if (what := row[missing]) is not None and (whose := row[source]) is not None:
            said.setdefault(whose.value.rpartition("/")[2], []).append(what)
    return said


ROUTES = (Route("/gaps", gaps, seconds=30), Route("/coverage", coverage))
