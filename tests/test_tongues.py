"""Names in any language: labels beside the English one, and ids that are not ASCII."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from gbkg.claims import inputs
from gbkg.core.project import Project
from gbkg.core.terms import minted, term
from gbkg.graph import statements
from gbkg.intake.start import start

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new project whose library has an id and a label in Chinese."""
    start(tmp_path / "mine")
    for name in ("data/entities.tsv", "data/claims/example.tsv"):
        path = tmp_path / "mine" / name
        path.write_text(path.read_text().replace("willow-library\t", "柳树图书馆\t"), encoding="utf-8")
    return tmp_path / "mine"


def label(folder: Path, *cells: str, column: str = "label@zh") -> None:
    path = folder / "data" / "entities.tsv"
    head, *rows = path.read_text("utf-8").splitlines()
    lines = [f"{row}\t{cell}" for row, cell in zip([head, *rows], (column, *cells), strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_label_in_another_language_finds_the_entity_without_an_alias(folder: Path, run_here: Run) -> None:
    label(folder, "磨坊街图书馆", "")
    assert run_here("build", cwd=folder).returncode == 0
    assert run_here("verify", cwd=folder).returncode == 0
    shown = run_here("show", "磨坊街图书馆", cwd=folder)
    assert shown.returncode == 0 and shown.stdout.startswith("Mill Street Library  (library)  id:mill-street-library\n")
    entity = inputs.read(Project(folder)).entities["mill-street-library"]
    assert entity.labels == (("zh", "磨坊街图书馆"),)
    (said,) = [t.object for t in statements.entity(entity) if t.predicate == term("skos:prefLabel")]
    assert str(said) == '"磨坊街图书馆"@zh'


def test_an_id_may_be_in_any_script(folder: Path, run_here: Run) -> None:
    assert run_here("build", cwd=folder).returncode == 0
    asked = run_here("query", "libraries", "-p", "library=柳树图书馆", "--cite", cwd=folder)
    assert "Willow Library  2021-05-03" in asked.stdout and "(example.founded)" in asked.stdout
    assert run_here("show", "柳树图书馆", cwd=folder).stdout.startswith("Willow Library  (library)  id:柳树图书馆\n")
    assert minted("id", "柳树图书馆").value in (folder / "build" / "gbkg.nq").read_text("utf-8")
    for form in ("turtle", "graphml", "csv"):
        assert run_here("export", form, "-o", f"out.{form}", cwd=folder).returncode == 0


@pytest.mark.parametrize("slug", ["Willow", "柳树--图书馆", "cafe\u0301", "ｗｉｄｅ", "柳树 图书馆", "柳树_图书馆"])
def test_an_id_has_one_spelling(folder: Path, slug: str) -> None:
    path = folder / "data" / "entities.tsv"
    path.write_text(path.read_text("utf-8").replace("柳树图书馆\t", f"{slug}\t"), encoding="utf-8")
    assert any(one.column == "id" for one in inputs.read(Project(folder)).faults)


def test_faults_of_labels_are_told(folder: Path) -> None:
    label(folder, "图书馆", "图书馆")
    (fault,) = inputs.read(Project(folder)).faults
    assert (fault.column, fault.message) == ("label@zh", "two entities of one class have this label")


def test_a_column_that_is_no_language_is_unknown(folder: Path) -> None:
    label(folder, "x", "y", column="label@Chinese!")
    assert "is unknown" in inputs.read(Project(folder)).faults[0].message
