"""The outlines of shapes and arrow heads, for whatever paints them."""

from __future__ import annotations

from gbkg.render.draw.scene import Box, Head

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
