"""Tables compared with documents: offsets and the document's own characters are filled in, and it is reported what
stands behind each sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gbkg.claims import inputs, review, rows
from gbkg.core import files, tables
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import JOINED, Source
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import counted, escape, oneline
from gbkg.documents import passages, sources
from gbkg.documents import sources as registry
from gbkg.documents.coverage import Coverage, Sentence, check, covered, long_spans
from gbkg.documents.coverage import sentences as divide

_TABLES = (("claims", rows.COLUMNS, rows.OPTIONAL), ("readings", review.READING_COLUMNS, review.READING_OPTIONAL))


@dataclass(frozen=True, slots=True)
class QuotePlace:
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
    """Writes the tables that `fill` changes by the documents of a folder; those that it lacks are skipped, with a
    remark each. Raises `ValidationError` when the register of documents has faults, and `OutputError`."""
    sources = registry.registered(project)
    texts = registry.needed(documents, sources).texts
    changed, findings = fill(project, sources, texts)
    files.write_all({project.root / name: text.encode() for name, text in changed.items()})
    absent = (f"document {slug} was not found and was skipped" for slug in sorted(sources.keys() - texts.keys()))
    return Locked(tuple(changed), tuple(findings), remarks=tuple(absent))


def find_quote(text: str, words: str, around: int = 40) -> list[QuotePlace]:
    """Every place where the words stand, in order; quotes, dashes and blanks may be typed differently (`folding`)."""
    return [
        QuotePlace(i, j, text[i:j], text[max(0, i - around) : i], text[j : j + around])
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


def _fill(row: tables.TableRow, text: str, findings: list[Finding]) -> dict[str, str]:
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
        message, hint = "quotation is not in the document", passages.mismatch(text, quote)
        if passages.find_span(text, quote):
            hint = "a claim's quotation leaves nothing out; make two passages of it"
    findings.append(row.finding("quote", message, hint=hint, gate="quotations"))
    return row.cells


@dataclass(frozen=True)
class Accounted(Result):
    """What stands behind the sentences of documents, by source: the numbers of each, those sentences that were asked
    for, and the texts."""

    kind = "coverage"
    sources: Mapping[str, Coverage]
    sentences: Mapping[str, Sequence[Sentence]]
    findings: tuple[Finding, ...]
    texts: Mapping[str, str]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for slug, cover in self.sources.items():
            for one in self.sentences[slug]:
                yield escape(f"{one.start}-{one.end}\t{oneline(self.texts[slug][one.start : one.end])}")
                yield escape(f"\t{_behind(one)}")
            yield escape(f"{slug}: {cover}")

    def values(self) -> dict[str, Any]:
        listed = {slug: [one.to_dict(self.texts[slug]) for one in found] for slug, found in self.sentences.items()}
        shares = {slug: asdict(cover) for slug, cover in self.sources.items()}
        return {"sources": shares, "sentences": listed, "findings": [one.to_dict() for one in self.findings]}


def account(project: Project, documents: Path | None, source: str = "", *, missing: bool = False) -> Accounted:
    """The sentences of one source, or of all whose documents are in the folder; only those that nothing stands behind,
    if they alone are asked for (`missing`). A remark names each document that is not there.

    Raises `NotFoundError` for an unknown source, `SourceError` when its document is not there, and what reading the
    tables raises.
    """
    typed = inputs.read(project)
    asked = [sources.named(typed.sources, source)] if source else []
    library = sources.needed(documents, typed.sources)
    texts = {one.slug: library.whole_text(one) for one in asked} or library.texts
    shares: dict[str, Coverage] = {}
    listed: dict[str, list[Sentence]] = {}
    findings = list(typed.findings)
    for slug, text in texts.items():
        claims = [one for one in typed.claims if one.source == slug]
        aside = [one for one in typed.readings if one.source == slug]
        found = divide(text, claims, aside)
        findings += check(slug, text, found, typed.all[slug].pending) + long_spans(claims, aside, found)
        shares[slug] = covered(found)
        listed[slug] = [one for one in found if not (missing and one.accounted)]
    absent = sorted(typed.sources.keys() - library.files.keys())
    said = tuple(f"document {slug} was not found and was skipped" for slug in absent)
    return Accounted(shares, listed, tuple(findings), texts, remarks=said)


def _behind(one: Sentence) -> str:
    said = [claim.slug for claim in one.claims] + [f"({reading.reason})" for reading in one.readings]
    said += [f"({one.joined} joined)"] if one.joined else []
    if not one.accounted:
        said.append("NOTHING STANDS BEHIND " + ("THE REST" if said else "THIS"))
    return ", ".join(said)
