"""Saved queries: their comment lines, their parameters, their descriptions, and files that are none."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, SDO, SH, SKOS, BNode, Literal, URIRef

from gbkg import build
from gbkg.ask import descriptions, headers, queries
from gbkg.ask.catalogue import example
from gbkg.ask.resolve import value
from gbkg.ask.saved import Parameter, SavedQuery
from gbkg.core.errors import GbkgError, NotFoundError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.rdflibterms import new_graph
from gbkg.knowledge import KnowledgeGraph
from gbkg.sparql.guard import check
from gbkg.store.memory import Memory

Run = Callable[..., CompletedProcess[str]]

ROOT = Path(__file__).resolve().parents[1]
MINI = Project(ROOT / "tests" / "mini")

PLACES = """\
#+ summary: What lies in a place
#+ description: Which things lie in a place, and since when?
#+ tags: [places, multi-hop]
#+ params:
#+   place: {type: gbkg:Place, description: The place}
#+   since: {type: date, description: No earlier than this}
#+ defaults:
#+   - place: id:tea-harbour
#+ enumerate:
#+   - place: [id:tea-harbour, id:lantern-quarter]
SELECT ?thing ?place WHERE {
  VALUES ?place { id:tea-harbour }
  VALUES ?since { UNDEF }
  ?thing gbkg:partOf ?place . # VALUES ?place { nothing }
}
ORDER BY ?thing
"""


@cache
def graph() -> KnowledgeGraph:
    return KnowledgeGraph(Memory.of(build.quads(MINI)), MINI)


def saved(text: str) -> SavedQuery:
    return queries.parse(text, Path("places.rq"), "queries/places.rq")


def with_type(kind: str) -> SavedQuery:
    """A query that gives its parameter back."""
    head = f"#+ summary: Echo\n#+ params:\n#+   it: {{type: {kind}}}\n"
    return saved(head + "SELECT ?it WHERE { VALUES ?it { UNDEF } }")


def echoed(kind: str, *values: str) -> list[ox.NamedNode | ox.Literal]:
    text = queries.bind(with_type(kind), {"it": list(values)}, graph().labels)
    return [row[0] for row in graph().store.query(text)]


# ---- the comment lines


def test_the_comment_lines_describe_the_query() -> None:
    query = saved(PLACES)
    assert (query.name, query.summary, query.tags) == ("places", "What lies in a place", ("places", "multi-hop"))
    assert query.description == "Which things lie in a place, and since when?"
    choices = ("id:tea-harbour", "id:lantern-quarter")
    assert query.parameters == (
        Parameter("place", "gbkg:Place", "The place", ("id:tea-harbour",), choices),
        Parameter("since", "date", "No earlier than this"),
    )
    assert (query.form, query.empty, query.text) == ("SELECT", False, PLACES)


def test_a_date_a_number_and_a_word_like_no_stay_the_text_that_they_are() -> None:
    text = "#+ summary: no\n#+ tags: [2019-10-01, 1.50, no]\n#+ empty: true\nASK {}"
    query = saved(text)
    assert (query.summary, query.tags, query.empty, query.form) == ("no", ("2019-10-01", "1.50", "no"), True, "ASK")


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (("#+ tags: [places, multi-hop]", "#+ tags: [places"), (4, 10), "not YAML"),
        (("#+ tags:", "#+ tag:"), (3, 4), "unknown key 'tag' (did you mean tags?)"),
        (("#+ summary: What lies in a place", "#+ tags: []"), (3, 4), "'tags' stands here a second time"),
        (("#+ summary: What lies in a place\n", ""), (1, None), "no summary"),
        (("{type: date,", "{type: day,"), (6, 6), "parameter since has type 'day'"),
        (("{type: date, ", "{"), (6, 6), "parameter since has no type"),
        (("{type: date,", "{type: date, kind: x,"), (6, 26), "unknown key 'kind'"),
        (("{type: gbkg:Place,", "{type: gbk:Place,"), (5, 6), "parameter place has type 'gbk:Place'"),
        (("VALUES ?since { UNDEF }", ""), (6, 6), "no VALUES block (write VALUES ?since { UNDEF } once)"),
        (("VALUES ?since { UNDEF }", "VALUES ?since { UNDEF } VALUES ?since { UNDEF }"), (6, 6), "2 VALUES blocks"),
        (("VALUES ?place { id:tea-harbour }", "VALUES ?place { UNDEF }"), (12, 18), "is not the default"),
        (("VALUES ?place { id:tea-harbour }", "VALUES ?place { id:reedland }"), (12, 18), "which is id:tea-harbour"),
        (("VALUES ?since { UNDEF }", 'VALUES ?since { "x" }'), (13, 18), "a parameter without a default has UNDEF"),
        (("#+   - place: id:tea-harbour", "#+   - palce: id:tea-harbour"), (8, 8), "'palce', which is not among"),
        (("#+   - place: id:tea-harbour", "#+     place: id:tea-harbour"), (8, 8), "defaults is not a list"),
        (("#+   - place: [", "#+   - plaec: ["), (10, 8), "'plaec'"),
        (("#+   since: {type: date, description: No earlier than this}", "#+   since: date"), (6, 13), "key: value"),
        (("#+ summary: What lies in a place", "#+ summary: [a]"), (1, 13), "expected a text"),
        (("#+ tags:", "#+ empty: perhaps\n#+ tags:"), (3, 11), "empty is 'perhaps' (true or false)"),
        (("#+ enumerate:", "#+   - since: 2019-13\n#+ enumerate:"), (6, 6), "default '2019-13' of since is not a date"),
    ],
)
def test_a_fault_in_a_saved_query_has_its_place(
    change: tuple[str, str], place: tuple[int, int | None], said: str
) -> None:
    assert change[0] in PLACES
    with pytest.raises(ParseError) as stop:
        saved(PLACES.replace(*change, 1))
    error = stop.value
    assert said in str(error)
    assert (error.file, error.line, error.column) == ("queries/places.rq", *place)


def test_a_text_that_is_not_even_tokens_names_the_file() -> None:
    with pytest.raises(ParseError, match=r"queries/places\.rq:14:31"):
        saved(PLACES.replace(" . #", " . ` #"))


def test_the_library_has_every_query_by_name(mini: Path) -> None:
    folder = mini / "queries"
    folder.mkdir(exist_ok=True)
    for name in ("b-two", "a-one"):
        (folder / f"{name}.rq").write_text(f"#+ summary: {name}\nASK {{}}", encoding="utf-8")
    library = queries.library(Project(mini))
    assert [name for name in library if name in ("a-one", "b-two")] == ["a-one", "b-two"]
    assert queries.find(Project(mini), "b-two").summary == "b-two"
    with pytest.raises(NotFoundError) as stop:
        queries.find(Project(mini), "a-on")
    assert "a-one" in stop.value.suggestions


def test_every_saved_query_of_the_project_can_be_read() -> None:
    library = queries.library(Project(SHIPPED))
    assert len(library) >= 40
    assert all(query.form and query.summary for query in library.values())
    for query in library.values():
        check(query.text)


def test_a_query_from_elsewhere_needs_no_comment_lines() -> None:
    query = queries.plain("#+ endpoint: http://example.org\nASK {}", Path("other.rq"), "other.rq")
    assert (query.name, query.parameters) == ("other", ())
    assert queries.plain(PLACES, Path("p.rq"), "p.rq").parameters


# ---- values for parameters


@pytest.mark.parametrize(
    "typed",
    [
        "tea-harbour",
        "id:tea-harbour",
        "https://w3id.org/gbkg/id/tea-harbour",
        "<https://w3id.org/gbkg/id/tea-harbour>",
        "Tea Harbour",
        "tea HARBOUR",
        "叶港",
    ],
)
def test_an_entity_is_found_by_any_of_its_names(typed: str) -> None:
    assert echoed("gbkg:Place", typed) == [ox.NamedNode("https://w3id.org/gbkg/id/tea-harbour")]


def test_a_concept_is_found_by_name_and_label() -> None:
    tasters = ox.NamedNode(PREFIXES["gbkg"] + "teaTasters")
    assert echoed("gbkg:Indicator", "teaTasters") == [tasters]
    assert echoed("gbkg:Indicator", "gbkg:teaTasters") == [tasters]
    assert echoed("gbkg:Indicator", graph().label(tasters)) == [tasters]


def test_an_entity_of_another_class_is_refused_and_named() -> None:
    with pytest.raises(NotFoundError) as stop:
        echoed("gbkg:Organization", "tea-harbour")
    assert "no organization is called 'tea-harbour'" in str(stop.value)
    assert "id:tea-harbour is a city" in str(stop.value)
    assert {found.rpartition("(")[2] for found in stop.value.suggestions} <= {
        "id:tea-harbour-university, university)",
        "id:harbour-tea-association, association)",
    }


def test_near_names_are_of_the_class() -> None:
    with pytest.raises(NotFoundError) as stop:
        echoed("gbkg:Place", "Lantern Quater")
    assert stop.value.suggestions[0] == "Lantern Quarter (id:lantern-quarter, district)"
    with pytest.raises(NotFoundError, match=r"there are Kettle Works.* \(id:kettle-works, company\)"):
        echoed("gbkg:Company", "zzz")


@pytest.mark.parametrize("typed", ["lantern q", "Quarter", " lantern quarte "])
def test_a_part_of_a_name_is_taken_only_by_who_can_be_told(typed: str) -> None:
    heard: list[str] = []
    found = value(graph().labels, "place", "gbkg:Place", typed, heard.append)
    assert found == ox.NamedNode(PREFIXES["id"] + "lantern-quarter")
    assert heard == [
        f"place {typed.strip()!r} is taken for Lantern Quarter (id:lantern-quarter, district): "
        "part of 'Lantern Quarter'"
    ]
    with pytest.raises(NotFoundError):
        value(graph().labels, "place", "gbkg:Place", typed)


def test_a_part_that_several_have_is_not_taken_and_an_exact_name_without_a_word() -> None:
    with pytest.raises(NotFoundError, match="did you mean Lantern"):
        value(graph().labels, "place", "gbkg:Place", "lantern", pytest.fail)
    assert value(graph().labels, "place", "gbkg:Place", "Tea Harbour", pytest.fail)


def test_an_unknown_class_has_near_ones() -> None:
    with pytest.raises(NotFoundError, match="did you mean gbkg:Company"):
        echoed("gbkg:Compny", "kettle-works")


@pytest.mark.parametrize(
    ("typed", "datatype"),
    [
        ("2019", "gYear"),
        ("2019-10", "gYearMonth"),
        ("2020-02-29", "date"),
        ("--09", "gMonth"),
        ("--02-29", "gMonthDay"),
    ],
)
def test_a_date_is_as_exact_as_it_is_typed(typed: str, datatype: str) -> None:
    assert echoed("date", typed) == [ox.Literal(typed, datatype=ox.NamedNode(PREFIXES["xsd"] + datatype))]


@pytest.mark.parametrize(
    "typed", ["2019-13", "2019-02-29", "--13", "19", "yesterday", "", "2019-1", "２０１９", "2019\n"]
)
def test_what_is_no_date_is_refused_with_what_is(typed: str) -> None:
    if typed.strip() == "2019":
        assert echoed("date", typed)
        return
    with pytest.raises(GbkgError, match="expected a date such as 2019, 2019-10, 2019-10-31"):
        echoed("date", typed)


@pytest.mark.parametrize(("typed", "datatype"), [("300", "integer"), ("-5", "integer"), ("2.5", "decimal")])
def test_a_number_is_an_integer_or_a_decimal(typed: str, datatype: str) -> None:
    (found,) = echoed("number", typed)
    assert found == ox.Literal(typed, datatype=ox.NamedNode(PREFIXES["xsd"] + datatype))


@pytest.mark.parametrize("typed", ["1,000", "1e3", "many", "", "1 OR 1"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(GbkgError, match=r"it is .*, expected a number such as 300"):
        echoed("number", typed)


@pytest.mark.parametrize(
    ("typed", "value"), [("007", "7"), ("+5", "5"), ("-0", "0"), ("-012", "-12"), ("9" * 5000,) * 2]
)
def test_an_integer_has_neither_plus_nor_leading_zeros_and_any_length(typed: str, value: str) -> None:
    assert headers.literal("number", typed).value == value


@pytest.mark.parametrize("typed", ["://", "1://x", "http://[", "<http://[>", "id:["])
def test_what_is_no_iri_is_no_entity(typed: str) -> None:
    with pytest.raises(NotFoundError):
        echoed("gbkg:Place", typed)
    assert headers.literal_or_iri("gbkg:Place", typed) is None or typed == "<http://[>"


def test_several_values_make_several_rows() -> None:
    assert [term.value for term in echoed("number", "1", "2", "1")] == ["1", "2"]


def test_only_the_block_is_replaced_and_without_values_nothing_is() -> None:
    query = saved(PLACES)
    assert queries.bind(query, {}, graph().labels) == PLACES
    bound = queries.bind(query, {"place": "lantern-quarter", "since": "2019"}, graph().labels)
    data = "<https://w3id.org/gbkg/id/lantern-quarter>"
    year = '"2019"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    assert bound == PLACES.replace("?place { id:tea-harbour }", f"?place {{ {data} }}").replace("UNDEF", year)


def test_a_parameter_that_the_query_does_not_have() -> None:
    with pytest.raises(NotFoundError) as stop:
        queries.bind(saved(PLACES), {"palce": "x"}, graph().labels)
    assert stop.value.suggestions == ("place",)
    assert "place (gbkg:Place)" in str(stop.value) and "since (date)" in str(stop.value)
    with pytest.raises(NotFoundError, match="the query has none"):
        queries.bind(saved("#+ summary: s\nASK {}"), {"x": "y"}, graph().labels)


def test_a_value_that_is_no_choice() -> None:
    with pytest.raises(NotFoundError, match="there are id:tea-harbour, id:lantern-quarter"):
        queries.bind(saved(PLACES), {"place": "reedland"}, graph().labels)


def test_an_empty_list_of_values_is_refused() -> None:
    with pytest.raises(GbkgError, match="no value for place"):
        queries.bind(saved(PLACES), {"place": []}, graph().labels)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
@settings(max_examples=300)
def test_any_text_goes_through_a_parameter_unchanged(typed: str) -> None:
    assert echoed("text", typed) == [ox.Literal(typed)]


@pytest.mark.parametrize(
    "typed", ['" } } #', "\\", '\\"', "'''", '"""', "} SERVICE <http://x> {", "a\nb\r\tc", "?x", "\\u0022"]
)
def test_texts_that_try_to_get_out_of_their_string(typed: str) -> None:
    assert echoed("text", typed) == [ox.Literal(typed)]


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(GbkgError, match="not UTF-8"):
        echoed("text", "\udcff")


