"""What a text of SPARQL has beside its pattern: the places of its clauses, and the graphs that it names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order condition: where it begins, ASC or DESC, and the text of its value."""

    start: int
    direction: str
    value: str


@dataclass(frozen=True, slots=True)
class Clauses:
    """Where the clauses of a SELECT stand in the text, or those of the whole of another form.

    All places are 0-based offsets in code points: `start` that of the keyword, `opening` and `closing` those of the
    braces of the group, `body` where the clauses before LIMIT, OFFSET and VALUES end, `values` that of VALUES if there
    is one, `end` where all of it ends. `cut` says that there is a LIMIT or an OFFSET; `picked` are aggregates of
    `expressions.PICKING` by name, and the texts of what they are of.
    """

    form: str
    start: int
    opening: int
    closing: int
    body: int
    values: int | None
    end: int
    order: tuple[Ordering, ...]
    cut: bool
    picked: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DatasetClause:
    """FROM or, if `named`, FROM NAMED: the IRI after it, and where the clause begins and ends."""

    iri: str
    named: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Graphs:
    """The dataset of a query (SPARQL 1.1, section 13): the IRIs of the graphs that are merged as the default graph, and
    of those that GRAPH finds.

    The engine has either the dataset of the query's own FROM or the union of all graphs as the default graph. So the
    clauses are taken out of the text, and what they name is given to the engine beside it.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)
