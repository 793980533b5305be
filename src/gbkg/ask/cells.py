"""Rows as a reader sees them: which columns, and what stands in each cell. For the table, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Literal, NamedNode

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Term
from gbkg.core.text import grouped, in_digits

if TYPE_CHECKING:
    from gbkg.ask.citation import Citation
    from gbkg.evidence.proofs import ClaimEvidence, Proof

_NUMERIC = frozenset(PREFIXES["xsd"] + kind for kind in ("integer", "decimal", "double", "float"))
_YEARLESS = frozenset(PREFIXES["xsd"] + kind for kind in ("gMonth", "gMonthDay", "gDay"))
_OFFSETS = ("start", "end")
"""Columns of offsets into a source, which are copied into tables and commands: their digits stay as they are."""
_SCALES = {12: "trillion", 9: "billion", 6: "million"}
_MANY = Decimal(3_000)
"""From here on a column of numbers has its thousands apart; smaller ones may be years."""
_DIGITS = 4
"""Digits that a number of more than six decimals, which is a quotient, keeps; one decimal at least."""


class Answered(Protocol):
    """What is written here of an answer (`gbkg.ask.answers.Answer`)."""

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> Sequence[tuple[Term | None, ...]]: ...
    @property
    def complete(self) -> bool: ...
    @property
    def proofs(self) -> tuple[Proof, ...] | None: ...
    @property
    def remarks(self) -> tuple[str, ...]: ...
    @property
    def label(self) -> Callable[[Term], str]: ...
    @property
    def cited(self) -> Callable[[ClaimEvidence], Citation]: ...


@dataclass(frozen=True)
class Column:
    """A column as shown: its heading, the words in its cells, and whether all that are bound are numbers."""

    heading: str
    cells: tuple[str, ...]
    numeric: bool


def columns(answer: Answered) -> list[Column]:
    """The columns of an answer as `merged`, in words."""
    return [Column(name, tuple(texts(name, terms)), numeric(terms)) for name, terms in merged(answer)]


def merged(answer: Answered) -> list[tuple[str, list[Term | None]]]:
    """Headings and terms of the columns of an answer; where a column `X` has a sibling `XName`, the name stands under
    the heading `X`, and the IRI only where the name is not bound."""
    at = {name: place for place, name in enumerate(answer.columns)}
    rows = tuple(answer.rows)
    found = []
    for name, place in at.items():
        if name.endswith("Name") and name.removesuffix("Name") in at:
            continue
        terms = [row[place] for row in rows]
        if name + "Name" in at:
            named = at[name + "Name"]
            terms = [term if row[named] is None else row[named] for term, row in zip(terms, rows, strict=True)]
        found.append((name, terms))
    return found


def numeric(terms: Sequence[Term | None]) -> bool:
    """Whether all terms that are bound are numbers, and there are some."""
    bound = [term for term in terms if term is not None]
    return bool(bound) and all(isinstance(term, Literal) and term.datatype.value in _NUMERIC for term in bound)


def texts(heading: str, terms: Sequence[Term | None], label: Callable[[Term], str] | None = None) -> list[str]:
    """The words of the terms of a column: prefix:name of an IRI, or what `label` gives; the lexical form of a literal,
    a date without a year saying so; numbers as people write them (`amount`); nothing for None."""
    if heading not in _OFFSETS and numeric(terms):
        lexical = [str(term.value) if isinstance(term, Literal) else "" for term in terms]
        many = any(abs(number) >= _MANY for text in lexical if (number := _number(text)) is not None)
        return [amount(text, many) for text in lexical]
    known = {term: (label or words)(term) for term in set(terms) if term is not None}
    return ["" if term is None else known[term] for term in terms]


def words(term: Term) -> str:
    """The words of one term."""
    if isinstance(term, Literal):
        yearless = term.value[:2] == "--" and term.datatype.value in _YEARLESS
        return f"{term.value} (no year)" if yearless else term.value
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)


def amount(digits: str, many: bool = True) -> str:
    """A number as people write it: with its thousands apart if there are `many`, scaled where that leaves three
    decimals at most; of more than six decimals four digits are left. What is not a number stays as it is.

    >>> amount("2258935000000"), amount("11022"), amount("46.951219512195"), amount("-29100000"), amount("0.0012345678")
    ('2,258.935 billion', '11,022', '46.95', '-29.1 million', '0.001235')
    """
    number = _number(digits)
    if number is None:
        return digits
    for power, word in _SCALES.items():
        scaled = number.scaleb(-power)
        if abs(scaled) >= 1 and scaled == round(scaled, 3):
            return f"{grouped(in_digits(round(scaled, 3)))} {word}"
    _, point, decimals = digits.partition(".")
    if point and len(decimals) > 6 and decimals.isdigit():
        digits = in_digits(round(number, max(1, _DIGITS - 1 - number.adjusted())))
    return grouped(digits) if many else digits


def _number(digits: str) -> Decimal | None:
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None
