"""A part of the network for a screen: what it begins with, what is opened, hidden, shut and bounded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SHIPPED

from gbkg import knowledge
from gbkg.core.prefixes import PREFIXES
from gbkg.knowledge import KnowledgeGraph
from gbkg.network.families import FAMILIES
from gbkg.network.paths import Excerpt, ExcerptRequest, excerpt, family_of
from gbkg.network.projection import Selection, edges, network
from gbkg.render.draw.network import RELATIONS

ALLIANCE, MACAU, PATEK = (
    PREFIXES["id"] + slug for slug in ("gba-blockchain-alliance", "university-of-macau", "patek")
)  # fmt: skip


@pytest.fixture(scope="module")
def kg(real_build: Path) -> KnowledgeGraph:
    return knowledge.open(SHIPPED, real_build / "gbkg.nq")


def take(kg: KnowledgeGraph, request: ExcerptRequest, most: int = 300) -> Excerpt:
    return excerpt(kg, network(kg, request.selection), request, most)


def iris(found: Excerpt) -> set[str]:
    return {node.iri for node in found.nodes}


def test_it_begins_with_the_relations_of_the_chosen_families(kg: KnowledgeGraph) -> None:
    found = take(kg, ExcerptRequest(relations=RELATIONS))
    chosen = network(kg, Selection(relations=RELATIONS))
    assert found.edges == tuple(edges(chosen))
    assert set(found.families) <= set(RELATIONS)
    assert found.total == len(found.nodes) == len({end for e in found.edges for end in (e.subject, e.object)})


def test_an_entity_comes_with_its_neighbours_and_the_counts_of_what_lies_beyond(kg: KnowledgeGraph) -> None:
    found = take(kg, ExcerptRequest(starts=(ALLIANCE,)))
    first = found.nodes[0]
    assert (first.iri, first.open, first.more) == (ALLIANCE, True, 0)
    assert first.near == len(found.nodes) - 1
    steps = kg.neighbours("gba-blockchain-alliance").steps
    assert iris(found) == {ALLIANCE, *(step.there for step in steps)}
    assert {edge for step in steps for edge in step.relations} == set(found.edges)
    for node in found.nodes[1:]:
        around = {step.there for step in kg.neighbours(node.iri).steps}
        assert (node.near, node.more) == (len(around), len(around - iris(found)))


def test_opening_adds_as_many_as_were_promised(kg: KnowledgeGraph) -> None:
    before = take(kg, ExcerptRequest(starts=(ALLIANCE,)))
    node = next(node for node in before.nodes if node.more)
    after = take(kg, ExcerptRequest(starts=(ALLIANCE,), opened=(node.iri,)))
    assert len(after.nodes) == len(before.nodes) + node.more
    assert iris(before) < iris(after)
    assert set(before.edges) <= set(after.edges)


def test_a_path_has_the_entities_of_the_shortest_path(kg: KnowledgeGraph) -> None:
    found = take(kg, ExcerptRequest(pairs=((MACAU, PATEK),)))
    (way,) = kg.path("university-of-macau", "patek").found
    assert iris(found) == {MACAU, *(hop.there for hop in way)}
    assert found.apart == ()
    cut = take(kg, ExcerptRequest(pairs=((MACAU, PATEK),), hidden=frozenset(FAMILIES)))
    assert cut.apart == ((MACAU, PATEK),)
    assert (iris(cut), cut.edges) == ({MACAU, PATEK}, ())


def test_hidden_kinds_are_counted_and_shut_entities_are_gone(kg: KnowledgeGraph) -> None:
    request = ExcerptRequest(relations=RELATIONS)
    whole, founded = take(kg, request), take(kg, replace(request, hidden=frozenset({"founding"})))
    family = family_of(kg)
    assert {family(edge.relation) for edge in founded.edges} == set(whole.families) - {"founding"}
    shut = take(kg, replace(request, shut=frozenset({ALLIANCE})))
    assert iris(shut) == iris(whole) - {ALLIANCE}
    assert not any(ALLIANCE in edge.triple for edge in shut.edges)


def test_the_bound_keeps_what_matters_most_and_says_how_many_there_are(kg: KnowledgeGraph) -> None:
    request = ExcerptRequest(starts=(ALLIANCE,), opened=(PREFIXES["id"] + "guangzhou",))
    whole, few = take(kg, request), take(kg, request, 5)
    assert few.nodes[0].iri == ALLIANCE
    assert (len(few.nodes), few.total) == (5, len(whole.nodes))
    assert few.total > 20


def test_a_date_and_inferred_relations_are_those_of_the_network(kg: KnowledgeGraph) -> None:
    request = ExcerptRequest(starts=(ALLIANCE,), among=True)
    dated = take(kg, replace(request, selection=Selection(as_of="2018-10")))
    assert not any(edge.relation.endswith("foundedBy") for edge in dated.edges)
    inferred = take(kg, replace(request, selection=Selection(inferred=True)))
    assert any(edge.inferred for edge in inferred.edges)
    assert {edge.triple for edge in take(kg, request).edges} < {edge.triple for edge in inferred.edges}
