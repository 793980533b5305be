"""The wheel brings the project along: gbkg works in an empty folder, without the checkout that it was built from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from printed import pdf

from gbkg.core.project import CORE

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "__pycache__", "*.egg-info", "tests")
MARK = "What the wheel says of blockchain."


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of a copy of the tree, in which one description is another than in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = shutil.copytree(ROOT, folder / "tree", ignore=LEFT_OUT)
    entities = tree / "data" / "entities.tsv"
    text = entities.read_text(encoding="utf-8")
    ours = "The technology that both documents are about."
    assert text.count(ours) == 1
    entities.write_text(text.replace(ours, MARK), encoding="utf-8")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check"]
    run(*build, "--outdir", folder, tree)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Iterator[Path]:
    """The folder that the wheel is installed in; the tree that it was built from is gone."""
    target = wheel.parent / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    run(*pip, "--no-deps", "--target", target, wheel)
    shutil.rmtree(wheel.parent / "tree")
    yield target


def run(*command: object, cwd: Path | None = None, path: str | None = None) -> CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "GBKG_SOURCES"}
    if path is not None:
        environment["PYTHONPATH"] = path
    ended = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", cwd=cwd, env=environment)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended


def gbkg(installed: Path, folder: Path, *arguments: str) -> str:
    """What the installed gbkg prints; -S leaves out the links to a checkout that an editable install makes."""
    path = os.pathsep.join([str(installed), *{sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}])
    return run(sys.executable, "-S", *arguments, cwd=folder, path=path).stdout


def test_the_wheel_has_ontology_data_and_queries(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("gbkg/project/")}
    there = {
        f"gbkg/project/{path.relative_to(ROOT).as_posix()}"
        for folder in ("ontology", "data", "queries")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert packed == there | {"gbkg/project/gbkg.toml"}


def test_the_wheel_has_the_core(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("gbkg/schema/")}
    assert packed == {f"gbkg/{path.relative_to(CORE.parent)}" for path in CORE.rglob("*") if path.is_file()}


def test_the_wheel_has_nothing_of_the_checkout_besides(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top.partition("-")[0] for top in tops} == {"gbkg"}


@pytest.mark.skipif(not shutil.which("npm"), reason="the browser's libraries come by npm")
def test_the_wheel_has_the_libraries_of_the_browser_with_their_licences(wheel: Path) -> None:
    static = "gbkg/web/static/"
    with zipfile.ZipFile(wheel) as packed:
        there = {name.removeprefix(static) for name in packed.namelist() if name.startswith(f"{static}vendor/")}
        table = json.loads(packed.read(f"{static}vendor.json"))
        for package in table["packages"]:
            for file in package["files"]:
                content = packed.read(f"{static}vendor/{file['as']}")
                assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert {"vendor/cytoscape.min.js", "vendor/licences/cytoscape.txt", "vendor/yasgui.min.js"} < there


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    there = gbkg(installed, tmp_path, "-c", "import gbkg; print(gbkg.__file__)")
    assert Path(there.strip()) == installed / "gbkg" / "__init__.py"


def test_build_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    assert "\ntriples " in gbkg(installed, tmp_path, "-m", "gbkg", "build")
    assert [path.name for path in tmp_path.iterdir()] == ["build"]
    assert MARK in (tmp_path / "build" / "gbkg.ttl").read_text(encoding="utf-8")


def test_a_new_project_builds_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    gbkg(installed, tmp_path, "-m", "gbkg", "init", "mine", "--title", "Our libraries", "--prefix", "lib")
    mine = tmp_path / "mine"
    assert "3  statements by a source" in gbkg(installed, mine, "-m", "gbkg", "build")
    cited = gbkg(installed, mine, "-m", "gbkg", "query", "libraries", "--cite")
    assert "[2] example 57–92: “It succeeds the Mill Street Library”  (example.succeeds)" in cited
    assert "Our libraries" in (mine / "build" / "gbkg.ttl").read_text(encoding="utf-8")


def test_a_stranger_comes_from_the_wheel_to_a_cited_answer_about_documents(installed: Path, tmp_path: Path) -> None:
    gbkg(installed, tmp_path, "-m", "gbkg", "init", "mine")
    mine = tmp_path / "mine"
    founded = "The Reed Library was founded on 1 June 1998"
    printed = pdf([[(60, 700, 18, "A letter"), (60, 660, 10, f"{founded}.")]], "A letter")
    (tmp_path / "letter.pdf").write_bytes(printed)
    (tmp_path / "notice.html").write_text(
        "<p>芦苇图书馆成立于1998年6月1日，设有阅览座位120个。</p>", encoding="gb18030"
    )
    added = gbkg(installed, mine, "-m", "gbkg", "add", "../letter.pdf", "../notice.html")
    assert "registered letter: “A letter” (en)" in added and "registered notice: “notice” (zh)" in added
    entities = mine / "data" / "entities.tsv"
    row = "reed-library\town:Library\tReed Library\tLibrary of the town of Reed.\n"
    entities.write_text(entities.read_text().replace("willow-library", f"{row}willow-library", 1))
    columns = "id subject predicate object quote".split()
    for source, quote in (
        ("letter", "The Reed Library was founded on 1 June 1998"),
        ("notice", "芦苇图书馆成立于1998年6月1日"),
    ):
        cells = "\t".join(("founded", "reed-library", "foundedOn", "1998-06-01", quote))
        name = "name\treed-library\talias\t芦苇图书馆\t芦苇图书馆\n" if source == "notice" else ""
        text = "\t".join(columns) + f"\n{cells}\n{name}"
        (mine / "data" / "claims" / f"{source}.tsv").write_text(text, encoding="utf-8")
    gbkg(installed, mine, "-m", "gbkg", "lock")
    gbkg(installed, mine, "-m", "gbkg", "build")
    cited = gbkg(installed, mine, "-m", "gbkg", "query", "libraries", "-p", "library=芦苇图书馆", "--cite")
    assert "Reed Library  1998-06-01" in cited and "[1] or [2]" in cited
    assert "letter 9–52: “The Reed Library was founded on 1 June 1998”  (letter.founded)" in cited
    assert "notice 0–17: “芦苇图书馆成立于1998年6月1日”  (notice.founded)" in cited


def test_show_prints_what_the_wheel_has(installed: Path, tmp_path: Path) -> None:
    shown = gbkg(installed, tmp_path, "-m", "gbkg", "show", "blockchain")
    assert shown.startswith(f"Blockchain  (technology)  id:blockchain\n{MARK}\n")
    assert "[1] guang" in shown
