"""SPARQL texts: tokens, places, and the round from text to tree to text, after which the engine answers alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT
from oracle import patterns, store, turtle

from gbkg.core.errors import NotCoveredError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql import parse, tree, write
from gbkg.sparql.guard import DEEPEST
from gbkg.sparql.tokens import caret, place, tokens
from gbkg.sparql.tree import Item, Variable
from gbkg.store.base import Store
from gbkg.store.memory import Memory

# ---- tokens

TOKENS: list[tuple[str, list[tuple[str, str]]]] = [
    ("", []),
    (" \t\r\n# all of this\n", []),
    ("# to the end", []),
    ("?x $y ?1 ?_ ?é ?a·b", [("variable", v) for v in ("?x", "$y", "?1", "?_", "?é", "?a·b")]),
    ("?e\u0301 id:e\u0301", [("variable", "?e\u0301"), ("name", "id:e\u0301")]),
    ("<urn:a> <> <#x> <a/b?c=d#e>", [("iri", v) for v in ("<urn:a>", "<>", "<#x>", "<a/b?c=d#e>")]),
    ("<\\u0075rn:a> <\\U00000075rn:a>", [("iri", "<\\u0075rn:a>"), ("iri", "<\\U00000075rn:a>")]),
    ("<urn:é>", [("iri", "<urn:é>")]),
    ("a:b : a: :b", [("name", v) for v in ("a:b", ":", "a:", ":b")]),
    ("a.b:c.d :a.b. :1 :-", [("name", "a.b:c.d"), ("name", ":a.b"), ("sign", "."), ("name", ":1"), ("name", ":-")]),
    ("a:b%20c a:b\\~c a:\\-", [("name", v) for v in ("a:b%20c", "a:b\\~c", "a:\\-")]),
    ("a:b:c ::", [("name", "a:b:c"), ("name", "::")]),
    ("?x:p", [("variable", "?x"), ("name", ":p")]),
    ("_:a _:1.b _:a.", [("node", "_:a"), ("node", "_:1.b"), ("node", "_:a"), ("sign", ".")]),
    ("\"a\" 'b' \"\" ''", [("string", v) for v in ('"a"', "'b'", '""', "''")]),
    ('"a\\"b" \'a\\\'b\' "a\\\\"', [("string", v) for v in ('"a\\"b"', "'a\\'b'", '"a\\\\"')]),
    ('"""a"b""c\n"""', [("string", '"""a"b""c\n"""')]),
    ("'''a'b''c\n'''", [("string", "'''a'b''c\n'''")]),
    ('"""a\\""""', [("string", '"""a\\""""')]),
    ('"# no comment" # one', [("string", '"# no comment"')]),
    ('"a"@en "a"@zh-Hans-CN', [("string", '"a"'), ("language", "@en"), ("string", '"a"'), ("language", "@zh-Hans-CN")]),
    ('"a"@en--ltr', [("string", '"a"'), ("language", "@en--ltr")]),
    ('"1"^^xsd:int', [("string", '"1"'), ("sign", "^^"), ("name", "xsd:int")]),
    ("1 1.5 .5 1. 1e3 1.e3 5E-3 1.5e+3", [("number", v) for v in ("1", "1.5", ".5")] + [
        ("number", "1"), ("sign", "."), ("number", "1e3"), ("number", "1.e3"), ("number", "5E-3"), ("number", "1.5e+3"),
    ]),
    ("-1 +1", [("sign", "-"), ("number", "1"), ("sign", "+"), ("number", "1")]),
    ("select SeLeCt a A", [("word", "SELECT"), ("word", "SELECT"), ("word", "a"), ("word", "A")]),
    ("group_concat true", [("word", "GROUP_CONCAT"), ("word", "TRUE")]),
    ("||&&!=<= >=^^", [("sign", v) for v in ("||", "&&", "!=", "<=", ">=", "^^")]),
    ("<<>>{||}", [("sign", v) for v in ("<<", ">>", "{|", "|}")]),
    ("{}()[].,;=< >!*/+-|^?@~", [("sign", v) for v in "{}()[].,;=<>!*/+-|^?@~"]),
    ("?a<?b", [("variable", "?a"), ("sign", "<"), ("variable", "?b")]),
    ("?a < 1 && ?b > 2", [("variable", "?a"), ("sign", "<"), ("number", "1"), ("sign", "&&"), ("variable", "?b"),
                          ("sign", ">"), ("number", "2")]),
    ("p?/q*", [("word", "P"), ("sign", "?"), ("sign", "/"), ("word", "Q"), ("sign", "*")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TOKENS, ids=[text for text, _ in TOKENS])
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    found = tokens(text)
    assert [(token.kind, token.text) for token in found] == expected
    for token in found:
        assert text[token.start :].upper().startswith(token.text.upper())


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("§", 1, 1),
        ("SELECT\n  § ", 2, 3),
        ('"open', 1, 1),
        ("'a\n'", 1, 1),
        ("?x \\", 1, 4),
        ('"""a""', 1, 6),
        ("1 \x00", 1, 3),
    ],
)
def test_what_begins_nothing(text: str, line: int, column: int) -> None:
    with pytest.raises(ParseError) as stop:
        tokens(text)
    assert (stop.value.line, stop.value.column) == (line, column)


