"""Estimates of betweenness from random shortest paths, and how far an estimate can be from the exact value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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


def betweenness(simple: Simple, samples: int, seed: int = SEED) -> tuple[dict[str, float], Method]:
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
