"""Projects from anybody: their files reach nothing outside, hang nothing and kill nothing.

A server on 127.0.0.1 counts what is asked of it: the right number is none.
"""

from __future__ import annotations

import os
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
gbkg:NamedShape a sh:NodeShape ; sh:targetClass gbkg:Entity ; """
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
OWN_SHAPES = "ontology/shapes.ttl"


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
    ],
)
def test_nothing_is_fetched_while_building(
    file: str, text: str, says: str, mini: Path, run_here: Run, asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, seen = asked
    put(mini, file, text.replace("URL", f"{url}/from"))
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert seen == []
    assert ended.returncode == (1 if file in (CHECK, RULE_FILE) else 2)
    assert says in ended.stderr
    assert sum(not line.startswith("warning: ") for line in ended.stderr.splitlines()) == (
        2 if file in (CHECK, RULE_FILE) else 1
    )
    assert not (tmp_path / "out" / "gbkg.nq").exists()


# ---- What files are

SECRET = "root:x:0:0:the line that nobody may read:/root:/bin/sh"
FILES = (
    "data/sources.ttl data/entities.tsv data/claims/gazette.tsv data/readings/gazette.tsv data/curation.ttl "
    "data/expected.toml data/mappings.sssom.tsv data/review.tsv data/dataset.ttl ontology/more.ttl "
    "ontology/shapes.ttl ontology/indicators.ttl ontology/checks/own-violation.rq "
    "ontology/rules/own.rq queries/own.rq"
).split()
NEEDED = ("data/sources.ttl", "data/entities.tsv", "data/claims/gazette.tsv")


def become(project: Path, file: str) -> Path:
    """A file of the project, removed so that something else can take its name."""
    path = project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


@pytest.mark.parametrize("file", [file for file in FILES if file != "data/sources.ttl"])
def test_a_pipe_is_refused_at_once(file: str, mini: Path, run_here: Run, tmp_path: Path) -> None:
    os.mkfifo(become(mini, file))
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert ended.stderr == f"gbkg: {file}: cannot be read: it is a pipe, not a regular file (name a file)\n"


@pytest.mark.parametrize("file", FILES)
def test_a_link_out_of_the_project_is_refused_and_nothing_of_its_target_told(
    file: str, mini: Path, run_here: Run, tmp_path: Path
) -> None:
    outside = tmp_path / "passwd"
    outside.write_text(SECRET)
    become(mini, file).symlink_to(outside)
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"gbkg: {file}: is reached by a link that leads out of the project")
    assert "root" not in ended.stderr + ended.stdout


def test_a_folder_that_is_a_link_leads_out_too(mini: Path, run_here: Run, tmp_path: Path) -> None:
    (mini / "data" / "claims").rename(tmp_path / "claims")
    (mini / "data" / "claims").symlink_to(tmp_path / "claims")
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert "is reached by a link that leads out of the project" in ended.stderr


def test_links_within_the_project_and_to_the_project_are_followed(mini: Path, run_here: Run, tmp_path: Path) -> None:
    (mini / "data" / "entities.tsv").rename(mini / "data" / "things.tsv")
    (mini / "data" / "entities.tsv").symlink_to("things.tsv")
    (tmp_path / "project").symlink_to(mini)
    assert run_here("--project", tmp_path / "project", "build", "--out", tmp_path / "out").returncode == 0


@pytest.mark.parametrize("file", NEEDED[1:])
def test_devices_and_folders_are_no_files(file: str, mini: Path, run_here: Run, tmp_path: Path) -> None:
    for target, said in (("/dev/zero", "a link that leads out"), (str(mini), "it is a folder, not a regular file")):
        become(mini, file).symlink_to(target)
        ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
        assert (ended.returncode, said in ended.stderr) == (2, True)
    assert run_here("--project", mini, "query", "/dev/zero").stderr.startswith("gbkg: no saved query")
    assert "it is a device" in run_here("--project", mini, "query", "founders", "--graph", "/dev/zero").stderr


@pytest.mark.parametrize("file", NEEDED)
def test_a_sparse_file_is_too_large_and_the_limit_is_said(file: str, mini: Path, run_here: Run, tmp_path: Path) -> None:
    with (mini / file).open("r+b") as sparse:
        sparse.truncate(40_000_000_000)
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    said = "is too large: 40,000,000,000 bytes or more; 1,073,741,824 are read at most (divide it)"
    assert ended.stderr == f"gbkg: {file}: {said}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("claims = " + "[" * 50_000, "nested too deeply"),
        ("claims = " + "9" * 5_000, "not TOML: Exceeds the limit"),
        ("a = {" * 5_000, "not TOML"),
    ],
)
def test_toml_that_no_reader_survives_is_one_line(
    text: str, says: str, mini: Path, run_here: Run, tmp_path: Path
) -> None:
    put(mini, "data/expected.toml", text)
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert ended.stderr.startswith("gbkg: data/expected.toml: ")
    assert says in ended.stderr
    assert len(ended.stderr) < 500


def test_documents_and_questions_are_regular_files_too(mini: Path, run_here: Run, tmp_path: Path) -> None:
    os.mkfifo(mini / "documents" / "pipe.txt")
    assert run_here("--project", mini, "verify", "--sources", mini / "documents").returncode == 0
    os.mkfifo(tmp_path / "pipe.rq")
    pipe = f"gbkg: {tmp_path}/pipe.rq: cannot be read: it is a pipe, not a regular file (name a file)\n"
    for arguments in (["query", tmp_path / "pipe.rq"], ["verify", "--card", tmp_path / "pipe.rq"]):
        ended = run_here("--project", mini, *arguments)
        assert (ended.returncode, ended.stderr) == (2, pipe)
    for command in ("query founders", "export ntriples", "why patek located-in guangzhou", "analyse"):
        ended = run_here("--project", mini, *command.split(), "--graph", tmp_path / "pipe.rq")
        assert (ended.returncode, ended.stderr) == (
            2,
            pipe.replace("file)", "file; gbkg build writes a graph as N-Quads)"),
        )
    (mini / "build").mkdir()
    os.mkfifo(mini / "build" / "report.json")
    assert run_here("queries", cwd=mini).returncode == 0


def test_what_is_written_by_hand_is_small(mini: Path, run_here: Run, tmp_path: Path) -> None:
    query = mini / "queries" / "large.rq"
    query.write_bytes(b"#+ summary: Large.\n")
    os.truncate(query, 20_000_000)
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 2
    said = "is too large: 20,000,000 bytes or more; 10,000,000 are read at most (divide it)"
    assert ended.stderr == f"gbkg: queries/large.rq: {said}\n"


def test_large_files_beside_the_documents_are_strangers(mini: Path, run_here: Run) -> None:
    film = mini / "documents" / "film.mkv"
    film.touch()
    os.truncate(film, 40_000_000_000)
    assert run_here("--project", mini, "verify", "--sources", mini / "documents").returncode == 0
