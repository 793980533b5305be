"""Gates on shapes that could never find anything, and on expected counts."""

from __future__ import annotations

import re
import reprlib
import tomllib
from collections.abc import Mapping

from rdflib import Graph
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from gbkg import turtle
from gbkg.errors import SyntaxFault
from gbkg.inputfiles import there
from gbkg.model import Finding, Place
from gbkg.names import GBKG, expand, shorten
from gbkg.project import Project
from gbkg.store import Store
from gbkg.vocabulary import near

# rdflib cannot list the terms that are Python keywords as attributes.
_SHACL_TERMS = frozenset(str(SH[name]) for name in (*SH.__annotations__, "and", "class", "in", "not", "or"))
_IRI = re.compile(r"https?://[^\s<>]+")
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_SHAPE_REFERENCES = (SH.path, SH["class"], SH.targetClass, SH.hasValue, SH.targetSubjectsOf, SH.targetObjectsOf)


def shapes_sound(
    shapes: Graph, ontology: Graph, data: Store, places: Mapping[str, Place], shown: str, *, focused: bool
) -> list[Finding]:
    """Findings for shapes that could never find anything: pyshacl passes all of these in silence.

    A SHACL term that does not exist, a gbkg term that does not exist, a node shape without a target, and if `focused`
    one without a focus node in the data.
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
        elif focused and targets and not any(_focus(p, o, data, ontology) for p, o in targets):
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
        raise SyntaxFault("not TOML of bounds: nested too deeply", file=shown) from error
    except ValueError as error:  # a number of thousands of digits is one too
        raise SyntaxFault(f"not TOML: {error}", file=shown) from error
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


def described(text: str, shown: str) -> dict[str, Place]:
    """The line of a Turtle file at which each node is described that begins a line with a prefix of ours."""
    places: dict[str, Place] = {}
    line, counted = 1, 0
    for match in re.finditer(r"^(?:cur|src|gbkg):[A-Za-z0-9-]+", text, re.M):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        places.setdefault(str(expand(match.group())), Place(shown, line))
    return places


def _focus(relation: Node, target: Node, data: Store, ontology: Graph) -> bool:
    if relation == SH.targetClass:
        classes = [turtle.to_ox(cls) for cls in ontology.transitive_subjects(RDFS.subClassOf, target) if cls]
        return any(True for cls in classes for _ in data.quads(None, turtle.to_ox(RDF.type), cls))
    term = turtle.to_ox(target)
    return any(True for _ in (data.quads(term) if relation == SH.targetNode else data.quads(None, term)))
