"""The ontology of a project: gbkg's core, and beside it every Turtle file of the project's `ontology/`. What such a
file says of shapes belongs to the shapes. A project adds terms and shapes of its own; of the core's it may say little,
so that these mean the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from gbkg.core import turtle
from gbkg.core.errors import Finding
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import SHAPES, TERMS, Project
from gbkg.core.terms import Graph, Term, term

_SHACL = PREFIXES["sh"]
_CLASSES = frozenset(map(term, ("sh:NodeShape", "sh:PropertyShape", "sh:Shape")))
_MORE = "owl:disjointWith skos:example skos:altLabel skos:hiddenLabel rdfs:seeAlso gbkg:competencyQuestion gbkg:cue"
"""What a project may say of a term of the core: nothing of it changes what the term means."""
_RELAXING = "sh:deactivated sh:severity rdfs:comment"
"""What a project may say of a shape of the core."""
_WORDS = ("rdfs:label", "skos:definition")
"""What it may say in a language in which the core does not."""


def terms(project: Project) -> Graph:
    """All terms of a project. Raises `ProjectError` when a file cannot be opened, `ParseError` when it is not
    Turtle."""
    project.adopt()
    own = (_divided(turtle.read(project, path))[0] for path in project.turtle)
    return merged([turtle.read(project, TERMS), *own])


def shapes(project: Project) -> dict[str, Graph]:
    """What each file says of shapes, by the file's name: that of the core, then the project's. Raises as `terms`."""
    own = {project.show(path): _divided(turtle.read(project, path))[1] for path in project.turtle}
    return {project.show(SHAPES): turtle.read(project, SHAPES)} | own


def core_subjects(project: Project) -> frozenset[str]:
    """The IRIs of all terms, shapes and rules of the core. Raises as `terms`."""
    read = turtle.read(project, TERMS) | turtle.read(project, SHAPES)
    rules = (PREFIXES["rule"] + path.stem for path in project.folder("rules")[0])
    return frozenset((*(s.value for s, _, _ in read if isinstance(s, NamedNode)), *rules))


def own_subjects(project: Project) -> frozenset[str]:
    """The IRIs of all terms and shapes that the project's own files describe. Raises as `terms`."""
    read = merged(turtle.read(project, path) for path in project.turtle)
    return frozenset(s.value for s, _, _ in read if isinstance(s, NamedNode)) - core_subjects(project)


def faults(project: Project) -> list[Finding]:
    """Findings for what a project's files say of the core and must not, with file and line. Raises as `terms`."""
    return [*_described_anew(project), *_not_read(project)]


def _described_anew(project: Project) -> Iterator[Finding]:
    known, held = turtle.read(project, TERMS), turtle.read(project, SHAPES)
    words_of = {term(name).value: name for name in _WORDS}
    words = {
        (s, p, value.language)
        for p, name in words_of.items()
        for s, value in known.pairs(name)
        if isinstance(value, Literal)
    }
    more, relaxing = (set(map(term, names.split())) for names in (_MORE, _RELAXING))
    hint = "give your term a name in a namespace of your own (gbkg.toml); docs/curating.md has what you may say"
    off = "it is relaxed by sh:deactivated or sh:severity; what else you want is a shape of your own"
    for path in project.turtle:
        shown = project.show(path)
        told = set[Term]()
        for line, (s, p, o) in turtle.placed(project.text(path), shown):
            of_term, of_shape = bool(known.about(s)), bool(held.about(s)) and isinstance(s, NamedNode)
            in_words = p.value in words_of and isinstance(o, Literal) and (s, p.value, o.language) not in words
            if s not in told and ((of_term and p not in more and not in_words) or (of_shape and p not in relaxing)):
                told.add(s)
                found = f"{shorten(s.value)} {shorten(p.value)}"
                kind, what = ("term", hint) if of_term else ("shape", off)
                yield Finding("tables", f"a {kind} of gbkg is described anew", shown, line, found=found, hint=what)


def _not_read(project: Project) -> Iterator[Finding]:
    hint = "the ontology is Turtle, *.ttl; rules/ and checks/ have *.rq"
    for path in project.unread:
        yield Finding("project", "is not read", project.show(path), hint=hint, severity="warning")


def merged(graphs: Iterable[Graph]) -> Graph:
    """All triples of some graphs."""
    found = Graph()
    for graph in graphs:
        found |= graph
    return found


def _divided(given: Graph) -> tuple[Graph, Graph]:
    """The terms and the shapes of a file. A shape is a node with a property of SHACL or the class of shapes, with all
    blank nodes that are reached from it."""
    shapes: dict[Triple, None] = {}
    waiting: list[Term] = [
        s
        for s, p, o in given
        if isinstance(s, NamedNode) and (_is_shacl(p) or (p == term("rdf:type") and o in _CLASSES))
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
