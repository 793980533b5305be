"""Queries, in a process of its own: on the bare engine, through gbkg, cited, in rdflib, over HTTP.

What is warm is what README.md says of `bench_query.py`, whose ways to ask these are.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bench_query

from scale.process import Measured

SLOW = 0.25
"""A way that took so many seconds the second time is not asked again: that figure counts. The first does not."""
FILL = 0.002
"""A sample of a quick query repeats it until so many seconds are over."""
Sample = dict[str, Any]
Way = Callable[[], Any]


class TimeIsUp(BaseException):
    """Not an `Exception`, so that no engine takes it for a failed expression."""


def engines(
    graph: str,
    project: str,
    repeat: int,
    limit: float,
    names: tuple[str, ...] = (),
) -> Measured:
    """Samples, in CPU seconds, of every saved query that is a SELECT, or of those named: bare, plain, cited cold
    and warm. A way that took longer than `limit` is named under "stopped"."""
    from gbkg.core.project import Project
    from gbkg.knowledge import KnowledgeGraph
    from gbkg.store.memory import Memory

    kg = KnowledgeGraph(Memory.read(Path(graph)), Project.find(Path(project)))
    bench_query.make_table(kg)
    texts = {name: query.text for name, query in kg.queries.items() if query.form == "SELECT"}
    rows: dict[str, Sample] = {}
    for name, text in texts.items():
        if names and name not in names:
            continue
        row: Sample = {"stopped": []}
        for way, work in bench_query.ways(kg, text):
            if not row["stopped"]:
                _sampled(row, way, work, repeat, limit, time.process_time)
        rows[name] = row
    return {"triples": len(kg.store), "queries": rows}


def within(store: str, graph: str, project: str, limit: int) -> Measured:
    """CPU seconds of every saved query that is a SELECT, cited, asked once of a store of pyoxigraph in a copy of this
    process, which is ended after `limit` seconds; "cited" is then named under "stopped". As many are asked at a time as
    there are processors. The kinds of values in the file `graph`, of which the store was made, are found out before, as
    a build writes them beside a store."""
    from gbkg.core.project import Project
    from gbkg.knowledge import KnowledgeGraph
    from gbkg.sparql.kinds import of_lines
    from gbkg.store.copied import Copy

    kg = KnowledgeGraph(Copy(Path(store)), Project.find(Path(project)))
    with Path(graph).open("rb") as lines:
        kg.store.kinds = of_lines(lines)
    bench_query.make_table(kg)
    _cited(kg, f"{kg.queries['headquarters'].text} LIMIT 1")  # what is found out of a graph once
    texts = {name: query.text for name, query in kg.queries.items() if query.form == "SELECT"}
    spent = _spent({name: lambda text=text: _cited(kg, text) for name, text in texts.items()}, limit)
    rows = {
        name: {"stopped": ["cited"]} if spent[name] is None else {"stopped": [], "cited": [spent[name]]}
        for name in texts
    }
    return {"triples": len(kg.store), "queries": rows}


def _spent(works: Mapping[str, Way], limit: int) -> dict[str, float | None]:
    """CPU seconds of each in a copy of this process; None when it did not end within so many, or failed."""
    waiting, running, found = list(works), dict[int, str](), dict[str, float | None]()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            name = waiting.pop(0)
            running[_forked(works[name], limit)] = name
        child, status, usage = os.wait4(-1, 0)
        found[running.pop(child)] = None if status else usage.ru_utime + usage.ru_stime
    return found


def _forked(work: Way, limit: int) -> int:
    """A copy of this process that does the work and ends, at the latest after so many CPU seconds."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        failed = 1
        try:
            work()
            failed = 0
        finally:
            os._exit(failed)
    return child


def with_rdflib(graph: str, project: str, repeat: int, limit: float, names: tuple[str, ...] = ()) -> Measured:
    """Samples, in CPU seconds, of the same queries in rdflib, over the same union of the named graphs."""
    import rdflib

    from gbkg.ask import queries
    from gbkg.core.prefixes import PREFIXES
    from gbkg.core.project import Project

    rdflib.NORMALIZE_LITERALS = False
    data = rdflib.Dataset(default_union=True)
    start = time.process_time()
    data.parse(graph, format="nquads")
    loaded = time.process_time() - start
    rows: dict[str, Sample] = {}
    for name, query in queries.library(Project.find(Path(project))).items():
        if query.form == "SELECT" and (not names or name in names):
            rows[name] = {"stopped": []}

            def work(text: str = query.text) -> None:
                list(data.query(text, initNs=PREFIXES))

            _sampled(rows[name], "rdflib", work, repeat, limit, time.process_time)
    return {"load": loaded, "queries": rows}


