"""The documents: a list of them, each from beginning to end with what stands behind its sentences, and what the
curators hold against them or have still to settle, quotations side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from gbkg.ask import sidebyside
from gbkg.ask.citation import reference
from gbkg.ask.disputes import KINDS, PLURALS, USUAL, Dispute, DisputedClaim, heading, misprints
from gbkg.ask.sidebyside import CLOSE, OPEN
from gbkg.core.errors import GbkgError
from gbkg.core.records import REASONS, Passage
from gbkg.core.text import oneline
from gbkg.render.show import absent
from gbkg.web.messages import Request, Response
from gbkg.web.site import Route, Site
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


MEANINGS = {
    "proposal": "Claims that differ, and that nobody has settled yet",
    "inconsistency": "Printed figures that cannot all be right, with the arithmetic",
    "correction": "Misprints, with what is meant",
    "comparison": "Claims that seem to differ, and why",
    "check": "Figures that agree with one another",
    "ambiguity": "Words that can be read in more than one way",
    "identity": "Whether two names mean one thing",
    "gap": "Tables and figures that are lost",
}
"""What there is of each kind."""


def listed(site: Site, request: Request) -> Response:
    """All disputes, or those that touch an `entity`, of the kinds that are asked for (`kind`)."""
    about = request.first("entity")
    found = site.kg.disputes(about, request.every("kind") or (KINDS if about else USUAL))
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    counts = {kind: sum(one.kind == kind for one in found.near) for kind in KINDS}
    values: dict[str, Any] = {
        "found": found,
        "about": about,
        "counts": {kind: count for kind, count in counts.items() if count},
        "groups": [(kind, [one for one in found.found if one.kind == kind]) for kind in found.kinds if counts[kind]],
        "plurals": PLURALS,
        "meanings": MEANINGS,
        "title": title,
    }
    return site.page(request, "disputes.html", **values)


def dispute(site: Site, request: Request) -> Response:
    """One dispute. Raises `NotFoundError` with near names."""
    found = site.kg.disputes(f"cur:{request.names['name']}")
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    (one,) = found.found
    values: dict[str, Any] = {
        "one": one,
        "title": title(one),
        "meaning": MEANINGS[one.kind],
        "fields": [(name, text.replace(f"marked {OPEN}…{CLOSE}", "marked")) for name, text in sidebyside.fields(one)],
        "groups": sidebyside.claim_groups(one),
        "arithmetic": sidebyside.arithmetic(one),
        "pieces": pieces,
        "printed": _printed,
    }
    return site.page(request, "dispute.html", **values)


def title(one: Dispute) -> str:
    """What is disputed, in one line."""
    return heading(one).rpartition("  [")[0]


def pieces(one: Dispute, passage: Passage) -> Iterable[tuple[str, bool]]:
    """The quotation in pieces, each with whether it is misprinted."""
    at = 0
    for start, end in misprints(one, passage):
        if start < at:  # a misprint that overlaps itself is marked once
            continue
        yield from [(passage.exact[at:start], False)] * (start > at)
        yield passage.exact[start:end], True
        at = end
    yield from [(passage.exact[at:], False)] * (at < len(passage.exact))


def _printed(disputed: DisputedClaim) -> str:
    """How the number of a claim is printed, and what its digits stand for; empty if there is nothing to say."""
    quantity, allowed = disputed.claim.quantity, disputed.allowed
    if quantity is None or (quantity.value is None and allowed is None):
        return ""
    exact = allowed is not None and allowed.low == allowed.high
    said = f"; taken as exactly {disputed.range}" if exact else f"; its digits stand for {disputed.range}"
    return f"printed “{oneline(quantity.text)}”{said if allowed is not None else ''}"


ROUTES = (
    Route("/sources", sources),
    Route("/source/{slug}", source),
    Route("/disputes", listed, seconds=30),
    Route("/disputes/{name}", dispute, seconds=30),
)
