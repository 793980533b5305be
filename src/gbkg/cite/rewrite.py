"""A query rewritten so that each solution tells which triples it was made of.

How-provenance by query rewriting, as in SPARQLprov (Hernández, Galárraga & Hose, VLDB 2021) and NPCS (Asma et al., WWW
2024). Where those look up every triple's provenance inside the query, here the solutions keep all their variables: a
pattern with all variables bound *is* the triple that it matched. So the engine does a little more work than for the
plain query, and evidence is looked up afterwards, once for each triple.

- Variables that a sub-SELECT or a blank node hides get names of their own and stay.
- DISTINCT, ORDER BY and the like fall away: each way to make a row is a solution.
- UNION branches and OPTIONAL parts leave a mark, so that one can tell which of them took part.
- Sequences, inverses, alternatives and negated sets of a property path become patterns (section 18.2.2.4); * + ? stay
  and are walked afterwards.
- FILTER EXISTS becomes a join with what exists. NOT EXISTS and MINUS stay as they are: they leave no triple behind,
  only the remark that absence was tested.
- A grouped or limited SELECT stays, and its members are joined to it: they prove a group together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pyoxigraph as ox

from gbkg.errors import NotCoveredError
from gbkg.spaces import shorten
from gbkg.sparql import tree, write
from gbkg.sparql.tree import (
    HIDDEN,
    Bind,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Item,
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

ABSENCE = "absence was tested: nothing matches {}"
EMPTY = "absence was tested: there is nothing to count"
UNMATCHED = "nothing matched the OPTIONAL part {}"
_CHANGING = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "NOW"})


@dataclass(frozen=True, slots=True)
class Used:
    """A pattern that is a triple once its variables are bound; within GRAPH, `graph` is its name."""

    triple: Triple
    graph: Term | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """A path with * + or ?, to be walked from subject to object."""

    subject: Term
    path: Path
    object: Term
    graph: Term | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A remark that goes with the solution."""

    text: str


@dataclass(frozen=True, slots=True)
class When:
    """Traces that count where `mark` is bound (and, for a UNION, has the number of the branch); otherwise `lacking`
    is said, if anything."""

    mark: Variable
    branch: int | None
    traces: tuple[Trace, ...]
    lacking: str = ""


Trace = Used | Walked | Said | When


@dataclass(frozen=True, slots=True)
class Traced:
    """A query whose solutions can be traced.

    `select` is the rewritten query; its first columns are `keys`: the columns of the original, or its grouping keys
    when `grouped`. `members` are variables whose values together, not each by itself, prove a row. `faithful` says
    that there is one solution for each solution of the original, duplicates included; `loose` that a derivation may
    hold triples of an OPTIONAL part that took part in an expression, though the row might do without them.
    """

    select: Select
    keys: tuple[str, ...]
    traces: tuple[Trace, ...]
    members: frozenset[Variable]
    grouped: bool
    faithful: bool
    loose: bool

    @property
    def text(self) -> str:
        return write.select(self.select)


def rewrite(query: Select) -> Traced:
    """The traced form of a query.

    Raises `NotCoveredError` at a construct whose solutions cannot be traced.
    """
    for expression in _expressions(query):
        _refuse_changing(expression)
    writer = _Writer()
    query = writer.apart(replace(query, group_by=tuple(dict.fromkeys(query.group_by))))
    writer.total = Counter(_mentions(query))
    writer.columns = frozenset(query.columns)
    writer.ordering = frozenset(v for expression in query.order for v in tree.variables(expression))
    _refuse_exists_in_head(query)
    if query.aggregated:
        keys = _keys(query)
        writer.counting = True
        part = writer.select(_members(query, keys))
        names = tuple(key.name for key in keys)
    else:
        part = writer.select(query)
        names = query.columns
    kept = [Variable(name) for name in names]
    kept += [v for v in dict.fromkeys(_traced(part.traces)) if v not in kept]
    items = tuple(map(Item, kept)) or (Item(writer.fresh(), _number(1)),)
    return Traced(
        Select("", items, Group(part.elements)),
        names,
        part.traces,
        frozenset(writer.members),
        query.aggregated,
        writer.faithful,
        writer.loose,
    )


