"""A large graph is validated part by part, with what shapes look at beside it: the results are those of the whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from gbkg.claims import rivals, vocabulary
from gbkg.core import difference, nquads, turtle
from gbkg.core.project import Project
from gbkg.core.terms import Graph
from gbkg.graph.parts import Parts, Piece, apart
from gbkg.store.memory import Memory
from gbkg.validate import shacl, shapes
from gbkg.validate.shacl import divided, nearby

PROJECT = Project(Path(__file__).resolve().parents[1])
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
MORE = {
    "a closed shape": "<urn:s> sh:targetClass gbkg:Passage ; sh:closed true ; sh:ignoredProperties ( rdf:type ) .",
    "a path without end": """<urn:s> sh:targetClass gbkg:City ;
        sh:property [ sh:path [ sh:oneOrMorePath gbkg:partOf ] ; sh:maxCount 0 ] .""",
    "a named node": """<urn:s> sh:targetNode <https://w3id.org/gbkg/id/guangzhou> ;
        sh:property [ sh:path rdfs:label ; sh:maxCount 0 ] .""",
    "nodes that others name": """<urn:s> sh:targetObjectsOf gbkg:partOf ;
        sh:property [ sh:path rdfs:label ; sh:maxCount 0 ] .""",
    "far away": """<urn:s> sh:targetClass gbkg:Claim ; sh:property [ sh:path ( rdf:subject gbkg:partOf ) ;
        sh:node [ sh:property [ sh:path [ sh:inversePath gbkg:partOf ] ; sh:maxCount 1 ] ] ; sh:class gbkg:City ] .""",
}  # fmt: skip


@cache
def given() -> tuple[Graph, Graph]:
    """The shapes of the project as a build asks them, and the ontology."""
    known = vocabulary.terms(PROJECT)
    return rivals.without_limits(shapes.read(PROJECT)[0], vocabulary.read(known)), known


@pytest.fixture(scope="module")
def lines(real_build: Path) -> list[str]:
    every = (real_build / "gbkg.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in every if graph(line) in nquads.STATED]


@pytest.fixture(autouse=True)
def few_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divided, "TOGETHER", 4_000)


def graph(line: str) -> str:
    return line.rpartition("/")[2].partition(">")[0]


def source(line: str) -> str:
    return divided.source_of(line.split(" ")[0].encode()).decode()


def disturbed(given: list[str], seed: int) -> list[str]:
    """Lines that lack one of fifty, and have new ones with the values of others."""
    rng, made = random.Random(seed), []
    of_ontology = [line for line in given if graph(line) == "ontology"]
    others = [line for line in given if graph(line) != "ontology"]
    for line in others:
        made += [line] if rng.random() > 0.02 else []
        if rng.random() < 0.01:
            value, ends = rng.choice(others).split(" ", 2)[2], line.rindex(" <")
            made.append(f"{' '.join(line.split(' ', 2)[:2])} {value[: value.rindex(' <')]}{line[ends:]}")
    order = {name: number for number, name in enumerate(nquads.GRAPHS)}
    return sorted({*of_ontology, *made}, key=lambda line: (order[graph(line)], nquads.subject(line)))


def pieces(given: list[str]) -> Iterator[Piece]:
    for name, some in groupby(given, graph):
        of_source = source if name in nquads.BY_SOURCE else lambda _: ""
        for slug, of_one in groupby(sorted(some, key=of_source), of_source):
            yield Piece(name, slug, slug or name, "".join(of_one))


def assert_same(given_lines: list[str], path: Path, asked: Graph, engine: str) -> list[Any]:
    """The results, which are the same for the whole and part by part."""
    every = list(pieces(given_lines))
    path.write_text("".join(one.text for one in every), encoding="utf-8")
    parts = Parts.of(path, every)
    whole = shacl.validate(parts.stated(), asked, engine)
    assert divided.validate(parts, Memory.read(path), asked, given()[1], engine) == whole
    return whole


def engine() -> str:
    return shapes.suitable()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_disturbed_graph_has_the_results_of_the_whole(
    seed: int, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divided.Validator, "results", None)  # by which the whole would be asked instead
    every = list(pieces(disturbed(lines, seed)))
    path = tmp_path / "g.nq"
    path.write_text("".join(one.text for one in every), encoding="utf-8")
    parts = Parts.of(path, every)
    found = divided.validate(parts, Memory.read(path), *given(), engine())
    monkeypatch.undo()
    assert found == shacl.validate(parts.stated(), given()[0], engine())
    assert len(found) > 100


@pytest.mark.parametrize("what", MORE)
def test_whatever_a_shape_looks_at_the_results_are_those_of_the_whole(
    what: str, lines: list[str], tmp_path: Path
) -> None:
    assert assert_same(lines, tmp_path / "g.nq", turtle.parse(PREFIXES + MORE[what]), engine())


def test_a_claim_that_is_described_elsewhere_has_the_results_of_the_whole(lines: list[str], tmp_path: Path) -> None:
    claim = next(line for line in lines if graph(line) == "claims").split(" ")[0]
    moved = [
        line.replace("graph/claims>", "graph/curation>") if line.startswith(f"{claim} ") else line for line in lines
    ]
    order = {name: number for number, name in enumerate(nquads.GRAPHS)}
    moved.sort(key=lambda line: (order[graph(line)], nquads.subject(line)))
    assert assert_same(
        [line for line in moved if "/ontology#status>" not in line], tmp_path / "g.nq", given()[0], engine()
    )


# ---- What has changed


def changed(lines: list[str], rng: random.Random) -> list[str]:
    """The lines without some of them, and with some that have the value of another."""
    of_ontology = [line for line in lines if graph(line) == "ontology"]
    others = sorted({*lines}.difference(of_ontology))
    gone = set(rng.sample(others, rng.randint(0, 15)))
    if rng.random() < 0.5:  # a node is gone that others may name
        node = rng.choice(others).split(" ")[0]
        gone |= {line for line in others if line.startswith(f"{node} ")}
    new = set()
    for line in rng.sample(others, rng.randint(0, 15)):
        value, ends = rng.choice(others).split(" ", 2)[2], line.rindex(" <")
        new.add(f"{' '.join(line.split(' ', 2)[:2])} {value[: value.rindex(' <')]}{line[ends:]}")
    order = {name: number for number, name in enumerate(nquads.GRAPHS)}
    left = {*of_ontology, *others, *new} - gone
    return sorted(left, key=lambda line: (order[graph(line)], nquads.subject(line), line))


def found_nearby(path: Path, former: list[str], now: list[str], asked: Graph, before: list[Any]) -> tuple[Any, Any]:
    """What is found in what has changed, and in the whole."""
    every = [one for one in apart_pieces(now) if one.text]
    path.write_text("".join(one.text for one in every), encoding="utf-8")
    parts = Parts.of(path, every)
    differs = difference.of_lines(lambda: [line.encode() for line in former], [line.encode() for line in now])
    found = nearby.validate(parts, Memory.read(path), asked, given()[1], engine(), before, differs)
    return found, shacl.validate(parts.stated(), asked, engine())


def apart_pieces(lines: list[str]) -> Iterator[Piece]:
    """As a build has them."""
    for name, some in groupby(lines, graph):
        if name in nquads.BY_SOURCE:
            yield from pieces(list(some))
        else:
            yield from apart(name, some)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_has_changed_is_validated_with_the_results_of_the_whole(
    seed: int, lines: list[str], tmp_path: Path
) -> None:
    rng, now = random.Random(seed), disturbed(lines, seed)
    found, differ = shacl.validate((line.encode() for line in now), given()[0], engine()), 0
    for step in range(8):
        former, before, now = now, found, changed(now, rng)
        near, found = found_nearby(tmp_path / f"{step}.nq", former, now, given()[0], before)
        assert near == found
        differ += before != found
    assert differ > 4


def test_a_fault_that_another_node_causes_is_found(lines: list[str], tmp_path: Path) -> None:
    city = "<https://w3id.org/gbkg/id/guangzhou> "
    now = [line for line in lines if not (graph(line) == "entities" and line.startswith(city))]
    before = shacl.validate((line.encode() for line in lines), given()[0], engine())
    near, whole = found_nearby(tmp_path / "g.nq", lines, now, given()[0], before)
    assert near == whole
    assert {one.focus for one in whole} - {one.focus for one in before} - {city.strip("<> ")}


@pytest.mark.parametrize("what", MORE)
def test_whatever_a_shape_looks_at_what_has_changed_has_the_results_of_the_whole(
    what: str, lines: list[str], tmp_path: Path
) -> None:
    asked = turtle.parse(PREFIXES + MORE[what])
    before = shacl.validate((line.encode() for line in lines), asked, engine())
    gone = "<https://w3id.org/gbkg/ontology#partOf>"
    now = [line for line in lines if f" {gone} " not in line or hash_of(line) % 3]
    near, whole = found_nearby(tmp_path / "g.nq", lines, now, asked, before)
    assert near in (None, whole)
    assert (near is None) is (what in ("a path without end", "a named node", "nodes that others name"))


def hash_of(line: str) -> int:
    return sum(line.encode())
