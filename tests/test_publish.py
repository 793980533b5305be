"""Publishing on a real Oxigraph server: complete, repeatable, checked; and the ways in which it can fail."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from conftest import MINI, Run
from proxies import Reply, after, basic, digest, proxy
from servers import Server as Running
from servers import oxigraph
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from gbkg.cli import serve as command
from gbkg.core.errors import DifferenceError, GbkgError, ParseError, ProjectError, PublishError
from gbkg.core.prefixes import PREFIXES
from gbkg.store import graphstore
from gbkg.store.endpoint import GraphNames
from gbkg.store.graphstore import Endpoints, Server
from gbkg.store.manifest import Manifest
from gbkg.store.memory import Memory
from gbkg.store.publish import Publication, QuadSource, publish
from gbkg.store.remote import Remote

GRAPHS = PREFIXES["graph"]
XSD = PREFIXES["xsd"]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with oxigraph() as server:
        yield server


@pytest.fixture
def server(running: Running) -> Running:
    """An empty server."""
    running.send("POST", "/update", b"DROP ALL", {"Content-Type": "application/sparql-update"})
    return running


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three named graphs of 300, 75 and 11 triples, one after another in turns, with literals that servers rewrite."""
    said = [f'"1.50"^^<{XSD}decimal>', '"Tee"@DE', f'"2019-10"^^<{XSD}gYearMonth>', '"茶 \\"\\n\\\\"', '"007"']
    lines = [
        f"<https://w3id.org/gbkg/id/{n}> <urn:p{n % 7}> {said[n % 5] if n % 2 else f'<urn:o{n}>'} <{GRAPHS}{name}> ."
        for n in range(300)
        for name, every in (("claims", 1), ("facts", 4), ("metadata", 30))
        if n % every == 0
    ]
    lines.append(f"<https://w3id.org/gbkg/dataset> <{PREFIXES['void']}subset> <{GRAPHS}facts> <{GRAPHS}metadata> .")
    path = tmp_path_factory.mktemp("graph") / "gbkg.nq"
    path.write_text("\n".join(dict.fromkeys(lines)) + "\n")
    return path


def sent(endpoint: str, path: Path, batch: int = 50, prefix: str = "") -> Publication:
    return publish(QuadSource.file(path), Server(Endpoints.of(endpoint), prefix), batch)


def there(server: Running, prefix: str = GRAPHS) -> set[str]:
    """What the server has under a prefix besides the record, as lines with our names."""
    store = ox.Store()
    store.load(server.send("GET", "/store", headers={"Accept": "application/n-quads"}), format=ox.RdfFormat.N_QUADS)
    quads = (quad for quad in store if isinstance(quad.graph_name, ox.NamedNode))
    lines = {str(quad) for quad in quads if quad.graph_name.value.startswith(prefix)}
    return {line.replace(prefix, GRAPHS) for line in lines if not line.endswith(f"<{prefix}publication>")}


def said(path: Path) -> set[str]:
    store = ox.Store()
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    return set(map(str, store))


def changed(path: Path, folder: Path, old: str, new: str) -> Path:
    """A copy of the file with one change, which must be possible."""
    text = path.read_text()
    assert old in text
    made = folder / "changed.nq"
    made.write_text(text.replace(old, new, 1))
    return made


def update(server: Running, text: str) -> None:
    server.send("POST", "/update", text.encode(), {"Content-Type": "application/sparql-update"})


def facts(name: str = "facts") -> str:
    return GRAPHS + name


def test_the_mini_project_arrives(server: Running, mini_build: Path, run_here: Run) -> None:
    done = run_here("--project", MINI, "publish", "--endpoint", server.endpoint, "--build", mini_build)
    assert (done.returncode, done.stderr) == (0, "")
    ours = said(mini_build / "gbkg.nq")
    assert there(server) == ours
    *graphs, last = done.stdout.splitlines()
    assert {line.split("\t")[1] for line in graphs} == {"sent"}
    assert re.fullmatch(rf"{len(ours):,} of {len(ours):,} triples sent; all are there; digest [0-9a-f]{{64}}", last)
    again = run_here("--project", MINI, "publish", "--endpoint", server.endpoint, "--build", mini_build)
    assert again.returncode == 0
    assert again.stdout.splitlines()[-1] == last.replace(f"{len(ours):,} of", "0 of", 1)
    record = json.loads(run_here(*again.args, "--format", "json").stdout)
    assert (record["schema"], record["kind"], record["sent"]) == ("gbkg/1", "publication", 0)
    assert [f"{graph}\tas it was" for graph in record["kept"]] == again.stdout.splitlines()[:-1]
    assert again.stdout.endswith(f"of {record['triples']:,} triples sent; all are there; digest {record['digest']}\n")


