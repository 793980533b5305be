"""Betweenness from a sample: random shortest paths, each found from both ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

from gbkg.network.method import SEED, Method, hoeffding, sampled
from gbkg.network.numbered import Simple, numbered

Near = Sequence[Sequence[int]]


def betweenness(simple: Simple, samples: int, seed: int = SEED) -> tuple[dict[str, float], Method]:
    """Node to an estimate of its betweenness (`centrality.betweenness`), and how far it may be wrong.

    Each sample is a pair of nodes that a path joins, drawn evenly, and one of its shortest paths, drawn evenly; a node
    has the share of the samples within whose path it lies. M. Riondato, E. M. Kornaropoulos, Fast approximation of
    betweenness centrality through sampling, Data Mining and Knowledge Discovery 30 (2016) 438-475 (first WSDM 2014),
    https://doi.org/10.1007/s10618-015-0423-0. The error is not theirs, which needs the diameter and a constant known
    only from experiments, but `hoeffding` for the nodes that have more than one neighbour, hence can lie within a path.
    """
    graph, dice = numbered(simple), Random(seed)
    groups = [group for group in graph.components if len(group) > 1]
    weights = list(accumulate(len(group) * (len(group) - 1) for group in groups))
    size = len(graph.nodes)
    if size < 3 or not weights:
        return dict.fromkeys(graph.nodes, 0.0), sampled("betweenness", samples, 0.0)
    within = [0] * size
    for group in dice.choices(groups, cum_weights=weights, k=samples):
        start, goal = dice.sample(group, 2)
        for node in shortest_path(graph.near, start, goal, dice):
            within[node] += 1
    # Exact values are shares of the pairs of other nodes, also of those that no path joins.
    scale = weights[-1] / ((size - 1) * (size - 2))
    error = scale * hoeffding(samples, sum(len(near) > 1 for near in graph.near))
    values = {node: scale * count / samples for node, count in zip(graph.nodes, within, strict=True)}
    return values, sampled("betweenness", samples, error)


def shortest_path(near: Near, start: int, goal: int, dice: Random) -> list[int]:
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
    middle = _drawn(meeting, through, dice)
    return [node for node in (*one.back(middle, dice), middle, *other.back(middle, dice)) if node not in (start, goal)]


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

    def back(self, node: int, dice: Random) -> list[int]:
        """The nodes of a random shortest path from a node to the end, both left out."""
        found = []
        while self.depth[node] > 1:
            nearer = [other for other in self.near[node] if self.depth.get(other) == self.depth[node] - 1]
            node = _drawn(nearer, [self.ways[other] for other in nearer], dice)
            found.append(node)
        return found


def _drawn(nodes: Sequence[int], weights: Sequence[int], dice: Random) -> int:
    """One of the nodes by weight, in whole numbers: the number of paths can be too great for floating point."""
    place = dice.randrange(sum(weights))
    return next(node for node, end in zip(nodes, accumulate(weights), strict=True) if place < end)
