"""What people decide: how a decision changes a proposal, proposals with decisions on disk, and the record of those that
left them.

`data/proposed/SOURCE.tsv` has what is to be decided, with the decision of the first reader;
`data/decisions/SOURCE.PERSON.tsv` a line for each proposal of theirs that was accepted and moved, and for each verdict
that they gave as a second reader. Every line has who and why. All is written under `table.locked`, so that several
programs may decide at once.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from gbkg.claims import rows
from gbkg.core import files, tables
from gbkg.core.errors import Finding, GbkgError, NotFoundError, ValidationError, meant
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import Place
from gbkg.documents import passages
from gbkg.propose import table
from gbkg.propose.table import Proposal

COLUMNS = ("id", "kind", "reader", "decision", "by", "about", "why")
OPTIONAL = ("about", "why")
FIRST, SECOND = "first", "second"
DECISIONS = {FIRST: ("accept", "edit"), SECOND: ("supported", "partly", "not")}
"""By reader. Of the first one: accepted as it was proposed, or after an edit; what was rejected stays among the
proposals."""
_WORDS = re.compile(r"[^\W_]+")
LONGEST = 100
"""Characters of the longest name of a reader."""


class DecidedMeanwhile(GbkgError):
    """A proposal is not as it was shown to whoever decides on it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on a proposal or claim with this id, by the first reader or a second one. `about` is what it was
    about: of a claim its digest and that of its meaning (`gbkg.claims.review`), of an entity its id, of a reading its
    offsets."""

    id: str
    kind: str
    reader: str
    decision: str
    by: str
    about: str = ""
    why: str = ""
    place: Place = field(default=Place("", 0), compare=False)

    def row(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in COLUMNS}


def reader(project: Project, given: str = "") -> str:
    """Who decides: the name given, else `user.name` of git's configuration. Raises `GbkgError` if there is none, or if
    it cannot stand in a table."""
    name = given or _configured(project)
    if not name:
        raise GbkgError("the reader who decides is not named", hint="git config user.name NAME, or --as NAME")
    fault = tables.unfit(name) or ("has a line end or tab" if set(name) & set("\n\t\r") else "")
    if fault or len(name) > LONGEST or name != name.strip():
        raise GbkgError(
            f"the name {name[:LONGEST]!r} {fault or 'is too long, or has blanks at an end'}", hint="--as NAME"
        )
    return name


def _configured(project: Project) -> str:
    try:
        found = subprocess.run(
            ["git", "config", "user.name"], cwd=project.root, capture_output=True, encoding="utf-8", errors="replace"
        )
    except OSError:
        return ""
    return found.stdout.strip()


def state(proposal: Proposal) -> str:
    """A digest of a proposal, which differs after any change: 12 hexadecimal digits."""
    return sha256("\0".join(f"{k}={v}" for k, v in sorted(proposal.row().items()) if v).encode()).hexdigest()[:12]


def proposals(project: Project, source: str) -> list[Proposal]:
    """The proposals of a source. Raises `ValidationError` with the faults of the table's form, if it has any: a table
    is not written anew with lines left out."""
    found, faults = table.read(project, source)
    if faults:
        raise ValidationError(faults, f"mend {project.show(table.path(project, source))} first")
    return found


def sources(project: Project) -> list[str]:
    """The sources that have proposals."""
    return sorted(path.stem for path in (project.data / "proposed").glob("*.tsv") if not path.name.startswith("."))


def proposed(project: Project, source: str, given: Iterable[Proposal]) -> dict[Path, bytes]:
    """The file with these proposals. It has the columns that it had, and others that are needed."""
    path = table.path(project, source)
    rows = [one.row() for one in table.ordered(given)]
    header = project.text(path).partition("\n")[0].split("\t") if there(path) else table.COLUMNS
    kept = [c for c in table.COLUMNS if c in header or c in table.NEEDED or any(row.get(c) for row in rows)]
    return {path: tables.write(kept, rows).encode()}


def replace_one(project: Project, source: str, former: Proposal, new: Proposal) -> None:
    """Writes a proposal anew, if it is still as `former`. Raises `DecidedMeanwhile` if it is not, `NotFoundError` if it
    is gone; both leave all as it was."""
    with table.locked(project):
        found = proposals(project, source)
        now = next((one for one in found if one.id == former.id), None)
        if now is None:
            raise NotFoundError("proposal", former.id, hint="it may have been moved by gbkg merge")
        if state(now) != state(former):
            said = f"{now.decided_by or 'somebody'}: {now.decision}" if now.decision else "it was changed"
            raise DecidedMeanwhile(f"{former.id} was decided elsewhere meanwhile ({said})", hint="look at it again")
        files.write_all(proposed(project, source, [new if one.id == former.id else one for one in found]))


# ---- The record


def path(project: Project, source: str, by: str) -> Path:
    """Where the record of a source has the decisions of a person: files of their own never conflict."""
    person = "-".join(_WORDS.findall(by.lower())) or "reader"
    return project.data / "decisions" / f"{source}.{person}.tsv"


def paths(project: Project, source: str) -> list[Path]:
    """The files of the record of a source."""
    return sorted((project.data / "decisions").glob(f"{source}.*.tsv"))


def decisions(project: Project, source: str) -> list[Decision]:
    """The record of a source, person by person. Raises `ValidationError` with its faults."""
    found = [_read(project, where) for where in paths(project, source)]
    findings = [one for _, faults in found for one in faults]
    if findings:
        raise ValidationError(findings, "mend data/decisions first")
    return [one for each, _ in found for one in each]


def recorded(project: Project, source: str, given: Sequence[Decision]) -> dict[Path, bytes]:
    """The files of this record, sorted by id; what one person said of one id in the order that is given."""
    by_file: dict[Path, list[Decision]] = {where: [] for where in paths(project, source)}
    for one in given:
        by_file.setdefault(path(project, source, one.by), []).append(one)
    return {
        where: tables.write(COLUMNS, (one.row() for one in sorted(each, key=lambda one: (one.id, one.reader)))).encode()
        for where, each in by_file.items()
    }


def faults(project: Project, where: Path) -> list[Finding]:
    """The faults of a file of the record."""
    return _read(project, where)[1]


def write(contents: dict[Path, bytes]) -> None:
    """Writes files, all or none, and makes the folders for them."""
    for folder in {path.parent for path in contents}:
        folder.mkdir(parents=True, exist_ok=True)
    files.write_all(contents)


def _read(project: Project, where: Path) -> tuple[list[Decision], list[Finding]]:
    rows, findings = tables.read(project, where, COLUMNS, OPTIONAL)
    for row in rows:
        if row["reader"] not in DECISIONS:
            findings.append(
                row.finding("reader", "no such reader", " | ".join(DECISIONS), meant(row["reader"], DECISIONS))
            )
        elif row["decision"] not in DECISIONS[row["reader"]]:
            findings.append(row.finding("decision", "no such decision", " | ".join(DECISIONS[row["reader"]])))
        elif not row["by"]:
            findings.append(row.finding("by", "no reader is named", "who decided"))
    return [Decision(**{name: row[name] for name in COLUMNS}, place=row.place) for row in rows], findings


# ---- Deciding on a proposal: accepted as it is or edited, rejected, skipped, and taken back

_DIGEST = re.compile(r"-[0-9a-f]{8}$")
CLAIM = tuple(name for name in rows.COLUMNS if name != "id")
EDITABLE = {
    "reading": ("reason", "quote", "start", "end", "note"),
    "entity": ("subject", "type", "label", "language", "note"),
}
"""What can be edited of a proposal, by kind; of one that becomes a claim all of the claim's columns but its id."""


