"""Moving what was accepted into the tables of claims, entities and readings, and taking it back.

What cannot be moved stays among the proposals, with the reason; so does what was rejected. All files are written
together or none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gbkg.claims import review, rows
from gbkg.core import tables
from gbkg.core.errors import Finding, GbkgError, ProjectError, ValidationError
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import Claim, Entity
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.tables import TableRow
from gbkg.core.text import counted, escape
from gbkg.documents import sources
from gbkg.documents.sources import Library
from gbkg.propose import table
from gbkg.propose.table import Proposal
from gbkg.review import decisions, order
from gbkg.review.decisions import FIRST, SECOND, Decision
from gbkg.review.judging import Judge

TARGETS = {"entity": "entities.tsv", "reading": "readings"}
"""The table that a proposal is moved to, by kind; all other kinds become claims."""
_NEW = {
    "claims": rows.USUAL,
    "readings": ("reason", "start", "end", "quote", "note"),
}
"""The columns of a table that is made new, beside those that are used in it."""


@dataclass(frozen=True)
class Merge(Result):
    """What a merge does: the proposals that are moved, those that are accepted and cannot be, with the findings that
    say why, how many were rejected and how many nobody has decided on; those that became proposals again where it is
    undone; and the new content of each file."""

    kind = "merge"
    source: str
    moved: tuple[Proposal, ...]
    held: tuple[Proposal, ...]
    rejected: int
    undecided: int
    findings: tuple[Finding, ...]
    files: dict[Path, bytes] = field(repr=False)
    back: tuple[Proposal, ...] = ()

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield from (escape(f"moved {one.id} to {target(self.source, one.kind)}") for one in self.moved)
        yield from (escape(f"taken back {one.id}") for one in self.back)

    @property
    def summary(self) -> str:
        if self.back:
            return ""
        moved, held = counted(len(self.moved), "proposal"), f", {len(self.held)} held back" if self.held else ""
        said = f"{moved} moved, {self.rejected} rejected, {self.undecided} not decided on{held}"
        how = "\nnothing is accepted yet: decide in the browser (gbkg serve --review) or in column decision"
        return said + (how if self.undecided and not self.moved else "")

    def values(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "moved": [{"id": one.id, "kind": one.kind, "to": target(self.source, one.kind)} for one in self.moved],
            "held": [one.id for one in self.held],
            "back": [one.id for one in self.back],
            "rejected": self.rejected,
            "undecided": self.undecided,
            "findings": [one.to_dict() for one in self.findings],
        }


def merge(judge: Judge, source: str, by: str = "") -> Merge:
    """Moves what is accepted of a source; `by` decided where a line says nobody. To be called within
    `table.locked`, with a `judge` that was made there.

    Raises `NotFoundError` for an unknown source, `ProjectError` for one without proposals, `ValidationError` when a
    table that is to be written has a fault, and `GbkgError` when a line names nobody and `by` is empty; nothing is
    written then.
    """
    project = judge.inputs.project
    sources.named(judge.inputs.sources, source)
    where = table.path(project, source)
    if not there(where):
        raise ProjectError("there are no proposals", file=project.show(where), hint=f"gbkg propose {source} makes them")
    found = decisions.proposals(project, source)
    agreed = [_signed(one, by) for one in found if one.decision == "accept"]
    record = decisions.decisions(project, source)
    moved, held, findings = _sorted_out(judge, source, agreed, record)
    entities = judge.known(moved)
    claims = [claim for one in moved if one.is_claim and (claim := judge.claim(source, one, entities)[0])]
    known = {claim.slug: judge.digest(claim, entities) for claim in claims}
    findings += _unspoken(moved, [*judge.inputs.claims, *claims])
    gone = {one.id for one in moved}
    contents: dict[Path, bytes] = {}
    if moved:
        kept = [one for one in found if one.id not in gone]
        added = [_decision(source, one, known.get(one.id, "")) for one in moved]
        contents |= decisions.proposed(project, source, kept)
        contents |= decisions.recorded(project, source, [*record, *added])
        contents |= _tables(project, source, moved)
        contents |= with_verdicts(project, _verdicts(source, record, known), contents)
    return Merge(source, tuple(moved), tuple(held), *left(found), tuple(findings), contents)


def left(found: Iterable[Proposal]) -> tuple[int, int]:
    """How many are rejected, and how many nobody has decided on."""
    made = Counter(one.decision for one in found)
    return made["reject"], made[""] + made["skip"]


def target(source: str, kind: str) -> str:
    """The file that a proposal of this kind is moved to."""
    name = TARGETS.get(kind, "claims")
    return f"data/{name}" if name.endswith(".tsv") else f"data/{name}/{source}.tsv"


def signing(project: Project, source: str, by: str = "") -> str:
    """Who decided where a line says nobody: `by`, else whom git's configuration names if there is such a line. Raises
    as `decisions.reader`."""
    unsigned = any(one.decision == "accept" and not one.decided_by for one in decisions.proposals(project, source))
    return decisions.reader(project, by) if by or unsigned else ""


def run(project: Project, source: str, by: str = "", library: Library | None = None) -> Merge:
    """Moves what is accepted of a source, and writes it. Raises as `merge`, and `OutputError` if that fails."""
    with table.locked(project):
        made = merge(Judge.of(project, library), source, by)
        if made.files:
            decisions.write(made.files)
    return made


def with_verdicts(
    project: Project, verdicts: Mapping[str, tuple[str, str, Decision]], contents: Mapping[Path, bytes]
) -> dict[Path, bytes]:
    """`data/review.tsv` with these verdicts: digest, first verdict and last decision by key of a claim. A former
    verdict on the same claim gives way. `contents` are tables that are about to be written. Empty without verdicts."""
    if not verdicts:
        return {}
    path, kind = project.data / "review.tsv", order.KINDS["review.tsv"]
    found = table_rows(project, path, "review.tsv") if there(path) else []
    header = project.text(path).partition("\n")[0].split("\t") if there(path) else list(review.COLUMNS)
    cells = [dict(row.cells) for row in found if row["claim"] not in verdicts]
    for key, (digest, first, last) in verdicts.items():
        said = {"verdict": last.decision, "note": last.why, "by": last.by}
        cells.append({"claim": key, "digest": digest, "first": first} | said)
    cells.sort(key=order.verdict_order(project, (row["claim"] for row in cells), contents))
    kept = [name for name in kind.columns if name in header or any(row.get(name) for row in cells)]
    return {path: tables.write(kept, cells).encode()}


def _sorted_out(
    judge: Judge, source: str, agreed: Sequence[Proposal], record: Sequence[Decision]
) -> tuple[list[Proposal], list[Proposal], list[Finding]]:
    """The accepted proposals that can be moved, those that cannot, and why. Entities come first, since claims name
    them; no claim may be about those that cannot be moved."""
    taken = judge.taken(source)
    moved: list[Proposal] = []
    held: list[Proposal] = []
    findings: list[Finding] = []
    for entities in (True, False):
        known = judge.known(moved)
        for one in agreed:
            if (one.kind == "entity") != entities:
                continue
            faults = judge.faults(source, one, known, taken)
            if one.is_claim and not faults:
                faults += [_doubt(one, doubt) for doubt in _doubts(judge, source, one, known, record)]
            (held if any(f.severity == "violation" for f in faults) else moved).append(one)
            findings += faults
    return moved, held, findings


def _unspoken(moved: Iterable[Proposal], claims: Iterable[Claim]) -> list[Finding]:
    """A warning for every entity among what is moved that no claim is about."""
    spoken = {name for one in claims for name in (one.subject, one.object, *one.attributed_to)}
    message, hint = "no claim is about it yet, and a build needs one", "add a claim, or take the row out again"
    return [
        Finding("review", message, "data/entities.tsv", found=one["subject"], severity="warning", hint=hint)
        for one in moved if one.kind == "entity" and one["subject"] not in spoken
    ]  # fmt: skip


def _doubts(
    judge: Judge, source: str, one: Proposal, known: Mapping[str, Entity], record: Iterable[Decision]
) -> list[Decision]:
    """The last verdicts of second readers on what a proposal says now, as far as they do not support it."""
    claim, _ = judge.claim(source, one, known)
    about = judge.digest(claim, known) if claim else ""
    last = {v.by: v for v in record if v.reader == SECOND and (v.id, v.about) == (one.id, about)}
    return [verdict for verdict in last.values() if verdict.decision != "supported"]


def _doubt(one: Proposal, second: Decision) -> Finding:
    message = f"accepted by {one.decided_by}, but {second.decision} by {second.by}" + (
        f": {second.why}" if second.why else ""
    )
    hint = "edit it, or reject it; then let it be read again"
    return Finding("review", message, one.place.file, one.place.line, "decision", "accept", hint=hint)


def _verdicts(
    source: str, record: Iterable[Decision], digests: Mapping[str, str]
) -> dict[str, tuple[str, str, Decision]]:
    """What second readers said of the claims that are moved, as they are: digest, first verdict, last decision."""
    found: dict[str, tuple[str, str, Decision]] = {}
    for one in record:
        if one.reader == SECOND and one.id in digests:
            key = f"{source}.{one.id}"
            found[key] = (digests[one.id], found[key][1] if key in found else one.decision, one)
    return {key: verdict for key, verdict in found.items() if verdict[2].about == verdict[0]}


def _signed(one: Proposal, by: str) -> Proposal:
    if not one.decided_by and not by:
        raise GbkgError(
            f"{one.id} is accepted by nobody", file=one.place.file, line=one.place.line, column="decided-by",
            hint="git config user.name NAME, or --as NAME",
        )  # fmt: skip
    return one if one.decided_by else replace(one, decided_by=by)


def _decision(source: str, one: Proposal, digest: str) -> Decision:
    how = "edit" if decisions.is_edited(source, one) else "accept"
    about = digest or (one["subject"] if one.kind == "entity" else f"{one.start}-{one.end}")
    return Decision(one.id, one.kind, FIRST, how, one.decided_by, about, one.why)


# ---- Tables


def _tables(project: Project, source: str, moved: Sequence[Proposal]) -> dict[Path, bytes]:
    """The tables that the proposals go to, with them."""
    added: dict[str, list[dict[str, str]]] = {}
    for one in moved:
        added.setdefault(TARGETS.get(one.kind, "claims"), []).append(_cells(one))
    return dict(_table(project, source, name, cells) for name, cells in added.items())


def _cells(one: Proposal) -> dict[str, str]:
    """The row that a proposal becomes."""
    if one.kind == "reading":
        return one.reading()
    if one.kind == "entity":
        other = {f"label@{one['language']}": one["label"]} if one["language"] else {}
        return {"id": one["subject"], "type": one["type"], "label": one["label"], "description": one["note"]} | other
    return dict(one.claim().cells)


def _table(project: Project, source: str, name: str, added: Sequence[dict[str, str]]) -> tuple[Path, bytes]:
    path, kind = table_path(project, source, name), order.KINDS[name]
    former = table_rows(project, path, name) if there(path) else []
    header = project.text(path).partition("\n")[0].split("\t") if there(path) else list(_NEW.get(name, ()))
    new = [TableRow(row.place, dict(row.cells)) for row in former]
    place = former[-1].place if former else None
    for cells in added:
        given = {column: cells.get(column, "") for column in order.columns(kind, header)}
        new.append(TableRow(place, given))  # type: ignore[arg-type]
    used = [c for c in order.columns(kind, header) if c in header or any(_says(row, c) for row in new)]
    return path, tables.write(used, (row.cells for row in kind.ordered(project, new))).encode()


def _says(row: TableRow, column: str) -> bool:
    """Whether a cell says more than it would if its column were not there."""
    return bool(row[column]) and row[column] != rows.DEFAULTS.get(column)


def table_path(project: Project, source: str, name: str) -> Path:
    return project.data / name if name.endswith(".tsv") else project.data / name / f"{source}.tsv"


def table_rows(project: Project, path: Path, name: str) -> list[TableRow]:
    """The rows of a table. Raises `ValidationError` if its form has faults: lines would be lost."""
    found, faults = order.read(project, path, order.KINDS[name])
    if faults:
        raise ValidationError(faults, "nothing was moved")
    return found
