"""An answer as a Word document (Office Open XML, ISO/IEC 29500): the table, a note for each citation, the sources.

Notes are Word's own endnotes (ISO/IEC 29500-1, 17.11), so that they go along when the table is copied into a report and
are numbered with those that are there; python-docx has no calls for them. The first mention of a note is its reference;
a later one is a field (NOTEREF) that shows the same number. Claims are numbered by Word; rules, files and remarks keep
the marks of `gbkg query`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from gbkg.ask.cells import Answered, Column, columns
from gbkg.ask.office import MADE, NOTHING, Asked, missing, printable, settled
from gbkg.ask.rows import proof_column
from gbkg.ask.tables import ProofNotes, plain
from gbkg.core.errors import GbkgError
from gbkg.core.text import oneline
from gbkg.evidence.proofs import ClaimEvidence, claims_of

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/endnotes"
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_LINES = "".join(
    f'<w:endnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:endnote>'
    for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
)
"""The lines that Word draws before the notes."""


class Endnotes:
    """The endnotes of one document, added mark by mark, then closed; numbers are Arabic."""

    def __init__(self, page: Any) -> None:
        self._numbers: dict[str, int] = {}
        self._notes = [_LINES]
        self._part = _part(page)
        section, settings = page.sections[0]._sectPr, page.settings.element
        section.insert(0, _element('<w:endnotePr {w}><w:numFmt w:val="decimal"/></w:endnotePr>'))
        numbering = _element('<w:endnotePr {w}><w:endnote w:id="-1"/><w:endnote w:id="0"/></w:endnotePr>')
        settings.find(f"{{{_W}}}compat").addprevious(numbering)

    def note(self, paragraph: Any, mark: str, said: str, own: bool) -> None:
        """Adds a note where a paragraph ends; with `own` it shows this mark, else the number that Word gives it."""
        number = self._numbers[mark] = len(self._numbers) + 1
        shown = f"<w:t>{escape(mark, quote=False)}</w:t>" if own else "<w:endnoteRef/>"
        words = f'<w:r><w:t xml:space="preserve"> {escape(said, quote=False)}</w:t></w:r>'
        self._notes.append(f'<w:endnote w:id="{number}"><w:p><w:r>{_RAISED}{shown}</w:r>{words}</w:p></w:endnote>')
        custom = ' w:customMarkFollows="1"' if own else ""
        text = f"<w:t>{escape(mark, quote=False)}</w:t>" if own else ""
        begin = f'<w:bookmarkStart {{w}} w:id="{number}" w:name="note{number}"/>'
        run = f'<w:r {{w}}>{_RAISED}<w:endnoteReference{custom} w:id="{number}"/>{text}</w:r>'
        for made in (begin, run, f'<w:bookmarkEnd {{w}} w:id="{number}"/>'):
            paragraph._p.append(_element(made))

    def again(self, paragraph: Any, mark: str) -> bool:
        """Mentions a note that is there already; False if there is none of this mark."""
        if mark not in self._numbers:
            return False
        shown = f"<w:r>{_RAISED}<w:t>{escape(mark, quote=False)}</w:t></w:r>"
        name = f" NOTEREF note{self._numbers[mark]} \\h "
        paragraph._p.append(_element(f'<w:fldSimple {{w}} w:instr="{name}">{shown}</w:fldSimple>'))
        return True

    def repeat(self, row: Any) -> None:
        """Has a row of a table stand on each of its pages."""
        row._tr.get_or_add_trPr().append(_element("<w:tblHeader {w}/>"))

    def close(self) -> None:
        """Puts the notes into the document."""
        text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:endnotes xmlns:w="{_W}">'
        self._part._blob = f"{text}{''.join(self._notes)}</w:endnotes>".encode()


def _part(page: Any) -> Any:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/word/endnotes.xml"), _TYPE, b"", page.part.package)
    page.part.relate_to(part, _RELATION)
    return part


def _element(text: str) -> Any:
    from docx.oxml.parser import parse_xml

    return parse_xml(text.replace("{w}", f'xmlns:w="{_W}"'))


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
    page.add_heading(printable(asked.title) or "Answer", 1)
    for said in asked.remarks:
        page.add_paragraph(printable(said), style="Quote")
    _table(page, answer, shown, notes)
    if notes.folded:
        page.add_paragraph(notes.folded_line())
    if answer.proofs is not None:
        page.add_heading("Sources", 2)
        for line in _sources(answer, notes):
            page.add_paragraph(printable(line), style="List Bullet")
    page.add_heading("About this table", 2)
    for name, said in asked.lines(answer):
        paragraph = page.add_paragraph()
        paragraph.add_run(f"{printable(name)}: ").bold = True
        paragraph.add_run(printable(said)).font.name = "Courier New" if name == "SPARQL" else None
    held = io.BytesIO()
    page.save(held)
    return settled(held.getvalue())


def _described(page: Any, asked: Asked) -> None:
    """The core properties, which would tell the time."""
    said = page.core_properties
    said.title, said.author, said.comments, said.revision = printable(asked.title)[:255], "gbkg", "", 1
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
        cell.paragraphs[0].add_run(printable(heading)).bold = True
    ends.repeat(table.rows[0])
    for at in range(len(answer.rows)):
        cells = table.add_row().cells
        for cell, column in zip(cells, shown, strict=False):
            cell.text = printable(column.cells[at])
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
            ends.note(paragraph, part, printable(oneline(said[part])), own=not part.isdecimal())


def _notes(answer: Answered, notes: ProofNotes) -> dict[str, str]:
    """The words of the note of each mark."""
    found = {number: _claimed(answer, claim) for number, claim in notes.claims.values()}
    for inference, mark in notes.inferences.items():
        premises = claims_of(inference.premises).values()
        cited = "; ".join(answer.cited(claim).text().strip(".\n") for claim in premises)
        found[mark] = f"Inferred: {inference.summary} ({inference.rule})" + (f", from {cited}." if cited else ".")
    found |= {mark: printable for printable, mark in notes.editorial.items()}
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
