"""Stores on disk: published whole or not at all, whatever happens to the process, the disk or the files."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from tagged import GRAPH, change, lines, loaded, manifest, quads

from gbkg.core import versions
from gbkg.core.errors import GbkgError, OutputError, ParseError, ProjectError, StoreError
from gbkg.core.nquads import Digest, digest, line
from gbkg.sparql.kinds import UNKNOWN, Kinds
from gbkg.store import base, bulk, disk
from gbkg.store.base import Store
from gbkg.store.manifest import Manifest, examine
from gbkg.store.memory import Memory


def publish(folder: Path, tag: str) -> Manifest:
    given = lines(tag)
    disk.write(folder, loaded(given), manifest(given, tag))
    return manifest(given, tag)


def content(store: Store) -> str:
    """The digest of what the store says when everything is looked up."""
    return digest(line(quad) for quad in store)


def versions_of(folder: Path) -> set[str]:
    """The names of the versions in the folder, in which there must be nothing else but the lock and the link."""
    names = {path.name for path in folder.iterdir()} - {"lock", "current"}
    assert all(name.startswith("version-") for name in names), names
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one version in it, of the tag "old"."""
    publish(tmp_path / "store", "old")
    return tmp_path / "store"


# ---- Writing and reading


def test_a_version_says_what_was_loaded(folder: Path) -> None:
    store = disk.read(folder)
    assert store.manifest == manifest(lines("old"), "old")
    assert len(store) == 800
    assert content(store) == store.manifest.digest
    (row,) = store.query("SELECT (COUNT(*) AS ?n) { ?s <urn:p:3> ?o }")  # the union of the named graphs
    assert int(row["n"].value) == 114
    assert len(list(store.quads_of([ox.NamedNode("urn:s:1"), ox.NamedNode("urn:s:2")]))) == 6
    assert not store.scannable


def test_quads_of_a_number_are_those_of_no_other(tmp_path: Path) -> None:
    """The engine's own look-up takes the numbers after one that ends with the byte FF for it."""
    numbers = (254, 255, 256, 511, 512, 65_535, 65_536)
    xsd = "http://www.w3.org/2001/XMLSchema#integer"
    given = [f'<urn:s:{n}> <urn:p> "{n}"^^<{xsd}> <{GRAPH}> .'.encode() for n in numbers]
    disk.write(tmp_path / "store", loaded(given), manifest(given, "numbers"))
    store = disk.read(tmp_path / "store")
    for n in numbers:
        term = ox.Literal(str(n), datatype=ox.NamedNode(xsd))
        expected = [ox.NamedNode(f"urn:s:{n}")]
        assert [quad.subject for quad in store.quads(None, None, term)] == expected
        assert [quad.subject for quad in store.quads_to([term])] == expected
        (row,) = store.query(f"SELECT ?s {{ ?s ?p {n} }}")
        assert row["s"] == expected[0]


def test_the_current_version_is_replaced_and_the_former_removed(folder: Path) -> None:
    new = publish(folder, "new")
    assert disk.read(folder).manifest == new
    assert disk.check(folder) == new
    assert versions_of(folder) == {"version-2"}


def test_nothing_can_be_written_into_a_version(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="read-write"):
        disk.read(folder).engine.add(quads(lines("new"))[0])


def test_the_same_graph_has_the_same_manifest_file(folder: Path, tmp_path: Path) -> None:
    publish(tmp_path / "other", "old")
    assert (folder / "current/manifest.json").read_bytes() == (tmp_path / "other/current/manifest.json").read_bytes()


def test_a_graph_without_quads_is_a_store_too(tmp_path: Path) -> None:
    disk.write(tmp_path / "store", lambda _: None, Manifest("1.0", "", 0, "0" * 64, {}))
    assert list(disk.read(tmp_path / "store")) == []


@pytest.mark.parametrize("literal", ['"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"x"@EN', '"a\\"@b"', '"x"'])
def test_files_are_digested_as_a_store_gives_them_back(tmp_path: Path, literal: str) -> None:
    files = [tmp_path / "one.nq", tmp_path / "two.nq"]
    for number, path in enumerate(files):
        path.write_text(f"<urn:s> <urn:p> {literal} <{GRAPH}> .\n<urn:s> <urn:p> <urn:{number}> <{GRAPH}> .\n")
    files[1].write_text(f"<urn:s> <urn:p> <urn:1> <{GRAPH}> .")  # without a line feed at the end
    found = Memory.of(quads([path.read_bytes() for path in files]))
    promised = Manifest("1.0", "", 3, digest(line(quad) for quad in found), {"facts": 3})
    disk.write(tmp_path / "store", disk.loading(files), promised)
    assert disk.check(tmp_path / "store") == promised


