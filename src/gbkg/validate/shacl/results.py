"""Results of a validation, in words that do not depend on the engine. The engine gives focus, value, shape and kind of
constraint; path, severity and message are read from the shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, Triple

from gbkg.core.errors import Finding, Severity
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.records import Place
from gbkg.core.terms import Graph, Term, term
from gbkg.validate.shacl.fitness import CORE

BLANK = "_:"
"""Every blank node of the data in a result: its label means nothing, and each engine has its own."""


@dataclass(frozen=True, slots=True, order=True)
class ValidationResult:
    """One thing that is wrong with one node (https://www.w3.org/TR/shacl/#results-validation-result).

    `focus` is an IRI (a literal as in N-Triples, a blank node `_:`). `path` is the IRI of the property, a path as
    SPARQL writes it, or "" where the node itself is at fault; `value` is as written in N-Triples, or "". `message` is
    what the shape says, several joined by "; ", sorted; else the constraint that is not met.
    """

    focus: str
    path: str
    value: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Raw:
    """A result as an engine has it: `focus` and `value` as in N-Triples (`value` "" if there is none), the IRI of the
    shape and of the constraint component; `path` is the property that sh:closed does not allow, and `message` the
    engine's own, for constraints that only it can word."""

    focus: str
    value: str
    shape: str
    component: str
    path: str = ""
    message: str = ""


def named(shapes: Graph) -> Graph:
    """A copy of the shapes in which every property shape has an IRI, so that an engine can tell which one it means."""
    wanted = {*shapes.values("sh:property"), *(shape for target in TARGETS for shape in shapes.subjects(target))}
    names = {node: NamedNode(f"urn:gbkg:shape:{node.value}") for node in wanted if isinstance(node, BlankNode)}
    return Graph(Triple(names.get(s, s), p, names.get(o, o)) for s, p, o in shapes)


TARGETS = ("sh:targetClass", "sh:targetNode", "sh:targetSubjectsOf", "sh:targetObjectsOf")


def worded(raw: Iterable[Raw], shapes: Graph) -> list[ValidationResult]:
    """The results with the messages of the shapes (those of `named`), sorted, each once."""
    found, known = set(), {}
    for one in raw:
        key = (one.shape, one.component, one.path, one.message)
        if key not in known:
            known[key] = _words(one, shapes)
        path, severity, message = known[key]
        focus = one.focus[1:-1] if one.focus.startswith("<") else _plain(one.focus)
        found.add(ValidationResult(focus, path, _plain(one.value), severity, message))
    return sorted(found)


def findings(results: Iterable[ValidationResult], places: Mapping[str, Place]) -> list[Finding]:
    """The results as findings of the gate "shapes", each at the line where its focus was typed, sorted by place."""
    found = []
    for result in results:
        place = places.get(result.focus, Place("", 0))
        named = "" if not result.path or result.path[0] in "(^<" else f" {shorten(result.path)}"
        about = f"{shorten(result.focus)}{named}: {result.message}"
        value = _shown(result.value) if result.value else None
        found.append(Finding("shapes", about, place.file, place.line or None, found=value, severity=result.severity))
    return sorted(found, key=lambda f: (f.file, f.line or 0, f.message, f.found or ""))


def _words(raw: Raw, shapes: Graph) -> tuple[str, Severity, str]:
    """Path, severity and message of a result."""
    try:
        shape: Term = NamedNode(raw.shape)
    except ValueError:
        shape = BlankNode()  # one inside another, of which engines tell a label of their own
    said = "; ".join(sorted({message.value for message in shapes.objects(shape, "sh:message")}))
    path = shapes.value(shape, "sh:path")
    shown = raw.path if path is None else path.value if isinstance(path, NamedNode) else _path(path, shapes)
    stern = shapes.value(shape, "sh:severity") in (None, term("sh:Violation"))
    name = raw.component.removeprefix(PREFIXES["sh"]).removesuffix("ConstraintComponent")
    parameter = f"sh:{name[:1].lower()}{name[1:]}"
    known = PREFIXES["sh"] + parameter.removeprefix("sh:") in CORE
    message = said or _unmet(shape, parameter, shapes) if known else raw.message or said
    return shown, "violation" if stern else "warning", message


def _unmet(shape: Term, parameter: str, shapes: Graph) -> str:
    """The constraint that is not met, for a shape that says nothing itself, such as "sh:minCount 1 is not met"."""
    given = [value for value in shapes.objects(shape, parameter) if not isinstance(value, BlankNode)]
    values = ", ".join(sorted(shorten(value.value) if isinstance(value, NamedNode) else value.value for value in given))
    return " ".join(part for part in (parameter, values, "is not met") if part)


def _path(path: Term, shapes: Graph) -> str:
    """A property path as SPARQL writes it, every part of several in parentheses."""
    if isinstance(path, NamedNode):
        return str(path)
    if shapes.objects(path, "rdf:first"):
        return f"({'/'.join(_path(part, shapes) for part in shapes.items(path))})"
    for kind, before, after in _MARKS:
        inner = shapes.value(path, kind)
        if inner is not None:
            return f"{before}{_path(inner, shapes)}{after}"
    options = shapes.value(path, "sh:alternativePath")
    return "" if options is None else f"({'|'.join(_path(part, shapes) for part in shapes.items(options))})"


_MARKS = (
    ("sh:inversePath", "^", ""),
    ("sh:zeroOrMorePath", "", "*"),
    ("sh:oneOrMorePath", "", "+"),
    ("sh:zeroOrOnePath", "", "?"),
)


def _plain(term: str) -> str:
    return BLANK if term.startswith("_:") else term


def _shown(value: str) -> str:
    """A value for a reader: a short IRI, or the text of a literal."""
    if value.startswith("<"):
        return shorten(value[1:-1])
    if value == BLANK:
        return value
    [triple] = ox.parse(f"<urn:s> <urn:p> {value} .", format=ox.RdfFormat.N_TRIPLES)
    return str(triple.object.value)
