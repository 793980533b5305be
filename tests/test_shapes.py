"""Every node shape of gbkg and of the shipped project lets its passing graphs pass, and finds the one fault of each
failing graph.

A folder of tests/shapes/ holds the graphs of one shape. The first line of a failing graph tells the message that
must be reported; nothing else may be. Each shape is tested by itself, so a graph may be incomplete in other respects.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from graphs import GBKG, SHAPE_FILES, TERM_FILES, read_rdflib
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "shapes"
PASSING = sorted(FOLDER.glob("*/pass-*.ttl"))
FAILING = sorted(FOLDER.glob("*/fail-*.ttl"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def ontology() -> Graph:
    """Of the ontology what decides about sh:class and targets: subclasses, and the classes of the listed concepts."""
    graph = Graph()
    for file in TERM_FILES:
        whole = read_rdflib(file)
        for term in (RDF.type, RDFS.subClassOf):
            for triple in whole.triples((None, term, None)):
                graph.add(triple)
    return graph


@cache
def shapes() -> Graph:
    return read_rdflib(*SHAPE_FILES)


@cache
def shape(local_name: str) -> Graph:
    """The shape with its property shapes, which are blank nodes; and no other shape."""
    return shapes().cbd(GBKG[local_name])


def header(path: Path, key: str) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(f"# {key}: "), f"the first line must be '# {key}: ...'"
    return first.removeprefix(f"# {key}: ")


def messages(path: Path) -> set[str]:
    """What the folder's shape says about the nodes that the file describes, those of the ontology left aside."""
    given = read_rdflib(path)
    own, tested = set(given.subjects()), shape(path.parent.name)
    _, report, _ = pyshacl.validate(
        given + ontology(), shacl_graph=tested, inplace=True, inference="none", advanced=False
    )
    assert isinstance(report, Graph)
    results = [r for r in report.subjects(RDF.type, SH.ValidationResult) if report.value(r, SH.focusNode) in own]
    return {str(message) for result in results for message in report.objects(result, SH.resultMessage)}


def focus_nodes(path: Path) -> set[object]:
    """The nodes of the file that the folder's shape is for."""
    given, iri = read_rdflib(path), GBKG[path.parent.name]
    nodes: set[object] = set()
    for target in shapes().objects(iri, SH.targetClass):
        for narrower in ontology().transitive_subjects(RDFS.subClassOf, target):
            nodes.update(given.subjects(RDF.type, narrower))
    for target in shapes().objects(iri, SH.targetSubjectsOf):
        assert isinstance(target, URIRef)
        nodes.update(given.subjects(target))
    return nodes


@pytest.mark.parametrize("path", PASSING, ids=name)
def test_passes(path: Path) -> None:
    assert header(path, "passes")
    assert focus_nodes(path), "the file has no node that the shape is for"
    assert messages(path) == set()


@pytest.mark.parametrize("path", FAILING, ids=name)
def test_fails(path: Path) -> None:
    assert messages(path) == {header(path, "expects")}


def test_every_shape_has_a_folder() -> None:
    folders = {entry.name for entry in os.scandir(FOLDER) if entry.is_dir()}
    assert folders == {str(s).removeprefix(str(GBKG)) for s in shapes().subjects(RDF.type, SH.NodeShape)}


def test_every_folder_has_a_passing_and_a_failing_graph() -> None:
    folders = {entry.name for entry in os.scandir(FOLDER) if entry.is_dir()}
    assert {path.parent.name for path in PASSING} == folders
    assert {path.parent.name for path in FAILING} == folders


def test_every_file_is_collected() -> None:
    there = sum(len(list(os.scandir(folder))) for folder in os.scandir(FOLDER) if folder.is_dir())
    assert len(PASSING) + len(FAILING) == there
    assert there >= 2 * len(set(shapes().subjects(RDF.type, SH.NodeShape)))


def test_every_message_is_expected_by_some_file() -> None:
    given = {str(message) for message in shapes().objects(None, SH.message)}
    assert {header(path, "expects") for path in FAILING} == given
