"""Results of a validation, in words that do not depend on the engine. The engine gives focus, value, shape and kind of
constraint; path, severity and message are read from the shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from gbkg.core import rdflibterms
from gbkg.core.errors import Finding, Severity
from gbkg.core.prefixes import shorten
from gbkg.core.records import Place
from gbkg.validate.shacl.fitness import CORE

BLANK = "_:"
"""Every blank node of the data in a result: its label means nothing, and each engine has its own."""


@dataclass(frozen=True, slots=True, order=True)
class Result:
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
    """A copy of the shapes in which every property shape has an IRI, so that an engine can say which one it means."""
    wanted = {o for o in shapes.objects(None, SH.property) if isinstance(o, BNode)}
    wanted |= {s for target in TARGETS for s in shapes.subjects(target) if isinstance(s, BNode)}
    names: dict[Node, Node] = {node: URIRef(f"urn:gbkg:shape:{node}") for node in wanted}
    copy = rdflibterms.new_graph()
    for s, p, o in shapes:
        copy.add((names.get(s, s), p, names.get(o, o)))
    return copy


TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)


def worded(raw: Iterable[Raw], shapes: Graph) -> list[Result]:
    """The results with the messages of the shapes (those of `named`), sorted, each once."""
    found, known = set(), {}
    for one in raw:
        key = (one.shape, one.component, one.path, one.message)
        if key not in known:
            known[key] = _words(one, shapes)
        path, severity, message = known[key]
        focus = one.focus[1:-1] if one.focus.startswith("<") else _plain(one.focus)
        found.add(Result(focus, path, _plain(one.value), severity, message))
    return sorted(found)


def findings(results: Iterable[Result], places: Mapping[str, Place]) -> list[Finding]:
    """The results as findings of the gate "shapes", each at the line where its focus was typed, sorted by place."""
    found = []
    for result in results:
        place = places.get(result.focus, Place("", 0))
        named = "" if not result.path or result.path[0] in "(^<" else f" {shorten(result.path)}"
        about = f"{shorten(result.focus)}{named}: {result.message}"
        value = _shown(result.value) if result.value else None
        found.append(Finding("shapes", about, place.file, place.line or None, found=value, severity=result.severity))
    return sorted(found, key=lambda f: (f.file, f.line or 0, f.message, f.found or ""))


def ntriples(term: Node) -> str:
    """A term of rdflib as N-Triples writes it."""
    return str(rdflibterms.to_ox(term))


def _words(raw: Raw, shapes: Graph) -> tuple[str, Severity, str]:
    """Path, severity and message of a result."""
    shape = URIRef(raw.shape)
    said = "; ".join(sorted({str(message) for message in shapes.objects(shape, SH.message)}))
    path = shapes.value(shape, SH.path)
    shown = raw.path if path is None else str(path) if isinstance(path, URIRef) else _path(path, shapes)
    stern = shapes.value(shape, SH.severity, default=SH.Violation) == SH.Violation
    name = raw.component.removeprefix(str(SH)).removesuffix("ConstraintComponent")
    parameter = URIRef(str(SH) + name[:1].lower() + name[1:])
    message = said or _unmet(shape, parameter, shapes) if parameter in CORE else raw.message or said
    return shown, "violation" if stern else "warning", message


def _unmet(shape: Node, parameter: URIRef, shapes: Graph) -> str:
    """The constraint that is not met, for a shape that says nothing itself, such as "sh:minCount 1 is not met"."""
    given = [value for value in shapes.objects(shape, parameter) if not isinstance(value, BNode)]
    values = ", ".join(sorted(shorten(value) if isinstance(value, URIRef) else str(value) for value in given))
    return " ".join(part for part in (shorten(str(parameter)), values, "is not met") if part)


def _path(path: Node, shapes: Graph) -> str:
    """A property path as SPARQL writes it, every part of several in parentheses."""
    if isinstance(path, URIRef):
        return f"<{path}>"
    if (path, RDF.first, None) in shapes:
        return f"({'/'.join(_path(part, shapes) for part in Collection(shapes, path))})"
    for kind, before, after in ((SH.inversePath, "^", ""), *_REPEATED):
        inner = shapes.value(path, kind)
        if inner is not None:
            return f"{before}{_path(inner, shapes)}{after}"
    options = shapes.value(path, SH.alternativePath)
    return "" if options is None else f"({'|'.join(_path(part, shapes) for part in Collection(shapes, options))})"


_REPEATED: tuple[tuple[URIRef, str, str], ...] = (
    (SH.zeroOrMorePath, "", "*"),
    (SH.oneOrMorePath, "", "+"),
    (SH.zeroOrOnePath, "", "?"),
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
