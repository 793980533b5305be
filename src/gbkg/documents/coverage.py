"""A document against the tables: whether it has what they quote, and what stands behind each of its sentences."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from gbkg.core.errors import Finding
from gbkg.core.records import JOINED, REASONS, UNREAD, Claim, Place, Reading, Source
from gbkg.documents import passages, quotations
from gbkg.documents.sentences import sentences as divide
from gbkg.documents.sources import check_length

LONG = 5, 600
"""Sentences and characters beyond which a span is too long for one row: a caption, a vote, a teaser, a remark and the
words that prove a claim have fewer, and what stands between might hide behind them."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document, as offsets, with the claims and readings that touch it, in document order."""

    start: int
    end: int
    claims: tuple[Claim, ...]
    readings: tuple[Reading, ...]

    missing: tuple[int, int] | None = None
    """What readings leave out of a sentence that no claim stands behind, from the first letter or digit to the last."""
    joined: int = 0
    """How many ends inside it readings have joined."""

    @property
    def share(self) -> str:
        """`claimed`, `aside`, `unread` or `missing`: one claim that touches it is enough, readings must leave nothing
        out, and one word that is unread makes it unread."""
        if self.claims:
            return "claimed"
        if self.missing:
            return "missing"
        return UNREAD if any(r.reason == UNREAD for r in self.readings) else "aside"

    @property
    def accounted(self) -> bool:
        """Whether it is behind a claim, set aside, or said to be unread."""
        return self.share != "missing"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Sentences of one document or several: how many there are, are behind a claim, are set aside (by reason), have not
    been read yet; how many ends were joined by curators; and `quoted`, the share (0 to 1) of the characters of those
    behind claims that stands inside a quotation. What is left is not accounted for."""

    sentences: int
    claimed: int
    set_aside: dict[str, int]
    unread: int
    joined: int
    quoted: float

    def __str__(self) -> str:
        return f"{self.percent} {self.meaning}"

    @property
    def percent(self) -> str:
        """The share behind claims."""
        return _percent(self.claimed, self.sentences)

    @property
    def meaning(self) -> str:
        """What `percent` is of, and the other shares."""
        aside = sum(self.set_aside.values())
        reasons = ", ".join(f"{self.set_aside[reason]} {reason}" for reason in REASONS if self.set_aside.get(reason))
        left = self.sentences - self.claimed - aside - self.unread
        said = f"behind claims ({self.claimed} of {self.sentences} sentences, {100 * self.quoted:.0f} % of their text "
        said += f"quoted), {_percent(aside, self.sentences)} set aside{f' ({reasons})' if reasons else ''}, "
        said += f"{_percent(self.unread, self.sentences)} not read yet"
        said += f", {_percent(left, self.sentences)} not accounted for ({left})" if left else ""
        return said + (f"; {self.joined} end{'s' if self.joined != 1 else ''} joined" if self.joined else "")


def covered(accounted: list[Sentence]) -> Coverage:
    """The figures of one document's sentences."""
    behind = [s for s in accounted if s.share == "claimed"]
    aside = Counter(s.readings[0].reason for s in accounted if s.share == "aside")
    length = sum(s.end - s.start for s in behind)
    quoted = sum(len(_quoted(s)) for s in behind) / length if length else 1.0
    unread = sum(s.share == UNREAD for s in accounted)
    joined = sum(s.joined for s in accounted)
    return Coverage(len(accounted), len(behind), dict(sorted(aside.items())), unread, joined, quoted)


def together(each: Iterable[Coverage]) -> Coverage:
    """The figures of several documents as one."""
    each = list(each)
    behind = sum(cover.claimed for cover in each)
    aside = sum((Counter(cover.set_aside) for cover in each), Counter())
    quoted = sum(cover.quoted * cover.claimed for cover in each) / behind if behind else 1.0
    sentences, unread, joined = (
        sum(numbers) for numbers in zip(*((c.sentences, c.unread, c.joined) for c in each), strict=True)
    )
    return Coverage(sentences, behind, dict(sorted(aside.items())), unread, joined, quoted)


def _percent(part: int, whole: int) -> str:
    """A share in percent: no 100 that is not the whole, no 0 that is something.

    >>> [_percent(part, 3000) for part in (0, 1, 1000, 2999, 3000)]
    ['0.0 %', '0.1 %', '33.3 %', '99.9 %', '100.0 %']
    """
    share = round(100 * part / whole, 1) if whole else 0.0
    if 0 < part < whole:
        share = min(max(share, 0.1), 99.9)
    return f"{share:.1f} %"


def _quoted(sentence: Sentence) -> set[int]:
    """The offsets within a sentence that stand inside a quotation of one of its claims."""
    spans = {(p.start, p.end) for claim in sentence.claims for p in claim.passages}
    return {i for start, end in spans for i in range(max(start, sentence.start), min(end, sentence.end))}


