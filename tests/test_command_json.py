"""What commands did and found, as JSON: it says the same as the text, is alone on standard output, and ends alike."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import pytest
from conftest import MINI, Run
from reviewed import decide
from reviewed import propose as proposed

from gbkg import build, cli, knowledge
from gbkg.ask.catalogue import listed
from gbkg.claims.texts import account, lock
from gbkg.cli.parameters import Lazy
from gbkg.core.project import Project
from gbkg.core.result import Result
from gbkg.documents.sources import at_hand
from gbkg.intake.add import add_files
from gbkg.intake.register import find_quote
from gbkg.intake.start import start
from gbkg.propose.run import propose
from gbkg.review import merging, undoing
from gbkg.review.judging import check_all
from gbkg.review.order import put_in_order
from gbkg.review.second import figures

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("--sources", "documents")


def recorded(run_here: Run, project: Path, kind: str, *command: object) -> tuple[dict[str, Any], str, int]:
    """The record of a command, which exits as without JSON; what it said beside it, and the exit code."""
    ended = run_here(*command, "--format", "json", cwd=project)
    record = json.loads(ended.stdout)
    assert (record["schema"], record["kind"]) == ("gbkg/1", kind)
    assert f"| `{kind}` |" in (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    return record, ended.stderr, ended.returncode


def test_every_command_has_json() -> None:
    commands = {name: cli.app.load(name) for name in cli.app.commands}
    pictures = commands.pop("draw")
    assert isinstance(pictures, click.Group)
    commands |= {name: one.real for name, one in pictures.commands.items() if isinstance(one, Lazy)}
    for name in ("serve", "mcp"):  # which print nothing: they answer over HTTP or stdio
        del commands[name]
    assert [name for name, one in commands.items() if not any("--format" in p.opts for p in one.params)] == []


@pytest.mark.parametrize(
    "command",
    [
        ("queries",),
        ("build", "--out", "x"),
        ("verify",),
        ("coverage", *DOCUMENTS),
        ("find-quote", "gazette", "tea", *DOCUMENTS),
        ("lock", *DOCUMENTS),
        ("publish", "--endpoint", "http://127.0.0.1:9/query"),
        ("export", "turtle", "-o", "x.ttl"),
        ("draw", "timeline", "-o", "x.svg"),
        ("draw", "network", "-o", "x.svg"),
        ("search", "tea"),
        ("init", "x"),
        ("add", "documents/the-leaf-comes-home.txt"),
        ("sources",),
        ("schema",),
    ],
)
def test_an_unknown_layout_is_refused_before_anything_is_done(
    command: tuple[str, ...], mini: Path, run_here: Run
) -> None:
    ended = run_here(*command, "--format", "yaml", cwd=mini)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no format is called 'yaml'; there are text, json" in ended.stderr
    assert not list(mini.glob("x*"))


def test_queries(built: Path, run_here: Run) -> None:
    record, _, code = recorded(run_here, built, "queries", "queries")
    text = run_here("queries", cwd=built)
    assert (code, record["findings"]) == (0, [])
    assert [line for line in text.stdout.splitlines() if line[0] != " "] == [
        f"{one['name']}  {one['summary']}" for one in record["queries"]
    ]
    record, _, code = recorded(run_here, built, "queries", "queries", "founders")
    (one,) = record["queries"]
    explained = run_here("queries", "founders", cwd=built).stdout
    assert one["form"] == "SELECT" and one["parameters"][0]["name"] == "alliance"
    assert one["parameters"][0]["description"] in explained
    assert all(f"{name}={value}" in explained for name, value in one["example"].items()) and one["example"]


def test_a_query_with_a_fault_is_a_finding(mini: Path, run_here: Run) -> None:
    (mini / "queries" / "broken.rq").write_text("#+ summary: Broken\nSELECT ?x {\n", encoding="utf-8")
    record, _, code = recorded(run_here, mini, "queries", "queries")
    (finding,) = record["findings"]
    assert code == run_here("queries", cwd=mini).returncode == 1
    assert finding["file"].endswith("broken.rq") and finding["message"] and finding["severity"] == "violation"


def test_build(mini: Path, run_here: Run) -> None:
    record, said, code = recorded(run_here, mini, "build", "build", *DOCUMENTS)
    assert (code, record["out"]) == (0, "build") and "wrote gbkg.nq" in said
    assert record["report"] == json.loads((mini / "build" / "report.json").read_bytes())
    assert [one["severity"] for one in record["findings"]] == ["warning"] * len(record["report"]["warnings"])
    triples = f"{record['report']['counts']['triples']:,}"
    rows = [line.split()[:2] for line in run_here("build", *DOCUMENTS, cwd=mini).stdout.splitlines()]
    assert ["triples", triples] in rows
    made = build.run(Project(mini), mini / "build", build.Settings(mini / "documents"))
    assert json.loads(json.dumps(made.to_dict())) == record | {"out": str(mini / "build")}
    assert [line.split()[:2] for line in made.text().splitlines()] == rows


def spoil(project: Path) -> None:
    path = project / "data" / "claims" / "gazette.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("tea", "teapot"), encoding="utf-8")


@pytest.mark.parametrize("name", ["build", "verify", "coverage", "lock"])
def test_findings_are_records(name: str, mini: Path, run_here: Run) -> None:
    spoil(mini)
    text = run_here(name, *DOCUMENTS, cwd=mini)
    record, said, code = recorded(run_here, mini, name, name, *DOCUMENTS)
    assert code == text.returncode == 1 and said == text.stderr
    printed = [line for line in said.splitlines() if line.startswith(("violation: ", "warning: "))]
    assert len(printed) == len(record["findings"]) > 0
    for line, one in zip(printed, record["findings"], strict=True):
        place = ":".join(str(one[key]) for key in ("file", "line", "column") if one[key] not in (None, ""))
        assert line.startswith(f"{one['severity']}: {place}") and one["message"] in line and one["hint"] in line
        assert one.keys() >= {"found", "expected"}


@pytest.mark.parametrize("name", ["lock", "find-quote"])
def test_a_fault_in_the_registry_of_sources_is_a_record(name: str, mini: Path, run_here: Run) -> None:
    path = mini / "data" / "sources.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("gbkg:sha256", "gbkg:sha265"), encoding="utf-8")
    words = ("gazette", "tea") if name == "find-quote" else ()
    record, said, code = recorded(run_here, mini, name, name, *words, *DOCUMENTS)
    assert code == 1 and all(one["message"] in said for one in record["findings"]) and record["findings"]


def test_verify(built: Path, run_here: Run) -> None:
    for options in ((), DOCUMENTS):
        record, _, code = recorded(run_here, built, "verify", "verify", *options)
        assert (code, record["findings"]) == (0, [])
        assert "".join(f"{line}\n" for line in record["said"]) == run_here("verify", *options, cwd=built).stdout
    (built / "build" / "gbkg.ttl").write_text("", encoding="utf-8")
    record, said, code = recorded(run_here, built, "verify", "verify")
    (finding,) = record["findings"]
    assert code == 1 and finding["file"].endswith("gbkg.ttl") and finding["message"] in said


def test_verify_a_card(built: Path, run_here: Run) -> None:
    assert run_here("query", "founders", "--card", "card.json", cwd=built).returncode == 0
    record, said, code = recorded(run_here, built, "verify", "verify", "--card", "card.json")
    text = run_here("verify", "--card", "card.json", cwd=built)
    assert (code, record["findings"]) == (0, [])
    assert record["said"] == text.stdout.splitlines() and record["remarks"] == said.splitlines()


def test_coverage(mini: Path, run_here: Run) -> None:
    record, _, code = recorded(run_here, mini, "coverage", "coverage", "gazette", *DOCUMENTS)
    text = run_here("coverage", "gazette", *DOCUMENTS, cwd=mini).stdout
    sentences = record["sentences"]["gazette"]
    assert code == 0 and len(sentences) == record["sources"]["gazette"]["sentences"]
    assert f"({record['sources']['gazette']['claimed']} of {len(sentences)} sentences" in text
    for one in sentences:
        line, behind = next(
            pair for pair in zip(text.splitlines(), text.splitlines()[1:], strict=False)
            if pair[0].startswith(f"{one['start']}-{one['end']}\t")
        )  # fmt: skip
        assert " ".join(one["text"].split()) in " ".join(line.split())
        assert all(name in behind for name in (*one["claims"], *one["readings"]))
    assert {one["share"] for one in sentences} <= {"claimed", "aside", "unread"}
    record, _, code = recorded(run_here, mini, "coverage", "coverage", "gazette", "--missing", *DOCUMENTS)
    assert record["sentences"] == {"gazette": []}


def test_find_quote(mini: Path, run_here: Run) -> None:
    record, _, code = recorded(run_here, mini, "find-quote", "find-quote", "gazette", "tea", *DOCUMENTS)
    text = run_here("find-quote", "gazette", "tea", *DOCUMENTS, cwd=mini).stdout
    assert code == 0 and [line.split("\t")[:3] for line in text.splitlines()] == [
        [str(hit["start"]), str(hit["end"]), hit["exact"]] for hit in record["hits"]
    ]
    record, said, code = recorded(run_here, mini, "find-quote", "find-quote", "gazette", "no such words", *DOCUMENTS)
    assert (code, record["hits"]) == (1, []) and record["remarks"][0] in said


def test_lock(mini: Path, run_here: Run) -> None:
    record, _, code = recorded(run_here, mini, "lock", "lock", *DOCUMENTS)
    assert (code, record["changed"], record["findings"]) == (0, [], [])
    path = mini / "data" / "claims" / "gazette.tsv"
    header, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    rows[0][header.index("start")] = ""
    path.write_text("".join("\t".join(row) + "\n" for row in (header, *rows)), encoding="utf-8")
    copy = shutil.copytree(mini, mini.parent / "copy")
    record, said, code = recorded(run_here, mini, "lock", "lock", *DOCUMENTS)
    text = run_here("lock", *DOCUMENTS, cwd=copy)
    assert (code, text.stdout) == (0, "".join(f"changed {name}\n" for name in record["changed"]))
    assert record["changed"] == ["data/claims/gazette.tsv"] and said == text.stderr
    shutil.rmtree(copy)


PLACE = Path("documents")
RECORDS: dict[str, Callable[[Project], Result]] = {
    "coverage gazette": lambda project: account(project, PLACE, "gazette"),
    "find-quote gazette tea": lambda project: find_quote(project, PLACE, "gazette", "tea"),
    "lock": lambda project: lock(project, PLACE),
    "queries": lambda project: listed(project, "", lambda: knowledge.open(MINI)),
    "queries founders": lambda project: listed(project, "founders", lambda: knowledge.open(MINI)),
    "fmt": put_in_order,
    "check data/proposed/gazette.tsv": lambda project: check_all(
        project, [project.data / "proposed" / "gazette.tsv"], PLACE
    ),
    "agreement": figures,
    "merge gazette": lambda project: merging.run(project, "gazette", "", at_hand(project, PLACE)),
    "merge gazette --undo tasters": lambda project: undoing.take_back(project, "gazette", ["tasters"]),
    "propose gazette": lambda project: propose(project, PLACE, "gazette"),
    "init new": lambda _: start(Path("new")),
    "add page.txt none.txt": lambda project: add_files(project, ["page.txt", "none.txt"]),
}
"""What commands print, as functions give it; in an order in which each finds what the former ones wrote."""


def test_functions_give_the_records_that_commands_print(
    mini: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed(mini)
    decide(Project(mini), tasters="accept", masters="reject: no", tea_houses="skip")
    (mini / "gbkg.toml").write_text('title = "Mini"\n', encoding="utf-8")
    (mini / "page.txt").write_text("A page of the town.\n\nIt has been read by nobody yet.\n", encoding="utf-8")
    copy = shutil.copytree(mini, mini.parent / "copy")
    for command, called in RECORDS.items():
        ended = run_here(*command.split(), "--format", "json", cwd=copy)
        monkeypatch.chdir(mini)
        record = called(Project(Path()))
        assert json.loads(json.dumps(record.to_dict())) == json.loads(ended.stdout), command
        assert all(said in ended.stderr for said in (*record.remarks, record.summary)), command
        assert record._repr_html_().startswith("<pre>")
    assert {path.name: path.read_bytes() for path in (mini / "data").rglob("*.*")} == {
        path.name: path.read_bytes() for path in (copy / "data").rglob("*.*")
    }


def test_what_was_written(built: Path, run_here: Run) -> None:
    for kind, command, name in (
        ("export", ("export", "turtle"), "x.ttl"),
        ("picture", ("draw", "timeline"), "x.svg"),
        ("picture", ("draw", "network", "--centre", "the leaf circle"), "y.svg"),
    ):
        record, said, code = recorded(run_here, built, kind, *command, "-o", name)
        content = (built / name).read_bytes()
        (file,) = record["files"]
        assert (code, record["out"]) == (0, name) and all(line in said for line in record["remarks"])
        assert (file["bytes"], file["sha256"]) == (len(content), sha256(content).hexdigest())
        ended = run_here(*command, "--format", "json", cwd=built)
        assert (ended.returncode, ended.stdout) == (2, "") and "give -o FILE" in ended.stderr
    assert any("'the leaf circle' is taken for" in line for line in record["remarks"])


def test_formats_of_exports(run_here: Run) -> None:
    record, _, code = recorded(run_here, MINI, "formats", "export", "--list")
    lines = [line.split("\t") for line in run_here("export", "--list").stdout.splitlines()]
    assert code == 0 and lines == [
        [one["name"], " ".join(one["files"]), f"keeps {one['keeps']}", f"loses {one['loses']}"]
        for one in record["formats"]
    ]
