"""What a command needs to begin: the graph that a build has left for it, and no module that another command needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click import HelpFormatter
from conftest import MINI

from gbkg import build, knowledge
from gbkg.ask import prepared
from gbkg.ask.answers import run
from gbkg.cli import app
from gbkg.core.errors import AlteredError
from gbkg.core.project import Project
from gbkg.store import outputs
from gbkg.store.kept import FOLDER, Kept
from gbkg.store.memory import Memory
from gbkg.validate import verification

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini project with its outputs; what a test changes it puts back."""
    root = shutil.copytree(MINI, tmp_path_factory.mktemp("start") / "mini")
    build.run(Project(root), root / "build")
    return root


def version(world: Path) -> Path:
    return (world / "build" / ".gbkg" / "current").resolve()


# ---- The store that a build leaves


def test_a_build_leaves_a_store_for_one_question(world: Path) -> None:
    whole, once = knowledge.open(world), knowledge.open(world, once=True)
    assert (type(whole.store), type(once.store)) == (Memory, Kept)
    assert repr(once) == f"KnowledgeGraph({len(whole.store):,} triples of mini, on disk)"
    assert once.digest == whole.digest
    assert once.store.kinds == whole.store.kinds
    for name in whole.queries:
        assert once.query(name).to_dict() == whole.query(name).to_dict(), name
    assert once.show("Tea Harbour").to_dict() == whole.show("Tea Harbour").to_dict()
    assert sorted(map(str, once.quads())) == sorted(map(str, whole.quads()))  # 1.50, as it was written


def test_saved_queries_are_ready_beside_the_store(world: Path, tmp_path: Path) -> None:
    once, read = knowledge.open(world, once=True), knowledge.open(world).queries
    assert {name: once.asked(name) for name in read} == read
    waiting = [name for name, query in read.items() if prepared.ready(once.store.folder, query.text) is None]
    assert {"founders", "claims-per-source"}.isdisjoint(waiting)
    assert len(waiting) < len(read) / 4  # of these something has to be said, or found out, each time
    assert prepared.ready(once.store.folder, read["founders"].text + " ") is None
    lines = (version(world) / FOLDER / "queries.lines").read_bytes()
    project = shutil.copytree(world, tmp_path / "mini", ignore=shutil.ignore_patterns("build"))
    (project / "queries" / "first.rq").write_text("#+ summary: First\nSELECT ?a { ?a gbkg:partOf ?b } ORDER BY ?a\n")
    found = []
    for _ in range(2):  # with one more, and without it again, by what the build has kept
        build.run(Project(project), project / "build")
        found.append((version(project) / FOLDER / "queries.lines").read_bytes())
        (project / "queries" / "first.rq").unlink(missing_ok=True)
    assert [len(one.splitlines()) for one in found] == [len(read) + 2, len(read) + 1]
    assert found[1] == lines


@pytest.mark.parametrize("text", ["SELECT ?v { ?s ?p ?v } ORDER BY ?v", "not SPARQL"])
def test_a_ready_query_that_leaves_its_order_open_is_asked_as_any_other(text: str) -> None:
    numbers = [ox.Literal("1.0", datatype=ox.NamedNode(f"{XSD}decimal")), ox.Literal(1), ox.Literal("1")]
    store = Memory.of(ox.Quad(*[ox.NamedNode("urn:a")] * 2, one, ox.NamedNode("urn:g")) for one in numbers)
    asked = "SELECT ?v { ?s ?p ?v } ORDER BY ?v"
    assert run(store, asked, ready=prepared.Ready(text, (0,))) == run(store, asked)


