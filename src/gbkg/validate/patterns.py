"""What a query looks at: the patterns that a quad has to match to have to do with what it finds, and checks that can be
asked for what a few quads have brought."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import NamedTuple

import pyoxigraph as ox

from gbkg.core.difference import Quads
from gbkg.core.errors import GbkgError
from gbkg.sparql import parse, write
from gbkg.sparql.scan import expressions_outside
from gbkg.sparql.tree import (
    Bind,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    GraphPattern,
    Group,
    Minus,
    Path,
    Select,
    SubSelect,
    Term,
    Triple,
    Union,
    Values,
    Variable,
    groups,
    own,
    rename,
    scope,
)
from gbkg.store.memory import Memory

_UNSTEADY = re.compile(r"\b(NOW|RAND|UUID|STRUUID)\b", re.IGNORECASE)


class Pattern(NamedTuple):
    """Quads that a query may look at: by graph, predicate and object, None for any."""

    graph: object = None
    predicate: object = None
    object: object = None


class TripleMatch(NamedTuple):
    """A triple pattern of a query, and the graph in which it is looked for, None for all together. A quad that matches
    a `negated` one can take rows away, another can only bring some. `shown` are the variables whose values are those of
    a row."""

    triple: Triple
    graph: Term | None
    negated: bool
    shown: frozenset[str]


def seen(quads: Iterable[ox.Quad]) -> frozenset[Pattern]:
    """All patterns that match one of the quads."""
    terms = {(quad.graph_name, quad.predicate, quad.object) for quad in quads}
    return frozenset(Pattern(*one) for some in terms for one in product(*((term, None) for term in some)))


def matching(quads: Iterable[ox.Quad]) -> Callable[[str], bool]:
    """Says of a query whether one of its patterns matches one of the quads."""
    every = seen(quads)
    return lambda text: matched(text, every)


def matched(text: str, every: frozenset[Pattern]) -> bool:
    """Whether one of the patterns of a query is among these; True where they are not known."""
    select = tree(text)
    return select is None or any(one in every for one in patterns(Group((SubSelect(select),)), None))


def tree(text: str) -> Select | None:
    """The tree of a query; None where it cannot be had, also for one that is nested too deeply to be read, and for one
    whose answer hangs on more than the graph."""
    if _UNSTEADY.search(text):
        return None
    try:
        return parse.select(text)
    except (GbkgError, RecursionError):
        return None


def patterns(element: Element, graph: object, among: Iterable[object] = ()) -> Iterator[Pattern]:
    """What an element looks at in `graph`, None for any; in one of the graphs `among`, if there are any."""
    if isinstance(element, Triple):
        every = tuple(_patterns(element))
        yield from (one._replace(graph=name) for one in every for name in (among or (graph,)))
    within, several = graph, tuple(among)
    if isinstance(element, GraphPattern):
        within = element.name.term if isinstance(element.name, Constant) else None
        several = () if isinstance(element.name, Constant) else several
        if not any(isinstance(one, Triple) for one in element.group.elements):
            yield Pattern(within)  # it may count the graphs that there are
    for group in groups(element):
        given = _given(group)
        for one in group.elements:
            named = given.get(one.name, ()) if isinstance(one, GraphPattern) else several
            yield from patterns(one, within, named)
    if isinstance(element, SubSelect):
        for part in _exists(element.select):
            yield from patterns(part.group, within, several)


def _given(group: Group) -> dict[object, tuple[object, ...]]:
    """The values that VALUES leaves to variables in a group."""
    found = dict[object, tuple[object, ...]]()
    for one in group.elements:
        if isinstance(one, Values) and all(None not in row for row in one.rows):
            columns = zip(*one.rows, strict=True)
            found |= dict(
                zip(one.variables, (tuple(cell.term for cell in cells if cell) for cells in columns), strict=False)
            )
    return found


def _patterns(triple: Triple) -> Iterator[Pattern]:
    """What a triple pattern matches. Literals are compared by the engine, in its own way: they count as any."""
    value = triple.object.term if isinstance(triple.object, Constant) else None
    value = None if isinstance(value, ox.Literal) else value
    match triple.predicate:
        case Constant(term):
            yield Pattern(None, term, value)
        case Variable():
            yield Pattern(None, None, value)
        case path:
            if _empty(path):
                yield Pattern()  # a node that occurs anywhere leads to itself
            elif leaves := _leaves(path):
                yield from (Pattern(None, leaf) for leaf in leaves)
            else:
                yield Pattern()


def _empty(path: Path) -> bool:
    """Whether a path can lead from a node to itself by no triple at all."""
    if path.kind in "*?":
        return True
    inner = [_empty(part) if isinstance(part, Path) else False for part in path.parts]
    return any(inner) if path.kind == "|" else all(inner)


def _leaves(path: Path) -> list[object]:
    """The predicates of a path; none for one that is negated."""
    found = list[object]()
    for part in path.parts:
        some = [part.term] if isinstance(part, Constant) else _leaves(part)
        if path.kind == "!" or not some:
            return []
        found += some
    return found


def _exists(select: Select) -> Iterator[Exists]:
    """EXISTS in what a query selects, groups and orders by."""
    for expression in expressions_outside(select):
        yield from (part for part in expression.parts if isinstance(part, Exists))


# ---- Only what has come and gone


class Delta:
    """A check that finds something new only with a quad that came and matches one of its patterns, or with one that is
    gone and matches a negated one: it asks for the rows that have their values. Raises `ValueError` for a check whose
    form is another."""

    def __init__(self, text: str) -> None:
        select = tree(text)
        if select is None or not _plain(select) or select.values:
            raise ValueError
        shown = frozenset(variable.name for variable in scope(select.where) if not variable.hidden)
        self._matches = [*_matches(select.where, None, False, shown & _bound(select.where))]
        self._text = write.select(Select("", (), select.where))

    def blind(self, difference: Quads, others: Iterable[ox.Quad]) -> bool:
        """Whether one of these quads may make a row together with one of `others`, which the store does not have."""
        own = [one for one in self._matches if not one.negated]
        held = [found for quad in others for one in own if (found := _values(one, quad)) is not None]
        by_names = dict[tuple[str, ...], list[set[object]]]()
        for values in held:
            names = tuple(sorted(name for name, _ in values))
            by_names.setdefault(names, []).append(set(values))
        for asked in self._asked(difference):
            for names, some in by_names.items():
                shared = {pair for pair in asked if pair[0] in names}
                if not shared or any(shared <= values for values in some):
                    return True
        return False

    def _asked(self, difference: Quads) -> set[frozenset[tuple[str, object]]]:
        """The values of rows with which the quads have to do."""
        asked = set[frozenset[tuple[str, object]]]()
        for negated, quads in zip((True, False), difference, strict=True):
            for one in self._matches:
                if one.negated == negated:
                    asked |= {found for quad in quads if (found := _values(one, quad)) is not None}
        return asked

    def rows(self, store: Memory, difference: Quads) -> bool:
        """Whether there are any in the store, if there were none before the quads went and came."""
        return any(self._any(store, dict(values)) for values in self._asked(difference))

    def _any(self, store: Memory, values: dict[str, object]) -> bool:
        given = {ox.Variable(name): value for name, value in values.items()}
        found = store.engine.query(self._text, use_default_graph_as_union=True, substitutions=given)  # type: ignore[arg-type]
        return any(True for _ in found)  # type: ignore[union-attr]


def _values(one: TripleMatch, quad: ox.Quad) -> frozenset[tuple[str, object]] | None:
    """The values of variables of a row that a quad has to do with; None if it does not match."""
    triple, found = one.triple, dict[str, object]()
    pairs = [(triple.subject, quad.subject), (triple.predicate, quad.predicate), (triple.object, quad.object)]
    for place, value in (*pairs, *([(one.graph, quad.graph_name)] if one.graph else [])):
        if isinstance(place, Variable):
            if found.setdefault(place.name, value) != value:
                return None
        elif isinstance(place, Constant) and place.term != value and not isinstance(value, ox.Literal):
            return None
    return frozenset((name, value) for name, value in found.items() if name in one.shown)


def _plain(select: Select) -> bool:
    whole = not (select.aggregated or select.limit is not None or select.offset is not None or select.having)
    return whole and not any(_exists(select))


def _matches(
    element: Element, graph: Term | None, negated: bool, shown: frozenset[str], outer: frozenset[str] = frozenset()
) -> Iterator[TripleMatch]:
    """The triple patterns of an element, in EXISTS with the variables `outer` that have a value outside. Raises
    `ValueError` where it has a part of which rows do not come one by one, and where values that are given to the
    variables `shown` would reach a part in which those are not in scope."""
    match element:
        case Triple(_, predicate, _):
            if isinstance(predicate, Path):
                raise ValueError
            yield TripleMatch(element, graph, negated, shown)
        case Values(_, rows):
            if any(None in row for row in rows):
                raise ValueError
        case Filter(Expression(parts)):
            inner = [part for part in parts if isinstance(part, Exists)]
            if inner and (len(parts) > 1 or negated):
                raise ValueError
            for part in inner:
                yield from _matches(part.group, graph, part.negated, shown, outer)
        case Bind(Expression(parts), _):
            if any(isinstance(part, Exists) for part in parts):
                raise ValueError
        case Minus(group) if not negated:
            yield from _matches(group, graph, True, shown)
        case Union(several) if negated:
            for some in several:
                yield from _matches(some, graph, negated, shown, outer)
        case GraphPattern(name, group):
            if not any(isinstance(one, Triple) for one in group.elements):
                raise ValueError
            yield from _matches(group, name, negated, shown, outer)
        case SubSelect(select) if (
            _plain(select) and not select.values and not any(one.expression for one in select.items)
        ):
            if _named(select.where) & shown - frozenset(select.columns):
                raise ValueError
            yield from _matches(select.where, graph, negated, shown)
        case Group(elements):
            for at, one in enumerate(elements):
                # A filter sees what stands anywhere in its group, MINUS and BIND what stands before them.
                here = _bound(Group(elements if isinstance(one, Filter) else elements[:at]))
                if isinstance(one, Filter | Bind | Minus) and _named(one) & shown - here - outer:
                    raise ValueError
                if isinstance(one, Minus) and not _bound(one.group) & here:
                    raise ValueError
                yield from _matches(one, graph, negated, shown, here | outer if isinstance(one, Filter) else outer)
        case _:
            raise ValueError


def _named(element: Element) -> frozenset[str]:
    """The names of all variables in an element, in scope or not."""
    found = set[str]()

    def note(variable: Variable) -> Variable:
        found.add(variable.name)
        return variable

    rename(element, note)
    return frozenset(found)


def _bound(element: Element) -> frozenset[str]:
    """The names of the variables to which triple patterns or VALUES give a value in every solution of an element."""
    match element:
        case Union(several):
            return frozenset.intersection(*map(_bound, several))
        case SubSelect(select):
            return _bound(select.where) & frozenset(select.columns)
        case Triple() | Values() | GraphPattern() | Group():
            inner = (_bound(one) for group in groups(element) for one in group.elements)
            return frozenset(one.name for one in own(element)).union(*inner)
    return frozenset()
