"""Paths through a network: the neighbourhood of an entity, and the shortest paths between two; and what a reader
should know beside them and beside the network, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice, pairwise
from typing import Any

import networkx as nx

from gbkg.ask.opened import OpenGraph
from gbkg.core.text import counted
from gbkg.evidence.ledger import Ledger
from gbkg.network.measures import grouped, undirected
from gbkg.network.projection import KINDS, Edge, Network, Selection, between, labels, project, stated
from gbkg.network.withdraw import Removal

MOST = 10_000
"""Paths compared before the search for others of equal length stops."""
SEEN = 50_000_000
"""Paths times links of the network at which it stops earlier."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from an entity to its neighbour (IRIs): the relations between the two, sorted by label and direction.
    `there` is `distance` steps from the start. A relation points forward if its subject is `here`."""

    distance: int
    here: str
    there: str
    relations: tuple[Edge, ...]

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Apart:
    """The components of two entities that no path joins, each sorted by label. An entity without relations is alone in
    its component."""

    here: tuple[str, ...]
    there: tuple[str, ...]


class Paths(list[tuple[Hop, ...]]):
    """Paths in order. If `complete` is False the search stopped early: the lengths are right, but other paths as long
    as the last may come before it by label."""

    complete = True


def around(kg: OpenGraph, ledger: Ledger, selection: Selection, *ends: str) -> Network:
    """The network of a selection; with topics when an end is one."""
    found = project(kg, ledger, selection)
    if all(end in found for end in ends):
        return found
    return project(kg, ledger, replace(selection, kinds=tuple(KINDS)))


def rings(graph: Network, start: str, hops: int = 1) -> list[list[tuple[str, str]]]:
    """For each distance from 1 up to so many hops, the links that lead from an entity one step nearer, as pairs of IRIs
    sorted by the labels of both ends; distances at which there is nothing are left out. Direction does not matter."""
    label = labels(graph)
    found, seen, ring = [], {start}, [start]
    for _ in range(hops):
        links = [(here, there) for here in ring for there in _near(graph, here) if there not in seen]
        if not links:
            break
        found.append(sorted(links, key=lambda link: (label[link[0]], link[0], label[link[1]], link[1])))
        ring = list(dict.fromkeys(there for _, there in links))
        seen.update(ring)
    return found


def neighbours(graph: Network, start: str, hops: int = 1, most: int | None = None) -> list[Hop]:
    """Every link that leads from an entity at distance d to one at d+1, up to so many hops, or of each distance the
    first `most`; sorted by distance, then by the labels of both ends. Direction does not matter."""
    return [
        Hop(distance, here, there, _relations(graph, here, there))
        for distance, links in enumerate(rings(graph, start, hops), start=1)
        for here, there in links[:most]
    ]


def shortest(graph: Network, start: str, goal: str, k: int = 1) -> Paths | Apart:
    """The k shortest paths that visit no entity twice, by number of links; of equal ones, step by step, those first
    whose link a source states, then those with the lower label; or the components of the two. Direction does not
    matter. Paths of the least length are found in this order one by one; for longer ones all ties must be compared, and
    the search for them is bounded (`Paths.complete`).

    J. Y. Yen, Finding the k shortest loopless paths in a network, Management Science 17 (1971) 712-716,
    https://doi.org/10.1287/mnsc.17.11.712.
    """
    label = labels(graph)
    left = _distances(graph, goal, start)
    if start not in left:
        here = _distances(graph, start)
        return Apart(*(grouped([group], label)[0] for group in (here, left)))
    found, complete = list(islice(_straight(graph, start, left, label), k)), True
    if len(found) < k:
        found, complete = _longer(graph, start, goal, k)
        found.sort(key=lambda path: (len(path), [_rank(graph, label, *link) for link in pairwise(path)]))
    ways = Paths(
        tuple(
            Hop(distance, here, there, _relations(graph, here, there))
            for distance, (here, there) in enumerate(pairwise(path), start=1)
        )
        for path in found[:k]
    )
    ways.complete = complete
    return ways


def wider(kg: OpenGraph, ledger: Ledger, start: str, goal: str) -> tuple[str, tuple[Hop, ...]] | None:
    """The shortest path once more relations count, and which do in words: those of all families, then inferred ones
    too, then those to topics too. None if even these do not join the two."""
    for words, selection in (
        ("over all relations", Selection()),
        ("over all relations and inferred ones", Selection(inferred=True)),
        ("over all relations and topics", Selection(kinds=tuple(KINDS), inferred=True)),
    ):
        graph = project(kg, ledger, selection)
        found = shortest(graph, start, goal) if start in graph and goal in graph else None
        if isinstance(found, Paths) and found:
            return words, found[0]
    return None


def _distances(graph: Network, goal: str, until: str = "") -> dict[str, int]:
    """Node to its distance from the goal, up to the distance of `until`."""
    found, ring, distance = {goal: 0}, [goal], 0
    while ring and until not in found:
        distance += 1
        ring = list(dict.fromkeys(there for here in ring for there in _near(graph, here) if there not in found))
        found.update(dict.fromkeys(ring, distance))
    return found


def _straight(graph: Network, start: str, left: dict[str, int], label: dict[str, str]) -> Iterator[list[str]]:
    """The shortest paths from a node to the goal, in the order of `_rank`; `left` is each node's distance from it."""
    waiting = [[start]]
    while waiting:
        path = waiting.pop()
        rest = left[path[-1]]
        if not rest:
            yield path
            continue
        here = path[-1]
        nearer = [node for node in _near(graph, here) if left.get(node) == rest - 1]
        nearer.sort(key=lambda node, here=here: _rank(graph, label, here, node), reverse=True)  # type: ignore[misc]
        waiting += [[*path, node] for node in nearer]


