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
from gbkg.graph.parts import Parts, Piece, Portion, apart
from gbkg.store.memory import Memory
from gbkg.validate import checks, planted, shapes
from gbkg.validate import known as remembering
from gbkg.validate.known import Known, by_triple
from gbkg.validate.patterns import Delta, matching
from gbkg.validate.recalled import Recalled
from gbkg.validate.running import Check, PartChecks

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
    every, former = pieces(given), path.with_name("former")
    path = path.with_name(f"{len(list(path.parent.iterdir()))}-{path.name}")
    path.write_text("".join(one.text for one in every), encoding="utf-8")
    parts, store, project = Parts.of(path, every), kind.read(path), Project(MINI)
    given_shapes = shapes.read(project)[0]
    if cache is None:
        return checks.hygiene(project, store, given_shapes, {}) + checks.facts(store)
    recalled = Recalled(cache, parts, former)
    known = Known(cache, parts, "the same files", recalled)
    said = checks.hygiene(project, store, given_shapes, {}, known.beside, recalled.of)
    said += checks.facts(store, known.apart(store), recalled.of)
    known.keep()
    recalled.remember()
    parts.remember(cache)
    former.unlink(missing_ok=True)
    former.symlink_to(path)
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


def test_a_check_that_breaks_down_in_one_part_is_asked_of_the_whole(lines: Lines) -> None:
    more = "OPTIONAL { GRAPH graph:ontology { ?s a ?focus } }"
    text = f"SELECT ?focus {{ GRAPH graph:claims {{ ?c rdf:subject ?s }} {more} }}"
    check = Check("own", "own-violation.rq", text, "", "")
    assert by_triple(text)
    judging = PartChecks([check], "", ())
    assert judging.silent(Portion("entities", "".join(lines["entities"]).encode())) == [True]
    assert judging.silent(Portion("claims", "".join(lines["claims"]).encode())) == [False]  # ?focus has no value


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


def quad(text: str) -> ox.Quad:
    prefixes = "@prefix : <urn:> . @prefix graph: <https://w3id.org/gbkg/graph/> ."
    return next(ox.parse(f"{prefixes} {text}".encode(), format=ox.RdfFormat.TRIG))


FACT = "graph:facts { :a :b :c }"
MATCHED = {
    "SELECT ?focus { ?focus <urn:b> ?o }": True,
    "SELECT ?focus { ?focus <urn:z> ?o }": False,
    "SELECT ?focus { ?focus <urn:b> <urn:z> }": False,
    'SELECT ?focus { ?focus <urn:b> "written otherwise" }': True,
    "SELECT ?focus { GRAPH graph:claims { ?focus ?p ?o } }": False,
    "SELECT ?focus { GRAPH graph:claims { ?focus ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?o ?p ?focus } } } }": True,
    "SELECT ?focus { VALUES ?g { graph:claims } GRAPH ?g { ?focus ?p ?o } }": False,
    "SELECT ?focus { VALUES ?g { graph:claims } OPTIONAL { GRAPH ?g { ?focus ?p ?o } } }": True,
    "SELECT ?focus { VALUES ?g { UNDEF graph:claims } GRAPH ?g { ?focus ?p ?o } }": True,
    "SELECT ?focus { ?focus <urn:y>/(<urn:b>|^<urn:z>) ?o }": True,
    "SELECT ?focus { ?focus <urn:y>/<urn:z>+ ?o }": False,
    "SELECT ?focus { ?focus <urn:z>* ?o }": True,  # of every node there is
    "SELECT ?focus { ?focus a/<urn:z>* ?o }": False,
    "SELECT ?focus { ?focus <urn:z>* <urn:y> }": True,  # of <urn:y>, once it occurs
    "SELECT ?focus { ?focus !(<urn:b>) ?o }": True,
    "SELECT ?focus { VALUES ?focus { <urn:a> } GRAPH ?g { } }": True,
    "SELECT ?focus (EXISTS { ?focus <urn:b> ?o } AS ?message) { GRAPH graph:claims { ?focus a ?o } }": True,
    "SELECT ?focus { GRAPH graph:claims { ?focus <urn:z> ?o } FILTER (?o < NOW()) }": True,
    "SELECT ?focus { is no query": True,
}


