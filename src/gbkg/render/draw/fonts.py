"""How wide words are, and where they may be broken: the metrics of DejaVu Sans, which comes with matplotlib."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from gbkg.core.errors import GbkgError
from gbkg.core.text import width as cells
from gbkg.render.draw.scene import INK, Box, TextBlock

try:
    import matplotlib
except ImportError as error:
    raise GbkgError("pictures need matplotlib, which is not installed", hint="pip install 'gbkg[draw]'") from error

FONT = "DejaVu Sans"
SIMILAR = f"'{FONT}', Verdana, sans-serif"
"""Fonts for a viewer that lacks the first: Verdana has nearly the same widths."""
LEADING = 1.22
"""Height of a line, in font sizes."""
SLACK = 1.04
"""How much wider a text may be, without leaving its box, in the similar font of a viewer that lacks ours."""

_FACES = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
_FRAGMENT = re.compile(r"(?:[^\s-]|-(?![A-Z]))*-(?=[A-Z])|\S+(?: [·–|])?|\s+")
_WIDE = re.compile(r"([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60])")


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line in points, with some slack; without kerning, so rather too wide."""
    return _ems(text, bold) * size * SLACK


@lru_cache(maxsize=20_000)
def _ems(text: str, bold: bool) -> float:
    """The width of one line in font sizes; the same words are measured again and again where lines are made even."""
    advances = _advances(bold)
    return sum(found if (found := advances.get(ord(c))) is not None else _missing_width(c) for c in text)


def missing(texts: Iterable[str]) -> str:
    """The characters that the font lacks, sorted, each once."""
    known = _advances(False)
    found = {c for text in texts for c in text}
    return "".join(sorted(c for c in found if ord(c) not in known and not c.isspace()))


def wrap(text: str, limit: float, size: float, bold: bool = False, even: bool = True) -> tuple[str, ...]:
    """The text in as few lines as fit within `limit` points, and these, if wanted, as even as may be.

    Lines break at spaces, after hyphens before a capital, and between characters of scripts that are written without
    spaces; a word that is too long for a line by itself is broken where it must be.

    >>> wrap("Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance", 120, 7)
    ('Guangdong-Hong Kong-', 'Macao Greater Bay Area', 'Blockchain Alliance')
    """
    fragments = [fragment for fragment in _fragments(text) for fragment in _broken(fragment, limit, size, bold)]
    best = _filled(fragments, limit, size, bold)
    for step in range(1, 40) if even else ():
        narrower = _filled(fragments, limit * (1 - step / 50), size, bold)
        if len(narrower) > len(best):
            break
        best = narrower
    return tuple(best)


def block(
    text: str,
    x: float,
    y: float,
    limit: float,
    size: float,
    *,
    bold: bool = False,
    colour: str = INK,
    even: bool = False,
    align: str = "left",
    name: str = "",
) -> TextBlock:
    """The text in lines, full or `even`, with its top left corner at a point; the box is as small as the text
    allows."""
    lines = wrap(text, limit, size, bold, even)
    wide = max((width(line, size, bold) for line in lines), default=0.0)
    box = Box(x, y, wide, len(lines) * size * LEADING)
    return TextBlock(box, lines, size, len(lines) if bold else 0, colour, align, name)


def _filled(fragments: list[str], limit: float, size: float, bold: bool) -> list[str]:
    lines = [""]
    for fragment in fragments:
        if lines[-1] and width((lines[-1] + fragment).rstrip(), size, bold) > limit:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += fragment if lines[-1] else fragment.lstrip()
    return [line.rstrip() for line in lines if line.strip()]


def _fragments(text: str) -> list[str]:
    found = _FRAGMENT.findall(" ".join(text.split()))
    return [part for fragment in found for part in _WIDE.split(fragment) if part]


def _broken(fragment: str, limit: float, size: float, bold: bool) -> list[str]:
    if width(fragment, size, bold) <= limit:
        return [fragment]
    parts = [""]
    for character in fragment:
        if parts[-1] and width(parts[-1] + character, size, bold) > limit:
            parts.append("")
        parts[-1] += character
    return parts


def _missing_width(character: str) -> float:
    """The width of a character that the font lacks, in font sizes: as other fonts commonly have it."""
    if (taken := cells(character)) == 0:
        return 0.0
    return 1.0 if taken == 2 else 0.65


@cache
def _advances(bold: bool) -> dict[int, float]:
    """Code point to advance in font sizes. fontTools, which reads the font, comes with matplotlib."""
    reader: Any = import_module("fontTools.ttLib")
    with reader.TTFont(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / _FACES[bold], lazy=True) as font:
        table, unit = font["hmtx"], font["head"].unitsPerEm
        return {point: table[glyph][0] / unit for point, glyph in font.getBestCmap().items()}
