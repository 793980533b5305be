"""An answer with its proof: the rows of a SELECT, and for each of them the derivations down to the passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gbkg.cite.derive import NOTHING, Bare, Row, absence, derivations
from gbkg.cite.evidence import EvidenceBase
from gbkg.cite.rewrite import EMPTY, Traced, keyed, rewrite
from gbkg.cite.walk import Walker
from gbkg.errors import GbkgError
from gbkg.proofs import Derivation, Proof
from gbkg.sparql import parse, write
from gbkg.sparql.scan import certain
from gbkg.sparql.tree import Constant, Expression, Group, Select, Values, Variable
from gbkg.store import Store

_KEEPING = frozenset({"ASC", "DESC", "STR", "COALESCE", "(", ")", ","})
_MOST = 2000
"""So many rows may be named in the query that looks for their derivations; beyond, all derivations are fetched."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Columns and rows as the engine gives them, and the bare derivations of each row; `complete` is False when the
    limit left rows out."""

    columns: tuple[str, ...]
    rows: list[Row]
    derivations: list[list[Bare]]
    complete: bool


def prove(store: Store, text: str, limit: int | None = None) -> Proved:
    """The rows of a SELECT, at most `limit`, each with all its derivations.

    Raises `SyntaxError` as the engine does, `NotCoveredError` at a construct that has no proof here.
    """
    plan = _plan(text)
    if plan.ordered:
        return _in_one(store, plan, limit)
    solutions = store.query(text)
    columns = tuple(variable.value for variable in solutions.variables)
    rows, complete = _first(solutions, limit)
    if plan.traced.grouped:
        found = _grouped(store, plan, rows, columns)
    else:
        at = [columns.index(key) for key in plan.traced.keys]  # SELECT * has an order of the engine's own
        keyed_rows = {row: tuple(row[i] for i in at) for row in rows}
        apart = _apart(store, plan, list(keyed_rows.values()))
        found = {row: apart[key] for row, key in keyed_rows.items() if key in apart}
    return Proved(columns, rows, [_behind(found, row) for row in rows], complete)


def proofs(evidence: EvidenceBase, proved: Proved, most: int) -> tuple[Proof, ...]:
    """The proof of each row, with at most so many derivations listed."""
    evidence.load(triple for ways in proved.derivations for way in ways[:most] for triple in way.triples)
    made: dict[int, Proof] = {}
    return tuple(
        made.get(id(ways)) or made.setdefault(id(ways), _proof(evidence, ways, most)) for ways in proved.derivations
    )


def _proof(evidence: EvidenceBase, ways: list[Bare], most: int) -> Proof:
    listed = []
    for way in ways[:most]:
        steps = tuple(map(evidence.step, way.triples))
        remarks = way.remarks or (() if steps else (NOTHING,))
        listed.append(Derivation(steps, remarks))
    return Proof(tuple(listed), len(ways))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a query is proved. `ordered` is the text of the rewritten query with the order of the original, where it
    alone gives rows and order; `whole` that of the grouped query with its keys, where its columns lack some."""

    query: Select
    traced: Traced
    text: str
    ordered: str
    whole: str


@lru_cache(maxsize=256)
def _plan(text: str) -> _Plan:
    Store.of([]).query(text)  # the engine is the judge of syntax
    query = parse.select(text)
    traced = rewrite(query)
    ordered = write.select(replace(traced.select, order=query.order)) if _once(query, traced) else ""
    lacking = traced.grouped and not set(traced.keys) <= set(query.columns)
    return _Plan(query, traced, traced.text, ordered, write.select(keyed(query)) if lacking else "")


def _once(query: Select, traced: Traced) -> bool:
    """Whether the rewritten query alone gives rows and order: one solution for each row, or rows without doubles; and
    an order that leaves nothing open."""
    ordered = {variable for expression in query.order if (variable := _ordering(expression))}
    total = query.items and all(Variable(name) in ordered for name in query.columns)
    whole = query.limit is None and not query.offset and not query.aggregated
    return bool(whole and total) and (query.modifier == "DISTINCT" or (traced.faithful and not query.modifier))


