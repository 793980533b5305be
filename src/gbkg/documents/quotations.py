"""Checks quotations against the document: each stands at its offsets and splits no character, number or date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gbkg.core.errors import Finding
from gbkg.core.records import JOINED, Claim, Passage, Reading
from gbkg.documents import dates, passages, quantities, quantitywords
from gbkg.documents.passages import fold
from gbkg.documents.sentences import begins
from gbkg.documents.sentences import sentences as divide

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
    findings = []
    for a, b in passages.disagreements(typed):
        where, other = typed[b], typed[a]
        message = f"quotation overlaps that of {other.file}:{other.line} and differs from it"
        findings.append(Finding("quotations", message, where.file, where.line, "quote", b.exact, repr(a.exact)))
    return findings


def misquotations(claim: Claim, text: str | None) -> list[Finding]:
    """Findings for passages of a claim that are not in the document at their offsets; none without the document."""
    if text is None:
        return []
    findings = []
    for passage, place in zip(claim.passages, claim.passage_places, strict=True):
        if fault := misquoted(text, passage):
            message, facts = f"claim {claim.slug}: {fault[0]}", (place.file, place.line, "quote", passage.exact)
            findings.append(Finding("quotations", message, *facts, hint=fault[1]))
    return findings


def misquoted(text: str, passage: Passage) -> tuple[str, str] | None:
    """What is wrong with a passage, and a hint; None if the document has it and it splits no character."""
    if text[passage.start : passage.end] == passage.exact:
        part = passages.severed(text, passage.start, passage.end)
        hint = "quote it whole, or leave it out"
        return (f"quotation has only a part of the character {part!r} of {passage.source}", hint) if part else None
    at = ", ".join(str(start) for start, _ in passages.find(text, passage.exact))
    if at:
        hint = f"it stands at {at}; run gbkg lock --sources DIR"
    elif passages.find_span(text, passage.exact):
        hint = "a claim's quotation leaves nothing out; make two passages of it"
    else:
        hint = passages.difference(text, passage.exact)
    return f"quotation is not in {passage.source} at {passage.start}", hint


def check_reading(reading: Reading, text: str) -> Finding | None:
    """A finding if a reading is not what the document has at its offsets, or joins no sentences."""
    place = reading.place
    if not passages.stands(text, reading.quote, reading.start, reading.end):
        message, here = "span set aside is not in the document", text[reading.start : reading.end]
        facts = (place.file, place.line, "quote", reading.quote, repr(here[:60]))
        return Finding("quotations", message, *facts, hint="run gbkg lock --sources DIR")
    if part := passages.severed(text, reading.start, reading.end):
        message = f"span set aside has only a part of the character {part!r}"
        return Finding("quotations", message, place.file, place.line, "quote", reading.quote)
    return _misjoined(reading, text) if reading.reason == JOINED else None


def _misjoined(reading: Reading, text: str) -> Finding | None:
    """A finding for words around which the document does not wrongly end one sentence."""
    ends = [end for _, end in divide(text) if reading.start < end < reading.end]
    if len(ends) == 1 and not begins(text, ends[0]):
        return None
    message = f"{len(ends)} sentences end inside these words"
    if len(ends) == 1:
        message = f"a sentence begins with {text[ends[0] : reading.end].strip()!r}"
    place, expected = reading.place, "words around one stop that ends no sentence"
    return Finding("quotations", message, place.file, place.line, "quote", reading.quote, expected)


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
                expected = f"{printed!r} whole, or nothing of it"
                findings.append(
                    Finding("quotations", message, place.file, place.line, "quote", passage.exact, expected)
                )
    return findings


def _across(text: str, at: int, language: str) -> Iterator[str]:
    """The printed number or date that an offset is inside, the longer one of two."""
    before, after = fold(text[max(0, at - _AROUND) : at]), fold(text[at : at + _AROUND])
    if not _HINT.search(before[-_NEAR:] + after[:_NEAR]):
        return
    around, border = before + after, len(before)
    spans = [(one.start, one.end) for one in quantities.every(around, language)]
    spans += [(one.start, one.end) for one in dates.read(around, language)]
    across = [around[a:b] for a, b in spans if a < border < b]
    yield from sorted(across, key=len)[-1:]
