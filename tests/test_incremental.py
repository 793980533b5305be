"""A build that finds what an earlier one has made gives the same bytes as one that makes everything anew."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI
from rdflib import Graph

from gbkg import build
from gbkg.core import turtle
from gbkg.core.errors import OutputError, ProjectError, ValidationError
from gbkg.core.nquads import Digest
from gbkg.core.project import Project
from gbkg.documents import sources
from gbkg.graph import shards
from gbkg.graph.cache import Cache
from gbkg.graph.shards import Maker, Summary
from gbkg.store import disk, kept
from gbkg.validate import shacl
from gbkg.validate.shacl import nearby

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import corpus  # noqa: E402


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if not path.name.startswith(".")}


def built(folder: Path, out: Path, engine: str | None = None) -> dict[str, bytes]:
    build.run(Project(folder / "project"), out, build.Settings(folder / "documents", engine=engine))
    return contents(out)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources of which shards are made, in order."""
    found: list[str] = []
    true = Maker.shard

    def noted(maker: Maker, source: str) -> tuple[Summary, dict[str, str]]:
        found.append(source)
        return true(maker, source)

    monkeypatch.setattr(Maker, "shard", noted)
    return found


# ---- A corpus that changes


def changed(folder: Path, rng: random.Random, numbers: list[int]) -> str:
    """Changes, adds or removes a document, or describes an entity otherwise, at random; what was done."""
    what = rng.choice(["change", "change", "add", "remove", "describe"])
    if what == "describe":
        table = folder / "project" / "data" / "entities.tsv"
        rows = [row.split("\t") for row in table.read_text(encoding="utf-8").splitlines()]
        row, column = rng.choice(rows[1:]), rows[0].index("description")
        row[column] = f"{row[column].removesuffix('.')}, number {rng.randrange(1000)}."
        table.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    elif what == "add":
        numbers.append(corpus.add(folder, rng.randrange(1000)))
    elif what == "remove":
        gone = rng.choice([number for number in numbers if number % 10])  # others lean on each tenth
        numbers.remove(gone)
        corpus.remove(folder, gone)
    else:
        corpus.change(folder, rng.choice(numbers), rng.randrange(1000))
    return what


def same_store(out: Path) -> None:
    """The store among the outputs has the quads of the file, and has shared what did not change with the last one."""
    version = out / ".gbkg" / "current"
    store = kept.read(version / kept.FOLDER, version / "gbkg.nq")
    assert store is not None
    assert Digest.of(store.quads()).hex == store.manifest.digest == Digest.of(ox.parse(path=str(out / "gbkg.nq"))).hex
    assert not list((version / kept.FOLDER / "quads").glob("LOG.old*"))


SEEDS = [1, 2, 3, 4] if "GBKG_EXAMPLES" in os.environ else [1]
"""`make fuzz` tries more."""


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("seed", SEEDS)
def test_documents_changed_added_and_removed_give_the_bytes_of_a_full_build(seed: int, tmp_path: Path) -> None:
    folder, out = tmp_path / "corpus", tmp_path / "out"
    corpus.generate(folder, 12, seed)
    built(folder, out)
    rng, numbers = random.Random(seed), list(range(12))
    for step in range(3):
        done = [changed(folder, rng, numbers) for _ in range(rng.randint(1, 3))]
        assert built(folder, out) == built(folder, tmp_path / f"fresh-{step}"), done
        same_store(out)


@pytest.mark.usefixtures("unlimited")
def test_faults_in_what_has_changed_are_found_as_in_a_full_build(tmp_path: Path) -> None:
    good, bad, out = (tmp_path / name for name in ("good", "bad", "out"))
    corpus.generate(good, 20, 7)
    corpus.generate(bad, 20, 7, "built", 1)
    first, said = built(good, out), list[list[str]]()
    for place in (out, tmp_path / "fresh", out):
        with pytest.raises(ValidationError) as caught:
            built(bad, place)
        said.append(sorted(map(str, caught.value.findings)))
    assert said[0] == said[1] == said[2]
    assert len(said[0]) > 10
    assert built(good, out) == first


