"""The documents: a list of them, each from beginning to end with what stands behind its sentences, and what the
curators hold against them or have still to settle, quotations side by side.

A page has paragraphs of sentences, each in segments with what is true of every character of them. Offsets are code
points, 0-based and half-open.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gbkg.ask import sidebyside
from gbkg.ask.citation import reference
from gbkg.ask.disputes import KINDS, PLURALS, USUAL, Dispute, DisputedClaim, heading, misprints
from gbkg.ask.document import HEADING, Document, DocumentPart, Mark, QuotedClaim
from gbkg.ask.sidebyside import CLOSE, OPEN
from gbkg.core.records import REASONS, Passage
from gbkg.core.text import oneline
from gbkg.render.documents import absent
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.site import Route, Site

_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_BREAK = 3
"""Characters of a gap that may hold a full stop and the end of a line."""

Span = tuple[int, int]


def span(text: str, length: int) -> Span | None:
    """The offsets that are written as `4711-4790`; None for nothing. Raises `BadRequest` for anything else."""
    if not text:
        return None
    found = _SPAN.fullmatch(text)
    if not found or not int(found[1]) < int(found[2]) <= length:
        expected = f"start-end, two whole numbers of which the second is greater and at most {length}"
        raise BadRequest(f"the span {text[:40]!r} is not in this document", hint=f"write {expected}")
    return int(found[1]), int(found[2])


@dataclass(frozen=True, slots=True)
class TextSegment:
    """Characters that are alike: `quoted` by a claim, within the span that was asked for (`chosen`), within `marks`;
    `anchors` are the ids of what begins here, `ended` the marks that end here, the first of each kind."""

    start: int
    end: int
    text: str
    quoted: bool
    chosen: bool
    marks: tuple[Mark, ...]
    ended: tuple[Mark, ...]
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayoutPart:
    """A sentence, what stands between two, or a gap (`part.text` is None), with its segments; the `claims` whose number
    or object stands in it, by what they are about, the others that quote it, and the marks in it, each dispute once."""

    part: DocumentPart
    segments: tuple[TextSegment, ...]
    claims: tuple[tuple[QuotedClaim, ...], ...]
    others: tuple[QuotedClaim, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the document; a `heading` if all of it is read as one, whether claims quote it or not."""

    parts: tuple[LayoutPart, ...]
    heading: bool = field(default=False)


