"""The page of results has no figure that the run did not give, and what it works out is right."""

from __future__ import annotations

import inspect
import shutil
import sys
from pathlib import Path

import pytest
from conftest import MINI

from gbkg import build
from gbkg.core.project import Project

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from scale import aims, asking, figures, page, plan, work  # noqa: E402
from scale.plan import Results  # noqa: E402

DRAWN = ("growth.png", "stages.png", "memory.png")


@pytest.fixture
def results(tmp_path: Path) -> Results:
    shutil.copy(BENCHMARKS / "results" / "results.json", tmp_path)
    return Results.read(tmp_path / "results.json")


@pytest.mark.parametrize("name", plan.EXTENTS)
def test_every_step_is_a_measurement_and_is_given_what_it_takes(name: str) -> None:
    keys = []
    for rounds, steps in plan._plan(Path("anywhere"), plan.EXTENTS[name]):
        assert rounds
        for step in steps:
            found = next(getattr(module, step.name) for module in (work, asking) if hasattr(module, step.name))
            inspect.signature(found).bind(**step.given)
            keys.append(step.key)
    assert len(keys) == len(set(keys)) > 20


def test_the_table_for_a_terminal_has_the_aims_and_the_floors(results: Results) -> None:
    results.failed["queries real"] = "gave up"
    lines = aims.printed(results).splitlines()
    (load,) = [line for line in lines if line.startswith("load on disk, 13,927 triples / pyoxigraph")]
    assert load.split()[-3:] == ["0.143", "0.0822", "1.73"]
    (aim,) = [line for line in lines if line.startswith("exponent of build, all sizes")]
    assert aim.split()[-2:] == ["0.933", "1.05"]
    assert lines[-1] == "queries real FAILED: gave up"


def test_the_page_is_what_its_figures_give(results: Results) -> None:
    assert page.written(results) == (BENCHMARKS / "RESULTS.md").read_text(encoding="utf-8")


def test_the_figures_are_of_all_kinds(results: Results) -> None:
    assert len(figures.sizes(results)) >= 3
    headings = [line for line in page.written(results).splitlines() if line.startswith("## ")]
    assert headings == [
        *("## Aims", "## Loading", "## Queries", "## Validation", "## Rules", "## Builds", "## Building again"),
        *(
            "## Several processes",
            "## Starting",
            "## Bytes",
            "## Growth",
            "## Publishing",
            "## Gates",
            "## Sizing",
            "## Not measured",
        ),
    ]


def test_the_plots_are_drawn(results: Results, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page.draw(results, tmp_path)
    for name in DRAWN:
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
        assert (BENCHMARKS / "results" / name).exists()


def test_an_exponent_is_the_power_of_a_power_law() -> None:
    assert figures.exponent([(x, 3 * x**1.25) for x in (10.0, 200.0, 5_000.0)]) == pytest.approx(1.25)
    assert figures.exponent([(10.0, 1.0)]) is None


def test_a_ratio_of_queries_leaves_out_what_did_not_end(tmp_path: Path) -> None:
    rows = {
        "both": {"stopped": [], "plain": [2.0, 4.0, 9.0], "bare": [1.0, 1.0, 3.0]},
        "stopped": {"stopped": ["plain"], "bare": [1.0]},
    }
    made = Results(tmp_path / "none.json", runs={"queries real": [{"queries": rows}]})
    assert figures.of_queries(made, "queries real", "plain", "bare") == {"both": 3.0}
    assert figures.asked(made, "queries real", "plain") == (2, 1, ["stopped"])


def test_the_queries_are_asked_over_http_as_here(tmp_path: Path) -> None:
    graph = tmp_path / "gbkg.nq"
    graph.write_bytes(b"".join(f"{quad} .\n".encode() for quad in build.quads(Project(MINI))))
    found = asking.over_http(str(graph), str(MINI), 1, 60, ("founders",), ("founders",))
    row = found["queries"]["founders"]
    assert row["stopped"] == []
    assert {way for way, samples in row.items() if samples} == {"bare", "http", "cited", "http cited"}
