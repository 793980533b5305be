"""Proposals judged in files, and what is accepted moved into the tables."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI, Run
from reviewed import NEWS, OPINION, RELATIONS, STATISTICS, decide, propose, row

from gbkg import build
from gbkg.claims import review
from gbkg.core import tables
from gbkg.core.errors import GbkgError, NotFoundError, ValidationError
from gbkg.core.project import Project
from gbkg.documents import sources
from gbkg.documents.sources import Library, collect
from gbkg.propose import run as proposing
from gbkg.propose import table
from gbkg.propose.rules import Outcome
from gbkg.review import decisions, judging, merging, order, undoing
from gbkg.review.decisions import SECOND, Decision
from gbkg.review.judging import Judge

pytestmark = pytest.mark.usefixtures("unlimited")

PROPOSED, CLAIMS = Path("data/proposed/gazette.tsv"), Path("data/claims/gazette.tsv")
ALL = {name.replace("-", "_"): "accept" for name in (*RELATIONS, *STATISTICS, OPINION.id)}


def library(project: Project) -> Library:
    return collect(project.root / "documents", sources.read(project).sources)


def text(folder: Path, name: Path) -> str:
    return (folder / name).read_text(encoding="utf-8")


def digest(project: Project, name: str) -> str:
    """What a second reader's verdict on a proposal is about."""
    judge = Judge.of(project)
    known = judge.known([])
    claim, _ = judge.claim("gazette", row(project, name), known)
    assert claim
    return judge.digest(claim, known)


def test_what_is_accepted_goes_where_it_was(mini: Path, run_here: Run) -> None:
    project = propose(mini)
    decide(project, **ALL)
    ended = run_here("merge", "gazette", "--sources", "documents", cwd=mini)
    assert (ended.returncode, ended.stdout.count("moved ")) == (0, 9), ended.stderr
    assert "9 proposals moved, 0 rejected, 0 not decided on" in ended.stderr
    for name in ("claims", "readings"):
        path = MINI / "data" / name / "gazette.tsv"
        now = Path("data", name, "gazette.tsv")
        assert sorted(text(mini, now).splitlines()) == sorted(path.read_text(encoding="utf-8").splitlines())
        assert order.formatted(project, mini / now) == (text(mini, now), [])
    assert table.read(project, "gazette") == ([], [])
    record = decisions.decisions(project, "gazette")
    assert {(one.id, one.decision, one.by) for one in record} == {
        (name, "accept", "Ada") for name in (*RELATIONS, *STATISTICS, OPINION.id)
    }


def test_a_half_done_review_blocks_no_build(mini: Path, mini_build: Path) -> None:
    project = propose(mini)
    decide(project, tasters="reject: of another city", masters="skip", yard_operator="accept")
    decisions.write(decisions.recorded(project, "gazette", [Decision("tasters", "statistic", SECOND, "not", "Bo")]))
    restored = {name: text(MINI, Path("data", name, "gazette.tsv")) for name in ("claims", "readings")}
    for name, content in restored.items():
        (mini / "data" / name / "gazette.tsv").write_text(content, encoding="utf-8")
    (mini / "data" / "review.tsv").write_text(text(MINI, Path("data/review.tsv")), encoding="utf-8")
    build.run(Project(mini), mini / "out", build.Settings(mini / "documents"))
    assert (mini / "out" / "gbkg.nq").read_bytes() == (mini_build / "gbkg.nq").read_bytes()


