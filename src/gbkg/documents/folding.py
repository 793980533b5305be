"""Folding: makes words equal that are printed and typed differently, and maps them back to the document's characters.

What folds together: runs of white space, line ends included, and one blank; quotation marks of any kind and ' or ";
hyphens, dashes and minus signs and -; full and half width, ligatures and Arabic letter forms and their plain letters;
composed and decomposed characters (NFC, https://www.unicode.org/reports/tr15/). What folds to nothing: soft hyphens and
other characters without a width, and a line end between two Chinese or Japanese characters. A line end or tab between
two digits stays, since it separates two numbers. Capitals, raised digits, fractions and signs such as ℃ stay what they
are: "10⁶" is not "106".

A character as readers see it (a grapheme cluster, https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries) is
folded whole, so that no match ends inside one. Offsets are code points, 0-based and half-open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import category, decomposition, normalize

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
