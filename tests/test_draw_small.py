"""Small pictures for pages: SVG without styles, bars, and the neighbourhood of an entity."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import MINI, SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.knowledge import KnowledgeGraph
from gbkg.render.draw import painting, small
from gbkg.render.draw.charts import Bar, place_bars
from gbkg.render.draw.scene import HEADS, Box, Head, Line, Panel, Scene, TextBlock
from gbkg.store.memory import Memory

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("square", "round", "pill", "cut", "double", "bar", "diamond")
NUMBERS = st.decimals(-(10**9), 10**9, places=2)


@pytest.fixture(scope="module")
def kg(real_build: Path) -> KnowledgeGraph:
    return KnowledgeGraph(Memory.read(real_build / "gbkg.nq"), Project(SHIPPED))


def parsed(text: str) -> ET.Element:
    """The SVG as a parser of XML reads it; within HTML it needs no namespace."""
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def every_mark() -> Scene:
    panels = [Panel(Box(10, 20 * n, 30, 12), shape, dash=(2.0, 1.0), tip="a <tip>") for n, shape in enumerate(SHAPES)]
    heads = [Head(60, 10 * n, 1 - 2 * (n % 2), form, "#123456") for n, form in enumerate(HEADS)]
    lines = [Line((((0, 0), (5, 5)), ((5, 5), (6, 6), (7, 7), (8, 8))), dash=(1.0, 2.0), tip="x\x1b")]
    lies = (("<b>one</b>", "two\u202e"), 7.5, 1)
    words = [TextBlock(Box(5, 5, 40, 20), *lies, align=side, name="n") for side in ("left", "centre", "right")]
    return Scene("all", "", 100, 200, (*panels, *heads, *lines, *words))


def test_a_picture_for_a_page_has_no_styles_and_shows_text_as_text() -> None:
    text = painting.svg(every_mark(), 'of "all"', lambda name: f"/{name}?a=1&b=2")
    assert "style" not in text and "<script" not in text and "\u202e" not in text and "\x1b" not in text
    root = parsed(text)
    assert root.attrib["aria-label"] == 'of "all"'
    assert {line.text for line in root.iter(f"{SVG}tspan")} == {"<b>one</b>", "two\\u202e"}
    assert {link.attrib["href"] for link in root.iter(f"{SVG}a")} == {"/n?a=1&b=2"}
    assert next(title.text for title in root.iter(f"{SVG}title")) == "a <tip>"


def test_every_shape_and_head_is_drawn() -> None:
    root = parsed(painting.svg(every_mark(), "all"))
    counts = {kind: sum(1 for _ in root.iter(SVG + kind)) for kind in ("rect", "polygon", "path", "circle", "text")}
    # Two of the shapes have a second outline, two have cut corners; a disc and a ring are circles.
    assert counts == {"rect": 7, "polygon": 2 + len(HEADS) - 2, "path": 1, "circle": 2, "text": 3}


@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_bars_are_as_long_as_their_numbers_and_stay_within_the_picture(numbers: list[Decimal]) -> None:
    scene = place_bars(
        [Bar(f"n{at}", number, f"{number:,}", open=at % 2 > 0) for at, number in enumerate(numbers)], "t"
    )
    drawn = [mark.box for mark in scene.marks if isinstance(mark, Panel)]
    longest = max(map(abs, numbers))
    for number, box in zip(numbers, drawn, strict=True):
        assert box.width == pytest.approx(float(abs(number)) / float(longest or 1) * max(one.width for one in drawn))
    for mark in scene.marks:
        if isinstance(mark, Panel | TextBlock):
            assert mark.box.x >= -1e-6 and mark.box.right <= scene.width + 1e-6


def test_a_bar_says_that_its_number_is_in_doubt_or_not_exact() -> None:
    scene = place_bars(
        [Bar("2017", Decimal(2), "2", doubted=True), Bar("2018", Decimal(3), "nearly 3", open=True)], "t"
    )
    assert "2 (?)" in {" ".join(words.lines) for words in scene.words}
    assert [bool(mark.dash) for mark in scene.marks if isinstance(mark, Panel)] == [False, True]


def test_the_neighbourhood_is_that_of_the_statements(kg: KnowledgeGraph) -> None:
    page = kg.show("id:gba-blockchain-alliance").page
    found = small.neighbourhood(kg, page)
    assert found is not None
    scene, left_out = found
    drawn = {mark.name for mark in scene.marks if isinstance(mark, Panel) and mark.name}
    related = {one.other for one in (*page.statements, *page.inferred) if one.group.startswith("Relations")}
    topics = {one.other for one in page.statements if one.label == "has topic"}
    assert left_out == 0 and drawn == related - topics | {PREFIXES["id"] + "gba-blockchain-alliance"}
    assert painting.svg(scene, "a") == painting.svg(small.neighbourhood(kg, page)[0], "a")  # type: ignore[index]


def test_of_many_neighbours_the_nearest_families_are_drawn(kg: KnowledgeGraph) -> None:
    page = kg.show("id:guangzhou").page
    scene, left_out = small.neighbourhood(kg, page, 5) or (None, 0)
    assert scene is not None and left_out > 10
    drawn = {mark.name for mark in scene.marks if isinstance(mark, Panel) and mark.name}
    assert len(drawn) == 6 and PREFIXES["id"] + "huangpu-blockchain-training-academy" in drawn


def test_every_neighbourhood_stays_within_its_picture(kg: KnowledgeGraph, mini_build: Path) -> None:
    tea = KnowledgeGraph(Memory.read(mini_build / "gbkg.nq"), Project(MINI))
    names = [(tea, slug) for slug in ("tea-harbour", "leaf-ledger", "delta-tea-alliance")]
    for graph, name in (
        *names,
        *((kg, slug) for slug in ("patek", "huangpu-district", "antmi-blockchain-maker-space")),
    ):
        found = small.neighbourhood(graph, graph.show(f"id:{name}").page)
        if found:
            for mark in found[0].marks:
                if isinstance(mark, Panel | TextBlock):
                    assert mark.box.x >= 0 and mark.box.right <= found[0].width
                    assert mark.box.y >= 0 and mark.box.bottom <= found[0].height


def test_an_entity_without_relations_but_to_topics_has_no_picture(kg: KnowledgeGraph) -> None:
    slugs = sorted(iri.removeprefix(PREFIXES["id"]) for iri in kg.labels if iri.startswith(PREFIXES["id"]))
    pages = [kg.show(f"id:{slug}").page for slug in slugs]
    alone = [
        page
        for page in pages
        if not page.inferred
        and all(one.label == "has topic" for one in page.statements if one.group.startswith("Relations"))
    ]
    assert alone and all(small.neighbourhood(kg, page) is None for page in alone)