def keyed(query: Select) -> Select:
    """A grouped query with its grouping keys as columns after its own; without DISTINCT, order and limit."""
    query = replace(query, group_by=tuple(dict.fromkeys(query.group_by)))
    keys = _keys(query)
    extra = tuple(Item(key) for key in keys if key.name not in query.columns)
    return Select("", query.items + extra, query.where, _aliased(query, keys), query.having, values=query.values)


def negated(element: Element) -> Iterator[Triple]:
    """The triple patterns in negative position: those within NOT EXISTS and MINUS, wherever these stand."""
    match element:
        case Minus(group):
            yield from _patterns(group)
        case Filter(expression) | Bind(expression, _):
            for part in expression.parts:
                if isinstance(part, Exists):
                    yield from _patterns(part.group) if part.negated else negated(part.group)
        case Optional(group) | Graph(_, group):
            yield from negated(group)
        case Union(groups):
            for group in groups:
                yield from negated(group)
        case Group(elements):
            for inner in elements:
                yield from negated(inner)
        case SubSelect(select):
            yield from negated(select.where)


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
            case Union(groups):
                found |= frozenset.intersection(*map(certain, groups))
            case SubSelect(select):
                found |= certain(select.where) & {i.variable for i in select.items if not i.expression}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rewritten elements with what they leave behind."""

    elements: tuple[Element, ...]
    traces: tuple[Trace, ...] = ()


@dataclass
class _Writer:
    """Rewrites one query: counts the names it gives, and remembers how often the query mentions each variable."""

    numbers: count[int] = field(default_factory=count)
    total: Counter[Variable] = field(default_factory=Counter)
    columns: frozenset[str] = frozenset()
    ordering: frozenset[Variable] = frozenset()
    members: set[Variable] = field(default_factory=set)
    faithful: bool = True
    loose: bool = False
    graph: Term | None = None
    counting: bool = False
    """Whether the pattern at hand is grouped, so that it matters how often a row occurs."""

    def fresh(self) -> Variable:
        return Variable(f"{HIDDEN}{next(self.numbers)}")

    # ---- SELECT

    def apart(self, query: Select) -> Select:
        """The query with the hidden variables of each sub-SELECT under names of their own."""
        return replace(query, where=Group(tuple(map(self._apart, query.where.elements))))

    def _apart(self, element: Element) -> Element:
        match element:
            case Optional(group):
                return Optional(Group(tuple(map(self._apart, group.elements))))
            case Graph(name, group):
                return Graph(name, Group(tuple(map(self._apart, group.elements))))
            case Union(groups):
                return Union(tuple(Group(tuple(map(self._apart, group.elements))) for group in groups))
            case Group(elements):
                return Group(tuple(map(self._apart, elements)))
            case SubSelect(select):
                if not select.items:
                    select = replace(select, items=tuple(Item(Variable(name)) for name in select.columns))
                names = {Variable(name): Variable(name) for name in select.columns}
                renamed = tree.rename_select(select, lambda v: names.get(v) or names.setdefault(v, self.fresh()))
                return SubSelect(self.apart(renamed))
        return element

    def select(self, query: Select) -> _Part:
        """What a SELECT computes, leaving aside grouping, order and limit, as elements of a group."""
        part = self.group(query.where, frozenset())
        elements = part.elements
        if query.values:
            elements = (Group(elements), query.values)
        binds = tuple(Bind(i.expression, i.variable) for i in query.items if i.expression and i.variable)
        if binds:
            elements = (Group(elements), *binds)
        return _Part(elements, part.traces)

    def subselect(self, query: Select) -> _Part:
        _refuse_exists_in_head(query)
        query = replace(query, group_by=tuple(dict.fromkeys(query.group_by)))
        if query.offset:
            raise NotCoveredError("OFFSET in a sub-SELECT", why="which rows it skips depends on all the others")
        if query.aggregated:
            return self.grouped(query)
        self.faithful = self.faithful and not query.modifier and query.limit is None
        inner = self.select(query)
        if query.limit is None:
            return _Part((Group(inner.elements),), inner.traces)
        columns = [Variable(name) for name in query.columns]
        sure = certain(query.where) & {i.variable for i in query.items if not i.expression}
        joined, conditions = self.equated(inner, [c for c in columns if c not in sure])
        return _Part((Group((SubSelect(query), Group(joined.elements), *conditions)),), joined.traces)

    def grouped(self, query: Select) -> _Part:
        """A grouped SELECT as it is, and its members beside it."""
        self.faithful = False
        keys = tuple(item.variable or self.fresh() for item in query.group_by)
        extra = tuple(Item(key) for key in keys if key.name not in query.columns)
        whole = replace(query, items=query.items + extra, group_by=_aliased(query, keys))
        former, self.counting = self.counting, True
        inside = self.select(_members(query, keys))
        self.counting = former
        sure = certain(query.where)
        joined, conditions = self.equated(inside, [k for k in keys if k not in sure])
        mark = self.fresh()
        self.members |= set(_traced(joined.traces)) - set(keys) | {mark}
        members = Optional(Group((Group(joined.elements), *conditions, Bind(_number(1), mark))))
        return _Part((Group((SubSelect(whole), members)),), (When(mark, None, joined.traces, EMPTY),))

    def equated(self, part: _Part, unsure: Iterable[Variable]) -> tuple[_Part, list[Filter]]:
        """The part with variables that may be unbound under new names, and the conditions that they are the same
        terms as before, or unbound as before: a join would let unbound agree with anything."""
        names = {variable: self.fresh() for variable in unsure}
        elements = tuple(tree.rename(e, lambda v: names.get(v, v)) for e in part.elements)
        traces = tuple(_renamed(trace, names) for trace in part.traces)
        return _Part(elements, traces), [Filter(_same(old, new)) for old, new in names.items()]

    # ---- patterns

    def group(self, group: Group, outside: frozenset[Variable]) -> _Part:
        """The group's elements; `outside` are the variables in scope in the pattern that the group is OPTIONAL to."""
        scope = outside | frozenset(tree.scope(group))
        sure = outside | certain(group)
        before = outside
        parts: list[_Part] = []
        last: list[_Part] = []
        for element in group.elements:
            if isinstance(element, Filter):
                kept, joined = self.filter(element.expression, scope, sure)
                parts.append(kept)
                last += joined
            else:
                parts.append(self.element(element, before))
                before |= frozenset(tree.scope(element))
        parts += last
        return _Part(tuple(e for p in parts for e in p.elements), tuple(t for p in parts for t in p.traces))

    def element(self, element: Element, before: frozenset[Variable]) -> _Part:
        match element:
            case Triple(s, p, o):
                return self.pattern(s, p, o)
            case Bind(expression, _):
                _refuse_exists(expression, "EXISTS in BIND")
            case Optional(group):
                return self.optional(group, before)
            case Union(groups):
                return self.union([self.group(group, frozenset()) for group in groups])
            case Minus(group):
                return _Part((element,), (Said(ABSENCE.format(readable(group))),))
            case Graph(name, group):
                former, self.graph = self.graph, name
                part = self.group(group, frozenset())
                self.graph = former
                return _Part((Graph(name, Group(part.elements)),), part.traces)
            case SubSelect(select):
                return self.subselect(select)
            case Group():
                part = self.group(element, frozenset())
                return _Part((Group(part.elements),), part.traces)
        return _Part((element,))

    def optional(self, group: Group, before: frozenset[Variable]) -> _Part:
        own = frozenset(tree.scope(group)) - before
        inside = Counter(tree.mentioned(group))
        beyond = {v: self.total[v] - inside[v] for v in own if self.total[v] > inside[v]}
        if not beyond and not own & self.ordering and not self.counting:
            self.faithful = False  # all it can do is multiply rows
            return _Part(())
        _refuse_ill_designed(group, before)
        bare = {v for v, n in beyond.items() if n == 1 and v.name in self.columns}
        self.loose = self.loose or (bare != set(beyond) and not self.counting)
        part = self.group(group, before)
        elements = part.elements
        mark = next((v for v in sorted(certain(group) & own) if v in bare or v not in beyond), None)
        if mark is None:
            mark = self.fresh()
            elements = (*elements, Bind(_number(1), mark))
        lacking = UNMATCHED.format(readable(group))
        return _Part((Optional(Group(elements)),), (When(mark, None, part.traces, lacking),))

    def union(self, parts: list[_Part]) -> _Part:
        mark = self.fresh()
        groups = [Group((*part.elements, Bind(_number(n), mark))) for n, part in enumerate(parts)]
        return _Part((Union(tuple(groups)),), tuple(When(mark, n, part.traces) for n, part in enumerate(parts)))

    def filter(
        self, expression: Expression, scope: frozenset[Variable], sure: frozenset[Variable]
    ) -> tuple[_Part, list[_Part]]:
        """The conditions that stay, and what is to be joined to the whole group for each FILTER EXISTS."""
        stay: list[Element] = []
        said: list[Trace] = []
        joined = []
        for condition in _conjuncts(expression.parts):
            exists = _only_exists(condition)
            if exists is None:
                _refuse_exists(Expression(condition), "EXISTS within an expression")
                stay.append(Filter(Expression(("(", *condition, ")"))))
            elif exists.negated:
                stay.append(Filter(Expression((exists,))))
                said.append(Said(ABSENCE.format(readable(exists.group))))
            else:
                joined.append(self.witness(exists.group, scope, sure))
        return _Part(tuple(stay), tuple(said)), joined

    def witness(self, group: Group, scope: frozenset[Variable], sure: frozenset[Variable]) -> _Part:
        """What FILTER EXISTS found: its group as part of the group around it, its own variables under new names."""
        self.faithful = False
        _refuse_in_exists(group, scope)
        for variable in set(tree.mentioned(group)) & scope - sure:
            raise NotCoveredError("EXISTS", why=f"it mentions ?{variable.name}, which may be unbound")
        names: dict[Variable, Variable] = {}

        def own(variable: Variable) -> Variable:
            return variable if variable in scope else names.setdefault(variable, self.fresh())

        return self.group(tree.rename_group(group, own), scope)

    # ---- triple patterns and paths

    def pattern(self, s: Term, p: Term | Path, o: Term) -> _Part:
        if not isinstance(p, Path):
            triple = Triple(s, p, o)
            return _Part((triple,), (Used(triple, self.graph),))
        if p.kind == "^":
            return self.pattern(o, p.parts[0], s)
        if p.kind == "/":
            return self.sequence(s, p.parts, o)
        if p.kind == "|":
            self.faithful = False
            return self.union([self.pattern(s, part, o) for part in p.parts])
        if p.kind == "!":
            self.faithful = False
            return self.but(s, p, o)
        return _Part((Triple(s, p, o),), (Walked(s, p, o, self.graph),))

    def sequence(self, s: Term, parts: tuple[Path | Constant, ...], o: Term) -> _Part:
        nodes = [s, *(self.fresh() for _ in parts[1:]), o]
        made = [self.pattern(nodes[i], part, nodes[i + 1]) for i, part in enumerate(parts)]
        return _Part(tuple(e for m in made for e in m.elements), tuple(t for m in made for t in m.traces))

    def but(self, s: Term, p: Path, o: Term) -> _Part:
        """A negated property set (section 9.1): any property but these, and backwards any but those after ^."""
        forward = [part for part in p.parts if isinstance(part, Constant)]
        backward = [part.parts[0] for part in p.parts if isinstance(part, Path)]
        branches = []
        for banned, start, end in ((forward, s, o), (backward, o, s)):
            if banned:
                property_ = self.fresh()
                triple = Triple(start, property_, end)
                inside = [x for part in banned for x in (",", part)][1:]
                condition = Expression(("(", property_, "NOT", "IN", "(", *inside, ")", ")"))  # type: ignore[arg-type]
                branches.append(_Part((triple, Filter(condition)), (Used(triple, self.graph),)))
        return self.union(branches)


