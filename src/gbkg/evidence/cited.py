"""An answer with its proof: the rows of a SELECT, and for each of them the derivations down to the passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any

from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term
from gbkg.evidence.proofs import Derivation, Proof, Step
from gbkg.evidence.reader import EvidenceReader
from gbkg.sparql import order, parse, write
from gbkg.sparql.rewrite import keyed, rewrite
from gbkg.sparql.scan import certain
from gbkg.sparql.traces import EMPTY, Traced
from gbkg.sparql.tree import Constant, Group, Select, Values, Variable
from gbkg.store.base import Store
from gbkg.store.derivations import NOTHING, Groups, Row, Tracer
from gbkg.store.memory import Memory
from gbkg.store.numbers import Bare, Ids, Numbers
from gbkg.store.program import Absence, Program

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


def prove(store: Store, text: str, limit: int | None = None, numbers: Numbers | None = None) -> Proved:
    """The rows of a SELECT, at most `limit`, as they are without citations, each with all its derivations.

    Where the rewritten query alone gives rows and order, and the store is exact, only that is asked; else the rows are
    fetched by themselves, and compared. `numbers` are those that the reader of evidence gives. Raises `SyntaxError` as
    the engine does, `NotCoveredError` at a construct that has no proof here, and `GbkgError` when the rewritten query
    does not give these rows.
    """
    plan = _plan(text)
    settles = store.settles(text)
    asked = _Asked(store, plan, text, limit, settles, Tracer(store, numbers))
    if plan.ordered and store.exact and (settles or limit is None):
        return asked.grouped_in_one() if plan.traced.grouped else asked.in_one()
    return asked.apart()


def proofs(evidence: EvidenceReader, proved: Proved, most: int, steps: int | None = None) -> tuple[Proof, ...]:
    """The proof of each row, with at most so many derivations listed, and so many steps of each; None is all."""
    listed: dict[int, list[tuple[Bare, tuple[Ids, ...]]]] = {}
    for ways in proved.derivations:
        if id(ways) not in listed:
            listed[id(ways)] = [(way, way.first(steps)) for way in ways[:most]]
    known: dict[Ids, Step] = {}
    if first := next((way for ways in listed.values() for way, _ in ways), None):
        known = evidence.steps(first.numbers, chain.from_iterable(ids for ways in listed.values() for _, ids in ways))
    made: dict[int, Proof] = {}
    found = []
    for ways in proved.derivations:
        proof = made.get(id(ways))
        if proof is None:
            some = [_derivation(way, ids, known) for way, ids in listed[id(ways)]]
            proof = made[id(ways)] = Proof(tuple(some), len(ways))
        found.append(proof)
    return tuple(found)


def _derivation(way: Bare, ids: tuple[Ids, ...], known: dict[Ids, Step]) -> Derivation:
    steps = tuple([known[one] for one in ids])
    return Derivation(steps, way.remarks or (() if steps else (NOTHING,)), len(way.found) - len(steps))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a query is proved. `ordered` is the text that gives rows and order together with what proves them: the
    rewritten query in the order of the original; of a grouped query itself, with its keys as further columns. It is
    empty where there is none."""

    query: Select
    traced: Traced
    program: Program
    text: str
    ordered: str
    empty: Absence

    @property
    def whole(self) -> str:
        """The text of the grouped query with its keys; without order and limit."""
        return order.settled(write.select(keyed(self.query)), rows=False)


@lru_cache(maxsize=256)
def _plan(text: str) -> _Plan:
    Memory.of([]).query(text)  # the engine is the judge of syntax
    query = parse.select(text)
    traced = rewrite(query)
    return _Plan(query, traced, Program(traced), traced.text, _ordered(query, traced), Absence(EMPTY, query.where))


def _ordered(query: Select, traced: Traced) -> str:
    """See `_Plan`. A rewritten query may have several solutions for one of the original: which rows there are is then
    known only if each comes once."""
    if query.limit is not None or query.offset or not query.items:  # SELECT * has an order of the engine's own
        return ""
    if traced.grouped:
        return write.select(replace(keyed(query), order=query.order)) if not query.modifier else ""
    once = query.modifier == "DISTINCT" or (traced.faithful and not query.modifier)
    return write.select(replace(traced.select, order=query.order)) if once else ""


