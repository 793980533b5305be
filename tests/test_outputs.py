"""The outputs of a build: put in place at one stroke, and never read when they are not what the build wrote."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MINI, Run

from gbkg import build
from gbkg.core.errors import AlteredError, GbkgError, OutputError, ProjectError
from gbkg.core.project import Project
from gbkg.knowledge import open as open_graph
from gbkg.store import outputs
from gbkg.store.outputs import Build
from gbkg.store.publish import QuadSource

OLD = {"gbkg.nq": b"<urn:a> <urn:b> <urn:old> .\n", "gbkg.ttl": b"old", "report.json": b'{"is": "old"}'}
NEW = {"gbkg.nq": b"<urn:a> <urn:b> <urn:new> .\n", "gbkg.jsonld": b"new", "report.json": b'{"is": "new"}'}


def put(folder: Path, files: dict[str, bytes]) -> None:
    with outputs.writing(folder) as new:
        for name, content in files.items():
            new.put(name, [content])


def seen(folder: Path) -> dict[str, bytes]:
    """What anybody sees who opens the outputs by name."""
    paths = [path for path in folder.iterdir() if outputs.NAMES.fullmatch(path.name) and path.is_file()]
    return {path.name: path.read_bytes() for path in paths if path.name != outputs.SUMS}


def versions(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".gbkg").glob("version-*"))


# ---- The manifest


def test_the_manifest_has_the_digest_of_every_output_as_sha256sum_writes_it(mini_build: Path) -> None:
    lines = (mini_build / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert lines == [
        f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(seen(mini_build).items())
    ]
    assert len(lines) == 6


def test_outputs_are_links_into_the_current_version(mini_build: Path) -> None:
    for name in (*seen(mini_build), "SHA256SUMS"):
        assert str((mini_build / name).readlink()) == f".gbkg/current/{name}"


# ---- One commit

_EVENTS = ("open", "os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "shutil.rmtree")


def killed(folder: Path, files: dict[str, bytes], step: int) -> bool:
    """Whether a process that writes the files was killed before the step-th thing that it does to the disk."""
    child = os.fork()
    if child == 0:
        import sys

        left = [step]

        def stop(event: str, _: object) -> None:
            if event in _EVENTS:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(stop)
        try:
            put(folder, files)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking a process with threads
@pytest.mark.parametrize("first", [True, False])
def test_a_build_killed_at_any_step_leaves_the_old_outputs_or_the_new_and_never_both(
    tmp_path: Path, first: bool
) -> None:
    folder, found = tmp_path / "build", []
    for step in range(200):
        shutil.rmtree(folder, ignore_errors=True)
        if not first:
            put(folder, OLD)
        was_killed = killed(folder, NEW, step)
        now = seen(folder) if folder.exists() else {}
        assert now in (NEW, {} if first else OLD), f"step {step}: a mix, {now}"
        made = outputs.find(folder) if folder.exists() else None
        if made:
            for name in made.sums:
                made.check(name)
            assert {name: made.path(name).read_bytes() for name in made.sums} == now
        del made
        found.append(now == NEW)
        put(folder, NEW)
        assert seen(folder) == NEW and len(versions(folder)) == 1, f"step {step}: something was left"
        if not was_killed:
            break
    assert step > 20 and found == sorted(found) and not found[0] and found[-1]


def test_an_exception_leaves_the_former_outputs(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    with pytest.raises(GbkgError, match="not this one"), outputs.writing(tmp_path) as new:
        new.put("gbkg.nq", [b"new"])
        raise GbkgError("not this one")
    assert seen(tmp_path) == OLD and versions(tmp_path) == ["version-1"]


def test_a_reader_goes_on_with_the_outputs_it_opened(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    reader = Build(tmp_path)
    put(tmp_path, NEW)
    put(tmp_path, NEW)
    assert reader.report == {"is": "old"} and [str(quad.object) for quad in reader.quads()] == ["<urn:old>"]
    assert Build(tmp_path).report == {"is": "new"}
    assert versions(tmp_path) == ["version-1", "version-3"]
    del reader
    put(tmp_path, NEW)
    assert versions(tmp_path) == ["version-4"]


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in (".gbkg-mine", "version-1", ".gbkg-other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("years of work")
    put(tmp_path, OLD)
    put(tmp_path, NEW)
    assert len(list(tmp_path.glob("*/thesis.txt"))) == 3
    (tmp_path / "other" / ".gbkg").mkdir(parents=True)
    (tmp_path / "other" / ".gbkg" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="holds other files"):
        put(tmp_path / "other", NEW)


def test_a_folder_in_the_place_of_an_output_is_refused(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    (tmp_path / "gbkg.ttl").unlink()
    (tmp_path / "gbkg.ttl").mkdir()
    with pytest.raises(OutputError, match=r"gbkg\.ttl is a folder \(former outputs are as they were\)"):
        put(tmp_path, OLD)
    put(tmp_path, NEW)  # which has no gbkg.ttl
    assert (tmp_path / "gbkg.ttl").is_dir() and seen(tmp_path)["gbkg.nq"] == NEW["gbkg.nq"]


def test_plain_files_of_former_versions_give_way(tmp_path: Path) -> None:
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    put(tmp_path, NEW)
    assert seen(tmp_path) == NEW and all((tmp_path / name).is_symlink() for name in NEW)


def test_a_copy_of_the_files_is_read_like_the_folder(tmp_path: Path, mini_build: Path) -> None:
    copy = shutil.copytree(mini_build, tmp_path / "copy", ignore=shutil.ignore_patterns(".gbkg*"))
    assert not (copy / "gbkg.nq").is_symlink()
    assert open_graph(MINI, copy / "gbkg.nq").digest == open_graph(MINI, mini_build / "gbkg.nq").digest


# ---- What was read


def test_inputs_that_change_while_they_are_built_are_refused(mini: Path, tmp_path: Path) -> None:
    table, changed = mini / "data" / "entities.tsv", mini / "data" / "dataset.ttl"
    text = table.read_bytes()
    build.run(Project(mini), tmp_path / "out")
    before = seen(tmp_path / "out")
    described = changed.read_bytes()
    changed.write_bytes(described + b"\n")  # so that there is something to make

    for moment, undo in (("inferring", False), ("checking the graph", False), ("reading tables", True)):

        def change(said: str, *_: int, moment: str = moment, undo: bool = undo) -> None:
            if said == moment:
                table.write_bytes(text.replace(b"Oldest district", b"Eldest district"))
                if undo:
                    table.write_bytes(text)

        with pytest.raises(ProjectError, match=r"data/entities\.tsv: changed while it was read \(nothing was written"):
            build.run(Project(mini), tmp_path / "out", progress=change)
        assert seen(tmp_path / "out") == before
        table.write_bytes(text)
    changed.write_bytes(described)
    build.run(Project(mini), tmp_path / "out")
    assert seen(tmp_path / "out") == before


# ---- Outputs that were changed


def replaced(path: Path) -> None:
    """Another founder, as an editor writes that keeps the file."""
    text = path.read_bytes()
    assert text.count(b"id/kettle-works>") > 3
    path.write_bytes(text.replace(b"id/kettle-works>", b"id/reed-bank>"))


def moved(path: Path) -> None:
    """The same, as an editor writes that makes a new file."""
    text = path.read_bytes()
    path.unlink()
    path.write_bytes(text.replace(b"id/kettle-works>", b"id/reed-bank>"))


def removed(path: Path) -> None:
    """Without one claim."""
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b"claim/gazette.tea-houses>" not in line]
    assert len(kept) < len(lines)
    path.write_bytes(b"".join(kept))


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("gbkg.trig")


HARMS = [replaced, moved, removed, halved, emptied, linked, Path.unlink]


@pytest.fixture
def world(mini: Path, mini_build: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The mini project as current folder, with a build that may be changed."""
    shutil.copytree(mini_build, mini / "build", symlinks=True)
    monkeypatch.chdir(mini)
    return mini


