"""What happened when, in the order of time, each date with its sentences."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from pyoxigraph import NamedNode

from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.literals import spoken
from gbkg.evidence.proofs import ClaimEvidence
from gbkg.render.draw import dates, inline, timeline
from gbkg.render.draw.dates import Dated
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site
from gbkg.web.templates import href

DRAWN = 40
"""Entries of the largest picture."""
SHOWN = 500
"""Entries of a page."""
KINDS = {"events": "what happened", "figures": "figures", "": "both"}
"""What there is to be shown, by the parameter `kind`."""


def listed(site: Site, request: Request) -> Response:
    """Everything dated, or what an `entity` has; events, figures (`kind`), or both; `what` is one kind of event or
    figure."""
    names, what = request.every("entity"), request.first("what")
    kind = request.first("kind", "" if names else "events")
    if kind not in KINDS:
        raise NotFoundError("kind of dates", kind[:40], known=[name for name in KINDS if name])
    remarks: list[str] = []
    about = [site.kg.entity(name, remarks.append) for name in names]
    found = _read(site, about, kind)
    whats = sorted({dated.what for dated in found if not dated.statistic})
    found = [dated for dated in found if not what or dated.what == what]
    shown = found[:SHOWN]
    evidence = site.kg.evidence.claims(NamedNode(claim) for dated in shown for claim in dated.claims)
    values: dict[str, Any] = {
        "entries": [(dated, _behind(dated, evidence)) for dated in shown],
        "more": len(found) - len(shown),
        "about": about,
        "remarks": remarks,
        "names": names,
        "kind": kind,
        "kinds": KINDS,
        "what": what,
        "whats": whats,
        "when": when,
        "drawn": _drawn(site, shown, about),
    }
    return site.page(request, "timeline.html", **values)


def when(dated: Dated) -> str:
    """The date in words: the source's own in quotation marks where it names no such day or month."""
    end = f"“{dated.words}”" if dated.words else spoken(dated.on)
    return f"{spoken(dated.since)} to {end}" if dated.since else end


def _read(site: Site, about: list[str], kind: str) -> list[Dated]:
    try:
        found = dates.read(site.kg, about, statistics=kind != "events")
    except GbkgError:  # nothing has a date
        return []
    return [dated for dated in found if not kind or dated.statistic == (kind == "figures")]


def _behind(dated: Dated, evidence: dict[str, ClaimEvidence]) -> list[ClaimEvidence]:
    keys = [claim.rpartition("/claim/")[2] for claim in dated.claims]
    return [evidence[key] for key in keys if key in evidence]


def _drawn(site: Site, found: list[Dated], about: list[str]) -> Markup | None:
    """The picture of `gbkg draw timeline`, unless it would be too long to be looked at."""
    if not found or len(found) > DRAWN:
        return None
    scene = timeline.place(site.kg, found, timeline.titled(site.kg, about, any(dated.statistic for dated in found)))
    return Markup(inline.svg(scene, scene.title, href))


ROUTES = (Route("/timeline", listed, seconds=20),)
