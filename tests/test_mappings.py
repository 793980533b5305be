"""The mapping set is SSSOM, its identifiers are identifiers, and what can be judged of it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gbkg import build
from gbkg.core.errors import ValidationError
from gbkg.core.project import Project

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
TABLE, METADATA = "mappings.sssom.tsv", "mappings.sssom.yml"


def swap(root: Path, name: str, old: str, new: str) -> None:
    path = root / "data" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(root: Path, out: Path) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        build.run(Project(root), out, build.Settings(formats=()))
    return [str(one) for one in caught.value.findings if one.severity == "violation"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (TABLE, "src:almanac", "the almanac's own list", "object_source: not an identifier"),
        (TABLE, "src:almanac", "pypi:almanac", "object_source: not an identifier"),
        (TABLE, "src:almanac", "src:", "object_source: not an identifier"),
        (TABLE, "src:almanac", "src:the almanac", "object_source: not an identifier"),
        (TABLE, "iso3166:XX-TH", "wikidata:Q0", "object_id: not an identifier"),
        (TABLE, "2018-12-31", "2019-01-01", "later than the dataset; found '2019-01-01'"),
        (TABLE, "skos:exactMatch", "skos:exactlyMatch", "not a mapping property"),
        (TABLE, "skos:exactMatch", "skos:relatedMatch", "number of exactMatch; found '0', expected 1 to 1"),
        (METADATA, "  src: https://w3id.org/gbkg/source/\n", "", "object_source: not an identifier"),
        (METADATA, "https://w3id.org/gbkg/source/", "https://w3id.org/gbkg/id/", "prefix stands for something else"),
        (METADATA, "license: https", "licence: https", "lacks metadata that SSSOM demands; found 'license'"),
        (METADATA, "by/4.0/", "by/3.0/", "dataset and mapping set have different licences"),
        ("dataset.ttl", "by/4.0/", "by/3.0/", "dataset and mapping set have different licences"),
        ("sources.ttl", 'dcterms:issued "2018"', 'dcterms:issued "2081"', "is later than the dataset; found '2081'"),
    ],
)  # fmt: skip
def test_what_can_be_judged_is_refused(mini: Path, tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    swap(mini, name, old, new)
    assert any(said in one for one in faults(mini, tmp_path)), said


def test_one_identifier_is_not_exactly_two_entities(mini: Path) -> None:
    table = mini / "data" / TABLE
    row = table.read_text(encoding="utf-8").splitlines()[1]
    second = row.replace("id:tea-harbour\tTea Harbour", "id:upper-reed\tUpper Reed", 1)
    table.write_text(table.read_text(encoding="utf-8") + second + "\n", encoding="utf-8")
    (fault,) = map(str, build.read(Project(mini)).findings)
    assert "is already the exact match of tea-harbour" in fault


@pytest.mark.parametrize("text", ["a: [b", "{}", "- a\n", "curie_map: 5\nlicense: x\nmapping_set_id: y\n", ""])
def test_metadata_that_are_none_are_one_line(mini: Path, tmp_path: Path, text: str) -> None:
    (mini / "data" / METADATA).write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=r"mappings.sssom.yml|violation") as caught:
        build.run(Project(mini), tmp_path, build.Settings(formats=()))
    said = str(caught.value) + "".join(map(str, getattr(caught.value, "findings", ())))
    assert METADATA in said


def test_the_metadata_are_needed(mini: Path, tmp_path: Path) -> None:
    (mini / "data" / METADATA).unlink()
    assert any("lacks metadata" in one for one in faults(mini, tmp_path))


def test_the_real_licence_is_that_of_the_package() -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert f"dcterms:license <{licence}>" in (ROOT / "data" / "dataset.ttl").read_text(encoding="utf-8")
    assert "CC-BY-4.0" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
