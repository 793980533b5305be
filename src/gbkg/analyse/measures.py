"""Measures of a network, each by its published definition; docs/analysis.md says which graph each is taken on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import networkx as nx

from gbkg.analyse.projection import Edge, Network, edges, labels, linked

Simple: TypeAlias = "nx.Graph[str]"

DIGITS = 6
"""Decimal places of every measure: beyond them, floating point depends on the order of addition."""


@dataclass(frozen=True, slots=True)
class Place:
    """One node's measures. `degree` counts distinct neighbours, `ins` and `outs` those by direction, `edges` the
    relations themselves. `component` and `community` are numbers from 1, the largest first, and 0 for a node without
    edges. `joint` is 0, or the number of pieces that the node's component falls into without it, if that is more than
    one."""

    iri: str
    label: str
    degree: int
    ins: int
    outs: int
    edges: int
    betweenness: float
    closeness: float
    component: int
    community: int
    joint: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """A pair of nodes whose link holds its component together: `relations` are the edges between the two, `cut` the
    number of nodes on the smaller side."""

    ends: tuple[str, str]
    labels: tuple[str, str]
    cut: int
    relations: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How far a network's ties go both ways: `linked` ordered pairs, `mutual` of them linked the other way round too,
    `share` = mutual / linked, `density` of the ordered pairs, and `rho` (see `reciprocity`), which is None where it is
    not defined."""

    nodes: int
    linked: int
    mutual: int
    share: float | None
    density: float
    rho: float | None


@dataclass(frozen=True, slots=True)
class Partners:
    """Two agents that set something up together: `undertakings` are what, `direct` whether a relation also joins the
    two themselves."""

    ends: tuple[str, str]
    labels: tuple[str, str]
    undertakings: tuple[str, ...]
    direct: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """All measures of one network. `places` come by betweenness, degree and label; `bridges` by cut and labels;
    `components` and `communities` are groups of nodes, the largest first, each sorted by label; nodes without an edge
    are in none, but in `alone`. `reciprocity` is that of all edges, `alliances` that between agents alone
    (`agents`)."""

    places: tuple[Place, ...]
    pairs: int
    edges: int
    components: tuple[tuple[str, ...], ...]
    communities: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...]
    modularity: float | None
    bridges: tuple[Bridge, ...]
    reciprocity: Reciprocity
    alliances: Reciprocity
    partners: tuple[Partners, ...]


def analyse(graph: Network) -> Analysis:
    """The measures of a network as `projection.network` gives it; nodes without an edge count as nodes."""
    simple, named = undirected(graph), labels(graph)
    alone = _by_label((node for node in simple if not simple.degree(node)), named)
    core: Simple = simple.subgraph([node for node in simple if simple.degree(node)])
    components = grouped(nx.connected_components(core), named)
    communities = grouped(_communities(core), named)
    return Analysis(
        places=_places(graph, simple, components, communities),
        pairs=simple.number_of_edges(),
        edges=graph.number_of_edges(),
        components=components,
        communities=communities,
        alone=alone,
        modularity=round(nx.community.modularity(core, communities), DIGITS) if core else None,
        bridges=_bridges(graph, simple),
        reciprocity=reciprocity(graph),
        alliances=reciprocity(agents(graph)),
        partners=partners(graph),
    )


def undirected(graph: Network) -> Simple:
    """The simple undirected graph: one link between two nodes, whatever relates them and in whichever direction."""
    simple: Simple = nx.Graph()
    simple.add_nodes_from(graph.nodes)
    simple.add_edges_from((source, target) for source, target in graph.edges() if source != target)
    return simple


def betweenness(simple: Simple) -> dict[str, float]:
    """Node to the share of the pairs of other nodes whose shortest paths lead through it, 0 to 1; a pair with several
    shortest paths counts in proportion; a pair without a path counts nothing.

    U. Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25 (2001) 163-177,
    https://doi.org/10.1080/0022250X.2001.9990249. Divided by (n-1)(n-2)/2, n being the number of nodes.
    """
    return {node: round(value, DIGITS) for node, value in nx.betweenness_centrality(simple, normalized=True).items()}


def closeness(simple: Simple) -> dict[str, float]:
    """Node to its nearness to what it can reach, 0 to 1: reached / distances, times reached / (n-1), where `reached`
    is the number of other nodes in its component and `distances` the sum of their distances. 1 is a node one step from
    all; a small component does not look better than a large one.

    S. Wasserman, K. Faust, Social Network Analysis, Cambridge University Press 1994, p. 200-201.
    """
    return {node: round(value, DIGITS) for node, value in nx.closeness_centrality(simple, wf_improved=True).items()}


