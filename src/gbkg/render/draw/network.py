"""The network of founders, owners, operators, hosts and members, in columns from what is founded to who founded it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gbkg.ask.opened import OpenGraph
from gbkg.ask.resolve import resolve
from gbkg.core.prefixes import PREFIXES
from gbkg.core.text import counted
from gbkg.evidence.ledger import Footnotes
from gbkg.evidence.ledger import read as read_evidence
from gbkg.network.families import ALL
from gbkg.network.projection import Edge, Network, Selection, network
from gbkg.render.draw import layers, layout, style
from gbkg.render.draw.fonts import block, width
from gbkg.render.draw.layout import EdgeRoute, NetworkLayout, Port
from gbkg.render.draw.scene import A4_WIDTH, MARGIN, SMALLEST, Box, Head, Line, Panel, Scene, Shape, TextBlock, moved
from gbkg.render.draw.style import TEXT_SIZE, frame, source_list

RELATIONS = ("founding", "initiating", "ownership", "operating", "hosting", "headquarters", "membership")
"""The families of relations (`gbkg.network.families`) of the alliance and founding network."""
TITLE = "Who founded, owns, runs and hosts whom"
"""The title of the picture of `RELATIONS`."""
_WIDTH = A4_WIDTH - 2 * MARGIN
_NARROW, _BROAD = 78.0, 140.0
"""The least and the greatest width of a node."""
_CHIP = 58.0
"""The greatest width of the words on a line."""
_STUB, _ARROW, _FAN = 4.0, 10.0, 34.0
"""How far words stand off a node; room for an arrow head; the least room in which lines change their height."""
_PAD = 10.0
"""Room beside the words of a node."""
_BEND, _ROOM = 6.0, 6.0
"""Height of the place where a line passes a column; room between nodes of a column."""


@dataclass(frozen=True)
class Grid:
    """Where columns stand: left edges and common width of nodes, and beside the gap after each column the widths
    that belong to words and arrow heads (left, right), where lines run level."""

    left: tuple[float, ...]
    node: float
    level: tuple[tuple[float, float], ...]

    @property
    def width(self) -> float:
        return self.left[-1] + self.node


def draw(kg: OpenGraph, selection: Selection, centre: str = "", hops: int = 1, title: str = "") -> Scene:
    """The picture of a part of the network: all, or so many steps around a centre, by any of its names. Its remarks say
    what the name was taken for. Raises as `gbkg.ask.resolve.resolve` and `gbkg.network.projection.network` do."""
    said: list[str] = []
    near = resolve(kg.labels, centre, "entity", said.append).value if centre else ""
    found = network(kg, selection)
    edges = layout.select(found, near, hops)
    share, left = left_out(kg, selection, edges, near, hops)
    scene = place(kg, found, edges, title or titled(kg, selection.relations, near, share), left)
    return replace(scene, remarks=(*said, *scene.remarks))


def place(kg: OpenGraph, graph: Network, edges: Sequence[Edge], title: str = TITLE, left: str = "") -> Scene:
    """The picture of edges that `layout.select` took from a projection; at least one. `left` is the sentence of the
    caption on what is not drawn (`left_out`)."""
    tips = _tips(kg, edges)
    body, size = placed(kg, graph, edges, tips)
    nodes = sorted({end for edge in edges for end in (edge.subject, edge.object)})
    figures = style.figures(kg, {node: graph.nodes[node]["type"] for node in nodes})
    strokes = style.strokes({edge.relation for edge in edges})
    names = {edge.relation: edge.label for edge in edges}
    doubt = any(edge.disputed for edge in edges)
    legend = style.legend(strokes, names, map(layout.how, edges), figures.values(), doubt)
    return frame(title, body, size, legend, _caption(kg, edges, len(nodes), left))


def placed(
    kg: OpenGraph, graph: Network, edges: Sequence[Edge], tips: Mapping[Edge, str]
) -> tuple[list[Shape], tuple[float, float]]:
    """The marks of edges, from the origin, and their width and height, without title, legend and caption. `graph` has
    the labels and types of the nodes, `tips` what a viewer shows of an edge."""
    components = layout.layouts(edges)
    chips = {layout.bundle(edge): _chip(edge) for edge in edges}
    nodes = sorted({end for edge in edges for end in (edge.subject, edge.object)})
    long = max(width(word, TEXT_SIZE) for node in nodes for word in graph.nodes[node]["label"].split())
    grid = _grid(components, chips, min(_BROAD, max(_NARROW, long + _PAD)))
    figures = style.figures(kg, {node: graph.nodes[node]["type"] for node in nodes})
    strokes = style.strokes({edge.relation for edge in edges})
    body: list[Shape] = []
    y = 0.0
    for component in components:
        marks, height = _drawn(component, grid, chips, graph, figures, strokes, tips)
        body += moved(marks, 0, y)
        y += height + 2 * _ROOM
    return body, (max(grid.width, _WIDTH), y - 2 * _ROOM)


def left_out(
    kg: OpenGraph, selection: Selection, edges: Sequence[Edge], centre: str = "", hops: int = 1
) -> tuple[str, str]:
    """For the title the share of the relations that is drawn, of those within the same distance of `centre`; for the
    caption the sentence on the others: of kinds that were not chosen, and of a later time. Both are empty when nothing
    is left out."""
    whole = replace(selection, relations=(ALL,))
    kinds, times = (
        len({edge.triple for edge in layout.select(network(kg, one), centre, hops)})
        for one in (whole, replace(whole, as_of=""))
    )
    parts = [f"{kinds - len(edges)} are of kinds not drawn (-r all)"] * (kinds > len(edges))
    parts += [f"{times - kinds} began after {selection.as_of}"] * (times > kinds)
    share = f"{len(edges)} of {times} relations"
    return (share, f"{share}: of the others {' and '.join(parts)}.") if parts else ("", "")


def titled(kg: OpenGraph, relations: Sequence[str] = RELATIONS, centre: str = "", share: str = "") -> str:
    """A title for a selection: of these families or properties, around the entity with the IRI `centre`, with the share
    of what is there that it draws."""
    named = "All relations" if ALL in relations else f"Relations: {', '.join(relations)}"
    about = TITLE if tuple(relations) == RELATIONS else named
    about = f"Around {kg.labels.get(centre, centre)}: {about[0].lower()}{about[1:]}" if centre else about
    return f"{about} ({share})" if share else about


def _grid(components: Iterable[NetworkLayout], chips: Mapping[str, TextBlock], least: float) -> Grid:
    """Columns as wide as A4 allows, nodes no narrower than `least`; wider than A4 when there are too many."""
    components = list(components)
    count = max(len(component.columns) for component in components)
    level = [[_ARROW, _ARROW] for _ in range(count - 1)]
    for component in components:
        column = {key: number for number, keys in enumerate(component.columns) for key in keys}
        for port in component.ports:
            gap, side = (column[port.node], 0) if port.side == 1 else (column[port.node] - 1, 1)
            need = _STUB + chips[port.group].box.width + 4 if port.starts else _ARROW
            level[gap][side] = max(level[gap][side], need)
    fixed = sum(map(sum, level))
    node = min(_BROAD, max(least, (_WIDTH - fixed - _FAN * 1.6 * (count - 1)) / count))
    fan = max(_FAN, (_WIDTH - fixed - node * count) / max(1, count - 1))
    left = [0.0]
    for pair in level:
        left.append(left[-1] + node + sum(pair) + fan)
    return Grid(tuple(left), node, tuple((a, b) for a, b in level))


def _drawn(
    component: NetworkLayout,
    grid: Grid,
    chips: Mapping[str, TextBlock],
    graph: Network,
    figures: Mapping[str, style.NodeStyle],
    strokes: Mapping[str, style.Stroke],
    tips: Mapping[Edge, str],
) -> tuple[list[Shape], float]:
    """The marks of what hangs together, from the origin, and its height."""
    words = {
        node: block(graph.nodes[node]["label"], 0, 0, grid.node - _PAD, TEXT_SIZE, even=True, align="centre", name=node)
        for node in sorted(component.nodes)
    }
    tall = {port: chips[port.group].box.height + 3 if port.starts else layout.PORT for port in component.ports}
    height = {key: _BEND for keys in component.columns for key in keys}
    for node, spoken in words.items():
        sides = [layout.stacked(tall[p] for p in component.ports if p.node == node and p.side == s) for s in (1, -1)]
        height[node] = max(spoken.box.height + 7, *sides)
    middle, offset = _fitted(component, height, tall)
    column = {key: number for number, keys in enumerate(component.columns) for key in keys}
    marks: list[Shape] = []
    for route in sorted(component.routes, key=lambda route: (layout.how(route.edge) != "implied", route.edge.triple)):
        marks += _arrow(route, grid, column, middle, offset, strokes[route.edge.relation], tips[route.edge])
    for port in component.ports:
        if port.starts:
            chip = _beside(chips[port.group], port, grid, column, middle[port.node] + offset[port])
            marks += [Panel(replace(chip.box, x=chip.box.x - 1.5, width=chip.box.width + 3), outline="#ffffff"), chip]
    for node, spoken in words.items():
        box = Box(grid.left[column[node]], middle[node] - height[node] / 2, grid.node, height[node])
        tip = f"{graph.nodes[node]['label']}: {graph.nodes[node]['type_label']}"
        marks.append(style.panel(figures[node], box, node, tip))
        down = box.y + (box.height - spoken.box.height) / 2
        marks.append(replace(spoken, box=Box(box.x + (box.width - spoken.box.width) / 2, down, *_size(spoken))))
    bottom = max(middle[key] + height[key] / 2 for key in middle)
    return marks, bottom


def _fitted(
    component: NetworkLayout, height: Mapping[str, float], tall: Mapping[Port, float]
) -> tuple[dict[str, float], dict[Port, float]]:
    """The middles of nodes and bends, and the places of ports on their nodes, each fitted to the other."""

    def gap(above: str, below: str) -> float:
        return _ROOM if {above, below} <= component.nodes else _ROOM / 2

    offset = dict.fromkeys(component.ports, 0.0)
    for _ in range(3):
        links = []
        for route in component.routes:
            down = [offset[route.left], *[0.0] * (len(route.stops) - 2), offset[route.right]]
            links += [(a, x, b, y) for (a, b), (x, y) in zip(pairwise(route.stops), pairwise(down), strict=True)]
        middle = layers.heights(component.columns, sorted(set(links)), height, gap)
        offset = layout.offsets(component, middle, tall)
    return middle, offset


def _arrow(
    route: EdgeRoute,
    grid: Grid,
    column: Mapping[str, int],
    middle: Mapping[str, float],
    offset: Mapping[Port, float],
    stroke: style.Stroke,
    tip: str,
) -> list[Shape]:
    """The line of an edge, level beside nodes and through columns, and its head."""
    ys = [middle[stop] for stop in route.stops]
    ys[0] += offset[route.left]
    ys[-1] += offset[route.right]
    first = column[route.stops[0]]
    start, end = grid.left[first] + grid.node, grid.left[first + len(ys) - 1]
    points: list[tuple[float, float]] = [(start if route.left.starts else start + 5, ys[0])]
    segments: list[tuple[tuple[float, float], ...]] = []
    for number, (y, other) in enumerate(pairwise(ys), start=first):
        a = grid.left[number] + grid.node + grid.level[number][0]
        d = grid.left[number + 1] - grid.level[number][1]
        segments.append((points[-1], (a, y)))
        half = (a + d) / 2
        segments.append(((a, y), (half, y), (half, other), (d, other)))
        points.append((d, other))
    segments.append((points[-1], (end if route.right.starts else end - 5, ys[-1])))
    dash, _ = style.HOW[layout.how(route.edge)]
    line = Line(tuple(segments), stroke.colour, stroke.width, dash, route.edge.relation, tip)
    reached = [(start, ys[0], -1, route.left), (end, ys[-1], 1, route.right)]
    return [line, *(Head(x, y, s, stroke.head, stroke.colour) for x, y, s, port in reached if not port.starts)]


def _beside(chip: TextBlock, port: Port, grid: Grid, column: Mapping[str, int], y: float) -> TextBlock:
    """The words of a relation beside the node where its lines start."""
    edge = grid.left[column[port.node]]
    x = edge + grid.node + _STUB if port.side == 1 else edge - _STUB - chip.box.width
    return replace(chip, box=Box(x, y - chip.box.height / 2, *_size(chip)))


def _size(words: TextBlock) -> tuple[float, float]:
    return words.box.width, words.box.height


def _chip(edge: Edge) -> TextBlock:
    """The words of a relation, at the origin."""
    text = f"{edge.label} {style.DOUBT}" if edge.disputed else edge.label
    return block(text, 0, 0, _CHIP, SMALLEST, even=True, align="centre", name=edge.relation)


def _tips(kg: OpenGraph, edges: Iterable[Edge]) -> dict[Edge, str]:
    """What a viewer shows of an edge: the relation, what puts it in doubt, and every quotation behind it, with source
    and offsets."""
    notes, found = Footnotes(kg.evidence, read_evidence(kg.store)), {}
    numbers = {edge: notes.numbers(edge.claims) for edge in edges}
    quotations = {number: quotation for number, quotation, _ in notes.notes()}
    for edge, cited in numbers.items():
        said = [f"“{q.exact}” ({q.source} {q.start}–{q.end})" for q in map(quotations.__getitem__, cited)]
        labels = [kg.labels.get(end, end) for end in (edge.subject, edge.object)]
        head = f"{labels[0]} – {edge.label} → {labels[1]} ({layout.how(edge)})"
        doubt = f"{'in doubt' if edge.disputed else 'partly in doubt'}, see {', '.join(edge.doubts)}"
        found[edge] = "\n".join([head, *[doubt] * bool(edge.doubts), *(" ".join(line.split()) for line in said)])
    return found


def _caption(kg: OpenGraph, edges: Sequence[Edge], nodes: int, left: str) -> str:
    ways = [layout.how(edge) for edge in edges]
    parts = [f"{ways.count(way)} {way}" for way in style.HOW if way in ways]
    shares = ", ".join(parts) if len(parts) > 1 else f"all {ways[0]}" if len(ways) > 1 else ways[0]
    doubts = sum(edge.disputed for edge in edges)
    shares += f"; {doubts} in doubt for an ambiguity, inconsistency or correction" if doubts else ""
    sources = sorted({PREFIXES["src"] + source for edge in edges for source in edge.sources})
    return (
        f"{counted(len(edges), 'relation')} ({shares}) between {counted(nodes, 'entity', 'entities')}; "
        f"each rests on quotations. {left}{' ' * bool(left)}Sources: {source_list(kg, sources, numbered=False)}."
    )
