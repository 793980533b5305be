"""The results of `KnowledgeGraph`: each has words, HTML and JSON, and says what was understood."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI, Run

import gbkg
from gbkg.core.terms import term
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph

ROOT = Path(__file__).resolve().parents[1]
RESULTS: dict[str, Callable[[KnowledgeGraph], Any]] = {
    "answer": lambda kg: kg.ask_saved("founders"),
    "truth": lambda kg: kg.query("ASK { ?s gbkg:foundedBy ?o }"),
    "triples": lambda kg: kg.query("CONSTRUCT WHERE { id:tea-harbour gbkg:partOf ?o }"),
    "search": lambda kg: kg.search("tea"),
    "candidates": lambda kg: kg.find("lantern"),
    "entity": lambda kg: kg.show("Tea Harbour"),
    "why": lambda kg: kg.why("Lantern Yard", "located in", "Tea Harbour"),
    "citation": lambda kg: kg.citation("gazette.harbour-in-upper-reed"),
    "claim": lambda kg: kg.claim("gazette.harbour-in-upper-reed"),
    "passage": lambda kg: kg.passage("gazette.177-228"),
    "neighbours": lambda kg: kg.neighbours("Tea Harbour"),
    "paths": lambda kg: kg.path("Lantern Yard", "Upper Reed"),
    "network": lambda kg: kg.network(),
    "disputes": lambda kg: kg.disputes(),
    "coverage": lambda kg: kg.coverage(),
    "document": lambda kg: kg.document("gazette"),
    "sources": lambda kg: kg.sources(),
    "schema": lambda kg: kg.schema(),
    "export": lambda kg: kg.export("turtle"),
}


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.mark.parametrize("kind", RESULTS)
def test_every_result_has_words_html_and_json_of_its_kind(kg: KnowledgeGraph, kind: str) -> None:
    found = RESULTS[kind](kg)
    made = json.loads(json.dumps(found.to_dict()))
    assert (made["schema"], made["kind"], made["remarks"]) == ("gbkg/1", kind, list(found.remarks))
    assert found.text().strip() and str(found) == found.text()
    assert all(line == line.rstrip() for line in found.text().split("\n"))
    assert found._repr_html_().startswith("<")
    with pytest.raises((AttributeError, TypeError)):
        found.remarks = ()


def test_the_interface_is_exported(kg: KnowledgeGraph) -> None:
    assert isinstance(kg, gbkg.KnowledgeGraph) and gbkg.KnowledgeGraph is KnowledgeGraph
    with pytest.raises(AttributeError):
        _ = gbkg.Knowledge


def test_every_question_has_a_line_of_help_and_an_example() -> None:
    names = "query ask_saved saved search find show why path neighbours network disputes coverage export sources schema"
    for name in names.split():
        said = inspect.getdoc(getattr(KnowledgeGraph, name)) or ""
        assert said.split("\n")[0].endswith(".") and ">>> " in said, name


def test_every_kind_stands_in_the_documentation() -> None:
    page = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    assert all(f"| `{kind}` |" in page for kind in RESULTS)


def test_html_has_what_a_document_says_as_text(kg: KnowledgeGraph) -> None:
    found = kg.find("<b>tea</b> harbour")
    assert "<b>" not in found._repr_html_()


def test_what_a_name_was_taken_for_is_said(kg: KnowledgeGraph) -> None:
    taken = "'the leaf circle' is taken for Harbour Tea Association (id:harbour-tea-association, association)"
    for found in (
        kg.show("the leaf circle"),
        kg.why("the leaf circle", "founded on", "2016-03-12"),
        kg.neighbours("the leaf circle"),
        kg.path("the leaf circle", "tea-harbour"),
        kg.disputes("the leaf circle"),
    ):
        assert any(said.startswith(taken) for said in found.remarks)
        assert found.to_dict()["remarks"] == list(found.remarks)
    assert kg.show("Tea Harbour").remarks == ()


def test_a_value_of_a_saved_query_may_be_part_of_a_name(kg: KnowledgeGraph) -> None:
    found = kg.ask_saved("founders", {"alliance": "delta tea"})
    assert len(found.rows) == 2 and found.remarks[0].startswith("alliance 'delta tea' is taken for Delta Tea Alliance")  # type: ignore[union-attr]


def test_why_takes_names_or_terms_and_not_both(kg: KnowledgeGraph) -> None:
    terms = term("id:tea-harbour"), term("gbkg:partOf"), term("id:upper-reed")
    assert kg.why(*terms).found == kg.why("tea-harbour", "gbkg:partOf", "Upper Reed").found
    with pytest.raises(gbkg.GbkgError, match="three names, or of three terms"):
        kg.why("tea-harbour", term("gbkg:partOf"), "Upper Reed")
    absent = kg.why("Upper Reed", "part of", "tea-harbour")
    assert not absent.holds and absent.to_dict()["holds"] is False and str(absent).startswith("does not hold: ")


def test_search_ranks_entities_passages_and_queries_together(kg: KnowledgeGraph) -> None:
    found = kg.search("founders of alliance")
    assert found.hits[0].kind == "query" and found.hits[0].id == "founders"
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)
    (first, *_) = kg.search("tea houses", kinds=["passage"]).hits
    assert first.id.startswith("psg:gazette.") and "tea houses" in first.text
    assert kg.search("叶港", kinds=["entity"]).hits[0].id == "id:tea-harbour"
    assert kg.search("").hits == () and kg.search('") } #').hits == ()
    with pytest.raises(gbkg.GbkgError, match="there are entity, passage, query"):
        kg.search("tea", kinds=["page"])


def test_the_schema_counts_what_occurs(kg: KnowledgeGraph) -> None:
    found = kg.schema()
    stated = sum(1 for _ in kg.store.quads(None, None, None, term("graph:facts")))
    assert sum(one.count for one in found.properties) == stated
    statistics = sum(1 for _ in kg.store.quads(None, term("gbkg:indicator")))
    assert sum(one.count for one in found.indicators) == statistics > 0
    assert {one.id for one in found.classes} >= {"gbkg:City", "gbkg:Company"}


def test_sources_have_their_digest_and_counts(kg: KnowledgeGraph) -> None:
    gazette = next(one for one in kg.sources().sources if one.id == "gazette")
    assert len(gazette.sha256) == 64 and gazette.length > 0
    assert gazette.claims == sum(1 for _ in kg.store.quads(None, term("prov:hadPrimarySource"), term("src:gazette")))


def test_coverage_needs_a_build_that_had_the_documents(kg: KnowledgeGraph, tmp_path: Path) -> None:
    assert set(kg.coverage().sources) == {"almanac", "gazette"}
    path = tmp_path / "graph.nq"
    path.write_bytes(ox.serialize(list(kg.quads()), format=ox.RdfFormat.N_QUADS) or b"")
    with pytest.raises(gbkg.GbkgError, match="gbkg build --sources DIR"):
        open_graph(MINI, path).coverage()


def test_an_export_is_saved_as_files_or_as_an_archive(kg: KnowledgeGraph, tmp_path: Path) -> None:
    kg.export("turtle").save(tmp_path / "x.ttl")
    kg.export("csv").save(tmp_path / "sheets")
    kg.export("csv").save(tmp_path / "sheets.zip")
    assert (tmp_path / "x.ttl").read_bytes() == kg.export("turtle").files["gbkg.ttl"]
    assert {path.name for path in (tmp_path / "sheets").iterdir()} == set(kg.export("csv").files)
    assert (tmp_path / "sheets.zip").read_bytes()[:2] == b"PK"


def test_a_query_is_ended_at_its_time_limit(kg: KnowledgeGraph) -> None:
    with pytest.raises(gbkg.QueryLimitError):
        kg.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.5)


@pytest.mark.parametrize(
    "command",
    [
        "show tea-harbour",
        "why tea-harbour partOf upper-reed",
        "disputes",
        "neighbours tea-harbour",
        "analyse",
        "search tea harbour --kind entity --limit 2",
        "sources",
        "schema",
    ],
)
def test_the_command_line_prints_the_record(command: str, run_here: Run, mini_build: Path) -> None:
    ended = run_here("--project", MINI, *command.split(), "--graph", mini_build / "gbkg.nq", "--format", "json")
    made = json.loads(ended.stdout)
    assert ended.returncode == 0 and made["schema"] == "gbkg/1" and made["kind"] in RESULTS
    assert all(said in ended.stderr for said in made["remarks"])


def test_what_the_graph_has_is_printed_as_it_is_told(kg: KnowledgeGraph, run_here: Run, mini_build: Path) -> None:
    for arguments, found in (
        (("search", "tea", "houses", "--limit", 3), kg.search("tea houses", limit=3)),
        (("search", "tea", "--kind", "query"), kg.search("tea", ["query"])),
        (("sources",), kg.sources()),
        (("schema",), kg.schema()),
    ):
        given = ("--project", MINI, *arguments, "--graph", mini_build / "gbkg.nq")
        assert run_here(*given).stdout == found.text()
        assert json.loads(run_here(*given, "--format", "json").stdout) == json.loads(json.dumps(found.to_dict()))
    ended = run_here("--project", MINI, "search", "tea", "--kind", "page", "--graph", mini_build / "gbkg.nq")
    assert ended.returncode == 2 and "there are entity, passage, query" in ended.stderr
