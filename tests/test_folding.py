"""The one folding: what is alike, what is not, and the way back to exact offsets."""

from __future__ import annotations

import sys
import time

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from gbkg.documents import passages
from gbkg.documents.passages import character, fold, folded, is_border

ALPHABET = (
    "aeﬁＡ「’–\u0301\u00ad\u200b\u200d \n\t\u00a0区链ｶ\uff9e\u1112\u1161\u11ab각🇩🇪👨👩\u094d\u0915\u0937\u0e33"
    "\r\ufe0f½⁶…\u212b"
)
texts = st.text(st.sampled_from(ALPHABET), max_size=30) | st.text(max_size=30)


def borders(text: str) -> set[int]:
    return {0} | {found.end() for found in regex.finditer(r"\X", text)}


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("China’s", "China's"),
        ("“hub” „hub“ «hub» ″hub″", '"hub" "hub" "hub" "hub"'),
        ("「中心」『中心』", '"中心""中心"'),
        ("2015–2018 — ten‑year −5 ―", "2015-2018 - ten-year -5 -"),
        ("Tea\u00a0Town Tea\u202fTown Tea\u2009Town Tea\u3000Town", "Tea Town Tea Town Tea Town Tea Town"),
        ("Tea  Town\t of\n\n  Reed\r\nBank", "Tea Town of Reed Bank"),
        ("block\u00adchain block\u00ad\nchain block\u200bchain", "blockchain blockchain blockchain"),
        ("\u202aTea\u202c \u2066Town\u2069\ufeff", "Tea Town"),
        ("Cafe\u0301 \u212bngstro\u0308m", "Café \u00c5ngström"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"),
        ("oﬃce ﬁrm ﬂow ﬀ ﬆ Ǆ ĳ ſ", "office firm flow ff st DŽ ij s"),
        ("１２，３４５　Ｔｅａ（％）：", "12,345 Tea(%):"),
        ("ｶﾞｽ｡", "ガス。"),
        ("ﻼم ﺎ", "لام ا"),
        ("区块\n链的\r\n 发展。\n２０", "区块链的发展。 20"),
        ("区块 链 １ ２", "区块 链 1 2"),
        ("☕️", "☕"),
    ],
)
def test_what_is_alike_folds_alike(printed: str, typed: str) -> None:
    assert fold(printed) == fold(typed) == typed
    assert list(folded(f"x {printed} y").spans(typed)) == [(2, 2 + len(printed.rstrip("\u2069\ufeff\ufe0f")))] or (
        printed.startswith("\u202a") or printed.endswith("\ufe0f")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("10⁶", "106"), ("½", "1/2"), ("①", "1"), ("Tea", "tea"), ("℃", "°C"), ("№ 5", "No 5"), ("…", "..."), ("Ⅳ", "IV"),
     ("a b", "ab"), ("resume", "résumé"), ("一", "-"), ("区块\tb", "区块b"), ("m²", "m2"), ("‰", "%"),
     ("12\n300", "12 300"), ("12\t300", "12 300")],
)  # fmt: skip
def test_what_means_something_else_does_not_fold_alike(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_character_that_is_passed_over_folds_to_itself() -> None:
    patterns = passages._patterns()
    every = "".join(chr(i) for i in range(sys.maxunicode + 1) if not 0xD800 <= i < 0xE000)
    usual = regex.compile(f"[{passages._USUAL}]").findall(every)
    assert len(usual) > 30_000
    assert [c for c in usual if passages._character(c) != c or patterns.continued.match(c)] == []
    for c in every[: 0x30000 - 0x800]:
        if passages._character(c) != c:
            assert patterns.special.match(c), ascii(c)


@given(texts)
def test_a_document_folds_as_its_text_does(text: str) -> None:
    assert folded(text).text == fold(text)


@given(texts, st.data())
def test_what_is_found_folds_to_what_was_sought_and_cuts_no_character(text: str, data: st.DataObject) -> None:
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    words = text[start : data.draw(st.integers(start + 1, len(text)))]
    for begin, end in folded(text).spans(words):
        assert fold(text[begin:end]) == fold(words)
        assert {begin, end} <= borders(text)


@given(texts, st.data())
def test_whole_characters_of_a_text_are_found_where_they_stand(text: str, data: st.DataObject) -> None:
    assume(text)
    edges = sorted(borders(text))
    start = data.draw(st.sampled_from(edges[:-1]))
    end = data.draw(st.sampled_from(edges[edges.index(start) + 1 :]))
    words = text[start:end]
    assume(fold(words[0]).strip() and fold(words[-1]).strip())
    assert any(start <= begin < stop <= end for begin, stop in folded(text).spans(words))


@given(st.text(st.sampled_from("ab ’-\u00e9ﬁ１"), min_size=1, max_size=20), st.data())
def test_words_are_found_however_they_are_printed(words: str, data: st.DataObject) -> None:
    forms = {" ": [" ", "\n", " \t ", "\u00a0"], "’": ["’", "'", "‘"], "-": ["-", "–", "\u2011"],
             "\u00e9": ["\u00e9", "e\u0301"], "ﬁ": ["ﬁ", "fi"], "１": ["１", "1"]}  # fmt: skip
    assume(words == words.strip() and "  " not in words and "１ １" not in words)
    printed = "".join(data.draw(st.sampled_from(forms.get(c, [c, f"{c}\u00ad"]))) for c in words)
    printed = printed.replace("\u00ad\n", "\n")  # else the line ends within a word
    found = list(folded(f"| {printed} |").spans(words))
    assert [(begin, end) for begin, end in found] == [(2, 2 + len(printed.rstrip("\u00ad")))]


@given(texts)
def test_borders_are_those_of_unicode(text: str) -> None:
    assert {at for at in range(len(text) + 1) if is_border(text, at)} == borders(text)


@given(texts, st.data())
def test_the_character_at_an_offset_has_it(text: str, data: st.DataObject) -> None:
    assume(text)
    at = data.draw(st.integers(0, len(text) - 1))
    begin = max(edge for edge in borders(text) if edge <= at)
    assert text.startswith(character(text, at), begin)
    assert begin + len(character(text, at)) in borders(text)


@pytest.mark.parametrize("part", ["f", "i", "irm"])
def test_a_part_of_a_ligature_is_not_found(part: str) -> None:
    assert list(folded("ﬁrm").spans(part)) == []


@pytest.mark.parametrize("words", ["", "\u00ad", "nowhere"])
def test_nothing_is_found_nowhere(words: str) -> None:
    assert list(folded("text").spans(words)) == []


@pytest.mark.parametrize("text", ["a\n" * 50_000, "e\u0301" * 50_000, "\u0301" * 50_000, " " * 90_000, "区\n" * 50_000])
def test_the_time_is_proportional_to_the_text(text: str) -> None:
    begun = time.process_time()
    folded.__wrapped__(text)
    is_border(text, len(text) - 1)
    assert time.process_time() - begun < 5
