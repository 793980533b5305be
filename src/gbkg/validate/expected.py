"""Gates on shapes that could never find anything, and on expected counts."""

from __future__ import annotations

import re
import reprlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from gbkg.claims.vocabulary import near
from gbkg.core import turtle
from gbkg.core.errors import Finding, ParseError, Severity
from gbkg.core.inputfiles import there
from gbkg.core.namespaces import GBKG, expand, shorten
from gbkg.core.project import Project
from gbkg.core.records import Place
from gbkg.store.memory import Store
from gbkg.validate import planted

# rdflib cannot list the terms that are Python keywords as attributes.
_SHACL_TERMS = frozenset(str(SH[name]) for name in (*SH.__annotations__, "and", "class", "in", "not", "or"))
_IRI = re.compile(r"https?://[^\s<>]+")
_CORE = "urn:gbkg:core:"
"""What the names of gbkg's own shapes begin with where the project has other ones of the same name."""
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_SHAPE_REFERENCES = (SH.path, SH["class"], SH.targetClass, SH.hasValue, SH.targetSubjectsOf, SH.targetObjectsOf)


def read_shapes(project: Project) -> tuple[Graph, list[Finding]]:
    """The shapes that a project is validated with: its own, else gbkg's; and in any case those of gbkg's core, under
    names of their own where the project has them otherwise. Findings for those that gbkg itself lacks. Raises what
    `turtle.read` raises."""
    path, core = project.ontology("shapes.ttl"), project.core("shapes.ttl")
    shapes = turtle.read(project, path)
    given = shapes if path == core or project.is_core else turtle.read(project, core)
    lacking = [name for name in planted.SHAPES if (GBKG[name], None, None) not in given]
    for name in planted.SHAPES if given is not shapes else ():
        own, wanted = shapes.cbd(GBKG[name]), given.cbd(GBKG[name])
        if not isomorphic(own, wanted):
            renamed = URIRef(f"{_CORE}{name}")
            for s, p, o in wanted:
                shapes.add((renamed if s == GBKG[name] else s, p, o))
    message, found = "gbkg's own shapes are not there", ", ".join(lacking)
    return shapes, [Finding("shapes", message, project.show(core), found=found)] if lacking else []


def relaxed(shapes: Graph, places: Mapping[str, Place], shown: str) -> list[Finding]:
    """Findings for shapes that are switched off or only warn: warnings where an rdfs:comment beside that says why, else
    violations."""
    findings = []
    for node, predicate, value in sorted(shapes, key=str):
        off = predicate == SH.deactivated and str(value) in ("true", "1")
        mild = predicate == SH.severity and value != SH.Violation
        if off or mild:
            shape = node if isinstance(node, URIRef) else next(shapes.subjects(None, node), node)
            said = shorten(str(node)) if isinstance(node, URIRef) else turtle.text(shapes, node, SH.message)
            why = turtle.text(shapes, node, RDFS.comment)
            place = places.get(str(shape), Place(shown, 0))
            message = "shape is switched off" if off else f"shape has the severity {shorten(str(value))}"
            hint = "" if why else "say why in an rdfs:comment beside it, or take it out"
            about = f"{message}: {why}" if why else message
            severity: Severity = "warning" if why else "violation"
            findings.append(Finding("shapes", about, place.file, place.line or None, None, said, "", hint, severity))
    return findings


def unable(silent: Iterable[tuple[str, str]], places: Mapping[str, Place], shown: str) -> list[Finding]:
    """Findings for shapes that find nothing in nodes made up to break them (`shacl.silent`): violations in the core,
    for which such nodes are known to do it, else warnings."""
    findings = []
    for shape, part in silent:
        name = shape.rpartition("#")[2].removeprefix(_CORE)
        place = places.get(shape, Place(shown, 0))
        message = "shape finds nothing in nodes that are made up to break it"
        severity: Severity = "violation" if name in planted.SHAPES else "warning"
        found = f"{name}: {part}" if part else name
        findings.append(Finding("shapes", message, place.file, place.line or None, None, found, severity=severity))
    return findings


def focused(shapes: Graph, ontology: Graph, data: Store) -> dict[str, int]:
    """How many focus nodes each node shape with a target has in the data, by its IRI."""
    return {
        str(shape): _focus(shapes, shape, data, ontology)
        for shape in turtle.subjects(shapes, RDF.type, SH.NodeShape)
        if any((shape, target, None) in shapes for target in _TARGETS)
    }


