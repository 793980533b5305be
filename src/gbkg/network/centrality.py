"""Betweenness and closeness of nodes, each exactly where its size allows it, else estimated from a sample, with a
bound on how far the estimate can be from the exact value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import accumulate
from random import Random
from typing import TypeAlias

import networkx as nx

Simple: TypeAlias = "nx.Graph[str]"
Near: TypeAlias = Sequence[Sequence[int]]

SEED = 0
"""Seed of all random choices, so that the same graph gives the same sample."""
CONFIDENCE = 0.95
"""Probability with which a stated error holds for every node at once."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much computing is allowed. `exact` computes every measure as on a small graph, however long that takes;
    `samples` estimates betweenness and closeness from so many paths and nodes, however small the graph. Without either,
    the size of the graph decides."""

    exact: bool = False
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """How one measure was computed. `how` is `exact`, `sampled`, the name of a method, or `none` if it was left out.

    Of a sample: `samples` is its size, `error` the greatest distance of any node's estimate from its exact value, which
    holds for all nodes at once with probability `confidence`; `seed` is that of the random choices.
    """

    measure: str
    how: str
    samples: int | None = None
    error: float | None = None
    confidence: float | None = None
    seed: int | None = None

    @property
    def remark(self) -> str:
        """What a reader must know before relying on the figures; empty when they are exact."""
        if self.how == "sampled":
            return (
                f"{self.measure} is estimated from a sample of {self.samples:,}: with probability {self.confidence:g} "
                f"no value is more than {self.error:.4f} from the exact one (--samples, --exact)"
            )
        if self.measure == "communities" and self.how != "greedy":
            done = "were not sought" if self.how == "none" else "are those of the Louvain method"
            return f"communities {done}, because the network is large (--exact)"
        return ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A graph whose nodes are numbered from 0 in its order: `nodes` are their names, `near` the neighbours of each,
    sorted, `components` the nodes of each component, sorted, the component of the first node first."""

    nodes: tuple[str, ...]
    near: tuple[list[int], ...]
    components: tuple[list[int], ...]


def numbered(simple: Simple) -> Numbered:
    """Numbers, because sets of numbers have the same order in every run and sets of strings do not."""
    number = {node: n for n, node in enumerate(simple)}
    near = tuple(sorted(number[other] for other in simple[node]) for node in simple)
    components = (sorted(number[node] for node in group) for group in nx.connected_components(simple))
    return Numbered(tuple(number), near, tuple(sorted(components)))


def sampled_betweenness(simple: Simple, samples: int, seed: int = SEED) -> tuple[dict[str, float], Method]:
    """Node to an estimate of its betweenness (`centrality.betweenness`), and how far it may be wrong.

    Each sample is a pair of nodes that a path joins, drawn evenly, and one of its shortest paths, drawn evenly; a node
    has the share of the samples within whose path it lies. M. Riondato, E. M. Kornaropoulos, Fast approximation of
    betweenness centrality through sampling, Data Mining and Knowledge Discovery 30 (2016) 438-475 (first WSDM 2014),
    https://doi.org/10.1007/s10618-015-0423-0. The error is not theirs, which needs the diameter and a constant known
    only from experiments, but `hoeffding` for the nodes that have more than one neighbour, hence can lie within a path.
    """
    graph, rng = numbered(simple), Random(seed)
    groups = [group for group in graph.components if len(group) > 1]
    weights = list(accumulate(len(group) * (len(group) - 1) for group in groups))
    size = len(graph.nodes)
    if size < 3 or not weights:
        return dict.fromkeys(graph.nodes, 0.0), sampled("betweenness", samples, 0.0)
    within = [0] * size
    for group in rng.choices(groups, cum_weights=weights, k=samples):
        start, goal = rng.sample(group, 2)
        for node in shortest_path(graph.near, start, goal, rng):
            within[node] += 1
    # Exact values are shares of the pairs of other nodes, also of those that no path joins.
    scale = weights[-1] / ((size - 1) * (size - 2))
    error = scale * hoeffding(samples, sum(len(near) > 1 for near in graph.near))
    values = {node: scale * count / samples for node, count in zip(graph.nodes, within, strict=True)}
    return values, sampled("betweenness", samples, error)