def editable(kind: str) -> tuple[str, ...]:
    """The columns that can be edited of a proposal of this kind, in the order of its table."""
    return EDITABLE.get(kind, CLAIM)


def edited(one: Proposal, cells: Mapping[str, str], text: str | None = None) -> Proposal:
    """The proposal with other cells; what they were before the first edit is kept with it. With the document's `text`,
    words that were quoted anew are found in it, those nearest to where the proposal was. Raises `GbkgError` for
    characters that no table may have."""
    changed = {
        name: cells[name].strip() for name in editable(one.kind) if name in cells and cells[name].strip() != one[name]
    }
    if "quote" in changed and text is not None and "start" not in changed:
        changed |= _found(one, changed["quote"], text)
    if not changed:
        return one
    for name, value in changed.items():
        if name not in tables.VERBATIM:
            _fit(value, f"{name}: ")
    was = former(one)
    was |= {name: one[name] for name in changed if name not in was}
    now = {**one.cells, **changed}
    was = {name: value for name, value in was.items() if now.get(name, "") != value}
    return replace(one, cells=_with(now, was))


def accepted(one: Proposal, by: str, why: str = "") -> Proposal:
    """The proposal, accepted. Raises `GbkgError` if the remark cannot stand in a table, as all decisions do."""
    return replace(one, decision="accept", decided_by=by, why=fit(why))


