"""The same graph gives the same answer, in whatever order it was loaded and wherever it is."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from gbkg.ask import answers
from gbkg.ask.answers import Answer
from gbkg.ask.remarks import TIES, UNORDERED, of_answer
from gbkg.core.errors import ParseError
from gbkg.evidence.cited import prove
from gbkg.sparql import order, parse
from gbkg.sparql.kinds import Kinds, kinds, of_lines
from gbkg.sparql.order import asks_order, counting, leaves_open, settled
from gbkg.sparql.uniform import Uniform
from gbkg.store.base import Store
from gbkg.store.memory import Memory

XSD = "http://www.w3.org/2001/XMLSchema#"
GRAPH = ox.NamedNode("urn:graph")


def typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


VALUES = [
    *(ox.Literal(n) for n in (9, 10, 1)),
    *(ox.Literal(word) for word in ("5", "9", "10", "a", "")),
    *(ox.Literal("a", language=tag) for tag in ("en", "de")),
    *(typed("1", kind) for kind in ("decimal", "double")),
    *(typed(text, "gYear") for text in ("2018", "2019")),
    *(typed(text, "dateTime") for text in ("2018-01-01T00:00:00Z", "2018-01-01T10:00:00+09:00", "2018-01-01T00:30:00")),
    *(typed(text, "duration") for text in ("P1M", "P30D", "P29D")),
    typed("NaN", "double"),
    typed("2018-01-01", "date"),
    typed("abc", "integer"),
    ox.Literal(True),
    ox.NamedNode("urn:s1"),
]
QUADS = [
    ox.Quad(ox.NamedNode(f"urn:s{n % 5}"), ox.NamedNode(f"urn:{'pqr'[n % 3]}"), value, GRAPH)
    for n, value in enumerate(VALUES)
] + [
    ox.Quad(ox.NamedNode(f"urn:s{n}"), ox.NamedNode("urn:next"), ox.NamedNode(f"urn:s{(n + 1) % 5}"), GRAPH)
    for n in range(5)
]
P = "PREFIX : <urn:> "
TEXTS = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?o { ?s ?p ?o } ORDER BY ?o",
    "SELECT ?o { ?s ?p ?o } ORDER BY DESC(?o) LIMIT 7",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?o OFFSET 3",
    "SELECT DISTINCT ?p { ?s ?p ?o } LIMIT 2",
    "SELECT ?s ?o { { ?s :next+ ?o } UNION { ?s :p|:q ?o } UNION { ?o ^:next/^:next ?s } } LIMIT 9",
    "SELECT ?o { { [ :p ?o ] } UNION { _:x :q ?o } UNION { SELECT (COUNT(*) AS ?o) { ?s ?p ?y } GROUP BY ?s } }",
    "SELECT ?o { { [ :p ?o ] } UNION { _:x :q ?o } UNION { SELECT (SUM(1) AS ?o) { ?s ?p ?y } GROUP BY ?s } } LIMIT 8",
    "SELECT ?s ?n { { SELECT ?s { ?s :next ?x } LIMIT 2 } ?s :p|:q ?n }",
    "SELECT ?s ?n { { SELECT * { ?s :next ?x } ORDER BY DESC(?x) LIMIT 2 } OPTIONAL { ?s :p|:q ?n } }",
    "SELECT (COUNT(*) AS ?n) { { SELECT ?o { ?s ?p ?o } LIMIT 9 } FILTER(isNumeric(?o)) }",
    "SELECT ?s (GROUP_CONCAT(STR(?o)) AS ?all) { ?s ?p ?o } GROUP BY ?s",
    "SELECT (GROUP_CONCAT(DISTINCT STR(?o); SEPARATOR=' (') AS ?all) { ?s ?p ?o }",
    "SELECT ?s (SAMPLE(?o) AS ?one) (MIN(?o) AS ?least) (MAX(?o) AS ?most) { ?s ?p ?o } GROUP BY ?s",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(SAMPLE(?o) != 10) ORDER BY MAX(?o)",
    "SELECT ?x { ?x :next ?y { SELECT ?y (GROUP_CONCAT(STR(?o)) AS ?g) { ?y ?p ?o } GROUP BY ?y } } ORDER BY ?g",
    "SELECT (SAMPLE(?s) AS ?m) { SELECT ?s { ?s ?p ?o } LIMIT 2 }",
    "SELECT ?s ?o { ?s ?p ?o } ORDER BY COALESCE(?none, ?o) IF(?p = :p, ?o, ?s) LIMIT 12 # the end",
    "SELECT ?s ?k { ?s ?p ?o . ?s :next ?k } ORDER BY EXISTS { ?k :p ?o } xsd:string(?o) OFFSET 2 LIMIT 9",
    "SELECT ?o { ?s ?p ?o } ORDER BY ?s LIMIT 5 VALUES ?s { :s1 :s2 }",
    "SELECT ?s { ?s :next ?x FILTER EXISTS { { SELECT ?x { ?x :next ?y } LIMIT 1 } } }",
    "CONSTRUCT { ?s :has ?o } WHERE { ?s ?p ?o } LIMIT 4",
    "CONSTRUCT WHERE { ?s :p ?o } OFFSET 1",
    "DESCRIBE ?s { ?s :p ?o } LIMIT 1",
    "ASK { { SELECT ?o { ?s ?p ?o } LIMIT 1 } FILTER(isNumeric(?o)) }",
]  # fmt: skip


def loaded(seed: int) -> Store:
    quads = list(QUADS)
    random.Random(seed).shuffle(quads)
    engine = ox.Store()
    for quad in quads:
        engine.add(quad)
    return Memory(engine)


def content(found: Any) -> Any:
    return list(found.rows) if isinstance(found, Answer) else found


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Store:
    engine = ox.Store(str(tmp_path_factory.mktemp("disk") / "store"))
    engine.extend(QUADS)
    return Memory(engine)


@pytest.mark.parametrize("text", TEXTS)
def test_the_order_of_loading_changes_nothing(text: str, on_disk: Store) -> None:
    expected = content(answers.run(loaded(0), P + text))
    assert all(content(answers.run(loaded(seed), P + text)) == expected for seed in range(1, 25))
    assert content(answers.run(on_disk, P + text)) == expected


@pytest.mark.parametrize("text", [text for text in TEXTS if text.startswith("SELECT") and "EXISTS" not in text])
def test_so_it_is_with_citations(text: str, on_disk: Store) -> None:
    expected = list(answers.run(loaded(0), P + text).rows)
    for store in (*map(loaded, range(1, 6)), on_disk):
        found = prove(store, P + text)
        assert (found.rows, all(found.derivations)) == (expected, True)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_settled_once_and_keeps_its_rows(text: str) -> None:
    """Without a part that chooses among rows, the rows are those of the engine; unsettled, ORDER BY may end it here."""
    made = settled(P + text)
    assert made != P + text or text.startswith("DESCRIBE") or text.startswith("ASK")
    if text.startswith("SELECT") and not any(
        word in text for word in ("LIMIT", "OFFSET", "SAMPLE", "_CONCAT", "ORDER")
    ):
        assert sorted(map(str, loaded(1).query(made))) == sorted(map(str, loaded(1).query(P + text)))
    assert settled("SELECT * { nonsense") == "SELECT * { nonsense"


def test_numbers_come_by_size_and_words_by_letter() -> None:
    found = answers.run(loaded(3), P + "SELECT ?o { VALUES ?o { 10 9 'b' 'a' 9.5 :s1 'a'@en } } ORDER BY ?o")
    assert [row[0].value for row in found.rows] == ["urn:s1", "a", "a", "b", "9", "9.5", "10"]
    found = answers.run(loaded(3), P + "SELECT ?o { VALUES ?o { 10 9 'b' 9.5 } } ORDER BY DESC(?o) LIMIT 3")
    assert [row[0].value for row in found.rows] == ["10", "9.5", "9"]


@pytest.mark.parametrize(("text", "ties"), [
    ("SELECT ?s ?o { ?s ?p ?o } LIMIT 3", True),
    ("SELECT ?s { ?s :next ?o } LIMIT 5", False),
    ("SELECT ?s { ?s :next ?o } ORDER BY ?s LIMIT 3", False),
    ("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s LIMIT 3", True),
    ("SELECT ?s ?x { ?s :next ?x ; :next/:next ?y } ORDER BY ?y LIMIT 3", False),
    ("SELECT ?s { ?s :next ?x } ORDER BY STRLEN(STR(?s)) OFFSET 2", True),
    ("SELECT (COUNT(*) AS ?n) { { SELECT ?o { ?s ?p ?o } LIMIT 12 } FILTER(isIRI(?o)) }", True),
    ("SELECT (COUNT(*) AS ?n) { { SELECT ?o { ?s ?p ?o } LIMIT 12 } }", False),
    ("SELECT ?o { { SELECT ?o { ?s ?p ?o } LIMIT 2 } }", True),
    ("CONSTRUCT WHERE { ?s :next ?o } LIMIT 2", True),
    ("SELECT ?s (SAMPLE(?o) AS ?x) { ?s ?p ?o } GROUP BY ?s", False),
])  # fmt: skip
def test_a_limit_that_cuts_among_ties_says_so(text: str, ties: bool) -> None:
    store = loaded(0)
    answer = answers.run(store, P + text)
    assert of_answer(store, P + text, answer) == (TIES,) * ties


def test_more_rows_than_can_be_sorted_for_nothing_keep_the_order_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cross product with LIMIT comes at once, as it always did, and says what its rows are."""
    monkeypatch.setattr(order, "MOST", 20)
    store = loaded(0)
    text = P + "SELECT ?s ?o { ?s ?p ?o } LIMIT 3"
    answer = answers.run(store, text)
    assert not answer.settled and len(answer) == 3
    assert of_answer(store, text, answer) == (UNORDERED,)
    assert (len(prove(store, text).rows), prove(store, text).settled) == (3, False)
    whole = P + "SELECT ?s ?o { ?s ?p ?o }"
    assert of_answer(store, whole, answers.run(store, whole, limit=2), limit=2) == (UNORDERED,)
    assert of_answer(store, whole, answers.run(store, whole)) == ()
    for text in ("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s LIMIT 3", "SELECT ?s { ?s :next ?o } LIMIT 3"):
        assert answers.run(store, P + text).settled
        assert list(answers.run(store, P + text).rows) == list(answers.run(loaded(1), P + text).rows)
    million = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o } LIMIT 4"
    monkeypatch.undo()
    assert len(answers.run(store, million)) == 4