def _ordering(expression: Expression) -> Variable | None:
    """The variable whose values an order condition puts in order, itself or by its text; None for other conditions."""
    named = [part for part in expression.parts if isinstance(part, Variable)]
    words = {part for part in expression.parts if isinstance(part, str)}
    return named[0] if len(named) == 1 and words <= _KEEPING else None


def _in_one(store: Store, plan: _Plan, limit: int | None) -> Proved:
    width = len(plan.traced.keys)
    doubles = plan.query.modifier != "DISTINCT"
    seen: set[Row] = set()
    rows: list[Row] = []
    complete = True

    def noted() -> Iterator[Row]:
        nonlocal complete
        for solution in store.query(plan.ordered):
            row = tuple(solution)
            key = row[:width]
            if doubles or key not in seen:
                if len(rows) == limit:
                    complete = False
                    return
                seen.add(key)
                rows.append(key)
            yield row

    found = derivations(plan.traced, noted(), Walker(store))
    return Proved(plan.traced.keys, rows, [found[row] for row in rows], complete)


def _apart(store: Store, plan: _Plan, rows: list[Row]) -> dict[Row, list[Bare]]:
    """The derivations of rows that have been fetched by themselves."""
    traced = plan.traced
    text = plan.text
    if plan.query.limit is not None:
        text = write.select(_narrowed(traced.select, plan.query, rows, traced.keys))
    wanted = set(rows)
    width = len(traced.keys)
    solutions = (row for row in map(tuple, store.query(text)) if row[:width] in wanted)
    return derivations(traced, solutions, Walker(store))


def _grouped(store: Store, plan: _Plan, rows: list[Row], columns: tuple[str, ...]) -> dict[Row, list[Bare]]:
    """The derivations of the rows of a grouped query: those of the members of each group that gives the row."""
    keys = plan.traced.keys
    width = len(columns)
    place = [*columns, *(key for key in keys if key not in columns)]
    at = [place.index(key) for key in keys]
    members = derivations(plan.traced, store.query(plan.text), Walker(store))
    empty = absence(store, EMPTY, plan.query.where)
    found: dict[Row, dict[Row, list[Bare]]] = {}
    for row in map(tuple, store.query(plan.whole)) if plan.whole else rows:
        key = tuple(row[i] for i in at)
        found.setdefault(row[:width], {})[key] = members.get(key) or [Bare((), (empty,))]
    return {row: [way for ways in groups.values() for way in ways] for row, groups in found.items()}


def _narrowed(select: Select, query: Select, rows: list[Row], keys: tuple[str, ...]) -> Select:
    """The rewritten query restricted to rows with these values, as far as values can say it."""
    # VALUES before OPTIONAL or UNION would bind what the pattern leaves unbound, so only what it always binds is given.
    sure = certain(query.where)
    bound = [i for i, key in enumerate(keys) if Variable(key) in sure]
    if not bound or not rows or len(rows) > _MOST:
        return select
    data = dict.fromkeys(tuple(Constant(row[i]) for i in bound) for row in rows)
    values = Values(tuple(Variable(keys[i]) for i in bound), tuple(data))
    return replace(select, where=Group((values, Group(select.where.elements))))


def _first(solutions: Iterable[Any], limit: int | None) -> tuple[list[Row], bool]:
    rows: list[Row] = []
    for solution in solutions:
        if limit is not None and len(rows) == limit:
            return rows, False
        rows.append(tuple(solution))
    return rows, True


def _behind(found: Mapping[Row, list[Bare]], row: Row) -> list[Bare]:
    if row not in found:
        shown = " ".join(map(str, row))
        raise GbkgError(f"no derivation was found for the row {shown}", hint="please report the query")
    return found[row]