def sampled(measure: str, samples: int, error: float) -> Method:
    """The method of an estimate of values from 0 to 1; the error is rounded up to six decimal places."""
    return Method(measure, "sampled", samples, min(1.0, math.ceil(error * 1e6) / 1e6), CONFIDENCE, SEED)


def hoeffding(samples: int, values: int) -> float:
    """How far the means of so many independent samples of quantities from 0 to 1 can be from the expected values, for
    all of so many quantities at once, with probability `CONFIDENCE`.

    W. Hoeffding, Probability inequalities for sums of bounded random variables, Journal of the American Statistical
    Association 58 (1963) 13-30, theorem 2, with the union bound; https://doi.org/10.1080/01621459.1963.10500830.

    >>> round(hoeffding(20_000, 1_000), 4)
    0.0163
    """
    return math.sqrt(math.log(2 * max(1, values) / (1 - CONFIDENCE)) / (2 * samples))


def bernstein(samples: int, values: int, spread: float, variance: float) -> float:
    """The same for quantities from 0 to `spread` by the variance found in the sample, which is nearer when they vary
    little; at least two samples.

    A. Maurer, M. Pontil, Empirical Bernstein bounds and sample variance penalization, COLT 2009, theorem 4, for both
    sides, with the union bound; https://arxiv.org/abs/0907.3740.

    >>> round(bernstein(4_096, 1_000, 10, 0.5), 4)
    0.1168
    """
    chance = math.log(4 * max(1, values) / (1 - CONFIDENCE))
    return math.sqrt(2 * variance * chance / samples) + 7 * spread * chance / (3 * (samples - 1))


def shortest_path(near: Near, start: int, goal: int, rng: Random) -> list[int]:
    """The nodes within a shortest path between two different nodes that some path joins, each such path as likely as
    any other; in no promised order.

    Searched in rings from both ends, the ring with fewer links first, so that only a small part of a large network is
    seen. M. Borassi, E. Natale, KADABRA is an adaptive algorithm for betweenness via random approximation, ESA 2016,
    https://doi.org/10.4230/LIPIcs.ESA.2016.20, section 4.
    """
    one, other = _Side(near, start), _Side(near, goal)
    meeting: list[int] = []
    while not meeting:
        if other.links < one.links:
            one, other = other, one
        one.grow()
        # Both sides met nowhere before, so a node of this ring that the other side has is in its last ring: every
        # shortest path leads through exactly one of them.
        meeting = [node for node in one.ring if node in other.ways]
    through = [one.ways[node] * other.ways[node] for node in meeting]
    middle = _drawn(meeting, through, rng)
    return [node for node in (*one.back(middle, rng), middle, *other.back(middle, rng)) if node not in (start, goal)]


class _Side:
    """The rings around one end: `depth` of every node seen, and in how many `ways` shortest paths reach it."""

    def __init__(self, near: Near, end: int) -> None:
        self.near, self.ring = near, [end]
        self.depth, self.ways = {end: 0}, {end: 1}
        self.links = len(near[end])

    def grow(self) -> None:
        """Goes one ring further."""
        depth, ways, ring = self.depth, self.ways, list[int]()
        reached = depth[self.ring[0]] + 1
        for node in self.ring:
            for other in self.near[node]:
                known = depth.get(other)
                if known is None:
                    depth[other], ways[other] = reached, ways[node]
                    ring.append(other)
                elif known == reached:
                    ways[other] += ways[node]
        self.ring, self.links = ring, sum(len(self.near[node]) for node in ring)

    def back(self, node: int, rng: Random) -> list[int]:
        """The nodes of a random shortest path from a node to the end, both left out."""
        found = []
        while self.depth[node] > 1:
            nearer = [other for other in self.near[node] if self.depth.get(other) == self.depth[node] - 1]
            node = _drawn(nearer, [self.ways[other] for other in nearer], rng)
            found.append(node)
        return found


