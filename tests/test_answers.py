"""Answers: rows, truth and triples; limits of time and rows; why there is nothing; frames."""

from __future__ import annotations

import builtins
import time
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from graphs import ID

from gbkg import build
from gbkg.ask import rows
from gbkg.ask.answers import Answer, Triples, Truth, run
from gbkg.ask.empty import explain as explain_empty
from gbkg.ask.rows import Row, proof_text, value
from gbkg.core.errors import GbkgError, NotCoveredError, ParseError, QueryLimitError
from gbkg.core.limits import Limits
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.evidence.proofs import ClaimEvidence, Derivation, Editorial, Inference, Proof, Quotation, Step
from gbkg.knowledge import KnowledgeGraph
from gbkg.store.memory import Memory

MINI = Project(Path(__file__).resolve().parent / "mini")
XSD = PREFIXES["xsd"]


@cache
def graph() -> KnowledgeGraph:
    return KnowledgeGraph(Memory.of(build.quads(MINI)), MINI)


def ask(text: str, *, timeout: float | None = None, limit: int | None = None) -> Any:
    return run(graph().store, text, limits=Limits(timeout), limit=limit, label=graph().label)


def literal(lexical: str, datatype: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(XSD + datatype))


def claim(slug: str) -> ClaimEvidence:
    quotation = Quotation(f"gazette.{slug}", "gazette", 3, 7, "words")
    return ClaimEvidence(f"gazette.{slug}", "accepted", "stated", "", (quotation,))


def step(*evidence: ClaimEvidence | Inference | Editorial) -> Step:
    node = ox.NamedNode("urn:x")
    return Step((node, node, node), evidence)


CITIES = "SELECT ?city ?name WHERE { ?city a gbkg:City ; rdfs:label ?name }"
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


# ---- rows


def test_rows_are_terms_by_column() -> None:
    answer = ask(CITIES)
    assert answer.columns == ("city", "name")
    assert answer.rows == ((ox.NamedNode(str(ID["tea-harbour"])), ox.Literal("Tea Harbour")),)
    assert (answer.complete, answer.limit, answer.proofs, len(answer)) == (True, None, None, 1)
    (row,) = answer
    assert row == answer[0] == dict(zip(answer.columns, answer.rows[0], strict=True))
    assert row["name"].value == "Tea Harbour"
    assert repr(row) == "Row(city='id:tea-harbour', name='Tea Harbour')"
    with pytest.raises(KeyError, match="the columns are city, name"):
        row["nam"]


def test_rows_that_the_engine_gave_equal_tuples_with_the_same_terms() -> None:
    rows = ask("SELECT ?x { ?x a gbkg:District } ORDER BY ?x").rows
    assert rows == tuple(rows) == tuple(iter(rows)) and hash(rows) == hash(tuple(rows))
    assert rows[:1] == (rows[0],) and len(rows) == 2 and rows != rows[:1]
    assert repr(rows) == repr(tuple(rows))


def test_an_answer_is_shown_short() -> None:
    many = Answer(("x", "xName", "n"), ((ox.NamedNode("urn:x"), ox.Literal("word " * 60), None),) * 1200, False, 1200)
    shown = repr(many)
    assert shown.startswith("Answer: 1,200 rows and more of x, xName, n\n  word word")
    assert len(shown.splitlines()) == 7 and all(len(line) <= 120 for line in shown.splitlines())
    assert repr(ask(CITIES)) == "Answer: 1 row of city, name\n  id:tea-harbour | Tea Harbour"


def test_texts_are_what_the_table_shows() -> None:
    rows = (
        (ox.NamedNode(str(ID["x"])), ox.Literal("X-town"), literal("--09", "gMonth")),
        (ox.NamedNode(str(ID["x"])), None, None),
    )
    assert Answer(("place", "placeName", "date"), rows).texts() == [
        {"place": "X-town", "date": "--09 (no year)"},
        {"place": "id:x", "date": ""},
    ]


