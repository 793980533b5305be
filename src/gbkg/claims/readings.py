"""The tables of readings: spans of a document without a claim, each with its reason."""

from __future__ import annotations

from dataclasses import replace

from gbkg.claims.vocabulary import near
from gbkg.core import tables
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import JOINED, REASONS, Reading
from gbkg.documents.passages import OFFSET

COLUMNS = ("reason", "start", "end", "quote", "note")
OPTIONAL = ("start", "end", "note")
"""Columns that a table may leave out; `gbkg lock` fills offsets in."""
_JOINED_MOST = 60
"""Most characters that a `joined` reading may have: the words around one stop need no more."""


def of_source(project: Project, source: str) -> tuple[list[Reading], list[Finding]]:
    """Read the table of one source, if it has one: the spans that are set aside, and the faults of the table."""
    path = project.data / "readings" / f"{source}.tsv"
    if not there(path):
        return [], []
    found: list[Reading] = []
    rows, findings = tables.read(project, path, COLUMNS, OPTIONAL)

    for row in rows:
        if row["reason"] not in REASONS:
            hint = near(row["reason"], REASONS)
            findings.append(row.finding("reason", "no such reason", " | ".join(REASONS), hint))
        elif not _is_span(row["start"], row["end"]):
            hint = "run gbkg lock --sources DIR to fill start and end"
            span = f"{row['start']}-{row['end']}"
            findings.append(replace(row.finding("start", "not a span", hint=hint), found=span))
        else:
            start, end = int(row["start"]), int(row["end"])
            if row["reason"] == JOINED and (end - start != len(row["quote"]) or end - start > _JOINED_MOST):
                expected = f"the words around one stop, whole, at most {_JOINED_MOST} characters"
                findings.append(row.finding("quote", "too much to join", expected))
            found.append(Reading(source, row["reason"], start, end, row["quote"], row["note"], row.place))
    return found, findings


def _is_span(start: str, end: str) -> bool:
    return bool(OFFSET.fullmatch(start) and OFFSET.fullmatch(end)) and int(start) < int(end)
