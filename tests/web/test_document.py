"""The pages of the documents: every character in its place, every sentence with what stands behind it."""

from __future__ import annotations

import contextlib
import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI

from gbkg.core.records import REASONS
from gbkg.web.messages import BadRequest, Request
from gbkg.web.site import Site
from gbkg.web.views import document as view
from gbkg.web.views.document import DocumentLayout, span
from web.conftest import Ask, Serving

SEGMENT = re.compile(r'<span class="seg([^"]*)" data-start="(\d+)" data-end="(\d+)">([^<]*)</span>')


def body(text: bytes) -> str:
    """What stands between the heading of the text and its end."""
    return text.decode().split('<div class="text"')[1].split("SHA-256")[0]


def segments(text: bytes) -> dict[tuple[int, int], tuple[str, str]]:
    """Classes and words of each segment by its offsets."""
    found = SEGMENT.findall(body(text))
    return {(int(start), int(end)): (kinds.strip(), html.unescape(words)) for kinds, start, end, words in found}


@pytest.mark.parametrize("name", ["gazette", "almanac"])
def test_the_page_has_every_character_of_the_document_once(small: Site, ask_small: Ask, name: str) -> None:
    assert small.documents
    text = small.documents.texts[name]
    found = segments(ask_small(f"/source/{name}.html").body)
    assert all(words == text[start:end] for (start, end), (_, words) in found.items())
    shown = sorted(at for start, end in found for at in range(start, end))
    assert len(shown) == len(set(shown))
    assert re.sub(r"\s", "", "".join(text[at] for at in shown)) == re.sub(r"\s", "", text)


def test_each_sentence_says_what_stands_behind_it(ask_small: Ask) -> None:
    page = body(ask_small("/source/gazette.html").body)
    houses = page.index("As of October 2018")
    assert '<a href="/claim/gazette.tea-houses">tea houses: 1,240 companies; 2018-10</a>' in page[houses:]
    assert re.search(r'data-share="aside">.*?Nothing warms a foggy morning.*?opinion</abbr>', page, re.S)
    assert "<h3>" in page and re.search(r"<h3>[^§]*?II\. The people", page)


def test_misprints_and_contradictions_are_marked_where_they_are_printed(ask_small: Ask) -> None:
    found = segments(ask_small("/source/gazette.html").body)
    by_words = {words: kinds for kinds, words in found.values()}
    assert "is-correction" in by_words["6,1307.3 square metres"]
    assert all("is-inconsistency" in by_words[number] for number in ("1,240", "310", "940"))
    page = ask_small("/source/gazette.html").body.decode()
    assert 'href="/disputes/correction-yard-floor-area"' in page and "means “61,307.3 square metres”" in page


def test_any_span_can_be_asked_for_and_has_an_anchor(ask_small: Ask) -> None:
    response = ask_small("/source/gazette.html?span=190-212")
    page, found = response.body.decode(), segments(response.body)
    chosen = sorted(place for place, (kinds, _) in found.items() if "chosen" in kinds)
    assert (chosen[0][0], chosen[-1][1]) == (190, 212) and 'id="190-212"' in page
    assert "Characters 190–212 are marked" in page
    assert all(page.count(f'id="{one}"') == 1 for one in re.findall(r'id="([^"]+)"', page))
    for wrong in ("x", "5", "9-9", "9-8", "0-99999", "-1-5", "0x1-5"):
        refused = ask_small(f"/source/gazette.html?span={wrong}")
        assert refused.status == 400 and "start-end" in refused.body.decode()
    assert ask_small("/source/gazette.html?span=").status == 200
    with pytest.raises(BadRequest):
        span("1-2-3", 10)


def test_without_the_text_its_quotations_stand_with_honest_gaps(ask: Ask, site: Site) -> None:
    page = ask("/source/guangzhou-report.html").body.decode()
    document = site.kg.document("guangzhou-report").document
    assert f"{document.absent:,} of {document.source.length:,} characters are not here" in page
    gaps = [part.end - part.start for part in document.parts if part.text is None]
    assert page.count("not in this repository") == len(gaps) and f"[{max(gaps)} characters that are not" in page
    (gap, *_) = (part for part in document.parts if part.text is None and part.end - part.start > 5)
    lost = ask(f"/source/guangzhou-report.html?span={gap.start + 1}-{gap.end - 1}").body.decode()
    assert "here they would stand" in lost and f'id="{gap.start + 1}-{gap.end - 1}"' in lost


