"""Literals as SHACL means them: well formed by XML Schema, ordered as in SPARQL (https://www.w3.org/TR/xmlschema-2/,
https://www.w3.org/TR/sparql11-query/#OperatorMapping).

rdflib is laxer. It takes " 5 " for an integer, and it orders literals of different kinds, or raises TypeError. Here
literals that cannot be compared are neither less nor equal: a date that must lie before a number is at fault whatever
the two are.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyoxigraph as ox
from rdflib import Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from gbkg.core import rdflibterms

_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DAY = r"-?\d{4,}-\d\d-\d\d"
_DOUBLE = rf"{_DECIMAL}(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
_WHOLE = "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger".split()
_FORMS = {XSD[name]: re.compile(r"[+-]?\d+", re.ASCII) for name in _WHOLE} | {
    XSD[name]: re.compile(form, re.ASCII)
    for name, form in {
        "decimal": _DECIMAL,
        "double": _DOUBLE,
        "float": _DOUBLE,
        "boolean": "true|false|0|1",
        "date": _DAY + _ZONE,
        "dateTime": rf"{_DAY}T\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}",
        "time": rf"\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}",
    }.items()
}
"""How literals of a datatype are written; rdflib sees to it that the numbers in them are possible ones."""


class Compared(Literal):
    """A literal of rdflib that is well formed, and less than another, by the rules of SHACL."""

    __slots__ = ()

    @property
    def ill_typed(self) -> bool:
        """True if the datatype does not allow this text."""
        form = _FORMS.get(self.datatype) if self.datatype else None
        return bool(super().ill_typed) or (form is not None and not form.fullmatch(self))

    def __lt__(self, other: object) -> bool:
        return _holds(operator.lt, self, other)

    def __le__(self, other: object) -> bool:
        return _holds(operator.le, self, other)

    def __gt__(self, other: object) -> bool:
        return _holds(operator.gt, self, other)

    def __ge__(self, other: object) -> bool:
        return _holds(operator.ge, self, other)

    def eq(self, other: object) -> bool:
        """True if the values are equal. Raises TypeError when they cannot be compared."""
        if not (self <= other or self >= other):
            raise TypeError(f"{self.n3()} cannot be compared")
        return _holds(operator.eq, self, other)


def literal(term: Any) -> Node:
    """A pyoxigraph term as an rdflib term, its lexical form untouched, a literal as `Compared`."""
    if not isinstance(term, ox.Literal):
        return rdflibterms.from_ox(term)
    if term.language:
        return Compared(term.value, lang=term.language)
    datatype = URIRef(term.datatype.value)
    return Compared(term.value, datatype=None if datatype == XSD.string else datatype)


def _holds(relation: Callable[[Any, Any], bool], one: Literal, other: object) -> bool:
    kind = _kind(one)
    if not isinstance(other, Literal) or kind is None or kind != _kind(other):
        return False
    try:
        return relation(one.value, other.value)
    except TypeError:  # one of two times has a time zone
        return False


def _kind(one: object) -> type | None:
    """The type as which a literal is compared; None if it cannot be."""
    if not isinstance(one, Literal) or one.ill_typed or one.value is None:
        return None
    value = one.value
    if isinstance(value, bool | str | datetime):
        return type(value)
    if isinstance(value, int | Decimal | float):
        return None if math.isnan(value) else Decimal
    return date if isinstance(value, date) and one.datatype == XSD.date else None
