"""Finds quotations in a text and compares them with it, by folding, which makes words equal that are printed and typed
differently, and maps them back to the document's characters.

What folds together: runs of white space, line ends included, and one blank; quotation marks of any kind and ' or ";
hyphens, dashes and minus signs and -; full and half width, ligatures and Arabic letter forms and their plain letters;
composed and decomposed characters (NFC, https://www.unicode.org/reports/tr15/). What folds to nothing: soft hyphens and
other characters without a width, and a line end between two Chinese or Japanese characters. A line end or tab between
two digits stays, since it separates two numbers. Capitals, raised digits, fractions and signs such as ℃ stay what they
are: "10⁶" is not "106".

A character as readers see it (a grapheme cluster, https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries) is
folded whole, so that no match ends inside one. Offsets are code points, 0-based and half-open throughout (Web
Annotation, section 4.2.5, with Unicode code points:
https://www.w3.org/TR/annotation-model/#text-position-selector).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import category, decomposition, normalize

from gbkg.core.records import Passage

_PLAIN = {
    **dict.fromkeys("‘’‚‛′‹›ʹʻʼʽ`´", "'"),
    **dict.fromkeys("“”„‟″«»〝〞〟「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_NOTHING = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_LINES = r"\t-\r\x1c-\x1f\x85\u2028\u2029"
_BLANKS = r"\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_WIDTHS = frozenset("<wide> <narrow> <small> <initial> <medial> <final> <isolated>".split())
# Blocks that have characters to be folded one by one; testing the others in them costs a little time.
_SINGLE = (
    r"`\xab\xb4\xb5\xbb\u0132\u0133\u013f\u0140\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\u02b9-\u02bd\u0340-\u0344\u0374\u037a"
    r"\u037e\u0385\u0387\u03d0-\u03d6\u03f0-\u03f9\u0587\u0675-\u0678\u0958-\u095f\u09dc-\u09df\u0a33-\u0a5e\u0b5c\u0b5d\u0e33"
    r"\u0eb3\u0edc\u0edd\u0f43-\u0fb9\u1e9a\u1e9b\u1f00-\u1ffe\u2010-\u2015\u2018-\u201f\u2032-\u2037\u2039\u203a\u2100-\u2138"
    r"\u2212\u2329\u232a\u2adc\u300c-\u300f\u301d-\u301f\u3131-\u318e\uf900-\ufaff\ufb00-\ufdfc\ufe00-\ufe0f\ufe50-\ufefc"
    r"\uff01-\uffee\U0001d15e-\U0001d1c0\U0002f800-\U0002fa1d"
)

# Letters and signs that fold to themselves unless a combining character follows; they let most of a text be skipped.
_USUAL = (
    r"!-_a-~\xc0-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0391-\u03a9\u03ac-\u03ce\u0400-\u0481\u048a-\u052f"
    r"\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u0904-\u0939\u0e01-\u0e30\u3001\u3002\u3041-\u3096\u30a1-\u30fa"
    r"\u4e00-\u9fff\uac00-\ud7a3"
)


@dataclass(frozen=True)
class Folded:
    """A folded text with the way back to the original.

    `segments` are in order: where each begins in the folded text and in the original, its length in the original, and
    whether it is unchanged (`plain`), so that a match may begin or end inside it. Characters that fold to nothing have
    none.
    """

    text: str
    starts: list[int]
    segments: list[tuple[int, int, int, bool]]

    def spans(self, words: str) -> Iterator[tuple[int, int]]:
        """Every span of the original that folds to what the words fold to, in order. None begins or ends inside a
        character as readers see it, or with characters that fold to nothing."""
        wanted = fold(words)
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            start, end = self._offset(at, False), self._offset(at + len(wanted), True)
            if start is not None and end is not None:
                yield start, end
            at = self.text.find(wanted, at + 1)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The span of the original for one of the folded text; None if it begins or ends inside a changed character."""
        begin, stop = self._offset(start, False), self._offset(end, True)
        return None if begin is None or stop is None else (begin, stop)

    def nearest(self, at: int) -> int:
        """The offset in the original for one in the folded text; inside a changed character, that of the character."""
        if not self.segments:
            return 0
        start, begin, length, plain = self.segments[self._segment(at)]
        return begin + (min(at - start, length) if plain or at >= len(self.text) else 0)

    def inside(self, at: int) -> tuple[int, int] | None:
        """The span of the changed character that an offset in the folded text is inside; None if it is inside none."""
        start, begin, length, plain = self.segments[self._segment(at)]
        return None if plain or at in (start, len(self.text)) else (begin, begin + length)

    def _segment(self, at: int) -> int:
        return bisect_right(self.starts, at) - 1

    def _offset(self, at: int, ending: bool) -> int | None:
        """The offset in the original where a match begins or ends; None inside a changed character."""
        start, begin, length, plain = self.segments[found := self._segment(at - ending)]
        if plain:
            return begin + at - start
        if not ending:
            return begin if at == start else None
        last = self.starts[found + 1] if found + 1 < len(self.starts) else len(self.text)
        return begin + length if at == last else None