@pytest.mark.parametrize(("text", "number"), [
    ("SELECT ?s { ?s :next ?o } LIMIT 2", 5),
    ("SELECT ?s { ?s :next ?o } OFFSET 2 LIMIT 2 # the end", 5),
    ("SELECT ?s { ?s :next ?o } LIMIT 1 VALUES ?s { :s1 :s2 }", 2),
    ("SELECT DISTINCT ?p { ?s ?p ?o }", 4),
    ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", 1),
    ("CONSTRUCT { ?s :has ?o } WHERE { ?s :next ?o } LIMIT 1", 5),
    ("CONSTRUCT WHERE { ?s :next ?o }", 5),
    ("DESCRIBE ?s { ?s :next ?o } LIMIT 1", 5),
])  # fmt: skip
def test_rows_are_counted_before_they_are_cut(text: str, number: int) -> None:
    (row,) = loaded(0).query(counting(P + text))
    assert int(row[0].value) == number
    assert counting("ASK { ?s ?p ?o }") is None and counting("nonsense") is None


def test_what_is_not_sparql_is_refused_as_ever() -> None:
    with pytest.raises(ParseError, match="a row of 1 value for 2 variables"):
        answers.run(loaded(0), "SELECT ?x { VALUES (?x ?y) { (1) } }")


