"""Builds on a Dask cluster: separate processes on this machine, some of which are killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from conftest import ROOT, Run
from servers import HOST

from gbkg import build
from gbkg.core.errors import ClusterError, ValidationError
from gbkg.core.project import Project
from gbkg.graph import cluster, shards, write
from gbkg.validate import known
from gbkg.validate.permitted import SourceParts
from gbkg.validate.shacl import divided

sys.path.insert(0, str(ROOT / "benchmarks"))

import corpus

distributed = pytest.importorskip("distributed", reason="needs the extra dask")

SLOWEST = 120.0
"""Seconds that processes may take to start where many others run."""
_GUARD = """\
import os, sys
closed = os.environ.get("CLOSED_TO_WORKERS", "")
def guard(event, given):
    if closed and event in ("open", "os.listdir", "os.scandir") and str(given[0]).startswith(closed):
        raise PermissionError(f"a worker looked into {given[0]}")
sys.addaudithook(guard)
"""
"""What workers begin with: the folder of the project is not on their disk."""


@dataclass
class Processes:
    """A scheduler and workers, each a process; `closed` is the folder that workers may not look into."""

    folder: Path
    closed: Path
    address: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    scheduler: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str, source: Path = ROOT / "src") -> subprocess.Popen[bytes]:
        path = os.pathsep.join(map(str, (self.folder, source, ROOT / "tests")))
        more = {"PYTHONPATH": path, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        more |= {"CLOSED_TO_WORKERS": str(self.closed)} if arguments[0] == "worker" else {}
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
                cwd=self.folder,
                env=os.environ | more,
                stdout=said,
                stderr=said,
            )

    def have(self, number: int, source: Path = ROOT / "src") -> None:
        """Starts workers until so many run, and waits until the scheduler knows these and no dead one."""
        self.workers = [one for one in self.workers if one.poll() is None]
        options = ["--no-nanny", "--nthreads", "1", "--host", HOST, "--local-directory", str(self.folder)]
        while len(self.workers) < number:
            name = f"worker-{len(self.names)}"
            self.workers.append(self.start("worker", self.address, "--name", name, *options, source=source))
            self.names[self.workers[-1].pid] = name
        wanted = {self.names[one.pid] for one in self.workers}
        with distributed.Client(self.address, timeout=SLOWEST, set_as_default=False) as client:
            until = time.monotonic() + SLOWEST
            while (found := joined(client)) != wanted and time.monotonic() < until:
                time.sleep(0.05)
            assert found == wanted, (self.folder / "said.txt").read_text()

    def end(self, some: list[subprocess.Popen[bytes]]) -> None:
        """Kills them: SIGKILL, which leaves them no time to say anything."""
        for one in some:
            one.kill()
        for one in some:
            one.wait(20)


def address_in(file: Path) -> str:
    """The address in the file that a scheduler writes when it takes connections."""
    until = time.monotonic() + SLOWEST
    while time.monotonic() < until:
        with suppress(OSError, ValueError):
            return str(json.loads(file.read_text(encoding="utf-8"))["address"])
        time.sleep(0.05)
    raise AssertionError((file.parent / "said.txt").read_text())


def joined(client: Any) -> set[str]:
    """The names of the workers that the scheduler knows."""
    return set(client.run_on_scheduler(lambda dask_scheduler: [one.name for one in dask_scheduler.workers.values()]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of a few dozen documents."""
    folder = tmp_path_factory.mktemp("corpus")
    corpus.generate(folder / "made", 30, 5)
    return folder / "made"


@pytest.fixture(scope="module")
def processes(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("cluster"), folder)
    (made.folder / "sitecustomize.py").write_text(_GUARD)
    where = made.folder / "scheduler.json"
    made.scheduler = made.start("scheduler", "--host", HOST, "--port", "0", "--scheduler-file", str(where))
    try:
        made.address = address_in(where)
        yield made
    finally:
        made.end([one for one in (*made.workers, made.scheduler) if one.poll() is None])


