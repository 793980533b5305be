"""Queries as Virtuoso answers them rightly.

Virtuoso 7.2.5 loses and repeats rows where a path of any length is joined with other patterns, leaves variables unbound
after `VALUES ?x { UNDEF }`, and ends with an error where it has to sort by more than some twenty keys. So what such a
path reaches from a node that is written in the query is looked up beforehand and sent in its place, what says nothing
is left out, and solutions are sorted here. tests/virtuoso asks a server every saved query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import count

import pyoxigraph as ox

from gbkg.core.errors import NotCoveredError
from gbkg.core.terms import Term as Value
from gbkg.sparql import write
from gbkg.sparql.tree import (
    HIDDEN,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Item,
    Part,
    Path,
    Select,
    SubSelect,
    Term,
    Triple,
    Values,
    Variable,
    has_aggregate,
    with_groups,
)

Edges = Callable[[ox.NamedNode], Iterable[tuple[Value, Value]]]
"""Subject and object of the triples with a property."""
_WHY = "Virtuoso loses and repeats rows of such a path; ask a build, a store or an Oxigraph server (docs/scale.md)"


def worded(query: Select, edges: Edges) -> str:
    """The text of a query with the same solutions that has no path with *, and none with + from or to a node that is
    written in it; and no order, if they can be sorted here (`in_order`).

    Raises `NotCoveredError` for a path with * that neither begins nor ends at a node written in the query.
    """
    sent = _Translation(edges).select(query)
    return write.select(replace(sent, order=()) if _sortable(query) else sent)


def in_order(query: Select, solutions: ox.QuerySolutions) -> ox.QuerySolutions:
    """The solutions of a query that was sent without its order, in that order."""
    if not _sortable(query):
        return solutions
    columns = tuple(Variable(variable.value) for variable in solutions.variables)
    rows = tuple(tuple(None if term is None else Constant(term) for term in row) for row in solutions)
    given = Select("", tuple(map(Item, columns)), Group((Values(columns, rows),)), order=query.order)
    found = ox.Store().query(write.select(given))
    assert isinstance(found, ox.QuerySolutions)
    return found


def _sortable(query: Select) -> bool:
    """Whether the order of a query is one of its columns alone, and of all its solutions."""
    used = [part for key in query.order for part in key.parts if isinstance(part, Variable | Exists)]
    known = {Variable(name) for name in query.columns}
    whole = query.limit is None and query.offset is None and not any(map(has_aggregate, query.order))
    return bool(query.order) and whole and known.issuperset(used)


class _Translation:
    def __init__(self, edges: Edges) -> None:
        self._edges, self._numbers = edges, count()

    def select(self, query: Select) -> Select:
        items = query.items or tuple(Item(Variable(name)) for name in query.columns)
        return Select(
            query.modifier,
            tuple(Item(i.variable, i.expression and self._expression(i.expression)) for i in items),
            self._group(query.where),
            tuple(Item(i.variable, i.expression and self._expression(i.expression)) for i in query.group_by),
            tuple(map(self._expression, query.having)),
            tuple(map(self._expression, query.order)),
            query.limit,
            query.offset,
            query.values,
            query.base,
        )

    def _group(self, group: Group) -> Group:
        return Group(tuple(new for element in group.elements for new in self._element(element)))

    def _element(self, element: Element) -> Iterator[Element]:
        match element:
            case Values(_, ((None, *others),)) if not any(others):
                return
            case Triple(subject, Path() as path, thing):
                yield from self._path(subject, path, thing)
            case Filter(expression):
                yield Filter(self._expression(expression))
            case SubSelect(select):
                yield SubSelect(self.select(select))
            case _:
                yield with_groups(element, self._group)

    def _expression(self, expression: Expression) -> Expression:
        def translated(part: Part) -> Part:
            return Exists(self._group(part.group), part.negated) if isinstance(part, Exists) else part

        return Expression(tuple(map(translated, expression.parts)))

    def _path(self, subject: Term, path: Path, thing: Term) -> Iterator[Element]:
        """The elements in place of a path pattern."""
        if path.kind == "^" and _unbounded(path):
            yield from self._step(thing, path.parts[0], subject)
        elif path.kind == "/" and _unbounded(path):
            nodes = [subject, *(Variable(f"{HIDDEN}v{next(self._numbers)}") for _ in path.parts[1:]), thing]
            for start, part, end in zip(nodes, path.parts, nodes[1:], strict=False):
                yield from self._step(start, part, end)
        elif _followed(path) and isinstance(thing, Constant) and isinstance(subject, Variable):
            yield _among(subject, self._reached(path, thing, forward=False))
        elif _followed(path) and isinstance(subject, Constant) and isinstance(thing, Variable):
            yield _among(thing, self._reached(path, subject, forward=True))
        elif _unbounded(path, "*"):
            shown = write.readable(write.element(Triple(subject, path, thing))).removesuffix(" .")
            raise NotCoveredError(f"the path in {shown}", why=_WHY)
        else:
            yield Triple(subject, path, thing)

    def _step(self, start: Term, part: Path | Constant, end: Term) -> Iterator[Element]:
        if isinstance(part, Path):
            yield from self._path(start, part, end)
        else:
            yield Triple(start, part, end)

    def _reached(self, path: Path, node: Constant, forward: bool) -> list[Value]:
        """The nodes to which, or from which, a path of one property with * or + leads."""
        (step,) = path.parts
        assert isinstance(step, Constant) and isinstance(step.term, ox.NamedNode)
        following: dict[Value, list[Value]] = {}
        for one, other in self._edges(step.term):
            start, end = (one, other) if forward else (other, one)
            following.setdefault(start, []).append(end)
        found = dict.fromkeys([node.term] if path.kind == "*" else following.get(node.term, ()))
        waiting = list(found)
        for at in waiting:  # which grows
            new = [one for one in dict.fromkeys(following.get(at, ())) if one not in found]
            found |= dict.fromkeys(new)
            waiting += new
        return sorted(found, key=str)


def _unbounded(path: Path | Constant, kinds: str = "*+") -> bool:
    """Whether a path has a part of one of these kinds."""
    return isinstance(path, Path) and (path.kind in kinds or any(_unbounded(part, kinds) for part in path.parts))


def _followed(path: Path) -> bool:
    """Whether it is one property any number of times."""
    return path.kind in ("*", "+") and isinstance(path.parts[0], Constant)


def _among(variable: Variable, nodes: list[Value]) -> Values:
    return Values((variable,), tuple((Constant(node),) for node in nodes))
