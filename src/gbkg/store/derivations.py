"""The solutions of a rewritten query as derivations: sets of triples, each of which alone makes a row true.

Within one answer each term has a number and a triple is three of them, so that terms, which take long to compare, are
looked up once for each cell of a solution. What a query's traces need of a solution is worked out once for the query
(`Program`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
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
from gbkg.sparql.tree import Constant, Group, Path, Term, Variable
from gbkg.store.base import Store
from gbkg.store.pathfinder import Find, PathFinder
from gbkg.store.unknown import absent, mentions

ZERO = "a path of length zero: {} is both ends"
NOTHING = "no triple is needed: the query itself gives this row"

Row = tuple[RdfTerm | None, ...]
"""The values of the columns of a solution."""
Ids = tuple[int, ...]
"""Numbers of terms: of a triple, or of the columns of a solution."""


class Numbers(dict[RdfTerm | None, int]):
    """The number of each term of an answer, in the order in which they come; what is unbound has 0. `terms` are the
    terms by number."""

    def __init__(self) -> None:
        super().__init__({None: 0})
        self.terms: list[Any] = [None]
        self._texts = _Texts(self.terms)

    def __missing__(self, term: RdfTerm | None) -> int:
        number = self[term] = len(self.terms)
        self.terms.append(term)
        return number

    def ids(self, triple: TripleKey) -> Ids:
        """The numbers of a triple."""
        return tuple([self[term] for term in triple])

    def triple(self, ids: Ids) -> TripleKey:
        """The terms of a triple."""
        s, p, o = ids
        terms = self.terms
        return terms[s], terms[p], terms[o]

    def text(self, triple: Ids) -> tuple[str, str, str]:
        """The texts of the terms of a triple, each made once; triples have the order of these."""
        s, p, o = triple
        texts = self._texts
        return texts[s], texts[p], texts[o]

    def word(self, number: int) -> str:
        """The text of a term."""
        return self._texts[number]


class _Texts(dict[int, str]):
    """The texts of terms by number, each made when it is first asked for."""

    def __init__(self, terms: list[Any]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, number: int) -> str:
        text = self[number] = str(self._terms[number])
        return text


@dataclass(frozen=True, slots=True, eq=False)
class Bare:
    """A derivation before its evidence is looked up: numbers of triples in the order of the query, and remarks. Two are
    equal that have the same triples and remarks."""

    ids: tuple[Ids, ...]
    remarks: tuple[str, ...]
    numbers: Numbers = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bare) and (self.triples, self.remarks) == (other.triples, other.remarks)

    def __hash__(self) -> int:
        return hash((self.triples, self.remarks))

    @property
    def triples(self) -> tuple[TripleKey, ...]:
        """The triples."""
        return tuple(map(self.numbers.triple, self.ids))


@dataclass(slots=True)
class _Found:
    """Triples and remarks, each once, in the order of the query."""

    ids: dict[Ids, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)


class Tracer:
    """What is found out for one answer: numbers of terms, ways along paths, members of inner groups, remarks."""

    def __init__(self, store: Store, paths: PathFinder | None = None) -> None:
        self.store, self.paths = store, paths or PathFinder(store)
        self.numbers = Numbers()
        self._ways: dict[int, tuple[Find, dict[Ids, tuple[Ids, ...] | None]]] = {}
        self._groups: dict[int, Groups] = {}

    def by_key(self, program: Program, solutions: Iterable[Any]) -> dict[Ids, list[Ids]]:
        """The solutions by key, as numbers, and the program's constants; equal ones once for each time that they
        come."""
        number, width, constants = self.numbers.__getitem__, program.width, self.constants(program)
        found: dict[Ids, list[Ids]] = {}
        for solution in solutions:
            row = (*map(number, solution), *constants)
            known = found.get(key := row[:width])
            if known is None:
                found[key] = [row]
            else:
                known.append(row)
        return found

    def derivations(self, program: Program, rows: list[Ids]) -> list[Bare]:
        """The derivations that these solutions of one key are. Of derivations that contain one another only the
        smallest stay; they are in order of size, then of the text of their triples."""
        numbers, plain = self.numbers, program.plain
        several = rows if len(rows) == 1 else dict.fromkeys(rows)
        if plain is not None:
            return smallest([Bare(tuple(dict.fromkeys(plain(row))), (), numbers) for row in several])
        return smallest([self._bare(self._collected(program, [row])) for row in several])

    def together(self, program: Program, rows: Iterable[Ids]) -> Bare:
        """What the members of a group are made of. They come in whatever order the engine has, so the triples are
        sorted by their text."""
        found = self._collected(program, rows)
        ids = tuple(sorted(found.ids, key=self.numbers.text))
        return Bare(ids, tuple(sorted(found.remarks)), self.numbers)

    def members(self, program: Program) -> Groups:
        """The members of inner groups, fetched once."""
        known = self._groups.get(id(program))
        if known is None:
            known = self._groups[id(program)] = Groups(self, program, self.store.select(program.traced.text))
        return known

    def way(self, path: Path, ends: Ids) -> tuple[Ids, ...] | None:
        """A shortest way along a path from one node to another, in a graph if the last number is not 0."""
        known = self._ways.get(id(path))
        if known is None:
            known = self._ways[id(path)] = self.paths.along(path), {}
        find, ways = known
        if ends not in ways:
            terms, (start, end, graph) = self.numbers.terms, ends
            found = find(terms[start], terms[end], terms[graph])
            ways[ends] = found if found is None else tuple(map(self.numbers.ids, found))
        return ways[ends]

    def _collected(self, program: Program, rows: Iterable[Ids]) -> _Found:
        found, collect = _Found(), program.collect
        for row in rows:
            collect(row, found, self)
        return found

    def _bare(self, found: _Found) -> Bare:
        return Bare(tuple(found.ids), tuple(found.remarks), self.numbers)

    def constants(self, program: Program) -> Ids:
        """The numbers of the program's constants."""
        numbers = self.numbers
        return tuple([numbers[term] for term in program.constants])