def test_the_real_graph_arrives(server: Running, real_build: Path) -> None:
    outcome = sent(server.endpoint, real_build / "gbkg.nq", 2000)
    ours = said(real_build / "gbkg.nq")
    assert there(server) == ours
    assert outcome.triples == outcome.sent == len(ours)


def test_another_client_gets_the_same_answers(server: Running, mini_build: Path) -> None:
    sent(server.endpoint, mini_build / "gbkg.nq", 2000)
    store = Memory.read(mini_build / "gbkg.nq")
    client = SPARQLWrapper(server.endpoint)
    client.setMethod(POST)
    client.setReturnFormat(JSON)
    client.addParameter("union-default-graph", "true")
    for path in (MINI / "queries").glob("*.rq"):
        client.setQuery(GraphNames().text(path.read_text()))
        theirs = [
            {name: cell["value"] for name, cell in row.items()}
            for row in client.queryAndConvert()["results"]["bindings"]
        ]
        solutions = store.query(path.read_text())
        names = [variable.value for variable in solutions.variables]
        ours = [{name: row[name].value for name in names if row[name]} for row in solutions]
        assert theirs == ours != [], path.name


def test_a_repeated_publication_writes_nothing(server: Running, graph: Path) -> None:
    with proxy(server.base) as between:
        first = sent(between.endpoint, graph)
        assert len(between.batches) == 6 + 2 + 1
        between.requests.clear()
        second = sent(between.endpoint, graph)
        assert between.writes == []
        assert len(between.requests) > 3
    assert (first.sent, second.sent) == (first.triples, 0)
    assert set(second.kept) == {facts(), facts("claims"), facts("metadata")}
    assert first.digest == second.digest
    assert there(server) == said(graph)


def test_the_record_says_what_is_there(server: Running, graph: Path) -> None:
    outcome = sent(server.endpoint, graph)
    record = f"{GRAPHS}publication"
    text = f"SELECT ?n ?d {{ GRAPH <{record}> {{ <{record}> void:triples ?n ; gbkg:contentDigest ?d }} }}"
    store = ox.Store()
    store.load(server.send("GET", "/store", headers={"Accept": "application/n-quads"}), format=ox.RdfFormat.N_QUADS)
    (row,) = store.query(text, prefixes=PREFIXES)
    assert (row["n"].value, row["d"].value) == (str(outcome.triples), outcome.digest)
    entries = Server(Endpoints.of(server.endpoint)).record()
    assert {name: total and total[0] for name, total in entries.items()} == {
        facts(): 75,
        facts("claims"): 300,
        facts("metadata"): 11,
    }


