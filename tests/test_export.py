"""Other people's readers find in every output what gbkg meant; and outputs are written all together or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NoReturn

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from graphs import GRAPH, OA, parse_rdflib
from pyld import jsonld
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from gbkg.claims import vocabulary
from gbkg.core import jsonld as contexts
from gbkg.core import nquads, turtle
from gbkg.core.errors import OutputError
from gbkg.core.files import write_into
from gbkg.core.jsonld import document
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "mini"
Run = Callable[..., CompletedProcess[str]]


def refuse(url: str, _options: object = None) -> NoReturn:
    raise AssertionError(f"a reader was made to fetch {url}")


@cache
def context(root: Path = SHIPPED) -> dict[str, Any]:
    return contexts.context(vocabulary.terms(Project(root)))


def processed(document: Any) -> str:
    """N-Quads of a JSON-LD document, by a reader that may fetch nothing."""
    return str(jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": refuse}))


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if not path.name.startswith(".")}


@cache
def from_turtle(out: Path) -> Graph:
    return Graph().parse(data=(out / "gbkg.ttl").read_text(encoding="utf-8"), format="turtle")


@cache
def from_jsonld(out: Path) -> Graph:
    """What an independent JSON-LD processor makes of gbkg.jsonld."""
    document = json.loads((out / "gbkg.jsonld").read_text(encoding="utf-8"))
    return Graph().parse(data=processed(document), format="nt")


def oxigraph(path: Path, format: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(path=path, format=format))


def rdflib_quads(path: Path, format: str) -> set[tuple[str, ...]]:
    parsed = Dataset()
    parsed.parse(data=path.read_text(encoding="utf-8"), format=format)
    return {(s.n3(), p.n3(), o.n3(), str(g)) for s, p, o, g in parsed.quads()}


@pytest.fixture(params=["mini", "real"])
def out(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"{request.param}_build"))


# ---- Round trips


def test_json_ld_says_what_turtle_says(out: Path) -> None:
    assert set(from_jsonld(out)) == set(from_turtle(out))


def test_turtle_to_json_ld_and_back_is_isomorphic(out: Path) -> None:
    def by_id(raw: bytes) -> list[dict[str, Any]]:
        return sorted(json.loads(raw)["@graph"], key=lambda node: str(node["@id"]))

    assert by_id(document([turtle.triples((out / "gbkg.ttl").read_text(encoding="utf-8"))], context())) == by_id(
        (out / "gbkg.jsonld").read_bytes()
    )
    again = from_jsonld(out).serialize(format="turtle")
    assert isomorphic(parse_rdflib(again), from_turtle(out))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own, of its readers
def test_rdflib_reads_json_ld_without_fetching(out: Path) -> None:
    read = Graph().parse(data=(out / "gbkg.jsonld").read_text(encoding="utf-8"), format="json-ld")
    assert set(read) == set(from_turtle(out))


def test_pyoxigraph_reads_json_ld(out: Path) -> None:
    read = {quad.triple for quad in oxigraph(out / "gbkg.jsonld", ox.RdfFormat.JSON_LD)}
    assert read == {quad.triple for quad in oxigraph(out / "gbkg.ttl", ox.RdfFormat.TURTLE)}


def test_trig_says_what_n_quads_say(out: Path) -> None:
    quads = oxigraph(out / "gbkg.nq", ox.RdfFormat.N_QUADS)
    assert oxigraph(out / "gbkg.trig", ox.RdfFormat.TRIG) == quads
    assert len(quads) == len((out / "gbkg.nq").read_text(encoding="utf-8").splitlines())


def test_turtle_is_the_union_of_the_named_graphs_that_are_stated(out: Path) -> None:
    merged = {quad.triple for quad in oxigraph(out / "gbkg.ttl", ox.RdfFormat.TURTLE)}
    stated = {str(GRAPH[name]) for name in nquads.STATED}
    quads = oxigraph(out / "gbkg.nq", ox.RdfFormat.N_QUADS)
    assert merged == {quad.triple for quad in quads if quad.graph_name.value in stated}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own, of its readers
def test_rdflib_reads_trig_as_n_quads(mini_build: Path) -> None:
    trig = rdflib_quads(mini_build / "gbkg.trig", "trig")
    assert trig == rdflib_quads(mini_build / "gbkg.nq", "nquads")
    assert len(trig) == len(oxigraph(mini_build / "gbkg.nq", ox.RdfFormat.N_QUADS))


def test_rdflib_reads_turtle_as_pyoxigraph_does(mini_build: Path) -> None:
    read = parse_rdflib((mini_build / "gbkg.ttl").read_text(encoding="utf-8"))
    assert set(read) == set(from_turtle(mini_build))


def test_quotations_keep_their_own_characters(mini_build: Path) -> None:
    quoted = {str(o) for o in from_jsonld(mini_build).objects(None, OA.exact)}
    assert "The Harbour Tea Association, also called “the Leaf Circle”" in quoted
    assert "According to the Harbour Office, the city’s tea trade came to 15.8\u00a0million yuan in 2018" in quoted
    assert "表1　各区茶馆数" in quoted


@pytest.mark.parametrize("name", ["gbkg.ttl", "gbkg.trig"])
def test_every_prefix_written_is_one_of_ours(name: str, mini_build: Path) -> None:
    lines = (mini_build / name).read_text(encoding="utf-8").splitlines()
    written = {line.split()[1].rstrip(":"): line.split()[2].strip("<>") for line in lines if line.startswith("@prefix")}
    assert written.items() <= PREFIXES.items()
    assert {"gbkg", "id", "clm", "psg", "src"} <= set(written)


# ---- The context


def test_json_ld_carries_the_context_inside(out: Path) -> None:
    document = json.loads((out / "gbkg.jsonld").read_text(encoding="utf-8"))
    assert document["@context"]["status"] == context()["@context"]["status"]
    assert "issuedBy" in context()["@context"] and "issuedBy" not in context(MINI)["@context"]
    assert document["@context"] in (context()["@context"], context(MINI)["@context"])
    assert set(document) == {"@context", "@graph"}


def test_the_context_has_every_prefix_and_every_property_by_its_local_name() -> None:
    given = context()["@context"]
    assert given["@version"] == 1.1 and given["id"] == PREFIXES["id"] and list(given)[1:] == sorted(list(given)[1:])
    assert given["partOf"] == {"@id": "gbkg:partOf", "@type": "@id"}  # of the core
    assert given["issuedBy"] == {"@id": "gbkg:issuedBy", "@type": "@id"}  # of the project
    assert given["alias"] == {"@id": "gbkg:alias"}


def test_json_ld_uses_short_names(mini_build: Path) -> None:
    nodes = json.loads((mini_build / "gbkg.jsonld").read_text(encoding="utf-8"))["@graph"]
    (yard,) = [node for node in nodes if node["@id"] == "id:lantern-yard"]
    assert yard["operatedBy"] == "id:kettle-works"
    assert yard["@type"] == "gbkg:IndustrialPark"


# ---- All or nothing

LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["gbkg", *sys.argv[2:]]
runpy.run_module("gbkg", run_name="__main__")
"""


