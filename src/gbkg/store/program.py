"""The traces of a query as functions of its solutions: what was a solution made of?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from pyoxigraph import Literal, NamedNode

from gbkg.core.errors import GbkgError
from gbkg.core.nquads import stored
from gbkg.core.prefixes import shorten
from gbkg.core.terms import Term as RdfTerm
from gbkg.core.terms import TripleKey
from gbkg.sparql.traces import (
    EMPTY,
    UNMATCHED,
    UNTESTED,
    Conditional,
    Match,
    Members,
    PathMatch,
    Remark,
    Trace,
    Traced,
    readable,
)
from gbkg.sparql.tree import Constant, Group, Path, Term, Triple, Variable
from gbkg.store.base import Store
from gbkg.store.numbers import Bare, Ids, Numbers
from gbkg.store.unknown import absent, mentions

ZERO = "a path of length zero: {} is both ends"


@dataclass(slots=True)
class Found:
    """Triples and remarks, each once, in the order of the query."""

    ids: dict[Ids, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)


class Tracing(Protocol):
    """What is found out for one answer: numbers of terms, ways along paths, the members of inner groups."""

    store: Store
    numbers: Numbers

    def way(self, path: Path, start: int, end: int, graph: int) -> tuple[Ids, ...] | None:
        """A shortest way along a path from one node to another, in a graph if its number is not 0."""

    def members(self, program: Program) -> Mapping[Ids, Bare]:
        """What the members of each group of an inner query are made of, by its key."""


class Absence:
    """The remark on a group that nothing matched: `text` with the group in it. If the group has a term that the
    graph does not have, it is that absence was not tested."""

    def __init__(self, text: str, group: Group) -> None:
        self._text, self._group = text, group
        self._known: WeakKeyDictionary[Store, str] = WeakKeyDictionary()

    def on(self, store: Store) -> str:
        """The remark; it is worked out once for a store, whose graph does not change."""
        known = self._known.get(store)
        if known is None:
            unknown, shown = absent(store, mentions((self._group,))), readable(self._group)
            known = UNTESTED.format(" and ".join(unknown), shown) if unknown else self._text.format(shown)
            self._known[store] = known
        return known


Collect = Callable[[Ids, Found, Tracing], None]
"""Adds what one solution was made of to what has been found. Behind the solution stand the numbers of the constants."""
Gather = Callable[[list[Ids], Found, Tracing], None]
"""Adds what many solutions were made of, likewise."""


class Program:
    """The traces of a query as functions of the numbers of its solutions with those of `constants` behind them; `width`
    is how many columns are its key."""

    def __init__(self, traced: Traced) -> None:
        self.traced, self.width = traced, len(traced.keys)
        columns = [item.variable for item in traced.select.items if item.variable]
        self._index: dict[Any, int] = {variable: position for position, variable in enumerate(columns)}
        self._columns = len(columns)
        self.constants: list[RdfTerm | None] = []
        only = all(isinstance(trace, Match) for trace in traced.traces) and traced.traces
        self.plain = self._triples(traced.traces) if only else None
        """The triples of a solution, where all traces are triple patterns."""
        self.collect: Collect = _adding(self.plain) if self.plain else self._all(traced.traces)
        """Any solution's triples and remarks."""
        self._others = [self._of_others(trace) for trace in traced.traces] if traced.grouped else []

    def gather(self, rows: list[Ids], found: Found, tracer: Tracing) -> None:
        """The triples and remarks of all solutions of one group, in no order that is promised."""
        self.collect(rows[0], found, tracer)
        if len(rows) > 1 and None in self._others:
            for row in rows[1:]:
                self.collect(row, found, tracer)
        elif len(rows) > 1:
            for others in self._others:
                others(rows, found, tracer)  # type: ignore[misc]

    def _at(self, term: Term | None) -> int:
        """Where the number of a term stands."""
        place = self._index.get(term)
        if place is None:
            assert not isinstance(term, Variable)
            place = self._index[term] = self._columns + len(self.constants)
            self.constants.append(stored(term.term) if term else None)
        return place

    def _triples(self, matches: Iterable[Trace]) -> Callable[[Ids], Iterator[Ids]]:
        """The triples of successive triple patterns, filled in by one call."""
        places: list[int] = []
        for match in matches:
            assert isinstance(match, Match) and isinstance(match.triple.predicate, Variable | Constant)
            places += map(self._at, (match.triple.subject, match.triple.predicate, match.triple.object))
        get = itemgetter(*places)

        def triples(row: Ids) -> Iterator[Ids]:
            terms = iter(get(row))
            return zip(terms, terms, terms, strict=True)

        return triples

    def _all(self, traces: tuple[Trace, ...]) -> Collect:
        """One function for several traces."""
        steps: list[Collect] = []
        run: list[Trace] = []
        for trace in (*traces, None):
            if isinstance(trace, Match):
                run.append(trace)
                continue
            if run:
                steps.append(_adding(self._triples(run)))
                run = []
            if trace is not None:
                steps.append(self._one(trace))
        if len(steps) == 1:
            return steps[0]

        def collect(row: Ids, found: Found, tracer: Tracing) -> None:
            for step in steps:
                step(row, found, tracer)

        return collect

    def _one(self, trace: Trace) -> Collect:
        match trace:
            case PathMatch(s, path, o, graph):
                return _path(path, itemgetter(self._at(s), self._at(o), self._at(graph)))
            case Conditional():
                return self._conditional(trace)
            case Members():
                return self._members(trace)
            case Remark(text, group):
                absence = Absence(text, group)
                return lambda _, found, tracer: found.remarks.setdefault(absence.on(tracer.store))
        raise AssertionError(trace)

    def _of_others(self, trace: Trace, sure: bool = True) -> Gather | None:
        """What a trace adds for all solutions of a group when its first solution has been read, in which the trace took
        part if that is `sure`; None where that depends on what else was found."""
        match trace:
            case Match(Triple(s, Variable() | Constant() as p, o)):
                places = [self._at(part) for part in (s, p, o)]
                return _nothing if sure and all(map(self._of_key, places)) else _column(itemgetter(*places))
            case PathMatch(s, _, o, graph):
                ends = [self._at(part) for part in (s, o, graph)]
                return _nothing if sure and all(map(self._of_key, ends)) else None
            case Members(keys):
                return _each(self._one(trace), itemgetter(*[self._index[key] for key in keys]) if keys else len)
            case Conditional():
                return self._of_marked(trace)
        return _nothing if sure else _each(self._one(trace), len)

    def _of_marked(self, trace: Conditional) -> Gather | None:
        mark, wanted, absence = self._mark(trace)
        inner = [self._of_others(one, sure=False) for one in trace.traces]
        if None in inner:
            return None

        def gather(rows: list[Ids], found: Found, tracer: Tracing) -> None:
            marked = [row for row in rows if row[mark] and (wanted < 0 or row[mark] == row[wanted])]
            for one in inner if marked else ():
                one(marked, found, tracer)  # type: ignore[misc]
            if absence and not all(row[mark] for row in rows):
                found.remarks[absence.on(tracer.store)] = None

        return gather

    def _of_key(self, place: int) -> bool:
        """Whether all solutions of a group have the same there."""
        return place < self.width or place >= self._columns

    def _mark(self, trace: Conditional) -> tuple[int, int, Absence | None]:
        """Where the mark and the number of the branch stand (-1 if any will do), and what is said without the mark."""
        absence = Absence(UNMATCHED, trace.optional) if trace.optional else None
        wanted = -1 if trace.branch is None else self._at(Constant(Literal(trace.branch)))
        return self._index[trace.mark], wanted, absence

    def _conditional(self, trace: Conditional) -> Collect:
        (mark, wanted, absence), inner = self._mark(trace), self._all(trace.traces)

        def collect(row: Ids, found: Found, tracer: Tracing) -> None:
            value = row[mark]
            if value and (wanted < 0 or value == row[wanted]):
                inner(row, found, tracer)
            elif absence and not value:
                found.remarks[absence.on(tracer.store)] = None

        return collect

    def _members(self, trace: Members) -> Collect:
        program, at = Program(trace.traced), [self._index[key] for key in trace.keys]
        empty = Absence(EMPTY, trace.where)

        def collect(row: Ids, found: Found, tracer: Tracing) -> None:
            group = tracer.members(program).get(tuple([row[i] for i in at]))
            if group is None:
                found.remarks[empty.on(tracer.store)] = None
                return
            found.ids.update(dict.fromkeys(group.ids))
            found.remarks.update(dict.fromkeys(group.remarks))

        return collect


