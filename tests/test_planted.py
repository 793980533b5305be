"""No gate is absent in silence: gbkg's own checks and shapes run in every project, and each is able to fail."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SHIPPED
from graphs import GBKG, SHAPE_FILES, core, read_rdflib
from rdflib import Graph, Literal
from rdflib.namespace import RDF, SH

from gbkg import build
from gbkg.claims import vocabulary
from gbkg.core import turtle
from gbkg.core.errors import Finding, ProjectError, ValidationError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.validate import checks, gates, planted, running, shacl
from gbkg.validate import shapes as gate
from gbkg.validate.running import Check

ROOT = Path(__file__).resolve().parents[1]
OWN = """#+ A city has no district.
PREFIX gbkg: <https://w3id.org/gbkg/ontology#>
SELECT ?focus { ?focus a gbkg:Nothing }
"""
CHECKS = {check.name: check for check in checks.read(Project(SHIPPED))[0]}


def put(project: Path, file: str, text: str) -> Path:
    path = project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def built(project: Path, out: Path) -> list[str]:
    """The findings of a build, warnings included."""
    try:
        return list(build.run(Project(project), out).warnings)
    except ValidationError as error:
        return [f"{finding.severity}: {finding}" for finding in error.findings]


# ---- Checks


def test_every_check_has_a_planted_violation_and_every_such_violation_a_check() -> None:
    assert set(CHECKS) == set(planted.CHECKS)
    assert [running.able(check) for check in CHECKS.values()] == [[]] * len(CHECKS)


@pytest.mark.parametrize("name", sorted(planted.CHECKS))
def test_a_check_that_finds_nothing_is_noticed(name: str) -> None:
    check = CHECKS[name]
    before, brace, after = check.text.rpartition("}")
    (said,) = running.able(replace(check, text=f"{before} FILTER (false) {brace}{after}"))
    assert str(said) == f"{check.shown}: finds nothing where a violation is planted for it (see its terms and prefixes)"


def test_a_prefix_that_stands_for_another_namespace_is_noticed() -> None:
    text = OWN.replace("ontology#", "onto1ogy#")
    (said,) = running.able(Check("own", "own-violation.rq", text, "", planted.CHECKS["domain"]))
    assert str(said) == (
        "own-violation.rq:2: gbkg: is another namespace everywhere else; "
        "found '<https://w3id.org/gbkg/onto1ogy#>', expected <https://w3id.org/gbkg/ontology#>"
    )


def test_the_checks_of_gbkg_run_whatever_the_folder_of_a_project_has(mini: Path, tmp_path: Path) -> None:
    (mini / "ontology/checks").mkdir()
    assert {check.name for check in checks.read(Project(mini))[0]} >= set(planted.CHECKS) - {
        name for name in CHECKS if "#+ scope" in CHECKS[name].text
    }
    with (mini / "ontology/indicators.ttl").open("a", encoding="utf-8") as file:
        file.write("<https://w3id.org/gbkg/ontology#teaPots> a <https://w3id.org/gbkg/ontology#Indicator> .\n")
    assert any("has no definition" in one for one in built(mini, tmp_path / "out"))


def test_a_check_of_a_project_is_judged_by_itself(mini: Path, tmp_path: Path) -> None:
    put(mini, "ontology/checks/unplanted-violation.rq", OWN)
    put(mini, "ontology/checks/planted-violation.rq", OWN)
    put(mini, "ontology/checks/planted-violation.trig", "graph:entities { id:a a gbkg:Nothing }")
    put(mini, "ontology/checks/deaf-violation.rq", OWN)
    put(mini, "ontology/checks/deaf-violation.trig", "graph:entities { id:a a gbkg:City }")
    put(mini, "ontology/checks/torn-violation.rq", OWN)
    put(mini, "ontology/checks/torn-violation.trig", "graph:entities { id:a a")
    put(mini, "ontology/checks/broken-violation.rq", "SELECT ?focus {")
    put(mini, "ontology/checks/finds-violation.rq", "#+ A city.\nSELECT ?focus { ?focus a gbkg:City }\n")
    put(mini, "ontology/checks/range.rq", OWN)
    said = [one for one in built(mini, tmp_path / "out") if "ontology/checks/" in one]
    assert [re.sub(r"\(put one.*", "", one) for one in said] == [
        "violation: ontology/checks/range.rq: is ignored: it is not a check "
        "(a check is called NAME-violation.rq, what is planted for it NAME-violation.trig)",
        *[one for one in said if "broken-violation.rq:1" in one],
        "violation: ontology/checks/deaf-violation.rq: finds nothing where a violation is planted for it "
        "(see its terms and prefixes)",
        "warning: ontology/checks/finds-violation.rq: it has no test case, so it may never fail ",
        *[one for one in said if "torn-violation" in one],
        "warning: ontology/checks/unplanted-violation.rq: it has no test case, so it may never fail ",
    ]
    assert len(said) == 6
    every = built(mini, tmp_path / "out")
    assert any("id:tea-harbour: A city. [finds]" in one for one in every)


def test_a_check_of_gbkg_is_replaced_on_purpose_or_runs_beside(mini: Path) -> None:
    put(mini, "ontology/checks/range-violation.rq", OWN)
    found, said = checks.read(Project(mini))
    assert [check.name for check in found].count("range") == 2
    assert said == []
    put(mini, "ontology/checks/range-violation.rq", f"#+ replaces: places of this world have no ranges\n{OWN}")
    found, said = checks.read(Project(mini))
    assert [check.name for check in found].count("range") == 1
    assert [str(one) for one in said] == [
        "ontology/checks/range-violation.rq: stands in place of gbkg's own check: places of this world have no ranges"
    ]
    assert [one.severity for one in said] == ["warning"]


def test_a_folder_that_cannot_be_read_is_an_error(mini: Path) -> None:
    put(mini, "ontology/checks", "no folder")
    with pytest.raises(ProjectError, match="ontology/checks: the folder cannot be read: Not a directory"):
        checks.read(Project(mini))
    shutil.rmtree(mini / "queries")
    put(mini, "queries", "no folder")
    with pytest.raises(ProjectError, match="queries: the folder cannot be read"):
        _ = Project(mini).queries


# ---- Shapes


@pytest.fixture
def shapes() -> Graph:
    return read_rdflib(*SHAPE_FILES)


def silent(given: Graph, engine: str = "shacl") -> set[str]:
    return {name.rpartition("#")[2] for name, _ in shacl.silent(shacl.Validator(core(given), engine))}


@pytest.mark.parametrize("engine", shacl.ENGINES)
def test_every_shape_finds_something(shapes: Graph, engine: str) -> None:
    assert shacl.silent(shacl.Validator(core(shapes), engine)) == []


def everything(shapes: Graph) -> set[str]:
    return {str(s).rpartition("#")[2] for s in shapes.subjects(RDF.type, SH.NodeShape)}


def test_shapes_that_are_switched_off_are_silent(shapes: Graph) -> None:
    for shape in set(shapes.subjects(RDF.type, SH.NodeShape)):
        shapes.add((shape, SH.deactivated, Literal(True)))
    assert silent(shapes) == everything(shapes)


def test_shapes_that_only_warn_are_silent(shapes: Graph) -> None:
    for shape in {*shapes.subjects(RDF.type, SH.NodeShape), *shapes.objects(None, SH.property)}:
        shapes.add((shape, SH.severity, SH.Warning))
    assert silent(shapes) == everything(shapes)


def test_property_shapes_are_silent_one_by_one(shapes: Graph) -> None:
    for inner in set(shapes.objects(GBKG.ClaimShape, SH.property)):
        if str(shapes.value(inner, SH.message)).startswith("a claim has one status"):
            shapes.add((inner, SH.deactivated, Literal(True)))
    assert [part.split(":")[0] for _, part in shacl.silent(shacl.Validator(core(shapes), "shacl"))] == [
        "a claim has one status"
    ]


def test_the_shapes_of_the_core_run_in_a_project_whose_own_are_empty(mini: Path, tmp_path: Path) -> None:
    put(mini, "ontology/shapes.ttl", "# nothing\n")
    path = mini / "data/curation.ttl"
    path.write_text(path.read_text("utf-8").replace("A comma one digit too far left.", "No."), "utf-8")
    assert any("a correction gives its reason" in one for one in built(mini, tmp_path / "out"))


RELAXED = """
gbkg:TeaShape a sh:NodeShape ; sh:targetClass gbkg:City ; sh:deactivated true {why};
    sh:property [ sh:path gbkg:partOf ; sh:minCount 1 ; sh:message "a city has a whole" ;
        sh:severity sh:Warning {why}] .
