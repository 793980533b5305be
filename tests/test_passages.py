"""Finding and checking quotations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gbkg.core.records import Passage
from gbkg.documents.passages import (
    ELLIPSIS,
    disagreements,
    find,
    find_span,
    is_quotation,
    mismatch,
    severed_character,
    shorten,
)

Draw = Callable[[st.SearchStrategy[int]], int]


def passage(start: int, exact: str, source: str = "doc") -> Passage:
    return Passage(source, start, start + len(exact), exact)


def cut(text: str, start: int, end: int) -> Passage:
    return passage(start, text[start:end])


@st.composite
def text_and_spans(draw: Draw) -> tuple[str, list[tuple[int, int]]]:
    text = draw(st.text(min_size=1, max_size=40))  # type: ignore[arg-type]
    spans = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text) - 1))
        spans.append((start, draw(st.integers(start + 1, len(text)))))
    return str(text), spans


@st.composite
def overlap(draw: Draw) -> tuple[str, tuple[int, int], tuple[int, int], int]:
    # A text, two spans of it that overlap, and an offset within both.
    text = draw(st.text(min_size=2, max_size=40))  # type: ignore[arg-type]
    shared = draw(st.integers(0, len(text) - 1))
    spans = [(draw(st.integers(0, shared)), draw(st.integers(shared + 1, len(text)))) for _ in range(2)]
    return str(text), spans[0], spans[1], shared


def test_find_reports_every_place_overlapping_ones_too() -> None:
    assert find("aaa b aa", "aa") == [(0, 2), (1, 3), (6, 8)]


def test_find_minds_upper_and_lower_case() -> None:
    assert find("Guangzhou", "guangzhou") == []


def test_find_takes_no_character_for_a_pattern() -> None:
    assert find("abc a.c", "a.c") == [(4, 7)]


def test_nothing_is_found_nowhere() -> None:
    assert find("text", "") == []


def test_a_span_without_ellipsis_is_the_words() -> None:
    assert find_span("one two one", "one") == [(0, 3), (8, 11)]


def test_an_ellipsis_leaves_out_a_middle() -> None:
    text = "Discover more of the world."
    assert [text[a:b] for a, b in find_span(text, "Discover … world.")] == [text]


def test_an_ellipsis_leaves_out_as_little_as_it_can() -> None:
    assert find_span("from a to b and to b", "from … b") == [(0, 11)]


def test_the_end_of_a_span_does_not_overlap_its_beginning() -> None:
    assert find_span("abab", "aba … ab") == []


def test_a_span_whose_end_is_missing_is_not_found() -> None:
    assert find_span("from a to b", "from … c") == []


def test_both_parts_of_a_span_may_be_typed_plainly() -> None:
    assert find_span("China’s long “hub”", 'China\'s … "hub"') == [(0, 18)]


def test_an_ellipsis_that_stands_in_the_text_leaves_nothing_out() -> None:
    assert find_span("It grew … much. It grew by a much.", "grew … much") == [(3, 14)]


def test_an_ellipsis_between_many_places_takes_time_in_proportion() -> None:
    text = "a b " * 20_000
    assert len(find_span(text, "a … b")) == 20_000


@given(st.text("abc ’“\n", min_size=9), st.data())
def test_a_text_is_a_span_of_its_own_beginning_and_end(text: str, data: st.DataObject) -> None:
    head, tail = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    words = f"{text[:head].strip()}{ELLIPSIS}{text[-tail:].strip()}"
    assume(all(words.split(ELLIPSIS)))
    span = find_span(text, words)[0]
    quotation = shorten(text, words, span)
    assert is_quotation(text, quotation, *span)
    assert shorten(text, quotation, span) == quotation


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [("from a to b", 0, 11), ("from … b", 0, 11), ("a … b", 5, 11), ("from … to b", 0, 11)],
)
def test_a_span_stands_where_its_words_are(words: str, start: int, end: int) -> None:
    assert is_quotation("from a to b and b", words, start, end)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [("from … b", 0, 17), ("from … b", 1, 11), ("from … a", 0, 11), (" … ", 0, 11), ("from … ", 0, 11), ("From", 0, 4)],
)
def test_a_span_stands_nowhere_else(words: str, start: int, end: int) -> None:
    assert not is_quotation("from a to b and b", words, start, end)


@pytest.mark.parametrize(
    ("start", "end", "part"),
    [(0, 4, "e\u0301"), (4, 6, "e\u0301"), (0, 5, ""), (6, 7, "🇩🇪"), (7, 8, "🇩🇪"), (6, 8, ""), (8, 9, "\r\n")],
)
def test_a_span_that_cuts_a_character_is_told(start: int, end: int, part: str) -> None:
    assert severed_character("Cafe\u0301 🇩🇪\r\n", start, end) == part


def test_difference_tells_of_a_character_that_is_cut() -> None:
    assert mismatch("The ﬁrm grew.", "The f") == "it has only a part of the document's 'ﬁ' (offset 4)"


def test_difference_tells_where_a_quotation_leaves_the_text() -> None:
    said = mismatch("The number of companies is 13,723.", "The number of companies is 13,732.")
    assert said == "the document goes on '23.' where the quotation goes on '32.' (offset 31)"


def test_difference_counts_offsets_from_the_beginning_of_the_text() -> None:
    assert "(offset 21)" in mismatch("0123456789 beginning one", "beginning two")


def test_difference_tells_when_nothing_is_alike() -> None:
    assert mismatch("Guangzhou", "Foshan city") == "nothing like it stands in the document"


def test_equal_overlaps_agree() -> None:
    text = "As of October 2019, nearly 300"
    assert list(disagreements([cut(text, 0, 20), cut(text, 6, 30)])) == []


def test_different_overlaps_disagree() -> None:
    first, second = passage(0, "As of October 2019"), passage(6, "October 2018, nearly")
    assert list(disagreements([second, first])) == [(first, second)]


def test_two_quotations_of_one_span_disagree_when_they_differ() -> None:
    first, second = passage(5, "13,723"), passage(5, "13,732")
    assert list(disagreements([first, second])) == [(first, second)]


def test_a_quotation_within_another_disagrees_when_it_differs() -> None:
    outer, inner = passage(0, "nearly 300 companies"), passage(7, "500")
    assert list(disagreements([outer, inner])) == [(outer, inner)]


def test_adjacent_quotations_share_nothing() -> None:
    assert list(disagreements([passage(0, "one"), passage(3, "two")])) == []


def test_quotations_of_different_sources_share_nothing() -> None:
    assert list(disagreements([passage(0, "one", "a"), passage(0, "two", "b")])) == []


def test_a_quotation_given_twice_agrees_with_itself() -> None:
    assert list(disagreements([passage(0, "one"), passage(0, "one")])) == []


def test_a_short_quotation_does_not_hide_a_long_one() -> None:
    outer, inner, late = passage(0, "aaaaaaaaaa"), passage(1, "a"), passage(8, "ab")
    assert list(disagreements([outer, inner, late])) == [(outer, late)]


@given(text_and_spans())
def test_quotations_of_one_text_never_disagree(given_: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = given_
    assert list(disagreements(cut(text, *span) for span in spans)) == []


@given(overlap(), st.characters(exclude_categories=["Cs"]))
def test_one_changed_character_in_an_overlap_is_always_found(
    given_: tuple[str, tuple[int, int], tuple[int, int], int], character: str
) -> None:
    text, one, other, at = given_
    assume(text[at] != character)
    wrong = text[:at] + character + text[at + 1 :]
    assert list(disagreements([cut(text, *one), cut(wrong, *other)]))