def test_place_and_caret() -> None:
    text = "a\n\tbc\n\nd"
    assert [place(text, at) for at in (0, 1, 2, 3, 5, 6, 7, 8)] == [
        (1, 1), (1, 2), (2, 1), (2, 2), (2, 4), (3, 1), (4, 1), (4, 2),
    ]  # fmt: skip
    assert caret(text, 2, 2) == "\tbc\n\t^"
    assert caret(text, 4, 2) == "d\n ^"
    assert caret(text, 9, 1) == "d\n^"
    assert caret("", 1, 1) == "\n^"
    assert caret("长 x", 1, 3) == "长 x\n  ^"


# ---- reading

DATA = """
    :a :p :b , :c ; :q 1 ; :name "A"@en , "A"@de , "plain" . :b :p :c ; :q 2.5 ; :r :a . :c :q 3e0 , true ; :p () .
    :d :list ( 1 :a "x" ) ; :date "2019-10-31"^^<http://www.w3.org/2001/XMLSchema#date> . <urn:e\u0301> :p :a
"""
CORPUS = (
    r"""
SELECT * { ?x :p ?y }
SELECT DISTINCT ?x WHERE { ?x :p ?y }
SELECT REDUCED ?x { ?x :p ?y } ORDER BY ?x
SELECT $x { $x :p ?y }
select ?x where { ?x a ?t }
SELECT (?q * 2 AS ?d) ?x { ?x :q ?q }
SELECT (COUNT(*) AS ?n) { ?x ?p ?y }
SELECT (COUNT(DISTINCT *) AS ?n) { ?x :p ?y }
SELECT (COUNT(DISTINCT ?x) AS ?n) (SUM(?q) AS ?s) (AVG(?q) AS ?a) (MIN(?q) AS ?i) (MAX(?q) AS ?m) { ?x :q ?q }
SELECT (SAMPLE(?x) AS ?s) { VALUES ?x { :a } }
SELECT (GROUP_CONCAT(DISTINCT STR(?y); SEPARATOR=", (") AS ?s) { :a :p ?y }
SELECT ?x (COUNT(?y) AS ?n) { ?x :p ?y } GROUP BY ?x HAVING (COUNT(?y) > 1) (COUNT(*) < 9)
SELECT ?x { ?x :p ?y } GROUP BY ?x HAVING xsd:boolean(COUNT(?y))
SELECT ?k (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY (STR(?x) AS ?k) ORDER BY DESC(?n) ?k
SELECT (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY STR(?x) ORDER BY ?n
SELECT (COUNT(*) AS ?n) { ?x :p ?y } GROUP BY (?x) ?x ORDER BY ?n
SELECT (COUNT(*) AS ?n) { ?x :q ?y } GROUP BY xsd:string(?y) ORDER BY ?n
SELECT ?x { ?x :q ?q } ORDER BY DESC(?q) ASC(?x) (STR(?x)) STRLEN(STR(?x)) LIMIT 2 OFFSET 1
SELECT ?x { ?x :q ?q } ORDER BY xsd:string(?q) OFFSET 1 LIMIT 2
SELECT ?x { ?x :q ?q } ORDER BY (EXISTS { ?x :r ?y }) ?x
SELECT ?x { ?x :q ?q } VALUES ?x { :a :b }
SELECT ?x ?q { ?x :q ?q } VALUES (?x ?q) { (:a UNDEF) (UNDEF 2.5) }
SELECT ?x { VALUES ?x { } }
SELECT ?x { ?x :p ?y VALUES () { () } }
SELECT ?x { VALUES ?x { 1 -1 +1 1.5 -1.5 .5 1e3 -1E-3 true false "a" 'b' "c"@en "d"^^xsd:string <urn:e> :f } }
SELECT ?x { VALUES ?x { QQQa"bQQQ '''c'd''' "tab\t nl\n q\" bs\\ \u00e9 \U0001F600" 'it\'s' } }
SELECT ?x ?n { ?x :p ?y OPTIONAL { ?y :q ?n FILTER(?n > 1) } }
SELECT ?x ?n ?z { ?x :p ?y OPTIONAL { ?y :q ?n OPTIONAL { ?y :r ?z } } }
SELECT ?x { { ?x :p :b } UNION { ?x :r :a } UNION { ?x :q 3e0 } }
SELECT ?x { { { ?x :p :b } } }
SELECT ?x { { } ?x :p :b }
SELECT ?x { ?x :p ?y MINUS { ?y :q ?n . ?y :r ?z } }
SELECT ?g ?x { GRAPH ?g { ?x :p :b } }
SELECT ?x { GRAPH <urn:graph> { ?x :p :b . ?y :q ?n } }
SELECT ?x { ?x :p ?y FILTER EXISTS { ?y :q ?n } }
SELECT ?x { ?x :p ?y FILTER NOT EXISTS { ?y :q ?n } . }
SELECT ?x { ?x :p ?y FILTER(!EXISTS { ?y :q ?n } || ?y = :b) }
SELECT ?x { ?x :p ?y BIND(EXISTS { ?y :q ?n } AS ?e) FILTER(?e) }
SELECT ?x { ?x :q ?n FILTER(?n = 1 || ?n = 2.5 && !(?n > 3)) }
SELECT ?x { ?x :q ?n FILTER(?n IN (1, 2.5)) FILTER(?n NOT IN (7)) FILTER(?n NOT IN ()) }
SELECT ?x { ?x :q ?n FILTER(?n + 1 - -1 * 2 / 3 >= +0) }
SELECT ?x { ?x :q ?n FILTER(?n-1<5&&?n+1>0) }
SELECT ?x { ?x :q ?k FILTER(?k<5&&?k>0) }
SELECT ?x { ?x :q ?k FILTER(?k<=5&&?k>=0) }
SELECT ?x { ?x :q ?k FILTER(0<?k&&9>?k) }
SELECT ?x { ?x :q ?k FILTER((?k)<5&&(?k)>0) }
SELECT ?x { ?x :q ?k FILTER(ABS(?k)<5&&?k>0) }
SELECT ?x { ?x :q ?k FILTER(true) FILTER(?k = true || false = true || !false) }
SELECT (IF(?k = 1, true, false) AS ?b) (COALESCE(?u, "none") AS ?c) { ?x :q ?k }
SELECT ?x { ?x :name ?n FILTER REGEX(?n, "^a$", "i") FILTER(LANGMATCHES(LANG(?n), "*")) }
SELECT ?x { ?x :name ?n FILTER(LANG(?n) = "en" && DATATYPE(?n) = rdf:langString && isLITERAL(?n) && BOUND(?n)) }
SELECT ?x { ?x :p ?y FILTER(sameTerm(?x, :a) && isIRI(?y) && !isBlank(?y) && STRSTARTS(STR(?y), "urn:")) }
SELECT (CONCAT(STR(?x), "-", SUBSTR("abc", 2, 1), UCASE("d")) AS ?c) { ?x :q 1 }
SELECT (STRLANG("a", "en") AS ?l) (STRDT("1", xsd:integer) AS ?d) (IRI("urn:z") AS ?i) { }
SELECT (YEAR(?d) AS ?y) { :d :date ?d }
SELECT (xsd:integer("5") AS ?i) (<http://www.w3.org/2001/XMLSchema#string>(?k) AS ?s) { :a :q ?k }
SELECT ?x { ?x :date ?d FILTER(?d > "2019-01-01"^^xsd:date || ?d = "x"^^<http://www.w3.org/2001/XMLSchema#date>) }
SELECT (REPLACE("a)b", "\\)", "AS") AS ?r) { }
SELECT ?x ?u { ?x :p ?y BIND(STR(?y) AS ?u) }
SELECT ?x { ?x :p ?y ; :q ?n , ?m ; . }
SELECT ?x { ?x :p ?y ;; :q ?n ; ; }
SELECT ?x { ?x :p [] }
SELECT ?x { [ :p ?x ; :q ?n ] }
SELECT ?x { [ :p ?x ] :q ?n . }
SELECT ?x { ?x :p [ :q ?n ; :r [ :p ?z ] ] }
SELECT ?x { _:n :p ?x . _:n :q ?q }
SELECT ?x { _:n.1-a :p ?x }
SELECT ?x ?y { ?x :list ( ?n ?y "x" ) }
SELECT ?x { ?x :p () }
SELECT ?y { ( ?n ) ?p ?y }
SELECT ?y { ?x :list ( [] [ ] ?y ) }
SELECT ?x { :a :p/:q ?x }
SELECT ?x { :a (:p|:q) ?x }
SELECT ?x { :c ^:p ?x }
SELECT ?x { :c ^(:p/:p) ?x }
SELECT ?x { :a :p+ ?x }
SELECT ?x { :a :p* ?x }
SELECT ?x { :a :p?/:q ?x }
SELECT ?x { :a (:p/:r?)+/^:r* ?x }
SELECT ?x { :a !:p ?x }
SELECT ?x { :a !(:p|^:r|:q) ?x }
SELECT ?x { :a !^:p ?x }
SELECT ?x { :a !(a|^a) ?x }
SELECT ?x { ?x a* ?y }
SELECT ?x { :a ^:r/(^:p|:q)*/!(:name) ?x }
SELECT ?x ?n { ?x :p ?y { SELECT ?y (COUNT(*) AS ?n) { ?z :p ?y } GROUP BY ?y HAVING(COUNT(*) > 0) } }
SELECT ?x { { SELECT DISTINCT ?x { ?x :p ?y } ORDER BY ?x LIMIT 2 OFFSET 1 } }
SELECT ?x { { SELECT * { ?x :p ?y VALUES ?y { :b } } VALUES ?x { :a } } }
SELECT ?x { ?x :p ?y OPTIONAL { SELECT ?y { ?y :q ?n } } }
PREFIX z: <urn:> PREFIX z: <urn:a> SELECT ?x { VALUES ?x { z:b z: z:1 z:a.b z:a%20b z:a\~b z:a\-b } }
PREFIX é: <urn:> SELECT ?é { ?é é:p é:b }
BASE <http://e.org/a/b/c> SELECT ?x { VALUES ?x { <> <#f> <?q> <d> <./d> <../d> <../../../d> </d> <//h/i> } }
BASE <http://e.org/a/b/c> SELECT ?x { VALUES ?x { <g;x=1/../y> <urn:x> <http:g> <http://e.org/a/../b> } }
BASE <http://e.org/> BASE <a/> PREFIX p: <b#> SELECT ?x { VALUES ?x { p:c <d> } }
BASE <http://www.w3.org/> PREFIX r: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> SELECT ?x { VALUES ?x { r:type } }
BASE <http://e.org/o> PREFIX g: <#> SELECT ?x { VALUES ?x { g:a } }
BASE <urn:base:x> SELECT ?x { VALUES ?x { <#f> } }
BASE <tag:x,2000:a/b> SELECT ?x { VALUES ?x { <c> } }
BASE <urn:> SELECT ?x ?y { ?x :p ?y FILTER(?y != IRI("b")) }
BASE <http://e.org/a/> BASE <b/> SELECT (IRI("x") AS ?made) (URI(<y>) AS ?other) { :a :p :b }
VERSION "1.2" PREFIX z: <urn:> VERSION '1.2' SELECT ?x { ?x z:p ?y }
SELECT ?x { ?x :p ?y ; FILTER(?y != :c) }
SELECT ?x ?y { ?x :p ?y ; OPTIONAL { ?y :p ?z ; } }
SELECT ?x ?n { ?x :p ?y ;; BIND(1 AS ?n) }
SELECT ?x ?n { ?x :p ?y ; VALUES ?n { 1 } ?x :p :b ; }
SELECT ?x { ?x :p ?y ; GRAPH ?g { ?x :p :b ; } }
SELECT ?x { ?x :p ?y ; MINUS { ?x :p :c ; } }
SELECT ?x { ?x :p ?y ; { ?x :p :b ; } UNION { ?x :p :c ; } }
SELECT ?x { [ :p ?y ; ] :p ?x ; . ?x :p ?y ; }
SELECT ?x { { ?x :p ?y ; } ?x :p ?z ; :q ?n ; }
SELECT ?x ?n { [ :p ?x ] BIND(1 AS ?n) }
SELECT ?x { [ :p ?x ; ] FILTER(?x != :c) }
SELECT ?x { [ :p ?x ] OPTIONAL { ?x :p ?y } { [ :p ?x ] } UNION { ( 1 ?y ) VALUES ?x { :a } } }
SELECT ?x { ( 1 ?x "x" ) FILTER(?x = :a) }
SELECT ?x { [ :p ?x ] ^:p ?y . }
SELECT ?x { VALUES ?x { <\u0075rn:a> <urn:\u00e9> } }
SELECT ?x { ?x :p <\u0075rn:b> }
SELECT ?x { :é :p ?x }
SELECT ?é { ?é :p :a }
SELECT ?x { ?x :p ?y } # the end
SELECT ?x { ?x :p ?y FILTER("} AS )" != "(" && ?x != '# no') BIND(") AS ?z" AS ?t) }
SELECT ?x(1AS?n){?x:p?y}
""".replace("QQQ", '"""')
    .strip()
    .splitlines()
)
PREFIX = "PREFIX : <urn:> "