def test_what_cannot_be_moved_stays_and_is_told_row_by_row(mini: Path, run_here: Run) -> None:
    wrong = replace(NEWS, id="harbour-news-2", cells={**NEWS.cells, "subject": "tea-harbour"})
    project = propose(mini, NEWS, wrong)
    decide(project, tasters="accept", masters="accept", harbour_news_2="accept", yard_operator="reject: not printed")
    lines = text(mini, PROPOSED)
    (mini / PROPOSED).write_text(lines.replace("\t28000\t", "\t29000\t"), encoding="utf-8")
    judged = run_here("check", PROPOSED, "--sources", "documents", "--format", "json", cwd=mini)
    found = [(f["line"], f["column"], f["message"], f["severity"]) for f in json.loads(judged.stdout)["findings"]]
    at = {one.id: one.place.line for one in table.read(project, "gazette")[0]}
    assert any(one[:2] == (at["tasters"], "value") and one[3] == "violation" for one in found)
    assert (at["harbour-news-2"], "subject", "an entity has this id already", "violation") in found
    assert not any(line == at["yard-operator"] for line, *_ in found)
    assert judged.returncode == 1

    ended = run_here("merge", "gazette", "--sources", "documents", cwd=mini)
    assert (ended.returncode, ended.stdout) == (1, "moved masters to data/claims/gazette.tsv\n")
    assert f"{PROPOSED}:{at['tasters']}:" in ended.stderr
    left = {one.id: one.decision for one in table.read(project, "gazette")[0]}
    assert (left["tasters"], left["yard-operator"], "masters" in left) == ("accept", "reject", False)
    assert row(project, "yard-operator").why == "not printed"


def test_undecided_proposals_are_doubted_and_not_refused(mini: Path, run_here: Run) -> None:
    project = propose(mini)
    (mini / PROPOSED).write_text(text(mini, PROPOSED).replace("reed-bank\t", "reed-bunk\t"), encoding="utf-8")
    ended = run_here("check", PROPOSED, cwd=mini)
    assert ended.returncode == 0
    line = row(project, "reed-bank-in-harbour").place.line
    expected = f"warning: {PROPOSED}:{line}:subject: no such entity; found 'reed-bunk' (did you mean reed-bank?)"
    assert expected in ended.stderr
    assert run_here("check", CLAIMS, "data/entities.tsv", "data/review.tsv", cwd=mini).returncode == 0


def test_a_new_entity_without_a_class_is_doubted_once(mini: Path) -> None:
    project = propose(mini, replace(NEWS, cells={**NEWS.cells, "type": "", "note": ""}))
    told = [one for one in judging.check(project, mini / PROPOSED) if one.line == row(project, NEWS.id).place.line]
    assert [(one.severity, one.column, one.message) for one in told] == [("warning", "type", "its class is not given")]


@pytest.mark.parametrize("was", ["[1]", "{", '{"object": 1}', '{"id": "x"}', "[" * 5000])
def test_what_an_edit_did_not_write_is_told(was: str, mini: Path) -> None:
    project = propose(mini, replace(NEWS, cells={**NEWS.cells, "was": was}))
    decide(project, harbour_news_1="accept")
    found = judging.check(project, mini / PROPOSED)
    assert [(one.column, one.message) for one in found] == [("was", "not what an edit writes")]
    assert [one.id for one in merging.run(project, "gazette").held] == ["harbour-news-1"]


def test_what_another_table_may_not_have_is_not_moved_to_it(mini: Path) -> None:
    project = propose(mini)
    decide(project, fair_by_association="accept")
    (mini / PROPOSED).write_text(text(mini, PROPOSED).replace("read as the", "read\u200b as the"), encoding="utf-8")
    made = merging.run(project, "gazette")
    assert ([one.id for one in made.held], made.findings[0].column) == (["fair-by-association"], "note")
    assert judging.check(project, mini / CLAIMS) == []


def test_check_judges_a_table_of_claims_against_its_document(mini: Path, run_here: Run) -> None:
    (mini / CLAIMS).write_text(text(mini, CLAIMS).replace("28,000 tea tasters", "28,000 tea testers"), encoding="utf-8")
    assert run_here("check", CLAIMS, cwd=mini).returncode == 0
    ended = run_here("check", CLAIMS, "--sources", "documents", cwd=mini)
    assert ended.returncode == 1
    assert "data/claims/gazette.tsv:12:quote: claim tasters: quotation is not in gazette at 571" in ended.stderr


