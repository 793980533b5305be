"""How far a focus node's results reach into the graph, so that a large one may be validated in pieces.

The pieces are two kinds. Of a document: its claims, passages and source. Of an entity: what is said of it, with the
facts and the other triples that name it. The ontology is in every piece, and so is the class of each node that is named
in it, but for those that name the entity. What a piece finds about nodes that it only names does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.validate.shacl.core import foreign_term

Step = tuple[Node, bool]
"""A predicate, and whether it is followed backwards."""
Route = tuple[Step, ...]

_ENDLESS = (SH.zeroOrMorePath, SH.oneOrMorePath)
_MEMBERS = (SH["and"], SH["or"], SH.xone)
_SHAPES = (SH.node, SH["not"], SH.qualifiedValueShape)
_NAMING = frozenset({RDF.subject, RDF.object})
"""Predicates by which a claim names an entity, though no range says so."""


@dataclass(frozen=True)
class Reach:
    """What the results for one focus node depend on.

    `unbounded` tells why there is no limit to it, and the rest then tells of the other shapes alone. `inverse` are the
    predicates followed backwards, `longest` the steps of the longest way that is followed from a focus node (nested
    property shapes count together, sh:class and the classes above are no step), `turning` the target classes of shapes
    that follow a predicate backwards.
    """

    unbounded: str
    inverse: frozenset[str]
    longest: int
    turning: frozenset[str]


def reach(shapes: Graph, ontology: Graph) -> Reach:
    """The reach of all shapes together; the ontology is where targets by node may lie."""
    faults = [_unbounded(shapes, ontology)]
    inverse, longest, turning = set(), 0, set()
    for target, routes in _routes(shapes, faults):
        longest = max([longest, *map(len, routes)])
        backwards = {str(predicate) for route in routes for predicate, back in route if back}
        inverse |= backwards
        turning |= {str(target)} if backwards else set()
    return Reach(min(filter(None, faults), default=""), frozenset(inverse), longest, frozenset(turning))


def separable(shapes: Graph, ontology: Graph) -> str:
    """Why a graph cannot be validated in pieces (as the module has them) with the same results; "" if it can."""
    found = reach(shapes, ontology)
    if found.unbounded:
        return found.unbounded
    entities = set(ontology.transitive_subjects(RDFS.subClassOf, URIRef(PREFIXES["gbkg"] + "Entity")))
    named = _NAMING | {p for p, kind in ontology.subject_objects(RDFS.range) if kind in entities}
    for target, routes in _routes(shapes, []):
        about = f"a shape for {shorten(str(target))}"
        for route in sorted(routes, key=str):
            if any(back for _, back in route):
                if target not in entities:
                    return f"{about} asks what leads to it, and such things may lie in any piece"
                if len(route) > 1:
                    return f"{about} goes on from what leads to it"
            elif target in entities and len(route) > 1:
                return f"{about} goes on from {shorten(str(route[0][0]))}, to what may lie in another piece"
            elif target not in entities and (beyond := [p for p, _ in route[:-1] if p in named]):
                return f"{about} goes on from {shorten(str(beyond[0]))}, to what may lie in another piece"
    return _classed(shapes)


def _classed(shapes: Graph) -> str:
    """A path followed backwards to nodes whose class is asked for, which stands in another piece; "" if none is."""
    for shape, path in sorted(shapes.subject_objects(SH.path), key=str):
        if any(back for route in _steps(shapes, path, []) for _, back in route):
            waiting, seen = [shape], set()
            while waiting:
                one = waiting.pop()
                if (one, SH["class"], None) in shapes:
                    return f"the class of what leads somewhere is asked for, at {_said(shapes, shape)}"
                seen.add(one)
                waiting += [inner for inner in _inner(shapes, one) if inner not in seen]
    return ""


def _said(shapes: Graph, shape: Node) -> str:
    return str(shapes.value(shape, SH.message) or shorten(str(shape)))


def _unbounded(shapes: Graph, ontology: Graph) -> str:
    """The first thing in the shapes that may depend on the whole graph, paths and references aside."""
    term = foreign_term(shapes)
    if term:
        return f"the shapes use {term}"
    if (None, SH.targetObjectsOf, None) in shapes:
        return "the shapes use sh:targetObjectsOf"
    strange = sorted(str(node) for node in shapes.objects(None, SH.targetNode) if (node, None, None) not in ontology)
    return f"sh:targetNode {shorten(strange[0])} is not in the ontology" if strange else ""


def _routes(shapes: Graph, faults: list[str]) -> Iterator[tuple[Node, set[Route]]]:
    """For each target the ways that are followed from its focus nodes; faults of paths are added to the list."""
    for shape in sorted(set(shapes.subjects()), key=str):
        targets: set[Node] = set(shapes.objects(shape, SH.targetClass)) | set(shapes.objects(shape, SH.targetNode))
        targets |= set(shapes.objects(shape, SH.targetSubjectsOf))
        if (shape, RDF.type, RDFS.Class) in shapes and (shape, RDF.type, SH.NodeShape) in shapes:
            targets.add(shape)
        for target in sorted(targets, key=str):
            yield target, set(_followed(shapes, shape, (), (shape,), faults))


def _followed(shapes: Graph, shape: Node, before: Route, above: tuple[Node, ...], faults: list[str]) -> Iterator[Route]:
    """The ways from a focus node through one shape and the shapes in it."""
    path = shapes.value(shape, SH.path)
    for route in [()] if path is None else _steps(shapes, path, faults):
        here = before + route
        yield here
        for inner in _inner(shapes, shape):
            if inner in above:
                faults.append(f"the shape {shorten(str(inner))} is used within itself")
            else:
                yield from _followed(shapes, inner, here, (*above, inner), faults)


def _inner(shapes: Graph, shape: Node) -> Iterator[Node]:
    yield from shapes.objects(shape, SH.property)
    for predicate in _SHAPES:
        yield from shapes.objects(shape, predicate)
    for predicate in _MEMBERS:
        for members in shapes.objects(shape, predicate):
            yield from Collection(shapes, members)


def _steps(shapes: Graph, path: Node, faults: list[str]) -> list[Route]:
    """The ways that a property path allows (https://www.w3.org/TR/shacl/#property-paths)."""
    if (path, RDF.first, None) in shapes:
        routes: list[Route] = [()]
        for part in Collection(shapes, path):
            routes = [route + more for route in routes for more in _steps(shapes, part, faults)]
        return routes
    back, either = shapes.value(path, SH.inversePath), shapes.value(path, SH.alternativePath)
    perhaps = shapes.value(path, SH.zeroOrOnePath)
    if back is not None:
        return [tuple((p, not b) for p, b in reversed(route)) for route in _steps(shapes, back, faults)]
    if either is not None:
        return [route for part in Collection(shapes, either) for route in _steps(shapes, part, faults)]
    if perhaps is not None:
        return [(), *_steps(shapes, perhaps, faults)]
    for endless in _ENDLESS:
        if (path, endless, None) in shapes:
            faults.append(f"a path uses sh:{str(endless).removeprefix(str(SH))}")
            return []
    return [((path, False),)]