def test_what_a_text_asks() -> None:
    assert asks_order("SELECT ?x { ?x ?p ?o } ORDER BY ?x") and not asks_order(
        "SELECT ?x { { SELECT ?x {} ORDER BY ?x } }"
    )
    assert leaves_open("SELECT ?x ?p { ?x ?p ?o } ORDER BY ?x LIMIT 1") and not leaves_open("SELECT ?x { ?x ?p ?o }")
    assert not asks_order("'") and not leaves_open("'")


@pytest.mark.parametrize(("text", "line", "message"), [
    ("SELECT (xsd:intger(?o) AS ?n) { ?s ?p ?o }", 1, "no function is called xsd:intger (did you mean xsd:integer"),
    ("SELECT ?s {\n ?s ?p ?o FILTER(<urn:f>(?o)) }", 2, "no function is called <urn:f>"),
    ("SELECT ?s { ?s ?p ?o } ORDER BY :nix(?o)", 1, "no function is called"),
    ("BASE <urn:x/> SELECT ?s { ?s ?p ?o FILTER(<g>(?o)) }", 1, "no function is called <urn:x/g>"),
    ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(:nix(?o)) }", 1, "no function is called"),
])  # fmt: skip
def test_a_function_that_there_is_not_is_named_with_its_place(text: str, line: int, message: str) -> None:
    store = loaded(0)
    for ask in (lambda: answers.run(store, text.replace(":nix", "<urn:nix>")),):
        with pytest.raises(ParseError) as caught:
            ask()
        assert message in str(caught.value)
        assert caught.value.line == line and caught.value.column


