"""How pictures look: title, legend and caption; colours, arrow heads and shapes of relations and entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gbkg.ask.opened import OpenGraph
from gbkg.core.terms import reachable, term
from gbkg.render.draw.fonts import LEADING, block, width
from gbkg.render.draw.scene import (
    A4_HEIGHT,
    A4_WIDTH,
    BLACK,
    BLUE,
    GREEN,
    HEADS,
    INK,
    MARGIN,
    ORANGE,
    PURPLE,
    SKY,
    SMALLEST,
    SOFT,
    VERMILLION,
    Box,
    Head,
    Line,
    Panel,
    Scene,
    Shape,
    moved,
)

TITLE_SIZE, TEXT_SIZE = 12.0, 7.5
_SAMPLE = 30.0
"""Width of a sample in the legend."""
_TITLES = "SELECT ?source ?title WHERE { ?source a gbkg:Source ; dcterms:title ?title }"


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One entry of a legend: the sample, in a box of 26 by 10 points from the origin, and what it stands for."""

    sample: tuple[Shape, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LegendSection:
    """A section of the legend, with its heading."""

    heading: str
    entries: tuple[LegendEntry, ...]


def frame(
    title: str,
    body: Sequence[Shape],
    size: tuple[float, float],
    legend: Iterable[LegendSection],
    caption: str,
) -> Scene:
    """The body (from the origin, of this width and height) with title above, legend and caption below."""
    full, inner = size[0] + 2 * MARGIN, size[0]
    heading = block(title, MARGIN, MARGIN, inner, TITLE_SIZE, bold=True)
    y = heading.box.bottom + 8
    marks: list[Shape] = [heading, *moved(body, MARGIN, y)]
    y += size[1] + 9
    marks.append(Line((((MARGIN, y), (full - MARGIN, y)),), SOFT, 0.6))
    for section in legend:
        made, height = _section(section, inner)
        marks += moved(made, MARGIN, y + 5)
        y += height + 5
    said = block(caption, MARGIN, y + 6, inner, SMALLEST, colour=SOFT)
    height = said.box.bottom + MARGIN - 8
    return Scene(title, caption, full, height, (*marks, said), _sizes(full, height))


def _sizes(width: float, height: float) -> tuple[str, ...]:
    """What to know for printing, when the picture is larger than a page of A4."""
    if width <= A4_WIDTH and height <= A4_HEIGHT:
        return ()
    by = f"the picture is {width / 72 * 25.4:.0f} by {height / 72 * 25.4:.0f} mm"
    if width <= A4_HEIGHT and height <= A4_WIDTH:
        return (f"{by}: print it on A4 lengthwise, so that the smallest letters keep {SMALLEST:.0f} points",)
    scale = max(min(A4_WIDTH / width, A4_HEIGHT / height), min(A4_HEIGHT / width, A4_WIDTH / height))
    return (f"{by}, larger than A4: on one page its smallest letters would have {SMALLEST * scale:.1f} points",)


def titles(kg: OpenGraph) -> dict[str, str]:
    """IRI of a source to its title."""
    return {row["source"].value: " ".join(row["title"].value.split()) for row in kg.store.select(_TITLES)}


def source_list(kg: OpenGraph, sources: Sequence[str], numbered: bool = True) -> str:
    """The sources for a caption, in this order, numbered from 1 if wanted."""
    known = titles(kg)
    return "; ".join(
        (f"[{number}] " if numbered else "") + known.get(iri, iri) for number, iri in enumerate(sources, start=1)
    )


def _section(section: LegendSection, inner: float) -> tuple[list[Shape], float]:
    heading = block(section.heading, 0, 0, inner, TEXT_SIZE, bold=True)
    widest = max((width(key.text, TEXT_SIZE) for key in section.entries), default=0.0)
    columns = max(1, int(inner // (_SAMPLE + widest + 12)))
    columns = min(columns, len(section.entries)) or 1
    column = inner / max(columns, 3)
    row = TEXT_SIZE * LEADING + 3.5
    marks: list[Shape] = [heading]
    for number, key in enumerate(section.entries):
        x, y = (number % columns) * column, heading.box.bottom + 3 + (number // columns) * row
        marks += moved(key.sample, x, y)
        marks.append(block(key.text, x + _SAMPLE, y, inner - _SAMPLE, TEXT_SIZE, colour=INK))
    return marks, heading.box.bottom + 3 + -(-len(section.entries) // columns) * row


HOW: dict[str, tuple[tuple[float, ...], str]] = {
    "stated": ((), "stated: the quotation says it"),
    "implied": ((4.0, 2.0), "implied by the quotation and its surroundings"),
    "inferred": ((1.0, 1.8), "inferred by a rule from other facts"),
}
"""How a relation is known: its dashes, and the words of the legend."""

DOUBT = "(?)"
"""What stands after the words of a relation that is in doubt."""

ACTIVE = frozenset(("hasBuilt", "isBuilding", "governs", "attracts", "involves", "hosts", "hasCore"))
"""Relations whose subject acts; it is drawn on the right, where the others have their founders and operators."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a relation is drawn: colour and form of the arrow, so that either is enough to tell it by."""

    colour: str
    head: str
    width: float


@dataclass(frozen=True, slots=True)
class NodeStyle:
    """How entities of some classes are drawn. `word` is what the legend calls them."""

    word: str
    shape: str
    fill: str
    outline: str
    width: float = 0.9
    dash: tuple[float, ...] = ()


_STROKES = {
    "foundedBy": Stroke(BLUE, "triangle", 1.7),
    "initiatedBy": Stroke(SKY, "open triangle", 1.7),
    "establishedBy": Stroke(GREEN, "diamond", 1.7),
    "jointVentureOf": Stroke(PURPLE, "block", 1.3),
    "controlledBy": Stroke(PURPLE, "open block", 1.3),
    "reliesOn": Stroke(PURPLE, "open diamond", 0.9),
    "operatedBy": Stroke(VERMILLION, "barb", 1.7),
    "headquarteredIn": Stroke(ORANGE, "disc", 1.7),
    "jointHeadquartersIn": Stroke(ORANGE, "ring", 1.7),
    "settledIn": Stroke(ORANGE, "diamond", 0.9),
    "memberOf": Stroke(BLACK, "open triangle", 0.9),
    "hasBuilt": Stroke(GREEN, "block", 0.9),
}
_OTHER = ("#5f5f5f", 0.9)
_FIGURES: dict[str, NodeStyle] = {
    "Alliance": NodeStyle("alliance", "double", "#cfe3f1", BLUE),
    "Association": NodeStyle("association", "round", "#cfe3f1", BLUE, 1.4),
    "GovernmentBody": NodeStyle("government body", "square", "#e4e4e4", INK, 1.4),
    "PartyBody": NodeStyle("government body", "square", "#e4e4e4", INK, 1.4),
    "University": NodeStyle("university, research, training", "pill", "#f5e0ec", "#9c4f78"),
    "ResearchInstitute": NodeStyle("university, research, training", "pill", "#f5e0ec", "#9c4f78"),
    "TrainingInstitution": NodeStyle("university, research, training", "pill", "#f5e0ec", "#9c4f78"),
    "ThinkTank": NodeStyle("university, research, training", "pill", "#f5e0ec", "#9c4f78"),
    "Company": NodeStyle("company", "square", "#fdf0d2", "#a87400"),
    "Fund": NodeStyle("fund", "round", "#fdf0d2", "#a87400", 1.4),
    "Group": NodeStyle("group", "round", "#ffffff", "#5f5f5f", 1.0, (3.0, 2.0)),
    "Site": NodeStyle("site: park, incubator, building", "bar", "#fbe2d5", VERMILLION),
    "Place": NodeStyle("place", "cut", "#d3ede4", GREEN),
    "Organization": NodeStyle("other organization", "round", "#ffffff", INK),
}
"""Class to figure, the first that fits."""
_REST = NodeStyle("other", "square", "#ffffff", "#5f5f5f")


def strokes(relations: Iterable[str]) -> dict[str, Stroke]:
    """IRI of each relation to its stroke; those without one of their own are grey and differ by arrow head."""
    found, spare = {}, 0
    for iri in sorted(relations):
        known = _STROKES.get(local(iri))
        found[iri] = known or Stroke(_OTHER[0], HEADS[spare % len(HEADS)], _OTHER[1])
        spare += known is None
    return found


def figures(kg: OpenGraph, types: Mapping[str, str]) -> dict[str, NodeStyle]:
    """Node to figure, from node to the local name of its class."""
    parents: dict[str, set[str]] = {}
    for quad in kg.store.quads(None, term("rdfs:subClassOf")):
        parents.setdefault(local(quad.subject.value), set()).add(local(quad.object.value))

    kinds = {cls: reachable([cls], lambda one: parents.get(one, ())) for cls in set(types.values())}
    return {
        node: next((figure for name, figure in _FIGURES.items() if name in kinds[cls]), _REST)
        for node, cls in types.items()
    }


def legend(
    used: Mapping[str, Stroke],
    labels: Mapping[str, str],
    ways: Iterable[str],
    shown: Iterable[NodeStyle],
    doubt: bool = False,
) -> list[LegendSection]:
    """The legend of what is in the picture: relations in the order of `_STROKES`, doubt, ways of knowing, entities."""
    order = [*_STROKES]
    relations = sorted(used, key=lambda iri: (order.index(local(iri)) if local(iri) in order else 99, iri))
    ways = set(ways)
    figured = {figure.word: figure for figure in shown}
    ranked = [figure.word for figure in (*_FIGURES.values(), _REST)]
    lines = {labels[iri]: LegendEntry(_sample(used[iri]), labels[iri]) for iri in relations}
    doubted = [LegendEntry((block(DOUBT, 0, 0, 26, TEXT_SIZE),), "in doubt")] * doubt
    known = [
        LegendEntry((Line((((0, 5), (26, 5)),), INK, 1.4, dash),), words)
        for way, (dash, words) in HOW.items()
        if way in ways
    ]
    seen = [LegendEntry((panel(figured[word], Box(0, 0, 24, 10)),), word) for word in sorted(figured, key=ranked.index)]
    return [
        LegendSection("Relations: read from the entity beside the words along the arrow", (*lines.values(), *doubted)),
        LegendSection("How a relation is known", tuple(known)),
        LegendSection("Entities", tuple(seen)),
    ]


def panel(figure: NodeStyle, box: Box, name: str = "", tip: str = "") -> Panel:
    return Panel(box, figure.shape, figure.fill, figure.outline, figure.width, figure.dash, name, tip)


def local(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rpartition("#")[2].rpartition("/")[2]


def _sample(stroke: Stroke) -> tuple[Line | Head, ...]:
    return (Line((((0, 5), (21, 5)),), stroke.colour, stroke.width), Head(26, 5, 1, stroke.head, stroke.colour))
