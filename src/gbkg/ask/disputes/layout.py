"""Text set in lines and columns of a terminal, where a wide character such as a Chinese one takes two columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len, chop_cells

_PIECES = re.compile(r"\s+|[\u2e80-\uffdc]|[^\s\u2e80-\uffdc]+")


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most `width` columns, `first` before the first of them and `rest` before the others.

    A line may end after any wide character, as Chinese is set; a word longer than a line is cut.

    >>> wrapped("one two three", 9, "- ", "  ")
    ['- one two', '  three']
    """
    made, line, room = [], first, width - _columns(first)
    start = line
    for piece in _PIECES.findall(oneline(text)):
        size = _columns(piece)
        if size <= room:
            if line != start or piece.strip():
                line, room = line + piece, room - size
            continue
        if line != start:
            made.append(line.rstrip())
            line, start, room = rest, rest, width - _columns(rest)
        if piece.strip():
            *full, last = chop_cells(piece, max(room, 2))
            made += [(start if n == 0 else rest) + part for n, part in enumerate(full)]
            start = rest if full else start
            line, room = start + last, width - _columns(start + last)
    return [*made, line.rstrip()]


def beside(cells: Sequence[Sequence[str]], room: int) -> list[str]:
    """Columns of lines beside each other, each `room` columns wide, with a bar between them."""
    return [
        " │ ".join(line + " " * (room - _columns(line)) for line in row).rstrip()
        for row in zip_longest(*cells, fillvalue="")
    ]


def oneline(text: str) -> str:
    """The text with spaces for newlines."""
    return text.replace("\n", " ")


def _columns(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
