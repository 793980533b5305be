"""A text in the pieces that the grammar of quantities is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gbkg.documents.quantities import digits, han, words

_LETTERS = {
    "_": r"\s+|(?<=[a-zA-Z\d])-(?=[a-zA-Z])",
    "x": r"(?i:\bno(?=\s+(?:more|fewer|less|later|longer|one)\b))|\bNo\.",
    "u": r"(?<![\w.,/])(?:\d+\s?)?[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]|(?<![\w.,/])\d{1,3}/\d{1,4}(?![\d/]|[.,]\d)",
    "P": r"(?:[×x*·]\s*|(?<![\d.,]))10(?:\^?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|(?:\^|\*\*)\d{1,2}(?!\d))",
    "E": r"(?<![\w.,])\d+(?:\.\d+)?[eE]\+?\d{1,2}(?!\w|\.\d)",
    "c": "[百千]分之",
    "v": r"(?i:(?<!\d )\b(?:<VAGUE>)\b)|[几幾数數][十百千万亿]+|[十百千万亿]+[几幾数數]",
    "y": "第(?=[一二三四五六七八九十百\\d])|首(?=[个家次批座届位项])",
    "H": "<HAN>",
    "D": r"<FREE><DIGITS>(?:(?P<D_>bn|mn|mln|tn|trn|MM|[kKmMBT])(?![A-Za-z²³⁄])|(?P<o_>st|nd|rd|th)\b)?<UNIT>",
    "r": r"(?i:\b(?:to|through|till|until|bis|à|hasta|até)\b)|\s*[-–—~～至到]",
    "b": r"(?i:\b(?:between|zwischen|entre|tra|tussen)\b)",
    "&": r"(?i:\band\b)",
    "a": r"(?i:\ban?\b)",
    "p": r"(?i:\bpoint\b)",
    "z": r"(?i:\b(?:zero|no|none|nil)\b)",
    "k": r"(?i:\bdozen\b)",
    "s": r"(?i:\b(?:<SCALES>)\b\.?)|[百千万亿萬億]",
    "n": r"(?i:\b(?:<CARDINALS>)\b)",
    "h": r"(?i:\bhalf\b)",
    "o": r"(?i:\b(?:<ORDINALS>)\b)",
    "f": r"(?i:\b(?:<FRACTIONS>)\b)",
    "l": r"(?i:\b(?:<SUPERLATIVES>)\b)",
    "m": "[多余餘来+]",
    "~": r"(?i:\bof\b)",
    "w": r"[^\W\d_\u3040-\u9fff]+|\d\w*|.",
}  # fmt: skip
"""What each letter of the grammar stands for; of several that fit at a place the first is taken.

u ½ or 2/3 · P 10⁶ · E 1.5e6 · c 百分之 · v several, hundreds · y 第 · H Chinese numeral · D number in digits · r to ·
b between · & and · a a, an · p point · z zero, no · k dozen · s scale word · n cardinal · h half · o ordinal ·
f quarters, thirds · l largest · m more than (300多) · ~ of · x, w anything else · _ blanks, hyphens between words"""

_GROUPS = {"&": "and_", "~": "of_"}
_NAMES = {name: letter for letter, name in _GROUPS.items()}
_UNIT = r"(?![A-Za-z])|(?=(?:m|km|cm|mm|kg|g|t|ha|sqm|sqft|MW|kW|GW|kWh|MWh|GWh|h|min|s|bps|x)(?![A-Za-z]))"


class Piece(NamedTuple):
    letter: str
    text: str
    start: int
    end: int
    attached: str


def pieces(text: str, language: str) -> Iterator[Piece]:
    for match in _lexer(language).finditer(text):
        letter = _NAMES.get(match.lastgroup or "w", match.lastgroup or "w")
        if letter != "_":
            attached = (match["D_"] or match["o_"] or "") if letter == "D" else ""
            yield Piece("x" if letter == "w" else letter, match.group(), match.start(), match.end(), attached)


@lru_cache(maxsize=64)
def _lexer(language: str) -> re.Pattern[str]:
    def any_of(some: object) -> str:
        return "|".join(re.escape(word) for word in sorted(some, key=len, reverse=True))  # type: ignore[call-overload]

    english = language.partition("-")[0] in ("", "en", "zh", "ja", "ko")
    holes = {
        "VAGUE": any_of(words.VAGUE.split()) if english else "(?!)",
        "HAN": han.PATTERN,
        # A minus sign stands after a blank or a bracket, or at the beginning; digits never within a word.
        "FREE": r"(?:(?:(?<=[\s(（])|(?<![\s\S]))[-−–])?"
        r"(?:(?<![\w.,])|(?<=\b[A-Z]{3})|(?<=[\u3040-\u9fff])|(?<=[$€£¥])|(?<=[-–—~～+/]))",
        "DIGITS": f"(?:{digits.PATTERN})",
        "UNIT": rf"(?!\d)(?:{_UNIT})",
        "SCALES": any_of(words.scales(language)),
        "CARDINALS": any_of(words.CARDINALS.split()) if english else "(?!)",
        "ORDINALS": any_of(words.ordinals()) if english else "(?!)",
        "FRACTIONS": any_of(words.FRACTIONS) if english else "(?!)",
        "SUPERLATIVES": any_of(words.SUPERLATIVES.split()),
    }
    parts = []
    for letter, pattern in _LETTERS.items():
        for hole, filling in holes.items():
            pattern = pattern.replace(f"<{hole}>", filling)
        parts.append(f"(?P<{_GROUPS.get(letter, letter)}>{pattern})")
    return re.compile("|".join(parts), re.S)
