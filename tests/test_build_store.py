"""A build into a store on disk: what it holds, how little is written when little has changed; what failure leaves."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from gbkg import build
from gbkg.core.difference import of_files
from gbkg.core.errors import GbkgError, ValidationError
from gbkg.core.project import Project
from gbkg.graph import write
from gbkg.knowledge import open as open_graph
from gbkg.store import disk
from gbkg.store.memory import Memory
from gbkg.validate.shacl import divided

pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def shelf(mini: Path, tmp_path: Path) -> Path:
    """The mini project's store; its outputs are beside it, in `out`."""
    built(mini, tmp_path)
    return tmp_path / "shelf"


def built(mini: Path, tmp_path: Path, **more: object) -> None:
    settings = build.Settings(**{"store": tmp_path / "shelf", "formats": ("nq",), **more})  # type: ignore[arg-type]
    build.run(Project(mini), tmp_path / "out", settings)


def dispute(mini: Path) -> None:
    """One claim of the mini project is no longer accepted."""
    table = mini / "data" / "claims" / "gazette.tsv"
    lines = table.read_text(encoding="utf-8").split("\n")
    changed = [x.replace("\taccepted\t", "\tdisputed\t") if x.startswith("fair-on\t") else x for x in lines]
    assert changed != lines
    table.write_text("\n".join(changed), encoding="utf-8")


def assert_same(shelf: Path) -> None:
    """The store is sound and holds the quads of the file."""
    assert disk.check(shelf).digest == Memory.read(shelf.parent / "out" / "gbkg.nq").digest


def test_the_store_holds_the_graph_of_the_file(shelf: Path) -> None:
    assert_same(shelf)
    held = disk.read(shelf)
    assert sum(held.manifest.graphs.values()) == len(held) == len(list(held))


def test_the_store_answers_as_the_file_does(mini: Path, shelf: Path) -> None:
    text = "SELECT ?s ?o { ?s gbkg:operatedBy ?o } ORDER BY ?s ?o"
    place = Project(mini).root
    from_store = open_graph(place, store=shelf).query(text, cite=True)
    from_file = open_graph(place, shelf.parent / "out" / "gbkg.nq").query(text, cite=True)
    assert len(from_file) > 0
    assert tuple(from_store.rows) == tuple(from_file.rows)  # type: ignore[union-attr]
    assert from_store.proofs == from_file.proofs  # type: ignore[union-attr]


def test_a_small_change_is_not_written_as_a_whole(
    mini: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispute(mini)
    monkeypatch.setattr(disk, "write", lambda *_, **__: pytest.fail("written as a whole"))
    built(mini, tmp_path)
    assert_same(shelf)


@pytest.mark.parametrize("spoilt", ["file", "store", "cache"])
def test_what_is_not_as_the_last_build_left_it_is_written_as_a_whole(
    spoilt: str, mini: Path, shelf: Path, tmp_path: Path
) -> None:
    if spoilt == "file":
        file = tmp_path / "out" / "gbkg.nq"
        file.write_bytes(b"\n".join(file.read_bytes().split(b"\n")[5:]))
    elif spoilt == "store":
        current = (shelf / "current").resolve()
        (current / "manifest.json").write_text("{}")
    else:
        (tmp_path / "out" / build.CACHE).unlink()
    dispute(mini)
    built(mini, tmp_path)
    assert_same(shelf)


def test_a_violation_leaves_the_former_store(mini: Path, shelf: Path, tmp_path: Path) -> None:
    before = disk.read(shelf).manifest
    (mini / "data" / "expected.toml").write_text("City = [9, 9]\n", encoding="utf-8")
    with pytest.raises(ValidationError):
        built(mini, tmp_path)
    assert disk.check(shelf) == before


def test_an_unchecked_build_writes_the_same_store(mini: Path, shelf: Path, tmp_path: Path) -> None:
    before = disk.read(shelf).manifest
    built(mini, tmp_path / "other", engine="")
    made = disk.check(tmp_path / "other" / "shelf")
    assert made.unchecked
    assert made.digest == before.digest


def test_a_folder_of_other_things_is_refused(mini: Path, tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "letter.txt").write_text("mine")
    with pytest.raises(GbkgError, match="shelf"):
        built(mini, tmp_path)
    assert (tmp_path / "shelf" / "letter.txt").read_text() == "mine"


def test_changes_are_what_differs(tmp_path: Path) -> None:
    def line(number: int) -> str:
        return f"<urn:s{number}> <urn:p> <urn:o> <urn:g> .\n"

    (tmp_path / "former").write_text("".join(map(line, range(10))))
    (tmp_path / "new").write_text("".join(map(line, [0, 11, *range(2, 10), 12])))
    removed, added = of_files(tmp_path / "former", tmp_path / "new")
    assert [quad.subject for quad in removed] == [ox.NamedNode("urn:s1")]
    assert [quad.subject for quad in added] == [ox.NamedNode("urn:s11"), ox.NamedNode("urn:s12")]


@pytest.mark.parametrize("shelf", [None, "shelf"])
def test_a_graph_too_large_for_memory_is_checked_on_disk_and_has_the_same_outputs(
    shelf: str | None, mini: Path, mini_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((write, "IN_MEMORY"), (write, "READ_AGAIN"), (divided, "WHOLE")):
        monkeypatch.setattr(module, name, 100)
    settings = build.Settings(mini / "documents", tmp_path / shelf if shelf else None)
    build.run(Project(mini), tmp_path / "out", settings)
    for path in mini_build.glob("gbkg.*"):
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes(), path.name
    assert not list(tmp_path.rglob("asked"))
    table = mini / "data" / "claims" / "gazette.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\taccepted\t", "\tdisputed\t", 1), encoding="utf-8")
    with monkeypatch.context() as small:
        small.setattr(write, "IN_MEMORY", 1_000_000)
        small.setattr(divided, "WHOLE", 1_000_000)
        whole = told(mini, tmp_path / "small", settings)
    assert told(mini, tmp_path / "out", settings) == whole


def told(mini: Path, out: Path, settings: build.Settings) -> list[str]:
    """The findings of a build, whether it is green or not."""
    try:
        return list(map(str, build.run(Project(mini), out, settings).findings))
    except ValidationError as error:
        return list(map(str, error.findings))