def test_what_is_not_bound_is_none() -> None:
    answer = ask("SELECT ?x ?y { BIND(1 AS ?x) OPTIONAL { ?y a gbkg:Nothing } }")
    assert answer.rows == ((literal("1", "integer"), None),)
    assert answer.records() == [{"x": 1, "y": None}]
    assert repr(answer[0]) == "Row(x='1')"


def test_as_many_proofs_as_rows() -> None:
    with pytest.raises(ValueError, match="1 proofs for 0 rows"):
        Answer(("x",), (), proofs=(Proof((), 0),))


@pytest.mark.parametrize(
    ("term", "python"),
    [
        (None, None),
        (ox.NamedNode("urn:a"), "urn:a"),
        (ox.Literal("a", language="en"), "a"),
        (literal("12", "integer"), 12),
        (literal("1.50", "decimal"), Decimal("1.50")),
        (literal("1e3", "double"), 1000.0),
        (literal("true", "boolean"), True),
        (literal("0", "boolean"), False),
        (literal("2019-10-31", "date"), date(2019, 10, 31)),
        (literal("2019-10-31+08:00", "date"), "2019-10-31+08:00"),
        (literal("2019-10-31T01:02:03", "dateTime"), datetime(2019, 10, 31, 1, 2, 3)),
        (literal("2019-10", "gYearMonth"), "2019-10"),
        (literal("many", "integer"), "many"),
        (literal("many", "decimal"), "many"),
    ],
)
def test_terms_as_python_has_them(term: Any, python: Any) -> None:
    assert value(term) == python
    assert type(value(term)) is type(python)


# ---- truth and triples


def test_truth() -> None:
    assert ask("ASK { ?x a gbkg:City }") == Truth(True)
    assert not ask("ASK { ?x a gbkg:Nothing }")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_triples_are_in_order_and_can_be_read_back() -> None:
    answer = ask("CONSTRUCT WHERE { ?x a gbkg:City ; rdfs:label ?l }")
    assert isinstance(answer, Triples) and len(answer) == 2 and answer.complete
    expected = rdflib.Graph().parse(data=answer.ntriples(), format="nt")
    for text, form in ((answer.turtle(), "turtle"), (answer.jsonld(), "json-ld")):
        assert {*rdflib.Graph().parse(data=text, format=form)} == {*expected}
    assert [str(triple) for triple in answer] == [line.removesuffix(" .") for line in answer.ntriples().splitlines()]
    assert answer.turtle().splitlines()[:3] == [
        f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in ("gbkg", "id", "rdf")
    ]
    assert "id:tea-harbour a gbkg:City ;" in answer.turtle()


def test_blank_nodes_do_not_change_from_run_to_run() -> None:
    made = "CONSTRUCT { ?x rdfs:seeAlso [ rdfs:label ?l ] } WHERE { ?x a gbkg:District ; rdfs:label ?l }"
    first = ask(made)
    assert len(first) == 4
    assert {ask(made).ntriples() for _ in range(5)} == {first.ntriples()}
    assert {ask(made).turtle() for _ in range(5)} == {first.turtle()}


# ---- limits


def test_the_row_limit_is_said_and_never_passed_off_as_the_whole() -> None:
    everything = "SELECT * { ?s ?p ?o }"
    total = len(graph().store)
    for timeout in (None, 60.0):
        cut = ask(everything, limit=3, timeout=timeout)
        assert (len(cut), cut.complete, cut.limit) == (3, False, 3)
        assert len(ask(everything, limit=total, timeout=timeout)) == total
        assert ask(everything, limit=total, timeout=timeout).complete
        assert not ask(everything, limit=total - 1, timeout=timeout).complete
        assert len(ask(everything, timeout=timeout)) == total
    cut = ask("CONSTRUCT WHERE { ?s ?p ?o }", limit=2)
    assert (len(cut), cut.complete) == (2, False)


def test_time_is_up() -> None:
    start = time.perf_counter()
    with pytest.raises(QueryLimitError, match=r"time was up after 0\.2 s: .*nothing of its answer is shown"):
        ask(SLOW + " LIMIT 1", timeout=0.2)
    assert time.perf_counter() - start < 30