def _drawn(nodes: Sequence[int], weights: Sequence[int], rng: Random) -> int:
    """One of the nodes by weight, in whole numbers: the number of paths can be too great for floating point."""
    place = rng.randrange(sum(weights))
    return next(node for node, end in zip(nodes, accumulate(weights), strict=True) if place < end)


DIGITS = 6
"""Decimal places of every measure: beyond them, floating point depends on the order of addition."""
SMALL = 1_000_000
"""Nodes times links up to which NetworkX computes betweenness even if rustworkx is there: about one second."""
FEASIBLE = {"networkx": 10_000_000, "rustworkx": 1_000_000_000}
"""Nodes times links up to which betweenness is exact: 15 s and 50 s on one machine of 2 cores (docs/analysis.md)."""
PATHS = 20_000
"""Shortest paths from which betweenness is estimated."""
NEAR = 5_000_000_000
"""Nodes times links up to which closeness is exact: 30 s on the same machine."""
NODES = 4_096
"""Nodes from whose distances closeness is estimated."""
BITS = 4096
"""Nodes from which one pass of exact closeness searches at once: about 1.5 KB of memory for each node."""

Measured = tuple[dict[str, float], Method]


def betweenness(simple: Simple, effort: Effort | None = None) -> Measured:
    """Node to the share of the pairs of other nodes whose shortest paths lead through it, 0 to 1; a pair with several
    shortest paths counts in proportion; a pair without a path counts nothing. And how it was computed.

    U. Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25 (2001) 163-177,
    https://doi.org/10.1080/0022250X.2001.9990249. Divided by (n-1)(n-2)/2, n being the number of nodes. Estimates:
    `sampling.betweenness`.
    """
    effort = effort or Effort()
    if effort.samples or not (effort.exact or _work(simple) <= FEASIBLE[engine(simple)]):
        values, method = sampled_betweenness(simple, effort.samples or PATHS)
    else:
        exact = by_rustworkx if engine(simple) == "rustworkx" else nx.betweenness_centrality
        values, method = exact(simple), Method("betweenness", "exact")
    return _rounded(values), method


def closeness(simple: Simple, effort: Effort | None = None) -> Measured:
    """Node to its nearness to what it can reach, 0 to 1: reached / distances, times reached / (n-1), where `reached`
    is the number of other nodes in its component and `distances` the sum of their distances. 1 is a node one step from
    all; a small component does not look better than a large one. And how it was computed.

    S. Wasserman, K. Faust, Social Network Analysis, Cambridge University Press 1994, p. 200-201. Estimates:
    `from_distances`.
    """
    effort = effort or Effort()
    large = not effort.exact and _work(simple) > NEAR
    values, method = from_distances(simple, max(2, effort.samples) if effort.samples else NODES if large else None)
    return _rounded(values), method