@pytest.mark.parametrize("batch", [20, 100])
def test_only_graphs_that_differ_are_sent(
    server: Running, graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    # So that a graph is also added in bulk and cleared in several steps.
    monkeypatch.setattr(graphstore, "BULK", 20)
    monkeypatch.setattr(graphstore, "CLEARED", 20)
    sent(server.endpoint, graph)
    update(server, "INSERT DATA { <urn:a> <urn:b> 1 . GRAPH <urn:other> { <urn:a> <urn:b> 2 } }")
    new = changed(graph, tmp_path, f"<urn:o0> <{facts()}>", f"<urn:new> <{facts()}>")
    with proxy(server.base) as between:
        outcome = sent(between.endpoint, new, batch)
    assert {request.path.partition("&")[0] for request in between.batches} == {
        f"/store?graph={quote(facts(), safe='')}"
    }
    assert [request.method for request in between.batches] == (["PUT"] if batch > 75 else ["POST"] * 4)
    assert sum(request.body.count(b" .\n") for request in between.batches) == outcome.sent == 75
    assert outcome.replaced == (facts(),)
    assert set(outcome.kept) == {facts("claims"), facts("metadata")}
    assert there(server) == said(new) != said(graph)
    assert there(server, "urn:other") == {f'<urn:a> <urn:b> "2"^^<{XSD}integer> <{GRAPHS}>'}
    assert b'<urn:b> "1"' in server.send("GET", "/store?default", headers={"Accept": "application/n-triples"})


def test_a_graph_that_is_gone_is_dropped(server: Running, graph: Path, tmp_path: Path) -> None:
    sent(server.endpoint, graph)
    lines = graph.read_text().splitlines(keepends=True)
    fewer = tmp_path / "fewer.nq"
    fewer.write_text("".join(line for line in lines if "graph/facts> ." not in line))
    assert sent(server.endpoint, fewer).dropped == (facts(),)
    assert there(server) == said(fewer)
    assert facts() not in Server(Endpoints.of(server.endpoint)).record()


def test_two_prefixes_side_by_side(server: Running, graph: Path, tmp_path: Path) -> None:
    one, two = "https://tea.example/2019/", "https://tea.example/2020#"
    new = changed(graph, tmp_path, "<urn:o0>", "<urn:new>")
    sent(server.endpoint, graph, prefix=one)
    sent(server.endpoint, new, prefix=two)
    assert sent(server.endpoint, graph, prefix=one).sent == 0
    assert there(server, one) == said(graph)
    assert there(server, two) == said(new)
    assert there(server) == set()
    # The names of graphs follow wherever they stand.
    triple = f"<https://w3id.org/gbkg/dataset> <{PREFIXES['void']}subset> <{one}facts>"
    update(server, f"DELETE DATA {{ GRAPH <{one}metadata> {{ {triple} }} }}")
    with pytest.raises(DifferenceError):
        sent(server.endpoint, graph, prefix=one)


@pytest.mark.parametrize("kills", [1, 2])
def test_killed_at_any_moment_and_repeated(server: Running, graph: Path, kills: int) -> None:
    dice = random.Random(kills)
    program = (
        "import sys; from pathlib import Path; from gbkg.store.graphstore import *; from gbkg.store.publish import *; "
        "publish(Source.file(Path(sys.argv[2])), Server(Endpoints.of(sys.argv[1])), 5)"
    )
    with proxy(server.base) as between:
        for _ in range(3):
            already = len(between.writes)
            child = subprocess.Popen([sys.executable, "-c", program, between.endpoint, str(graph)])
            until = already + dice.randrange(1, 40)
            while len(between.writes) < until and child.poll() is None:
                time.sleep(0.001)
            time.sleep(dice.random() / 50)
            child.send_signal(signal.SIGKILL)
            child.wait()
            if between.writes and child.returncode < 0:
                assert Remote(between.endpoint).unfinished
        outcome = sent(between.endpoint, graph, 5)
    assert there(server) == said(graph)
    assert outcome.triples == 386
    assert not Remote(server.endpoint).unfinished
    assert sent(server.endpoint, graph, 5).sent == 0


def test_a_publication_broken_off_by_the_server_is_known_and_finished(server: Running, graph: Path) -> None:
    with proxy(server.base, after(7, None)) as between:
        with pytest.raises(PublishError) as stop:
            sent(between.endpoint, graph, 50)
        assert re.search(r"connection.*; 325 of 386 triples were sent \(repeating the command sends", str(stop.value))
        assert Remote(server.endpoint).unfinished
        record = Server(Endpoints.of(server.endpoint)).record()
        assert [record[facts(name)] and name for name in ("claims", "facts", "metadata")] == [None, "facts", None]
        between.rule = lambda _: None
        between.requests.clear()
        outcome = sent(between.endpoint, graph, 50)
        assert (outcome.sent, outcome.kept) == (300 + 11, (facts(),))
        assert len(between.batches) == 6 + 1
    assert there(server) == said(graph)
    assert not Remote(server.endpoint).unfinished


def test_interrupted_by_the_user(server: Running, graph: Path) -> None:
    class Impatient(Server):
        def add(self, graph: str, quads: list[ox.Quad]) -> None:
            super().add(graph, quads)
            raise KeyboardInterrupt

    with pytest.raises(PublishError, match=r"^interrupted; 0 of 386 triples were sent \(repeating"):
        publish(QuadSource.file(graph), Impatient(Endpoints.of(server.endpoint)), 50)
    assert sent(server.endpoint, graph).sent == 386
    assert there(server) == said(graph)


def test_tampering_is_found_named_and_mended(server: Running, graph: Path, tmp_path: Path, run_here: Run) -> None:
    project, folder = built(graph, tmp_path)
    arguments = ("--project", project, "publish", "--endpoint", server.endpoint, "--build", folder)
    assert run_here(*arguments).returncode == 0
    update(
        server,
        f"DELETE DATA {{ GRAPH <{facts()}> {{ <https://w3id.org/gbkg/id/0> <urn:p0> <urn:o0> }} }} ;"
        f"INSERT DATA {{ GRAPH <{facts()}> {{ <https://w3id.org/gbkg/id/0> <urn:p0> <urn:lie> }} }}",
    )
    done = run_here(*arguments)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"missing: <https://w3id.org/gbkg/id/0> <urn:p0> <urn:o0> <{facts()}> .",
        f"extra: <https://w3id.org/gbkg/id/0> <urn:p0> <urn:lie> <{facts()}> .",
        f"gbkg: the server does not hold what was published: {facts()} has 75 triples where 75 others should be "
        "(repeating the command mends that)",
    ]
    assert Remote(server.endpoint).unfinished
    assert f"{facts()}\tsent" in run_here(*arguments).stdout
    assert there(server) == said(graph)