def headed(text: str) -> str:
    """The text with the empty prefix declared, after a BASE if it has one."""
    return text.replace("SELECT", PREFIX + "SELECT", 1) if text.startswith(("BASE", "PREFIX")) else PREFIX + text


@pytest.fixture(scope="module")
def small() -> Store:
    return store(turtle(DATA))


@pytest.fixture(scope="module")
def real(real_build: Path) -> Store:
    return Memory.read(real_build / "gbkg.nq")


def written(text: str, columns: tuple[str, ...]) -> str:
    """The text of its tree; what * stands for is written out, because blank nodes are variables there."""
    query = parse.select(text)
    if not query.items:
        assert set(columns) == set(query.columns)
        query = replace(query, items=tuple(Item(Variable(c)) for c in columns))
    return write.select(query)


def same(whole: Store, text: str) -> int:
    plain = whole.query(text)
    columns = tuple(variable.value for variable in plain.variables)
    rows = [tuple(row) for row in plain]
    again = whole.query(written(text, columns))
    assert tuple(variable.value for variable in again.variables) == columns
    assert [tuple(row) for row in again] == rows
    return len(rows)


def test_there_are_enough_texts() -> None:
    assert len(CORPUS) >= 80 and len(set(CORPUS)) == len(CORPUS)


EMPTY = 12
"""So many of the texts may have no row; the others would show a pattern that got lost."""


