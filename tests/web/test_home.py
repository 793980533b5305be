"""The front page: one search box, what is here, good questions, the network, and how to read the evidence."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from gbkg.core.terms import term
from gbkg.web.site import Site
from gbkg.web.views import home
from web.conftest import Ask


def test_what_is_here_is_counted_and_leads_on(ask: Ask, site: Site) -> None:
    page = ask("/").body.decode()
    counts = dict(re.findall(r'<a href="([^"]+)"><strong>([\d,]+)</strong>', page))
    assert counts["/sources"] == "2" and counts["#kinds"] == str(len(site.kg._search._entity_names.nodes))
    claims = sum(1 for _ in site.kg.store.quads(None, term("gbkg:status"), None, term("graph:claims")))
    assert counts["/questions/claims-per-source"] == str(claims)
    gaps = sum(one.kind == "gap" for one in site.kg.disputes().near)
    assert counts["/gaps"] == str(gaps) > "0"
    assert "The blockchain economy of Guangzhou" in page and 'data-suggest="entity query"' in page


def test_kinds_of_entities_lead_to_all_of_the_kind(ask: Ask, site: Site) -> None:
    kinds = re.findall(r'<a href="(/search\?of=[^"]+)">([^<]+) <span>(\d+)</span>', ask("/").body.decode())
    assert len(kinds) == len(site.kg.schema().classes)
    for address, _, count in kinds[:6]:
        found = json.loads(ask(f"{html.unescape(address)}&format=json").body)
        assert found["counts"]["entity"] >= int(count) > 0
    cities = ask("/search?of=gbkg%3ACity").body.decode()
    assert "Entities of the kind city" in cities and "Guangzhou" in cities and "id/tianhe-district" not in cities


def test_the_questions_have_answers(ask: Ask, site: Site) -> None:
    page = ask("/").body.decode()
    names = re.findall(r'<h3><a href="/questions/([^"]+)">', page)
    assert len(names) == home.QUESTIONS and set(names) <= set(home.GOOD)
    for name, rows in zip(names, re.findall(r"(\d+) rows?, each with its sentences", page), strict=True):
        assert len(site.kg.ask_saved(name).rows) == int(rows) > 0  # type: ignore[union-attr]


def test_every_good_question_is_a_saved_query(site: Site) -> None:
    assert set(home.GOOD) <= set(site.kg.queries)


def test_the_network_leads_to_its_nodes_and_an_example_to_its_sentence(ask: Ask) -> None:
    page = ask("/").body.decode()
    picture = page.partition('<svg class="picture"')[2].partition("</svg>")[0]
    assert "/id/gba-blockchain-alliance" in picture and "/id/university-of-macau" in picture
    assert 'style="' not in page and "<style" not in page
    example = page.partition('id="reading"')[2]
    assert 'class="evidence"' in example and "<blockquote" in example and "/source/" in example


def test_a_project_with_other_questions_shows_its_own(ask_small: Ask) -> None:
    page = ask_small("/").body.decode()
    assert "/questions/founders" in page and 'href="/source/gazette.html"' in page


@pytest.mark.parametrize(("wide", "scheme"), [(320, "dark"), (1300, "light")])
def test_it_fits_every_screen_and_searches_without_scripts(browser: Any, served: str, wide: int, scheme: str) -> None:
    context = browser.new_context(
        base_url=served, viewport={"width": wide, "height": 800}, color_scheme=scheme, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/")
    assert page.locator("body").bounding_box()["width"] <= wide
    boxes = [box for box in page.get_by_role("searchbox").all() if box.is_visible()]
    assert len(boxes) == 1
    boxes[0].fill("antmi")
    boxes[0].press("Enter")
    page.get_by_role("heading", name="Guangzhou Antmi Blockchain Maker Space").first.wait_for()
    context.close()


def test_the_front_page_comes_at_once(client: Any) -> None:
    assert client.get("/", headers={"Accept": "text/html"}).elapsed.total_seconds() < 0.5


def test_one_types_a_name_finds_it_and_opens_the_document_by_keyboard_alone(page: Any) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Search by a name or some words").focus()
    page.keyboard.type("nearly 300")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=nearly*")
    link = page.get_by_role("link", name="characters").first
    for _ in range(60):
        if link.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/source/guangzhou-report.html?span=12067-12180#12067-12180")
    chosen = page.locator(".seg.chosen").all_inner_texts()
    assert "nearly 300 blockchain companies" in " ".join("".join(chosen).split())
    assert page.locator(".seg.chosen").first.is_visible()
