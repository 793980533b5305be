"""The order of tables: rows sorted, columns as documented, one row a line, so that people who work apart change other
lines.

Rows of claims, readings and proposals stand as the document runs, entities by id, verdicts by source and claim,
mappings by entity and identifier. Rows of which none comes first keep the order that they had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gbkg.claims import entities, review, rows
from gbkg.core import files, tables
from gbkg.core.errors import Finding, NotFoundError
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.tables import TableRow
from gbkg.core.text import counted, escape
from gbkg.documents.passages import OFFSET
from gbkg.propose import table as proposals
from gbkg.review import decisions

LAST = 1 << 62
"""Where a row without an offset stands: after all others, until `gbkg lock` has filled it in."""
Cells = Mapping[str, str]
Contents = Mapping[Path, bytes]
"""What is about to be written, by file."""


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: its columns in their order, those that may be left out, and how its rows are sorted."""

    name: str
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    ordered: Callable[[Project, list[TableRow]], list[TableRow]]
    verbatim: tuple[str, ...] = tables.VERBATIM


def ordered_claims(_: Project, found: list[TableRow]) -> list[TableRow]:
    """Claims by the offset of their own row, each with its further passages behind it."""
    groups: dict[str, list[TableRow]] = {}
    for row in found:
        groups.setdefault(row["id"], []).append(row)
    return [row for group in sorted(groups.values(), key=lambda group: offset(group[0].cells)) for row in group]


def _readings(_: Project, found: list[TableRow]) -> list[TableRow]:
    return sorted(found, key=lambda row: (offset(row.cells), offset(row.cells, "end")))


def _proposals(_: Project, found: list[TableRow]) -> list[TableRow]:
    """As `gbkg.propose.table.ordered`."""
    kinds = list(proposals.KINDS)

    def key(row: TableRow) -> tuple[int, int, int, str]:
        start, end = offset(row.cells), offset(row.cells, "end")
        kind = kinds.index(row["kind"]) if row["kind"] in kinds else len(kinds)
        return start, end if end < LAST else start + len(row["quote"]), kind, row["id"]

    return sorted(found, key=key)


def _verdicts(project: Project, found: list[TableRow]) -> list[TableRow]:
    """Verdicts by source, and of a source in the order of its claims."""
    return sorted(found, key=verdict_order(project, (row["claim"] for row in found)))


def verdict_order(
    project: Project, keys: Iterable[str], contents: Contents | None = None
) -> Callable[[TableRow | Cells], tuple[str, int, str]]:
    """The sort key of verdicts; `keys` are those of the claims that they are about."""
    kind = KINDS["claims"]
    places: dict[str, int] = {}
    for source in sorted({key.partition(".")[0] for key in keys}):
        path = project.data / "claims" / f"{source}.tsv"
        known = path in (contents or {}) or path.is_file()
        claims = ordered_claims(project, read(project, path, kind, contents)[0]) if known else []
        places |= {f"{source}.{row['id']}": number for number, row in enumerate(claims)}
    return lambda row: (row["claim"].partition(".")[0], places.get(row["claim"], LAST), row["claim"])


KINDS = {
    "claims": TableKind("claims", rows.COLUMNS, rows.OPTIONAL, ordered_claims),
    "readings": TableKind("readings", review.READING_COLUMNS, review.READING_OPTIONAL, _readings),
    "proposed": TableKind(
        "proposed", proposals.COLUMNS, tuple(c for c in proposals.COLUMNS if c not in proposals.NEEDED), _proposals,
        proposals.VERBATIM,
    ),
    "decisions": TableKind(
        "decisions", decisions.COLUMNS, decisions.OPTIONAL,
        lambda _, found: sorted(found, key=lambda row: (row["id"], row["reader"])),
    ),
    "entities.tsv": TableKind(
        "entities", entities.COLUMNS, (), lambda _, found: sorted(found, key=lambda row: row["id"])
    ),
    "review.tsv": TableKind("review", review.COLUMNS, review.OPTIONAL, _verdicts),
    "mappings.sssom.tsv": TableKind(
        "mappings", entities.MAPPING_COLUMNS, (),
        lambda _, found: sorted(found, key=lambda row: (row["subject_id"], row["object_id"])),
    ),
}  # fmt: skip
"""The kinds of tables, by the folder of `data/` in which they are, or by their name there."""


