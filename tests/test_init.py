"""A project that `gbkg init` begins: complete, commented, and building at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from gbkg.core.errors import ParseError, ProjectError
from gbkg.core.project import CORE, Project
from gbkg.intake.start import start

Run = Callable[..., CompletedProcess[str]]


def test_a_new_project_builds_verifies_and_answers(run_here: Run, tmp_path: Path) -> None:
    begun = run_here("init", "libraries", "--title", "Our libraries", cwd=tmp_path)
    assert begun.returncode == 0 and begun.stdout.endswith("next: cd libraries && gbkg build\n")
    folder = tmp_path / "libraries"
    assert run_here("build", cwd=folder).returncode == 0
    verified = run_here("verify", cwd=folder)
    assert verified.returncode == 0 and "3 of 3 quotations of 3 claims are in the document" in verified.stdout
    shown = run_here("show", "willow library", cwd=folder).stdout
    assert shown.startswith("Willow Library  (library)  id:willow-library\n")
    assert "seats for readers: 40 seats" in shown and "succeeds Mill Street Library" in shown
    narrowed = run_here("query", "libraries", "-p", "library=Willow Library", cwd=folder)
    assert "2021-05-03  Mill Street Library" in narrowed.stdout


def test_the_files_say_what_they_are_for(tmp_path: Path) -> None:
    start(tmp_path / "mine", "Mine", "lib", "https://example.org/terms#")
    texts = {path.name: path.read_text("utf-8") for path in (tmp_path / "mine").rglob("*") if path.is_file()}
    assert all(texts[name].startswith("#") for name in ("gbkg.toml", "lib.ttl", "sources.ttl", "README.md"))
    assert not any("@TITLE@" in text or "@PREFIX@" in text for text in texts.values())
    about = Project(tmp_path / "mine").about
    assert (about.title, about.prefix, about.namespace) == ("Mine", "lib", "https://example.org/terms#")


def test_the_comments_name_terms_that_there_are(tmp_path: Path) -> None:
    start(tmp_path / "mine", "Mine", "lib")
    comments = re.findall("^#.*", (tmp_path / "mine/ontology/lib.ttl").read_text("utf-8"), re.M)
    named = {name for line in comments for name in re.findall(r"gbkg:(\w+)", line) if not name.endswith("Shape")}
    known = set(re.findall(r"^gbkg:(\w+) a owl:", (CORE / "core.ttl").read_text("utf-8"), re.M))
    assert len(named) > 20 and named <= known


def test_the_example_is_left_as_the_readme_says(run_here: Run, tmp_path: Path) -> None:
    start(tmp_path, "Mine", "lib")
    for path in [*tmp_path.rglob("example.*")]:
        path.unlink()
    entities, register, terms = (
        tmp_path / name for name in ("data/entities.tsv", "data/sources.ttl", "ontology/lib.ttl")
    )
    entities.write_text(entities.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    register.write_text(register.read_text("utf-8").partition("src:example a")[0], "utf-8")
    assert (
        "documents: no document is registered yet (gbkg add FILE registers one)"
        in run_here("build", cwd=tmp_path).stderr
    )
    (tmp_path / "letter.txt").write_text("The Reed Library has 120 seats.\n", "utf-8")
    assert run_here("add", "letter.txt", cwd=tmp_path).returncode == 0
    (tmp_path / "letter.txt").unlink()
    terms.write_text(terms.read_text("utf-8").partition("# A class of entities")[0], "utf-8")
    line = (tmp_path / "queries/libraries.rq").read_text("utf-8").partition("lib:succeeds")[0].count("\n") + 1
    said = run_here("build", cwd=tmp_path).stderr
    assert f"queries/libraries.rq:{line}: lib:succeeds: A gbkg term is used that the ontology does not declare." in said
    (tmp_path / "queries/libraries.rq").unlink()
    assert run_here("build", cwd=tmp_path).returncode == 0


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ProjectError, match=r"has files already: notes\.txt"):
        start(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    (tmp_path / "notes.txt").rename(tmp_path / ".gitignore")
    assert "gbkg.toml" in start(tmp_path).files


@pytest.mark.parametrize(("prefix", "namespace"), [("gbkg", ""), ("Own", ""), ("own", "https://w3id.org/gbkg/x#")])
def test_a_prefix_or_namespace_that_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, prefix: str, namespace: str
) -> None:
    with pytest.raises(ParseError):
        start(tmp_path / "mine", "Mine", prefix, namespace)
    assert not (tmp_path / "mine").exists()


def test_a_title_that_would_break_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="quotation mark"):
        start(tmp_path / "mine", 'Mine" x')
