"""The benchmark of the queries measures what it says, and its large graph is one that a build might have made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from graphs import triples_of

from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.graph import inference, rules

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(scope="module")
def enlarge() -> Any:
    spec = spec_from_file_location("enlarge", BENCHMARKS / "enlarge.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path) -> list[Any]:
    return list(ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def nine(enlarge: Any, real_build: Path) -> list[Any]:
    """More copies than share an area."""
    quads = read(real_build / "gbkg.nq")
    return large(enlarge, quads, 9 * len(quads))


def large(enlarge: Any, quads: list[Any], triples: int) -> list[Any]:
    return list(ox.parse("".join(enlarge.enlarge(quads, triples)), format=ox.RdfFormat.N_QUADS))


def within(quads: list[Any], graph: str) -> set[Any]:
    return {quad.triple for quad in quads if quad.graph_name.value == PREFIXES["graph"] + graph}


def test_one_copy_is_the_graph_itself(enlarge: Any, real_build: Path) -> None:
    quads = read(real_build / "gbkg.nq")
    assert set(large(enlarge, quads, 1)) == set(quads)


def test_the_large_graph_has_as_many_triples_as_asked_for_and_none_twice(enlarge: Any, real_build: Path) -> None:
    quads = read(real_build / "gbkg.nq")
    made = large(enlarge, quads, 5 * len(quads))
    assert 5 * len(quads) <= len(made) < 6 * len(quads)
    assert len(set(made)) == len(made)
    assert set(quads) < set(made)


def test_the_rules_give_just_the_inferred_triples_of_the_large_graph(nine: list[Any]) -> None:
    basis = [quad for quad in nine if quad.graph_name.value.removeprefix(PREFIXES["graph"]) in inference.BASIS]
    inferred = inference.infer(basis, rules.read(Project(SHIPPED)))
    assert within(nine, "inferred") == set(triples_of(inferred))
    conclusions = [triple for triple in within(nine, "inferences") if triple.predicate.value.endswith("#conclusion")]
    assert len(conclusions) == len(inferred.uses)


def test_copies_share_areas_and_nothing_below_them(nine: list[Any]) -> None:
    known = {quad.subject.value.removeprefix(PREFIXES["id"]) for quad in nine if "/graph/entities" in str(quad)}
    assert {"china", "guangzhou", "guangzhou--8", "huangpu-district", "huangpu-district--1"} <= known
    assert not {"china--8", "guangzhou--1"} & known
    labels = {quad.object.value for quad in nine if quad.subject.value == PREFIXES["id"] + "huangpu-district--1"}
    assert "Huangpu District 1" in labels


def test_every_engine_is_measured_on_both_graphs(tmp_path: Path, real_build: Path) -> None:
    out = tmp_path / "samples.json"
    asked = ["--triples", "30000", "--repeat", "1", "--only", "alliance-founders", "--json", str(out)]
    asked += ["--build", str(real_build)]
    command = [sys.executable, str(BENCHMARKS / "bench_query.py"), *asked]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    measured = json.loads(out.read_text())
    small, big = (measured["graphs"][name]["queries"]["alliance-founders"] for name in ("built", "enlarged"))
    for row in (small, big):
        assert row["stopped"] == [] and row["failed"] == ""
        assert all(len(row[way]) == 1 and row[way][0] > 0 for way in ("bare", "plain", "cited", "again", "rdflib"))
        assert row["rdflib rows"] == row["rows"]
    assert big["rows"] > small["rows"] > 0
    assert "gbkg query alliance-founders --cite" in measured["processes"]
    assert "cited cold / gbkg, worst" in done.stdout


def test_an_unknown_query_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "bench_query.py"), "--only", "nobody"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "alliance-founders" in done.stderr
