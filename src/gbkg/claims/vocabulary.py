"""The ontology of a project, and what tables may use of it: classes, properties, indicators, units and closed lists.

The ontology is gbkg's core, and beside it every Turtle file of the project's `ontology/`. What such a file says of
shapes belongs to the shapes. A project adds terms and shapes of its own; of the core's it may say little, so that these
mean the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from pyoxigraph import BlankNode, Literal, NamedNode

from gbkg.core import turtle
from gbkg.core.errors import Finding
from gbkg.core.prefixes import PREFIXES, is_term, shorten, term_name
from gbkg.core.project import SHAPES, TERMS, Project
from gbkg.core.terms import Graph, Term, reachable, term

Kind = OneOf["entity", "date", "text"]


@dataclass(frozen=True)
class Vocabulary:
    """The terms that tables may use, by the name that they have there (`gbkg.core.prefixes.term_name`).

    `properties`: the kind of object of each property. `indicators`: the units of each indicator; `applies`: the class
    of what it measures. `precisions` and `qualifiers`: the words that signal each. `compounds`: the precisions that one
    combines, all of whose words are needed. `superclasses`: every class above a class, itself included. `labels` and
    `definitions`: those of all terms, in English.
    """

    properties: dict[str, Kind]
    indicators: dict[str, frozenset[str]]
    applies: dict[str, str]
    units: dict[str, bool]
    """Whether each unit is counted one by one, so that a plain integer is exact."""
    notations: dict[str, str]
    """The sign of each unit that has one: ISO 4217 code of a currency, % for percent."""
    precisions: dict[str, tuple[str, ...]]
    compounds: dict[str, frozenset[str]]
    qualifiers: dict[str, tuple[str, ...]]
    statuses: frozenset[str]
    readings: frozenset[str]
    superclasses: dict[str, frozenset[str]]
    domains: dict[str, str]
    ranges: dict[str, str]
    labels: dict[str, str]
    definitions: dict[str, str]

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether `cls` is `ancestor` or below it."""
        return ancestor in self.superclasses.get(cls, ())

    @property
    def entity_classes(self) -> list[str]:
        return sorted(c for c in self.superclasses if self.is_a(c, "Entity"))


def read(ontology: Graph) -> Vocabulary:
    """Read the vocabulary of an ontology; terms outside the namespaces of gbkg and of the project are left out."""
    superclasses = _closure(ontology, ("owl:Class",), "rdfs:subClassOf")
    above = _closure(ontology, ("owl:ObjectProperty", "owl:DatatypeProperty"), "rdfs:subPropertyOf")
    domains = {_local(p): _local(c) for p, c in ontology.pairs("rdfs:domain") if _ours(p) and _ours(c)}
    ranges = {_local(p): _local(c) for p, c in ontology.pairs("rdfs:range") if _ours(p)}
    properties: dict[str, Kind] = {}
    for name in above:
        if "Entity" not in superclasses.get(domains.get(name, ""), ()):
            continue
        if "onDate" in above[name]:
            properties[name] = "date"
        elif ranges.get(name) == "string":
            properties[name] = "text"
        elif "Entity" in superclasses.get(ranges.get(name, ""), ()):
            properties[name] = "entity"
    inverses = {_local(o) for _, o in ontology.pairs("owl:inverseOf")}
    for name in inverses | {"onDate"}:  # written by nobody: a rule follows from the other direction
        properties.pop(name, None)
    counted = set(ontology.subjects("skos:broader", term("gbkg:countedUnit")))
    return Vocabulary(
        properties=properties,
        indicators={
            _local(i): frozenset(_local(u) for u in ontology.objects(i, "gbkg:unit"))
            for i in ontology.instances("gbkg:Indicator")
        },
        applies={_local(i): _local(c) for i, c in ontology.pairs("gbkg:appliesTo")},
        units={_local(u): u in counted for u in ontology.instances("gbkg:Unit")},
        notations=_texts(ontology, "skos:notation"),
        precisions=_signals(ontology, "gbkg:Precision"),
        compounds={
            _local(p): frozenset(_local(part) for part in ontology.objects(p, "skos:broader"))
            for p in ontology.instances("gbkg:Precision")
        },
        qualifiers=_signals(ontology, "gbkg:Qualifier"),
        statuses=frozenset(map(_local, ontology.instances("gbkg:ClaimStatus"))),
        readings=frozenset(map(_local, ontology.instances("gbkg:ReadingMode"))),
        superclasses=superclasses,
        domains=domains,
        ranges=ranges,
        labels=_texts(ontology, "rdfs:label"),
        definitions=_texts(ontology, "skos:definition"),
    )


def _texts(ontology: Graph, predicate: str) -> dict[str, str]:
    """The text of a property, by name of each term that has it: the English one if there are several."""
    given = [(subject, value) for subject, value in ontology.pairs(predicate) if _ours(subject)]
    given.sort(key=lambda pair: isinstance(pair[1], Literal) and pair[1].language in (None, "en"))
    return {_local(subject): value.value for subject, value in given}


def _signals(ontology: Graph, cls: str) -> dict[str, tuple[str, ...]]:
    """The words that signal each member of a closed list; a member that combines others has theirs."""
    return {
        _local(one): tuple(
            sorted(
                word.value
                for part in (one, *ontology.objects(one, "skos:broader"))
                for word in ontology.objects(part, "skos:hiddenLabel")
            )
        )
        for one in ontology.instances(cls)
    }


def _closure(ontology: Graph, kinds: Iterable[str], relation: str) -> dict[str, frozenset[str]]:
    """For each gbkg term of these classes: itself and all gbkg terms that the relation leads to."""
    terms = {one for kind in kinds for one in ontology.instances(kind) if _ours(one)}
    return {_local(one): frozenset(map(_local, filter(_ours, ontology.above(one, relation)))) for one in terms}


def _ours(one: Term) -> bool:
    return is_term(one.value)


def _local(one: Term) -> str:
    return term_name(one.value)


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
        reported = set[Term]()
        for line, (s, p, o) in turtle.placed(project.text(path), shown):
            of_term, of_shape = bool(known.about(s)), bool(held.about(s)) and isinstance(s, NamedNode)
            in_words = p.value in words_of and isinstance(o, Literal) and (s, p.value, o.language) not in words
            if s not in reported and ((of_term and p not in more and not in_words) or (of_shape and p not in relaxing)):
                reported.add(s)
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
    named: list[Term] = [
        s
        for s, p, o in given
        if isinstance(s, NamedNode) and (_is_shacl(p) or (p == term("rdf:type") and o in _CLASSES))
    ]
    nodes = reachable(named, lambda node: (o for _, _, o in given.about(node) if isinstance(o, BlankNode)))
    shapes = {triple for node in nodes for triple in given.about(node)}
    return Graph(t for t in given if t not in shapes), Graph(t for t in given if t in shapes)


def _is_shacl(one: Term) -> bool:
    return isinstance(one, NamedNode) and one.value.startswith(_SHACL)