def test_an_entity_and_the_claims_about_it_are_moved_together(mini: Path, run_here: Run) -> None:
    about = {
        "subject": "harbour-news",
        "predicate": "alias",
        "object": "Tide table",
        "quote": "Tide table",
        "start": "15",
    }
    claim = table.Proposal("news-alias", "relation", about)
    project = propose(mini, NEWS, claim)
    decide(project, news_alias="accept")
    refused = run_here("merge", "gazette", cwd=mini)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "subject: no such entity; found 'harbour-news'" in refused.stderr
    decide(project, harbour_news_1="accept")
    assert run_here("merge", "gazette", cwd=mini).returncode == 0
    found = tables.read(project, mini / "data" / "entities.tsv", order.KINDS["entities.tsv"].columns)[0]
    assert [r["id"] for r in found] == sorted(r["id"] for r in found)
    assert "harbour-news" in {r["id"] for r in found}
    undo = ("merge", "gazette", "--sources", "documents", "--undo", "harbour-news-1")
    needed = run_here(*undo, cwd=mini)
    assert "1 claim about harbour-news, the entity of harbour-news-1 (take these back as well" in needed.stderr
    assert run_here(*undo, "--undo", "news-alias", cwd=mini).returncode == 0
    back = row(project, "harbour-news-1")
    assert (back.kind, back.decision, back.cells) == ("entity", "", NEWS.cells)
    assert "harbour-news" not in text(mini, Path("data/entities.tsv"))


def test_an_entity_of_which_no_claim_speaks_is_moved_with_a_warning(mini: Path) -> None:
    project = propose(mini, NEWS)
    decide(project, harbour_news_1="accept")
    made = merging.run(project, "gazette")
    assert [one.id for one in made.moved] == ["harbour-news-1"]
    assert [(one.severity, one.file, one.found, one.message) for one in made.findings] == [
        ("warning", "data/entities.tsv", "harbour-news", "no claim is about it yet, and a build needs one")
    ]


def test_verdicts_of_second_readers_become_the_review(mini: Path) -> None:
    project = propose(mini)
    decide(project, fair_by_association="accept", masters="accept", tasters="accept")
    about = {name: digest(project, name) for name in ("fair-by-association", "masters")}
    fair = about["fair-by-association"]
    said = [
        Decision("fair-by-association", "relation", SECOND, "partly", "Bo", "an older one", "no name"),
        Decision("fair-by-association", "relation", SECOND, "supported", "Bo", fair, "now it has"),
        Decision("masters", "statistic", SECOND, "not", "Bo", about["masters"], "of the tasters"),
    ]
    decisions.write(decisions.recorded(project, "gazette", said))
    made = merging.run(project, "gazette")
    assert ({one.id for one in made.moved}, [one.id for one in made.held]) == (
        {"fair-by-association", "tasters"}, ["masters"],
    )  # fmt: skip
    assert "accepted by Ada, but not by Bo: of the tasters" in str(made.findings[0])
    rows, _ = review.by_source(project)
    mine = next(r for r in rows["gazette"] if r["claim"] == "gazette.fair-by-association")
    assert (mine["first"], mine["verdict"], mine["by"], mine["note"]) == ("partly", "supported", "Bo", "now it has")
    assert mine["digest"] == fair == "4822d42cec16-0b497d"
    assert [f for f in judging.check(project, mini / "data" / "review.tsv") if f.severity == "violation"] == []


