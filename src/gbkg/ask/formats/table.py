"""An answer as a plain text table for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gbkg.ask.formats.cells import columns, printable, spoken
from gbkg.ask.formats.notes import Notes, plain
from gbkg.ask.frames import proof_column

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer

_GAP = "  "
_NARROWEST = 8


def text(answer: Answer, width: int | None = None) -> str:
    """Headings, a rule, and the rows with columns two spaces apart, numbers to the right; footnotes below when cited.

    `width` is that of the terminal in cells: wider cells are wrapped at blanks, none is cut. Without it a row is one
    line, and the rule shows where columns begin and end.
    """
    words = spoken()
    shown = columns(answer)
    headings = [column.heading for column in shown]
    cells = [[printable(words(term)) for term in column.terms] for column in shown]
    numeric = [column.numeric for column in shown]
    notes = Notes()
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        cells.append([plain(notes.marks(proof), proof.more) for proof in answer.proofs])
        numeric.append(False)
    widths = _widths([max(map(cell_width, [h, *column])) for h, column in zip(headings, cells, strict=True)], width)
    lines = _lines(headings, widths, [False] * len(widths))
    lines.append(_GAP.join("-" * wide for wide in widths))
    for at in range(len(answer.rows)):
        lines += _lines([column[at] for column in cells], widths, numeric)
    if answer.proofs is not None:
        lines += [""] + [part for mark, said in notes.lines() for part in _footnote(mark, printable(said), width)]
    return "\n".join(lines) + "\n"


def cell_width(text: str) -> int:
    """How many cells of a terminal the text takes: two for wide characters, none for marks that combine
    (Unicode Standard Annex 11, https://www.unicode.org/reports/tr11/).

    >>> cell_width("Guangzhou"), cell_width("广州")
    (9, 4)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at blanks where there are any, else between characters.

    >>> wrap("a blockchain industry alliance", 12)
    ['a blockchain', 'industry', 'alliance']
    """
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_width(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while cell_width(word) > width:
            cut = _fitting(word, width)
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line or not lines else lines


def _fitting(word: str, width: int) -> int:
    """How many characters of a word fit; at least one."""
    used = 0
    for at, character in enumerate(word):
        used += _cells(character)
        if used > width:
            return max(at, 1)
    return len(word)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _widths(natural: list[int], width: int | None) -> list[int]:
    """The widths of the columns: their own where they fit, else the widest share what the narrower ones leave."""
    if width is None or sum(natural) + len(_GAP) * (len(natural) - 1) <= width:
        return natural
    free = width - len(_GAP) * (len(natural) - 1)
    found = list(natural)
    for done, at in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        share = max(free // (len(natural) - done), _NARROWEST)
        found[at] = min(natural[at], share)
        free -= found[at]
    return found


def _lines(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    parts = [wrap(cell, wide) if cell_width(cell) > wide else [cell] for cell, wide in zip(cells, widths, strict=True)]
    lines = []
    for at in range(max(map(len, parts), default=1)):
        row = []
        for part, wide, right in zip(parts, widths, numeric, strict=True):
            piece = part[at] if at < len(part) else ""
            blanks = " " * (wide - cell_width(piece))
            row.append(blanks + piece if right else piece + blanks)
        lines.append(_GAP.join(row).rstrip(" "))
    return lines


def _footnote(mark: str, said: str, width: int | None) -> list[str]:
    head = f"[{mark}] "
    if width is None:
        return [head + said]
    first, *others = wrap(said, max(width - len(head), _NARROWEST * 2))
    return [(head + first).rstrip(" ")] + [(" " * len(head) + line).rstrip(" ") for line in others]
