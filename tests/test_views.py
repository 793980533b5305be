"""How answers are drawn: the key `view` of saved queries, and the pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI, Run

import gbkg
from gbkg.ask import queries
from gbkg.ask.answers import Answer
from gbkg.ask.headers import VIEWS, View
from gbkg.ask.saved import SavedQuery
from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.knowledge import KnowledgeGraph
from gbkg.render.draw import charts, painting
from gbkg.render.draw.scene import BLUE, Line, Panel
from gbkg.web.question import grouped

QUERY = (
    "#+ summary: Areas\n#+ view: {}\nSELECT ?site ?siteName ?area ?unit ?date ?printed ?precision ?doubts WHERE {{}}"
)
BAR = View("bar", tuple((name, (name,)) for name in ("unit", "date", "printed", "precision", "doubts")))
BAR = replace(BAR, fields=(("label", ("site",)), ("value", ("area",)), *BAR.fields))


def saved(view: str) -> SavedQuery:
    return queries.parse(QUERY.format(view), Path("areas.rq"), "queries/areas.rq")


def number(digits: str) -> ox.Literal:
    return ox.Literal(digits, datatype=ox.NamedNode(PREFIXES["xsd"] + ("decimal" if "." in digits else "integer")))


def row(name: str, area: str | None, unit: str = "", on: str = "", printed: str = "", how: str = "", doubts: str = ""):  # type: ignore[no-untyped-def]
    words = (ox.Literal(text) if text else None for text in (unit, on, printed, how))
    site = ox.NamedNode(PREFIXES["id"] + name.lower())
    return (site, ox.Literal(name), number(area) if area else None, *words, number(doubts) if doubts else None)


COLUMNS = ("site", "siteName", "area", "unit", "date", "printed", "precision", "doubts")
AREAS = Answer(
    COLUMNS,
    (
        row("Yard", "300", "square metre (unit)", "2019-10", "nearly 300", "nearly"),
        row("Hall", "150", "square metre (unit)", doubts="2"),
        row("Path", None, "metre"),
        row("Wall", "12.5", "metre", how="more than"),
        row("Cellar", "-3", "metre"),
    ),
)


@pytest.fixture(scope="module")
def real(real_build: Path) -> KnowledgeGraph:
    return gbkg.open(graph=real_build / "gbkg.nq")


# ---- the header


def test_a_view_names_columns() -> None:
    view = saved("{kind: bar, label: [site, date], value: area, unit: unit}").view
    assert view is not None and (view.kind, view.every("label"), view.one("value")) == ("bar", ("site", "date"), "area")
    assert (view.one("doubts"), view.every("doubts")) == ("", ())
    assert view.to_dict() == {"kind": "bar", "label": ["site", "date"], "value": ["area"], "unit": ["unit"]}
    assert saved("{kind: network, from: site, to: site, relations: founding}").view


@pytest.mark.parametrize(
    ("view", "column", "said"),
    [
        ("bar", 10, "expected key: value"),
        ("{kind: pie}", 17, "no view is called 'pie' (kind: bar, timeline, network, list)"),
        ("{label: site}", 10, "view has no kind"),
        ("{kind: bar, label: site}", 10, "a view of the kind bar needs value"),
        (
            "{kind: bar, label: site, value: size}",
            42,
            "view names 'size', which is not a column (one of site, siteName,",
        ),
        ("{kind: bar, label: site, value: [area, unit]}", 42, "value of a view is one column"),
        ("{kind: bar, label: site, value: area, colour: red}", 56, "a view of the kind bar has no 'colour'"),
        ("{kind: list, group: site, label: area, unit: unit}", 55, "a view of the kind list has no 'unit'"),
    ],
)
def test_a_fault_in_a_view_has_its_place(view: str, column: int, said: str) -> None:
    with pytest.raises(ParseError) as stop:
        saved(view)
    assert said in str(stop.value)
    assert (stop.value.file, stop.value.line, stop.value.column) == ("queries/areas.rq", 2, column)


def test_every_view_of_the_shipped_queries_can_be_drawn(real: KnowledgeGraph) -> None:
    drawn = {query.name: query for query in real.queries.values() if query.view}
    assert {query.view.kind for query in drawn.values() if query.view} == set(VIEWS)
    for name, query in drawn.items():
        found = real.ask_saved(name)
        assert isinstance(found, Answer) and query.view
        if query.view.kind == "list":
            assert grouped(found, query.view)
        else:
            assert charts.place(real, found, query.view, query.summary).words


# ---- bars


def test_bars_are_as_long_as_their_numbers_and_say_what_is_printed() -> None:
    found = {bar.label: (unit, bar) for unit, bar in charts.bars(AREAS, BAR)}
    assert list(found) == ["Yard · October 2019", "Hall", "Wall", "Cellar"]
    unit, yard = found["Yard · October 2019"]
    assert (unit, yard.printed, yard.open, yard.doubted) == ("square metre", "nearly 300", True, False)
    assert (found["Hall"][1].printed, found["Hall"][1].doubted) == ("150", True)
    assert found["Wall"][1].printed == "more than 12.5" and yard.name == PREFIXES["id"] + "yard"
    scene = charts.chart(AREAS, BAR, "Areas")
    widths = {
        mark.tip: mark.box.width
        for mark in scene.marks
        if isinstance(mark, Panel) and mark.outline == BLUE and mark.tip
    }
    long, short = widths["Yard · October 2019: nearly 300 square metre"], widths["Hall: 150 square metre, in doubt"]
    assert long == pytest.approx(2 * short)
    said = [line for words in scene.words for line in words.lines]
    assert {"square metre", "metre", "Areas", "150 (?)"} <= {*said}
    assert any("1 row without a number" in " ".join(words.lines) for words in scene.words)


def test_what_is_below_zero_goes_to_the_left() -> None:
    scene = charts.chart(Answer(COLUMNS, AREAS.rows[3:]), BAR, "Areas")
    zero = next(
        mark.segments[0][0][0]
        for mark in scene.marks
        if isinstance(mark, Line) and len({x for x, _ in mark.segments[0]}) == 1
    )
    cellar = next(mark.box for mark in scene.marks if isinstance(mark, Panel) and mark.tip.startswith("Cellar"))
    assert cellar.right == pytest.approx(zero) and cellar.width > 0


def test_no_more_bars_than_can_be_read_and_it_is_said() -> None:
    many = Answer(COLUMNS, tuple(row(f"Site-{n}", str(n + 1)) for n in range(charts.MOST + 5)))
    scene = charts.chart(many, BAR, "Areas")
    assert sum(isinstance(mark, Panel) and mark.tip != "" for mark in scene.marks) == charts.MOST
    assert "Not drawn: 5 figures." in scene.caption


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(GbkgError, match="no row of the answer has a number"):
        charts.chart(Answer(COLUMNS, (row("Path", None),)), BAR, "Areas")
    with pytest.raises(GbkgError, match="a view of the kind list is not a picture"):
        charts.place(None, AREAS, View("list", ()), "")  # type: ignore[arg-type]


def test_the_same_answer_gives_the_same_bytes(real: KnowledgeGraph) -> None:
    view = real.queries["company-counts"].view
    found = real.ask_saved("company-counts", cite=True)
    assert view and isinstance(found, Answer)
    once, again = (painting.paint(charts.place(real, found, view, "Counts"), "svg") for _ in range(2))
    assert once == again and b"13,723" in once and b"Research Report" in once


# ---- time lines and networks


def test_a_time_line_has_the_dates_of_the_answer_alone(real: KnowledgeGraph) -> None:
    view = real.queries["timeline"].view
    found = real.ask_saved("timeline", {"from": "2018-11", "to": "2018-11"})
    assert view and isinstance(found, Answer)
    said = " ".join(line for words in charts.place(real, found, view, "").words for line in words.lines)
    assert "9 November 2018" in said and "IAB development plan" not in said


def test_a_network_joins_what_stands_in_a_row(real: KnowledgeGraph) -> None:
    view = real.queries["alliance-founders"].view
    found = real.ask_saved("alliance-founders", {"founder": "University of Macau"})
    assert view and isinstance(found, Answer)
    said = " ".join(line for words in charts.place(real, found, view, "").words for line in words.lines)
    assert "University of Macau" in said and "founded by" in said and "Hong Kong Blockchain" not in said


# ---- the command line


def test_the_command_draws_an_answer(run_here: Run, real_build: Path, tmp_path: Path) -> None:
    graph, out = ("--graph", real_build / "gbkg.nq"), tmp_path / "counts.svg"
    done = run_here("draw", "answer", "company-counts", "-p", "place=Guangzhou", "-o", out, *graph)
    assert done.returncode == 0 and "caution: The figures are not comparable" in done.stderr
    assert re.search("newly registered blockchain companies", out.read_text("utf-8"))
    assert "Zhejiang" not in out.read_text("utf-8")
    refused = run_here("draw", "answer", "aliases", *graph)
    assert refused.returncode == 2 and "aliases has no view that is a picture" in refused.stderr
    told = run_here("queries", "company-counts", *graph)
    assert "Drawn as: bar" in told.stdout


def test_projects_without_views_are_as_before(mini_build: Path) -> None:
    kg = gbkg.open(MINI, mini_build / "gbkg.nq")
    own = [kg.queries[file.stem] for file in (MINI / "queries").glob("*.rq")]
    assert own and {query.view for query in own} == {None}
    assert kg.queries["founders"].to_dict()["view"] is None
