"""Limits of time and memory: what runs into one ends in a message, and its process is gone."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pyoxigraph as ox
import pytest

from gbkg import build
from gbkg.core import limits, turtle, workers
from gbkg.core.errors import GbkgError, NotFoundError, ParseError, QueryLimitError
from gbkg.core.limits import GIGABYTE, Limits, Marker, confined
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.graph import inference, rules
from gbkg.graph.rules import parse
from gbkg.knowledge import KnowledgeGraph
from gbkg.store.memory import Memory
from gbkg.validate import shacl

Run = Callable[..., CompletedProcess[str]]
MINI = Project(Path(__file__).resolve().parent / "mini")
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")


@cache
def graph() -> KnowledgeGraph:
    return KnowledgeGraph(Memory.of(build.quads(MINI)), MINI)


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Servers that other tests have started may still run."""
    before = children()
    yield
    assert children() <= before


def children() -> set[str]:
    """The processes, zombies included, that this one has started."""
    return {pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


def test_what_is_worked_out_comes_back_as_it_was() -> None:
    term = ox.Literal("1.50", datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
    value = {"a": [term, term, ox.NamedNode("urn:a"), ox.BlankNode("b")], "none": None, "text": "\ud800 \x00"}
    assert confined(lambda: value, Limits(30, GIGABYTE)) == value
    rows = list(graph().store.query("SELECT ?s ?o { ?s rdfs:label ?o } ORDER BY ?s ?o"))
    assert confined(lambda: rows, Limits(30)) == [tuple(row) for row in rows] != []


def test_answers_are_the_same_with_limits_and_without() -> None:
    for name in ("founders", "what-lies-in-a-place"):
        for cite in (False, True):
            plain = graph().query(name, cite=cite)
            confined_ = graph().query(name, cite=cite, timeout=60, memory=2)
            assert list(plain.rows) == list(confined_.rows) != []  # type: ignore[union-attr]
            assert plain == confined_


def test_errors_come_back_with_all_that_they_carry() -> None:
    given = NotFoundError("entity", "x", ("y",), hint="look")
    given.add_note("a note")

    def work() -> None:
        raise given

    with pytest.raises(NotFoundError) as caught:
        confined(work, Limits(30))
    assert str(caught.value) == str(given)
    assert caught.value.suggestions == ("y",)
    assert caught.value.__notes__ == ["a note"]


@pytest.mark.parametrize("cite", [False, True])
def test_time_is_up_and_the_process_gone(cite: bool) -> None:
    start = time.perf_counter()
    with pytest.raises(QueryLimitError, match=r"^time was up after 0\.3 s: the query was not done"):
        graph().query(ENDLESS.replace("(COUNT(*) AS ?n)", "*") if cite else ENDLESS, cite=cite, timeout=0.3)
    assert time.perf_counter() - start < 30


def test_memory_is_up_in_a_message() -> None:
    with pytest.raises(QueryLimitError, match=r"^memory was up at 0\.1 GB: the query was not done"):
        graph().query(SORTED, memory=0.1, timeout=100)


def test_python_that_runs_out_of_memory_says_the_same() -> None:
    with pytest.raises(QueryLimitError, match=r"^memory was up at 0\.1 GB"):
        confined(lambda: len(bytearray(GIGABYTE)), Limits(60, GIGABYTE // 10))


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGBUS, signal.SIGILL])
def test_an_engine_that_breaks_down_is_a_message(number: signal.Signals) -> None:
    with pytest.raises(QueryLimitError, match=rf"the engine broke down \({number.name}\)"):
        confined(lambda: os.kill(os.getpid(), number), Limits(60))


def test_what_cannot_be_handed_on_is_an_error() -> None:
    with pytest.raises(GbkgError, match="the answer cannot be handed on"):
        confined(threading.Lock, Limits(60))


def test_the_marker_is_seen_by_the_process_that_waits() -> None:
    marker = Marker()
    confined(lambda: marker.set(70_000), Limits(60))
    assert marker.number == 70_000


# ---- What a build runs


def test_a_rule_that_multiplies_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASE", 0.5)
    slow = parse(
        "slow",
        "#+ summary: A.\n#+ description: B.\n"
        "CONSTRUCT { ?a ?e ?c } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "ontology/rules/slow.rq",
    )
    quads = [quad for quad in build.quads(MINI) if quad.graph_name.value.endswith(inference.BASIS)]
    with pytest.raises(QueryLimitError, match=r"^ontology/rules/slow.rq: time was up after .* nothing is inferred"):
        inference.infer(quads, [*rules.read(MINI), slow])


def test_a_pattern_that_backtracks_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASE", 0.5)
    shapes = turtle.parse(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:S> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; "
        'sh:property [ sh:path <urn:p> ; sh:pattern "^(a+)+$" ] .'
    )
    with pytest.raises(QueryLimitError, match=r"the shapes were not checked \(look for a pattern"):
        shacl.validate(b'<urn:s> <urn:p> "' + b"a" * 60 + b'!" .\n', shapes)


# ---- Servers


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that sends a byte of its header from time to time, and never comes to an end."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nX-Slow: ")
                while not done.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                pass

    def serve() -> None:
        while not done.is_set():
            try:
                drip(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/query"
    done.set()
    listener.close()
    thread.join(5)


def test_the_timeout_covers_opening_a_server_that_drips(dripping: str, gbkg: Run) -> None:
    start = time.perf_counter()
    ended = gbkg("--project", MINI.root, "query", "founders", "--endpoint", dripping, "--timeout", "1")
    assert ended.returncode == 2
    assert ended.stderr.startswith("gbkg: time was up after 1 s: the server did not say which graphs it has")
    assert ended.stderr.count("\n") == 1
    assert time.perf_counter() - start < 60


def test_limits_on_the_command_line(mini: Path, gbkg: Run, mini_build: Path) -> None:
    (mini / "queries" / "sorted.rq").write_text(f"#+ summary: All.\n{SORTED}\n")
    place: list[Any] = ["--graph", mini_build / "gbkg.nq"]
    ended = gbkg("query", "sorted", *place, "--memory", "0.1", cwd=mini)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1:] == [
        "gbkg: memory was up at 0.1 GB: the query was not done, and nothing of its answer is shown "
        "(make it narrower, or give it more time or memory (--timeout, --memory))"
    ]


def test_a_check_that_multiplies_is_named(mini: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASE", 0.5)
    (mini / "ontology" / "checks").mkdir(parents=True, exist_ok=True)
    text = "#+ Slow.\nSELECT ?focus { ?focus ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?l\n"
    (mini / "ontology" / "checks" / "slow-violation.rq").write_text(text)
    ended = run_here("build", "--out", mini / "out", cwd=mini)
    assert ended.returncode == 2
    assert ended.stderr.startswith("gbkg: ontology/checks/slow-violation.rq: time was up after ")
    assert "the check was not done (join its patterns by more variables)" in ended.stderr


def test_the_process_ends_with_the_one_that_waits_for_it() -> None:
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        confined(lambda: (os.write(writing, f"{os.getpid()}\n".encode()), time.sleep(60)), Limits(600))
        os._exit(0)
    worker = int(os.read(reading, 20))
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    for end in (reading, writing):
        os.close(end)
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    raise AssertionError("the worker lives on")


def test_what_takes_long_to_plan_is_ended_too() -> None:
    patterns = " . ".join(f"?v{n} <urn:p> ?v{n + 1}" for n in range(1_200))
    with pytest.raises(QueryLimitError, match=r"^time was up after 0\.5 s"):
        graph().query(f"SELECT * {{ {patterns} }}", timeout=0.5)
    text = "#+ summary: A.\n#+ description: B.\nCONSTRUCT { ?v0 ?v1 ?v2 } WHERE { " + patterns + " }"
    with pytest.raises(ParseError, match="a rule of more than 500 words and signs"):
        parse("long", text, "ontology/rules/long.rq")


def test_a_process_that_is_ended_while_work_is_spread_is_said() -> None:
    def work(number: int) -> int:
        if number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    if workers.processors() < 2:
        pytest.skip("needs two processors")
    with pytest.raises(GbkgError, match="a process that did part of the work was ended"):
        list(workers.spread(work, range(9)))
    assert list(workers.spread(work, range(5))) == [*range(5)]