def test_group_concat_over_numbers_says_that_it_is_empty() -> None:
    store = loaded(0)
    text = P + "SELECT (GROUP_CONCAT(?o) AS ?all) (COUNT(*) AS ?n) { VALUES ?o { 1 2 } }"
    (said,) = of_answer(store, text, answers.run(store, text))
    assert said == "?all is empty where GROUP_CONCAT met something else than words: write GROUP_CONCAT(STR(…))"
    for silent in (text.replace("(?o)", "(STR(?o))"), text.replace("{ 1 2 }", "{ }")):
        assert of_answer(store, silent, answers.run(store, silent)) == ()


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("?s ?p ?o . ?x ?y ?s", "text"),
        ("?a :words ?s", "text"),
        ("?a :whole ?s", "integer"),
        ("?a :figures ?s", "number"),
        ("?a :mixed ?s", ""),
        ("?a ?p ?s", ""),
        ("?a :words/:whole ?s", "integer"),
        ("?a :whole/^:mixed ?s", "text"),
        ("?a :words|:whole ?s", ""),
        ("?a :words* ?s", ""),
        ("?a :p ?b . ?b :words* ?s", "text"),
        ("?a :words/:words* ?s", "text"),
        ("?a :words/:whole* ?s", ""),
        ("{ ?a :words ?s } UNION { ?a :whole ?s }", ""),
        ("?a :words ?s OPTIONAL { ?b :mixed ?s }", "text"),
        ("OPTIONAL { ?a :whole ?s } VALUES ?s { UNDEF }", "integer"),
        ("OPTIONAL { ?a :words ?s } VALUES ?s { 1.5 }", ""),
        ("{ SELECT ?a (MAX(?v) AS ?s) { ?a :whole ?v } GROUP BY ?a }", "integer"),
        ("{ SELECT ?a (COUNT(*) / 2 AS ?s) { ?a :whole ?v } GROUP BY ?a }", ""),
        ('?a :words ?w BIND(IF(?w = "x", CONCAT(?w, "y"), STR(?w)) AS ?s)', "text"),
        ('?a :whole ?w BIND(COALESCE(?w, "none") AS ?s)', ""),
        ("?a :whole ?w BIND(?w + 1 AS ?s)", ""),
    ],
)
def test_the_kind_of_a_variable(where: str, kind: str) -> None:
    datatypes = {"urn:whole": "integer", "urn:figures": "number", "urn:mixed": ""}
    query = parse.select(f"{P} SELECT ?s {{ {where} }}")
    assert Uniform(query, datatypes).outside("s") == kind
    assert Uniform(query, None).outside("s") in ("", "text")