def locate(project: Project, path: Path) -> Path:
    """Where a table is that is named as from the current folder or, as messages name it, from the project's. Raises
    `NotFoundError` for a file that is not there."""
    found = next((one for one in (path, project.root / path) if there(one)), None)
    if found is None:
        raise NotFoundError.among("table of the project", str(path), _named(project))
    return found


def kind(project: Project, path: Path) -> TableKind:
    """The kind of a table, which follows from where it is. Raises `NotFoundError` for any other file."""
    parts = _within(project, path)
    known = KINDS.get(parts[0]) if parts and path.suffix == ".tsv" else None
    if known is None or len(parts) != (1 if parts[0] == path.name else 2):
        raise NotFoundError.among("table of the project", str(path), _named(project))
    return known


def all_tables(project: Project) -> list[Path]:
    """All tables that the project has."""
    found = [project.data / name for name in KINDS if name.endswith(".tsv")]
    for folder in KINDS:
        found += sorted((project.data / folder).glob("*.tsv")) if not folder.endswith(".tsv") else []
    return [path for path in found if path.is_file()]


def offset(cells: Cells, column: str = "start") -> int:
    """The offset in a cell; that of no place if it has none."""
    return int(cells[column]) if OFFSET.fullmatch(cells[column]) else LAST


def columns(kind: TableKind, header: Sequence[str]) -> list[str]:
    """All columns that a table of this header may have, in their order: of entities labels in other languages too."""
    more = sorted(name for name in header if entities.is_label(name)) if kind.name == "entities" else []
    return [*kind.columns, *more]


def text_of(project: Project, path: Path, contents: Contents | None = None) -> str:
    """The text of a table as it is, or as `contents` have it, which are about to be written; line ends repaired."""
    given = (contents or {}).get(path)
    return tables.repaired(project.text(path) if given is None else given.decode())


def read(
    project: Project, path: Path, kind: TableKind, contents: Contents | None = None
) -> tuple[list[TableRow], list[Finding]]:
    """The rows of a table (`text_of`) and the faults of its form, without those of its line ends."""
    text = text_of(project, path, contents)
    return tables.parse(text, project.show(path), columns(kind, header(text)), kind.optional, kind.verbatim)


@dataclass(frozen=True)
class Formatted(Result):
    """The tables that were not in order, of so many, and whether they now are; with findings none is written."""

    kind = "fmt"
    changed: tuple[str, ...]
    written: bool
    findings: tuple[Finding, ...]
    tables: int

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        word = "changed" if self.written else "not in order:"
        return (escape(f"{word} {name}") for name in self.changed if not self.findings)

    @property
    def summary(self) -> str:
        if self.findings:
            return ""
        return f"{len(self.changed)} of {counted(self.tables, 'table')} {'changed' if self.written else 'not in order'}"

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "tables"}


def put_in_order(project: Project, paths: Iterable[Path] | None = None, *, write: bool = True) -> Formatted:
    """Puts tables in order, by default all of the project; without `write` only says which are not. Raises as
    `locate` and `formatted`, and `OutputError`."""
    found = all_tables(project) if paths is None else [locate(project, path) for path in paths]
    made = {path: formatted(project, path) for path in found}
    findings = tuple(one for _, faults in made.values() for one in faults)
    texts = {path: text.encode() for path, (text, _) in made.items() if project.content(path) != text.encode()}
    write = write and not findings
    if write:
        files.write_all(texts)
    return Formatted(tuple(map(project.show, texts)), write, findings, len(made))


def formatted(project: Project, path: Path) -> tuple[str, list[Finding]]:
    """The table in its order, and its faults: with any it is not in order, and its text is as it was.

    Raises `NotFoundError` for a file that is not a table, else as `tables.read`.
    """
    table = kind(project, path)
    found, faults = read(project, path, table)
    text = project.text(path)
    if faults:
        return text, faults
    there_are = header(tables.repaired(text))
    present = [name for name in columns(table, there_are) if name in there_are]
    return tables.write(present, (row.cells for row in table.ordered(project, found))), []


def header(text: str) -> list[str]:
    """The columns that a table has."""
    return text.partition("\n")[0].split("\t")


def _within(project: Project, path: Path) -> tuple[str, ...]:
    """The parts of the path below `data/`; none if it is elsewhere."""
    full, data = path.absolute().resolve(), project.data.absolute().resolve()
    return full.relative_to(data).parts if full.is_relative_to(data) else ()


def _named(project: Project) -> list[str]:
    return [project.show(path) for path in all_tables(project)]