def shapes_sound(
    shapes: Graph, ontology: Graph, focus: Mapping[str, int], places: Mapping[str, Place], shown: str
) -> list[Finding]:
    """Findings for shapes that could never find anything: pyshacl passes all of these in silence.

    A SHACL term that does not exist, a gbkg term that does not exist, a node shape without a target, and one that
    `focus` gives no focus node.
    """
    findings = []

    def fault(message: str, found: str, hint: str = "", about: object = None) -> None:
        place = places.get(str(about), Place(shown, 0))
        findings.append(Finding("shapes", message, place.file, place.line or None, found=found, hint=hint))

    used = {t for triple in shapes for t in triple if str(t).startswith(str(SH))}
    for term in sorted(str(t) for t in used if str(t) not in _SHACL_TERMS):
        fault("no such SHACL term", shorten(term), near(shorten(term), map(shorten, _SHACL_TERMS)))
    declared = {s for s in ontology.subjects(RDF.type) if str(s).startswith(str(GBKG))}
    named = {o for p in _SHAPE_REFERENCES for o in shapes.objects(None, p)} | {
        o for o in shapes.objects() if str(o).startswith(str(GBKG)) and (None, SH.property, o) not in shapes
    }
    own = set(shapes.subjects())
    for term in sorted(str(t) for t in named if str(t).startswith(str(GBKG)) and t not in declared and t not in own):
        fault("shape uses an undeclared term", shorten(term), near(shorten(term), (shorten(str(d)) for d in declared)))
    for shape in turtle.subjects(shapes, RDF.type, SH.NodeShape):
        targets = [(p, o) for p in _TARGETS for o in shapes.objects(shape, p)]
        if not targets and (None, SH.node, shape) not in shapes:
            fault("shape has no target", shorten(str(shape)), about=shape)
        elif focus.get(str(shape)) == 0 and not str(shape).startswith(_CORE):
            fault(
                "shape has no focus node in the graph", shorten(str(shape)), "remove it, or the class it is for", shape
            )
    return findings


def expected(project: Project, counts: Mapping[str, int]) -> list[Finding]:
    """Findings for counts outside the bounds of `data/expected.toml`, if there is such a file.

    A line `claims = [350, 600]` gives least and most; a name in it that is never counted is a fault.
    """
    path = project.data / "expected.toml"
    if not there(path):
        return []
    text, shown = project.text(path), project.show(path)
    lines = text.splitlines()
    try:
        bounds = tomllib.loads(text)
    except RecursionError as error:
        raise ParseError("not TOML of bounds: nested too deeply", file=shown) from error
    except ValueError as error:  # a number of thousands of digits is one too
        raise ParseError(f"not TOML: {error}", file=shown) from error
    findings = []
    for name, pair in bounds.items():
        line = next((n for n, typed in enumerate(lines, start=1) if re.match(rf"{re.escape(name)}\s*=", typed)), None)

        def fault(message: str, found: str, wanted: str = "", hint: str = "", line: int | None = line) -> None:
            findings.append(Finding("expected", message, shown, line, None, found, wanted, hint))

        if name not in counts:
            fault("nothing of this name is counted", name, hint=near(name, counts))
        elif not (isinstance(pair, list) and len(pair) == 2 and all(type(n) is int for n in pair)):
            fault(f"{name} has no bounds", reprlib.repr(pair), "[least, most]")
        elif not pair[0] <= counts[name] <= pair[1]:
            fault(f"number of {name}", str(counts[name]), f"{pair[0]} to {pair[1]}")
    return findings


def bounds(project: Project) -> int:
    """How many counts `data/expected.toml`, which can be read, bounds; 0 without it."""
    path = project.data / "expected.toml"
    return len(tomllib.loads(project.text(path))) if there(path) else 0


def described(text: str, shown: str) -> dict[str, Place]:
    """The line of a Turtle file at which each node is described that begins a line with a prefix of ours."""
    places: dict[str, Place] = {}
    line, counted = 1, 0
    for match in re.finditer(r"^(?:cur|src|gbkg):[A-Za-z0-9-]+", text, re.M):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        places.setdefault(str(expand(match.group())), Place(shown, line))
    return places


def _focus(shapes: Graph, shape: Node, data: Store, ontology: Graph) -> int:
    """How many nodes of the data a shape targets; a node with two of the classes counts once."""
    classes = {cls for target in shapes.objects(shape, SH.targetClass) for cls in _below(ontology, target)}
    parts = [f"VALUES ?class {{ {' '.join(sorted(f'<{cls}>' for cls in classes))} }} ?node a ?class"] if classes else []
    parts += [f"?node <{predicate}> ?any" for predicate in shapes.objects(shape, SH.targetSubjectsOf)]
    parts += [f"?any <{predicate}> ?node" for predicate in shapes.objects(shape, SH.targetObjectsOf)]
    parts += [f"VALUES ?node {{ <{node}> }} ?node ?p ?o" for node in shapes.objects(shape, SH.targetNode)]
    union = " UNION ".join(f"{{ {part} }}" for part in parts)
    (row,) = data.query(f"SELECT (COUNT(DISTINCT ?node) AS ?nodes) {{ {union} }}")
    return int(row["nodes"].value)


def _below(ontology: Graph, cls: Node) -> Iterator[Node]:
    return (node for node in ontology.transitive_subjects(RDFS.subClassOf, cls) if isinstance(node, URIRef))
