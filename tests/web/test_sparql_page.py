"""The SPARQL page: a form and tables without script, an editor with the graph's own terms in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from gbkg.web import vendor
from gbkg.web.messages import Response
from gbkg.web.site import Site
from web.conftest import COLOURS, unsound

NEEDS_EDITOR = pytest.mark.skipif(not vendor.available("editor"), reason="needs yasgui: python hatch_build.py")
FOUNDERS = "SELECT ?founder { id:gba-blockchain-alliance gbkg:foundedBy ?founder } ORDER BY ?founder"
Ask = Callable[..., Response]


def text(response: Response, status: int = 200) -> str:
    assert response.status == status, response.body.decode()
    return response.body.decode()


def test_the_editor_gets_every_term_that_occurs_with_its_name(ask: Ask, site: Site) -> None:
    found = {one["id"]: one for one in json.loads(ask("/sparql/terms").body)["terms"]}
    schema = site.kg.schema()
    every = {one.id for terms in (schema.classes, schema.properties, schema.indicators) for one in terms}
    assert every <= set(found)
    assert found["gbkg:foundedBy"]["label"] == "founded by"
    assert found["id:university-of-macau"]["kind"] == "entity"


def test_a_saved_query_can_be_taken_into_the_field(ask: Ask, site: Site) -> None:
    saved = site.kg.queries["alliance-founders"].text
    assert ask("/sparql/saved?name=alliance-founders").body.decode() == saved
    page = text(ask("/sparql?saved=alliance-founders"))
    assert "#+ summary" in page.partition("<textarea")[2].partition("</textarea>")[0]
    assert '<option value="alliance-founders" selected>' in page
    assert ask("/sparql/saved?name=nothing-of-that-name").status == 404


def test_an_answer_leads_to_pages_here_and_to_its_proof(ask: Ask) -> None:
    asked = f"/sparql?query={quote(FOUNDERS)}"
    table, proof = text(ask(asked)), text(ask(f"{asked}&cite=1"))
    assert '<a href="/id/university-of-macau.html">University of Macau</a>' in table
    assert "<blockquote" not in table
    assert "and the University of Macau”" in proof
    assert re.findall(r'data-tab="(\w+)" aria-current="true"', table + proof) == ["table", "proof"]
    assert re.findall(r'download="answer.(\w+)"', table) == ["json", "xml", "csv", "tsv"]
    assert re.findall(r'download="answer.(\w+)"', text(ask("/sparql?query=ASK{}"))) == ["json", "xml"]


def test_what_is_wrong_is_said_with_its_line(ask: Ask) -> None:
    page = text(ask(f"/sparql?query={quote('SELECT * {' + chr(10) + '?s ?p }')}"), 400)
    assert 'role="alert" data-line="2"' in page


def test_without_the_editor_the_page_has_a_field(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "available", lambda _: False)
    page = text(ask("/sparql"))
    assert "yasgui" not in page
    assert "plain field" in page


# ---- In a browser


def opened(page: Any, address: str = "/sparql") -> None:
    with page.expect_response("**/sparql/terms"):
        page.goto(address)
    page.locator(".CodeMirror").wait_for()
    page.wait_for_timeout(100)


@NEEDS_EDITOR
def test_the_editor_completes_terms_and_the_answer_comes_in_place(page: Any) -> None:
    opened(page)
    page.get_by_text("Query", exact=True).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?x { ?x a univ")
    page.locator(".CodeMirror-hint", has_text="gbkg:University").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type(" }")
    page.keyboard.press("Control+Enter")
    page.locator("#result").get_by_role("link", name="University of Macau").wait_for()
    assert "gbkg%3AUniversity" in page.url
    page.get_by_role("link", name="Proof").click()
    page.locator('#result a[data-tab="proof"][aria-current]').wait_for()
    assert "cite=1" in page.url
    page.go_back()
    page.locator('#result a[data-tab="table"][aria-current]').wait_for()


@NEEDS_EDITOR
def test_a_proof_opens_the_sentences_of_its_row(page: Any) -> None:
    opened(page, f"/sparql?query={quote(FOUNDERS)}&cite=1")
    page.locator("#result tbody tr", has_text="University of Macau").locator("summary").first.click()
    page.locator("#result blockquote", has_text="and the University of Macau").first.wait_for()


@NEEDS_EDITOR
def test_a_saved_query_runs_from_the_list(page: Any) -> None:
    opened(page)
    page.get_by_label("Begin with a saved query").select_option("alliance-founders")
    page.get_by_role("button", name="Take it").click()
    page.locator("#result").get_by_role("link", name="Hong Kong Blockchain Industry Association").first.wait_for()


@NEEDS_EDITOR
def test_the_line_that_is_wrong_is_marked(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served)  # an answer of 400 is a message on the console of any browser
    page = context.new_page()
    opened(page, f"/sparql?query={quote('SELECT * {' + chr(10) + '?s ?p }')}")
    page.locator(".CodeMirror .wrong").wait_for()
    assert page.locator("#result").inner_text().startswith("This cannot be answered")
    context.close()


@NEEDS_EDITOR
def test_it_is_accessible_and_fits_a_phone(page: Any) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    opened(page, f"/sparql?query={quote(FOUNDERS)}&cite=1")
    assert unsound(page) == []
    page.emulate_media(color_scheme="dark")
    assert unsound(page, *COLOURS) == []
    every = "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, .CodeMirror'))"
    assert page.evaluate(f"{every}.filter(e => e.getBoundingClientRect().right > 321).map(e => e.outerHTML)") == []


@NEEDS_EDITOR
def test_the_keyboard_leaves_the_editor(page: Any) -> None:
    opened(page)
    page.locator(".CodeMirror textarea").focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Ask"


def test_without_javascript_the_form_answers(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_role("textbox", name="Query").fill(FOUNDERS)
    page.get_by_label("with the sentences").check()
    page.get_by_role("button", name="Ask").click()
    page.locator("#result tbody tr").first.wait_for()
    assert page.locator("#result tbody tr").count() == 3
    context.close()
