"""The meaning of each rule of the grammar of dates."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable

from gbkg.documents.dates.words import day_first, month, number
from gbkg.documents.tokens import Token, of_kinds

Day = tuple[int | None, int | None, int | None]
"""Year, month and day; None for what is not printed."""
Span = tuple[Day, Day]
"""First and last day of a period; the same day twice for a single date."""
Meaning = tuple[tuple[Span, ...], bool]
"""The spans that a phrase can mean, and whether it leaves open which."""


def written(span: Span) -> str:
    """The span as tables write it; "" if the calendar does not have it."""
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


def _year(tokens: list[Token]) -> int | None:
    found = of_kinds(tokens, "Y")
    return number(found[0].text) if found else None


def _month(tokens: list[Token], language: str) -> int:
    name = of_kinds(tokens, "ML")[0]
    return month(name.text, language) if name.kind == "M" else number(name.text)


def _one(*days: Day, ambiguous: bool = False) -> Meaning:
    return tuple((day, day) for day in days), ambiguous


def _years(tokens: list[Token]) -> list[int | None]:
    """The year; for two digits after an apostrophe, both years that they can stand for."""
    short = of_kinds(tokens, "y")
    if not short:
        return [_year(tokens)]
    digits = int(short[0].text[1:])
    return [1900 + digits, 2000 + digits]


def _days(tokens: list[Token], language: str) -> Meaning:
    first, last = (number(token.text) for token in of_kinds(tokens, "dJ"))
    year, in_month = _year(tokens), _month(tokens, language)
    return (((year, in_month, first), (year, in_month, last)),), False


def _both(tokens: list[Token], language: str) -> Meaning:
    """Two days that share their month ("9 and 10 November"): the phrase prints either."""
    ((first, last),), _ = _days(tokens, language)
    return _one(first, last)


def _months(tokens: list[Token], language: str) -> Meaning:
    first, last = number(of_kinds(tokens, "d")[0].text), _month(tokens, language)
    return (((_year(tokens), first, None), (_year(tokens), last, None)),), False


def _day(tokens: list[Token], language: str) -> Meaning:
    day, years = number(of_kinds(tokens, "dJ")[0].text), _years(tokens)
    return _one(*((year, _month(tokens, language), day) for year in years), ambiguous=len(years) > 1)


def _month_of(tokens: list[Token], language: str) -> Meaning:
    years = _years(tokens)
    return _one(*((year, _month(tokens, language), None) for year in years), ambiguous=len(years) > 1)


def _part(size: int) -> Callable[[list[Token], str], Meaning]:
    """Quarters of three months, halves of six."""

    def meaning(tokens: list[Token], language: str) -> Meaning:
        del language
        which = _which(of_kinds(tokens, "qh")[0].text, 12 // size)
        first, last = size * (which - 1) + 1, size * which
        if tokens[0].kind == "e":
            return _one((_year(tokens), last, None))
        return (((_year(tokens), first, None), (_year(tokens), last, None)),), False

    return meaning


def _quarters(tokens: list[Token], language: str) -> Meaning:
    del language
    first, last = (_which(token.text, 4) for token in of_kinds(tokens, "q"))
    return (((_year(tokens), 3 * first - 2, None), (_year(tokens), 3 * last, None)),), False


def _which(text: str, last: int) -> int:
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": last, "上": 1, "下": 2}
    words |= dict(zip("一二三四", (1, 2, 3, 4), strict=True))
    lowered = text.lower()
    digit = re.search(r"[1-4]", lowered)
    return int(digit.group()) if digit else next(n for word, n in words.items() if word in lowered)


def _beginning(tokens: list[Token], language: str) -> Meaning:
    """The first months or quarters of a year, as a period."""
    del language
    text = of_kinds(tokens, "k")[0].text
    words = re.sub(r"^(?:first|前)\s*|\s*个?(?:months|quarters|月|季度)$", "", text)
    last = number(words) * (3 if re.search("quarter|季", text) else 1)
    return (((_year(tokens), 1, None), (_year(tokens), last, None)),), False


def _loose(tokens: list[Token], language: str) -> Meaning:
    """A season, or a part such as early: only the year counts, since no month is printed."""
    del language
    return _one((_year(tokens), None, None))


def _end(tokens: list[Token], language: str) -> Meaning:
    """The end of a year: its December, or only the year."""
    del language
    return _one((_year(tokens), 12, None), (_year(tokens), None, None))


def _numeric(tokens: list[Token], language: str) -> Meaning:
    parts = [int(part) for part in re.split(r"\D", tokens[0].text)]
    if tokens[0].kind == "m":
        return _one((parts[1], parts[0], None))
    if tokens[0].kind == "i":
        return _one((parts[0], parts[1], parts[2]))
    if tokens[0].kind == "s":
        return _ordered(parts, language)
    year, short = parts
    end = year // 100 * 100 + short
    spans: list[Span] = [((year, short, None), (year, short, None))] if "–" not in tokens[0].text else []
    spans += [((year, None, None), (end, None, None))] if end > year else []
    spans = [span for span in spans if written(span)]
    return tuple(spans), len(spans) > 1


def _ordered(parts: list[int], language: str) -> Meaning:
    """Day, month and year in the order of the language; in every possible order if the language does not say."""
    first, second, year = parts
    years = [year] if year > 99 else [1900 + year, 2000 + year]
    order = day_first(language)
    days: list[Day] = [(y, *pair) for y in years for pair in ((first, second), (second, first))]
    if order is not None:
        days = [(y, second, first) if order else (y, first, second) for y in years]
    days = [day for day in dict.fromkeys(days) if _in_calendar(day)]
    return _one(*days, ambiguous=len(days) > 1)


def _fiscal(tokens: list[Token], language: str) -> Meaning:
    """A fiscal year. It is ambiguous, since its beginning is not printed."""
    del language
    return _one((int(re.findall(r"\d{4}", tokens[0].text)[0]), None, None), ambiguous=True)


def _decade(tokens: list[Token], language: str) -> Meaning:
    del language
    year = int(of_kinds(tokens, "D")[0].text[:4])
    return (((year, None, None), (year + 9, None, None)),), False


def _alone(tokens: list[Token], language: str) -> Meaning:
    return _one((None, _month(tokens, language), None))


def _short(tokens: list[Token], language: str) -> Meaning:
    del language
    return _one(*((year, None, None) for year in _years(tokens)), ambiguous=True)


MEANING: dict[str, Callable[[list[Token], str], Meaning]] = {
    "days": _days, "both": _both, "months": _months, "day": _day, "quarters": _quarters, "quarter": _part(3),
    "half": _part(6), "beginning": _beginning, "loose": _loose, "end": _end,
    "month": _month_of, "numeric": _numeric, "fiscal": _fiscal, "decade": _decade,
    "yearless": _day, "alone": _alone, "short": _short, "year": _loose,
}  # fmt: skip
