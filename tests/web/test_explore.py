"""The explorer: what its addresses say and show, and the same in a real browser."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from gbkg.network.projection import Selection, edges, network
from gbkg.render.draw.network import RELATIONS
from gbkg.web import exploring, vendor
from gbkg.web.exploring import ExplorerState
from gbkg.web.messages import Response
from gbkg.web.site import Site
from web.conftest import COLOURS, unsound

NEEDS_CANVAS = pytest.mark.skipif(not vendor.available("explorer"), reason="needs cytoscape: python hatch_build.py")
CY = "document.getElementById('canvas')._cyreg.cy"
ALLIANCE = "gba-blockchain-alliance"
Ask = Callable[..., Response]


def data(ask: Ask, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(f"/explore/data{query}").body)
    return found


def text(response: Response) -> str:
    assert response.status == 200, response.body.decode()
    return response.body.decode()


# ---- Addresses


def test_it_begins_with_the_alliance_and_founding_network(ask: Ask, site: Site) -> None:
    found = data(ask)
    chosen = edges(network(site.kg, Selection(relations=RELATIONS)))
    assert len(found["edges"]) == len(chosen)
    assert found["address"] == "/explore"
    assert found["summary"] == f"{len(found['nodes'])} entities, {len(chosen)} relations."


def test_canvas_table_sheet_and_picture_have_the_same_relations(ask: Ask) -> None:
    query = f"?entity={ALLIANCE}&open=patek&inferred=1"
    found = data(ask, query)
    page = text(ask(f"/explore{query}"))
    assert re.findall(r'data-edge="([^"]*)"', page) == [e["id"].replace("&", "&amp;") for e in found["edges"]]
    rows = list(csv.DictReader(io.StringIO(text(ask(f"/explore/data{query}&format=csv")))))
    assert [row["relation"] for row in rows] == [e["relation"] for e in found["edges"]]
    assert {row["known"] for row in rows} == {"stated", "implied", "inferred"}
    picture = ElementTree.fromstring(ask(f"/explore/picture{query}").body)
    tips = [title.text or "" for title in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert len([tip for tip in tips if "→" in tip]) == len(found["edges"])


def test_each_row_opens_the_sentences_behind_it(ask: Ask) -> None:
    page = text(ask("/explore"))
    (row,) = re.findall(
        rf'<tr[^>]*data-edge="s=id:{ALLIANCE}&amp;p=gbkg:foundedBy&amp;o=id:university-of-macau".*?</tr>', page, re.S
    )
    assert "and the University of Macau”" in row
    assert 'href="/source/guangzhou-report' in row


def test_many_relations_have_links_to_their_sentences(ask: Ask) -> None:
    page = text(ask("/explore?relation=all"))
    assert "<blockquote" not in page
    (address,) = re.findall(
        rf'data-evidence="(s=id:{ALLIANCE}&amp;p=gbkg:foundedBy&amp;o=id:university-of-macau)"', page
    )
    assert "jointly created by" in text(ask("/explore/evidence?" + address.replace("&amp;", "&")))


def test_an_inferred_relation_shows_its_rule_and_what_it_follows_from(ask: Ask) -> None:
    edge = next(e for e in data(ask, f"?entity={ALLIANCE}&inferred=1")["edges"] if e["how"] == "inferred")
    shown = text(ask(f"/explore/evidence?{edge['id']}"))
    assert "by the rule" in shown
    assert "<blockquote" in shown


def test_a_way_between_two_joins_them_by_the_shortest_path(ask: Ask, site: Site) -> None:
    found = data(ask, "?entity=University of Macau&to=Patek")
    (way,) = site.kg.path("university-of-macau", "patek").found
    assert found["address"] == "/explore?path=university-of-macau~patek"
    assert {node["id"] for node in found["nodes"]} == {
        "university-of-macau",
        *(h.there.rpartition("/")[2] for h in way),
    }
    along = sum(len(hop.relations) for hop in way)
    assert sum(edge["way"] for edge in found["edges"]) == along


def test_a_way_can_be_shown_within_the_network(ask: Ask) -> None:
    card = text(ask("/explore/card?card=university-of-macau"))
    assert all(f'name="relation" value="{family}"' in card for family in RELATIONS)
    fields = "&".join(f"relation={family}" for family in RELATIONS)
    found = data(ask, f"?{fields}&path_from=university-of-macau&path_to=patek")
    assert {node["id"] for node in data(ask)["nodes"]} <= {node["id"] for node in found["nodes"]}
    assert any(edge["way"] for edge in found["edges"])


def test_an_address_of_a_view_gives_the_same_view_again(ask: Ask) -> None:
    state = ExplorerState(
        entity=("guangzhou",), path=((ALLIANCE, "patek"),), relation=("founding",), open=("macau",), shut=("beijing",),
        hide=("location", "part"), as_of="2019", inferred=True, topics=True, among=True,
    )  # fmt: skip
    address = state.address()
    assert data(ask, address.removeprefix("/explore"))["address"] == address


def test_steps_of_nodes_are_addresses_that_do_what_they_say(ask: Ask) -> None:
    before = data(ask, f"?entity={ALLIANCE}")
    node = next(node for node in before["nodes"] if node["more"] and not node["open"])
    after = data(ask, node["step"].removeprefix("/explore"))
    assert len(after["nodes"]) == len(before["nodes"]) + node["more"]
    again = next(one for one in after["nodes"] if one["id"] == node["id"])
    assert again["open"]
    assert again["step"] == before["address"]


def test_no_more_nodes_are_drawn_than_can_be_seen_and_it_says_so(site: Site) -> None:
    shown = exploring.show(site.kg, ExplorerState(entity=("guangzhou",), among=True), most=7)
    assert len(shown.excerpt.nodes) == 7
    assert shown.excerpt.total > 20
    assert shown.document()["nodes"][0]["id"] == "guangzhou"


def test_looks_agree_with_gbkg_draw(ask: Ask) -> None:
    found = data(ask)
    founded = next(edge for edge in found["edges"] if edge["relation"] == "gbkg:foundedBy")
    assert (founded["colour"], founded["head"]) == ("#0072b2", "triangle")
    alliance = next(node for node in found["nodes"] if node["id"] == ALLIANCE)
    assert (alliance["shape"], alliance["fill"]) == ("double", "#cfe3f1")
    assert " ".join(alliance["lines"]).replace("- ", "-") == alliance["label"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?entity=nobody-at-all", 404, "nobody-at-all"),
        ("?entity=patek&to=patek", 400, "the same entity"),
        ("?path=patek", 400, "a path is two ids"),
        ("?hide=everything", 404, "everything"),
        ("?as_of=soon", 400, "not a date"),
        ("?to=patek", 400, "two ends"),
    ],
)
def test_what_cannot_be_shown_is_said(ask: Ask, query: str, status: int, words: str) -> None:
    for address in (f"/explore{query}", f"/explore/data{query}"):
        response = ask(address)
        assert response.status == status
        assert words in response.body.decode().lower()


def test_without_the_libraries_the_page_has_picture_and_tables(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "available", lambda _: False)
    page = text(ask("/explore"))
    assert "cytoscape.min.js" not in page
    assert "explore.js" not in page
    assert '<img class="drawn" src="/explore/picture"' in page
    assert "could not be fetched" in page
    assert 'id="relations"' in page


# ---- In a browser


def until(page: Any, expression: str) -> None:
    """Waits until an expression is true; the policy of the page forbids Playwright's own way to wait for one."""
    last = time.monotonic() + 60
    while time.monotonic() < last:
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"did not come true: {expression}")


