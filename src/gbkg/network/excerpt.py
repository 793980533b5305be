"""A part of the network that fits on a screen: where it starts, what was opened from there, and what lies beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gbkg.ask.opened import OpenGraph
from gbkg.evidence.proofs import Triple
from gbkg.network import families, paths
from gbkg.network.families import FAMILIES
from gbkg.network.paths import Paths
from gbkg.network.projection import Edge, Network, Selection, edges

MOST = 300
"""Nodes of an excerpt."""


@dataclass(frozen=True, slots=True)
class Wish:
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
class Node:
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

    nodes: tuple[Node, ...]
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


def excerpt(kg: OpenGraph, network: Network, wish: Wish, most: int = MOST) -> Excerpt:
    """What a wish gives of a network of its `selection` (all relations, inferred ones only if wanted), with at most so
    many nodes; entities that the network lacks are left out."""
    family = family_of(kg)
    every = edges(network)
    known = [edge for edge in every if family(edge.relation) not in wish.hidden]
    near = _near(known)
    begun, ways, apart = _begun(kg, network, known, wish)
    opened = [entity for entity in dict.fromkeys((*wish.starts, *wish.opened)) if entity in network]
    ranked = [entity for entity in begun if entity not in wish.shut]
    beyond = {there for here in opened for there in near.get(here, ())}
    ranked += sorted((*opened, *(beyond - wish.shut)), key=lambda n: (n not in opened, -len(near.get(n, ())), n))
    ranked = list(dict.fromkeys(ranked))
    kept = frozenset(ranked[:most])
    base = _base(kg, wish)

    def shown(edge: Edge) -> bool:
        if not (edge.subject in kept and edge.object in kept):
            return False
        return wish.among or base(edge) or edge.triple in ways or not {edge.subject, edge.object}.isdisjoint(opened)

    there = [edge for edge in every if shown(edge)]
    drawn = tuple(edge for edge in there if family(edge.relation) not in wish.hidden)
    counts = {name: sum(family(edge.relation) == name for edge in there) for name in FAMILIES}
    nodes = tuple(_node(network, near, one, kept, one in opened) for one in ranked[:most])
    undated = sum(not edge.since for edge in drawn)
    return Excerpt(nodes, drawn, {k: v for k, v in counts.items() if v}, len(ranked), ways, apart, undated)


def _begun(
    kg: OpenGraph, network: Network, known: Iterable[Edge], wish: Wish
) -> tuple[list[str], frozenset[Triple], tuple[tuple[str, str], ...]]:
    """The entities that the excerpt begins with, the triples along its paths, and the pairs that no path joins."""
    found, along, apart = list(wish.starts), list[Triple](), []
    seen = network.edge_subgraph((edge.subject, edge.object, edge.relation) for edge in known)
    for pair in wish.pairs:
        ways = paths.shortest(seen, *pair) if all(end in seen for end in pair) else None
        steps = ways[0] if isinstance(ways, Paths) and ways else ()
        found += [pair[0], *(hop.there for hop in steps)] if steps else pair
        along += [edge.triple for hop in steps for edge in hop.relations]
        if not steps:
            apart.append(pair)
    base, degree = _base(kg, wish), dict[str, int]()
    for edge in filter(base, known):
        for end in (edge.subject, edge.object):
            degree[end] = degree.get(end, 0) + 1
    found += sorted(degree, key=lambda one: (-degree[one], one))
    return [one for one in dict.fromkeys(found) if one in network], frozenset(along), tuple(apart)


def _base(kg: OpenGraph, wish: Wish) -> Callable[[Edge], bool]:
    """Whether an edge is of the relations that the excerpt begins with."""
    wanted = families.properties(kg.store, wish.relations) if wish.relations else frozenset()
    return lambda edge: edge.relation in wanted


def _near(known: Iterable[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for edge in known:
        found.setdefault(edge.subject, set()).add(edge.object)
        found.setdefault(edge.object, set()).add(edge.subject)
    return found


def _node(network: Network, near: Mapping[str, set[str]], iri: str, kept: frozenset[str], open: bool) -> Node:
    named, around = network.nodes[iri], near.get(iri, set())
    return Node(
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