@pytest.mark.parametrize("text", CORPUS)
def test_the_engine_answers_the_written_text_alike(text: str, small: Store) -> None:
    same(small, headed(text))


def test_most_texts_have_rows(small: Store) -> None:
    assert sum(not list(small.query(headed(text))) for text in CORPUS) <= EMPTY


@pytest.mark.parametrize("text", [text for text in CORPUS if ":" in text][:40])
def test_written_once_and_twice_is_the_same(text: str) -> None:
    once = write.select(parse.select(headed(text)))
    if "?__" not in once:
        assert write.select(parse.select(once)) == once


@pytest.mark.parametrize("path", sorted((ROOT / "queries").glob("*.rq")), ids=lambda path: path.stem)
def test_saved_queries(path: Path, real: Store) -> None:
    same(real, path.read_text(encoding="utf-8"))


# ---- the tree


def test_the_tree_of_a_query() -> None:
    query = parse.select(
        PREFIX + "SELECT DISTINCT ?x (1 AS ?n) { ?x :p/^:q ?y } GROUP BY ?x HAVING (?x > 1) ORDER BY DESC(?x) LIMIT 3"
    )
    assert (query.modifier, query.limit, query.offset, query.aggregated) == ("DISTINCT", 3, None, True)
    assert query.columns == ("x", "n")
    (triple,) = query.where.elements
    p, q = (tree.Constant(ox.NamedNode(f"urn:{name}")) for name in "pq")
    assert triple == tree.Triple(Variable("x"), tree.Path("/", (p, tree.Path("^", (q,)))), Variable("y"))