XSD = "http://www.w3.org/2001/XMLSchema#"
KINDS = ("integer", "decimal", "gYear", "gYearMonth", "date", "dateTime", "boolean", "double", "string", "duration")


def test_lines_are_digested_as_parsed_quads() -> None:
    dice = random.Random(1)
    for _ in range(3_000):
        words = "".join(dice.choice('0123456789-+.eT:PD"^<>@\\ \na') for _ in range(dice.randint(0, 12)))
        kind, language = dice.choice(KINDS), dice.choice((None, None, "en", "zh-Hant", "DE"))
        number = dice.choice(("{}", "-{}", "{}.50", "0{}", "20{:02}", "1999-0{}", "2019-1{}-01", "{}e1"))
        words = dice.choice((words, number.format(dice.randrange(10)), number.format(dice.randrange(10**17))))
        said = ox.Literal(words, language=language, datatype=None if language else ox.NamedNode(XSD + kind))
        quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), said, ox.NamedNode("urn:g"))
        store = ox.Store()
        store.add(quad)
        assert Digest.of_file([line(quad) + b"\n"]).hex == digest(map(line, store)) == Digest.of([quad]).hex, said


def test_the_digest_of_a_noted_file_is_taken_and_of_any_other_is_made(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, of_file, read = tmp_path / "graph.nq", Digest.of_file, list[Path]()
    monkeypatch.setattr(Digest, "of_file", lambda file: (read.append(path), of_file(file))[1])
    path.write_bytes(b"".join(line + b"\n" for line in lines("new")))
    new = manifest(lines("new"))
    known = {sha256(path.read_bytes()).hexdigest(): new.digest}
    path.write_bytes(path.read_bytes().replace(b"new", b"now"))  # as many lines, which are others
    with pytest.raises(OutputError, match="the quads have digest"):
        disk.write(folder, disk.loading([path], known), new)
    assert read
    assert_old(folder)
    read.clear()
    path.write_bytes(path.read_bytes().replace(b"now", b"new"))
    disk.write(folder, disk.loading([path], known), new)
    assert not read
    assert disk.check(folder) == new
    path.write_bytes(path.read_bytes() * 2)  # the same quads, in a file that nobody has noted
    disk.write(folder, disk.loading([path], known), new)
    assert read


NAMED = ox.NamedNode(GRAPH)


def test_kinds_of_values_beside_a_large_store_are_read_and_not_found_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"integer": "18", "dateTime": "2019-10-31T00:00:00Z"}
    given = [
        ox.Quad(*map(ox.NamedNode, ("urn:s", f"urn:{one}")), ox.Literal(word, datatype=ox.NamedNode(XSD + one)), NAMED)
        for one, word in said.items()
    ]
    path = tmp_path / "graph.nq"
    path.write_bytes(b"".join(line(quad) + b"\n" for quad in given))
    known = manifest([line(quad) for quad in given])
    monkeypatch.setattr(base, "SMALL", 0)
    disk.write(folder, disk.loading([path]), known)
    assert disk.read(folder).kinds == UNKNOWN
    disk.write(folder, disk.loading([path]), known, beside=lambda _, into: examine(path, into))
    found = disk.read(folder)
    monkeypatch.setattr(found, "select", None)
    assert found.kinds == Kinds(True, frozenset({("urn:integer", "integer"), ("urn:dateTime", "")}))
    memory = Memory.read(path)
    assert memory.kinds == found.kinds
    once = Memory.read(path)
    once.stays = False
    assert once.kinds == UNKNOWN
    kept = folder / "current" / "kinds.json"
    kept.write_text("[]")
    with pytest.raises(StoreError, match=r"kinds\.json has changed"):
        disk.read(folder)


