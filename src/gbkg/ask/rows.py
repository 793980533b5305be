"""Rows of an answer: terms by column, made when they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import pyoxigraph as ox

from gbkg.core import prefixes


def plain_label(term: Any) -> str:
    """prefix:name of an IRI, the lexical form of a literal."""
    if isinstance(term, ox.NamedNode):
        return prefixes.shorten(term.value)
    return str(term.value) if isinstance(term, ox.Literal) else str(term)


class Row(Mapping[str, Any]):
    """One solution: column to pyoxigraph term, None where the column is not bound; in the order of the columns."""

    __slots__ = ("columns", "terms")

    def __init__(self, columns: tuple[str, ...], terms: tuple[Any, ...]) -> None:
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


class Rows(Sequence[tuple[Any, ...]]):
    """Solutions of the engine as tuples of terms, made one by one when they are looked at: to make and keep them all
    takes longer than most queries."""

    __slots__ = ("_solutions",)

    def __init__(self, solutions: list[Any]) -> None:
        self._solutions = solutions

    def __len__(self) -> int:
        return len(self._solutions)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return map(tuple, self._solutions)

    @overload
    def __getitem__(self, at: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[tuple[Any, ...], ...]: ...
    def __getitem__(self, at: int | slice) -> tuple[Any, ...]:
        return tuple(map(tuple, self._solutions[at])) if isinstance(at, slice) else tuple(self._solutions[at])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Rows | tuple | list) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
