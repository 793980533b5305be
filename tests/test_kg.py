"""A graph opened, and asked from Python."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI
from pyoxigraph import NamedNode

import gbkg
from gbkg import build
from gbkg.ask import remarks
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.core import errors
from gbkg.core.errors import (
    AlteredError,
    GbkgError,
    NotCoveredError,
    NotFoundError,
    ParseError,
    ProjectError,
    QueryLimitError,
    ValidationError,
)
from gbkg.core.project import CORE, Project
from gbkg.core.terms import term
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph
from gbkg.store.memory import Memory

PARTS = "SELECT ?x ?y { ?x gbkg:partOf ?y } ORDER BY ?x ?y"
REMARK = "./build holds no build of this project as it is now: the graph was put together without validation"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.fixture(scope="module")
def real(real_build: Path) -> KnowledgeGraph:
    return gbkg.open(graph=real_build / "gbkg.nq")


@pytest.fixture
def world(mini: Path, mini_build: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the mini project as current folder, with a build of it."""
    shutil.copytree(mini_build, mini / "build")
    monkeypatch.chdir(mini)
    yield mini


def test_every_error_is_one_of_one_tree_and_can_be_caught_by_its_name() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 12
    for kind in kinds:
        assert issubclass(kind, gbkg.GbkgError) and kind.__name__.endswith("Error")
        assert getattr(gbkg, kind.__name__) is kind and kind.__name__ in str(errors.__doc__)


# ---- opening


def test_a_build_of_the_project_as_it_is_now_is_read(world: Path, kg: KnowledgeGraph) -> None:
    for found in (open_graph(), open_graph(world), gbkg.open(), gbkg.open(str(world))):
        assert found.remark == ""
        assert found.digest == kg.digest
        assert found.project.root == world


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["data/sources.ttl", "data/curation.ttl", "queries/founders.rq", "ontology/indicators.ttl"]
)
def test_a_changed_file_is_noticed_and_the_graph_put_together(world: Path, kg: KnowledgeGraph, name: str) -> None:
    append(world / name, "\n# nothing\n")
    found = open_graph()
    assert found.remark.startswith(REMARK)
    assert found.query(PARTS) == kg.query(PARTS)
    if not name.startswith("queries"):
        (unlike,) = set(found.store) - set(kg.store)  # it says from what it was made
        assert unlike.predicate.value.endswith("isBasedOn") and len(found.store) == len(kg.store)


def test_a_changed_claim_is_in_the_answer_although_the_build_is_old(world: Path) -> None:
    path = world / "data" / "claims" / "gazette.tsv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("reed-bank-in-harbour\t")), encoding="utf-8")
    found = open_graph()
    assert found.remark and "reed-bank" not in str(found.query(PARTS))


def test_a_new_file_and_one_that_is_gone(world: Path) -> None:
    (world / "data" / "more.tsv").write_text("x\n", encoding="utf-8")
    assert open_graph().remark
    (world / "data" / "more.tsv").unlink()
    assert not open_graph().remark
    (world / "queries" / "founders.rq").unlink()
    assert open_graph().remark


@pytest.mark.parametrize("report", ["", "{", "[]", '{"version": "x"}', "\xff", '{"version": "0", "inputs": "0"}', None])
def test_a_build_whose_report_is_not_as_it_was_written_is_refused(world: Path, report: str | None) -> None:
    path = world / "build" / "report.json"
    path.unlink()
    if report is not None:
        path.write_text(report, encoding="latin-1")
    with pytest.raises(AlteredError, match=r"report\.json: (missing|not what gbkg build wrote)"):
        open_graph()


def test_files_without_a_manifest_are_no_build(world: Path) -> None:
    shutil.rmtree(world / "build" / ".gbkg")
    (world / "build" / "SHA256SUMS").unlink()
    assert open_graph().remark.startswith(REMARK)


def test_the_build_of_another_project_is_not_taken(world: Path, real_build: Path) -> None:
    shutil.rmtree(world / "build")
    shutil.copytree(real_build, world / "build")
    assert open_graph().remark and len(open_graph().query(PARTS)) < 50  # type: ignore[arg-type]