def test_files_of_kept_parts_are_as_if_written_in_one_stream(mini_build: Path, real_build: Path) -> None:
    for out in (mini_build, real_build):
        for source, name, form in (("nq", "trig", ox.RdfFormat.TRIG), ("ttl", "ttl", ox.RdfFormat.TURTLE)):
            read = ox.parse(path=str(out / f"gbkg.{source}"))
            whole = turtle.written((q if name == "trig" else q.triple for q in read), form)
            assert (out / f"gbkg.{name}").read_bytes() == whole.encode()


def test_only_what_has_changed_is_made_again(tmp_path: Path, made: list[str]) -> None:
    folder, out = tmp_path / "corpus", tmp_path / "out"
    corpus.generate(folder, 12, 3)
    built(folder, out, "")
    assert len(made) == 12
    made.clear()
    built(folder, out, "")
    assert made == []
    corpus.change(folder, 4, 99)
    built(folder, out, "")
    assert 1 <= len(made) <= 3  # the document itself, and those that name an entity which is now called otherwise


def test_a_store_among_the_outputs_is_changed_where_the_graph_is(
    mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, true = tmp_path / "out", disk.keep
    build.run(Project(mini), out, QUICK)
    monkeypatch.setattr(disk, "keep", None)  # which would make it anew
    with (mini / "data" / "dataset.ttl").open("a") as file:
        file.write("\n")
    build.run(Project(mini), out, QUICK)
    same_store(out)
    monkeypatch.setattr(disk, "keep", true)
    (out / ".gbkg" / "current" / kept.FOLDER / "manifest.json").write_text("{}")
    with (mini / "data" / "dataset.ttl").open("a") as file:
        file.write("\n")
    build.run(Project(mini), out, QUICK)
    same_store(out)


def test_many_sources_are_made_by_several_processes_and_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "corpus"
    corpus.generate(folder, 20, 5)
    alone = built(folder, tmp_path / "alone", "")
    monkeypatch.setattr(shards, "ALONE", 0)
    monkeypatch.setattr("gbkg.core.workers.processors", lambda: 2)
    assert built(folder, tmp_path / "together", "") == alone


# ---- What else a shard depends on


@pytest.fixture(scope="module")
def without_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of the mini project without documents; not to be changed."""
    out = tmp_path_factory.mktemp("without") / "out"
    build.run(Project(MINI), out)
    return out


@pytest.fixture
def mini_out(without_documents: Path, tmp_path: Path) -> Path:
    """A copy of the outputs of the mini project, with what was made of its sources; both may be changed."""
    return shutil.copytree(without_documents, tmp_path / "out", symlinks=True)


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("change", ["label", "verdict"])
def test_what_stands_elsewhere_reaches_the_shards(change: str, mini: Path, mini_out: Path, tmp_path: Path) -> None:
    table = mini / "data" / "entities.tsv"
    if change == "label":
        first = table.read_text(encoding="utf-8").split("\n")[1].split("\t")
        swap(table, f"\t{first[2]}\t", f"\t{first[2]}, renamed\t")
    else:
        (mini / "data" / "review.tsv").unlink()
    for out in (mini_out, tmp_path / "fresh"):
        build.run(Project(mini), out)
    assert contents(mini_out) == contents(tmp_path / "fresh")


def test_documents_that_come_to_hand_are_read(mini: Path, mini_out: Path) -> None:
    assert json.loads((mini_out / "report.json").read_text())["coverage"] == {}
    build.run(Project(mini), mini_out, build.Settings(mini / "documents"))
    assert len(json.loads((mini_out / "report.json").read_text())["coverage"]) == 2


def test_a_fault_is_found_again_until_it_is_mended(mini: Path, mini_out: Path) -> None:
    before = contents(mini_out)
    table = mini / "data" / "claims" / "gazette.tsv"
    good = table.read_text(encoding="utf-8")
    table.write_text(good.replace("\taccepted\t", "\tacepted\t", 1), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ValidationError):
            build.run(Project(mini), mini_out)
    assert contents(mini_out) == before
    table.write_text(good, encoding="utf-8")
    build.run(Project(mini), mini_out)
    assert contents(mini_out) == before


def test_a_violation_of_a_shape_is_found_again(mini: Path, mini_out: Path) -> None:
    own = mini / "ontology" / "more.ttl"
    shape = """@prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
gbkg:NoCityShape a sh:NodeShape ; sh:targetClass gbkg:City ;
    sh:property [ sh:path rdfs:label ; sh:maxCount 0 ; sh:message "no city has a label" ] .
"""
    own.write_text(shape)
    for _ in range(2):
        with pytest.raises(ValidationError) as caught:
            build.run(Project(mini), mini_out)
        assert any("no city has a label" in str(finding) for finding in caught.value.findings)


def test_only_what_has_changed_is_validated_again(mini: Path, mini_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    whole, near = shacl.validate, nearby.concerned

    def noted(triples: Iterable[bytes], shapes: Graph, engine: str) -> list[shacl.ValidationResult]:
        given.append(0)
        return whole(triples, shapes, engine)

    def concerned(*asked: Any) -> set[bytes]:
        given.append(len(found := near(*asked)))
        return found

    monkeypatch.setattr(shacl, "validate", noted)
    monkeypatch.setattr(nearby, "concerned", concerned)
    build.run(Project(mini), mini_out)
    assert given == []
    swap(mini / "data" / "dataset.ttl", "The tea trade of Tea Harbour", "The tea trade of the harbour")
    build.run(Project(mini), mini_out)
    assert 0 < given[0] < 5
    terms = mini / "ontology" / "tea.ttl"
    terms.write_text(terms.read_text().replace("skos:definition", 'rdfs:comment "More."@en ; skos:definition', 1))
    with suppress(ValidationError):
        build.run(Project(mini), mini_out)
    assert given[-1] == 0


# ---- Nothing has changed

QUICK = build.Settings(MINI / "documents", formats=("ttl",), engine="")


def stages(project: Path, out: Path, settings: build.Settings = QUICK) -> list[str]:
    """What a build says that it does: nothing if all is as it was."""
    said: list[str] = []
    build.run(Project(project), out, settings, lambda stage, *_: said.append(stage))
    return said


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quick outputs of the mini project; whoever changes them builds again."""
    out = tmp_path_factory.mktemp("quick")
    stages(MINI, out)
    return out


def replaced(path: Path, content: bytes) -> None:
    """Puts another file into the place of the link of an output."""
    path.unlink()
    path.write_bytes(content)


def forged(out: Path) -> None:
    """Changes an output, and the manifest with it."""
    path, manifest = out / "gbkg.ttl", out / "SHA256SUMS"
    former = sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes() + b"# more\n")
    manifest.write_text(manifest.read_text().replace(former, sha256(path.read_bytes()).hexdigest()))


