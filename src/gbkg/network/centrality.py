"""Betweenness and closeness, each exactly where its size allows it, else from a sample that says so."""

from __future__ import annotations

from importlib.util import find_spec

import networkx as nx

from gbkg.network import distances, sampling
from gbkg.network.method import Effort, Method
from gbkg.network.numbered import Simple

DIGITS = 6
"""Decimal places of every measure: beyond them, floating point depends on the order of addition."""
SMALL = 1_000_000
"""Nodes times links up to which NetworkX takes betweenness even if rustworkx is there: about one second."""
FEASIBLE = {"networkx": 10_000_000, "rustworkx": 1_000_000_000}
"""Nodes times links up to which betweenness is exact: 15 s and 50 s on one machine of 2 cores (docs/analysis.md)."""
PATHS = 20_000
"""Shortest paths from which betweenness is estimated."""
NEAR = 5_000_000_000
"""Nodes times links up to which closeness is exact: 30 s on the same machine."""
NODES = 4_096
"""Nodes to which distances are taken when closeness is estimated."""

Measured = tuple[dict[str, float], Method]


def betweenness(simple: Simple, effort: Effort | None = None) -> Measured:
    """Node to the share of the pairs of other nodes whose shortest paths lead through it, 0 to 1; a pair with several
    shortest paths counts in proportion; a pair without a path counts nothing. And how it was taken.

    U. Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25 (2001) 163-177,
    https://doi.org/10.1080/0022250X.2001.9990249. Divided by (n-1)(n-2)/2, n being the number of nodes. Estimates:
    `sampling.betweenness`.
    """
    effort = effort or Effort()
    if effort.samples or not (effort.exact or _work(simple) <= FEASIBLE[engine(simple)]):
        values, method = sampling.betweenness(simple, effort.samples or PATHS)
    else:
        exact = _rustworkx if engine(simple) == "rustworkx" else nx.betweenness_centrality
        values, method = exact(simple), Method("betweenness", "exact")
    return _rounded(values), method


def closeness(simple: Simple, effort: Effort | None = None) -> Measured:
    """Node to its nearness to what it can reach, 0 to 1: reached / distances, times reached / (n-1), where `reached`
    is the number of other nodes in its component and `distances` the sum of their distances. 1 is a node one step from
    all; a small component does not look better than a large one. And how it was taken.

    S. Wasserman, K. Faust, Social Network Analysis, Cambridge University Press 1994, p. 200-201. Estimates:
    `distances.closeness`.
    """
    effort = effort or Effort()
    large = not effort.exact and _work(simple) > NEAR
    values, method = distances.closeness(simple, max(2, effort.samples) if effort.samples else NODES if large else None)
    return _rounded(values), method


def engine(simple: Simple) -> str:
    """The library that takes exact betweenness of a network of this size, `networkx` or `rustworkx`."""
    return "rustworkx" if _work(simple) > SMALL and find_spec("rustworkx") else "networkx"


def _work(simple: Simple) -> int:
    """Nodes that have a link, times links: what a search from each node costs."""
    return sum(map(bool, simple.adj.values())) * int(simple.number_of_edges())


def _rustworkx(simple: Simple) -> dict[str, float]:
    import rustworkx

    graph, number = rustworkx.PyGraph(multigraph=False), {node: n for n, node in enumerate(simple)}
    graph.add_nodes_from(list(simple))
    graph.add_edges_from_no_data([(number[one], number[other]) for one, other in simple.edges()])
    values = rustworkx.graph_betweenness_centrality(graph, normalized=True)
    return {node: values[n] for node, n in number.items()}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    """Twice: the last digits depend on the order of addition, and would turn an exact half now up, now down."""
    return {node: round(round(value, 2 * DIGITS), DIGITS) for node, value in values.items()}
