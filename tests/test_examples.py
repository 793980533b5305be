"""A second project, in another field: its documents are made as files, added, and asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from printed import made_of

from gbkg import build
from gbkg.core.project import Project

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "seed-bank"
FILES = {"annual-report.pdf": "2024-02-19", "letter.docx": "2023-11-06", "notice.html": ""}
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "seed-bank")


def test_the_documents_give_the_texts_that_the_claims_quote(example: Path, tmp_path: Path, run_here: Run) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(made_of(EXAMPLE / "papers" / f"{name.partition('.')[0]}.md", name))
    shutil.rmtree(example / "documents")
    register = example / "data" / "sources.ttl"
    register.write_text("@prefix gbkg: <https://w3id.org/gbkg/ontology#> .\n", encoding="utf-8")
    for name, date in FILES.items():
        told = ["--author", "Millbrook Seed Bank"] if name.endswith("pdf") else []
        ended = run_here("add", tmp_path / name, *told, *(["--date", date] if date else []), cwd=example)
        assert ended.returncode == 0, ended.stderr
    for text in (EXAMPLE / "documents").rglob("*.t*"):
        assert (example / text.relative_to(EXAMPLE)).read_bytes() == text.read_bytes(), text.name
    locked = run_here("lock", cwd=example)
    assert (locked.returncode, locked.stdout) == (0, "")


def test_it_builds_and_answers_in_two_languages(example: Path, run_here: Run) -> None:
    made = build.run(Project.find(example), example / "build", build.Settings(example / "documents"))
    assert {one.file for one in made.findings} == {"data/review.tsv", "data/expected.toml"}
    cited = run_here("query", "accessions", "-p", "crop=水稻", "--cite", cwd=example).stdout
    assert "MB-0417    Rice  Lower Reed  Millbrook Seed Bank" in cited
    assert "notice 71–85: “编号MB-0417的水稻种质”  (notice.rice-crop)" in cited
    assert "What is kept in a vault is held by the organization that operates the vault. (kept-is-held)" in cited
    assert "accessions kept: more than 1,200 accessions; 2023" in run_here("show", "磨溪种子库", cwd=example).stdout
    by_date = run_here("query", "statistics-by-date", cwd=example).stdout  # a question of gbkg's own
    assert "Millbrook Seed Bank" in by_date and "germination" in by_date
    assert "contradictory" in run_here("disputes", "mb-0417", cwd=example).stdout


def test_a_text_that_is_elsewhere_is_a_warning_where_no_folder_is_named(example: Path, run_here: Run) -> None:
    (example / "documents" / "letter.txt").unlink()
    built = run_here("build", "--unchecked", cwd=example)
    assert built.returncode == 0 and "warning: data/sources.ttl: document letter was not found" in built.stderr
    named = run_here("build", "--unchecked", "--sources", "documents", cwd=example)
    assert named.returncode == 1 and "violation: data/sources.ttl: document letter was not found" in named.stderr
