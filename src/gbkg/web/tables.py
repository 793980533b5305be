"""An answer as a page shows it: columns that can be sorted by, cells that link, and the proof of each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pyoxigraph import Literal

from gbkg.ask.answers import Answer
from gbkg.ask.formats.cells import numeric, texts, words
from gbkg.ask.headers import View
from gbkg.core.prefixes import spaced
from gbkg.core.terms import Term
from gbkg.evidence.proofs import Proof
from gbkg.web.messages import BadRequest

ROWS = 100
"""Rows of one page."""
_NAME = 70
"""Characters of the longest names."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as shown: the name that sorts by it, its heading, and whether it has numbers alone."""

    name: str
    heading: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell, and the term that has a page, if one has."""

    text: str
    term: Term | None = None

    @property
    def long(self) -> bool:
        """Whether it is a sentence rather than a name, and needs room."""
        return len(self.text) > _NAME


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and what proves it."""

    cells: tuple[Cell, ...]
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Table:
    """One page of an answer. `first` is the number of its first row, from 1; `total` how many rows there are; `sort` as
    it was asked for; `empty` the headings of columns that no row has anything in, which are left out."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int
    first: int
    sort: str
    empty: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))

    @property
    def page(self) -> int:
        return (self.first - 1) // ROWS + 1


def table(answer: Answer, sort: str = "", page: int = 1, size: int = ROWS) -> Table:
    """The rows of a page, sorted by a column (`-name`: from the greatest), else as the query has them.

    A column `X` with a sibling `XName` is one column, which has the name and links to X. What is not bound comes last.
    Raises `BadRequest` for a column that is not there.
    """
    names = [name for name in answer.columns if not _sibling(name, answer.columns)]
    wanted = sort.removeprefix("-")
    if wanted and wanted not in names:
        raise BadRequest(f"there is no column {wanted!r} to sort by", hint=f"there are {', '.join(names)}")
    rows = list(answer.rows)
    bound = [name for name in names if any(_shown(answer.columns, row, name) is not None for row in rows)]
    empty = tuple(spaced(name) for name in names if name not in bound and rows)
    names = bound if rows else names
    order = list(range(len(rows)))
    if wanted:
        shown = [_shown(answer.columns, row, wanted) for row in rows]
        order = _ordered(shown, sort.startswith("-"))
    first = (min(page, max(1, -(-len(rows) // size))) - 1) * size
    at = order[first : first + size]
    columns = tuple(Column(n, spaced(n), numeric([_shown(answer.columns, r, n) for r in rows])) for n in names)
    cells = [_cells(answer, name, [rows[n] for n in at]) for name in names]
    proofs = answer.proofs
    made = (
        Row(tuple(column[down] for column in cells), proofs[number] if proofs is not None else None)
        for down, number in enumerate(at)
    )
    return Table(columns, tuple(made), len(rows), first + 1, sort, empty)


def grouped(answer: Answer, view: View) -> tuple[tuple[Cell, tuple[Cell, ...]], ...]:
    """What stands under each group of a list, in the order of the rows, each thing once."""
    rows = list(answer.rows)
    heads, things = (_cells(answer, view.one(part), rows) for part in ("group", "label"))
    found: dict[Cell, dict[Cell, None]] = {}
    for head, thing in zip(heads, things, strict=True):
        if thing.text:
            found.setdefault(head, {})[thing] = None
    return tuple((head, tuple(under)) for head, under in found.items())


def _sibling(name: str, columns: Sequence[str]) -> bool:
    return name.endswith("Name") and name.removesuffix("Name") in columns


def _shown(columns: Sequence[str], row: Sequence[Any], name: str) -> Term | None:
    """The term whose words stand in a column: the name, where there is one."""
    if name + "Name" in columns and (named := row[columns.index(name + "Name")]) is not None:
        return named  # type: ignore[no-any-return]
    return row[columns.index(name)]  # type: ignore[no-any-return]


def _cells(answer: Answer, name: str, rows: Sequence[Sequence[Any]]) -> list[Cell]:
    terms = [_shown(answer.columns, row, name) for row in rows]
    links = [row[answer.columns.index(name)] for row in rows]
    said = texts(name, terms, _words(answer.label))
    return [Cell(text, link) for text, link in zip(said, links, strict=True)]


def _words(label: Callable[[Term], str]) -> Callable[[Term], str]:
    return lambda term: words(term) if isinstance(term, Literal) else label(term)


def _ordered(terms: Sequence[Term | None], descending: bool) -> list[int]:
    """The places of the terms in order: numbers by value, then words without regard to capitals; none last."""
    bound = [at for at, term in enumerate(terms) if term is not None]
    bound.sort(key=lambda at: _place(terms[at]), reverse=descending)
    return bound + [at for at, term in enumerate(terms) if term is None]


def _place(term: Term | None) -> tuple[bool, Decimal, str]:
    text = str(term.value) if term is not None else ""
    if isinstance(term, Literal) and numeric([term]):
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return (False, number, text)
    return (True, Decimal(0), text.casefold())
