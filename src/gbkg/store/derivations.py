"""The solutions of a rewritten query as derivations: sets of triples, each of which alone makes a row true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

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
from gbkg.sparql.tree import Constant, Group, Term, Variable
from gbkg.store.base import Store
from gbkg.store.pathfinder import PathFinder
from gbkg.store.unknown import absent

ZERO = "a path of length zero: {} is both ends"
NOTHING = "no triple is needed: the query itself gives this row"

Row = tuple[RdfTerm | None, ...]
"""The values of the columns of a solution."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A derivation before its evidence is looked up."""

    triples: tuple[TripleKey, ...]
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """Triples and remarks, each once, in the order of the query."""

    triples: dict[TripleKey, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)


def derivations(traced: Traced, solutions: Iterable[Any], paths: PathFinder) -> dict[Row, list[Bare]]:
    """The derivations of each row by its key, the values of `traced.keys`; of each group, if the query is grouped, the
    one that all its members make together.

    Of derivations that contain one another only the smallest stay; they are in order of size, then of the text of
    their triples.
    """
    if traced.grouped:
        return {key: [bare] for key, bare in members(traced, solutions, paths).items()}
    collect = _collector(traced, paths)
    width = len(traced.keys)
    found: dict[Row, dict[Row, Bare]] = {}
    for solution in solutions:
        row = tuple(solution)
        ways = found.setdefault(row[:width], {})
        if row not in ways:
            one = _Found()
            collect(row, one)
            ways[row] = Bare(tuple(one.triples), tuple(one.remarks))
    return {key: smallest(ways.values()) for key, ways in found.items()}


def members(traced: Traced, solutions: Iterable[Any], paths: PathFinder) -> dict[Row, Bare]:
    """What the members of each group are made of, by grouping key. They come in whatever order the engine has, so the
    triples are sorted by their text."""
    collect = _collector(traced, paths)
    width = len(traced.keys)
    found: dict[Row, _Found] = {}
    for solution in solutions:
        row = tuple(solution)
        group = found.get(row[:width])
        if group is None:
            group = found[row[:width]] = _Found()
        collect(row, group)
    return {key: Bare(tuple(sorted(f.triples, key=_text)), tuple(sorted(f.remarks))) for key, f in found.items()}


def smallest(found: Iterable[Bare]) -> list[Bare]:
    """Those of the derivations that contain no other one, each once, by size and then by the text of their triples."""
    ways = list(found)
    if len(ways) == 1:
        return ways
    different: dict[frozenset[TripleKey], Bare] = {}
    for way in ways:
        different.setdefault(frozenset(way.triples), way)
    kept: list[frozenset[TripleKey]] = []
    for triples in sorted(different, key=lambda triples: (len(triples), sorted(map(_text, triples)))):
        if not any(smaller < triples for smaller in kept):
            kept.append(triples)
    return [different[triples] for triples in kept]


Collect = Callable[[Row, _Found], None]
"""Adds what one solution was made of to what has been found."""


def _collector(traced: Traced, paths: PathFinder) -> Collect:
    columns = [item.variable for item in traced.select.items if item.variable]
    index = {variable: position for position, variable in enumerate(columns)}
    return _all(traced.traces, index, paths)


def _all(traces: tuple[Trace, ...], index: dict[Variable, int], paths: PathFinder) -> Collect:
    """One function for several traces. Successive triple patterns, which are most, are filled in by one call: their
    constants are appended to the row, so that every term is an index in it."""
    constants: list[Any] = []
    steps: list[Collect] = []
    run: list[itemgetter[Any]] = []

    def at(term: Term) -> int:
        if isinstance(term, Variable):
            return index[term]
        constants.append(stored(term.term))
        return len(index) + len(constants) - 1

    for trace in traces:
        if isinstance(trace, Match):
            predicate = trace.triple.predicate
            assert isinstance(predicate, Variable | Constant)
            run.append(itemgetter(at(trace.triple.subject), at(predicate), at(trace.triple.object)))
            continue
        if run:
            steps.append(_triples(run, constants))
            run = []
        steps.append(_one(trace, index, paths))
    if run:
        steps.append(_triples(run, constants))
    if len(steps) == 1:
        return steps[0]

    def collect(row: Row, found: _Found) -> None:
        for step in steps:
            step(row, found)

    return collect