def test_the_columns_of_a_star() -> None:
    text = PREFIX + (
        "SELECT * { ?a :p [ :q ?b ] OPTIONAL { ?c :p _:n } MINUS { ?no :p ?nor } GRAPH ?g { } FILTER(?a != ?never) "
        "FILTER EXISTS { ?inner :p ?a } BIND(1 AS ?d) { SELECT ?e { ?e :p ?hidden } } VALUES ?f { 1 } }"
    )
    assert parse.select(text).columns == ("a", "b", "c", "g", "d", "e", "f")
    assert {v.value for v in store([]).query(text).variables} == set(parse.select(text).columns)


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("SELECT ?x { SERVICE <urn:s> { ?x ?y ?z } }", "SERVICE"),
        ("SELECT ?x FROM <urn:g> { ?x ?y ?z }", "FROM"),
        ("ASK { }", "ASK in place of SELECT"),
        ("SELECT ?x { << ?x ?y ?z >> ?p ?o }", "a triple term of RDF 1.2"),
        ("SELECT ?x { ?x ?y <<( :a :b :c )>> }", "a triple term of RDF 1.2"),
        ("SELECT ?x { ?x :p :b ~ :r }", "an annotation of RDF 1.2"),
        ("SELECT ?x { ?x :p :b {| :q 1 |} }", "an annotation of RDF 1.2"),
        ('SELECT ?x { ?x :p "x"@en--ltr }', "a base direction of RDF 1.2"),
        ('SELECT ?x { ?x :p ?y FILTER(?y = "x"@en--rtl) }', "a base direction of RDF 1.2"),
        ("SELECT ?__x { ?__x :p ?y }", "a variable that begins with __"),
    ],
)
def test_what_has_no_place_in_the_tree_is_refused_by_name(text: str, construct: str) -> None:
    with pytest.raises(NotCoveredError) as refusal:
        parse.select(PREFIX + text)
    assert refusal.value.construct == construct and refusal.value.line == 1


