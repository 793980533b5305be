"""The page of a search, and the suggestions under the fields."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from web.conftest import Ask


def test_hits_stand_in_groups_with_their_words_marked(ask: Ask) -> None:
    page = ask("/search?q=antmi").body.decode()
    entities, passages = page.index("of-entity"), page.index("of-passage")
    first = page.index("Guangzhou Antmi Blockchain Maker Space</a>")
    assert entities < first < page.index("<mark>Antmi</mark> Fund") < passages
    assert "Also called “<mark>Antmi</mark> Makerspace”" in page
    assert re.search(r'/source/guangzhou-report\.html\?span=(\d+-\d+)#\1">characters', page)
    assert re.search(r'aria-current="page">All <span>\d+</span>', page)


def test_one_kind_is_shown_page_by_page(ask: Ask) -> None:
    first, second = (ask(f"/search?q=blockchain&kind=passage{more}").body.decode() for more in ("", "&page=2"))
    quoted = [set(re.findall(r"span=(\d+-\d+)#", page)) for page in (first, second)]
    assert len(quoted[0]) == len(quoted[1]) == 25 and not quoted[0] & quoted[1]
    assert 'rel="next"' in first and 'rel="prev"' not in first and "Page 2 of" in second
    assert "of-entity" not in first
    assert ask("/search?q=tea&kind=page").status == ask("/search?q=tea&page=0").status == 400
    assert ask(f"/search?q={'a' * 401}").status == 400


def test_a_page_without_hits_says_what_to_do(ask: Ask) -> None:
    for address in ("/search?q=xyzzy", "/search?q=%E9%BB%84%E5%9F%94", "/search", "/search?q="):
        response = ask(address)
        page = response.body.decode()
        assert response.status == 200 and 'href="/questions"' in page and "<mark>" not in page
    assert "in another script" in ask("/search?q=%E9%BB%84%E5%9F%94").body.decode()
    assert "blokchain&#39; is not found, and is taken for" in ask("/search?q=blokchain").body.decode()


def test_what_was_typed_is_text(ask: Ask) -> None:
    page = ask("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE").body.decode()
    assert "<script>alert" not in page and "\u202e" not in page


def test_the_page_as_json(ask: Ask) -> None:
    found = json.loads(ask("/search?q=antmi&format=json").body)
    assert found["kind"] == "search" and found["hits"][0]["id"] == "id:antmi-blockchain-maker-space"


def test_suggestions_say_what_matched_and_where_it_leads(ask: Ask) -> None:
    def suggested(query: str) -> list[dict[str, Any]]:
        return list(json.loads(ask(f"/suggest?{query}").body)["suggestions"])

    (fund, *_) = suggested("q=antmi+fu")
    assert (fund["text"], fund["kind"], fund["href"]) == ("Antmi Fund", "fund", "/id/antmi-fund.html")
    assert fund["marks"] == [[0, 10]] and fund["value"] == "Antmi Fund"
    assert suggested("q=macao&limit=1")[0]["why"] == "the alias 'Macao', by the claim guangdong-article.macao-name"
    assert suggested("q=founders&kind=entity+query")[0]["href"] == "/questions/alliance-founders"
    assert {one["kind"] for one in suggested("q=guang&kind=gbkg:City&limit=50")} >= {"city", "municipality"}
    assert suggested("q=research&kind=gbkg:Indicator")[0]["id"].startswith("gbkg:")
    assert suggested("q=report&kind=source")[0]["id"] == "guangzhou-report"
    assert suggested("q=") == [] and len(suggested("q=blockchain&limit=3")) == 3
    assert ask("/suggest?q=a&kind=nothing").status == 400


def test_every_value_that_is_suggested_means_the_entity(ask: Ask, site: Any) -> None:
    for words in ("antmi", "guang", "blockchain", "hong kong"):
        for one in json.loads(ask(f"/suggest?q={words}&limit=30").body)["suggestions"]:
            assert site.kg.entity(one["value"]).endswith(one["id"].removeprefix("id:"))


def test_suggestions_come_within_fifty_milliseconds(ask: Ask) -> None:
    ask("/suggest?q=a")
    for words in ("g", "gu", "guangzho", "blokchain alliance", "antmi"):
        times = []
        for _ in range(5):
            start = time.process_time()
            ask(f"/suggest?q={words}")
            times.append(time.process_time() - start)
        assert min(times) < 0.05


def test_suggestions_by_keyboard_and_by_pointer(page: Any) -> None:
    page.goto("/search")
    box = page.get_by_role("combobox", name="Search entities, passages and questions")
    box.press_sequentially("antm")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    chosen = page.locator("[aria-selected=true]")
    assert chosen.get_attribute("id") == box.get_attribute("aria-activedescendant")
    assert chosen.inner_text().startswith("Guangzhou Antmi Blockchain Maker Space")
    box.press("ArrowDown")
    assert page.locator("[aria-selected=true] mark").inner_text() == "Antmi"
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false" and not options.first.is_visible()
    assert box.input_value() == "antm"
    box.press("Enter")
    page.wait_for_url("**/search?q=antm")


@pytest.mark.parametrize(("wide", "scheme"), [(320, "dark"), (1300, "light")])
def test_the_page_fits_and_works_without_scripts(browser: Any, served: str, wide: int, scheme: str) -> None:
    context = browser.new_context(
        base_url=served, viewport={"width": wide, "height": 800}, color_scheme=scheme, java_script_enabled=False
    )
    made = context.new_page()
    made.goto("/search?q=antmi")
    assert made.locator("main").bounding_box()["width"] <= wide
    made.get_by_role("link", name="Passages").first.click()
    made.wait_for_url("**kind=passage**")
    assert made.locator("mark").count() > 3
    context.close()