def test_a_disk_that_is_full_leaves_the_former_outputs(mini: Path, mini_build: Path, tmp_path: Path) -> None:
    out = shutil.copytree(mini_build, tmp_path / "out", symlinks=True)
    former = contents(out)
    swap(mini / "data" / "entities.tsv", "Oldest district of Tea Harbour", "Where the lanterns are")
    limit = len(former["gbkg.trig"]) + 1000  # the first file fits, the second does not
    assert limit < len(former["gbkg.nq"])
    failed = limited(limit, "--project", mini, "build", "--out", out)
    assert failed.returncode == 2
    assert failed.stderr.startswith(f"gbkg: {out}") and failed.stderr.count("\n") == 1
    assert failed.stderr.endswith("former outputs are as they were)\n")
    assert failed.stdout == ""
    assert contents(out) == former


def limited(limit: int, *arguments: object) -> CompletedProcess[str]:
    """The command line in a process that may write no file longer than `limit` bytes."""
    environment = {name: value for name, value in os.environ.items() if name != "GBKG_SOURCES"}
    return subprocess.run(
        [sys.executable, "-B", "-c", LIMITED, str(limit), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=environment,
    )


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_output_folder_below_a_file_is_one_line(mini: Path, tmp_path: Path, run_here: Run) -> None:
    (tmp_path / "file").write_text("in the way")
    failed = run_here("--project", mini, "build", "--out", tmp_path / "file" / "out")
    assert failed.returncode == 2
    assert failed.stderr.startswith(f"gbkg: {tmp_path}/file/out: cannot be written: Not a directory")
    assert failed.stderr.count("\n") == 1
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_in_the_way_of_an_output_leaves_the_former_outputs(mini_build: Path, tmp_path: Path) -> None:
    out = shutil.copytree(mini_build, tmp_path / "out", symlinks=True)
    (out / "report.md").unlink()
    (out / "report.md").mkdir()
    former = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    with pytest.raises(OutputError):
        write_into(out, {"gbkg.ttl": b"new", "report.md": b"new"})
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == former
