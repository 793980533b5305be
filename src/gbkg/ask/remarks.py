"""Remarks on an answer: what a reader must know to trust it, in a sentence each, and why it has no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.ask.answers import Answer, Triples, Truth, run
from gbkg.core.errors import GbkgError, QueryLimitError
from gbkg.core.limits import GIGABYTE, Limits, confined
from gbkg.core.terms import Term, term
from gbkg.core.text import counted
from gbkg.sparql import order, parse, scan, write
from gbkg.sparql.scan import elements, loose, mentioned
from gbkg.sparql.tree import Element, Filter, Graph, Group, Select, SubSelect, Triple, Values, Variable, scope
from gbkg.store import unknown
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.queries import SavedQuery

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

_FEW = 3
"""Values of inline data that are named."""
_EXPLAINING = 5.0
"""Seconds that finding out why there are no rows may take."""
_LONGEST = 120
"""Characters of a pattern that are shown; the beginning is enough to find it again."""


def of_query(store: Store, text: str) -> tuple[str, ...]:
    """Remarks on a query, whatever its answer: terms that the graph does not have, variables that stay empty."""
    return (*unknown.remarks(store, text), *_graphs(text), *_loose(text))


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
    nothing = "no rows" if isinstance(answer, Answer) else "no triples"
    if asked.empty:
        return (*said, f"{nothing}, as it should be")
    try:
        why = confined(lambda: explain_empty(store, text), Limits(_EXPLAINING, GIGABYTE))
    except GbkgError:
        why = None
    for one in answer.remarks:
        why = why.replace(f"; {one}", "") if why else None
    return (*said, nothing + (f": {why}" if why else ""))


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
    if not isinstance(answer, Answer) or not (joined := _joined(text)):
        return ()
    empty = {name for row in answer.rows for name, cell in zip(answer.columns, row, strict=True) if cell is None}
    return tuple(NUMBERS.format(name) for name in joined if name in empty)


@lru_cache(maxsize=512)
def _joined(text: str) -> tuple[str, ...]:
    """The columns that GROUP_CONCAT makes."""
    if "GROUP_CONCAT" not in text.upper():
        return ()
    try:
        items = parse.select(text).items
    except GbkgError:
        return ()
    return tuple(i.variable.name for i in items if i.variable and i.expression and "GROUP_CONCAT" in i.expression.parts)


def _loose(text: str) -> tuple[str, ...]:
    """Variables that nothing in the query gives a value, with names near to them."""
    try:
        select = parse.select(text)
    except GbkgError:
        return ()
    empty = [variable.name for variable in loose(select)]
    if not empty:
        return ()
    from difflib import get_close_matches

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


# ---- why there are no rows


@dataclass(frozen=True, slots=True)
class _Graph:
    """The graph that has no answer, and the BASE of the query."""

    store: Store
    base: str

    def holds(self, elements: Sequence[Element]) -> bool:
        """Whether there is anything that fits all of these."""
        group = Group(tuple(elements))
        for _ in self.store.select(write.select(Select("", (), group, limit=1, base=self.base))):
            return True
        # A pattern without variables has a solution without bindings, which ASK sees.
        return bool(self.store.query(f"{write.base(self.base)}ASK {write.group(group)}"))


def explain_empty(store: Store, text: str) -> str | None:
    """What had no match in a SELECT that gave no rows, in a sentence or two; None when it cannot be said.

    The elements of the WHERE group are put together one after another, conditions after all patterns, until nothing is
    left. Runs a handful of queries of the cost of the given one.
    """
    try:
        query = parse.select(text)
        return _select(_Graph(store, query.base), query)
    except (GbkgError, SyntaxError, RuntimeError, ValueError, OSError):
        # Whatever a rewritten part runs into, the empty answer stands; there is only nothing to add to it.
        return None


def _select(graph: _Graph, query: Select) -> str | None:
    if query.limit == 0:
        return "LIMIT is 0"
    elements = sorted(query.where.elements, key=lambda element: isinstance(element, Filter))
    if query.values:
        elements.insert(0, query.values)
    for at, element in enumerate(elements):
        if not graph.holds(elements[: at + 1]):
            return _blame(graph, elements[:at], element)
    if query.having:
        return f"no group passes HAVING {write.readable(' '.join(map(write.expression, query.having)))}"
    if query.offset:
        return f"OFFSET {query.offset:,} is beyond the last row"
    return None


def _blame(graph: _Graph, before: list[Element], element: Element) -> str | None:
    if isinstance(element, SubSelect) and not graph.holds([element]):
        inner = _select(graph, element.select)
        return f"in the sub-SELECT, {inner}" if inner else "the sub-SELECT has no rows"
    if isinstance(element, Group) and not graph.holds([element]):
        return _select(graph, Select("", (), element))
    said = _cut(write.readable(write.element(element)).removesuffix(" ."))
    data = [earlier for earlier in before if isinstance(earlier, Values)]
    if isinstance(element, Filter):
        return _stopped(graph, before, data, element)
    if isinstance(element, Triple) and not graph.holds([element]):
        return f"nothing fits the pattern {said}{_about(graph, [element])}"
    own = _naming(data, set(scope(element)))
    if own and not graph.holds([*own, element]):
        return f"nothing fits {said}{_given(graph, own)} (with other values it has matches){_about(graph, own)}"
    alone = "alone it has matches, but none together with what stands before it"
    return f"nothing fits {said}{_given(graph, data)} ({alone}){_about(graph, data)}"


def _stopped(graph: _Graph, before: list[Element], data: list[Values], condition: Filter) -> str:
    """The condition that nothing passes; values that were given and contradict one another by themselves are named."""
    named = {part for part in condition.expression.parts if isinstance(part, Variable)}
    own = _naming(data, named)
    bound = {variable for values in own for variable in values.variables}
    if named and named <= bound and not graph.holds([*own, condition]):
        excluded = f"nothing can be found{_given(graph, own)}: they exclude each other"
        return excluded + _about(graph, [*own, condition])
    said = _cut(write.readable(write.element(condition)))
    return f"nothing passes {said}{_given(graph, data)}{_about(graph, [*before, condition])}"


def _naming(data: list[Values], variables: set[Variable]) -> list[Values]:
    """The blocks of inline data for one of these variables."""
    return [values for values in data if variables & {*values.variables}]


def _given(graph: _Graph, data: list[Values]) -> str:
    """What stands in blocks of inline data for one variable, by label; nothing for those that leave it open."""
    said = []
    for values in data:
        cells = [row[0] for row in values.rows] if len(values.variables) == 1 else []
        words = [_named(graph.store, cell.term) for cell in cells if cell]
        if words and len(words) == len(cells):
            more = [f"{len(words) - _FEW} more"] if len(words) > _FEW else []
            said.append(f"{values.variables[0].name} = {' or '.join(words[:_FEW] + more)}")
    return f" with {', '.join(said)}" if said else ""


def _named(store: Store, value: Term) -> str:
    if isinstance(value, ox.Literal):
        return str(value.value)
    labels = (quad.object.value for quad in store.quads(value, term("rdfs:label")))
    return min(labels, default=write.readable(str(value)))


def _about(graph: _Graph, elements: Sequence[Element]) -> str:
    """Remarks on the terms in elements: that one occurs nowhere, and which are near it."""
    return "".join(f"; {said}" for said in unknown.said(graph.store, unknown.mentions(elements)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