def test_no_build_at_all(mini: Path, kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mini)
    found = open_graph()
    assert found.remark.startswith(REMARK) and "(gbkg build validates and keeps it)" in found.remark
    assert found.digest == kg.digest and len(found.store) == len(kg.store)


def test_a_file_of_quads_is_taken_as_it_is(mini: Path, tmp_path: Path) -> None:
    path = tmp_path / "small.nq"
    path.write_text("<urn:a> <urn:p> <urn:b> <urn:g> .\n", encoding="utf-8")
    found = gbkg.open(mini, path)
    assert (len(found.store), found.remark) == (1, f"{path} does not say what it was built from")
    assert len(found.query("SELECT ?x { ?x <urn:p> ?y }")) == 1  # type: ignore[arg-type]


def test_a_broken_file_of_quads(tmp_path: Path) -> None:
    path = tmp_path / "broken.nq"
    path.write_text("<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p\n", encoding="utf-8")
    with pytest.raises(ParseError, match=r"broken\.nq:2: not N-Quads") as fault:
        open_graph(MINI, path)
    assert "\n" not in str(fault.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"none\.nq: cannot be read"):
        open_graph(MINI, tmp_path / "none.nq")
    with pytest.raises(ProjectError, match="cannot be read"):
        open_graph(MINI, tmp_path)
    with pytest.raises(ProjectError, match="not a gbkg project"):
        open_graph(tmp_path)
    with pytest.raises(ProjectError, match="not a gbkg project"):
        gbkg.open(tmp_path / "nowhere")


def test_without_a_project_here_the_own_one_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.nq").write_text("<urn:a> <urn:p> <urn:b> <urn:g> .\n", encoding="utf-8")
    assert gbkg.open(graph="small.nq").project == Project.find()


def test_faulty_tables_do_not_conform(mini: Path) -> None:
    path = mini / "data" / "claims" / "gazette.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\tpartOf\t", "\tpartof\t"), encoding="utf-8")
    with pytest.raises(ValidationError) as stop:
        open_graph(mini)
    assert any(finding.file == "data/claims/gazette.tsv" for finding in stop.value.findings)


# ---- digest and names


def test_the_digest_does_not_depend_on_the_order(kg: KnowledgeGraph) -> None:
    quads = list(kg.store)
    for seed in range(3):
        random.Random(seed).shuffle(quads)
        assert KnowledgeGraph(Memory.of(quads), kg.project).digest == kg.digest
    assert KnowledgeGraph(Memory.of(quads[1:]), kg.project).digest != kg.digest
    assert len(kg.digest) == 64


def test_labels(kg: KnowledgeGraph) -> None:
    (row,) = kg.query("SELECT ?x ?y { VALUES (?x ?y) { (id:tea-harbour <urn:nobody>) } }").rows  # type: ignore[union-attr]
    assert [kg.label(term) for term in row] == ["Tea Harbour", "<urn:nobody>"]


# ---- asking


def test_a_saved_query_a_text_and_parameters(kg: KnowledgeGraph) -> None:
    founders = kg.query("founders")
    assert isinstance(founders, Answer)
    assert [row["founderName"].value for row in founders] == ["Harbour Tea Association", "Tea Harbour University"]
    one = kg.query("what-lies-in-a-place", {"place": "Lantern Quarter"})
    several = kg.query("what-lies-in-a-place", {"place": ["id:lantern-quarter", "Tea Harbour"]})
    assert [row["thingName"].value for row in one] == ["Lantern Yard"]  # type: ignore[union-attr]
    assert len(several) == 2  # type: ignore[arg-type]
    assert kg.query(PARTS).columns == ("x", "y")  # type: ignore[union-attr]
    core = {file.stem for file in (CORE / "queries").glob("*.rq")}
    assert core and set(kg.queries) == {"founders", "what-lies-in-a-place"} | core


def test_the_other_forms(kg: KnowledgeGraph) -> None:
    truth = kg.query("ASK { id:tea-harbour a gbkg:City }")
    assert isinstance(truth, Truth) and truth
    made = kg.query("CONSTRUCT { ?x rdfs:label ?y } WHERE { ?x a gbkg:City ; rdfs:label ?y }")
    assert isinstance(made, Triples) and "Tea Harbour" in made.ntriples()
    assert isinstance(kg.query("DESCRIBE id:tea-harbour"), Triples)