def readable(group: Group) -> str:
    """The text of a group for a remark, on one line, IRIs as prefix:name."""
    text = re.sub(r"<[^>]*>", lambda match: shorten(match.group()[1:-1]), write.group(group))
    return re.sub(rf"\?{HIDDEN}\w+", "[]", text)


def _keys(query: Select) -> tuple[Variable, ...]:
    """A variable for each grouping key."""
    return tuple(item.variable or Variable(f"{HIDDEN}key{n}") for n, item in enumerate(query.group_by))


def _aliased(query: Select, keys: tuple[Variable, ...]) -> tuple[Item, ...]:
    return tuple(Item(k, i.expression) if i.expression else i for k, i in zip(keys, query.group_by, strict=True))


def _members(query: Select, keys: tuple[Variable, ...]) -> Select:
    """The ungrouped SELECT of the grouping keys. VALUES after the query come in after grouping (section 18.2.4.3)."""
    return Select("", _aliased(query, keys), query.where)


def _number(value: int) -> Expression:
    return Expression((Constant(ox.Literal(value)),))


def _same(old: Variable, new: Variable) -> Expression:
    both = ("BOUND", "(", old, ")", "&&", "BOUND", "(", new, ")", "&&", "sameTerm", "(", old, ",", new, ")")
    return Expression(("(", *both, "||", "!", "BOUND", "(", old, ")", "&&", "!", "BOUND", "(", new, ")", ")"))


