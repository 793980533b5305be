"""A document against its claims: each quotation stands at its offsets and splits no character, number or date; and
coverage, what stands behind each sentence, and which sentences nobody has accounted for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gbkg.core.errors import Finding
from gbkg.core.records import JOINED, REASONS, UNREAD, Claim, Passage, Place, Reading, Source
from gbkg.core.text import counted
from gbkg.documents import dates, passages, quantities, quantitywords
from gbkg.documents.passages import fold
from gbkg.documents.sentences import begins
from gbkg.documents.sentences import sentences as divide
from gbkg.documents.sources import check_length

_NEAR = 16
_AROUND = 40
"""Characters before and after an end of a quotation that are read again; printed dates and numbers are shorter."""
_NUMBERS = "|".join(
    [*quantitywords.CARDINALS.split(), *quantitywords.FRACTIONS, *quantitywords.scales("en"), *quantitywords.ordinals()]
)
_HINT = re.compile(rf"\d|[一二三四五六七八九十百千万亿年月日]|(?i:\b(?:{_NUMBERS})\b)|\b[A-Z][a-z]{{2}}")
"""Every number or date has one of these. An end of a quotation without any near it is not read again."""


def disagreements(claims: Iterable[Claim]) -> list[Finding]:
    """Findings for quotations that overlap and differ; needs no document."""
    typed = {p: place for claim in claims for p, place in zip(claim.passages, claim.passage_places, strict=True)}
    said = "quotation overlaps that of {0.file}:{0.line} and differs from it"
    pairs = passages.disagreements(typed)
    return [_fault(typed[b], said.format(typed[a]), b.exact, repr(a.exact)) for a, b in pairs]


def _fault(place: Place, message: str, found: str, expected: str = "", hint: str = "") -> Finding:
    return Finding("quotations", message, place.file, place.line, "quote", found, expected, hint)


def misquotations(claim: Claim, text: str | None) -> list[Finding]:
    """Findings for passages of a claim that are not in the document at their offsets; none without the document."""
    if text is None:
        return []
    return [
        _fault(place, f"claim {claim.slug}: {fault[0]}", passage.exact, hint=fault[1])
        for passage, place in zip(claim.passages, claim.passage_places, strict=True)
        if (fault := misquoted(text, passage))
    ]


def misquoted(text: str, passage: Passage) -> tuple[str, str] | None:
    """What is wrong with a passage, and a hint; None if the document has it and it splits no character."""
    if text[passage.start : passage.end] == passage.exact:
        part = passages.severed_character(text, passage.start, passage.end)
        hint = "quote it whole, or leave it out"
        return (f"quotation has only a part of the character {part!r} of {passage.source}", hint) if part else None
    at = ", ".join(str(start) for start, _ in passages.find(text, passage.exact))
    if at:
        hint = f"it stands at {at}; run gbkg lock --sources DIR"
    elif passages.find_span(text, passage.exact):
        hint = "a claim's quotation leaves nothing out; make two passages of it"
    else:
        hint = passages.mismatch(text, passage.exact)
    return f"quotation is not in {passage.source} at {passage.start}", hint


def check_reading(reading: Reading, text: str) -> Finding | None:
    """A finding if a reading is not what the document has at its offsets, or joins no sentences."""
    if not passages.is_quotation(text, reading.quote, reading.start, reading.end):
        message, here = "span set aside is not in the document", repr(text[reading.start : reading.end][:60])
        return _fault(reading.place, message, reading.quote, here, "run gbkg lock --sources DIR")
    if part := passages.severed_character(text, reading.start, reading.end):
        message = f"span set aside has only a part of the character {part!r}"
        return _fault(reading.place, message, reading.quote)
    return _misjoined(reading, text) if reading.reason == JOINED else None


def _misjoined(reading: Reading, text: str) -> Finding | None:
    """A finding for words around which the document does not wrongly end one sentence."""
    ends = [end for _, end in divide(text) if reading.start < end < reading.end]
    if len(ends) == 1 and not begins(text, ends[0]):
        return None
    message = f"{len(ends)} sentences end inside these words"
    if len(ends) == 1:
        message = f"a sentence begins with {text[ends[0] : reading.end].strip()!r}"
    return _fault(reading.place, message, reading.quote, "words around one stop that ends no sentence")


def cuts(claim: Claim, language: str, text: str) -> list[Finding]:
    """Findings for quotations of dated or numeric claims that begin or end inside a printed number or date. `text` is
    the document, `language` its language."""
    if not (claim.quantity or claim.dating or claim.object_kind == "date"):
        return []
    findings = []
    for passage, place in zip(claim.passages, claim.passage_places, strict=True):
        for at in (passage.start, passage.end):
            for printed in _across(text, at, language):
                message = f"claim {claim.slug}: the quotation cuts a printed number or date"
                findings.append(_fault(place, message, passage.exact, f"{printed!r} whole, or nothing of it"))
    return findings


def _across(text: str, at: int, language: str) -> Iterator[str]:
    """The printed number or date that an offset is inside, the longer one of two."""
    before, after = fold(text[max(0, at - _AROUND) : at]), fold(text[at : at + _AROUND])
    if not _HINT.search(before[-_NEAR:] + after[:_NEAR]):
        return
    around, border = before + after, len(before)
    spans = [(one.start, one.end) for one in quantities.find_all(around, language)]
    spans += [(one.start, one.end) for one in dates.read(around, language)]
    across = [around[a:b] for a, b in spans if a < border < b]
    yield from sorted(across, key=len)[-1:]


LONG = 5, 600
"""Most sentences and characters of one quotation or span set aside. Captions, votes, teasers, remarks and the words
that prove a claim are shorter; statements could hide in longer ones."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document (offsets) with the claims and readings that overlap it, in document order."""

    start: int
    end: int
    claims: tuple[Claim, ...]
    readings: tuple[Reading, ...]

    missing: tuple[int, int] | None = None
    """The part of a sentence without claims that no reading covers, from its first to its last letter or digit."""
    joined: int = 0
    """How many ends of sentences inside it readings have joined."""

    @property
    def share(self) -> str:
        """`claimed`, `aside`, `unread` or `missing`. One claim that overlaps the sentence is enough. Readings must
        cover it whole; one unread word makes it unread."""
        if self.claims:
            return "claimed"
        if self.missing:
            return "missing"
        return UNREAD if any(r.reason == UNREAD for r in self.readings) else "aside"

    def to_dict(self, text: str) -> dict[str, Any]:
        """The sentence as JSON has it; `text` is that of the document."""
        return {
            "start": self.start,
            "end": self.end,
            "text": text[self.start : self.end],
            "share": self.share,
            "claims": [claim.slug for claim in self.claims],
            "readings": [reading.reason for reading in self.readings],
            "missing": self.missing,
            "joined": self.joined,
        }

    @property
    def accounted(self) -> bool:
        """Whether it has a claim, is set aside or is said to be unread."""
        return self.share != "missing"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of the sentences of one document or several: all, with a claim, set aside by reason, unread; and the ends
    of sentences that curators joined. The rest is not accounted for.

    `quoted` is the share (0 to 1) of the characters of sentences with claims that is quoted; 0 if there are none.
    """

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
        """The share of sentences with claims."""
        return _percent(self.claimed, self.sentences)

    @property
    def meaning(self) -> str:
        """What `percent` says, and the other shares, in words."""
        aside = sum(self.set_aside.values())
        reasons = ", ".join(_spans(self.set_aside[reason], reason) for reason in REASONS if self.set_aside.get(reason))
        left = self.sentences - self.claimed - aside - self.unread
        share = f", {100 * self.quoted:.0f}% of their text quoted" if self.claimed else ""
        said = f"behind claims ({self.claimed} of {self.sentences} sentences{share}), "
        said += f"{_percent(aside, self.sentences)} set aside{f' ({reasons})' if reasons else ''}, "
        said += f"{_percent(self.unread, self.sentences)} not read yet"
        said += f", {_percent(left, self.sentences)} not accounted for ({left})" if left else ""
        return said + (f"; {counted(self.joined, 'end')} joined" if self.joined else "")


def _spans(number: int, reason: str) -> str:
    return counted(number, reason) if reason in ("heading", "caption", "opinion") else f"{number:,} {reason}"


def covered(accounted: list[Sentence]) -> Coverage:
    """The coverage of one document."""
    behind = [s for s in accounted if s.share == "claimed"]
    aside = Counter(s.readings[0].reason for s in accounted if s.share == "aside")
    length = sum(s.end - s.start for s in behind)
    quoted = sum(len(_quoted(s)) for s in behind) / length if length else 0.0
    unread = sum(s.share == UNREAD for s in accounted)
    joined = sum(s.joined for s in accounted)
    return Coverage(len(accounted), len(behind), dict(sorted(aside.items())), unread, joined, quoted)


def together(each: Iterable[Coverage]) -> Coverage:
    """The coverage of several documents together."""
    each = list(each)
    behind = sum(cover.claimed for cover in each)
    aside = sum((Counter(cover.set_aside) for cover in each), Counter())
    quoted = sum(cover.quoted * cover.claimed for cover in each) / behind if behind else 0.0
    sentences, unread, joined = (
        sum(numbers) for numbers in zip(*((c.sentences, c.unread, c.joined) for c in each), strict=True)
    )
    return Coverage(sentences, behind, dict(sorted(aside.items())), unread, joined, quoted)


def _percent(part: int, whole: int) -> str:
    """A share in percent. Only the whole is 100%, only nothing is 0%.

    >>> [_percent(part, 3000) for part in (0, 1, 1000, 2999, 3000)]
    ['0.0%', '0.1%', '33.3%', '99.9%', '100.0%']
    """
    share = round(100 * part / whole, 1) if whole else 0.0
    if 0 < part < whole:
        share = min(max(share, 0.1), 99.9)
    return f"{share:.1f}%"


def _quoted(sentence: Sentence) -> set[int]:
    """The offsets of a sentence's characters that one of its claims quotes."""
    spans = {(p.start, p.end) for claim in sentence.claims for p in claim.passages}
    return {i for start, end in spans for i in range(max(start, sentence.start), min(end, sentence.end))}