@pytest.mark.parametrize("form", ["ASK { ?x ?y ?z }", "CONSTRUCT WHERE { ?x ?y ?z }", "DESCRIBE id:tea-harbour"])
def test_only_select_is_cited(kg: KnowledgeGraph, form: str) -> None:
    with pytest.raises(NotCoveredError, match=f"{form.split()[0]} with citations is not covered"):
        kg.query(form, cite=True)


def test_unknown_names(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match=r"no saved query is called 'fonders'; did you mean founders, bounds\?"):
        kg.query("fonders")
    with pytest.raises(NotFoundError, match=r"no parameter is called 'aliance'; did you mean alliance\?"):
        kg.query("founders", {"aliance": "x"})
    with pytest.raises(NotFoundError, match="id:delta-tea-alliance"):
        kg.query("founders", {"alliance": "Delta Tea Aliance"})
    with pytest.raises(GbkgError, match="a text has no parameters"):
        kg.query(PARTS, {"x": "y"})


@pytest.mark.parametrize("text", [PARTS, "founders", "what-lies-in-a-place", "SELECT * { ?x gbkg:partOf ?y }"])
def test_with_and_without_citations_the_same_rows(kg: KnowledgeGraph, text: str) -> None:
    plain, cited = kg.query(text), kg.query(text, cite=True)
    assert isinstance(plain, Answer) and isinstance(cited, Answer)
    assert (cited.columns, list(cited.rows)) == (plain.columns, list(plain.rows))
    assert plain.proofs is None and cited.proofs is not None
    assert len(cited.proofs) == len(cited.rows) > 0
    assert all(proof.derivations for proof in cited.proofs)


def test_derivations_are_listed_up_to_a_number(kg: KnowledgeGraph) -> None:
    text = "SELECT DISTINCT ?t { ?x a ?t } ORDER BY ?t"
    for most in (1, 2, 5):
        cited = kg.query(text, cite=True, derivations=most)
        assert isinstance(cited, Answer) and cited.proofs
        assert max(len(proof.derivations) for proof in cited.proofs) == most
        assert all(proof.more == proof.total - len(proof.derivations) for proof in cited.proofs)


@pytest.mark.parametrize("cite", [False, True])
def test_the_limit_of_rows(kg: KnowledgeGraph, cite: bool) -> None:
    whole = list(kg.query(PARTS, cite=cite).rows)  # type: ignore[union-attr]
    for limit in (1, len(whole) - 1, len(whole), len(whole) + 1):
        found: Any = kg.query(PARTS, cite=cite, limit=limit)
        assert list(found.rows) == whole[:limit]
        assert (found.complete, found.limit) == (limit >= len(whole), limit)


@pytest.mark.parametrize("cite", [False, True])
def test_time_that_is_up(kg: KnowledgeGraph, cite: bool) -> None:
    with pytest.raises(QueryLimitError, match="time was up after"):
        kg.query(SLOW, cite=cite, timeout=0.05)
    assert len(kg.query(PARTS, cite=cite, timeout=30))  # type: ignore[arg-type]


