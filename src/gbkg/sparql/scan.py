"""Questions about a tree: which elements, variables and constants it has, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal as Choice

from gbkg.core.terms import Term as Value
from gbkg.sparql.tree import (
    Bind,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    GraphPattern,
    Group,
    Optional,
    Path,
    Select,
    SubSelect,
    Term,
    Triple,
    Union,
    Values,
    Variable,
    groups,
    inside,
    own,
    scope,
)

Place = Choice["subject", "predicate", "object", "graph", "value"]


def elements(group: Group) -> Iterator[Element]:
    """Every element in a group, however deep."""
    for element in group.elements:
        yield element
        for inner in groups(element):
            yield from elements(inner)


def selects(query: Select) -> Iterator[Select]:
    """The query, then every sub-SELECT in its pattern, however deep."""
    yield query
    for element in elements(query.where):
        if isinstance(element, SubSelect):
            yield element.select


def expressions(query: Select) -> Iterator[Expression]:
    """Every expression of a query, those within patterns included."""
    for select in selects(query):
        yield from expressions_outside(select)
    for element in elements(query.where):
        if isinstance(element, Filter | Bind):
            yield element.expression


def expressions_outside(query: Select) -> Iterator[Expression]:
    """The expressions outside the WHERE group."""
    yield from (item.expression for item in (*query.items, *query.group_by) if item.expression)
    yield from (*query.having, *query.order)


def constants(element: Element) -> Iterator[tuple[Place, Value, Triple | None]]:
    """Each constant in an element, however deep: where it stands (subject, predicate, object, graph, or value in
    expressions and inline data), the term, and the pattern that it is part of. Names of functions are left out."""
    match element:
        case Triple(s, p, o):
            if isinstance(s, Constant):
                yield "subject", s.term, element
            if isinstance(o, Constant):
                yield "object", o.term, element
            yield from (("predicate", term, element) for term in _leaves(p))
        case GraphPattern(Constant(name), _):
            yield "graph", name, None
        case Values(_, rows):
            yield from (("value", cell.term, None) for row in rows for cell in row if cell)
        case SubSelect(select):
            for expression in expressions_outside(select):
                yield from _in_expression(expression)
            yield from constants(select.values) if select.values else ()
        case Filter(expression) | Bind(expression, _):
            yield from _in_expression(expression)
            return
    for inner in inside(element):
        yield from constants(inner)


def _leaves(path: Term | Path) -> Iterator[Value]:
    if isinstance(path, Path):
        for part in path.parts:
            yield from _leaves(part)
    elif isinstance(path, Constant):
        yield path.term


def _in_expression(expression: Expression) -> Iterator[tuple[Place, Value, Triple | None]]:
    following = (*expression.parts[1:], "")
    for part, after in zip(expression.parts, following, strict=True):
        if isinstance(part, Constant) and after != "(":
            yield "value", part.term, None
        elif isinstance(part, Exists):
            yield from constants(part.group)


def certain(group: Group) -> frozenset[Variable]:
    """Variables that every solution of the group binds."""
    found: set[Variable] = set()
    for element in group.elements:
        match element:
            case Triple(s, p, o):
                found |= {t for t in (s, p, o) if isinstance(t, Variable)}
            case Values(variables, rows):
                found |= {v for i, v in enumerate(variables) if rows and all(row[i] for row in rows)}
            case GraphPattern(name, inner):
                found |= certain(inner) | {t for t in (name,) if isinstance(t, Variable)}
            case Group():
                found |= certain(element)
            case Union(several):
                found |= frozenset.intersection(*map(certain, several))
            case SubSelect(select):
                found |= certain(select.where) & {i.variable for i in select.items if not i.expression}
    return frozenset(found)


def anchored(element: Element) -> bool:
    """Whether every solution of an element needs at least one triple of it."""
    match element:
        case Triple(_, path, _):
            return not isinstance(path, Path) or not nullable(path)
        case Group(elements):
            return any(map(anchored, elements))
        case GraphPattern(_, group):
            return anchored(group)
        case Union(several):
            return all(map(anchored, several))
        case SubSelect(select):
            return not (select.aggregated and not select.group_by) and anchored(select.where)
    return False


def nullable(path: Path | Constant) -> bool:
    """Whether a path may have length zero (SPARQL 1.1, section 9.3)."""
    if isinstance(path, Constant) or path.kind == "!":
        return False
    return path.kind in "*?" or (any if path.kind == "|" else all)(map(nullable, path.parts))


def optional(element: Element) -> frozenset[Variable]:
    """Variables that OPTIONAL parts of an element may bind and nothing else in it always does."""
    match element:
        case Optional(group):
            return frozenset(scope(group))
        case Group(elements):
            found = frozenset(v for inner in elements for v in optional(inner))
            return found - certain(element)
        case GraphPattern(_, group):
            return optional(group)
        case Union(several):
            return frozenset(v for group in several for v in optional(group))
        case SubSelect(select):
            return optional(select.where) & {Variable(name) for name in select.columns}
    return frozenset()


def mentions(query: Select) -> Iterator[Variable]:
    """Every mention of a variable, what is selected included; order and limit do not change what a row is made of."""
    yield from (Variable(name) for name in query.columns if not query.items)
    yield from _mentioned_outside(replace(query, order=()))
    yield from mentioned(query.where)


def variables(expression: Expression) -> Iterator[Variable]:
    """The variables that an expression mentions, those within EXISTS included."""
    for part in expression.parts:
        if isinstance(part, Variable):
            yield part
        elif isinstance(part, Exists):
            yield from mentioned(part.group)


def mentioned(element: Element) -> Iterator[Variable]:
    """Every variable that stands anywhere in an element, in scope or not."""
    yield from own(element)
    if isinstance(element, Filter | Bind):
        yield from variables(element.expression)
        return
    if isinstance(element, SubSelect):
        yield from _mentioned_outside(element.select)
    for inner in inside(element):
        yield from mentioned(inner)


def _mentioned_outside(select: Select) -> Iterator[Variable]:
    """The variables mentioned outside the WHERE group, each as often as it is."""
    yield from (item.variable for item in (*select.items, *select.group_by) if item.variable)
    for expression in expressions_outside(select):
        yield from variables(expression)
    yield from select.values.variables if select.values else ()


def loose(select: Select) -> list[Variable]:
    """The variables of a query that no pattern, VALUES, BIND or AS in it gives a value, in order of appearance. They
    are always unbound, so that naming one is most likely a slip of the pen."""
    given = set(_given_in(select))
    used = dict.fromkeys([*_mentioned_outside(select), *mentioned(select.where)])
    return [variable for variable in used if variable not in given and not variable.hidden]


def _given_in(select: Select) -> Iterator[Variable]:
    """Every variable that something in a SELECT gives a value, whether it is a column or not."""
    yield from (item.variable for item in (*select.items, *select.group_by) if item.expression and item.variable)
    yield from select.values.variables if select.values else ()
    for element in (*map(Filter, expressions_outside(select)), *select.where.elements):
        yield from _given(element)


def _given(element: Element) -> Iterator[Variable]:
    """Every variable that something in an element gives a value, in scope or not."""
    if isinstance(element, SubSelect):
        yield from _given_in(element.select)
        return
    yield from own(element)
    for inner in inside(element):
        yield from _given(inner)
