"""Each standard by its own tool: SSSOM by sssom-py, RO-Crate by roc-validator, CX2 by ndex2, GraphML by igraph,
schema.org by its vocabulary. Nothing is fetched.

sssom-py, roc-validator and ndex2 want other versions of what gbkg itself uses, so they live in an environment of their
own: `make test-web` makes it, and GBKG_STANDARDS names its Python. What PyLD, rdflib, NetworkX, rocrate and lxml read
is in tests/test_export_*.py.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import igraph
import pytest
from conftest import SHIPPED
from exported import ROOT, content, document, files
from schema_org import registry

from gbkg.core.files import write_into

MINI = ROOT / "tests" / "mini"


@pytest.fixture(params=["mini", "real"])
def out(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"{request.param}_build"))


Said = dict[str, dict[str, Any]]
"""What a tool says of each file, by a name for it."""


def by(tool: str, paths: dict[str, Path]) -> Said:
    """What a program of tests/standards says of files, all in one run of the Python that has its library."""
    python = os.environ.get("GBKG_STANDARDS")
    if not python:
        pytest.skip("needs sssom-py, roc-validator and ndex2: GBKG_STANDARDS names no Python that has them")
    program = ROOT / "tests" / "standards" / f"{tool}.py"
    ended = subprocess.run([python, program, *paths.values()], capture_output=True, encoding="utf-8")
    assert ended.returncode == 0, ended.stderr
    return dict(zip(paths, json.loads(ended.stdout.splitlines()[-1]), strict=True))


# ---- SSSOM


TABLES = {name: root / "data" / "mappings.sssom.tsv" for name, root in (("real", SHIPPED), ("mini", MINI))}


@pytest.fixture(scope="module")
def mapping_sets(tmp_path_factory: pytest.TempPathFactory) -> Said:
    folder = tmp_path_factory.mktemp("sssom")
    for name in ("mappings.sssom.tsv", "mappings.sssom.yml"):
        text = (MINI / "data" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("src:almanac", "nowhere:almanac"), encoding="utf-8")
    return by("sssom_py", TABLES | {"with a fault": folder / "mappings.sssom.tsv"})


@pytest.mark.parametrize("name", TABLES)
def test_sssom_py_reads_the_whole_mapping_set(name: str, mapping_sets: Said) -> None:
    rows = len(TABLES[name].read_text(encoding="utf-8").splitlines()) - 1
    assert mapping_sets[name] == {"read": rows, "checks": 3, "said": []}


def test_sssom_py_would_find_a_fault(mapping_sets: Said) -> None:
    assert mapping_sets["with a fault"]["said"]


# ---- RO-Crate


@pytest.fixture(scope="module")
def crates(real_build: Path, mini_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Said:
    paths = {}
    for name, out in (("real", real_build), ("mini", mini_build), ("with a fault", mini_build)):
        paths[name] = tmp_path_factory.mktemp("crate")
        write_into(paths[name], files(out, "rocrate"))
    path = paths["with a fault"] / "ro-crate-metadata.json"
    given = json.loads(path.read_text(encoding="utf-8"))
    root = next(node for node in given["@graph"] if node["@id"] == "./")
    del root["license"], root["datePublished"]
    path.write_text(json.dumps(given), encoding="utf-8")
    return by("roc_validator", paths)


@pytest.mark.parametrize("name", ["real", "mini"])
def test_roc_validator_finds_nothing_that_the_specification_demands(name: str, crates: Said) -> None:
    said = crates[name]
    assert (said["passed"], said["said"]) == (True, [])
    assert said["checks"] >= 60


def test_roc_validator_would_find_a_fault(crates: Said) -> None:
    said = crates["with a fault"]
    assert not said["passed"] and len(said["said"]) >= 2


# ---- Networks


def test_igraph_reads_graphml(out: Path, tmp_path: Path) -> None:
    path = tmp_path / "gbkg.graphml"
    path.write_bytes(content(out, "graphml"))
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()
    elements = document(out, "cytoscape")["elements"]
    assert sorted(read.vs["id"]) == sorted(node["data"]["id"] for node in elements["nodes"])
    found = sorted((read.vs[e.source]["id"], e["relation"], read.vs[e.target]["id"]) for e in read.es)
    drawn = sorted((e["data"]["source"], e["data"]["relation"], e["data"]["target"]) for e in elements["edges"])
    assert found == drawn
    assert len(found) > 5


def test_ndex2_reads_cx2(real_build: Path, mini_build: Path, tmp_path: Path) -> None:
    builds = {"real": real_build, "mini": mini_build}
    for name, out in builds.items():
        (tmp_path / name).write_bytes(content(out, "cx2"))
    read = by("ndex2_cx2", {name: tmp_path / name for name in builds})
    for name, out in builds.items():
        elements = document(out, "cytoscape")["elements"]
        iris = {node["data"]["id"]: node["data"]["iri"] for node in elements["nodes"]}
        drawn = sorted(
            [iris[e["data"]["source"]], e["data"]["relation"], iris[e["data"]["target"]]] for e in elements["edges"]
        )
        assert read[name] == {"nodes": sorted(iris.values()), "edges": drawn}


# ---- schema.org


def strangers(given: Any) -> list[str]:
    """Classes and properties that schema.org does not have, and properties on what it does not give them to."""
    faults = []
    for node in given["@graph"]:
        kinds = [node["@type"]] if isinstance(node["@type"], str) else node["@type"]
        faults += [f"no class {kind}" for kind in kinds if kind not in registry.CLASS_METADATA]
        above = {cls for kind in kinds if kind in registry.CLASS_METADATA for cls in (kind, *registry.ancestry(kind))}
        for name in (name for name in node if not name.startswith("@")):
            known = registry.PROPERTY_BY_SCHEMA.get(name)
            if known is None:
                faults.append(f"no property {name}")
            elif not above & set(known.domains):
                faults.append(f"{name} of {' '.join(kinds)}")
    return sorted(set(faults))


def test_schema_org_has_every_term_and_gives_it_to_its_class(out: Path) -> None:
    given = document(out, "schemaorg")
    assert len(given["@graph"]) > 10
    assert strangers(given) == []


def test_the_vocabulary_would_find_a_fault(mini_build: Path) -> None:
    given = json.loads(content(mini_build, "schemaorg"))
    given["@graph"].append({"@id": "urn:x", "@type": "Place", "foundingDate": "2018", "tea": "green"})
    given["@graph"].append({"@id": "urn:y", "@type": "TeaHouse"})
    assert strangers(given) == ["foundingDate of Place", "no class TeaHouse", "no property tea"]
