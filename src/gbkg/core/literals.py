"""Literals: whether they have the form of their XML Schema datatype, and dates of any precision
(https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).

Engines are laxer: both SHACL engines take "18" for a year. The dates of a graph are gYear, gYearMonth, date, gMonth and
gMonthDay (3.3.9 to 3.3.14).
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import PREFIXES

XSD = PREFIXES["xsd"]
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DOUBLE = rf"(?:{_DECIMAL}(?:[eE][+-]?\d+)?|[+-]?INF|NaN)"
_WHOLE = r"[+-]?\d+"
_SPAN = r"(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_NCNAME = r"[^\W\d][\w.\-\u00b7]*"
_TOKEN = r"(?:[^\s](?:[^\t\n\r]*[^\s])?)?"
_FORMS = {
    "string": r"(?s:.*)",
    "boolean": r"true|false|0|1",
    "decimal": _DECIMAL,
    "double": _DOUBLE,
    "float": _DOUBLE,
    "date": rf"(?P<year>{_YEAR})-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": rf"(?P<year>{_YEAR})-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": rf"(?P<year>{_YEAR})-{_MONTH}-{_DAY}T{_TIME}(?!$){_ZONE}",
    "time": _TIME + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P(?=.){_SPAN}",
    "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
    "dayTimeDuration": r"-?P(?=.)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}(?:[A-Za-z0-9+/] ?=|= ?=))?",
    "anyURI": r'[^\s<>"{}|\\^`]*',
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": _TOKEN,
    "Name": r"[^\W\d][\w.\-:\u00b7]*|:[\w.\-:\u00b7]*",
    "NCName": _NCNAME,
    "NMTOKEN": r"[\w.\-:\u00b7]+",
    "QName": rf"(?:{_NCNAME}:)?{_NCNAME}",
}
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{
        name: (-(2 ** (n - 1)), 2 ** (n - 1) - 1) for name, n in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))
    },
    **{f"unsigned{name}": (0, 2**n - 1) for name, n in (("Long", 64), ("Int", 32), ("Short", 16), ("Byte", 8))},
}
_TEXTUAL = ("string", "normalizedString", "token", "Name", "NCName", "NMTOKEN", "QName", "anyURI")
_MONTHS = {4: 30, 6: 30, 9: 30, 11: 30}
_LONGEST = 4_000
"""Most digits of a number that is checked; Python by default converts no longer ones."""
NAMES = frozenset((*_FORMS, *_BOUNDS))
"""The XML Schema datatypes that literals can have, by local name."""


@lru_cache(maxsize=4096)
def fault(text: str, datatype: str) -> str:
    """What is wrong with a literal of a datatype (an IRI); "" if nothing is, or if the datatype is not of XML Schema.

    >>> fault("18", "http://www.w3.org/2001/XMLSchema#gYear")
    'not written as xsd:gYear'
    >>> fault("2019-02-29", "http://www.w3.org/2001/XMLSchema#date")
    'there is no such day'
    >>> fault("2018", "http://www.w3.org/2001/XMLSchema#gYear")
    ''
    """
    if not datatype.startswith(XSD):
        return ""
    name = datatype[len(XSD) :]
    if name not in NAMES:
        return f"there is no datatype xsd:{name}"
    if name in _BOUNDS:
        return _whole(text, name)
    found = _form(name)(text)
    if not found:
        return f"not written as xsd:{name}"
    parts = found.groupdict()
    return "there is no such day" if "day" in parts and not _is_day(parts) else ""


def _whole(text: str, name: str) -> str:
    if not re.fullmatch(_WHOLE, text, re.ASCII) or len(text) > _LONGEST:
        return f"not written as xsd:{name}"
    least, most = _BOUNDS[name]
    beyond = (least is not None and int(text) < least) or (most is not None and int(text) > most)
    return f"not a value of xsd:{name}" if beyond else ""


@lru_cache(maxsize=64)
def _form(name: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(_FORMS[name], 0 if name in _TEXTUAL else re.ASCII).fullmatch


def _is_day(parts: dict[str, str | None]) -> bool:
    """Whether the month has the day. Without a year, February has 29 days; without a month, there are 31."""
    month, day, year = (int(parts.get(part) or 0) for part in ("month", "day", "year"))
    if month != 2:
        return day <= _MONTHS.get(month, 31)
    leap = not parts.get("year") or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return day <= (29 if leap else 28)


_FORM = re.compile(r"(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?|--(\d\d)(?:-(\d\d))?)(?:Z|[+-]\d\d:\d\d)?")
_LEAP = 2000


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it is known; 0 is what it does not say."""

    year: int
    month: int = 0
    day: int = 0


def partial_date(text: str) -> PartialDate | None:
    """The date that a text is, without its time zone; None for what is none, or is not in the calendar.

    >>> partial_date("2018-11"), partial_date("--10-24"), partial_date("2018-02-30")
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
    found = partial_date(text)
    return f"{found.year:04}-{found.month or 1:02}-{found.day or 1:02}" if found and found.year else ""


def last_day(text: str) -> str:
    """The last day that a date can mean, YYYY-MM-DD.

    Raises `GbkgError` when it is not YYYY, YYYY-MM or YYYY-MM-DD, or no day of the calendar.

    >>> last_day("2018"), last_day("2016-02")
    ('2018-12-31', '2016-02-29')
    """
    found = partial_date(text)
    if not found or not found.year:
        raise GbkgError(f"not a date: {text!r}", hint="write YYYY, YYYY-MM or YYYY-MM-DD, such as 2018-11")
    month = found.month or 12
    return f"{found.year:04}-{month:02}-{found.day or monthrange(found.year, month)[1]:02}"


def spoken(text: str) -> str:
    """The date for a reader, in the precision given; any other text as it is.

    >>> spoken("2018-11-09"), spoken("--05"), spoken("--10-24"), spoken("soon")
    ('9 November 2018', 'May', '24 October', 'soon')
    """
    found = partial_date(text)
    if not found:
        return text
    parts = (str(found.day or ""), month_name[found.month] if found.month else "", str(found.year or ""))
    return " ".join(filter(None, parts))
