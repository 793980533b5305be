"""The gate of shapes: the engine that validates, shapes that can find nothing, and what SHACL finds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from hashlib import sha256
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Triple

from gbkg.claims import rivals, vocabulary
from gbkg.core.errors import Finding, ParseError, Severity, meant
from gbkg.core.limits import confined, in_proportion
from gbkg.core.nquads import STATED
from gbkg.core.prefixes import PREFIXES, is_term, shorten
from gbkg.core.project import SHAPES, Project
from gbkg.core.records import Place
from gbkg.core.terms import Graph, Term, term
from gbkg.core.workers import Spread, spread
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import code
from gbkg.graph.parts import Parts
from gbkg.store.base import Store
from gbkg.validate import planted, shacl
from gbkg.validate.recalled import Recall, Recalled, directly
from gbkg.validate.shacl import divided, nearby
from gbkg.validate.shacl.fitness import TERMS

_SHACL = PREFIXES["sh"]
_TARGETS = ("sh:targetClass", "sh:targetNode", "sh:targetSubjectsOf", "sh:targetObjectsOf")
_SHAPE_REFERENCES = (*(name for name in _TARGETS if name != "sh:targetNode"), "sh:path", "sh:class", "sh:hasValue")


def suitable() -> str:
    """The SHACL engine where none is named: the fastest that is installed, else the reference, which it agrees with
    (tests/test_shacl_engines.py) and which replaces it wherever that is not known (`chosen`)."""
    return next((engine for engine in shacl.ENGINES[1:] if shacl.available(engine)), shacl.ENGINES[0])


def usable(engine: str | None) -> None:
    """Raises `GbkgError` for an engine that is not known or not installed."""
    if engine:
        shacl.Validator(Graph(), engine)


def chosen(project: Project, wanted: str | None) -> tuple[str, list[Finding]]:
    """The engine for the shapes of a project: the one that is wanted ("" for none), else the one that suits. The
    reference replaces it, with a warning if it was wanted, when the shapes use what the engine may judge differently.
    Raises `ParseError` when the shapes bring SPARQL or JavaScript, or what no engine can judge."""
    engine = suitable() if wanted is None else wanted
    reasons = {}
    for shown, shapes in vocabulary.shapes(project).items() if engine else ():
        if running := shacl.running_term(shapes):
            raise ParseError(f"uses {running}: no shape runs SPARQL or JavaScript", file=shown, hint=shacl.INSTEAD)
        if node := shacl.circular_list(shapes):
            raise ParseError(f"the list at {node} runs in a circle", file=shown)
        if found := shacl.refused(shapes):
            raise ParseError(f"no engine is asked to judge {'; '.join(found)}", file=shown)
        if reason := shacl.unfit(shapes, engine):
            reasons[shown] = reason
    message = f"{shacl.ENGINES[0]} validates in place of {engine}: "
    doubts = [Finding("shapes", message + reason, file, severity="warning") for file, reason in reasons.items()]
    return shacl.ENGINES[0] if doubts else engine, doubts if wanted is not None else []


def typed(project: Project) -> Graph:
    """The shapes of the core and of the project, as they stand in their files."""
    return vocabulary.merged(vocabulary.shapes(project).values())


def read(project: Project, relaxing: bool = True) -> tuple[Graph, list[Finding]]:
    """The shapes that a project is validated with: those of the core, which it may relax by their names, and its own.
    Findings for core shapes that gbkg itself lacks. Without `relaxing` they are as they were before any was made milder
    or switched off in the project's files. Raises what `turtle.read` raises."""
    core, *others = vocabulary.shapes(project).values()
    own = vocabulary.merged(others)
    if relaxing:
        shapes = _milder(core | own, own)
    else:
        shapes = core | Graph(t for t in own if t.predicate not in (term("sh:severity"), term("sh:deactivated")))
    lacking = [name for name in planted.SHAPES if not core.about(term(f"gbkg:{name}"))]
    message, found = "gbkg's own shapes are not there", ", ".join(lacking)
    return shapes, [Finding("shapes", message, project.show(SHAPES), found=found)] if lacking else []


def _milder(shapes: Graph, more: Graph) -> Graph:
    """The shapes, with the severity that the project's own files give a shape by its name for all of its parts too."""
    given = [(shape, value) for shape, value in more.pairs("sh:severity") if isinstance(shape, NamedNode)]
    parts = {
        part: value
        for shape, value in given
        for part in shapes.objects(shape, "sh:property")
        if isinstance(part, NamedNode | BlankNode)
    }
    former = {part for part in parts if shapes.objects(part, "sh:severity")}
    kept = Graph(t for t in shapes if not (t.subject in former and t.predicate == term("sh:severity")))
    return kept | Graph(Triple(part, term("sh:severity"), value) for part, value in parts.items())


