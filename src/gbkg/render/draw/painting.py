"""A placed picture, painted: SVG whose text stays text, or PNG; and SVG within a page of HTML. The same scene gives the
same bytes.

Control characters, which no XML can hold, and marks that turn the direction of writing are painted as escapes. In a
page, colours and lines are presentation attributes (https://www.w3.org/TR/SVG2/styling.html), since pages forbid styles
that stand in them, and so that the style sheet of a page may change them.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from itertools import groupby
from typing import Any, Literal

from gbkg.core.text import counted, safe
from gbkg.render.draw import fonts
from gbkg.render.draw.fonts import FONT, LEADING, SIMILAR
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
from gbkg.render.lists import Picture

import matplotlib as mpl  # isort: skip  (fonts says what to install when it is missing)
from matplotlib import font_manager  # isort: skip
from matplotlib.artist import Artist  # isort: skip
from matplotlib.figure import Figure  # isort: skip
from matplotlib.ft2font import FT2Font  # isort: skip
from matplotlib.patches import BoxStyle, Circle, FancyBboxPatch, PathPatch, Polygon  # isort: skip
from matplotlib.path import Path  # isort: skip
from matplotlib.text import Text  # isort: skip


DPI = 200
FORMS = ("svg", "png")
_OTHERS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Microsoft YaHei", "PingFang SC", "SimHei", "Droid Sans Fallback", "Arial Unicode MS", "Unifont"),
)
"""Fonts that a machine may have for what DejaVu Sans lacks, Chinese above all."""
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gbkg",
    "path.simplify": False,
    "text.hinting": "none",
    "text.usetex": False,
    "axes.unicode_minus": False,
}


def paint(scene: Scene, form: str, dpi: int = DPI) -> bytes:
    """The picture as SVG or PNG (`FORMS`); `dpi` is for PNG: pixels for each inch, 72 points, of the scene."""
    with _defaults():
        figure = Figure(figsize=(scene.width / 72, scene.height / 72), facecolor="white")
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, scene.width), ylim=(scene.height, 0))
        axes.set_axis_off()
        names = [FONT, *_installed(fonts.missing(_texts(scene)))]
        tips: dict[str, str] = {}
        for number, mark in enumerate(scene.marks):
            for artist in _artists(mark, names):
                artist.set_zorder(number + 1)
                artist.set_clip_on(False)
                axes.add_artist(artist)
            if isinstance(mark, Panel | Line) and mark.tip:
                artist.set_gid(f"mark{number}")
                tips[f"mark{number}"] = safe(mark.tip)
        out = io.BytesIO()
        if form == "png":
            figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None, "Title": safe(scene.title)})
            return out.getvalue()
        about = {"Date": None, "Creator": "gbkg", "Title": safe(scene.title), "Description": safe(scene.caption)}
        figure.savefig(out, format="svg", metadata=about)
        return _finished(out.getvalue().decode(), tips).encode()


def picture(scene: Scene, form: str, dpi: int = DPI) -> Picture:
    """The picture, as `paint` makes it, with its remarks."""
    return Picture(form, paint(scene, form, dpi), remarks=(*scene.remarks, *remarks(scene, form)))


def remarks(scene: Scene, form: str) -> tuple[str, ...]:
    """What the reader of this file should know: characters that the font lacks, and what became of them."""
    lacking = fonts.missing(_texts(scene))
    if not lacking:
        return ()
    shown = lacking if len(lacking) <= 12 else f"{lacking[:12]}…"
    said = f"{counted(len(lacking), 'character')} not in {FONT} ({shown})"
    if form == "svg":
        return (f"{said}: a viewer of the SVG takes another font for them",)
    others = _installed(lacking)
    if others:
        return (f"{said}: painted in {', '.join(others)}",)
    return (f"{said}, nor in another font of this machine: painted as empty boxes; install one, or take SVG",)


def _texts(scene: Scene) -> list[str]:
    return [line for words in scene.words for line in words.lines]


@contextmanager
def _defaults() -> Iterator[None]:
    """matplotlib's defaults, whatever the user's own settings are, without the warnings that `remarks` replaces."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


@cache
def _installed(lacking: str) -> tuple[str, ...]:
    """The fonts of this machine that have some of these characters, first the ones that are meant for them."""
    if not lacking:
        return ()
    files = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    have = [name for name in _OTHERS if name in files]
    return tuple(name for name in have if any(ord(c) in FT2Font(files[name]).get_charmap() for c in lacking))[:2]


def _finished(svg: str, tips: dict[str, str]) -> str:
    """The SVG with a title on every mark that has a tip, and with similar fonts to fall back on."""
    for name, words in tips.items():
        svg = svg.replace(f'<g id="{name}">', f'<g id="{name}"><title>{escape(words, quote=False)}</title>', 1)
    return svg.replace(f"'{FONT}'", SIMILAR)


def _artists(mark: Panel | Line | Head | TextBlock, families: list[str]) -> list[Artist]:
    if isinstance(mark, Panel):
        return [_shape(mark, box, fill) for box, fill in outlines(mark)]
    if isinstance(mark, Line):
        return [_line(mark)]
    if isinstance(mark, Head):
        return [_head(mark)]
    return _words(mark, families)


