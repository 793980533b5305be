"""What rests on what: paths with their quotations, weak edges left out, claims and sources withdrawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from graphs import GBKG, ID
from networks import ledger, network, opened, triple

from gbkg.ask.resolve import claims
from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.project import Project
from gbkg.evidence import ledger as evidence
from gbkg.evidence.ledger import Footnotes
from gbkg.knowledge import KnowledgeGraph
from gbkg.network import paths, projection, withdraw
from gbkg.network.paths import Apart, Hop
from gbkg.network.projection import Network, Selection, labels

MACAU = "guangzhou-report.alliance-founder-macau"


@pytest.fixture(scope="module")
def first(real_build: Path, project_of_few: Path) -> KnowledgeGraph:
    return opened(real_build, project=project_of_few)


@pytest.fixture
def real(first: KnowledgeGraph, few_queries: Path) -> KnowledgeGraph:  # noqa: ARG001, which saved queries there are
    return first


def ways(graph: Network, start: str, goal: str, k: int) -> list[str]:
    found = paths.shortest(graph, start, goal, k)
    assert isinstance(found, list)
    return ["".join([steps[0].here, *(step.there for step in steps)]) if steps else start for steps in found]


def slugs(nodes: object) -> list[str]:
    return [str(node).rpartition("/")[2] for node in nodes]  # type: ignore[attr-defined]


# ---- Neighbours and paths


def test_neighbours_are_found_ring_by_ring() -> None:
    steps = paths.neighbours(network("ab bc ca cd de"), "a", hops=2)
    assert [(step.distance, step.here, step.there) for step in steps] == [(1, "a", "b"), (1, "a", "c"), (2, "c", "d")]


def test_a_step_has_every_relation_between_its_ends() -> None:
    (step,) = paths.neighbours(network("ab ba"), "a")
    assert [relation.subject for relation in step.relations] == ["a", "b"]


def test_an_entity_alone_has_no_neighbours() -> None:
    assert paths.neighbours(network("ab", alone="z"), "z", hops=5) == []


@pytest.mark.parametrize(
    ("k", "expected"),
    [(1, ["abz"]), (2, ["abz", "acz"]), (3, ["abz", "acz", "adez"]), (9, ["abz", "acz", "adez"])],
)
def test_paths_come_by_length_and_then_by_label(k: int, expected: list[str]) -> None:
    assert ways(network("cz ac ad de ez bz ab"), "a", "z", k) == expected


def test_a_path_visits_nobody_twice_and_ignores_direction() -> None:
    assert ways(network("ba bc dc cb"), "a", "d", 5) == ["abcd"]


def test_the_path_from_an_entity_to_itself_has_no_step() -> None:
    assert paths.shortest(network("ab"), "a", "a", 3) == [()]


def test_no_path_tells_the_two_components() -> None:
    assert paths.shortest(network("ab bc de"), "c", "d") == Apart(("a", "b", "c"), ("d", "e"))


def test_patek_is_tied_to_its_partner_through_the_joint_venture(real: KnowledgeGraph) -> None:
    # "The joint venture between Patek and Zhongchuang Incubator … is responsible for the operation of the park."
    graph = projection.network(real, Selection(relations=("ownership", "operating")))
    found = paths.shortest(graph, str(ID.patek), str(ID["zhongchuang-incubator"]))
    assert isinstance(found, list)
    ((one, other),) = found
    assert isinstance(one, Hop)
    assert slugs([one.here, one.there, other.there]) == [
        "patek",
        "patek-zhongchuang-joint-venture",
        "zhongchuang-incubator",
    ]
    assert [edge.label for step in (one, other) for edge in step.relations] == ["joint venture of"] * 2


def test_every_step_of_a_path_has_the_words_that_prove_it(real: KnowledgeGraph) -> None:
    graph = projection.network(real, Selection(inferred=True))
    found = paths.shortest(graph, str(ID.patek), str(ID["university-of-macau"]), 3)
    assert isinstance(found, list)
    notes = Footnotes(real.evidence, evidence.read(real.store))
    relations = [edge for steps in found for step in steps for edge in step.relations]
    assert len(relations) > 6
    assert all(notes.numbers(edge.claims) for edge in relations)
    text = {passage.source: passage for _, passage, _ in notes.notes()}
    assert all(passage.exact and len(passage.exact) == passage.end - passage.start for passage in text.values())
    assert "University of Macau" in " ".join(passage.exact for _, passage, _ in notes.notes())


def test_footnotes_number_each_passage_once(real: KnowledgeGraph) -> None:
    notes = Footnotes(real.evidence, evidence.read(real.store))
    first = notes.numbers([MACAU])
    assert (first, notes.numbers([MACAU])) == ((1,), (1,))
    assert [keys for _, _, keys in notes.notes()] == [(MACAU,)]


# ---- With and without


def test_measures_are_compared_over_the_same_nodes() -> None:
    before, after = network("ab bc cd de"), network("ab bc cd")
    found = withdraw.compare(before, after)
    # c stood between 4 of 6 pairs, and stands between 2 of 6: e still counts.
    (change,) = [c for c in found.changes if (c.iri, c.measure) == ("c", "betweenness")]
    assert (change.before, change.after, change.change) == (0.666667, 0.333333, -0.333334)
    assert [place.iri for place in found.alone] == ["e"]
    assert [edge.triple for edge in found.lost] == [("d", str(GBKG.partOf), "e")]
    assert [place.iri for place in found.joints_lost] == ["d"]
    assert [bridge.ends for bridge in found.bridges_lost] == [("d", "e")]


def test_breaking_a_ring_gains_bridges() -> None:
    found = withdraw.compare(network("ab bc ca"), network("ab bc"))
    assert [bridge.ends for bridge in found.bridges_gained] == [("a", "b"), ("b", "c")]
    assert [place.iri for place in found.joints_gained] == ["b"]


def test_nothing_left_out_changes_nothing() -> None:
    found = withdraw.compare(network("ab bc"), network("ab bc"))
    assert (found.lost, found.changes, found.alone, found.joints_lost, found.bridges_gained) == ((), (), (), (), ())


def test_bay_area_loses_hong_kong_and_macau_without_implied_relations(real: KnowledgeGraph) -> None:
    # Both are read from the region's name alone.
    found = withdraw.without(real, Selection(relations=("part",)), ["implied"])
    lost = {edge.claims for edge in found.lost}
    assert ("guangzhou-report.hong-kong-in-bay-area",) in lost
    assert ("guangzhou-report.macau-in-bay-area",) in lost
    assert {"hong-kong", "macau"} <= set(slugs(place.iri for place in found.alone))


# ---- Withdrawing


def test_a_fact_stands_while_another_accepted_claim_says_it() -> None:
    book = ledger({"a in b": "implied;", "c in d": "", "e in f": "rejected;"})
    assert withdraw.fallen(book, {"s.a-in-b-1"}) == ((), ())
    assert withdraw.fallen(book, {"s.a-in-b-1", "s.a-in-b-2"}) == ((triple("a in b"),), ())
    assert withdraw.fallen(book, {"s.e-in-f-2"}) == ((triple("e in f"),), ())


def test_an_inference_falls_when_every_derivation_has_lost_a_premise() -> None:
    claims = {"a in b": "", "b in d": "", "a in c": "", "c in d": ""}
    book = ledger(claims, "a in b, b in d: a in d", "a in c, c in d: a in d")
    assert withdraw.fallen(book, {"s.b-in-d-1"}) == ((triple("b in d"),), ())
    assert withdraw.fallen(book, {"s.b-in-d-1", "s.a-in-c-1"})[1] == (triple("a in d"),)


def test_a_withdrawn_fact_that_still_follows_has_not_fallen() -> None:
    book = ledger({"a in b": "", "b in c": "", "a in c": ""}, "a in b, b in c: a in c")
    assert withdraw.fallen(book, {"s.a-in-c-1"}) == ((), ())
    assert withdraw.fallen(book, {"s.a-in-c-1", "s.a-in-b-1"})[0] == (triple("a in b"), triple("a in c"))


def test_without_its_claim_the_university_leaves_the_alliance(real: KnowledgeGraph) -> None:
    found = withdraw.withdraw(real, Selection(relations=("founding", "membership"), inferred=True), {MACAU})
    university, alliance = str(ID["university-of-macau"]), str(ID["gba-blockchain-alliance"])
    alliance_label, university_label = (real.labels[node] for node in (alliance, university))
    said = f"{alliance_label} founded by {university_label}"
    assert found.facts == (withdraw.Fallen((alliance, str(GBKG.foundedBy), university), said, (MACAU,)),)
    assert ((university, str(GBKG.founded), alliance), (MACAU,)) in [(one.triple, one.claims) for one in found.inferred]
    assert all(university in fallen.triple and MACAU in fallen.claims for fallen in found.inferred)
    assert slugs(place.iri for place in found.comparison.alone) == ["university-of-macau"]
    (changed,) = [answer for answer in found.answers if answer.query == "who-established-what"]
    (row,) = changed.lost
    assert dict(zip(changed.columns, row, strict=True))["agent"] == ox.NamedNode(university)
    assert changed.gained == () and changed.after == changed.rows - 1 > 5
    assert found.skipped == ()


def test_without_the_article_nobody_tells_of_foshan(real: KnowledgeGraph) -> None:
    # Chancheng District and its identity system stand in the article alone.
    keys = claims(real.labels, "guangdong-article")
    found = withdraw.withdraw(real, Selection(), keys)
    alone = slugs(place.iri for place in found.comparison.alone)
    assert {"foshan", "chancheng-district", "imi", "shenzhen", "zhuhai"} <= set(alone)
    assert "guangzhou" not in alone
    assert all("guangdong-article" in edge.sources for edge in found.comparison.lost)
    assert set(found.claims) == keys


def test_the_network_after_a_withdrawal_is_that_of_the_graph_that_is_left(real: KnowledgeGraph) -> None:
    keys = claims(real.labels, "guangdong-article")
    facts, inferred = withdraw.fallen(evidence.read(real.store), keys)
    rest = KnowledgeGraph(withdraw.store_without(real.store, keys, {*facts, *inferred}), real.project)
    chosen = Selection(inferred=True)
    expected = projection.edges(projection.network(real, replace(chosen, withdrawn=keys)))
    assert len(expected) > 150
    # Doubts of withdrawn claims and all else are gone with them.
    assert projection.edges(projection.network(rest, chosen)) == expected


def test_withdrawing_nothing_changes_nothing(real: KnowledgeGraph) -> None:
    found = withdraw.withdraw(real, Selection(inferred=True), set())
    assert (found.facts, found.inferred, found.comparison.lost, found.comparison.changes, found.answers) == ((),) * 5


def test_a_saved_query_that_is_none_is_told(real: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "broken.rq").write_text("SELECT ?s {\n ?s ?p", encoding="utf-8")
    with pytest.raises(ParseError, match=r"broken\.rq"):
        withdraw.withdraw(KnowledgeGraph(real.store, Project(tmp_path)), Selection(), {MACAU})


def queried(folder: Path, real: KnowledgeGraph, **texts: str) -> KnowledgeGraph:
    """The real graph in a project of these queries."""
    (folder / "queries").mkdir()
    for name, text in texts.items():
        (folder / "queries" / f"{name}.rq").write_text(text, encoding="utf-8")
    return KnowledgeGraph(real.store, Project(folder))


def test_answers_of_every_form_are_compared(tmp_path: Path, real: KnowledgeGraph) -> None:
    what = "id:gba-blockchain-alliance gbkg:foundedBy id:university-of-macau"
    kg = queried(
        tmp_path,
        real,
        ask=f"ASK {{ {what} }}",
        construct="CONSTRUCT WHERE { id:gba-blockchain-alliance gbkg:foundedBy ?agent }",
        count="SELECT (COUNT(*) AS ?n) { id:gba-blockchain-alliance gbkg:foundedBy ?agent }",
        same="SELECT ?x { id:gba-blockchain-alliance gbkg:headquarteredIn ?x }",
        twice=f"SELECT ?x {{ VALUES ?x {{ 1 1 }} {what} }}",
    )
    found = {change.query: change for change in withdraw.withdraw(kg, Selection(), {MACAU}).answers}
    # Those of the core, which are in every project, change besides.
    assert {name for name in found if name in {"ask", "construct", "count", "same", "twice"}} == {
        "ask",
        "construct",
        "count",
        "twice",
    }
    assert (found["ask"].lost, found["ask"].gained) == (((ox.Literal(True),),), ((ox.Literal(False),),))
    assert [str(row[2]).rpartition("/")[2] for row in found["construct"].lost] == ["university-of-macau>"]
    assert [(row[0].value,) for row in (*found["count"].lost, *found["count"].gained)] == [("3",), ("2",)]
    assert (found["twice"].rows, len(found["twice"].lost), found["twice"].after) == (2, 2, 0)


def test_a_slow_query_is_skipped_and_named(tmp_path: Path, real: KnowledgeGraph) -> None:
    # It gives rows all the time, so that its thread ends when time is up.
    slow = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }"
    kg = queried(tmp_path, real, slow=slow, quick="SELECT ?x { id:gba-blockchain-alliance gbkg:foundedBy ?x } LIMIT 9")
    found = withdraw.withdraw(kg, Selection(), {MACAU}, timeout=2)
    assert found.skipped == ("slow",)
    assert {"slow", "quick"} & {answer.query for answer in found.answers} == {"quick"}


def test_a_query_that_may_not_be_asked_is_told(tmp_path: Path, real: KnowledgeGraph) -> None:
    kg = queried(tmp_path, real, far="SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    with pytest.raises(GbkgError, match=r"far\.rq.*SERVICE"):
        withdraw.withdraw(kg, Selection(), {MACAU})


# ---- The same every time


def test_the_order_of_the_quads_makes_no_difference(real_build: Path, real: KnowledgeGraph, few_queries: Path) -> None:
    other = opened(real_build, shuffle=7, project=few_queries)
    assert withdraw.withdraw(real, Selection(inferred=True), {MACAU}) == withdraw.withdraw(
        other, Selection(inferred=True), {MACAU}
    )
    assert withdraw.without(real, Selection(), ["disputed"]) == withdraw.without(other, Selection(), ["disputed"])
    one, two = (projection.network(kg) for kg in (real, other))
    ends = str(ID.patek), str(ID.macau)
    assert paths.shortest(one, *ends, 5) == paths.shortest(two, *ends, 5)
    assert labels(one) == labels(two)
