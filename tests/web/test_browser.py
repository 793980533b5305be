"""Every page in a real browser: light, dark and narrow, by keyboard, without scripts, and for those who cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gbkg.web.site import routes
from web.conftest import unsound

PAGES = {
    "/": "/",
    "/about": "/about",
    "/api": "/api",
    "/claim/{key}.html": "/claim/guangzhou-report.alliance-founder-macau.html",
    "/coverage": "/coverage",
    "/disputes": "/disputes",
    "/disputes/{name}": "/disputes/inconsistency-two-exchange-rates",
    "/explore": "/explore?entity=id:antmi-blockchain-maker-space",
    "/gaps": "/gaps",
    "/id/{slug}.html": "/id/guangzhou-annual-spending.html",
    "/ontology.html": "/ontology.html",
    "/profiles/parks": "/profiles/parks",
    "/profiles/policies": "/profiles/policies",
    "/questions": "/questions",
    "/questions/{name}": "/questions/growth",
    "/search": "/search?q=antmi",
    "/source/{slug}.html": "/source/guangdong-article.html",
    "/sources": "/sources",
    "/sparql": "/sparql",
    "/timeline": "/timeline",
    "/why": "/why?s=gba-blockchain-alliance&p=founded+by&o=University+of+Macau",
}
"""Route of a page to an address that shows it."""
BESIDE = (
    *("/search", "/search?q=xyzzy", "/search?of=gbkg:City", "/source/guangdong-article?span=135-261"),
    "/id/guangzhou-blockchain-international-innovation-center.html",
    "/claim/guangzhou-report.gbiic-building-area.html",
    "/disputes/inconsistency-rd-share-of-gdp",
    "/why?s=huangpu-district&p=part+of&o=china",
    *("/questions/alliance-founders?founder=University+of+Macau", "/questions/bounds?precision=gbkg:nearly"),
    *("/questions/sites-by-district?district=Huangpu", "/questions/joint-ventures?partner=University+of+Macau"),
    "/questions/company-counts?plain=1",
)
"""Pages of these routes that have other parts: without an answer, with a chart, a span, a form that is filled in."""
PROGRAMS = (
    *("/api/", "/reconcile", "/health", "/suggest", "/.well-known/", "/dataset"),
    *("/explore/", "/questions/{name}/", "/sparql/"),
)
"""What the addresses begin with that give no pages, but for those of Linked Data, which lead to pages."""


def test_every_route_is_shown_here_or_gives_no_page() -> None:
    pages = {
        route.path
        for route in routes()
        if not route.path.startswith(PROGRAMS) and route.view.__module__ != "gbkg.web.views.linked"
    }
    assert pages == set(PAGES)


@pytest.fixture(scope="module")
def bare(browser: Any, served: str) -> Iterator[Any]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(base_url=served, java_script_enabled=False)
    yield context.new_page()
    context.close()


def by_keyboard(page: Any) -> None:
    """The first key leads past the head of a page, and what the next keys reach shows that it is reached."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const one = document.activeElement.closest('.CodeMirror') ?? document.activeElement;
            const style = getComputedStyle(one);
            return one === document.body || one.getClientRects().length > 0
              && (style.outlineStyle !== 'none' || style.boxShadow !== 'none'); }"""
        )
        assert shown, page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("address", [*PAGES.values(), *BESIDE])
def test_a_page_is_sound(page: Any, address: str) -> None:
    """It can be used by keyboard; one heading is at the top and no level left out; axe finds no fault, light
    and dark, on a screen and on a phone, with every other part opened; nothing is wider than a phone. The fixture adds
    that no other host is asked and nothing is said on the console."""
    assert page.goto(address).status == 200
    if address in PAGES.values():
        by_keyboard(page)
    levels = page.eval_on_selector_all("h1,h2,h3,h4", "found => found.map(one => +one.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels)), levels
    page.evaluate("document.querySelectorAll('details').forEach((one, n) => { one.open = n < 12 && n % 2 === 0 })")
    for width, scheme in product((1280, 320), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert unsound(page) == [], (width, scheme)
    for width in (320, 640):  # a phone, and 1280 at 200 % zoom
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('main').scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES.values())
def test_a_page_says_all_without_scripts(bare: Any, address: str) -> None:
    assert bare.goto(address).status == 200
    assert bare.locator("main h1").inner_text()
    assert len(bare.locator("main").inner_text()) > 200


def test_somebody_who_knows_neither_sparql_nor_the_command_line(page: Any, tmp_path: Path) -> None:
    """Finds Antmi, sees the sentence behind a cell without leaving the page, opens the document at it, asks a saved
    question by a form, follows the network by clicking, and takes table, picture and citation along."""
    page.goto("/")
    page.get_by_role("combobox", name="Search").first.fill("antmi")
    page.get_by_role("option", name="Guangzhou Antmi Blockchain Maker Space").first.click()
    page.wait_for_url("**/id/antmi-blockchain-maker-space*")
    relation = page.get_by_role("listitem").filter(has_text="Guangzhou Antmi Incubator Co., Ltd.").first
    relation.locator("details.evidence > summary").first.click()
    quotation = relation.locator("details.evidence[open] .quotation").first
    words = quotation.inner_text().strip("“”")
    assert "Antmi" in words and page.url.rstrip("#").endswith("antmi-blockchain-maker-space.html")
    copied = relation.locator("details.evidence[open]").first.inner_text()
    assert "Zhao Jing" in copied and "Research Report" in copied
    relation.locator("details.evidence[open] a[href^='/source/']").first.click()
    page.wait_for_url("**/source/guangzhou-report*")
    assert words[:40] in "".join(page.locator("main .chosen").all_inner_texts())

    page.goto("/questions")
    page.get_by_role("link", name="Founders of an alliance", exact=True).click()
    page.get_by_label("founder", exact=True).fill("University of Macau")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**founder=*")
    rows = page.locator("table tbody tr")
    assert rows.count() == 1 and "University of Macau" in rows.first.inner_text()
    with page.expect_download() as started:
        page.get_by_role("link", name="Excel").click()
    started.value.save_as(tmp_path / "founders.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "founders.xlsx").worksheets[0]
    assert "University of Macau" in [cell.value for row in sheet.iter_rows() for cell in row]

    page.goto("/explore")
    page.locator("#canvas canvas").first.wait_for()
    with page.expect_download() as started:
        page.get_by_role("button", name="PNG").click()
    started.value.save_as(tmp_path / "network.png")
    picture = (tmp_path / "network.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000
