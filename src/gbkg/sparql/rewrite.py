"""Rewriting a query so that each solution shows which triples it was made of.

How-provenance by query rewriting, as in SPARQLprov (Hernández, Galárraga & Hose, VLDB 2021) and NPCS (Asma et al., WWW
2024). Where those look up every triple's provenance inside the query, here the solutions keep all their variables: a
pattern with all variables bound *is* the triple that it matched. The engine does a little more work than for the plain
query, and evidence is looked up afterwards, once for each triple.

- Variables that a sub-SELECT or a blank node hides get names of their own and stay.
- DISTINCT, ORDER BY and the like fall away: each way to make a row is a solution.
- UNION branches and OPTIONAL parts bind a mark, which shows which of them took part.
- Sequences, inverses, alternatives and negated sets of a property path become patterns (section 18.2.2.4); * + ? stay
  and are looked up afterwards.
- FILTER EXISTS becomes a join with what exists. NOT EXISTS and MINUS stay as they are: they have no triple to show,
  only the remark that absence was tested.
- A limited SELECT stays and is joined with all ways to make its rows. A grouped one stays too; its members, which prove
  a group together, come from a query of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

import pyoxigraph as ox

from gbkg.core.errors import NotCoveredError
from gbkg.sparql import refusals, scan, tree
from gbkg.sparql.expressions import conjuncts, only_exists
from gbkg.sparql.traces import ABSENCE, Conditional, Match, Members, PathMatch, Remark, Trace, Traced, needed, renamed
from gbkg.sparql.tree import (
    HIDDEN,
    Bind,
    Constant,
    Element,
    Expression,
    Filter,
    GraphPattern,
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
    Variable,
)


def rewrite(query: Select) -> Traced:
    """The traced form of a query.

    Raises `NotCoveredError` at a construct whose solutions cannot be traced.
    """
    for expression in scan.expressions(query):
        refusals.changing(expression)
    writer = _Rewriter(query.base)
    query = writer.apart(query)
    writer.total = Counter(scan.mentions(query))
    writer.columns = frozenset(query.columns)
    refusals.in_head(query)
    if query.aggregated:
        return writer.members(query, _keys(query))
    return writer.traced(query, query.columns, grouped=False)


def keyed(query: Select) -> Select:
    """A grouped query with its grouping keys as columns after its own; without DISTINCT, order and limit."""
    keys = _keys(query)
    extra = tuple(Item(key) for key in keys if key.name not in query.columns)
    return replace(
        query, modifier="", items=query.items + extra, group_by=_aliased(query, keys), order=(), limit=None, offset=None
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Rewritten elements with their traces."""

    elements: tuple[Element, ...]
    traces: tuple[Trace, ...] = ()


