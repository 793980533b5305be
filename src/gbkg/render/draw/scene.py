"""A picture before it is painted: boxes, words, lines and arrow heads at their places, and their outlines.

Lengths are points (1/72 inch), x to the right and y *down* from the top left corner; font sizes are points too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

A4_WIDTH, A4_HEIGHT = 595.0, 842.0
"""Points: 210 by 297 mm. No picture is narrower, so that a font size here is the one that is read on a page."""
MARGIN = 22.0
SMALLEST = 7.0
"""The smallest font size of any picture, in points at the width of A4."""

INK, SOFT, FAINT = "#1a1a1a", "#595959", "#d9d9d9"
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#000000",
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
)
"""Colours that people with any kind of colour vision tell apart: M. Okabe, K. Ito, Color Universal Design (2008),
https://jfly.uni-koeln.de/color/."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `x`, `y` is its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether the two share more than an edge, or come nearer than `gap`.

        >>> Box(0, 0, 2, 2).overlaps(Box(2, 0, 2, 2)), Box(0, 0, 2, 2).overlaps(Box(1, 1, 2, 2))
        (False, True)
        """
        return (
            self.x < other.right + gap
            and other.x < self.right + gap
            and self.y < other.bottom + gap
            and other.y < self.bottom + gap
        )


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines of text in a box, from its top down, each `left`, `centre` or `right`; the first `strong` are bold.

    `name` is what the words stand for (the IRI of an entity or a claim), "" for titles and legends.
    """

    box: Box
    lines: tuple[str, ...]
    size: float
    strong: int = 0
    colour: str = INK
    align: str = "left"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A filled shape: `square`, `round`, `pill`, `cut` (corners cut off), `double` (a second outline), `bar` (a thick
    left side), `diamond`."""

    box: Box
    shape: str = "square"
    fill: str = "#ffffff"
    outline: str = INK
    width: float = 0.8
    dash: tuple[float, ...] = ()
    name: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A path of straight segments (two points) and cubic curves (four points), one after the other.

    `tip` is what a viewer shows of the line when it is pointed at.
    """

    segments: tuple[tuple[tuple[float, float], ...], ...]
    colour: str = INK
    width: float = 1.0
    dash: tuple[float, ...] = ()
    name: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an arrow: its tip, `side` 1 if it points right and -1 if left, and `form`, one of `HEADS`."""

    x: float
    y: float
    side: int
    form: str
    colour: str


HEADS = ("triangle", "open triangle", "diamond", "open diamond", "disc", "ring", "block", "open block", "barb")
Shape = Panel | Line | Head | TextBlock


@dataclass(frozen=True, slots=True)
class Scene:
    """A placed picture. Marks are painted in their order; `remarks` are for whoever asked for the picture."""

    title: str
    caption: str
    width: float
    height: float
    marks: tuple[Shape, ...]
    remarks: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[TextBlock, ...]:
        """Every text of the picture."""
        return tuple(mark for mark in self.marks if isinstance(mark, TextBlock))


def moved(marks: Iterable[Shape], x: float, y: float) -> tuple[Shape, ...]:
    """The marks, shifted."""
    return tuple(_moved(mark, x, y) for mark in marks)


def _moved(mark: Shape, x: float, y: float) -> Shape:
    if isinstance(mark, Head):
        return replace(mark, x=mark.x + x, y=mark.y + y)
    if isinstance(mark, Line):
        return replace(mark, segments=tuple(tuple((px + x, py + y) for px, py in s) for s in mark.segments))
    return replace(mark, box=replace(mark.box, x=mark.box.x + x, y=mark.box.y + y))


HEAD = 6.0
"""Length of an arrow head in points."""
RADIUS = HEAD * 0.42
"""Half the height of an arrow head."""
Point = tuple[float, float]


def rounding(shape: str, box: Box) -> float:
    """The radius of the corners of a shape; 0 if they are none of a circle."""
    return min(box.height / 2, 9.0) if shape == "pill" else 4.0 if shape == "round" else 0.0


def corners(shape: str, box: Box) -> list[Point]:
    """The corners of a shape without curves: of a rectangle, or with its corners cut off."""
    left, top, right, bottom = box.x, box.y, box.right, box.bottom
    cut = {"cut": min(5.0, box.height / 3), "diamond": min(box.width, box.height) / 2}.get(shape, 0.0)
    if not cut:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [
        *((left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut)),
        *((right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut)),
    ]


def outlines(panel: Panel) -> list[tuple[Box, str]]:
    """The shapes that a panel is painted as, each with its fill: its own, and a second outline or a thick left side."""
    box = panel.box
    found = [(box, panel.fill)]
    if panel.shape == "double":
        found.append((Box(box.x + 2, box.y + 2, box.width - 4, box.height - 4), "none"))
    if panel.shape == "bar":
        found.append((Box(box.x, box.y, 4, box.height), panel.outline))
    return found


def tip(head: Head) -> list[Point]:
    """The corners of an arrow head; of a disc or a ring the middle alone, its radius being `RADIUS`."""
    end, back, middle = head.x, head.x - head.side * HEAD, head.x - head.side * HEAD / 2
    return {
        "disc": [(middle, head.y)],
        "ring": [(middle, head.y)],
        "triangle": [(end, head.y), (back, head.y - RADIUS), (back, head.y + RADIUS)],
        "diamond": [(end, head.y), (middle, head.y - RADIUS), (back, head.y), (middle, head.y + RADIUS)],
        "block": [(end, head.y - RADIUS), (end, head.y + RADIUS), (back, head.y + RADIUS), (back, head.y - RADIUS)],
        "barb": [(end, head.y), (back, head.y - RADIUS), (middle, head.y), (back, head.y + RADIUS)],
    }[head.form.removeprefix("open ")]


def hollow(head: Head) -> bool:
    """Whether an arrow head is white within."""
    return head.form.startswith("open") or head.form == "ring"
