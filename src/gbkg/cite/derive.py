"""The solutions of a rewritten query as derivations: sets of triples, each of which alone makes a row true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from gbkg.cite.rewrite import Said, Trace, Traced, Used, Walked, When
from gbkg.cite.walk import Walker
from gbkg.errors import GbkgError
from gbkg.proofs import TripleKey
from gbkg.spaces import shorten
from gbkg.sparql.tree import Constant, Term, Variable
from gbkg.store import Store

ZERO = "a path of length zero: {} is both ends"
NOTHING = "no triple is needed: the query itself gives this row"

Row = tuple[Any, ...]
Fill = Callable[[Row, "Collected"], None]
"""Adds to what is collected the triples that one solution used."""


@dataclass(slots=True)
class Collected:
    """Triples and remarks in the order of the query; dictionaries, because order matters and doubles do not."""

    triples: dict[TripleKey, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bare:
    """A derivation before its evidence is looked up."""

    triples: tuple[TripleKey, ...]
    remarks: tuple[str, ...]


def derivations(traced: Traced, solutions: Iterable[Any], walker: Walker) -> dict[Row, list[Bare]]:
    """The derivations of each row (or group) by its key: the values of `traced.keys`.

    Of derivations that contain one another only the smallest stay; they are in order of size, then of the text of
    their triples.
    """
    width = len(traced.keys)
    columns = [item.variable for item in traced.select.items if item.variable]
    index = {variable: position for position, variable in enumerate(columns)}
    apart = [position for position, v in enumerate(columns) if v not in traced.members]
    fills = [_fill(trace, index, walker) for trace in traced.traces]
    joint = traced.grouped or bool(traced.members)
    collected: dict[Row, dict[Row, Collected]] = {}
    for solution in solutions:
        row = tuple(solution)
        key = row[:width]
        ways = collected.setdefault(key, {})
        identity = key if traced.grouped else tuple(row[i] for i in apart) if joint else row
        found = ways.get(identity)
        if found is None:
            found = ways[identity] = Collected()
        elif not joint:
            continue
        for fill in fills:
            fill(row, found)
    return {key: smallest(_bare(way, joint) for way in ways.values()) for key, ways in collected.items()}


def _fill(trace: Trace, index: dict[Variable, int], walker: Walker) -> Fill:
    match trace:
        case Used(triple, _):
            return _used(triple.subject, triple.predicate, triple.object, index)
        case Walked():
            return _walked(trace, index, walker)
        case Said(text):
            return lambda _, found: found.remarks.setdefault(text)
        case When(mark, branch, inner, lacking):
            return _when(index[mark], branch, [_fill(t, index, walker) for t in inner], lacking)


def _used(subject: Any, predicate: Any, object: Any, index: dict[Variable, int]) -> Fill:
    s, p, o = (_getter(term, index) for term in (subject, predicate, object))

    def fill(row: Row, found: Collected) -> None:
        found.triples.setdefault((s(row), p(row), o(row)))

    return fill


def _walked(trace: Walked, index: dict[Variable, int], walker: Walker) -> Fill:
    start, end = _getter(trace.subject, index), _getter(trace.object, index)
    graph = _getter(trace.graph, index) if trace.graph else lambda _: None
    open_ended = isinstance(trace.subject, Variable) and isinstance(trace.object, Variable)

    def fill(row: Row, found: Collected) -> None:
        way = walker.way(start(row), trace.path, end(row), graph(row))
        if way is None:
            raise GbkgError(f"no way found from {start(row)} to {end(row)} that the engine found", hint="please report")
        for triple in way:
            found.triples.setdefault(triple)
        if not way:
            node = start(row)
            found.remarks.setdefault(ZERO.format(shorten(node.value) if isinstance(node, ox.NamedNode) else str(node)))
            if open_ended and not any(node in (s, o) for s, _, o in found.triples):
                # Between two variables a path of length zero holds for the nodes of the graph only (section 9.3).
                found.triples.setdefault(_mention(walker.store, node, graph(row)))

    return fill


def _mention(store: Store, node: Any, graph: Any) -> TripleKey:
    """Some triple that has the node at one end, always the same."""
    found = [] if isinstance(node, ox.Literal) else list(store.quads(node, None, None, graph))
    found = found or list(store.quads(None, None, node, graph))
    first = min(found, key=str)
    return first.subject, first.predicate, first.object


def _when(mark: int, branch: int | None, inner: list[Fill], lacking: str) -> Fill:
    wanted = None if branch is None else ox.Literal(branch)

    def fill(row: Row, found: Collected) -> None:
        value = row[mark]
        if value is not None and (wanted is None or value == wanted):
            for each in inner:
                each(row, found)
        elif lacking and value is None:
            found.remarks.setdefault(lacking)

    return fill


def _getter(term: Term | Any, index: dict[Variable, int]) -> Callable[[Row], Any]:
    if isinstance(term, Constant):
        constant = term.term
        return lambda _: constant
    position = index[term]
    return lambda row: row[position]


def _bare(way: Collected, joint: bool) -> Bare:
    """What was collected; members of a group come in whatever order the engine has, so their triples are sorted."""
    if joint:
        return Bare(tuple(sorted(way.triples, key=_text)), tuple(sorted(way.remarks)))
    return Bare(tuple(way.triples), tuple(way.remarks))


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


def _text(triple: TripleKey) -> str:
    return " ".join(map(str, triple))
