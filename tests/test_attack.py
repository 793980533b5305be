"""Every command, whatever is wrong around it, ends in a message and an exit code of its own: no traceback, no wonder.

An attack changes the project or what the command prints to. The command line runs inside this process with tracebacks
asked for, so that an exception that nobody foresaw fails the test.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pyoxigraph as ox
import pytest

from gbkg import build, cli
from gbkg.core.project import Project

Run = Callable[..., CompletedProcess[str]]
MINI = Path(__file__).resolve().parent / "mini"

SHAPES = """@prefix gbkg: <https://w3id.org/gbkg/ontology#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
gbkg:NamedShape a sh:NodeShape ; sh:targetClass gbkg:Entity ; sh:property [ sh:path rdfs:label ; sh:minCount 1 ] .
"""
ASKING = {
    "query": ["query", "founders", "--cite"],
    "queries": ["queries", "founders"],
    "search": ["search", "tea", "houses"],
    "sources": ["sources"],
    "schema": ["schema"],
    "why": ["why", "delta-tea-alliance", "gbkg:foundedBy", "harbour-tea-association"],
    "neighbours": ["neighbours", "delta-tea-alliance"],
    "path": ["path", "delta-tea-alliance", "harbour-tea-association"],
    "analyse": ["analyse"],
    "draw": ["draw", "timeline"],
    "export": ["export", "ntriples"],
}
"""Commands that take a graph."""
READING = {
    "build": ["build", "--out", "out"],
    "verify": ["verify", "--sources", "documents"],
    "show": ["show", "tea-harbour"],
    "disputes": ["disputes", "--all"],
    "find-quote": ["find-quote", "gazette", "tea", "--sources", "documents"],
    "lock": ["lock", "--sources", "documents"],
    "fmt": ["fmt", "--check"],
    "check": ["check", "data/claims/gazette.tsv", "--sources", "documents"],
    "agreement": ["agreement"],
    "propose": ["propose", "gazette", "--sources", "documents"],
    "merge": ["merge", "gazette", "--sources", "documents"],
    "coverage": ["coverage", "gazette", "--sources", "documents"],
    "publish": ["publish", "--endpoint", "http://127.0.0.1:9/query"],
    "init": ["init", "new"],
    "add": ["add", "documents/the-leaf-comes-home.txt"],
}
COMMANDS = ASKING | READING
SERVING = {"serve", "mcp"}
"""Commands that do not end by themselves; tests/web and tests/agents attack them."""


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    def changed(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return changed


def named(name: bytes) -> Callable[[Path], None]:
    def changed(project: Path) -> None:
        shutil.copy(project / "queries" / "founders.rq", os.fsencode(project / "queries") + b"/" + name)

    return changed


def put(file: str, content: bytes) -> Callable[[Path], None]:
    def changed(project: Path) -> None:
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_bytes(content)

    return changed


def emptied(folder: str) -> Callable[[Path], None]:
    def changed(project: Path) -> None:
        shutil.rmtree(project / folder, ignore_errors=True)
        (project / folder).mkdir(parents=True)

    return changed


PREFIX = b"@prefix gbkg: <https://w3id.org/gbkg/ontology#> . @prefix cur: <https://w3id.org/gbkg/curation/> .\n"
ATTACKS: dict[str, Callable[[Path], None]] = {
    "nothing": lambda _: None,
    "blank in an id": change("data/entities.tsv", "tea-harbour-university\t", "tea harbour-university\t"),
    "blank in a type": change("data/entities.tsv", "\tAlliance\t", "\tAll iance\t"),
    "brace in a type": change("data/entities.tsv", "\tAlliance\t", "\tAll{}>iance\t"),
    "blank in the id of a claim": change("data/claims/gazette.tsv", "\nalliance", "\nall iance"),
    "blank in a predicate": change("data/claims/gazette.tsv", "\tfoundedBy\t", "\tfounded By>\t"),
    "query with a blank": named(b"a b.rq"),
    "query with a bracket": named(b"a>b.rq"),
    "query with a line feed": named(b"a\nb.rq"),
    "query with bytes": named(b"a\xffb.rq"),
    "query without a name": named(b".rq"),
    "query of half characters": put("queries/half.rq", b'#+ summary: "\\ud800"\nSELECT ?x { ?x ?y ?z }\n'),
    "query of deep YAML": put("queries/deep.rq", b"#+ tags: " + b"[" * 3_000 + b"\nSELECT ?x { ?x ?y ?z }\n"),
    "query of nothing": put("queries/empty.rq", b""),
    "query of zeros": put("queries/zeros.rq", bytes(1000)),
    "table of zeros": put("data/claims/gazette.tsv", bytes(1000)),
    "table of long lines": put("data/review.tsv", b"x" * 3_000_000),
    "Turtle that is deep": put("data/curation.ttl", PREFIX + b"cur:a gbkg:b " + b"[ gbkg:b " * 20_000 + b"1"),
    "Turtle of brackets": put("data/curation.ttl", b"(" * 50_000),
    "Turtle of long lines": change(
        "data/curation.ttl", "61,307.3 square metres", "61,307.3 square metres" + " and more" * 1_000
    ),
    "a number of digits": change("data/curation.ttl", "61,307.3 square metres", "9" * 5_000 + " square metres"),
    "a length of digits": change("data/sources.ttl", "gbkg:length 1", "gbkg:length " + "9" * 5_000),
    "formula that is deep": put(
        "data/curation.ttl",
        PREFIX + b'cur:a a gbkg:PassedCheck ; gbkg:formula "' + b"(" * 5_000 + b"1" + b")" * 5_000 + b' = 1" .\n',
    ),
    "TOML that is deep": put("data/expected.toml", b"claims = " + b"[" * 20_000),
    "TOML of digits": put("data/expected.toml", b"claims = [" + b"9" * 5_000 + b", 1]"),
    "check that is deep": put(
        "ontology/checks/deep-violation.rq", b"#+ A.\nSELECT ?focus {" + b"{" * 5_000 + b"?focus ?p ?o" + b"}" * 5_001
    ),
    "check of unknown functions": put(
        "ontology/checks/own-violation.rq",
        b'#+ A.\nSELECT ?focus { ?focus ?p ?o FILTER(xsd:intger("1") = 1) }\n',
    ),
    "rule that is deep": put(
        "ontology/rules/deep.rq",
        b"#+ summary: A.\n#+ description: B.\nCONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c FILTER (" + b"(" * 5_000,
    ),
    "rule of unknown functions": put(
        "ontology/rules/own.rq",
        b"#+ summary: A.\n#+ description: B.\nPREFIX gbkg: <https://w3id.org/gbkg/ontology#>\n"
        b"CONSTRUCT { ?a gbkg:locatedIn ?b } WHERE { ?a gbkg:basedIn ?b FILTER(<urn:f>(?a)) }",
    ),
    "no rules": emptied("ontology/rules"),
    "no checks": emptied("ontology/checks"),
    "shapes of a circle": put(
        "ontology/shapes.ttl",
        b"@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
        b"<urn:S> a sh:NodeShape ; sh:targetClass <https://w3id.org/gbkg/ontology#City> ; sh:and <urn:l> .\n"
        b"<urn:l> rdf:first <urn:S> ; rdf:rest <urn:l> .\n",
    ),
    "a report of nonsense": put("build/report.json", b"[" * 200_000),
    "a graph of nonsense": put("build/gbkg.nq", b"\xff\x00<" * 1000),
}


@pytest.fixture
def tight(run_here: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line, which tells of what it did not foresee by a traceback."""

    def run(*arguments: object, cwd: Path) -> CompletedProcess[str]:
        monkeypatch.setenv("GBKG_TRACEBACK", "1")
        return run_here(*arguments, cwd=cwd)

    return run