HARM: dict[str, Callable[[Path], object]] = {
    "edited": lambda out: (out / "gbkg.nq").write_bytes((out / "gbkg.nq").read_bytes().replace(b"Leaf", b"Loaf")),
    "edited with the manifest": forged,
    "emptied": lambda out: (out / "report.md").write_bytes(b""),
    "removed": lambda out: (out / "gbkg.ttl").resolve().unlink(),
    "unlinked": lambda out: (out / "gbkg.ttl").unlink(),
    "replaced by its copy": lambda out: replaced(out / "gbkg.ttl", (out / "gbkg.ttl").read_bytes()),
    "beside an older one": lambda out: (out / "gbkg.trig").write_bytes(b"of long ago"),
    "without a manifest": lambda out: (out / "SHA256SUMS").unlink(),
}


@pytest.mark.usefixtures("unlimited")
def test_nothing_is_made_when_all_is_as_it_was(quick: Path) -> None:
    first, kept = contents(quick), quick / ".gbkg"
    version = (kept / "current").readlink()
    assert stages(MINI, quick) == []
    assert (kept / "current").readlink() == version
    for how, harm in HARM.items():
        harm(quick)
        assert "writing gbkg.ttl" in stages(MINI, quick), how
        assert contents(quick) == first, how
        assert (quick / "gbkg.ttl").is_symlink(), how
    assert stages(MINI, quick) == []