def test_what_was_moved_can_be_taken_back(mini: Path, run_here: Run) -> None:
    project = propose(mini)
    before = text(mini, PROPOSED), text(mini, CLAIMS)
    decide(project, masters="accept", opinion_1="accept")
    assert run_here("merge", "gazette", cwd=mini).returncode == 0
    ended = run_here("merge", "gazette", "--undo", "masters", "--undo", "opinion-1", cwd=mini)
    assert (ended.returncode, ended.stdout) == (0, "taken back masters\ntaken back opinion-1\n")
    assert text(mini, CLAIMS) == order.formatted(Project(mini), mini / CLAIMS)[0]
    assert sorted(text(mini, CLAIMS).splitlines()) == sorted(before[1].splitlines())
    again = table.read(project, "gazette")[0]
    assert [(one.id, one.decision) for one in again] == [
        (line.split("\t")[0], "") for line in before[0].splitlines()[1:]
    ]
    assert decisions.decisions(project, "gazette") == []
    with pytest.raises(NotFoundError, match="no decision is called 'masters'"):
        undoing.take_back(project, "gazette", ["masters"])


def test_who_decides_is_of_git_or_given(mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(mini)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with pytest.raises(GbkgError, match="the reader who decides is not named"):
        decisions.reader(project)
    git(mini, "init", "-q")
    git(mini, "config", "user.name", "Ada")
    assert (decisions.reader(project), decisions.reader(project, "Bo")) == ("Ada", "Bo")
    for name in ("A\tB", "A\nB", "x" * 101, " Ada"):
        with pytest.raises(GbkgError, match="the name"):
            decisions.reader(project, name)


def test_a_line_that_nobody_signed_gets_the_name_of_whoever_merges(mini: Path, run_here: Run) -> None:
    project = propose(mini)
    decide(project, masters="accept")
    (mini / PROPOSED).write_text(text(mini, PROPOSED).replace("\tAda", "\t"), encoding="utf-8")
    with pytest.raises(GbkgError, match="masters is accepted by nobody"):
        merging.run(project, "gazette")
    assert run_here("merge", "gazette", "--as", "Cy", cwd=mini).returncode == 0
    assert [one.by for one in decisions.decisions(project, "gazette")] == ["Cy"]


def test_a_table_with_a_fault_is_not_written_anew(mini: Path) -> None:
    project = propose(mini)
    decide(project, masters="accept")
    (mini / PROPOSED).write_text(text(mini, PROPOSED) + "a line of one field\n", encoding="utf-8")
    before = text(mini, PROPOSED)
    with pytest.raises(ValidationError):
        merging.run(project, "gazette")
    assert text(mini, PROPOSED) == before


def git(folder: Path, *command: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


def test_two_people_on_branches_merge_without_conflict(mini: Path) -> None:
    project = propose(mini)
    git(mini, "init", "-q", "-b", "main")
    git(mini, "add", "data")
    git(mini, "commit", "-qm", "proposed")
    work = {
        "ada": {"reed_bank_in_harbour": "accept", "tasters": "reject: of another year"},
        "bo": {"association_founded_on": "accept", "yard_operator": "accept", "opinion_1": "accept"},
    }
    for name, decided in work.items():
        git(mini, "checkout", "-qb", name, "main")
        decide(project, name, **decided)
        merging.run(project, "gazette")
        git(mini, "add", "data")
        git(mini, "commit", "-qm", name)
    git(mini, "checkout", "-q", "ada")
    git(mini, "merge", "-q", "bo", "-m", "both")
    assert [
        p for p in order.all_tables(Project(mini)) if order.formatted(Project(mini), p)[0] != p.read_text("utf-8")
    ] == []
    left = {one.id: one.decision for one in table.read(project, "gazette")[0]}
    assert left == {"tea-houses": "", "tasters": "reject", "masters": "", "fair-by-association": "", "ledger-field": ""}
    assert {one.id for one in decisions.decisions(project, "gazette")} == {
        "reed-bank-in-harbour", "association-founded-on", "yard-operator", "opinion-1",
    }  # fmt: skip
    assert [str(f) for f in judging.check(project, mini / CLAIMS, library(project))] == []


def test_branches_that_fill_an_empty_table_are_joined_by_union(mini: Path, run_here: Run) -> None:
    project = propose(mini)
    header = text(mini, CLAIMS).partition("\n")[0]
    (mini / CLAIMS).write_text(f"{header}\n", encoding="utf-8")
    (mini / ".gitattributes").write_text("data/**/*.tsv merge=union\n", encoding="utf-8")
    git(mini, "init", "-q", "-b", "main")
    git(mini, "add", ".")
    git(mini, "commit", "-qm", "proposed")
    for name, decided in {"bo": "yard_operator", "ada": "reed_bank_in_harbour"}.items():
        git(mini, "checkout", "-qb", name, "main")
        decide(project, name, **{decided: "accept"})
        merging.run(project, "gazette")
        git(mini, "add", "data")
        git(mini, "commit", "-qm", name)
    git(mini, "merge", "-q", "bo", "-m", "both")
    assert run_here("fmt", cwd=mini).returncode == 0
    names = [line.split("\t")[0] for line in text(mini, CLAIMS).splitlines()[1:]]
    assert names == ["reed-bank-in-harbour", "yard-operator"]


def test_what_is_decided_while_proposals_are_made_is_kept(mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = propose(mini)
    found = proposing.rules.propose

    def slowly(*given: Any) -> Outcome:
        made = found(*given)
        decide(project, masters="reject: of the tasters")
        return made

    monkeypatch.setattr(proposing.rules, "propose", slowly)
    proposing.propose(project, mini / "documents", "gazette")
    assert row(project, "masters").why == "of the tasters"


def test_an_edit_in_an_editor_is_recorded_as_one(mini: Path) -> None:
    named = replace(NEWS, id=table.identity("gazette", "entity", NEWS.cells))
    project = propose(mini, named)
    decide(project, **{named.id.replace("-", "_"): "accept", "masters": "accept"})
    (mini / PROPOSED).write_text(text(mini, PROPOSED).replace("\tOrganization\t", "\tCompany\t"), encoding="utf-8")
    merging.run(project, "gazette")
    found = {one.id: one.decision for one in decisions.decisions(project, "gazette")}
    assert found == {named.id: "edit", "masters": "accept"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("propose gazete", "no source is called 'gazete'; did you mean gazette?"),
        ("merge gazete", "no source is called 'gazete'; did you mean gazette?"),
        ("merge gazete --undo x", "no source is called 'gazete'; did you mean gazette?"),
        ("merge almanac", "data/proposed/almanac.tsv: there are no proposals (gbkg propose almanac makes them)"),
        ("check data/claims/gazete.tsv", "did you mean data/claims/gazette.tsv"),
        ("check data", "no table of the project is called 'data'; there are "),
        (
            "check data/proposed/comma.tsv",
            ":1: columns are separated by commas, not by tabs (save as tab-separated",
        ),
        ("check data/proposed/wide.tsv", "not UTF-8: UTF-16 (save the file as UTF-8"),
        ("merge gazette --as Ada", "nothing is accepted yet: decide in the browser"),
    ],
)
def test_what_was_typed_wrongly_is_told_with_what_to_do(
    typed: str, told: str, mini: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GBKG_SOURCES", raising=False)
    propose(mini)
    (mini / "data/proposed/comma.tsv").write_text("id,decision,kind,quote,start\n", encoding="utf-8")
    (mini / "data/proposed/wide.tsv").write_text("id\n", encoding="utf-16")
    assert told in run_here(*typed.split(), cwd=mini).stderr


def test_no_command_writes_into_a_project_that_nobody_named(mini: Path, tmp_path: Path, run_here: Run) -> None:
    for typed in ("add x.txt", "propose x", "merge x", "lock", "fmt"):
        ended = run_here(*typed.split(), cwd=tmp_path)
        assert (ended.returncode, "is not a project, and" in ended.stderr) == (2, True), typed
    ended = run_here("--project", mini, "check", "data/claims/gazette.tsv", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr  # as messages name it