def prove(
    source: Source, text: str, claims: list[Claim], set_aside: list[Reading], pending: Collection[str] = ()
) -> tuple[list[Finding], list[Sentence]]:
    """The gate of quotations and coverage for one document at hand, whose claims and readings these are: its length,
    every quotation and span at its place, every sentence accounted for. Returns the findings, and the sentences.
    `pending` are the quotations of rows that have other faults: where they stand no sentence is missed."""
    findings = check_length(source, text)
    for claim in claims:
        findings += quotations.misquotations(claim, text) or quotations.cuts(claim, source.language, text)
    findings += [fault for reading in set_aside if (fault := quotations.check_reading(reading, text))]
    accounted = sentences(text, claims, set_aside)
    findings += check(source.slug, text, accounted, pending)
    return findings + long_spans(claims, set_aside, accounted), accounted


def sentences(text: str, claims: list[Claim], set_aside: list[Reading]) -> list[Sentence]:
    """Every sentence of one document with what stands behind it. `claims` and `set_aside` are that source's."""
    joining = {reading.quote for reading in set_aside if reading.reason == JOINED}
    spans = divide(text, joining)
    divided = [end for _, end in (divide(text) if joining else spans)]
    ends = [end for _, end in spans]
    behind: list[list[tuple[int, int]]] = [[] for _ in spans]
    aside: list[list[Reading]] = [[] for _ in spans]
    for index, claim in enumerate(claims):
        for passage in claim.passages:
            for number in _touched(spans, ends, passage.start, passage.end):
                behind[number].append((passage.start, index))
    for reading in set_aside:
        for number in _touched(spans, ends, reading.start, reading.end) if reading.reason != JOINED else ():
            aside[number].append(reading)
    found = []
    for (start, end), before, around in zip(spans, behind, aside, strict=True):
        touching = tuple(claims[index] for index in dict.fromkeys(index for _, index in sorted(before)))
        missing = None if touching else _left_out(text, start, end, around)
        joined = bisect_left(divided, end) - bisect_right(divided, start)
        found.append(Sentence(start, end, touching, tuple(around), missing, joined))
    return found


def _touched(spans: list[tuple[int, int]], ends: list[int], start: int, end: int) -> Iterator[int]:
    """The numbers of the sentences that a span touches; `ends` are those of `spans`."""
    number = bisect_right(ends, start)
    while number < len(spans) and spans[number][0] < end:
        yield number
        number += 1


def _left_out(text: str, start: int, end: int, aside: list[Reading]) -> tuple[int, int] | None:
    """What readings leave out of a sentence."""
    if not aside:
        return start, end
    if any(r.start <= start and end <= r.end for r in aside):
        return None
    held = set().union(*(range(max(start, r.start), min(end, r.end)) for r in aside))
    left = [i for i in range(start, end) if i not in held and text[i].isalnum()]
    return (left[0], left[-1] + 1) if left else None


def check(source: str, text: str, accounted: list[Sentence], pending: Collection[str] = ()) -> list[Finding]:
    """A finding for every sentence that neither a claim nor readings account for, except where the quotations `pending`
    stand."""
    findings = []
    waiting = [span for words in pending for span in passages.find_span(text, words)]
    for s in accounted:
        if s.missing is None or any(start < s.end and end > s.start for start, end in waiting):
            continue
        what = "is set aside only in part" if s.readings else "has no claim and is not set aside"
        hint = f"add a claim to data/claims/{source}.tsv or a reading to data/readings/{source}.tsv"
        message = f"sentence at {s.start}-{s.end} of {source} {what}"
        findings.append(Finding("coverage", message, found=text[slice(*s.missing)], hint=hint))
    return findings


def long_spans(claims: list[Claim], set_aside: list[Reading], accounted: list[Sentence]) -> list[Finding]:
    """A warning for every span that one row quotes or sets aside though it is long (`LONG`)."""
    starts, ends = [s.start for s in accounted], [s.end for s in accounted]

    def faults(start: int, end: int, what: str, place: Place, column: str, found: str, hint: str) -> Iterator[Finding]:
        sentences = bisect_left(starts, end) - bisect_right(ends, start)
        if sentences > LONG[0] or end - start > LONG[1]:
            message = f"{sentences:,} sentences, {end - start:,} characters, are {what} in one row"
            expected = f"at most {LONG[0]} sentences and {LONG[1]} characters"
            yield Finding(
                "coverage", message, place.file, place.line, column, found, expected, hint, severity="warning"
            )

    findings: list[Finding] = []
    hint = "quote the words that prove it, in several passages if they stand apart"
    for claim in claims:
        for passage, place in zip(claim.passages, claim.passage_places, strict=True):
            findings += faults(passage.start, passage.end, "quoted", place, "quote", passage.exact, hint)
    hint = f"give each part its own row, or the reason {UNREAD} to what has not been read"
    for one in set_aside:
        if one.reason not in (UNREAD, JOINED):
            findings += faults(one.start, one.end, "set aside", one.place, "reason", one.reason, hint)
    return findings
