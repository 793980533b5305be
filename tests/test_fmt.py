"""Tables in order, and columns that may be left out."""

from __future__ import annotations

import random
from pathlib import Path

from conftest import MINI, SHIPPED, Run

from gbkg import build
from gbkg.claims import rows
from gbkg.core import tables
from gbkg.core.project import Project
from gbkg.review import order

CLAIMS, READINGS, REVIEW = "claims/gazette.tsv", "readings/gazette.tsv", "review.tsv"


def content(project: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted((project / "data").rglob("*.tsv"))}


def stated(graph: Path) -> list[str]:
    """Its lines, without those that name the files that it was made from."""
    return [line for line in graph.read_text(encoding="utf-8").splitlines() if "/graph/metadata>" not in line]


def test_our_own_tables_are_in_order() -> None:
    found = order.all_tables(Project(SHIPPED))
    assert len(found) == 7
    for path in found:
        assert order.formatted(Project(SHIPPED), path) == (path.read_text(encoding="utf-8"), [])


def test_any_order_of_rows_and_columns_becomes_the_same(mini: Path, run_here: Run) -> None:
    before, chance = content(mini), random.Random(7)
    for path in order.all_tables(Project(mini)):
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        if path.name != CLAIMS.partition("/")[2] or "claims" not in path.parts:
            chance.shuffle(lines)  # further passages keep their place behind the row of their claim
        columns = list(range(header.count("\t") + 1))
        chance.shuffle(columns)
        turned = ["\t".join(line.split("\t")[at] for at in columns) for line in (header, *lines)]
        path.write_bytes("\r\n".join(turned).encode("utf-8-sig"))
    looked = run_here("fmt", "--check", cwd=mini)
    assert (looked.returncode, looked.stdout.count("not in order")) == (1, len(before))
    assert run_here("fmt", cwd=mini).returncode == 0
    after = content(mini)
    for name in before:  # rows with the same offset keep the order that they were given
        assert sorted(after[name].splitlines()) == sorted(before[name].splitlines())
    assert after[f"{mini}/data/entities.tsv"] == before[f"{mini}/data/entities.tsv"]
    again = run_here("fmt", "--check", cwd=mini)
    assert (again.returncode, again.stdout) == (0, "")


def test_claims_are_sorted_as_the_document_runs_with_their_passages(mini: Path) -> None:
    path = mini / "data" / CLAIMS
    path.write_text(order.formatted(Project(mini), path)[0], encoding="utf-8")
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    further = [at for at, line in enumerate(lines) if at and line.split("\t")[0] == lines[at - 1].split("\t")[0]]
    assert further
    at = further[0] - 1
    moved = [*lines[at : at + 2], *lines[:at], *lines[at + 2 :]]
    path.write_text("\n".join([header, *moved]) + "\n", encoding="utf-8")
    text, faults = order.formatted(Project(mini), path)
    assert (text.splitlines(), faults) == ([header, *lines], [])


def test_nothing_is_written_when_one_table_has_a_fault(mini: Path, run_here: Run) -> None:
    entities = mini / "data" / "entities.tsv"
    lines = entities.read_text(encoding="utf-8").splitlines()
    entities.write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n", encoding="utf-8")
    review = mini / "data" / REVIEW
    review.write_text(review.read_text(encoding="utf-8") + "one field\n", encoding="utf-8")
    before = content(mini)
    ended = run_here("fmt", cwd=mini)
    assert ended.returncode == 1
    assert f"data/review.tsv:{len(review.read_text().splitlines())}: row has the wrong number of fields" in ended.stderr
    assert content(mini) == before


def test_a_file_that_is_no_table_is_refused(mini: Path, run_here: Run) -> None:
    ended = run_here("fmt", "gbkg.toml", cwd=mini)
    assert ended.returncode == 2
    assert "no table of the project is called 'gbkg.toml'; there are data/entities.tsv" in ended.stderr


def test_columns_with_defaults_may_be_left_out(mini: Path, mini_build: Path, tmp_path: Path) -> None:
    for source in ("gazette", "almanac"):
        path = mini / "data" / "claims" / f"{source}.tsv"
        found, _ = tables.read(Project(mini), path, rows.COLUMNS, rows.OPTIONAL)
        cells = [row.cells for row in found]
        short = [one | {k: "" for k, default in rows.DEFAULTS.items() if one[k] == default} for one in cells]
        used = [c for c in rows.COLUMNS if any(one[c] for one in short)]
        assert {"quote", "subject"} < set(used) < set(rows.COLUMNS)
        path.write_text(tables.write(used, short), encoding="utf-8")
    build.run(Project(mini), tmp_path / "out", build.Settings(mini / "documents"))
    made, before = (stated(folder / "gbkg.nq") for folder in (tmp_path / "out", mini_build))
    assert len(before) > 1000
    assert made == before


def test_lock_adds_the_columns_of_offsets(mini: Path, run_here: Run) -> None:
    for name in (CLAIMS, READINGS):
        path = mini / "data" / name
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        at = header.split("\t").index("start")
        cut = ["\t".join(cell for n, cell in enumerate(line.split("\t")) if n != at) for line in (header, *lines)]
        path.write_text("\n".join(cut) + "\n", encoding="utf-8")
    refused = run_here("build", cwd=mini)
    assert "data/claims/gazette.tsv:2:start: no offset; found '', expected a number (run gbkg lock" in refused.stderr
    before = (MINI / "data" / CLAIMS).read_text(encoding="utf-8")
    run_here("lock", "--sources", "documents", cwd=mini)
    assert (mini / "data" / CLAIMS).read_text(encoding="utf-8").splitlines()[0] == before.splitlines()[0]


def test_proposals_are_no_part_of_what_a_build_reads(mini: Path) -> None:
    before = Project(mini).digest
    (mini / "data" / "proposed").mkdir()
    (mini / "data" / "proposed" / "gazette.tsv").write_text("whatever\n", encoding="utf-8")
    assert Project(mini).digest == before
    (mini / "data" / "more.tsv").write_text("whatever\n", encoding="utf-8")
    assert Project(mini).digest != before
