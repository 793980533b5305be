"""What becomes of queries of others: the lists are true, and every refusal in them has its name in the docs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import suites
from conftest import ROOT

FOLDERS = {"w3c": "GBKG_RDF_TESTS", "examples": "GBKG_SPARQL_EXAMPLES"}
LEAST = {"w3c": 1000, "examples": 1200}
DOCS = (ROOT / "docs" / "asking.md").read_text(encoding="utf-8")


def written(name: str) -> list[str]:
    return (suites.LISTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_is_answered_wrongly_and_little_refused(name: str) -> None:
    rows = [tuple(line.split("\t")) for line in written(name)[1:]]
    assert len(rows) == len({row[0] for row in rows}) >= LEAST[name]
    without, cited = ([row[at] for row in rows] for at in (1, 2))
    assert suites.WRONG not in without + cited
    selects = [outcome for outcome in cited if outcome != "-" and "with citations" not in outcome]
    read = [outcome for outcome in selects if "RDF 1.2" not in outcome]
    assert read.count(suites.SAME) / len(read) > 0.97


@pytest.mark.parametrize("name", FOLDERS)
def test_every_refusal_has_its_name_in_the_docs(name: str) -> None:
    cells = [cell for line in written(name) for cell in line.split("\t")[1:]]
    refused = {cell.removeprefix("refused: ") for cell in cells if cell.startswith("refused: ")}
    for construct in refused - {"DELETE"}:
        assert construct.removesuffix(" with citations") in DOCS, construct


@pytest.mark.parametrize("name", FOLDERS)
def test_the_table_in_the_docs_is_that_of_the_list(name: str) -> None:
    assert suites.summary(name, written(name)) in DOCS.splitlines()


def test_every_name_in_the_source_stands_in_the_docs() -> None:
    files = [path for room in ("evidence", "sparql", "store") for path in (ROOT / "src" / "gbkg" / room).glob("*.py")]
    name = re.compile(r'(?:NotCoveredError\(|refuse\(|refusal\([^"\n]*, |exists\(.*?,)\s?"([^"{\']+)"')
    found = {match for path in files for match in name.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 12
    of_rules = {"CONSTRUCT without a template", "a clause after the body"}
    assert [one for one in sorted(found - of_rules) if one not in DOCS] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_the_list_is_true(name: str) -> None:
    folder = os.environ.get(FOLDERS[name])
    if not folder:
        pytest.skip(f"{FOLDERS[name]} names no folder with the queries")
    assert suites.lines(name, Path(folder).resolve()) == written(name)
