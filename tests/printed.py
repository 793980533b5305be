"""Files for tests of intake: a PDF written line by line, and a Word document."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

Printed = tuple[float, float, float, str]
"""A line of a page: left and baseline in points, size of its letters, and its text."""


def pdf(pages: Sequence[Sequence[Printed]], title: str = "") -> bytes:
    """A PDF with these lines in Helvetica on pages of 612 by 792 points."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        drawn = "".join(f"BT /F1 {size} Tf {x} {y} Td ({escaped(text)}) Tj ET\n" for x, y, size, text in lines)
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream")
        fonts = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {len(objects)} 0 R {fonts} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({escaped(title)}) /CreationDate (D:20200131120000Z) >>")
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size, start = len(objects) + 1, len(out)
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    return (
        out + f"trailer << /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ).encode()


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def word() -> bytes:
    """A Word document with a heading, a paragraph in Chinese, a list, a table, and properties."""
    from docx import Document

    document = Document()
    document.core_properties.title = "Report of the libraries"
    document.core_properties.author = "The committee"
    document.add_heading("Opening hours", 1)
    document.add_paragraph("公共图书馆应当免费开放。")
    document.add_paragraph("Willow Library opens at nine.", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (*table.rows[0].cells, *table.rows[1].cells), ("Library", "Seats", "Willow", "40"), strict=True
    ):
        cell.text = text
    document.add_paragraph("Figure 1: Readers by year")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def made_of(path: Path, name: str) -> bytes:
    """A Markdown page with a front matter as the file of this name: a PDF, a Word document or a page of HTML."""
    front, _, body = path.read_text("utf-8").removeprefix("---\n").partition("---\n")
    said = dict(line.split(": ", 1) for line in front.splitlines())
    make = {"pdf": _as_pdf, "docx": _as_word, "html": _as_html}
    return make[name.rpartition(".")[2]](said, body)


def _as_pdf(said: Mapping[str, str], body: str) -> bytes:
    lines, y = list[Printed](), 740.0
    for line in body.splitlines():
        size = {"# ": 18.0, "##": 14.0}.get(line[:2], 10.0)
        y -= size * 1.6 if line else 8.0
        if line:
            lines.append((60.0, y, size, line.lstrip("# ")))
    return pdf([lines], said["title"])


def _as_word(said: Mapping[str, str], body: str) -> bytes:
    from docx import Document

    document, rows = Document(), list[list[str]]()
    document.core_properties.title, document.core_properties.author = said["title"], said["author"]
    for block in filter(None, body.split("\n\n")):
        if block.startswith("#"):
            heading, _, block = block.partition("\n")
            document.add_heading(heading.lstrip("# "), 1)
        if block.startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.strip().splitlines()]
            table = document.add_table(rows=0, cols=len(rows[0]))
            for row in (rows[0], *rows[2:]):
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif block.strip():
            document.add_paragraph(" ".join(block.split("\n")))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _as_html(said: Mapping[str, str], body: str) -> bytes:
    from markdown_it import MarkdownIt

    head = f'<title>{said["title"]}</title><meta name="date" content="{said["date"]}">'
    menu = '<nav><a href="/">首页</a> <a href="/about">关于我们</a></nav>'
    page = f'<!doctype html><html lang="{said["lang"]}"><head><meta charset="utf-8">{head}</head>'
    return f"{page}<body>{menu}<main>{MarkdownIt().render(body)}</main></body></html>".encode()
