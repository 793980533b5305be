"""A copy of the mini project in which some claims and a reading of the gazette are only proposed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gbkg.claims import review, rows
from gbkg.core import tables
from gbkg.core.project import Project
from gbkg.propose import table
from gbkg.propose.table import Proposal
from gbkg.review import order

RELATIONS = ("reed-bank-in-harbour", "association-founded-on", "fair-by-association", "yard-operator", "ledger-field")
STATISTICS = ("tasters", "masters", "tea-houses")
OPINION = Proposal(
    "opinion-1",
    "reading",
    {"reason": "opinion", "quote": "Nothing warms a foggy morning like a full pot!", "start": "1328", "end": "1374"},
    because="rule: no names, no numbers",
)
NEWS = Proposal(
    "harbour-news-1",
    "entity",
    {
        "subject": "harbour-news",
        "type": "Organization",
        "label": "Harbour news",
        "note": "Paper that printed the page.",
        "quote": "Harbour news",
        "start": "0",
    },
    because="rule: a name that nothing has",
)


def propose(folder: Path, *more: Proposal) -> Project:
    """Makes proposals of some claims and a reading, with their ids, and of `more`."""
    project = Project(folder)
    claims = folder / "data" / "claims" / "gazette.tsv"
    found, _ = order.read(project, claims, order.KINDS["claims"])
    names = {name: kind for kind, each in (("relation", RELATIONS), ("statistic", STATISTICS)) for name in each}
    header = claims.read_text(encoding="utf-8").partition("\n")[0].split("\t")
    claims.write_text(tables.write(header, (r.cells for r in found if r["id"] not in names)), encoding="utf-8")
    made = [_proposal(row.cells, names[row["id"]]) for row in found if row["id"] in names]
    aside = folder / "data" / "readings" / "gazette.tsv"
    kept = [r.cells for r in tables.read(project, aside, review.READING_COLUMNS)[0] if r["start"] != OPINION["start"]]
    aside.write_text(tables.write(review.READING_COLUMNS, kept), encoding="utf-8")
    judged = folder / "data" / "review.tsv"
    lines = judged.read_text(encoding="utf-8").splitlines()
    kept_lines = [line for line in lines if line.split("\t")[0].removeprefix("gazette.") not in names]
    judged.write_text("\n".join(kept_lines) + "\n", encoding="utf-8")
    path = table.path(project, "gazette")
    path.parent.mkdir()
    path.write_text(table.text([*made, OPINION, *more]), encoding="utf-8")
    return project


def _proposal(cells: dict[str, str], kind: str) -> Proposal:
    kept = {name: value for name, value in cells.items() if value and name != "id" and value != rows.DEFAULTS.get(name)}
    doubt = "subject" if cells["reading"] == "implied" else ""
    return Proposal(
        cells["id"],
        kind,
        kept,
        doubt,
        "rule: a cue beside a name",
        (),
        ("almanac.tea-houses",) * (cells["id"] == "tea-houses"),
    )


def decide(project: Project, by: str = "Ada", **decisions: str) -> None:
    """Fills the decision columns as an editor would; `_` in a name stands for `-`, a reason follows after a colon."""
    path = table.path(project, "gazette")
    found, faults = table.read(project, "gazette")
    assert faults == []
    made = []
    for one in found:
        decision, _, why = decisions.get(one.id.replace("-", "_"), one.decision).partition(":")
        made.append(replace(one, decision=decision, decided_by=by if decision else "", why=why.strip()))
    path.write_text(table.text(made), encoding="utf-8")


def row(project: Project, name: str) -> Proposal:
    return next(one for one in table.read(project, "gazette")[0] if one.id == name)
