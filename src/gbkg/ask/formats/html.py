"""An answer as an HTML table, for Jupyter."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask.formats.notes import Notes, plain
from gbkg.ask.frames import proof_column

if TYPE_CHECKING:
    from gbkg.ask.answers import Answer

_SHOWN = 200


def table(answer: Answer) -> str:
    """The table: IRIs by their labels, with the IRI as title; footnotes under it when cited. Everything is escaped.

    At most 200 rows are drawn; that there are more is said.
    """
    notes = Notes()
    headings = list(answer.columns)
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
    head = "".join(f"<th>{escape(name)}</th>" for name in headings)
    body = []
    for at, row in enumerate(answer.rows[:_SHOWN]):
        cells = [_cell(term, answer) for term in row]
        if answer.proofs is not None:
            proof = answer.proofs[at]
            cells.append(f"<td>{escape(plain(notes.marks(proof), proof.more))}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>", *body, "</tbody></table>", f"<p>{_count(answer)}</p>"]
    if answer.proofs is not None:
        items = (f"<li>[{escape(mark)}] {escape(said)}</li>" for mark, said in notes.lines())
        lines.append(f'<ul style="list-style: none">{"".join(items)}</ul>')
    return "\n".join(lines)


def _cell(term: Any, answer: Answer) -> str:
    if term is None:
        return "<td></td>"
    title = f' title="{escape(term.value)}"' if isinstance(term, ox.NamedNode) else ""
    return f"<td{title}>{escape(answer.label(term))}</td>"


def _count(answer: Answer) -> str:
    count = f"{len(answer):,} row{'' if len(answer) == 1 else 's'}"
    if not answer.complete:
        count = f"the first {count}; there are more"
    return f"{count}, {_SHOWN} of them shown" if len(answer) > _SHOWN else count