def test_errors_come_out_of_the_process() -> None:
    with pytest.raises(ParseError, match=r"^1:7: not SPARQL"):
        ask("SELECT", timeout=10)


def test_what_is_refused_is_refused_before_anything_runs() -> None:
    class Untouched:
        def query(self, _: str) -> None:
            raise AssertionError("was run")

    for text in ("INSERT DATA { id:a id:b id:c }", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"):
        with pytest.raises(NotCoveredError):
            run(Untouched(), text)  # type: ignore[arg-type]


def test_a_syntax_error_shows_the_line_with_a_caret() -> None:
    with pytest.raises(ParseError) as stop:
        ask("SELECT *\nWERE { ?s ?p ?o }")
    assert str(stop.value) == '2:1: not SPARQL: found "WERE", expected "WHERE" or "{" (did you mean WHERE?)'
    assert stop.value.__notes__ == ["WERE { ?s ?p ?o }\n^"]


# ---- why there is nothing


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "SELECT * { ?x a gbkg:City . ?x gbkg:partOf id:upper-red }",
            "nothing fits the pattern ?x gbkg:partOf id:upper-red; id:upper-red occurs nowhere in the graph,"
            " near are id:upper-reed",
        ),
        ("SELECT * { ?x gbkg:partof ?y }", "gbkg:partof is used nowhere, near are gbkg:partOf"),
        ("SELECT * { ?x a gbkg:Citty }", "gbkg:Citty occurs nowhere in the graph, near are gbkg:City"),
        ("SELECT * { ?x a gbkg:Park }", "near are gbkg:IndustrialPark"),
        ('SELECT * { ?x rdfs:label "Tea Harbour"@en }', 'the graph has "Tea Harbour"'),
        ('SELECT * { ?x rdfs:label "Tea Habour" }', 'near are "Tea Harbour"'),
        (
            "SELECT * { ?x a gbkg:City . ?x gbkg:operatedBy ?y }",
            "nothing fits ?x gbkg:operatedBy ?y (alone it has matches, but none together with what stands before it)",
        ),
        (
            "SELECT * { VALUES ?x { id:tea-harbour } ?x gbkg:operatedBy ?y }",
            "nothing fits ?x gbkg:operatedBy ?y with x = Tea Harbour (with other values it has matches)",
        ),
        (
            "SELECT * { VALUES ?x { id:tea-habour } ?x gbkg:partOf ?y }",
            "; id:tea-habour occurs nowhere in the graph, near are id:tea-harbour",
        ),
        (
            "SELECT * { VALUES ?x { id:tea-harbour id:reed-bank } VALUES ?z { UNDEF } ?x gbkg:operatedBy ?y }",
            "?y with x = Tea Harbour or Reed Bank (with other values",
        ),
        (
            "SELECT * { VALUES ?a { 3 } VALUES ?b { 2 } VALUES ?c { 1 } ?x a gbkg:City FILTER(?a < ?b) }",
            "nothing can be found with a = 3, b = 2: they exclude each other",
        ),
        (
            "SELECT * { VALUES ?a { 3 } ?x gbkg:partOf ?y BIND(1 AS ?n) FILTER(?n > ?a) }",
            "nothing passes FILTER ( ?n > ?a ) with a = 3",
        ),
        ("SELECT * { FILTER(?n > 3) ?x rdfs:label ?l BIND(1 AS ?n) }", "nothing passes FILTER ( ?n > "),
        ("SELECT * { ?x a gbkg:City FILTER(?x = id:tea-habour) }", "id:tea-habour occurs nowhere"),
        ("SELECT ?t (COUNT(?x) AS ?n) { ?x a ?t } GROUP BY ?t HAVING (COUNT(?x) > 100000)", "no group passes HAVING"),
        ("SELECT * { ?x a gbkg:City } OFFSET 5", "OFFSET 5 is beyond the last row"),
        ("SELECT * { ?x a gbkg:City } LIMIT 0", "LIMIT is 0"),
        ("SELECT * { ?x a gbkg:City { SELECT ?x { ?x gbkg:opratedBy ?y } } }", "in the sub-SELECT, nothing fits"),
        ("SELECT * { ?x a gbkg:City { ?x gbkg:foo/gbkg:partOf ?y } }", "gbkg:foo is used nowhere"),
        ("SELECT * { id:tea-harbour a gbkg:Province . ?s ?p ?o }", "the pattern id:tea-harbour rdf:type gbkg:Province"),
        ("SELECT * { ?x a gbkg:City MINUS { ?x rdfs:label ?l } }", "nothing fits MINUS { ?x rdfs:label ?l . }"),
    ],
)
def test_an_empty_answer_says_which_pattern_had_no_match(text: str, why: str) -> None:
    assert len(ask(text)) == 0
    assert why in (explain_empty(graph().store, text) or "")


