"""Generated projects conform, grow as they say, and the faults planted in them are found: all of them, no others."""

from __future__ import annotations

import doctest
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gbkg import build
from gbkg.core.errors import Finding, ValidationError
from gbkg.core.project import Project

pytestmark = pytest.mark.usefixtures("unlimited")

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
ALL_KINDS = 132
"""A seed whose first 40 documents have a place for every kind of fault."""


@pytest.fixture(scope="module")
def corpus() -> Iterator[Any]:
    sys.path.insert(0, str(BENCHMARKS))
    import corpus

    yield corpus
    sys.path.remove(str(BENCHMARKS))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(path: Path) -> list[dict[str, str]]:
    header, *lines = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    return [dict(zip(header, line, strict=True)) for line in lines]


def findings(folder: Path, documents: bool = True) -> list[Finding]:
    """The violations that a build of a generated project finds."""
    settings = build.Settings(folder / "documents" if documents else None, formats=())
    try:
        found = build.run(Project(folder / "project"), folder / "build", settings).findings
    except ValidationError as stop:
        found = stop.findings
    return [finding for finding in found if finding.severity == "violation"]


def test_examples_in_docstrings(corpus: Any) -> None:
    results = doctest.testmod(corpus.words)
    assert (results.failed, results.attempted) == (0, 3)


def test_same_seed_and_number_same_bytes(corpus: Any, tmp_path: Path) -> None:
    for name in ("one", "two"):
        corpus.generate(tmp_path / name, 23, seed=7)
    corpus.generate(tmp_path / "other", 23, seed=8)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one") != contents(tmp_path / "other")


def test_documents_stay_as_they_are_when_more_are_added(corpus: Any, tmp_path: Path) -> None:
    corpus.generate(tmp_path / "few", 12)
    corpus.generate(tmp_path / "many", 45)
    few, many = contents(tmp_path / "few"), contents(tmp_path / "many")
    whole = {name for name in few if "article-" in name} | {"project/data/dataset.ttl"}
    assert len(whole) == 12 * 3 + 1
    assert all(few[name] == many[name] for name in whole)
    for name in ("sources.ttl", "curation.ttl"):
        assert many[f"project/data/{name}"].startswith(few[f"project/data/{name}"])
    entities = "project/data/entities.tsv"
    assert set(few[entities].splitlines()) < set(many[entities].splitlines())
    shared = {name for name in few if name.startswith("project/ontology/")}
    assert all(few[name] == many[name] for name in shared)
    names = {f"project/data/{n}" for n in ("sources.ttl", "curation.ttl", "expected.toml")}
    assert set(few) == whole | names | shared | {entities}


def test_quotations_stand_where_the_tables_say(corpus: Any) -> None:
    pages = [corpus.page(3, number) for number in range(300)]
    rows = [(page.text, row) for page in pages for row in page.claims]
    assert len(rows) > 1300
    for text, row in rows:
        start = int(row["start"])
        assert text[start : start + len(row["quote"])] == row["quote"]


def test_a_project_without_faults_conforms(corpus: Any, tmp_path: Path) -> None:
    sizes = corpus.generate(tmp_path, 40, seed=ALL_KINDS).sizes
    assert findings(tmp_path) == []
    report = (tmp_path / "build" / "report.md").read_text(encoding="utf-8")
    counts = [("sources", 40), ("entities", sizes.entities), ("claims", sizes.claims), ("statistics", sizes.statistics)]
    assert all(f"| {name} | {count} |" in report for name, count in counts)


def test_documents_have_what_real_pages_have(corpus: Any) -> None:
    pages = [corpus.page(0, number) for number in range(400)]
    rows = [row for page in pages for row in page.claims if "predicate" in row]
    reasons = Counter(row["reason"] for page in pages for row in page.readings)
    assert set(reasons) == {"furniture", "heading", "caption", "restates", "opinion", "lost-content"}
    assert {row.get("precision", "") for row in rows} == {
        "", "exact", "nearly", "moreThan", "atLeast", "atMost", "approximately"
    }  # fmt: skip
    assert {row["status"] for row in rows} == {"accepted", "unreadable"}
    assert {row["reading"] for row in rows} == {"stated", "implied"}
    assert any(row.get("attributed_to") for row in rows)
    assert any(row.get("criterion") for row in rows)
    kinds = {node.split(" a gbkg:")[1].split()[0] for page in pages for node in page.curation}
    assert kinds == {
        "Ambiguity", "Comparison", "Correction", "Gap", "IdentityJudgement", "Inconsistency", "PassedCheck"
    }  # fmt: skip
    types = {entity.type for page in pages for entity in page.entities.values()}
    assert len(types) > 25
    assert "Person" not in types


def test_hubs_grow_and_facts_are_not_repeated(corpus: Any) -> None:
    pages = [corpus.page(0, number) for number in range(2000)]
    rows = [row for page in pages for row in page.claims if "predicate" in row]
    objects = Counter(row.get("object", "") for row in rows)
    assert objects["guangzhou"] > 80
    facts = Counter((row["subject"], row["predicate"], row["object"]) for row in rows if row.get("object"))
    statistics = Counter((row["subject"], row["predicate"]) for row in rows if row.get("unit"))
    assert max(facts.values()) <= 10
    assert max(statistics.values()) <= 10