def _nothing(rows: list[Ids], found: Found, tracer: Tracing) -> None:
    """What the first solution of a group has shown already."""


def _column(triple: Callable[[Ids], Ids]) -> Gather:
    """The triples of one pattern in many solutions."""

    def gather(rows: list[Ids], found: Found, _: Tracing) -> None:
        found.ids.update(dict.fromkeys(map(triple, rows)))

    return gather


def _each(collect: Collect, key: Callable[[Ids], Any]) -> Gather:
    """What solutions show that are one by this key."""

    def gather(rows: list[Ids], found: Found, tracer: Tracing) -> None:
        for row in {key(row): row for row in rows}.values():
            collect(row, found, tracer)

    return gather


def _adding(triples: Callable[[Ids], Iterator[Ids]]) -> Collect:
    def collect(row: Ids, found: Found, _: Tracing) -> None:
        found.ids.update(dict.fromkeys(triples(row)))

    return collect


def _path(path: Path, ends: Callable[[Ids], Ids]) -> Collect:
    def collect(row: Ids, found: Found, tracer: Tracing) -> None:
        start, end, graph = ends(row)
        way = tracer.way(path, start, end, graph)
        terms = tracer.numbers.terms
        if way is None:
            message = f"no way found from {terms[start]} to {terms[end]} that the engine found"
            raise GbkgError(message, hint="please report")
        found.ids.update(dict.fromkeys(way))
        if not way:
            node = terms[start]
            found.remarks[ZERO.format(shorten(node.value) if isinstance(node, NamedNode) else str(node))] = None
            if not any(start in (s, o) for s, _, o in found.ids):
                # A path of length zero holds for the nodes of the graph (section 9.3).
                found.ids.update(dict.fromkeys(map(tracer.numbers.ids, _mention(tracer.store, node, terms[graph]))))

    return collect


def _mention(store: Store, node: RdfTerm, graph: NamedNode | None) -> list[TripleKey]:
    """A triple with the node as subject or object, always the same one; none if the graph does not have the node."""
    found = [] if isinstance(node, Literal) else list(store.quads(node, None, None, graph))
    found = found or list(store.quads(None, None, node, graph))
    return [(quad.subject, quad.predicate, quad.object) for quad in sorted(found, key=str)[:1]]
