"""Why a query has no rows: which of its parts has no match, found by asking for them one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term, term
from gbkg.sparql import parse, write
from gbkg.sparql.tree import Element, Filter, Group, Select, SubSelect, Triple, Values, Variable, scope
from gbkg.store import unknown
from gbkg.store.base import Store

_FEW = 3
"""Values of inline data that are named."""
_LONGEST = 120
"""Characters of a pattern that are shown; the beginning is enough to find it again."""


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


def explain(store: Store, text: str) -> str | None:
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
