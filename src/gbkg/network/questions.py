"""Saved queries asked of two graphs: whose answers differ, and in which rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.ask import answers
from gbkg.ask.answers import Truth
from gbkg.ask.opened import KnowledgeGraph
from gbkg.core.errors import GbkgError, ParseError, QueryLimitError
from gbkg.core.limits import Limits
from gbkg.store.memory import Store

SECONDS = 10.0
"""How long a query may take on each graph, unless a caller says otherwise."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How the answer to a saved query changes. `rows` is their number before; `lost` and `gained` are the rows that
    only the first, or only the second, answer has: pyoxigraph terms by `columns`, None where a column is not bound,
    in the order of their N-Triples. An ASK has one row, `answer`; triples have subject, predicate and object."""

    query: str
    columns: tuple[str, ...]
    rows: int
    lost: tuple[Row, ...]
    gained: tuple[Row, ...]

    @property
    def after(self) -> int:
        """The number of rows after the change."""
        return self.rows - len(self.lost) + len(self.gained)


def changes(kg: KnowledgeGraph, rest: Store, timeout: float | None) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The saved queries of the project whose answer is another in `rest`, with the parameters that each file has as it
    stands; and the names of those that were skipped, because one of the answers took longer than `timeout` seconds.

    Raises `ParseError` or `GbkgError` with the file at what is no query, or may not be asked.
    """
    found, skipped = [], []
    for path in kg.project.queries:
        try:
            (columns, before), (_, after) = (_asked(kg, store, path, timeout) for store in (kg.store, rest))
        except QueryLimitError:
            skipped.append(path.stem)
            continue
        lost, gained = _missing(before, after), _missing(after, before)
        if lost or gained:
            found.append(Change(path.stem, columns, len(before), lost, gained))
    return tuple(found), tuple(skipped)


def _asked(kg: KnowledgeGraph, store: Store, path: Path, timeout: float | None) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows of the answer."""
    shown = kg.project.show(path)
    try:
        answer = answers.run(store, kg.project.text(path), limits=Limits.of(timeout, None))
    except QueryLimitError:
        raise
    except GbkgError as error:
        kind = ParseError if isinstance(error, ParseError) else GbkgError
        placed = kind(error.message, file=error.file or shown, line=error.line, column=error.column, hint=error.hint)
        raise placed from error
    if isinstance(answer, Truth):
        return ("answer",), [(ox.Literal(answer.value),)]
    if isinstance(answer, answers.Triples):
        return ("subject", "predicate", "object"), [(t.subject, t.predicate, t.object) for t in answer]
    return answer.columns, list(answer.rows)


def _missing(rows: Sequence[Row], others: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that the others do not have, equal rows counted."""
    left = Counter(rows) - Counter(others)
    return tuple(sorted(left.elements(), key=lambda row: [str(term) for term in row]))
