"""What the header of a saved query says of its parameters and of its picture: their types, what a reader types for a
date, a number or a text, and how the answer can be drawn.

    #+ view: {kind: bar, label: [place, indicator], value: number, printed: printed, doubts: doubts}

`kind` of a view is one of `VIEWS`; the other fields name columns of the query, those of `LISTS` one or several.
`relations` of a network names families of relations instead, or properties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.core import prefixes
from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term, term

if TYPE_CHECKING:
    from gbkg.core.headers import Header

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
    """What to type for a type of parameter, with examples where they are the same for every graph."""
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
    # Here, since few who resolve a name read the data of a query.
    from gbkg.sparql import parse
    from gbkg.sparql.tree import Values

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


VIEWS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bar": (("label", "value"), ("unit", "date", "printed", "precision", "doubts")),
    "timeline": (("date", "label"), ("claim",)),
    "network": (("from", "to"), ("relations",)),
    "list": (("group", "label"), ()),
}
"""Kind of view: the fields that it needs, and those that it may have."""
LISTS = ("label", "relations")
"""Fields that may have several values."""
_NO_COLUMNS = ("relations",)


@dataclass(frozen=True, slots=True)
class View:
    """How an answer is drawn: `fields` are the columns for each part of it."""

    kind: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]

    def one(self, name: str) -> str:
        """The column for a part that has one; "" if it has none."""
        return next(iter(self.every(name)), "")

    def every(self, name: str) -> tuple[str, ...]:
        """The columns, or other values, of a part."""
        return dict(self.fields).get(name, ())

    def to_dict(self) -> dict[str, Any]:
        """The view as JSON has it: `kind`, and a list for each part."""
        return {"kind": self.kind, **{name: list(values) for name, values in self.fields}}


def view(head: Header, columns: Sequence[str]) -> View | None:
    """The view of a query with these columns; None if its header has none.

    Raises `ParseError` at a kind that there is not, at a field that is missing or not of this kind, and at a column
    that the query does not have.
    """
    given = {name: (values, mark) for name, values, mark in head.fields("view")}
    if not given:
        return None
    kind, mark = given.get("kind", ([""], head.place("view")))
    known = VIEWS.get(kind[0]) if len(kind) == 1 else None
    if known is None:
        said = f"no view is called {', '.join(kind)!r}" if kind[0] else "view has no kind"
        raise mark.fault(said, hint=f"kind: {', '.join(VIEWS)}")
    needed, possible = known
    for name, (values, mark) in given.items():
        if name != "kind" and name not in (*needed, *possible):
            raise mark.fault(
                f"a view of the kind {kind[0]} has no {name!r}", hint=f"it has {', '.join(needed + possible)}"
            )
        if len(values) != 1 and name not in LISTS:
            raise mark.fault(f"{name} of a view is one column")
        for column in values if name not in ("kind", *_NO_COLUMNS) else ():
            if columns and column not in columns:
                raise mark.fault(f"view names {column!r}, which is not a column", hint=f"one of {', '.join(columns)}")
    for name in needed:
        if name not in given:
            raise head.place("view").fault(f"a view of the kind {kind[0]} needs {name}")
    return View(kind[0], tuple((name, tuple(values)) for name, (values, _) in given.items() if name != "kind"))