"""


@pytest.mark.parametrize("why", ["", '; rdfs:comment "cities may float" '])
def test_what_is_relaxed_says_why(why: str) -> None:
    prefixes = "".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    given = turtle.parse(prefixes + RELAXED.replace("{why}", why))
    said = gate.relaxed(given, {}, "shapes.ttl")
    assert {one.severity for one in said} == {"warning" if why else "violation"}
    reason = ": cities may float" if why else ""
    hint = "" if why else " (say why in an rdfs:comment beside it, or take it out)"
    assert sorted(map(str, said)) == [
        f"shapes.ttl: shape has the severity sh:Warning{reason}; found 'a city has a whole'{hint}",
        f"shapes.ttl: shape is switched off{reason}; found 'gbkg:TeaShape'{hint}",
    ]


def test_what_is_relaxed_is_said_in_one_order() -> None:
    part = '[ sh:path gbkg:partOf ; sh:message "{}" ; sh:severity sh:Warning ; rdfs:comment "why" ]'
    text = f"gbkg:TeaShape a sh:NodeShape ; sh:property {', '.join(map(part.format, 'dacbfe'))} ."
    prefixes = "".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    for _ in range(5):  # in each reading, nodes without a name have others
        said = gate.relaxed(turtle.parse(prefixes + text), {}, "shapes.ttl")
        assert [one.found for one in said] == list("abcdef")


def test_a_shape_within_another_needs_no_target() -> None:
    inner = "[ a sh:NodeShape ; sh:property [ sh:path gbkg:partOf ; sh:minCount 1 ] ]"
    named = f"gbkg:TeaShape a sh:NodeShape ; sh:targetClass gbkg:City ; sh:not {inner} ; sh:or ( {inner} {inner} )"
    text = f"{named} . {inner} ."
    prefixes = "".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    given = turtle.parse(prefixes + text)
    said = gate.shapes_sound({"shapes.ttl": given}, vocabulary.terms(Project(SHIPPED)), {}, {})
    assert list(map(str, said)) == ["shapes.ttl: shape has no target; found '[]'"]


def test_a_shape_of_a_project_that_nothing_breaks_is_a_warning() -> None:
    (said,) = gate.unable([(str(GBKG.TeaShape), "a city has a whole")], {}, "shapes.ttl")
    assert said == Finding(
        "shapes",
        "shape accepts test nodes that violate it, so it can never fail",
        "shapes.ttl",
        found="TeaShape: a city has a whole",
        severity="warning",
    )


def test_a_count_that_cannot_be_exceeded_is_no_endless_work() -> None:
    prefixes = "".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    shape = "gbkg:TeaShape a sh:NodeShape ; sh:targetClass gbkg:City ; sh:property gbkg:T . gbkg:T sh:path gbkg:partOf"
    given = turtle.parse(f"{prefixes} {shape} ; sh:maxCount 99999999999 .")
    assert shacl.silent(shacl.Validator(given)) == [(str(GBKG.TeaShape), str(GBKG.partOf))]


# ---- Expected counts


def test_bounds_hold_for_the_sources_that_they_were_written_for(mini: Path) -> None:
    put(mini, "data/expected.toml", 'of = ["almanac", "gazette"]\nCity = [1, 1]\n')
    for sources, cities, said in (
        (("almanac", "gazette"), 1, []),
        (("almanac", "gazette"), 2, ["violation: number of City"]),
        (("almanac", "gazette", "letter"), 2, ["warning: no most is looked at"]),
        (("almanac", "letter"), 0, ["violation: a source is missing", "warning: no most", "violation: number of City"]),
    ):
        found = gates.expected(Project(mini), {"City": cities}, sources)
        assert [f"{one.severity}: {one.message}"[: len(text)] for one, text in zip(found, said, strict=True)] == said


# ---- gbkg itself, and the report


def test_a_gbkg_that_lacks_its_own_gates_says_so(tmp_path: Path) -> None:
    for part in ("src", "ontology", "data", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "src/gbkg/schema/checks"
    (folder / "range-violation.rq").rename(folder / "range.rq")
    domain = folder / "domain-violation.rq"
    domain.write_text(domain.read_text("utf-8").replace("graph/>", "grahp/>"), "utf-8")
    path = folder.parent / "shapes.ttl"
    text = path.read_text("utf-8").replace("gbkg:GapShape", "gbkg:GappShape")
    path.write_text(text.replace("gbkg:SourceShape a", "gbkg:SourceShape sh:deactivated true ; a"), "utf-8")
    command = [sys.executable, "-m", "gbkg", "--project", str(tmp_path), "build", "--out", str(tmp_path / "out")]
    environment = {name: value for name, value in os.environ.items() if name != "GBKG_SOURCES"}
    ended = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment | {"PYTHONPATH": str(tmp_path / "src")}
    )
    assert ended.returncode == 1
    for said in (
        "gbkg/schema/checks: gbkg's own checks are not there; found 'range'",
        "gbkg/schema/checks/range.rq: is ignored: it is not a check",
        "graph: is another namespace everywhere else; found '<https://w3id.org/gbkg/grahp/>'",
        "gbkg/schema/shapes.ttl: gbkg's own shapes are not there; found 'GapShape'",
        "shape is switched off; found 'gbkg:SourceShape'",
        "shape accepts test nodes that violate it, so it can never fail; found 'SourceShape: a source has one title'",
    ):
        assert said in ended.stderr, said
    assert not (tmp_path / "out" / "gbkg.nq").exists()


def test_the_report_says_what_each_gate_looked_at(real_build: Path) -> None:
    report = json.loads((real_build / "report.json").read_text("utf-8"))
    gates = {(one["gate"], one["name"]): (one["count"], one["unit"]) for one in report["gates"]}
    assert {name for gate, name in gates if gate == "hygiene"} == set(planted.CHECKS)
    shapes = {name.removeprefix("gbkg:") for gate, name in gates if gate == "shapes"}
    assert shapes >= set(planted.SHAPES)
    assert gates["shapes", "gbkg:ClaimShape"] == (report["counts"]["claims"], "nodes")
    assert gates["permitted", ""] == (report["counts"]["triples"], "triples")
    assert gates["facts", ""] == (report["counts"]["facts"], "facts")
    assert gates["quotations", "without documents"] == (report["counts"]["passages"], "passages")
    assert all(count for count, _ in gates.values())
    page = (real_build / "report.md").read_text("utf-8")
    assert f"| shapes | gbkg:ClaimShape | {report['counts']['claims']:,} nodes |" in page
