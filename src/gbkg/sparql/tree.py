"""The tree of a query: its clauses and what stands in its group graph patterns, with every IRI written out.

Names follow the grammar of SPARQL 1.1, section 19.8. Blank nodes of a pattern are variables here, which is what they
mean (section 4.1.4). Names of variables that begin with `HIDDEN` are reserved; a query that has one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from gbkg.core.terms import Term as Value

HIDDEN = "__"


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """`name` without the question mark."""

    name: str

    @property
    def hidden(self) -> bool:
        """Whether it is not of the query's own text."""
        return self.name.startswith(HIDDEN)


@dataclass(frozen=True, slots=True)
class Constant:
    """An IRI or a literal; a blank node only where no text is written of the tree."""

    term: Value

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
    """An expression as its tokens in order: text, variables, constants, and groups after EXISTS."""

    parts: Parts


@dataclass(frozen=True, slots=True)
class Filter:
    expression: Expression


@dataclass(frozen=True, slots=True)
class Bind:
    """`start` is where the variable stands in the text, as in `Triple`."""

    expression: Expression
    variable: Variable
    start: int = field(default=0, compare=False, repr=False)


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
class GraphPattern:
    name: Term
    group: Group


@dataclass(frozen=True, slots=True)
class SubSelect:
    select: Select


@dataclass(frozen=True, slots=True)
class Group:
    """Elements in the order of the text; a group within a group is an element of its own."""

    elements: tuple[Element, ...]


Part = str | Variable | Constant | Exists
Parts = tuple[Part, ...]
Element = Triple | Filter | Bind | Values | Optional | Union | Minus | GraphPattern | SubSelect | Group


@dataclass(frozen=True, slots=True)
class Item:
    """A column of SELECT or a key of GROUP BY: a variable, an expression, or an expression with a variable for it.
    `start` is where the variable stands in the text, as in `Triple`."""

    variable: Variable | None
    expression: Expression | None = None
    start: int = field(default=0, compare=False, repr=False)


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
        called = [item.expression for item in self.items if item.expression] + list(self.order)
        return bool(self.group_by or self.having or any(has_aggregate(e) for e in called))

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


def groups(element: Element) -> Iterator[Group]:
    """The groups that stand directly in an element, those after EXISTS included; a group is its own."""
    match element:
        case Optional(group) | Minus(group) | GraphPattern(_, group):
            yield group
        case Union(several):
            yield from several
        case Group():
            yield element
        case SubSelect(select):
            yield select.where
        case Filter(expression) | Bind(expression, _):
            yield from (part.group for part in expression.parts if isinstance(part, Exists))


def inside(element: Element) -> Iterator[Element]:
    """The elements of the groups that stand directly in an element."""
    for group in groups(element):
        yield from group.elements


def own(element: Element) -> Iterator[Variable]:
    """The variables that a triple pattern, BIND, VALUES or GRAPH gives a value, what stands in its group left out."""
    match element:
        case Triple(s, p, o):
            yield from (t for t in (s, p, o) if isinstance(t, Variable))
        case Bind(_, variable) | GraphPattern(Variable() as variable, _):
            yield variable
        case Values(variables, _):
            yield from variables


def scope(element: Element) -> list[Variable]:
    """The variables in scope in an element (section 18.2.1), each once, in order of appearance; those that stand for
    blank nodes included."""
    return list(dict.fromkeys(_in_scope(element)))


def _in_scope(element: Element) -> Iterator[Variable]:
    yield from own(element)
    if isinstance(element, SubSelect):
        yield from (Variable(name) for name in element.select.columns)
    elif not isinstance(element, Minus | Filter | Bind):
        for inner in inside(element):
            yield from _in_scope(inner)


def with_groups(element: Element, new: Callable[[Group], Group]) -> Element:
    """The element with each group that stands directly in it replaced by `new` of it, except those of a sub-SELECT and
    those after EXISTS."""
    match element:
        case Optional(group):
            return Optional(new(group))
        case Minus(group):
            return Minus(new(group))
        case GraphPattern(name, group):
            return GraphPattern(name, new(group))
        case Union(several):
            return Union(tuple(map(new, several)))
        case Group():
            return new(element)
    return element


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
        case SubSelect(select):
            return SubSelect(rename_select(select, new))
        case GraphPattern(name, group):
            element = GraphPattern(_term(name, new), group)
    return with_groups(element, lambda group: rename_group(group, new))


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

    def renamed(part: Part) -> Part:
        if isinstance(part, Variable):
            return new(part)
        return Exists(rename_group(part.group, new), part.negated) if isinstance(part, Exists) else part

    return Expression(tuple(map(renamed, expression.parts)))


def _item(item: Item, new: Callable[[Variable], Variable]) -> Item:
    variable = new(item.variable) if item.variable else None
    return Item(variable, rename_expression(item.expression, new) if item.expression else None)


def _term(term: Term, new: Callable[[Variable], Variable]) -> Term:
    return new(term) if isinstance(term, Variable) else term
