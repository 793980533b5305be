"""What stands behind each sentence, and sentences that nothing accounts for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gbkg.core.records import Claim, Passage, Place, Reading
from gbkg.documents import coverage
from gbkg.documents.coverage import Coverage, covered

PLACE = Place("data/readings/doc.tsv", 2)
TEXT = "Search here\n\nTea Town has 300 firms. It grows.\nThe tea is good. See you"


def claim(slug: str, *quotes: str) -> Claim:
    passages = tuple(Passage("doc", TEXT.index(q), TEXT.index(q) + len(q), q) for q in quotes)
    return Claim(
        slug, "doc", "town", "partOf", "land", "entity", None, None, (), "", "stated", "accepted", "", passages, PLACE
    )


def reading(quote: str, start: int | None = None, end: int | None = None, reason: str = "opinion") -> Reading:
    begin = TEXT.index(quote) if start is None else start
    return Reading("doc", reason, begin, begin + len(quote) if end is None else end, quote, "", PLACE)


def aside(text: str, reason: str, words: str = "") -> Reading:
    # Words of a text, or all of it, with a reason.
    at = text.index(words)
    quote = words or text
    return Reading("doc", reason, at, at + len(quote), quote, "", PLACE)


def shares(text: str, *readings: Reading) -> list[str]:
    return [s.share for s in coverage.sentences(text, [], list(readings))]


def behind(claims: list[Claim], readings: list[Reading]) -> list[tuple[str, list[str], int]]:
    # Each sentence with the claims behind it and the number of readings that touch it.
    found = coverage.sentences(TEXT, claims, readings)
    return [(TEXT[s.start : s.end], [c.slug for c in s.claims], len(s.readings)) for s in found]


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


# ---- Shares


def test_a_span_that_leaves_words_of_a_sentence_out_does_not_set_it_aside() -> None:
    accounted = coverage.sentences(TEXT, [], [reading("The tea")])
    (finding,) = [f for f in coverage.check("doc", TEXT, accounted) if "in part" in str(f)]
    assert str(finding) == (
        "sentence at 47-63 of doc is set aside only in part; found 'is good' "
        "(add a claim to data/claims/doc.tsv or a reading to data/readings/doc.tsv)"
    )


def test_spans_together_may_set_a_sentence_aside() -> None:
    assert shares("The tea is good.", aside("The tea is good.", "opinion", "The tea")) == ["missing"]
    both = [aside("The tea is good.", "opinion", words) for words in ("The tea", "is good")]
    assert shares("The tea is good.", *both) == ["aside"]


def test_what_is_unread_is_neither_set_aside_nor_missing() -> None:
    text = "One. Two. Three."
    assert shares(text, aside(text, "unread", "Two."), aside(text, "opinion", "Three.")) == [
        "missing",
        "unread",
        "aside",
    ]


def test_what_was_unread_as_a_whole_may_be_set_aside_sentence_by_sentence() -> None:
    text = "The tea is good. It is green."
    assert shares(text, aside(text, "unread"), aside(text, "opinion", "The tea is good.")) == ["aside", "unread"]


def test_one_unread_word_makes_a_sentence_unread() -> None:
    text = "The tea is good."
    assert shares(text, aside(text, "opinion"), aside(text, "unread", "good")) == ["unread"]


def test_a_claim_stands_behind_a_sentence_whatever_readings_say() -> None:
    accounted = coverage.sentences(TEXT, [claim("grows", "grows")], [reading("It grows.", reason="unread")])
    assert [s.share for s in accounted] == ["missing", "missing", "claimed", "missing", "missing"]


def test_the_shares_are_counted_apart() -> None:
    given = [
        reading("Search here", reason="furniture"),
        reading("The tea is good."),
        reading("See you", reason="unread"),
    ]
    cover = covered(coverage.sentences(TEXT, [claim("firms", "300 firms")], given))
    assert cover == Coverage(5, 1, {"furniture": 1, "opinion": 1}, 1, 0, 9 / 23)
    assert str(cover) == (
        "20.0% behind claims (1 of 5 sentences, 39% of their text quoted), 40.0% set aside (1 furniture, 1 opinion)"
        ", 20.0% not read yet, 20.0% not accounted for (1)"
    )


def test_figures_of_documents_add_up() -> None:
    one, two = Coverage(4, 1, {"heading": 2}, 1, 0, 1.0), Coverage(6, 3, {"heading": 1, "opinion": 1}, 0, 2, 0.5)
    assert coverage.together([one, two]) == Coverage(10, 4, {"heading": 3, "opinion": 1}, 1, 2, 0.625)


def test_a_whole_book_set_aside_in_one_row_is_a_warning_and_no_hundred_percent() -> None:
    book = "The mayor was arrested. " * 400
    row = aside(book, "furniture")
    findings = coverage.long_spans([], [row], accounted := coverage.sentences(book, [], [row]))
    assert [str(finding) for finding in findings] == [
        "data/readings/doc.tsv:2:reason: 400 sentences, 9,600 characters, are set aside in one row; found 'furniture', "
        "expected at most 5 sentences and 600 characters "
        "(give each part its own row, or the reason unread to what has not been read)"
    ]
    assert findings[0].severity == "warning"
    assert str(covered(accounted)).startswith("0.0% behind claims (0 of 400 sentences")
    assert "100.0% set aside (400 furniture), 0.0% not read yet" in str(covered(accounted))


def test_a_whole_book_may_be_unread() -> None:
    book = "The mayor was arrested. " * 400
    row = aside(book, "unread")
    accounted = coverage.sentences(book, [], [row])
    assert coverage.long_spans([], [row], accounted) == coverage.check("doc", book, accounted) == []
    assert str(covered(accounted)).endswith("0.0% set aside, 100.0% not read yet")


@pytest.mark.parametrize(("sentences", "warned"), [(5, 0), (6, 1)])
def test_a_span_of_a_few_sentences_is_no_warning(sentences: int, warned: int) -> None:
    text = "It grew. " * sentences
    row = aside(text, "opinion", text.strip())
    assert len(coverage.long_spans([], [row], coverage.sentences(text, [], [row]))) == warned


def test_a_long_span_without_stops_is_a_warning_too() -> None:
    row = aside("tea " * 200, "caption")
    assert len(coverage.long_spans([], [row], coverage.sentences("tea " * 200, [], [row]))) == 1


def test_no_sentence_is_missed_where_a_row_with_another_fault_quotes_it() -> None:
    accounted = coverage.sentences(TEXT, [], [])
    missed = coverage.check("doc", TEXT, accounted, ["Search here", "It grows. … See you"])
    assert [finding.found for finding in missed] == ["Tea Town has 300 firms."]


def test_a_whole_book_quoted_by_one_claim_is_a_warning() -> None:
    book = "The mayor was arrested. " * 400
    whole = Passage("doc", 0, len(book), book)
    one = replace(claim("whole", "Tea Town"), passages=(whole, Passage("doc", 0, 9, book[:9])))
    findings = coverage.long_spans([one], [], coverage.sentences(book, [one], []))
    assert [(finding.message, finding.column, finding.severity) for finding in findings] == [
        ("400 sentences, 9,600 characters, are quoted in one row", "quote", "warning")
    ]


# ---- Joining


def test_a_reading_joins_what_was_divided() -> None:
    text = "The U.S. Senate met. The U.S. Senate went."
    row = aside(text, "joined", "U.S. Senate")
    found = coverage.sentences(text, [], [row])
    assert [(text[s.start : s.end], s.joined, s.share) for s in found] == [
        ("The U.S. Senate met.", 1, "missing"),
        ("The U.S. Senate went.", 1, "missing"),
    ]
    assert coverage.check_reading(row, text) is None
    assert str(covered(found)).endswith("; 2 ends joined")


@pytest.mark.parametrize(("words", "ends"), [("Senate met", 0), ("U.S. Senate met. It", 2), ("went", 0)])
def test_words_that_join_have_one_end_inside(words: str, ends: int) -> None:
    text = "The U.S. Senate met. It went."
    finding = coverage.check_reading(aside(text, "joined", words), text)
    assert finding is not None
    assert finding.message == f"{ends} sentences end inside these words"


def test_what_begins_a_sentence_is_not_joined() -> None:
    text = "It is Leaf Port Inc. The mayor was arrested."
    finding = coverage.check_reading(aside(text, "joined", "Inc. The mayor"), text)
    assert finding is not None
    assert finding.message == "a sentence begins with 'The mayor'"


def test_nothing_is_quoted_where_there_are_no_claims() -> None:
    none = covered([])
    assert none.quoted == coverage.together([none]).quoted == 0.0
    unread = Coverage(2, 0, {"heading": 1}, 1, 0, 0.0)
    assert str(unread) == "0.0% behind claims (0 of 2 sentences), 50.0% set aside (1 heading), 50.0% not read yet"
