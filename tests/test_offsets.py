"""Finding words in a document, and filling in offsets and the document's own characters."""

from __future__ import annotations

from pathlib import Path

import pytest

from gbkg.claims import review, texts
from gbkg.claims import rows as claims
from gbkg.claims.texts import QuotePlace
from gbkg.core import tables
from gbkg.core.project import Project
from gbkg.core.records import Source

TEXT = "China’s “hub” is Tea\u00a0Town. The hub grows. Tea Town pays. Discover more of it.\nSee you\nSee you\n"
CLAIMS = "data/claims/doc.tsv"
READINGS = "data/readings/doc.tsv"


def project(folder: Path, claim_rows: list[dict[str, str]], reading_rows: list[dict[str, str]]) -> Project:
    for name, columns, rows in (
        (CLAIMS, claims.COLUMNS, claim_rows),
        (READINGS, review.READING_COLUMNS, reading_rows),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tables.write(columns, rows), encoding="utf-8")
    return Project(folder)


def run(given: Project, text: str = TEXT) -> tuple[dict[str, str], list[str]]:
    # The new texts of changed files, and the findings.
    sources = {"doc": Source("doc", "A document", "0" * 64, len(text), "en")}
    changed, findings = texts.fill(given, sources, {"doc": text})
    return changed, [str(finding) for finding in findings]


def cells(given: Project, changed: dict[str, str], name: str = CLAIMS) -> list[dict[str, str]]:
    # The cells of a file as changed, after it has been written.
    for shown, text in changed.items():
        (given.root / shown).write_text(text, encoding="utf-8")
    columns = claims.COLUMNS if name == CLAIMS else review.READING_COLUMNS
    rows, faults = tables.read(given, given.root / name, columns)
    assert faults == []
    return [row.cells for row in rows]


def locked(folder: Path, quote: str, start: str = "") -> tuple[str, str]:
    # Start and quotation of one claim after the run.
    given = project(folder, [{"id": "a", "quote": quote, "start": start}], [])
    row = cells(given, run(given)[0])[0]
    return row["start"], row["quote"]


def test_an_offset_is_filled_in(tmp_path: Path) -> None:
    assert locked(tmp_path, "The hub grows.") == ("27", "The hub grows.")


def test_a_quotation_gets_the_characters_of_the_document(tmp_path: Path) -> None:
    assert locked(tmp_path, 'China\'s "hub" is Tea Town.') == ("0", "China’s “hub” is Tea\u00a0Town.")


def test_a_wrong_offset_is_put_right(tmp_path: Path) -> None:
    assert locked(tmp_path, "The hub grows.", "3") == ("27", "The hub grows.")


def test_an_offset_chooses_among_several_places(tmp_path: Path) -> None:
    assert locked(tmp_path, "Tea Town", "42") == ("42", "Tea Town")


def test_the_characters_are_those_at_the_offset(tmp_path: Path) -> None:
    assert locked(tmp_path, "Tea Town", "17") == ("17", "Tea\u00a0Town")


def test_a_quotation_that_stands_in_several_places_is_left(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "Tea Town"}], [])
    assert run(given) == (
        {},
        [
            f"{CLAIMS}:2:quote: quotation stands 2 times in the document; found 'Tea Town' "
            "(it stands at 17, 42; put one of them into start, or quote more)"
        ],
    )


def test_a_quotation_that_is_not_in_the_document_is_left(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "The hub grew."}], [])
    assert run(given) == (
        {},
        [
            f"{CLAIMS}:2:quote: quotation is not in the document; found 'The hub grew.' "
            "(the document goes on 'ows. Tea Town pays. ' where the quotation goes on 'ew.' (offset 37))"
        ],
    )


def test_other_cells_stay(tmp_path: Path) -> None:
    row = {"id": "a", "object": "two\nlines\t\\", "quote": "The hub grows.", "note": "A “note”."}
    given = project(tmp_path, [row], [])
    assert cells(given, run(given)[0])[0] == dict.fromkeys(claims.COLUMNS, "") | row | {"start": "27"}


def test_a_further_passage_is_filled_in_too(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "The hub grows."}, {"id": "a", "quote": "China's"}], [])
    assert [row["start"] for row in cells(given, run(given)[0])] == ["27", "0"]


def test_a_reading_gets_both_offsets(tmp_path: Path) -> None:
    given = project(tmp_path, [], [{"reason": "opinion", "quote": "The hub grows."}])
    row = cells(given, run(given)[0], READINGS)[0]
    assert (row["start"], row["end"]) == ("27", "41")


