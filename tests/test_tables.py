"""Tab-separated tables: escapes, what is written is read again, and faults of form with their places."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbkg.core import tables
from gbkg.core.errors import ParseError, ProjectError
from gbkg.core.project import Project
from gbkg.core.records import Place
from gbkg.core.tables import escape, unescape

anything = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
plain = st.text(alphabet="ab \\nt\t\n茶é“”…")  # what is not a quotation is refused where it deceives
ROWS = st.lists(st.fixed_dictionaries({"id": plain, "quote": anything, "note": plain}), max_size=5)
COLUMNS = ("id", "quote", "note")
ENDS = "(gbkg fmt mends that, or save with LF line ends)"
ESCAPES = r"expected \t, \n, \r or \\"


def read(folder: Path, content: str | bytes) -> tuple[list[dict[str, str]], list[str]]:
    # The cells of a table with this content, and its faults.
    path = folder / "table.tsv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, findings = tables.read(Project(folder), path, COLUMNS)
    return [row.cells for row in rows], [str(finding) for finding in findings]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize(
    ("meant", "written"),
    [("a\tb", r"a\tb"), ("a\nb", r"a\nb"), ("a\rb", r"a\rb"), ("a\\b", r"a\\b"), (r"\n", r"\\n"), ("", "")],
)
def test_a_field_is_written_with_escapes(meant: str, written: str) -> None:
    assert escape(meant) == written


@given(st.text())
def test_an_escaped_field_means_what_it_meant(value: str) -> None:
    assert unescape(escape(value)) == value


@given(st.text())
def test_an_escaped_field_breaks_no_line_and_no_field(value: str) -> None:
    assert not set("\t\n\r") & set(escape(value))


@given(ROWS)
def test_what_is_written_is_read_again(folder: Path, rows: list[dict[str, str]]) -> None:
    assert read(folder, tables.write(COLUMNS, rows)) == (rows, [])


def test_a_carriage_return_in_a_field_is_read_again(folder: Path) -> None:
    rows = [{"id": "a", "quote": "two\r\nlines", "note": ""}]
    assert read(folder, tables.write(COLUMNS, rows)) == (rows, [])


@given(ROWS)
def test_a_table_that_is_read_is_written_the_same(folder: Path, rows: list[dict[str, str]]) -> None:
    text = tables.write(COLUMNS, rows)
    assert tables.write(COLUMNS, read(folder, text)[0]) == text


def test_an_absent_cell_is_written_empty() -> None:
    assert tables.write(COLUMNS, [{"id": "a"}]) == "id\tquote\tnote\na\t\t\n"


def test_a_row_knows_its_place(tmp_path: Path) -> None:
    path = tmp_path / "data" / "table.tsv"
    path.parent.mkdir()
    path.write_text("id\tquote\tnote\na\tb\tc\nd\te\tf\n")
    rows, _ = tables.read(Project(tmp_path), path, COLUMNS)
    assert [row.place for row in rows] == [Place("data/table.tsv", 2), Place("data/table.tsv", 3)]


def test_columns_may_stand_in_any_order(folder: Path) -> None:
    assert read(folder, "note\tid\tquote\nn\ti\tq\n") == ([{"note": "n", "id": "i", "quote": "q"}], [])


def test_a_row_with_a_fault_is_left_out_and_others_stay(folder: Path) -> None:
    rows, faults = read(folder, "id\tquote\tnote\na\tb\nc\td\te\n")
    assert rows == [{"id": "c", "quote": "d", "note": "e"}]
    assert faults == ["table.tsv:2: row has the wrong number of fields; found '2', expected 3"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("id\tquote\na\tb\n", "table.tsv:1: column 'note' is missing; found 'id\\tquote'"),
        ("id\tqoute\tnote\n", "table.tsv:1: column 'quote' is missing; found 'id\\tqoute\\tnote' (is 'qoute' meant?)"),
        ("id\tquote\tnote\tmore\n", "table.tsv:1: column 'more' is unknown; expected id quote note"),
        ("id\tquote\tnote\tid\n", "table.tsv:1: a column stands twice in the header; found 'id\\tquote\\tnote\\tid'"),
        ("id\tquote\tnote\na", "table.tsv:2: last line has no newline at its end (the file may have been cut off)"),
        ("id\tquote\tnote\na\\qb\tb\tc\n", f"table.tsv:2:id: unknown escape; found '\\\\q', {ESCAPES}"),
        ("id\tquote\tnote\na\tb\tc\\\n", f"table.tsv:2:note: unknown escape; found '\\\\', {ESCAPES}"),
        ("id\tquote\tnote\na\tb\tc\r\n", f"table.tsv:2: has carriage returns {ENDS}"),
        ("\ufeffid\tquote\tnote\n", "table.tsv:1: begins with a byte order mark (save as UTF-8 without BOM)"),
        ("id\tquote\tnote\na\tb\tc\n\n", "table.tsv:3: row has the wrong number of fields; found '1', expected 3"),
    ],
)  # fmt: skip
def test_a_fault_of_form_is_found_at_its_place(folder: Path, content: str, fault: str) -> None:
    assert fault in read(folder, content)[1]


def test_an_empty_file_lacks_its_header(folder: Path) -> None:
    rows, faults = read(folder, "")
    assert rows == []
    assert faults == ["table.tsv:1: file is empty; expected id\tquote\tnote"]


def test_a_file_that_is_not_utf8_stops_the_work(folder: Path) -> None:
    with pytest.raises(ParseError, match=r"^table\.tsv:2:3: not UTF-8: byte 0xff"):
        read(folder, b"id\tquote\tnote\na\t\xff\tc\n")


def test_a_file_that_is_not_there_stops_the_work(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read"):
        tables.read(Project(tmp_path), tmp_path / "table.tsv", COLUMNS)
