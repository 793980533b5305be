"""Pictures: every label readable, every date where it belongs, nothing drawn that is not in the graph."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI, ROOT, SHIPPED, Run
from graphs import GBKG, GRAPH, ID
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gbkg.core import literals
from gbkg.core.errors import GbkgError
from gbkg.core.project import Project
from gbkg.knowledge import KnowledgeGraph
from gbkg.network import families, projection
from gbkg.network.projection import Selection
from gbkg.render.draw import dates, fonts, layers, layout, network, painting, style, timeline
from gbkg.render.draw.scene import A4_HEIGHT, A4_WIDTH, HEADS, SMALLEST, Box, Head, Line, Panel, Scene, TextBlock
from gbkg.store.memory import Memory

FACTS = ox.NamedNode(str(GRAPH["facts"]))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def kg(real_build: Path) -> KnowledgeGraph:
    return KnowledgeGraph(Memory.read(real_build / "gbkg.nq"), Project(SHIPPED))


@pytest.fixture(scope="module")
def tea(mini_build: Path) -> KnowledgeGraph:
    return KnowledgeGraph(Memory.read(mini_build / "gbkg.nq"), Project(MINI))


def drawn(kg: KnowledgeGraph, relations: tuple[str, ...] = network.RELATIONS, inferred: bool = False) -> Scene:
    selection = Selection(relations=relations, inferred=inferred)
    graph = projection.network(kg, selection)
    edges = layout.select(graph)
    share, left = network.left_out(kg, selection, edges)
    return network.place(kg, graph, edges, network.titled(kg, relations, share=share), left)


def lined(kg: KnowledgeGraph, statistics: bool = False) -> Scene:
    found = dates.read(kg, statistics=statistics)
    share, left = timeline.left_out(found, dates.read(kg, statistics=True))
    return timeline.place(kg, found, timeline.titled(kg, (), statistics, share), left)


@pytest.fixture(scope="module")
def scenes(kg: KnowledgeGraph, tea: KnowledgeGraph) -> dict[str, Scene]:
    """Pictures of many shapes: both kinds, few and many entries, lines to both sides, cycles."""
    everything = tuple(family for family in families.FAMILIES if family != "topic")
    return {
        "network": drawn(kg),
        "inferred": drawn(kg, inferred=True),
        "building": drawn(kg, ("building", "government")),
        "everything": drawn(kg, everything),
        "tea network": drawn(tea),
        "timeline": lined(kg),
        "statistics": lined(kg, True),
        "tea statistics": lined(tea, True),
    }


def nodes(scene: Scene) -> list[Panel]:
    return [mark for mark in scene.marks if isinstance(mark, Panel) and mark.name.startswith(str(ID))]


def squeezed(text: str) -> str:
    return "".join(text.split())


# ---- Readable ----------------------------------------------------------


def test_no_label_touches_another(scenes: dict[str, Scene]) -> None:
    for name, scene in scenes.items():
        for one, other in combinations(scene.words, 2):
            assert not one.box.overlaps(other.box), (name, one.lines, other.lines)


def test_every_label_is_inside_the_picture(scenes: dict[str, Scene]) -> None:
    for name, scene in scenes.items():
        for words in scene.words:
            assert words.box.x >= 10 and words.box.right <= scene.width - 10, (name, words.lines)
            assert words.box.y >= 10 and words.box.bottom <= scene.height - 5, (name, words.lines)


def test_boxes_are_as_wide_as_their_longest_line(scenes: dict[str, Scene]) -> None:
    for scene in scenes.values():
        for words in scene.words:
            wide = [fonts.width(line, words.size, n < words.strong) for n, line in enumerate(words.lines)]
            assert max(wide) <= words.box.width + 1e-6


def test_no_letter_is_smaller_than_seven_points(scenes: dict[str, Scene]) -> None:
    assert SMALLEST == 7.0
    assert min(words.size for scene in scenes.values() for words in scene.words) == SMALLEST


def test_nodes_stand_apart_and_hold_their_names(scenes: dict[str, Scene]) -> None:
    for name in ("network", "inferred", "building", "everything", "tea network"):
        panels = nodes(scenes[name])
        assert len(panels) >= 5
        for one, other in combinations(panels, 2):
            assert not one.box.overlaps(other.box, 2), (name, one.tip, other.tip)
        label = {words.name: words.box for words in scenes[name].words if words.name.startswith(str(ID))}
        for panel in panels:
            inside = label[panel.name]
            assert panel.box.x < inside.x and inside.right < panel.box.right, panel.tip
            assert panel.box.y < inside.y and inside.bottom < panel.box.bottom, panel.tip


def points(line: Line, steps: int = 10) -> list[tuple[float, float]]:
    """Places along a line, close to one another."""
    found = []
    for segment in line.segments:
        ends = [*segment] if len(segment) == 4 else [segment[0], segment[0], segment[1], segment[1]]
        for step in range(steps + 1):
            t = step / steps
            share = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            found.append(tuple(sum(s * p[axis] for s, p in zip(share, ends, strict=True)) for axis in (0, 1)))
    return found  # type: ignore[return-value]


def test_no_line_runs_through_a_node_or_the_words_of_another_relation(scenes: dict[str, Scene]) -> None:
    checked = 0
    for name in ("network", "inferred", "building", "everything", "tea network"):
        scene = scenes[name]
        boxes = [(panel.box, "", -0.5) for panel in nodes(scene)]
        boxes += [(w.box, w.name, -1.2) for w in scene.words if w.name and not w.name.startswith(str(ID))]
        for line in (mark for mark in scene.marks if isinstance(mark, Line) and mark.tip):
            places = [Box(x, y, 0, 0) for x, y in points(line)]
            for box, own, gap in boxes:
                assert own == line.name or not any(place.overlaps(box, gap) for place in places), (name, line.tip)
            checked += len(places)
    assert checked > 5_000


def test_marks_of_the_time_line_touch_no_words(scenes: dict[str, Scene]) -> None:
    for name in ("timeline", "statistics", "tea statistics"):
        marks = nodes(scenes[name])
        assert len(marks) >= 5
        for mark in marks:
            assert not any(mark.box.overlaps(words.box) for words in scenes[name].words), (name, mark.tip)


def test_the_two_pictures_of_the_readme_fit_on_a4(scenes: dict[str, Scene]) -> None:
    for name in ("network", "timeline"):
        assert scenes[name].width == A4_WIDTH and scenes[name].height <= A4_HEIGHT and not scenes[name].remarks


def test_what_is_larger_than_a4_says_so(scenes: dict[str, Scene]) -> None:
    assert scenes["statistics"].height > A4_HEIGHT
    assert "larger than A4: on one page its smallest letters would have" in scenes["statistics"].remarks[0]


# ---- True --------------------------------------------------------------


def texts(svg: bytes) -> str:
    """All text of an SVG without spaces, in the order in which it is painted."""
    return squeezed("".join("".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text")))


@pytest.mark.parametrize("inferred", [False, True])
def test_every_entity_and_relation_of_the_selection_is_text_in_the_svg(kg: KnowledgeGraph, inferred: bool) -> None:
    graph = projection.network(kg, Selection(relations=network.RELATIONS, inferred=inferred))
    edges = layout.select(graph)
    said = texts(painting.paint(network.place(kg, graph, edges), "svg"))
    entities = {end for edge in edges for end in (edge.subject, edge.object)}
    assert len(entities) >= 30
    for entity in entities:
        assert squeezed(kg.labels[entity]) in said
    for edge in edges:
        assert squeezed(kg.labels.get(edge.relation, "member of")) in said


def test_every_relation_of_the_selection_is_one_arrow(kg: KnowledgeGraph) -> None:
    graph = projection.network(kg, Selection(relations=network.RELATIONS))
    edges = layout.select(graph)
    scene = network.place(kg, graph, edges)
    tips = [mark.tip for mark in scene.marks if isinstance(mark, Line) and mark.tip]
    ends = [f"{kg.labels[e.subject]} – {e.label} → {kg.labels[e.object]} ({layout.how(e)})" for e in edges]
    assert sorted(tip.partition("\n")[0] for tip in tips) == sorted(ends)
    legend = sum(len(keys.entries) for keys in style.legend(style.strokes({e.relation for e in edges}), {
        e.relation: e.label for e in edges}, (), ())[:1])  # fmt: skip
    heads = [mark for mark in scene.marks if isinstance(mark, Head)]
    assert len(heads) == len(edges) + legend


def test_arrows_end_at_the_object_and_start_at_the_subject(kg: KnowledgeGraph) -> None:
    for relations in (network.RELATIONS, ("building", "government")):
        graph = projection.network(kg, Selection(relations=relations))
        edges = layout.select(graph)
        scene = network.place(kg, graph, edges)
        boxes = {panel.name: panel.box for panel in nodes(scene)}
        lines = {mark.tip.partition("\n")[0]: mark for mark in scene.marks if isinstance(mark, Line) and mark.tip}
        heads = {(round(mark.x, 3), round(mark.y, 3)) for mark in scene.marks if isinstance(mark, Head)}
        for edge in edges:
            title = f"{kg.labels[edge.subject]} – {edge.label} → {kg.labels[edge.object]} ({layout.how(edge)})"
            ends = [lines[title].segments[0][0], lines[title].segments[-1][-1]]
            source, goal = boxes[edge.subject], boxes[edge.object]
            rightwards = source.x < goal.x
            start, end = ends if rightwards else reversed(ends)
            assert start[0] == pytest.approx(source.right if rightwards else source.x)
            assert source.y <= start[1] <= source.bottom
            tip = goal.x if rightwards else goal.right
            assert (round(tip, 3), round(end[1], 3)) in heads
            assert goal.y <= end[1] <= goal.bottom


def test_only_implied_and_inferred_relations_are_broken_lines(kg: KnowledgeGraph) -> None:
    graph = projection.network(kg, Selection(relations=network.RELATIONS, inferred=True))
    edges = layout.select(graph)
    found: dict[str, set[tuple[float, ...]]] = {}
    for mark in network.place(kg, graph, edges).marks:
        if isinstance(mark, Line) and mark.tip:
            found.setdefault(mark.tip.partition("\n")[0].rpartition("(")[2].rstrip(")"), set()).add(mark.dash)
    assert set(found) == {"stated", "implied", "inferred"}
    assert found["stated"] == {()}
    assert len(found["implied"] | found["inferred"]) == 2


def test_a_relation_in_doubt_is_marked_and_says_why(kg: KnowledgeGraph) -> None:
    graph = projection.network(kg, Selection(relations=network.RELATIONS))
    edges = layout.select(graph)
    scene = network.place(kg, graph, edges)
    doubtful = [edge for edge in edges if edge.disputed]
    assert 0 < len(doubtful) < len(edges)
    chips: dict[str, set[bool]] = {}
    for words in scene.words:
        if words.name in {edge.relation for edge in edges}:
            chips.setdefault(words.name, set()).add(words.lines[-1].endswith(style.DOUBT))
    for relation, marked in chips.items():
        assert marked == {edge.disputed for edge in edges if edge.relation == relation}, relation
    tips = {mark.tip.partition("\n")[0]: mark.tip for mark in scene.marks if isinstance(mark, Line) and mark.tip}
    for edge in edges:
        title = f"{kg.labels[edge.subject]} – {edge.label} → {kg.labels[edge.object]} ({layout.how(edge)})"
        assert ("in doubt, see cur:" in tips[title]) == bool(edge.doubts)
        assert all(name in tips[title] for name in edge.doubts)
    assert style.DOUBT in {line for words in scene.words if not words.name for line in words.lines}
    assert f"{len(doubtful)} in doubt for an ambiguity, inconsistency or correction) between" in scene.caption


def test_without_doubt_there_is_no_mark_of_it(kg: KnowledgeGraph) -> None:
    graph = projection.network(kg, Selection(relations=network.RELATIONS, without=("disputed",)))
    scene = network.place(kg, graph, layout.select(graph))
    assert not any("?" in line for words in scene.words for line in words.lines)
    assert "doubt" not in scene.caption


def test_no_two_relations_look_alike(kg: KnowledgeGraph) -> None:
    edges = layout.select(projection.network(kg, Selection(relations=network.RELATIONS)))
    strokes = style.strokes({edge.relation for edge in edges})
    assert len(strokes) >= 11
    assert len({(stroke.colour, stroke.head) for stroke in strokes.values()}) == len(strokes)
    assert {stroke.head for stroke in strokes.values()} <= set(HEADS)


def test_the_svg_shows_the_quotations_of_an_arrow(kg: KnowledgeGraph) -> None:
    svg = painting.paint(drawn(kg), "svg")
    titles = [node.text or "" for node in ET.fromstring(svg).iter(f"{SVG}title")]
    founded = next(t for t in titles if t.startswith("Guangdong-Hong Kong-Macao") and "→ University of Macau" in t)
    assert "jointly created by the Guangzhou Blockchain Industry Association" in founded
    assert founded.endswith("and the University of Macau” (guangzhou-report 13728–13945)")


def test_a_centre_leaves_what_is_near(kg: KnowledgeGraph) -> None:
    graph = projection.network(kg, Selection(relations=network.RELATIONS))
    centre = str(ID["university-of-macau"])
    near = layout.select(graph, centre, 1)
    assert [(edge.label, kg.labels[edge.object]) for edge in near] == [("founded by", "University of Macau")]
    assert len(near) < len(layout.select(graph, centre, 2)) < len(layout.select(graph, centre, 3))


def test_caption_counts_what_is_drawn(scenes: dict[str, Scene]) -> None:
    lines = [mark for mark in scenes["network"].marks if isinstance(mark, Line) and mark.tip]
    assert scenes["network"].caption.startswith(f"{len(lines)} relations (")
    assert f"between {len(nodes(scenes['network']))} entities" in scenes["network"].caption
    assert "Research Report | Guangzhou Blockchain" in scenes["network"].caption


@pytest.mark.parametrize(
    ("relations", "hops", "as_of"),
    [(network.RELATIONS, 1, ""), (("initiating",), 2, ""), (("all",), 1, "2018-01"), (("all",), 1, "")],
)
def test_title_and_caption_say_how_much_was_left_out(
    kg: KnowledgeGraph, relations: tuple[str, ...], hops: int, as_of: str
) -> None:
    """Counted by hand: every stated relation between the entities that are that near."""
    centre = str(ID["guangzhou-blockchain-industry-association"])
    selection = Selection(relations=relations, as_of=as_of)
    edges = layout.select(projection.network(kg, selection), centre, hops)
    share, left = network.left_out(kg, selection, edges, centre, hops)
    near = {centre}
    quads = kg.store.quads(None, None, None, FACTS)
    facts = [(q.subject.value, q.object.value) for q in quads if isinstance(q.object, ox.NamedNode)]
    for _ in range(hops):
        near |= {end for ends in facts if near & {*ends} for end in ends}
    whole = sum({*ends} <= near for ends in facts)
    assert bool(left) == (len(edges) < whole)
    assert share == (f"{len(edges)} of {whole} relations" if left else "")
    assert ("of kinds not drawn (-r all)" in left, f"began after {as_of}" in left) == (
        relations != ("all",),
        bool(as_of),
    )
    scene = network.place(
        kg, projection.network(kg, selection), edges, network.titled(kg, relations, centre, share), left
    )
    assert left in scene.caption and share in scene.title


def test_all_takes_every_relation_topics_too(kg: KnowledgeGraph) -> None:
    every = projection.edges(projection.network(kg, Selection(relations=("all",))))
    assert {edge.triple[1] for edge in every} > {str(GBKG["hasTopic"]), str(GBKG["foundedBy"]), str(GBKG["locatedIn"])}
    assert len(every) > len(projection.edges(projection.network(kg, Selection())))
    only = projection.network(kg, Selection(relations=("all",), kinds=("agent",)))
    assert {attributes["kind"] for _, attributes in only.nodes(data=True)} == {"agent"}


# ---- Time --------------------------------------------------------------


def test_what_is_implied_or_in_doubt_is_marked_figure_by_figure(kg: KnowledgeGraph) -> None:
    found = dates.read(kg, statistics=True)
    (year,) = (
        e for e in found if e.about == str(ID["guangzhou"]) and (e.on, e.since, e.concluded) == ("2018", "", False)
    )
    figures = year.what.split("; ")
    assert "gross domestic product 2,258.935 billion yuan (implied) (?)" in figures
    assert "growth of gross domestic product 6.3%" in figures
    assert "share of high-tech products 48% (implied)" in figures
    assert "cur:inconsistency-rd-share-of-gdp" in year.doubts
    rows = kg.query("timeline").records()
    implied = {row["claim"] for row in rows if row["reading"] == "implied"}
    doubted = {row["claim"] for row in rows if row["doubts"]}
    assert {claim for e in found for claim in e.implied_claims} == implied
    assert {claim for e in found for claim in e.doubted_claims} == doubted
    scene = timeline.place(kg, found)
    assert f"({len(implied)} implied, {len(doubted)} in doubt)" in scene.caption
    marked = next(mark for mark in scene.marks if isinstance(mark, Panel) and "2,258.935" in mark.tip)
    assert "\nin doubt, see cur:" in marked.tip
    assert style.DOUBT in {line for words in scene.words if not words.name for line in words.lines}


def test_a_disputed_date_is_drawn_as_one(tea: KnowledgeGraph) -> None:
    disputed, accepted = (ox.NamedNode(str(GBKG[name])) for name in ("disputed", "accepted"))
    plain = dates.read(tea)
    claim = ox.NamedNode(plain[0].claims[0])
    quads = [
        ox.Quad(q.subject, q.predicate, disputed, q.graph_name) if (q.subject, q.object) == (claim, accepted) else q
        for q in tea.store.quads()
    ]
    found = dates.read(KnowledgeGraph(Memory.of(quads), tea.project))
    assert len(found) == len(plain)
    assert [(e.doubts, e.what.endswith(style.DOUBT)) for e in found if claim.value in e.claims] == [
        (("disputed",), True)
    ]
    assert not plain[0].doubts


def test_a_time_line_says_what_it_leaves_out(kg: KnowledgeGraph) -> None:
    every = dates.read(kg, statistics=True)
    claims = {claim for e in every for claim in e.claims}
    statistics = {claim for e in every if e.statistic for claim in e.claims}
    share, left = timeline.left_out(dates.read(kg), every)
    assert share == f"{len(claims - statistics)} of {len(claims)} dated claims"
    assert left == f"Not drawn: {len(statistics)} dated statistics (--statistics)."
    own = [str(ID["guangdong"])]
    of = {claim for e in every if e.about in own for claim in e.claims}
    share, left = timeline.left_out(dates.read(kg, own, True), every, own)
    assert (share, left) == (
        f"{len(of)} of {len(claims)} dated claims",
        f"Not drawn: {len(claims - of)} dated claims on other entities.",
    )
    assert timeline.left_out(every, every) == ("", "")
    assert timeline.titled(kg, own, True, share) == f"Time line of dated events and statistics of Guangdong ({share})"


def test_dates_without_a_year_are_in_the_box_and_nowhere_else(kg: KnowledgeGraph) -> None:
    found = dates.read(kg)
    scene = timeline.place(kg, found)
    yearless = {entry.about for entry in found if entry.on.startswith("--")}
    assert {kg.labels[iri] for iri in yearless} == {
        "State Council order on financial technologies",
        "Intelligent Multifunctional Identity",
        "Blockchain Trade Finance Platform for Guangdong-HK-Macao Greater Bay Area",
        "Eighteenth collective learning of the Political Bureau",
    }
    box = next(mark.box for mark in scene.marks if isinstance(mark, Panel) and mark.dash == (4.0, 2.5))
    inside = {w.name for w in scene.words if w.name and w.box.y > box.y and w.box.bottom < box.bottom}
    outside = {w.name for w in scene.words if w.name} - inside
    assert inside == yearless
    assert outside == {entry.about for entry in found} - yearless
    assert not yearless & {panel.name for panel in nodes(scene)}


def test_a_year_is_a_span_a_month_a_shorter_one_and_a_day_a_point(kg: KnowledgeGraph) -> None:
    placed = [entry for entry in dates.read(kg) if entry.span]
    axis = timeline.extent(placed)
    assert (axis.start, axis.end) == (2016, 2019)
    marks = {e.dated.on: e.mark for e in timeline.arrange(placed, axis, [s for d in placed for s in d.sources])}
    year, month, day = marks["2016"].box, marks["2017-03"].box, marks["2018-11-09"]
    assert (year.x, year.right) == (pytest.approx(0, abs=1), pytest.approx(axis.x(2017), abs=1))
    assert (month.x, month.right) == (
        pytest.approx(axis.x(2017 + 59 / 365), abs=1),
        pytest.approx(axis.x(2017 + 90 / 365), abs=1),
    )
    assert day.shape == "diamond"
    assert day.box.x + day.box.width / 2 == pytest.approx(axis.x(2018 + 312.5 / 365))


def test_a_concluded_year_is_hollow_and_says_so(tea: KnowledgeGraph) -> None:
    scene = lined(tea, True)
    fund = next(words for words in scene.words if words.name == str(ID["leaf-fund"]))
    mark = next(panel for panel in nodes(scene) if panel.name == str(ID["leaf-fund"]))
    assert fund.lines[0] == "2018 (year concluded)"
    assert mark.fill == "#ffffff" and mark.dash
    assert "year concluded, not printed" in {line for words in scene.words for line in words.lines}


def test_statistics_are_drawn_only_when_asked_for(tea: KnowledgeGraph) -> None:
    assert not any(entry.statistic for entry in dates.read(tea))
    with_them = dates.read(tea, statistics=True)
    assert {"2015", "2018"} == {e.since or e.on for e in with_them if "new tea masters" in e.what} | {"2018"}
    assert next(e for e in with_them if "new tea masters" in e.what).span == dates.Period(2015.0, 2019.0, "period")


def test_money_has_its_unit(kg: KnowledgeGraph) -> None:
    said = next(e.what for e in dates.read(kg, [str(ID["guangdong"])], True) if e.on == "2017")
    assert (
        said.replace(f" {style.DOUBT}", "").replace(" (implied)", "")
        == "gross domestic product exceeded 8.9 trillion yuan; gross domestic product more than about $1.39 trillion"
    )


def test_a_number_has_the_word_that_limits_it_once(kg: KnowledgeGraph, tea: KnowledgeGraph) -> None:
    said = "; ".join(e.what for graph in (kg, tea) for e in dates.read(graph, statistics=True))
    said = said.replace(f" {style.DOUBT}", "").replace(" (implied)", "")
    for words in (
        "patent applications exceeded 170,000",
        "masters about 25,000",
        "doctors more than 3,000",
        "nearly 300",
    ):
        assert f"{words};" in f"{said};"
    assert "gross domestic product 2,258.935 billion yuan" in said
    assert " 最高1.50亿元" in said and "at most" not in said
    assert "more than more than" not in said and "about about" not in said


def test_a_date_that_the_source_does_not_name_is_in_its_words(kg: KnowledgeGraph) -> None:
    found = dates.read(kg, statistics=True)
    quoted = [entry for entry in found if entry.words]
    assert {(entry.words, entry.on) for entry in quoted} == {("As of the end of 2018", "2018-12")}
    scene = timeline.place(kg, found)
    lines = [line for words in scene.words for line in words.lines]
    assert lines.count("“As of the end of 2018”") == 1 and "December 2018" not in " ".join(lines)
    hollow = [mark for mark in nodes(scene) if mark.fill == "#ffffff" and not mark.dash]
    assert len(hollow) == len(quoted) >= 2
    assert all("“As of the end of 2018”: " in mark.tip for mark in hollow)


@pytest.mark.parametrize(
    ("words", "date", "named"),
    [
        ("As of October 2019", "2019-10", True),
        ("in Oct. 2019", "2019-10", True),
        ("截至2019年10月", "2019-10", True),
        ("2019-10-09", "2019-10-09", True),
        ("on 9 October", "--10-09", True),
        ("at the end of October 2019", "2019-10-31", False),
        ("As of the end of 2018", "2018-12", False),
        ("at the beginning of May", "--05", True),
        ("in 2018", "2018", True),
        ("", "2018-12", True),
        ("whenever", "--13", True),
    ],
)
def test_words_that_name_no_month_or_day_are_noticed(words: str, date: str, named: bool) -> None:
    assert dates.names(words, date) is named


@pytest.mark.parametrize(
    ("text", "words", "precision"),
    [
        ("2016", "2016", "year"),
        ("2020-02", "February 2020", "month"),
        ("2020-02-29", "29 February 2020", "day"),
        ("2019-12-31Z", "31 December 2019", "day"),
        ("--10-24", "24 October", None),
        ("--05", "May", None),
        ("2019-02-29", "2019-02-29", None),
        ("--13", "--13", None),
        ("---05", "---05", None),
        ("last year", "last year", None),
    ],
)
def test_dates_are_read_and_spoken_in_the_precision_given(text: str, words: str, precision: str | None) -> None:
    assert literals.spoken(text) == words
    found = dates.span(text)
    assert (found.precision if found else None) == precision
    if found:
        assert found.start < found.end <= int(text[:4]) + 1


def test_the_parts_of_a_year_fill_it() -> None:
    months = [dates.span(f"2020-{month:02}") for month in range(1, 13)]
    assert months[0] and months[-1] and (months[0].start, months[-1].end) == (2020.0, 2021.0)
    for one, other in pairwise(months):
        assert one and other and one.end == pytest.approx(other.start)


@pytest.mark.parametrize("years", [(1900, 2019), (2018, 2019), (1010, 2019), (2010, 2019)])
def test_any_stretch_of_years_has_a_readable_axis(tea: KnowledgeGraph, years: tuple[int, int]) -> None:
    entry = dates.read(tea)[0]
    found = [dates.Dated(**{f: getattr(entry, f) for f in entry.__slots__} | {"on": str(year)}) for year in years]
    scene = timeline.place(tea, found)
    for one, other in combinations(scene.words, 2):
        assert not one.box.overlaps(other.box), (one.lines, other.lines)
    assert sum(words.lines[0][-2:].isdigit() and len(words.lines[0]) == 4 for words in scene.words) >= 2


# ---- The same every time ------------------------------------------------

_PAINT = """
import sys
from pathlib import Path
import gbkg
from gbkg.network.projection import Selection
from gbkg.network.projection import network as project
from gbkg.render.draw import network, timeline
from gbkg.render.draw import layout
from gbkg.render.draw import painting
from gbkg.render.draw import dates
opened = gbkg.open(Path(sys.argv[1]), Path(sys.argv[2]))
graph = project(opened, Selection(relations=network.RELATIONS, inferred=True))
for scene in (network.place(opened, graph, layout.select(graph)),
              timeline.place(opened, dates.read(opened, statistics=True))):
    sys.stdout.buffer.write(painting.paint(scene, "svg"))
