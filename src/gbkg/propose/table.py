"""The tables of proposals, `data/proposed/SOURCE.tsv`: reading, writing, and keeping decisions when proposals are made
anew.

A line is a proposal. What would become a claim has the columns of `data/claims/SOURCE.tsv`, so that it is moved there
as it is; what would be set aside those of `data/readings/SOURCE.tsv`; a new entity those of `data/entities.tsv`, with
its id under `subject`. Lines are sorted as the document runs, so that people on two branches change different lines.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from gbkg.claims import rows
from gbkg.core import tables
from gbkg.core.errors import Finding, OutputError, meant
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import is_slug
from gbkg.core.project import Project
from gbkg.core.records import JOINED, REASONS, UNREAD, Entity, Place
from gbkg.core.tables import TableRow
from gbkg.documents.passages import OFFSET

KINDS = {
    "entity": "a thing that no row of data/entities.tsv describes",
    "statistic": "a number for an indicator",
    "relation": "a property with an entity, a date or words of the document",
    "corroboration": "a statistic or relation that a claim of another source says as well",
    "comparison": "a statistic or relation of which a claim of another source says something else",
    "reading": "a span to be set aside",
}
"""What is proposed, in the order of proposals about the same words."""
CLAIMED = ("statistic", "relation", "corroboration", "comparison")
"""The kinds that become claims."""
DECISIONS = ("", "accept", "reject", "skip")
DECIDING = ("decision", "decided-by", "why")
_CLAIM = tuple(name for name in rows.COLUMNS if name != "id")
COLUMNS = (
    *("id", "decision", "kind", "doubt"),
    *_CLAIM,
    *("end", "reason", "type", "label", "language", "because", "candidates", "against", "decided-by", "why", "was"),
)
"""The columns, in the order in which they are written."""
NEEDED = ("id", "kind", "quote", "start")
"""The columns that no table may leave out."""
DEFAULTS = {"reading": "stated", "status": "accepted"}
"""What an empty cell of a proposal that becomes a claim stands for."""
VERBATIM = (*tables.VERBATIM, "label", "note", "because", "candidates", "was")
_ARGUMENTS = ("subject", "predicate", "object", "value", "value_text", "lower", "upper", "as_of", "reason", "type")
"""Columns that make a proposal another one, beside its place."""
_CANDIDATE = re.compile(r"(?P<slug>\S+) (?P<score>\d{1,3})(?: \((?P<reason>[^;]*)\))?")
_UNFIT = re.compile(r"[\s;()]+")


@dataclass(frozen=True, slots=True, order=True)
class MeantEntity:
    """A known entity that may be meant: its id, how alike the names are (0 to 100), and the reason."""

    slug: str
    score: int
    reason: str = ""

    def __str__(self) -> str:
        why = " ".join(_UNFIT.split(self.reason)).strip()
        return f"{self.slug} {self.score}" + (f" ({why})" if why else "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal. `cells` has the columns that are moved when it is accepted, and the quotation with its offsets.

    `doubt` is a short word for why it is uncertain ("" if it is not), `because` the method and what it saw, `against`
    the claims (`SOURCE.ID`) of other sources that it agrees with or differs from.
    """

    id: str
    kind: str
    cells: dict[str, str]
    doubt: str = ""
    because: str = ""
    candidates: tuple[MeantEntity, ...] = ()
    against: tuple[str, ...] = ()
    decision: str = ""
    decided_by: str = ""
    why: str = ""
    place: Place = field(default=Place("", 0), compare=False)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def start(self) -> int:
        return int(self["start"])

    @property
    def end(self) -> int:
        return int(self["end"]) if self["end"] else self.start + len(self["quote"])

    @property
    def is_claim(self) -> bool:
        return self.kind in CLAIMED

    def claim(self) -> TableRow:
        """The row of `data/claims/SOURCE.tsv` that it becomes."""
        given = {name: self[name] or DEFAULTS.get(name, "") for name in _CLAIM}
        return TableRow(self.place, {"id": self.id} | given)

    def reading(self) -> dict[str, str]:
        """The row of `data/readings/SOURCE.tsv` that it becomes."""
        return {name: self[name] for name in ("reason", "start", "quote", "note")} | {"end": str(self.end)}

    def entity(self) -> Entity:
        """The entity that it proposes; the description is its note."""
        return Entity(self["subject"], self["type"], self["label"], self["note"], self.place)

    def row(self) -> dict[str, str]:
        """All cells of the line."""
        return self.cells | {
            "id": self.id,
            "kind": self.kind,
            "doubt": self.doubt,
            "because": self.because,
            "candidates": "; ".join(map(str, self.candidates)),
            "against": " ".join(self.against),
            "decision": self.decision,
            "decided-by": self.decided_by,
            "why": self.why,
        }


def path(project: Project, source: str) -> Path:
    """Where the proposals of a source stand."""
    return project.data / "proposed" / f"{source}.tsv"


