"""Which triples a property path with * + or ? leads along from one node to another.

The engine says that such a path connects two nodes, not how; a breadth-first search finds a shortest way. Semantics:
SPARQL 1.1, sections 9.3 and 18.4. Of equally short ways the first by the text of its triples is taken, so the result is
always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode

from gbkg.core.terms import Quad
from gbkg.sparql.tree import Constant, Path
from gbkg.store.base import Store
from gbkg.store.numbers import Ids, Numbers

Step = Path | Constant
Way = tuple[Ids, ...]
Find = Callable[[int, int, int], Way | None]
_Edges = dict[int, list[tuple[int, Way]]]


class PathFinder:
    """Finds ways in one store for one query, in its `numbers` of terms; where each start leads is kept until then. The
    graph to which a search is limited is 0 where it is limited to none."""

    def __init__(self, store: Store, numbers: Numbers) -> None:
        self.store, self.numbers = store, numbers
        self._quads: dict[tuple[int, int, int, bool], list[Quad]] = {}
        self._found: dict[tuple[int, int, bool], _Edges] = {}

    def along(self, path: Path) -> Find:
        """A function of start, end and graph: the triples of a shortest way along a path whose operator is * + or ?;
        empty when the path has length zero, None when there is no way."""
        return self._direct(path) if _edge(path.parts[0]) else self._composed(path)

    def _composed(self, path: Path) -> Find:
        known: dict[tuple[int, int], dict[int, Way]] = {}

        def way(start: int, end: int, graph: int) -> Way | None:
            ways = known.get((start, graph))
            if ways is None:
                ways = known[start, graph] = dict(self._closure(start, path, graph))
            return ways.get(end)

        return way

    def _direct(self, path: Path) -> Find:
        """As `_composed`, for one property, forwards or backwards."""
        known: dict[tuple[int, int], dict[int, Ids]] = {}
        origin, only = 2 if isinstance(path.parts[0], Path) else 0, path.kind == "?"

        def way(start: int, end: int, graph: int) -> Way | None:
            if start == end and path.kind != "+":
                return ()
            first, node = ([], start) if only else self._alone(start, end, path.parts[0], graph)
            if first and node == end:
                return tuple(first)
            last = known.get((node, graph))
            if last is None:
                last = known[node, graph] = self._reached(node, path, graph)
            if end not in last:
                return None
            found = [last[end]]
            while (before := found[-1][origin]) != node:
                found.append(last[before])
            return (*first, *found[::-1])

        return way

    def _alone(self, start: int, end: int, step: Step, graph: int) -> tuple[list[Ids], int]:
        """The triples from the start to the end, or as far as each node leads to one other only, as a class to the
        class above it; and the last node."""
        leads, found, node = self._leads(step, graph), list[Ids](), start
        passed = {start}
        while len(edges := leads(node)) == 1:
            ((following, (triple,)),) = edges
            if following in passed and following != end:
                break
            found.append(triple)
            node = following
            if node == end:
                break
            passed.add(node)
        return found, node

    def _reached(self, start: int, path: Path, graph: int) -> dict[int, Ids]:
        """Every node that one property leads to, each with the last triple of a shortest way to it."""
        step, last = path.parts[0], dict[int, Ids]()
        leads, known = self._leads(step, graph), self._known(step, graph)
        nodes = [start]
        while nodes:
            if len(new := [node for node in nodes if node not in known]) > 1:
                self._look_up(new, step, graph)
            following = []
            for node in nodes:
                for end, (triple,) in leads(node):
                    if end not in last:
                        last[end] = triple
                        if end != start:
                            following.append(end)
            nodes = [] if path.kind == "?" else following
        return last

    def _closure(self, start: int, path: Path, graph: int) -> Iterator[tuple[int, Way]]:
        """Every node that a * + or ? path leads to, nearest first, each with a shortest way to it."""
        step, found = path.parts[0], set[int]()
        if path.kind != "+":
            found.add(start)
            yield start, ()
        leads = self._leads(step, graph)
        rows: list[tuple[int, Way]] = [(start, ())]
        reached = {start}
        while rows:
            if len(rows) > 1:
                self._look_up([node for node, _ in rows], step, graph)
            following: list[tuple[int, Way]] = []
            for node, way in rows:
                for end, more in leads(node):
                    if end not in found:
                        found.add(end)
                        yield end, way + more
                    if end not in reached:
                        reached.add(end)
                        following.append((end, way + more))
            rows = [] if path.kind == "?" else following

    def _look_up(self, nodes: list[int], step: Step, graph: int) -> None:
        """Looks up together where these nodes lead by a property, forwards or backwards, by a choice of such, or by
        the first of a sequence; a remote store would otherwise get one request for each node."""
        edge = _edge(step)
        if edge is None:
            if isinstance(step, Path) and step.kind in "|/":
                for part in step.parts if step.kind == "|" else step.parts[:1]:
                    self._look_up(nodes, part, graph)
            return
        (property_, forward), numbers = edge, self.numbers
        predicate, terms = numbers[property_.term], numbers.terms
        led = self._found.get((predicate, graph, forward), {})
        wanted = [n for n in nodes if n not in led and (not forward or isinstance(terms[n], NamedNode))]
        if not wanted:
            return
        self._quads.update(((node, predicate, graph, forward), []) for node in wanted)
        find = self.store.quads_of if forward else self.store.quads_to
        for quad in find([terms[n] for n in wanted], property_.term, terms[graph]):
            node = numbers[quad.subject if forward else quad.object]
            self._quads[node, predicate, graph, forward].append(quad)

    def _known(self, step: Step, graph: int) -> _Edges:
        """Where nodes are known to lead by a step that is one property."""
        edge = _edge(step)
        assert edge
        return self._found.setdefault((self.numbers[edge[0].term], graph, edge[1]), {})

    def _leads(self, step: Step, graph: int) -> Callable[[int], Collection[tuple[int, Way]]]:
        """`_ends` of this step; of a property, forwards or backwards, where each node leads is kept."""
        edge = _edge(step)
        if edge is None:
            return lambda node: list(self._ends(node, step, graph))
        predicate, forward = self.numbers[edge[0].term], edge[1]
        led = self._known(step, graph)

        def leads(node: int) -> list[tuple[int, Way]]:
            found = led.get(node)
            return self._edges(node, predicate, graph, forward) if found is None else found

        return leads

    def _ends(self, node: int, step: Step, graph: int) -> Iterator[tuple[int, Way]]:
        """Where a path leads from a node, each end with the triples used; shortest first for nested closures."""
        match step:
            case Constant(predicate):
                yield from self._edges(node, self.numbers[predicate], graph, True)
            case Path("^", (Constant(predicate),)):
                yield from self._edges(node, self.numbers[predicate], graph, False)
            case Path("^", (inner,)):
                yield from self._ends(node, _inverse(inner), graph)
            case Path("|", parts):
                for part in parts:
                    yield from self._ends(node, part, graph)
            case Path("/", parts):
                yield from self._sequence(node, parts, graph)
            case Path("!", parts):
                yield from self._others(node, parts, graph)
            case _:
                yield from self._closure(node, step, graph)

    def _sequence(self, node: int, parts: tuple[Step, ...], graph: int) -> Iterator[tuple[int, Way]]:
        if not parts:
            yield node, ()
            return
        for middle, way in self._ends(node, parts[0], graph):
            for end, more in self._sequence(middle, parts[1:], graph):
                yield end, way + more

    def _others(self, node: int, excluded: tuple[Step, ...], graph: int) -> Iterator[tuple[int, Way]]:
        """A negated property set, section 9.1."""
        numbers = self.numbers
        forward = {numbers[part.term] for part in excluded if isinstance(part, Constant)}
        backward = {numbers[inner.term] for part in excluded if isinstance(part, Path) for inner in part.parts}  # type: ignore[union-attr]
        for predicates, direction in ((forward, True), (backward, False)):
            if predicates:
                found = self._edges(node, 0, graph, direction)
                yield from ((end, way) for end, way in found if way[0][1] not in predicates)

    def _edges(self, node: int, predicate: int, graph: int, forward: bool) -> list[tuple[int, Way]]:
        """Where one triple leads from the node, as its subject if `forward`, else as its object; with any property if
        the predicate is 0."""
        led = self._found.setdefault((predicate, graph, forward), {})
        known = led.get(node)
        if known is None:
            found = self._quads.pop((node, predicate, graph, forward), None)
            if found is None:
                found = self._look_up_one(node, predicate, graph, forward)
            ordered = sorted(found, key=str) if len(found) > 1 else found
            triples = [self.numbers.ids((quad.subject, quad.predicate, quad.object)) for quad in ordered]
            known = led[node] = [(triple[2] if forward else triple[0], (triple,)) for triple in triples]
        return known

    def _look_up_one(self, node: int, predicate: int, graph: int, forward: bool) -> list[Quad]:
        terms = self.numbers.terms
        start: Any = terms[node]
        if not forward:
            return list(self.store.quads(None, terms[predicate], start, terms[graph]))
        return [] if isinstance(start, Literal) else list(self.store.quads(start, terms[predicate], None, terms[graph]))


def _edge(step: Step) -> tuple[Constant, bool] | None:
    """The property that a step is, and whether it leads forwards."""
    match step:
        case Constant():
            return step, True
        case Path("^", (Constant() as property_,)):
            return property_, False
    return None


def _inverse(step: Step) -> Step:
    """The path in the other direction: each part is turned round, and so is the order of a sequence."""
    if isinstance(step, Constant):
        return Path("^", (step,))
    if step.kind == "^":
        return step.parts[0]
    parts = tuple(map(_inverse, step.parts))
    return Path(step.kind, parts[::-1] if step.kind == "/" else parts)