def _longer(graph: Network, start: str, goal: str, k: int) -> tuple[list[list[str]], bool]:
    """At least the k shortest paths if there are so many, with all ties of the last; and whether all were seen."""
    simple, found = undirected(graph), list[list[str]]()
    most = max(k, min(MOST, SEEN // max(1, simple.number_of_edges())))
    for path in nx.shortest_simple_paths(simple, start, goal):
        # Paths come by length, so all ties of the k-th are at hand once a longer one comes.
        if len(found) >= k and len(path) > len(found[k - 1]):
            break
        if len(found) >= most:
            return found, False
        found.append(path)
    return found, True


def _rank(graph: Network, label: dict[str, str], here: str, there: str) -> tuple[bool, str, str]:
    """Sort key of a link: whether a source states it, then the label of where it leads."""
    return all(edge.reading == "implied" for edge in _relations(graph, here, there)), label[there], there


def _near(graph: Network, node: str) -> list[str]:
    """The neighbours of a node, in the order of the graph."""
    return [other for other in dict.fromkeys([*graph.succ[node], *graph.pred[node]]) if other != node]


def _relations(graph: Network, here: str, there: str) -> tuple[Edge, ...]:
    return tuple(sorted(between(graph, here, there) + between(graph, there, here), key=lambda e: (e.label, e.triple)))


def unconnected(network: Network) -> list[str]:
    """That some entities have no relation."""
    found = [attributes["label"] for node, attributes in network.nodes(data=True) if not network.degree(node)]
    few = "; ".join(found[:5]) + (" …" if len(found) > 5 else "")
    every = counted(len(network), "entity", "entities")
    return [f"{len(found)} of {every} have no relation here: {few}"] if found else []


def relations_left_out(kg: OpenGraph, network: Network, start: str) -> list[str]:
    """How many stated relations of an entity the network does not have."""
    every = stated(kg, start)
    near = [edge for ends in (network.in_edges, network.out_edges) for *_, edge in ends(start, data=True)]
    shown = sum(not edge["inferred"] for edge in near)
    said = f"{shown} of {counted(every, 'relation')} of {kg.labels[start]} shown"
    return [f"{said}: the others are of kinds left out (-r all)"] if shown < every else []


def fewer_paths(found: Paths | Apart, k: int) -> list[str]:
    """That there are fewer paths than were asked for, or that not all were looked at."""
    if isinstance(found, Apart):
        return []
    said = []
    if len(found) < k:
        said.append(f"there {'is' if len(found) == 1 else 'are'} no more than {counted(len(found), 'path')}")
    if not found.complete:
        said.append("the search for longer paths stopped: others as long as the last may come before it by name")
    return said


def without_date(network: Network, as_of: str) -> list[str]:
    """How many relations may have begun later, since they have no date with a year."""
    number, edges = network.graph["undated"], network.number_of_edges()
    return [f"as of {as_of}: {number} of {counted(edges, 'relation')} kept have no date with a year"] if as_of else []


def queries_skipped(found: Removal, timeout: float | None) -> list[str]:
    """The saved queries that took too long to be compared."""
    said = f"took longer than {timeout:g} s and was not compared (--timeout)" if timeout else ""
    return [f"{said}: {', '.join(found.skipped)}"] if found.skipped else []
