"""Rows as a reader sees them: which columns, and what stands in each cell. For the table, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terminal import safe

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer

_NUMERIC = frozenset(PREFIXES["xsd"] + kind for kind in ("integer", "decimal", "double", "float"))
_YEARLESS = frozenset(PREFIXES["xsd"] + kind for kind in ("gMonth", "gMonthDay", "gDay"))


@dataclass(frozen=True)
class Column:
    """A column as shown: its heading, the terms in it, and whether all that are bound are numbers."""

    heading: str
    terms: tuple[Any, ...]
    numeric: bool


def columns(answer: Answer) -> list[Column]:
    """The columns of an answer; where a column `X` has a sibling `XName`, the name stands under the heading `X`, and
    the IRI only where the name is not bound."""
    at = {name: place for place, name in enumerate(answer.columns)}
    rows = tuple(answer.rows)
    found = []
    for name, place in at.items():
        if name.endswith("Name") and name.removesuffix("Name") in at:
            continue
        cells = [row[place] for row in rows]
        if name + "Name" in at:
            named = at[name + "Name"]
            cells = [cell if row[named] is None else row[named] for cell, row in zip(cells, rows, strict=True)]
        found.append(Column(name, tuple(cells), _numeric(cells)))
    return found


def spoken() -> Callable[[Any], str]:
    """A function from term to words: prefix:name of an IRI, the lexical form of a literal, nothing for None. A date
    without a year says so."""
    known: dict[str, str] = {}

    def words(term: Any) -> str:
        if term is None:
            return ""
        if isinstance(term, ox.Literal):
            lexical = str(term.value)
            return f"{lexical} (no year)" if lexical[:2] == "--" and term.datatype.value in _YEARLESS else lexical
        if not isinstance(term, ox.NamedNode):
            return str(term)
        if term.value not in known:
            known[term.value] = shorten(term.value)
        return known[term.value]

    return words


def printable(text: str) -> str:
    """The text on one line, with what a terminal would obey (control characters, marks that turn the direction of
    writing) as an escape."""
    return safe(" ".join(text.splitlines()), "") if not text.isprintable() else text


def _numeric(cells: list[Any]) -> bool:
    bound = [cell for cell in cells if cell is not None]
    return bool(bound) and all(isinstance(cell, ox.Literal) and cell.datatype.value in _NUMERIC for cell in bound)
