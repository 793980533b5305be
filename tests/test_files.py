"""Files that are written: whole or not at all, no link followed, no device replaced, nothing else touched."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import MINI, Run

from gbkg.core import files
from gbkg.core.errors import OutputError
from gbkg.graph.cache import Cache


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file reaches the disk."""

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_with_the_usual_rights_and_keeps_those_it_had(tmp_path: Path) -> None:
    path = tmp_path / "x"
    before = os.umask(0o027)
    try:
        files.write(path, b"one")
    finally:
        os.umask(before)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"one", 0o640)
    path.chmod(0o604)
    files.write(path, b"two")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o604)
    assert names(tmp_path) == ["x"]


@pytest.mark.usefixtures("full")
def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"y: cannot be written: No space left on device \(what stood there is"):
        files.write_all({tmp_path / "y": b"new", tmp_path / "x": b"new"})
    assert names(tmp_path) == ["x"] and (tmp_path / "x").read_bytes() == b"old"


@pytest.mark.usefixtures("full")
def test_draw_leaves_the_former_picture_when_the_disk_is_full(tmp_path: Path, mini_build: Path, run_here: Run) -> None:
    (tmp_path / "x.svg").write_bytes(b"the former picture")
    done = run_here("draw", "timeline", "-o", tmp_path / "x.svg", "--graph", mini_build / "gbkg.nq")
    assert done.returncode == 2 and "No space left on device" in done.stderr
    assert (tmp_path / "x.svg").read_bytes() == b"the former picture" and names(tmp_path) == ["x.svg"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    for name in ("x", ".x.part", "x.tmp", ".gbkg-x"):
        (tmp_path / name).symlink_to("elsewhere")
    files.write(tmp_path / "x", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"
    assert (tmp_path / "x").read_bytes() == b"new" and not (tmp_path / "x").is_symlink()


@pytest.mark.parametrize("suffix", ["", "-journal"])
@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_the_cache_follows_no_planted_link(tmp_path: Path, suffix: str, plant: object) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    (os.symlink if plant is os.symlink else os.link)(victim, tmp_path / f"cache{suffix}")
    with Cache(tmp_path / "cache") as cache:
        cache.put("kind", "name", "inputs", "text")
        cache.commit()
    assert victim.read_bytes() == b""
    with Cache(tmp_path / "cache") as cache:
        assert cache.get("kind", "name", "inputs") == "text"


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe.csv", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    files.write(pipe, b"words")
    reader.join()
    assert got == [b"words"] and stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    """One of our own: what a fault would do to /dev/null all programs of the machine would feel."""
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        device.write_bytes(b"x")
    except OSError:
        pytest.skip("this machine lets a test make no device")
    files.write(device, b"words")
    assert stat.S_ISCHR(device.lstat().st_mode) and names(tmp_path) == ["null"]


def test_a_file_that_the_process_has_open_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not show what a process has open")
    with (tmp_path / "x").open("wb") as file:
        for number, content in enumerate((b"one", b"two")):
            files.write(Path(f"/dev/fd/{file.fileno()}"), content)
            assert (tmp_path / "x").read_bytes() == content, number
    code = "import sys, pathlib; from gbkg.core import files; print(1); files.write(pathlib.Path(sys.argv[1]), b'2')"
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code, "/proc/self/fd/1"], stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == b"1\n2"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".", ".: cannot be written: it is a folder; name a file"),
        ("", ".: cannot be written: it is a folder; name a file"),
        ("/", "/: cannot be written: it is a folder; name a file"),
        ("folder", "folder: cannot be written: it is a folder; name a file"),
        ("folder/..", "folder/..: cannot be written: it is a folder; name a file"),
        ("nowhere/x", "nowhere/x: cannot be written: No such file or directory"),
        ("file/x", "file/x: cannot be written: Not a directory"),
        ("x" * 300, f"{'x' * 300}: cannot be written: File name too long"),
        ("file", "file: is named for two outputs (name two files)"),
    ],
)
def test_a_name_that_will_not_do_is_one_line(
    name: str, said: str, tmp_path: Path, mini_build: Path, run_here: Run
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("words")
    given = ("query", "founders", "--format", "csv", "--graph", mini_build / "gbkg.nq")
    done = run_here("--project", MINI, *given, "-o", name, "--card", "file", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    assert done.stderr.startswith(f"gbkg: {said}")
    assert names(tmp_path) == ["file", "folder"] and (tmp_path / "file").read_text() == "words"


@pytest.mark.parametrize("command", [("query", "founders", "--format", "csv"), ("export", "nquads")])
def test_the_graph_that_is_read_and_the_outputs_of_builds_are_not_written_over(
    command: tuple[str, ...], tmp_path: Path, mini_build: Path, run_here: Run
) -> None:
    graph = tmp_path / "graph.nq"
    graph.write_bytes((mini_build / "gbkg.nq").read_bytes())
    (tmp_path / "other.nq").symlink_to(graph)
    for place, said in (
        (graph, "is read for this answer"),
        (tmp_path / "other.nq", "is read for this answer"),
        (mini_build / "gbkg.ttl", "belongs to a build or a store"),
        (mini_build / ".gbkg" / "current" / "x", "belongs to a build or a store"),
    ):
        done = run_here("--project", MINI, *command, "--graph", graph, "-o", place)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1) and said in done.stderr, done
    assert graph.read_bytes() == (mini_build / "gbkg.nq").read_bytes()


@pytest.mark.parametrize("command", [("queries",), ("analyse",), ("export", "nquads"), ("--help",)])
def test_a_reader_that_has_gone_is_no_finding(command: tuple[str, ...], mini_build: Path) -> None:
    graph = [] if command[0] in ("queries", "--help") else ["--graph", str(mini_build / "gbkg.nq")]
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [sys.executable, "-m", "gbkg", *(["--project", str(MINI)] if graph else []), *command, *graph]
    ended = subprocess.run(arguments, stdout=writing, stderr=subprocess.PIPE, encoding="utf-8")
    os.close(writing)
    assert ended.returncode == 141 and "Error" not in ended.stderr and "Traceback" not in ended.stderr
