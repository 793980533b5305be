"""The tree of a SELECT or CONSTRUCT: what stands in a group graph pattern, with every term spelled out.

Names follow the grammar of SPARQL 1.1, section 19.8. Blank nodes of a pattern are variables here, which is what they
mean (section 4.1.4). Names that begin with `HIDDEN` are ours; a query that uses such a name is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

HIDDEN = "__"


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """`name` without the question mark."""

    name: str

    @property
    def hidden(self) -> bool:
        """Whether no user wrote it."""
        return self.name.startswith(HIDDEN)


@dataclass(frozen=True, slots=True)
class Constant:
    """An IRI or a literal, as a pyoxigraph term."""

    term: Any

    @property
    def text(self) -> str:
        """The term in N-Triples: `<iri>`, `"words"@en`, `"1"^^<…integer>`."""
        return str(self.term)


Term = Variable | Constant


@dataclass(frozen=True, slots=True)
class Path:
    """A property path. `kind` is / or | or ^ or * or + or ? or ! ; parts are paths or, at the leaves, IRIs.
    For ! the parts are IRIs, or ^ of an IRI."""

    kind: Literal["/", "|", "^", "*", "+", "?", "!"]
    parts: tuple[Path | Constant, ...]


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple pattern, or a property path pattern. `start` is where its predicate stands in the text, a 0-based offset
    in code points; patterns that differ in nothing else are the same."""

    subject: Term
    predicate: Term | Path
    object: Term
    start: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """EXISTS, or NOT EXISTS when negated, within an expression."""

    group: Group
    negated: bool


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as its tokens in order: text, variables, and groups after EXISTS."""

    parts: tuple[str | Variable | Constant | Exists, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    expression: Expression


@dataclass(frozen=True, slots=True)
class Bind:
    expression: Expression
    variable: Variable


@dataclass(frozen=True, slots=True)
class Values:
    """Inline data; None is UNDEF."""

    variables: tuple[Variable, ...]
    rows: tuple[tuple[Constant | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Optional:
    group: Group


@dataclass(frozen=True, slots=True)
class Union:
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Minus:
    group: Group


@dataclass(frozen=True, slots=True)
class Graph:
    name: Term
    group: Group


@dataclass(frozen=True, slots=True)
class SubSelect:
    select: Select


@dataclass(frozen=True, slots=True)
class Group:
    """Elements in the order of the text; a group within a group is an element of its own."""

    elements: tuple[Element, ...]


Element = Triple | Filter | Bind | Values | Optional | Union | Minus | Graph | SubSelect | Group


@dataclass(frozen=True, slots=True)
class Item:
    """What a SELECT or GROUP BY names: a variable, an expression, or an expression with a variable for it."""

    variable: Variable | None
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """`items` is empty for SELECT *; `order` are the order conditions, each as an expression with its ASC or DESC.
    `base` is the IRI against which IRI() resolves when the query runs; only a whole query has one."""

    modifier: Literal["", "DISTINCT", "REDUCED"]
    items: tuple[Item, ...]
    where: Group
    group_by: tuple[Item, ...] = ()
    having: tuple[Expression, ...] = ()
    order: tuple[Expression, ...] = ()
    limit: int | None = None
    offset: int | None = None
    values: Values | None = None
    base: str = ""

    @property
    def aggregated(self) -> bool:
        """Whether solutions are grouped: GROUP BY, HAVING, or an aggregate in what is selected or ordered by."""
        spoken = [item.expression for item in self.items if item.expression] + list(self.order)
        return bool(self.group_by or self.having or any(has_aggregate(e) for e in spoken))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the variables selected, in order; for SELECT * those in scope, in order of appearance."""
        if self.items:
            return tuple(item.variable.name for item in self.items if item.variable)
        found = [*scope(self.where), *(self.values.variables if self.values else ())]
        return tuple(dict.fromkeys(v.name for v in found if not v.hidden))


@dataclass(frozen=True, slots=True)
class Construct:
    """A CONSTRUCT without clauses after its body."""

    template: Group
    where: Group


AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


def has_aggregate(expression: Expression) -> bool:
    """Whether the expression calls an aggregate function (section 18.5.1)."""
    return any(isinstance(part, str) and part in AGGREGATES for part in expression.parts)


def scope(element: Element) -> list[Variable]:
    """The variables in scope in an element (section 18.2.1), each once, in order of appearance; those that stand for
    blank nodes included."""
    return list(dict.fromkeys(_in_scope(element)))


def _in_scope(element: Element) -> Iterator[Variable]:
    match element:
        case Triple(s, p, o):
            yield from (t for t in (s, p, o) if isinstance(t, Variable))
        case Bind(_, variable):
            yield variable
        case Values(variables, _):
            yield from variables
        case Optional(group):
            yield from _in_scope(group)
        case Graph(name, group):
            yield from (t for t in (name,) if isinstance(t, Variable))
            yield from _in_scope(group)
        case Union(groups):
            for group in groups:
                yield from _in_scope(group)
        case Group(elements):
            for inner in elements:
                yield from _in_scope(inner)
        case SubSelect(select):
            yield from (Variable(name) for name in select.columns)


def variables(expression: Expression) -> Iterator[Variable]:
    """The variables that an expression mentions, those within EXISTS included."""
    for part in expression.parts:
        if isinstance(part, Variable):
            yield part
        elif isinstance(part, Exists):
            yield from mentioned(part.group)


