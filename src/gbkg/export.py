"""The graph as files: TriG, N-Quads, Turtle, JSON-LD; the same graph always gives the same bytes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from errno import EISDIR
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import OWL, RDF

from gbkg.errors import OutputError, SyntaxFault
from gbkg.names import GBKG, PREFIXES
from gbkg.project import Project, read_text


def trig(quads: list[Any]) -> bytes:
    """The quads of `store.quads` as TriG (https://www.w3.org/TR/trig/)."""
    return _serialize(quads, ox.RdfFormat.TRIG)


def nquads(quads: list[Any]) -> bytes:
    """The quads of `store.quads` as N-Quads, one line a triple."""
    return _serialize(quads, ox.RdfFormat.N_QUADS)


def turtle(quads: list[Any]) -> bytes:
    """The quads of `store.quads` as one Turtle document without graph names, subjects in alphabetical order."""
    ordered = sorted(quads, key=lambda quad: quad.subject.value)
    return _serialize([quad.triple for quad in ordered], ox.RdfFormat.TURTLE)


def jsonld(merged: Graph, context: Mapping[str, Any]) -> bytes:
    """All triples as JSON-LD 1.1, compacted with the context and carrying it inside, so that no reader has to
    fetch anything; nodes sorted by @id, several values of a property by their own JSON."""
    text = merged.serialize(format="json-ld", context=context["@context"], auto_compact=True, sort_keys=True)
    document = json.loads(text)
    nodes = document["@graph"] if "@graph" in document else [{k: v for k, v in document.items() if k != "@context"}]
    for node in nodes:
        for value in node.values():
            if isinstance(value, list):
                value.sort(key=lambda v: json.dumps(v, sort_keys=True))
    nodes.sort(key=lambda node: node["@id"])
    ordered = {"@context": context["@context"], "@graph": nodes}
    return (json.dumps(ordered, ensure_ascii=False, indent=1) + "\n").encode()


def context(ontology: Graph) -> dict[str, Any]:
    """The JSON-LD context that the ontology implies: every prefix, and each property of ours by its local name,
    object properties with IRIs for values. `ontology/context.jsonld` is this, written down."""
    terms: dict[str, Any] = dict(PREFIXES)
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            name = str(term).removeprefix(str(GBKG))
            coercion = {"@type": "@id"} if kind == OWL.ObjectProperty else {}
            if name.isalnum():
                terms[name] = {"@id": f"gbkg:{name}", **coercion}
    return {"@context": {"@version": 1.1, **dict(sorted(terms.items()))}}


def read_context(project: Project) -> dict[str, Any]:
    """The context of `ontology/context.jsonld`."""
    path = project.ontology("context.jsonld")
    shown = project.show(path)
    try:
        return dict(json.loads(read_text(path, shown)))
    except json.JSONDecodeError as error:
        raise SyntaxFault(f"not JSON: {error.msg}", file=shown, line=error.lineno, column=error.colno) from error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files or none: each is written to the side and flushed to disk first, then all are renamed.

    Raises `OutputError` when anything cannot be written; the former files are then as they were.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".gbkg-", dir=folder) as aside:
            for name, content in files.items():
                with (Path(aside) / name).open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for name in files:
                if (folder / name).is_dir():
                    raise IsADirectoryError(EISDIR, f"{name} is a folder")
            for name in files:
                (Path(aside) / name).replace(folder / name)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", file=str(folder), hint="former outputs are as they were"
        ) from error


def _serialize(statements: list[Any], format: Any) -> bytes:
    prefixes = None if format == ox.RdfFormat.N_QUADS else PREFIXES
    written = ox.serialize(statements, format=format, prefixes=prefixes)
    assert isinstance(written, bytes)
    return written
