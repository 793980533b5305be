"""Servers that hold more than the graph, hold it under other names, answer in their own way, or misbehave."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote_plus

import pyoxigraph as ox
import pytest
from conftest import MINI, Run
from servers import HOST, Server, free_port, oxigraph

from gbkg import knowledge
from gbkg.ask import answers
from gbkg.core import nquads
from gbkg.core.errors import GbkgError, ServerError
from gbkg.core.prefixes import PREFIXES
from gbkg.store import endpoint
from gbkg.store import remote as remotes
from gbkg.store.base import Store
from gbkg.store.endpoint import OURS, Endpoint, GraphNames
from gbkg.store.memory import Memory
from gbkg.store.remote import Remote

ELSEWHERE = "https://data.example.org/graphs#"
FOREIGN = '<urn:them> <http://www.w3.org/2000/01/rdf-schema#label> "theirs" <urn:their-graph> .\n'
FACTS = f"{OURS}facts"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with oxigraph() as started:
        yield started


@pytest.fixture
def clean(server: Server) -> Server:
    """The server with nothing on it."""
    server.send("POST", "/update", b"DROP ALL", {"Content-Type": "application/sparql-update"})
    return server


@pytest.fixture
def built(mini_build: Path) -> Path:
    return mini_build / "gbkg.nq"


@pytest.fixture
def memory(built: Path) -> Store:
    return Memory.read(built)


def load(server: Server, folder: Path, text: str) -> None:
    path = folder / "more.nq"
    path.write_text(text, encoding="utf-8")
    server.load(path)


def one(store: Store, text: str) -> str:
    """The only cell of the answer."""
    ((term,),) = (tuple(row) for row in store.query(text))
    return str(term.value)


# What else a server holds


@pytest.mark.parametrize("many", [False, True])
def test_only_our_graphs_are_seen(clean: Server, built: Path, memory: Store, tmp_path: Path, many: bool) -> None:
    clean.load(built)
    lines = [FOREIGN, FOREIGN.replace(" <urn:their-graph>", "")]
    load(clean, tmp_path, "".join(lines + [f'<urn:t{i}> <urn:p> "{i}" <urn:big> .\n' for i in range(500 * many)]))
    remote = Remote(clean.endpoint)
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    assert len(remote) == len(memory)
    assert one(remote, COUNT) == one(memory, COUNT) == str(len(memory))
    assert one(remote, COUNT.replace("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")) == str(len(memory))
    assert one(remote, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g {} }") <= str(len(nquads.GRAPHS))
    assert set(remote.quads(None, label)) == set(memory.quads(None, label))
    assert list(remote.quads(ox.NamedNode("urn:them"))) == []
    assert list(remote.quads_of([ox.NamedNode("urn:them")])) == []
    assert set(remote) == set(memory)
    text = "SELECT ?x ?l { ?x rdfs:label ?l } ORDER BY ?l ?x"
    assert answers.run(remote, text) == answers.run(memory, text)
    assert answers.run(remote, "ASK { <urn:them> ?p ?o }") == answers.Truth(False)


def test_a_graph_that_comes_later_is_not_seen(
    clean: Server, built: Path, memory: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remotes, "FRESH", 0.0)
    clean.load(built)
    remote = Remote(clean.endpoint)
    assert one(remote, COUNT) == str(len(memory))
    load(clean, tmp_path, FOREIGN)
    assert one(remote, COUNT) == str(len(memory))


def test_the_union_of_the_server_is_asked_only_where_it_is_the_same(clean: Server, built: Path, tmp_path: Path) -> None:
    clean.load(built)
    load(clean, tmp_path, FOREIGN)
    chosen = remotes.Dataset(Endpoint(clean.endpoint, GraphNames()))
    assert chosen.others() == {ox.NamedNode(PREFIXES["rdfs"] + "label")}
    assert chosen.of("SELECT ?x { ?x a gbkg:Place }") == remotes.UNION
    assert chosen.of("SELECT ?x { ?x rdfs:label ?y }") == chosen.named


PREDICATES = frozenset([ox.NamedNode("urn:p")])


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        ("?s ?p ?o", True),
        ("?s <urn:p> ?o", True),
        ("<urn:s> ?p ?o", True),
        ("?s <urn:p> <urn:o>", True),
        ("?s <urn:q> ?o", False),
        ("?s <urn:q>/<urn:p> ?o", True),
        ("?s <urn:q>+ ?o", False),
        ("?s <urn:q>* ?o", True),
        ("?s <urn:q>? ?o", True),
        ("?s <urn:q>*/<urn:r>? ?o", True),
        ("?s <urn:q>/<urn:r>* ?o", False),
        ("?s <urn:q>|<urn:r>* ?o", True),
        ("?s ^(<urn:q>*) ?o", True),
        ("<urn:x> <urn:q>* ?o", False),
        ("?s !<urn:q> ?o", True),
        ("?s <urn:q> ?o FILTER NOT EXISTS { ?o <urn:p> ?x }", True),
        ("?s <urn:q> ?o OPTIONAL { ?o <urn:p> ?x }", True),
        ("?s <urn:q> ?o MINUS { ?o <urn:p> ?x }", True),
        ("{ SELECT ?s { ?s <urn:p> ?x } }", True),
        ("?s <urn:q> ?o BIND(EXISTS { ?o <urn:p> ?x } AS ?y)", True),
        ("GRAPH ?g { ?s <urn:q> ?o }", True),
        ("GRAPH <urn:g> { ?s <urn:q> ?o }", False),
    ],
)
def test_which_queries_meet_a_predicate(pattern: str, met: bool) -> None:
    assert remotes.meets(f"SELECT * {{ {pattern} }}", PREDICATES) is met


def test_expressions_outside_the_pattern_are_looked_at() -> None:
    assert remotes.meets("SELECT (EXISTS { <urn:s> <urn:p> ?x } AS ?y) { ?s <urn:q> ?o }", PREDICATES)
    assert remotes.meets("SELECT ?s { ?s <urn:q> ?o } ORDER BY (EXISTS { ?s <urn:p> ?x })", PREDICATES)
    assert remotes.meets("SELECT (EXISTS { GRAPH ?g { ?s <urn:q> ?x } } AS ?y) { ?s <urn:q> ?o }", PREDICATES)


def test_what_cannot_be_read_may_meet_anything() -> None:
    assert remotes.meets("ASK { ?s <urn:q> ?o }", PREDICATES)


def test_the_digest_of_a_publication_is_taken_from_its_record(
    clean: Server, built: Path, memory: Store, tmp_path: Path
) -> None:
    clean.load(built)
    assert Remote(clean.endpoint).digest == memory.digest
    record, name = OURS + "publication", PREFIXES["gbkg"] + "contentDigest"
    load(clean, tmp_path, f'<{record}> <{name}> "abc" <{record}> .\n<{OURS}facts> <{name}> "def" <{record}> .\n')
    assert Remote(clean.endpoint).digest == "abc"
    assert len(Remote(clean.endpoint)) == len(memory)


# Graphs under other names


@pytest.fixture
def renamed(clean: Server, memory: Store, tmp_path: Path) -> Remote:
    """A server where our graph IRIs begin otherwise, wherever they stand."""
    load(clean, tmp_path, "".join(f"{quad} .\n" for quad in memory).replace(f"<{OURS}", f"<{ELSEWHERE}"))
    return Remote(clean.endpoint, ELSEWHERE)


def test_a_server_with_other_names_gives_the_same(renamed: Remote, memory: Store) -> None:
    assert set(renamed) == set(memory)
    assert renamed.digest == memory.digest
    assert renamed.graphs == tuple(
        name for name in nquads.GRAPHS if any(memory.quads(None, None, None, ox.NamedNode(OURS + name)))
    )
    facts = ox.NamedNode(OURS + "facts")
    assert set(renamed.quads(None, None, None, facts)) == set(memory.quads(None, None, None, facts)) != set()
    assert set(renamed.quads(facts)) == set(memory.quads(facts)) != set()
    assert set(renamed.quads_to([facts])) == set(memory.quads_to([facts])) != set()


@pytest.mark.parametrize("text", [
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)",
    "SELECT (COUNT(*) AS ?n) { GRAPH graph:facts { ?s ?p ?o } }",
    "SELECT ?g ?n { ?d void:subset ?g . ?g void:triples ?n } ORDER BY ?n STR(?g)",
    "SELECT ('<https://w3id.org/gbkg/graph/facts>' AS ?x) (graph:facts AS ?y) { graph:facts void:triples ?n }",
    "CONSTRUCT { ?g ?p graph:claims } WHERE { graph:facts ?p ?x . ?d void:subset ?g }",
    "ASK { GRAPH <https://w3id.org/gbkg/graph/claims> { ?s a gbkg:Claim } }",
])  # fmt: skip
def test_queries_with_names_of_graphs(renamed: Remote, memory: Store, text: str) -> None:
    assert answers.run(renamed, text) == answers.run(memory, text)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("ASK { GRAPH graph:facts {} }", "ASK { GRAPH <urn:x:facts> {} }"),
        ("ASK { GRAPH <https://w3id.org/gbkg/graph/facts> {} }", "ASK { GRAPH <urn:x:facts> {} }"),
        (r"ASK { ?s ?p <https://w3id.org/gbkg/gr\u0061ph/facts> }", "ASK { ?s ?p <urn:x:facts> }"),
        ('ASK { ?s ?p "graph:facts <https://w3id.org/gbkg/graph/facts>" }', None),
        ("ASK { ?s ?p ?o } # <https://w3id.org/gbkg/graph/facts>", None),
        ("ASK { ?s ?p <https://w3id.org/gbkg/graphs> }", None),
        (
            "PREFIX g: <https://w3id.org/gbkg/graph/> ASK { GRAPH g:facts {} }",
            "PREFIX g: <https://w3id.org/gbkg/graph/> ASK { GRAPH <urn:x:facts> {} }",
        ),
        (
            r"PREFIX : <https://w3id.org/gbkg/> ASK { GRAPH :graph\/facts {} }",
            "PREFIX : <https://w3id.org/gbkg/> ASK { GRAPH <urn:x:facts> {} }",
        ),
        (
            "BASE <https://w3id.org/gbkg/> ASK { GRAPH <graph/facts> {} }",
            "BASE <https://w3id.org/gbkg/> ASK { GRAPH <urn:x:facts> {} }",
        ),
        ("PREFIX graph: <urn:mine:> ASK { GRAPH graph:facts {} }", None),
    ],
)
def test_names_in_a_text(text: str, sent: str | None) -> None:
    found = GraphNames("urn:x:").text(text)
    assert found.endswith(sent or text)
    declared = found.removesuffix(sent or text)
    assert "\n" not in declared
    assert "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> " in declared
    assert "PREFIX graph: <urn:mine:>" not in declared


def test_a_graph_prefix_is_an_iri() -> None:
    with pytest.raises(GbkgError, match="'graphs/' is not a full IRI"):
        Remote("http://localhost:1/query", "graphs/")


# Answers of other servers


def test_literals_become_what_our_engine_gives() -> None:
    decimal = PREFIXES["xsd"] + "decimal"
    cells = [
        {"type": "typed-literal", "value": "1.50", "datatype": decimal},
        {"type": "literal", "value": "x", "xml:lang": "EN"},
        {"type": "uri", "value": "urn:x"},
        {"type": "bnode", "value": "b0"},
        {"type": "literal", "value": "x", "datatype": PREFIXES["xsd"] + "string"},
    ]
    names = list("abcde")
    content = {"head": {"vars": names[::-1]}, "results": {"bindings": [dict(zip(names, cells, strict=True))]}}
    (row,) = endpoint.solutions(json.dumps(content).encode(), names, GraphNames(), False)
    assert [str(term) for term in row] == [
        f'"1.5"^^<{decimal}>',
        '"x"@en',
        "<urn:x>",
        "_:b0",
        '"x"',
    ]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ('{"head": {}, "boolean": true}', True),
        ('{"head": {"link": []}, "boolean": "false"}', False),
        ('{"boolean": 1}', True),
        (
            '{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": '
            '[{"__ASK_RETVAL": {"type": "typed-literal", "value": "1"}}]}}',
            True,
        ),
        ('{"head": {"vars": ["__ask_retval"]}, "results": {"bindings": []}}', False),
    ],
)
def test_truth_values(content: str, value: bool) -> None:
    assert bool(endpoint.truth(content.encode())) is value


@pytest.mark.parametrize(
    "content", ['{"boolean": "perhaps"}', "[]", '{"head": {"vars": ["x"]}, "results": {"bindings": []}}', "{"]
)
def test_what_is_no_truth_value(content: str) -> None:
    with pytest.raises(ValueError):
        endpoint.truth(content.encode())


def test_columns_come_in_the_order_of_our_engine() -> None:
    content = b'{"head":{"vars":["b","a"]},"results":{"bindings":[{"a":{"type":"uri","value":"urn:a"}}]}}'
    found = endpoint.solutions(content, ["a", "b"], GraphNames(), True)
    assert [variable.value for variable in found.variables] == ["a", "b"]
    assert [tuple(row) for row in found] == [(ox.NamedNode("urn:a"), None)]


# Servers that misbehave

Handle = Callable[[BaseHTTPRequestHandler, str], None]


@contextmanager
def misbehaving(handle: Handle) -> Iterator[str]:
    """The address of a server that does this with every request; the body is passed on."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            handle(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as made:
        made.daemon_threads = False  # so that none outlives its test
        thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{made.server_address[1]}/sparql"
        finally:
            made.shutdown()
            thread.join()


