"""Which relations are drawn, the columns of their ends, and the points of a node where lines leave and arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from gbkg.core.errors import GbkgError
from gbkg.core.text import counted
from gbkg.network import projection
from gbkg.network.projection import Edge, Network
from gbkg.render.draw import layers
from gbkg.render.draw.style import ACTIVE, local

PORT = 9.0
"""Height that an arriving line takes up on the side of a node, in points."""


@dataclass(frozen=True, slots=True)
class Port:
    """A point of a node where lines leave or arrive: on which side (1 is right), and whether they start here. `group`
    is the bundle of lines that start, or the relation of those that end and how it is known."""

    node: str
    side: int
    starts: bool
    group: str


@dataclass(frozen=True, slots=True)
class EdgeRoute:
    """One edge from left to right: nodes at the ends, bends between, and its ports."""

    edge: Edge
    stops: tuple[str, ...]
    left: Port
    right: Port


@dataclass(frozen=True)
class NetworkLayout:
    """The edges of one connected component, in columns."""

    columns: tuple[tuple[str, ...], ...]
    routes: tuple[EdgeRoute, ...]

    @cached_property
    def nodes(self) -> frozenset[str]:
        return frozenset(end for route in self.routes for end in (route.edge.subject, route.edge.object))

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """Every port once, in a fixed order."""
        found = {port for route in self.routes for port in (route.left, route.right)}
        return tuple(sorted(found, key=lambda p: (p.node, p.side, p.starts, p.group)))


def select(graph: Network, centre: str = "", hops: int = 1) -> tuple[Edge, ...]:
    """The edges of a projection that are drawn, sorted: all, or those among the entities at most so many hops, in
    either direction, from `centre` (an IRI).

    Raises `GbkgError` when there is none.
    """
    found = projection.edges(graph)
    if centre:
        near = {centre}
        for _ in range(hops):
            near |= {end for e in found if e.subject in near or e.object in near for end in (e.subject, e.object)}
        found = [edge for edge in found if edge.subject in near and edge.object in near]
    if not found:
        name = graph.nodes[centre]["label"] if centre in graph else local(centre)
        of = f" within {counted(hops, 'hop')} of {name}" if centre else ""
        raise GbkgError(
            f"nothing to draw: no relation of the chosen kinds{of}",
            hint="--relation chooses other ones, -r all takes every kind",
        )
    return tuple(sorted(found, key=lambda edge: edge.triple))


def how(edge: Edge) -> str:
    """`stated`, `implied` or `inferred`."""
    return "inferred" if edge.inferred else edge.reading


def bundle(edge: Edge) -> str:
    """Edges with the same name leave their node as one line: those of one subject and relation that are equally known,
    and equally in doubt."""
    return f"{edge.subject} {edge.relation} {how(edge)}{' in doubt' if edge.disputed else ''}"


def layouts(edges: Iterable[Edge]) -> list[NetworkLayout]:
    """One layout for each connected component of the edges, the largest first."""
    edges = sorted(edges, key=lambda edge: edge.triple)
    nodes = {end for edge in edges for end in (edge.subject, edge.object)}
    parts = layers.components(nodes, [(edge.subject, edge.object) for edge in edges])
    return [_layout(part, [edge for edge in edges if edge.subject in set(part)]) for part in parts]


def offsets(
    layout: NetworkLayout, middle: Mapping[str, float], height: Mapping[Port, float], gap: float = 1.5
) -> dict[Port, float]:
    """How far below the middle of its node each port lies: ports of a side one under the other, in the order of the
    places to which their lines lead."""
    leads: dict[Port, list[float]] = {}
    for route in layout.routes:
        leads.setdefault(route.left, []).append(middle[route.stops[1]])
        leads.setdefault(route.right, []).append(middle[route.stops[-2]])
    sides: dict[tuple[str, int], list[Port]] = {}
    for port in layout.ports:
        sides.setdefault((port.node, port.side), []).append(port)
    found = {}
    for ports in sides.values():
        ports.sort(key=lambda port: (sum(leads[port]) / len(leads[port]), port.starts, port.group))
        y = -stacked([height[port] for port in ports], gap) / 2
        for port in ports:
            found[port] = y + height[port] / 2
            y += height[port] + gap
    return found


def stacked(heights: Iterable[float], gap: float = 1.5) -> float:
    """The height of things one under the other."""
    heights = list(heights)
    return sum(heights) + gap * max(0, len(heights) - 1)


def _layout(nodes: list[str], edges: list[Edge]) -> NetworkLayout:
    named = {edge: _ends(edge) for edge in edges}
    placed = layers.lay_out(nodes, named.values())
    routes = []
    for edge, name in named.items():
        stops = placed.routes[name]
        routes.append(EdgeRoute(edge, stops, _port(edge, stops[0], 1), _port(edge, stops[-1], -1)))
    return NetworkLayout(placed.columns, tuple(routes))


def _ends(edge: Edge) -> tuple[str, str, str]:
    """The edge for the layout, which puts the first node on the left."""
    ends = (edge.object, edge.subject) if local(edge.relation) in ACTIVE else (edge.subject, edge.object)
    return (*ends, bundle(edge))


def _port(edge: Edge, node: str, side: int) -> Port:
    starts = edge.subject == node
    return Port(node, side, starts, bundle(edge) if starts else f"{edge.relation} {how(edge)}")
