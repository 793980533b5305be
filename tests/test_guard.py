"""What a query may not do, and where and why the engine refuses a text."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from hypothesis import given, settings
from hypothesis import strategies as st

from gbkg.ask import queries
from gbkg.core.errors import NotCoveredError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.sparql import parse
from gbkg.sparql.guard import DEEPEST, LONGEST, REFUSED, check, explain, in_file

# ---- what is refused


@pytest.mark.parametrize("word", sorted(REFUSED))
def test_keywords_that_leave_the_graph_or_change_it_are_refused_by_name(word: str) -> None:
    for written in (word, word.lower(), word.title()):
        with pytest.raises(NotCoveredError) as stop:
            check(f"SELECT *\nWHERE {{ ?s ?p ?o }} {written} <http://example.org/>")
        assert (stop.value.construct, stop.value.line, stop.value.column) == (word, 2, 20)
        assert stop.value.__notes__[0].endswith("\n" + " " * 19 + "^")


def test_the_same_words_elsewhere_are_only_words() -> None:
    check(
        """# SERVICE LOAD FROM INSERT
        PREFIX service: <http://example.org/SERVICE#>
        SELECT ?from ?service ("SERVICE <x> {} FROM" AS ?load) WHERE {
          ?from service:INSERT <http://example.org/LOAD> ; rdfs:label 'DROP', "it's SERVICE", '''FROM''' .
        }"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?a ?b ?c FILTER(?a<'x>') SERVICE <http://127.0.0.1:9/> {?d ?e 'c'} }",
        "ASK { ?a ?b ?c FILTER(?a<?b#>'''\n) SERVICE <http://127.0.0.1:9/> {?d ?e ?f} \n#'''\n }",
        "ASK { ?a ?b ?c FILTER(?a<<http://x#>) SERVICE <http://127.0.0.1:9/> {?d ?e ?f} \n}",
    ],
)
def test_a_service_hidden_from_our_reading_but_not_from_the_engines_is_refused(text: str) -> None:
    # Each is SPARQL to the engine, which would call the address; the word stands in a string or comment to us.
    assert ox.Store().query(re.sub(r"SERVICE <[^>]*>", "OPTIONAL", text), prefixes=PREFIXES) is not None
    with pytest.raises((NotCoveredError, ParseError)):
        check(text)


def test_deep_nesting_is_refused_before_the_engine_dies_of_it() -> None:
    check("ASK " + "{" * DEEPEST + "}" * DEEPEST)
    for opening in "{(":
        with pytest.raises(NotCoveredError, match="nesting deeper than 200 brackets"):
            check("ASK { FILTER(" + opening * 3000)


def test_a_very_long_query_is_refused_but_long_data_are_not() -> None:
    rows = " ".join(f"(id:x{n} {n})" for n in range(LONGEST))
    check(f"SELECT * {{ VALUES (?x ?y) {{ {rows} }} VALUES ?z {{ {rows.replace('(', '').replace(')', '')} }} }}")
    with pytest.raises(NotCoveredError, match="more than 5,000"):
        check("ASK { FILTER(" + "!" * (LONGEST + 1) + "true) }")


# ---- where a text is not SPARQL


def fault(text: str) -> ParseError:
    with pytest.raises(SyntaxError) as stop:
        ox.Store().query(text, prefixes=PREFIXES)
    return explain(text, stop.value)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", (1, 1), "found the end, expected SELECT, ASK, CONSTRUCT or DESCRIBE"),
        ("SELEC * WHERE {?s ?p ?o}", (1, 1), 'found "SELEC"'),
        ("SELECT * WERE {?s ?p ?o}", (1, 10), 'found "WERE", expected "WHERE" or "{" (did you mean WHERE?)'),
        ("SELECT * WHERE {?s ?p }", (1, 23), 'found "}", expected a term'),
        ("SELECT * WHERE {?s ?p ?o\n\n", (1, 25), "found the end"),
        ("SELECT * {\n  ?s gbk:x ?o\n}", (2, 6), 'no prefix "gbk:" is known (did you mean gbkg:'),
        ("SELECT ?x {?s ?p ?o} ORDER ?x", (1, 28), 'expected "BY"'),
        ("SELECT ?x {?s ?p ?o} LIMT 3", (1, 22), "did you mean LIMIT?"),
        ("SELECT ?x {?s ?p ?o FILTR(?x)}", (1, 21), "did you mean FILTER?"),
        ("SELECT ?x {?s ?p ?o OPTINAL {?s ?p ?x}}", (1, 21), "did you mean OPTIONAL?"),
        ("SELECT ?s {?s ?p ?o} GROUP BY ?p", (1, 8), "?s is selected, but neither grouped nor aggregated"),
        ("SELECT (COUNT(?s)) {?s ?p ?o}", (1, 18), 'found ")", expected "AS"'),
        ("SELECT ?s {?s ?p 'abc}", (1, 18), "the string that begins here is not closed"),
        ("SELECT ?s {?s ?p ?o FILTER(STRLEN2(?s))}", (1, 28), "did you mean STRLEN?"),
        ("SELECT ?s {?s ?p ?o BIND(1 AS ?s)}", (1, 31), "?s is given a value here and has one already"),
        ("SELECT ?a (1 AS ?a) {?a ?b ?c}", (1, 17), "?a is given a value here"),
        ("SELECT * {} VALUES (?a ?b) {(1 2) (1)}", (1, 35), "a row of 1 value for 2 variables"),
        ("ASK {?s <http://a b> ?o}", (1, 9), "an IRI may have no space"),
        ("SELECT * {?s ?p ?o . OPTIONAL ?s ?p ?x}", (1, 31), 'found "?s", expected "{"'),
        ("SELECT * {?s ?p ?o FILTER NOT EXIST {?s ?p ?o}}", (1, 31), "did you mean EXISTS?"),
        ("SELECT * {?s ?p ?o FILTER(?s > )}", (1, 32), "expected an expression"),
        ("SELECT DISTINT ?s {?s ?p ?o}", (1, 8), "did you mean DISTINCT?"),
        ("SELECT * {<foo> ?p ?o}", (1, 11), "<foo> is not a full IRI"),
        ('SELECT * {?s ?p "a\\qb"}', (1, 19), "\\q is not an escape"),
        ("PREFIX foo <http://x> SELECT * {}", (1, 8), "expected a prefix with its colon"),
        ("SELECT * {?s ?p ?o} }", (1, 21), "or the end"),
        ("SELECT ?s, ?p {?s ?p ?o}", (1, 10), 'found ","'),
        ("SELECT ?s {?s ?p ?o {SELECT ?s {?s ?p ?o} GROUP BY ?p}}", (1, 29), "?s is selected, but neither grouped"),
        ("SELECT * { _:a ?p ?o . {_:a ?q ?r} }", None, "the engine refuses it here"),
    ],
)
def test_a_syntax_error_has_place_finding_and_expectation(text: str, place: tuple[int, int] | None, said: str) -> None:
    error = fault(text)
    assert said in str(error)
    if place is not None:
        assert (error.line, error.column) == place
    assert isinstance(error.line, int) and isinstance(error.column, int)
    shown, under = error.__notes__[0].split("\n")
    assert shown == (text.split("\n")[error.line - 1])
    assert under == " " * (error.column - 1) + "^"