def relaxed(shapes: Graph, places: Mapping[str, Place], shown: str) -> list[Finding]:
    """Findings for shapes that are switched off or only warn: warnings if an rdfs:comment beside says why, else
    violations."""
    findings = []
    for node, predicate, value in shapes:
        off = predicate == term("sh:deactivated") and value.value in ("true", "1")
        mild = predicate == term("sh:severity") and value != term("sh:Violation")
        if off or mild:
            shape = node if isinstance(node, NamedNode) else next(iter(shapes.naming(node)), node)
            said = shorten(node.value) if isinstance(node, NamedNode) else shapes.text(node, "sh:message")
            why = shapes.text(node, "rdfs:comment")
            place = places.get(shape.value, Place(shown, 0))
            message = "shape is switched off" if off else f"shape has the severity {shorten(value.value)}"
            hint = "" if why else "say why in an rdfs:comment beside it, or take it out"
            about = f"{message}: {why}" if why else message
            severity: Severity = "warning" if why else "violation"
            findings.append(Finding("shapes", about, place.file, place.line or None, None, said, "", hint, severity))
    return sorted(findings, key=lambda one: (one.file, one.line or 0, str(one)))  # nodes without a name have no order


def unable(silent: Iterable[tuple[str, str]], places: Mapping[str, Place], shown: str) -> list[Finding]:
    """Findings for shapes that find nothing in nodes made to break them (`shacl.silent`): violations for core shapes,
    for which such nodes are known to work, else warnings."""
    findings = []
    for shape, part in silent:
        name = shape.rpartition("#")[2]
        place = places.get(shape, Place(shown, 0))
        message = "shape accepts test nodes that violate it, so it can never fail"
        severity: Severity = "violation" if name in planted.SHAPES else "warning"
        found = f"{name}: {part}" if part else name
        findings.append(Finding("shapes", message, place.file, place.line or None, None, found, severity=severity))
    return findings


def focused(shapes: Graph, known: Graph, data: Store, recall: Recall = directly) -> dict[str, int]:
    """How many focus nodes each node shape with a target has in the data, by its IRI."""
    return {
        shape.value: _focus(shapes, shape, data, known, recall)
        for shape in shapes.instances("sh:NodeShape")
        if any(shapes.objects(shape, target) for target in _TARGETS)
    }


def shapes_sound(
    files: Mapping[str, Graph],
    known: Graph,
    focus: Mapping[str, int],
    places: Mapping[str, Place],
    unused: Severity = "violation",
) -> list[Finding]:
    """Findings for shapes that can find nothing, all of which pyshacl passes in silence: a SHACL term or a term of ours
    that does not exist, a node shape without a target that no other shape names, and one without a focus node
    (`focus`). `files` are the shapes by the file that they stand in (`vocabulary.shapes`); `unused` is the severity of
    having no focus node."""
    shapes = vocabulary.merged(files.values())
    declared = {subject.value for subject, _ in known.pairs("rdf:type")}
    own = {subject.value for subject, _, _ in shapes}
    nested = {shape.value for _, shape in shapes.pairs("sh:property")}
    findings = []
    for shown, given in files.items():

        def fault(
            message: str,
            found: str,
            hint: str = "",
            place: Place | None = None,
            severity: Severity = "violation",
            shown: str = shown,
        ) -> None:
            at = place or Place(shown, 0)
            findings.append(
                Finding("shapes", message, at.file, at.line or None, found=found, hint=hint, severity=severity)
            )

        used = {one.value for triple in given for one in triple if one.value.startswith(_SHACL)}
        for name in map(shorten, sorted(used - TERMS)):
            fault("no such SHACL term", name, meant(name, map(shorten, TERMS)))
        named = {value.value for name in _SHAPE_REFERENCES for _, value in given.pairs(name)}
        named |= {value.value for _, _, value in given if value.value not in nested}
        for name in map(shorten, sorted(one for one in named - declared - own if is_term(one))):
            fault("shape uses an undeclared term", name, meant(name, map(shorten, filter(is_term, declared))))
        for shape in given.instances("sh:NodeShape"):
            name, place = shorten(shape.value), places.get(shape.value, Place(shown, 0))
            name = name if isinstance(shape, NamedNode) else "[]"
            if not any(given.objects(shape, target) for target in _TARGETS) and not shapes.naming(shape):
                fault("shape has no target", name, place=place)
            elif focus.get(shape.value) == 0:
                fault("shape has no focus node in the graph", name, "remove it, or the class it is for", place, unused)
    return findings


