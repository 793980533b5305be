"""An answer as a table for readers: as text, as Markdown (GitHub Flavored Markdown, section 4.10,
https://github.github.com/gfm/#tables-extension-) and as HTML, with footnotes under it when it is cited."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from pyoxigraph import NamedNode

from gbkg.ask.formats.cells import Answered, columns, texts
from gbkg.ask.formats.footnotes import Marks, ProofNotes, cited_line, plain, source_lines
from gbkg.ask.rows import proof_column
from gbkg.core.terms import Term
from gbkg.core.text import counted, oneline, safe, table, wrapped
from gbkg.core.text import markdown as escaped
from gbkg.evidence.proofs import ClaimEvidence

_SHOWN = 200
"""Rows of an HTML table."""
_FOOTNOTE = 16
"""Cells that a footnote has at least, however narrow the terminal is."""


def text(answer: Answered, width: int | None = None, *, editorial: bool = False) -> str:
    """Headings, a rule, and the rows with columns two spaces apart, numbers to the right.

    `width` is that of the terminal in cells: columns share it, and where they cannot, each row is a block. Without it a
    row is one line, and the rule shows where columns begin and end. `editorial`: what is editorial has footnotes, too.
    """
    shown, notes = columns(answer), ProofNotes(editorial)
    headings = [column.heading for column in shown]
    right = [column.numeric for column in shown]
    cells = [[safe(oneline(cell), "") for cell in column.cells] for column in shown]
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        right.append(False)
        cells.append([plain(notes.marks(proof), proof.more) for proof in answer.proofs])
    made = table(headings, [[column[at] for column in cells] for at in range(len(answer.rows))], right, width)
    return made if answer.proofs is None else f"{made}\n{_footnotes(answer, notes, width)}"


def markdown(answer: Answered, *, editorial: bool = False) -> str:
    """The table, and footnotes `[^1]` under it; `editorial` as of `text`."""
    shown, notes = columns(answer), ProofNotes(editorial)
    headings = [column.heading for column in shown]
    cells = [[escaped(cell) for cell in column.cells] for column in shown]
    rules = ["---:" if column.numeric else "---" for column in shown]
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
        cells.append([_marked(notes.marks(proof), proof.more) for proof in answer.proofs])
        rules.append("---")
    lines = [_row(list(map(escaped, headings))), _row(rules)]
    lines += [_row([column[at] for column in cells]) for at in range(len(answer.rows))]
    if answer.proofs is not None:
        lines += [""] + [
            f"[^{mark}]: {escaped(said)}" if mark else f"\n{escaped(said)}"
            for mark, said in notes.lines(_cited(answer))
        ]
    return "\n".join(lines) + "\n"


def html(answer: Answered) -> str:
    """The table for Jupyter: IRIs by their labels, with the IRI as title. Everything is escaped.

    At most 200 rows are drawn; that there are more is said.
    """
    notes, headings, rows = ProofNotes(), list(answer.columns), answer.rows[:_SHOWN]
    by_column = [texts(name, [row[at] for row in rows], answer.label) for at, name in enumerate(headings)]
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
    head = "".join(f"<th>{escape(name)}</th>" for name in headings)
    body = []
    for at, row in enumerate(rows):
        cells = [_cell(term, column[at]) for term, column in zip(row, by_column, strict=True)]
        if answer.proofs is not None:
            proof = answer.proofs[at]
            cells.append(f"<td>{escape(plain(notes.marks(proof), proof.more))}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>", *body, "</tbody></table>", f"<p>{_count(answer)}</p>"]
    if answer.proofs is not None:
        items = (
            f"<li>{escape(f'[{mark}] {said}' if mark else said)}</li>" for mark, said in notes.lines(_cited(answer))
        )
        lines.append(f'<ul style="list-style: none">{"".join(items)}</ul>')
    return "\n".join(lines)


def _footnotes(answer: Answered, notes: ProofNotes, width: int | None) -> str:
    """The notes, and the documents that they name by ids."""
    lines = []
    for mark, said in notes.lines():
        head, words = f"[{mark}] " if mark else "", safe(oneline(said), "")
        blank = " " * len(head)
        lines += wrapped(words, max(width, len(head) + _FOOTNOTE), head, blank) if width else [head + words]
    sources = source_lines(answer.cited(claim) for _, claim in notes.claims.values())
    for said in map(safe, sources):
        lines += wrapped(said, max(width, _FOOTNOTE), "", "  ") if width else [said]
    return "".join(f"{line}\n" for line in lines)


def _cited(answer: Answered) -> Callable[[ClaimEvidence], str]:
    return lambda claim: cited_line(answer.cited(claim))


def _marked(marks: Marks, more: int = 0) -> str:
    """Marks as footnotes: commas join, `or` chooses.

    >>> _marked(((("1",), ("2",)), (("3",),)), 1)
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


def _cell(term: Term | None, words: str) -> str:
    title = f' title="{escape(term.value)}"' if isinstance(term, NamedNode) else ""
    return f"<td{title}>{escape(words)}</td>"


def _count(answer: Answered) -> str:
    count = counted(len(answer.rows), "row")
    if not answer.complete:
        count = f"the first {count}; there are more"
    return f"{count}, {_SHOWN} of them shown" if len(answer.rows) > _SHOWN else count
