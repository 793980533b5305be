"""An answer with its proof: the rows of a SELECT, and for each of them the derivations down to the passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term
from gbkg.evidence.proofs import Derivation, Proof
from gbkg.evidence.reader import EvidenceReader
from gbkg.sparql import order, parse, write
from gbkg.sparql.rewrite import keyed, rewrite
from gbkg.sparql.scan import certain
from gbkg.sparql.traces import EMPTY, Traced
from gbkg.sparql.tree import Constant, Group, Select, Values, Variable
from gbkg.store.base import Store
from gbkg.store.derivations import NOTHING, Bare, Row, derivations, remark_on
from gbkg.store.memory import Memory
from gbkg.store.pathfinder import PathFinder

_MOST = 2000
"""The most rows that the query for their derivations names; with more, all derivations are fetched."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Columns and rows as the engine gives them, and the bare derivations of each row; `complete` is False if the
    limit left rows out, `settled` is False if the query asks for no order and they are too many to be sorted."""

    columns: tuple[str, ...]
    rows: list[Row]
    derivations: list[list[Bare]]
    complete: bool
    settled: bool


def prove(store: Store, text: str, limit: int | None = None) -> Proved:
    """The rows of a SELECT, at most `limit`, as they are without citations, each with all its derivations.

    Raises `SyntaxError` as the engine does, `NotCoveredError` at a construct that has no proof here, and `GbkgError`
    when the rewritten query does not give these rows.
    """
    plan = _plan(text)

    def read(made: str) -> tuple[tuple[str, ...], list[Row], bool]:
        solutions = store.select(made)
        return (tuple(variable.value for variable in solutions.variables), *_first(solutions, limit))

    settles = store.settles(text)
    columns, rows, complete = order.answered(
        text, settles, store.kinds, read, lambda made: made[1] if made[2] else None
    )
    whole = complete and plan.query.limit is None and not plan.query.offset
    if plan.traced.grouped:
        keys, found = rows, _grouped(store, plan, columns)
    else:
        at = [columns.index(key) for key in plan.traced.keys]  # SELECT * has an order of the engine's own
        keys = [tuple(row[i] for i in at) for row in rows]
        found = _apart(store, plan, keys, whole)
    _compare(keys, found, whole)
    return Proved(columns, rows, [found[key] for key in keys], complete, settles)


def proofs(evidence: EvidenceReader, proved: Proved, most: int) -> tuple[Proof, ...]:
    """The proof of each row, with at most so many derivations listed."""
    evidence.load(triple for ways in proved.derivations for way in ways[:most] for triple in way.triples)
    made: dict[int, Proof] = {}
    return tuple(
        made.get(id(ways)) or made.setdefault(id(ways), _proof(evidence, ways, most)) for ways in proved.derivations
    )


def _proof(evidence: EvidenceReader, ways: list[Bare], most: int) -> Proof:
    listed = []
    for way in ways[:most]:
        steps = tuple(map(evidence.step, way.triples))
        remarks = way.remarks or (() if steps else (NOTHING,))
        listed.append(Derivation(steps, remarks))
    return Proof(tuple(listed), len(ways))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a query is proved: `whole` is the text of the grouped query with its keys; empty for others."""

    query: Select
    traced: Traced
    text: str
    whole: str


@lru_cache(maxsize=256)
def _plan(text: str) -> _Plan:
    Memory.of([]).query(text)  # the engine is the judge of syntax
    query = parse.select(text)
    traced = rewrite(query)
    whole = order.settled(write.select(keyed(query)), rows=False) if traced.grouped else ""
    return _Plan(query, traced, traced.text, whole)


def _apart(store: Store, plan: _Plan, rows: list[Row], whole: bool) -> dict[Row, list[Bare]]:
    """The derivations of rows that have been fetched by themselves; if these are the `whole` answer, of whatever else
    the rewritten query gives."""
    traced = plan.traced
    text = plan.text
    if plan.query.limit is not None:
        text = order.settled(write.select(_narrowed(traced.select, plan.query, rows, traced.keys)), rows=False)
    wanted = set(rows)
    width = len(traced.keys)
    solutions = (row for row in map(tuple, store.select(text)) if whole or row[:width] in wanted)
    return derivations(traced, solutions, PathFinder(store))


def _grouped(store: Store, plan: _Plan, columns: tuple[str, ...]) -> dict[Row, list[Bare]]:
    """The derivations of the rows of a grouped query: those of the members of each group that gives the row."""
    keys = plan.traced.keys
    width = len(columns)
    place = [*columns, *(key for key in keys if key not in columns)]
    at = [place.index(key) for key in keys]
    members = derivations(plan.traced, store.select(plan.text), PathFinder(store))
    empty = remark_on(store, EMPTY, plan.query.where)
    found: dict[Row, dict[Row, list[Bare]]] = {}
    for row in map(tuple, store.select(plan.whole)):
        key = tuple(row[i] for i in at)
        if key not in members and plan.query.group_by:
            raise _differs("a group has no members", row)
        found.setdefault(row[:width], {})[key] = members.get(key) or [Bare((), (empty(),))]
    return {row: [way for ways in groups.values() for way in ways] for row, groups in found.items()}


def _narrowed(select: Select, query: Select, rows: list[Row], keys: tuple[str, ...]) -> Select:
    """The rewritten query restricted to rows with these values, as far as values can say it."""
    # VALUES before OPTIONAL or UNION would bind what the pattern leaves unbound, so only what it always binds is given.
    sure = certain(query.where)
    bound = [i for i, key in enumerate(keys) if Variable(key) in sure]
    if not bound or not rows or len(rows) > _MOST:
        return select
    data = dict.fromkeys(tuple(_constant(row[i]) for i in bound) for row in rows)
    values = Values(tuple(Variable(keys[i]) for i in bound), tuple(data))
    return replace(select, where=Group((values, Group(select.where.elements))))


def _constant(bound: Term | None) -> Constant:
    assert bound is not None  # the pattern always binds the variable
    return Constant(bound)


def _first(solutions: Iterable[Any], limit: int | None) -> tuple[list[Row], bool]:
    rows: list[Row] = []
    for solution in solutions:
        if limit is not None and len(rows) == limit:
            return rows, False
        rows.append(tuple(solution))
    return rows, True


def _compare(rows: list[Row], found: Mapping[Row, list[Bare]], whole: bool) -> None:
    """Raises `GbkgError` unless the rewritten query gives the rows of the query; if these are the `whole` answer, no
    others."""
    lacking = [row for row in rows if row not in found]
    more = sorted(found.keys() - set(rows), key=str) if whole else []
    if lacking or more:
        count = f"{len(lacking)} of {len(rows)} rows have no derivation" if lacking else f"{len(more)} rows too many"
        raise _differs(count, (lacking or more)[0])


def _differs(how: str, row: Row) -> GbkgError:
    return GbkgError(
        f"the query as it is rewritten for citations gives other rows than the query: {how}, such as"
        f" {' '.join(map(str, row))}",
        hint="nothing is shown; ask without --cite, and please report the query",
    )
