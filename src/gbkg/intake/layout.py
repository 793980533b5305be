"""On which page of a PDF, and where on it, a span of its text is printed."""

from __future__ import annotations

from gbkg.core import inputfiles, tables
from gbkg.core.project import Project
from gbkg.core.tables import Row
from gbkg.intake.blocks import Box
from gbkg.intake.register import LAYOUT


def where(project: Project, slug: str, spans: list[tuple[int, int]]) -> list[list[Box]]:
    """For each span the boxes of the printed lines that it touches, in order; none for a document without pages."""
    path = project.root / project.about.documents / "layout" / f"{slug}.tsv"
    if not inputfiles.there(path):
        return [[] for _ in spans]
    rows, _ = tables.read(project, path, LAYOUT)
    lines = [(int(row["start"]), int(row["end"]), _box(row)) for row in rows]
    return [[box for first, last, box in lines if first < end and last > start] for start, end in spans]


def _box(row: Row) -> Box:
    left, bottom, right, top = (float(row[edge]) for edge in LAYOUT[3:])
    return Box(int(row["start"]), int(row["page"]), left, bottom, right, top)


def pages(boxes: list[Box]) -> str:
    """The pages of boxes for a reader: "page 3", "pages 3–4", "" for none."""
    numbers = sorted({box.page for box in boxes})
    if not numbers:
        return ""
    return f"page {numbers[0]}" if len(numbers) == 1 else f"pages {numbers[0]}–{numbers[-1]}"
