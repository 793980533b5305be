"""Validation of what has changed: of the nodes from which shapes look at a triple that went or came. The others have
the results that they had, so that all are those of the whole graph."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from gbkg.core.difference import Quads
from gbkg.core.terms import Graph, term
from gbkg.graph.parts import Part, Parts
from gbkg.store.base import Store
from gbkg.validate.shacl.divided import STATEMENTS, PathStep, Plan, Reach, Region, UndividedError, named, source_of
from gbkg.validate.shacl.results import ValidationResult, worded
from gbkg.validate.shacl.validator import Validator

MOST = 2_000
"""Nodes up to which they are validated apart: each is looked up."""
_ONTOLOGY = term("graph:ontology")


def validate(
    parts: Parts,
    store: Store,
    shapes: Graph,
    ontology: Graph,
    engine: str,
    before: Sequence[ValidationResult],
    difference: Quads,
) -> list[ValidationResult] | None:
    """As `shacl.validate`, of what `parts` state and `store` holds, where `before` was found in the graph that had the
    first quads of `difference` and not the second. None where the whole has to be validated: when the ontology has
    changed, or nodes without a name, when shapes look too far, or when too many nodes are concerned."""
    validator = Validator(shapes, engine)
    try:
        reach = Reach(validator.shapes, ontology)
        nodes = concerned(reach, store, [quad for some in difference for quad in some])
        kept = [one for one in before if f"<{one.focus}>".encode() not in nodes]
        if not nodes:
            return kept
        shared = b"".join(parts.raw(part) for part in parts.every if part.graph == "ontology")
        region = Region(reach, store, frozenset(line.partition(b" ")[0] for line in shared.splitlines()))
        lines = _described(parts, store, nodes)
        region.read(lines)
        region.look()
        found = Validator(reach.marked, engine).raw(iter([shared, *lines, *region.more]))
        new = worded((raw for raw in found if raw.focus.encode() in nodes), validator.shapes)
    except UndividedError:
        return None
    return sorted({*kept, *new})


def concerned(reach: Reach, store: Store, quads: Iterable[ox.Quad]) -> set[bytes]:
    """The nodes from which shapes look at one of these quads, and the subjects of all. Raises `UndividedError` as
    `validate` says."""
    found, ends = set[bytes](), dict[PathStep, set[bytes]]()
    for quad in quads:
        if quad.graph_name not in STATEMENTS:
            continue
        unnamed = any(isinstance(end, ox.BlankNode) for end in (quad.subject, quad.object))
        if quad.graph_name == _ONTOLOGY or unnamed:
            raise UndividedError
        subject, predicate, value = (str(one).encode() for one in (quad.subject, quad.predicate, quad.object))
        found.add(subject)
        ends.setdefault(PathStep(False, predicate), set()).add(subject)
        if isinstance(quad.object, ox.NamedNode):
            ends.setdefault(PathStep(True, predicate), set()).add(value)
    targets = (*reach.of_class.values(), *reach.of_predicate.values())
    for prefix, step in {one for plan in (reach.own, *(one.against for one in targets)) for one in _steps(plan, ())}:
        found |= _led(store, prefix, ends.get(step, set()))
        if len(found) > MOST:
            raise UndividedError
    return found


def _steps(plan: Plan, before: tuple[PathStep, ...]) -> Iterator[tuple[tuple[PathStep, ...], PathStep]]:
    """Each step of a plan, with those that lead to where it begins."""
    for step, then in plan.items():
        yield before, step
        yield from _steps(then, (*before, step))


def _led(store: Store, steps: tuple[PathStep, ...], ends: set[bytes]) -> set[bytes]:
    """The nodes from which these steps lead to one of these."""
    for step in reversed(steps):
        begun = set[bytes]()
        for end in ends:
            at, predicate = named(end), named(step.predicate)
            for quad in store.quads(*((at, predicate, None) if step.inverse else (None, predicate, at))):
                one = quad.object if step.inverse else quad.subject
                if quad.graph_name in STATEMENTS and isinstance(one, ox.BlankNode):
                    raise UndividedError
                if quad.graph_name in STATEMENTS and isinstance(one, ox.NamedNode):
                    begun.add(str(one).encode())
            if len(begun) > MOST:
                raise UndividedError
        ends = begun
    return ends


def _described(parts: Parts, store: Store, nodes: set[bytes]) -> list[bytes]:
    """All that is stated of some nodes, as the file has it: the store writes some values otherwise. Raises
    `UndividedError` where that is not as much as the store has."""
    of_source, of_none = dict[bytes, list[Part]](), dict[str, list[Part]]()
    graphs = {str(name.value).rpartition("/")[2] for name in STATEMENTS}
    for part in parts.every:
        if part.graph in graphs and part.source:
            of_source.setdefault(part.source.encode(), []).append(part)
        elif part.graph in graphs:
            of_none.setdefault(part.graph, []).append(part)
    wanted = dict[Part, None]()
    for node in sorted(nodes):
        wanted |= dict.fromkeys(of_source.get(source_of(node), ()))
        for some in of_none.values():
            at = bisect_right(some, node.strip(b"<>"), key=lambda part: part.name.strip("<>").encode())
            wanted |= dict.fromkeys(some[max(at - 1, 0) : at])
    every = (line for part in wanted for line in parts.raw(part).splitlines(keepends=True))
    lines = [line for line in every if line[: line.index(b" ")] in nodes]
    held = sum(quad.graph_name in STATEMENTS for node in nodes for quad in store.quads(named(node)))
    if held != len(lines):
        raise UndividedError
    return lines