def test_files_that_cannot_be_loaded_are_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.nq").write_text(f"<urn:s> <urn:p> <urn:o> <{GRAPH}> .\n<urn:s> <urn:p> nothing .\n")
    with pytest.raises(ParseError, match=r"bad\.nq:2: not N-Quads"):
        disk.write(folder, disk.loading([tmp_path / "bad.nq"]), manifest([]))
    with pytest.raises(ProjectError, match=r"none\.nq: cannot be read: No such file"):
        disk.write(folder, disk.loading([tmp_path / "none.nq"]), manifest([]))
    assert_old(folder)


@pytest.mark.parametrize(("least", "most"), [(1, 60), (1, 1_000), (1_000, 1_000)])
def test_a_file_is_loaded_in_pieces_and_its_faults_are_where_they_are(
    least: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LEAST", least)  # many pieces, three, one
    monkeypatch.setattr(bulk, "MOST", most)
    monkeypatch.setattr(bulk, "SMALL", most)
    path, given = tmp_path / "graph.nq", [f"<urn:s{n}> <urn:p> <urn:o> <{GRAPH}> .\n" for n in range(12)]
    path.write_text("".join(given))
    engine = ox.Store(str(tmp_path / "engine"))
    bulk.load(engine, path)
    assert sorted(f"{quad} .\n" for quad in engine) == sorted(given)
    path.write_text("".join([*given[:9], "<urn:s> <urn:p> nothing .\n", *given[10:]]))
    with pytest.raises(ParseError, match=r"graph\.nq:10: not N-Quads"):
        bulk.load(engine, path)


def test_progress_names_the_stages_in_order(tmp_path: Path) -> None:
    stages: list[str] = []

    disk.write(
        tmp_path / "store",
        loaded(lines("old")),
        manifest(lines("old")),
        lambda doing, *_: stages.append(doing),
        lambda _: None,
    )
    assert stages == [f"{doing} the store" for doing in ("loading", "checking", "proving", "publishing")]


# ---- What is not published


def assert_old(folder: Path) -> None:
    assert disk.check(folder).inputs == "old"
    assert versions_of(folder) == {(folder / "current").readlink().name}


def test_a_check_that_fails_publishes_nothing(folder: Path) -> None:
    def gate(store: Store) -> None:
        assert len(store) == 800 and any(store.query("SELECT ?s { ?s ?p ?o } LIMIT 1"))
        raise GbkgError("not this one")

    with pytest.raises(GbkgError, match="not this one"):
        disk.write(folder, loaded(lines("new")), manifest(lines("new")), check=gate)
    assert_old(folder)


def test_a_check_may_write_to_its_copy(folder: Path) -> None:
    one = quads([b"<urn:new> <urn:p> <urn:o> <urn:g> ."])[0]

    def gate(store: Store) -> None:
        with store.with_more([one]):
            assert one in store.engine
        assert one not in store.engine
        with pytest.raises(RuntimeError, match="read-write"):
            store.engine.add(one)

    disk.write(folder, loaded(lines("new")), manifest(lines("new"), "new"), check=gate)
    assert disk.check(folder).inputs == "new"
    assert not any(path.name == "checked" for path in folder.rglob("*"))


@pytest.mark.parametrize("load", [loaded, lambda given: lambda engine: [loaded(given)(engine), Digest()][1]])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"quads": 799}, "800 quads, expected 799"),
        ({"graphs": {"facts": 799, "claims": 1}}, "0 quads in graph claims, expected 1"),
        ({"digest": "f" * 64}, "the quads have digest .*, expected ffff"),
    ],
)
def test_a_wrong_manifest_publishes_nothing(folder: Path, load: Callable, wrong: dict, message: str) -> None:
    right = manifest(lines("new"))
    promised = Manifest(**{**vars(right), **wrong})
    with pytest.raises(OutputError, match=f"not published: {message}.*the former version is as it was"):
        disk.write(folder, load(lines("new")), promised)
    assert_old(folder)


def test_quads_outside_the_named_graphs_are_refused(folder: Path) -> None:
    given = [*lines("new"), b"<urn:s> <urn:p> <urn:o> ."]
    with pytest.raises(OutputError, match="outside the named graphs"):
        disk.write(folder, loaded(given), manifest(given))
    assert_old(folder)


def test_a_second_writer_is_told_at_once(folder: Path) -> None:
    def meanwhile(_: Store) -> None:
        with pytest.raises(OutputError, match=r"another process is writing here \(wait until it is done"):
            publish(folder, "second")
        assert disk.read(folder).manifest.inputs == "old"

    disk.write(folder, loaded(lines("new")), manifest(lines("new"), "new"), check=meanwhile)
    assert disk.check(folder).inputs == "new"


