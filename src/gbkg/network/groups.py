"""Communities: groups of nodes with many links inside and few between them."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from gbkg.network.method import SEED, Effort, Method
from gbkg.network.numbered import Simple

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
