"""Figures as bars: a series of one thing, or one figure of several, each bar as long as its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gbkg.render.draw.fonts import LEADING, block, width
from gbkg.render.draw.scene import A4_WIDTH, BLUE, INK, MARGIN, SOFT, Box, Line, Mark, Panel, Scene
from gbkg.render.draw.style import DOUBT, TEXT_SIZE

_WIDTH = A4_WIDTH - 2 * MARGIN
_LABEL = 150.0
"""The greatest width of what stands before a bar."""
_BAR, _ROOM = 13.0, 6.0
"""Height of a bar; room between two."""
_PALE, _DASH = "#cfe3f1", (3.0, 2.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One number: what it is of or when, the number, how it is printed; `open` if it is only known to be near it, above
    or below ("nearly 300"), `doubted` if curation puts it in doubt. `strong` ones stand out. `name` is what the bar
    stands for, the IRI of an entity or a claim."""

    label: str
    value: Decimal
    printed: str
    open: bool = False
    doubted: bool = False
    strong: bool = True
    name: str = ""
    tip: str = ""


def place(bars: Sequence[Bar], title: str, label_width: float = _LABEL) -> Scene:
    """The picture, without a heading; at least one bar. Bars of numbers below zero go to the left. Labels are at most
    so many points wide."""
    words = [block(bar.label, 0, 0, label_width, TEXT_SIZE, align="right", name=bar.name) for bar in bars]
    printed = [bar.printed + f" {DOUBT}" * bar.doubted for bar in bars]
    before = max(one.box.width for one in words) + 6
    numbers = [0.0, *(float(bar.value) for bar in bars)]
    least, most = min(numbers), max(numbers)
    room = _WIDTH - before - max(width(text, TEXT_SIZE) for text in printed) - 6
    scale = room / ((most - least) or 1)
    zero = before - least * scale
    marks: list[Mark] = []
    y = 0.0
    for bar, label, text in zip(bars, words, printed, strict=True):
        height = max(_BAR, label.box.height)
        marks += _row(bar, y + height / 2, zero, float(bar.value) * scale)
        down = y + (height - label.box.height) / 2
        marks.append(
            block(bar.label, before - 6 - label.box.width, down, label_width, TEXT_SIZE, align="right", name=bar.name)
        )
        at = zero + max(0.0, float(bar.value) * scale) + 5
        marks.append(block(text, at, y + (height - TEXT_SIZE * LEADING) / 2, _WIDTH, TEXT_SIZE, colour=INK))
        y += height + _ROOM
    marks.append(Line((((zero, 0), (zero, y - _ROOM)),), SOFT, 0.8))
    return Scene(title, "", _WIDTH, y - _ROOM, tuple(marks))


def _row(bar: Bar, middle: float, zero: float, length: float) -> list[Mark]:
    box = Box(zero + min(0.0, length), middle - _BAR / 2, abs(length), _BAR)
    fill = "#ffffff" if bar.open else BLUE if bar.strong else _PALE
    return [Panel(box, "square", fill, BLUE, 0.9, _DASH if bar.open else (), bar.name, bar.tip)]
