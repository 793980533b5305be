"""Proposals: their table, and that decisions outlive a second run."""

from __future__ import annotations

from pathlib import Path

from gbkg.core.project import Project
from gbkg.propose import table
from gbkg.propose.table import Candidate, Proposal

CELLS = {"subject": "leaf", "predicate": "partOf", "object": "port", "quote": "Leaf\tis of Port\n", "start": "12"}


def proposal(kind: str = "relation", **cells: str) -> Proposal:
    given = CELLS | cells
    return Proposal(table.identity("news", kind, given), kind, given)


def written(folder: Path, text: str) -> Project:
    (folder / "data" / "proposed").mkdir(parents=True)
    (folder / "data" / "proposed" / "news.tsv").write_text(text, "utf-8")
    return Project(folder)


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    first = Proposal(
        "leaf-1", "entity", CELLS | {"label": "Leaf"}, "near-name", "rule names: “Leaf”",
        (Candidate("leaf-ledger", 87, "same words; other type"), Candidate("reed", 60)), ("book.a-1",),
    )  # fmt: skip
    later = proposal(start="40")
    project = written(tmp_path, table.text([later, first]))
    read, findings = table.read(project, "news")
    assert not findings and [one.place.line for one in read] == [2, 3]
    assert read[0].candidates == (Candidate("leaf-ledger", 87, "same words other type"), Candidate("reed", 60))
    assert read[1] == later and read[0].cells == first.cells and table.text(read) == table.text([first, later])
    assert read[1].claim()["status"] == "accepted" and (read[1].start, read[1].end) == (40, 56)


def test_columns_may_be_left_out_and_faults_are_told(tmp_path: Path) -> None:
    lines = ["id\tkind\tquote\tstart\tdecision\tend", "a\trelation\twords\t1\t\t", "a\trelation\twords\t1\t\t"]
    lines += ["b\trelations\twords\tx\treject\t", "c\treading\t\t1\tyes\t9"]
    read, findings = table.read(written(tmp_path, "\n".join(lines) + "\n"), "news")
    assert [one.id for one in read] == ["a"]
    assert [(one.line, one.column) for one in findings] == [
        (3, "id"), (4, "kind"), (4, "why"), (4, "start"), (5, "decision"), (5, "quote"), (5, "reason"),
    ]  # fmt: skip
    assert table.read(written(tmp_path / "other", "id\tkind\n"), "none") == ([], [])


def test_decisions_and_edits_outlive_another_run() -> None:
    refused = table.decided(proposal(), "reject", "Ada", "not said")
    edited = Proposal(proposal(start="20").id, "relation", CELLS | {"start": "20", "object": "reed"})
    gone, new = proposal(start="30"), proposal(start="31")
    made = [proposal(), proposal(start="20"), new]
    assert table.renewed("news", [refused, edited, gone], made) == [refused, edited, new]
    assert table.identity("news", "comparison", CELLS) == proposal().id != proposal(object="reed").id
    assert table.identity("news", "relation", CELLS | {"subject": "芦苇"}).startswith("芦苇-part-of-")
