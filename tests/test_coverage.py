"""What stands behind each sentence: readings that set spans aside, and sentences that nothing accounts for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gbkg import coverage, tables
from gbkg.coverage import COLUMNS
from gbkg.model import Claim, Passage, Place, Reading, Source
from gbkg.project import Project

PLACE = Place("data/readings/doc.tsv", 2)
TEXT = "Search here\n\nTea Town has 300 firms. It grows.\nThe tea is good. See you"


def claim(slug: str, *quotes: str) -> Claim:
    passages = tuple(Passage("doc", TEXT.index(q), TEXT.index(q) + len(q), q) for q in quotes)
    return Claim(
        slug, "doc", "town", "partOf", "land", "entity", None, None, (), "", "stated", "accepted", "", passages, PLACE
    )


def reading(quote: str, start: int | None = None, end: int | None = None) -> Reading:
    begin = TEXT.index(quote) if start is None else start
    return Reading("doc", "opinion", begin, begin + len(quote) if end is None else end, quote, "", PLACE)


def behind(claims: list[Claim], readings: list[Reading]) -> list[tuple[str, list[str], int]]:
    # Each sentence with the claims behind it and the number of readings that touch it.
    found = coverage.sentences(TEXT, claims, readings)
    return [(TEXT[s.start : s.end], [c.slug for c in s.claims], len(s.readings)) for s in found]


def read(folder: Path, *rows: dict[str, str]) -> tuple[list[Reading], list[str]]:
    path = folder / "data" / "readings" / "doc.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(tables.write(COLUMNS, rows), encoding="utf-8")
    sources = {slug: Source(slug, "A document", "0" * 64, len(TEXT), "en") for slug in ("doc", "other")}
    found, findings = coverage.readings(Project(folder), sources)
    return found, [str(finding) for finding in findings]


def test_every_sentence_comes_with_what_stands_behind_it() -> None:
    found = behind([claim("firms", "300 firms"), claim("grows", "It grows.")], [reading("The tea is good.")])
    assert found == [
        ("Search here", [], 0),
        ("Tea Town has 300 firms.", ["firms"], 0),
        ("It grows.", ["grows"], 0),
        ("The tea is good.", [], 1),
        ("See you", [], 0),
    ]


def test_claims_come_in_the_order_of_their_quotations() -> None:
    found = behind([claim("late", "300 firms"), claim("early", "Tea Town")], [])
    assert found[1][1] == ["early", "late"]


def test_a_claim_with_two_quotations_in_a_sentence_stands_behind_it_once() -> None:
    assert behind([claim("twice", "Tea Town", "300 firms")], [])[1][1] == ["twice"]


def test_a_quotation_over_two_sentences_stands_behind_both() -> None:
    found = behind([claim("both", "300 firms. It grows.")], [])
    assert [slugs for _, slugs, _ in found] == [[], ["both"], ["both"], [], []]


def test_a_further_passage_stands_behind_its_own_sentence() -> None:
    found = behind([claim("two", "300 firms", "The tea")], [])
    assert [slugs for _, slugs, _ in found] == [[], ["two"], [], ["two"], []]


def test_a_quotation_that_only_meets_a_sentence_does_not_stand_behind_it() -> None:
    assert behind([], [reading("Tea Town has 300 firms. ")])[2][2] == 0


def test_nothing_behind_a_sentence_is_a_finding() -> None:
    accounted = coverage.sentences(TEXT, [claim("firms", "300 firms. It grows.")], [reading("Search here")])
    assert [str(f) for f in coverage.check("doc", TEXT, accounted)] == [
        "sentence at 47-63 of doc has no claim and is not set aside; found 'The tea is good.' "
        "(add a claim to data/claims/doc.tsv or a reading to data/readings/doc.tsv)",
        "sentence at 64-71 of doc has no claim and is not set aside; found 'See you' "
        "(add a claim to data/claims/doc.tsv or a reading to data/readings/doc.tsv)",
    ]


def test_a_span_that_is_in_the_document_is_no_finding() -> None:
    assert coverage.check_reading(reading("Search here"), TEXT) is None


def test_a_span_with_its_middle_left_out_is_no_finding() -> None:
    assert coverage.check_reading(reading("Search … has", 0, TEXT.index("has") + 3), TEXT) is None


@pytest.mark.parametrize(
    ("quote", "start", "end"),
    [("Search there", 0, 12), ("Search here", 1, 12), ("Search here", 0, 12), ("Search … town", 0, 20)],
)
def test_a_span_that_is_not_in_the_document_is_a_finding(quote: str, start: int, end: int) -> None:
    finding = coverage.check_reading(reading(quote, start, end), TEXT)
    assert finding is not None
    assert (finding.where, finding.found) == ("data/readings/doc.tsv:2:quote", quote)


@pytest.mark.parametrize("reason", coverage.REASONS)
def test_every_reason_may_be_given(tmp_path: Path, reason: str) -> None:
    found, faults = read(tmp_path, {"reason": reason, "start": "0", "end": "11", "quote": "Search here", "note": "n"})
    assert faults == []
    assert found == [Reading("doc", reason, 0, 11, "Search here", "n", PLACE)]


def test_a_source_without_a_table_has_set_nothing_aside(tmp_path: Path) -> None:
    sources = {"doc": Source("doc", "A document", "0" * 64, len(TEXT), "en")}
    assert coverage.readings(Project(tmp_path), sources) == ([], [])


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


def test_a_table_of_no_source_is_found(tmp_path: Path) -> None:
    read(tmp_path, {"reason": "heading", "start": "0", "end": "11", "quote": "Search here"})
    (tmp_path / "data" / "readings" / "dox.tsv").write_text("", encoding="utf-8")
    sources = {"doc": Source("doc", "A document", "0" * 64, len(TEXT), "en")}
    assert len(coverage.readings(Project(tmp_path), sources)[1]) == 1