def ends_well(ended: CompletedProcess[str]) -> None:
    assert ended.returncode in (0, 1, 2)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 0 or ended.stderr
    assert all(len(line) < 2_000 for line in ended.stderr.splitlines())


def test_every_command_is_attacked() -> None:
    assert set(cli.app.commands) == COMMANDS.keys() | SERVING


def once(quads: Callable[[Project], Iterator[ox.Quad]]) -> Callable[[Project], Iterator[ox.Quad]]:
    """The same function, which puts the graph together for the first who asks: nothing changes it between commands that
    take a graph, and what fails the first time fails each time."""
    found: list[list[ox.Quad] | Exception] = []

    def given(project: Project) -> Iterator[ox.Quad]:
        if not found:
            try:
                found.append(list(quads(project)))
            except Exception as error:
                found.append(error)
        if isinstance(found[0], Exception):
            raise found[0]
        yield from found[0]

    return given


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_stands_in_the_project(attack: str, mini: Path, tight: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (mini / "ontology").mkdir(exist_ok=True)
    (mini / "ontology" / "shapes.ttl").write_text(SHAPES)
    ATTACKS[attack](mini)
    turn, true = list(ATTACKS).index(attack), build.quads
    graph = once(true)
    for number, (name, command) in enumerate(COMMANDS.items()):
        if name != "build" and (number + turn) % 7 and attack != "nothing" and "GBKG_EXAMPLES" not in os.environ:
            continue  # make fuzz runs each command under each attack
        monkeypatch.setattr(build, "quads", graph if name in ASKING else true)
        ended = tight(*command, cwd=mini)
        ends_well(ended)
        if attack == "nothing":
            assert ended.returncode == {"publish": 2, "add": 1}.get(name, 0), (name, ended.stderr)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("graph")
    build.run(Project(MINI), out)
    return out / "gbkg.nq"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_behind_standard_output(
    name: str, mini: Path, graph: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*COMMANDS[name], *(["--graph", str(graph)] if name in ASKING else [])]
    monkeypatch.setattr(sys, "argv", ["gbkg", *arguments])
    monkeypatch.delenv("GBKG_SOURCES", raising=False)
    monkeypatch.chdir(mini)
    with open("/dev/full", "w") as full:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as stop:
            cli.run()
    said = capsys.readouterr().err
    if name in ("publish", "lock", "add", "fmt", "merge"):  # print nothing here
        assert "Traceback" not in said
    else:
        assert stop.value.code == 2
        assert said.endswith("gbkg: stdout: cannot be written: No space left on device\n")


@pytest.mark.parametrize(
    "words",
    [
        *("query founders --timeout inf", "query founders --timeout nan", "query founders --memory 1e300"),
        *("query founders --memory inf", f"query founders --cite --limit {10**30}", f"query founders --limit {10**30}"),
        *(f"query founders --cite --derivations {10**30}", f"analyse --top {10**30}", f"analyse --samples {10**30}"),
        *(f"neighbours tea-harbour --hops {10**30}", f"draw timeline --dpi {10**30}", "analyse --as-of \udcff"),
        *("query \udcff", "query founders -p alliance=\udcff", "why \udcff b c", "path \udcff b", "show \udcff"),
        *("search \udcff", f"search tea --limit {10**30}"),
        *("query founders --store \udcff", "query founders --endpoint http://[::1", "query founders --format \udcff"),
        *("query founders --endpoint http://127.0.0.1:99999/", "query founders --endpoint file:///etc/passwd"),
        *("draw timeline --title \udcff", "disputes \udcff", "queries \udcff", "--project /dev/null build"),
    ],
)
def test_whatever_is_typed(words: str, mini: Path, graph: Path, tight: Run) -> None:
    command = words.split()
    place = ["--graph", graph] if command[0] in ASKING and not {"--store", "--endpoint"} & set(command) else []
    ends_well(tight(*command, *place, cwd=mini))


@pytest.mark.parametrize("stream", ["stdout", "stderr", "stdin"])
def test_a_closed_stream(stream: str, mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, stream, None)
    monkeypatch.setattr(sys, "argv", ["gbkg", "query", "-" if stream == "stdin" else "founders"])
    monkeypatch.chdir(mini)
    with pytest.raises(SystemExit) as stop:
        cli.run()
    assert stop.value.code == (0 if stream == "stderr" else 2)


NONSENSE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<html>",
    "deep JSON": b"[" * 100_000,
    "null": b"null",
    "a list": b"[]",
    "numbers": b"9" * 5_000,
    "other columns": b'{"head": {"vars": ["no"]}, "results": {"bindings": [{"no": {"type": "uri", "value": "a b"}}]}}',
    "a literal of no type": b'{"head": {"vars": ["g"]}, "results": {"bindings": [{"g": {"type": "bnode"}}]}}',
    "bytes": bytes(range(256)),
    "half characters": b'{"head": {"vars": ["g"]}, "results": {"bindings": [{"g": {"type": "uri", "value": "\\ud800"}}]'
    b"}}",
}


