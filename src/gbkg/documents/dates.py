"""Printed dates: `read` finds every date in a text, whole, by the grammar over the tokens of
`gbkg.documents.datewords`, and periods of two dates.

A date is written as tables write it: 2018, 2018-11, 2018-11-09, --11, --11-09, or a period of two of them, A/B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gbkg.documents.datewords import MEANING, DateSpan, Day, lexer, written
from gbkg.documents.tokens import TextToken, base, grammar, kinds, of_kinds, phrases

__all__ = ["PrintedDate", "read"]


_RULES = {
    "days": "bdado?Mc?o?Y|bdado?M|bMdadc?o?Y|Mdtdc?o?Y|Mdtd|do?tdo?Mc?o?Y|do?tdo?M|(?:YK)?LJtJ",
    "months": "(?:YK)?dtL(?!J)",
    "both": "dado?Mc?o?Y|dado?M|Mdadc?o?Y|Mdad",
    "day": "Mdc?o?[Yy]|do?Mc?o?[Yy]|YKLJ|dtMtY",
    "quarters": "qtqc?o?Y|YKqtq",
    "quarter": "eo?qc?o?Y|qc?o?Y|Yc?q|YKq",
    "half": "hc?o?Y|Yc?h|YKh",
    "beginning": "kc?o?Y|YKk",
    "loose": "wc?o?Y|YKw|po?Y(?!K?L)|YKp",
    "end": "eo?Y(?!K?L)|Yt?e|YKe",
    "month": "(?:[ep]o?)?Mc?o?[Yy]|Mt[Yy]|YKL[ep]?",
    "numeric": "i|s|m|j",
    "fiscal": "F",
    "decade": "(?:[ep]o?)?D",
    "yearless": "Md|do?M|LJ",
    "alone": "(?:[ep]o?)?M|L[ep]?",
    "short": "y",
    "year": "YK?",
}
"""The grammar, over the kinds of tokens in `words`."""
_GRAMMAR = grammar(_RULES)
_WIDE = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")
# Four digits are a year after these words. Elsewhere they are one unless a word in lower case follows that is none of
# those below: "2000 firms" are no year.
_BEFORE = re.compile(
    r"\b(?:in|since|during|year|years|until|till|of|for|end|by|im|en|anno|jahr|année|año)[\s-]*$", re.I
)
_AFTER = re.compile(
    r"\s+(?!(?:and|or|to|the|a|an|in|on|at|by|for|with|from|of|as|when|but|that|which|while|after|before|until|it|its|this|we|they|he|she|"
    r"was|were|is|are|has|had|have|will|saw|und|et|y|e)\b)[a-z]"
)
_COUNTED = re.compile(
    r"\s*(?:[a-z]*\s)?(?:companies|firms|enterprises|people|persons|units|projects|parks|percent|per cent|square|"
    r"million|billion|thousand|hundred|yuan|dollars|euros|metres|meters|km|kg|tons?|家|个|人|元|万|亿|平方|米|名|项|件|台|辆|户)"
)
_MONEY = re.compile(r"(?:[$€£¥]|\b(?:RMB|USD|EUR|No\.|Nr\.))\s*$")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A printed date and where it stands (code points, half-open).

    `readings` are what it can mean, as tables write dates; none if the calendar does not have it. `ambiguous` says that
    the words leave open which reading is meant.
    """

    start: int
    end: int
    readings: tuple[str, ...]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Point:
    """A date before joining: the range of its tokens, and what they can mean. A `weak` one may be a number and no year;
    a Chinese one (`han`) gives its year to the date after it."""

    first: int
    last: int
    spans: tuple[DateSpan, ...]
    ambiguous: bool = False
    weak: bool = False
    han: bool = False