def test_a_lost_graph_is_found(server: Running, graph: Path) -> None:
    sent(server.endpoint, graph)
    update(server, f"DROP GRAPH <{facts()}>")
    with pytest.raises(DifferenceError, match="facts has 0 triples where 75 others should be") as error:
        sent(server.endpoint, graph)
    assert error.value.graphs == (facts(),)
    assert len(error.value.lines) == 3


def test_whole_numbers_may_be_integers_or_decimals(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "numbers.nq"
    path.write_text(f'<urn:a> <urn:b> "3000000000"^^<{XSD}integer> <{facts()}> .\n')
    sent(server.endpoint, path)
    triple = '<urn:a> <urn:b> "3000000000"'
    update(
        server,
        f"DELETE DATA {{ GRAPH <{facts()}> {{ {triple}^^<{XSD}integer> }} }} ;"
        f"INSERT DATA {{ GRAPH <{facts()}> {{ {triple}^^<{XSD}decimal> }} }}",
    )
    assert sent(server.endpoint, path).rewritten == (facts(),)
    update(server, f'INSERT DATA {{ GRAPH <{facts()}> {{ <urn:a> <urn:b> "3000000000.5"^^<{XSD}decimal> }} }}')
    with pytest.raises(DifferenceError, match="2 triples where 1"):
        sent(server.endpoint, path)


def built(graph: Path, folder: Path) -> tuple[Path, Path]:
    """A project and a folder that looks like its build."""
    from gbkg import __version__
    from gbkg.core.project import Project
    from gbkg.store import outputs

    project = shutil.copytree(MINI, folder / "project", dirs_exist_ok=True)
    out = folder / "build"
    with outputs.writing(out) as new:
        new.put("gbkg.nq", [graph.read_bytes()])
        report = {"version": __version__, "inputs": Project(project).digest, "engine": "pyshacl"}
        new.put("report.json", [json.dumps(report).encode()])
    return project, out


def test_a_store_on_disk_is_published_too(server: Running, graph: Path, tmp_path: Path, run_here: Run) -> None:
    from gbkg import __version__
    from gbkg.core.project import Project
    from gbkg.store import disk

    store = tmp_path / "store"
    quads = list(QuadSource.file(graph).quads())
    counts = {
        name: sum(quad.graph_name.value == facts(name) for quad in quads) for name in ("claims", "facts", "metadata")
    }
    whole = sent(server.endpoint, graph)
    update(server, "DROP ALL")
    manifest = Manifest(__version__, Project(MINI).digest, whole.triples, whole.digest, counts)
    disk.write(store, disk.loading([graph_as_stored(graph, tmp_path)]), manifest)
    arguments = ("publish", "--endpoint", server.endpoint, "--store", store)
    done = run_here("--project", MINI, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert there(server) == said(graph)
    changed = shutil.copytree(MINI, tmp_path / "changed")
    (changed / "data" / "entities.tsv").write_text("id\ttype\tlabel\tdescription\n")
    assert "holds no build of this project as it is now" in run_here("--project", changed, *arguments).stderr


def graph_as_stored(path: Path, folder: Path) -> Path:
    """The file as pyoxigraph writes it."""
    made = folder / "written.nq"
    ox.serialize(ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS), str(made), format=ox.RdfFormat.N_QUADS)
    return made


def test_a_build_of_another_state_is_refused(graph: Path, tmp_path: Path, run_here: Run) -> None:
    project, folder = built(graph, tmp_path)
    with (project / "data" / "entities.tsv").open("a") as table:
        table.write("\n")
    done = run_here("--project", project, "publish", "--endpoint", "http://127.0.0.1:9/query", "--build", folder)
    assert done.returncode == 2
    assert done.stderr == f"gbkg: {folder}: holds no build of this project as it is now (gbkg build makes one)\n"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((401, {"WWW-Authenticate": 'Basic realm="x"'}, b""), "requires credentials (set GBKG_ENDPOINT_USER"),
        (
            (403, {}, b"The server is read-only"),
            "the server answers 403 Forbidden: The server is read-only (the server may",
        ),
        ((404, {}, b""), "the server answers 404 Not Found (is this the address of a SPARQL endpoint?)"),
        ((413, {}, b""), "(it takes only smaller requests: try a smaller --batch)"),
        ((500, {}, b"IO error: No space left on device"), "the server's disk is full (free space on the server)"),
        ((507, {}, b""), "(free space on the server)"),
        ((503, {}, b"busy"), "the server answers 503 Service Unavailable: busy (try again later)"),
        ((302, {"Location": "http://tea.example/"}, b""), "it sends us to http://tea.example/: give that address"),
        ((200, {"Content-Type": "text/html"}, b"<html>Tea</html>"), "answers with a web page (text/html)"),
        (None, "the connection failed: "),
    ],
)
@pytest.mark.parametrize("batches", [-1, 2])
def test_what_a_server_may_answer_is_one_line(
    server: Running, graph: Path, tmp_path: Path, run_here: Run, reply: Reply | None, words: str, batches: int
) -> None:
    project, folder = built(graph, tmp_path)
    with proxy(server.base, after(batches, reply)) as between:
        done = run_here(
            *("--project", project, "publish", "--build", folder, "--endpoint", between.endpoint, "--batch", 50)
        )
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert words in line
    # A write that is answered with a page is taken for done, until something is asked.
    lost = 50 if reply and reply[0] == 200 else 0
    far = f"{100 + lost} of 386 triples were sent" if batches > 0 else "nothing was sent"
    assert f"; {far} (repeating the command sends what is lacking)" in line
    if batches > 0:
        assert sent(server.endpoint, graph).sent == 386
        assert there(server) == said(graph)