def answer(status: int, content: bytes, kind: str = endpoint.JSON, length: int | None = -1, **headers: str) -> Handle:
    """Answers always so; `length` is what is promised, None for nothing, -1 for what is sent."""

    def handle(request: BaseHTTPRequestHandler, _: str) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        if length is not None:
            request.send_header("Content-Length", str(len(content) if length < 0 else length))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return handle


def slow(request: BaseHTTPRequestHandler, _: str) -> None:
    time.sleep(1)
    with suppress(OSError):  # whoever asked has gone
        answer(200, b'{"boolean": true}')(request, "")


WHOLE = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:x"}}]}}'


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        (answer(401, b"", WWW_Authenticate="Basic realm=x"), "requires credentials"),
        (answer(403, b"no"), "403"),
        (answer(404, b"nothing here"), "SPARQL endpoint"),
        (answer(500, b"boom\nat line 3"), "500.*boom"),
        (answer(503, b""), "try again later"),
        (answer(200, b"<html><p>Welcome</p></html>", "text/html"), "web page"),
        (answer(200, b"Welcome", "text/plain"), "no.* result|is none"),
        (answer(200, b"[]"), "is none"),
        (answer(200, b""), "is none"),
        (answer(200, b'{"head":{},"boolean":true}'), "is none"),
        (answer(200, WHOLE, length=len(WHOLE) + 9), "breaks off|connection failed"),
        (answer(200, WHOLE[:-3], length=None), "breaks off"),
        (answer(200, WHOLE[: WHOLE.index(b"uri")], length=None), "breaks off"),
        (answer(200, b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":7}]}}'), "is none"),
        (slow, "in time"),
        (lambda request, _: request.connection.close(), "."),
    ],
)
def test_failures_are_one_line(handle: Handle, said: str) -> None:
    with misbehaving(handle) as url:
        remote = Remote(url, timeout=0.5 if handle is slow else 60)
        for text in ("SELECT ?x { ?x ?y ?z }", COUNT):
            with pytest.raises(GbkgError, match=said) as caught:
                list(remote.query(text))
            message = str(caught.value)
            assert message.startswith(url)
            assert "\n" not in message


