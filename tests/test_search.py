"""Search: what people type, misspelt, begun or in any order, and what they expect to come first."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from conftest import MINI, SHIPPED

from gbkg.ask.words import WordIndex, tokens
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph


@pytest.fixture(scope="module")
def real(real_build: Path) -> KnowledgeGraph:
    return open_graph(SHIPPED, real_build / "gbkg.nq")


@pytest.fixture(scope="module")
def mini(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("antmi", "id:antmi-blockchain-maker-space"),
        ("guangzho", "id:guangzhou"),
        ("blokchain alliance", "id:gba-blockchain-alliance"),
        ("alliance blockchain", "id:gba-blockchain-alliance"),
        ("hongkong", "id:hong-kong"),
        ("HK", "id:hong-kong"),
        ("macao", "id:macau"),
        ("ai", "id:artificial-intelligence"),
        ("huangmi", "id:31-guangshan-third-road"),
        ("statistics bureau", "id:guangzhou-statistics-bureau"),
        ("people's bank", "id:peoples-bank-of-china"),
        ("guanzhou blockhain asociation", "id:guangzhou-blockchain-industry-association"),
        ("finance suply chain", "id:supply-chain-finance"),
        ("e valley", "id:e-valley-blockchain-incubator"),
        ("technical exchange", "id:technical-cooperation"),
        ("imi", "id:imi"),
        ("zhao jing", "id:zhao-jing"),
        ("BLOCKCHAIN", "id:blockchain"),
        ("nearly 300", "psg:guangzhou-report.12067-12180"),
        ("gdp", "psg:guangdong-article.492-565"),
        ("founders", "alliance-founders"),
        ("who founded the alliance", "alliance-founders"),
        ("contradictions", "inconsistencies"),
    ],
)
def test_what_people_expect_comes_first(real: KnowledgeGraph, typed: str, first: str) -> None:
    assert real.search(typed).hits[0].id == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [("叶港", "id:tea-harbour"), ("茶馆", "psg:almanac"), ("leaf circel", "id:harbour-tea-association")],
)
def test_any_script_and_any_spelling_is_found(mini: KnowledgeGraph, typed: str, first: str) -> None:
    assert mini.search(typed).hits[0].id.startswith(first)


@pytest.mark.parametrize("typed", ["", "  ", "xyzzy", "黄埔", '") } #', '"', "*", "\x00"])
def test_what_stands_nowhere_is_not_found(real: KnowledgeGraph, typed: str) -> None:
    assert real.search(typed).hits == ()


@pytest.mark.parametrize("typed", ["NEAR(tea", "xyzzy: AND", 'tea" OR "', "tea*", "^tea", "{tea", "tea " * 5000])
def test_what_means_something_to_an_index_is_words_here(mini: KnowledgeGraph, typed: str) -> None:
    found = mini.search(typed).hits
    assert not found or all(hit.marks for hit in found)
    assert ("tea" in typed) == bool(found)


def test_the_words_that_matched_are_told_with_their_places(real: KnowledgeGraph) -> None:
    for typed in ("antmi", "blokchain alliance", "nearly 300", "founders"):
        for hit in real.search(typed, limit=30).hits:
            assert hit.marks and all(0 <= a < b <= len(hit.matched) for a, b in hit.marks)
    (hit, *_) = real.search("nearly 300", ["passage"]).hits
    assert [hit.matched[a:b] for a, b in hit.marks] == ["nearly 300"]
    (alias, *_) = real.search("macao", ["entity"]).hits
    assert (alias.matched, alias.text, alias.type) == (
        "Macao",
        "Macau (special administrative region)",
        "special administrative region",
    )
    assert alias.reason == "the alias 'Macao', by the claim guangdong-article.macao-name"


def test_what_a_misspelt_word_is_taken_for_is_said(real: KnowledgeGraph) -> None:
    assert real.search("blokchain alliance").remarks == ("'blokchain' is not found, and is taken for 'blockchain'",)
    assert real.search("blockchain alliance").remarks == real.search("guangzho").remarks == ()


def test_passages_that_overlap_are_one_hit(real: KnowledgeGraph) -> None:
    places = [hit.id.rpartition(".") for hit in real.search("blockchain", ["passage"], limit=200).hits]
    spans = sorted((source, *map(int, span.split("-"))) for source, _, span in places)
    assert len(spans) > 20
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))


def test_entities_of_a_class_alone(real: KnowledgeGraph) -> None:
    found = real.search("blockchain", ["entity"], 50, of="gbkg:Organization").hits
    assert {"id:gba-blockchain-alliance"} <= {hit.id for hit in found} and "id:blockchain" not in {h.id for h in found}


def test_words_are_compared_without_case_accents_and_blanks_between_characters() -> None:
    assert [word for word, _, _ in tokens("Café ＡＩ 广州x_1")] == ["cafe", "ai", "广", "州", "x_1"]
    text = "The Strassé of Guangzhou"
    assert [text[a:b] for _, a, b in tokens(text)] == ["The", "Strassé", "of", "Guangzhou"]


def test_an_index_finds_by_beginnings_numbers_and_misspellings() -> None:
    index = WordIndex(["Tea houses", "A company of tea", "Harbours", "the one"])

    def found(words: str) -> list[str]:
        return [index.texts[one.number] for one in index.find(index.asked(words), 10, 0.5)]

    assert found("comp") == ["A company of tea"] and found("companies") == ["A company of tea"]
    assert found("harbour") == ["Harbours"] == found("harbuors")
    assert found("the tea")[0] in ("Tea houses", "A company of tea") and "the one" not in found("the tea")
    assert found("the") == ["the one"]
    assert index.asked("harbuors")[0].misspelt == "harbours" and index.asked("harb")[0].misspelt == ""
