"""Sentences that state nothing: headings, captions, furniture of the page, and what says again what was said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from gbkg.documents.passages import abridged
from gbkg.propose.drafting import Context
from gbkg.propose.reading import ReadSentence
from gbkg.propose.table import Proposal, identity

_ENDED = re.compile(r"[.!?。！？;；:：,，][\"'”’)）»]*$")
_NUMBERED = re.compile(r"\s*(?:[(（]?(?:[IVX]{1,5}|\d{1,2}|[a-h]|[一二三四五六七八九十]{1,3}|one|two|three)[.)）、]"
                       r"|第[一二三四五六七八九十百]+[章节编部]|chapter\b|part\b|section\b)", re.I)  # fmt: skip
_FIGURE = re.compile(
    r"\s*[\d\W]+$|\s*(?:(?:twenty|thirty|forty)[ -]?)?(?:one|two|three|four|five|six|seven|eight|nine)\s*$", re.I
)
_WORDS, _HAN = 14, 30
"""Words, and characters of a Chinese line, that a heading has at most."""
_ALIKE, _LEAST = 92, 40
"""How alike sentences are that say the same (0 to 100), and characters of the shortest that is compared."""
_SHOWN = 60
"""Characters at each end of a long span."""


def propose(context: Context, taken: Sequence[Proposal]) -> Iterator[Proposal]:
    """Readings for open sentences for which nothing else is proposed (`taken`)."""
    lines = Counter(one.text for one in context.sentences if one.alone)
    places: dict[str, int] = {}
    said: list[str] = []
    numbers: list[int] = []
    for sentence in context.sentences:
        answered = any(each.start < sentence.end and sentence.start < each.end for each in taken)
        if sentence.is_open and not answered:
            reason, note, because = _reason(context, sentence, lines)
            if sentence.text in places and len(sentence.text) >= _LEAST / 2:
                reason, note = "restates", f"Says again what stands at {places[sentence.text]}"
                because = "the same words"
            if not reason and len(sentence.text) >= _LEAST and said:
                best = process.extractOne(sentence.text, said, scorer=fuzz.ratio, score_cutoff=_ALIKE)
                if best:
                    earlier = context.sentences[numbers[best[2]]]
                    reason, note = "restates", f"Says again what stands at {earlier.start}"
                    because = f"alike by {best[1]:.0f} of 100"
            if reason:
                yield _row(context, sentence, reason, note, because)
        if answered or not sentence.is_open:
            places.setdefault(sentence.text, sentence.start)
        if len(sentence.text) >= _LEAST:
            said.append(sentence.text)
            numbers.append(sentence.number)


def _reason(context: Context, sentence: ReadSentence, lines: Counter[str]) -> tuple[str, str, str]:
    """Why a line states nothing, a note, and what tells it; "" if it may state something."""
    if not sentence.alone:
        return "", "", ""
    text = sentence.text
    if sentence.is_caption:
        return "caption", "", "begins as the caption of a table or figure does"
    if _FIGURE.match(text):
        return "furniture", "", "a number alone in its line"
    if _ENDED.search(text) or re.search(r"\w: ?\w|\w：| \| ", text):
        return "", "", ""
    if lines[text] > 1:
        return "furniture", "", f"a line that stands {lines[text]} times"
    short = len(text) <= _HAN if re.search(r"[\u4e00-\u9fff]", text) else len(text.split()) <= _WORDS
    if short and _NUMBERED.match(text):
        return "heading", "", "a short numbered line without a full stop"
    following = context.sentences[sentence.number + 1] if sentence.number + 1 < len(context.sentences) else None
    if (
        short
        and following is not None
        and (not following.alone or _ENDED.search(following.text))
        and len(following.text) > len(text)
    ):
        return "heading", "", "a short line without a full stop before a paragraph"
    return "", "", ""


def _row(context: Context, sentence: ReadSentence, reason: str, note: str, because: str) -> Proposal:
    start, end = sentence.start, sentence.end
    quote = abridged(context.text, start, end, _SHOWN)
    cells = {"reason": reason, "quote": quote, "start": str(start), "end": str(end)}
    cells |= {"note": note} if note else {}
    doubt = "may-state" if sentence.quantities and reason in ("restates", "heading") else ""
    made = identity(context.source.slug, "reading", cells)
    return Proposal(made, "reading", cells, doubt, f"rule readings: {because}")