BROKEN = [
    "SELECT * {",
    "SELECT ?x { ?x ?y ?z } LIMIT foo",
    "SELECT ?x { VALUES ?x {?y} }",
    'SELECT ?x { ?x ?y "\\uD800" }',
    "SELECT ?x { ?x <relative> ?y }",
    "SELECT ?x { ?x nobody:p ?y }",
    "SELECT ?y { ?x ?p ?y } GROUP BY ?x",
    "SELECT ?x { ?x ?y 'open }",
    "SELECT ?x { VALUES (?x ?y) { (1) } }",
    "SELECT ?x { ?x ?y ?z BIND(1 AS ?z) }",
    'SELECT ?x { ?x ?y "\\q" }',
    "SELECT ?x { ?x ?y ?z . § }",
    "BASE <relative> SELECT ?x { ?x <p> ?y }",
    "SELECT ?x { ?x ?y ?z } GROUP BY",
    "SELECT DISTINCT { ?x ?y ?z }",
    "SELECT ?x WHERE { ?x ?y } LIMIT 5",
    "PREFIX SELECT ?x { ?x ?y ?z }",
    "SELECT ?x { ?x ?y ?z } LIMIT -1",
    "SELECT ?x { ?x ?y ?z } LIMIT 1.5",
    "SELECT (SUM(COUNT(?x)) AS ?n) { ?x ?y ?z",
    "SELECT ?x { ?x ?y ?z FILTER }",
    "SELECT ?x { ?x ?y ?z FILTER(FOO(?x)) }",
    "SELECT ?x { _:a ?y ?x OPTIONAL { _:a ?y ?z } }",
    "\x00 SELECT",
    "SELECT ?x { ?x ?y \ud800 }",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_mistake_is_explained_alike_with_and_without_citations(kg: KnowledgeGraph, text: str) -> None:
    def told(cite: bool) -> tuple[Any, ...]:
        with pytest.raises(GbkgError) as stop:
            kg.query(text, cite=cite)
        error = stop.value
        return type(error), str(error), error.line, error.column, getattr(error, "__notes__", [])

    assert told(True) == told(False)
    kind, message, line, _, notes = told(True)
    assert kind is ParseError and "\n" not in message
    assert line is not None and notes and notes[0].splitlines()[-1].strip() == "^"


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "SELECT ?x FROM <urn:g> { ?x ?y ?z }",
        "SELECT ?x { SERVICE <urn:s> { ?x ?y ?z } }",
    ],
)
@pytest.mark.parametrize("cite", [False, True])
def test_only_reading_this_graph(kg: KnowledgeGraph, text: str, cite: bool) -> None:
    with pytest.raises(NotCoveredError) as stop:
        kg.query(text, cite=cite)
    assert stop.value.construct in ("INSERT", "FROM", "SERVICE") and stop.value.line == 1


@pytest.mark.parametrize("text", ["SELECT*{?x<urn:p>?y}", "SELECT\t*\t{?x\t?y\t?z}\tLIMIT\t1", "ASK{}"])
def test_a_text_without_blanks_is_a_text(kg: KnowledgeGraph, text: str) -> None:
    kg.query(text)
    if not text.startswith("ASK"):
        kg.query(text, cite=True)


def test_the_proof_of_one_triple(kg: KnowledgeGraph) -> None:
    (row,) = kg.query("SELECT ?x ?p ?y { VALUES (?x ?p ?y) { (id:reed-bank gbkg:partOf id:tea-harbour) } }").rows  # type: ignore[union-attr]
    step = kg.why(*row).found
    assert step.triple == tuple(row) and step.evidence  # type: ignore[union-attr]


@pytest.mark.parametrize("spelled", ["part of", "part-of", "part_of", "partOf", "gbkg:partOf"])
def test_words_of_a_property_may_be_joined(spelled: str, real: KnowledgeGraph) -> None:
    assert real.why("Huangpu District", spelled, "Guangzhou").holds


def test_the_own_project(real: KnowledgeGraph) -> None:
    assert real.remark == "" and len(real.queries) >= 40
    assert len(real.query("alliance-founders", cite=True)) > 0  # type: ignore[arg-type]


def test_a_build_is_byte_for_byte_the_graph_put_together(mini: Path, kg: KnowledgeGraph) -> None:
    assert KnowledgeGraph(Memory.of(build.quads(Project(mini))), Project(mini)).digest == kg.digest