def ready(page: Any, address: str = "/explore") -> None:
    page.goto(address)
    until(page, "location.hash.includes('p=')")


def places(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"Object.fromEntries({CY}.nodes().map(n => [n.id(), n.position()]))")
    return found


def open_in_table(page: Any, name: str) -> None:
    page.locator("tr[data-node]", has_text=name).get_by_role("link", name=re.compile("^Open")).first.press("Enter")
    until(page, "location.search.includes('open=') && location.hash.includes('p=')")


@NEEDS_CANVAS
def test_a_click_on_a_line_shows_its_sentences(page: Any) -> None:
    ready(page)
    edge = f"{CY}.edges().filter(e => e.data('label') === 'founded by' && e.target().id() === 'university-of-macau')"
    at = page.evaluate(f"(() => {{ const m = {edge}[0].renderedMidpoint(); return m }})()")
    box = page.locator("#canvas").bounding_box()
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    page.locator("#panel blockquote").first.wait_for()
    assert "University of Macau" in page.locator("#panel").inner_text()
    assert page.locator("#panel figcaption a").first.get_attribute("href").startswith("/source/guangzhou-report")
    assert page.locator("tr.chosen").count() == 1


@NEEDS_CANVAS
def test_opening_brings_what_was_promised_and_moves_nothing(page: Any) -> None:
    ready(page)
    before = places(page)
    more = page.evaluate(f"{CY}.getElementById('hong-kong').data('more')")
    open_in_table(page, "special administrative region")
    after = places(page)
    assert len(after) == len(before) + more
    assert {name: after[name] for name in before} == before
    page.get_by_role("button", name="Undo").click()
    until(page, f"{CY}.nodes().length === {len(before)}")
    until(page, "!document.getElementById('stage').hasAttribute('aria-busy')")
    assert places(page) == before
    page.get_by_role("button", name="Redo").click()
    until(page, f"{CY}.nodes().length === {len(after)}")
    until(page, "!document.getElementById('stage').hasAttribute('aria-busy')")
    assert places(page) == after


