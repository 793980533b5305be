"""Remarks on an answer: what a reader must know to trust it, in a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gbkg.ask.answers import Answer, Triples, Truth, run
from gbkg.core.errors import GbkgError, QueryLimitError, near
from gbkg.core.limits import GIGABYTE, Limits, confined
from gbkg.core.text import counted
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.saved import SavedQuery

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

_EXPLAINING = 5.0
"""Seconds that finding out why there are no rows may take."""


def of_query(store: Store, text: str) -> tuple[str, ...]:
    """Remarks on a query, whatever its answer: terms that the graph does not have, variables that stay empty."""
    from gbkg.store import unknown

    return (*unknown.remarks(store, text), *of_text(text))


def of_text(text: str) -> tuple[str, ...]:
    """Those on the text alone, whatever the graph."""
    return (*_graphs(text), *_loose(text))


def of_answer(store: Store, text: str, answer: Answer | Truth | Triples, **limits: Any) -> tuple[str, ...]:
    """Remarks on an answer: rows that LIMIT left out although they tie with the last, values that the engine
    leaves out in silence. `limits` are those with which the query ran."""
    return (*_open(store, text, answer, limits), *_numbers(text, answer))


def of_saved(asked: SavedQuery, text: str, store: Store, answer: Answer | Truth | Triples) -> tuple[str, ...]:
    """All that is to be said beside the answer to a saved query, or to a text read as one.

    That is its caution, what the answer itself remarks, rows that repeat what one row should be about, and why there
    are none; `text` is the query with its values.
    """
    said = [f"caution: {asked.caution}"] * bool(asked.caution) + list(answer.remarks)
    if isinstance(answer, Answer) and (again := asked.multiplied(answer.columns, answer.rows)):
        rows = counted(again, "row repeats", "rows repeat")
        said.append(
            f"caution: {rows} the {', '.join(asked.row)} of another; counts and sums over the rows are too large"
        )
    if isinstance(answer, Truth) or not answer.complete or len(answer):
        return tuple(said)
    from gbkg.ask.empty import explain as no_rows

    nothing = "no rows" if isinstance(answer, Answer) else "no triples"
    if asked.empty:
        return (*said, f"{nothing}, as it should be")
    try:
        why = confined(lambda: no_rows(store, text), Limits(_EXPLAINING, GIGABYTE))
    except GbkgError:
        why = None
    for one in answer.remarks:
        why = why.replace(f"; {one}", "") if why else None
    return (*said, nothing + (f": {why}" if why else ""))


def _open(store: Store, text: str, answer: Answer | Truth | Triples, limits: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether the query leaves it open which rows are its answer; found out by settling it the other way round."""
    from gbkg.sparql import order

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
    if not isinstance(answer, Answer) or not (names := joined(text)):
        return ()
    empty = {name for row in answer.rows for name, cell in zip(answer.columns, row, strict=True) if cell is None}
    return tuple(NUMBERS.format(name) for name in names if name in empty)


@lru_cache(maxsize=512)
def joined(text: str) -> tuple[str, ...]:
    """The columns that GROUP_CONCAT makes."""
    from gbkg.sparql import parse

    if "GROUP_CONCAT" not in text.upper():
        return ()
    try:
        items = parse.select(text).items
    except GbkgError:
        return ()
    return tuple(i.variable.name for i in items if i.variable and i.expression and "GROUP_CONCAT" in i.expression.parts)


def _loose(text: str) -> tuple[str, ...]:
    """Variables that nothing in the query gives a value, with names near to them."""
    from gbkg.sparql import parse
    from gbkg.sparql.scan import loose, mentioned

    try:
        select = parse.select(text)
    except GbkgError:
        return ()
    empty = [variable.name for variable in loose(select)]
    if not empty:
        return ()
    known = [v.name for v in mentioned(select.where) if not v.hidden and v.name not in empty]
    found = {name: near(name, known, 1) for name in empty}
    return tuple(LOOSE.format(name) + "".join(f", near is ?{other}" for other in found[name]) for name in empty)


def _graphs(text: str) -> tuple[str, ...]:
    """Variables of GRAPH that no pattern within it binds."""
    from gbkg.sparql import parse, scan
    from gbkg.sparql.tree import GraphPattern, Variable

    try:
        graphs = [element for element in scan.elements(parse.pattern(text).where) if isinstance(element, GraphPattern)]
    except GbkgError:
        return ()
    unbound = [g.name.name for g in graphs if isinstance(g.name, Variable) and not scan.anchored(g.group)]
    return tuple(dict.fromkeys(map(GRAPHS.format, unbound)))
