"""Endnotes of a Word document, which python-docx has no calls for (WordprocessingML, ISO/IEC 29500-1, 17.11).

The first mention of a note is its reference; a later one is a field (NOTEREF) that shows the same number.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

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
        told = _element('<w:endnotePr {w}><w:endnote w:id="-1"/><w:endnote w:id="0"/></w:endnotePr>')
        settings.find(f"{{{_W}}}compat").addprevious(told)

    def note(self, paragraph: Any, mark: str, said: str, own: bool) -> None:
        """Adds a note where a paragraph ends; with `own` it shows this mark, else the number that Word gives it."""
        number = self._numbers[mark] = len(self._numbers) + 1
        shown = f"<w:t>{escape(mark)}</w:t>" if own else "<w:endnoteRef/>"
        words = f'<w:r><w:t xml:space="preserve"> {escape(said)}</w:t></w:r>'
        self._notes.append(f'<w:endnote w:id="{number}"><w:p><w:r>{_RAISED}{shown}</w:r>{words}</w:p></w:endnote>')
        custom = ' w:customMarkFollows="1"' if own else ""
        text = f"<w:t>{escape(mark)}</w:t>" if own else ""
        begin = f'<w:bookmarkStart {{w}} w:id="{number}" w:name="note{number}"/>'
        run = f'<w:r {{w}}>{_RAISED}<w:endnoteReference{custom} w:id="{number}"/>{text}</w:r>'
        for made in (begin, run, f'<w:bookmarkEnd {{w}} w:id="{number}"/>'):
            paragraph._p.append(_element(made))

    def again(self, paragraph: Any, mark: str) -> bool:
        """Mentions a note that is there already; False if there is none of this mark."""
        if mark not in self._numbers:
            return False
        shown = f"<w:r>{_RAISED}<w:t>{escape(mark)}</w:t></w:r>"
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