@NEEDS_CANVAS
def test_the_address_brings_the_same_view_again(page: Any, browser: Any, served: str) -> None:
    ready(page, f"/explore?entity={ALLIANCE}")
    page.evaluate(f"{CY}.getElementById('macau').emit('tap')")
    page.locator("#panel h2", has_text="Macau").wait_for()
    until(page, "location.hash.includes('s=macau')")
    context = browser.new_context(base_url=served)
    other = context.new_page()
    other.goto(page.url)
    other.locator("#panel h2", has_text="Macau").wait_for()
    seen = f"[{CY}.zoom(), {CY}.nodes(':selected').map(n => n.id())]"
    assert places(other) == places(page)
    assert other.evaluate(seen)[1] == page.evaluate(seen)[1] == ["macau"]
    assert other.evaluate(seen)[0] == pytest.approx(page.evaluate(seen)[0], rel=0.01)
    context.close()


@NEEDS_CANVAS
def test_two_visits_lay_out_alike(page: Any) -> None:
    ready(page)
    first = places(page)
    page.goto("about:blank")
    ready(page)
    assert places(page) == first


@NEEDS_CANVAS
def test_no_box_lies_over_another(page: Any) -> None:
    for address in ("/explore", "/explore?entity=guangzhou", "/explore?entity=guangzhou&open=guangdong"):
        ready(page, address)
        boxes = page.evaluate(f"{CY}.nodes().map(n => n.boundingBox({{includeLabels: false, includeOverlays: false}}))")
        over = [
            (a, b)
            for i, a in enumerate(boxes)
            for b in boxes[:i]
            if a["x1"] + 24 < b["x2"] and b["x1"] + 24 < a["x2"] and a["y1"] + 24 < b["y2"] and b["y1"] + 24 < a["y2"]
        ]
        assert over == []


@NEEDS_CANVAS
def test_kinds_are_hidden_and_shown_by_links(page: Any) -> None:
    ready(page)
    page.get_by_role("link", name=re.compile("^founding")).click()
    until(page, "location.search.includes('hide=founding')")
    until(page, f"{CY}.edges('[family = \"founding\"]').length === 0")
    assert page.locator("tr[data-edge]", has_text="founded by").count() == 0
    page.get_by_role("link", name=re.compile("^founding")).click()
    until(page, f"{CY}.edges('[family = \"founding\"]').length > 0")


