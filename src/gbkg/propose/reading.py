"""A document as the rules read it: its sentences, each with the names, numbers and dates in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gbkg.core.records import Claim, Reading, Source
from gbkg.documents import coverage, dates, quantities
from gbkg.documents.passages import Folded, folded
from gbkg.documents.sentences import CELL_SEPARATOR
from gbkg.propose.names import Lexicon, Mention, outer

_MARKER = re.compile(r"\s*(?:[(（]?(?:\d{1,3}|[ivxIVX]{1,5}|[一二三四五六七八九十]{1,3})[.)）、:]|[•·*-])\s+")
"""What numbers an item of a list."""
CAPTION = re.compile(r"(?:Figure|Fig\.|Table|Chart|Plate|Exhibit)\s*\d+\b|[图表]\s*\d+", re.I)
_ARTICLE = re.compile(r"[条章节款项编届次号]")
_COMPOUND = re.compile(r"-[^\W\d_]")
"""What makes a number part of a word: four-in-one."""
_LONGEST = 2_000
"""Characters of the longest sentence in which names and numbers are looked for; a longer one is none, but data in one
line."""
_REMEMBERED = 8
"""Sentences back that "the park" may refer to."""


@dataclass(frozen=True)
class ReadSentence:
    """A sentence: its place in the document, its folded text, and what the text has in it.

    `mentions` do not overlap; `inner` are the names within a longer one, each after that one. `is_open` says that
    neither a claim nor a reading stands behind it, `alone` that it is the only one of its line, `is_caption` that it
    names a table or figure. `header` is the number of the first row of the table that it is a row of.
    """

    number: int
    start: int
    end: int
    folded: Folded
    is_open: bool
    alone: bool
    is_caption: bool
    header: int | None
    mentions: tuple[Mention, ...]
    inner: tuple[tuple[Mention, Mention], ...]
    quantities: tuple[quantities.PrintedQuantity, ...]
    dates: tuple[dates.PrintedDate, ...]

    @property
    def text(self) -> str:
        return self.folded.text

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the folded text stands in the document; the nearest whole characters."""
        found = self.folded.span(start, end)
        begin, stop = found or (self.folded.nearest(start), self.folded.nearest(end))
        return self.start + begin, self.start + stop

    def said(self, one: Mention) -> str:
        return self.text[one.start : one.end]

    def cell(self, at: int) -> int:
        """The number of the cell of a row in which an offset is, from 0."""
        return self.text.count(CELL_SEPARATOR, 0, at)

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The part of the text between commas, semicolons and the like around a span."""
        begin = max((match.end() for match in _BREAK.finditer(self.text, 0, start)), default=0)
        after = _BREAK.search(self.text, end)
        return begin, after.start() if after else len(self.text)


_BREAK = re.compile(r"(?<!\d)[,;:](?=\s|$)|(?<=\d),\s|[，；：、]|(?<=[\u3400-\u9fff》])[,;:]| - |-{2}|\((?=\D)")


def read(
    source: Source,
    text: str,
    claims: Sequence[Claim],
    readings: Sequence[Reading],
    lexicon: Lexicon,
    asked: Sequence[tuple[int, int]] = (),
) -> list[ReadSentence]:
    """The sentences of a document. `claims` and `readings` are those of this source; sentences that a span of `asked`
    touches are open although claims stand behind them."""
    found: list[ReadSentence] = []
    before: list[tuple[int, Mention]] = []
    head: int | None = None
    for number, one in enumerate(coverage.sentences(text, list(claims), list(readings))):
        exact = text[one.start : one.end]
        folded_text = folded(exact)
        short = len(folded_text.text) <= _LONGEST
        every = lexicon.mentions(folded_text.text) if short else []
        named = outer(every)
        recent = [(n, each) for n, each in before if n >= number - _REMEMBERED]
        pointing = list(lexicon.pointers(folded_text.text, number, named, recent)) if short else []
        mentions = tuple(outer([*named, *pointing]))
        printed = dates.read(folded_text.text, source.language) if short else ()
        line_start, line_end = text.rfind("\n", 0, one.start) + 1, text.find("\n", one.end)
        line = text[line_start : line_end if line_end >= 0 else len(text)]
        alone = line.strip() == exact
        head = (number if head is None else head) if alone and CELL_SEPARATOR in folded_text.text else None
        found.append(
            ReadSentence(
                number,
                one.start,
                one.end,
                folded_text,
                one.share in ("missing", "unread")
                or (one.share == "claimed" and any(a < one.end and one.start < b for a, b in asked)),
                alone,
                bool(CAPTION.match(folded_text.text)),
                head if head != number else None,
                mentions,
                tuple((long, short) for long in named for short in every if short.within(long)),
                tuple(_numbers(folded_text.text, source.language, mentions, printed)) if short else (),
                printed,
            )
        )
        before = recent + [(number, each) for each in mentions]
    return found


def _numbers(
    text: str, language: str, mentions: Sequence[Mention], printed: Sequence[dates.PrintedDate]
) -> list[quantities.PrintedQuantity]:
    """The quantities that are no part of a name or date, and number no item or article."""
    marker = _MARKER.match(text)
    found = []
    for one in quantities.find_all(text, language):
        taken = any(m.start < one.end and one.start < m.end for m in mentions)
        dated = any(d.start < one.end and one.start < d.end for d in printed)
        numbering = (marker and one.end <= marker.end()) or (text[one.start] == "第" and _ARTICLE.match(text, one.end))
        compound = _COMPOUND.match(text, one.end) or re.search(r"[^\W\d_]-$", text[: one.start])
        if not taken and not dated and not numbering and not compound:
            found.append(one)
    return found