def test_a_broken_graph_is_an_error() -> None:
    line = b"<urn:a> <urn:b> <urn:c> .\n"
    with misbehaving(answer(200, line, endpoint.TRIPLES, length=len(line) + 5)) as url, pytest.raises(ServerError):
        list(iter(Remote(url)))
    with (
        misbehaving(answer(200, line + b"<urn:a> <ur", endpoint.TRIPLES, length=None)) as url,
        pytest.raises(ServerError),
    ):
        list(iter(Remote(url)))


def test_nobody_answers() -> None:
    with pytest.raises(ServerError, match="no server answers there"):
        list(Remote(f"http://{HOST}:{free_port()}/query").quads())


def test_another_server_is_told_the_dataset() -> None:
    seen: list[dict[str, list[str]]] = []

    def handle(request: BaseHTTPRequestHandler, body: str) -> None:
        seen.append(parse_qs(body))
        answer(200, WHOLE)(request, body)

    with misbehaving(handle) as url:
        rows = list(Remote(url, "urn:x:").query("SELECT ?x { GRAPH graph:facts { ?x a gbkg:Place } }"))
    assert [str(row[0]) for row in rows] == ["<urn:x>"]
    asked = seen[-1]
    assert asked["default-graph-uri"] == asked["named-graph-uri"] == [f"urn:x:{name}" for name in nquads.GRAPHS]
    assert asked["query"][0].endswith("GRAPH <urn:x:facts> { ?x a gbkg:Place } }")


