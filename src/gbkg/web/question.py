"""What the page of a question is made of: its form, with what is wrong with a value; and the table of its answer, with
columns to sort by, cells that link, and the proof of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pyoxigraph import Literal

from gbkg.ask import queries
from gbkg.ask.answers import Answer
from gbkg.ask.cells import numeric, texts, words
from gbkg.ask.headers import LITERALS, View
from gbkg.ask.names import Candidate, classes
from gbkg.ask.saved import Parameter, SavedQuery
from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError
from gbkg.core.prefixes import full, shorten, spaced
from gbkg.core.terms import Term, term
from gbkg.evidence.proofs import Proof
from gbkg.knowledge import KnowledgeGraph
from gbkg.web.messages import BadRequest

FEW = 9
"""Up to how many entities of a class a form lists them all."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A choice of a field: its value, its label, and whether it is chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """A field. `kind` is `date`, `number`, `text` or `entity`; `values` are what was typed; `choices` all that there
    are if they are few, else empty; `default` is what is taken when nothing is given, in words."""

    name: str
    kind: str
    type: str
    description: str
    values: tuple[str, ...]
    choices: tuple[FieldChoice, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be taken: the field, what was typed, why, and what may be meant."""

    field: str
    typed: str
    error: GbkgError
    candidates: tuple[Candidate, ...]


def fields(kg: KnowledgeGraph, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> tuple[FormField, ...]:
    """The fields of a query with these values."""
    return tuple(_field(kg, one, values.get(one.name, ())) for one in query.parameters)


def problem(kg: KnowledgeGraph, query: SavedQuery, values: Mapping[str, Sequence[str]]) -> Problem | None:
    """The first value that cannot be taken."""
    for name, given in values.items():
        kind = query.parameter(name).type
        for typed in given:
            try:
                queries.bind(query, {name: [typed]}, kg.labels, lambda _: None)
            except GbkgError as error:
                named = isinstance(error, NotFoundError | AmbiguousNameError) and kind not in LITERALS
                near = kg.find(typed, kind).candidates if named else ()
                return Problem(name, typed, error, near)
    return None


def _field(kg: KnowledgeGraph, parameter: Parameter, given: Sequence[str]) -> FormField:
    kind = parameter.type if parameter.type in LITERALS else "entity"
    default = ", ".join(_called(kg, parameter, one) for one in parameter.default)
    known = list(parameter.choices) or (_members(kg, parameter.type) if kind == "entity" else [])
    chosen = {_same(kg, parameter, one) for one in given}
    choices = [FieldChoice(one, _called(kg, parameter, one), _same(kg, parameter, one) in chosen) for one in known]
    if not parameter.choices:
        choices.sort(key=lambda choice: choice.label.casefold())
    if given and not any(choice.chosen for choice in choices):
        choices = []  # what was typed is shown, so that it can be mended
    return FormField(parameter.name, kind, parameter.type, parameter.description, tuple(given), tuple(choices), default)


def _members(kg: KnowledgeGraph, cls: str) -> list[str]:
    """The entities of a class, by names that can be typed; none if there are many."""
    top = full(cls)
    if top is None:
        return []
    found: set[str] = set()
    for one in sorted(classes(kg.store, term(cls)), key=str):
        for quad in kg.store.quads(None, term("rdf:type"), one):
            found.add(shorten(quad.subject.value))
            if len(found) > FEW:
                return []
    return sorted(found)


def _called(kg: KnowledgeGraph, parameter: Parameter, typed: str) -> str:
    """What a value is called: the label of a node, else as it was typed."""
    iri = full(typed) if parameter.type not in LITERALS and ":" in typed else None
    return kg.labels.get(iri, typed) if iri else typed


def _same(kg: KnowledgeGraph, parameter: Parameter, typed: str) -> str:
    """A key that is the same for every spelling of a value."""
    return _called(kg, parameter, typed).casefold()


ROWS = 100
"""Rows of one page."""
_NAME = 70
"""Characters of the longest names."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as shown: the name that sorts by it, its heading, and whether it has numbers alone."""

    name: str
    heading: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class TableCell:
    """The words of a cell, and the term that has a page, if one has."""

    text: str
    term: Term | None = None

    @property
    def long(self) -> bool:
        """Whether it is a sentence rather than a name, and needs room."""
        return len(self.text) > _NAME


@dataclass(frozen=True, slots=True)
class ProvedRow:
    """The cells of a row, and what proves it."""

    cells: tuple[TableCell, ...]
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """One page of an answer. `first` is the number of its first row, from 1; `total` how many rows there are; `sort` as
    it was asked for; `empty` the headings of columns that no row has anything in, which are left out."""

    columns: tuple[TableColumn, ...]
    rows: tuple[ProvedRow, ...]
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


def table(answer: Answer, sort: str = "", page: int = 1, size: int = ROWS) -> AnswerTable:
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
    columns = tuple(TableColumn(n, spaced(n), numeric([_shown(answer.columns, r, n) for r in rows])) for n in names)
    cells = [_cells(answer, name, [rows[n] for n in at]) for name in names]
    proofs = answer.proofs
    made = (
        ProvedRow(tuple(column[down] for column in cells), proofs[number] if proofs is not None else None)
        for down, number in enumerate(at)
    )
    return AnswerTable(columns, tuple(made), len(rows), first + 1, sort, empty)


def grouped(answer: Answer, view: View) -> tuple[tuple[TableCell, tuple[TableCell, ...]], ...]:
    """The members of each group of a list, in the order of the rows, each once."""
    rows = list(answer.rows)
    heads, things = (_cells(answer, view.one(part), rows) for part in ("group", "label"))
    found: dict[TableCell, dict[TableCell, None]] = {}
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


def _cells(answer: Answer, name: str, rows: Sequence[Sequence[Any]]) -> list[TableCell]:
    terms = [_shown(answer.columns, row, name) for row in rows]
    links = [row[answer.columns.index(name)] for row in rows]
    said = texts(name, terms, _words(answer.label))
    return [TableCell(text, link) for text, link in zip(said, links, strict=True)]


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
