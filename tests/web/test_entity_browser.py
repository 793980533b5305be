"""Pages of entities, claims and curation in a real browser: by keyboard, without a script, on a phone, on paper."""

from __future__ import annotations

from typing import Any

ALLIANCE = "/id/gba-blockchain-alliance.html"


def test_evidence_opens_by_keyboard_and_leads_into_the_document(page: Any) -> None:
    page.goto(ALLIANCE)
    summary = page.locator("#relations ~ .kinds details.evidence > summary").first
    summary.focus()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    opened = page.locator("#relations ~ .kinds details.evidence[open] blockquote").first
    opened.wait_for(state="visible")
    page.keyboard.press("Tab")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    assert target.startswith("/source/guangzhou-report.html?span=")
    page.keyboard.press("Enter")
    page.wait_for_url("**/source/guangzhou-report.html?span=*")


def test_a_citation_is_copied_and_that_is_said(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ALLIANCE)
    page.locator("details.evidence > summary").first.click()
    page.locator("details.evidence[open] a[data-copy]").first.click()
    page.locator("[role=status]", has_text="copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Zhao Jing, “Research Report") and "characters" in copied
    assert page.url.endswith(ALLIANCE)


def test_without_a_script_everything_opens_and_a_citation_can_be_selected(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(ALLIANCE)
    page.locator("details.evidence > summary").first.click()
    assert page.locator("details.evidence[open] blockquote").first.is_visible()
    page.locator("details.evidence[open] a[data-copy]").nth(1).click()
    page.locator("body", has_text="@misc{").wait_for()
    assert page.locator("body").inner_text().startswith("@misc{")
    context.close()


def test_on_paper_sentences_stand_once_at_the_end(page: Any) -> None:
    page.goto(ALLIANCE)
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert page.locator(".passages q").first.is_visible()
    assert not page.locator("details.evidence blockquote").first.is_visible()
    assert page.locator("details.evidence > summary").first.is_visible()