class Groups(Mapping[Ids, Bare]):
    """What the members of each group are made of, by grouping key, put together when it is asked for."""

    def __init__(self, tracer: Tracer, program: Program, solutions: Iterable[Any]) -> None:
        self._tracer, self._program = tracer, program
        self._rows = tracer.by_key(program, solutions)
        self._made: dict[Ids, Bare] = {}

    def __getitem__(self, key: Ids) -> Bare:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._tracer.together(self._program, self._rows[key])
        return made

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[Ids]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def derivations(traced: Traced, solutions: Iterable[Any], tracer: Tracer) -> Iterator[tuple[Ids, list[Bare]]]:
    """The derivations of each row of a query without groups, by the numbers of its key, the values of `traced.keys`;
    made one after the other, since of many rows they would not fit into memory."""
    program = Program(traced)
    for key, rows in tracer.by_key(program, solutions).items():
        yield key, tracer.derivations(program, rows)


def smallest(ways: list[Bare]) -> list[Bare]:
    """Those of the derivations that contain no other one, each once, by size and then by the text of their triples."""
    if len(ways) == 1:
        return ways
    different: dict[frozenset[Ids], Bare] = {}
    for way in ways:
        different.setdefault(frozenset(way.ids), way)
    if len(different) == 1:
        return list(different.values())
    text = ways[0].numbers.text
    kept: list[frozenset[Ids]] = []
    for ids in sorted(different, key=lambda ids: (len(ids), sorted(map(text, ids)))):
        if not any(smaller < ids for smaller in kept):
            kept.append(ids)
    return [different[ids] for ids in kept]


# ---- What traces need of a solution, worked out once for a query


class Absence:
    """What is to be said of a group that nothing matched: `text` with the group in it. If the group has a term that the
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


Collect = Callable[[Ids, _Found, Tracer], None]
"""Adds what one solution was made of to what has been found. Behind the solution stand the numbers of the constants."""


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

    def _at(self, term: Term | None) -> int:
        """Where the number of a term stands."""
        if isinstance(term, Variable):
            return self._index[term]
        self.constants.append(stored(term.term) if term else None)
        return self._columns + len(self.constants) - 1

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

        def collect(row: Ids, found: _Found, tracer: Tracer) -> None:
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

    def _conditional(self, trace: Conditional) -> Collect:
        mark, inner = self._index[trace.mark], self._all(trace.traces)
        absence = Absence(UNMATCHED, trace.optional) if trace.optional else None
        wanted = -1 if trace.branch is None else self._at(Constant(Literal(trace.branch)))

        def collect(row: Ids, found: _Found, tracer: Tracer) -> None:
            value = row[mark]
            if value and (wanted < 0 or value == row[wanted]):
                inner(row, found, tracer)
            elif absence and not value:
                found.remarks[absence.on(tracer.store)] = None

        return collect

    def _members(self, trace: Members) -> Collect:
        program, at = Program(trace.traced), [self._index[key] for key in trace.keys]
        empty = Absence(EMPTY, trace.where)

        def collect(row: Ids, found: _Found, tracer: Tracer) -> None:
            group = tracer.members(program).get(tuple([row[i] for i in at]))
            if group is None:
                found.remarks[empty.on(tracer.store)] = None
                return
            found.ids.update(dict.fromkeys(group.ids))
            found.remarks.update(dict.fromkeys(group.remarks))

        return collect


def _adding(triples: Callable[[Ids], Iterator[Ids]]) -> Collect:
    def collect(row: Ids, found: _Found, _: Tracer) -> None:
        found.ids.update(dict.fromkeys(triples(row)))

    return collect


def _path(path: Path, ends: Callable[[Ids], Ids]) -> Collect:
    def collect(row: Ids, found: _Found, tracer: Tracer) -> None:
        start, end, graph = between = ends(row)
        way = tracer.way(path, between)
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