def test_the_kinds_of_values_in_a_graph() -> None:
    def graph(**values: list[ox.Literal]) -> Memory:
        return Memory.of(
            ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode(f"urn:{name}"), value, GRAPH)
            for name, several in values.items()
            for value in several
        )

    one, half, word = ox.Literal(1), typed("0.5", "decimal"), ox.Literal("1")
    many = graph(
        a=[one], b=[one, half], c=[one, word], d=[typed("abc", "integer"), half], e=[typed("1", "double")], f=[word]
    )
    known = {"urn:a": "integer", "urn:b": "number", "urn:c": "", "urn:d": "", "urn:e": ""}
    assert kinds(many.select) == Kinds(False, frozenset(known.items()))
    assert kinds(graph(a=[typed("P1M", "duration")]).select) == Kinds(True, frozenset({("urn:a", "")}))
    more = kinds(graph(a=[half], b=[one], f=[one]).select)
    known |= {"urn:a": "number", "urn:f": ""}
    assert many.kinds.joined(more, frozenset({"urn:a", "urn:b", "urn:f"})).datatypes == frozenset(known.items())
    # Words that come to numbers.
    assert dict(many.kinds.joined(Kinds(False, frozenset()), frozenset({"urn:a"})).datatypes or ())["urn:a"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "# without a LIMIT, at most a MAX of time\n SELECT ?s ?limit { ?s :next ?limit }",
        "SELECT ?s (MAX(?n) AS ?most) { ?s :count ?n } GROUP BY ?s",
    ],
)
def test_a_text_grows_by_no_more_than_it_leaves_open(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quads = [ox.Quad(ox.NamedNode(f"urn:s{n}"), ox.NamedNode("urn:count"), ox.Literal(n), GRAPH) for n in range(3)]
    store, asked = Memory.of([*quads, *QUADS[-5:]]), list[str]()
    known, query = store.kinds, store.query
    assert known.datatypes == frozenset({("urn:count", "integer")})
    monkeypatch.setattr(store, "query", lambda text, graphs=None: (asked.append(text), query(text, graphs))[1])
    answers.run(store, P + text)
    assert len(asked[-1]) < len(P + text) + 30


def test_kinds_of_the_lines_are_those_of_the_graph(real_build: Path) -> None:
    with (real_build / "gbkg.nq").open("rb") as lines:
        assert of_lines(lines) == Memory.read(real_build / "gbkg.nq").kinds


def test_kinds_of_lines_promise_nothing_that_is_not_so() -> None:
    dice = random.Random(3)
    datatypes = ("integer", "decimal", "int", "double", "string", "date", "dateTime", "duration")
    words = ("7", "007", "+7", "1.50", "7.", "1e3", "NaN", "x", 'a \\"b\\" <c> "', "9" * 30, "2019-10-31", "P1D")
    for _ in range(400):
        lines = [
            f'<urn:s> <urn:p{dice.randrange(3)}> "{dice.choice(words)[: dice.choice((1, 40))]}"'
            f"{dice.choice((f'^^<{XSD}{dice.choice(datatypes)}>', '@en', ''))} <urn:g> .".encode()
            for _ in range(dice.randint(1, 4))
        ]
        try:
            store = Memory.of(ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_QUADS))
        except SyntaxError:
            continue
        said, asked = of_lines(lines), store.kinds
        assert said.sized >= asked.sized
        known, real = dict(said.datatypes or ()), dict(asked.datatypes or ())
        assert all(known.get(one, "text") in (kind, "") for one, kind in real.items()), lines
