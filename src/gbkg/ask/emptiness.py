"""Why a query has no rows: the first part of its pattern that nothing fits, and names that are near."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox

from gbkg.core import prefixes
from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql import parse, write
from gbkg.sparql.tree import Element, Filter, Group, Select, SubSelect, Triple, Values, Variable, scope
from gbkg.store import unknown
from gbkg.store.memory import Store

_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_FEW = 3
_LONGEST = 120
"""Characters of a pattern that are said; the beginning is enough to find it again."""
_IRI = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>"{}|^`\\\x00-\x20]*)>')


@dataclass(frozen=True, slots=True)
class _Asked:
    """The graph that was asked, and the BASE of the query."""

    store: Store
    base: str

    def holds(self, elements: list[Element]) -> bool:
        """Whether there is anything that fits all of these."""
        group = Group(tuple(elements))
        for _ in self.store.query(write.select(Select("", (), group, limit=1, base=self.base))):
            return True
        # A pattern without variables has a solution without bindings, which ASK sees.
        return bool(self.store.query(f"{write.base(self.base)}ASK {write.group(group)}"))


def explain_empty(store: Store, text: str) -> str | None:
    """What was without a match in a SELECT that gave no rows, in a sentence or two; None when it cannot be said.

    The elements of the WHERE group are put together one after another, conditions after all patterns, until nothing is
    left. Runs a handful of queries of the cost of the given one.
    """
    try:
        query = parse.select(text)
        return _select(_Asked(store, query.base), query)
    except (GbkgError, SyntaxError, RuntimeError, ValueError, OSError):
        # Whatever a rewritten part runs into, the empty answer stands; there is only nothing to add to it.
        return None


def _select(asked: _Asked, query: Select) -> str | None:
    if query.limit == 0:
        return "LIMIT is 0"
    elements = sorted(query.where.elements, key=lambda element: isinstance(element, Filter))
    if query.values:
        elements.insert(0, query.values)
    for at, element in enumerate(elements):
        if not asked.holds(elements[: at + 1]):
            return _blame(asked, elements[:at], element)
    if query.having:
        return f"no group passes HAVING {_short(' '.join(map(write.expression, query.having)))}"
    if query.offset:
        return f"OFFSET {query.offset:,} is beyond the last row"
    return None


def _blame(asked: _Asked, before: list[Element], element: Element) -> str | None:
    if isinstance(element, SubSelect) and not asked.holds([element]):
        inner = _select(asked, replace(element.select, values=element.select.values))
        return f"in the sub-SELECT, {inner}" if inner else "the sub-SELECT has no rows"
    if isinstance(element, Group) and not asked.holds([element]):
        return _select(asked, Select("", (), element))
    said = _cut(_short(write.element(element)).removesuffix(" ."))
    data: list[Element] = [earlier for earlier in before if isinstance(earlier, Values)]
    if isinstance(element, Filter):
        return _stopped(asked, before, data, element)
    if isinstance(element, Triple) and not asked.holds([element]):
        return f"nothing fits the pattern {said}" + _about(asked.store, [element])
    named = set(scope(element))
    own: list[Element] = [values for values in data if isinstance(values, Values) and named & {*values.variables}]
    if own and not asked.holds([*own, element]):
        return f"nothing fits {said}{_given(asked.store, own)} (with other values it has matches)" + _about(
            asked.store, own
        )
    alone = "alone it has matches, but none together with what stands before it"
    return f"nothing fits {said}{_given(asked.store, data)} ({alone})" + _about(asked.store, data)


def _stopped(asked: _Asked, before: list[Element], data: list[Element], condition: Filter) -> str:
    """What a condition lets nothing pass; values that were given and contradict one another by themselves are named."""
    named = {part for part in condition.expression.parts if isinstance(part, Variable)}
    own: list[Element] = [values for values in data if isinstance(values, Values) and named & {*values.variables}]
    bound = {variable for values in own if isinstance(values, Values) for variable in values.variables}
    if named and named <= bound and not asked.holds([*own, condition]):
        return f"nothing can be found{_given(asked.store, own)}: they exclude each other" + _about(
            asked.store, [*own, condition]
        )
    said = _cut(_short(write.element(condition)))
    return f"nothing passes {said}{_given(asked.store, data)}" + _about(asked.store, [*before, condition])


def _given(store: Store, data: list[Element]) -> str:
    """What stands in blocks of inline data for one variable, by label; nothing for those that leave it open."""
    said = []
    for values in data:
        if isinstance(values, Values) and len(values.variables) == 1:
            cells = [row[0] for row in values.rows]
            if cells and None not in cells:
                words = [_named(store, cell.term) for cell in cells if cell]
                more = [f"{len(words) - _FEW} more"] if len(words) > _FEW else []
                said.append(f"{values.variables[0].name} = {' or '.join(words[:_FEW] + more)}")
    return f" with {', '.join(said)}" if said else ""


def _named(store: Store, term: Any) -> str:
    if isinstance(term, ox.Literal):
        return str(term.value)
    return min((quad.object.value for quad in store.quads(term, _LABEL)), default=_short(str(term)))


def _about(store: Store, elements: list[Element]) -> str:
    """What is to be said of the terms in elements: that one occurs nowhere, and which are near it."""
    return "".join(f"; {said}" for said in unknown.said(store, unknown.mentions(elements)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _short(text: str) -> str:
    """The text with prefixes for its IRIs, those within strings left alone."""
    return _IRI.sub(lambda match: prefixes.shorten(match[1]) if match[1] is not None else match[0], text)