@pytest.mark.parametrize("said", NONSENSE)
def test_whatever_a_server_says(said: str, mini: Path, tight: Run) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(NONSENSE[said])))
            self.end_headers()
            self.wfile.write(NONSENSE[said])

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        for name, command in ASKING.items():
            ended = tight(*command, "--endpoint", f"http://127.0.0.1:{server.server_port}/query", cwd=mini)
            ends_well(ended)
            assert ended.returncode == 2 or name == "queries"
    finally:
        server.shutdown()
        server.server_close()


NASTY = {
    "digits": "9" * 5_000,
    "zeros": "0" * 100_000,
    "commas": "1," * 50_000,
    "brackets": "(" * 50_000,
    "words": "a " * 50_000,
    "Chinese numerals": "万" * 50_000,
    "an exponent": "1e999999999",
    "marks": "e" + "\u0301" * 50_000,
    "ellipses": " … " * 200,
    "a year": "9" * 30 + "-13-45",
    "no number": "NaN",
    "nearly a match": "a" * 60 + "!",
}


@pytest.mark.parametrize("name", NASTY)
def test_whatever_stands_in_the_cells_of_tables(name: str, mini: Path, tight: Run) -> None:
    """Each column of each table has the text in one of its rows."""
    (mini / "ontology").mkdir(exist_ok=True)
    (mini / "ontology" / "shapes.ttl").write_text(SHAPES)
    tables = ["claims/gazette.tsv", "readings/gazette.tsv", "entities.tsv", "review.tsv", "mappings.sssom.tsv"]
    for path in (mini / "data" / table for table in tables):
        header, *rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        for column in range(len(header)):
            typed = [row for row in rows if row[column]] or rows
            typed[column % len(typed)][column] = NASTY[name]
        path.write_text("".join("\t".join(row) + "\n" for row in (header, *rows)), encoding="utf-8")
    ended = tight("build", "--out", "out", "--sources", "documents", cwd=mini)
    ends_well(ended)
    assert ended.returncode == 1
