"""Measures of a network, each by its published definition; docs/analysis.md says on which graph each is computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from itertools import combinations
from typing import Any

import networkx as nx

from gbkg.network.centrality import DIGITS, Effort, Method, Simple, betweenness, closeness
from gbkg.network.projection import Edge, Network, labels
from gbkg.network.structure import Bridge, communities, find_cuts

MAKERS = 100
"""Most makers of one undertaking that are paired with one another; more are only counted."""


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """One node's measures. `degree` counts distinct neighbours, `ins` and `outs` those by direction, `edges` the
    relations themselves. `component` and `community` are numbers from 1, the largest first, and 0 for a node without
    edges. `joint` is 0, or the number of components into which the node's own breaks without it, if that is more
    than one."""

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
class Crowd:
    """What was set up by more than `MAKERS` together, who are therefore not among the partners: an undertaking, and how
    many makers it has."""

    iri: str
    label: str
    makers: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """All measures of one network. `places` come by betweenness, degree and label; `bridges` by cut and labels;
    `components` and `communities` are groups of nodes, the largest first, each sorted by label; nodes without an edge
    are in none, but in `alone`. `reciprocity` is that of all edges, `alliances` that between agents alone
    (`agents`). `methods` say how betweenness, closeness and communities were computed."""

    places: tuple[NodeMeasures, ...]
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
    crowds: tuple[Crowd, ...]
    methods: tuple[Method, ...]
    network: Network = field(repr=False, compare=False)

    def method(self, measure: str) -> Method:
        """How `betweenness`, `closeness` or `communities` were computed."""
        return next(method for method in self.methods if method.measure == measure)

    def label(self, node: str) -> str:
        return str(self.network.nodes[node]["label"])

    def sentence(self, edge: Edge) -> str:
        """An edge in words."""
        return f"{self.label(edge.subject)} {edge.label} {self.label(edge.object)}"

    def measures(self) -> dict[str, Any]:
        """Every field but the network as plain values."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.name != "network"}

    def to_dict(self, top: int | None = None) -> dict[str, Any]:
        """Plain values for JSON: the fields, of `places` the first `top` or all, and under `relations` every edge of
        the network with its claims."""
        return {**replace(self, places=self.places[:top]).measures(), "relations": self.relations()}

    def relations(self) -> list[dict[str, Any]]:
        """Every edge of the network as plain values, in its order."""
        return [attributes for _, _, attributes in self.network.edges(data=True)]


def analyse(graph: Network, effort: Effort | None = None, *, alone: bool = True) -> Analysis:
    """The measures of a network as `projection.network` gives it. Nodes without an edge count as nodes; with `alone`
    false every measure is that of the network without them."""
    effort, simple, named = effort or Effort(), undirected(graph), labels(graph)
    single = _by_label((node for node in simple if not simple.degree(node)), named)
    core = simple
    if single:
        core = undirected(graph)
        core.remove_nodes_from(single)
    whole = simple if alone else core
    components = grouped(nx.connected_components(core), named)
    groups, sought = communities(core, effort)
    divided = grouped(groups, named)
    between, close = betweenness(whole, effort), closeness(whole, effort)
    joints, bridges = find_cuts(graph, core)
    pairs, crowds = partners(graph)
    return Analysis(
        places=_places(graph, whole, between[0], close[0], _numbers(components), _numbers(divided), joints),
        pairs=core.number_of_edges(),
        edges=graph.number_of_edges(),
        components=components,
        communities=divided,
        alone=single,
        modularity=round(nx.community.modularity(core, divided), DIGITS) if divided else None,
        bridges=bridges,
        reciprocity=reciprocity(graph, whole),
        alliances=reciprocity(graph, agents(graph)),
        partners=pairs,
        crowds=crowds,
        methods=(between[1], close[1], sought),
        network=graph,
    )