def _focus(shapes: Graph, shape: Term, data: Store, known: Graph, recall: Recall) -> int:
    """How many nodes of the data a shape targets; a node with two of the classes counts once."""
    wanted = shapes.objects(shape, "sh:targetClass")
    classes = {cls for target in wanted for cls in known.below(target, "rdfs:subClassOf")}
    named = " ".join(sorted(str(cls) for cls in classes if isinstance(cls, NamedNode)))
    parts = [f"VALUES ?class {{ {named} }} ?node a ?class"] if classes else []
    parts += [f"?node {predicate} ?any" for predicate in shapes.objects(shape, "sh:targetSubjectsOf")]
    parts += [f"?any {predicate} ?node" for predicate in shapes.objects(shape, "sh:targetObjectsOf")]
    parts += [f"VALUES ?node {{ {node} }} ?node ?p ?o" for node in shapes.objects(shape, "sh:targetNode")]
    union = " UNION ".join(f"{{ {part} }}" for part in parts)
    text = f"SELECT (COUNT(DISTINCT ?node) AS ?nodes) {{ {union} }}"

    def counted() -> int:
        (row,) = data.select(text)
        return int(row["nodes"].value)

    return recall(text, counted)


# ---- What SHACL finds


def validate(
    made: Assembly,
    parts: Parts,
    store: Store,
    shapes: Graph,
    engine: str,
    places: Mapping[str, Place],
    recalled: Recalled,
    spread: Spread = spread,
) -> list[Finding]:
    """What the engine finds in everything that is stated, in a large graph part by part (by `spread`), where that of
    the last build is `recalled` in what has changed; cached for the same graph, shapes, engine and code. The gate of
    rivals counts values, not this one."""
    sums = [part.sum for part in parts.every if part.graph in STATED]
    inputs = sha256(" ".join([dependencies(made, engine), *sums]).encode()).hexdigest()
    known = made.cache.get("shapes", "results", inputs)
    if known is None:
        judged = rivals.without_limits(shapes, made.inputs.vocabulary)
        results = _validated(made, parts, store, judged, engine, recalled, spread)
        known = json.dumps([astuple(one) for one in results], ensure_ascii=False)
        made.cache.put("shapes", "results", inputs, known)
    rows = json.loads(known)
    recalled.put(_RESULTS, dependencies(made, engine), rows)
    return shacl.findings([shacl.ValidationResult(*row) for row in rows], places)


_RESULTS = "results of SHACL"


def _validated(
    made: Assembly, parts: Parts, store: Store, shapes: Graph, engine: str, recalled: Recalled, spread: Spread
) -> list[shacl.ValidationResult]:
    ontology, before = made.inputs.ontology, recalled.known(_RESULTS, dependencies(made, engine))
    if before is not None and recalled.few:
        rows: Any = before
        former = [shacl.ValidationResult(*row) for row in rows]
        found = nearby.validate(parts, store, shapes, ontology, engine, former, recalled.difference)
        if found is not None:
            return found
    if sum(part.lines for part in parts.every) <= divided.WHOLE:
        return shacl.validate(parts.stated(), shapes, engine)
    return divided.validate(parts, store, shapes, ontology, engine, spread)


def silent(made: Assembly, shapes: Graph, engine: str) -> list[tuple[str, str]]:
    """The result of `shacl.silent`, cached for the same shapes, engine and code: it takes as long as a small graph."""
    inputs = dependencies(made, engine)
    known = made.cache.get("shapes", "silent", inputs)
    if known is None:
        hint = "make the patterns of sh:pattern simpler"
        allowed = in_proportion(len(shapes), 1_000, "the shapes were not tried", hint)
        # The engine is made in the process that uses it: threads that it starts do not live on in a fork.
        known = json.dumps(confined(lambda: shacl.silent(shacl.Validator(shapes, engine)), allowed))
        made.cache.put("shapes", "silent", inputs, known)
    return [(shape, part) for shape, part in json.loads(known)]


def dependencies(made: Assembly, engine: str) -> str:
    """What results depend on beside the graph."""
    project = made.inputs.project
    every = b"".join(map(project.content, [SHAPES, *project.turtle]))
    return f"{engine} {code()} {sha256(every).hexdigest()}"