def test_a_reading_with_its_middle_left_out_gets_the_offsets_of_the_whole(tmp_path: Path) -> None:
    given = project(tmp_path, [], [{"reason": "furniture", "quote": "Discover … it."}])
    row = cells(given, run(given)[0], READINGS)[0]
    assert TEXT[int(row["start"]) : int(row["end"])] == "Discover more of it."
    assert row["quote"] == "Discover … it."


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    given = project(
        tmp_path,
        [
            {"id": "a", "quote": 'China\'s "hub" is Tea Town.'},
            {"id": "b", "quote": "Tea Town"},
            {"id": "c", "quote": "Tea Town", "start": "17"},
            {"id": "d", "quote": "not there at all"},
        ],
        [{"reason": "furniture", "quote": "Discover … it."}, {"reason": "furniture", "quote": "See you"}],
    )
    changed, first = run(given)
    cells(given, changed)
    assert sorted(changed) == [CLAIMS, READINGS]
    assert run(given) == ({}, first)


def test_a_run_writes_nothing_itself(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "The hub grows."}], [])
    before = (tmp_path / CLAIMS).read_bytes()
    assert run(given)[0] != {}
    assert (tmp_path / CLAIMS).read_bytes() == before


def test_a_table_with_a_fault_of_form_is_left(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "The hub grows."}], [])
    path = tmp_path / CLAIMS
    path.write_text(path.read_text() + "too\tfew\n")
    changed, findings = run(given)
    assert changed == {}
    assert findings == [f"{CLAIMS}:3: row has the wrong number of fields; found '2', expected {len(claims.COLUMNS)}"]


def test_a_source_that_is_not_at_hand_is_left(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "The hub grows."}], [])
    sources = {"doc": Source("doc", "A document", "0" * 64, len(TEXT), "en")}
    assert texts.fill(given, sources, {}) == ({}, [])


def test_a_line_end_of_two_characters_is_kept(tmp_path: Path) -> None:
    text = "The hub\r\ngrows."
    given = project(tmp_path, [{"id": "a", "quote": "hub"}, {"id": "b", "quote": text, "start": "0"}], [])
    changed, findings = run(given, text)
    assert findings == []
    assert [row["quote"] for row in cells(given, changed)] == ["hub", text]


def test_words_are_cited_with_what_stands_around_them() -> None:
    assert texts.find_quote(TEXT, "hub grows", around=4) == [QuotePlace(31, 40, "hub grows", "The ", ". Te")]


def test_every_place_is_cited_in_order() -> None:
    assert [(hit.start, hit.exact) for hit in texts.find_quote(TEXT, "Tea Town")] == [
        (17, "Tea\u00a0Town"),
        (42, "Tea Town"),
    ]


@pytest.mark.parametrize("words", ["", "nowhere"])
def test_words_that_are_not_there_are_not_cited(words: str) -> None:
    assert texts.find_quote(TEXT, words) == []


@pytest.mark.parametrize(
    "words", ["Tea Town. The hub grows.", "of it. See you", 'China\'s "hub" is  Tea\nTown', "Ｃｈｉｎａ’s “hub”"]
)
def test_words_are_cited_over_line_ends_and_blanks(words: str) -> None:
    (hit,) = texts.find_quote(TEXT, words)
    assert TEXT[hit.start : hit.end] == hit.exact


def test_an_ellipsis_in_a_reading_is_kept_and_its_words_become_the_documents_own(tmp_path: Path) -> None:
    given = project(tmp_path, [], [{"reason": "furniture", "quote": "China's … Tea Town."}])
    row = cells(given, run(given)[0], READINGS)[0]
    assert (row["start"], row["end"], row["quote"]) == ("0", "26", "China’s … Tea\u00a0Town.")


def test_an_ellipsis_in_a_claim_is_refused(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "China's … Tea Town."}], [])
    changed, (finding,) = run(given)
    assert changed == {}
    assert "(a claim's quotation leaves nothing out; make two passages of it)" in finding


def test_words_that_join_may_stand_in_several_places(tmp_path: Path) -> None:
    given = project(tmp_path, [], [{"reason": "joined", "quote": "Tea Town"}])
    assert cells(given, run(given)[0], READINGS)[0]["start"] == "17"


def test_a_table_without_an_optional_column_stays_without_it(tmp_path: Path) -> None:
    given = project(tmp_path, [{"id": "a", "quote": "The hub grows."}], [])
    path = tmp_path / CLAIMS
    columns = [column for column in claims.COLUMNS if column not in claims.OPTIONAL or column == "start"]
    path.write_text(tables.write(columns, [{"id": "a", "quote": "The hub grows."}]), encoding="utf-8")
    assert run(given)[0][CLAIMS].partition("\n")[0].split("\t") == columns
