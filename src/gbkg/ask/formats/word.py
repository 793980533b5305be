"""An answer as a Word document (Office Open XML, ISO/IEC 29500): the table, a note for each citation, the sources.

Notes are Word's own endnotes, so that they go along when the table is copied into a report and are numbered with those
that are there. Claims are numbered by Word; rules, files and remarks keep the marks of `gbkg query`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from gbkg.ask.formats.asked import NOTHING, Asked
from gbkg.ask.formats.cells import Answered, Column, columns
from gbkg.ask.formats.endnotes import Endnotes
from gbkg.ask.formats.footnotes import ProofNotes, plain
from gbkg.ask.formats.office import MADE, missing, settled, words
from gbkg.ask.rows import proof_column
from gbkg.core.errors import GbkgError
from gbkg.core.text import oneline
from gbkg.evidence.proofs import ClaimEvidence, claims_of

_ROWS = 5_000
"""Rows of a table that Word can still lay out."""
_WIDE = 5
"""Columns from which on the page is turned."""
_MARK = re.compile("\x01([^\x02]*)\x02")


def document(answer: Answered, asked: Asked = NOTHING) -> bytes:
    """The file. Raises `GbkgError` when python-docx is not installed, or there are too many rows for a page."""
    if len(answer.rows) > _ROWS:
        raise GbkgError(f"a table of {len(answer.rows):,} rows is not for Word", hint="take xlsx or csv, or --limit")
    try:
        from docx import Document
    except ImportError:
        raise missing("python-docx", "docx") from None
    page: Any = Document()
    _described(page, asked)
    shown, notes = columns(answer), ProofNotes()
    _page(page, len(shown) + (answer.proofs is not None))
    page.add_heading(words(asked.title) or "Answer", 1)
    for said in asked.remarks:
        page.add_paragraph(words(said), style="Quote")
    _table(page, answer, shown, notes)
    if notes.folded:
        page.add_paragraph(notes.folded_line())
    if answer.proofs is not None:
        page.add_heading("Sources", 2)
        for line in _sources(answer, notes):
            page.add_paragraph(words(line), style="List Bullet")
    page.add_heading("About this table", 2)
    for name, said in asked.lines(answer):
        paragraph = page.add_paragraph()
        paragraph.add_run(f"{words(name)}: ").bold = True
        paragraph.add_run(words(said)).font.name = "Courier New" if name == "SPARQL" else None
    held = io.BytesIO()
    page.save(held)
    return settled(held.getvalue())


def _described(page: Any, asked: Asked) -> None:
    """The core properties, which would tell the time."""
    said = page.core_properties
    said.title, said.author, said.comments, said.revision = words(asked.title)[:255], "gbkg", "", 1
    said.created = said.modified = MADE
    said.last_modified_by = "gbkg"


def _page(page: Any, count: int) -> None:
    """Turns the page where there are many columns."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    if count > _WIDE:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    page.styles["Normal"].font.size = Pt(10)


def _table(page: Any, answer: Answered, shown: list[Column], notes: ProofNotes) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    headings = [column.heading for column in shown]
    proved = [plain(notes.marks(proof), proof.more, "\x01", "\x02") for proof in answer.proofs or ()]
    said, ends = _notes(answer, notes), Endnotes(page)
    if answer.proofs is not None:
        headings.append(proof_column(answer.columns))
    if not headings:
        return
    table = page.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.paragraphs[0].add_run(words(heading)).bold = True
    ends.repeat(table.rows[0])
    for at in range(len(answer.rows)):
        cells = table.add_row().cells
        for cell, column in zip(cells, shown, strict=False):
            cell.text = words(column.cells[at])
            if column.numeric:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if proved:
            _marks(cells[-1].paragraphs[0], proved[at], said, ends)
    ends.close()


def _marks(paragraph: Any, proved: str, said: dict[str, str], ends: Endnotes) -> None:
    """Marks with the words between them, each mark an endnote."""
    for at, part in enumerate(_MARK.split(proved.replace("[", "").replace("]", ""))):
        if at % 2 == 0:
            paragraph.add_run(part)
        elif not ends.again(paragraph, part):
            ends.note(paragraph, part, words(oneline(said[part])), own=not part.isdecimal())


def _notes(answer: Answered, notes: ProofNotes) -> dict[str, str]:
    """The words of the note of each mark."""
    found = {number: _claimed(answer, claim) for number, claim in notes.claims.values()}
    for inference, mark in notes.inferences.items():
        premises = claims_of(inference.premises).values()
        cited = "; ".join(answer.cited(claim).text().strip(".\n") for claim in premises)
        found[mark] = f"Inferred: {inference.summary} ({inference.rule})" + (f", from {cited}." if cited else ".")
    found |= {mark: words for words, mark in notes.editorial.items()}
    return found | {mark: remark for remark, mark in notes.remarks.items()}


def _claimed(answer: Answered, claim: ClaimEvidence) -> str:
    """A citation, and how the claim stands."""
    how = f" ({', '.join(claim.how)})" if claim.how else ""
    beside = f" [{'; '.join(claim.curation)}]" if claim.curation else ""
    return answer.cited(claim).text().strip() + how + (f" {claim.note}" if claim.note else "") + beside


def _sources(answer: Answered, notes: ProofNotes) -> Iterator[str]:
    """The documents that are cited, each once, by id."""
    steps = (step for inference in notes.inferences for step in inference.premises)
    cited = [claim for _, claim in notes.claims.values()] + list(claims_of(steps).values())
    found = {made.source.id: made.source.text() for made in map(answer.cited, cited)}
    yield from (f"{found[name]}." for name in sorted(found))
