"""Measures against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from networks import edge, network

from gbkg.network import measures
from gbkg.network.measures import Analysis, NodeMeasures, analyse, undirected

LINE = "ab bc cd de"
STAR = "xa xb xc xd"
TRIANGLES = "ab bc ca cd de ef fd"  # two triangles, joined by the bridge c – d


def place(found: Analysis, node: str) -> NodeMeasures:
    return next(place for place in found.places if place.iri == node)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        # Of the six pairs of other nodes, three lead through b, four through the middle.
        (LINE, {"a": 0, "b": 3 / 6, "c": 4 / 6, "d": 3 / 6, "e": 0}),
        (STAR, {"x": 1, "a": 0, "d": 0}),
        # Of ten pairs, c lies between a, b and d, e, f.
        (TRIANGLES, {"a": 0, "c": 6 / 10, "d": 6 / 10, "f": 0}),
        # Two shortest paths between a and c, one of them through b.
        ("ab bc cd da", {"a": 0.5 / 3, "b": 0.5 / 3}),
    ],
)
def test_betweenness_is_the_share_of_pairs_whose_shortest_paths_lead_through(
    links: str, expected: dict[str, float]
) -> None:
    found, _ = measures.betweenness(undirected(network(links)))
    assert {node: found[node] for node in expected} == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("links", "alone", "expected"),
    [
        (LINE, "", {"a": 4 / 10, "b": 4 / 7, "c": 4 / 6}),
        (STAR, "", {"x": 1, "a": 4 / 7}),
        # a reaches one node of four at one step: 1/1 times 1/4; of a node alone nothing is near.
        ("ab cd", "e", {"a": 1 / 4, "c": 1 / 4, "e": 0}),
    ],
)
def test_closeness_is_scaled_by_how_much_is_reached(links: str, alone: str, expected: dict[str, float]) -> None:
    found, _ = measures.closeness(undirected(network(links, alone=alone)))
    assert {node: found[node] for node in expected} == pytest.approx(expected, abs=1e-6)


def test_direction_and_parallel_relations_do_not_change_the_undirected_measures() -> None:
    one, other = network("ab bc"), network("ba ab bc cb")
    assert measures.betweenness(undirected(one)) == measures.betweenness(undirected(other))
    assert measures.closeness(undirected(one)) == measures.closeness(undirected(other))


def test_degree_counts_neighbours_and_edges_count_relations() -> None:
    found = place(analyse(network("ab ba bc")), "b")
    assert (found.degree, found.ins, found.outs, found.edges) == (2, 1, 2, 3)


def test_components_are_weak_and_come_by_size() -> None:
    found = analyse(network("ab cb de", alone="z"))
    assert (found.components, found.alone) == ((("a", "b", "c"), ("d", "e")), ("z",))
    assert place(found, "z").community == 0
    assert [place(found, node).component for node in "adz"] == [1, 2, 0]


def test_two_triangles_are_two_communities_and_their_link_the_only_bridge() -> None:
    found = analyse(network(TRIANGLES))
    assert found.communities == (("a", "b", "c"), ("d", "e", "f"))
    # 7 links, 3 within each and degrees adding up to 7 on each side: 2 (3/7 - (7/14)^2).
    assert found.modularity == pytest.approx(2 * (3 / 7 - 1 / 4), abs=1e-6)
    assert [(bridge.ends, bridge.cut) for bridge in found.bridges] == [(("c", "d"), 3)]
    assert {place.iri: place.joint for place in found.places if place.joint} == {"c": 2, "d": 2}


def test_every_link_of_a_line_is_a_bridge_the_most_dividing_first() -> None:
    found = analyse(network(LINE))
    assert [(bridge.labels, bridge.cut) for bridge in found.bridges] == [
        (("b", "c"), 2),
        (("c", "d"), 2),
        (("a", "b"), 1),
        (("d", "e"), 1),
    ]


def test_the_middle_of_a_star_holds_four_pieces_together() -> None:
    found = analyse(network(STAR))
    assert [(place.iri, place.joint) for place in found.places if place.joint] == [("x", 4)]


def test_a_pair_joined_by_two_relations_is_still_a_bridge_with_both() -> None:
    (found,) = analyse(network("ab ba")).bridges
    assert [relation.subject for relation in found.relations] == ["a", "b"]


def test_reciprocity_is_the_share_of_linked_ordered_pairs_linked_back() -> None:
    found = measures.reciprocity(network("ab ba bc"))
    assert (found.linked, found.mutual, found.share) == (3, 2, pytest.approx(2 / 3, abs=1e-6))
    # Three of six ordered pairs are linked: (2/3 - 1/2) / (1 - 1/2).
    assert found.density == 0.5
    assert found.rho == pytest.approx(1 / 3, abs=1e-6)


def test_reciprocity_of_nothing_and_of_everything() -> None:
    empty, full = measures.reciprocity(network("", alone="ab")), measures.reciprocity(network("ab ba"))
    assert (empty.share, empty.rho) == (None, None)
    assert (full.share, full.rho) == (1.0, None)


def test_an_inferred_relation_back_is_no_reciprocity() -> None:
    graph = network("ab")
    back = edge("b", "memberOf", "a", inferred=True)
    graph.add_edge("b", "a", key=back.relation, **asdict(back))
    assert measures.reciprocity(graph).mutual == 0


def test_reciprocity_between_agents_leaves_places_out() -> None:
    graph = network("ab ba bc")
    graph.nodes["a"]["kind"] = "place"
    found = analyse(graph)
    assert (found.reciprocity.mutual, found.alliances.linked, found.alliances.mutual) == (2, 1, 0)


def test_partners_are_those_who_set_something_up_together() -> None:
    graph = network("xa xb ya yb", relation="foundedBy")
    graph.add_edges_from(network("ab", relation="controlledBy").edges(keys=True, data=True))
    (found,), crowds = measures.partners(graph)
    assert crowds == ()
    assert (found.ends, found.undertakings, found.direct) == (("a", "b"), ("x", "y"), True)


def test_operators_are_no_partners() -> None:
    assert measures.partners(network("xa xb", relation="operatedBy")) == ((), ())


def test_an_empty_network_has_empty_measures() -> None:
    found = analyse(network(""))
    assert (found.places, found.components, found.communities, found.modularity) == ((), (), (), None)


def test_equal_places_come_by_label() -> None:
    assert [place.iri for place in analyse(network("dc ba")).places] == ["a", "b", "c", "d"]