def fold(text: str) -> str:
    """Fold a text.

    >>> fold("China’s “hub”,\\n  Ｔｅａ\\xa0ﬁrms in block\\xadchain")
    'China\\'s "hub", Tea firms in blockchain'
    """
    if text.isascii() and _ASCII.fullmatch(text):
        return text
    return "".join(made for made, _, _, _ in _segments(text))


@lru_cache(maxsize=2)
def folded(text: str) -> Folded:
    """Fold a document. The last two are kept, since many quotations are looked up in one."""
    starts, segments, out, length = [], [], [], 0
    for made, begin, end, plain in _segments(text):
        if made:
            starts.append(length)
            segments.append((length, begin, end - begin, plain))
            out.append(made)
            length += len(made)
    return Folded("".join(out), starts, segments)


def is_border(text: str, at: int) -> bool:
    """Whether an offset is not inside a character as readers see it.

    >>> [is_border("Cafe\\u0301s", at) for at in (3, 4, 5)]
    [True, False, True]
    """
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before < "\u0300" and after < "\u0300":
        return before != "\r" or after != "\n"
    begin = at
    while begin > 0 and not _surely(text, begin):
        begin -= 1
    patterns = _patterns()
    while begin < at:
        begin = patterns.character.match(text, begin).end()
    return begin == at


def character(text: str, at: int) -> str:
    """The character as readers see it at an offset."""
    begin = at
    while not is_border(text, begin):
        begin -= 1
    return str(_patterns().character.match(text, begin)[0]) if begin < len(text) else ""


def _surely(text: str, at: int) -> bool:
    """Whether a character surely begins there, judged by the code points before and at the offset alone."""
    patterns = _patterns()
    return not patterns.continuing.match(text, at) and not patterns.continued.match(text, at - 1)


_ASCII = re.compile(r"[!-_a-~]+(?: [!-_a-~]+)*")


class _Patterns:
    """Patterns, compiled on first use: most commands fold only plain text."""

    def __init__(self) -> None:
        import regex

        joining = r"\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}\p{GCB=V}\p{GCB=T}"
        first = r"\p{GCB=Prepend}\p{GCB=L}\p{RI}"
        white = rf"{_LINES}{_BLANKS}{_NOTHING}"
        self.character = regex.compile(r"\X")
        self.continuing = regex.compile(rf"[{joining}\n]")
        self.continued = regex.compile(rf"[{joining}{first}\r]")
        alone, carrying = rf"[{_LINES}{_NOTHING}]", rf"[ {_BLANKS}](?![{joining}])"
        blank = rf"[ {white}]+(?:{alone}|{carrying})|{alone}|(?! ){carrying}"
        several = rf"(?=[{joining}{first}]|.[{joining}])\X"
        self.candidate = re.compile(rf" (?=[^{_USUAL}])|[^{_USUAL} ]")
        self.special = regex.compile(
            rf"(?P<blank>{blank})|(?P<several>{several})|(?P<single>[{_SINGLE}{_BLANKS}])", regex.DOTALL
        )
        self.white = re.compile(rf"[ {_LINES}{_BLANKS}]")
        self.line = re.compile(r"[\n-\r\x1c-\x1e\x85\u2028\u2029]")
        self.east = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3001-\u3011！-／：-＠｛-･]")


