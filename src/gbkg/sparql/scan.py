"""What stands where in a tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from gbkg.sparql import tree
from gbkg.sparql.tree import (
    Bind,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Minus,
    Optional,
    Path,
    Select,
    SubSelect,
    Term,
    Triple,
    Union,
    Values,
    Variable,
)


def groups(element: Element) -> Iterator[Group]:
    """The groups that stand directly in an element, those after EXISTS included; a group is its own."""
    match element:
        case Optional(group) | Minus(group) | Graph(_, group):
            yield group
        case Union(several):
            yield from several
        case Group():
            yield element
        case SubSelect(select):
            yield select.where
        case Filter(expression) | Bind(expression, _):
            yield from (part.group for part in expression.parts if isinstance(part, Exists))


def patterns(group: Group) -> Iterator[Triple]:
    """Every triple pattern in a group, however deep."""
    for element in group.elements:
        if isinstance(element, Triple):
            yield element
        for inner in groups(element):
            yield from patterns(inner)


def graphs(group: Group) -> Iterator[Graph]:
    """Every GRAPH in a group, however deep."""
    for element in group.elements:
        if isinstance(element, Graph):
            yield element
        for inner in groups(element):
            yield from graphs(inner)


def negated(group: Group) -> Iterator[Triple]:
    """The triple patterns in negative position: those within NOT EXISTS and MINUS, wherever these stand."""
    for element in group.elements:
        absent = {id(part.group) for part in _exists(element) if part.negated}
        for inner in groups(element):
            yield from patterns(inner) if isinstance(element, Minus) or id(inner) in absent else negated(inner)


def expressions(query: Select) -> Iterator[Expression]:
    """Every expression of a query, those within patterns included."""
    yield from (i.expression for i in (*query.items, *query.group_by) if i.expression)
    yield from (*query.having, *query.order)
    yield from _expressions(query.where)


def constants(element: Element) -> Iterator[tuple[str, Any, Triple | None]]:
    """Each constant in an element, however deep: where it stands (subject, predicate, object, graph, or value in
    expressions and inline data), the term, and the pattern that it is part of. Names of functions are left out."""
    match element:
        case Triple(s, p, o):
            for place, term in (("subject", s), ("object", o)):
                yield from ((place, term.term, element) for _ in (1,) if isinstance(term, Constant))
            yield from (("predicate", term, element) for term in _leaves(p))
        case Graph(Constant(name), _):
            yield "graph", name, None
        case Values(_, rows):
            yield from (("value", cell.term, None) for row in rows for cell in row if cell)
        case SubSelect(select):
            for expression in (
                *(i.expression for i in (*select.items, *select.group_by)),
                *select.having,
                *select.order,
            ):
                yield from _in_expression(expression) if expression else ()
            yield from constants(select.values) if select.values else ()
        case Filter(expression) | Bind(expression, _):
            yield from _in_expression(expression)
            return
    for group in groups(element):
        for inner in group.elements:
            yield from constants(inner)


def _leaves(path: Term | Path) -> Iterator[Any]:
    if isinstance(path, Path):
        for part in path.parts:
            yield from _leaves(part)
    elif isinstance(path, Constant):
        yield path.term


def _in_expression(expression: Expression) -> Iterator[tuple[str, Any, Triple | None]]:
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
            case Graph(name, inner):
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
        case Graph(_, group):
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


def uniform(group: Group, mixing: frozenset[str] | None) -> frozenset[Variable]:
    """Variables whose values are never numbers beside other literals: subjects, properties, and objects of properties
    that are not among `mixing` (IRIs; None is all). It is enough that one pattern which must match says so, or that
    every place does which may bind the variable."""
    places: dict[Variable, bool] = {}
    for variable, safe in _bindings(group, mixing):
        places[variable] = places.get(variable, True) and safe
    sure = {
        v for element in group.elements if isinstance(element, Triple) for v, safe in _ends(element, mixing) if safe
    }
    return frozenset(sure | {variable for variable, safe in places.items() if safe})


def _bindings(element: Element, mixing: frozenset[str] | None) -> Iterator[tuple[Variable, bool]]:
    match element:
        case Triple():
            yield from _ends(element, mixing)
        case Bind(_, variable):
            yield variable, False
        case Values(variables, rows):
            for at, variable in enumerate(variables):
                yield variable, all(row[at] is None or isinstance(row[at].term, NamedNode) for row in rows)  # type: ignore[union-attr]
        case Graph(Variable() as name, _):
            yield name, True
        case SubSelect(select):
            yield from ((i.variable, False) for i in (*select.items, *select.group_by) if i.variable and i.expression)
            yield from _bindings(select.values, mixing) if select.values else ()
    for inner in groups(element):
        for one in inner.elements:
            yield from _bindings(one, mixing)


def _ends(pattern: Triple, mixing: frozenset[str] | None) -> Iterator[tuple[Variable, bool]]:
    plain = not isinstance(pattern.predicate, Path)
    known = isinstance(pattern.predicate, Constant) and mixing is not None
    text = known and pattern.predicate.term.value not in mixing  # type: ignore[union-attr,operator]
    places = ((pattern.subject, plain), (pattern.predicate, True), (pattern.object, text))
    yield from ((term, safe) for term, safe in places if isinstance(term, Variable))


def optional(element: Element) -> frozenset[Variable]:
    """Variables that OPTIONAL parts of an element may bind and nothing else in it always does."""
    match element:
        case Optional(group):
            return frozenset(tree.scope(group))
        case Group(elements):
            found = frozenset(v for inner in elements for v in optional(inner))
            return found - certain(element)
        case Graph(_, group):
            return optional(group)
        case Union(several):
            return frozenset(v for group in several for v in optional(group))
        case SubSelect(select):
            return optional(select.where) & {Variable(name) for name in select.columns}
    return frozenset()


def mentions(query: Select) -> Iterator[Variable]:
    """Every mention of a variable, what is selected included; order and limit do not change what a row is made of."""
    yield from (Variable(name) for name in query.columns)
    for item in (*query.items, *query.group_by):
        if item.expression:
            yield from tree.variables(item.expression)
    yield from (item.variable for item in query.group_by if item.variable)
    for expression in query.having:
        yield from tree.variables(expression)
    if query.values:
        yield from query.values.variables
    yield from tree.mentioned(query.where)


def _expressions(group: Group) -> Iterator[Expression]:
    for element in group.elements:
        if isinstance(element, SubSelect):
            yield from expressions(element.select)
            continue
        if isinstance(element, Filter | Bind):
            yield element.expression
        for inner in groups(element):
            yield from _expressions(inner)


def _exists(element: Element) -> list[Exists]:
    if not isinstance(element, Filter | Bind):
        return []
    return [part for part in element.expression.parts if isinstance(part, Exists)]