@NEEDS_CANVAS
def test_what_is_asked_for_wrongly_is_said_beside_the_picture(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served)  # an answer of 404 is a message on the console of any browser
    made = context.new_page()
    ready(made)
    count = len(places(made))
    made.get_by_label("Start from").fill("nobody at all")
    made.get_by_role("button", name="Show", exact=True).click()
    made.locator("#panel .doubt").wait_for()
    assert "nobody at all" in made.locator("#panel").inner_text()
    assert len(places(made)) == count
    context.close()


@NEEDS_CANVAS
def test_pictures_and_sheets_can_be_taken_along(page: Any, tmp_path: Path) -> None:
    ready(page, f"/explore?entity={ALLIANCE}")
    kept = {}
    for name in ("PNG", "SVG", "CSV", "JSON"):
        with page.expect_download() as waiting:
            page.locator(".tools").get_by_text(name, exact=True).click()
        waiting.value.save_as(tmp_path / name)
        kept[name] = (tmp_path / name).read_bytes()
    assert kept["PNG"].startswith(b"\x89PNG")
    drawing = ElementTree.fromstring(kept["SVG"])
    words = " ".join(each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert "University of Macau" in words
    assert "founded by" in words
    found = json.loads(kept["JSON"])
    assert len(kept["CSV"].decode().splitlines()) == len(found["edges"]) + 1
    panels = drawing.findall(".//{http://www.w3.org/2000/svg}title")
    assert len(panels) == len(found["edges"]) + len(found["nodes"]) + 1


@NEEDS_CANVAS
def test_what_a_document_says_is_data_in_the_svg(page: Any) -> None:
    ready(page, f"/explore?entity={ALLIANCE}")
    hostile = "<script>alert(1)</script> & \u202e\u0007 ]]>"
    made = page.evaluate(
        """async (words) => {
          const { svg } = await import("/static/explore-svg.js");
          const cy = document.getElementById("canvas")._cyreg.cy;
          cy.nodes()[0].data({ label: words, lines: [words] });
          cy.edges()[0].data({ label: words, words });
          return svg(cy, words, words);
        }""",
        hostile,
    )
    drawing = ElementTree.fromstring(made)
    assert "<script>" not in made
    assert "\u202e" not in made
    shown = hostile.replace("\u202e", "\\u202e").replace("\u0007", "\\u0007")
    assert shown in [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")]


@NEEDS_CANVAS
def test_another_beginning_is_another_picture(page: Any) -> None:
    ready(page)
    page.get_by_label("Start from").fill("Antmi Fund")
    page.get_by_role("button", name="Show", exact=True).click()
    until(page, "location.search === '?entity=antmi-fund' && location.hash.includes('p=')")
    until(page, "!document.getElementById('stage').hasAttribute('aria-busy')")
    joined = places(page)
    ready(page, "/explore")
    ready(page, "/explore?entity=antmi-fund")
    assert places(page) == joined


def test_without_javascript_there_are_picture_links_and_sentences(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    bare = context.new_page()
    bare.goto("/explore")
    assert bare.locator("img.drawn").bounding_box()["height"] > 100
    bare.locator("tr[data-edge] summary").first.click()
    assert bare.locator("tr[data-edge] blockquote").first.is_visible()
    bare.get_by_role("link", name=re.compile("^Open")).first.click()
    bare.wait_for_url("**open=**")
    context.close()


@NEEDS_CANVAS
def test_it_is_accessible(page: Any) -> None:
    ready(page)
    page.locator("tr[data-edge] td.since").first.click()
    page.locator("#panel blockquote").first.wait_for()
    assert unsound(page) == []
    page.emulate_media(color_scheme="dark")
    assert unsound(page, *COLOURS) == []


@NEEDS_CANVAS
def test_it_fits_a_phone_and_moves_at_once_where_motion_is_unwelcome(page: Any) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 700})
    ready(page, f"/explore?entity={ALLIANCE}")
    every = "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll'))"
    wide = f"{every}.filter(e => e.getBoundingClientRect().right > 320)"
    assert page.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 80))") == []
    open_in_table(page, "special administrative region")
    assert not page.evaluate(f"{CY}.animated()")
