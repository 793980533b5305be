"""Where sentences end: a table of cases, properties, and the golden rules of pySBD where they are at hand."""

from __future__ import annotations

import ast
import os
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbkg.documents.sentences import sentences

TABLE = Path(__file__).with_name("sentence_ends.tsv")
GOLDEN = os.environ.get("GBKG_GOLDEN_RULES", "")
texts = st.text(alphabet=st.sampled_from("ab.,!?’“”—\u00a0 \n。 LtdoI1)(•…\t:@/"), max_size=60)
MISSED = {
    ("arabic", "وجواب:"): "a colon",
    ("arabic", "تايمز:"): "a colon",
    ("arabic", "والقلب،"): "a comma",
    ("arabic", "قلبية،"): "a comma",
    ("arabic", "إسرائيلية،"): "a comma",
    **dict.fromkeys((("english", "item"), ("danish", "item")), "the end stands after the number that begins the item"),
}
"""Ends of the golden rules that are not found, by language and the word before, with the reason."""


def cases() -> list[tuple[str, list[str]]]:
    # Kind and sentences. The kinds are those of the golden rules (https://github.com/diasks2/pragmatic_segmenter,
    # MIT) and more; the texts are our own. "|" stands where another sentence begins.
    rows = [line.split("\t", 1) for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    return [(kind, meant(text).split("|")) for kind, text in rows]


def meant(written: str) -> str:
    return written.encode("latin-1", "backslashreplace").decode("unicode_escape")


def divided(text: str, *joined: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text, joined)]


def golden() -> Iterator[tuple[str, str, list[str]]]:
    # Language, text and sentences of each rule of a copy of https://github.com/nipunsadvilkar/pySBD (MIT).
    for path in sorted(Path(GOLDEN, "tests", "lang").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)]
        for node in found if "clean" not in path.name else []:
            for element in node.value.elts:  # type: ignore[attr-defined]
                given_ = element.elts if isinstance(element, ast.Tuple) else element.args
                yield path.stem.removeprefix("test_"), ast.literal_eval(given_[0]), ast.literal_eval(given_[1])


def ends(text: str, parts: list[str]) -> set[int]:
    # The number of letters and digits before each end: marks and blanks may go with either sentence.
    found, at = set(), 0
    for part in parts[:-1]:
        at = text.index(part.strip(), at) + len(part.strip())
        found.add(sum(map(str.isalnum, text[:at])))
    return found


@pytest.mark.parametrize(("kind", "expected"), cases(), ids=lambda value: value if isinstance(value, str) else "")
def test_sentences_end_where_the_table_says(kind: str, expected: list[str]) -> None:
    assert divided("".join(expected)) == [sentence.strip() for sentence in expected], kind


def test_the_table_has_each_kind_once() -> None:
    kinds = Counter(kind for kind, _ in cases())
    assert len(kinds) == len(cases()) > 120


@pytest.mark.skipif(not GOLDEN, reason="GBKG_GOLDEN_RULES names no copy of pySBD")
def test_every_end_of_the_golden_rules_is_found() -> None:
    missed, found, more = set(), 0, 0
    for language, text, expected in golden():
        if any(part.strip() not in text for part in expected):
            continue  # rules that clean the text
        wanted, ours = ends(text, expected), ends(text, divided(text))
        found, more = found + len(wanted & ours), more + len(ours - wanted)
        for count in wanted - ours:
            before = next(i for i in range(len(text)) if sum(map(str.isalnum, text[: i + 1])) == count)
            missed.add((language, text[: before + 2].split()[-1]))
    assert missed == set(MISSED)
    assert found == 223
    assert more < 180


def test_a_title_before_a_name_is_known_in_few_words() -> None:
    assert divided("Mr. Reed met Dr. The.") == ["Mr. Reed met Dr.", "The."]


def test_curators_join_what_was_divided_wherever_it_stands() -> None:
    text = "The U.S. Senate met. It asked the U.S. Senate. The U.S. The end."
    assert divided(text, "U.S. Senate") == [
        "The U.S. Senate met.",
        "It asked the U.S. Senate.",
        "The U.S.",
        "The end.",
    ]


@pytest.mark.parametrize("words", ["", "nowhere. At", "One.", "Two", ". "])
def test_words_without_an_end_inside_join_nothing(words: str) -> None:
    assert divided("One. Two.", words) == ["One.", "Two."]


def test_line_ends_are_not_joined() -> None:
    assert divided("One\nTwo. Three", "One\nTwo. Three") == ["One", "Two. Three"]


@given(texts | st.text())
def test_sentences_are_in_order_and_disjoint(text: str) -> None:
    spans = sentences(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(texts | st.text())
def test_every_character_but_white_space_is_in_a_sentence(text: str) -> None:
    covered = {i for start, end in sentences(text) for i in range(start, end)}
    assert {i for i, character in enumerate(text) if not character.isspace()} <= covered


@given(texts | st.text())
def test_sentences_neither_begin_nor_end_with_white_space(text: str) -> None:
    assert all(sentence == sentence.strip() != "" for sentence in divided(text))


@given(texts | st.text())
def test_no_sentence_runs_over_a_line_end(text: str) -> None:
    assert not any("\n" in sentence or "\t" in sentence for sentence in divided(text))


@given(texts, texts)
def test_a_line_is_divided_alike_whatever_lines_are_around_it(one: str, other: str) -> None:
    assert divided(f"{one}\n{other}") == divided(one) + divided(other)


@pytest.mark.parametrize(
    "text", ["(1) " * 20_000, ". " * 50_000, "a.b" * 30_000, "U.S. " * 20_000, "…" * 90_000, "x" * 90_000 + "."]
)
def test_the_time_is_proportional_to_the_text(text: str) -> None:
    begun = time.process_time()
    sentences(text)
    assert time.process_time() - begun < 5
