"""A network by numbers: its nodes from 0 in their order, and lists of neighbours, for long loops over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import networkx as nx

Simple: TypeAlias = "nx.Graph[str]"


@dataclass(frozen=True, slots=True)
class Numbered:
    """`nodes` in the order of the graph; `near` the neighbours of each by number, sorted; `components` the numbers of
    the nodes of each component, sorted, the component of the first node first."""

    nodes: tuple[str, ...]
    near: tuple[list[int], ...]
    components: tuple[list[int], ...]


def numbered(simple: Simple) -> Numbered:
    """The same for every run, whatever the order of sets of strings."""
    number = {node: n for n, node in enumerate(simple)}
    near = tuple(sorted(number[other] for other in simple[node]) for node in simple)
    return Numbered(tuple(number), near, tuple(_components(near)))


def _components(near: tuple[list[int], ...]) -> list[list[int]]:
    seen, found = [False] * len(near), []
    for start in range(len(near)):
        if not seen[start]:
            seen[start], group = True, [start]
            for node in group:  # grows while it is read
                for other in near[node]:
                    if not seen[other]:
                        seen[other] = True
                        group.append(other)
            found.append(sorted(group))
    return found