def test_examples_are_members_of_the_class() -> None:
    assert example(with_type("gbkg:City"), graph()) == {"it": "id:tea-harbour"}
    assert example(with_type("gbkg:Nothing"), graph()) == {}
    assert example(with_type("date"), graph()) == {"it": "2019-10"}


def test_examples_come_from_the_answer_and_differ() -> None:
    head = "#+ summary: s\n#+ params:\n#+   a: {type: gbkg:Place}\n#+   b: {type: gbkg:Place}\n"
    two = saved(head + "SELECT ?a ?b { VALUES ?a { UNDEF } VALUES ?b { UNDEF } ?a gbkg:partOf ?b } ORDER BY ?a ?b")
    found = example(two, graph())
    assert found["a"] != found["b"]
    assert list(graph().store.query(queries.bind(two, found, graph().labels)))
    none = saved(head + "SELECT ?a { VALUES ?a { UNDEF } VALUES ?b { UNDEF } ?a gbkg:partOf ?a }")
    assert set(example(none, graph())) == {"a", "b"}


# ---- as RDF


def test_a_caution_is_read_and_described() -> None:
    query = saved(PLACES.replace("#+ tags:", "#+ caution: Not all places are here.\n#+ tags:"))
    assert query.caution == "Not all places are here." and saved(PLACES).caution == ""
    node = URIRef("https://w3id.org/gbkg/query/places")
    said = Literal("Not all places are here.", lang="en")
    assert list(new_graph(descriptions.describe([query])).objects(node, SKOS.scopeNote)) == [said]
    assert not list(new_graph(descriptions.describe([saved(PLACES)])).objects(node, SKOS.scopeNote))


