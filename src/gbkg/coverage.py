"""A document against the tables: whether it has what they quote, and what stands behind each of its sentences."""

from __future__ import annotations

from dataclasses import dataclass

from gbkg import passages, tables
from gbkg.model import Claim, Finding, Reading, Source
from gbkg.project import Project
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
    """The spans set aside, in the order of sources and offsets, and the faults of the tables.

    A source without a table has set nothing aside.
    """
    found: list[Reading] = []
    findings: list[Finding] = []
    folder = project.data / "readings"
    strangers = sorted(set(folder.glob("*")) - {folder / f"{slug}.tsv" for slug in sources})
    findings += [
        Finding("tables", "belongs to no source of data/sources.ttl", project.show(path)) for path in strangers
    ]
    for slug in sources:
        path = project.data / "readings" / f"{slug}.tsv"
        if not path.exists():
            continue
        rows, faults = tables.read(project, path, COLUMNS)
        findings += faults
        for row in rows:
            place = row.place
            if row["reason"] not in REASONS:
                hint = near(row["reason"], REASONS)
                expected = " | ".join(REASONS)
                findings.append(
                    Finding("tables", "no such reason", place.file, place.line, "reason", row["reason"], expected, hint)
                )
            elif not _is_span(row["start"], row["end"]):
                hint = "run gbkg lock --sources DIR to fill start and end"
                findings.append(
                    Finding(
                        "tables",
                        "not a span",
                        place.file,
                        place.line,
                        "start",
                        f"{row['start']}-{row['end']}",
                        hint=hint,
                    )
                )
            else:
                start, end = int(row["start"]), int(row["end"])
                found.append(Reading(slug, row["reason"], start, end, row["quote"], row["note"], place))
    return found, findings


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
    for start, end in passages.sentences(text):
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
