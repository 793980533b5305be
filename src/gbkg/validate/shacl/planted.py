"""Proves that shapes can find something: for each shape nodes are made that break it, and an engine has to report them.

A shape that is switched off, has lost its target, or has a misspelt path reports nothing, and its silence looks like a
graph without faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH
from rdflib.term import Node

from gbkg.core import rdflibterms
from gbkg.validate.shacl.results import TARGETS
from gbkg.validate.shacl.validator import Validator

_PLANTED = "urn:gbkg:planted:"
_EMPTY = Literal("")
_INNER = (SH["or"], SH["and"], SH.xone)
_PAIRED = (SH.lessThan, SH.lessThanOrEquals, SH.disjoint, SH.equals)
_NO_TEST = frozenset(
    SH[name] for name in "property path message name description order group defaultValue severity deactivated".split()
) | set(TARGETS)


def silent(validator: Validator) -> list[tuple[str, str]]:
    """The shapes that find nothing in nodes that break them: each node shape with a target and constraints of its own,
    and each of its property shapes. Sorted; the IRI of the node shape with the message or path of the silent property
    shape, "" for the node shape itself."""
    given = validator.shapes
    planted = rdflibterms.new_graph()
    for number, (shape, target, value) in enumerate(_targets(given)):
        for kind in ("bare", "full"):
            focus = URIRef(f"{_PLANTED}{number}:{kind}")
            _target(target, value, focus, planted)
            if kind == "full":
                _overload(given, shape, focus, planted)
    triples = rdflibterms.triples(planted)
    spoke = validator.speaking(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    return sorted(
        (str(shape), label)
        for shape in dict.fromkeys(shape for shape, _, _ in _targets(given))
        for one, label in _tested(given, shape)
        if str(one) not in spoke
    )


def _targets(shapes: Graph) -> list[tuple[Node, Node, Node]]:
    """The shapes with each of their targets for which a node can be made up; sh:targetNode names its own."""
    found = [(s, p, o) for p in TARGETS if p != SH.targetNode for s, o in shapes.subject_objects(p)]
    implicit = set(shapes.subjects(RDF.type, RDFS.Class)) & set(shapes.subjects(RDF.type, SH.NodeShape))
    return sorted([*found, *((shape, SH.targetClass, shape) for shape in implicit)], key=str)


def _tested(shapes: Graph, shape: Node) -> Iterator[tuple[Node, str]]:
    """The shapes that must report something for a targeted shape, each with its label."""
    if any(str(p).startswith(str(SH)) and p not in _NO_TEST for p in shapes.predicates(shape)):
        yield shape, ""
    for inner in sorted(shapes.objects(shape, SH.property), key=str):
        said = sorted(map(str, shapes.objects(inner, SH.message)))
        yield inner, "; ".join(said) or str(shapes.value(inner, SH.path))


def _target(target: Node, value: Node, focus: URIRef, planted: Graph) -> None:
    """Makes a node a target, and no more."""
    if target == SH.targetClass:
        planted.add((focus, RDF.type, value))
    elif target == SH.targetSubjectsOf:
        planted.add((focus, value, _EMPTY))
    else:
        planted.add((URIRef(f"{focus}:subject"), value, focus))


def _overload(shapes: Graph, shape: Node, focus: URIRef, planted: Graph) -> None:
    """Gives a node too many useless values."""
    planted.add((focus, URIRef(f"{_PLANTED}predicate"), _EMPTY))  # which no closed shape has
    for inner in {shape, *_within(shapes, shape)}:
        path = shapes.value(inner, SH.path)
        if path is not None:
            values = list(_values(shapes, inner, focus, planted))
            others = (other for relation in _PAIRED for other in shapes.objects(inner, relation))
            for way in (path, *others):
                _connect(shapes, [focus], way, values, planted)


def _within(shapes: Graph, shape: Node) -> Iterator[Node]:
    """The property shapes of the same focus node, those of alternatives included."""
    yield from shapes.objects(shape, SH.property)
    for relation in (*_INNER, SH["not"], SH.node):
        for value in shapes.objects(shape, relation):
            for one in Collection(shapes, value) if relation in _INNER else [value]:
                if (one, SH.path, None) in shapes:
                    yield one
                yield from shapes.objects(one, SH.property)


def _values(shapes: Graph, inner: Node, focus: URIRef, planted: Graph) -> Iterator[Node]:
    """More values than the shape allows: the empty text, and nodes without a class, or of one that is not allowed."""
    allowed = [str(most) for most in shapes.objects(inner, SH.maxCount)]
    most = max((int(count) for count in allowed if re.fullmatch(r"\d{1,3}", count, re.ASCII)), default=1)
    yield _EMPTY
    if (inner, SH.uniqueLang, None) in shapes:
        yield from (Literal(text, lang="en") for text in ("one", "other"))
    for number in range(most + 1):
        value = URIRef(f"{focus}:value:{number}")
        for negated in shapes.objects(inner, SH["not"]):
            for cls in shapes.objects(negated, SH["class"]):
                planted.add((value, RDF.type, cls))
        yield value


def _connect(shapes: Graph, starts: list[Node], path: Node, values: list[Node], planted: Graph) -> None:
    """Adds the triples by which a path leads from the nodes to the values."""
    back = shapes.value(path, SH.inversePath)
    if isinstance(path, URIRef):
        _add(planted, ((start, path, value) for start in starts for value in values))
    elif isinstance(back, URIRef):
        _add(planted, ((value, back, start) for start in starts for value in values))
    elif (path, RDF.first, None) in shapes:
        *steps, last = Collection(shapes, path)
        for number, step in enumerate(steps):
            between: list[Node] = [URIRef(f"{start}:step:{number}") for start in starts]
            _connect(shapes, starts, step, between, planted)
            starts = between
        _connect(shapes, starts, last, values, planted)


def _add(planted: Graph, triples: Iterable[tuple[Node, Node, Node]]) -> None:
    for triple in triples:
        if not isinstance(triple[0], Literal):
            planted.add(triple)
