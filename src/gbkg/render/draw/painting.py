"""A placed picture, painted: SVG whose text stays text, or PNG. The same scene gives the same bytes.

Control characters, which no XML can hold, and marks that turn the direction of writing are painted as escapes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from typing import Any, Literal

from gbkg.core.text import counted, safe
from gbkg.render.draw import fonts
from gbkg.render.draw.fonts import FONT, SIMILAR
from gbkg.render.draw.scene import (
    RADIUS,
    Box,
    Head,
    Line,
    Panel,
    Scene,
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
    step = words.size * fonts.LEADING
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