def from_distances(simple: Simple, samples: int | None = None, seed: int = SEED) -> tuple[dict[str, float], Method]:
    """Node to its closeness (`centrality.closeness`), not rounded, and how it was found: exactly, or for components of
    more than `samples` nodes from the distances to so many of them, drawn evenly and again and again (at least 2).

    D. Eppstein, J. Wang, Fast approximation of centrality, Journal of Graph Algorithms and Applications 8 (2004) 39-45,
    https://doi.org/10.7155/jgaa.00081. The error of the mean distances is `bernstein`; no distance is greater than
    twice the eccentricity of any node.
    """
    graph, rng = numbered(simple), Random(seed)
    others, values, worst, estimated = len(graph.nodes) - 1, [0.0] * len(graph.nodes), 0.0, False
    for group in graph.components:
        reached, size = len(group) - 1, len(group)
        if samples is None or size <= samples:
            for node, total in zip(group, _swept(graph, group, group)[0], strict=True):
                values[node] = (reached / total) * (reached / others) if total else 0.0
            continue
        estimated = True
        totals, squares, radius = _swept(graph, group, rng.choices(group, k=samples))
        for node, total, square in zip(group, totals, squares, strict=True):
            mean = total / samples * size / reached
            spread = (square - total * total / samples) / (samples - 1)
            off = bernstein(samples, len(graph.nodes), 2 * radius, spread) * size / reached
            values[node] = reached / others / mean
            # No mean distance is below 1.
            worst = max(worst, values[node] * off / max(1.0, mean - off))
    found = dict(zip(graph.nodes, values, strict=True))
    return found, sampled("closeness", samples or 0, worst) if estimated else Method("closeness", "exact")


def _swept(graph: Numbered, group: Sequence[int], sources: Sequence[int]) -> tuple[list[int], list[int], int]:
    """For each node of a component the sum of its distances to the sources, and of their squares; and the least
    eccentricity of a source."""
    totals, squares, radius = dict.fromkeys(group, 0), dict.fromkeys(group, 0), len(group)
    for first in range(0, len(sources), BITS):
        radius = min(radius, _sweep(graph, sources[first : first + BITS], totals, squares))
    return [totals[node] for node in group], [squares[node] for node in group], radius


def _sweep(graph: Numbered, sources: Sequence[int], totals: dict[int, int], squares: dict[int, int]) -> int:
    """Adds the distances from the sources; gives the least eccentricity among them.

    One bit of a whole number for each source, so that a step of all searches is one operation. M. Then et al., The more
    the merrier: efficient multi-source graph traversal, PVLDB 8 (2014) 449-460, https://doi.org/10.14778/2735496.2735507
    """
    seen: dict[int, int] = {}
    for bit, source in enumerate(sources):
        seen[source] = seen.get(source, 0) | 1 << bit
    ring, distance, least, everything = dict(seen), 0, -1, (1 << len(sources)) - 1
    while ring:
        distance += 1
        reached: dict[int, int] = {}
        for node, bits in ring.items():
            for other in graph.near[node]:
                reached[other] = reached.get(other, 0) | bits
        ring, still = {}, 0
        for node, bits in reached.items():
            known = seen.get(node, 0)
            new = bits & ~known
            if new:
                ring[node], seen[node] = new, known | new
                totals[node] += distance * new.bit_count()
                squares[node] += distance * distance * new.bit_count()
                still |= new
        if least < 0 and still != everything:  # some source has no farther node
            least = distance - 1
    return least


def engine(simple: Simple) -> str:
    """The library that computes exact betweenness of a network of this size, `networkx` or `rustworkx`."""
    return "rustworkx" if _work(simple) > SMALL and find_spec("rustworkx") else "networkx"


def _work(simple: Simple) -> int:
    """Nodes that have a link, times links: what a search from each node costs."""
    return sum(map(bool, simple.adj.values())) * int(simple.number_of_edges())


def by_rustworkx(simple: Simple) -> dict[str, float]:
    """Exact betweenness, not rounded, by the library of the extra `analysis`."""
    import rustworkx  # only if installed

    graph, number = rustworkx.PyGraph(multigraph=False), {node: n for n, node in enumerate(simple)}
    graph.add_nodes_from(list(simple))
    graph.add_edges_from_no_data([(number[one], number[other]) for one, other in simple.edges()])
    values = rustworkx.graph_betweenness_centrality(graph, normalized=True)
    return {node: values[n] for node, n in number.items()}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    """Rounded twice: the last digits depend on the order of addition, which would round an exact half up or down."""
    return {node: round(round(value, 2 * DIGITS), DIGITS) for node, value in values.items()}
