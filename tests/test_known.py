"""Checks that are asked of what has changed find what they find in the whole graph."""

from __future__ import annotations

import random
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI

from gbkg.core.errors import Finding
from gbkg.core.nquads import GRAPHS, batched
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.graph.cache import Cache
from gbkg.graph.parts import Parts, Piece, apart
from gbkg.store.memory import Memory
from gbkg.validate import checks, planted, shapes
from gbkg.validate import known as remembering
from gbkg.validate.known import Known, by_triple, graphs

pytestmark = pytest.mark.usefixtures("unlimited")

Lines = dict[str, list[str]]
"""By graph, each line with its line feed."""


@pytest.fixture(scope="module")
def lines(mini_build: Path) -> Lines:
    """The lines of the mini graph, by graph."""
    every = (mini_build / "gbkg.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    return {name: list(some) for name, some in groupby(every, lambda line: line.rpartition("/")[2].partition(">")[0])}


def pieces(given: Lines) -> list[Piece]:
    """As a build has them, what is of a source in a piece of its own."""
    found = []
    for name in GRAPHS:
        for source in ("almanac", "gazette", "") if name in ("claims", "evidence") else ("",):
            words = tuple(f"<{PREFIXES[prefix]}{source}" for prefix in ("clm", "psg", "src"))
            others = tuple(f"<{PREFIXES[p]}{s}" for p in ("clm", "psg", "src") for s in ("almanac", "gazette"))
            some = given.get(name, [])
            if source:
                found.append(Piece(name, source, source, "".join(line for line in some if line.startswith(words))))
            else:
                split = name in ("claims", "evidence")
                found += apart(name, [one for one in some if not (split and one.startswith(others))])
    return found


class OnDisk(Memory):
    """A store that is asked as one on disk is."""

    scannable = False


def found(given: Lines, path: Path, cache: Cache | None, kind: type[Memory] = Memory) -> list[Finding]:
    """What the checks and the gate of facts find in a graph, with what is known of it in the cache, if there is one."""
    every = pieces(given)
    path.write_text("".join(one.text for one in every), encoding="utf-8")
    parts, store, project = Parts.of(path, every), kind.read(path), Project(MINI)
    given_shapes = shapes.read(project)[0]
    if cache is None:
        return checks.hygiene(project, store, given_shapes, {}) + checks.facts(store)
    known = Known(cache, parts, "the same files")
    said = checks.hygiene(project, store, given_shapes, {}, known.beside) + checks.facts(store, known.apart)
    known.keep()
    return said


def with_planted(given: Lines, body: str) -> Lines:
    """With the smallest graph in which a check must find something."""
    more = ox.parse(planted.trig(body).encode(), format=ox.RdfFormat.TRIG)
    added: Lines = {name: list(some) for name, some in given.items()}
    for quad in more:
        line = f"{quad} .\n"
        of = added[quad.graph_name.value.removeprefix(PREFIXES["graph"])]
        of += [] if line in of else [line]
    return {name: sorted(some, key=lambda line: line.split(" ")[0]) for name, some in added.items()}


def without(given: Lines, name: str, subject: str) -> Lines:
    return given | {name: [line for line in given[name] if not line.startswith(f"{subject} ")]}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_planted_or_taken_out_at_random_is_found_as_in_the_whole(
    seed: int, lines: Lines, tmp_path: Path
) -> None:
    rng, told = random.Random(seed), 0
    with Cache() as cache:
        assert found(lines, tmp_path / "0.nq", cache) == found(lines, tmp_path / "0.nq", None)
        for step in range(1, 9):
            now = lines
            for name in rng.sample(sorted(planted.CHECKS), rng.randint(0, 2)):
                now = with_planted(now, planted.CHECKS[name])
            if rng.random() < 0.5:  # what others may refer to
                graph = rng.choice(["ontology", "entities", "inferences", "facts", "claims"])
                now = without(now, graph, rng.choice(now[graph]).split(" ")[0])
            whole = found(now, tmp_path / f"{step}.nq", None)
            assert found(now, tmp_path / f"{step}.nq", cache) == whole
            told += len(whole)
    assert told


def test_a_store_on_disk_is_asked_part_by_part_and_finds_the_same(
    lines: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "TOGETHER", 1_500)
    for number, names in enumerate(batched([*sorted(planted.CHECKS), ""], 20)):
        now = lines
        for name in names:
            now = with_planted(now, planted.CHECKS.get(name, ""))
        path = tmp_path / f"{number}.nq"
        with Cache() as cache:
            assert found(now, path, cache, OnDisk) == found(now, path, None)


@pytest.mark.parametrize("name", ["blank-node", "term-undeclared", "fact-undeclared"])
def test_a_fault_in_a_part_that_is_new_or_in_all_others_is_found(name: str, lines: Lines, tmp_path: Path) -> None:
    with Cache() as cache:
        found(lines, tmp_path / "clean.nq", cache)
        for _ in range(2):  # and again, when nothing has changed
            said = found(with_planted(lines, planted.CHECKS[name]), tmp_path / "planted.nq", cache)
            assert f"[{name}]" in "".join(map(str, said))
        assert found(lines, tmp_path / "clean.nq", cache) == found(lines, tmp_path / "clean.nq", None)
        declared = f"<{PREFIXES['gbkg']}Claim>"
        said = found(without(lines, "ontology", declared), tmp_path / "undeclared.nq", cache)
        assert "[term-undeclared]" in "".join(map(str, said))  # in parts that are as they were


@pytest.mark.parametrize("graph", ["evidence", "curation", "entities"])
def test_a_triple_of_a_claim_that_comes_into_another_graph_is_found(graph: str, lines: Lines, tmp_path: Path) -> None:
    claim = lines["claims"][0]
    copied = claim.replace("graph/claims>", f"graph/{graph}>")
    with Cache() as cache:
        found(lines, tmp_path / "clean.nq", cache)
        now = lines | {graph: sorted([*lines[graph], copied], key=lambda line: line.split(" ")[0])}
        said = found(now, tmp_path / "twice.nq", cache)
        assert said == found(now, tmp_path / "twice.nq", None)
        assert f"in graph {graph}" in "".join(map(str, said))


P = "PREFIX graph: <https://w3id.org/gbkg/graph/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
SINGLE = {
    "SELECT ?focus { GRAPH ?g { ?focus ?p ?o } FILTER ISBLANK(?focus) }": True,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } MINUS { GRAPH graph:ontology { ?p rdfs:domain ?d } } }": True,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } MINUS { GRAPH graph:claims { ?focus ?p ?o } } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } FILTER NOT EXISTS { ?o ?p ?focus } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o . ?o ?p ?focus } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus rdfs:seeAlso+ ?o } }": False,
    "SELECT ?focus { { GRAPH graph:facts { ?focus ?p ?o } } UNION { GRAPH graph:claims { ?focus ?p ?o } } }": True,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } OPTIONAL { GRAPH graph:facts { ?o ?p ?n } } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } } GROUP BY ?focus HAVING (COUNT(*) > 1)": False,
    "SELECT ?focus { { SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } } LIMIT 1 } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } BIND (EXISTS { ?o ?p ?focus } AS ?b) FILTER ?b }": False,
    "SELECT ?focus (EXISTS { ?o ?p ?focus } AS ?message) { GRAPH graph:facts { ?focus ?p ?o } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } GRAPH ?g { } }": False,
    "SELECT ?focus { GRAPH graph:facts { ?focus ?p ?o } FILTER (RAND() < 1) }": False,
}


@pytest.mark.parametrize("text", SINGLE)
def test_only_a_check_that_reads_one_triple_is_asked_of_parts(text: str) -> None:
    assert by_triple(P + text) is SINGLE[text]


def test_the_graphs_that_a_check_reads_are_known_where_it_names_them() -> None:
    inner = "FILTER NOT EXISTS { GRAPH graph:claims { ?s ?p ?focus } }"
    assert graphs(f"{P} SELECT ?focus {{ GRAPH graph:facts {{ ?focus ?p ?o {inner} }} }}") == {"facts", "claims"}
    for any_graph in ("?focus ?p ?o", "GRAPH ?g { ?focus ?p ?o }", "GRAPH graph:facts { ?focus ?p ?o } ?o ?p ?n"):
        assert graphs(f"{P} SELECT ?focus {{ {any_graph} }}") is None