class DocumentLayout:
    """A document as its page shows it, with the span that is asked for."""

    def __init__(self, document: Document, chosen: Span | None = None) -> None:
        self.document, self.chosen = document, chosen
        self._by_key = {claim.key: claim for claim in document.claims}
        self._quoted = _merged(place for claim in document.claims for place in claim.passages)
        self._named = {place for claim in document.claims for place in claim.passages}
        self._named |= {(part.start, part.end) for part in document.parts if part.share}
        self._named |= {chosen} if chosen else set()
        self._begins: dict[int, list[str]] = {}
        for start, end in sorted(self._named):
            self._begins.setdefault(start, []).append(f"{start}-{end}")
        self._starts = sorted(self._begins)
        cuts = {at for place in self._named for at in place} | {at for mark in document.marks for at in _of(mark)}
        self._cuts = sorted(cuts)

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs, in order."""
        found: list[list[LayoutPart]] = [[]]
        for part in self.document.parts:
            ends = "\n" in part.text if part.text is not None else part.end - part.start >= _BREAK
            if ends and not part.share:
                found += [[self._part(part)], []] if part.text is None else [[]]
            else:
                found[-1].append(self._part(part))
        return [Paragraph(tuple(parts), _is_heading(parts)) for parts in found if parts]

    @property
    def missing(self) -> bool:
        """Whether no text of the requested span is available."""
        return self.chosen is not None and not any(
            part.text is not None and part.start < self.chosen[1] and self.chosen[0] < part.end
            for part in self.document.parts
        )

    def _part(self, part: DocumentPart) -> LayoutPart:
        groups: dict[str, list[QuotedClaim]] = {}
        others = []
        for claim in (self._by_key[key] for key in part.claims):
            if part.start <= claim.at < part.end:
                groups.setdefault(claim.subject, []).append(claim)
            else:
                others.append(claim)
        marks = [mark for mark in self.document.marks if mark.start < part.end and part.start < mark.end]
        once = {mark.name: mark for mark in marks} if part.share else {}
        segments = tuple(self._segments(part, marks))
        return LayoutPart(part, segments, tuple(map(tuple, groups.values())), tuple(others), tuple(once.values()))

    def _segments(self, part: DocumentPart, marks: Sequence[Mark]) -> Iterator[TextSegment]:
        if part.text is None:
            yield self._segment(part.start, part.end, "", ())
            return
        cuts = self._cuts[bisect_right(self._cuts, part.start) : bisect_left(self._cuts, part.end)]
        for start, end in zip([part.start, *cuts], [*cuts, part.end], strict=True):
            yield self._segment(start, end, part.text[start - part.start : end - part.start], marks)

    def _segment(self, start: int, end: int, text: str, near: Sequence[Mark]) -> TextSegment:
        marks = tuple(mark for mark in near if mark.start < end and start < mark.end)
        ended = {mark.kind: mark for mark in reversed(marks) if start < mark.end <= end}
        within = bisect_right(self._quoted, (start, 1 << 60)) - 1
        quoted = within >= 0 and self._quoted[within][1] >= end
        chosen = self.chosen is not None and self.chosen[0] < end and start < self.chosen[1]
        begun = bisect_left(self._starts, start)
        here = self._starts[begun : bisect_left(self._starts, end)] if text == "" else [start]
        anchors = tuple(one for at in here for one in self._begins.get(at, ()))
        return TextSegment(start, end, text, quoted, chosen, marks, tuple(ended.values()), anchors)


def _of(mark: Mark) -> Span:
    return mark.start, mark.end


def _merged(places: Iterator[Span]) -> list[Span]:
    """The places as spans that do not touch, in order."""
    made: list[Span] = []
    for start, end in sorted(places):
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((start, end))
    return made


def _is_heading(parts: Sequence[LayoutPart]) -> bool:
    sentences = [one.part for one in parts if one.part.share]
    return bool(sentences) and all(any(reason == HEADING for reason, _ in part.aside) for part in sentences)


SHARES = {
    "claimed": "behind claims: its underlined words are quoted",
    "aside": "set aside, with the reason",
    "unread": "not read yet",
    "missing": "nothing stands behind it",
}
"""The kinds of sentences, and what they mean."""


SIGNS = {
    "correction": ("✎", "misprint", "a misprint, with what is meant"),
    "inconsistency": ("≠", "does not add up", "a figure that does not agree with others"),
    "proposal": ("⇄", "differs", "said differently elsewhere; nobody has settled it yet"),
    "comparison": ("⇄", "compared", "compared with what is said elsewhere"),
    "ambiguity": ("?", "ambiguous", "can be read in more than one way"),
    "gap": ("∅", "content is lost", "content of the document that is lost"),
    "check": ("✓", "checked", "a figure that agrees with others"),
}
"""The sign of each kind of dispute in the text, its name for screen readers, and what it means."""


def sources(site: Site, request: Request) -> Response:
    """All documents."""
    found = site.kg.sources()
    if request.first("format") == "json":
        return Response.json(found.to_dict())
    listed = [(one, reference(site.kg.labels, one.id).text()) for one in found.sources]
    values: dict[str, Any] = {"listed": listed, "coverage": site.coverage, "at_hand": _at_hand(site)}
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
    layout = DocumentLayout(page, span(request.first("span"), page.source.length))
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
    found = site.coverage.get(slug)
    if not found:
        return {}
    aside = sum(found["set_aside"].values())
    left = found["sentences"] - found["claimed"] - aside - found["unread"]
    return {**found, "aside": aside, "missing": left}


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
"""What each kind of dispute is."""


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
        "fragments": fragments,
        "printed": _printed,
    }
    return site.page(request, "dispute.html", **values)


def title(one: Dispute) -> str:
    """What is disputed, in one line."""
    return heading(one).rpartition("  [")[0]


def fragments(one: Dispute, passage: Passage) -> Iterable[tuple[str, bool]]:
    """The quotation in fragments, each with whether it is misprinted."""
    at = 0
    for start, end in misprints(one, passage):
        if start < at:  # a misprint that overlaps itself is marked once
            continue
        yield from [(passage.exact[at:start], False)] * (start > at)
        yield passage.exact[start:end], True
        at = end
    yield from [(passage.exact[at:], False)] * (at < len(passage.exact))


def _printed(disputed: DisputedClaim) -> str:
    """How the number of a claim is printed, and what its digits stand for; empty if there is nothing to add."""
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
