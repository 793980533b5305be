"""Dates of any precision, as the graph has them: XML Schema's gYear, gYearMonth, date, gMonth and gMonthDay
(XML Schema 1.1 Part 2, https://www.w3.org/TR/xmlschema11-2/, 3.3.9 to 3.3.14)."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass

from gbkg.core.errors import GbkgError

_FORM = re.compile(r"(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?|--(\d\d)(?:-(\d\d))?)(?:Z|[+-]\d\d:\d\d)?")
_LEAP = 2000


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it is known; 0 is what it does not say."""

    year: int
    month: int = 0
    day: int = 0


def read(text: str) -> PartialDate | None:
    """The date that a text is, without its time zone; None for what is none, or is not in the calendar.

    >>> read("2018-11"), read("--10-24"), read("2018-02-30")
    (PartialDate(year=2018, month=11, day=0), PartialDate(year=0, month=10, day=24), None)
    """
    found = _FORM.fullmatch(text)
    if not found:
        return None
    year, month, day, *yearless = (int(part) if part else 0 for part in found.groups())
    if found[1] is None:
        month, day = yearless
    elif year == 0:
        return None
    given = [part for part in found.groups()[1:] if part is not None]
    if given and not 1 <= month <= 12:
        return None
    if len(given) > 1 and not 1 <= day <= monthrange(year or _LEAP, month)[1]:
        return None
    return PartialDate(year, month, day)


def first_day(text: str) -> str:
    """The first day that a date can mean, YYYY-MM-DD; the empty string, which sorts first, when it has no year.

    >>> first_day("2018"), first_day("2018-11"), first_day("--05")
    ('2018-01-01', '2018-11-01', '')
    """
    found = read(text)
    return f"{found.year:04}-{found.month or 1:02}-{found.day or 1:02}" if found and found.year else ""


def last_day(text: str) -> str:
    """The last day that a date can mean, YYYY-MM-DD.

    Raises `GbkgError` when it is not YYYY, YYYY-MM or YYYY-MM-DD, or no day of the calendar.

    >>> last_day("2018"), last_day("2016-02")
    ('2018-12-31', '2016-02-29')
    """
    found = read(text)
    if not found or not found.year:
        raise GbkgError(f"not a date: {text!r}", hint="write YYYY, YYYY-MM or YYYY-MM-DD, such as 2018-11")
    month = found.month or 12
    return f"{found.year:04}-{month:02}-{found.day or monthrange(found.year, month)[1]:02}"


def spoken(text: str) -> str:
    """The date for a reader, in the precision given; any other text as it is.

    >>> spoken("2018-11-09"), spoken("--05"), spoken("--10-24"), spoken("soon")
    ('9 November 2018', 'May', '24 October', 'soon')
    """
    found = read(text)
    if not found:
        return text
    parts = (str(found.day or ""), month_name[found.month] if found.month else "", str(found.year or ""))
    return " ".join(filter(None, parts))
