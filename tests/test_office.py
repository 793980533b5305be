"""Answers as files of Excel and Word, opened again with the libraries of others."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import mammoth
import openpyxl
import pyoxigraph as ox
import pytest
from conftest import MINI, Run
from hypothesis import given, settings
from test_formats import CITED, ROWS, iri, literal

from gbkg.ask import writing
from gbkg.ask.answers import Answer, Truth
from gbkg.ask.office import Asked
from gbkg.core.errors import GbkgError

ASKED = Asked("Parks", "parks", {"place": ["=cmd()", "b"]}, "SELECT * { ?s ?p ?o }", "ab" * 32, ("caution: few",))
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "\u202e=1", "＝1", "'=1")


def book(answer: Answer, asked: Asked = ASKED) -> Any:
    return openpyxl.load_workbook(io.BytesIO(writing.content(answer, "xlsx", asked=asked)))


def page(answer: Answer, asked: Asked = ASKED) -> str:
    """The document as HTML, notes included."""
    made = mammoth.convert_to_html(io.BytesIO(writing.content(answer, "docx", asked=asked)))
    return str(made.value)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_words_stay_words_and_never_become_formulas() -> None:
    answer = Answer(("=x",), tuple((ox.Literal(words),) for words in FORMULAS))
    (sheet, _) = book(answer)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    shown = [words.replace("\u202e", "\\u202e") for words in FORMULAS]
    assert [cell.value for cell in cells] == ["=x", *shown]
    assert [cell.quotePrefix for cell in cells[1:]] == [words[0] not in "\\" for words in shown]
    raw = zipfile.ZipFile(io.BytesIO(writing.content(answer, "xlsx")))
    assert not any(b"<f>" in raw.read(name) for name in raw.namelist())


def test_numbers_are_numbers_where_excel_keeps_them() -> None:
    digits = ("300", "12.5", "2258935000000", "0.1", "123456789012345678", "1234567890.1234567", "-7", "1e400", "NaN")
    kinds = ("integer", "decimal", "integer", "decimal", "integer", "decimal", "integer", "double", "double")
    (sheet, _) = book(Answer(("n",), tuple((literal(d, k),) for d, k in zip(digits, kinds, strict=True))))
    found = [row[0] for row in rows(sheet)[1:]]
    assert found == [300, 12.5, 2258935000000, 0.1, "123456789012345678", "1234567890.1234567", -7, "1e400", "NaN"]


def test_dates_stay_as_they_are_printed() -> None:
    terms = (literal("2019-10", "gYearMonth"), literal("--09", "gMonth"), literal("2018-11-09", "date"))
    (sheet, _) = book(Answer(("since",), tuple((term,) for term in terms)))
    assert [row[0] for row in rows(sheet)] == ["since", "2019-10", "--09 (no year)", "2018-11-09"]
    assert {cell.data_type for (cell,) in sheet.iter_rows()} == {"s"}


def test_a_workbook_has_the_rows_the_citations_and_what_was_asked() -> None:
    made = book(CITED)
    assert made.sheetnames == ["Answer", "Citations", "About"]
    answer, citations, about = made
    assert rows(answer) == [
        ("park", "area", "proof"),
        ("Lantern Yard", 300, "[1,2] or [3] (+3 more)"),
        ("id:yard", 12.5, "[1 or 2,n1]"),
        ("Tea Hall", None, "[r1]"),
    ]
    assert answer.freeze_panes == "A2" and answer.auto_filter.ref == "A1:C4"
    head, first, *_ = rows(citations)
    said = dict(zip(head, first, strict=True))
    assert (said["mark"], said["title"], said["from"], said["to"], said["claim"]) == (1, "gazette", 3, 12, "gazette.a")
    assert said["quotation"] == "words\nof a" and said["citation"].endswith("“words of a”, characters 3–12.")
    assert [row[0] for row in rows(citations)[1:]] == [1, 2, 3, 4, "r1", "n1", None]
    told = dict(rows(about)[1:])
    assert told["Question"] == "Parks" and told["With place"] == "=cmd() or b" and told["Graph (SHA-256)"] == "ab" * 32
    assert told["SPARQL"] == ASKED.text and told["Remark"] == "caution: few"


def test_a_document_has_table_notes_and_sources() -> None:
    made = page(CITED)
    for words in (
        "<h1>Parks</h1>",
        "caution: few",
        "Lantern Yard",
        "<h2>Sources</h2>",
        "With place: </strong>=cmd() or b",
    ):
        assert words in made
    notes = re.findall(r'<li id="endnote-\d+"><p> ?(?:<sup>.*?</sup>)? ?(.*?) <a', made)
    assert [note.partition("“words")[2][:5] for note in notes[:3]] == [" of a", " of b", " of c"]
    assert any(note.startswith("Inferred: a place of a place is in it (located), from") for note in map(_plain, notes))
    table = docx.Document(io.BytesIO(writing.content(CITED, "docx", asked=ASKED))).tables[0]
    assert [[cell.text for cell in row.cells][:2] for row in table.rows] == [
        ["park", "area"],
        ["Lantern Yard", "300"],
        ["id:yard", "12.5"],
        ["Tea Hall", ""],
    ]


def _plain(note: str) -> str:
    return re.sub("<[^>]*>", "", note).removeprefix("r1 ").strip()


def test_a_note_that_is_mentioned_again_keeps_its_number() -> None:
    package = zipfile.ZipFile(io.BytesIO(writing.content(CITED, "docx", asked=ASKED)))
    text = package.read("word/document.xml").decode()
    assert len(re.findall("<w:endnoteReference ", text)) == 5  # three claims, a rule and a remark
    assert re.findall(r'w:instr=" NOTEREF (note\d) ', text) == ["note1", "note2"]
    assert len(re.findall('<w:endnote w:id="', package.read("word/endnotes.xml").decode())) == 5


@settings(max_examples=30)
@given(ROWS)
def test_whatever_stands_in_an_answer_goes_into_both_files(found: tuple[tuple[Any, ...], ...]) -> None:
    answer = Answer(("x", "y"), found)
    (sheet, _) = book(answer)
    assert sheet.auto_filter.ref == f"A1:B{len(found) + 1}"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert len(docx.Document(io.BytesIO(writing.content(answer, "docx"))).tables[0].rows) == len(found) + 1


def test_a_text_that_is_too_long_for_a_cell_ends_in_an_ellipsis() -> None:
    (sheet, _) = book(Answer(("x",), ((ox.Literal("a" * 40_000),),)))
    assert sheet["A2"].value == "a" * 32_766 + "…"


@pytest.mark.parametrize("form", writing.BINARY)
def test_the_same_answer_gives_the_same_bytes_whatever_the_time(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = writing.content(CITED, form, asked=ASKED)
    monkeypatch.setattr("time.time", lambda: 1e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2001, 9, 9, 1, 46, 40, 6, 252, 0))
    assert writing.content(CITED, form, asked=ASKED) == made
    members = zipfile.ZipFile(io.BytesIO(made)).infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(GbkgError, match="ASK gives true or false, which xlsx cannot hold"):
        writing.content(Truth(True), "xlsx")
    with pytest.raises(GbkgError, match="xlsx is not text"):
        writing.write(CITED, "xlsx")
    many = Answer(("x",), ((iri("a"),),) * 5_001)
    with pytest.raises(GbkgError, match=r"5,001 rows is not for Word \(take xlsx or csv"):
        writing.content(many, "docx")


def test_the_command_writes_both_into_files_and_not_to_the_terminal(
    run_here: Run, mini_build: Path, tmp_path: Path
) -> None:
    graph = ("--graph", mini_build / "gbkg.nq")
    for form in writing.BINARY:
        out = tmp_path / f"founders.{form}"
        done = run_here("--project", MINI, "query", "founders", "--cite", "-o", out, *graph)
        assert (done.returncode, done.stdout) == (0, "")
        refused = run_here("--project", MINI, "query", "founders", "--format", form, *graph)
        assert refused.returncode == 2 and f"name a file: -o answer.{form}" in refused.stderr
    citations = rows(openpyxl.load_workbook(tmp_path / "founders.xlsx")["Citations"])
    assert all(
        row[-1].startswith("No author, “The leaf comes home") for row in citations[1:] if isinstance(row[0], int)
    )
    about = dict(rows(openpyxl.load_workbook(tmp_path / "founders.xlsx")["About"]))
    assert about["Saved query"] == "founders" and re.fullmatch("[0-9a-f]{64}", about["Graph (SHA-256)"])
    with (tmp_path / "founders.docx").open("rb") as file:
        assert "“The leaf comes home: how Tea Harbour found its trade again”" in mammoth.convert_to_html(file).value
