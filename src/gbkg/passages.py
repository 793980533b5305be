"""Quotations and the texts they come from: finding and checking.

Offsets are code points, 0-based and half-open throughout (Web Annotation, section 4.2.5, with Unicode code
points: https://www.w3.org/TR/annotation-model/#text-position-selector).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from gbkg.model import Passage

_SAME = {
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
}
_FOLD = str.maketrans(_SAME)
ELLIPSIS = " … "
OFFSET = re.compile(r"[0-9]{1,9}")


def fold(text: str) -> str:
    """The text with typographic quotes, dashes and spaces made plain; the length does not change.

    >>> fold("China’s “hub”")
    'China\\'s "hub"'
    """
    return text.translate(_FOLD)


def find(text: str, words: str) -> list[int]:
    """Every offset at which `words` stands in `text`, whatever kind of quotes, dashes and spaces either uses."""
    folded, wanted = _folded(text), fold(words)
    found: list[int] = []
    at = folded.find(wanted) if wanted else -1
    while at >= 0:
        found.append(at)
        at = folded.find(wanted, at + 1)
    return found


@lru_cache(maxsize=2)
def _folded(text: str) -> str:
    """A document folded once, not for each quotation."""
    return fold(text)


def find_span(text: str, words: str, start: int | None = None) -> list[tuple[int, int]]:
    """Every span that `words` stands for; an ellipsis ` … ` in it leaves out a middle, kept as short as it can be."""
    head, gap, tail = words.partition(ELLIPSIS)
    if start is None:
        starts = find(text, head)
    else:
        starts = [start] if head and start >= 0 and _folded(text).startswith(fold(head), start) else []
    if not gap:
        return [(i, i + len(head)) for i in starts]
    ends = find(text, tail)
    spans = []
    for i in starts:
        end = next((j + len(tail) for j in ends if j >= i + len(head)), None)
        if end is not None:
            spans.append((i, end))
    return spans


def difference(text: str, words: str) -> str:
    """Where a quotation that does not stand in the text leaves it: its longest beginning that does stand there."""
    if not words:
        return "it is empty"
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if find(text, words[:middle]):
            low = middle
        else:
            high = middle - 1
    if low < min(4, len(words)):
        return "nothing like it stands in the document"
    at = find(text, words[:low])[0] + low
    here, there = text[at : at + 20], words[low : low + 20]
    return f"the document goes on {here!r} where the quotation goes on {there!r} (offset {at})"


def disagreements(passages: Iterable[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Pairs of passages of one source that overlap and differ in what they share: one of them is misquoted.

    This needs no document at hand.
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
