"""Printed dates, whole: the grammar over the pieces of `gbkg.documents.dates.words`, and what each rule makes of them.

A date is written as the tables write it: 2018, 2018-11, 2018-11-09, --11, --11-09, or a period of two of them, A/B.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gbkg.documents.dates.words import Piece, day_first, month, number, pieces

Day = tuple[int | None, int | None, int | None]
"""Year, month and day, as far as they are printed."""
Span = tuple[Day, Day]
"""First and last; twice the same where no period is printed."""

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
"""The grammar: what is printed, as letters of `words`. Of several rules that fit the first holds."""
_GRAMMAR = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _RULES.items()))
_WIDE = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")
# A number such as 2018 is a year after these words, and elsewhere unless a word in lower case comes after it that none
# of those below is: "2000 firms" are no year.
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
class Printed:
    """A printed date: where it stands (code points, half-open), and its `readings` as tables write dates, none when it
    is no date of the calendar. `ambiguous` tells that the words do not say which reading is meant."""

    start: int
    end: int
    readings: tuple[str, ...]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Point:
    """A date before it is joined to others: the pieces it is made of, and what they can mean. A weak one may be a
    number that is no year; one in Chinese gives its year to what follows."""

    first: int
    last: int
    spans: tuple[Span, ...]
    ambiguous: bool = False
    weak: bool = False
    han: bool = False


@lru_cache(maxsize=4096)
def read(text: str, language: str) -> tuple[Printed, ...]:
    """Every date that a text prints, in order. `language` is the source's, as a BCP 47 tag: it tells the names of
    months, and with a region whether 3/4 is in March or in April.

    >>> [p.readings for p in read("On November 9, 2018, up from 2015 to 2017", "en")]
    [('2018-11-09',), ('2015/2017',)]
    >>> read("03/04/2018", "en")
    (Printed(start=0, end=10, readings=('2018-03-04', '2018-04-03'), ambiguous=True),)
    >>> read("03/04/2018", "en-GB")
    (Printed(start=0, end=10, readings=('2018-04-03',), ambiguous=False),)
    """
    text = text.translate(_WIDE)
    found = list(pieces(text, language))
    letters = "".join(piece.letter for piece in found)
    points = []
    for match in _GRAMMAR.finditer(letters):
        some = found[match.start() : match.end()]
        rule = match.lastgroup or ""
        if rule == "yearless" and some[-1].letter == "d" and _COUNTED.match(text, some[-1].end):
            rule, some = "alone", some[:-1]
        spans, ambiguous = _MEANING[rule](some, language)
        weak = rule == "year" and not _is_year(text, some)
        point = _Point(
            match.start(), match.start() + len(some), spans, ambiguous, weak, any(p.letter in "KLJ" for p in some)
        )
        if rule != "alone" or _is_month(letters, text, match.start(), some):
            points.append(point)
    joined = [p for p in _joined(points, letters) if not p.weak]
    return tuple(_printed(point, found) for point in joined)


def _printed(point: _Point, found: list[Piece]) -> Printed:
    texts = dict.fromkeys(t for span in point.spans if (t := _written(span)))
    ambiguous = point.ambiguous and (len(texts) != 1 or len(point.spans) == 1)
    last = found[point.last - 1]
    end = last.end - last.text.endswith(".")  # that of a sentence, or of "Nov."
    return Printed(found[point.first].start, end, tuple(texts), ambiguous)


def _written(span: Span) -> str:
    """The span as tables write it; nothing when the calendar does not have it."""
    if not all(map(_in_calendar, span)):
        return ""
    first, last = (_form(day) for day in span)
    if first == last:
        return first
    return f"{first}/{last}" if first < last and (span[0][0] is None) == (span[1][0] is None) else ""


def _form(day: Day) -> str:
    year, month, number = day
    text = f"{year:04}" if year is not None else "-"
    return text + "".join(f"-{part:02}" for part in (month, number) if part is not None)


def _in_calendar(day: Day) -> bool:
    year, month, number = day
    if month is not None and not 1 <= month <= 12:
        return False
    return number is None or 1 <= number <= monthrange(year or 2000, month or 1)[1]


# ---- Joining


def _joined(points: list[_Point], letters: str) -> Iterator[_Point]:
    """Periods of two dates ("from July to September 2019"), and dates that share the year of the next one ("September
    and October 2019")."""
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
    """One period of two dates. The year of the second counts for both; that of the first does in Chinese, elsewhere it
    is asked."""
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


# ---- What each rule means


def _pick(some: list[Piece], letters: str) -> list[Piece]:
    return [piece for piece in some if piece.letter in letters]


def _year(some: list[Piece]) -> int | None:
    found = _pick(some, "Y")
    return number(found[0].text) if found else None


def _month(some: list[Piece], language: str) -> int:
    name = _pick(some, "ML")[0]
    return month(name.text, language) if name.letter == "M" else number(name.text)


Meaning = tuple[tuple[Span, ...], bool]


def _one(*days: Day, ambiguous: bool = False) -> Meaning:
    return tuple((day, day) for day in days), ambiguous


def _years(some: list[Piece]) -> list[int | None]:
    """The year, or both that two digits after an apostrophe can stand for."""
    short = _pick(some, "y")
    if not short:
        return [_year(some)]
    digits = int(short[0].text[1:])
    return [1900 + digits, 2000 + digits]


def _days(some: list[Piece], language: str) -> Meaning:
    first, last = (number(piece.text) for piece in _pick(some, "dJ"))
    year, in_month = _year(some), _month(some, language)
    return (((year, in_month, first), (year, in_month, last)),), False


def _both(some: list[Piece], language: str) -> Meaning:
    """Two days that share their month ("9 and 10 November"): either is printed."""
    ((first, last),), _ = _days(some, language)
    return _one(first, last)


def _months(some: list[Piece], language: str) -> Meaning:
    first, last = number(_pick(some, "d")[0].text), _month(some, language)
    return (((_year(some), first, None), (_year(some), last, None)),), False


def _day(some: list[Piece], language: str) -> Meaning:
    day, years = number(_pick(some, "dJ")[0].text), _years(some)
    return _one(*((year, _month(some, language), day) for year in years), ambiguous=len(years) > 1)


def _month_of(some: list[Piece], language: str) -> Meaning:
    years = _years(some)
    return _one(*((year, _month(some, language), None) for year in years), ambiguous=len(years) > 1)


def _part(size: int) -> Callable[[list[Piece], str], Meaning]:
    """Quarters of three months, halves of six."""

    def meaning(some: list[Piece], language: str) -> Meaning:
        del language
        which = _which(_pick(some, "qh")[0].text, 12 // size)
        first, last = size * (which - 1) + 1, size * which
        if some[0].letter == "e":
            return _one((_year(some), last, None))
        return (((_year(some), first, None), (_year(some), last, None)),), False

    return meaning


def _quarters(some: list[Piece], language: str) -> Meaning:
    del language
    first, last = (_which(piece.text, 4) for piece in _pick(some, "q"))
    return (((_year(some), 3 * first - 2, None), (_year(some), 3 * last, None)),), False


def _which(text: str, last: int) -> int:
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": last, "上": 1, "下": 2}
    words |= dict(zip("一二三四", (1, 2, 3, 4), strict=True))
    lowered = text.lower()
    digit = re.search(r"[1-4]", lowered)
    return int(digit.group()) if digit else next(n for word, n in words.items() if word in lowered)


def _beginning(some: list[Piece], language: str) -> Meaning:
    """The first so many months or quarters."""
    del language
    text = _pick(some, "k")[0].text
    words = re.sub(r"^(?:first|前)\s*|\s*个?(?:months|quarters|月|季度)$", "", text)
    last = number(words) * (3 if re.search("quarter|季", text) else 1)
    return (((_year(some), 1, None), (_year(some), last, None)),), False


def _loose(some: list[Piece], language: str) -> Meaning:
    """A season, or early in a year: months that nobody prints are none."""
    del language
    return _one((_year(some), None, None))


def _end(some: list[Piece], language: str) -> Meaning:
    """The end of a year is its December; the year alone is what is printed, too."""
    del language
    return _one((_year(some), 12, None), (_year(some), None, None))


def _numeric(some: list[Piece], language: str) -> Meaning:
    parts = [int(part) for part in re.split(r"\D", some[0].text)]
    if some[0].letter == "m":
        return _one((parts[1], parts[0], None))
    if some[0].letter == "i":
        return _one((parts[0], parts[1], parts[2]))
    if some[0].letter == "s":
        return _ordered(parts, language)
    year, short = parts
    end = year // 100 * 100 + short
    spans: list[Span] = [((year, short, None), (year, short, None))] if "–" not in some[0].text else []
    spans += [((year, None, None), (end, None, None))] if end > year else []
    spans = [span for span in spans if _written(span)]
    return tuple(spans), len(spans) > 1


def _ordered(parts: list[int], language: str) -> Meaning:
    """Day, month and year as the language orders them; all orders that the calendar allows where nobody says."""
    first, second, year = parts
    years = [year] if year > 99 else [1900 + year, 2000 + year]
    order = day_first(language)
    days: list[Day] = [(y, *pair) for y in years for pair in ((first, second), (second, first))]
    if order is not None:
        days = [(y, second, first) if order else (y, first, second) for y in years]
    days = [day for day in dict.fromkeys(days) if _in_calendar(day)]
    return _one(*days, ambiguous=len(days) > 1)


def _fiscal(some: list[Piece], language: str) -> Meaning:
    """When a fiscal year begins nobody prints: it is asked."""
    del language
    return _one((int(re.findall(r"\d{4}", some[0].text)[0]), None, None), ambiguous=True)


def _decade(some: list[Piece], language: str) -> Meaning:
    del language
    year = int(_pick(some, "D")[0].text[:4])
    return (((year, None, None), (year + 9, None, None)),), False


def _alone(some: list[Piece], language: str) -> Meaning:
    return _one((None, _month(some, language), None))


def _short(some: list[Piece], language: str) -> Meaning:
    del language
    return _one(*((year, None, None) for year in _years(some)), ambiguous=True)


_MEANING = {
    "days": _days, "both": _both, "months": _months, "day": _day, "quarters": _quarters, "quarter": _part(3),
    "half": _part(6), "beginning": _beginning, "loose": _loose, "end": _end,
    "month": _month_of, "numeric": _numeric, "fiscal": _fiscal, "decade": _decade,
    "yearless": _day, "alone": _alone, "short": _short, "year": _loose,
}  # fmt: skip


# ---- What is no date


def _is_year(text: str, some: list[Piece]) -> bool:
    """Whether four digits are a year and not a number of things."""
    if some[-1].letter == "K":
        return True
    before = text[max(0, some[0].start - 16) : some[0].start]
    if _COUNTED.match(text, some[-1].end) or _MONEY.search(before):
        return False
    return bool(_BEFORE.search(before)) or not _AFTER.match(text, some[-1].end)


def _is_month(letters: str, text: str, at: int, some: list[Piece]) -> bool:
    """Whether the name of a month that stands alone is one: such as May and March need a word of time before them."""
    name = _pick(some, "ML")[0]
    if name.letter == "L" or len(some) > 1 or letters[:at].endswith(("f", "t", "b", "a", "o")):
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
