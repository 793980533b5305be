"""Dates of any precision, as spans on an axis and as words."""

from __future__ import annotations

import re
from calendar import isleap, month_abbr, month_name, monthrange
from dataclasses import dataclass
from datetime import date

_WITH_YEAR = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:Z|[+-]\d\d:\d\d)?")
_WITHOUT_YEAR = re.compile(r"--(\d\d)(?:-(\d\d))?(?:Z|[+-]\d\d:\d\d)?")
_STEPS = (1 / 12, 3 / 12, 6 / 12, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""What may lie between two ticks, in years."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in years: 2018.0 is the first moment of 2018, `end` is not included."""

    start: float
    end: float
    precision: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis: `major` ones begin a year (or a decade …) and have a longer line."""

    at: float
    text: str
    major: bool


def span(text: str) -> Span | None:
    """The time that a date with a year covers (XML Schema 1.1 Part 2, 3.3.9 to 3.3.12); None for any other text.

    >>> span("2018"), span("--05")
    (Span(start=2018.0, end=2019.0, precision='year'), None)
    """
    found = _WITH_YEAR.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not _possible(year, month, day):
        return None
    if not month:
        return Span(float(year), float(year + 1), "year")
    if not day:
        last = monthrange(year, month)[1]
        return Span(_moment(year, month, 1), _moment(year, month, last + 1), "month")
    return Span(_moment(year, month, day), _moment(year, month, day + 1), "day")


def spoken(text: str) -> str:
    """The date for a reader, in the precision given.

    >>> spoken("2018-11-09"), spoken("--05"), spoken("--10-24"), spoken("soon")
    ('9 November 2018', 'May', '24 October', 'soon')
    """
    if not (found := _WITH_YEAR.fullmatch(text)):
        yearless = _WITHOUT_YEAR.fullmatch(text)
        if not yearless:
            return text
        month, day = (int(part) if part else 0 for part in yearless.groups())
        return " ".join(filter(None, [str(day or ""), month_name[month]])) if month <= 12 else text
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not _possible(year, month, day):
        return text
    return " ".join(filter(None, [str(day or ""), month_name[month] if month else "", str(year)]))


def names(words: str, date: str) -> bool:
    """Whether words name the month and the day of a date, as far as it has them; words that are empty do.

    >>> names("as of October 2019", "2019-10"), names("as of the end of 2018", "2018-12"), names("in 2018", "2018")
    (True, False, True)
    """
    found = _WITH_YEAR.fullmatch(date) or _WITHOUT_YEAR.fullmatch(date)
    if not found or not words:
        return True
    *_, month, day = (int(part) if part else 0 for part in found.groups())
    if month > 12:
        return True
    spelled = rf"\b(?:{month_name[month]}|{month_abbr[month]})\b|" if month else ""
    parts = [spelled + rf"(?<!\d)0?{month}(?!\d)"] * bool(month) + [rf"(?<!\d)0?{day}(?!\d)"] * bool(day)
    return all(re.search(part, words, re.I) for part in parts)


def ticks(start: float, end: float, most: int) -> tuple[Tick, ...]:
    """At most this many places with text between two moments (at least one), a month or more apart."""
    fits = [step for step in _STEPS if (end - start) / step <= most]
    step = fits[0] if fits else _STEPS[-1]
    first = int(start // step)
    found = [round((first + n) * step * 12) for n in range(int((end - start) / step) + 2)]
    return tuple(_tick(months, step) for months in found if start <= months / 12 + 1e-9 and months / 12 <= end + 1e-9)


def _tick(months: int, step: float) -> Tick:
    year, month = divmod(months, 12)
    major = month == 0
    return Tick(_moment(year, month + 1, 1), str(year) if major else month_abbr[month + 1], major or step >= 1)


def _possible(year: int, month: int, day: int) -> bool:
    if not 1 <= year <= 9998 or month > 12:
        return False
    return not day or (month > 0 and day <= monthrange(year, month)[1])


def _moment(year: int, month: int, day: int) -> float:
    """The beginning of a day as a number of years; a day past the end of its month begins the next month."""
    days = date(year, month, 1).toordinal() - date(year, 1, 1).toordinal() + day - 1
    return year + days / (366 if isleap(year) else 365)
