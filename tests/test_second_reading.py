"""Second readers: what they are given, what becomes of their verdicts, and how far readers agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run
from reviewed import decide, propose

from gbkg.claims import review
from gbkg.core.errors import GbkgError
from gbkg.core.project import Project
from gbkg.review import decisions, merging, second
from gbkg.review.decisions import DecidedMeanwhile
from gbkg.review.judging import Judge

DECIDED = {"tasters": "accept", "masters": "reject: no", "yard_operator": "accept", "ledger_field": "skip"}


def verdicts(project: Project) -> dict[str, tuple[str, str, str]]:
    return {
        r["claim"].partition(".")[2]: (r["first"], r["verdict"], r["by"])
        for r in review.by_source(project)[0]["gazette"]
    }


def say(project: Project, name: str, verdict: str, by: str = "Bo", why: str = "so") -> None:
    judge = Judge.of(project)
    item = next(one for one in second.queue(judge, "gazette", by) if one.id == name)
    second.record_verdict(project, "gazette", item, verdict, by, why)


def waiting(project: Project, by: str) -> set[str]:
    return {one.id for one in second.queue(Judge.of(project), "gazette", by)}


def test_nobody_reads_again_what_they_decided_on(mini: Path) -> None:
    project = propose(mini)
    decide(project, **DECIDED)
    both = {"tasters", "masters", "yard-operator"}
    assert waiting(project, "Bo") >= both
    assert not waiting(project, "Ada") & both
    assert "ledger-field" not in waiting(project, "Bo")
    assert "quarter-in-harbour" not in waiting(project, "Bo")  # has a verdict in data/review.tsv
    say(project, "tasters", "supported")
    assert "tasters" not in waiting(project, "Bo")
    assert "tasters" in waiting(project, "Cy")
    second.undo(project, "gazette", "tasters", "Bo")
    assert "tasters" in waiting(project, "Bo")


def test_the_first_verdict_is_kept_when_a_claim_was_mended(mini: Path) -> None:
    project = propose(mini)
    decide(project, tasters="accept")
    merging.run(project, "gazette")
    say(project, "tasters", "partly")
    assert "tasters" not in verdicts(project)
    path = mini / "data" / "claims" / "gazette.tsv"
    path.write_text(path.read_text("utf-8").replace("at least 28,000 tea tasters work\t", "\t"), encoding="utf-8")
    text = path.read_text("utf-8")
    path.write_text(text.replace("\t571\t\n", "\t571\tMended.\n"), encoding="utf-8")
    assert "tasters" in waiting(project, "Bo")
    say(project, "tasters", "supported")
    assert verdicts(project)["tasters"] == ("partly", "supported", "Bo")
    second.undo(project, "gazette", "tasters", "Bo")
    assert "tasters" not in verdicts(project)


def test_a_verdict_is_of_what_was_shown(mini: Path) -> None:
    project = propose(mini)
    decide(project, tasters="accept")
    judge = Judge.of(project)
    item = next(one for one in second.queue(judge, "gazette", "Bo") if one.id == "tasters")
    with pytest.raises(GbkgError, match="say what is missing"):
        second.record_verdict(project, "gazette", item, "not", "Bo")
    decide(project, tasters="skip")
    with pytest.raises(DecidedMeanwhile):
        second.record_verdict(project, "gazette", item, "supported", "Bo")
    assert decisions.decisions(project, "gazette") == []


def test_agreement_counts_pairs_of_first_and_second_readers(mini: Path, run_here: Run) -> None:
    project = propose(mini)
    decide(project, tasters="accept", masters="reject: no", yard_operator="accept", tea_houses="reject: twice")
    for name, verdict in {"tasters": "supported", "masters": "not", "yard-operator": "partly"}.items():
        say(project, name, verdict)
    before = second.figures(project, ["gazette"])
    assert (before.agreement.both, before.agreement.first_only, before.agreement.neither) == (1, 1, 1)
    assert before.agreement.kappa == pytest.approx(0.4)  # (2/3 - 4/9) / (1 - 4/9)
    merging.run(project, "gazette")
    assert second.figures(project, ["gazette"]) == before  # yard-operator is held back, tasters moved
    record = json.loads(run_here("agreement", "--format", "json", cwd=mini).stdout)
    assert record["agreement"]["pairs"] == 3
    assert (record["accepted"]["statistic"]["part"], record["accepted"]["statistic"]["whole"]) == (1, 3)
    said = run_here("agreement", "gazette", cwd=mini).stdout
    assert "statistic: 1 of 3 (33%, 95% 6%–79%) accepted" in said
    assert "Cohen's kappa 0.40: 67% agreed, 44% expected by chance" in said
    assert run_here("agreement", "nowhere", cwd=mini).returncode == 2
