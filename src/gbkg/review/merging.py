"""Moving what was accepted into the tables of claims, entities and readings, and taking it back.

What cannot be moved stays among the proposals, with the reason; so does what was rejected. All files are written
together or none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gbkg.claims import review, rows
from gbkg.core import tables
from gbkg.core.errors import Finding, GbkgError, NotFoundError, ProjectError, ValidationError
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import Claim, Entity
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.tables import Row
from gbkg.core.text import counted, escape
from gbkg.documents import passages, sources
from gbkg.documents.sources import Library
from gbkg.propose import table
from gbkg.propose.table import Proposal
from gbkg.review import deciding, decisions, order
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
        contents |= reviewed(project, _verdicts(source, record, known), contents)
    return Merge(source, tuple(moved), tuple(held), *_left(found), tuple(findings), contents)


def _left(found: Iterable[Proposal]) -> tuple[int, int]:
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


def take_back(project: Project, source: str, ids: Sequence[str], library: Library | None = None) -> Merge:
    """Makes proposals without a decision of claims, entities and readings that a merge has moved.

    Raises `NotFoundError` for an unknown source and for an id that the record does not have, `GbkgError` for one whose
    row is gone or was edited since so that it cannot be told apart, and for an entity that a claim still names, or
    whose name cannot be found in the document (of `library`), since a table of entities has no quotations.
    """
    sources.named(sources.read(project).sources, source)
    with table.locked(project):
        record = decisions.decisions(project, source)
        found = decisions.proposals(project, source)
        firsts = {one.id: one for one in record if one.reader == FIRST}
        contents: dict[Path, bytes] = {}
        for name in ids:
            if name not in firsts:
                hint = "what was accepted and moved can be taken back"
                raise NotFoundError.among("decision", name, firsts, hint=hint)
        asked = sorted((firsts[name] for name in dict.fromkeys(ids)), key=lambda one: one.kind == "entity")
        text = library.text(source) if library else None
        back = [_removed(project, source, one, contents, text) for one in asked]
        gone = {one.id for one in back}
        contents |= decisions.proposed(project, source, [*found, *back])
        contents |= decisions.recorded(project, source, [one for one in record if one.id not in gone])
        contents |= unreviewed(project, {f"{source}.{name}" for name in gone})
        decisions.write(contents)
    return Merge(source, (), (), *_left([*found, *back]), (), contents, tuple(back))


def reviewed(
    project: Project, verdicts: Mapping[str, tuple[str, str, Decision]], contents: Mapping[Path, bytes]
) -> dict[Path, bytes]:
    """`data/review.tsv` with these verdicts: digest, first verdict and last decision by key of a claim. A former
    verdict on the same claim gives way. `contents` are tables that are about to be written. Empty without verdicts."""
    if not verdicts:
        return {}
    path, kind = project.data / "review.tsv", order.KINDS["review.tsv"]
    found = _read(project, path, "review.tsv") if there(path) else []
    header = project.text(path).partition("\n")[0].split("\t") if there(path) else list(review.COLUMNS)
    cells = [dict(row.cells) for row in found if row["claim"] not in verdicts]
    for key, (digest, first, last) in verdicts.items():
        row = {
            "claim": key,
            "digest": digest,
            "first": first,
            "verdict": last.decision,
            "note": last.why,
            "by": last.by,
        }
        cells.append(row)
    places = _places(project, contents)
    cells.sort(key=lambda row: (row["claim"].partition(".")[0], places(row["claim"]), row["claim"]))
    kept = [name for name in kind.columns if name in header or any(row.get(name) for row in cells)]
    return {path: tables.write(kept, cells).encode()}


def _sorted_out(
    judge: Judge, source: str, agreed: Sequence[Proposal], record: Sequence[Decision]
) -> tuple[list[Proposal], list[Proposal], list[Finding]]:
    """The accepted proposals that can be moved, those that cannot, and why. Entities come first, since claims name
    them; of those that cannot be moved no claim may speak."""
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
    """A warning for every entity among what is moved of which no claim speaks."""
    spoken = {name for one in claims for name in (one.subject, one.object, *one.attributed_to)}
    message, hint = "no claim speaks of it yet, and a build wants one", "add a claim, or take the row out again"
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
    how = "edit" if deciding.is_edited(source, one) else "accept"
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
    path, kind = _place(project, source, name), order.KINDS[name]
    former = _read(project, path, name) if there(path) else []
    header = project.text(path).partition("\n")[0].split("\t") if there(path) else list(_NEW.get(name, ()))
    new = [Row(row.place, dict(row.cells)) for row in former]
    place = former[-1].place if former else None
    for cells in added:
        given = {column: cells.get(column, "") for column in order.columns(kind, header)}
        new.append(Row(place, given))  # type: ignore[arg-type]
    used = [c for c in order.columns(kind, header) if c in header or any(_says(row, c) for row in new)]
    return path, tables.write(used, (row.cells for row in kind.ordered(project, new))).encode()


def _says(row: Row, column: str) -> bool:
    """Whether a cell says more than it would if its column were not there."""
    return bool(row[column]) and row[column] != rows.DEFAULTS.get(column)


def _place(project: Project, source: str, name: str) -> Path:
    return project.data / name if name.endswith(".tsv") else project.data / name / f"{source}.tsv"


def _read(project: Project, path: Path, name: str) -> list[Row]:
    """The rows of a table. Raises `ValidationError` if its form has faults: lines would be lost."""
    found, faults = order.read(project, path, order.KINDS[name])
    if faults:
        raise ValidationError(faults, "nothing was moved")
    return found


def _places(project: Project, contents: Mapping[Path, bytes]) -> Callable[[str], int]:
    """Where a claim stands among those of its source, by key, in tables as they will be."""
    known: dict[str, dict[str, int]] = {}

    def place(key: str) -> int:
        source, _, slug = key.partition(".")
        if source not in known:
            path = project.data / "claims" / f"{source}.tsv"
            kind = order.KINDS["claims"]
            raw = contents.get(path) or (project.content(path) if there(path) else b"")
            text = tables.repaired(raw.decode())
            found = tables.parse(text, project.show(path), kind.columns, kind.optional)[0] if text else []
            known[source] = {row["id"]: at for at, row in enumerate(order.ordered_claims(project, found))}
        return known[source].get(slug, order.LAST)

    return place


# ---- Taking back


def _removed(
    project: Project, source: str, one: Decision, contents: dict[Path, bytes], document: str | None
) -> Proposal:
    """The proposal that a row was; the row is taken out of its table, which is put into `contents`."""
    name = TARGETS.get(one.kind, "claims")
    path = _place(project, source, name)
    shown = project.show(path)
    header, found = _as_will_be(project, path, name, contents)
    if one.kind == "entity" and (naming := _naming(project, one.about, contents)):
        hint = f"take these back as well, or mend them: {', '.join(naming[:5])}"
        raise GbkgError(f"{counted(len(naming), 'claim')} about {one.about}, the entity of {one.id}", hint=hint)
    mine = [row for row in found if _is(row, one)]
    if len(mine) != 1:
        said = "is not there any more" if not mine else "has further passages by now"
        raise GbkgError(f"what {one.id} became {said}", file=shown, hint="take it out by hand")
    contents[path] = tables.write(header, (row.cells for row in found if row is not mine[0])).encode()
    cells = {column: value for column, value in mine[0].cells.items() if value and column != "id"}
    cells = _of_entity(mine[0], one, document) if one.kind == "entity" else cells
    because = f"taken back; {one.decision} by {one.by}" + (f": {one.why}" if one.why else "")
    return Proposal(one.id, one.kind, cells, because=because)


def _of_entity(row: Row, one: Decision, document: str | None) -> dict[str, str]:
    """The cells of a proposal of which this row was made."""
    if document is None:
        raise GbkgError(f"{one.id} is an entity: its name is quoted from the document", hint="give --sources DIR")
    spans = passages.find(document, row["label"])
    if not spans:
        hint = f"take its row {one.about} out of data/entities.tsv by hand"
        raise GbkgError(f"the label of {one.id}, {row['label']!r}, is not in the document", hint=hint)
    tongues = [name.partition("@")[2] for name, value in row.cells.items() if "@" in name and value == row["label"]]
    cells = {"subject": row["id"], "type": row["type"], "label": row["label"], "language": "".join(tongues[:1])}
    cells |= {"note": row["description"], "quote": document[slice(*spans[0])], "start": str(spans[0][0])}
    return {column: value for column, value in cells.items() if value}


def _is(row: Row, one: Decision) -> bool:
    if one.kind == "reading":
        return f"{row['start']}-{row['end']}" == one.about
    return row["id"] == (one.about if one.kind == "entity" else one.id)


def _as_will_be(project: Project, path: Path, name: str, contents: Mapping[Path, bytes]) -> tuple[list[str], list[Row]]:
    """The header and rows of a table as it is, or as `contents` have it. Raises `ValidationError` for its faults."""
    kind = order.KINDS[name]
    text = tables.repaired(contents[path].decode() if path in contents else project.text(path))
    header = text.partition("\n")[0].split("\t")
    found, faults = tables.parse(text, project.show(path), order.columns(kind, header), kind.optional)
    if faults:
        raise ValidationError(faults, "nothing was taken back")
    return header, found


def _naming(project: Project, entity: str, contents: Mapping[Path, bytes]) -> list[str]:
    """The claims of all sources that name an entity, in tables as they will be."""
    found = []
    for path in sorted((project.data / "claims").glob("*.tsv")):
        for row in _as_will_be(project, path, "claims", contents)[1]:
            named = (row["subject"], row["object"], *(one.strip("~") for one in row["attributed_to"].split()))
            found += [f"{path.stem}.{row['id']}"] if entity in named else []
    return found


def unreviewed(project: Project, keys: set[str], by: str = "") -> dict[Path, bytes]:
    """`data/review.tsv` without the verdicts on these claims, or only without those of one reader; empty if there are
    none."""
    path = project.data / "review.tsv"
    found = _read(project, path, "review.tsv") if there(path) else []
    kept = [row.cells for row in found if row["claim"] not in keys or (by and row["by"] != by)]
    header = project.text(path).partition("\n")[0].split("\t") if found else []
    return {path: tables.write(header, kept).encode()} if len(kept) < len(found) else {}