def test_whatever_a_build_depends_on_is_looked_at(mini: Path, tmp_path: Path) -> None:
    out, documents = tmp_path / "out", shutil.copytree(MINI / "documents", tmp_path / "documents")
    settings = replace(QUICK, documents=documents)
    others = [replace(settings, formats=()), replace(settings, documents=None), replace(settings, engine=None)]
    for other in (*others, settings):
        assert stages(mini, out, other) != [], other
    (documents / "stranger.txt").write_text("of no source")
    assert stages(mini, out, settings) != []
    assert stages(mini, out, settings) == []
    (mini / "data" / "claims" / "empty").mkdir()  # no file, and told of all the same
    with pytest.raises(ValidationError):
        stages(mini, out, settings)


def test_warnings_of_a_build_are_told_again_with_its_figures(mini: Path, tmp_path: Path) -> None:
    (mini / "data" / "expected.toml").unlink()
    first, again = (build.run(Project(mini), tmp_path / "out", QUICK) for _ in range(2))
    assert again == first
    assert "no count is bounded" in "".join(again.warnings)


# ---- Turtle that speaks of what tables have

SKOS_NOTE = "<http://www.w3.org/2004/02/skos/core#note>"
TRIPLES = "<https://w3id.org/gbkg/dataset> <http://rdfs.org/ns/void#triples> 5 ."
NOTE = f"<https://w3id.org/gbkg/dataset> {SKOS_NOTE} -0 ."
MORE = {
    "a node of two files": ("data/curation.ttl", TRIPLES, "data/dataset.ttl", NOTE),
    "a claim joined to another source": (
        "data/dataset.ttl",
        NOTE,
        "data/curation.ttl",
        "clm:gazette.tasters prov:wasDerivedFrom <https://w3id.org/gbkg/passage/almanac.61-79> .",
    ),
    "a word on an entity": ("data/dataset.ttl", NOTE, "data/curation.ttl", f"id:tea-harbour {SKOS_NOTE} 'a port' ."),
}


def found(project: Path, out: Path) -> tuple[list[str], dict[str, bytes]]:
    """The findings of a build, and what it wrote."""
    try:
        build.run(Project(project), out)
    except ValidationError as error:
        return sorted(map(str, error.findings)), {}
    return [], contents(out)


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("case", MORE)
def test_turtle_about_nodes_of_tables_is_found_as_in_a_full_build(case: str, mini: Path, tmp_path: Path) -> None:
    first, one, second, other = MORE[case]
    for step, (file, text) in enumerate(((first, one), (second, other))):
        with (mini / file).open("a", encoding="utf-8") as written:
            written.write(f"\n{PREFIXES_OF.get(file, '')}{text}\n")
        assert found(mini, tmp_path / "out") == found(mini, tmp_path / f"fresh-{step}")


PREFIXES_OF = {
    "data/curation.ttl": "@prefix prov: <http://www.w3.org/ns/prov#> .\n@prefix clm: <https://w3id.org/gbkg/claim/> .\n"
    "@prefix id: <https://w3id.org/gbkg/id/> .\n"
}


def test_a_passage_described_among_the_sources_is_a_fault(mini: Path, tmp_path: Path) -> None:
    with (mini / "data" / "sources.ttl").open("a", encoding="utf-8") as written:
        written.write("\n<https://w3id.org/gbkg/passage/gazette.1-2> a <https://w3id.org/gbkg/ontology#Passage> .\n")
    assert "passages and claims come from tables" in "".join(found(mini, tmp_path / "out")[0])