@cache
def _patterns() -> _Patterns:
    return _Patterns()


def _segments(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """The text in segments: what each folds to, its span, and whether it is unchanged."""
    patterns, at, seen = _patterns(), 0, 0
    while candidate := patterns.candidate.search(text, seen):
        begin = candidate.start()
        if begin > at and patterns.continuing.match(text, begin) and text[begin] != "\n":
            begin -= 1
        match = patterns.special.match(text, begin)
        seen = match.end() if match else begin + 1
        if match:
            if begin > at:
                yield text[at:begin], at, begin, True
            yield _blank(text, begin, seen) if match["blank"] else _character(match[0]), begin, seen, False
            at = seen
    if at < len(text):
        yield text[at:], at, len(text), True


def _blank(text: str, begin: int, end: int) -> str:
    """Fold a run of white space and characters without a width."""
    patterns, run = _patterns(), text[begin:end]
    if not patterns.white.search(run):
        return ""
    around, line = (text[begin - 1] if begin else "", text[end : end + 1]), patterns.line.search(run)
    if line and (run[0] == "\u00ad" or all(map(patterns.east.match, around))):
        return ""
    return "\n" if (line or "\t" in run) and all(map(str.isdigit, around)) else " "


@lru_cache(maxsize=4096)
def _character(character: str) -> str:
    """Fold a character as readers see it."""
    return normalize("NFC", "".join(map(_code_point, character)))


def _code_point(one: str) -> str:
    if one in _PLAIN:
        return _PLAIN[one]
    if one.isspace():
        return " "
    if "\ufe00" <= one <= "\ufe0f":
        return ""  # says how the character before is drawn
    kind = decomposition(one).partition(" ")[0]
    if kind in _WIDTHS or (kind == "<compat>" and category(one)[0] == "L"):
        return "".join(map(_code_point, normalize("NFKD", one)))
    return one


ELLIPSIS = " … "
OFFSET = re.compile(r"[0-9]{1,9}")


def find(text: str, words: str) -> list[tuple[int, int]]:
    """Every span of `text` that folds to the same as `words` (`gbkg.documents.passages`) and splits no character."""
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


def is_quotation(text: str, words: str, start: int, end: int) -> bool:
    """Whether a span of the text is exactly `words`, or `words` with an ellipsis for the middle."""
    if text[start:end] == words:
        return True
    head, gap, tail = words.partition(ELLIPSIS)
    after = start + len(head)
    return bool(gap and head and tail) and text.startswith(head, start) and text.find(tail, after) + len(tail) == end


def severed_character(text: str, start: int, end: int) -> str:
    """The character, as readers see it, that a span splits; "" if it splits none."""
    for at in (start, end):
        if not is_border(text, at):
            return character(text, at)
    return ""


def abridged(text: str, start: int, end: int, *kept: int) -> str:
    """The words of a span, of a long one its beginning and end, if they mean this span and no other; `kept` are the
    numbers of characters at each end that are tried one after the other, where the words are three times as long.

    >>> abridged("Tea grows in the warm hills.", 0, 28, 5)
    'Tea g … ills.'
    """
    words = text[start:end]
    for number in kept:
        if len(words) <= 3 * number:
            break
        short = f"{words[:number].rstrip()}{ELLIPSIS}{words[-number:].lstrip()}"
        if (start, end) in find_span(text, short):
            return short
    return words


def mismatch(text: str, words: str) -> str:
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
