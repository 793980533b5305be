"""An answer as a Markdown table (GitHub Flavored Markdown, section 4.10, https://github.github.com/gfm/#tables-extension-)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gbkg.ask.formats.cells import columns, spoken
from gbkg.ask.formats.notes import Marks, Notes
from gbkg.ask.frames import proof_column

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$&#]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def text(answer: Answer) -> str:
    """The table, and footnotes `[^1]` under it when cited."""
    words = spoken()
    shown = columns(answer)
    headings = [column.heading for column in shown]
    cells = [[escaped(words(term)) for term in column.terms] for column in shown]
    rules = ["---:" if column.numeric else "---" for column in shown]
    notes = Notes()
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        cells.append([marked(notes.marks(proof), proof.more) for proof in answer.proofs])
        rules.append("---")
    lines = [_row(list(map(escaped, headings))), _row(rules)]
    lines += [_row([column[at] for column in cells]) for at in range(len(answer.rows))]
    if answer.proofs is not None:
        lines += [""] + [f"[^{mark}]: {escaped(said)}" for mark, said in notes.lines()]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    r"""The text so that Markdown shows it as it is, on one line: signs with a backslash, line breaks as `<br>`.

    >>> escaped("a|b *c*")
    'a\\|b \\*c\\*'
    """
    text = _CONTROL.sub("\ufffd", _SPECIAL.sub(lambda match: "\\" + match.group(), text))
    text = text.replace("\r", "&#13;").replace("\n", "<br>").replace("\t", "&#9;")
    # Blanks at the ends of a cell are not part of it.
    if text.startswith(" "):
        text = "&#32;" + text[1:]
    return text[:-1] + "&#32;" if text.endswith(" ") else text


def marked(marks: Marks, more: int = 0) -> str:
    """Marks as footnotes: commas join, `or` chooses.

    >>> marked(((("1",), ("2",)), (("3",),)), 1)
    '[^1], [^2] or [^3] (+1 more)'
    """
    shown = []
    for steps in marks:
        parts = [[f"[^{mark}]" for mark in step] for step in steps]
        if len(parts) == 1:
            shown += parts[0]
        else:
            joint = (part[0] if len(part) == 1 else f"({' or '.join(part)})" for part in parts)
            shown.append(", ".join(joint) or "–")
    return (" or ".join(dict.fromkeys(shown)) or "–") + (f" (+{more} more)" if more else "")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
