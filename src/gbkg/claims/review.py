"""What readers say of documents and claims: readings, spans of a document without a claim, each with its reason; and
second readers' judgements of claims, with the accuracy that they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from math import sqrt
from typing import get_args

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import tables
from gbkg.core.errors import Finding, Severity, meant
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import JOINED, REASONS, Claim, Entity, Reading, Review, Verdict
from gbkg.documents.passages import OFFSET

COLUMNS = ("claim", "digest", "first", "verdict", "note", "by")
OPTIONAL = ("note", "by")
"""Columns that the table may leave out."""
_VERDICTS = get_args(Verdict)
READING_COLUMNS = ("reason", "start", "end", "quote", "note")
READING_OPTIONAL = ("start", "end", "note")
"""Columns that a table may leave out; `gbkg lock` fills offsets in."""
_JOINED_MOST = 60
"""Most characters that a `joined` reading may have: the words around one stop need no more."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many claims second readers found supported: at first, and after disagreements were resolved.

    `low` and `high` are the 95% Wilson interval of the share supported at first.
    """

    claims: int
    judged: int
    first: int
    resolved: int
    low: float
    high: float


def by_source(project: Project) -> tuple[dict[str, list[tables.TableRow]], list[Finding]]:
    """The rows of `data/review.tsv`, if there is one, by the source of their claims; and the faults of its form."""
    path = project.data / "review.tsv"
    if not there(path):
        return {}, []
    rows, findings = tables.read(project, path, COLUMNS, OPTIONAL)
    found: dict[str, list[tables.TableRow]] = {}
    for row in rows:
        found.setdefault(row["claim"].partition(".")[0], []).append(row)
    return found, findings


def meaning(claim: Claim, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> str:
    """Six hex digits that change with the words by which a reader understands the claim: class, label and description
    of its entities; label and definition of its property or indicator, unit and precision."""
    slugs = [
        claim.subject,
        claim.object if claim.object_kind == "entity" else "",
        *claim.attributed_to,
        claim.criterion,
    ]
    things = [entities[slug] for slug in slugs if slug in entities]
    terms = [claim.predicate, *((claim.quantity.unit, claim.quantity.precision) if claim.quantity else ())]
    parts = [(thing.type, thing.label, thing.description) for thing in things]
    parts += [(term, vocabulary.labels.get(term, ""), vocabulary.definitions.get(term, "")) for term in terms]
    return sha256(repr(parts).encode()).hexdigest()[:6]


def judge(
    rows: list[tables.TableRow], claims: list[Claim], faulty: bool = False, meanings: Mapping[str, str] | None = None
) -> tuple[list[Review], list[Finding]]:
    """Read the judgements on one source. Findings tell of those that cannot be used: unknown claim (skipped if the
    table of claims is `faulty`), judged twice, no such verdict, claim changed since.

    A digest is that of the claim, a hyphen, and the claim's `meaning`. Without `meanings`, or if the digest has one
    part, only the claim's is compared.
    """
    by_key = {claim.key: claim for claim in claims}
    reviews: dict[str, Review] = {}
    findings: list[Finding] = []
    for row in rows:
        place, key = row.place, row["claim"]

        def fault(
            column: str,
            message: str,
            expected: str = "",
            hint: str = "",
            row: tables.TableRow = row,
            severity: Severity = "violation",
        ) -> None:
            findings.append(row.finding(column, message, expected, hint, "review", severity))

        if key not in by_key and faulty:
            continue
        if key not in by_key:
            fault("claim", "no such claim", hint=meant(key, by_key))
        elif key in reviews:
            fault("claim", "judged twice", hint=f"first in line {reviews[key].place.line}")
        elif row["first"] not in _VERDICTS or row["verdict"] not in _VERDICTS:
            fault("verdict", "no such verdict", " | ".join(_VERDICTS))
        elif said := _changed(row["digest"], by_key[key].digest, (meanings or {}).get(key, "")):
            now = "-".join(filter(None, (by_key[key].digest, (meanings or {}).get(key))))
            fault("digest", said, now, "have it read again", severity="warning")
        else:
            if row["verdict"] != "supported":
                hint = "mend the claim and have it read again"
                fault("verdict", "a second reader found the claim wanting", "supported", hint)
            reviews[key] = Review(key, row["digest"], row["first"], row["verdict"], row["note"], place)  # type: ignore[arg-type]
    return list(reviews.values()), findings


def _changed(digest: str, claim: str, meaning: str) -> str:
    """What has changed since the digest was written; "" if nothing that it covers has."""
    given, _, understood = digest.partition("-")
    if given != claim:
        return "the claim has changed since it was judged"
    if understood != meaning and understood:
        return "what the claim means has changed since it was judged: an entity's words, or a definition"
    return ""


def accuracy(claims: int, judged: int, first: int, resolved: int) -> Accuracy:
    """The accuracy, from numbers of claims: all, judged, supported at first, supported now."""
    return Accuracy(claims, judged, first, resolved, *wilson(first, judged))


def wilson(successes: int, trials: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The Wilson score interval of a share, 0 to 1; `z` is the normal quantile (95% by default).

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.

    >>> low, high = wilson(9, 10)
    >>> round(low, 4), round(high, 4)
    (0.5958, 0.9821)
    """
    if trials == 0:
        return 0.0, 0.0
    share, square = successes / trials, z * z
    centre = share + square / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, (centre - spread) / (1 + square / trials)), min(1.0, (centre + spread) / (1 + square / trials))


# ---- Readings


def readings_of(project: Project, source: str) -> tuple[list[Reading], list[Finding]]:
    """Read the table of one source, if it has one: the spans that are set aside, and the faults of the table."""
    path = project.data / "readings" / f"{source}.tsv"
    if not there(path):
        return [], []
    found: list[Reading] = []
    rows, findings = tables.read(project, path, READING_COLUMNS, READING_OPTIONAL)

    for row in rows:
        if row["reason"] not in REASONS:
            hint = meant(row["reason"], REASONS)
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
