"""The web door under load: requests a second and how long they take, beside Oxigraph's own server; memory over many.

On the project's own graph and on an enlarged one (enlarge.py). One client asks one request after the other over a kept
connection, and the ways to ask take turns, so that a busy moment falls on all alike. README.md explains the columns.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from servers import oxigraph

ENTITY, SAVED, CITED, BARE, OXIGRAPH = "entity page", "saved query", "cited query", "bare SPARQL", "Oxigraph"
RATIO, TAIL = 1.5, 150.0
"""Aims: bare SPARQL by the median beside Oxigraph; milliseconds of the 99th percentile of entity pages."""
GROWTH = 1.1
"""Aim: memory after all requests beside that after a hundredth of them."""
SLOW = 1.0
"""Seconds beyond which a saved query of the large graph is left out, since it would be all that is measured."""
Ask = Callable[[], bytes]


class Client:
    """One connection to a server, kept."""

    def __init__(self, base: str) -> None:
        self._connection = HTTPConnection(urlsplit(base).netloc, timeout=60)

    def get(self, path: str, accept: str = "*/*") -> bytes:
        return self._answer("GET", path, None, {"Accept": accept})

    def post(self, path: str, query: str) -> bytes:
        headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
        return self._answer("POST", path, query.encode(), headers)

    def _answer(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        self._connection.request(method, path, body, dict(headers))
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{method} {path[:80]}: {response.status} {content[:200]!r}")
        return content


@contextmanager
def gbkg(graph: Path, project: Path) -> Iterator[tuple[str, int]]:
    """A server of the graph: its address and process."""
    command = [sys.executable, "-m", "gbkg", "--project", str(project), "serve", "--port", "0", "--graph", str(graph)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        line = process.stdout.readline()
        if "http://" not in line:
            raise RuntimeError(f"gbkg serve did not start: {line}")
        yield "http://" + line.split("http://")[1].split()[0].rstrip("/"), process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def memory(process: int) -> float:
    """Megabytes (2^20) of a process and all below it, shared pages counted once (Linux: PSS in smaps_rollup)."""
    total = 0
    for path in [Path(f"/proc/{one}/smaps_rollup") for one in _family(process)]:
        with suppress(OSError):
            total += sum(int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith("Pss:"))
    return total / 1024


def _family(process: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [process], [process]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


# ---- What is asked


def questions(graph: Path, project: Path, most: int) -> tuple[list[str], dict[str, str]]:
    """Entities and saved queries, at random but always the same; of these at most so many, and only such as take less
    than `SLOW` seconds."""
    from gbkg.core.project import Project
    from gbkg.knowledge import KnowledgeGraph
    from gbkg.store.memory import Memory

    kg = KnowledgeGraph(Memory.read(graph), Project.find(project))
    pattern = "SELECT ?x { GRAPH graph:entities { ?x a ?t } FILTER(STRSTARTS(STR(?x), STR(id:))) } ORDER BY ?x"
    entities = [row[0].value.rpartition("/")[2] for row in kg.store.query(pattern)]
    random.Random(1).shuffle(entities)
    texts = {}
    for name, query in random.Random(1).sample(sorted(kg.queries.items()), len(kg.queries)):
        if len(texts) == most:
            break
        start = time.perf_counter()
        if query.form == "SELECT" and len(list(kg.store.query(query.text))) < 2_000:
            kg.query(query.text, cite=True)
            if time.perf_counter() - start < SLOW:
                texts[name] = query.text
    return entities, texts


def declared(text: str) -> str:
    """The text with the prefixes that gbkg knows anyway."""
    from gbkg.core.prefixes import PREFIXES

    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items() if f"{name}:" in text) + text


def ways(base: str, other: str, entities: list[str], texts: dict[str, str]) -> dict[str, list[Ask]]:
    """By way to ask: the requests, which are asked in this order, round after round."""
    ours, theirs = Client(base), Client(other)
    names = list(texts)
    address = {name: f"/api/queries/{quote(name)}" for name in names}
    plain, cited = urlencode({"cite": "false"}), urlencode({"cite": "true"})
    return {
        ENTITY: [lambda one=one: ours.get(f"/id/{one}.html", "text/html") for one in entities],  # type: ignore[misc]
        SAVED: [lambda one=one: ours.get(f"{address[one]}?{plain}") for one in names],  # type: ignore[misc]
        CITED: [lambda one=one: ours.get(f"{address[one]}?{cited}") for one in names],  # type: ignore[misc]
        BARE: [lambda one=one: ours.post("/sparql", declared(texts[one])) for one in names],  # type: ignore[misc]
        OXIGRAPH: [
            lambda one=one: theirs.post("/query?union-default-graph=true", declared(texts[one]))  # type: ignore[misc]
            for one in names
        ],
    }


# ---- What is measured


def measured(asked: dict[str, list[Ask]], seconds: float) -> dict[str, list[float]]:
    """Seconds of each request by way, in turn for about so long; each way has asked some before."""
    for requests in asked.values():
        for ask in requests[:20]:
            ask()
    taken: dict[str, list[float]] = {way: [] for way in asked}
    end, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        for way, requests in asked.items():
            start = time.perf_counter()
            requests[number % len(requests)]()
            taken[way].append(time.perf_counter() - start)
        number += 1
    return taken


def grown(base: str, process: int, entities: list[str], requests: int) -> tuple[float, float]:
    """Megabytes after a hundredth of the requests, and after all: pages, saved queries, search and SPARQL in turn."""
    client, first = Client(base), 0.0
    asked: list[Callable[[int], bytes]] = [
        lambda n: client.get(f"/id/{entities[n % len(entities)]}.html", "text/html"),
        lambda n: client.post("/sparql", f"SELECT * {{ ?s gbkg:partOf ?o }} LIMIT {n % 50 + 1}"),
        lambda n: client.get(f"/api/search?q={quote(entities[n % len(entities)].replace('-', ' '))}"),
        lambda n: client.get(f"/api/entities/{entities[n % len(entities)]}"),
    ]
    for number in range(requests):
        if number == max(requests // 100, 50):
            first = memory(process)
        asked[number % len(asked)](number)
    return first, memory(process)


def percentile(taken: list[float], share: float) -> float:
    """Milliseconds below which this share of the requests took."""
    return sorted(taken)[min(int(len(taken) * share), len(taken) - 1)] * 1000


def one_graph(graph: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything about one graph."""
    entities, texts = questions(graph, options.project, options.queries)
    with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as place:
        location = Path(place) / "oxigraph"
        _loaded(graph, location)
        with gbkg(graph, options.project) as (base, process), oxigraph(location, serve="serve-read-only") as server:
            taken = measured(ways(base, server.base, entities, texts), options.seconds)
            first, last = grown(base, process, entities, options.requests)
    rows = {
        way: {
            "requests": len(times),
            "per s": len(times) / sum(times),
            "p50": percentile(times, 0.5),
            "p99": percentile(times, 0.99),
        }
        for way, times in taken.items()
    }
    pairs = zip(taken[BARE], taken[OXIGRAPH], strict=True)
    ratio = rows[BARE]["p50"] / rows[OXIGRAPH]["p50"]
    return {
        "queries": len(texts),
        "ways": rows,
        "bare / Oxigraph, medians": ratio,
        "bare / Oxigraph, median of ratios": median(ours / theirs for ours, theirs in pairs),
        "memory": {"first": first, "last": last, "requests": options.requests},
    }


