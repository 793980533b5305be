"""The browser's libraries: taken by digest, all or none, and said to be missing where they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gbkg.web import vendor

ROOT = Path(__file__).resolve().parents[2]
PERMISSIVE = {"MIT", "Apache-2.0", "BSD-3-Clause"}
TABLE = json.loads((vendor.STATIC / "vendor.json").read_text(encoding="utf-8"))
NEEDS_NPM = pytest.mark.skipif(not shutil.which("npm"), reason="the browser's libraries come by npm")


@pytest.fixture
def here() -> Iterator[None]:
    """Forgets, before and after, which parts are here."""
    vendor.available.cache_clear()
    yield
    vendor.available.cache_clear()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What the build hook needs of a checkout, without the libraries."""
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    static = tmp_path / "src" / "gbkg" / "web" / "static"
    static.mkdir(parents=True)
    shutil.copy(vendor.STATIC / "vendor.json", static)
    return tmp_path


def hook(tree: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment}
    command = [sys.executable, tree / "hatch_build.py"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=given)


def test_every_library_has_a_permissive_licence_an_exact_version_and_digests() -> None:
    for package in TABLE["packages"]:
        assert package["licence"] in PERMISSIVE
        assert package["version"].replace(".", "").isdigit()
        assert all(len(file["sha256"]) == 64 for file in package["files"])
        assert "licence_file" in package or "licence" in package["note"]


def test_every_part_is_made_of_libraries_that_are_listed() -> None:
    assert {name for part in vendor.PARTS.values() for name in part} <= {one["name"] for one in TABLE["packages"]}
    assert set(vendor.PLAIN) == set(vendor.PARTS)


@NEEDS_NPM
@pytest.mark.usefixtures("here")
def test_the_hook_brings_every_file_and_the_licences(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = hook(tree)
    assert (done.returncode, done.stderr) == (0, "")
    monkeypatch.setattr(vendor, "STATIC", tree / "src" / "gbkg" / "web" / "static")
    assert all(vendor.available(part) for part in vendor.PARTS)
    assert vendor.missing() == ()
    licences = {path.name for path in (vendor.STATIC / "vendor" / "licences").iterdir()}
    assert len(licences) == sum("licence_file" in package for package in TABLE["packages"])


@NEEDS_NPM
def test_a_file_with_another_digest_is_refused_and_nothing_is_left(tree: Path) -> None:
    table = tree / "src" / "gbkg" / "web" / "static" / "vendor.json"
    known = next(file for one in TABLE["packages"] for file in one["files"] if file["as"] == "cose-base.js")["sha256"]
    table.write_text(table.read_text(encoding="utf-8").replace(known, "0" * 64), encoding="utf-8")
    done = hook(tree)
    assert done.returncode == 1
    assert f"cose-base.js has the digest {known}, and {'0' * 64} was expected" in done.stderr
    assert not (table.parent / "vendor").exists()


def test_without_npm_the_hook_says_what_will_be_plain(tree: Path) -> None:
    done = hook(tree, PATH=str(tree))
    assert done.returncode == 1
    assert done.stderr.startswith("gbkg is installed without its browser libraries: there is no npm.")


def test_without_npm_gbkg_is_installed_all_the_same(tree: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tree)
    for name in ("README.md", "LICENSE", "LICENSE-DATA.md", "gbkg.toml"):
        shutil.copy(ROOT / name, tree)
    for name in ("ontology", "data", "queries"):
        (tree / name).mkdir()
    (tree / "src" / "gbkg" / "__init__.py").touch()
    (tree / "src" / "gbkg" / "core").mkdir()
    shutil.copy(ROOT / "src" / "gbkg" / "core" / "__init__.py", tree / "src" / "gbkg" / "core")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check"]
    empty = {**os.environ, "PATH": str(tree)}
    done = subprocess.run([*build, tree], capture_output=True, encoding="utf-8", env=empty)
    assert done.returncode == 0, done.stderr
    assert "gbkg is installed without its browser libraries: there is no npm." in done.stdout + done.stderr


@pytest.mark.usefixtures("here")
def test_a_changed_file_counts_as_missing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static = tree / "src" / "gbkg" / "web" / "static"
    (static / "vendor").mkdir()
    for file in (file for one in TABLE["packages"] for file in one["files"]):
        (static / "vendor" / file["as"]).write_text("alert(1)", encoding="utf-8")
    monkeypatch.setattr(vendor, "STATIC", static)
    assert not vendor.available("explorer")
    assert vendor.missing()[0].startswith("/explore shows its table")
    with pytest.raises(KeyError):
        vendor.available("jquery-ui")