def test_no_server(graph: Path, tmp_path: Path, run_here: Run) -> None:
    project, folder = built(graph, tmp_path)
    with proxy() as gone:
        pass
    done = run_here("--project", project, "publish", "--build", folder, "--endpoint", gone.endpoint)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"gbkg: {gone.endpoint}: no server answers there (is it running, and is the port right?)" in done.stderr


def test_a_server_that_may_only_be_read_can_be_checked(server: Running, graph: Path) -> None:
    sent(server.endpoint, graph)
    readonly = lambda request: (403, {}, b"read-only") if request.writes else None  # noqa: E731
    with proxy(server.base, readonly) as between:
        assert sent(between.endpoint, graph).sent == 0
        update(server, f"DROP GRAPH <{facts()}>")
        with pytest.raises(DifferenceError):
            sent(between.endpoint, graph)


@pytest.mark.parametrize("rule", [basic, digest])
def test_credentials_open_the_door_and_are_never_shown(
    server: Running, graph: Path, tmp_path: Path, gbkg: Run, rule: type
) -> None:
    project, folder = built(graph, tmp_path)
    with proxy(server.base, rule("planter", "oolong-secret")) as between:
        arguments = ("--project", project, "publish", "--build", folder, "--endpoint", between.endpoint, "--batch", 50)
        for password, code in (("wrong-secret", 2), ("oolong-secret", 0)):
            done = gbkg(*arguments, env={"GBKG_ENDPOINT_USER": "planter", "GBKG_ENDPOINT_PASSWORD": password})
            assert done.returncode == code, done.stderr
            assert "secret" not in done.stdout + done.stderr
            assert ("the server refuses the credentials" in done.stderr) == (code == 2)
        # A challenge is answered once, of each run_here: the first batch alone was sent twice.
        assert len(between.batches) == 6 + 2 + 1 + 1
    assert there(server) == said(graph)


