"""Closeness: the distances from many nodes at once, of all of them or of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from gbkg.network.method import SEED, Method, bernstein, sampled
from gbkg.network.numbered import Numbered, Simple, numbered

BITS = 4096
"""So many searches go on at once: about 1.5 KB for each node."""


def closeness(simple: Simple, samples: int | None = None, seed: int = SEED) -> tuple[dict[str, float], Method]:
    """Node to its closeness (`centrality.closeness`), not rounded, and how it was found: exactly, or for components of
    more than `samples` nodes from the distances to so many of them, drawn evenly and again and again (at least 2).

    D. Eppstein, J. Wang, Fast approximation of centrality, Journal of Graph Algorithms and Applications 8 (2004) 39-45,
    https://doi.org/10.7155/jgaa.00081. The error of the mean distances is `bernstein`; no distance is greater than
    twice the eccentricity of any node.
    """
    graph, dice = numbered(simple), Random(seed)
    others, values, worst, estimated = len(graph.nodes) - 1, [0.0] * len(graph.nodes), 0.0, False
    for group in graph.components:
        reached, size = len(group) - 1, len(group)
        if samples is None or size <= samples:
            for node, total in zip(group, _swept(graph, group, group)[0], strict=True):
                values[node] = (reached / total) * (reached / others) if total else 0.0
            continue
        estimated = True
        totals, squares, radius = _swept(graph, group, dice.choices(group, k=samples))
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
