"""The projection of a graph to a network: which nodes, which edges, and what stands on each edge."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI
from graphs import GBKG, GRAPH, ID
from networks import ledger, opened, triple

from gbkg.ask.resolve import claims, resolve
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.literals import last_day
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.evidence.ledger import base_of, proofs, strongest
from gbkg.knowledge import KnowledgeGraph
from gbkg.network import families, projection
from gbkg.network.projection import KINDS, Edge, Network, Selection, labels

RDF_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


@pytest.fixture(scope="module")
def mini_graph(mini_build: Path) -> KnowledgeGraph:
    return opened(mini_build, project=MINI)


@pytest.fixture(scope="module")
def real(real_build: Path) -> KnowledgeGraph:
    return opened(real_build)


def said(graph: Network) -> list[str]:
    name = labels(graph)
    return [f"{name[edge.subject]} {edge.label} {name[edge.object]}" for edge in projection.edges(graph)]


def the_edge(graph: Network, subject: str, relation: str, value: str) -> Edge:
    return Edge(**graph.edges[str(ID[subject]), str(ID[value]), str(GBKG[relation])])


def relations_in(kg: KnowledgeGraph, name: str) -> set[tuple[str, str, str]]:
    """The triples of a named graph that join two different entities."""
    quads = kg.store.quads(None, None, None, ox.NamedNode(str(GRAPH[name])))
    found = {(quad.subject.value, quad.predicate.value, quad.object.value) for quad in quads}
    return {(s, p, o) for s, p, o in found if o.startswith(str(ID)) and s != o}


# ---- Nodes and edges


def test_the_mini_graph_is_the_network_of_its_accepted_relations(mini_graph: KnowledgeGraph) -> None:
    assert said(projection.network(mini_graph)) == [
        "Delta Tea Alliance founded by Harbour Tea Association",
        "Delta Tea Alliance founded by Tea Harbour University",
        "First Flush Fair conducted by Harbour Tea Association",
        "Lantern Quarter part of Tea Harbour",
        "Lantern Yard located in Lantern Quarter",
        "Lantern Yard operated by Kettle Works",
        "Reed Bank part of Tea Harbour",
        "Tea Harbour part of Upper Reed",
        "Upper Reed part of Reedland",
    ]


def test_topics_are_nodes_only_when_asked_for(mini_graph: KnowledgeGraph) -> None:
    topic = str(ID["tea-trade"])
    assert topic not in projection.network(mini_graph)
    assert projection.network(mini_graph, Selection(kinds=tuple(KINDS))).in_degree(topic) == 3


def test_nodes_are_sorted_by_label_and_say_what_they_are(mini_graph: KnowledgeGraph) -> None:
    graph = projection.network(mini_graph)
    assert list(labels(graph).values()) == sorted(labels(graph).values())
    assert graph.nodes[str(ID["tea-harbour"])] == {
        "label": "Tea Harbour",
        "type": "City",
        "type_label": "city",
        "kind": "place",
        "slug": "tea-harbour",
    }


def test_every_class_of_the_ontology_is_of_one_kind(real: KnowledgeGraph) -> None:
    below = real.store.query("SELECT ?c { ?c rdfs:subClassOf+ gbkg:Entity FILTER EXISTS { ?x a ?c } }")
    used = {row["c"].value for row in below}
    graph = projection.network(real, Selection(kinds=tuple(KINDS)))
    assert len(used) > 30
    assert {str(GBKG[attributes["type"]]) for _, attributes in graph.nodes(data=True)} == used
    assert graph.number_of_nodes() == len(
        list(real.store.quads(None, RDF_TYPE, None, ox.NamedNode(str(GRAPH.entities))))
    )


def test_two_claims_of_one_relation_are_one_edge_with_both(mini_graph: KnowledgeGraph) -> None:
    edge = the_edge(projection.network(mini_graph), "lantern-quarter", "partOf", "tea-harbour")
    assert len(edge.claims) == len(edge.sources) == edge.passages == 2
    assert list(edge.claims) == sorted(edge.claims)
    # One source states it and the other implies it.
    assert edge.reading == "stated"


def test_an_edge_is_in_doubt_when_curation_says_so(mini_graph: KnowledgeGraph) -> None:
    graph = projection.network(mini_graph)
    doubtful = [edge for edge in projection.edges(graph) if edge.disputed]
    assert [edge.subject.rpartition("/")[2] for edge in doubtful] == ["first-flush-fair"]
    assert doubtful[0].doubts[0].startswith("cur:ambiguity")


def test_a_disputed_claim_has_an_edge_only_when_asked_for(mini_graph: KnowledgeGraph) -> None:
    assert str(ID["leaf-ledger"]) in projection.network(mini_graph)
    assert not projection.network(mini_graph).degree(str(ID["leaf-ledger"]))
    edge = the_edge(
        projection.network(mini_graph, Selection(unaccepted=True)), "leaf-ledger", "launchedBy", "kettle-works"
    )
    assert (edge.status, edge.disputed) == ("disputed", True)
    assert the_edge(
        projection.network(mini_graph, Selection(unaccepted=True)), "lantern-yard", "operatedBy", "kettle-works"
    )


def test_every_accepted_relation_between_entities_is_an_edge_of_the_real_network(real: KnowledgeGraph) -> None:
    facts = real.store.query(
        f"SELECT ?s ?p ?o {{ GRAPH graph:facts {{ ?s ?p ?o FILTER(STRSTARTS(STR(?o), '{ID}')) }} }}"
    )
    expected = {(row["s"].value, row["p"].value, row["o"].value) for row in facts}
    found = projection.edges(projection.network(real, Selection(kinds=tuple(KINDS))))
    assert len(found) > 250
    assert {edge.triple for edge in found} == expected
    assert all(edge.claims and edge.sources and edge.passages and edge.label for edge in found)


# ---- Families


def test_every_object_property_between_entities_has_a_family(real: KnowledgeGraph) -> None:
    rows = real.store.query(
        "SELECT ?p { ?p a owl:ObjectProperty ; rdfs:domain/rdfs:subClassOf* gbkg:Entity ;"
        " rdfs:range/rdfs:subClassOf* gbkg:Entity }"
    )
    declared = {row["p"].value for row in rows}
    assert len(declared) > 40
    assert declared <= families.properties(real.store, families.FAMILIES)


def test_every_head_of_a_family_is_declared(real: KnowledgeGraph) -> None:
    kind = ox.NamedNode("http://www.w3.org/2002/07/owl#ObjectProperty")
    declared = {shorten(quad.subject.value) for quad in real.store.quads(None, RDF_TYPE, kind)}
    heads = {head for family in families.FAMILIES.values() for head in family}
    assert heads - declared <= {"org:memberOf"}


def test_founding_has_what_lies_below_and_the_inverses(real: KnowledgeGraph) -> None:
    found = {iri.rpartition("#")[2] for iri in families.properties(real.store, ["founding"])}
    assert found == {"establishedBy", "foundedBy", "initiatedBy", "established", "founded", "initiated"}


@pytest.mark.parametrize("name", ["initiating", "initiatedBy", "gbkg:initiatedBy"])
def test_a_property_is_a_family_of_its_own(real: KnowledgeGraph, name: str) -> None:
    # "The Association was initiated by 16 units including …": three are named.
    graph = projection.network(real, Selection(relations=(name,)))
    assert {edge.object.rpartition("/")[2] for edge in projection.edges(graph)} == {
        "guangzhou-high-tech-zone-technology-holdings",
        "guangzhou-opto-mechanical-institute",
        "guangzhou-boao-zongheng",
    }


@pytest.mark.parametrize(
    ("selection", "near"),
    [
        (Selection(relations=("foundng",)), "founding"),
        (Selection(relations=("gbkg:foundedby",)), "foundedBy"),
        (Selection(relations=("zzzz",)), "membership"),
        (Selection(kinds=("agents",)), "agent"),
        (Selection(without=("implid",)), "implied"),
    ],
)
def test_an_unknown_word_is_answered_with_what_there_is(real: KnowledgeGraph, selection: Selection, near: str) -> None:
    with pytest.raises(NotFoundError, match=near):
        projection.network(real, selection)


# ---- Dates


def test_an_alliance_is_not_there_before_it_was_founded(real: KnowledgeGraph) -> None:
    # "On November 9, 2018, the … Alliance … was formally established", the association "On July 28, 2017".
    alliance, association = str(ID["gba-blockchain-alliance"]), str(ID["guangzhou-blockchain-industry-association"])
    before, after = (projection.network(real, Selection(as_of=date)) for date in ("2018-10", "2018-11"))
    assert (before.degree(alliance), after.degree(alliance)) == (0, 8)
    assert before.out_degree(association) == after.out_degree(association) > 3
    assert not projection.network(real, Selection(as_of="2017-06")).degree(association)


def test_a_date_that_may_lie_before_the_day_is_no_reason_to_leave_out(real: KnowledgeGraph) -> None:
    # The IAB plan is of March 2017, and the inclusion of 2016: neither is known to be later than its first day.
    plan = str(ID["iab-plan"])
    assert projection.network(real, Selection(as_of="2017-03-01")).degree(plan)
    assert not projection.network(real, Selection(as_of="2017-02-28")).degree(plan)
    assert projection.network(real, Selection(as_of="2016-01-01")).degree(str(ID["blockchain-inclusion-2016"]))


def test_a_date_without_a_year_is_kept_and_counted(real: KnowledgeGraph) -> None:
    graph = projection.network(real, Selection(as_of="1990"))
    edge = the_edge(graph, "imi", "launchedBy", "chancheng-district")
    assert (edge.dates, edge.since) == (("--06",), "")
    assert graph.graph["undated"] == graph.number_of_edges() > 100


def test_a_founding_carries_its_date(real: KnowledgeGraph) -> None:
    edge = the_edge(projection.network(real), "gba-blockchain-alliance", "foundedBy", "university-of-macau")
    assert (edge.dates, edge.since) == (("2018-11-09",), "2018-11-09")


def test_a_date_that_is_withdrawn_is_no_date(real: KnowledgeGraph) -> None:
    gone = frozenset(["guangzhou-report.alliance-founded"])
    graph = projection.network(real, Selection(as_of="2018-10", withdrawn=gone))
    edge = the_edge(graph, "gba-blockchain-alliance", "foundedBy", "university-of-macau")
    assert (edge.dates, edge.since) == ((), "")


@pytest.mark.parametrize("date", ["2018-13", "2018-02-30", "18", "2018-1", "November 2018", "--11", "0000"])
def test_what_is_no_date_is_refused(real: KnowledgeGraph, date: str) -> None:
    with pytest.raises(GbkgError, match="not a date"):
        projection.network(real, Selection(as_of=date))


def test_a_leap_day_is_a_date() -> None:
    assert last_day("2016-02-29") == "2016-02-29"


# ---- Inferred edges


def test_what_is_inferred_is_flagged_with_rule_claims_and_premises(real: KnowledgeGraph) -> None:
    graph = projection.network(real, Selection(inferred=True))
    edge = the_edge(graph, "bubby-blockchain-research-institute", "locatedIn", "guangzhou")
    assert edge.inferred and edge.rules
    assert "guangzhou-report.bubby-settled-zone" in edge.claims
    assert not any(edge.inferred for edge in projection.edges(projection.network(real)))


def test_inverses_and_broader_words_are_left_out_unless_wanted(real: KnowledgeGraph) -> None:
    lean = {edge.triple for edge in projection.edges(projection.network(real, Selection(inferred=True)))}
    full = {edge.triple for edge in projection.edges(projection.network(real, Selection(inferred=True, restated=True)))}
    made, maker = str(ID["gba-blockchain-alliance"]), str(ID["university-of-macau"])
    for restated in ((maker, str(GBKG.founded), made), (made, str(GBKG.establishedBy), maker)):
        assert restated not in lean
        assert restated in full
    assert lean < full


def test_every_inferred_triple_between_nodes_is_an_edge(real: KnowledgeGraph) -> None:
    rows = real.store.query(
        f"SELECT ?s ?p ?o {{ GRAPH graph:inferred {{ ?s ?p ?o FILTER(STRSTARTS(STR(?o), '{ID}')) }} }}"
    )
    expected = {(row["s"].value, row["p"].value, row["o"].value) for row in rows if row["s"] != row["o"]}
    graph = projection.network(real, Selection(kinds=tuple(KINDS), inferred=True, restated=True))
    assert len(expected) > 300
    assert {edge.triple for edge in projection.edges(graph) if edge.inferred} == expected


def test_a_conclusion_is_as_strong_as_its_weakest_premise_by_its_best_derivation() -> None:
    book = ledger(
        {"a in b": "", "b in d": "", "a in c": "", "c in d": ""}, "a in b, b in d: a in d", "a in c, c in d: a in d"
    )
    values = {triple("a in b"): 1, triple("b in d"): 9, triple("a in c"): 3, triple("c in d"): 2}
    assert strongest(book, values)[triple("a in d")] == 2


def test_inferences_in_a_circle_hold_nothing_up() -> None:
    book = ledger({"a in b": ""}, "a near b: b near a", "b near a: a near b")
    assert set(strongest(book, {triple("a in b"): 1})) == {triple("a in b")}


def test_an_axiom_cannot_fall() -> None:
    book = ledger({"a in b": ""}, "a in b, in below at: a at b")
    assert triple("a at b") in strongest(book, {triple("a in b"): 1})


def test_the_proof_shown_is_the_one_with_the_fewest_weak_claims() -> None:
    book = ledger(
        {"a in b": "implied", "b in z": "", "a in c": "", "c in d": "", "d in z": ""},
        "a in b, b in z: a in z",
        "a in c, c in d: a in d",
        "a in d, d in z: a in z",
    )
    proof = proofs(book, list(book.claims))[triple("a in z")]
    assert base_of(proof) == (triple("a in c"), triple("c in d"), triple("d in z"))


def test_weak_means_weak_in_every_claim_and_every_derivation(real: KnowledgeGraph) -> None:
    for word, weak in (
        ("implied", lambda edge: edge.reading == "implied"),
        ("disputed", lambda edge: edge.disputed),
        ("single-passage", lambda edge: edge.passages == 1),
    ):
        full = projection.edges(projection.network(real, Selection(inferred=True)))
        kept = {
            edge.triple
            for edge in projection.edges(projection.network(real, Selection(inferred=True, without=(word,))))
        }
        assert kept <= {edge.triple for edge in full}
        assert {edge.triple for edge in full if not weak(edge)} == kept
        assert len(kept) < len(full)


# ---- The same every time


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_quads_makes_no_difference(real_build: Path, real: KnowledgeGraph, seed: int) -> None:
    chosen = Selection(inferred=True)
    one, other = projection.network(real, chosen), projection.network(opened(real_build, shuffle=seed), chosen)
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert projection.edges(one) == projection.edges(other)


# ---- Names


@pytest.mark.parametrize("name", ["University of Macau", "university-of-macau", "id:university-of-macau"])
def test_an_entity_is_found_in_the_graph_by_its_names(real: KnowledgeGraph, name: str) -> None:
    assert resolve(real.labels, name).value == str(ID["university-of-macau"])


def test_an_alias_is_a_name_and_a_near_miss_is_told(real: KnowledgeGraph) -> None:
    assert resolve(real.labels, "Macao").value == str(ID["macau"])
    with pytest.raises(NotFoundError, match="macau"):
        resolve(real.labels, "Macua")


def test_claims_are_found_by_source_and_by_name(real: KnowledgeGraph) -> None:
    article, report = claims(real.labels, "guangdong-article"), claims(real.labels, "src:guangzhou-report")
    assert not article & report
    key = "guangzhou-report.alliance-founder-macau"
    assert claims(real.labels, key) == claims(real.labels, f"clm:{key}") == {key} < report


@pytest.mark.parametrize("name", ["alliance-founder-mcau", "guangzhou-report.alliance-founder-maca"])
def test_an_unknown_claim_is_answered_with_near_ones(real: KnowledgeGraph, name: str) -> None:
    with pytest.raises(NotFoundError, match="alliance-founder-macau"):
        claims(real.labels, name)
