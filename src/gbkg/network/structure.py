"""How a network hangs together: bridges, articulation points and communities.

R. Tarjan, A note on finding the bridges of a graph, Information Processing Letters 2 (1974) 160-161,
https://doi.org/10.1016/0020-0190(74)90003-9; J. Hopcroft, R. Tarjan, Algorithm 447, Communications of the ACM 16 (1973)
372-378, https://doi.org/10.1145/362248.362272.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from gbkg.network.centrality import SEED, Effort, Method, Simple
from gbkg.network.projection import Edge, Network, between, labels


@dataclass(frozen=True, slots=True)
class Bridge:
    """A pair of nodes whose link holds its component together: `relations` are the edges between the two, `cut` the
    number of nodes on the smaller side."""

    ends: tuple[str, str]
    labels: tuple[str, str]
    cut: int
    relations: tuple[Edge, ...]


def find_cuts(graph: Network, simple: Simple) -> tuple[dict[str, int], tuple[Bridge, ...]]:
    """Articulation point to the number of components into which its own breaks without it; and the bridges, those that
    cut off most nodes first, then by labels. `simple` is the simple undirected graph of the network."""
    blocks, links = Counter[str](), []
    for block in nx.biconnected_components(simple):
        blocks.update(block)
        if len(block) == 2:
            links.append(block)
    # A component without the node breaks into as many as there are blocks that share the node.
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
        root[start], order = start, [start]
        for node in order:  # grows while it is read
            for other in simple[node]:
                if other not in root:
                    root[other], above[other] = start, node
                    order.append(other)
        for node in reversed(order):
            below[node] += 1
            if node in above:
                below[above[node]] += below[node]
    found = []
    for one, other in links:
        side = below[other if above.get(other) == one else one]
        found.append(min(side, below[root[one]] - side))
    return found


GREEDY = 5_000
"""Links up to which communities are sought by the greedy method: about five seconds."""
LOUVAIN = 100_000
"""Links up to which they are sought at all, above `GREEDY` by the Louvain method: about one minute."""


def communities(core: Simple, effort: Effort) -> tuple[list[Iterable[str]], Method]:
    """The communities of a network of which every node has a link, in no promised order, and the method, `greedy`,
    `louvain` or `none`.

    Greedy modularity maximisation has no randomness: A. Clauset, M. E. J. Newman, C. Moore, Finding community structure
    in very large networks, Physical Review E 70 (2004) 066111, https://doi.org/10.1103/PhysRevE.70.066111. The Louvain
    method begins from a fixed seed: V. D. Blondel et al., Fast unfolding of communities in large networks, Journal of
    Statistical Mechanics (2008) P10008, https://doi.org/10.1088/1742-5468/2008/10/P10008.
    """
    links = core.number_of_edges()
    if not links:
        return [], Method("communities", "greedy")
    if effort.exact or links <= GREEDY:
        return [*nx.community.greedy_modularity_communities(core)], Method("communities", "greedy")
    if links > LOUVAIN:
        return [], Method("communities", "none")
    # Its sets of nodes would be in the order of strings' hashes, which differ from run to run; numbers' do not.
    named = dict(enumerate(core))
    number = {node: n for n, node in named.items()}
    plain = nx.Graph()
    plain.add_nodes_from(named)
    plain.add_edges_from((number[one], number[other]) for one, other in core.edges())
    found = nx.community.louvain_communities(plain, seed=SEED)
    return [[named[n] for n in group] for group in found], Method("communities", "louvain", seed=SEED)