def test_a_folder_of_other_things_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "version-1").mkdir()
    (tmp_path / "version-1/thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="holds other files"):
        publish(tmp_path, "new")
    assert [path.name for path in tmp_path.rglob("*")] == ["version-1", "thesis.txt"]


def test_a_folder_of_others_among_the_versions_is_left_alone(folder: Path) -> None:
    for name, file in (("version-7", "thesis.txt"), ("version-8", "held"), ("version-9", "held")):
        (folder / name).mkdir()
        (folder / name / file).write_text("years of work" if name != "version-9" else "")
    (folder / "version-9/empty.txt").touch()
    (folder / "version-10").mkdir()
    (folder / "version-5").symlink_to(folder.parent)
    publish(folder, "new")
    publish(folder, "newer")
    assert versions_of(folder) == {"version-11", "version-9", "version-8", "version-7", "version-5"}
    assert (folder / "version-7/thesis.txt").read_text() == (folder / "version-8/held").read_text() == "years of work"


def test_a_file_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(OutputError, match="cannot be written"):
        publish(tmp_path / "file", "new")
    with pytest.raises(StoreError, match="not a store, but a file"):
        disk.read(tmp_path / "file")


# ---- Updates


def test_an_update_is_the_same_as_building_anew(folder: Path, tmp_path: Path) -> None:
    disk.update(folder, *change(lines("old"), lines("new")), manifest(lines("new"), "new"))
    publish(tmp_path / "other", "new")
    assert disk.check(folder) == disk.check(tmp_path / "other")
    assert content(disk.read(folder)) == content(disk.read(tmp_path / "other"))


def test_an_update_shares_tables_and_changes_nothing_of_the_former_version(folder: Path) -> None:
    former = disk.read(folder)
    tables = {path.stat().st_ino for path in former.version.glob("quads/*.sst")}
    disk.update(folder, [], quads(lines("new", 2)[1:]), manifest([*lines("old"), lines("new", 2)[1]], "new"))
    shared = {path.stat().st_ino for path in disk.read(folder).version.glob("quads/*.sst")}
    assert tables and tables <= shared
    versions.check_seal(former.version, tables=True)
    assert content(former) == former.manifest.digest


def test_many_updates_follow_one_another(folder: Path) -> None:
    now = lines("old")
    for number in range(8):
        new = [*now[50:], *lines(f"more {number}", 100)[1::2]]
        disk.update(folder, *change(now, new), manifest(new, str(number)))
        now = new
    assert disk.check(folder) == manifest(now, "7")
    assert versions_of(folder) == {"version-9"}


def test_an_update_takes_literals_as_a_store_gives_them_back(folder: Path) -> None:
    decimal = f'<urn:s> <urn:p> "{{}}"^^<http://www.w3.org/2001/XMLSchema#decimal> <{GRAPH}> .'
    written, stored = (decimal.format(number).encode() for number in ("1.50", "1.5"))
    disk.update(folder, [], quads([written]), manifest([*lines("old"), stored], "new"))
    assert disk.check(folder).inputs == "new"
    disk.update(folder, quads([written]), [], manifest(lines("old"), "old"))
    assert_old(folder)


@pytest.mark.parametrize(
    ("removed", "added", "message"),
    [
        (lines("new", 2), [], "a quad to be removed is not there: <urn:s:1>"),
        ([], lines("old", 1), "a quad to be added is already there: <urn:s:0>"),
        (lines("old", 1), [], "799 quads, expected 800"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(
    folder: Path, removed: list[bytes], added: list[bytes], message: str
) -> None:
    with pytest.raises(OutputError, match=message):
        disk.update(folder, quads(removed), quads(added), manifest(lines("old"), "new"))
    assert_old(folder)


# ---- Readers


def test_a_reader_goes_on_with_its_version(folder: Path) -> None:
    reader = disk.read(folder)
    some = iter(reader)
    seen = [line(next(some)) for _ in range(10)]
    publish(folder, "second")
    disk.update(folder, *change(lines("second"), lines("third")), manifest(lines("third"), "third"))
    assert disk.read(folder).manifest.inputs == "third"
    assert content(reader) == manifest(lines("old")).digest
    assert digest([*seen, *map(line, some)]) == manifest(lines("old")).digest
    assert versions_of(folder) == {"version-1", "version-3"}
    del reader, some
    publish(folder, "fourth")
    assert versions_of(folder) == {"version-4"}


READER = """
import sys
from pathlib import Path
from gbkg.store import disk
store = disk.read(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
print(len(list(store)), flush=True)
sys.stdin.readline()
"""


def test_a_reader_in_another_process_goes_on_until_it_is_killed(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as reader:
        assert reader.stdin and reader.stdout and reader.stdout.readline() == "open\n"
        publish(folder, "second")
        publish(folder, "third")
        assert versions_of(folder) == {"version-1", "version-3"}
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "800\n"
        reader.kill()
    publish(folder, "fourth")
    assert versions_of(folder) == {"version-4"}


def test_a_version_that_is_removed_while_it_is_opened_gives_way_to_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = versions.current(folder)
    publish(folder, "new")
    answers = [stale]
    known = versions.current
    monkeypatch.setattr(versions, "current", lambda path: answers.pop() if answers else known(path))
    assert disk.read(folder).manifest.inputs == "new"


def test_whoever_opens_while_versions_come_and_go_finds_one_of_them_whole(folder: Path) -> None:
    done = threading.Event()

    def watch() -> set[str]:
        seen = set()
        while not done.is_set():
            store = disk.read(folder)
            assert content(store) == store.manifest.digest
            seen.add(store.manifest.inputs)
        return seen

    with ThreadPoolExecutor() as pool:
        watchers = [pool.submit(watch) for _ in range(2)]
        try:
            for number in range(8):
                publish(folder, str(number))
        finally:
            done.set()
        assert set.union(*(watcher.result() for watcher in watchers)) <= {"old", *map(str, range(8))}
    publish(folder, "last")
    assert len(versions_of(folder)) == 1


# ---- Killed builds

BUILD = """
import os, random, signal, sys, time
from pathlib import Path
import tagged as here
from gbkg.store import disk

folder, old, new, step = Path(sys.argv[1]), *sys.argv[2:]
event, _, number = step.partition(":")
left = int(number or 0)

def stop(name, _):
    global left
    if name == event:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)

given = here.lines(new)
promised = here.manifest(given, new)
delta = here.change(here.lines(old), given)
print("ready", flush=True)
sys.stdin.readline()
sys.addaudithook(stop)
start = time.perf_counter()
if new.startswith("write"):
    disk.write(folder, here.loaded(given), promised)
else:
    disk.update(folder, *delta, promised)
print(time.perf_counter() - start, flush=True)
"""


class Build:
    """A child process that turns a store from one tag's content into another's; `step` ("event:number" of
    `sys.audit`, counted from 0) is where it kills itself."""

    def __init__(self, folder: Path, old: str, new: str, step: str = "") -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", BUILD, str(folder), old, new, step],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parent,
            encoding="utf-8",
        )

    def run(self, kill_after: float | None = None) -> str:
        """What it printed, once it is done or killed, so many seconds after its start."""
        assert self.child.stdin and self.child.stdout and self.child.stdout.readline() == "ready\n"
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        if kill_after is not None:
            time.sleep(kill_after)
            self.child.kill()
        told, faults = self.child.communicate()
        assert not faults
        return told


def assert_old_or_new(folder: Path, old: str, new: str) -> str:
    """The tag of what a reader finds, which is exactly one of the two."""
    found = disk.check(folder)
    assert found in (manifest(lines(old), old), manifest(lines(new), new))
    return found.inputs


@pytest.mark.parametrize("mark", ["", "A version that gbkg made, and "])
def test_a_version_whose_writer_was_killed_at_its_first_mark_is_removed(folder: Path, mark: str) -> None:
    version = folder / "version-2"
    version.mkdir()
    (version / "held").write_text(mark)
    publish(folder, "new")
    assert not version.exists() or disk.check(folder).inputs == "new"
    assert len(versions_of(folder)) == 1


@pytest.mark.parametrize(("kind", "kills"), [("write", 12), ("update", 10)])
def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new(folder: Path, kind: str, kills: int) -> None:
    """The moments are spread over the whole build, a bit before its end and after it included."""
    spread = random.Random(20260101)
    whole = float(Build(folder, "old", f"{kind} 0").run())
    tag, outcomes = f"{kind} 0", []
    for number in range(kills):
        old, tag = tag, f"{kind} {number + 1}"
        told = Build(folder, old, tag).run(whole * 1.2 * (number + spread.random()) / kills)
        found = assert_old_or_new(folder, old, tag)
        assert found == tag or not told
        outcomes.append(found == tag)
        publish(folder, tag)
        assert len(versions_of(folder)) == 1
        assert assert_old_or_new(folder, old, tag) == tag
    assert not all(outcomes), "no build was killed in time"


@pytest.mark.parametrize("kind", ["write", "update"])
@pytest.mark.parametrize(
    ("step", "published"),
    [
        ("os.symlink:0", False),
        ("os.rename:0", False),
        ("shutil.rmtree:0", True),
        ("os.remove:1", True),
    ],
)
def test_a_build_killed_at_a_step_leaves_the_old_or_the_new(
    folder: Path, kind: str, step: str, published: bool
) -> None:
    killed = Build(folder, "old", f"{kind} new", step)
    assert killed.run() == ""
    assert killed.child.returncode == -signal.SIGKILL
    assert (assert_old_or_new(folder, "old", f"{kind} new") != "old") == published
    assert len(list(folder.glob("version-*"))) == 2, "nothing was left over"
    publish(folder, "next")
    assert len(versions_of(folder)) == 1


# ---- Full disks and missing permissions

LIMITED = """
import resource, sys
from pathlib import Path
import tagged as here
from gbkg.core.errors import GbkgError
from gbkg.store import disk
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
given = here.lines("new")
try:
    if sys.argv[3] == "write":
        disk.write(Path(sys.argv[1]), here.loaded(given), here.manifest(given))
    else:
        disk.update(Path(sys.argv[1]), *here.change(here.lines("old"), given), here.manifest(given))
except GbkgError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("kind", ["write", "update"])
@pytest.mark.parametrize("limit", [0, 500, 2_000, 20_000])
def test_files_that_may_not_grow_leave_the_former_version(folder: Path, kind: str, limit: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder), str(limit), kind],
        cwd=Path(__file__).parent,
        capture_output=True,
        encoding="utf-8",
    )
    assert ended.stdout.startswith(f"OutputError {folder}: cannot be written: "), ended
    assert "the former version is as it was" in ended.stdout
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_old(folder)
    publish(folder, "next")


FULL = """
import sys
from pathlib import Path
import tagged as here
from gbkg.core.errors import GbkgError
from gbkg.store import disk

def publish(tag, count):
    given = here.lines(tag, count)
    disk.write(folder, here.loaded(given), here.manifest(given, tag))

folder = Path(sys.argv[1]) / "store"
publish("old", 800)
for build in (
    lambda: publish("large", 100_000),
    lambda: disk.update(folder, [], here.quads(here.lines("large", 100_000)[1::2]), here.manifest([])),
):
    try:
        build()
    except GbkgError as error:
        print(type(error).__name__, error)
    print(disk.check(folder).inputs, len(list(folder.glob("version-*"))))
publish("next", 800)
print(disk.check(folder).inputs, len(list(folder.glob("version-*"))))
"""


def test_a_full_disk_leaves_the_former_version_and_recovers(tmp_path: Path) -> None:
    """On a disk of four megabytes, in memory, that only the child sees."""
    mount = f"mount -t tmpfs -o size=4m tmpfs {tmp_path}"
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*alone, mount], capture_output=True).returncode:
        pytest.skip("this machine does not let a test mount a small disk")
    ended = subprocess.run(
        [*alone, f'{mount} && exec "$0" "$@"', sys.executable, "-c", FULL, str(tmp_path)],
        cwd=Path(__file__).parent,
        capture_output=True,
        encoding="utf-8",
    )
    first, kept, second, still, recovered = ended.stdout.splitlines()
    for told in (first, second):
        assert re.match(r"OutputError .*: No space left on device.*the former version is as it was\)$", told), told
    assert (kept, still, recovered, ended.stderr) == ("old 1", "old 1", "next 1", "")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Rights are checked during the block, also when the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_without_permission_is_named(folder: Path) -> None:
    folder.chmod(0)
    try:
        with unprivileged():
            with pytest.raises(StoreError, match="store: cannot be read: Permission denied"):
                disk.read(folder)
            with pytest.raises(OutputError, match="store: cannot be written: Permission denied"):
                publish(folder, "new")
    finally:
        folder.chmod(0o755)
    assert_old(folder)


# ---- What is damaged


def damage(folder: Path, name: str, harm: Callable[[Path], None]) -> None:
    """Harms the largest file of that name in the current version."""
    harm(max(folder.glob(f"current/{name}"), key=lambda path: path.stat().st_size))


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def flipped(path: Path) -> None:
    """Every 512th byte is another one."""
    held = bytearray(path.read_bytes())
    held[::512] = bytes(byte ^ 0xFF for byte in held[::512])
    path.write_bytes(held)


FILES = ["quads/MANIFEST-*", "quads/CURRENT", "quads/*.sst", "seal.json", "manifest.json"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [Path.unlink, shortened, emptied, flipped])
def test_a_damaged_store_is_never_taken_for_another(folder: Path, name: str, harm: Callable[[Path], None]) -> None:
    damage(folder, name, harm)
    tables_alone = harm is flipped and name.endswith(".sst")
    with pytest.raises(StoreError, match=r"the store is damaged: .* \(build it again\)"):
        disk.check(folder) if tables_alone else disk.read(folder)
    publish(folder, "new")
    assert disk.check(folder).inputs == "new"


def test_a_zeroed_block_of_any_file_is_found(folder: Path) -> None:
    """Tables of indexes that a query may never read among them."""
    names = json.loads((folder / "current/seal.json").read_bytes())
    tables = [name for name in names if name.endswith(".sst")]
    assert len(tables) >= 6
    assert all(stamp["sha256"] for stamp in names.values())
    for name in names:
        path = folder / "current" / name
        content = path.read_bytes()
        for start in range(0, len(content), 4096 if name in tables else len(content)) if content else ():
            path.write_bytes(content[:start] + bytes(min(4096, len(content) - start)) + content[start + 4096 :])
            with pytest.raises(StoreError, match="the store is damaged"):
                disk.check(folder)
        path.write_bytes(content)
        assert disk.check(folder).inputs == "old"


def test_a_block_of_a_shared_table_is_found_in_the_version_that_shares_it(folder: Path) -> None:
    disk.update(folder, [], quads(lines("new", 2)[1:]), manifest([*lines("old"), lines("new", 2)[1]], "new"))
    for path in folder.glob("current/quads/*.sst"):
        content = path.read_bytes()
        path.write_bytes(bytes(100) + content[100:])
        with pytest.raises(StoreError, match="the store is damaged"):
            disk.check(folder)
        path.write_bytes(content)


def test_a_version_that_an_engine_has_written_to_is_refused(folder: Path) -> None:
    ox.Store(str(folder / "current/quads")).add(quads(lines("new"))[1])
    with pytest.raises(StoreError, match=r"is missing|has changed"):
        disk.read(folder)


@pytest.mark.parametrize("name", ["quads", "."])
def test_a_version_without_its_folder_is_damaged(folder: Path, name: str) -> None:
    shutil.rmtree((folder / "current" / name).resolve())
    with pytest.raises(StoreError, match=r"the store is damaged: .* is missing"):
        disk.read(folder)
    publish(folder, "new")
    assert disk.check(folder).inputs == "new"


def test_a_link_that_leads_elsewhere_is_refused(folder: Path) -> None:
    (folder / "current").unlink()
    (folder / "current").symlink_to("../elsewhere")
    with pytest.raises(StoreError, match=r"current is a link to '\.\./elsewhere', expected version-N"):
        disk.read(folder)


def test_a_store_of_another_format_is_refused(folder: Path) -> None:
    path = folder / "current/manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(StoreError, match=r"manifest\.json: a store of format 2, expected 1 \(build it again"):
        disk.read(folder)


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="none: no such folder"):
        disk.read(tmp_path / "none")
    with pytest.raises(StoreError, match="not a store: a folder without a current version"):
        disk.read(tmp_path)
    with pytest.raises(GbkgError, match="not this one"):
        disk.write(tmp_path / "store", failing, manifest([]))
    with pytest.raises(StoreError, match=r"nothing has been published yet \(build it again\)"):
        disk.read(tmp_path / "store")


def failing(_: ox.Store) -> None:
    raise GbkgError("not this one")
