"""Which triples a property path with * + or ? leads along from one node to another.

The engine says that such a path connects two nodes, not how; a breadth-first search finds a shortest way. Semantics:
SPARQL 1.1, sections 9.3 and 18.4. Of equally short ways the first by the text of its triples is taken, so the result is
always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from gbkg.core.terms import Quad, Term, TripleKey
from gbkg.sparql.tree import Constant, Path
from gbkg.store.base import Store

Step = Path | Constant
Way = tuple[TripleKey, ...]
Graph = NamedNode | None
"""The named graph to which a search is limited."""
Find = Callable[[Term, Term, Graph], Way | None]


class PathFinder:
    """Finds ways in one store for one query; where each start leads is kept until then."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._ways: dict[Path, dict[tuple[Term, Graph], dict[Term, Way]]] = {}
        self._quads: dict[tuple[Term, Term | None, Graph, bool], list[Quad]] = {}
        self._found: dict[tuple[Term | None, Graph, bool], dict[Term, list[tuple[Term, Way]]]] = {}

    def along(self, path: Path) -> Find:
        """A function of start, end and graph: the triples of a shortest way along a path whose operator is * + or ?;
        empty when the path has length zero, None when there is no way."""
        known = self._ways.setdefault(path, {})

        def way(start: Term, end: Term, graph: Graph) -> Way | None:
            ways = known.get((start, graph))
            if ways is None:
                ways = known[start, graph] = dict(self._closure(start, path, graph))
            return ways.get(end)

        return way

    def _closure(self, start: Term, path: Path, graph: Graph) -> Iterator[tuple[Term, Way]]:
        """Every node that a * + or ? path leads to, nearest first, each with a shortest way to it."""
        step, found = path.parts[0], set[Term]()
        if path.kind != "+":
            found.add(start)
            yield start, ()
        leads = self._leads(step, graph)
        rows: list[tuple[Term, Way]] = [(start, ())]
        reached = {start}
        while rows:
            if len(rows) > 1:
                self._look_up([node for node, _ in rows], step, graph)
            following: list[tuple[Term, Way]] = []
            for node, way in rows:
                for end, more in leads(node):
                    if end not in found:
                        found.add(end)
                        yield end, way + more
                    if end not in reached:
                        reached.add(end)
                        following.append((end, way + more))
            rows = [] if path.kind == "?" else following

    def _look_up(self, nodes: list[Term], step: Step, graph: Graph) -> None:
        """Looks up together where these nodes lead by a property, forwards or backwards, by a choice of such, or by
        the first of a sequence; a remote store would otherwise get one request for each node."""
        if isinstance(step, Path) and step.kind in "|/":
            for part in step.parts if step.kind == "|" else step.parts[:1]:
                self._look_up(nodes, part, graph)
            return
        forward = isinstance(step, Constant)
        property_ = step if forward else step.parts[0] if isinstance(step, Path) and step.kind == "^" else None
        if not isinstance(property_, Constant):
            return
        predicate = property_.term
        led = self._found.get((predicate, graph, forward), {})
        wanted = [n for n in nodes if n not in led]
        wanted = [n for n in wanted if isinstance(n, NamedNode) or not forward]
        self._quads.update(((node, predicate, graph, forward), []) for node in wanted)
        find = self.store.quads_of if forward else self.store.quads_to
        for quad in find(wanted, predicate, graph) if wanted else ():
            self._quads[quad.subject if forward else quad.object, predicate, graph, forward].append(quad)

    def _leads(self, step: Step, graph: Graph) -> Callable[[Term], Iterable[tuple[Term, Way]]]:
        """`_ends` of this step; of a property, forwards or backwards, where each node leads is kept."""
        match step:
            case Constant(predicate):
                return lambda node: self._edges(node, predicate, graph, True)
            case Path("^", (Constant(predicate),)):
                return lambda node: self._edges(node, predicate, graph, False)
        return lambda node: self._ends(node, step, graph)

    def _ends(self, node: Term, step: Step, graph: Graph) -> Iterator[tuple[Term, Way]]:
        """Where a path leads from a node, each end with the triples used; shortest first for nested closures."""
        match step:
            case Constant(predicate):
                yield from self._edges(node, predicate, graph, True)
            case Path("^", (Constant(predicate),)):
                yield from self._edges(node, predicate, graph, False)
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

    def _sequence(self, node: Term, parts: tuple[Step, ...], graph: Graph) -> Iterator[tuple[Term, Way]]:
        if not parts:
            yield node, ()
            return
        for middle, way in self._ends(node, parts[0], graph):
            for end, more in self._sequence(middle, parts[1:], graph):
                yield end, way + more

    def _others(self, node: Term, excluded: tuple[Step, ...], graph: Graph) -> Iterator[tuple[Term, Way]]:
        """A negated property set, section 9.1."""
        forward = {part.term for part in excluded if isinstance(part, Constant)}
        backward = {inner.term for part in excluded if isinstance(part, Path) for inner in part.parts}  # type: ignore[union-attr]
        for predicates, direction in ((forward, True), (backward, False)):
            if predicates:
                found = self._edges(node, None, graph, direction)
                yield from ((end, way) for end, way in found if way[0][1] not in predicates)

    def _edges(self, node: Term, predicate: Term | None, graph: Graph, forward: bool) -> list[tuple[Term, Way]]:
        """Where one triple leads from the node, as its subject if `forward`, else as its object."""
        if forward and isinstance(node, Literal):
            return []
        led = self._found.setdefault((predicate, graph, forward), {})
        known = led.get(node)
        if known is None:
            found = self._quads.pop((node, predicate, graph, forward), None)
            if found is None:
                subject, object = (node, None) if forward else (None, node)
                found = list(self.store.quads(subject, predicate, object, graph))
            ordered = sorted(found, key=str) if len(found) > 1 else found
            triples = [(quad.subject, quad.predicate, quad.object) for quad in ordered]
            known = led[node] = [(triple[2] if forward else triple[0], (triple,)) for triple in triples]
        return known


def _inverse(step: Step) -> Step:
    """The path in the other direction: each part is turned round, and so is the order of a sequence."""
    if isinstance(step, Constant):
        return Path("^", (step,))
    if step.kind == "^":
        return step.parts[0]
    parts = tuple(map(_inverse, step.parts))
    return Path(step.kind, parts[::-1] if step.kind == "/" else parts)