def test_queries_are_described_as_sib_describes_its_examples() -> None:
    described = new_graph(descriptions.describe([saved(PLACES)]))
    node = URIRef("https://w3id.org/gbkg/query/places")
    assert {*described.objects(node, RDF.type)} == {SH.SPARQLExecutable, SH.SPARQLSelectExecutable}
    assert described.value(node, SH.select) == Literal(PLACES)
    assert described.value(node, RDFS.comment) == Literal("What lies in a place", lang="en")
    assert {str(tag) for tag in described.objects(node, SDO.keywords)} == {"places", "multi-hop"}
    place = URIRef(f"{node}/place")
    assert {*described.objects(node, SH.parameter)} == {place, URIRef(f"{node}/since")}
    assert described.value(place, SH["class"]) == URIRef(PREFIXES["gbkg"] + "Place")
    assert described.value(place, SH.defaultValue) == URIRef(PREFIXES["id"] + "tea-harbour")
    choices = described.collection(described.value(place, SH["in"]))
    assert [str(choice) for choice in choices] == [PREFIXES["id"] + "tea-harbour", PREFIXES["id"] + "lantern-quarter"]
    assert not any(isinstance(term, BNode) for triple in described for term in triple)


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        ("ASK {}", SH.SPARQLAskExecutable, SH.ask),
        ("CONSTRUCT WHERE {?s ?p ?o}", SH.SPARQLConstructExecutable, SH.construct),
        ("DESCRIBE id:x", None, URIRef("https://purl.expasy.org/sparql-examples/ontology#describe")),
    ],
)
def test_every_form_has_its_property(text: str, kind: URIRef | None, path: URIRef) -> None:
    whole = f"#+ summary: s\n{text}"
    described = new_graph(descriptions.describe([saved(whole)]))
    node = URIRef("https://w3id.org/gbkg/query/places")
    assert {*described.objects(node, RDF.type)} == {SH.SPARQLExecutable} | ({kind} if kind else set())
    assert described.value(node, path) == Literal(whole)