@pytest.fixture(scope="module")
def former(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process builds."""
    out = tmp_path_factory.mktemp("alone")
    built(folder, out, None)
    (out / build.CACHE).unlink()
    return out


@pytest.fixture(scope="module")
def alone(former: Path) -> dict[str, bytes]:
    return contents(former)


@pytest.fixture(autouse=True)
def everything_is_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "ALONE", 0)
    monkeypatch.setattr(shards, "BATCH", 2)
    monkeypatch.setattr(cluster, "_CONNECTING", SLOWEST)
    monkeypatch.setattr(cluster, "_PATIENCE", SLOWEST)


def built(
    folder: Path, out: Path, address: str | None, progress: Callable[[str, int, int], None] = lambda *_: None
) -> dict[str, bytes]:
    settings = build.Settings(folder / "documents", formats=("nq", "jsonld"), dask=address)
    build.run(Project(folder / "project"), out, settings, progress)
    return contents(out)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if not path.name.startswith(".")}


def when_some_are_read(act: Callable[[], None]) -> Callable[[str, int, int], None]:
    """Progress that acts once, when the first sources have been read."""
    done: list[bool] = []

    def progress(what: str, number: int, _total: int) -> None:
        if what == "reading sources" and number >= 3 and not done:
            done.append(True)
            act()

    return progress


def test_a_cluster_builds_the_bytes_of_one_process(
    processes: Processes, folder: Path, alone: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, int, list[str]]] = []
    true = cluster.Cluster._given

    def noted(self: Any, state: Any, items: Any, contents: dict[str, bytes], holders: list[str]) -> Any:
        sent.append((items[0][0], len(contents), holders))
        return true(self, state, items, contents, holders)

    monkeypatch.setattr(cluster.Cluster, "_given", noted)
    processes.have(2)
    assert built(folder, tmp_path / "out", processes.address) == alone
    first, compared = sent[:15], [one for one in sent if isinstance(one[0], SourceParts)]
    assert [holders for *_, holders in first] == [[]] * 15  # the tables and documents go along once …
    assert all(number >= 4 for _, number, _ in first)
    assert len(compared) == 15 and all(holders for *_, holders in compared)  # … and the last gate finds them there
    assert not list(processes.folder.rglob("gbkg-*")), "nothing is left on a worker"


def test_checks_and_shapes_find_on_a_cluster_what_they_find_in_the_whole(
    processes: Processes, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    checks, shapes = tmp_path / "copy/project/ontology/checks", tmp_path / "copy/project/ontology/shapes.ttl"
    checks.mkdir(exist_ok=True)
    (checks / "words-violation.rq").write_text("SELECT ?focus { GRAPH graph:claims { ?focus gbkg:subjectWords 'x' } }")
    (checks / "claim-violation.rq").write_text("SELECT ?focus { GRAPH graph:claims { ?focus rdf:subject ?s } }")
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix gbkg: <https://w3id.org/gbkg/ontology#> . <urn:own>"
        " sh:targetClass gbkg:Claim ; sh:property [ sh:path gbkg:status ; sh:minCount 2 ; sh:message 'two' ] ."
    )
    whole, sent = found(tmp_path / "copy", tmp_path / "whole", None), set[str]()
    true = cluster.Cluster._send

    def noted(self: Any, owner: Any, name: str) -> Any:
        sent.add(type(owner).__name__)
        return true(self, owner, name)

    monkeypatch.setattr(cluster.Cluster, "_send", noted)
    for module, name in ((write, "IN_MEMORY"), (divided, "WHOLE"), (divided, "TOGETHER"), (known, "TOGETHER")):
        monkeypatch.setattr(module, name, 500)
    processes.have(2)
    assert found(tmp_path / "copy", tmp_path / "spread", processes.address) == whole
    assert {"Maker", "PartChecks", "PartShapes", "SourceGate"} <= sent
    assert sum("[claim]" in one for one in whole) > 50 < sum("two" in one for one in whole)


def found(folder: Path, out: Path, address: str | None) -> list[str]:
    """What is wrong, as a build says it."""
    with pytest.raises(ValidationError) as error:
        built(folder, out, address)
    return list(map(str, error.value.findings))


def test_what_a_killed_worker_had_is_done_by_another(
    processes: Processes, folder: Path, alone: dict[str, bytes], tmp_path: Path
) -> None:
    processes.have(3)
    act = when_some_are_read(lambda: processes.end(processes.workers[-1:]))
    assert built(folder, tmp_path / "out", processes.address, act) == alone
    assert processes.workers[-1].returncode == -signal.SIGKILL


def test_a_worker_with_other_code_is_refused(processes: Processes, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("static", "__pycache__"))
    with (tmp_path / "src" / "gbkg" / "core" / "text.py").open("a") as file:
        file.write("# another version\n")
    processes.have(2)
    processes.have(3, tmp_path / "src")
    with pytest.raises(ClusterError, match=r"tcp://.* has gbkg with the code \w{12}, the build with the code"):
        built(folder, tmp_path / "out", processes.address)
    assert not (tmp_path / "out" / "gbkg.nq").exists()
    processes.end(processes.workers[-1:])


@pytest.mark.parametrize(("name", "theirs"), [("Python", "3.8.20"), ("pyoxigraph", "0.1"), ("regex", "none")])
def test_the_message_names_what_differs(name: str, theirs: str) -> None:
    ours = cluster.versions()
    with pytest.raises(ClusterError) as error:
        cluster._refuse_others("tcp://here:1", "tcp://there:2", ours | {name: theirs}, ours)
    assert error.value.message == f"--dask tcp://here:1: tcp://there:2 has {name} {theirs}, the build {ours[name]}"
    assert "install the same gbkg[dask] there, for Python" in error.value.hint


def test_work_that_kills_every_worker_ends_in_a_message(processes: Processes) -> None:
    processes.have(2)
    with (
        cluster.connected(processes.address) as spread,
        pytest.raises(ClusterError, match=r"2 workers died one after another of fatal .*memory-limit"),
    ):
        list(spread(Fatal().work, ["fatal"]))


def test_without_workers_the_former_outputs_stay(
    processes: Processes, folder: Path, former: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        monkeypatch.setattr(cluster, "_PATIENCE", 1.0)  # not before it has found them
        processes.end(processes.workers)

    out = shutil.copytree(former, tmp_path / "out", symlinks=True)
    processes.have(2)
    gone = r"all its workers are gone, before .* to .*dask worker tcp://127"
    one_by_one = r"2 workers died one after another of .* to "  # the scheduler gave the work to the second in between
    with pytest.raises(ClusterError, match=rf"{gone}|{one_by_one}"):
        built(folder, out, processes.address, when_some_are_read(act))
    assert contents(out) == contents(former)
    with pytest.raises(ClusterError, match=r"no worker has joined it within 1 s"):
        built(folder, out, processes.address)


def test_without_scheduler_the_former_outputs_stay(
    processes: Processes, folder: Path, former: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: list[Any] = []
    true = distributed.Client

    def noted(*given: Any, **how: Any) -> Any:
        clients.append(true(*given, **how))
        return clients[-1]

    def act() -> None:
        clients[-1]._timeout = 1.0  # seconds in which it tries to find the scheduler again
        assert processes.scheduler
        processes.end([*processes.workers, processes.scheduler])

    out = shutil.copytree(former, tmp_path / "out", symlinks=True)
    processes.have(1)
    monkeypatch.setattr(distributed, "Client", noted)
    with pytest.raises(ClusterError, match=r"its scheduler was lost .*former outputs are as they were"):
        built(folder, out, processes.address, when_some_are_read(act))
    assert contents(out) == contents(former)


@pytest.mark.parametrize(
    ("address", "message"),
    [(f"tcp://{HOST}:1", "nothing answers"), ("nowhere", "nothing answers"), (f"no://{HOST}:1", "nothing answers")],
)
def test_where_nothing_answers_the_command_says_so(
    address: str, message: str, mini: Path, tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", 0.5)
    done = run_here("--project", mini, "build", "--out", tmp_path / "out", "--dask", address)
    assert done.returncode == 2
    assert f"--dask {address}: {message}" in done.stderr
    assert not (tmp_path / "out" / "gbkg.nq").exists()


def test_a_cluster_of_this_machine_lives_as_long_as_the_build(mini: Path, tmp_path: Path, run_here: Run) -> None:
    for name, more in (("alone", ()), ("local", ("--dask", "local"))):
        options = ("--sources", mini / "documents", "--write", "nq", *more)
        done = run_here("--project", mini, "build", "--out", tmp_path / name, *options)
        assert (done.returncode, "dask" in done.stderr) == (0, False)
    assert contents(tmp_path / "local") == contents(tmp_path / "alone")


def test_without_distributed_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ClusterError, match=r"distributed is not installed here \(pip install 'gbkg\[dask\]'"),
        cluster.connected(cluster.LOCAL),
    ):
        pass


@dataclass(frozen=True)
class Fatal:
    """Work that ends the process that does it."""

    def files(self, _item: str) -> dict[str, bytes]:
        return {}

    def sent(self, item: str) -> str:
        return item

    def at(self, _folder: Path) -> Self:
        return self

    def work(self, _item: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