@dataclass(slots=True)
class _Read:
    """Rows, their keys as numbers, and whether these are all."""

    rows: list[Row]
    keys: list[Ids]
    complete: bool


class _Asked:
    """One query that is proved."""

    def __init__(self, store: Store, plan: _Plan, text: str, limit: int | None, settles: bool, tracer: Tracer) -> None:
        self.store, self.plan, self.text, self.limit, self.settles = store, plan, text, limit, settles
        self.tracer = tracer

    def in_one(self) -> Proved:
        """By the rewritten query alone."""
        plan, number, width = self.plan, self.tracer.numbers.__getitem__, self.plan.program.width
        constants = self.tracer.constants(plan.program)
        distinct = plan.query.modifier == "DISTINCT"
        grouped: dict[Ids, list[Ids]] = {}

        def read(solutions: Iterable[Any]) -> _Read:
            grouped.clear()
            found = _Read([], [], True)
            for solution in solutions:
                terms = tuple(solution)
                row = (*map(number, terms), *constants)
                known = grouped.get(key := row[:width])
                if known is None or not distinct:
                    if len(found.rows) == self.limit:
                        found.complete = False
                        break
                    found.rows.append(terms[:width])
                    found.keys.append(key)
                if known is None:
                    grouped[key] = [row]
                else:
                    known.append(row)
            return found

        found = self._answered(plan.ordered, read, width)
        ways = {key: self.tracer.derivations(plan.program, rows) for key, rows in grouped.items()}
        return self._proved(plan.traced.keys, found, [ways[key] for key in found.keys])

    def grouped_in_one(self) -> Proved:
        """The derivations of the rows of a grouped query are those of the members of its groups."""
        columns = self.plan.query.columns
        found = self._answered(self.plan.ordered, lambda solutions: self._first(solutions, len(columns)), len(columns))
        groups = self._members(self.plan.text)
        at = self._places(columns)
        return self._proved(columns, found, [[self._group(groups, key, at)] for key in found.keys])

    def apart(self) -> Proved:
        """The rows by themselves, then their derivations."""
        columns: tuple[str, ...] = ()

        def read(solutions: Any) -> _Read:
            nonlocal columns
            columns = tuple(variable.value for variable in solutions.variables)
            return self._first(solutions, len(columns))

        found = self._answered(self.text, read)
        query = self.plan.query
        whole = found.complete and query.limit is None and not query.offset
        if self.plan.traced.grouped:
            at, ways = list(range(len(columns))), self._groups(columns, found)
        else:
            at = [columns.index(key) for key in self.plan.traced.keys]  # SELECT * has an order of the engine's own
            ways = self._of_rows([tuple(key[i] for i in at) for key in found.keys], whole)
        keys = [tuple([key[i] for i in at]) for key in found.keys]
        self._compare(keys, ways, whole)
        return self._proved(columns, found, [ways[key] for key in keys])

    def _answered(self, text: str, read: Callable[[Any], _Read], width: int | None = None) -> _Read:
        like = None if width is None else (self.text, width)

        def column(found: _Read, at: int) -> list[Term | None] | None:
            return [row[at] for row in found.rows] if found.complete else None

        return order.answered(
            text, self.settles, self.store.kinds, lambda made: read(self.store.select(made)), column, like
        )

    def _proved(self, columns: tuple[str, ...], found: _Read, ways: list[list[Bare]]) -> Proved:
        return Proved(columns, found.rows, ways, found.complete, self.settles)

    def _first(self, solutions: Iterable[Any], width: int) -> _Read:
        """The first rows, of so many columns; the keys are of all columns."""
        number = self.tracer.numbers.__getitem__
        found = _Read([], [], True)
        for solution in solutions:
            if len(found.rows) == self.limit:
                found.complete = False
                break
            row = tuple(solution)
            found.rows.append(row[:width])
            found.keys.append(tuple(map(number, row)))
        return found

    def _of_rows(self, keys: list[Ids], whole: bool) -> dict[Ids, list[Bare]]:
        """The derivations of rows that have been fetched by themselves; if these are the `whole` answer, of whatever
        else the rewritten query gives."""
        plan, text = self.plan, self.plan.text
        if plan.query.limit is not None:
            text = order.settled(write.select(self._narrowed(keys)), rows=False)
        wanted = set(keys)
        found = self.tracer.by_key(plan.program, self.store.select(text))
        return {
            key: self.tracer.derivations(plan.program, rows) for key, rows in found.items() if whole or key in wanted
        }

    def _groups(self, columns: tuple[str, ...], found: _Read) -> dict[Ids, list[Bare]]:
        """The derivations of the rows of a grouped query: those of the members of each group that gives the row."""
        at, width = self._places(columns), len(columns)
        groups = self._members(self.plan.text)
        if set(self.plan.traced.keys) <= set(columns):
            rows = found.keys
        else:
            numbers = self.tracer.numbers
            rows = [tuple([numbers[term] for term in row]) for row in self.store.select(self.plan.whole)]
        wanted = set(found.keys)
        made: dict[Ids, dict[Ids, Bare]] = {}
        for row in rows:
            if row[:width] in wanted:
                made.setdefault(row[:width], {})[tuple([row[i] for i in at])] = self._group(groups, row, at)
        return {row: list(ways.values()) for row, ways in made.items()}

    def _places(self, columns: tuple[str, ...]) -> list[int]:
        """Where the grouping keys stand in a row of these columns with the other keys behind them."""
        keys = self.plan.traced.keys
        place = [*columns, *(key for key in keys if key not in columns)]
        return [place.index(key) for key in keys]

    def _members(self, text: str) -> Groups:
        return Groups(self.tracer, self.plan.program, self.store.select(text))

    def _group(self, groups: Groups, row: Ids, at: list[int]) -> Bare:
        found = groups.get(tuple([row[i] for i in at]))
        if found is not None:
            return found
        if self.plan.query.group_by:
            raise _differs("a group has no members", self._terms(row))
        return Bare((), (self.plan.empty.on(self.store),), self.tracer.numbers)

    def _narrowed(self, keys: list[Ids]) -> Select:
        """The rewritten query restricted to rows with these values, as far as values can say it."""
        # VALUES before OPTIONAL or UNION would bind what the pattern leaves unbound, so only what it always binds is
        # given.
        select, names = self.plan.traced.select, self.plan.traced.keys
        sure = certain(self.plan.query.where)
        bound = [i for i, name in enumerate(names) if Variable(name) in sure]
        if not bound or not keys or len(keys) > _MOST:
            return select
        terms = self.tracer.numbers.terms
        data = dict.fromkeys(tuple([Constant(terms[key[i]]) for i in bound]) for key in keys)
        values = Values(tuple(Variable(names[i]) for i in bound), tuple(data))
        return replace(select, where=Group((values, Group(select.where.elements))))

    def _compare(self, keys: list[Ids], found: Mapping[Ids, list[Bare]], whole: bool) -> None:
        """Raises `GbkgError` unless the rewritten query gives the rows of the query; if these are the `whole` answer,
        no others."""
        lacking = [key for key in keys if key not in found]
        more = sorted(map(self._terms, found.keys() - set(keys)), key=str) if whole else []
        if lacking:
            raise _differs(f"{len(lacking)} of {len(keys)} rows have no derivation", self._terms(lacking[0]))
        if more:
            raise _differs(f"{len(more)} rows too many", more[0])

    def _terms(self, ids: Ids) -> Row:
        return tuple([self.tracer.numbers.terms[n] for n in ids])


def _differs(how: str, row: Row) -> GbkgError:
    return GbkgError(
        f"the query as it is rewritten for citations gives other rows than the query: {how}, such as"
        f" {' '.join(map(str, row))}",
        hint="nothing is shown; ask without --cite, and please report the query",
    )
