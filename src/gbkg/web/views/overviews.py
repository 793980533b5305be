"""Pages over many things: what happened when, each date with its sentences; and for print the policies with issuer,
area, amount, date and source, the parks and other sites by place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pyoxigraph import NamedNode

from gbkg.ask.answers import Answer
from gbkg.ask.cells import words
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.terms import Term
from gbkg.evidence.proofs import ClaimEvidence, Proof, Quotation, claims, doubted
from gbkg.render.draw import dates, painting, timeline
from gbkg.render.draw.dates import Dated
from gbkg.web.messages import Request, Response
from gbkg.web.site import Route, Site, href

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
        "drawn": _drawn(site, shown, about),
    }
    return site.page(request, "timeline.html", **values)


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
    """The picture of `gbkg draw timeline`, unless it would be too long."""
    if not found or len(found) > DRAWN:
        return None
    scene = timeline.place(site.kg, found, timeline.titled(site.kg, about, any(dated.statistic for dated in found)))
    return Markup(painting.svg(scene, scene.title, href))


POLICIES, PARKS = "policy-profile", "park-profile"
"""The saved queries of the two profiles."""
_LOCATED, _SOURCE = "located in", "source"


@dataclass(frozen=True, slots=True)
class AspectValue:
    """One value of an aspect: the words, the term that has a page, a note, and the proof."""

    text: str
    term: Term | None
    beside: str
    proof: Proof

    @property
    def doubted(self) -> bool:
        """Whether curation puts a claim behind it in doubt."""
        return any(doubted(claim.curation) for claim in claims(self.proof).values())


@dataclass(frozen=True, slots=True)
class Cited:
    """A document of a profile: its number on the page, and the quotations in it, in its order."""

    number: int
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said of one thing, by aspect in the order of the query."""

    term: Term
    name: str
    kind: str
    aspects: dict[str, list[AspectValue]]
    sources: tuple[Cited, ...]


def policies(site: Site, request: Request) -> Response:
    """A table of the policies."""
    found = _asked(site, POLICIES)
    numbers: dict[str, int] = {}
    rows = [_profile(found, rows, numbers, "how", "kind") for rows in _by_first(found)]
    return _page(site, request, "profile_policies.html", POLICIES, found, numbers, profiles=rows)


def parks(site: Site, request: Request) -> Response:
    """The parks and other sites, by the innermost place in which they lie; those of which no place is said last."""
    found = _asked(site, PARKS)
    numbers: dict[str, int] = {}
    groups: dict[str, tuple[AspectValue | None, list[Overview]]] = {}
    for rows in _by_first(found):
        made = _profile(found, rows, numbers, "corrected", "")
        place = next(iter(made.aspects.pop(_LOCATED, ())), None)
        groups.setdefault(place.text if place else "", (place, []))[1].append(made)
    ordered = sorted(groups.values(), key=lambda group: (group[0] is None, group[0].text if group[0] else ""))
    return _page(site, request, "profile_parks.html", PARKS, found, numbers, groups=ordered)


def _asked(site: Site, name: str) -> Answer:
    if name not in site.kg.queries:
        raise NotFoundError("profile", name, hint="this project has no saved query of that name")
    found = site.kg.ask_saved(name, cite=True, derivations=1)
    assert isinstance(found, Answer)
    return found


def _page(
    site: Site, request: Request, template: str, query: str, found: Answer, numbers: dict[str, int], **more: Any
) -> Response:
    sources = [site.source(slug) for slug in numbers]
    return site.page(request, template, query=query, remarks=found.remarks, sources=sources, **more)


def _by_first(found: Answer) -> Iterable[Sequence[int]]:
    """The places of rows that are about one thing, the first column, in the order of their first."""
    groups: dict[Term | None, list[int]] = {}
    for at, row in enumerate(found.rows):
        groups.setdefault(row[0], []).append(at)
    return groups.values()


def _profile(found: Answer, rows: Sequence[int], numbers: dict[str, int], beside: str, kind: str) -> Overview:
    """The profile that these rows make; `beside` names the column of what stands beside the words, `kind` the one that
    is the thing's kind."""
    assert found.proofs is not None
    aspects: dict[str, list[AspectValue]] = {}
    first = found[rows[0]]
    for at in rows:
        row = found[at]
        named = row["entityName"] or row["stated"]
        if named is None:
            continue
        note = words(row[beside]) if row[beside] is not None else ""
        part = AspectValue(words(named), row["entity"], note, found.proofs[at])
        aspects.setdefault(words(row["aspect"]), []).append(part)
    name = next(words(first[column]) for column in found.columns if column.endswith("Name"))
    said = {aspect: parts for aspect, parts in aspects.items() if aspect != _SOURCE} or aspects
    proofs = [part.proof for parts in said.values() for part in parts]
    shown = words(first[kind]) if kind and first[kind] is not None else ""
    return Overview(first[found.columns[0]], name, shown, said, _cited(proofs, numbers))


def _cited(proofs: Iterable[Proof], numbers: dict[str, int]) -> tuple[Cited, ...]:
    """The documents behind proofs; a new one gets the next number."""
    quoted = {one for proof in proofs for claim in claims(proof).values() for one in claim.quotations}
    by_source: dict[str, list[Quotation]] = {}
    for one in sorted(quoted, key=lambda one: (one.source, one.start, one.end)):
        by_source.setdefault(one.source, []).append(one)
    return tuple(
        Cited(numbers.setdefault(source, len(numbers) + 1), tuple(several)) for source, several in by_source.items()
    )


ROUTES = (
    Route("/timeline", listed, seconds=20),
    Route("/profiles/policies", policies, seconds=30.0),
    Route("/profiles/parks", parks, seconds=30.0),
)