def plain(value: Any) -> Any:
    """A record, or a tuple of them, as JSON has it."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def undirected(graph: Network) -> Simple:
    """The simple undirected graph: one link between two nodes, whatever relates them and in whichever direction."""
    simple: Simple = nx.Graph()
    simple.add_nodes_from(graph.nodes)
    simple.add_edges_from((source, target) for source, target in graph.edges() if source != target)
    return simple


def reciprocity(graph: Network, nodes: Collection[str] | None = None) -> Reciprocity:
    """How many ordered pairs (a, b) of the nodes, by default of all, that are linked are linked as (b, a) too, parallel
    relations counting once. Inferred relations do not count: a membership inferred from a founding only says the
    founding backwards.

    `rho` = (share - density) / (1 - density): 0 is what chance would give with so many links, below 0 ties avoid going
    back. D. Garlaschelli, M. I. Loffredo, Patterns of link reciprocity in directed networks, Physical Review Letters 93
    (2004) 268701, https://doi.org/10.1103/PhysRevLett.93.268701.
    """
    among = graph if nodes is None else nodes
    directed = {
        (source, target)
        for source, target, inferred in graph.edges(data="inferred")
        if not inferred and source != target and source in among and target in among
    }
    count, linked = len(among), len(directed)
    mutual = sum((target, source) in directed for source, target in directed)
    density = linked / (count * (count - 1)) if count > 1 else 0.0
    share = mutual / linked if linked else None
    rho = None if share is None or density == 1 else round((share - density) / (1 - density), DIGITS)
    return Reciprocity(
        count, linked, mutual, None if share is None else round(share, DIGITS), round(density, DIGITS), rho
    )


def agents(graph: Network) -> frozenset[str]:
    """The nodes that are organizations or persons and have an edge to another such node: who founded, initiated,
    joined, holds or runs whom."""
    chosen = {node for node, kind in graph.nodes(data="kind") if kind == "agent"}
    return frozenset(end for ends in graph.edges() if chosen.issuperset(ends) for end in ends)


def partners(graph: Network) -> tuple[tuple[Partners, ...], tuple[Crowd, ...]]:
    """Every pair of nodes that one subject names as what it was founded, initiated or otherwise established by, those
    with the most undertakings first, then by labels; and the subjects that name too many to pair (`MAKERS`), the
    greatest first."""
    label = labels(graph)
    makers: dict[str, set[str]] = {}
    for source, target, relation in graph.edges(data="relation"):
        if relation.rpartition("#")[2] in ("establishedBy", "foundedBy", "initiatedBy"):
            makers.setdefault(source, set()).add(target)
    crowds = [Crowd(made, label[made], len(known)) for made, known in makers.items() if len(known) > MAKERS]
    shared: dict[tuple[str, str], list[str]] = {}
    for made, known in makers.items():
        if len(known) <= MAKERS:
            for one, other in combinations(_by_label(known, label), 2):
                shared.setdefault((one, other), []).append(made)
    found = [
        Partners((one, other), (label[one], label[other]), _by_label(made, label), _linked(graph, one, other))
        for (one, other), made in shared.items()
    ]
    return (
        tuple(sorted(found, key=lambda pair: (-len(pair.undertakings), pair.labels, pair.ends))),
        tuple(sorted(crowds, key=lambda crowd: (-crowd.makers, crowd.label, crowd.iri))),
    )


def grouped(groups: Iterable[Iterable[str]], label: dict[str, str]) -> tuple[tuple[str, ...], ...]:
    """The groups, the largest first, then by labels; each sorted by label, then IRI."""
    ordered = [_by_label(group, label) for group in groups]
    return tuple(sorted(ordered, key=lambda group: (-len(group), [(label[node], node) for node in group])))


def _places(
    graph: Network,
    simple: Simple,
    between: dict[str, float],
    close: dict[str, float],
    component: dict[str, int],
    community: dict[str, int],
    joints: dict[str, int],
) -> tuple[NodeMeasures, ...]:
    label = labels(graph)
    found = [
        NodeMeasures(
            node,
            label[node],
            len(simple[node]),
            len(graph.pred[node].keys() - {node}),
            len(graph.succ[node].keys() - {node}),
            graph.degree(node),
            between[node],
            close[node],
            component.get(node, 0),
            community.get(node, 0),
            joints.get(node, 0),
        )
        for node in simple
    ]
    return tuple(sorted(found, key=lambda p: (-p.betweenness, -p.degree, p.label, p.iri)))


def _numbers(groups: Sequence[Sequence[str]]) -> dict[str, int]:
    """Node to the number of its group, from 1."""
    return {node: number for number, group in enumerate(groups, start=1) for node in group}


def _linked(graph: Network, one: str, other: str) -> bool:
    return bool(graph.has_edge(one, other) or graph.has_edge(other, one))


def _by_label(nodes: Iterable[str], label: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(nodes, key=lambda node: (label[node], node)))
