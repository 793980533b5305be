"""Proofs put to the test over random graphs and random queries, by what `oracle` says that they claim."""

from __future__ import annotations

import os
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from oracle import Key, check_complete, check_necessary, check_sufficient, monotone, store

from gbkg.cite.prove import Proved, prove
from gbkg.errors import NotCoveredError

EXAMPLES = int(os.environ.get("GBKG_EXAMPLES", "250"))
NODES = [ox.NamedNode(f"urn:{name}") for name in "abcd"]
PREDICATES = [ox.NamedNode(f"urn:{name}") for name in "pqr"]
NUMBERS = [ox.Literal(n) for n in (1, 2)]

variables = st.sampled_from(["?x", "?y", "?z"])
nodes = st.sampled_from([str(n) for n in NODES])
predicates = st.sampled_from([str(p) for p in PREDICATES])


@st.composite
def graphs(draw: st.DrawFn) -> list[Key]:
    triple = st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(NODES + NUMBERS))
    return draw(st.lists(triple, min_size=2, max_size=12, unique=True))


@st.composite
def patterns(draw: st.DrawFn, names: Any = variables) -> str:
    subject = draw(st.one_of(names, names, names, nodes))
    predicate = draw(st.one_of(predicates, predicates, names))
    object = draw(st.one_of(names, names, names, nodes, st.sampled_from(["1", "2"])))
    return f"{subject} {predicate} {object} ."


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
    parts = draw(st.lists(patterns(), min_size=1, max_size=2))
    for _ in range(draw(st.integers(0, 2))):
        parts.append(draw(elements(draw(st.sampled_from(kinds)), kinds, depth)))
    return " ".join(parts)


@st.composite
def elements(draw: st.DrawFn, kind: str, kinds: list[str], depth: int) -> str:
    def inside() -> str:
        return draw(bodies(kinds, depth - 1)) if depth else draw(patterns())

    match kind:
        case "optional":
            return f"OPTIONAL {{ {inside()} }}"
        case "union":
            return f"{{ {inside()} }} UNION {{ {inside()} }}"
        case "group":
            return f"{{ {inside()} }}"
        case "minus":
            return f"MINUS {{ {inside()} }}"
        case "exists":
            return f"FILTER EXISTS {{ {draw(patterns(st.sampled_from(['?x', '?y', '?e'])))} {draw(patterns())} }}"
        case "not exists":
            return f"FILTER NOT EXISTS {{ {inside()} }}"
        case "both":
            return (
                f"FILTER (EXISTS {{ {draw(patterns())} }} && !EXISTS {{ {draw(patterns())} }} && ?x != {draw(nodes)})"
            )
        case "filter":
            return (
                f"FILTER ({draw(variables)} {draw(st.sampled_from(['=', '!=']))} {draw(st.one_of(variables, nodes))})"
            )
        case "bound":
            return f"FILTER (!BOUND({draw(variables)}) || {draw(variables)} != {draw(nodes)})"
        case "bind":
            name = draw(st.sampled_from(["?u", "?v", "?w", "?t"])) + str(draw(st.integers(0, 10**6)))
            return f"BIND (STR({draw(variables)}) AS {name})"
        case "values":
            return f"VALUES ({draw(variables)} ?k) {{ ({draw(nodes)} 1) (UNDEF {draw(nodes)}) ({draw(nodes)} UNDEF) }}"
        case "path":
            return f"{draw(variables)} {draw(paths())} {draw(st.one_of(variables, nodes))} ."
        case "short":
            return f"{draw(variables)} {draw(predicates)}/^{draw(predicates)} {draw(variables)} ."
        case "subselect":
            tail = draw(st.sampled_from(["", "ORDER BY ?x ?y ?z LIMIT 2"]))
            return f"{{ SELECT {draw(st.sampled_from(['', 'DISTINCT']))} ?x ?y WHERE {{ {inside()} }} {tail} }}"
        case "aggregate":
            having = draw(st.sampled_from(["", "HAVING (COUNT(*) > 1)"]))
            return f"{{ SELECT ?x (COUNT(?y) AS ?n) WHERE {{ {inside()} }} GROUP BY ?x {having} }}"
    raise AssertionError(kind)


MONOTONE = ["union", "group", "exists", "filter", "bind", "values", "short", "subselect", "optional"]
ALL = [*MONOTONE, "minus", "not exists", "both", "bound", "path", "aggregate"]


FUNCTIONS = "COUNT(*)|COUNT(?y)|COUNT(DISTINCT ?y)|SUM(?y)|MIN(?y)|MAX(?z)|AVG(?y)|SAMPLE(1)".split("|")
FUNCTIONS.append("GROUP_CONCAT(DISTINCT ?y; SEPARATOR=' (')")


@st.composite
def selects(draw: st.DrawFn, kinds: list[str]) -> str:
    body = draw(bodies(kinds))
    names = draw(st.lists(variables, min_size=1, max_size=3, unique=True))
    order = draw(st.sampled_from(["", "ORDER BY " + " ".join(names), f"ORDER BY DESC({names[0]})"]))
    limit = draw(st.sampled_from(["", "", "", "LIMIT 2"]))
    modifier = draw(st.sampled_from(["", "DISTINCT"]))
    return f"SELECT {modifier} {draw(st.sampled_from([' '.join(names), '*']))} WHERE {{ {body} }} {order} {limit}"


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
                ("?z", "GROUP BY ?z ?x"),
            ]
        )
    )
    having = draw(st.sampled_from(["", "HAVING (COUNT(?y) > 1)"])) if group else ""
    return f"SELECT {head} ({function} AS ?made) WHERE {{ {draw(bodies(ALL))} }} {group} {having}"


def proved(triples: list[Key], text: str) -> Proved | None:
    """The proof, with the same rows in the same order as without; None when the query is refused by name."""
    whole = store(triples)
    try:
        plain = [tuple(solution) for solution in whole.query(text)]
    except SyntaxError:
        event("not SPARQL")
        return None
    try:
        found = prove(whole, text)
    except NotCoveredError as refusal:
        event(f"refused: {refusal.construct}")
        return None
    event("rows" if plain else "no rows")
    assert found.rows == plain
    assert {triple for ways in found.derivations for way in ways for triple in way.triples} <= set(triples)
    return found


SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


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
