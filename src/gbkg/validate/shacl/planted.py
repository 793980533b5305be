"""Proves that shapes can find something: for each shape nodes are made that break it, and an engine has to report them.

A shape that is switched off, has lost its target, or has a misspelt path reports nothing, and its silence looks like a
graph without faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Triple

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Graph, Term, term
from gbkg.validate.shacl.results import TARGETS
from gbkg.validate.shacl.validator import Validator

_PLANTED = "urn:gbkg:planted:"
_EMPTY = Literal("")
_INNER = ("sh:or", "sh:and", "sh:xone")
_PAIRED = ("sh:lessThan", "sh:lessThanOrEquals", "sh:disjoint", "sh:equals")
_NO_TESTS = frozenset(
    term(f"sh:{name}")
    for name in "property path message name description order group defaultValue severity deactivated".split()
) | frozenset(map(term, TARGETS))


def silent(validator: Validator) -> list[tuple[str, str]]:
    """The shapes that find nothing in nodes that break them: each node shape with a target and constraints of its own,
    and each of its property shapes. Sorted; the IRI of the node shape with the message or path of the silent property
    shape, "" for the node shape itself."""
    given = validator.shapes
    planted: list[Triple] = []
    for number, (shape, target, value) in enumerate(_targets(given)):
        for kind in ("bare", "full"):
            focus = NamedNode(f"{_PLANTED}{number}:{kind}")
            planted.append(_target(target, value, focus))
            if kind == "full":
                planted += _overload(given, shape, focus)
    spoke = validator.speaking(ox.serialize(dict.fromkeys(planted), format=ox.RdfFormat.N_TRIPLES) or b"")
    return sorted(
        (shape.value, label)
        for shape in dict.fromkeys(shape for shape, _, _ in _targets(given))
        for one, label in _tested(given, shape)
        if one.value not in spoke
    )


def _targets(shapes: Graph) -> list[tuple[Term, str, Term]]:
    """The shapes with each of their targets for which a node can be made up; sh:targetNode names its own."""
    found = [(s, p, o) for p in TARGETS if p != "sh:targetNode" for s, o in shapes.pairs(p)]
    implicit = set(shapes.instances("rdfs:Class")) & set(shapes.instances("sh:NodeShape"))
    return sorted([*found, *((shape, "sh:targetClass", shape) for shape in implicit)], key=str)


def _tested(shapes: Graph, shape: Term) -> Iterator[tuple[Term, str]]:
    """The shapes that must report something for a targeted shape, each with its label."""
    used = {predicate for _, predicate, _ in shapes.about(shape)}
    if any(predicate.value.startswith(PREFIXES["sh"]) for predicate in used - _NO_TESTS):
        yield shape, ""
    for inner in sorted(shapes.objects(shape, "sh:property"), key=str):
        said = sorted(message.value for message in shapes.objects(inner, "sh:message"))
        yield inner, "; ".join(said) or shapes.text(inner, "sh:path")


def _target(target: str, value: Term, focus: NamedNode) -> Triple:
    """The triple that makes a node a target, and no more."""
    if target == "sh:targetClass":
        return Triple(focus, term("rdf:type"), value)
    assert isinstance(value, NamedNode)
    if target == "sh:targetSubjectsOf":
        return Triple(focus, value, _EMPTY)
    return Triple(NamedNode(f"{focus.value}:subject"), value, focus)


def _overload(shapes: Graph, shape: Term, focus: NamedNode) -> Iterator[Triple]:
    """Triples that give a node too many useless values."""
    yield Triple(focus, NamedNode(f"{_PLANTED}predicate"), _EMPTY)  # which no closed shape has
    for inner in {shape, *_within(shapes, shape)}:
        path = shapes.value(inner, "sh:path")
        if path is not None:
            yield from _classes(shapes, inner, focus)
            values = _values(shapes, inner, focus)
            others = (other for relation in _PAIRED for other in shapes.objects(inner, relation))
            for way in (path, *others):
                yield from _connect(shapes, [focus], way, values)


def _within(shapes: Graph, shape: Term) -> Iterator[Term]:
    """The property shapes of the same focus node, those of alternatives included."""
    yield from shapes.objects(shape, "sh:property")
    for relation in (*_INNER, "sh:not", "sh:node"):
        for value in shapes.objects(shape, relation):
            for one in shapes.items(value) if relation in _INNER else [value]:
                if shapes.objects(one, "sh:path"):
                    yield one
                yield from shapes.objects(one, "sh:property")


def _numbered(shapes: Graph, inner: Term, focus: NamedNode) -> list[NamedNode]:
    """One node more than the shape allows."""
    allowed = [most.value for most in shapes.objects(inner, "sh:maxCount")]
    most = max((int(count) for count in allowed if re.fullmatch(r"\d{1,3}", count, re.ASCII)), default=1)
    return [NamedNode(f"{focus.value}:value:{number}") for number in range(most + 1)]


def _values(shapes: Graph, inner: Term, focus: NamedNode) -> list[Term]:
    """More values than the shape allows: the empty text, texts in one language, and nodes."""
    texts = ("one", "other") if shapes.objects(inner, "sh:uniqueLang") else ()
    return [_EMPTY, *(Literal(text, language="en") for text in texts), *_numbered(shapes, inner, focus)]


def _classes(shapes: Graph, inner: Term, focus: NamedNode) -> Iterator[Triple]:
    """The classes of these nodes: only those that are not allowed."""
    for value in _numbered(shapes, inner, focus):
        for negated in shapes.objects(inner, "sh:not"):
            for cls in shapes.objects(negated, "sh:class"):
                yield Triple(value, term("rdf:type"), cls)


def _connect(shapes: Graph, starts: Sequence[Term], path: Term, values: Sequence[Term]) -> Iterator[Triple]:
    """The triples by which a path leads from the nodes to the values."""
    back = shapes.value(path, "sh:inversePath")
    if isinstance(path, NamedNode):
        yield from (Triple(s, path, o) for s in starts for o in values if not isinstance(s, Literal))
    elif isinstance(back, NamedNode):
        yield from (Triple(s, back, o) for o in starts for s in values if not isinstance(s, Literal))
    elif shapes.objects(path, "rdf:first"):
        *steps, last = shapes.items(path)
        for number, step in enumerate(steps):
            between = [NamedNode(f"{start.value}:step:{number}") for start in starts]
            yield from _connect(shapes, starts, step, between)
            starts = between
        yield from _connect(shapes, starts, last, values)
