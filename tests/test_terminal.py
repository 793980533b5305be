"""Nothing that a graph, a table, a file name or a server says is obeyed by a terminal, whatever the command."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from xml.etree import ElementTree

import pytest

from gbkg import build
from gbkg.core.project import Project

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[1]
EVIL = "\x1b]0;owned\x07\x1b[31mred\x9b32m\x08\u202etxt.exe\u2066\x00\x7f"
"""A window title by OSC, colours by ESC and by C1, BEL, backspace, two marks of direction, NUL and DEL."""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LABELS = ("Harbour Tea Association", "Delta Tea Alliance", "Tea Harbour")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a graph whose labels, notes, titles and quotations a terminal would obey."""
    folder = tmp_path_factory.mktemp("hostile")
    build.run(Project(ROOT / "tests" / "mini"), folder / "out")
    written = "".join(f"\\u{ord(character):04X}" for character in EVIL if character != "\x00")
    lines = (folder / "out" / "gbkg.nq").read_text(encoding="utf-8").splitlines()
    texts = [re.sub(r'" (<https://w3id.org/gbkg/graph/\w+> \.)$', rf'{re.escape(written)}" \1', line) for line in lines]
    (folder / "evil.nq").write_text("\n".join(texts).replace("\\\\u", "\\u") + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose tables, Turtle and saved queries are full of it."""
    folder = tmp_path_factory.mktemp("evil") / "project"
    shutil.copytree(ROOT / "tests" / "mini", folder)
    entities = folder / "data" / "entities.tsv"
    plain = EVIL.replace("\x00", "")
    text = entities.read_text(encoding="utf-8")
    for label in LABELS:
        text = text.replace(f"\t{label}\t", f"\t{label}{plain}\t")
    entities.write_text(text, encoding="utf-8")
    sources = folder / "data" / "sources.ttl"
    escaped = "".join(f"\\u{ord(character):04X}" for character in plain)
    sources.write_text(
        re.sub(r'dcterms:title "([^"]*)"', lambda m: f'dcterms:title "{m[1]}{escaped}"', sources.read_text())
    )
    (folder / "queries" / "evil.rq").write_text(f'#+ summary: "{escaped}"\nSELECT ?x {{ ?x rdfs:label ?y }}\n')
    return folder


ASKING = (
    """query founders|query founders --cite|query what-lies-in-a-place|why harbour-tea-association
gbkg:memberOf delta-tea-alliance|neighbours "Harbour Tea Association"|path delta-tea-alliance tea-harbour|analyse
analyse --without inferred|draw network|draw timeline""".replace("\n", " ")
    .replace(" analyse --", "|analyse --")
    .split("|")
)
TYPED = ("show harbour-tea-association", "disputes", "queries", "queries evil", "build --out out", "coverage gazette")


def split(command: str) -> list[str]:
    return [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', command)]


@pytest.mark.parametrize("command", ASKING)
def test_what_a_graph_says_is_not_obeyed(command: str, hostile: Path, run_here: Run) -> None:
    ended = run_here("--project", ROOT / "tests" / "mini", *split(command), "--graph", hostile / "evil.nq")
    assert ended.stdout + ended.stderr
    assert not OBEYED.search(ended.stdout + ended.stderr)


@pytest.mark.parametrize("command", TYPED)
def test_what_a_project_says_is_not_obeyed(command: str, project: Path, run_here: Run) -> None:
    ended = run_here(*split(command), cwd=project)
    assert ended.stdout + ended.stderr
    assert not OBEYED.search(ended.stdout + ended.stderr)


def test_what_is_typed_is_not_obeyed_either(mini: Path, run_here: Run) -> None:
    for arguments in (["show", EVIL[:-2]], ["query", EVIL[:-2]], [EVIL[:-2]], ["query", "founders", "-p", EVIL[:-2]]):
        ended = run_here(*arguments, cwd=mini)
        assert ended.returncode == 2
        assert not OBEYED.search(ended.stderr)


def on_a_terminal(command: list[str], cwd: Path, columns: int = 100) -> str:
    """All that a terminal gets."""
    reading, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)}
    process = subprocess.Popen(
        [sys.executable, "-m", "gbkg", *command],
        stdout=terminal,
        stderr=terminal,
        stdin=terminal,
        cwd=cwd,
        env=environment,
    )
    os.close(terminal)
    received = b""
    while select.select([reading], [], [], 60)[0]:
        try:
            piece = os.read(reading, 65536)
        except OSError:
            break
        if not piece:
            break
        received += piece
    os.close(reading)
    assert process.wait(60) == 0
    return received.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "command",
    ["neighbours harbour-tea-association --graph G", "query founders --graph G", "analyse --format json --graph G"],
)
def test_a_terminal_gets_only_the_styles_of_gbkg(command: str, hostile: Path, project: Path) -> None:
    words = [str(hostile / "evil.nq") if word == "G" else word for word in command.split()]
    got = on_a_terminal(words, project)
    assert "\\x1b]0;owned" in got
    ours = re.sub("\x1b\\[[012]m|\r\x1b\\[K", "", got)
    assert not OBEYED.search(ours)
    assert ("\x1b[1m" in got) == command.startswith("neighbours")


def test_data_goes_into_a_pipe_byte_for_byte(hostile: Path, gbkg: Run) -> None:
    query = "SELECT ?name { id:delta-tea-alliance rdfs:label ?name }"
    (hostile / "name.rq").write_text(query)
    ended = gbkg("query", hostile / "name.rq", "--graph", hostile / "evil.nq", "--format", "csv", cwd=ROOT)
    assert f"Delta Tea Alliance{EVIL}".replace("\x00", "") in ended.stdout


def test_svg_with_control_characters_is_well_formed(hostile: Path, run_here: Run) -> None:
    for picture in ("network", "timeline"):
        ended = run_here("draw", picture, "--graph", hostile / "evil.nq", "--title", EVIL[:-2], cwd=ROOT)
        assert ended.returncode == 0
        assert "\\x1b]0;owned" in "".join(ElementTree.fromstring(ended.stdout).itertext())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_an_encoding_lacks_is_an_escape(encoding: str, built: Path) -> None:
    command = [sys.executable, "-m", "gbkg", "show", "tea-harbour"]
    ended = subprocess.run(command, capture_output=True, cwd=built, env={**os.environ, "PYTHONIOENCODING": encoding})
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ("\\u53f6" if encoding != "utf-8" else "叶") in ended.stdout.decode(encoding)


@pytest.fixture
def speaking() -> Iterator[str]:
    """A server that answers with an error full of control characters."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = EVIL.encode()
            self.send_response(500, "Error\x1b[31m")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/query"
    server.shutdown()
    server.server_close()


def test_what_a_server_says_is_not_obeyed(speaking: str, mini: Path, run_here: Run) -> None:
    ended = run_here("query", "founders", "--endpoint", speaking, cwd=mini)
    assert ended.returncode == 2
    assert "owned" in ended.stderr
    assert not OBEYED.search(ended.stderr)


def shown(got: str) -> list[str]:
    """The lines that a reader sees, without styles."""
    return [re.sub("\x1b\\[[0-9;]*m", "", line) for line in got.split("\n")]


@pytest.mark.parametrize(
    "command",
    """queries|queries founders|sources|schema|neighbours tea-harbour|disputes|export --list
    coverage gazette --sources documents""".replace("\n    ", "|").split("|"),
)
def test_no_line_is_wider_than_the_terminal(command: str, built: Path) -> None:
    lines = shown(on_a_terminal(command.split(), built, columns=36))
    assert max(len(line) for line in lines if not line.startswith("  gbkg query ")) <= 36  # which is to be copied
    assert not any(line.endswith(" ") for line in lines)


def test_lines_after_the_first_stand_under_its_last_column(built: Path) -> None:
    lines = shown(on_a_terminal(["sources"], built, columns=24))
    title = next(number for number, line in enumerate(lines) if line.startswith("gazette  "))
    assert lines[title + 1].startswith(" " * len("gazette  "))


def test_a_terminal_gets_lines_that_end_at_blanks(built: Path) -> None:
    lines = shown(on_a_terminal(["show", "harbour-tea-association"], built, columns=40))
    assert max(map(len, lines)) <= 40
    assert "  Delta Tea Alliance – founded by → it" in lines
    words = set(" ".join(lines).split())
    assert {"Association", "alliance", "Harbour", "University”"} <= words