def test_saved_queries_bring_their_caution_and_say_why_they_have_no_rows(real: KnowledgeGraph) -> None:
    (said,) = real.query("company-counts").remarks
    assert said.startswith("caution: The figures are not comparable side by side")
    assert real.query("company-counts").to_dict()["remarks"] == [said]
    (why,) = real.query("tenants", {"place": "Yuexiu District"}).remarks
    assert why.startswith("no rows: nothing fits ?place gbkg:hosts ?tenant")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda kg: kg.neighbours("Patek", 0), "hops is a whole number from 1, found 0"),
        (lambda kg: kg.neighbours("Patek", top=0), "top is a whole number from 1, found 0"),
        (lambda kg: kg.path("Patek", "Macau", -1), "k is a whole number from 1, found -1"),
        (lambda kg: kg.path("Patek", "Macau", 1.5), "k is a whole number from 1, found 1.5"),
        (lambda kg: kg.network(exact=True, samples=5), "exact measures take no samples"),
        (
            lambda kg: kg.query("SELECT * { ?s ?p ?o }", limit=0),
            "limit is a whole number from 1, found 0 (None means no",
        ),
        (
            lambda kg: kg.query("SELECT * { ?s ?p ?o }", timeout=0),
            "timeout is a number above 0, found 0 (None means no",
        ),
        (lambda kg: kg.query("SELECT * { ?s ?p ?o }", memory="1"), "memory is a number above 0, found '1'"),
        (lambda kg: kg.network(timeout=0), "timeout is a number above 0, found 0"),
        (lambda kg: kg.find(5), "name is text, found 5 (write it in quotes"),
        (lambda kg: kg.show(None), "name is text, found None"),
        (lambda kg: kg.query(5), "question is text, found 5"),
        (lambda kg: kg.ask_saved(5), "name is text, found 5"),
        (lambda kg: kg.ask_saved("alliance-founders", ["x"]), "parameters are values by name, found"),
        (lambda kg: kg.search(3), "words is text, found 3"),
        (lambda kg: kg.why(1, "part of", "Macau"), "a triple is of three names, or of three terms"),
        (lambda kg: kg.why(1, term("gbkg:partOf"), term("id:macau")), "a triple is of three names, or of three terms"),
        (lambda kg: kg.network(relations=5), "relations is text, found 5"),
        (lambda kg: kg.neighbours("Macau", as_of=2018), "as_of is text, found 2018"),
        (lambda kg: kg.disputes(kinds=[1]), "kinds is text, found 1"),
        (lambda kg: kg.export(5), "format is text, found 5"),
        (lambda _: gbkg.open(5), "project is a path, found 5"),
        (lambda kg: kg.network(samples=0), "samples is a whole number from 1, found 0"),
        (lambda kg: kg.query("tenants", limit=-1), "limit is a whole number from 1, found -1"),
        (lambda kg: kg.query("tenants", cite=True, derivations=0), "derivations is a whole number from 1, found 0"),
        (lambda kg: kg.why("patek", "located in", "macau", 0), "derivations is a whole number from 1, found 0"),
        (lambda kg: kg.search("patek", limit=-1), "limit is a whole number from 1, found -1"),
        (lambda kg: kg.find("located in", "propertie"), "no kind of node is called 'propertie'"),
    ],
)
def test_what_no_result_can_come_of_is_refused(
    call: Callable[[KnowledgeGraph], object], told: str, real: KnowledgeGraph
) -> None:
    with pytest.raises(GbkgError, match=re.escape(told)):
        call(real)


def test_one_word_may_stand_for_a_list_of_one(real: KnowledgeGraph) -> None:
    assert real.network(relations="founding") == real.network(relations=["founding"])
    assert real.search("patek", "entity") == real.search("patek", ["entity"])
    with pytest.raises(TypeError, match="not selected by kind; there are relations, kinds, inferred, as_of"):
        real.path("Patek", "Macau", kind=["place"])


def test_what_an_open_graph_remembers_is_bounded(mini_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gbkg.ask.opened.TEXTS", 2)
    monkeypatch.setattr("gbkg.ask.labels.KEPT", 2)
    monkeypatch.setattr(Memory, "scannable", False)
    worked_out: list[str] = []
    of_query = remarks.of_query
    monkeypatch.setattr(remarks, "of_query", lambda store, text: worked_out.append(text) or of_query(store, text))
    few = open_graph(MINI, mini_build / "gbkg.nq")
    for name, label in (
        ("tea-harbour", "Tea Harbour"),
        ("upper-reed", "Upper Reed"),
        ("leaf-ledger", "Leaf Ledger"),
    ) * 2:
        for _ in range(2):
            assert few.query(f"SELECT ?x {{ id:{name} gbkg:nothing ?x }}").remarks
            assert few.label(NamedNode(few.entity(name))) == label
    assert len(worked_out) == 6, "two are remembered, and a third query makes both forgotten"
