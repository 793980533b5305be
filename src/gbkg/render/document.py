"""A document with what stands behind each sentence, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.markup import escape

from gbkg.ask.document import Document, Part
from gbkg.core.text import counted, oneline
from gbkg.render.result import WIDTH, Lines, Result


@dataclass(frozen=True)
class DocumentResult(Result):
    """A document from beginning to end, whole or as far as it is quoted."""

    kind = "document"
    document: Document

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        page = self.document
        yield f"[bold]{escape(page.source.title)}[/bold]  ({escape(page.source.id)})"
        if not page.whole:
            yield f"{page.absent:,} of {counted(page.source.length, 'character')} are not in this repository"
        for part in page.parts:
            if part.text is None:
                yield escape(f"[{absent(part.end - part.start)}]")
            elif part.share:
                yield escape(f"{part.start}-{part.end}  {oneline(part.text)}")
                yield escape(f"    {_behind(part)}")
        for mark in page.marks:
            yield escape(f"{mark.start}-{mark.end}  {mark.heading}")
        if page.coverage:
            yield escape(f"{page.source.id}: {page.coverage}")

    def values(self) -> dict[str, Any]:
        return self.document.to_dict()


def absent(characters: int) -> str:
    """What a gap of so many characters is called.

    >>> absent(1), absent(212)
    ('1 character that is not in this repository', '212 characters that are not in this repository')
    """
    return f"{counted(characters, 'character')} that {'is' if characters == 1 else 'are'} not in this repository"


def _behind(part: Part) -> str:
    said = [key.partition(".")[2] for key in part.claims] + [f"({reason})" for reason, _ in part.aside]
    return ", ".join(said) or "nothing stands behind this"