def over_http(
    graph: str, project: str, repeat: int, limit: float, cite: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> Measured:
    """Samples, in elapsed seconds, of the same queries through gbkg on an Oxigraph server, and bare in this process;
    those named in `cite` also cited, here and there."""
    from servers import oxigraph

    from gbkg import knowledge
    from gbkg.core.project import Project
    from gbkg.store.memory import Memory

    found = Project.find(Path(project))
    near = knowledge.KnowledgeGraph(Memory.read(Path(graph)), found)
    bench_query.make_table(near)
    rows: dict[str, Sample] = {}
    with _served(graph) as location, oxigraph(location) as server:
        far = knowledge.open(Path(project), endpoint=server.endpoint)
        for name, query in near.queries.items():
            if query.form != "SELECT" or (names and name not in names):
                continue
            row = rows[name] = {"stopped": []}
            ways = _asked(near, far, query.text, cited=name in cite)
            for way, work in ways:
                if not row["stopped"]:
                    _sampled(row, way, work, repeat, limit, time.monotonic)
        del far
    return {"queries": rows}


def on_disk(store: str, project: str, repeat: int, limit: float, names: tuple[str, ...] = ()) -> Measured:
    """Samples, in CPU seconds, on a store on disk: one look-up of what is said of an organization, and where it is,
    plain and cited; and, in bare pyoxigraph and plain and cited, the saved queries named."""
    from gbkg.core.project import Project
    from gbkg.knowledge import KnowledgeGraph
    from gbkg.store import disk

    opening = time.process_time()
    kg = KnowledgeGraph(disk.read(Path(store)), Project.find(Path(project)))
    opened = time.process_time() - opening
    subject, predicate = _example(kg)
    one = f"SELECT ?o {{ <{subject}> <{predicate}> ?o }}"
    ways: dict[str, Way] = {
        "look-up": lambda: _plain(kg, f"SELECT ?p ?o {{ <{subject}> ?p ?o }}"),
        "plain": lambda: _plain(kg, one),
        "cited": lambda: _cited(kg, one),
    }
    row: Sample = {"stopped": []}
    for way, work in ways.items():
        _sampled(row, way, work, repeat, limit, time.process_time)
    rows: dict[str, Sample] = {}
    for name in names:
        text, rows[name] = kg.queries[name].text, {"stopped": []}
        for way, work in (
            (bench_query.BARE, lambda text=text: _bare(kg, text)),
            (bench_query.PLAIN, lambda text=text: _plain(kg, text)),
            (bench_query.CITED, lambda text=text: _cited(kg, text)),
        ):
            if not rows[name]["stopped"]:
                _sampled(rows[name], way, work, repeat, limit, time.process_time)
    return {"open": opened, "triples": len(kg.store), "asked": row, "queries": rows}


def _asked(near: Any, far: Any, text: str, cited: bool) -> Iterator[tuple[str, Way]]:
    yield "bare", lambda: _bare(near, text)
    yield "http", lambda: _plain(far, text)
    if cited:
        yield "cited", lambda: _cited(near, text)
        yield "http cited", lambda: _cited(far, text)


def _bare(kg: Any, text: str) -> list[Any]:
    from gbkg.core.prefixes import PREFIXES

    return list(map(tuple, kg.store.engine.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)))


def _plain(kg: Any, text: str) -> list[Any]:
    return list(kg.query(text).rows)


def _cited(kg: Any, text: str) -> int:
    """Asks with citations, nothing remembered of what was asked before; the number of quotations."""
    kg.evidence.forget()
    return bench_query.quotations(kg.query(text, cite=True))


def _example(kg: Any) -> tuple[str, str]:
    """Subject and predicate of a fact about something that has few: of the first organization in a district."""
    text = """SELECT ?s { GRAPH <https://w3id.org/gbkg/graph/facts> {
        ?s <https://w3id.org/gbkg/ontology#operatedBy> ?o } } LIMIT 1"""
    for row in kg.store.query(text):
        return row["s"].value, "https://w3id.org/gbkg/ontology#operatedBy"
    raise LookupError("no fact with gbkg:operatedBy")


def _sampled(row: Sample, way: str, work: Way, repeat: int, limit: float, clock: Callable[[], float]) -> None:
    """Adds to `row[way]` so many samples, or one if it is slow; or names the way under "stopped"."""
    try:
        with _limited(limit):
            first = _sample(work, 1, clock)
            second = _sample(work, 1, clock)
            if second > SLOW:
                row[way] = [second]
                return
            times = max(1, round(FILL / max(min(first, second), 1e-5)))
            row[way] = [_sample(work, times, clock) for _ in range(repeat)]
    except TimeIsUp:
        row["stopped"].append(way)
        row.pop(way, None)
    except Exception as error:
        row["stopped"].append(way)
        row.setdefault("failed", {})[way] = f"{type(error).__name__}: {error}".splitlines()[0][:200]


def _sample(work: Way, times: int, clock: Callable[[], float]) -> float:
    import gc

    gc.disable()
    try:
        start = clock()
        for _ in range(times):
            work()
        return (clock() - start) / times
    finally:
        gc.enable()


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Stops the block after so many seconds, as soon as it is in Python.

    By the clock on the wall: while a timer of CPU time runs, Linux counts that time in steps of 4 ms only.
    """

    def stop(*_: Any) -> None:
        raise TimeIsUp

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def _served(graph: str) -> Iterator[Path]:
    """A folder with the graph as Oxigraph keeps it."""
    import tempfile

    import pyoxigraph as ox

    with tempfile.TemporaryDirectory(prefix="gbkg-bench-", dir=Path(graph).parent) as folder:
        store = ox.Store(folder)
        store.bulk_load(path=graph, format=ox.RdfFormat.N_QUADS)
        store.flush()
        del store
        yield Path(folder)
