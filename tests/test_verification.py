"""What was built, proved again: also what was changed together with its manifest, or in the cache that a build read."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MINI, Run

from gbkg import build
from gbkg.core.project import Project
from gbkg.knowledge import open as open_graph
from gbkg.store import outputs
from gbkg.store.outputs import Build
from gbkg.validate import verification
from gbkg.validate.shapes import suitable
from gbkg.validate.verification import Verification

DOCUMENTS = MINI / "documents"


@pytest.fixture
def out(mini_build: Path, tmp_path: Path) -> Path:
    """A build of the mini project, its documents at hand, that may be changed."""
    return shutil.copytree(mini_build, tmp_path / "out", symlinks=True)


def repeated(out: Path, documents: Path | None, project: Path = MINI) -> Callable[[Path], object]:
    return lambda folder: build.repeat(Project(project), Build(out), documents, folder, lambda *_: None)


def proved(out: Path, documents: Path | None = DOCUMENTS) -> Verification:
    return verification.of_build(Project(MINI), Build(out), documents, repeated(Path(out), documents))


def messages(done: Verification) -> list[str]:
    return [f"{Path(fault.file).name}: {fault.message}" for fault in done.findings]


def seal(out: Path) -> None:
    """Makes the manifest that of the files as they are now."""
    names = sorted(
        path.name for path in out.iterdir() if outputs.NAMES.fullmatch(path.name) and path.name != "SHA256SUMS"
    )
    lines = [f"{hashlib.sha256((out / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def test_a_build_as_it_was_written_is_proved_line_by_line(out: Path) -> None:
    done, triples = proved(out), len(open_graph(MINI, out / "gbkg.nq").store)
    assert done.findings == []
    assert done.said == [
        f"build: all 6 files are as they were written, by {out}/SHA256SUMS",
        f"graph: all 35 claims and {triples:,} triples of gbkg.nq derived again from "
        "the tables, without anything kept: the same bytes",
        "files: gbkg.jsonld, gbkg.trig, gbkg.ttl, report.json, report.md made again: the same bytes",
        f"gates: all passed again, shapes by {suitable()}",
    ]


def test_reports_of_documents_that_are_not_at_hand_are_said_not_to_be_proved(out: Path) -> None:
    done = proved(out, None)
    assert done.findings == []
    assert done.said[2].startswith("files: gbkg.jsonld, gbkg.trig, gbkg.ttl made again")
    assert done.said[-1] == "report.json, report.md: not proved: that needs the documents (--sources DIR)"


@pytest.mark.parametrize("name", ["gbkg.nq", "gbkg.ttl", "gbkg.jsonld", "report.json", "report.md"])
def test_an_output_that_was_changed_is_named(out: Path, name: str) -> None:
    path = out / name
    path.write_bytes(path.read_bytes().replace(b"3", b"4"))
    done = proved(out)
    assert messages(done)[0].startswith(f"{name}: not what gbkg build wrote")
    assert done.said == ["graph: not derived again, as the build is not as it was written"]


def founder(text: bytes) -> bytes:
    assert text.count(b"id/harbour-tea-association>") > 3
    return text.replace(b"id/harbour-tea-association>", b"id/reed-bank>")


def without(text: bytes) -> bytes:
    return b"".join(line for line in text.splitlines(keepends=True) if b"claim/gazette.tea-houses>" not in line)


@pytest.mark.parametrize(
    ("name", "harm", "said"),
    [
        ("gbkg.nq", founder, "lines that they do not give, "),
        ("gbkg.nq", without, "gbkg.nq: is not what the tables give: 0 lines that they do not give, "),
        ("gbkg.ttl", lambda text: text.replace(b"7.50%", b"8.50%"), "gbkg.ttl: is not what the tables give"),
        (
            "report.json",
            lambda text: text.replace(b'"claims": 35', b'"claims": 36'),
            "report.json: is not what the",
        ),
    ],
)
def test_an_output_that_was_changed_with_the_manifest_is_found(
    out: Path, name: str, harm: Callable[[bytes], bytes], said: str
) -> None:
    path = out / name
    text = path.read_bytes()
    path.write_bytes(harm(text))
    assert path.read_bytes() != text
    seal(out)
    assert any(said in message for message in messages(proved(out)))


def test_a_cache_that_was_changed_and_sealed_again_is_found_in_what_was_built_from_it(out: Path) -> None:
    """By a build without the gates that compare the graph with the tables, which find it, too."""
    with sqlite3.connect(out / build.CACHE) as db:
        for *row, _ in db.execute("SELECT * FROM entry WHERE kind IN ('claims', 'evidence', 'facts')").fetchall():
            row[3] = row[3].replace("id/harbour-tea-association>", "id/reed-bank>")
            digest = hashlib.sha256("\0".join(row).encode()).hexdigest()
            db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)", (*row, digest))
    db.close()
    build.run(Project(MINI), out, build.Settings(DOCUMENTS, engine=""))
    assert b"id/reed-bank> <https://w3id.org/gbkg/graph/facts>" in (out / "gbkg.nq").read_bytes()
    assert any("gbkg.nq: is not what the tables give" in message for message in messages(proved(out)))


def test_a_build_of_other_inputs_is_said_and_not_proved(mini: Path, out: Path) -> None:
    (mini / "data" / "entities.tsv").write_bytes(
        (mini / "data" / "entities.tsv").read_bytes().replace(b"Oldest", b"Eldest")
    )
    done = verification.of_build(Project(mini), Build(out), None, repeated(out, None, mini))
    assert done.said[-1] == "graph: not derived again, as the build is of other inputs"
    assert messages(done) == ["out: was built from other inputs than the project has now"]


def test_verify_proves_the_build_of_the_project(mini: Path, mini_build: Path, run_here: Run, tmp_path: Path) -> None:
    nothing = run_here("verify", "--sources", "documents", cwd=mini)
    assert nothing.returncode == 0 and nothing.stdout.startswith("build: none here to be proved, only the tables")
    shutil.copytree(mini_build, mini / "build", symlinks=True)
    whole = run_here("verify", "--sources", "documents", cwd=mini)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.startswith("build: all 6 files") and "26 of 26 quotations of 25 claims" in whole.stdout
    undocumented = run_here("verify", cwd=mini)
    assert undocumented.returncode == 0
    assert undocumented.stdout.endswith("quotations: not proved, as the documents are not at hand (--sources DIR)\n")
    # A build of another project that lies in the current folder is none of its own.
    other = shutil.copytree(mini, tmp_path / "other", ignore=shutil.ignore_patterns("build"))
    (other / "data" / "entities.tsv").write_bytes(
        (other / "data" / "entities.tsv").read_bytes().replace(b"Oldest district", b"Eldest district")
    )
    elsewhere = run_here("--project", other, "verify", "--sources", "documents", cwd=mini)
    assert elsewhere.stdout.startswith("build: none here to be proved")


def test_a_graph_in_another_place_is_proved_by_its_digest(mini: Path, mini_build: Path, run_here: Run) -> None:
    graph = mini / "graph.nq"
    graph.write_bytes((mini_build / "gbkg.nq").read_bytes())
    assert "graph: all " in run_here("verify", "--graph", "graph.nq", cwd=mini).stdout
    graph.write_bytes(founder(graph.read_bytes()))
    done = run_here("verify", "--graph", "graph.nq", cwd=mini)
    assert done.returncode == 1 and "graph: graph.nq is not what the tables give" in done.stdout


@pytest.mark.parametrize(
    "command",
    [("query", "founders"), ("export", "turtle"), ("verify",), ("analyse",), ("query", "founders", "--card", "c")],
)
def test_every_command_says_that_a_graph_was_built_from_other_inputs(
    mini: Path, mini_build: Path, run_here: Run, command: tuple[str, ...]
) -> None:
    (mini / "graph.nq").write_bytes((mini_build / "gbkg.nq").read_bytes())
    said = "graph.nq was built from other inputs than the project has now"
    assert said not in run_here(*command, "--graph", "graph.nq", cwd=mini).stderr
    table = mini / "data" / "entities.tsv"
    table.write_bytes(table.read_bytes().replace(b"Oldest district", b"Eldest district"))
    assert said in run_here(*command, "--graph", "graph.nq", cwd=mini).stderr
    (mini / "graph.nq").write_text("<urn:a> <urn:b> <urn:c> <urn:d> .\n", encoding="utf-8")
    assert "graph.nq does not say what it was built from" in run_here(*command, "--graph", "graph.nq", cwd=mini).stderr
