"""Betweenness and closeness of nodes, each exactly where its size allows it, else from a sample that says so."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from random import Random

import networkx as nx

from gbkg.network import sampling
from gbkg.network.sampling import SEED, Effort, Method, Numbered, Simple, bernstein, numbered, sampled

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
        values, method = sampling.betweenness(simple, effort.samples or PATHS)
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
