"""Rows of an answer: terms by column, their values in Python, and frames of pandas and polars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, overload

import pyoxigraph as ox

from gbkg.core import prefixes
from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term

if TYPE_CHECKING:
    from gbkg.evidence import proofs as records

Cells = tuple[Term | None, ...]
"""The terms of a row, None where a column is not bound."""


def plain_label(term: Term) -> str:
    """prefix:name of an IRI, the lexical form of a literal."""
    if isinstance(term, ox.NamedNode):
        return prefixes.shorten(term.value)
    return str(term.value) if isinstance(term, ox.Literal) else str(term)


class Row(Mapping[str, Any]):
    """One solution: column to pyoxigraph term, None where the column is not bound; in the order of the columns."""

    __slots__ = ("columns", "terms")

    def __init__(self, columns: tuple[str, ...], terms: Cells) -> None:
        self.columns, self.terms = columns, terms

    def __getitem__(self, column: str) -> Any:
        try:
            return self.terms[self.columns.index(column)]
        except ValueError:
            raise KeyError(f"{column}; the columns are {', '.join(self.columns)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        shown = (f"{c}={plain_label(t)!r}" for c, t in zip(self.columns, self.terms, strict=True) if t is not None)
        return f"Row({', '.join(shown)})"


class Rows(Sequence[Cells]):
    """Solutions of the engine as tuples of terms, made one by one when they are looked at: to make and keep them all
    takes longer than most queries."""

    __slots__ = ("_solutions",)

    def __init__(self, solutions: list[Any]) -> None:
        self._solutions = solutions

    def __len__(self) -> int:
        return len(self._solutions)

    def __iter__(self) -> Iterator[Cells]:
        return map(tuple, self._solutions)

    @overload
    def __getitem__(self, at: int) -> Cells: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Cells, ...]: ...
    def __getitem__(self, at: int | slice) -> tuple[Any, ...]:
        return tuple(map(tuple, self._solutions[at])) if isinstance(at, slice) else tuple(self._solutions[at])

    def column(self, at: int) -> Iterator[Term | None]:
        """The terms of one column, by its place; the others are not made."""
        return (solution[at] for solution in self._solutions)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Rows | tuple | list) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


_XSD = PREFIXES["xsd"]
_READ: dict[str, Any] = {
    _XSD + "integer": int,
    _XSD + "decimal": Decimal,
    _XSD + "double": float,
    _XSD + "float": float,
    _XSD + "boolean": lambda text: text in ("true", "1"),
    _XSD + "date": date.fromisoformat,
    _XSD + "dateTime": datetime.fromisoformat,
}


def value(term: Term | None) -> Any:
    """The Python value of a term: str, int, Decimal, float, bool, date or datetime; None of None.

    Dates with a time zone, months and years, and numbers that do not read as one, stay text.
    """
    if term is None or not isinstance(term, ox.Literal):
        return None if term is None else str(term.value) if isinstance(term, ox.NamedNode) else str(term)
    read = _READ.get(term.datatype.value)
    if read is not None:
        with suppress(ValueError, ArithmeticError):
            return read(term.value)
    return term.value


def proof_text(proof: records.Proof) -> str:
    """What is behind a row, on one line: keys of claims joined by `&` are needed together, ` | ` parts alternatives.

    Brackets hold evidence of which one piece is enough; `rule(…)` the premises of an inference; an editorial triple is
    its file in angle brackets. `(+2)` says that two derivations are not listed.
    """
    listed = " | ".join(" & ".join(_derivation(derivation)) or "-" for derivation in proof.derivations)
    return f"{listed} (+{proof.more})" if proof.more else listed


def _derivation(derivation: records.Derivation) -> list[str]:
    remarks = [f"“{remark}”" for remark in derivation.remarks]
    return list(dict.fromkeys([_step(step) for step in derivation.steps] + remarks))


def _step(step: records.Step) -> str:
    found = list(dict.fromkeys(map(_evidence, step.evidence)))
    return found[0] if len(found) == 1 else f"({' or '.join(found)})"


def _evidence(evidence: records.Evidence) -> str:
    from gbkg.evidence import proofs as records  # here: an answer without citations has none

    match evidence:
        case records.ClaimEvidence():
            return evidence.key
        case records.Inference():
            return f"{evidence.rule}({' & '.join(dict.fromkeys(map(_step, evidence.premises)))})"
        case records.Editorial():
            return f"<{evidence.file}>"


def proof_column(columns: Sequence[str]) -> str:
    """The name of the column that says what is behind a row."""
    return own_column("proof", columns)


def own_column(name: str, columns: Sequence[str]) -> str:
    """The name, with underscores before it as long as a column of the answer has it.

    >>> own_column("proof", ["proof", "x"])
    '_proof'
    """
    while name in columns:
        name = "_" + name
    return name


def pandas_frame(columns: Sequence[str], rows: Sequence[Cells], proofs: Any) -> Any:
    """See `gbkg.ask.answers.Answer.to_pandas`."""
    try:
        import pandas
    except ImportError:
        raise _missing("pandas") from None
    names, table = _table(columns, rows, proofs)
    return pandas.DataFrame(dict(zip(names, table, strict=True)), columns=names)


def polars_frame(columns: Sequence[str], rows: Sequence[Cells], proofs: Any) -> Any:
    """See `gbkg.ask.answers.Answer.to_polars`."""
    try:
        import polars
    except ImportError:
        raise _missing("polars") from None
    names, table = _table(columns, rows, proofs)
    return polars.DataFrame([polars.Series(name, _even(cells)) for name, cells in zip(names, table, strict=True)])


def _table(columns: Sequence[str], rows: Sequence[Cells], proofs: Any) -> tuple[list[str], list[list[Any]]]:
    """Names and columns of a frame."""
    names, given = list(columns), tuple(rows)
    table = [[value(row[at]) for row in given] for at in range(len(columns))]
    if proofs is not None:
        names.append(proof_column(columns))
        table.append([proof_text(proof) for proof in proofs])
    return names, table


def _even(cells: list[Any]) -> list[Any]:
    """Cells of one type; numbers become decimals together, anything else text."""
    types = {type(cell) for cell in cells if cell is not None}
    if len(types) < 2:
        return cells
    if types == {int, Decimal}:
        return [None if cell is None else Decimal(cell) for cell in cells]
    return [None if cell is None else str(cell) for cell in cells]


def _missing(package: str) -> GbkgError:
    return GbkgError(f"{package} is not installed", hint=f"pip install {package}")
