"""The tables of readings: spans of a document with the reason why no claim is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gbkg.claims import review
from gbkg.claims.review import READING_COLUMNS
from gbkg.core import tables
from gbkg.core.project import Project
from gbkg.core.records import REASONS, Place, Reading

PLACE = Place("data/readings/doc.tsv", 2)


def read(folder: Path, *rows: dict[str, str]) -> tuple[list[Reading], list[str]]:
    path = folder / "data" / "readings" / "doc.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(tables.write(READING_COLUMNS, rows), encoding="utf-8")
    found, findings = review.readings_of(Project(folder), "doc")
    return found, [str(finding) for finding in findings]


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_may_be_given(tmp_path: Path, reason: str) -> None:
    found, faults = read(tmp_path, {"reason": reason, "start": "0", "end": "11", "quote": "Search here", "note": "n"})
    assert faults == []
    assert found == [Reading("doc", reason, 0, 11, "Search here", "n", PLACE)]


def test_a_source_without_a_table_has_set_nothing_aside(tmp_path: Path) -> None:
    assert review.readings_of(Project(tmp_path), "doc") == ([], [])


def test_a_reason_that_is_not_on_the_list_is_a_fault(tmp_path: Path) -> None:
    found, faults = read(tmp_path, {"reason": "headings", "start": "0", "end": "11", "quote": "Search here"})
    assert found == []
    assert faults[0].startswith("data/readings/doc.tsv:2:reason: no such reason; found 'headings', expected furniture")
    assert faults[0].endswith("(did you mean heading?)")


@pytest.mark.parametrize(("start", "end"), [("", ""), ("0", ""), ("11", "0"), ("5", "5"), ("-1", "5"), ("a", "5")])
def test_a_span_without_two_offsets_in_order_is_a_fault(tmp_path: Path, start: str, end: str) -> None:
    found, faults = read(tmp_path, {"reason": "heading", "start": start, "end": end, "quote": "Search here"})
    assert found == []
    assert faults == [
        f"data/readings/doc.tsv:2:start: not a span; found '{start}-{end}' "
        "(run gbkg lock --sources DIR to fill start and end)"
    ]


@pytest.mark.parametrize(
    ("quote", "end"), [("tea " * 16, 64), ("One. … Two", 30)], ids=["too long", "with its middle left out"]
)
def test_words_that_join_are_few_and_whole(tmp_path: Path, quote: str, end: int) -> None:
    _, faults = read(tmp_path, {"reason": "joined", "start": "0", "end": str(end), "quote": quote})
    assert [fault.partition("; found")[0] for fault in faults] == ["data/readings/doc.tsv:2:quote: too much to join"]