def _triples(getters: list[itemgetter[Any]], constants: list[Any]) -> Collect:
    def collect(row: Row, found: _Found) -> None:
        terms = (*row, *constants)
        for getter in getters:
            found.triples[getter(terms)] = None

    return collect


def _one(trace: Trace, index: dict[Variable, int], paths: PathFinder) -> Collect:
    match trace:
        case PathMatch():
            return _path(trace, index, paths)
        case Conditional():
            return _conditional(trace, index, paths)
        case Members():
            return _members(trace, index, paths)
        case Remark(text, group):
            said = remark_on(paths.store, text, group)
            return lambda _, found: found.remarks.setdefault(said())
    raise AssertionError(trace)


def _path(trace: PathMatch, index: dict[Variable, int], paths: PathFinder) -> Collect:
    start, end, graph = (_getter(term, index) for term in (trace.subject, trace.object, trace.graph))
    find = paths.along(trace.path)

    def collect(row: Row, found: _Found) -> None:
        node = start(row)
        way = find(node, end(row), graph(row))
        if way is None:
            raise GbkgError(f"no way found from {node} to {end(row)} that the engine found", hint="please report")
        for triple in way:
            found.triples[triple] = None
        if not way:
            found.remarks[ZERO.format(shorten(node.value) if isinstance(node, NamedNode) else str(node))] = None
            if not any(node in (s, o) for s, _, o in found.triples):
                # A path of length zero holds for the nodes of the graph (section 9.3).
                found.triples.update(dict.fromkeys(_mention(paths.store, node, graph(row))))

    return collect


def _mention(store: Store, node: RdfTerm, graph: NamedNode | None) -> list[TripleKey]:
    """A triple with the node as subject or object, always the same one; none if the graph does not have the node."""
    found = [] if isinstance(node, Literal) else list(store.quads(node, None, None, graph))
    found = found or list(store.quads(None, None, node, graph))
    return [(quad.subject, quad.predicate, quad.object) for quad in sorted(found, key=str)[:1]]


def _conditional(trace: Conditional, index: dict[Variable, int], paths: PathFinder) -> Collect:
    mark = index[trace.mark]
    lacking = remark_on(paths.store, UNMATCHED, trace.optional) if trace.optional else None
    wanted = None if trace.branch is None else Literal(trace.branch)
    inner = _all(trace.traces, index, paths)

    def collect(row: Row, found: _Found) -> None:
        value = row[mark]
        if value is not None and (wanted is None or value == wanted):
            inner(row, found)
        elif lacking and value is None:
            found.remarks[lacking()] = None

    return collect


def remark_on(store: Store, said: str, group: Group) -> Callable[[], str]:
    """Makes the remark on a group that nothing matched, when it is first needed. If the group has a term that the graph
    does not have, the remark is that absence was not tested."""

    @cache
    def remark() -> str:
        unknown = absent(store, (group,))
        return UNTESTED.format(" and ".join(unknown), readable(group)) if unknown else said.format(readable(group))

    return remark


def _members(trace: Members, index: dict[Variable, int], paths: PathFinder) -> Collect:
    traced, at = trace.traced, [index[key] for key in trace.keys]
    empty = remark_on(paths.store, EMPTY, trace.where)
    groups: dict[Row, Bare] | None = None

    def collect(row: Row, found: _Found) -> None:
        nonlocal groups
        if groups is None:
            groups = members(traced, paths.store.select(traced.text), paths)
        group = groups.get(tuple([row[i] for i in at]))
        if group is None:
            found.remarks[empty()] = None
            return
        found.triples.update(dict.fromkeys(group.triples))
        found.remarks.update(dict.fromkeys(group.remarks))

    return collect


def _getter(term: Term | None, index: dict[Variable, int]) -> Callable[[Row], Any]:
    if isinstance(term, Variable):
        return itemgetter(index[term])
    constant = stored(term.term) if term else None
    return lambda _: constant


def _text(triple: TripleKey) -> str:
    return " ".join(map(str, triple))