def anew(path: Path, *, without: int = 0) -> None:
    """Writes a file anew, whose former one has another name, too, less its last bytes."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) - without])


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: shutil.rmtree(folder / FOLDER),
        lambda folder: (folder / FOLDER / "seal.json").unlink(),
        lambda folder: anew(next((folder / FOLDER / "quads").glob("*.sst")), without=10),
        lambda folder: anew(next((folder / FOLDER / "quads").glob("MANIFEST-*")), without=10),
        lambda folder: anew(folder / FOLDER / "made-of.json", without=10),
        lambda folder: anew(folder / "gbkg.nq"),
    ],
    ids=["none", "no seal", "a table cut", "a list of tables cut", "no record", "another file of the graph"],
)
def test_a_store_that_is_not_as_it_was_written_is_passed_over(
    harm: Callable[[Path], object], world: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(world / "build", tmp_path / "build", symlinks=True, copy_function=os.link)
    assert type(knowledge.open(world, out / "gbkg.nq", once=True).store) is Kept
    harm((out / ".gbkg" / "current").resolve())
    kg = knowledge.open(world, out / "gbkg.nq", once=True)
    assert type(kg.store) is Memory
    assert len(kg.store) == len(knowledge.open(world).store)


def test_verify_reads_the_whole_store(world: Path, tmp_path: Path) -> None:
    out = shutil.copytree(world / "build", tmp_path / "build", symlinks=True, copy_function=os.link)
    table = next((out / ".gbkg" / "current" / FOLDER / "quads").glob("*.sst"))
    content = table.read_bytes()
    table.unlink()
    table.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
    made = outputs.find(out)
    assert made
    found = verification.of_build(Project(world), made, None, lambda _: None).findings
    assert [(one.severity, table.name in one.message) for one in found] == [("violation", True)]
    assert not outputs.intact(out, made.sums)  # so that the next build writes it anew
    assert outputs.intact(world / "build", made.sums)


def test_a_changed_graph_is_refused_beside_its_store(world: Path) -> None:
    graph = version(world) / "gbkg.nq"
    content, found = graph.read_bytes(), graph.stat()
    graph.write_bytes(content.replace(b"Tea Harbour", b"Tea Harvour"))
    with pytest.raises(AlteredError):
        knowledge.open(world, once=True)
    graph.write_bytes(content)
    os.utime(graph, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert type(knowledge.open(world, once=True).store) is Kept


def test_the_graph_of_a_project_that_has_changed_is_not_taken(world: Path) -> None:
    table = world / "data" / "entities.tsv"
    content = table.read_bytes()
    table.write_bytes(content.replace(b"both documents", b"two documents"))
    assert "no build of this project as it is now" in knowledge.open(world, once=True).remark
    table.write_bytes(content)  # its digest is that of the build, though its stamp is another
    assert type(knowledge.open(world, once=True).store) is Kept


# ---- Modules that a command imports

HEAVY = {
    *("rdflib", "pyshacl", "networkx", "yaml", "babel", "jsonschema", "rapidfuzz", "regex", "matplotlib"),
    *("numpy", "starlette", "mcp", "sqlite3", "multiprocessing", "asyncio", "logging", "ssl", "http.client", "xml"),
    *("pickle", "csv", "zipfile", "secrets", "pyoxigraph", "hashlib", "importlib.metadata", "subprocess", "shutil"),
}
"""Packages and modules that take long to import, and that not every command needs."""
ASKS = {"pyoxigraph", "hashlib", "shutil"}
PARTS = {
    "SPARQL": "gbkg.sparql.parse",
    "answers": "gbkg.ask.answers",
    "proofs": "gbkg.evidence.proofs",
    "limits": "gbkg.core.limits",
    "project": "gbkg.core.project",
}
"""What has many modules below it, or many records."""
BEGUN = """
import json, sys
from gbkg.cli import run
try:
    run()
finally:
    sys.stdout.flush()
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "heavy", "parts", "own", "all_"),
    [
        (["--help"], set(), "", 10, 140),
        (["query", "--help"], ASKS, "project", 16, 150),
        (["query", "founders"], {*ASKS, "pickle"}, "project answers limits", 50, 205),
        (["query", "founders", "--cite"], {*ASKS, "pickle"}, "project SPARQL answers limits proofs", 80, 235),
        (["show", "tea-harbour"], ASKS, "project proofs", 58, 205),
        (["why", "tea-harbour", "partOf", "upper-reed"], {*ASKS, "pickle"}, "project SPARQL limits proofs", 74, 230),
        (["sources"], ASKS, "project proofs", 42, 180),
        (["disputes"], {*ASKS, "regex"}, "project proofs", 68, 220),
        (["lock", "--help"], set(), "", 11, 143),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_what_it_needs(
    command: list[str], heavy: set[str], parts: str, own: int, all_: int, world: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GBKG_", "COVERAGE"))}
    ended = subprocess.run(
        [sys.executable, "-c", BEGUN, *command], cwd=world, env=environment, capture_output=True, encoding="utf-8"
    )
    assert ended.returncode == 0, ended.stderr
    modules = json.loads(ended.stderr.splitlines()[-1])
    assert HEAVY & set(modules) == heavy
    assert {name for name, module in PARTS.items() if module in modules} == set(parts.split())
    assert sum(name.split(".")[0] == "gbkg" for name in modules) <= own
    assert len(modules) <= all_


@pytest.mark.parametrize("columns", ["", "0", "20", "60", "79", "80", "500", "many"])
def test_help_is_as_wide_as_click_makes_it(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    with app.make_context("gbkg", ["sources"]) as context:
        assert context.terminal_width == HelpFormatter().width