def test_credentials_go_to_the_server_and_into_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GBKG_ENDPOINT_TOKEN", "very-secret")
    seen: list[str] = []

    def handle(request: BaseHTTPRequestHandler, _: str) -> None:
        seen.append(request.headers.get("Authorization", ""))
        answer(401, b"")(request, "")

    with misbehaving(handle) as url, pytest.raises(ServerError) as caught:
        list(Remote(url).quads())
    assert seen == ["Bearer very-secret"]
    assert "very-secret" not in str(caught.value)
    with pytest.raises(ServerError, match="plain http"):
        Remote("http://example.org/sparql")


def test_a_password_in_the_address_is_refused() -> None:
    with pytest.raises(ServerError) as caught:
        Remote("https://me:very-secret@example.org/sparql")
    assert "very-secret" not in str(caught.value)


def test_a_blank_node_cannot_be_looked_up() -> None:
    with pytest.raises(GbkgError, match="blank node"):
        Remote(f"http://{HOST}:{free_port()}/query").quads(ox.BlankNode("b"))


# Opening


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """A file with a query."""
    path = tmp_path / "count.rq"
    path.write_text(COUNT, encoding="utf-8")
    return path


def test_a_server_without_our_graphs(clean: Server) -> None:
    with pytest.raises(GbkgError, match="has nothing in graphs under"):
        knowledge.open(MINI, endpoint=clean.endpoint)