def test_entities_grow_in_proportion(corpus: Any) -> None:
    counts = []
    for first in (1000, 2000):
        pages = [corpus.page(0, number) for number in range(first, first + 1000)]
        claims = sum("predicate" in row for page in pages for row in page.claims)
        counts.append(claims / sum(len(page.entities) for page in pages))
    assert all(6 < claims_for_one < 10 for claims_for_one in counts)


@pytest.mark.parametrize(("round_", "documents"), [("typed", False), ("built", True)])
def test_planted_faults_are_found_and_no_others(corpus: Any, tmp_path: Path, round_: str, documents: bool) -> None:
    planted = corpus.generate(tmp_path, 40, ALL_KINDS, round_, each=2).faults
    assert {fault.kind for fault in planted} == set(corpus.kinds(round_))
    found = findings(tmp_path, documents)
    missed, invented = corpus.score(planted, found)
    assert (missed, invented) == ([], [])
    assert len(found) == len(planted) >= 1.5 * len(corpus.kinds(round_))


def test_a_score_counts_what_is_missed_and_what_is_invented(corpus: Any) -> None:
    fault = corpus.Fault("wrong number", "tables", "data/claims/a.tsv", 7, "not the number")
    told = Finding("tables", "not the number that value_text prints", "data/claims/a.tsv", 7)
    elsewhere = Finding("tables", "not the number that value_text prints", "data/claims/a.tsv", 8)
    assert corpus.score([fault], [told]) == ([], [])
    assert corpus.score([fault], [elsewhere]) == ([fault], [elsewhere])
    assert corpus.score([fault, fault], [told]) == ([fault], [])
    assert corpus.score([fault], [told, told]) == ([], [told])


def test_a_changed_document_makes_the_same_claims_with_other_numbers(corpus: Any, tmp_path: Path) -> None:
    corpus.generate(tmp_path, 21)
    before = contents(tmp_path)
    worked_out = next(n for n in range(21) if any("gbkg:formula" in node for node in corpus.page(0, n).curation))
    for number in (0, worked_out, 20):
        corpus.change(tmp_path, number, seed=5)
    after = contents(tmp_path)
    names = {f"article-{number:06}" for number in (0, worked_out, 20)}
    changed = {name for name in after if after[name] != before[name]}
    assert {Path(name).stem for name in changed} == names | {"sources", "curation"}
    for name in names:
        claims = f"project/data/claims/{name}.tsv"
        ids = [[line.split(b"\t")[:3] for line in files[claims].splitlines()] for files in (before, after)]
        assert ids[0] == ids[1]
    assert findings(tmp_path) == []


def test_documents_added_and_removed_leave_a_conforming_project(corpus: Any, tmp_path: Path) -> None:
    corpus.generate(tmp_path, 9)
    assert [corpus.add(tmp_path, seed) for seed in (0, 1, 2)] == [9, 10, 11]
    corpus.remove(tmp_path, 4)
    corpus.remove(tmp_path, 11)
    assert findings(tmp_path) == []
    assert {path.stem for path in (tmp_path / "documents").iterdir()} == {
        f"article-{number:06}" for number in (*range(4), *range(5, 11))
    }


def test_documents_added_are_those_of_a_larger_project(corpus: Any, tmp_path: Path) -> None:
    corpus.generate(tmp_path / "grown", 18)
    for _ in range(5):
        corpus.add(tmp_path / "grown", 0)
    corpus.generate(tmp_path / "whole", 23)
    assert contents(tmp_path / "grown") == contents(tmp_path / "whole")


def test_what_was_added_can_be_removed_again(corpus: Any, tmp_path: Path) -> None:
    corpus.generate(tmp_path, 15)
    before = contents(tmp_path)
    for number in range(15, 20):
        corpus.add(tmp_path, seed=number)
    for number in range(15, 20):
        corpus.remove(tmp_path, number)
    assert contents(tmp_path) == before


def test_what_others_lean_on_and_what_is_not_there_cannot_be_removed(corpus: Any, tmp_path: Path) -> None:
    corpus.generate(tmp_path, 11)
    before = contents(tmp_path)
    with pytest.raises(ValueError, match="document 10 is a survey"):
        corpus.remove(tmp_path, 10)
    with pytest.raises(KeyError, match="article-000012"):
        corpus.remove(tmp_path, 12)
    with pytest.raises(KeyError, match="article-000012"):
        corpus.change(tmp_path, 12, seed=1)
    assert contents(tmp_path) == before


def test_the_command_line(tmp_path: Path) -> None:
    script = [sys.executable, str(BENCHMARKS / "corpus.py")]
    out, listed = tmp_path / "out", tmp_path / "faults.tsv"
    arguments = [str(out), "--documents", "12", "--faults", str(listed), "--round", "typed"]
    run = subprocess.run([*script, *arguments], capture_output=True, encoding="utf-8", check=True)
    planted = table(listed)
    assert run.stdout.splitlines()[1].startswith(f"{len(planted)} findings to come")
    assert {row["gate"] for row in planted} == {"tables"}
    again = subprocess.run([*script, *arguments], capture_output=True, encoding="utf-8")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == f"{out / 'project' / 'data'} is not empty; choose a new folder or remove it\n"
    none = subprocess.run([*script, str(tmp_path / "none"), "--documents", "0"], capture_output=True, encoding="utf-8")
    assert (none.returncode, none.stderr) == (2, "0 documents: a project has at least one\n")
