"""pyshacl, the reference engine of SHACL. Only this module works with rdflib's graphs.

Literals are here as SHACL means them: well formed by XML Schema, ordered as in SPARQL
(https://www.w3.org/TR/xmlschema-2/, https://www.w3.org/TR/sparql11-query/#OperatorMapping). rdflib is laxer. It takes
" 5 " for an integer, and it orders literals of different kinds, or raises TypeError. Here literals that cannot be
compared are neither less nor equal: a date that must lie before a number is at fault whatever the two are.
"""

from __future__ import annotations

import logging
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyoxigraph import Literal, Triple
from rdflib import URIRef
from rdflib.namespace import SH, XSD
from rdflib.term import Node

from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.limits import confined, in_proportion
from gbkg.core.rdflibterms import from_ox, new_graph, to_ox
from gbkg.core.terms import Graph, term
from gbkg.validate.shacl.results import Raw

_SLOW = "look for a pattern of sh:pattern that can be matched in many ways, such as (a+)+"


def engine(shapes: Graph) -> Callable[[Iterator[bytes]], Iterator[Raw]]:
    """pyshacl made ready for some shapes: a function from lines of N-Quads to results."""
    strict = _ending(shapes)

    def run(lines: Iterator[bytes]) -> Iterator[Raw]:
        content = b"".join(lines)
        allowed = in_proportion(content.count(b"\n"), 2_000, "the shapes were not checked", _SLOW)
        yield from confined(lambda: list(found([content])), allowed)

    def found(lines: Iterable[bytes]) -> Iterator[Raw]:
        data = rdflib.Graph(bind_namespaces="none")
        with _quiet():
            for quad in _parsed(lines):
                data.add((from_ox(quad.subject), from_ox(quad.predicate), literal(quad.object)))
            report = _report(data, strict)
        for result in report.objects(None, SH.result):
            focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
            assert focus is not None
            path = report.value(result, SH.resultPath)
            yield Raw(
                ntriples(focus),
                "" if value is None else ntriples(value),
                str(report.value(result, SH.sourceShape)),
                str(report.value(result, SH.sourceConstraintComponent)),
                str(path) if isinstance(path, URIRef) else "",
                str(report.value(result, SH.resultMessage)),
            )

    return run


def _report(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """The report of pyshacl. Raises `GbkgError` for shapes that it cannot use."""
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True, inference="none", advanced=False)
    except Exception as error:  # of many kinds, those of `re` among them
        raise GbkgError(f"pyshacl cannot use the shapes: {error}") from error
    finally:
        rdflib.NORMALIZE_LITERALS = False  # pyshacl leaves it True, and rdflib would rewrite what it reads next
    if not isinstance(report, rdflib.Graph):
        raise GbkgError(f"pyshacl cannot use the shapes: {text}")
    return report


def _ending(shapes: Graph) -> rdflib.Graph:
    """The shapes for pyshacl. In patterns "$" becomes the very end, as in SPARQL: in Python a line feed may follow."""

    def strict(triple: Triple) -> Triple:
        subject, predicate, value = triple
        ends = predicate == term("sh:pattern") and re.search(r"(?<!\\)(\\\\)*\$$", value.value)
        if not ends or shapes.objects(subject, "sh:flags"):
            return triple
        return Triple(subject, predicate, Literal(f"{value.value[:-1]}\\Z"))

    return new_graph(map(strict, shapes))


def ntriples(term: Node) -> str:
    """A term of rdflib as N-Triples writes it."""
    return str(to_ox(term))


def _parsed(lines: Iterable[bytes]) -> Iterator[Any]:
    try:
        yield from ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise ParseError(f"not N-Quads: {error.msg}", line=error.lineno) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences rdflib's log of every ill-formed literal: SHACL reports those that matter."""
    logger = logging.getLogger("rdflib.term")
    former, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = former


# ---- Literals

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


class ComparedLiteral(rdflib.Literal):
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
    """A pyoxigraph term as an rdflib term, its lexical form untouched, a literal as `ComparedLiteral`."""
    if not isinstance(term, ox.Literal):
        return from_ox(term)
    if term.language:
        return ComparedLiteral(term.value, lang=term.language)
    datatype = URIRef(term.datatype.value)
    return ComparedLiteral(term.value, datatype=None if datatype == XSD.string else datatype)


def _holds(relation: Callable[[Any, Any], bool], one: rdflib.Literal, other: object) -> bool:
    kind = _kind(one)
    if not isinstance(other, rdflib.Literal) or kind is None or kind != _kind(other):
        return False
    try:
        return relation(one.value, other.value)
    except TypeError:  # one of two times has a time zone
        return False


def _kind(one: object) -> type | None:
    """The type as which a literal is compared; None if it cannot be."""
    if not isinstance(one, rdflib.Literal) or one.ill_typed or one.value is None:
        return None
    value = one.value
    if isinstance(value, bool | str | datetime):
        return type(value)
    if isinstance(value, int | Decimal | float):
        return None if math.isnan(value) else Decimal
    return date if isinstance(value, date) and one.datatype == XSD.date else None