def test_the_list_and_the_json_of_the_documents(ask_small: Ask, ask: Ask) -> None:
    page = ask_small("/sources").body.decode()
    assert 'href="/source/gazette"' in page and "at hand: shown whole" in page
    assert "not at hand" in ask("/sources").body.decode()
    made = json.loads(ask_small("/source/gazette.html?format=json").body)
    assert made["kind"] == "document" and made["whole"] is True
    assert [one["id"] for one in json.loads(ask_small("/sources?format=json").body)["sources"]] == [
        "almanac",
        "gazette",
    ]


def test_a_name_that_is_not_quite_right_leads_to_the_document(ask: Ask) -> None:
    assert ask("/source/report.html").body == ask("/source/guangzhou-report.html").body
    assert ask("/source/nothing.html").status == 404


def test_what_a_document_says_is_text_and_nothing_else(small: Site) -> None:
    document = small.kg.document("gazette", small.documents).document
    evil = "<script>alert(1)</script>\u202eab"
    parts = (replace(document.parts[0], text=evil, end=len(evil)),)
    layout = DocumentLayout(replace(document, parts=parts, marks=(), claims=(), headings=()))
    values = {"layout": layout, "page": document, "cited": evil, "shares": {}, "meanings": view.SHARES}
    more = {"reasons": REASONS, "set_aside": [], "signs": view.SIGNS, "absent": str}
    made = small.page(Request(path="/source/gazette"), "source.html", **values, **more).body.decode()
    assert "<script>alert" not in made and "\u202e" not in made and "\\u202e" in made


@pytest.fixture(scope="module")
def mini_served(mini_build: Path) -> Any:
    with contextlib.chdir(MINI):
        serving = Serving("--graph", mini_build / "gbkg.nq", "--sources", MINI / "documents")
    yield serving.base
    assert serving.stop() == (0, "")


@pytest.fixture
def reader(browser: Any, mini_served: str) -> Any:
    context = browser.new_context(base_url=mini_served, viewport={"width": 1300, "height": 700})
    made = context.new_page()
    faults: list[str] = []
    made.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    made.on("pageerror", lambda e: faults.append(str(e)))
    yield made
    context.close()
    assert faults == []


def test_an_address_with_a_span_shows_it_in_the_browser(reader: Any) -> None:
    reader.goto("/source/gazette#1103-1107")
    highlighted = "[...CSS.highlights.get('span')].map(String).join('')"
    assert reader.evaluate(highlighted) == "Yard"
    assert reader.evaluate("scrollY") > 0
    reader.goto("/source/almanac?span=25-30#25-30")
    assert reader.evaluate("[...document.querySelectorAll('.seg.chosen')].map(e => e.textContent).join('')")


def test_words_that_are_selected_get_an_address_and_a_citation(reader: Any, small: Site) -> None:
    assert small.documents
    text = small.documents.texts["gazette"]
    start = text.index("1,240 tea houses")
    reader.goto("/source/gazette")
    reader.evaluate(
        """start => {
        const at = n => [...document.querySelectorAll('.text .seg')]
            .find(e => Number(e.dataset.start) <= n && n < Number(e.dataset.end));
        const [first, last] = [at(start), at(start + 15)];
        const range = new Range();
        range.setStart(first.firstChild, start - Number(first.dataset.start));
        range.setEnd(last.firstChild, start + 16 - Number(last.dataset.start));
        const chosen = getSelection(); chosen.removeAllRanges(); chosen.addRange(range); }""",
        start,
    )
    reader.wait_for_selector(".picked:not([hidden])")
    link = reader.get_attribute(".picked .here", "href")
    assert link == f"/source/gazette?span={start}-{start + 16}#{start}-{start + 16}"
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.click(".picked .copy")
    reader.wait_for_selector(".picked [role=status]:not(:empty)")
    copied = reader.evaluate("navigator.clipboard.readText()")
    assert (
        copied.endswith(f": “1,240 tea houses”, characters {start}–{start + 16}.") and "The leaf comes home" in copied
    )


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("wide", [1300, 320])
def test_claims_stand_in_the_margin_or_below_the_sentence(
    browser: Any, mini_served: str, wide: int, script: bool
) -> None:
    context = browser.new_context(
        base_url=mini_served, viewport={"width": wide, "height": 800}, java_script_enabled=script
    )
    page = context.new_page()
    page.goto("/source/gazette")
    claim = page.locator(".said li", has_text="1,240").first
    sentence = page.locator(".sentence", has_text="As of October 2018").first.bounding_box()
    if wide == 320:
        assert not claim.is_visible()
        claim.locator("xpath=ancestor::details/summary").click()
        sentence = page.locator(".sentence", has_text="As of October 2018").first.bounding_box()
        assert claim.bounding_box()["y"] > sentence["y"]
    assert claim.is_visible()
    if wide > 320:
        assert claim.bounding_box()["x"] > sentence["x"] + sentence["width"]
    context.close()