def _traced(traces: Iterable[Trace]) -> Iterator[Variable]:
    """The variables that traces need."""
    for trace in traces:
        match trace:
            case Used(Triple(s, p, o), graph):
                yield from (t for t in (s, p, o, graph) if isinstance(t, Variable))
            case Walked(s, _, o, graph):
                yield from (t for t in (s, o, graph) if isinstance(t, Variable))
            case When(mark, _, inner):
                yield mark
                yield from _traced(inner)


def _renamed(trace: Trace, names: dict[Variable, Variable]) -> Trace:
    def term(given: Term) -> Term:
        return names.get(given, given) if isinstance(given, Variable) else given

    match trace:
        case Used(Triple(s, p, o), graph):
            assert not isinstance(p, Path)
            return Used(Triple(term(s), term(p), term(o)), graph and term(graph))
        case Walked(s, path, o, graph):
            return Walked(term(s), path, term(o), graph and term(graph))
        case When(mark, branch, inner, lacking):
            return When(names.get(mark, mark), branch, tuple(_renamed(t, names) for t in inner), lacking)
    return trace


def _conjuncts(parts: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The conditions that && joins at the top of an expression."""
    parts = _stripped(parts)
    cuts, depth = [], 0
    for position, part in enumerate(parts):
        depth += (part == "(") - (part == ")")
        if depth == 0 and part == "||":
            return [parts]
        if depth == 0 and part == "&&":
            cuts.append(position)
    if not cuts:
        return [parts]
    pieces = [parts[a:b] for a, b in zip([0, *(c + 1 for c in cuts)], [*cuts, len(parts)], strict=True)]
    return [conjunct for piece in pieces for conjunct in _conjuncts(piece)]


def _stripped(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """The parts without parentheses around all of them."""
    while len(parts) > 1 and parts[0] == "(" and parts[-1] == ")":
        depth = 0
        for position, part in enumerate(parts):
            depth += (part == "(") - (part == ")")
            if depth == 0 and position < len(parts) - 1:
                return parts
        parts = parts[1:-1]
    return parts


def _only_exists(parts: tuple[Any, ...]) -> Exists | None:
    """The EXISTS that the condition consists of, if it does; ! before it negates it."""
    turned = False
    parts = _stripped(parts)
    while parts and parts[0] == "!":
        turned, parts = not turned, _stripped(parts[1:])
    if len(parts) == 1 and isinstance(parts[0], Exists):
        return Exists(parts[0].group, parts[0].negated != turned)
    return None


def _refuse_exists(expression: Expression | None, construct: str) -> None:
    if expression and any(isinstance(part, Exists) for part in expression.parts):
        raise NotCoveredError(construct, why="write it as a FILTER of its own")


def _refuse_exists_in_head(query: Select) -> None:
    for item in query.items:
        _refuse_exists(item.expression, "EXISTS in what is selected")
    for item in query.group_by:
        _refuse_exists(item.expression, "EXISTS in GROUP BY")
    for condition in query.having:
        _refuse_exists(condition, "EXISTS in HAVING")


def _refuse_changing(expression: Expression) -> None:
    for part in expression.parts:
        if isinstance(part, str) and part in _CHANGING:
            raise NotCoveredError(f"{part}()", why="it gives another value each time, and a proof must not")


def _refuse_ill_designed(group: Group, before: frozenset[Variable]) -> None:
    """Refuses an OPTIONAL within an OPTIONAL that shares a variable with what stands before the outer one but not with
    the outer one itself: whether it matches then decides whether the outer one does (Pérez, Arenas & Gutierrez,
    Semantics and complexity of SPARQL, TODS 2009, section 5.2)."""
    required = {v for e in group.elements if not isinstance(e, Optional) for v in tree.mentioned(e)}
    for element in group.elements:
        if isinstance(element, Optional):
            for variable in sorted(set(tree.mentioned(element.group)) & before - required):
                raise NotCoveredError("an OPTIONAL that is not well designed", why=f"look at ?{variable.name}")


def _refuse_in_exists(group: Group, scope: frozenset[Variable]) -> None:
    """Refuses within EXISTS what would mean something else as part of the group around it."""
    for element in group.elements:
        if isinstance(element, Optional | Minus | SubSelect):
            kind = {Optional: "OPTIONAL", Minus: "MINUS", SubSelect: "a sub-SELECT"}[type(element)]
            raise NotCoveredError(f"{kind} within EXISTS")
        if isinstance(element, Bind) and element.variable in scope:
            raise NotCoveredError("BIND within EXISTS", why=f"?{element.variable.name} is bound outside it too")
        for inner in _groups(element):
            foreign = {v for e in inner.elements for v in tree.mentioned(e)} & scope - certain(inner)
            for variable in sorted(foreign):
                raise NotCoveredError("a group within EXISTS", why=f"it mentions ?{variable.name} of outside")
            _refuse_in_exists(inner, scope)


def _groups(element: Element) -> tuple[Group, ...]:
    match element:
        case Group():
            return (element,)
        case Graph(_, group):
            return (group,)
        case Union(groups):
            return groups
    return ()


def _expressions(query: Select) -> Iterator[Expression]:
    """Every expression of a query, those within patterns included."""
    yield from (i.expression for i in (*query.items, *query.group_by) if i.expression)
    yield from (*query.having, *query.order)
    yield from _within(query.where)


def _within(element: Element) -> Iterator[Expression]:
    match element:
        case Filter(expression) | Bind(expression, _):
            yield expression
            for part in expression.parts:
                if isinstance(part, Exists):
                    yield from _within(part.group)
        case Optional(group) | Minus(group) | Graph(_, group):
            yield from _within(group)
        case Union(groups):
            for group in groups:
                yield from _within(group)
        case Group(elements):
            for inner in elements:
                yield from _within(inner)
        case SubSelect(select):
            yield from _expressions(select)


def _mentions(query: Select) -> Iterator[Variable]:
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


def _patterns(group: Group) -> Iterator[Triple]:
    """Every triple pattern in a group, however deep."""
    for element in group.elements:
        match element:
            case Triple():
                yield element
            case Filter(expression) | Bind(expression, _):
                for part in expression.parts:
                    if isinstance(part, Exists):
                        yield from _patterns(part.group)
            case Optional(inner) | Minus(inner) | Graph(_, inner):
                yield from _patterns(inner)
            case Union(groups):
                for inner in groups:
                    yield from _patterns(inner)
            case Group():
                yield from _patterns(element)
            case SubSelect(select):
                yield from _patterns(select.where)
