"""Property paths walked step by step, to find which triples lead from one end to the other.

The engine says that a path with * + or ? connects two nodes, not how; a breadth-first search finds a shortest way.
Semantics: SPARQL 1.1, section 9.3 and 18.4. Ties are broken by the text of the triples, so the way found is always
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from gbkg.core.terms import TripleKey
from gbkg.sparql.tree import Constant, Path
from gbkg.store.memory import Store

Step = Path | Constant
Way = tuple[TripleKey, ...]


class Walker:
    """Walks paths over one store, within one named graph if given. Remembers where each start leads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._ways: dict[Path, dict[tuple[Any, Any], dict[Any, Way]]] = {}
        self._known: dict[tuple[Any, Any, Any, bool], list[Any]] = {}

    def along_path(self, path: Path) -> Callable[[Any, Any, Any], Way | None]:
        """A function of start, end and graph (or None): the triples of a shortest way along a path whose operator is
        * + or ?; empty when the path has length zero, None when there is no way."""
        known = self._ways.setdefault(path, {})

        def way(start: Any, end: Any, graph: Any) -> Way | None:
            ways = known.get((start, graph))
            if ways is None:
                ways = known[start, graph] = dict(self.closure(start, path, graph))
            return ways.get(end)

        return way

    def closure(self, start: Any, path: Path, graph: Any) -> Iterator[tuple[Any, Way]]:
        """Every node that a * + or ? path leads to, nearest first, each with a shortest way to it."""
        found = set()
        if path.kind != "+":
            found.add(start)
            yield start, ()
        rows: list[tuple[Any, Way]] = [(start, ())]
        reached = {start}
        while rows:
            self.prepare([node for node, _ in rows], path.parts[0], graph)
            following: list[tuple[Any, Way]] = []
            for node, way in rows:
                for end, more in self.ends(node, path.parts[0], graph):
                    if end not in found:
                        found.add(end)
                        yield end, way + more
                    if end not in reached:
                        reached.add(end)
                        following.append((end, way + more))
            rows = [] if path.kind == "?" else following

    def prepare(self, nodes: list[Any], step: Step, graph: Any) -> None:
        """Reads together where these nodes lead by a property, forwards or backwards, or by a choice of such, or by the
        first of a sequence: asked one by one, a distant store takes a call for each node."""
        if isinstance(step, Path) and step.kind in "|/":
            for part in step.parts if step.kind == "|" else step.parts[:1]:
                self.prepare(nodes, part, graph)
            return
        forward = isinstance(step, Constant)
        property_ = step if forward else step.parts[0] if isinstance(step, Path) and step.kind == "^" else None
        if len(nodes) < 2 or not isinstance(property_, Constant):
            return
        predicate = property_.term
        wanted = [n for n in nodes if (n, predicate, graph, forward) not in self._known]
        wanted = [n for n in wanted if isinstance(n, ox.NamedNode) or not forward]
        self._known.update(((node, predicate, graph, forward), []) for node in wanted)
        find = self.store.quads_of if forward else self.store.quads_to
        for quad in find(wanted, predicate, graph) if wanted else ():
            self._known[quad.subject if forward else quad.object, predicate, graph, forward].append(quad)

    def ends(self, node: Any, step: Step, graph: Any) -> Iterator[tuple[Any, Way]]:
        """Where one traversal of a path leads, each with the triples used; shortest first for nested closures."""
        if isinstance(step, Constant):
            yield from self.along(node, step.term, graph)
        elif step.kind == "^":
            yield from self.back(node, step.parts[0], graph)
        elif step.kind == "|":
            for part in step.parts:
                yield from self.ends(node, part, graph)
        elif step.kind == "/":
            yield from self.sequence(node, step.parts, graph)
        elif step.kind == "!":
            yield from self.but(node, step, graph)
        else:
            yield from self.closure(node, step, graph)

    def sequence(self, node: Any, parts: tuple[Step, ...], graph: Any) -> Iterator[tuple[Any, Way]]:
        if not parts:
            yield node, ()
            return
        for middle, way in self.ends(node, parts[0], graph):
            for end, more in self.sequence(middle, parts[1:], graph):
                yield end, way + more

    def back(self, node: Any, step: Step, graph: Any) -> Iterator[tuple[Any, Way]]:
        """Where a path leads backwards: the operators turn round, and so does the order of a sequence."""
        if isinstance(step, Constant):
            yield from self.against(node, step.term, graph)
        elif step.kind == "^":
            yield from self.ends(node, step.parts[0], graph)
        elif step.kind == "/":
            yield from self.sequence(node, tuple(Path("^", (part,)) for part in reversed(step.parts)), graph)
        elif step.kind == "!":
            turned = tuple(p.parts[0] if isinstance(p, Path) else Path("^", (p,)) for p in step.parts)
            yield from self.but(node, Path("!", turned), graph)
        else:
            yield from self.ends(node, Path(step.kind, tuple(Path("^", (part,)) for part in step.parts)), graph)

    def but(self, node: Any, step: Path, graph: Any) -> Iterator[tuple[Any, Way]]:
        """A negated property set, section 9.1."""
        forward = {part.term for part in step.parts if isinstance(part, Constant)}
        backward = {part.parts[0].term for part in step.parts if isinstance(part, Path)}  # type: ignore[union-attr]
        if forward:
            yield from ((e, w) for e, w in self.along(node, None, graph) if w[0][1] not in forward)
        if backward:
            yield from ((e, w) for e, w in self.against(node, None, graph) if w[0][1] not in backward)

    def along(self, node: Any, predicate: Any, graph: Any) -> Iterator[tuple[Any, Way]]:
        if not isinstance(node, ox.Literal):
            known = self._known.get((node, predicate, graph, True))
            for quad in _ordered(self.store.quads(node, predicate, None, graph) if known is None else known):
                yield quad.object, ((quad.subject, quad.predicate, quad.object),)

    def against(self, node: Any, predicate: Any, graph: Any) -> Iterator[tuple[Any, Way]]:
        known = self._known.get((node, predicate, graph, False))
        for quad in _ordered(self.store.quads(None, predicate, node, graph) if known is None else known):
            yield quad.subject, ((quad.subject, quad.predicate, quad.object),)


def _ordered(quads: Iterable[Any]) -> list[Any]:
    found = list(quads)
    return sorted(found, key=str) if len(found) > 1 else found
