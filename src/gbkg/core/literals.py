"""Checks that literals have the form of their XML Schema datatype
(https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).

Engines are laxer: both SHACL engines take "18" for a year.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

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