def _loaded(graph: Path, location: Path) -> None:
    import pyoxigraph as ox

    store = ox.Store(str(location))
    store.bulk_load(path=str(graph), format=ox.RdfFormat.N_QUADS)
    store.flush()
    del store


def printed(name: str, found: dict[str, Any]) -> str:
    """One graph as a table, with the aims."""
    lines = [
        f"{name}: {found['queries']} saved queries",
        f"{'':14}{'requests':>9}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}",
    ]
    for way, row in found["ways"].items():
        lines.append(f"{way:<14}{row['requests']:>9,}{row['per s']:>9,.0f}{row['p50']:>9.2f}{row['p99']:>9.1f}")
    kept = found["memory"]
    growth = kept["last"] / kept["first"] if kept["first"] else 1.0
    for words, value, aim in (
        ("bare SPARQL / Oxigraph, medians", found["bare / Oxigraph, medians"], RATIO),
        ("bare SPARQL / Oxigraph, median of ratios", found["bare / Oxigraph, median of ratios"], RATIO),
        ("entity page, p99 ms", found["ways"][ENTITY]["p99"], TAIL),
        (f"memory after {kept['requests']:,} requests / after a hundredth ({kept['first']:.0f} MB)", growth, GROWTH),
    ):
        lines.append(f"{'as aimed' if value <= aim else 'NOT':<9} {words}: {value:.2f} (aim: {aim:g})")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Requests a second and their percentiles, beside Oxigraph's server.")
    parser.add_argument("--quick", action="store_true", help="the project's graph alone, in less than two minutes")
    parser.add_argument("--triples", type=int, default=1_000_000, help="of the large graph; 0: none")
    parser.add_argument("--seconds", type=float, default=60.0, help="of measuring each graph")
    parser.add_argument("--requests", type=int, default=100_000, help="after which memory is looked at")
    parser.add_argument("--queries", type=int, default=1_000, help="saved queries at most")
    parser.add_argument("--graph", type=Path, help="N-Quads in place of the project's build")
    parser.add_argument("--project", type=Path, default=Path(__file__).resolve().parents[1])
    parser.add_argument("--json", type=Path, help="where to write all figures")
    given = parser.parse_args()
    if given.quick:
        given.triples, given.seconds, given.requests = 0, 20.0, 2_000
    return given


def main() -> None:
    options = arguments()
    found = {}
    with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as place:
        graph = options.graph
        if graph is None:
            command = [
                sys.executable,
                "-m",
                "gbkg",
                "--project",
                str(options.project),
                "build",
                "--out",
                f"{place}/build",
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            graph = Path(place) / "build" / "gbkg.nq"
        graphs = {"the project's graph": graph}
        if options.triples:
            large = Path(place) / "large.nq"
            enlarging = [sys.executable, str(Path(__file__).with_name("enlarge.py")), str(graph), str(large)]
            subprocess.run([*enlarging, "--triples", str(options.triples)], check=True)
            graphs[f"{options.triples:,} triples"] = large
        for name, path in graphs.items():
            found[name] = one_graph(path, options)
            print(printed(name, found[name]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