def test_every_saved_query_follows_our_grammar_and_none_is_called_wrong() -> None:
    for query in queries.library(Project(SHIPPED)).values():
        parse.query(query.text)


GOOD = (
    "SELECT * { ?s (a|^gbkg:x/!(rdf:type|^rdfs:label))* ?o ; ?p [ a ?t ], ( 1 2.5 'x'@en ) . [] ?q () }",
    "SELECT (GROUP_CONCAT(DISTINCT ?x; SEPARATOR=', ') AS ?y) { ?s ?p ?x } GROUP BY ?s HAVING (COUNT(*) > 1)",
    "ASK { { ?s ?p ?o } UNION { ?s ?p ?q } MINUS { ?s a ?z } FILTER(?o NOT IN (1, -2) && !EXISTS { ?o ?p ?s }) }",
    "CONSTRUCT { ?s ?p ?o . ?o ?p ?s } WHERE { ?s ?p ?o } ORDER BY DESC(?s) ?o LIMIT 3 OFFSET 1",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE ?s id:x { ?s ?p 1e3 BIND(IF(?p = <urn:a>, 1, +2 * -3) AS ?z) } VALUES (?s ?t) { (id:a UNDEF) }",
    "BASE <http://a.org/> SELECT ?s { { SELECT ?s { ?s <p> ?o } LIMIT 2 } GRAPH ?g { ?s ?p ?o } } OFFSET 1 LIMIT 2",
    "SELECT ?s { ?s ?p ?o FILTER(xsd:integer(?o) <= 3 || regex(STR(?o), '^a', 'i')) FILTER REGEX(?o, 'x') ?s ?q ?r }",
)


@pytest.mark.parametrize("text", GOOD)
def test_the_grammar_finds_no_mistake_where_the_engine_finds_none(text: str) -> None:
    ox.Store().query(text, prefixes=PREFIXES)
    parse.query(text)


@given(
    st.sampled_from(GOOD), st.integers(0, 200), st.sampled_from(["}", "{", "WHER", "?x", ".", ")", "", "3", ";;", "'"])
)
@settings(max_examples=400)
def test_a_broken_text_always_gets_an_error_within_it(text: str, at: int, junk: str) -> None:
    broken = text[:at] + f" {junk} " + text[at + (junk == "") * 3 :]
    try:
        ox.Store().query(broken, prefixes=PREFIXES)
    except SyntaxError as error:
        made = explain(broken, error)
        assert isinstance(made.line, int) and isinstance(made.column, int)
        assert 1 <= made.column <= len(broken.split("\n")[made.line - 1]) + 1
        return
    parse.query(broken)


def test_a_mistake_in_a_text_that_mentions_service_is_still_a_mistake() -> None:
    with pytest.raises(ParseError, match="expected a term"):
        check("# no SERVICE here\nSELECT * { ?s ?p }")


# ---- texts of files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ASK { SERVICE <urn:x> { ?s ?p ?o } }", "a.rq:1:7: a check may not use SERVICE"),
        ("ASK { ?s ?p 'abc }", "a.rq:1:13: not SPARQL: the string that begins here is not closed"),
        ("ASK { ?s ?p }", 'a.rq:1:13: not SPARQL: found "}", expected a term'),
        (
            "ASK { FILTER(xsd:intger('1') = 1) }",
            "a.rq:1:14: no function is called xsd:intger (did you mean xsd:integer?)",
        ),
    ],
)
def test_every_error_over_the_text_of_a_file_names_the_file(text: str, said: str) -> None:
    with pytest.raises(ParseError) as stop, in_file(text, "a.rq", "check"):
        ox.Store().query(text, prefixes=PREFIXES)
    assert str(stop.value) == said


def test_whatever_else_stops_the_engine_names_the_file_too() -> None:
    with pytest.raises(ParseError) as stop, in_file("ASK {}", "a.rq", "rule"):
        raise OSError("no space left")
    assert str(stop.value) == "a.rq: the engine cannot run the rule: no space left"