def reciprocity(graph: Network) -> Reciprocity:
    """How many ordered pairs (a, b) that are linked are linked as (b, a) too, parallel relations counting once.
    Inferred relations do not count: a membership inferred from a founding only says the founding backwards.

    `rho` = (share - density) / (1 - density): 0 is what chance would give with so many links, below 0 ties avoid going
    back. D. Garlaschelli, M. I. Loffredo, Patterns of link reciprocity in directed networks, Physical Review Letters 93
    (2004) 268701, https://doi.org/10.1103/PhysRevLett.93.268701.
    """
    claimed = [edge for edge in edges(graph) if not edge.inferred and edge.subject != edge.object]
    directed: nx.DiGraph[str] = nx.DiGraph()
    directed.add_edges_from((edge.subject, edge.object) for edge in claimed)
    nodes, linked = graph.number_of_nodes(), directed.number_of_edges()
    mutual = sum(directed.has_edge(target, source) for source, target in directed.edges())
    density = linked / (nodes * (nodes - 1)) if nodes > 1 else 0.0
    share = mutual / linked if linked else None
    rho = None if share is None or density == 1 else round((share - density) / (1 - density), DIGITS)
    return Reciprocity(
        nodes, linked, mutual, None if share is None else round(share, DIGITS), round(density, DIGITS), rho
    )


def agents(graph: Network) -> Network:
    """The part of a network whose nodes are organizations and persons and have an edge to another such node: who
    founded, initiated, joined, holds or runs whom."""
    chosen = [node for node, attributes in graph.nodes(data=True) if attributes["kind"] == "agent"]
    return linked(graph.subgraph(chosen))


def partners(graph: Network) -> tuple[Partners, ...]:
    """Every pair of nodes that one subject names as what it was founded, initiated or otherwise established by."""
    label = labels(graph)
    founders: dict[str, set[str]] = {}
    for edge in edges(graph):
        if edge.relation.rpartition("#")[2] in ("establishedBy", "foundedBy", "initiatedBy"):
            founders.setdefault(edge.subject, set()).add(edge.object)
    shared: dict[tuple[str, str], list[str]] = {}
    for made, makers in founders.items():
        for one, other in combinations(_by_label(makers, label), 2):
            shared.setdefault((one, other), []).append(made)
    simple = undirected(graph)
    found = [
        Partners(ends, (label[ends[0]], label[ends[1]]), _by_label(made, label), simple.has_edge(*ends))
        for ends, made in shared.items()
    ]
    return tuple(sorted(found, key=lambda pair: (-len(pair.undertakings), pair.labels, pair.ends)))


def grouped(groups: Iterable[Iterable[str]], label: dict[str, str]) -> tuple[tuple[str, ...], ...]:
    """The groups, the largest first, then by labels; each sorted by label, then IRI."""
    ordered = [_by_label(group, label) for group in groups]
    return tuple(sorted(ordered, key=lambda group: (-len(group), [(label[node], node) for node in group])))


def _communities(core: Simple) -> list[Iterable[str]]:
    """Groups with many links inside and few between them: greedy modularity maximisation, which has no randomness.
    Every node of `core` has a link.

    A. Clauset, M. E. J. Newman, C. Moore, Finding community structure in very large networks, Physical Review E 70
    (2004) 066111, https://doi.org/10.1103/PhysRevE.70.066111.
    """
    return [*nx.community.greedy_modularity_communities(core)] if core else []


def _places(
    graph: Network, simple: Simple, components: tuple[tuple[str, ...], ...], communities: tuple[tuple[str, ...], ...]
) -> tuple[Place, ...]:
    between, close = betweenness(simple), closeness(simple)
    component = {node: number for number, group in enumerate(components, start=1) for node in group}
    community = {node: number for number, group in enumerate(communities, start=1) for node in group}
    joints = {node: _pieces(simple, node, components[component[node] - 1]) for node in nx.articulation_points(simple)}
    found = [
        Place(
            node,
            label,
            simple.degree(node),
            len(set(graph.predecessors(node)) - {node}),
            len(set(graph.successors(node)) - {node}),
            graph.degree(node),
            between[node],
            close[node],
            component.get(node, 0),
            community.get(node, 0),
            joints.get(node, 0),
        )
        for node, label in labels(graph).items()
    ]
    return tuple(sorted(found, key=lambda p: (-p.betweenness, -p.degree, p.label, p.iri)))


def _pieces(simple: Simple, node: str, component: tuple[str, ...]) -> int:
    """Into how many pieces its component falls without the node.

    Articulation points and bridges: R. Tarjan, A note on finding the bridges of a graph, Information Processing
    Letters 2 (1974) 160-161, https://doi.org/10.1016/0020-0190(74)90003-9; J. Hopcroft, R. Tarjan, Algorithm 447,
    Communications of the ACM 16 (1973) 372-378, https://doi.org/10.1145/362248.362272.
    """
    return int(nx.number_connected_components(simple.subgraph([other for other in component if other != node])))


def _bridges(graph: Network, simple: Simple) -> tuple[Bridge, ...]:
    label = labels(graph)
    between: dict[frozenset[str], list[Edge]] = {}
    for edge in edges(graph):
        between.setdefault(frozenset((edge.subject, edge.object)), []).append(edge)
    found = []
    for one, other in list(nx.bridges(simple)):
        ends = _by_label((one, other), label)
        without = simple.copy()
        without.remove_edge(one, other)
        cut = min(len(nx.node_connected_component(without, end)) for end in ends)
        named = (label[ends[0]], label[ends[1]])
        found.append(Bridge((ends[0], ends[1]), named, cut, tuple(between[frozenset(ends)])))
    return tuple(sorted(found, key=lambda bridge: (-bridge.cut, bridge.labels, bridge.ends)))


def _by_label(nodes: Iterable[str], label: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(nodes, key=lambda node: (label[node], node)))
