"""The ontology of a project: gbkg's, or the project's version of one of its files, and beside them every other Turtle
file of the project's `ontology/`. What such a file says of shapes belongs to the shapes."""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode, Triple

from gbkg.core import turtle
from gbkg.core.errors import Finding
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import REPLACEABLE, Project
from gbkg.core.terms import Graph, Term, term

TERMS = ("gbkg.ttl", "indicators.ttl")
_SHACL = PREFIXES["sh"]


def terms(project: Project) -> Graph:
    """All terms of a project. Raises `ProjectError` when a file cannot be opened, `ParseError` when it is not
    Turtle."""
    project.adopt()
    found = Graph()
    for name in TERMS:
        found |= turtle.read(project, project.ontology(name))
    for path in project.extensions:
        found |= _divided(turtle.read(project, path))[0]
    return found


def more_shapes(project: Project) -> Graph:
    """The shapes that stand in the files beside gbkg's own. Raises as `terms`."""
    found = Graph()
    for path in project.extensions:
        found |= _divided(turtle.read(project, path))[1]
    return found


def own_subjects(project: Project) -> frozenset[str]:
    """The IRIs of all terms and shapes that the project's own `ontology/` describes. Raises as `terms`."""
    read = (turtle.read(project, path) for path in project.own)
    return frozenset(s.value for graph in read for s, _, _ in graph if isinstance(s, NamedNode))


def lent_subjects(project: Project) -> frozenset[str]:
    """The IRIs of all terms and shapes of gbkg's own files that the project has no version of. Raises as `terms`."""
    read = (turtle.read(project, project.ontology(name)) for name in REPLACEABLE if not project.owns(name))
    return frozenset(s.value for graph in read for s, _, _ in graph if isinstance(s, NamedNode))


def unread(project: Project) -> list[Finding]:
    """Warnings for what stands in the project's `ontology/` and nobody reads."""
    hint = "the ontology is Turtle, *.ttl; rules/ and checks/ have *.rq"
    return [
        Finding("project", "is not read", project.show(path), hint=hint, severity="warning")
        for path in project.strangers
    ]


def _divided(given: Graph) -> tuple[Graph, Graph]:
    """The terms and the shapes of a file. A shape is a node that has a SHACL property or class, with all blank nodes
    that are reached from it."""
    shapes: dict[Triple, None] = {}
    waiting: list[Term] = [
        s
        for s, p, o in given
        if isinstance(s, NamedNode) and (_is_shacl(p) or (p == term("rdf:type") and _is_shacl(o)))
    ]
    seen = set[Term]()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            shapes |= dict.fromkeys(given.about(node))
            waiting += [o for _, _, o in given.about(node) if isinstance(o, BlankNode)]
    return Graph(t for t in given if t not in shapes), Graph(t for t in given if t in shapes)


def _is_shacl(one: Term) -> bool:
    return isinstance(one, NamedNode) and one.value.startswith(_SHACL)
