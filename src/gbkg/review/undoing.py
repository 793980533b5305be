"""Taking back what a merge has moved: claims, entities and readings become proposals without a decision again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gbkg.core import tables
from gbkg.core.errors import GbkgError, NotFoundError, ValidationError
from gbkg.core.inputfiles import there
from gbkg.core.project import Project
from gbkg.core.tables import TableRow
from gbkg.core.text import counted
from gbkg.documents import passages, sources
from gbkg.documents.sources import Library
from gbkg.propose import table
from gbkg.propose.table import Proposal
from gbkg.review import decisions, order
from gbkg.review.decisions import FIRST, Decision
from gbkg.review.merging import TARGETS, Merge, left, table_path, table_rows


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
        contents |= without_verdicts(project, {f"{source}.{name}" for name in gone})
        decisions.write(contents)
    return Merge(source, (), (), *left([*found, *back]), (), contents, tuple(back))


def _removed(
    project: Project, source: str, one: Decision, contents: dict[Path, bytes], document: str | None
) -> Proposal:
    """The proposal that a row was; the row is taken out of its table, which is put into `contents`."""
    name = TARGETS.get(one.kind, "claims")
    path = table_path(project, source, name)
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


def _of_entity(row: TableRow, one: Decision, document: str | None) -> dict[str, str]:
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


def _is(row: TableRow, one: Decision) -> bool:
    if one.kind == "reading":
        return f"{row['start']}-{row['end']}" == one.about
    return row["id"] == (one.about if one.kind == "entity" else one.id)


def _as_will_be(
    project: Project, path: Path, name: str, contents: Mapping[Path, bytes]
) -> tuple[list[str], list[TableRow]]:
    """The header and rows of a table as it is, or as `contents` have it. Raises `ValidationError` for its faults."""
    header = order.header(order.text_of(project, path, contents))
    found, faults = order.read(project, path, order.KINDS[name], contents)
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


def without_verdicts(project: Project, keys: set[str], by: str = "") -> dict[Path, bytes]:
    """`data/review.tsv` without the verdicts on these claims, or only without those of one reader; empty if there are
    none."""
    path = project.data / "review.tsv"
    found = table_rows(project, path, "review.tsv") if there(path) else []
    kept = [row.cells for row in found if row["claim"] not in keys or (by and row["by"] != by)]
    header = project.text(path).partition("\n")[0].split("\t") if found else []
    return {path: tables.write(header, kept).encode()} if len(kept) < len(found) else {}
