"""A document with what stands behind each sentence: whole with its text at hand, else with honest gaps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MINI

from gbkg.core.errors import NotFoundError, SourceError
from gbkg.core.records import Source
from gbkg.documents.sources import Library, collect
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.fixture(scope="module")
def library(kg: KnowledgeGraph) -> Library:
    found = [Source(one.id, one.title, one.sha256, one.length, one.language) for one in kg.sources().sources]
    return collect(MINI / "documents", {source.slug: source for source in found})


@pytest.mark.parametrize("name", ["gazette", "almanac"])
@pytest.mark.parametrize("whole", [True, False])
def test_the_parts_are_the_document_without_a_hole(
    kg: KnowledgeGraph, library: Library, name: str, whole: bool
) -> None:
    page, text = kg.document(name, library if whole else None).document, library.texts[name]
    assert page.whole is whole and (page.parts[0].start, page.parts[-1].end) == (0, len(text))
    assert all(one.end == other.start for one, other in zip(page.parts, page.parts[1:], strict=False))
    assert all(part.text in (None, text[part.start : part.end]) for part in page.parts)
    gaps = [part for part in page.parts if part.text is None]
    assert page.absent == sum(part.end - part.start for part in gaps)
    assert bool(gaps) is not whole


def test_what_stands_behind_a_sentence_is_the_same_as_the_build_counts(kg: KnowledgeGraph, library: Library) -> None:
    page = kg.document("gazette", library).document
    shares = [part.share for part in page.parts if part.share]
    counted = kg.coverage().sources["gazette"]
    assert page.coverage and page.coverage.sentences == len(shares) == counted["sentences"]
    assert shares.count("claimed") == counted["claimed"] and shares.count("missing") == 0
    said = {part.text: part for part in page.parts}
    houses = said["As of October 2018, the city had 1,240 tea houses: 310 in the Lantern Quarter and 940 in Reed Bank."]
    assert houses.claims == tuple(
        f"gazette.{one}" for one in ("tea-houses", "quarter-tea-houses", "reed-bank-tea-houses")
    )
    assert said["I. The city"].aside == (("heading", ""),)
    assert said["17"].aside == (("furniture", "Votes of readers."),)


def test_claims_say_what_they_say_and_where(kg: KnowledgeGraph, library: Library) -> None:
    page, text = kg.document("gazette", library).document, library.texts["gazette"]
    (trade,) = (claim for claim in page.claims if claim.key == "gazette.tea-trade")
    assert (trade.subject, trade.about) == ("tea-harbour", "Tea Harbour")
    assert "15.8 million yuan" in trade.words and trade.words.endswith("2018")
    assert "according to Harbour Office" in trade.remarks
    assert any("15.8" in text[start:end] for start, end in trade.passages)
    assert {key for part in page.parts for key in part.claims} == {claim.key for claim in page.claims}


@pytest.mark.parametrize("whole", [True, False])
def test_misprints_and_contradictions_are_marked_where_they_are_printed(
    kg: KnowledgeGraph, library: Library, whole: bool
) -> None:
    page, text = kg.document("gazette", library if whole else None).document, library.texts["gazette"]
    found = {(mark.kind, mark.name, text[mark.start : mark.end]) for mark in page.marks}
    assert found >= {
        ("correction", "cur:correction-yard-floor-area", "6,1307.3 square metres"),
        ("inconsistency", "cur:inconsistency-districts", "1,240"),
        ("inconsistency", "cur:inconsistency-districts", "310"),
        ("inconsistency", "cur:inconsistency-districts", "940"),
        ("comparison", "cur:comparison-tea-houses", "1,240"),
        ("gap", "cur:gap-tea-houses-by-quarter", "Table 1 Tea houses by quarter, 2015–2018"),
    }
    (misprint,) = (mark for mark in page.marks if mark.kind == "correction")
    assert misprint.meant == "61,307.3 square metres"
    other = kg.document("almanac", library).document
    assert {library.texts["almanac"][mark.start : mark.end] for mark in other.marks} >= {"1310", "近3万"}


def test_headings_lead_through_the_document(kg: KnowledgeGraph) -> None:
    titles = [words for _, _, words in kg.document("gazette").document.headings]
    assert titles == ["The leaf comes home: how Tea Harbour found its trade again", "I. The city", "II. The people"]


def test_without_the_text_the_quotations_stand_in_their_order(kg: KnowledgeGraph) -> None:
    page = kg.document("gazette").document
    assert page.coverage is None
    gap = next(part for part in page.parts if part.text is None and part.start == 1388)
    assert (gap.end, gap.aside) == (1400, (("furniture", "Votes of readers."),))
    words = str(kg.document("gazette"))
    assert "[12 characters that are not in this repository]" in words and "[1 character that is not" in words


def test_a_text_of_another_length_is_refused(kg: KnowledgeGraph, library: Library, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Another text.", encoding="utf-8")
    other = replace(library, files={"gazette": tmp_path / "x.txt"}, digests={})
    with pytest.raises(SourceError, match="13 characters, expected 1,403"):
        kg.document("gazette", other)
    with pytest.raises(NotFoundError, match="gazette"):
        kg.document("gazete")


def test_the_shipped_documents_come_whole(sources_dir: Path) -> None:
    graph = open_graph()
    found = [Source(one.id, one.title, one.sha256, one.length, one.language) for one in graph.sources().sources]
    library = collect(sources_dir, {source.slug: source for source in found})
    for source in found:
        page, quoted = (graph.document(source.slug, one).document for one in (library, None))
        assert "".join(part.text or "" for part in page.parts) == library.texts[source.slug]
        assert not [part for part in page.parts if part.share == "missing"]
        read = not [part for part in page.parts if part.share == "unread"]
        assert quoted.marks == page.marks and 0 < quoted.absent < source.length / (10 if read else 1)