def test_a_virtuoso_server_is_remarked_on() -> None:
    def handle(request: BaseHTTPRequestHandler, body: str) -> None:
        graph = {"g": {"type": "uri", "value": FACTS}}
        text = unquote_plus(body)
        asked = re.findall(r"\?(\w+)", text[text.index("SELECT") : text.index("{")])
        content = json.dumps({"head": {"vars": asked}, "results": {"bindings": [graph] if asked == ["g"] else []}})
        request.server_version = "Virtuoso/07.20.3229"
        answer(200, content.encode())(request, "")

    with misbehaving(handle) as url:
        assert "Virtuoso answers some queries otherwise" in knowledge.open(MINI, endpoint=url).remark


def test_a_graph_of_other_inputs_is_remarked_on(built: Path, clean: Server, mini: Path) -> None:
    clean.load(built)
    assert knowledge.open(MINI, endpoint=clean.endpoint).remark == ""
    table = mini / "data" / "entities.tsv"
    table.write_bytes(table.read_bytes().replace(b"Oldest district", b"Eldest district"))
    said = f"{clean.endpoint} was built from other inputs than the project has now"
    assert knowledge.open(mini, endpoint=clean.endpoint).remark == said


def test_an_unfinished_publication_is_remarked_on(built: Path, clean: Server) -> None:
    clean.load(built)
    assert "publication" not in knowledge.open(MINI, endpoint=clean.endpoint).remark
    record = "https://w3id.org/gbkg/graph/publication"
    begun = f"<{record}> <http://rdfs.org/ns/void#subset> <{FACTS}> .".encode()
    turtle = {"Content-Type": "text/turtle"}
    clean.send("POST", f"/store?graph={quote(record, safe='')}", begun, turtle)
    assert "a publication is under way or was broken off" in knowledge.open(MINI, endpoint=clean.endpoint).remark
    ended = f'<{record}> <https://w3id.org/gbkg/ontology#contentDigest> "0" .'.encode()
    clean.send("POST", f"/store?graph={quote(record, safe='')}", ended, turtle)
    assert "publication" not in knowledge.open(MINI, endpoint=clean.endpoint).remark


def test_one_place_only(built: Path) -> None:
    with pytest.raises(GbkgError, match="one place only"):
        knowledge.open(MINI, built, endpoint="http://localhost:1/query")
    with pytest.raises(GbkgError, match="needs an endpoint"):
        knowledge.open(MINI, built, graph_prefix=ELSEWHERE)


@pytest.mark.parametrize(
    ("before", "after", "environment"),
    [
        (["--endpoint", "URL"], [], {}),
        ([], ["--endpoint", "URL"], {}),
        ([], [], {"GBKG_ENDPOINT": "URL"}),
        ([], ["--endpoint", "URL"], {"GBKG_STORE": "nowhere"}),
        (["--graph-prefix", OURS], [], {"GBKG_ENDPOINT": "URL"}),
    ],
)
def test_commands_ask_a_server(
    run_here: Run,
    monkeypatch: pytest.MonkeyPatch,
    clean: Server,
    built: Path,
    counting: Path,
    before: list[str],
    after: list[str],
    environment: dict[str, str],
) -> None:
    clean.load(built)
    for name, value in environment.items():
        monkeypatch.setenv(name, value.replace("URL", clean.endpoint))
    words = ["--project", str(MINI), *before, "query", str(counting), *after, "--format", "csv"]
    found = run_here(*(word.replace("URL", clean.endpoint) for word in words))
    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == ["n", str(len(built.read_text().splitlines()))]


def test_places_exclude_each_other(run_here: Run, built: Path) -> None:
    found = run_here("--project", MINI, "--store", "x", "why", "a", "b", "c", "--graph", built)
    assert (found.returncode, found.stdout) == (2, "")
    assert "the graph can be in one place only" in found.stderr


def test_the_command_line_does_not_echo_a_password(run_here: Run, counting: Path) -> None:
    found = run_here("--project", MINI, "query", counting, "--endpoint", "http://me:very-secret@localhost/")
    assert found.returncode == 2
    assert "very-secret" not in found.stdout + found.stderr
