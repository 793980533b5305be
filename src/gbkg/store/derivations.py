"""The solutions of a rewritten query as derivations: sets of triples, each of which alone makes a row true.

Terms and triples are numbers (`gbkg.store.numbers`). What a query's traces need of a solution is worked out once for
the query (`gbkg.store.program`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gbkg.core.terms import Term
from gbkg.sparql.traces import Traced
from gbkg.sparql.tree import Path
from gbkg.store.base import Store
from gbkg.store.numbers import Bare, Ids, Numbers
from gbkg.store.pathfinder import Find, PathFinder, Way
from gbkg.store.program import Found, Program

NOTHING = "no triples behind this row: its values come from the query"

Row = tuple[Term | None, ...]
"""The values of the columns of a solution."""


class Tracer:
    """What is found out for one answer: numbers of terms, ways along paths, members of inner groups, remarks."""

    def __init__(self, store: Store, numbers: Numbers | None = None) -> None:
        self.store, self.numbers = store, Numbers() if numbers is None else numbers
        self._paths = PathFinder(store, self.numbers)
        self._finds: dict[int, Find] = {}
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
        if plain is not None and len(rows) == 1:
            return [Bare(tuple(dict.fromkeys(plain(rows[0]))), (), numbers)]
        several = rows if len(rows) == 1 else dict.fromkeys(rows)
        if plain is not None:
            return smallest([Bare(tuple(dict.fromkeys(plain(row))), (), numbers) for row in several])
        return smallest([self._collected(program, row) for row in several])

    def together(self, program: Program, rows: list[Ids]) -> Bare:
        """What the members of a group are made of."""
        found = Found()
        program.gather(rows, found, self)
        return Bare(tuple(found.ids), tuple(sorted(found.remarks)), self.numbers, gathered=True)

    def members(self, program: Program) -> Groups:
        """The members of inner groups, fetched once."""
        known = self._groups.get(id(program))
        if known is None:
            known = self._groups[id(program)] = Groups(self, program, self.store.select(program.traced.text))
        return known

    def way(self, path: Path, start: int, end: int, graph: int) -> Way | None:
        """A shortest way along a path from one node to another, in a graph if its number is not 0."""
        find = self._finds.get(id(path))
        if find is None:
            find = self._finds[id(path)] = self._paths.along(path)
        return find(start, end, graph)

    def _collected(self, program: Program, row: Ids) -> Bare:
        found = Found()
        program.collect(row, found, self)
        return Bare(tuple(found.ids), tuple(found.remarks), self.numbers)

    def constants(self, program: Program) -> Ids:
        """The numbers of the program's constants."""
        numbers = self.numbers
        return tuple([numbers[term] for term in program.constants])


class Groups(Mapping[Ids, Bare]):
    """What the members of each group are made of, by grouping key, put together when it is asked for."""

    def __init__(self, tracer: Tracer, program: Program, solutions: Iterable[Any]) -> None:
        self._tracer, self._program = tracer, program
        self._made: dict[Ids, Bare] = {}
        self._solutions: dict[Ids, list[Any]] = {}
        self._constants = tracer.constants(program)
        number, keys = tracer.numbers.__getitem__, range(program.width)
        for solution in solutions:  # whose other cells are read when the group is asked for
            key = tuple([number(solution[at]) for at in keys])
            known = self._solutions.get(key)
            if known is None:
                self._solutions[key] = [solution]
            else:
                known.append(solution)

    def __getitem__(self, key: Ids) -> Bare:
        made = self._made.get(key)
        if made is None:
            number, constants = self._tracer.numbers.__getitem__, self._constants
            rows = [(*map(number, solution), *constants) for solution in self._solutions[key]]
            made = self._made[key] = self._tracer.together(self._program, rows)
        return made

    def __contains__(self, key: object) -> bool:
        return key in self._solutions

    def __iter__(self) -> Iterator[Ids]:
        return iter(self._solutions)

    def __len__(self) -> int:
        return len(self._solutions)


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
        different.setdefault(frozenset(way.found), way)
    if len(different) == 1:
        return list(different.values())
    text = ways[0].numbers.text
    kept: list[frozenset[Ids]] = []
    for ids in sorted(different, key=lambda ids: (len(ids), sorted(map(text, ids)))):
        if not any(smaller < ids for smaller in kept):
            kept.append(ids)
    return [different[ids] for ids in kept]
