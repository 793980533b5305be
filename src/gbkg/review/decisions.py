"""What people decided, on disk: proposals with decisions, and the record of decisions that left them.

`data/proposed/SOURCE.tsv` has what is to be decided, with the decision of the first reader;
`data/decisions/SOURCE.PERSON.tsv` a line for each proposal of theirs that was accepted and moved, and for each verdict
that they gave as a second reader. Every line has who and why. All is written under `table.locked`, so that several
programs may decide at once.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from gbkg.claims.vocabulary import near
from gbkg.core import files, tables
from gbkg.core.errors import Finding, GbkgError, NotFoundError, ValidationError
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.records import Place
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
        raise GbkgError("nobody is named who decides", hint="git config user.name NAME, or --as NAME")
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
                row.finding("reader", "no such reader", " | ".join(DECISIONS), near(row["reader"], DECISIONS))
            )
        elif row["decision"] not in DECISIONS[row["reader"]]:
            findings.append(row.finding("decision", "no such decision", " | ".join(DECISIONS[row["reader"]])))
        elif not row["by"]:
            findings.append(row.finding("by", "nobody is named", "who decided"))
    return [Decision(**{name: row[name] for name in COLUMNS}, place=row.place) for row in rows], findings
