"""The quotations of tables against the document: each stands at its offsets, and cuts no character, number or date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gbkg.core.errors import Finding
from gbkg.core.records import JOINED, Claim, Passage, Reading
from gbkg.documents import dates, passages, quantities
from gbkg.documents.folding import fold
from gbkg.documents.quantities import words
from gbkg.documents.sentences import begins
from gbkg.documents.sentences import sentences as divide

_NEAR = 16
_AROUND = 40
"""Characters before and after a border that are read again; longer than what is printed of one date or number."""
_NUMBERS = "|".join([*words.CARDINALS.split(), *words.FRACTIONS, *words.scales("en"), *words.ordinals()])
_HINT = re.compile(rf"\d|[一二三四五六七八九十百千万亿年月日]|(?i:\b(?:{_NUMBERS})\b)|\b[A-Z][a-z]{{2}}")
"""What a number or a date has somewhere: a border without any near is not read again."""


def disagreements(claims: Iterable[Claim]) -> list[Finding]:
    """Findings for quotations of claims that overlap and differ; needs no document."""
    typed = {p: place for claim in claims for p, place in zip(claim.passages, claim.passage_places, strict=True)}
    findings = []
    for a, b in passages.disagreements(typed):
        where, other = typed[b], typed[a]
        message = f"quotation overlaps that of {other.file}:{other.line} and differs from it"
        findings.append(Finding("quotations", message, where.file, where.line, "quote", b.exact, repr(a.exact)))
    return findings


def misquotations(claim: Claim, text: str | None) -> list[Finding]:
    """Findings for passages of a claim that the document does not have at their offsets; none without the document."""
    if text is None:
        return []
    findings = []
    for passage, place in zip(claim.passages, claim.passage_places, strict=True):
        if fault := misquoted(text, passage):
            message, facts = f"claim {claim.slug}: {fault[0]}", (place.file, place.line, "quote", passage.exact)
            findings.append(Finding("quotations", message, *facts, hint=fault[1]))
    return findings


def misquoted(text: str, passage: Passage) -> tuple[str, str] | None:
    """What is wrong with a passage of a document, and a hint; None when it stands there, no character being cut."""
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
    """A finding when a span set aside is not the one that the document has there, or joins nothing."""
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
    """A finding for words that do not join one sentence with what goes on after it."""
    ends = [end for _, end in divide(text) if reading.start < end < reading.end]
    if len(ends) == 1 and not begins(text, ends[0]):
        return None
    message = f"{len(ends)} sentences end inside these words"
    if len(ends) == 1:
        message = f"a sentence begins with {text[ends[0] : reading.end].strip()!r}"
    place, expected = reading.place, "words around one stop that ends no sentence"
    return Finding("quotations", message, place.file, place.line, "quote", reading.quote, expected)


def cuts(claim: Claim, language: str, text: str) -> list[Finding]:
    """Findings for quotations of a claim with a number or a date that begin or end within one; `text` is the document,
    in this language."""
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
    """The number or date that stands on both sides of a border, the longer if there are two."""
    before, after = fold(text[max(0, at - _AROUND) : at]), fold(text[at : at + _AROUND])
    if not _HINT.search(before[-_NEAR:] + after[:_NEAR]):
        return
    around, border = before + after, len(before)
    spans = [(one.start, one.end) for one in quantities.every(around, language)]
    spans += [(one.start, one.end) for one in dates.read(around, language)]
    across = [around[a:b] for a, b in spans if a < border < b]
    yield from sorted(across, key=len)[-1:]