def test_an_empty_table_is_not_an_absent_one(mini: Path, tmp_path: Path) -> None:
    table = mini / "data" / "readings" / "almanac.tsv"
    table.unlink()
    assert "file is empty" not in "".join(found(mini, tmp_path / "out")[0])
    table.write_text("")
    assert "file is empty" in "".join(found(mini, tmp_path / "out")[0])


def test_a_folder_in_place_of_a_table_is_told(mini: Path, tmp_path: Path) -> None:
    table = mini / "data" / "claims" / "almanac.tsv"
    table.unlink()
    table.mkdir()
    with pytest.raises(ProjectError, match=r"data/claims/almanac\.tsv: cannot be read"):
        build.run(Project(mini), tmp_path / "out")


# ---- The cache


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("change", ["UPDATE entry SET text = replace(text, 'a', 'b')", "PRAGMA user_version = 99"])
def test_a_changed_cache_only_costs_time(change: str, mini: Path, mini_out: Path) -> None:
    before = contents(mini_out)
    with sqlite3.connect(mini_out / build.CACHE) as db:
        db.execute(change)
    db.close()
    build.run(Project(mini), mini_out)
    assert contents(mini_out) == before


def test_two_builds_at_once_are_kept_apart(mini: Path, mini_out: Path) -> None:
    # What cleans up beside a file on which another holds a lock must not make it lose that.
    from gbkg.store import outputs

    command = [sys.executable, "-m", "gbkg", "--project", str(mini), "build", "--out", str(mini_out)]
    with Cache(mini_out / build.CACHE), outputs.writing(mini_out) as new:
        for name in ("gbkg.nq", "report.json"):
            new.put(name, [b"{}"])
        ended = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert ended.returncode == 2
    assert "another build is writing there" in ended.stderr


def test_a_damaged_cache_only_costs_time(mini: Path, mini_out: Path) -> None:
    before = contents(mini_out)
    (mini_out / build.CACHE).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    build.run(Project(mini), mini_out)
    assert contents(mini_out) == before


def test_two_builds_do_not_write_to_one_folder(mini: Path, mini_out: Path) -> None:
    with Cache(mini_out / build.CACHE), pytest.raises(OutputError, match="another build is writing there"):
        build.run(Project(mini), mini_out)


def test_a_text_is_given_back_for_the_same_inputs_alone(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        cache.put("claims", "doc", "digest", "lines")
        cache.put("claims", "broken", "", "more lines")
        cache.commit()
    with Cache(tmp_path / "cache") as cache:
        assert cache.get("claims", "doc", "digest") == "lines"
        assert cache.get("claims", "doc", "other") is None
        assert cache.get("facts", "doc", "digest") is None
        assert cache.get("claims", "broken", "") is None


def test_a_text_replaces_the_former_one_of_its_name(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        for text in ("old", "new"):
            cache.put("claims", "doc", f"digest of {text}", text)
        cache.put("claims", "another", "digest", "text")
        assert list(cache.texts("claims")) == ["text", "new"]
        cache.keep("claims", ["doc"])
        assert list(cache.texts("claims")) == ["new"]
        assert cache.get("claims", "doc", "digest of old") is None


def test_a_summary_is_as_it_was_written(mini: Path) -> None:
    typed = build.read(Project(mini))
    library = sources.collect(mini / "documents", typed.sources)
    summary, texts = Maker(typed, library, None).shard("gazette")
    again = Summary.of_json(texts["summary"])
    assert again.json() == texts["summary"]
    assert (again.figures, again.findings, again.coverage) == (summary.figures, summary.findings, summary.coverage)


def test_what_was_not_committed_is_gone(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        cache.put("claims", "doc", "digest", "text")
    assert sqlite3.connect(tmp_path / "cache").execute("SELECT count(*) FROM entry").fetchone() == (0,)