def mentioned(element: Element) -> Iterator[Variable]:
    """Every variable that stands anywhere in an element, in scope or not."""
    match element:
        case Filter(expression):
            yield from variables(expression)
        case Bind(expression, variable):
            yield variable
            yield from variables(expression)
        case Optional(group) | Minus(group):
            yield from mentioned(group)
        case Graph(name, group):
            yield from (t for t in (name,) if isinstance(t, Variable))
            yield from mentioned(group)
        case Union(groups):
            for group in groups:
                yield from mentioned(group)
        case Group(elements):
            for inner in elements:
                yield from mentioned(inner)
        case SubSelect(select):
            yield from _selected(select)
            yield from mentioned(select.where)
        case _:
            yield from _in_scope(element)


def _selected(select: Select) -> Iterator[Variable]:
    for item in (*select.items, *select.group_by):
        if item.variable:
            yield item.variable
        if item.expression:
            yield from variables(item.expression)
    for expression in (*select.having, *select.order):
        yield from variables(expression)
    if select.values:
        yield from select.values.variables


def loose(select: Select) -> list[Variable]:
    """The variables that a query uses and no pattern, VALUES, BIND or AS of it gives a value, in order of appearance: a
    slip of the pen, as nothing else makes a column that is empty by its writing."""
    given = set(_valued(select))
    used = dict.fromkeys([*_selected(select), *mentioned(select.where)])
    return [variable for variable in used if variable not in given and not variable.hidden]


def _valued(select: Select) -> Iterator[Variable]:
    """Every variable that a SELECT gives a value, whether it hands it on or not."""
    for item in (*select.items, *select.group_by):
        if item.expression:
            yield from (item.variable,) if item.variable else ()
            yield from _within(item.expression)
    for expression in (*select.having, *select.order):
        yield from _within(expression)
    yield from select.values.variables if select.values else ()
    yield from _given(select.where)


def _given(element: Element) -> Iterator[Variable]:
    """Every variable that something in an element gives a value, in scope or not."""
    if isinstance(element, Triple | Bind | Values | Graph):
        yield from _in_scope(element)
    match element:
        case Filter(expression) | Bind(expression, _):
            yield from _within(expression)
        case Optional(group) | Minus(group) | Graph(_, group):
            yield from _given(group)
        case Union(groups):
            for group in groups:
                yield from _given(group)
        case Group(elements):
            for inner in elements:
                yield from _given(inner)
        case SubSelect(select):
            yield from _valued(select)


def _within(expression: Expression) -> Iterator[Variable]:
    """Every variable that an EXISTS in an expression gives a value."""
    for part in expression.parts:
        if isinstance(part, Exists):
            yield from _given(part.group)


def rename(element: Element, new: Callable[[Variable], Variable]) -> Element:
    """The element with every variable in it replaced by what `new` gives for it."""
    match element:
        case Triple(s, p, o):
            predicate = p if isinstance(p, Path) else _term(p, new)
            return Triple(_term(s, new), predicate, _term(o, new))
        case Filter(expression):
            return Filter(rename_expression(expression, new))
        case Bind(expression, variable):
            return Bind(rename_expression(expression, new), new(variable))
        case Values(names, rows):
            return Values(tuple(map(new, names)), rows)
        case Optional(group):
            return Optional(rename_group(group, new))
        case Minus(group):
            return Minus(rename_group(group, new))
        case Graph(name, group):
            return Graph(_term(name, new), rename_group(group, new))
        case Union(groups):
            return Union(tuple(rename_group(group, new) for group in groups))
        case SubSelect(select):
            return SubSelect(rename_select(select, new))
        case Group():
            return rename_group(element, new)


def rename_group(group: Group, new: Callable[[Variable], Variable]) -> Group:
    """As `rename`, for a group."""
    return Group(tuple(rename(element, new) for element in group.elements))


def rename_select(select: Select, new: Callable[[Variable], Variable]) -> Select:
    """As `rename`, for a whole SELECT. SELECT * names its columns afterwards, as it would not select a variable that
    has become hidden; in the order of the engine, which is that of their names."""
    values = select.values
    items = select.items or tuple(Item(Variable(name)) for name in sorted(select.columns))
    return Select(
        select.modifier,
        tuple(_item(item, new) for item in items),
        rename_group(select.where, new),
        tuple(_item(item, new) for item in select.group_by),
        tuple(rename_expression(e, new) for e in select.having),
        tuple(rename_expression(e, new) for e in select.order),
        select.limit,
        select.offset,
        Values(tuple(map(new, values.variables)), values.rows) if values else None,
    )


def rename_expression(expression: Expression, new: Callable[[Variable], Variable]) -> Expression:
    """As `rename`, for an expression."""

    def part(piece: str | Variable | Constant | Exists) -> str | Variable | Constant | Exists:
        if isinstance(piece, Variable):
            return new(piece)
        return Exists(rename_group(piece.group, new), piece.negated) if isinstance(piece, Exists) else piece

    return Expression(tuple(map(part, expression.parts)))


def _item(item: Item, new: Callable[[Variable], Variable]) -> Item:
    variable = new(item.variable) if item.variable else None
    return Item(variable, rename_expression(item.expression, new) if item.expression else None)


def _term(term: Term, new: Callable[[Variable], Variable]) -> Term:
    return new(term) if isinstance(term, Variable) else term