def _words(words: TextBlock, families: list[str]) -> list[Artist]:
    step = words.size * LEADING
    ways: dict[str, tuple[float, Literal["left", "center", "right"]]] = {
        "left": (words.box.x, "left"),
        "centre": (words.box.x + words.box.width / 2, "center"),
        "right": (words.box.right, "right"),
    }
    x, side = ways[words.align]
    return [
        Text(
            x,
            words.box.y + number * step + words.size * 0.95,
            safe(line, ""),
            color=words.colour,
            fontsize=words.size,
            fontfamily=families,
            fontweight="bold" if number < words.strong else "normal",
            ha=side,
            va="baseline",
            parse_math=False,
        )
        for number, line in enumerate(words.lines)
    ]


def _shape(panel: Panel, box: Box, fill: str) -> Artist:
    style: dict[str, Any] = {
        "facecolor": fill,
        "edgecolor": panel.outline,
        "linewidth": panel.width,
        "linestyle": (0, panel.dash) if panel.dash else "-",
    }
    if radius := rounding(panel.shape, box):
        round_ = BoxStyle.Round(pad=0, rounding_size=radius)
        return FancyBboxPatch((box.x, box.y), box.width, box.height, boxstyle=round_, **style)
    return Polygon(corners(panel.shape, box), closed=True, joinstyle="miter", **style)


def _line(line: Line) -> Artist:
    points, codes = [line.segments[0][0]], [Path.MOVETO]
    for segment in line.segments:
        points += segment[1:]
        codes += [Path.CURVE4] * 3 if len(segment) == 4 else [Path.LINETO]
    dash = (0, line.dash) if line.dash else "-"
    path = Path(points, codes)
    return PathPatch(path, fill=False, edgecolor=line.colour, linewidth=line.width, linestyle=dash, capstyle="butt")


def _head(head: Head) -> Artist:
    fill, points = "white" if hollow(head) else head.colour, tip(head)
    if len(points) == 1:
        return Circle(points[0], RADIUS, facecolor=fill, edgecolor=head.colour, linewidth=1.0)
    return Polygon(points, closed=True, facecolor=fill, edgecolor=head.colour, linewidth=1.0, joinstyle="miter")


# ---- SVG within a page of HTML: text stays text, nodes are links

_ANCHORS = {"left": "start", "centre": "middle", "right": "end"}


def svg(scene: Scene, label: str, link: Callable[[str], str] = lambda _: "") -> str:
    """The picture; `label` is what it is called for those who do not see it, `link` gives the address for the name of
    a mark, "" if it has none."""
    width, height = map(_number, (scene.width, scene.height))
    head = f'<svg class="picture" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head += f' role="group" aria-label="{_text(label)}" font-family="{escape(SIMILAR)}">'
    return "".join([head, *_marks_svg(scene, link), "</svg>"])


def _marks_svg(scene: Scene, link: Callable[[str], str]) -> Iterator[str]:
    """Marks in their order; those of one node that follow one another share a link."""
    for name, marks in groupby(scene.marks, key=_named):
        address, together = link(name) if name else "", list(marks)
        drawn = "".join(map(_mark_svg, together))
        words = " ".join(line for mark in together if isinstance(mark, TextBlock) for line in mark.lines)
        # Lines of one text have no blank between them: its width would push right ones to the left.
        yield f'<a href="{escape(address)}" aria-label="{_text(words)}">{drawn}</a>' if address else drawn


def _named(mark: Shape) -> str:
    return mark.name if isinstance(mark, Panel | TextBlock) else ""


def _mark_svg(mark: Shape) -> str:
    if isinstance(mark, Panel):
        return _panel_svg(mark)
    if isinstance(mark, Line):
        return _line_svg(mark)
    return _head_svg(mark) if isinstance(mark, Head) else _words_svg(mark)


def _panel_svg(panel: Panel) -> str:
    made = "".join(_shape_svg(panel, box, fill) for box, fill in outlines(panel))
    return f"<g>{_title(panel.tip)}{made}</g>" if panel.tip else made


def _shape_svg(panel: Panel, box: Box, fill: str) -> str:
    drawn = f'fill="{fill}" stroke="{panel.outline}" stroke-width="{_number(panel.width)}"{_dashed(panel.dash)}'
    if panel.shape in ("cut", "diamond"):
        return f'<polygon points="{_points(corners(panel.shape, box))}" {drawn}/>'
    x, y, width, height = map(_number, (box.x, box.y, box.width, box.height))
    radius = rounding(panel.shape, box)
    rounded = f' rx="{_number(radius)}"' if radius else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{rounded} {drawn}/>'


def _line_svg(line: Line) -> str:
    path = f"M{_point(line.segments[0][0])}"
    for segment in line.segments:
        path += ("C" if len(segment) == 4 else "L") + " ".join(map(_point, segment[1:]))
    drawn = f'fill="none" stroke="{line.colour}" stroke-width="{_number(line.width)}"{_dashed(line.dash)}'
    return f'<path d="{path}" {drawn}>{_title(line.tip)}</path>'


def _head_svg(head: Head) -> str:
    drawn = f'fill="{"#ffffff" if hollow(head) else head.colour}" stroke="{head.colour}"'
    points = tip(head)
    if len(points) == 1:
        (x, y), radius = map(_number, points[0]), _number(RADIUS)
        return f'<circle cx="{x}" cy="{y}" r="{radius}" {drawn}/>'
    return f'<polygon points="{_points(points)}" {drawn}/>'


def _words_svg(words: TextBlock) -> str:
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