"""


def test_two_processes_paint_the_same_bytes(real_build: Path) -> None:
    painted = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", _PAINT, str(SHIPPED), str(real_build / "gbkg.nq")]
        done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        painted.append(done.stdout)
    assert painted[0] == painted[1]
    assert painted[0].count(b"</svg>") == 2
    assert b"<dc:date>" not in painted[0]


def test_the_order_of_the_input_does_not_matter(kg: KnowledgeGraph, scenes: dict[str, Scene]) -> None:
    quads = sorted(kg.store, key=str)
    random.Random(7).shuffle(quads)
    shuffled = KnowledgeGraph(Memory.of(quads), kg.project)
    assert drawn(shuffled, inferred=True) == scenes["inferred"]
    found = list(dates.read(shuffled, statistics=True))
    random.Random(8).shuffle(found)
    assert timeline.place(shuffled, found, scenes["statistics"].title) == scenes["statistics"]
    chosen = Selection(relations=network.RELATIONS)
    graph = projection.network(kg, chosen)
    edges = list(layout.select(graph))
    random.Random(9).shuffle(edges)
    _, left = network.left_out(kg, chosen, edges)
    assert network.place(kg, graph, edges, scenes["network"].title, left) == scenes["network"]


def test_a_users_own_settings_of_matplotlib_change_nothing(tea: KnowledgeGraph) -> None:
    import matplotlib as mpl

    scene = drawn(tea)
    before = painting.paint(scene, "svg")
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path", "savefig.bbox": "tight", "lines.linewidth": 9}):
        assert painting.paint(scene, "svg") == before
        assert mpl.rcParams["font.size"] == 30


def test_the_pictures_in_the_documentation_are_of_this_graph(scenes: dict[str, Scene]) -> None:
    for name in ("network", "timeline"):
        committed = (ROOT / "docs" / "pictures" / f"{name}.svg").read_bytes()
        assert texts(committed) == squeezed("".join("".join(words.lines) for words in scenes[name].words))
        with Image.open(ROOT / "docs" / "pictures" / f"{name}.png") as picture:
            ratio = scenes[name].width / scenes[name].height
            assert picture.width / picture.height == pytest.approx(ratio, rel=0.01)


# ---- Files and commands -------------------------------------------------


def test_png_has_the_size_that_was_asked_for(scenes: dict[str, Scene]) -> None:
    scene = scenes["tea network"]
    with Image.open(io.BytesIO(painting.paint(scene, "png", 144))) as picture:
        assert picture.format == "PNG"
        assert picture.size == (int(scene.width * 2), int(scene.height * 2))
        dark = sum(picture.convert("L").histogram()[:64])
    assert dark > 2000


def test_svg_keeps_text_and_names_similar_fonts(scenes: dict[str, Scene]) -> None:
    svg = painting.paint(scenes["tea network"], "svg").decode()
    assert "'DejaVu Sans', Verdana, sans-serif" in svg
    assert ">Delta Tea Alliance<" in svg


def test_characters_that_the_font_lacks_are_told(scenes: dict[str, Scene]) -> None:
    assert not painting.remarks(scenes["timeline"], "png")
    said = painting.remarks(scenes["tea statistics"], "svg")[0]
    assert "not in DejaVu Sans" in said and "万" in said
    assert "painted" in painting.remarks(scenes["tea statistics"], "png")[0]
    assert painting.paint(scenes["tea statistics"], "png", 72).startswith(b"\x89PNG")
    assert "最高1.50亿元" in texts(painting.paint(scenes["tea statistics"], "svg"))


def test_the_command_writes_both_forms(run_here: Run, real_build: Path, tmp_path: Path) -> None:
    graph = real_build / "gbkg.nq"
    svg, png = tmp_path / "a.svg", tmp_path / "b.png"
    first = run_here("draw", "network", "--graph", graph, "-o", svg)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", f"wrote {svg}\n")
    assert ET.parse(svg).getroot().tag == f"{SVG}svg"
    second = run_here("draw", "timeline", "--graph", graph, "-o", png, "--dpi", "72", "--title", "Dates & deeds")
    assert second.returncode == 0
    with Image.open(png) as picture:
        assert picture.width == A4_WIDTH
        assert picture.info["Title"] == "Dates & deeds"


def test_without_a_file_svg_goes_to_standard_output(mini_build: Path) -> None:
    code = "from gbkg import cli; cli.run()"
    command = [sys.executable, "-c", code, "--project", str(MINI), "draw", "timeline", "--graph"]
    done = subprocess.run([*command, str(mini_build / "gbkg.nq")], capture_output=True, check=True)
    assert "12 March 2016: founded".replace(" ", "") in texts(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("network", "--centre", "id:zhejiang"),
            "nothing to draw: no relation of the chosen kinds within 1 hop of Zhej",
        ),
        (
            ("network", "--centre", "University of Macao"),
            "no entity is called 'University of Macao'; did you mean University of Macau (id:",
        ),
        (("network", "-r", "fuonding"), "no family of relations or property is called 'fuonding'; did you mean found"),
        (("network", "--as-of", "yesterday"), "yesterday"),
        (("network", "-o", "x.pdf"), "x.pdf: a picture is *.svg or *.png"),
        (("timeline", "-o", "/nowhere/x.svg"), "/nowhere/x.svg: cannot be written: No such file or directory"),
        (("timeline", "--about", "Macau"), "no fact of Macau has a date (statistics were not asked for)"),
        (("timeline", "--about", "Macau", "--statistics"), "no fact or statistic of Macau has a date"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(
    run_here: Run, real_build: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run_here("draw", *arguments, "--graph", real_build / "gbkg.nq")
    assert done.returncode == 2 and not done.stdout
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_without_matplotlib_the_error_says_what_to_install(mini_build: Path) -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from gbkg import cli; cli.run()"
    for picture in ("network", "timeline"):
        command = [sys.executable, "-c", code, "draw", picture, "--graph", str(mini_build / "gbkg.nq")]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "gbkg: pictures need matplotlib, which is not installed (pip install 'gbkg[draw]')\n"


def test_an_empty_network_is_an_error(tea: KnowledgeGraph) -> None:
    with pytest.raises(GbkgError, match="nothing to draw"):
        layout.select(projection.network(tea, Selection(relations=("policy",))))


# ---- Parts --------------------------------------------------------------

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=24)


@given(st.lists(WORD, max_size=12), st.floats(20, 200))
def test_wrapping_loses_nothing_and_keeps_within_the_limit(words: list[str], limit: float) -> None:
    text = " ".join(words)
    lines = fonts.wrap(text, limit, 7.5)
    assert squeezed("".join(lines)) == squeezed(text)
    assert all(len(line) == 1 or fonts.width(line, 7.5) <= limit for line in lines)


@settings(max_examples=60)
@given(st.sets(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), min_size=1, max_size=14))
def test_any_graph_gets_columns_in_which_lines_go_one_step_at_a_time(pairs: set[tuple[str, str]]) -> None:
    edges = [(a, b, f"{a}*") for a, b in pairs if a != b]
    names = {end for edge in edges for end in edge[:2]} or {"a"}
    found = layers.lay_out(names, edges)
    column = {key: number for number, keys in enumerate(found.columns) for key in keys}
    assert sum(map(len, found.columns)) == len(column) and names <= set(column)
    assert set(found.routes) == set(edges)
    for (a, b, _), route in found.routes.items():
        assert {route[0], route[-1]} == {a, b}
        assert [column[key] for key in route] == list(range(column[route[0]], column[route[-1]] + 1))
    links = sorted({(a, 0.0, b, 0.0) for route in found.routes.values() for a, b in pairwise(route)})
    middle = layers.heights(found.columns, links, dict.fromkeys(column, 10.0), lambda *_: 5.0)
    for keys in found.columns:
        assert all(middle[b] - middle[a] >= 15 - 1e-6 for a, b in pairwise(keys))


def test_a_small_graph_is_drawn_without_crossings() -> None:
    edges = [("a", "x", "1"), ("a", "z", "1"), ("a", "y", "2"), ("b", "x", "3"), ("c", "w", "4")]
    first, second = layers.lay_out("abcwxyz", edges).columns
    rank = {key: n for keys in (first, second) for n, key in enumerate(keys)}
    ends = [(rank[a], rank[b]) for a, b, _ in edges]
    assert not any(p < r and q > s for (p, q), (r, s) in combinations(sorted(ends), 2))
    assert abs(rank["x"] - rank["z"]) == 1


def test_words_know_their_box() -> None:
    words = fonts.block("one two", 10, 20, 500, 8.0)
    assert isinstance(words, TextBlock) and words.lines == ("one two",)
    assert words.box.height == pytest.approx(8 * fonts.LEADING)
