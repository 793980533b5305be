"""Measures at size: the engines agree, estimates keep within their errors, and what is bounded says so."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from itertools import combinations

import networkx as nx
import pytest
from networks import edge, network

from gbkg.network import centrality, measures, paths, structure, withdraw
from gbkg.network.centrality import CONFIDENCE, Effort, Simple, numbered
from gbkg.network.measures import analyse, undirected
from gbkg.network.projection import Network

RUNS = 60


def drawn(seed: int) -> Network:
    """A random network: some sparse and in pieces, some dense, some with hubs, with parallel and opposite relations and
    nodes without any; the nodes in no order of their names."""
    dice = random.Random(seed)
    size = dice.randrange(3, 40)
    shapes = (
        lambda: nx.gnm_random_graph(size, dice.randrange(1, 2 * size), seed=seed),
        lambda: nx.barabasi_albert_graph(size, min(2, size - 1), seed=seed),
        lambda: nx.path_graph(size),
        lambda: nx.cycle_graph(size),
        lambda: nx.random_labeled_tree(size, seed=seed),
        lambda: nx.disjoint_union(nx.complete_graph(size // 3), nx.star_graph(size // 2)),
    )
    plain, graph = shapes[seed % len(shapes)](), network("")
    names = [f"n{number}" for number in plain]
    dice.shuffle(names)
    for name in names:
        graph.add_node(name, label=name, type="Company", type_label="company", kind="agent", slug=name)
    for one, other in plain.edges():
        for relation in dice.sample(["partOf", "foundedBy", "settledIn"], dice.randrange(1, 3)):
            ends = (names[one], names[other]) if dice.random() < 0.5 else (names[other], names[one])
            made = edge(ends[0], relation, ends[1])
            graph.add_edge(*ends, key=made.relation, **asdict(made))
    return graph


def star(rays: int) -> Network:
    graph = network("", alone="x")
    for number in range(rays):
        name = f"ray {number:05}"
        graph.add_node(name, label=name, type="Company", type_label="company", kind="agent", slug=name)
        made = edge("x", "foundedBy", name)
        graph.add_edge("x", name, key=made.relation, **asdict(made))
    return graph


# ---- Exact measures, whatever takes them


@pytest.mark.parametrize("seed", range(RUNS))
def test_rustworkx_gives_the_betweenness_of_networkx(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rustworkx")
    simple = undirected(drawn(seed))
    expected = nx.betweenness_centrality(simple)
    found = centrality.by_rustworkx(simple)
    assert list(found) == list(simple)
    assert found == pytest.approx(expected, abs=1e-9)
    before = measures.betweenness(simple)
    monkeypatch.setattr(centrality, "SMALL", -1)
    assert centrality.engine(simple) == "rustworkx"
    assert measures.betweenness(simple) == before


@pytest.mark.parametrize("seed", range(RUNS))
def test_the_order_of_places_does_not_depend_on_the_engine(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rustworkx")
    graph = drawn(seed)
    before = analyse(graph)
    monkeypatch.setattr(centrality, "SMALL", -1)
    assert analyse(graph) == before


@pytest.mark.parametrize("seed", range(RUNS))
def test_closeness_is_that_of_networkx(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    simple = undirected(drawn(seed))
    expected = nx.closeness_centrality(simple)
    assert centrality.from_distances(simple)[0] == pytest.approx(expected, abs=1e-12)
    monkeypatch.setattr(centrality, "BITS", 7)  # several batches
    assert centrality.from_distances(simple)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(RUNS))
def test_cuts_are_what_taking_them_away_does(seed: int) -> None:
    graph = drawn(seed)
    simple = undirected(graph)
    simple.remove_nodes_from([node for node in list(simple) if not simple.degree(node)])
    parts = nx.number_connected_components(simple)
    found = analyse(graph)
    for place in found.places:
        rest = simple.subgraph(set(simple) - {place.iri})
        pieces = nx.number_connected_components(rest) - parts + 1 if place.iri in simple else 1
        assert place.joint == (pieces if pieces > 1 else 0)
    assert {frozenset(bridge.ends) for bridge in found.bridges} == set(map(frozenset, nx.bridges(simple)))
    for bridge in found.bridges:
        rest = nx.Graph(simple)
        rest.remove_edge(*bridge.ends)
        assert bridge.cut == min(len(nx.node_connected_component(rest, end)) for end in bridge.ends)
        assert {relation.triple for relation in bridge.relations} == {
            (data["subject"], data["relation"], data["object"])
            for *ends, data in graph.edges(data=True)
            if set(ends) == set(bridge.ends)
        }


def test_a_network_without_its_lonely_nodes_is_measured_as_if_it_had_none() -> None:
    with_lonely, without = network("ab bc", alone="yz"), network("ab bc")
    found = analyse(with_lonely, alone=False)
    assert found.alone == ("y", "z")
    assert replace(found, alone=()) == analyse(without)
    assert analyse(with_lonely) != analyse(without)


# ---- Samples


def off(simple: Simple, seed: int, samples: int) -> tuple[bool, bool]:
    """Whether any value lies outside the stated error: of betweenness, of closeness."""
    found = []
    for estimate, exact in (
        (centrality.sampled_betweenness(simple, samples, seed), nx.betweenness_centrality(simple)),
        (centrality.from_distances(simple, samples, seed), nx.closeness_centrality(simple)),
    ):
        values, method = estimate
        assert method.how == "sampled" and method.samples == samples and method.error is not None
        found.append(max(abs(values[node] - exact[node]) for node in exact) > method.error)
    return found[0], found[1]


@pytest.mark.parametrize(
    "simple",
    [
        nx.barabasi_albert_graph(80, 2, seed=1),
        nx.star_graph(60),
        nx.path_graph(50),
        nx.gnm_random_graph(90, 80, seed=3),
    ],
    ids=["hubs", "star", "line", "pieces"],
)
def test_the_truth_lies_within_the_stated_error_as_often_as_stated(simple: Simple) -> None:
    named = nx.relabel_nodes(simple, str)
    runs = [off(named, seed, 40) for seed in range(40)]
    for measure in (0, 1):
        assert sum(run[measure] for run in runs) <= (1 - CONFIDENCE) * len(runs)


def test_estimates_draw_near_the_truth_and_their_error_with_them() -> None:
    simple = undirected(drawn(7))
    exact = nx.betweenness_centrality(simple)
    (few, rough), (many, fine) = (centrality.sampled_betweenness(simple, samples) for samples in (100, 30_000))
    assert fine.error is not None and rough.error is not None
    assert fine.error == pytest.approx(rough.error / 300**0.5, abs=1e-5)
    assert max(abs(many[node] - exact[node]) for node in exact) < 0.01 > fine.error / 2
    assert max(abs(few[node] - exact[node]) for node in exact) > 0.01


@pytest.mark.parametrize("seed", range(12))
def test_every_shortest_path_is_drawn_and_about_as_often(seed: int) -> None:
    simple = undirected(drawn(seed))
    graph, dice = numbered(simple), random.Random(seed)
    group = max(graph.components, key=len)
    for start, goal in dice.sample(list(combinations(group, 2)), min(5, len(group) - 1)):
        ends = graph.nodes[start], graph.nodes[goal]
        expected = {frozenset(path[1:-1]) for path in nx.all_shortest_paths(simple, *ends)}
        tries = 200 * len(expected)
        drawn_ones = [
            frozenset(graph.nodes[node] for node in centrality.shortest_path(graph.near, start, goal, dice))
            for _ in range(tries)
        ]
        assert set(drawn_ones) == expected
        assert all(120 < drawn_ones.count(path) < 300 for path in expected)


def test_the_same_graph_gives_the_same_sample_and_says_so() -> None:
    one, two = (analyse(drawn(13), Effort(samples=50)) for _ in range(2))
    assert one == two
    method = one.method("betweenness")
    assert (method.how, method.samples, method.confidence, method.seed) == ("sampled", 50, 0.95, 0)
    assert f"{method.error:.4f}" in method.remark and "50" in method.remark


def test_a_sample_of_all_nodes_is_no_estimate() -> None:
    values, method = measures.closeness(undirected(network("ab bc cd")), Effort(samples=10))
    assert (method.how, method.error, method.remark) == ("exact", None, "")
    assert values["b"] == pytest.approx(0.75)


def test_size_decides_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    simple = undirected(drawn(1))
    assert measures.betweenness(simple)[1].how == "exact"
    monkeypatch.setattr(centrality, "FEASIBLE", {"networkx": 10, "rustworkx": 10})
    monkeypatch.setattr(centrality, "NEAR", 10)
    monkeypatch.setattr(centrality, "NODES", 5)
    assert measures.betweenness(simple)[1].how == measures.closeness(simple)[1].how == "sampled"
    exact = Effort(exact=True)
    assert measures.betweenness(simple, exact)[1].how == measures.closeness(simple, exact)[1].how == "exact"


def test_without_rustworkx_networkx_takes_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centrality, "SMALL", -1)
    monkeypatch.setattr(centrality, "find_spec", lambda _: None)
    assert centrality.engine(undirected(drawn(1))) == "networkx"


def test_a_change_that_may_be_chance_is_no_change() -> None:
    before, after = network("ab bc cd de"), network("ab bc cd")
    found = withdraw.compare(before, after, Effort(samples=20))
    assert {change.measure for change in found.changes}.isdisjoint({"betweenness"})
    assert "degree" in {change.measure for change in found.changes}


# ---- Communities and partners


def test_large_networks_get_louvain_communities_and_larger_ones_none(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = network("ab bc ca cd de ef fd")
    monkeypatch.setattr(structure, "GREEDY", 3)
    found = analyse(graph)
    assert found.communities == (("a", "b", "c"), ("d", "e", "f"))
    assert "Louvain" in found.method("communities").remark
    assert analyse(graph, Effort(exact=True)).method("communities").how == "greedy"
    monkeypatch.setattr(structure, "LOUVAIN", 5)
    found = analyse(graph)
    assert (found.communities, found.modularity, found.places[0].community) == ((), None, 0)
    assert "not sought" in found.method("communities").remark


def test_a_crowd_of_founders_is_counted_and_not_paired() -> None:
    found = analyse(star(101), Effort(samples=10))
    assert found.partners == ()
    assert [(crowd.iri, crowd.makers) for crowd in found.crowds] == [("x", 101)]
    assert len(analyse(star(100), Effort(samples=10)).partners) == 4950


# ---- Paths


@pytest.mark.parametrize("seed", range(RUNS))
def test_paths_are_all_simple_paths_by_length_and_label(seed: int) -> None:
    graph = drawn(seed)
    simple = undirected(graph)
    group = max(nx.connected_components(simple), key=len)
    start, goal = random.Random(seed).sample(sorted(group), 2)
    length = nx.shortest_path_length(simple, start, goal) + 1
    expected = sorted(nx.all_simple_paths(simple, start, goal, cutoff=length), key=lambda path: (len(path), path))[:12]
    found = paths.shortest(graph, start, goal, len(expected))
    assert isinstance(found, paths.Paths) and found.complete
    assert [[start, *(step.there for step in steps)] for steps in found] == expected


def test_the_first_of_very_many_shortest_paths_comes_at_once() -> None:
    # 2^60 shortest paths: a ladder of sixty diamonds.
    graph = network("")
    for number in range(61):
        for side in "abm":
            name = f"{number:02}{side}"
            graph.add_node(name, label=name, type="Company", type_label="company", kind="agent", slug=name)
    for number in range(60):
        for side in "ab":
            for ends in ((f"{number:02}m", f"{number:02}{side}"), (f"{number:02}{side}", f"{number + 1:02}m")):
                made = edge(ends[0], "partOf", ends[1])
                graph.add_edge(*ends, key=made.relation, **asdict(made))
    found = paths.shortest(graph, "00m", "60m", 2)
    assert isinstance(found, paths.Paths) and found.complete
    assert ["".join(step.there[-1] for step in steps) for steps in found] == ["am" * 60, "am" * 59 + "bm"]
    values, method = centrality.sampled_betweenness(undirected(graph), 400)
    assert method.error is not None and values["30m"] == pytest.approx(
        nx.betweenness_centrality(undirected(graph))["30m"], abs=method.error
    )


def test_a_search_that_stops_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST", 2)
    graph = network("az ab bz ac cz ad dz")
    found = paths.shortest(graph, "a", "z", 2)
    assert isinstance(found, paths.Paths) and not found.complete and len(found) == 2
    whole = paths.shortest(graph, "a", "z", 4)
    assert isinstance(whole, paths.Paths) and whole.complete and len(whole) == 4


def test_of_a_hub_only_so_many_links_are_made() -> None:
    graph = star(10_000)
    found = paths.neighbours(graph, "x", most=3)
    assert [step.there for step in found] == ["ray 00000", "ray 00001", "ray 00002"]
    assert [len(links) for links in paths.rings(graph, "ray 00007", 5)] == [1, 9_999]
