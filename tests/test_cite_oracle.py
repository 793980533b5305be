"""Proofs put to the test over random graphs and random queries, by what `oracle` says that they claim."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from oracle import GRAPH, Key, Row, check_complete, check_necessary, check_sufficient, comparable, monotone, store

from gbkg.core.errors import NotCoveredError
from gbkg.evidence.cited import Proved, prove
from gbkg.sparql.order import settled
from gbkg.store.base import Store

EXAMPLES = int(os.environ.get("GBKG_EXAMPLES", "150"))
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NODES = [ox.NamedNode(f"urn:{name}") for name in "abc"]
PREDICATES = [ox.NamedNode(f"urn:{name}") for name in "pq"]
NIL = ox.NamedNode(RDF + "nil")
LISTS = [ox.NamedNode(RDF + "first"), ox.NamedNode(RDF + "rest")]
DECIMAL = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
NUMBERS = [ox.Literal(1), ox.Literal(2), ox.Literal("1", datatype=DECIMAL)]
WORDS = [ox.Literal("w"), ox.Literal("w", language="en"), ox.Literal("w", language="de"), ox.Literal(True)]

variables = st.sampled_from(["?x", "?y", "?z"])
nodes = st.sampled_from([str(n) for n in NODES])
predicates = st.sampled_from([str(p) for p in PREDICATES])
values = st.sampled_from([str(n) for n in NODES] + ["1", "2", "1.0", '"w"', '"w"@en', "true"])
fresh = st.integers(0, 10**6)


@st.composite
def graphs(draw: st.DrawFn) -> list[Key]:
    object = st.sampled_from([*NODES, *NODES, *NUMBERS, *WORDS])
    triple = st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), object)
    lists = st.tuples(st.sampled_from(NODES), st.sampled_from(LISTS), st.sampled_from([*NODES, NIL]))
    found: list[Key] = draw(st.lists(triple, min_size=5, max_size=12, unique=True))
    return found + draw(st.lists(lists, max_size=4, unique=True))


@st.composite
def patterns(draw: st.DrawFn, names: Any = variables) -> str:
    rarely = draw(st.integers(0, 11))
    subject = draw(nodes if rarely == 1 else names)
    predicate = draw(names if rarely in (2, 3) else predicates)
    object = draw(values if rarely == 4 else names)
    form = draw(st.sampled_from(BLANKS)) if rarely > 9 else "{s} {p} {o} ."
    return form.format(s=subject, p=predicate, o=object, q=draw(predicates), v=draw(names), n=draw(fresh))


BLANKS = [
    "[] {p} {o} .",
    "[ {p} {o} ; {q} {v} ] .",
    "{s} {p} [ {q} {v} ] .",
    "[ {p} {o} ] {q} {v} .",
    "_:n{n} {p} {o} . {s} {q} _:n{n} .",
    "( {v} ) {p} {o} .",
    "{s} {p} ( {o} ) .",
    "{s} {p} {o} , {v} ; {q} {v} .",
]


@st.composite
def paths(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0:
        return draw(predicates)
    inner = paths(depth - 1)
    form = draw(
        st.sampled_from(["{0}/{1}", "({0}|{1})", "^({0})", "({0})*", "({0})+", "({0})?", "!({p}|^{q})", "!{p}"])
    )
    return form.format(draw(inner), draw(inner), p=draw(predicates), q=draw(predicates))


@st.composite
def bodies(draw: st.DrawFn, kinds: list[str], depth: int = 1) -> str:
    """The inside of a group: triple patterns, and elements of the kinds."""
    parts = [draw(patterns()) for _ in range(draw(st.sampled_from([1, 1, 2])))]
    parts += [draw(elements(draw(st.sampled_from(kinds)), kinds, depth)) for _ in range(draw(st.integers(0, 2)))]
    return " ".join(draw(st.permutations(parts)) if draw(st.integers(0, 3)) == 0 else parts)


@st.composite
def elements(draw: st.DrawFn, kind: str, kinds: list[str], depth: int) -> str:
    def inside() -> str:
        return draw(bodies(kinds, depth - 1)) if depth else draw(patterns())

    def path() -> str:
        return f"{draw(variables)} {draw(paths())} {draw(st.one_of(variables, nodes))} ."

    match kind:
        case "optional":
            return f"OPTIONAL {{ {inside()} }}"
        case "nested optional":
            return f"OPTIONAL {{ {draw(patterns())} OPTIONAL {{ {inside()} }} }}"
        case "optional path":
            return f"OPTIONAL {{ {path()} }}"
        case "union":
            return f"{{ {inside()} }} UNION {{ {inside()} }}"
        case "group":
            return f"{{ {inside()} }}"
        case "graph":
            return f"GRAPH {draw(st.sampled_from([str(GRAPH), str(GRAPH), '?g', '?g', '?x']))} {{ {inside()} }}"
        case "minus":
            return f"MINUS {{ {inside()} }}"
        case "minus path":
            return f"MINUS {{ {path()} }}"
        case "exists":
            return f"FILTER EXISTS {{ {draw(patterns(st.sampled_from(['?x', '?y', '?e'])))} {draw(patterns())} }}"
        case "exists path":
            return f"FILTER EXISTS {{ {path()} }}"
        case "not exists":
            return f"FILTER NOT EXISTS {{ {inside()} }}"
        case "both":
            return (
                f"FILTER (EXISTS {{ {draw(patterns())} }} && !EXISTS {{ {draw(patterns())} }} && ?x != {draw(nodes)})"
            )
        case "filter":
            return (
                f"FILTER ({draw(variables)} {draw(st.sampled_from(['=', '!=', '<']))}"
                f" {draw(st.one_of(variables, values))})"
            )
        case "in":
            word = draw(st.sampled_from(["IN", "NOT IN"]))
            return f"FILTER ({draw(variables)} {word} ({draw(values)}, {draw(values)}))"
        case "truth":
            return f"FILTER ({draw(variables)} = {draw(variables)} {draw(st.sampled_from(['|| true', '= false']))})"
        case "bound":
            return f"FILTER (!BOUND({draw(variables)}) || {draw(variables)} != {draw(nodes)})"
        case "bind":
            form = draw(st.sampled_from(["STR({})", "{}", "IF({} = 1, true, false)", "COALESCE({}, false)"]))
            return f"BIND ({form.format(draw(variables))} AS {draw(st.sampled_from(['?u', '?v', '?w']))}{draw(fresh)})"
        case "values":
            return f"VALUES ({draw(variables)} ?k) {{ ({draw(values)} 1) (UNDEF {draw(nodes)}) ({draw(nodes)} UNDEF) }}"
        case "path":
            return path()
        case "paths":
            return f"{path()} {path()}"
        case "short":
            return f"{draw(variables)} {draw(predicates)}/^{draw(predicates)} {draw(variables)} ."
        case "subselect":
            tail = draw(st.sampled_from(["", "ORDER BY ?x ?y ?z LIMIT 2", "VALUES ?y { <urn:a> 1 UNDEF }"]))
            head = draw(st.sampled_from(["?x ?y", "?y", "*", f"?x (STR(?y) AS ?m{draw(fresh)})"]))
            modifier = draw(st.sampled_from(["", "DISTINCT", "REDUCED"]))
            return f"{{ SELECT {modifier} {head} WHERE {{ {inside()} }} {tail} }}"
        case "aggregate":
            having = draw(st.sampled_from(["", "HAVING (COUNT(*) > 1)"]))
            count = f"?n{draw(fresh)}"
            return f"{{ SELECT ?x (COUNT(?y) AS {count}) WHERE {{ {inside()} }} GROUP BY ?x {having} }}"
    raise AssertionError(kind)


MONOTONE = [
    *("union", "group", "exists", "filter", "bind", "values", "short", "subselect", "optional"),
    *("graph", "in", "truth", "nested optional"),
]
ALL = [
    *MONOTONE,
    *("minus", "not exists", "both", "bound", "path", "aggregate"),
    *("optional path", "minus path", "exists path", "paths"),
]


FUNCTIONS = "COUNT(*)|COUNT(?y)|COUNT(DISTINCT ?y)|SUM(?y)|MIN(?y)|MAX(?z)|AVG(?y)|SAMPLE(1)".split("|")
FUNCTIONS.append("GROUP_CONCAT(DISTINCT ?y; SEPARATOR=' (')")
ORDERS = ["(STRLEN(STR({0})))", "DESC(BOUND({0}))", "isLITERAL({0}) {0}", "(LANG({0})) DESC(STR({0}))", "({0} = 1)"]
EXPRESSIONS = ["STR({0})", "{0} = {1}", "COALESCE({0}, {1}, 0)", "IF(BOUND({0}), true, {1})", "{0} + 1"]


@st.composite
def selects(draw: st.DrawFn, kinds: list[str]) -> str:
    body = draw(bodies(kinds, draw(st.sampled_from([1, 1, 1, 2]))))
    names = draw(st.lists(variables, min_size=1, max_size=3, unique=True))
    ordered = draw(st.sampled_from(ORDERS)).format(draw(variables))
    whole = "ORDER BY " + " ".join(names)
    order = draw(st.sampled_from(["", whole, whole, f"ORDER BY DESC({names[0]})", f"ORDER BY {ordered}"]))
    limit = draw(st.sampled_from(["", "", "", "", "LIMIT 2", "OFFSET 1", "LIMIT 1 OFFSET 1"]))
    modifier = draw(st.sampled_from(["", "DISTINCT", "REDUCED"]))
    made = f"({draw(st.sampled_from(EXPRESSIONS)).format(draw(variables), draw(variables))} AS ?made)"
    head = draw(st.sampled_from([" ".join(names), " ".join(names), "*", f"{names[0]} {made}"]))
    data = draw(st.sampled_from(["", "", "", f"VALUES {draw(variables)} {{ {draw(nodes)} {draw(nodes)} 1 }}"]))
    return f"SELECT {modifier} {head} WHERE {{ {body} }} {order} {limit} {data}"


@st.composite
def aggregates(draw: st.DrawFn) -> str:
    function = draw(st.sampled_from(FUNCTIONS))
    head, group = draw(
        st.sampled_from(
            [
                ("?x", "GROUP BY ?x"),
                ("", ""),
                ("", "GROUP BY ?x"),
                ("?key", "GROUP BY (STR(?x) AS ?key)"),
                ("", "GROUP BY STR(?x)"),
                ("?z", "GROUP BY ?z (BOUND(?y))"),
                ("?z", "GROUP BY ?z ?x"),
            ]
        )
    )
    having = draw(st.sampled_from(["", "HAVING (COUNT(?y) > 1)", "HAVING (MIN(?y) < 2) (COUNT(*) < 5)"]))
    order = draw(st.sampled_from(["", f"ORDER BY DESC(COUNT(*)) {head}"])) if group else ""
    data = draw(st.sampled_from(["", "", f"VALUES ?x {{ {draw(nodes)} {draw(nodes)} }}"])) if head == "?x" else ""
    body = draw(bodies(ALL))
    return f"SELECT {head} ({function} AS ?made) WHERE {{ {body} }} {group} {having if group else ''} {order} {data}"


def proved(triples: list[Key], text: str) -> Proved | None:
    """The proof, with the same rows in the same order as without; None when the query is refused by name."""
    whole = store(triples)
    try:
        plain = answered(whole, text)
    except SyntaxError:
        event("not SPARQL")
        return None
    try:
        found = prove(whole, text)
    except NotCoveredError as refusal:
        event(f"refused: {refusal.construct}")
        return None
    event("rows" if plain else "no rows")
    check_rows(found.rows, whole, text)
    assert {triple for ways in found.derivations for way in ways for triple in way.triples} <= set(triples)
    return found


def check_rows(rows: list[Row], whole: Store, text: str) -> None:
    """The rows of the query in the order that leaves nothing open; without LIMIT and OFFSET those of the engine, and in
    the order that the query asks for."""
    found = comparable(rows, text)
    assert found == comparable(answered(whole, settled(text)), text)
    if "LIMIT" not in text and "OFFSET" not in text:
        assert Counter(found) == Counter(comparable(answered(whole, text), text))


def answered(whole: Store, text: str) -> list[Row]:
    return [tuple(solution) for solution in whole.query(text)]


SETTINGS = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@SETTINGS
@given(graphs(), selects(ALL))
def test_every_derivation_alone_yields_its_row(triples: list[Key], text: str) -> None:
    if found := proved(triples, text):
        check_sufficient(found, store(triples), text)


@SETTINGS
@given(graphs(), aggregates())
def test_the_members_of_a_group_alone_yield_its_row(triples: list[Key], text: str) -> None:
    if found := proved(triples, text):
        check_sufficient(found, store(triples), text)


@SETTINGS
@given(graphs(), selects(MONOTONE))
def test_no_triple_of_a_derivation_can_be_left_out_and_without_derivations_the_row_is_gone(
    triples: list[Key], text: str
) -> None:
    found = proved(triples, text)
    if found and monotone(text):
        event("monotone")
        check_sufficient(found, store(triples), text)
        check_necessary(found, text)
        check_complete(found, store(triples), text)