@lru_cache(maxsize=4096)
def read(text: str, language: str) -> tuple[PrintedDate, ...]:
    """Every date that a text prints, in order. `language` is the source's BCP 47 tag: it gives the names of months, and
    with a region the order of 3/4.

    >>> [p.readings for p in read("On November 9, 2018, up from 2015 to 2017", "en")]
    [('2018-11-09',), ('2015/2017',)]
    >>> read("03/04/2018", "en")
    (PrintedDate(start=0, end=10, readings=('2018-03-04', '2018-04-03'), ambiguous=True),)
    >>> read("03/04/2018", "en-GB")
    (PrintedDate(start=0, end=10, readings=('2018-04-03',), ambiguous=False),)
    """
    text = text.translate(_WIDE)
    tokens = lexer(base(language)).tokens(text)
    letters = kinds(tokens)
    points = []
    for rule, first, last in phrases(_GRAMMAR, tokens):
        phrase = tokens[first:last]
        if rule == "yearless" and phrase[-1].kind == "d" and _COUNTED.match(text, phrase[-1].end):
            rule, phrase = "alone", phrase[:-1]
        spans, ambiguous = MEANING[rule](phrase, language)
        weak = rule == "year" and not _is_year(text, phrase)
        point = _Point(first, first + len(phrase), spans, ambiguous, weak, bool(of_kinds(phrase, "KLJ")))
        if rule != "alone" or _is_month(letters, text, first, phrase):
            points.append(point)
    joined = [p for p in _joined(points, letters) if not p.weak]
    return tuple(_printed(point, tokens) for point in joined)


def _printed(point: _Point, tokens: list[TextToken]) -> PrintedDate:
    texts = dict.fromkeys(t for span in point.spans if (t := written(span)))
    ambiguous = point.ambiguous and (len(texts) != 1 or len(point.spans) == 1)
    last = tokens[point.last - 1]
    end = last.end - last.text.endswith(".")  # that of a sentence, or of "Nov."
    return PrintedDate(tokens[point.first].start, end, tuple(texts), ambiguous)


# ---- Joining


def _joined(points: list[_Point], letters: str) -> Iterator[_Point]:
    """Join dates: periods ("from July to September 2019"), and dates that share the next one's year ("September and
    October 2019")."""
    at = 0
    while at < len(points):
        point = points[at]
        after = points[at + 1] if at + 1 < len(points) else None
        between = letters[point.last : after.first] if after else ""
        if after and (between in ("t", "ft") or (between == "a" and letters[: point.first].endswith("b"))):
            at += 2
            yield _period(point, after)
            continue
        if after and between == "a":
            shared = tuple((_with_year(a, b[0]), _with_year(z, b[0])) for a, z in point.spans for b in after.spans)
            point = replace(point, spans=tuple(dict.fromkeys(shared)) or point.spans)
        at += 1
        yield point


def _period(first: _Point, last: _Point) -> _Point:
    """Join two dates to a period. The year of the second holds for both. The year of the first holds for both in
    Chinese; elsewhere the period is then ambiguous."""
    spans = []
    unsure = first.ambiguous or last.ambiguous
    for begin, _ in first.spans:
        for _, end in last.spans:
            if begin[0] is not None and end[0] is None:
                unsure = unsure or not last.han
                end = _with_year(end, begin)
            spans.append((_with_year(begin, end), end))
    return _Point(first.first, last.last, tuple(spans), unsure, last.weak, last.han)


def _with_year(day: Day, other: Day) -> Day:
    return (other[0], day[1], day[2]) if day[0] is None else day


# ---- What is not a date


def _is_year(text: str, phrase: list[TextToken]) -> bool:
    """Whether four digits are a year and not a count of things."""
    if phrase[-1].kind == "K":
        return True
    before = text[max(0, phrase[0].start - 16) : phrase[0].start]
    if _COUNTED.match(text, phrase[-1].end) or _MONEY.search(before):
        return False
    return bool(_BEFORE.search(before)) or not _AFTER.match(text, phrase[-1].end)


def _is_month(letters: str, text: str, at: int, phrase: list[TextToken]) -> bool:
    """Whether the name of a month that stands alone means the month: May, March and the like need a word of time before
    them."""
    name = of_kinds(phrase, "ML")[0]
    if name.kind == "L" or len(phrase) > 1 or letters[:at].endswith(("f", "t", "b", "a", "o")):
        return True
    if len(name.text.rstrip(".")) > 3 and name.text.lower() not in ("march", "sept", "sept."):
        return True
    before = text[max(0, name.start - 12) : name.start]
    return at == 0 or bool(
        re.search(
            r"\b(?:in|during|since|by|until|till|before|after|last|this|next|every|each|im|en|au|de|a)\s+$",
            before,
            re.I,
        )
    )