def test_the_source_must_be_a_graph_of_ours(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "bad.nq"
    for text, error, words in (
        ("<urn:a> <urn:b> <urn:c> .\n", ProjectError, "a triple stands in no named graph"),
        ("<urn:a> <urn:b> <urn:c> <urn:g> .\n", ProjectError, "a triple stands in <?urn:g>?; those of a build"),
        ("", ProjectError, "holds no triples"),
        (f"<urn:a> <urn:b> <urn:c> <{facts()}> .\n<urn:a", ParseError, r"bad.nq:2: not N-Quads"),
    ):
        path.write_text(text)
        with pytest.raises(error, match=words):
            sent(server.endpoint, path)
    with pytest.raises(ProjectError, match="cannot be read"):
        sent(server.endpoint, tmp_path / "none.nq")
    assert there(server) == set()


def test_endpoints_that_follow_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", "/dev/null")
    assert Endpoints.of("http://h:1/query") == Endpoints("http://h:1/query", "http://h:1/update", "http://h:1/store")
    open_ = Endpoints.of("https://h/sparql")
    assert (open_.update, open_.graphs) == ("https://h/sparql", "https://h/sparql-graph-crud")
    monkeypatch.setenv("GBKG_ENDPOINT_USER", "dba")
    closed = Endpoints.of("https://h/sparql")
    assert (closed.update, closed.graphs) == ("https://h/sparql-auth", "https://h/sparql-graph-crud-auth")
    assert Endpoints.of("https://h/x", "https://h/y", "https://h/z") == Endpoints(
        "https://h/x", "https://h/y", "https://h/z"
    )
    with pytest.raises(GbkgError, match="give --update-endpoint and --graph-store"):
        Endpoints.of("https://h/repositories/tea")


@pytest.mark.parametrize("prefix", ["tea", "https://tea.example", "https://tea.example/a b/", "<x>/"])
def test_a_prefix_is_an_iri(prefix: str) -> None:
    with pytest.raises(GbkgError, match="not a prefix of IRIs"):
        Server(Endpoints("http://h/q", "http://h/u", "http://h/s"), prefix)


def test_progress_is_told_in_triples(server: Running, graph: Path) -> None:
    told: list[tuple[str, int, int]] = []
    outcome = publish(
        QuadSource.file(graph), Server(Endpoints.of(server.endpoint)), 50, lambda *said: told.append(said)
    )
    steps = list(dict.fromkeys(what for what, _, _ in told))
    assert steps == ["reading triples", "sending triples", "checking triples"]
    sending = [(done, total) for what, done, total in told if what == "sending triples"]
    assert sending[0] == (0, outcome.triples)
    assert sending[-1] == (outcome.triples, outcome.triples)
    assert sending == sorted(sending)
    assert told[-1] == ("checking triples", outcome.triples, outcome.triples)


def test_help_says_how_endpoints_are_found(run_here: Run) -> None:
    text = " ".join(run_here("publish", "--help").stdout.split())
    assert command.publish.__doc__
    for word in ("/sparql-graph-crud-auth", "/store", "GBKG_ENDPOINT_TOKEN", "GBKG_GRAPH_STORE", "netrc"):
        assert word in text
