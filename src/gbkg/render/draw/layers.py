"""Places for the nodes of a directed graph in columns, most arrows pointing right, with few crossings.

The layered method of K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system
structures" (1981): break cycles, give each node a column, lead long lines through empty places in the columns between,
order each column by the mean place of neighbours, then move the columns' nodes up and down towards their neighbours
without changing the order. Everything is done in a fixed order, the trial orders come from a seeded generator.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from random import Random

import networkx as nx

NodeKey = str
_TRIALS, _SWEEPS, _SEED = 24, 12, 1
_FEW = 60
"""Most lines for which each two of a column are also tried in exchanged places."""


@dataclass(frozen=True, slots=True)
class Layered:
    """`columns` hold nodes and bends from top to bottom; `routes` lead from the left end of each edge to its right
    end, an edge being a pair as given."""

    columns: tuple[tuple[NodeKey, ...], ...]
    routes: Mapping[tuple[NodeKey, NodeKey, NodeKey], tuple[NodeKey, ...]]


def lay_out(nodes: Collection[NodeKey], edges: Iterable[tuple[NodeKey, NodeKey, NodeKey]]) -> Layered:
    """Columns and routes for nodes and edges (from, to, bundle); loops are not allowed.

    Edges of a bundle share their bends. Bends are called `bundle>column`.
    """
    nodes, edges = sorted(nodes), sorted(set(edges))
    turned = _turned(nodes, edges)
    pairs = sorted({(b, a) if (a, b, c) in turned else (a, b) for a, b, c in edges})
    column = _columns(nodes, pairs)
    routes = {}
    for edge in edges:
        left, right = (edge[1], edge[0]) if edge in turned else edge[:2]
        bends = [f"{edge[2]}>{number}" for number in range(column[left] + 1, column[right])]
        routes[edge] = (left, *bends, right)
    places = dict(column)
    for route in routes.values():
        places |= {key: column[route[0]] + step for step, key in enumerate(route[1:-1], start=1)}
    segments = sorted({(a, b, edge[2]) for edge, route in routes.items() for a, b in pairwise(route)})
    return Layered(_ordered(places, segments), routes)


def heights(
    columns: Sequence[Sequence[NodeKey]],
    links: Sequence[tuple[NodeKey, float, NodeKey, float]],
    height: Mapping[NodeKey, float],
    gap: Callable[[NodeKey, NodeKey], float],
) -> dict[NodeKey, float]:
    """The middle of every node and bend, downwards from 0, so that links are as level as the order allows.

    A link is a left end, how far below its middle the link leaves it, a right end and the same. Two neighbours in a
    column stay `gap` apart.
    """
    middle: dict[NodeKey, float] = {}
    for keys in columns:
        y = 0.0
        for before, key in zip(["", *keys], keys, strict=False):
            y += (gap(before, key) if before else 0.0) + height[key] / 2
            middle[key] = y
            y += height[key] / 2
    near: dict[NodeKey, list[tuple[NodeKey, float]]] = {key: [] for key in middle}
    for left, down, right, other in links:
        near[left].append((right, other - down))
        near[right].append((left, down - other))
    for turn in range(40):
        for keys in columns if turn % 2 else reversed(columns):
            wanted = [_mean([middle[n] + shift for n, shift in near[key]], middle[key]) for key in keys]
            apart = [(height[a] + height[b]) / 2 + gap(a, b) for a, b in pairwise(keys)]
            weights = [len(near[key]) or 0.01 for key in keys]
            middle |= dict(zip(keys, _spaced(wanted, apart, weights), strict=True))
    top = min((middle[key] - height[key] / 2 for key in middle), default=0.0)
    return {key: y - top for key, y in middle.items()}


def components(nodes: Iterable[NodeKey], pairs: Iterable[tuple[NodeKey, NodeKey]]) -> list[list[NodeKey]]:
    """The connected components, each sorted, the largest first, then by name."""
    graph = nx.Graph(pairs)
    graph.add_nodes_from(nodes)
    return sorted(map(sorted, nx.connected_components(graph)), key=lambda group: (-len(group), group))


def _turned(
    nodes: Sequence[NodeKey], edges: Sequence[tuple[NodeKey, NodeKey, NodeKey]]
) -> frozenset[tuple[NodeKey, NodeKey, NodeKey]]:
    """Edges to reverse so that no cycle is left: the back edges of a depth-first search."""
    ahead: dict[NodeKey, list[tuple[NodeKey, NodeKey, NodeKey]]] = {node: [] for node in nodes}
    entered = {edge[1] for edge in edges}
    for edge in edges:
        ahead[edge[0]].append(edge)
    state: dict[NodeKey, int] = {}
    turned = set()
    for start in sorted(nodes, key=lambda node: (node in entered, node)):
        stack = [(start, iter(ahead[start]))] if start not in state else []
        state.setdefault(start, 1)
        while stack:
            node, waiting = stack[-1]
            if (following := next(waiting, None)) is None:
                state[node] = 2
                stack.pop()
            elif state.get(following[1]) == 1:
                turned.add(following)
            elif following[1] not in state:
                state[following[1]] = 1
                stack.append((following[1], iter(ahead[following[1]])))
    return frozenset(turned)


def _columns(nodes: Sequence[NodeKey], pairs: Sequence[tuple[NodeKey, NodeKey]]) -> dict[NodeKey, int]:
    """Node to column: every pair points right, then nodes move to where their lines are shortest."""
    before: dict[NodeKey, list[NodeKey]] = {node: [] for node in nodes}
    after: dict[NodeKey, list[NodeKey]] = {node: [] for node in nodes}
    for a, b in pairs:
        after[a].append(b)
        before[b].append(a)
    column = dict.fromkeys(nodes, 0)
    for _ in nodes:
        column = {node: max((column[b] + 1 for b in before[node]), default=0) for node in nodes}
    last = max(column.values(), default=0)
    for _ in range(len(nodes)):
        old = dict(column)
        for node in nodes:
            low = max((column[b] + 1 for b in before[node]), default=0)
            high = min((column[a] - 1 for a in after[node]), default=last)
            if len(after[node]) > len(before[node]):
                column[node] = high
            elif before[node]:
                column[node] = low
        if column == old:
            break
    return column


def _ordered(
    places: Mapping[NodeKey, int], segments: Sequence[tuple[NodeKey, NodeKey, str]]
) -> tuple[tuple[NodeKey, ...], ...]:
    """The columns in the best order that was found: fewest crossings, then shortest lines, then first found."""
    columns = [sorted(k for k in places if places[k] == n) for n in range(max(places.values(), default=-1) + 1)]
    near: dict[NodeKey, list[NodeKey]] = {key: [] for key in places}
    for left, right, _ in segments:
        near[left].append(right)
        near[right].append(left)
    shuffler, best = Random(_SEED), columns
    least = _cost(best, segments, places)
    for trial in range(max(3, min(_TRIALS, _TRIALS * 60 // (len(places) + 1)))):
        order = [list(keys) for keys in columns]
        for keys in order if trial else []:
            shuffler.shuffle(keys)
        for sweep in range(_SWEEPS):
            _sweep(order, near, sweep % 2 == 0)
            cost = _cost(order, segments, places)
            if cost < least:
                least, best = cost, [list(keys) for keys in order]
    if len(segments) <= _FEW:
        _swap(best, segments, places)
    return tuple(map(tuple, best))


def _swap(
    order: list[list[NodeKey]], segments: Sequence[tuple[NodeKey, NodeKey, str]], places: Mapping[NodeKey, int]
) -> None:
    """Exchanges two of a column as long as that lowers the cost."""
    least, better = _cost(order, segments, places), True
    while better:
        better = False
        for keys in order:
            for first, second in combinations(range(len(keys)), 2):
                keys[first], keys[second] = keys[second], keys[first]
                cost = _cost(order, segments, places)
                if cost < least:
                    least, better = cost, True
                else:
                    keys[first], keys[second] = keys[second], keys[first]


def _sweep(order: list[list[NodeKey]], near: Mapping[NodeKey, Sequence[NodeKey]], rightwards: bool) -> None:
    """Each column sorted by the mean relative place of the neighbours that were sorted before it."""
    numbers = range(len(order)) if rightwards else range(len(order) - 1, -1, -1)
    for number in numbers:
        beside = number - 1 if rightwards else number + 1
        column = order[beside] if 0 <= beside < len(order) else []
        rank = {key: (place + 0.5) / len(column) for place, key in enumerate(column)}
        own = {key: (place + 0.5) / len(order[number]) for place, key in enumerate(order[number])}
        order[number].sort(key=lambda key: _mean([rank[n] for n in near[key] if n in rank], own[key]))


def _cost(
    order: Sequence[Sequence[NodeKey]], segments: Sequence[tuple[NodeKey, NodeKey, str]], places: Mapping[NodeKey, int]
) -> tuple[int, float]:
    """Crossings and the length of lines. Each bundle leaves a node at a point of its own, so that bundles of one node
    cross too; the points lie in the order of the places to which they lead."""
    rank = {key: place for keys in order for place, key in enumerate(keys)}
    even = {key: (place + 0.5) / len(keys) for keys in order for place, key in enumerate(keys)}
    leads: dict[tuple[NodeKey, int, str], list[int]] = {}
    for a, b, bundle in segments:
        leads.setdefault((a, 1, bundle), []).append(rank[b])
        leads.setdefault((b, -1, bundle), []).append(rank[a])
    points = {point: (rank[point[0]], sum(ranks) / len(ranks), point[2]) for point, ranks in leads.items()}
    crossings = 0
    for number in range(len(order) - 1):
        here = sorted((points[a, 1, c], points[b, -1, c]) for a, b, c in segments if places[a] == number)
        crossings += sum(a < c and b > d for (a, b), (c, d) in combinations(here, 2))
    return crossings, round(sum(abs(even[a] - even[b]) for a, b, _ in segments), 9)


def _spaced(wanted: Sequence[float], apart: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones (least squares) that keep order and distances.

    By pooling adjacent violators: R. Barlow et al., Statistical Inference under Order Restrictions (1972), 1.2.
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, float, int]] = []
    for want, offset, weight in zip(wanted, offsets, weights, strict=False):
        pools.append((want - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, p, m), (b, q, n) = pools[-2:]
            pools[-2:] = [((a * p + b * q) / (p + q), p + q, m + n)]
    levels = [value for value, _, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=False)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
