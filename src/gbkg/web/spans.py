"""A document cut up for a page: paragraphs of sentences, each in segments with what is true of every character of them.

Offsets are code points, 0-based and half-open.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gbkg.ask.document import HEADING, Document, Mark, Part, QuotedClaim
from gbkg.web.messages import BadRequest

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
class Segment:
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
class Piece:
    """A sentence, what stands between two, or a gap (`part.text` is None), with its segments; the `claims` whose number
    or object stands in it, by what they are about, the others that quote it, and the marks in it, each dispute once."""

    part: Part
    segments: tuple[Segment, ...]
    claims: tuple[tuple[QuotedClaim, ...], ...]
    others: tuple[QuotedClaim, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the document; a `heading` if all of it is read as one, whether claims quote it or not."""

    pieces: tuple[Piece, ...]
    heading: bool = field(default=False)


class Layout:
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
        found: list[list[Piece]] = [[]]
        for part in self.document.parts:
            ends = "\n" in part.text if part.text is not None else part.end - part.start >= _BREAK
            if ends and not part.share:
                found += [[self._piece(part)], []] if part.text is None else [[]]
            else:
                found[-1].append(self._piece(part))
        return [Paragraph(tuple(pieces), _is_heading(pieces)) for pieces in found if pieces]

    @property
    def missing(self) -> bool:
        """Whether nothing of the span that is asked for is at hand."""
        return self.chosen is not None and not any(
            part.text is not None and part.start < self.chosen[1] and self.chosen[0] < part.end
            for part in self.document.parts
        )

    def _piece(self, part: Part) -> Piece:
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
        return Piece(part, segments, tuple(map(tuple, groups.values())), tuple(others), tuple(once.values()))

    def _segments(self, part: Part, marks: Sequence[Mark]) -> Iterator[Segment]:
        if part.text is None:
            yield self._segment(part.start, part.end, "", ())
            return
        cuts = self._cuts[bisect_right(self._cuts, part.start) : bisect_left(self._cuts, part.end)]
        for start, end in zip([part.start, *cuts], [*cuts, part.end], strict=True):
            yield self._segment(start, end, part.text[start - part.start : end - part.start], marks)

    def _segment(self, start: int, end: int, text: str, near: Sequence[Mark]) -> Segment:
        marks = tuple(mark for mark in near if mark.start < end and start < mark.end)
        ended = {mark.kind: mark for mark in reversed(marks) if start < mark.end <= end}
        within = bisect_right(self._quoted, (start, 1 << 60)) - 1
        quoted = within >= 0 and self._quoted[within][1] >= end
        chosen = self.chosen is not None and self.chosen[0] < end and start < self.chosen[1]
        begun = bisect_left(self._starts, start)
        here = self._starts[begun : bisect_left(self._starts, end)] if text == "" else [start]
        anchors = tuple(one for at in here for one in self._begins.get(at, ()))
        return Segment(start, end, text, quoted, chosen, marks, tuple(ended.values()), anchors)


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


def _is_heading(pieces: Sequence[Piece]) -> bool:
    sentences = [piece.part for piece in pieces if piece.part.share]
    return bool(sentences) and all(any(reason == HEADING for reason, _ in part.aside) for part in sentences)