@pytest.mark.parametrize("text", MATCHED)
def test_a_quad_has_to_do_with_a_query_if_it_matches_a_pattern(text: str) -> None:
    assert matching([quad(FACT)])(P + text) is MATCHED[text]


BROUGHT = {
    "of one that came": ("?focus <urn:b> ?o . ?o <urn:d> ?n", ":a :b :c", "", ":c :d :e", True),
    "of one that came, and nothing it joins": ("?focus <urn:b> ?o . ?o <urn:d> ?n", ":a :b :c", "", ":f :d :e", False),
    "of one that is gone": ("?focus <urn:b> ?o MINUS { ?o <urn:d> ?n }", "", ":c :d :e", ":a :b :c", True),
    "where another is left": (
        "?focus <urn:b> ?o MINUS { ?o <urn:d> ?n }", "", ":c :d :e", ":a :b :c . :c :d :f", False,
    ),
    "one of two": ("?focus <urn:b> ?o MINUS { { ?o <urn:d> ?n } UNION { ?n <urn:e> ?o } }", "", ":x :e :c", ":a :b :c",
                   True),
}  # fmt: skip


@pytest.mark.parametrize("what", BROUGHT)
def test_a_check_that_found_nothing_is_asked_for_what_quads_have_brought(what: str) -> None:
    body, added, removed, held, brought = BROUGHT[what]

    def quads(text: str) -> list[ox.Quad]:
        return list(ox.parse(f"@prefix : <urn:> . :graph {{ {text} }}".encode(), format=ox.RdfFormat.TRIG))

    now = Memory.of([*quads(held), *quads(added)])
    text = f"SELECT ?focus {{ {body} }}"
    assert Delta(text).rows(now, (quads(removed), quads(added))) is brought
    assert any(True for _ in now.select(text)) is brought


@pytest.mark.parametrize(
    "body",
    [
        "?focus <urn:b> ?o OPTIONAL { ?o <urn:d> ?n }",
        "?focus <urn:b>/<urn:d> ?n",
        "{ ?focus <urn:b> ?o } UNION { ?focus <urn:d> ?o }",
        "?focus <urn:b> ?o FILTER (?o = <urn:c> || NOT EXISTS { ?o <urn:d> ?n })",
        "?focus <urn:b> ?o MINUS { ?o <urn:d> ?n MINUS { ?n <urn:e> ?focus } }",
        "VALUES ?o { UNDEF } ?focus <urn:b> ?o",
        "{ SELECT ?focus { ?focus <urn:b> ?o } LIMIT 1 }",
        # What the engine would give a value where it has none:
        "{ ?focus <urn:b> ?o MINUS { ?o <urn:d> ?n } } ?focus <urn:f> ?n",
        "{ ?focus <urn:b> ?o FILTER NOT EXISTS { ?o <urn:d> ?n } } ?focus <urn:f> ?n",
        "{ ?focus <urn:b> ?o FILTER NOT EXISTS { { ?o <urn:d> ?n } } } ?focus <urn:f> ?n",
        "{ ?focus <urn:b> ?o FILTER (BOUND(?n)) } ?focus <urn:f> ?n",
        "{ ?focus <urn:b> ?o BIND (?n AS ?m) } ?focus <urn:f> ?n",
        "?focus <urn:b> ?o MINUS { ?x <urn:d> ?y }",
        "?focus <urn:b> ?o MINUS { { ?x <urn:d> ?y } UNION { ?o <urn:d> ?n } }",
        "?focus <urn:b> ?o MINUS { ?o <urn:d> ?n FILTER (?n != ?focus) }",
        "?focus <urn:b> ?o MINUS { SELECT ?o { ?o <urn:d> ?focus } }",
        "?focus <urn:b> ?o { SELECT ?focus { ?focus <urn:d> ?n FILTER (BOUND(?o)) } }",
    ],
)
def test_a_check_of_another_form_is_asked_of_the_whole(body: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        Delta(f"SELECT ?focus {{ {body} }}")


def test_a_row_of_what_came_and_of_what_is_asked_as_well_is_not_passed_over() -> None:
    asked = Delta("SELECT ?focus { ?focus <urn:b> ?o . GRAPH graph:shapes { ?shape <urn:d> ?o } }")
    came = [quad(FACT)]
    assert asked.blind(([], came), [quad("graph:shapes { :shape :d :c }")])
    assert not asked.blind(([], came), [quad("graph:shapes { :shape :d :x }")])
