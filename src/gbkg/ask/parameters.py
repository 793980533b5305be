"""The types of parameters, and what a reader types for a date, a number or a text."""

from __future__ import annotations

import re
from datetime import date

import pyoxigraph as ox

from gbkg.core import prefixes
from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term, term
from gbkg.sparql import parse
from gbkg.sparql.tree import Values

LITERALS = ("date", "number", "text")
"""The types of parameters that are no classes."""
_DATES = (
    (re.compile(r"\d{4}"), "gYear", "{}-01-01"),
    (re.compile(r"\d{4}-\d{2}"), "gYearMonth", "{}-01"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "date", "{}"),
    (re.compile(r"--\d{2}"), "gMonth", "2000{}-01"),
    (re.compile(r"--\d{2}-\d{2}"), "gMonthDay", "2000{}"),
)


def is_type(kind: str) -> bool:
    """Whether a parameter may be of this type: date, number, text, or the prefixed name of a class."""
    return kind in LITERALS or (":" in kind and prefixes.full(kind) is not None)


def expected(kind: str) -> str:
    """What has to be typed for a type, with examples where they are the same for every graph."""
    return {
        "date": "a date such as 2019, 2019-10, 2019-10-31 or --09",
        "number": "a number such as 300 or 2.5",
        "text": "a text",
    }.get(kind, f"a {kind}")


def literal(kind: str, typed: str) -> Term | None:
    """The literal of a date, number or text; None when it is none."""
    if kind == "text":
        return ox.Literal(typed)
    typed = typed.strip()
    if kind == "number":
        if re.fullmatch(r"[+-]?[0-9]+", typed):
            # Not int(): Python reads no more than 4,300 digits.
            digits = typed.lstrip("+-").lstrip("0") or "0"
            return _typed(f"-{digits}" if typed[0] == "-" and digits != "0" else digits, "integer")
        return _typed(typed, "decimal") if re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", typed) else None
    for pattern, datatype, day in _DATES:
        if pattern.fullmatch(typed) and typed.isascii():
            return _typed(typed, datatype) if _exists(day.format(typed.removeprefix("-"))) else None
    return None


def literal_or_iri(kind: str, typed: str) -> Term | None:
    """As `literal`; for a class the IRI, a bare name being one of an entity; None when it is neither."""
    if kind in LITERALS:
        return literal(kind, typed)
    iri = prefixes.full(typed) if ":" in typed else prefixes.PREFIXES["id"] + typed if prefixes.is_slug(typed) else None
    try:
        return ox.NamedNode(str(iri)) if iri else None
    except ValueError:
        return None


def data(text: str, block: str) -> list[Term | None] | None:
    """The terms between the braces of a VALUES block of the query `text`; None when they cannot be read."""
    prologue = re.findall(r"(?im)^\s*PREFIX\s+[^\s:]*:\s*<[^>]*>", text)
    try:
        query = parse.select(f"{' '.join(prologue)} SELECT * {{ VALUES ?x {{ {block} }} }}")
    except GbkgError:
        return None
    (values,) = query.where.elements
    assert isinstance(values, Values)
    return [row[0].term if row[0] else None for row in values.rows]


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _typed(lexical: str, datatype: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=term(f"xsd:{datatype}"))
