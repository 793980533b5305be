"""Every node shape of gbkg and of the shipped project lets its passing graphs pass, and finds the one fault of each
failing graph; every engine finds it.

A folder of tests/shapes/ holds the graphs of one shape. The first line of a failing graph tells the message that
must be reported; nothing else may be. Each shape is tested by itself, so a graph may be incomplete in other respects.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from graphs import GBKG, core, read_rdflib
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS, SH
from test_shacl_engines import alike, classes, ntriples, ontology
from test_shacl_engines import all_shapes as shapes

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "shapes"
FOLDERS = sorted(path for path in FOLDER.iterdir() if path.is_dir())
PASSING = sorted(FOLDER.glob("*/pass-*.ttl"))
FAILING = sorted(FOLDER.glob("*/fail-*.ttl"))


def files(folder: Path) -> list[Path]:
    return [path for path in (*FAILING, *PASSING) if path.parent == folder]


def header(path: Path, key: str) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(f"# {key}: "), f"the first line must be '# {key}: ...'"
    return first.removeprefix(f"# {key}: ")


def own(given: Graph, ending: str) -> Graph:
    """The graph of a file with other names for what it describes, so that no other file speaks of the same."""
    new = {node: URIRef(f"{node}-{ending}") for node in given.subjects() if isinstance(node, URIRef)}
    renamed = Graph()
    for triple in given:
        renamed.add(tuple(new.get(node, node) for node in triple))  # type: ignore[arg-type]
    return renamed


def messages(folder: Path) -> dict[str, set[str]]:
    """What the folder's shape says of the nodes that each file describes, those of the ontology left aside.

    Every engine says the same. It is asked of one graph, in which each file has names of its own.
    """
    graphs = {
        path.stem: own(read_rdflib(path), chr(97 + n // 26) + chr(97 + n % 26)) for n, path in enumerate(files(folder))
    }
    of = {str(node): name for name, graph in graphs.items() for node in graph.subjects()}
    found: dict[str, set[str]] = {name: set() for name in graphs}
    shape = core(shapes().cbd(GBKG[folder.name]))  # with its property shapes, which are blank nodes
    terms = {str(node) for node in ontology().subjects()}
    for result in alike([*map(ntriples, graphs.values()), classes()], shape):
        if result.focus not in terms:
            found[of[result.focus]].add(result.message)
    return found


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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shape_passes_and_fails_what_it_should(folder: Path) -> None:
    expected = {path.stem: {header(path, "expects")} if path in FAILING else set() for path in files(folder)}
    assert messages(folder) == expected
    for path in files(folder):
        if path in PASSING:
            assert header(path, "passes")
            assert focus_nodes(path), f"{path.name} has no node that the shape is for"


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
