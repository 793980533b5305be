"""Both engines on the tests of SHACL Core of the W3C (https://w3c.github.io/data-shapes/data-shapes-test-suite/), whose
folder `tests` GBKG_SHACL_SUITE names; here are the names of the tests and how each ended, none of their text."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from graphs import core
from rdflib import RDF, SH, BNode, Graph, Namespace, URIRef
from rdflib.term import Node

from gbkg.core import rdflibterms
from gbkg.validate import shacl
from gbkg.validate.shacl.reference import ntriples

ENDED = Path(__file__).with_name("shacl-suite.tsv")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
Found = tuple[str, str, str]
REPORTED = [
    SH[name]
    for name in """ValidationReport ValidationResult result resultPath resultSeverity resultMessage conforms detail
    value focusNode sourceConstraintComponent sourceShape""".split()
]


def ended() -> dict[str, dict[str, str]]:
    header, *rows = (line.split("\t") for line in ENDED.read_text("utf-8").splitlines())
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}


@pytest.fixture(scope="module")
def suite() -> Path:
    folder = os.environ.get("GBKG_SHACL_SUITE")
    if not folder:
        pytest.skip("needs the tests of the W3C: GBKG_SHACL_SUITE names no folder")
    return Path(folder)


def read(path: Path) -> Graph:
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=path.resolve().as_uri())
    return rdflibterms.new_graph(quad.triple for quad in quads)


def shown(term: Node | str | None) -> str:
    if isinstance(term, str) and not isinstance(term, URIRef | BNode) and not hasattr(term, "datatype"):
        return "_:" if term.startswith("_:") else term
    return "" if term is None else "_:" if isinstance(term, BNode) else ntriples(term)  # type: ignore[arg-type]


def outcome(path: Path, engine: str) -> str:
    """ "as expected", "otherwise", or "refused" for what no engine is asked to judge."""
    manifest = read(path)
    (test,) = manifest.subjects(RDF.type, SHT.Validate)
    action = manifest.value(test, MF.action)
    data, own = (
        read(Path(str(manifest.value(action, part)).removeprefix("file://")))
        for part in (SHT.dataGraph, SHT.shapesGraph)
    )
    result = manifest.value(test, MF.result)
    for term in REPORTED:  # the expected report is in the same file
        own.remove((None, term, None))
        own.remove((None, None, term))
    shapes = core(own)
    if shacl.running_term(shapes) or shacl.refused(shapes):
        return "refused"
    if shacl.unfit(shapes, engine):
        return "left to pyshacl"
    expected: Counter[Found] = Counter(
        (
            shown(manifest.value(one, SH.focusNode)),
            shown(manifest.value(one, SH.value)),
            str(manifest.value(one, SH.sourceConstraintComponent)),
        )
        for one in manifest.objects(result, SH.result)
    )
    triples = ox.serialize(rdflibterms.triples(data), format=ox.RdfFormat.N_TRIPLES) or b""
    raw = shacl.Validator(shapes, engine)._run(iter([triples]))
    found = Counter((shown(one.focus), shown(one.value), one.component) for one in raw)
    return "as expected" if found == expected else "otherwise"


@pytest.mark.parametrize("name", sorted(ended()))
def test_each_engine_ends_as_it_did(name: str, suite: Path) -> None:
    found = {engine: outcome(suite / f"{name}.ttl", engine) for engine in shacl.ENGINES}
    assert found == ended()[name]


def test_every_test_of_the_core_is_listed(suite: Path) -> None:
    there = {
        path.relative_to(suite).with_suffix("").as_posix()
        for path in (suite / "core").rglob("*.ttl")
        if (None, RDF.type, SHT.Validate) in read(path)
    }
    assert there == set(ended())


def test_where_an_engine_ends_otherwise_it_is_not_asked() -> None:
    assert len(ended()) > 90
    assert {how for ends in ended().values() for how in ends.values()} == {"as expected", "refused", "left to pyshacl"}
