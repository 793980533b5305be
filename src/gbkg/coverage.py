"""A document against the tables: whether it has what they quote, and what stands behind each of its sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gbkg import passages, tables
from gbkg.model import Claim, Finding, Reading, Source
from gbkg.project import Project
from gbkg.sentences import sentences as divide
from gbkg.sources import check_length
from gbkg.vocabulary import near

COLUMNS = ("reason", "start", "end", "quote", "note")
REASONS = {
    "furniture": "part of the page, not of the text: menus, votes, teasers, numbers left by pictures",
    "heading": "names what follows",
    "caption": "names a table or figure",
    "restates": "says again what claims of another passage say",
    "opinion": "praise, a truism or an expectation without a checkable fact",
    "lost-content": "stands where content has been lost",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document, as offsets, with the claims and readings that touch it, in document order."""

    start: int
    end: int
    claims: tuple[Claim, ...]
    readings: tuple[Reading, ...]

    @property
    def accounted(self) -> bool:
        """Whether anything stands behind it."""
        return bool(self.claims or self.readings)


def readings(project: Project, sources: dict[str, Source]) -> tuple[list[Reading], list[Finding]]:
    """The spans set aside, in the order of sources and offsets, and the faults of the tables."""
    found: list[Reading] = []
    findings = strangers(project, sources)
    for slug in sources:
        aside, faults = of_source(project, slug)
        found += aside
        findings += faults
    return found, findings


def strangers(project: Project, sources: dict[str, Source]) -> list[Finding]:
    """Findings for files of `data/readings/` that belong to no source."""
    known = {f"{slug}.tsv" for slug in sources}
    paths = sorted(path for path in (project.data / "readings").glob("*") if path.name not in known)
    return [Finding("tables", "belongs to no source of data/sources.ttl", project.show(path)) for path in paths]


def of_source(project: Project, source: str) -> tuple[list[Reading], list[Finding]]:
    """The spans of one source that are set aside, and the faults of its table; none without a table."""
    path = project.data / "readings" / f"{source}.tsv"
    if not path.exists():
        return [], []
    found: list[Reading] = []
    rows, findings = tables.read(project, path, COLUMNS)

    def fault(row: tables.Row, message: str, column: str, found: str, expected: str = "", hint: str = "") -> None:
        place = row.place
        findings.append(Finding("tables", message, place.file, place.line, column, found, expected, hint))

    for row in rows:
        if row["reason"] not in REASONS:
            fault(row, "no such reason", "reason", row["reason"], " | ".join(REASONS), near(row["reason"], REASONS))
        elif not _is_span(row["start"], row["end"]):
            hint = "run gbkg lock --sources DIR to fill start and end"
            fault(row, "not a span", "start", f"{row['start']}-{row['end']}", hint=hint)
        else:
            start, end = int(row["start"]), int(row["end"])
            found.append(Reading(source, row["reason"], start, end, row["quote"], row["note"], row.place))
    return found, findings


def prove(
    source: Source, text: str, claims: list[Claim], set_aside: list[Reading]
) -> tuple[list[Finding], list[Sentence]]:
    """The gate of quotations and coverage for one document at hand, whose claims and readings these are: its length,
    every quotation and span at its place, every sentence accounted for. Returns the findings, and the sentences."""
    findings = check_length(source, text)
    for claim in claims:
        findings += misquotations(claim, text)
    findings += [fault for reading in set_aside if (fault := check_reading(reading, text))]
    accounted = sentences(text, claims, set_aside)
    return findings + check(source.slug, text, accounted), accounted


def disagreements(claims: Iterable[Claim]) -> list[Finding]:
    """Findings for quotations of claims that overlap and differ; needs no document."""
    typed = {p: place for claim in claims for p, place in zip(claim.passages, claim.passage_places, strict=True)}
    findings = []
    for a, b in passages.disagreements(typed):
        where, other = typed[b], typed[a]
        message = f"quotation overlaps that of {other.file}:{other.line} and differs from it"
        findings.append(Finding("quotations", message, where.file, where.line, "quote", b.exact, repr(a.exact)))
    return findings


def _is_span(start: str, end: str) -> bool:
    return bool(passages.OFFSET.fullmatch(start) and passages.OFFSET.fullmatch(end)) and int(start) < int(end)


def misquotations(claim: Claim, text: str | None) -> list[Finding]:
    """Findings for passages of a claim that the document does not have at their offsets; none without the document."""
    if text is None:
        return []
    findings = []
    for passage, place in zip(claim.passages, claim.passage_places, strict=True):
        if text[passage.start : passage.end] == passage.exact:
            continue
        at = passages.find(text, passage.exact)
        if at:
            hint = f"it stands at {', '.join(map(str, at))}; run gbkg lock --sources DIR"
        else:
            hint = passages.difference(text, passage.exact)
        message = f"claim {claim.slug}: quotation is not in {claim.source} at {passage.start}"
        findings.append(Finding("quotations", message, place.file, place.line, "quote", passage.exact, hint=hint))
    return findings


def check_reading(reading: Reading, text: str) -> Finding | None:
    """A finding when a span set aside is not the one that the document has there."""
    if (reading.start, reading.end) in passages.find_span(text, reading.quote, reading.start):
        return None
    here = text[reading.start : reading.end]
    place = reading.place
    return Finding(
        "quotations",
        "span set aside is not in the document",
        place.file,
        place.line,
        "quote",
        reading.quote,
        repr(here[:60]),
    )


def sentences(text: str, claims: list[Claim], set_aside: list[Reading]) -> list[Sentence]:
    """Every sentence of one document with what stands behind it. `claims` and `set_aside` are that source's."""
    found = []
    for start, end in divide(text):
        behind = [
            (p.start, index, claim)
            for index, claim in enumerate(claims)
            for p in claim.passages
            if p.start < end and p.end > start
        ]
        touching = {claim.slug: claim for _, _, claim in sorted(behind, key=lambda item: item[:2])}
        aside = tuple(r for r in set_aside if r.start < end and r.end > start)
        found.append(Sentence(start, end, tuple(touching.values()), aside))
    return found


def check(source: str, text: str, accounted: list[Sentence]) -> list[Finding]:
    """A finding for every sentence that neither a claim nor a reading accounts for."""
    return [
        Finding(
            "coverage",
            f"sentence at {s.start}-{s.end} of {source} has no claim and is not set aside",
            found=text[s.start : s.end],
            hint=f"add a claim to data/claims/{source}.tsv or a reading to data/readings/{source}.tsv",
        )
        for s in accounted
        if not s.accounted
    ]
