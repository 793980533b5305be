"""The gates on the assembled graph: ontology hygiene, SHACL, direct triples against claims, expected counts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from gbkg import store, turtle
from gbkg.errors import SyntaxFault
from gbkg.graph import direct_triple
from gbkg.model import Claim, Finding, Place
from gbkg.names import CUR, GBKG, PREFIXES, shorten
from gbkg.project import Project, read_text
from gbkg.vocabulary import near

# rdflib cannot list the terms that are Python keywords as attributes.
_SHACL_TERMS = frozenset(str(SH[name]) for name in (*SH.__annotations__, "and", "class", "in", "not", "or"))
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_SHAPE_REFERENCES = (SH.path, SH["class"], SH.targetClass, SH.hasValue, SH.targetSubjectsOf, SH.targetObjectsOf)


def hygiene(project: Project, graphs: dict[str, Graph], shapes: Graph) -> list[Finding]:
    """Every row that an `ontology/checks/*-violation.rq` returns, as a finding.

    The checks see all named graphs, the shapes, and for every term that a saved query mentions a triple
    `<query file> dcterms:references term`. A check selects ?focus and, if it likes, ?message. One whose comment
    says `#+ scope: ontology` runs only where the project brings its own gbkg.ttl: another project need not use every
    term of ours.
    """
    graphs = graphs | {"shapes": shapes, "queries": _mentions(project)}
    loaded = store.load(graphs)
    findings = []
    for path in sorted(project.ontology("checks").glob("*-violation.rq")):
        text = read_text(path, project.show(path))
        if "#+ scope: ontology" in text and not project.owns("gbkg.ttl"):
            continue
        title = next((line[2:].strip() for line in text.splitlines() if line.startswith("#+")), path.stem)
        findings += [
            Finding("hygiene", f"{shorten(row['focus'])}: {row.get('message', title)}", project.show(path))
            for row in store.select(loaded, text, project.show(path))
        ]
    return findings


def shapes_sound(shapes: Graph, ontology: Graph, data: Graph, shown: str, *, focused: bool) -> list[Finding]:
    """Findings for shapes that could never find anything: pyshacl passes all of these in silence.

    A SHACL term that does not exist, a gbkg term that does not exist, a node shape without a target, and if `focused`
    one without a focus node in the data.
    """
    findings = []

    def fault(message: str, found: str, hint: str = "") -> None:
        findings.append(Finding("shapes", message, shown, found=found, hint=hint))

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
            fault("shape has no target", shorten(str(shape)))
        elif focused and targets and not any(_focus(p, o, data) for p, o in targets):
            fault("shape has no focus node in the graph", shorten(str(shape)), "remove it, or the class it is for")
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
    try:
        bounds = tomllib.loads(read_text(path, shown))
    except tomllib.TOMLDecodeError as error:
        raise SyntaxFault(f"not TOML: {error}", file=shown) from error
    findings = []
    for name, pair in bounds.items():
        if name not in counts:
            findings.append(
                Finding("expected", "nothing of this name is counted", shown, found=name, hint=near(name, counts))
            )
        elif not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int) for n in pair)):
            findings.append(
                Finding("expected", f"{name} has no bounds", shown, found=str(pair), expected="[least, most]")
            )
        elif not pair[0] <= counts[name] <= pair[1]:
            findings.append(
                Finding(
                    "expected", f"number of {name}", shown, found=str(counts[name]), expected=f"{pair[0]} to {pair[1]}"
                )
            )
    return findings


def curation_places(text: str, shown: str) -> dict[str, Place]:
    """The line of `data/curation.ttl` at which each cur: node is described."""
    found = re.finditer(r"^cur:([a-z0-9-]+)", text, re.M)
    return {str(CUR[m[1]]): Place(shown, text.count("\n", 0, m.start()) + 1) for m in found}


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