def test_a_refusal_says_where() -> None:
    with pytest.raises(NotCoveredError) as refusal:
        parse.select("SELECT ?x {\n  ?x ?y ?z .\n  SERVICE <urn:s> { } }")
    assert (refusal.value.line, refusal.value.column) == (3, 3)


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 1, "found the end, expected SELECT, ASK, CONSTRUCT or DESCRIBE"),
        ("SELECT ?x { ?x ?y ?z", 21, 'found the end, expected ",", ".", ";", "}" or another pattern'),
        ("SELECT ?x { ?x ?y ?z } GROUP ?x", 30, 'found "?x", expected "BY"'),
        ("SELECT ?x ?x ?y }", 17, 'found "}", expected "WHERE", "{" or a variable'),
        ("SELECT ?x { BIND(1 ?y) }", 20, 'found "?y", expected "AS"'),
        ("SELECT ?x { BIND(1 <urn:y>) }", 20, 'found "<urn:y>", expected "AS"'),
        ("SELECT ?x { ?x !() ?z }", 18, 'found ")", expected a property'),
        ("SELECT ?x { ?x ?y ?z } LIMIT 1 LIMIT 2", 32, 'found "LIMIT", expected "OFFSET", "VALUES" or the end'),
        ("SELECT ?x { ?x ?y ?z } LIMIT 1.5", 30, 'found "1.5", expected a whole number'),
        ("SELECT ?x { FILTER(?x = 1 = 2) }", 27, 'found "=", expected ")"'),
        ("SELECT ?x { FILTER(STR(?x, 1)) }", 20, "STR takes 1 argument, found 2"),
        ("SELECT ?x { FILTER regex(?x) }", 20, "REGEX takes 2 or 3 arguments, found 1"),
        ("SELECT ?x { FILTER(?x = RAND(1)) }", 25, "RAND takes no arguments, found 1"),
        ("SELECT ?x { FILTER(?x IN (1) + 2) }", 30, 'found "+", expected ")"'),
        ("SELECT ?x { ?x ?y ?z . . }", 24, 'found ".", expected "}", a triple pattern or another pattern'),
        ("SELECT ?x { ?x ?y << ?z ?z } >> }", 28, 'found "}", expected a term'),
        ("SELECT ?x { ?x ?y 'a\\uD800' }", 19, "an escape in this string stands for no character"),
        ("SELECT ?x { ?x ?y ?z SELECTED }", 22, 'found "SELECTED", expected ",", ".", ";", "}" or another pattern'),
    ],
)
def test_what_is_not_sparql_says_where_and_what_could_stand_there(text: str, column: int, said: str) -> None:
    with pytest.raises(ParseError) as fault:
        parse.query(text)
    assert (fault.value.line, fault.value.column) == (1, column)
    assert said in str(fault.value)
    assert fault.value.__notes__ == [f"{text}\n{' ' * (column - 1)}^"]


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("PREFIXe: <urn:> SELECT ?x { ?x e:p ?y }", "PREFIX e: <urn:> SELECT ?x { ?x e:p ?y }"),
        (
            "SELECTDISTINCT ?x { ?x ?y ?z FILTER(?x NOTIN (1)) }",
            "SELECT DISTINCT ?x { ?x ?y ?z FILTER(?x NOT IN (1)) }",
        ),
        ("SELECT ?x { ?x agbkg:City } ORDERBY ?x LIMIT3", "SELECT ?x { ?x a gbkg:City } ORDER BY ?x LIMIT 3"),
        ("SELECT ?x { ?x ?y ?z FILTERNOTEXISTS{ ?x a ?z } }", "SELECT ?x { ?x ?y ?z FILTER NOT EXISTS { ?x a ?z } }"),
    ],
)
def test_keywords_are_read_without_blanks_as_the_engine_reads_them(text: str, apart: str) -> None:
    ox.Store().query(text, prefixes=PREFIXES)
    assert parse.select(text) == parse.select(apart)


