"""A build tells what it says otherwise than the last one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from conftest import MINI

from gbkg import build
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.graph import report

pytestmark = pytest.mark.usefixtures("unlimited")

Run = Callable[..., CompletedProcess[str]]


def told(root: Path, out: Path) -> tuple[str, ...]:
    return build.run(Project(root), out, build.Settings(formats=())).changes


def swap(root: Path, name: str, old: str, new: str) -> None:
    path = root / "data" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


ROW = (Path(__file__).parent / "mini" / "data" / "mappings.sssom.tsv").read_text(encoding="utf-8").split("\n", 1)[1]


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini project that expects no counts, built once into `out`; not to be changed."""
    folder = shutil.copytree(MINI, tmp_path_factory.mktemp("former") / "mini")
    (folder / "data" / "expected.toml").unlink()
    assert told(folder, folder / "out") == ()
    return folder


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ([("mappings.sssom.tsv", ROW, "")],
         "1 mapping fewer: <https://w3id.org/gbkg/mapping/tea-harbour.iso3166.XX-TH>"),
        ([("mappings.sssom.tsv", "skos:exactMatch", "skos:relatedMatch")],
         "1 mapping with another sssom:predicate_id: <https://w3id.org/gbkg/mapping/tea-harbour.iso3166.XX-TH>"),
        ([("curation.ttl", "gbkg:concerns clm:gazette.fair-by-association", "gbkg:concerns clm:gazette.fair-on")],
         "1 node of curation with another gbkg:concerns: cur:ambiguity-whose-fair"),
        ([("curation.ttl", "cur:comparison-tasters a gbkg:Comparison", "cur:comparison-tasters a gbkg:Ambiguity")],
         "1 node of curation with another rdf:type: cur:comparison-tasters"),
        ([("curation.ttl", "cur:gap-tea-houses-of-each-district", "cur:gap-of-tea-houses")],
         "1 gap more: cur:gap-of-tea-houses"),
        ([("entities.tsv", "Platform on which tea is traded.", "Platform on which tea is traced.")],
         "1 entity with another dcterms:description: id:leaf-ledger"),
        ([("entities.tsv", "\tLeaf Ledger\t", "\tLeaf Lodger\t")], "1 entity with another rdfs:label: id:leaf-ledger"),
        ([("sources.ttl", '"The Harbour Gazette"', '"The Harbour Gazelle"')],
         "1 source with another dcterms:publisher: src:gazette"),
        ([("dataset.ttl", "by/4.0/", "by/3.0/"), ("mappings.sssom.yml", "by/4.0/", "by/3.0/")],
         "1 node with another dcterms:license: <https://w3id.org/gbkg/dataset>"),
        ([("claims/gazette.tsv", "nobody else names it", "somebody else names it")],
         "1 claim with another skos:note: clm:gazette.ledger-launched-by"),
    ],
)  # fmt: skip
def test_what_is_otherwise_is_told(
    former: Path, tmp_path: Path, changes: list[tuple[str, str, str]], line: str
) -> None:
    project = shutil.copytree(former, tmp_path / "mini", symlinks=True)
    for change in changes:
        swap(project, *change)
    found = told(project, project / "out")
    assert line in found
    assert told(project, project / "out") == ()


def test_claims_and_their_number_are_told(mini: Path, tmp_path: Path) -> None:
    told(mini, tmp_path / "out")
    table = mini / "data" / "claims" / "gazette.tsv"
    lines = [
        x
        for x in table.read_text(encoding="utf-8").splitlines()
        if not x.startswith(("ledger-launched-on", "quarter-oldest"))
    ]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert told(mini, tmp_path / "out") == (
        "2 claims fewer: clm:gazette.ledger-launched-on, clm:gazette.quarter-oldest",
    )


def test_the_lines_are_for_who_builds_and_change_no_output(mini: Path, tmp_path: Path, gbkg: Run) -> None:
    out = tmp_path / "out"
    told(mini, out)
    swap(mini, "entities.tsv", "Platform on which tea is traded.", "Platform on which tea is traced.")
    ended = gbkg("--project", mini, "build", "--out", out)
    assert ended.returncode == 0
    assert "since the last build: 1 entity with another dcterms:description: id:leaf-ledger" in ended.stderr
    assert "changes" not in json.loads((out / "report.json").read_text(encoding="utf-8"))
    again = tmp_path / "again"
    assert gbkg("--project", mini, "build", "--out", again).returncode == 0
    assert (out / "report.json").read_bytes() == (again / "report.json").read_bytes()


def test_a_former_graph_that_cannot_be_read_is_said(mini_build: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.nq"
    broken.write_text("no quads\n", encoding="utf-8")
    assert report.changes(broken, mini_build / "gbkg.nq") == ["the graph of the last build cannot be read"]
    assert report.changes(tmp_path / "none.nq", mini_build / "gbkg.nq") == []


def test_a_rule_that_concludes_the_same_is_told(mini_build: Path, tmp_path: Path) -> None:
    lines = (mini_build / "gbkg.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(
        n
        for n, line in enumerate(lines)
        if line.startswith(f"<{PREFIXES['rule']}transitive> <{PREFIXES['rdfs']}label>")
    )
    lines[at] = lines[at].replace('"', '"Mind: ', 1)
    (tmp_path / "new.nq").write_text("".join(lines), encoding="utf-8")
    found = report.changes(mini_build / "gbkg.nq", tmp_path / "new.nq")
    assert found == ["1 rule with another rdfs:label: rule:transitive"]