def test_the_descriptions_of_the_project_have_no_blank_nodes() -> None:
    described = new_graph(descriptions.describe(queries.library(Project(SHIPPED)).values()))
    assert len({*described.subjects(RDF.type, SH.SPARQLExecutable)}) == len(queries.library(Project(SHIPPED)))
    assert not any(isinstance(term, BNode) for triple in described for term in triple)


# ---- Each file is judged by itself


def spoilt(mini: Path) -> list[str]:
    """Four files that are no saved queries; the faults of each, as a build and `gbkg queries` tell them."""
    for name, text in (
        ("bad-key", "#+ summary: One\n#+ sumary: Two\nSELECT ?s { ?s ?p ?o }\n"),
        ("bad-text", "#+ summary: One\nSELECT ?s { ?s ?p }\n"),
        ("bad-service", "#+ summary: One\nASK { SERVICE <urn:x> { ?s ?p ?o } }\n"),
        ("bad-bytes", None),
    ):
        path = mini / "queries" / f"{name}.rq"
        path.write_bytes(b"#+ summary: \xff\n") if text is None else path.write_text(text, encoding="utf-8")
    return [
        "queries/bad-bytes.rq:1:13: not UTF-8: byte 0xff",
        "queries/bad-key.rq:2:4: unknown key 'sumary'",
        "queries/bad-service.rq:2:7: a query may not use SERVICE",
        "queries/bad-text.rq:2:19: not SPARQL",
    ]


def test_a_build_tells_every_query_that_is_none(mini: Path, tmp_path: Path, run_here: Run) -> None:
    faults = spoilt(mini)
    ended = run_here("--project", mini, "build", "--out", tmp_path / "out")
    assert ended.returncode == 1
    said = [line for line in ended.stderr.splitlines() if "queries/" in line]
    assert len(said) == len(faults)
    for line, fault in zip(said, faults, strict=True):
        assert line.startswith(f"violation: {fault}")


def test_a_bad_query_leaves_the_others_as_they_are(mini: Path, run_here: Run) -> None:
    assert run_here("build", cwd=mini).returncode == 0
    faults = spoilt(mini)
    listed = run_here("queries", cwd=mini)
    assert listed.returncode == 1
    for fault in faults:
        assert f"{fault[8:].partition('.rq')[0]}  cannot be used: {fault}" in listed.stdout
    assert "founders  " in listed.stdout
    assert run_here("query", "founders", cwd=mini).returncode == 0
    explained = run_here("queries", "bad-text", cwd=mini)
    assert (explained.returncode, explained.stdout) == (2, "")
    assert faults[3] in explained.stderr