@pytest.mark.parametrize(
    ("opening", "inside", "closing"),
    [
        ("FILTER" + "(" * DEEPEST, "?x", ")" * DEEPEST),
        ("FILTER(" + "STR(" * (DEEPEST - 2), "?x", ")" * (DEEPEST - 1)),
        ("{" * (DEEPEST - 1), "", "}" * (DEEPEST - 1)),
        ("FILTER EXISTS {" * (DEEPEST - 1), "", "}" * (DEEPEST - 1)),
        ("?x ?y " + "[ ?y " * (DEEPEST - 1), "?z", "]" * (DEEPEST - 1)),
        ("?x " + "(" * (DEEPEST - 1), "gbkg:partOf", ")" * (DEEPEST - 1) + " ?y"),
        ("?x ?y " + "(" * (DEEPEST - 1), "?z", ")" * (DEEPEST - 1)),
        ("{ SELECT * {" * (DEEPEST // 2 - 1), "", "} }" * (DEEPEST // 2 - 1)),
    ],
)
def test_the_deepest_nesting_is_read(opening: str, inside: str, closing: str) -> None:
    assert parse.query(f"ASK {{ {opening} {inside} {closing} }}").form == "ASK"


def test_of_what_the_tree_cannot_hold_the_clauses_and_the_plain_patterns_are_known() -> None:
    text = "SELECT ?x { << ?x gbkg:partOf ?y >> ?p ?o {| ?q ?r |} LATERAL { ?o ?q ?z } } ORDER BY DESC(?x) LIMIT 2"
    query = parse.query(text)
    assert query.refused == (text.index("<<"), "a triple term of RDF 1.2")
    assert len(list(patterns(query.tree.where))) == 4
    (clauses,) = query.clauses
    assert (clauses.form, clauses.cut, [one.value for one in clauses.order]) == ("SELECT", True, ["(?x)"])
    assert text[clauses.opening] == "{" and text[clauses.closing] == "}" and text[clauses.body :] == " LIMIT 2"
