"""Parts of a network: the neighbourhood of an entity, the shortest paths between two, and an excerpt that fits on a
screen: where it starts, which neighbours were added, and how many are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import islice, pairwise
from typing import Any

import networkx as nx

from gbkg.ask.opened import OpenGraph
from gbkg.evidence.ledger import Ledger
from gbkg.evidence.proofs import Triple
from gbkg.network import families
from gbkg.network.families import FAMILIES
from gbkg.network.measures import grouped, undirected
from gbkg.network.projection import KINDS, Edge, Network, Selection, between, edges, labels, project

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


DRAWN = 300
"""Nodes of an excerpt."""


@dataclass(frozen=True, slots=True)
class ExcerptRequest:
    """What an excerpt is to have. Entities are IRIs.

    It begins with the neighbours of `starts`, the shortest path of each of `pairs`, and all relations of `relations`
    (families or properties; none if empty). `opened` are entities whose neighbours come in addition, `shut`
    entities that are left out, `hidden` families whose relations count as absent. With `among` it has all relations
    between its entities, else only those by which they came in. `selection` is the network that it is taken from;
    its `relations` have to be empty.
    """

    starts: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    relations: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    shut: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    among: bool = False
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True, slots=True)
class ExcerptNode:
    """An entity of an excerpt: `type` is the local name of its class, `near` the number of its neighbours in the
    network, `more` of those that the excerpt lacks, `open` whether its neighbours were asked for."""

    iri: str
    slug: str
    label: str
    type: str
    type_label: str
    kind: str
    near: int
    more: int
    open: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Nodes in the order in which they matter (starts, paths, what was opened, then by number of neighbours), edges in
    the network's order. `families` counts the edges of each family, those of the hidden ones among the same entities
    too; `total` is how many nodes there would be without the bound; `ways` are the triples along the paths, `apart` the
    pairs that no path joins; `undated` is how many of the edges have no date with a year."""

    nodes: tuple[ExcerptNode, ...]
    edges: tuple[Edge, ...]
    families: Mapping[str, int]
    total: int
    ways: frozenset[Triple]
    apart: tuple[tuple[str, str], ...]
    undated: int


def family_of(kg: OpenGraph) -> Callable[[str], str]:
    """A function from the IRI of a property to its family: the first that has it, else `other`."""
    table = {
        iri: family for family in reversed([*FAMILIES]) for iri in families.properties(kg.store, (family,))
    }  # fmt: skip
    return lambda relation: table.get(relation, "other")


def excerpt(kg: OpenGraph, network: Network, request: ExcerptRequest, most: int = DRAWN) -> Excerpt:
    """The excerpt of a network of the request's `selection` (all relations, inferred ones only if wanted), with at most
    so many nodes; entities that the network lacks are left out."""
    family = family_of(kg)
    every = edges(network)
    known = [edge for edge in every if family(edge.relation) not in request.hidden]
    near = _adjacent(known)
    begun, ways, apart = _begun(kg, network, known, request)
    opened = [entity for entity in dict.fromkeys((*request.starts, *request.opened)) if entity in network]
    ranked = [entity for entity in begun if entity not in request.shut]
    beyond = {there for here in opened for there in near.get(here, ())}
    ranked += sorted((*opened, *(beyond - request.shut)), key=lambda n: (n not in opened, -len(near.get(n, ())), n))
    ranked = list(dict.fromkeys(ranked))
    kept = frozenset(ranked[:most])
    base = _base(kg, request)

    def shown(edge: Edge) -> bool:
        if not (edge.subject in kept and edge.object in kept):
            return False
        return request.among or base(edge) or edge.triple in ways or not {edge.subject, edge.object}.isdisjoint(opened)

    there = [edge for edge in every if shown(edge)]
    drawn = tuple(edge for edge in there if family(edge.relation) not in request.hidden)
    counts = {name: sum(family(edge.relation) == name for edge in there) for name in FAMILIES}
    nodes = tuple(_node(network, near, one, kept, one in opened) for one in ranked[:most])
    undated = sum(not edge.since for edge in drawn)
    return Excerpt(nodes, drawn, {k: v for k, v in counts.items() if v}, len(ranked), ways, apart, undated)


def _begun(
    kg: OpenGraph, network: Network, known: Iterable[Edge], request: ExcerptRequest
) -> tuple[list[str], frozenset[Triple], tuple[tuple[str, str], ...]]:
    """The entities that the excerpt begins with, the triples along its paths, and the pairs that no path joins."""
    found, along, apart = list(request.starts), list[Triple](), []
    seen = network.edge_subgraph((edge.subject, edge.object, edge.relation) for edge in known)
    for pair in request.pairs:
        ways = shortest(seen, *pair) if all(end in seen for end in pair) else None
        steps = ways[0] if isinstance(ways, Paths) and ways else ()
        found += [pair[0], *(hop.there for hop in steps)] if steps else pair
        along += [edge.triple for hop in steps for edge in hop.relations]
        if not steps:
            apart.append(pair)
    base, degree = _base(kg, request), dict[str, int]()
    for edge in filter(base, known):
        for end in (edge.subject, edge.object):
            degree[end] = degree.get(end, 0) + 1
    found += sorted(degree, key=lambda one: (-degree[one], one))
    return [one for one in dict.fromkeys(found) if one in network], frozenset(along), tuple(apart)


def _base(kg: OpenGraph, request: ExcerptRequest) -> Callable[[Edge], bool]:
    """Whether an edge is of the relations that the excerpt begins with."""
    wanted = families.properties(kg.store, request.relations) if request.relations else frozenset()
    return lambda edge: edge.relation in wanted


def _adjacent(known: Iterable[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for edge in known:
        found.setdefault(edge.subject, set()).add(edge.object)
        found.setdefault(edge.object, set()).add(edge.subject)
    return found


def _node(network: Network, near: Mapping[str, set[str]], iri: str, kept: frozenset[str], open: bool) -> ExcerptNode:
    named, around = network.nodes[iri], near.get(iri, set())
    return ExcerptNode(
        iri,
        slug=named["slug"],
        label=named["label"],
        type=named["type"],
        type_label=named["type_label"],
        kind=named["kind"],
        near=len(around),
        more=len(around - kept),
        open=open,
    )
