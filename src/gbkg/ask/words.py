"""An index of words: SQLite's FTS5 finds the texts that have them, RapidFuzz the words that were meant.

https://www.sqlite.org/fts5.html · https://rapidfuzz.github.io/RapidFuzz/
"""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gbkg.core.text import plural

_WRITTEN_TOGETHER = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters of scripts without blanks between words (Han, Kana): each is a word of its own here."""
_TOKEN = re.compile(rf"[{_WRITTEN_TOGETHER}]|[^\W{_WRITTEN_TOGETHER}]+")
_NEAR, _VARIANT, _SHORTEST = 0.75, 0.86, 4
"""The least similarity of a misspelt word (optimal string alignment, 0 to 1); of a word beside one that is spelt as
typed; and the fewest characters that either has."""
_LEADING = 3
"""The fewest characters of a word that is not written to its end; the last one that was typed may have two."""
_COMMON = frozenset(
    "a an and are as at be by did do does for from how in is it its of on or that the this to was were what when where "
    "which who whose with".split()
)
"""Words that are left out of a search that has others."""
_ALIKE = 0.8
"""The least likeness of a whole text (indel similarity, 0 to 1)."""
_PREFIXES, _MISSPELT = 64, 8
"""The most words that are tried for the beginning of one, and for a misspelt one."""
WORDS = 12
"""The most words of a search that are looked for."""

Span = tuple[int, int]
Token = tuple[str, int, int]
"""A word as it is compared, and its offsets in the text, half-open."""


def tokens(text: str) -> list[Token]:
    """The words of a text, without regard to case and accents.

    >>> tokens("Café 广州")
    [('cafe', 0, 4), ('广', 5, 6), ('州', 6, 7)]
    """
    return [(_folded(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word).casefold()
    return "".join(c for c in parts if not unicodedata.combining(c)) or word.casefold()


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word that was typed: `meant` has the words of the index that it stands for, each with its likeness (0 to 1),
    `weight` is greater for a word that few texts have."""

    word: str
    meant: dict[str, float]
    weight: float

    @property
    def misspelt(self) -> str:
        """The word it is taken for, if that is spelt otherwise; else empty."""
        best = max(self.meant, key=lambda word: (self.meant[word], word), default="")
        return "" if self.meant.get(best, 1.0) > 0.9 or best.startswith(self.word) else best


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text with some of the words: `share` (0 to 1) of what was asked, by the weights of the words and how like they
    are; `cover` (0 to 1), how many of its own words they are; `first`, whether it begins with one; `beside`, whether
    they stand together in it, in order; `length` in words; `marks`, the offsets of the words."""

    number: int
    share: float
    cover: float
    first: bool
    beside: bool
    length: int
    marks: tuple[Span, ...]


class WordIndex:
    """Texts by their words. They are numbered from 0 in the order in which they come."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = list(texts)
        # Read by one process alone, and by one of its threads at a time.
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        made = "fts5(text, content='', tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
        self._base.execute(f"CREATE VIRTUAL TABLE t USING {made}")
        self._base.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'row')")
        rows = ((n, " ".join(word for word, _, _ in tokens(text))) for n, text in enumerate(self.texts))
        self._base.executemany("INSERT INTO t(rowid, text) VALUES (?, ?)", rows)
        self._known = dict(self._base.execute("SELECT term, doc FROM v"))

    def asked(self, words: str) -> tuple[AskedWord, ...]:
        """The words of a search, each once, common ones only if there are no others."""
        typed = list(dict.fromkeys(word for word, _, _ in tokens(words)))
        found = [word for word in typed if word not in _COMMON] or typed
        return tuple(self._asked(word, word == typed[-1]) for word in found[:WORDS])

    def _asked(self, word: str, last: bool) -> AskedWord:
        known = word in self._known
        meant = dict.fromkeys((one for one in _numbers(word) if one in self._known), 0.95)
        if not word.isdigit() and (len(word) >= _LEADING or (last and not known and len(word) > 1)):
            begun = self._beginning(word)
            meant |= {one: max(0.7 + 0.3 * len(word) / len(one), meant.get(one, 0)) for one in begun}
        if len(word) >= _SHORTEST:
            near = self._near(word, _VARIANT if known or meant else _NEAR)
            meant |= {one: likeness for one, likeness in near.items() if one not in meant}
        if known:
            meant[word] = 1.0
        likely = max(meant.values(), default=0.0) - 0.05
        often = sum(self._known[one] for one in meant if meant[one] >= likely)
        return AskedWord(word, meant, math.log(2 + len(self.texts) / (1 + often)))

    def _beginning(self, word: str) -> list[str]:
        rows = self._base.execute(
            "SELECT term FROM v WHERE term >= ? AND term < ? ORDER BY doc DESC, term LIMIT ?",
            (word, word + "\U0010ffff", _PREFIXES),
        )
        return [row[0] for row in rows]

    def _near(self, word: str, least: float) -> dict[str, float]:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        like = extract(word, self._written, scorer=OSA.normalized_similarity, score_cutoff=least, limit=_MISSPELT)
        return {one: 0.9 * likeness for one, likeness, _ in like}

    @cached_property
    def _written(self) -> list[str]:
        return sorted(self._known)

    def find(self, asked: Sequence[AskedWord], most: int, least: float) -> list[FoundText]:
        """The texts with at least this share of what is asked, the best first; at most so many, taken from those that
        FTS5 ranks first (BM25)."""
        groups = [" OR ".join(f'"{word}"' for word in one.meant) for one in asked if one.meant]
        if not groups:
            return []
        numbers = self._base.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t), rowid LIMIT ?",
            (" OR ".join(f"({group})" for group in groups), most),
        )
        found = [self._found(number, asked) for (number,) in numbers.fetchall()]
        return sorted((one for one in found if one.share >= least), key=lambda one: -one.share)

    def alike(self, words: str) -> list[FoundText]:
        """The texts that are written nearly as what was asked is, blanks left out: `hongkong` for Hong Kong."""
        from rapidfuzz.distance import Indel
        from rapidfuzz.process import extract

        wanted = _run_together(words)
        if len(wanted) < _SHORTEST:
            return []
        like = extract(wanted, self._together, scorer=Indel.normalized_similarity, score_cutoff=_ALIKE, limit=_MISSPELT)
        made = []
        for _, likeness, number in like:
            text = self.texts[number]
            length = len(tokens(text))
            made.append(FoundText(number, 0.9 * likeness, 1.0, True, True, length, ((0, len(text)),)))
        return made

    @cached_property
    def _together(self) -> list[str]:
        return list(map(_run_together, self.texts))

    def _found(self, number: int, asked: Sequence[AskedWord]) -> FoundText:
        best = [0.0] * len(asked)
        spans: list[Span] = []
        order: list[int] = []
        own = tokens(self.texts[number])
        for word, start, end in own:
            likeness = {n: one.meant[word] for n, one in enumerate(asked) if word in one.meant}
            for n, likely in likeness.items():
                best[n] = max(best[n], likely)
            order.append(max(likeness, key=lambda n: likeness[n], default=-1))
            if likeness:
                spans.append((start, end))
        share = sum(one.weight * likely for one, likely in zip(asked, best, strict=True))
        share /= sum(one.weight for one in asked)
        wanted = list(range(len(asked)))
        beside = any(order[at : at + len(wanted)] == wanted for at in range(len(order)))
        cover = sum(n >= 0 for n in order) / len(order)
        marks = _joined(self.texts[number], spans)
        return FoundText(number, share, cover, order[0] >= 0, beside, len(own), marks)


def _numbers(word: str) -> Iterator[str]:
    """The singular and the plural of an English noun, of which the word is the other."""
    yield plural(word)
    if word.endswith("s"):
        yield word[:-1]
    if word.endswith("ies"):
        yield f"{word[:-3]}y"


def _run_together(text: str) -> str:
    return "".join(word for word, _, _ in tokens(text))


def _joined(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans with nothing, or only blanks, between them as one."""
    made: list[Span] = []
    for start, end in spans:
        if made and not text[made[-1][1] : start].strip():
            made[-1] = made[-1][0], end
        else:
            made.append((start, end))
    return tuple(made)
