"""Fixtures: the tiny complete world of tests/mini, builds of it and of the real project, and the command line."""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import functools
import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest
import rdflib
from hypothesis import settings

from gbkg import build, cli, knowledge
from gbkg.ask.catalogue import example
from gbkg.core import limits, workers
from gbkg.core.jsonld import Compaction
from gbkg.core.project import CORE, Project
from gbkg.core.terms import Graph
from gbkg.documents import sources as registry
from gbkg.documents.sources import collect
from gbkg.graph.assembly import Assembly
from gbkg.validate import shapes

if TYPE_CHECKING:
    from gbkg.web.site import Site

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "mini"
FROZEN = ROOT / "tests" / "frozen"
"""The data of the shipped project as they were when the expected answers were written (`make golden`)."""


def _shipped() -> Path:
    """The shipped project with frozen data: a claim that is added to it later changes no expected answer."""
    folder = Path(mkdtemp(prefix="gbkg-shipped-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, place in (("data", FROZEN), ("ontology", ROOT), ("queries", ROOT)):
        shutil.copytree(place / name, folder / name)
    shutil.copy(ROOT / "gbkg.toml", folder)
    return folder


SHIPPED = _shipped()
Run = Callable[..., CompletedProcess[str]]
collect_ignore = ["standards"]
"""Programs for other environments, which have libraries that this one lacks."""

# The same examples in each run; `make fuzz`, which gives their number, looks for new ones.
settings.register_profile("gbkg", deadline=None, derandomize="GBKG_EXAMPLES" not in os.environ)
settings.load_profile("gbkg")


# Nothing that is imported or collected becomes garbage; going through it takes a third of the time of collection.
gc.disable()


def pytest_sessionfinish() -> None:
    """Workers of xdist end without what `atexit` has been given."""
    shutil.rmtree(SHIPPED, ignore_errors=True)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: from now on no garbage collection goes through it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


_CACHED = type(functools.cache(_shipped))


def _returned() -> None:
    """Gives memory that is free back to the system, where the C library can."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last test of a module, forgets what its cached functions hold, mostly graphs of the real project: the
    larger a process, the longer each fork of it takes."""
    if nextitem is not None and nextitem.path == item.path:
        return
    module = getattr(item, "module", None)
    for made in list(vars(module).values()) if module else ():
        if isinstance(made, _CACHED) and made.__module__ == module.__name__:
            made.cache_clear()
    gc.collect()
    gc.freeze()
    _returned()


@pytest.fixture(autouse=True)
def literals() -> Iterator[None]:
    """pyshacl lets rdflib rewrite literals from then on, whichever test called it."""
    yield
    rdflib.NORMALIZE_LITERALS = False


@pytest.fixture(scope="session", autouse=True)
def silent_shapes() -> Iterator[None]:
    """Which shapes can find nothing depends on the shapes and the engine alone: it is found once for all builds in this
    process, since trying every shape takes half the time of a small build."""
    found: dict[str, list[tuple[str, str]]] = {}
    first = shapes.silent

    def silent(made: Assembly, given: Graph, engine: str) -> list[tuple[str, str]]:
        key = shapes.dependencies(made, engine)
        if key not in found:
            found[key] = first(made, given, engine)
        return found[key]

    shapes.silent = silent
    yield
    shapes.silent = first


@pytest.fixture(scope="session", autouse=True)
def known_nodes() -> Iterator[None]:
    """The JSON of nodes depends on their triples and the context alone: it is made once for all builds in this process,
    which have the same ontology and mostly the same claims; making it takes a third of the time of a small build."""
    found: dict[str, list[tuple[str, str]]] = {}
    first = Compaction.apart

    def apart(compaction: Compaction, triples: Iterable[str]) -> list[tuple[str, str]]:
        lines = list(triples)
        key = sha256("\n".join([compaction.digest, *lines]).encode()).hexdigest()
        nodes = found.pop(key, None) or first(compaction, lines)
        found[key] = nodes  # as the last one: those that were asked for longest ago are forgotten
        if len(found) > 100:
            del found[next(iter(found))]
        return list(nodes)

    Compaction.apart = apart
    yield
    Compaction.apart = first


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that has limits is done at once, and work for many items here, without a process of its own: each fork of
    this process, which has all tests and many graphs, takes a tenth of a second."""
    monkeypatch.delattr(os, "fork", raising=False)
    monkeypatch.setattr(limits, "within", lambda work, _: work())
    monkeypatch.setattr(workers, "processors", lambda: 1)


FEW = frozenset("who-established-what topics claims-per-source memberships quotations-about company-counts".split())


@pytest.fixture(scope="session")
def project_of_few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped project with five of its saved queries."""
    folder = shutil.copytree(SHIPPED, tmp_path_factory.mktemp("few") / "project")
    for path in (folder / "queries").iterdir():
        if path.stem not in FEW:
            path.unlink()
    return folder


@pytest.fixture
def few_queries(project_of_few: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with one of the core's queries, for what asks every saved query; the others come back afterwards."""
    every = Project.queries.fget
    assert every

    def few(project: Project) -> list[Path]:
        return [path for path in every(project) if path.stem in FEW or path.parent != CORE / "queries"]

    monkeypatch.setattr(Project, "queries", property(few))
    return project_of_few


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A copy of the mini project that a test may change."""
    return shutil.copytree(MINI, tmp_path / "mini")


@pytest.fixture
def documents(mini: Path) -> Path:
    return mini / "documents"


@pytest.fixture(scope="session")
def sources_dir() -> Path:
    folder = os.environ.get("GBKG_SOURCES")
    if not folder:
        pytest.skip("needs the documents: GBKG_SOURCES names no folder")
    return Path(folder)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that one worker makes for all workers of this run; the others wait for it."""
    own = factory.getbasetemp()
    top = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = top / name, top / f"{name}.done"
    with (top / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def mini_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of the mini project, its documents at hand; not to be changed."""
    settings = build.Settings(MINI / "documents")
    return made_once(tmp_path_factory, "mini-build", lambda out: build.run(Project(MINI), out, settings))


@pytest.fixture
def built(mini: Path, mini_build: Path) -> Path:
    """A copy of the mini project with a build in it that is up to date."""
    shutil.copytree(mini_build, mini / "build")
    return mini


@pytest.fixture(scope="session")
def real_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of the shipped project with frozen data, without documents; not to be changed."""
    return made_once(tmp_path_factory, "real-build", lambda out: build.run(Project(SHIPPED), out))


@pytest.fixture(scope="session")
def examples(real_build: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Example values for the parameters of every saved query of the shipped project."""

    def make(folder: Path) -> None:
        kg = knowledge.open(SHIPPED, real_build / "gbkg.nq")
        with pytest.MonkeyPatch.context() as patch:
            patch.delattr(os, "fork", raising=False)
            patch.setattr(limits, "within", lambda work, _: work())
            found = {name: example(query, kg) for name, query in kg.queries.items()}
        folder.mkdir()
        (folder / "examples.json").write_text(json.dumps(found), encoding="utf-8")

    path = made_once(tmp_path_factory, "examples", make) / "examples.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def site(real_build: Path) -> Site:
    """What pages and tools of the shipped project with frozen data are made from, without documents."""
    from gbkg.web.site import Site  # here, since it needs the extra `web`

    return Site(knowledge.open(SHIPPED, real_build / "gbkg.nq"))


@pytest.fixture(scope="session")
def small(mini_build: Path) -> Site:
    """The same of the mini project, its documents at hand."""
    from gbkg.web.site import Site

    documents = collect(MINI / "documents", registry.read(Project(MINI)).sources)
    return Site(knowledge.open(MINI, mini_build / "gbkg.nq"), documents)


@pytest.fixture(scope="session")
def gbkg() -> Run:
    """Runs the command line as a program of its own; the environment has no GBKG_SOURCES unless `env` gives it."""

    def run(*arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GBKG_")}
        return subprocess.run(
            [sys.executable, "-m", "gbkg", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            cwd=cwd,
            env=inherited | dict(env or {}),
        )

    return run


@pytest.fixture
def run_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line inside this process, which saves its start; an unforeseen exception fails the test."""
    for name in [name for name in os.environ if name.startswith("GBKG_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object, cwd: Path | None = None) -> CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["gbkg", *map(str, arguments)])
        monkeypatch.chdir(cwd or Path.cwd())
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            cli.run()
        captured = capsys.readouterr()
        code = stop.value.code
        assert isinstance(code, int)
        return CompletedProcess(list(map(str, arguments)), code, captured.out, captured.err)

    return run
