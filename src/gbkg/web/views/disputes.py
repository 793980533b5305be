"""What the curators hold against the documents, and what is still to be settled: quotations side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gbkg.ask.disputes import KINDS, PLURALS, USUAL, Dispute, DisputedClaim, misprints, sidebyside
from gbkg.ask.disputes.dispute import heading
from gbkg.ask.disputes.sidebyside import CLOSE, OPEN
from gbkg.core.records import Passage
from gbkg.core.text import oneline
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site

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


ROUTES = (Route("/disputes", listed, seconds=30), Route("/disputes/{name}", dispute, seconds=30))
