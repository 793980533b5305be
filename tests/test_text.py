"""Text for readers: width, lines, columns, and what Markdown and spreadsheets must not take for their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbkg.core.text import beside, grouped, guarded, markdown, safe, table, width, wrapped


@pytest.mark.parametrize(
    ("text", "cells", "made"),
    [
        ("", 9, [""]),
        ("a b", 1, ["a", "b"]),
        ("abcdef", 4, ["abcd", "ef"]),
        ("ab abcdef", 4, ["ab", "abcd", "ef"]),
        ("two  spaces kept", 20, ["two  spaces kept"]),
        ("line\nend", 20, ["line end"]),
        ("截至2018年底", 6, ["截至", "2018年", "底"]),
    ],
)
def test_lines_end_at_blanks_and_between_wide_characters(text: str, cells: int, made: list[str]) -> None:
    assert wrapped(text, cells) == made


@given(st.text("ab 广州é-\u0301", max_size=40), st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_no_word(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_first_line_and_the_others_begin_as_they_are_told_to() -> None:
    assert wrapped("one two three", 9, "[1] ", "    ") == ["[1] one", "    two", "    three"]


def test_columns_are_padded_by_what_a_terminal_shows() -> None:
    assert beside([["茶", "a"], ["b"]], 4, " │ ") == ["茶   │ b", "a    │"]


@given(
    st.lists(st.tuples(st.text("ab 广", max_size=30), st.text("cd-", max_size=9)), min_size=1, max_size=4),
    st.integers(12, 60),
)
def test_a_table_fits_a_terminal_and_loses_no_word(rows: list[tuple[str, str]], cells: int) -> None:
    text = table(["x", "yy"], rows, [False, True], cells)
    assert all(width(line) <= cells for line in text.splitlines())
    for letter in "abcd广":
        assert text.count(letter) >= sum(cell.count(letter) for row in rows for cell in row)


def test_without_a_width_a_row_is_one_line() -> None:
    assert len(table(["x"], [["word " * 100], ["a"]], [False], None).splitlines()) == 4


def test_thousands_stand_apart_in_plain_numbers_only() -> None:
    assert [grouped(text) for text in ("1234567.5", "-1000", "12", "1e6", "x")] == [
        "1,234,567.5", "-1,000", "12", "1e6", "x",
    ]  # fmt: skip


def test_bars_are_no_cells_of_markdown() -> None:
    assert markdown("a | b\nc ") == r"a \| b<br>c&#32;"


def unguarded(cell: str) -> str:
    """What `guarded` was given: a reader of CSV takes one apostrophe away where a formula follows."""
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and guarded(bare) != bare else cell


@given(st.text())
def test_the_guard_of_a_spreadsheet_can_be_taken_away(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_what_is_safe_stays_as_it_is() -> None:
    for text in ("广州 – “hub”\u3000naïve\tA\nB", "क\u200dष", "500\u202f000\u00a0m²", "👩\u200d🚀"):
        assert safe(text) == text
