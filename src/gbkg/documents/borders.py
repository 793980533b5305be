"""Where quotations begin and end in a document: not within a printed number or date, which would be read in part."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gbkg.core.errors import Finding
from gbkg.core.records import Claim
from gbkg.documents import dates, quantities
from gbkg.documents.folding import fold
from gbkg.documents.quantities import words

_NEAR = 16
_AROUND = 40
"""Characters before and after a border that are read again; longer than what is printed of one date or number."""
_NUMBERS = "|".join([*words.CARDINALS.split(), *words.FRACTIONS, *words.scales("en"), *words.ordinals()])
_HINT = re.compile(rf"\d|[一二三四五六七八九十百千万亿年月日]|(?i:\b(?:{_NUMBERS})\b)|\b[A-Z][a-z]{{2}}")
"""What a number or a date has somewhere: a border without any near is not read again."""


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
