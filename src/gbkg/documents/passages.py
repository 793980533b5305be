"""Finds quotations in a text and compares them with it.

Offsets are code points, 0-based and half-open throughout (Web Annotation, section 4.2.5, with Unicode code points:
https://www.w3.org/TR/annotation-model/#text-position-selector).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from gbkg.core.records import Passage
from gbkg.documents.folding import character, fold, folded, is_border

ELLIPSIS = " … "
OFFSET = re.compile(r"[0-9]{1,9}")


def find(text: str, words: str) -> list[tuple[int, int]]:
    """Every span of `text` that folds to the same as `words` (`gbkg.documents.folding`) and splits no character."""
    return list(folded(text).spans(words))


def find_span(text: str, words: str) -> list[tuple[int, int]]:
    """Every span that `words` quote. If they do not stand in the text as they are, an ellipsis ` … ` in them stands for
    a middle that is left out, as short as possible."""
    whole = find(text, words)
    if whole or ELLIPSIS not in words:
        return whole
    head, _, tail = words.partition(ELLIPSIS)
    ends = find(text, tail)
    begins = [begin for begin, _ in ends]
    spans = ((start, bisect_left(begins, end)) for start, end in find(text, head))
    return [(start, ends[number][1]) for start, number in spans if number < len(ends)]


def shorten(text: str, words: str, span: tuple[int, int]) -> str:
    """The quotation of a span that `find_span` found, in the text's own characters, with the ellipsis of `words`."""
    start, end = span
    if span in find(text, words):
        return text[start:end]
    head, _, tail = words.partition(ELLIPSIS)
    first = next(stop for begin, stop in find(text, head) if begin == start)
    last = next(begin for begin, stop in find(text, tail) if stop == end)
    return f"{text[start:first]}{ELLIPSIS}{text[last:end]}"


def stands(text: str, words: str, start: int, end: int) -> bool:
    """Whether a span of the text is exactly `words`, or `words` with an ellipsis for the middle."""
    if text[start:end] == words:
        return True
    head, gap, tail = words.partition(ELLIPSIS)
    after = start + len(head)
    return bool(gap and head and tail) and text.startswith(head, start) and text.find(tail, after) + len(tail) == end


def severed(text: str, start: int, end: int) -> str:
    """The character, as readers see it, that a span splits; "" if it splits none."""
    for at in (start, end):
        if not is_border(text, at):
            return character(text, at)
    return ""


def difference(text: str, words: str) -> str:
    """Where the text stops agreeing with a quotation: after the longest beginning of it that the text has."""
    wanted, document = fold(words), folded(text)
    if not wanted:
        return "it is empty"
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        if wanted[:middle] in document.text:
            low = middle
        else:
            high = middle - 1
    if low < min(4, len(wanted)):
        return "nothing like it stands in the document"
    begin = document.text.find(wanted[:low])
    at = document.nearest(begin + low)
    for edge in (begin, begin + low) if low == len(wanted) else ():
        if part := document.inside(edge):
            return f"it has only a part of the document's {text[slice(*part)]!r} (offset {part[0]})"
    here, there = text[at : at + 20], wanted[low : low + 20]
    return f"the document goes on {here!r} where the quotation goes on {there!r} (offset {at})"


def disagreements(passages: Iterable[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Pairs of overlapping passages of one source that differ where they overlap: one of them is misquoted.

    Needs no document.
    """
    open_: list[Passage] = []
    for passage in sorted(set(passages)):
        open_ = [p for p in open_ if p.source == passage.source and p.end > passage.start]
        for other in open_:
            shared = min(other.end, passage.end) - passage.start
            at = passage.start - other.start
            if other.exact[at : at + shared] != passage.exact[:shared]:
                yield other, passage
        open_.append(passage)
