"""What a reader must know to trust an answer, in a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from difflib import get_close_matches
from typing import Any

from gbkg.ask.answers import Answer, Triples, Truth, run
from gbkg.core.errors import GbkgError, QueryLimitError
from gbkg.sparql import order, parse, scan
from gbkg.sparql.scan import elements, loose, mentioned
from gbkg.sparql.tree import Graph, Variable
from gbkg.store import unknown
from gbkg.store.memory import Store

TIES = (
    "LIMIT or OFFSET cuts among rows that the query's order leaves equal: gbkg took them in the order of their columns"
)
UNORDERED = (
    "the query asks for no order and has more than 200,000 rows: which come first is the engine's choice (ORDER BY)"
)
LATE = "whether LIMIT or OFFSET cuts among rows that the query's order leaves equal was not found out in time"
NUMBERS = "?{} is empty where GROUP_CONCAT met something else than words: write GROUP_CONCAT(STR(…))"

LOOSE = "?{} stands in no pattern, and never has a value"
GRAPHS = "GRAPH without a triple pattern: the engine may leave ?{0} empty; write GRAPH ?{0} {{ ?s ?p ?o }}"


def of_query(store: Store, text: str) -> tuple[str, ...]:
    """What is to be said whatever the answer: terms that the graph does not have, variables that stay empty."""
    return (*unknown.remarks(store, text), *_graphs(text), *_loose(text))


def of_answer(store: Store, text: str, answer: Answer | Truth | Triples, **limits: Any) -> tuple[str, ...]:
    """What is to be said of an answer: rows that LIMIT left out although they tie with the last, values that the engine
    leaves out in silence. `limits` are those with which the query ran."""
    return (*_open(store, text, answer, limits), *_numbers(text, answer))


def _open(store: Store, text: str, answer: Answer | Truth | Triples, limits: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether the query leaves it open which rows are its answer; found out by settling it the other way round."""
    if not isinstance(answer, Truth) and not answer.settled:
        return (UNORDERED,) if not answer.complete or order.leaves_open(text) else ()
    if not order.leaves_open(text):
        return ()
    try:
        other = run(store, order.settled(text, descending=True), **limits)
    except QueryLimitError:
        return (LATE,)
    except GbkgError:
        return ()
    return (TIES,) if _content(other) != _content(answer) else ()


def _content(answer: Answer | Truth | Triples) -> Hashable:
    if isinstance(answer, Answer):
        return frozenset(Counter(answer.rows).items())
    return answer.value if isinstance(answer, Truth) else frozenset(answer.triples)


def _numbers(text: str, answer: Answer | Truth | Triples) -> tuple[str, ...]:
    """Columns of GROUP_CONCAT that are empty, which those of empty groups are not: the engine joins words alone."""
    if not isinstance(answer, Answer) or "GROUP_CONCAT" not in text.upper():
        return ()
    try:
        items = parse.select(text).items
    except GbkgError:
        return ()
    joined = [i.variable.name for i in items if i.variable and i.expression and "GROUP_CONCAT" in i.expression.parts]
    empty = {name for row in answer.rows for name, cell in zip(answer.columns, row, strict=True) if cell is None}
    return tuple(NUMBERS.format(name) for name in joined if name in empty)


def _loose(text: str) -> tuple[str, ...]:
    """Variables that nothing in the query gives a value, with names near to them."""
    try:
        select = parse.select(text)
    except GbkgError:
        return ()
    empty = [variable.name for variable in loose(select)]
    known = [v.name for v in mentioned(select.where) if not v.hidden and v.name not in empty]
    near = {name: get_close_matches(name, sorted(set(known)), 1) for name in empty}
    return tuple(LOOSE.format(name) + "".join(f", near is ?{other}" for other in near[name]) for name in empty)


def _graphs(text: str) -> tuple[str, ...]:
    """Variables of GRAPH that no pattern within it binds."""
    try:
        graphs = [element for element in elements(parse.pattern(text).where) if isinstance(element, Graph)]
    except GbkgError:
        return ()
    unbound = [g.name.name for g in graphs if isinstance(g.name, Variable) and not scan.anchored(g.group)]
    return tuple(dict.fromkeys(map(GRAPHS.format, unbound)))