@pytest.mark.parametrize("harm", HARMS)
def test_a_changed_graph_is_never_read(world: Path, harm: Callable[[Path], None]) -> None:
    path = world / "build" / "gbkg.nq"
    harm(path)
    openers: list[Callable[[], object]] = [
        open_graph,
        lambda: open_graph(world, Path("build/gbkg.nq")),
        lambda: open_graph(world, path.resolve()) if path.exists() and harm not in (moved, linked) else open_graph(),
        lambda: QuadSource.build(Project(world), Path("build")),
        lambda: list(Build(Path("build")).quads()),
    ]
    for opener in openers:
        with pytest.raises(AlteredError, match=r"gbkg\.nq: .*\(gbkg build writes it anew\)"):
            opener()
    build.run(Project(world), world / "build", build.Settings(world / "documents"))
    assert open_graph().remark == ""


@pytest.mark.parametrize(
    "command",
    [("query", "founders"), ("why", "lantern-yard", "operatedBy", "kettle-works"), ("export", "turtle"), ("analyse",)],
)
def test_commands_say_that_the_graph_was_changed(world: Path, command: tuple[str, ...], run_here: Run) -> None:
    removed(world / "build" / "gbkg.nq")
    done = run_here(*command, cwd=world)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "gbkg.nq: not what gbkg build wrote: SHA-256 " in done.stderr


def test_a_manifest_that_is_none_is_refused(world: Path) -> None:
    for text in (b"", b"nonsense\n", b"\xff", b"0" * 64 + b"  gbkg.nq\n"):
        (world / "build" / "SHA256SUMS").write_bytes(text)
        with pytest.raises(GbkgError, match=r"SHA256SUMS: (not the manifest of a build|missing)"):
            open_graph()
