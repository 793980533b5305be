"""Validation of a large graph part by part: the results are those of the whole, the memory that of a part.

A part has the nodes of some sources, or a run of the nodes of no source, with all that is stated of each; then the
ontology, and of the rest of the graph what the shapes look at from these nodes (`Reach`), asked of a store. Results
count that are of the part's own nodes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from itertools import groupby
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from gbkg.core.nquads import STATED
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Graph, Term, term
from gbkg.core.workers import Spread, spread
from gbkg.graph.parts import OfPortions, Part, Parts, Portion
from gbkg.store.base import Store
from gbkg.validate.shacl.results import Raw, ValidationResult, worded
from gbkg.validate.shacl.validator import Validator

WHOLE = 1_000_000
"""Triples up to which a graph is validated as a whole, in half a gigabyte for a million: parts take nearly twice as
long."""
TOGETHER = 100_000
"""Lines of a part, more or less."""
_TYPE, _BELOW, _CLASS, _SUBJECTS = map(term, ("rdf:type", "rdfs:subClassOf", "rdfs:Class", "sh:targetSubjectsOf"))
_TARGETS = (term("sh:targetClass"), _SUBJECTS)
_OF_SOURCE = tuple(f"<{PREFIXES[name]}".encode() for name in ("clm", "psg", "src"))
_ONTOLOGY = f" {term('graph:ontology')} .\n".encode()
STATEMENTS = frozenset(term(f"graph:{name}") for name in STATED)
_NESTED = ("sh:property", "sh:node", "sh:not", "sh:qualifiedValueShape")
_LISTS = ("sh:and", "sh:or", "sh:xone")
_PAIRED = ("sh:equals", "sh:disjoint", "sh:lessThan", "sh:lessThanOrEquals")


class UndividedError(Exception):
    """The graph can only be validated as a whole."""


class PathStep(NamedTuple):
    """From a node to others: along a predicate, or against it."""

    inverse: bool
    predicate: bytes


Plan = dict[PathStep, "Plan"]
"""What is looked at from a node: steps, each with what is looked at from the nodes that it leads to."""


@dataclass
class Target:
    """What is looked at from nodes of a class, or from those that have a predicate, `against` predicates; and `marks`,
    ends of lines by which they become focus nodes."""

    against: Plan = field(default_factory=dict)
    marks: set[bytes] = field(default_factory=set)


class Reach:
    """What shapes look at: `own` from every node along predicates, and what more from those that are targets. `marked`
    are the shapes with marks for targets: an engine would judge all nodes of a class, those of other parts too, of
    which it knows little. Raises `UndividedError` where what they look at has no end, or is not known here."""

    def __init__(self, shapes: Graph, ontology: Graph) -> None:
        self._shapes = shapes
        self.own: Plan = {}
        self.of_class: dict[bytes, Target] = {}
        self.of_predicate: dict[bytes, Target] = {}
        if shapes.pairs("sh:targetNode") or shapes.pairs("sh:targetObjectsOf"):
            raise UndividedError
        if any(value.value == "true" for value in shapes.values("sh:qualifiedValueShapesDisjoint")):
            raise UndividedError
        implicit = set(shapes.instances("rdfs:Class")) & set(shapes.instances("sh:NodeShape"))
        classes = [*shapes.pairs("sh:targetClass"), *((shape, shape) for shape in implicit)]
        marks = set[Triple]()
        for number, (shape, cls) in enumerate(sorted(classes, key=str)):
            mark = NamedNode(f"urn:gbkg:class:{number}")
            marks.add(Triple(shape, _SUBJECTS, mark))  # type: ignore[arg-type]
            for one in ontology.below(cls, "rdfs:subClassOf"):
                self._targeted(shape, self.of_class.setdefault(_text(one), Target()), mark)
        for number, (shape, predicate) in enumerate(sorted(shapes.pairs("sh:targetSubjectsOf"), key=str)):
            mark = NamedNode(f"urn:gbkg:predicate:{number}")
            marks.add(Triple(shape, _SUBJECTS, mark))  # type: ignore[arg-type]
            self._targeted(shape, self.of_predicate.setdefault(_text(predicate), Target()), mark)
        closed = any(value.value == "true" for value in shapes.values("sh:closed"))
        kept = (t for t in shapes if t.predicate not in _TARGETS and t.object != _CLASS)
        self.marked = shapes if closed else Graph([*kept, *marks])
        for target in (*self.of_class.values(), *self.of_predicate.values()) if closed else ():
            target.marks.clear()  # which a closed shape would refuse
        self.followed = {step.predicate for step in _steps(self.own) if not step.inverse}

    def _targeted(self, shape: Term, target: Target, mark: NamedNode) -> None:
        target.marks.add(f' {mark} "" .\n'.encode())
        plan = self._looked(shape, ())
        _add(self.own, {step: then for step, then in plan.items() if not step.inverse})
        _add(target.against, {step: then for step, then in plan.items() if step.inverse})

    def _looked(self, shape: Term, outer: tuple[Term, ...]) -> Plan:
        """What a shape looks at from a node that it judges."""
        shapes = self._shapes
        if shape in outer or (outer and any(v.value == "true" for v in shapes.objects(shape, "sh:closed"))):
            raise UndividedError
        found: Plan = {}
        inner = [one for name in _NESTED for one in shapes.objects(shape, name)]
        inner += [one for name in _LISTS for some in shapes.objects(shape, name) for one in shapes.items(some)]
        if shapes.objects(shape, "sh:class"):
            found[PathStep(False, _text(_TYPE))] = {}
        for one in inner:
            _add(found, self._looked(one, (*outer, shape)))
        path = shapes.value(shape, "sh:path")
        plan = found if path is None else self._along(path, found)
        for name in _PAIRED:
            _add(plan, {PathStep(False, _text(one)): {} for one in shapes.objects(shape, name)})
        return plan

    def _along(self, path: Term, then: Plan) -> Plan:
        """What a path leads through, with what is looked at from its ends."""
        shapes = self._shapes
        if isinstance(path, NamedNode):
            return {PathStep(False, _text(path)): then}
        plan: Plan = {}
        if shapes.objects(path, "rdf:first"):
            for part in reversed(shapes.items(path)):
                then = self._along(part, then)
            return then
        if isinstance(inverse := shapes.value(path, "sh:inversePath"), NamedNode):
            return {PathStep(True, _text(inverse)): then}
        if (options := shapes.value(path, "sh:alternativePath")) is not None:
            for option in shapes.items(options):
                _add(plan, self._along(option, then))
            return plan
        raise UndividedError


def validate(
    parts: Parts, store: Store, shapes: Graph, ontology: Graph, engine: str, spread: Spread = spread
) -> list[ValidationResult]:
    """As `shacl.validate`, of what `parts` state and `store` holds. `ontology` is the graph of that name. `spread`
    validates one part each."""
    validator = Validator(shapes, engine)
    try:
        reach = Reach(validator.shapes, ontology)
        return worded(_found(parts, store, reach, engine, spread), validator.shapes)
    except UndividedError:
        return validator.results(parts.stated())


def _found(parts: Parts, store: Store, reach: Reach, engine: str, spread: Spread) -> Iterator[Raw]:
    shared = b"".join(parts.raw(part) for part in parts.every if part.graph == "ontology")
    known = frozenset(line.partition(b" ")[0] for line in shared.splitlines())
    unnamed = [line for line in shared.splitlines(keepends=True) if line.startswith(b"_:")]
    sources = {part.source.encode() for part in parts.every if part.source}
    own = deque[set[bytes]]()

    def portions() -> Iterator[Portion]:
        for names, lines in _divided(parts):
            region = Region(reach, store, known)
            region.read([*lines, *unnamed])
            region.check({source_of(subject) for subject in names} if names else set(), sources)
            region.look()
            own.append(region.own)
            yield Portion(f"the nodes from {lines[0].partition(b' ')[0].decode()} on", b"".join([*lines, *region.more]))

    for found in spread(PartShapes(reach.marked, engine, shared).raw, portions(), alone=1, ahead=1):
        nodes = own.popleft()
        yield from (raw for raw in found if raw.focus.startswith("_:") or raw.focus.encode() in nodes)


@dataclass(frozen=True)
class PartShapes(OfPortions):
    """Shapes by which one portion of a graph at a time is validated, with the lines `shared`, here or on another
    machine (`graph.cluster.Portable`)."""

    shapes: Graph
    engine: str
    shared: bytes

    def raw(self, portion: Portion) -> list[Raw]:
        """The results as the engine has them."""
        return list(self._validator.raw(iter([self.shared, portion.lines])))

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self.shapes, self.engine)


def _divided(parts: Parts) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """The lines of some sources, with a node of each; then those of runs of other nodes, with none."""
    of_none, of_sources = dict[str, list[Part]](), dict[str, list[Part]]()
    for part in parts.every:
        if part.graph in STATED:
            kind = of_sources.setdefault(part.source, []) if part.source else of_none.setdefault(part.graph, [])
            kind.append(part)
    names, lines = list[bytes](), list[bytes]()
    for source, some in of_sources.items():
        names.append(_OF_SOURCE[2] + source.encode() + b">")
        lines += (line for part in some for line in parts.raw(part).splitlines(keepends=True))
        if len(lines) >= TOGETHER:
            yield names, lines
            names, lines = [], []
    if lines:
        yield names, lines
    lines = []
    graphs = (_lines(parts, some) for some in of_none.values())
    for _, about in groupby(merge(*graphs, key=_subject), key=_subject):
        lines += about
        if len(lines) >= TOGETHER:
            yield [], lines
            lines = []
    if lines:
        yield [], lines


def _lines(parts: Parts, some: list[Part]) -> Iterator[bytes]:
    for part in some:
        yield from parts.raw(part).splitlines(keepends=True)


class Region:
    """The nodes of a part, and what is looked at from them: `more` are lines that neither the part nor the ontology
    has, `own` the nodes."""

    def __init__(self, reach: Reach, store: Store, known: frozenset[bytes]) -> None:
        self._reach, self._store, self._known = reach, store, known
        self._values: dict[tuple[bytes, bytes], list[bytes]] = {}
        self._begun: list[tuple[bytes, Plan]] = []
        self._seen = set[tuple[bytes, int]]()
        self.own, self.more = set[bytes](), dict[bytes, None]()

    def read(self, lines: list[bytes]) -> None:
        """Reads the lines of the part. Raises `UndividedError` where there is a class below another that the ontology
        does not have."""
        reach, ends, below = self._reach, _text(_TYPE), _text(_BELOW)
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            self.own.add(subject)
            target = reach.of_predicate.get(predicate)
            if target:
                self._targeted(subject, target)
            if predicate == ends:
                target = reach.of_class.get(rest[: rest.rindex(b" <")])
                if target:
                    self._targeted(subject, target)
            elif predicate == below and not rest.endswith(_ONTOLOGY):
                raise UndividedError
            if predicate in reach.followed and rest.startswith(b"<"):
                self._values.setdefault((subject, predicate), []).append(rest[: rest.index(b" ")])

    def check(self, names: set[bytes], sources: set[bytes]) -> None:
        """Raises `UndividedError` where a node of a source is described elsewhere, and where nodes have no name."""
        for subject in self.own:
            source = source_of(subject)
            elsewhere = source not in names if names else source in sources
            if subject not in self._known if subject.startswith(b"_:") else elsewhere:
                raise UndividedError

    def _targeted(self, subject: bytes, target: Target) -> None:
        self.more |= dict.fromkeys(subject + mark for mark in target.marks)
        if target.against:
            self._begun.append((subject, target.against))

    def look(self) -> None:
        """Asks the store for what is looked at."""
        for (_, predicate), values in self._values.items():
            then = self._reach.own.get(PathStep(False, predicate))
            if then is not None:
                for node in values:
                    self._visit(node, then)
        for node, plan in self._begun:
            self._visit(node, plan)

    def _visit(self, node: bytes, plan: Plan) -> None:
        if (node, id(plan)) in self._seen:
            return
        self._seen.add((node, id(plan)))
        for step, then in plan.items():
            if step.inverse or not (node in self.own or node in self._known):
                ends = self._asked(node, step)
            else:
                ends = self._values.get((node, step.predicate), [])
            for end in ends:
                self._visit(end, then)

    def _asked(self, node: bytes, step: PathStep) -> list[bytes]:
        """The nodes that a step leads to; the triples are in `more`."""
        at, predicate, ends = named(node), named(step.predicate), list[bytes]()
        pattern = (None, predicate, at) if step.inverse else (at, predicate, None)
        for quad in self._store.quads(*pattern):
            if quad.graph_name in STATEMENTS:
                self.more[f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()] = None
                end = quad.subject if step.inverse else quad.object
                if isinstance(end, NamedNode):
                    ends.append(_text(end))
        return ends


def _add(plan: Plan, other: Plan) -> None:
    for step, then in other.items():
        _add(plan.setdefault(step, {}), then)


def _steps(plan: Plan) -> Iterator[PathStep]:
    for step, then in plan.items():
        yield step
        yield from _steps(then)


def source_of(subject: bytes) -> bytes:
    """The source of a claim, a passage or a source; nothing for another node."""
    for prefix in _OF_SOURCE:
        if subject.startswith(prefix):
            return subject[len(prefix) : -1].partition(b".")[0]
    return b""


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")].strip(b"<>")


def _text(term: Term) -> bytes:
    return str(term).encode()


def named(text: bytes) -> NamedNode:
    return NamedNode(text[1:-1].decode())
