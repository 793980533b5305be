"""Projects from anybody: their files reach nothing outside, hang nothing and kill nothing.

A server on 127.0.0.1 counts what is asked of it: the right number is none.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
SHAPES = """@prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
gbkg:EntityShape a sh:NodeShape ; sh:targetClass gbkg:Entity ; """
PREFIX = "PREFIX gbkg: <https://w3id.org/gbkg/ontology#>\n"
RULE = f"#+ summary: A rule.\n#+ description: Sound.\n{PREFIX}"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what was asked of it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"@context": {}}')

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def put(project: Path, file: str, text: str) -> None:
    path = project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


CHECK, RULE_FILE = "ontology/checks/own-violation.rq", "ontology/rules/own.rq"
CONTEXT, OWN_SHAPES = "ontology/context.jsonld", "ontology/shapes.ttl"


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (
            CHECK,
            "#+ One.\nSELECT ?focus { SERVICE <URL> { ?focus ?p ?o } }",
            f"{CHECK}:2:17: a check may not use SERVICE",
        ),
        (CHECK, "#+ One.\nSELECT ?focus FROM <URL> { ?focus ?p ?o }", f"{CHECK}:2:15: a check may not use FROM"),
        (
            RULE_FILE,
            RULE + "CONSTRUCT { ?a gbkg:locatedIn ?b } WHERE { SERVICE <URL> { ?a gbkg:basedIn ?b } }",
            f"{RULE_FILE}:4:44: a rule may not use SERVICE",
        ),
        (
            RULE_FILE,
            RULE + "CONSTRUCT { ?a gbkg:locatedIn ?b } FROM <URL> WHERE { ?a gbkg:basedIn ?b }",
            f"{RULE_FILE}:4:36: a rule may not use FROM",
        ),
        (
            OWN_SHAPES,
            SHAPES + 'sh:sparql [ sh:select "SELECT $this { SERVICE <URL> { $this ?p ?o } }" ] .',
            f"{OWN_SHAPES}: uses sh:select: no shape runs SPARQL",
        ),
        (
            OWN_SHAPES,
            SHAPES + 'sh:sparql [ sh:select "SELECT $this FROM <URL> { $this ?p ?o }" ] .',
            f"{OWN_SHAPES}: uses sh:select: no shape runs SPARQL",
        ),
        (CONTEXT, json.dumps({"@context": "URL"}), f"{CONTEXT}: expected"),
        (CONTEXT, json.dumps({"@context": ["URL", {"a": "urn:a"}]}), f"{CONTEXT}: expected"),
        (CONTEXT, json.dumps({"@context": {"@import": "URL"}}), f"{CONTEXT}: the term '@import' is not defined"),
        (
            CONTEXT,
            json.dumps({"@context": {"status": {"@id": "urn:s", "@context": "URL"}}}),
            f"{CONTEXT}: the term 'status' is not defined by itself",
        ),
        (CONTEXT, json.dumps({"@context": None}), f"{CONTEXT}: expected"),
        (CONTEXT, "null", f"{CONTEXT}: expected"),
        (CONTEXT, "[]", f"{CONTEXT}: expected"),
        (CONTEXT, "[" * 100_000, f"{CONTEXT}: not JSON of a context: too deep"),
        (CONTEXT, '{"@context": {"a": ' + "9" * 5_000 + "}}", f"{CONTEXT}: not JSON of a context"),
    ],
)
def test_nothing_is_fetched_while_building(
    file: str, text: str, says: str, mini: Path, door: Run, asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, seen = asked
    put(mini, file, text.replace("URL", f"{url}/from"))
    ended = door("--project", mini, "build", "--out", tmp_path / "out")
    assert seen == []
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "out" / "gbkg.nq").exists()