def test_what_cannot_be_explained_is_not() -> None:
    for text in ("ASK {}", "not SPARQL", "CONSTRUCT WHERE { ?s gbkg:no ?o }", CITIES):
        assert explain_empty(graph().store, text) is None


# ---- frames and HTML

RULE = Inference("located", "a place of a place", (step(claim("a")), step(claim("b"), claim("c"))))
PROOF = Proof(
    (
        Derivation((step(claim("a")), step(RULE), step(Editorial("entities", "data/entities.tsv")))),
        Derivation((step(claim("a")),), ("absence was tested",)),
    ),
    5,
)


def test_a_proof_on_one_line() -> None:
    assert proof_text(PROOF) == (
        "gazette.a & located(gazette.a & (gazette.b or gazette.c)) & <data/entities.tsv>"
        " | gazette.a & “absence was tested” (+3)"
    )


def test_a_pandas_frame() -> None:
    pandas = pytest.importorskip("pandas")
    answer = Answer(("n", "proof"), ((literal("1", "integer"), None), (literal("2", "integer"), ox.Literal("x"))))
    frame = answer.to_pandas()
    assert list(frame["n"]) == [1, 2] and frame["proof"].tolist()[1] == "x"
    cited = Answer(answer.columns, answer.rows, proofs=(PROOF, PROOF)).to_pandas()
    assert list(cited.columns) == ["n", "proof", "_proof"]
    assert isinstance(Answer(("x",), ()).to_pandas(), pandas.DataFrame)


def test_a_polars_frame_loses_no_value_of_a_mixed_column() -> None:
    pytest.importorskip("polars")
    rows = (
        (literal("1", "integer"), literal("1", "integer"), literal("2019-01-02", "date")),
        (literal("2.5", "decimal"), ox.Literal("x"), None),
    )
    frame = Answer(("number", "mixed", "day"), rows, proofs=(PROOF, PROOF)).to_polars()
    assert frame["number"].to_list() == [Decimal(1), Decimal("2.5")]
    assert frame["mixed"].to_list() == ["1", "x"]
    assert frame["day"].to_list() == [date(2019, 1, 2), None]
    assert frame["proof"].to_list() == [proof_text(PROOF)] * 2


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_package_that_is_not_installed_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(GbkgError, match=rf"{package} is not installed \(pip install {package}\)"):
        getattr(ask(CITIES), f"to_{package}")()


def test_jupyter_shows_labels_and_escapes_everything() -> None:
    html = ask(CITIES)._repr_html_()
    assert '<td title="https://w3id.org/gbkg/id/tea-harbour">Tea Harbour</td>' in html
    assert "1 row</p>" in html
    nasty = Answer(("<b>",), ((ox.Literal("<script>&\"'"),),), False, 1, (PROOF,))._repr_html_()
    assert "<script>" not in nasty and "<b>" not in nasty
    assert "the first 1 row; there are more" in nasty
    assert "“words”, characters 3–7.  (gazette.a)" in nasty
    many = Answer(("x",), ((ox.Literal("x"),),) * 201)._repr_html_()
    assert many.count("<tr>") == 201 and "201 rows, 200 of them shown" in many


def test_a_row_is_what_its_columns_say() -> None:
    assert dict(Row(("a",), (None,))) == {"a": None}
    assert rows.plain_label(ox.BlankNode("b")) == "_:b"
