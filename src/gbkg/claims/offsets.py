"""Offsets of quotations: finds words in a document, and fills offsets and the document's own characters into tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gbkg.claims import readings, rows
from gbkg.core import files, tables
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.markup import escape
from gbkg.core.project import Project
from gbkg.core.records import JOINED, Source
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import counted
from gbkg.documents import passages
from gbkg.documents import sources as registry

_TABLES = (("claims", rows.COLUMNS, rows.OPTIONAL), ("readings", readings.COLUMNS, readings.OPTIONAL))


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where words stand: offsets in code points, the document's own characters, and the text around."""

    start: int
    end: int
    exact: str
    before: str
    after: str


@dataclass(frozen=True)
class Locked(Result):
    """What `lock` did: the files that it changed, by path below the project, and what it found in them."""

    kind = "lock"
    changed: tuple[str, ...]
    findings: tuple[Finding, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        return (escape(f"changed {name}") for name in self.changed)

    @property
    def summary(self) -> str:
        return f"{counted(len(self.changed), 'file')} changed"


def lock(project: Project, documents: Path | None) -> Locked:
    """Writes the tables that `fill` changes by the documents of a folder; those that it lacks are passed over, with a
    remark each. Raises `ValidationError` when the register of documents has faults, and `OutputError`."""
    sources = registry.registered(project)
    texts = registry.needed(documents, sources).texts
    changed, findings = fill(project, sources, texts)
    files.write_all({project.root / name: text.encode() for name, text in changed.items()})
    absent = (f"document {slug} is not at hand and was passed over" for slug in sorted(sources.keys() - texts.keys()))
    return Locked(tuple(changed), tuple(findings), remarks=tuple(absent))


def find_quote(text: str, words: str, around: int = 40) -> list[Hit]:
    """Every place where the words stand, in order; quotes, dashes and blanks may be typed differently (`folding`)."""
    return [
        Hit(i, j, text[i:j], text[max(0, i - around) : i], text[j : j + around])
        for i, j in passages.find_span(text, words)
    ]


def fill(project: Project, sources: dict[str, Source], texts: dict[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """Fill offsets into the tables of claims and readings, with quotations in the document's own characters.

    Returns the new text of every file that changes, by path below the project, and a finding for each quotation that is
    not in its document, or occurs more than once and has no offset; such rows stay as they are.
    """
    changed: dict[str, str] = {}
    findings: list[Finding] = []
    for slug in sources:
        for folder, columns, optional in _TABLES:
            path = project.data / folder / f"{slug}.tsv"
            if slug not in texts or not there(path):
                continue
            typed, faults = tables.read(project, path, columns, optional)
            findings += faults
            if faults:
                continue
            filled = [_fill(row, texts[slug], findings) for row in typed]
            former = project.text(path)
            header = former.partition("\n")[0].split("\t")
            new = tables.write([one for one in columns if one in header or one in ("start", "end")], filled)
            if new != former:
                changed[project.show(path)] = new
    return changed, findings


def _fill(row: tables.Row, text: str, findings: list[Finding]) -> dict[str, str]:
    quote, given = row["quote"], row["start"]
    spans = (passages.find_span if "reason" in row.cells else passages.find)(text, quote)
    if passages.OFFSET.fullmatch(given) and any(start == int(given) for start, _ in spans):
        spans = [span for span in spans if span[0] == int(given)]
    if row.cells.get("reason") == JOINED:
        spans = spans[:1]  # the words join wherever they stand
    if len(spans) == 1:
        exact, (start, end) = passages.shorten(text, quote, spans[0]), spans[0]
        return row.cells | {"start": str(start), "quote": exact} | ({"end": str(end)} if "end" in row.cells else {})
    if spans:
        at = ", ".join(str(start) for start, _ in spans)
        message, hint = f"quotation stands {len(spans)} times in the document", f"it stands at {at}; "
        hint += "put one of them into start, or quote more"
    else:
        message, hint = "quotation is not in the document", passages.difference(text, quote)
        if passages.find_span(text, quote):
            hint = "a claim's quotation leaves nothing out; make two passages of it"
    findings.append(row.finding("quote", message, hint=hint, gate="quotations"))
    return row.cells
