"""A placed picture as SVG within a page of HTML: text stays text, nodes are links, nothing has a style of its own.

Colours and lines are presentation attributes (https://www.w3.org/TR/SVG2/styling.html), since pages forbid styles that
stand in them, and so that the style sheet of a page may change them. The same scene gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from gbkg.core.text import safe
from gbkg.render.draw.fonts import LEADING, SIMILAR
from gbkg.render.draw.scene import (
    RADIUS,
    Box,
    Head,
    Line,
    Panel,
    Scene,
    Shape,
    TextBlock,
    corners,
    hollow,
    outlines,
    rounding,
    tip,
)

_ANCHORS = {"left": "start", "centre": "middle", "right": "end"}


def svg(scene: Scene, label: str, link: Callable[[str], str] = lambda _: "") -> str:
    """The picture; `label` is what it is called for those who do not see it, `link` gives the address for the name of
    a mark, "" if it has none."""
    width, height = map(_number, (scene.width, scene.height))
    head = f'<svg class="picture" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head += f' role="group" aria-label="{_text(label)}" font-family="{escape(SIMILAR)}">'
    return "".join([head, *_marks(scene, link), "</svg>"])


def _marks(scene: Scene, link: Callable[[str], str]) -> Iterator[str]:
    """Marks in their order; those of one node that follow one another share a link."""
    for name, marks in groupby(scene.marks, key=_named):
        address, together = link(name) if name else "", list(marks)
        drawn = "".join(map(_drawn, together))
        words = " ".join(line for mark in together if isinstance(mark, TextBlock) for line in mark.lines)
        # Lines of one text have no blank between them: its width would push right ones to the left.
        yield f'<a href="{escape(address)}" aria-label="{_text(words)}">{drawn}</a>' if address else drawn


def _named(mark: Shape) -> str:
    return mark.name if isinstance(mark, Panel | TextBlock) else ""


def _drawn(mark: Shape) -> str:
    if isinstance(mark, Panel):
        return _panel(mark)
    if isinstance(mark, Line):
        return _line(mark)
    return _head(mark) if isinstance(mark, Head) else _words(mark)


def _panel(panel: Panel) -> str:
    made = "".join(_shape(panel, box, fill) for box, fill in outlines(panel))
    return f"<g>{_title(panel.tip)}{made}</g>" if panel.tip else made


def _shape(panel: Panel, box: Box, fill: str) -> str:
    drawn = f'fill="{fill}" stroke="{panel.outline}" stroke-width="{_number(panel.width)}"{_dashed(panel.dash)}'
    if panel.shape in ("cut", "diamond"):
        return f'<polygon points="{_points(corners(panel.shape, box))}" {drawn}/>'
    x, y, width, height = map(_number, (box.x, box.y, box.width, box.height))
    radius = rounding(panel.shape, box)
    rounded = f' rx="{_number(radius)}"' if radius else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{rounded} {drawn}/>'


def _line(line: Line) -> str:
    path = f"M{_point(line.segments[0][0])}"
    for segment in line.segments:
        path += ("C" if len(segment) == 4 else "L") + " ".join(map(_point, segment[1:]))
    drawn = f'fill="none" stroke="{line.colour}" stroke-width="{_number(line.width)}"{_dashed(line.dash)}'
    return f'<path d="{path}" {drawn}>{_title(line.tip)}</path>'


def _head(head: Head) -> str:
    drawn = f'fill="{"#ffffff" if hollow(head) else head.colour}" stroke="{head.colour}"'
    points = tip(head)
    if len(points) == 1:
        (x, y), radius = map(_number, points[0]), _number(RADIUS)
        return f'<circle cx="{x}" cy="{y}" r="{radius}" {drawn}/>'
    return f'<polygon points="{_points(points)}" {drawn}/>'


def _words(words: TextBlock) -> str:
    box = words.box
    x = {"left": box.x, "centre": box.x + box.width / 2, "right": box.right}[words.align]
    lines = []
    for number, line in enumerate(words.lines):
        y = box.y + number * words.size * LEADING + words.size * 0.95
        bold = ' font-weight="bold"' if number < words.strong else ""
        lines.append(f'<tspan x="{_number(x)}" y="{_number(y)}"{bold}>{_text(line)}</tspan>')
    anchor = f' text-anchor="{_ANCHORS[words.align]}"' if words.align != "left" else ""
    return f'<text font-size="{_number(words.size)}" fill="{words.colour}"{anchor}>{"".join(lines)}</text>'


def _title(tip: str) -> str:
    return f"<title>{_text(tip)}</title>" if tip else ""


def _text(words: str) -> str:
    return escape(safe(words, "\n"))


def _dashed(dash: tuple[float, ...]) -> str:
    return f' stroke-dasharray="{" ".join(map(_number, dash))}"' if dash else ""


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(map(_point, points))


def _point(point: tuple[float, float]) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    """With at most two decimals.

    >>> _number(3.0), _number(2.345)
    ('3', '2.35')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
