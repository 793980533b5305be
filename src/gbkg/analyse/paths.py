"""Ways through a network: the neighbourhood of an entity, and the shortest paths between two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from gbkg.analyse.measures import grouped, undirected
from gbkg.analyse.projection import Edge, Network, edges, labels

_MOST = 10_000
"""How many paths are looked at before the search for ties stops."""


@dataclass(frozen=True, slots=True)
class Step:
    """One link from `here` to `there` (IRIs), `distance` steps from where the walk began to `there`: the relations
    between the two, sorted by label and direction. A relation goes forward when its subject is `here`."""

    distance: int
    here: str
    there: str
    relations: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Why no path joins two entities: the component of each, sorted by label; an entity without relations is alone in
    its own."""

    here: tuple[str, ...]
    there: tuple[str, ...]


def neighbours(graph: Network, start: str, hops: int = 1) -> list[Step]:
    """Every link that leads from an entity at distance d to one at d+1, up to so many hops; sorted by distance, then by
    the labels of both ends. Direction does not matter for the walk."""
    simple, between = undirected(graph), _between(graph)
    distances = nx.single_source_shortest_path_length(simple, start, cutoff=hops)
    found = [
        Step(distance + 1, here, there, between[frozenset((here, there))])
        for here, distance in distances.items()
        for there in simple.neighbors(here)
        if distances.get(there) == distance + 1
    ]
    label = labels(graph)
    return sorted(found, key=lambda s: (s.distance, label[s.here], s.here, label[s.there], s.there))


def shortest(graph: Network, start: str, goal: str, k: int = 1) -> list[tuple[Step, ...]] | Apart:
    """The k shortest paths that visit no entity twice, by number of links, then by the labels on the way; or why there
    is none. Direction does not matter for the walk.

    J. Y. Yen, Finding the k shortest loopless paths in a network, Management Science 17 (1971) 712-716,
    https://doi.org/10.1287/mnsc.17.11.712.
    """
    simple, label = undirected(graph), labels(graph)
    if not nx.has_path(simple, start, goal):
        here, there = (nx.node_connected_component(simple, end) for end in (start, goal))
        return Apart(*(grouped([group], label)[0] for group in (here, there)))
    found: list[list[str]] = []
    for path in nx.shortest_simple_paths(simple, start, goal):
        # Paths come by length, so all ties of the k-th are at hand once a longer one comes.
        if (len(found) >= k and len(path) > len(found[k - 1])) or len(found) >= _MOST:
            break
        found.append(path)
    found.sort(key=lambda path: (len(path), [(label[node], node) for node in path]))
    between = _between(graph)
    return [
        tuple(
            Step(distance, here, there, between[frozenset((here, there))])
            for distance, (here, there) in enumerate(pairwise(path), start=1)
        )
        for path in found[:k]
    ]


def _between(graph: Network) -> dict[frozenset[str], tuple[Edge, ...]]:
    found: dict[frozenset[str], list[Edge]] = {}
    for edge in edges(graph):
        found.setdefault(frozenset((edge.subject, edge.object)), []).append(edge)
    return {ends: tuple(sorted(said, key=lambda e: (e.label, e.triple))) for ends, said in found.items()}
