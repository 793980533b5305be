"""The gates on the assembled graph: ontology hygiene, SHACL, direct triples against claims, expected counts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from gbkg import store, turtle
from gbkg.errors import SyntaxFault
from gbkg.graph import direct_triple
from gbkg.model import Claim, Finding, Place
from gbkg.names import GBKG, PREFIXES, expand, shorten
from gbkg.project import Project, read_text
from gbkg.vocabulary import near

# rdflib cannot list the terms that are Python keywords as attributes.
_SHACL_TERMS = frozenset(str(SH[name]) for name in (*SH.__annotations__, "and", "class", "in", "not", "or"))
_IRI = re.compile(r"https?://[^\s<>]+")
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_SHAPE_REFERENCES = (SH.path, SH["class"], SH.targetClass, SH.hasValue, SH.targetSubjectsOf, SH.targetObjectsOf)


def hygiene(project: Project, quads: list[Any], shapes: Graph, places: Mapping[str, Place]) -> list[Finding]:
    """Every row that an `ontology/checks/*-violation.rq` returns, as a finding.

    The checks see all named graphs (as `store.quads`), the shapes, and for every term that a saved query mentions a
    triple `<query file> dcterms:references term`. A check selects ?focus and, if it likes, ?message. One whose comment
    says `#+ scope: FILE` runs only where the project brings its own `ontology/FILE`: another project need not use every
    term of ours.
    """
    loaded = store.load(quads + store.quads({"shapes": shapes, "queries": _mentions(project)}))
    findings = []
    for path in sorted(project.ontology("checks").glob("*-violation.rq")):
        text = read_text(path, project.show(path))
        scope = re.search(r"^#\+ scope: (\S+)", text, re.M)
        if scope and not project.owns(scope[1]):
            continue
        title = next((line[2:].strip() for line in text.splitlines() if line.startswith("#+")), path.stem)
        for row in store.select(loaded, text, project.show(path)):
            if "focus" not in row:
                raise SyntaxFault("a check must SELECT ?focus", file=project.show(path))
            message = _IRI.sub(lambda match: shorten(match.group()), row.get("message", title))
            place = places.get(row["focus"], Place(project.show(path), 0))
            about = f"{shorten(row['focus'])}: {message} [{path.stem.removesuffix('-violation')}]"
            findings.append(Finding("hygiene", about, place.file, place.line or None))
    return findings


def shapes_sound(
    shapes: Graph, ontology: Graph, data: Graph, places: Mapping[str, Place], shown: str, *, focused: bool
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
        elif focused and targets and not any(_focus(p, o, data) for p, o in targets):
            fault(
                "shape has no focus node in the graph", shorten(str(shape)), "remove it, or the class it is for", shape
            )
    return findings


def shacl(data: Graph, shapes: Graph, places: Mapping[str, Place]) -> list[Finding]:
    """What pyshacl reports (SHACL Core, https://www.w3.org/TR/shacl/), each at the line where its focus was typed.

    `data` must hold the ontology too, since target classes reach their subclasses through it.
    """
    import pyshacl

    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True, inference="none", advanced=False)
    assert isinstance(report, Graph)
    findings = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus = str(report.value(result, SH.focusNode))
        place = places.get(focus, Place("", 0))
        value = report.value(result, SH.value)
        path = report.value(result, SH.resultPath)
        message = "; ".join(sorted(str(m) for m in report.objects(result, SH.resultMessage)))
        severity = "violation" if report.value(result, SH.resultSeverity) == SH.Violation else "warning"
        about = f"{shorten(focus)}{' ' + shorten(str(path)) if isinstance(path, URIRef) else ''}: {message}"
        found = shorten(str(value)) if isinstance(value, URIRef) else None if value is None else str(value)
        findings.append(Finding("shapes", about, place.file, place.line or None, found=found, severity=severity))  # type: ignore[arg-type]
    return sorted(findings, key=lambda f: (f.file, f.line or 0, f.message, f.found or ""))


def facts(graphs: dict[str, Graph], claims: Iterable[Claim]) -> list[Finding]:
    """Findings where direct triples and accepted claims do not match, in either direction; and for a triple that
    stands in two named graphs, since a union would count it twice."""
    said = {triple for triple in map(direct_triple, claims) if triple}
    there = set(graphs["facts"])
    findings = [Finding("facts", f"no accepted claim says {_show(t)}") for t in sorted(there - said)]
    findings += [
        Finding("facts", f"an accepted claim says what the graph does not: {_show(t)}") for t in sorted(said - there)
    ]
    seen: dict[object, str] = {}
    for name, graph in graphs.items():
        for triple in graph:
            if triple in seen:
                findings.append(Finding("facts", f"{_show(triple)} stands in graph {seen[triple]} and in graph {name}"))
            seen[triple] = name
    return findings


def expected(path: Path, shown: str, counts: Mapping[str, int]) -> list[Finding]:
    """Findings for counts outside the bounds of `data/expected.toml`, if there is such a file.

    A line `claims = [350, 600]` gives least and most; a name in it that is never counted is a fault.
    """
    if not path.exists():
        return []
    text = read_text(path, shown)
    lines = text.splitlines()
    try:
        bounds = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SyntaxFault(f"not TOML: {error}", file=shown) from error
    findings = []
    for name, pair in bounds.items():
        line = next((n for n, typed in enumerate(lines, start=1) if re.match(rf"{re.escape(name)}\s*=", typed)), None)

        def fault(message: str, found: str, wanted: str = "", hint: str = "", line: int | None = line) -> None:
            findings.append(Finding("expected", message, shown, line, None, found, wanted, hint))

        if name not in counts:
            fault("nothing of this name is counted", name, hint=near(name, counts))
        elif not (isinstance(pair, list) and len(pair) == 2 and all(type(n) is int for n in pair)):
            fault(f"{name} has no bounds", str(pair), "[least, most]")
        elif not pair[0] <= counts[name] <= pair[1]:
            fault(f"number of {name}", str(counts[name]), f"{pair[0]} to {pair[1]}")
    return findings


def described(text: str, shown: str) -> dict[str, Place]:
    """The line of a Turtle file at which each node is described that begins a line with a prefix of ours."""
    places: dict[str, Place] = {}
    for match in re.finditer(r"^(?:cur|src|gbkg):[A-Za-z0-9-]+", text, re.M):
        iri = expand(match.group())
        places.setdefault(str(iri), Place(shown, text.count("\n", 0, match.start()) + 1))
    return places


def _focus(relation: Node, target: Node, data: Graph) -> bool:
    if relation == SH.targetClass:
        return any((None, RDF.type, c) in data for c in data.transitive_subjects(RDFS.subClassOf, target))
    return ((target, None, None) if relation == SH.targetNode else (None, target, None)) in data


def _mentions(project: Project) -> Graph:
    graph = Graph(bind_namespaces="none")
    for path in project.queries:
        for name in set(re.findall(r"\bgbkg:(\w+)", read_text(path, project.show(path)))):
            graph.add((URIRef(f"urn:gbkg:query:{path.stem}"), URIRef(PREFIXES["dcterms"] + "references"), GBKG[name]))
    return graph


def _show(triple: tuple[object, ...]) -> str:
    return " ".join(shorten(str(t)) if isinstance(t, URIRef) else repr(str(t)) for t in triple)
