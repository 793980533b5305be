"""The RO-Crate, read back by the rocrate library; archives; and the command `gbkg export`."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI
from exported import content, files, iri, opened, quads
from rocrate.rocrate import ROCrate

from gbkg.core.errors import GbkgError
from gbkg.core.files import write_into, zip_files
from gbkg.render.export import formats
from gbkg.render.export.formats import METADATA

Run = Callable[..., CompletedProcess[str]]
NAMES = [format.name for format in formats.FORMATS]


@pytest.fixture(params=["mini", "real"])
def out(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"{request.param}_build"))


def described(out: Path) -> dict[str, dict[str, Any]]:
    graph = json.loads(files(out, "rocrate")[METADATA])["@graph"]
    nodes = {node["@id"]: node for node in graph}
    assert len(nodes) == len(graph)
    return nodes


# ---- RO-Crate


def test_the_rocrate_library_reads_the_crate(out: Path, tmp_path: Path) -> None:
    write_into(tmp_path, files(out, "rocrate"))
    crate = ROCrate(tmp_path)
    assert crate.metadata.id == METADATA
    assert str(crate.metadata.get("conformsTo")).endswith("/ro/crate/1.2")
    assert {file.id for file in crate.data_entities} == set(files(out, "rocrate")) - {METADATA}
    assert crate.name == described(out)["./"]["name"]
    for file in crate.data_entities:
        assert (tmp_path / file.id).is_file()


def test_every_file_is_described_and_its_digest_is_right(out: Path) -> None:
    made, nodes = files(out, "rocrate"), described(out)
    parts = [part["@id"] for part in nodes["./"]["hasPart"]]
    assert sorted(parts) == sorted(set(made) - {METADATA})
    for name in parts:
        assert nodes[name]["@type"] == "File"
        assert nodes[name]["sha256"] == hashlib.sha256(made[name]).hexdigest()
        assert nodes[name]["contentSize"] == str(len(made[name]))
        media, specification = nodes[name]["encodingFormat"]
        assert "/" in media
        assert nodes[specification["@id"]]["@type"] == "WebPage"


def test_the_crate_has_what_the_specification_demands(out: Path) -> None:
    """RO-Crate 1.2, Metadata of the RO-Crate: descriptor and root data entity; references lead to described nodes."""
    nodes = described(out)
    assert nodes[METADATA]["about"] == {"@id": "./"}
    root = nodes["./"]
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert root["@type"] == "Dataset"
    links = [v for node in nodes.values() for values in node.values() for v in _many(values) if isinstance(v, dict)]
    assert {link["@id"] for link in links} - set(nodes) == {"https://w3id.org/ro/crate/1.2"}
    assert all(set(link) == {"@id"} for link in links)
    assert all("@type" in node for node in nodes.values())


def _many(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def test_the_crate_holds_every_other_format(out: Path) -> None:
    held = {name: text for name in NAMES if name != "rocrate" for name, text in files(out, name).items()}
    made = dict(files(out, "rocrate"))
    del made[METADATA]
    assert made == held


def test_the_date_of_publication_is_never_today(mini_build: Path) -> None:
    def published(given: list[Any], **options: str) -> str:
        made = formats.export("rocrate", opened(mini_build), given, **options)
        return str(next(n for n in json.loads(made[METADATA])["@graph"] if n["@id"] == "./")["datePublished"])

    undated = [q for q in quads(mini_build) if not q.predicate.value.endswith("mapping_date")]
    verified = {q.object.value for q in quads(mini_build) if q.predicate.value.endswith("mapping_date")}
    assert published(list(quads(mini_build))) == max(verified)
    issued = ox.Quad(
        ox.NamedNode("https://w3id.org/gbkg/dataset"),
        ox.NamedNode(iri("dcterms:issued")),
        ox.Literal("2001-02-03"),
        ox.NamedNode(iri("graph:metadata")),
    )
    assert published([*quads(mini_build), issued]) == "2001-02-03"
    assert published(undated, published="2002-03-04") == "2002-03-04"
    with pytest.raises(GbkgError, match=r"needs a date of publication.*--published YYYY-MM-DD"):
        published(undated)


# ---- Archives


def test_an_archive_has_no_clock_and_no_order_by_accident() -> None:
    made = zip_files({"b.txt": b"2", "a.txt": "é".encode()})
    assert made == zip_files({"a.txt": "é".encode(), "b.txt": b"2"})
    archive = zipfile.ZipFile(io.BytesIO(made))
    assert archive.testzip() is None
    assert [(m.filename, m.date_time) for m in archive.infolist()] == [
        ("a.txt", (1980, 1, 1, 0, 0, 0)),
        ("b.txt", (1980, 1, 1, 0, 0, 0)),
    ]
    assert archive.read("a.txt").decode() == "é"


# ---- The command


def test_export_writes_every_format(mini_build: Path, tmp_path: Path, run_here: Run) -> None:
    for name in NAMES:
        made = files(mini_build, name)
        done = run_here("export", name, "-o", tmp_path / name, "--graph", mini_build / "gbkg.nq")
        assert (done.returncode, done.stdout) == (0, "")
        found = tmp_path / name
        read = (
            {f.name: f.read_bytes() for f in found.iterdir()}
            if found.is_dir()
            else {next(iter(made)): found.read_bytes()}
        )
        assert read == made


def test_export_writes_archives(mini_build: Path, tmp_path: Path, run_here: Run) -> None:
    for name in ("csv", "rocrate"):
        path = tmp_path / f"{name}.zip"
        assert run_here("export", name, "-o", path, "--graph", mini_build / "gbkg.nq").returncode == 0
        archive = zipfile.ZipFile(path)
        assert {member: archive.read(member) for member in archive.namelist()} == files(mini_build, name)


def test_export_writes_one_file_to_standard_output(mini_build: Path, gbkg: Run) -> None:
    done = gbkg("--project", MINI, "export", "nquads", "--graph", mini_build / "gbkg.nq")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.encode() == content(mini_build, "nquads")


def test_export_with_inferences(mini_build: Path, tmp_path: Path, run_here: Run) -> None:
    run_here("export", "turtle", "--inferred", "-o", tmp_path / "all.ttl", "--graph", mini_build / "gbkg.nq")
    read = {quad.triple for quad in ox.parse(path=tmp_path / "all.ttl", format=ox.RdfFormat.TURTLE)}
    assert read == {quad.triple for quad in quads(mini_build)}


def test_export_lists_the_formats(run_here: Run) -> None:
    done = run_here("export", "--list")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == NAMES


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["xml"], "no format is called 'xml'"),
        (["turle"], "no format is called 'turle'; did you mean turtle, ntriples?"),
        (["csv"], "csv is several files: give -o DIR or -o FILE.zip"),
        (["rocrate"], "rocrate is several files"),
        ([], "export needs a format: turtle, trig,"),
        (["rocrate", "-o", "crate", "--published", "soon"], "--published: not a date: 'soon'; write YYYY-MM-DD"),
        (
            ["turtle", "--graph", "nothing.nq"],
            "nothing.nq: cannot be read: No such file or directory",
        ),
    ],
)
def test_a_wrong_order_is_one_line_and_writes_nothing(
    arguments: list[str], said: str, mini_build: Path, tmp_path: Path, run_here: Run
) -> None:
    graph = [] if "--graph" in arguments else ["--graph", mini_build / "gbkg.nq"]
    done = run_here("export", *arguments, *graph, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"gbkg: {said}")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_the_former_file(mini_build: Path, tmp_path: Path, run_here: Run) -> None:
    (tmp_path / "out.ttl").mkdir()
    done = run_here("export", "turtle", "-o", tmp_path / "out.ttl", "--graph", mini_build / "gbkg.nq")
    assert done.returncode == 2
    assert "out.ttl is a folder" in done.stderr or "cannot be written" in done.stderr
    assert list((tmp_path / "out.ttl").iterdir()) == []


def test_the_documentation_has_every_format(out: Path) -> None:
    text = (Path(__file__).resolve().parents[1] / "docs" / "exports.md").read_text(encoding="utf-8")
    for format in formats.FORMATS:
        assert f"| `{format.name}` |" in text
        for file in files(out, format.name):
            assert file in text or format.name == "rocrate"