def prove(
    source: Source, text: str, claims: list[Claim], set_aside: list[Reading], pending: Collection[str] = ()
) -> tuple[list[Finding], list[Sentence]]:
    """Check one document against its claims and readings: its length, every quotation and span, every sentence.

    Returns the findings and the sentences. `pending` are the quotations of rows with other faults: sentences that they
    overlap are not reported as missing.
    """
    findings = check_length(source, text)
    for claim in claims:
        findings += misquotations(claim, text) or cuts(claim, source.language, text)
    findings += [fault for reading in set_aside if (fault := check_reading(reading, text))]
    accounted = sentences(text, claims, set_aside)
    findings += check(source.slug, text, accounted, pending)
    return findings + long_spans(claims, set_aside, accounted), accounted


def sentences(text: str, claims: list[Claim], set_aside: list[Reading]) -> list[Sentence]:
    """Divide a document into sentences, each with its claims and readings. All must be of one source."""
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
        read = [one for one in around if one.reason != UNREAD]
        whole = all(one.start <= start and end <= one.end for one in around if one.reason == UNREAD)
        if read and whole and _left_out(text, start, end, read) is None:
            around = read  # somebody has read it since
        missing = None if touching else _left_out(text, start, end, around)
        joined = bisect_left(divided, end) - bisect_right(divided, start)
        found.append(Sentence(start, end, touching, tuple(around), missing, joined))
    return found


def _touched(spans: list[tuple[int, int]], ends: list[int], start: int, end: int) -> Iterator[int]:
    """The indices of the sentences that a span overlaps; `ends` are those of `spans`."""
    number = bisect_right(ends, start)
    while number < len(spans) and spans[number][0] < end:
        yield number
        number += 1


def _left_out(text: str, start: int, end: int, aside: list[Reading]) -> tuple[int, int] | None:
    """The part of a sentence that readings do not cover."""
    if not aside:
        return start, end
    if any(r.start <= start and end <= r.end for r in aside):
        return None
    held = set().union(*(range(max(start, r.start), min(end, r.end)) for r in aside))
    left = [i for i in range(start, end) if i not in held and text[i].isalnum()]
    return (left[0], left[-1] + 1) if left else None


def check(source: str, text: str, accounted: list[Sentence], pending: Collection[str] = ()) -> list[Finding]:
    """A finding for every sentence that neither a claim nor a reading accounts for and no quotation in `pending`
    overlaps."""
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
    """A warning for every quotation and every span set aside that is longer than `LONG`."""
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