@contextmanager
def locked(project: Project) -> Iterator[None]:
    """Keeps all others waiting who write proposals and decisions of this project, in other threads and processes too.
    Raises `OutputError` if there is no folder for them."""
    try:
        folder = os.open(project.data, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"cannot be used: {error.strerror}", file=project.show(project.data)) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def identity(source: str, kind: str, cells: dict[str, str]) -> str:
    """The id of a proposal: words that say what it is about, then a digest of source, offsets, kind and arguments.

    It stays when another source makes a corroboration of a statistic or relation.
    """
    family = "claim" if kind in CLAIMED else kind
    parts = [source, family, cells.get("start", ""), cells.get("quote", "")]
    parts += [cells.get(name, "") for name in _ARGUMENTS]
    digest = sha256("\0".join(parts).encode()).hexdigest()[:8]
    words = [cells.get(name, "") for name in ("subject", "predicate", "reason")]
    spaced = re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", "-".join(filter(None, words))).lower()
    slug = re.sub(r"[^\w]+|_+", "-", spaced).strip("-")[:60].strip("-")
    return f"{slug}-{digest}" if is_slug(f"{slug}-{digest}") else f"{family}-{digest}"


def read(project: Project, source: str) -> tuple[list[Proposal], list[Finding]]:
    """The proposals of a source, and the faults of the table's form; none of either without a table."""
    where = path(project, source)
    return read_file(project, where) if there(where) else ([], [])


def read_file(project: Project, where: Path) -> tuple[list[Proposal], list[Finding]]:
    """The proposals in a table, in its order, and the faults of its form; a faulty line is left out. What it says is
    not judged here. Raises `ProjectError` and `ParseError` as `tables.read` does."""
    optional = [name for name in COLUMNS if name not in NEEDED]
    lines, findings = tables.read(project, where, COLUMNS, optional, VERBATIM)
    found: dict[str, Proposal] = {}
    for row in lines:
        faults = [*_faults(row, found)]
        findings += faults
        if not faults:
            found[row["id"]] = _proposal(row)
    return list(found.values()), findings


def text(proposals: Iterable[Proposal]) -> str:
    """The table, sorted as the document runs."""
    return tables.write(COLUMNS, (one.row() for one in ordered(proposals)))


def ordered(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The proposals as the document runs; of the same words entities first, readings last."""
    order = list(KINDS)
    return sorted(proposals, key=lambda one: (one.start, one.end, order.index(one.kind), one.id))


def renewed(source: str, former: Sequence[Proposal], made: Iterable[Proposal]) -> list[Proposal]:
    """The proposals made anew together with the former ones that somebody decided on or edited: those stay as they are.
    Others that are no longer made are gone."""
    kept = {one.id: one for one in former if one.decision or one.why or _edited(source, one)}
    return ordered((kept | {one.id: one for one in made if one.id not in kept}).values())


def _edited(source: str, one: Proposal) -> bool:
    return identity(source, one.kind, one.cells) != one.id


def _proposal(row: TableRow) -> Proposal:
    own = ("id", "kind", "doubt", "because", "candidates", "against", *DECIDING)
    cells = {name: row[name] for name in COLUMNS if name not in own and row[name]}
    candidates = tuple(_candidate(part) for part in row["candidates"].split(";") if part.strip())
    return Proposal(
        row["id"], row["kind"], cells, row["doubt"], row["because"], candidates, tuple(row["against"].split()),
        row["decision"], row["decided-by"], row["why"], row.place,
    )  # fmt: skip


def _candidate(part: str) -> MeantEntity:
    match = _CANDIDATE.fullmatch(part.strip())
    return (
        MeantEntity(match["slug"], int(match["score"]), match["reason"] or "")
        if match
        else MeantEntity(part.strip(), 0)
    )


def _faults(row: TableRow, known: dict[str, Proposal]) -> Iterable[Finding]:
    if not is_slug(row["id"]):
        yield row.finding("id", "not an id", "lower-case words joined by hyphens")
    elif row["id"] in known:
        yield row.finding("id", "id is already taken", hint=f"first used in line {known[row['id']].place.line}")
    if row["kind"] not in KINDS:
        yield row.finding("kind", "no such kind", " | ".join(KINDS), meant(row["kind"], KINDS))
    if row["decision"] not in DECISIONS:
        yield row.finding(
            "decision", "no such decision", "accept | reject | skip", meant(row["decision"], DECISIONS[1:])
        )
    elif row["decision"] == "reject" and not row["why"]:
        yield row.finding("why", "rejected without a reason", "why it is rejected")
    if not row["quote"]:
        yield row.finding("quote", "a proposal needs the words that it rests on", "a quotation")
    for column in ("start", "end"):
        if (row[column] or column == "start") and not OFFSET.fullmatch(row[column]):
            yield row.finding(column, "not an offset", "code points from the beginning, counted from 0")
    if row["kind"] == "reading" and row["reason"] not in set(REASONS) - {UNREAD, JOINED}:
        yield row.finding("reason", "no such reason", " | ".join(REASONS), meant(row["reason"], REASONS))
