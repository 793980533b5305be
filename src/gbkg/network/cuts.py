"""What holds a network together: its bridges and its articulation points, in one walk.

R. Tarjan, A note on finding the bridges of a graph, Information Processing Letters 2 (1974) 160-161,
https://doi.org/10.1016/0020-0190(74)90003-9; J. Hopcroft, R. Tarjan, Algorithm 447, Communications of the ACM 16 (1973)
372-378, https://doi.org/10.1145/362248.362272.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import networkx as nx

from gbkg.network.numbered import Simple
from gbkg.network.projection import Edge, Network, between, labels


@dataclass(frozen=True, slots=True)
class Bridge:
    """A pair of nodes whose link holds its component together: `relations` are the edges between the two, `cut` the
    number of nodes on the smaller side."""

    ends: tuple[str, str]
    labels: tuple[str, str]
    cut: int
    relations: tuple[Edge, ...]


def cuts(graph: Network, simple: Simple) -> tuple[dict[str, int], tuple[Bridge, ...]]:
    """Articulation point to the number of pieces that its component falls into without it; and the bridges, by cut,
    the deepest first, then labels. `simple` is the simple undirected graph of the network."""
    blocks, links = Counter[str](), []
    for block in nx.biconnected_components(simple):
        blocks.update(block)
        if len(block) == 2:
            links.append(block)
    # A component without the node falls into as many pieces as there are blocks that meet in the node.
    return {node: count for node, count in blocks.items() if count > 1}, _bridges(graph, simple, links)


def _bridges(graph: Network, simple: Simple, links: list[set[str]]) -> tuple[Bridge, ...]:
    label, found = labels(graph), []
    for link, cut in zip(links, _smaller(simple, links), strict=True):
        one, other = sorted(link, key=lambda node: (label[node], node))
        relations = (*between(graph, one, other), *between(graph, other, one))
        found.append(Bridge((one, other), (label[one], label[other]), cut, relations))
    return tuple(sorted(found, key=lambda bridge: (-bridge.cut, bridge.labels, bridge.ends)))


def _smaller(simple: Simple, links: list[set[str]]) -> list[int]:
    """For each bridge the number of nodes on its smaller side: of any tree that spans the component it is a link, and
    what hangs below it is one side."""
    above: dict[str, str] = {}
    root: dict[str, str] = {}
    below: Counter[str] = Counter()
    for start in simple:
        if start in root:
            continue
        root[start], walk = start, [start]
        for node in walk:  # grows while it is read
            for other in simple[node]:
                if other not in root:
                    root[other], above[other] = start, node
                    walk.append(other)
        for node in reversed(walk):
            below[node] += 1
            if node in above:
                below[above[node]] += below[node]
    found = []
    for one, other in links:
        side = below[other if above.get(other) == one else one]
        found.append(min(side, below[root[one]] - side))
    return found