def rejected(one: Proposal, by: str, why: str) -> Proposal:
    """The proposal, rejected. Raises `GbkgError` without a reason, which the next reader will want to know."""
    if not why.strip():
        raise GbkgError("a proposal is rejected with a reason", hint="say why, in a few words")
    return replace(one, decision="reject", decided_by=by, why=fit(why))


def skipped(one: Proposal, by: str, why: str = "") -> Proposal:
    """The proposal, left for later or for somebody else."""
    return replace(one, decision="skip", decided_by=by, why=fit(why))


def undone(one: Proposal) -> Proposal:
    """The proposal as it was proposed, with no decision."""
    was = former(one)
    return replace(one, cells=_with({**one.cells, **was}, {}), decision="", decided_by="", why="")


def former(one: Proposal) -> dict[str, str]:
    """The cells that an edit has changed, as they were proposed; none if column `was` is not as an edit writes it."""
    return _was(one) or {}


def is_edited(source: str, one: Proposal) -> bool:
    """Whether a proposal says something else than what was proposed; its id tells of edits in an editor, too."""
    named = _DIGEST.search(one.id) is not None and table.identity(source, one.kind, one.cells) != one.id
    return bool(former(one)) or named


def readable(one: Proposal) -> bool:
    """Whether column `was` is as an edit writes it."""
    return _was(one) is not None


def fit(why: str) -> str:
    """A remark without blanks at its ends. Raises `GbkgError` for characters that no table may have."""
    _fit(why.strip(), "")
    return why.strip()


def _fit(text: str, where: str) -> None:
    if fault := tables.unfit(text):
        raise GbkgError(f"{where}{fault}", hint="type it anew")


def _was(one: Proposal) -> dict[str, str] | None:
    try:
        said = json.loads(one["was"]) if one["was"] else {}
    except (ValueError, RecursionError):
        return None
    known = editable(one.kind)
    fits = isinstance(said, dict) and all(name in known and isinstance(value, str) for name, value in said.items())
    return said if fits else None


def _with(cells: Mapping[str, str], was: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in cells.items() if value and name != "was"}
    return kept | ({"was": json.dumps(was, ensure_ascii=False, sort_keys=True)} if was else {})


def _found(one: Proposal, quote: str, text: str) -> dict[str, str]:
    """The quotation in the document's own characters, with its offsets; as it was typed if it is not there."""
    spans = (passages.find_span if one.kind == "reading" else passages.find)(text, quote)
    if not spans:
        return {"quote": quote}
    span = min(spans, key=lambda span: abs(span[0] - one.start))
    more = {"end": str(span[1])} if one.kind == "reading" else {}
    return {"quote": passages.shorten(text, quote, span), "start": str(span[0])} | more