@dataclass
class _Rewriter:
    """Rewrites one query: counts the names it gives, and remembers how often the query mentions each variable."""

    base: str
    numbers: count[int] = field(default_factory=count)
    total: Counter[Variable] = field(default_factory=Counter)
    columns: frozenset[str] = frozenset()
    faithful: bool = True
    loose: bool = False
    graph: Term | None = None
    counting: bool = False
    """Whether the pattern at hand is grouped, so that it matters how often a row occurs."""

    def fresh(self) -> Variable:
        return Variable(f"{HIDDEN}{next(self.numbers)}")

    # ---- SELECT

    def traced(self, query: Select, names: tuple[str, ...], grouped: bool) -> Traced:
        part = self.select(query)
        kept = [Variable(name) for name in names]
        kept += [v for v in dict.fromkeys(needed(part.traces)) if v not in kept]
        items = tuple(map(Item, kept)) or (Item(self.fresh(), _number(1)),)
        select = Select("", items, Group(part.elements), base=self.base)
        return Traced(select, names, part.traces, grouped, self.faithful, self.loose)

    def members(self, query: Select, keys: tuple[Variable, ...]) -> Traced:
        """The members of the groups of a SELECT."""
        former, self.counting = self.counting, True
        made = self.traced(_members(query, keys), tuple(key.name for key in keys), grouped=True)
        self.counting = former
        return made

    def apart(self, query: Select) -> Select:
        """The query with the hidden variables of each sub-SELECT under names of their own."""
        return replace(query, where=self._group_apart(query.where))

    def _group_apart(self, group: Group) -> Group:
        return Group(tuple(map(self._apart, group.elements)))

    def _apart(self, element: Element) -> Element:
        if not isinstance(element, SubSelect):
            return tree.with_groups(element, self._group_apart)
        names = {Variable(name): Variable(name) for name in element.select.columns}
        return SubSelect(
            self.apart(tree.rename_select(element.select, lambda v: names.get(v) or names.setdefault(v, self.fresh())))
        )

    def select(self, query: Select) -> _Part:
        """What a SELECT computes before grouping, order and limit, as elements of a group."""
        part = self.group(query.where, frozenset())
        elements = part.elements
        if query.values:
            elements = (Group(elements), query.values)
        binds = tuple(Bind(i.expression, i.variable) for i in query.items if i.expression and i.variable)
        if binds:
            elements = (Group(elements), *binds)
        return _Part(elements, part.traces)

    def subselect(self, query: Select) -> _Part:
        refusals.in_head(query)
        if query.offset:
            raise NotCoveredError("OFFSET in a sub-SELECT", why="which rows it skips depends on all the others")
        if query.aggregated:
            return self.grouped(query)
        self.faithful = self.faithful and not query.modifier and query.limit is None
        inner = self.select(query)
        if query.limit is None:
            return _Part((Group(inner.elements),), inner.traces)
        columns = [Variable(name) for name in query.columns]
        sure = scan.certain(query.where) & {i.variable for i in query.items if not i.expression}
        joined, conditions = self.equated(inner, [c for c in columns if c not in sure])
        return _Part((Group((SubSelect(query), Group(joined.elements), *conditions)),), joined.traces)

    def grouped(self, query: Select) -> _Part:
        """A grouped SELECT as it is, with its keys; a query of their own fetches the members."""
        keys = tuple(item.variable or self.fresh() for item in query.group_by)
        sure = scan.certain(query.where)
        # A key that is unbound in its group may be bound by the join with what stands around, so it gets a copy.
        shown = tuple(key if key in sure and key.name in query.columns else self.fresh() for key in keys)
        extra = tuple(Item(copy, Expression((key,))) for key, copy in zip(keys, shown, strict=True) if copy != key)
        whole = replace(query, items=query.items + extra, group_by=_aliased(query, keys))
        faithful = self.faithful and not query.modifier
        members = self.members(query, keys)
        self.faithful = faithful
        return _Part((SubSelect(whole),), (Members(shown, members, query.where),))

    def equated(self, part: _Part, unsure: Iterable[Variable]) -> tuple[_Part, list[Filter]]:
        """The part with variables that may be unbound under new names, and the conditions that they are the same
        terms as before, or unbound as before: a join would let unbound agree with anything."""
        names = {variable: self.fresh() for variable in unsure}
        elements = tuple(tree.rename(e, lambda v: names.get(v, v)) for e in part.elements)
        traces = tuple(renamed(trace, names) for trace in part.traces)
        return _Part(elements, traces), [Filter(_same(old, new)) for old, new in names.items()]

    # ---- patterns

    def group(
        self, group: Group, outside: frozenset[Variable], outside_sure: frozenset[Variable] = frozenset()
    ) -> _Part:
        """The group's elements; `outside` are the variables in scope in the pattern that the group is OPTIONAL to, or
        that FILTER EXISTS stands in, and `outside_sure` those of them that are always bound there."""
        scope = outside | frozenset(tree.scope(group))
        sure = outside_sure | scan.certain(group)
        before, before_sure = outside, outside_sure
        if self.counting:
            refusals.rejoined(group)
        parts: list[_Part] = []
        last: list[_Part] = []
        for element in group.elements:
            if isinstance(element, Filter):
                kept, joined = self.filter(element.expression, scope, sure)
                parts.append(kept)
                last += joined
                continue
            parts.append(self.element(element, before, before_sure))
            before |= frozenset(tree.scope(element))
            before_sure |= scan.certain(Group((element,)))
        parts += last
        return _Part(tuple(e for p in parts for e in p.elements), tuple(t for p in parts for t in p.traces))

    def element(self, element: Element, before: frozenset[Variable], before_sure: frozenset[Variable]) -> _Part:
        match element:
            case Triple(s, p, o):
                return self.pattern(s, p, o)
            case Bind(expression, _):
                refusals.exists(expression, "EXISTS in BIND")
            case Optional(group):
                return self.optional(group, before, before_sure)
            case Union(groups):
                return self.union([self.group(group, frozenset()) for group in groups])
            case Minus(group):
                return _Part((element,), (Remark(ABSENCE, group),))
            case GraphPattern(name, group):
                refusals.unanchored(group)
                former, self.graph = self.graph, name
                part = self.group(group, frozenset())
                self.graph = former
                return _Part((GraphPattern(name, Group(part.elements)),), part.traces)
            case SubSelect(select):
                return self.subselect(select)
            case Group():
                part = self.group(element, frozenset())
                return _Part((Group(part.elements),), part.traces)
        return _Part((element,))

    def optional(self, group: Group, before: frozenset[Variable], before_sure: frozenset[Variable]) -> _Part:
        own = frozenset(tree.scope(group)) - before_sure
        inside = Counter(scan.mentioned(group))
        beyond = {v: self.total[v] - inside[v] for v in own if self.total[v] > inside[v]}
        if not beyond and not self.counting:
            return _Part((Optional(group),))  # all it can do is multiply rows
        refusals.ill_designed(group, before)
        bare = {v for v, n in beyond.items() if n == 1 and v.name in self.columns}
        self.loose = self.loose or (bare != set(beyond) and not self.counting)
        part = self.group(group, before, before_sure)
        elements = part.elements
        mark = next((v for v in sorted(scan.certain(group) & own) if v in bare or v not in beyond), None)
        if mark is None:
            mark = self.fresh()
            elements = (*elements, Bind(_number(1), mark))
        return _Part((Optional(Group(elements)),), (Conditional(mark, None, part.traces, group),))

    def union(self, parts: list[_Part]) -> _Part:
        mark = self.fresh()
        groups = [Group((*part.elements, Bind(_number(n), mark))) for n, part in enumerate(parts)]
        return _Part((Union(tuple(groups)),), tuple(Conditional(mark, n, part.traces) for n, part in enumerate(parts)))

    def filter(
        self, expression: Expression, scope: frozenset[Variable], sure: frozenset[Variable]
    ) -> tuple[_Part, list[_Part]]:
        """The conditions that stay, and what is to be joined to the whole group for each FILTER EXISTS."""
        stay: list[Element] = []
        said: list[Trace] = []
        joined = []
        for condition in conjuncts(expression.parts):
            exists = only_exists(condition)
            if exists is None:
                refusals.exists(Expression(condition), "EXISTS within an expression")
                stay.append(Filter(Expression(("(", *condition, ")"))))
            elif exists.negated:
                stay.append(Filter(Expression((exists,))))
                said.append(Remark(ABSENCE, exists.group))
            else:
                joined.append(self.witness(exists.group, scope, sure))
        return _Part(tuple(stay), tuple(said)), joined

    def witness(self, group: Group, scope: frozenset[Variable], sure: frozenset[Variable]) -> _Part:
        """What FILTER EXISTS found: its group as part of the group around it, its own variables under new names."""
        self.faithful = False
        refusals.in_exists(group, scope)
        for variable in set(scan.mentioned(group)) & scope - sure:
            raise NotCoveredError("EXISTS over what may be unbound", why=f"look at ?{variable.name}")
        names: dict[Variable, Variable] = {}

        def own(variable: Variable) -> Variable:
            return variable if variable in scope else names.setdefault(variable, self.fresh())

        return self.group(tree.rename_group(group, own), scope, sure)

    # ---- triple patterns and paths

    def pattern(self, s: Term, p: Term | Path, o: Term) -> _Part:
        if not isinstance(p, Path):
            triple = Triple(s, p, o)
            return _Part((triple,), (Match(triple, self.graph),))
        if p.kind == "^":
            return self.pattern(o, p.parts[0], s)
        if p.kind == "/":
            return self.sequence(s, p.parts, o)
        self.faithful = self.faithful and p.kind not in "|!"
        if p.kind == "|":
            return self.union([self.pattern(s, part, o) for part in p.parts])
        if p.kind == "!":
            return self.but(s, p, o)
        return _Part((Triple(s, p, o),), (PathMatch(s, p, o, self.graph),))

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
                branches.append(_Part((triple, Filter(condition)), (Match(triple, self.graph),)))
        return self.union(branches)


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
