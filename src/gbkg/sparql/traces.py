"""Traces: how the solutions of a rewritten query show which triples they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gbkg.sparql import order, write
from gbkg.sparql.tree import Group, Path, Select, Term, Triple, Variable

ABSENCE = "absence was tested: nothing matches {}"
EMPTY = "absence was tested: there is nothing to count"
UNMATCHED = "nothing matched the OPTIONAL part {}"
UNTESTED = "absence was not tested: {} occurs nowhere in the graph; the pattern is {}"


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that is the matched triple once its variables are bound; within GRAPH, `graph` is its name."""

    triple: Triple
    graph: Term | None = None


@dataclass(frozen=True, slots=True)
class PathMatch:
    """A path with * + or ?, whose triples are looked up between subject and object."""

    subject: Term
    path: Path
    object: Term
    graph: Term | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a solution: that a group is absent."""

    text: str
    group: Group


@dataclass(frozen=True, slots=True)
class Conditional:
    """Traces that count where `mark` is bound (and, for a UNION, has the number of the branch). Where it is not, the
    remark is that nothing matched `optional`, if that is given."""

    mark: Variable
    branch: int | None
    traces: tuple[Trace, ...]
    optional: Group | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a group, fetched by `traced`; `keys` are the grouping keys here, in the order of its keys; `where`
    is what is grouped."""

    keys: tuple[Variable, ...]
    traced: Traced
    where: Group


Trace = Match | PathMatch | Remark | Conditional | Members


@dataclass(frozen=True, slots=True)
class Traced:
    """A query whose solutions can be traced.

    `select` is the rewritten query; its first columns are `keys`: the columns of the original, or its grouping keys
    when `grouped`: then the solutions of one key prove a row together. `faithful` says that there is one solution for
    each solution of the original, equal ones included; `loose` that a derivation may hold triples of an OPTIONAL part
    that took part in an expression, though the row might do without them.
    """

    select: Select
    keys: tuple[str, ...]
    traces: tuple[Trace, ...]
    grouped: bool
    faithful: bool
    loose: bool

    @property
    def text(self) -> str:
        """The rewritten query, its choices settled as those of the query are."""
        return order.settled(write.select(self.select), rows=False)


def readable(group: Group) -> str:
    """The text of a group for a remark, on one line."""
    return write.readable(write.group(group))


def needed(traces: Iterable[Trace]) -> Iterator[Variable]:
    """The variables that traces need."""
    for trace in traces:
        match trace:
            case Match(Triple(s, p, o), graph):
                yield from (t for t in (s, p, o, graph) if isinstance(t, Variable))
            case PathMatch(s, _, o, graph):
                yield from (t for t in (s, o, graph) if isinstance(t, Variable))
            case Conditional(mark, _, inner):
                yield mark
                yield from needed(inner)
            case Members(keys, _, _):
                yield from keys


def renamed(trace: Trace, names: dict[Variable, Variable]) -> Trace:
    """The trace with other names for these variables."""

    def term(given: Term) -> Term:
        return names.get(given, given) if isinstance(given, Variable) else given

    match trace:
        case Match(Triple(s, p, o), graph):
            assert not isinstance(p, Path)
            return Match(Triple(term(s), term(p), term(o)), graph and term(graph))
        case PathMatch(s, path, o, graph):
            return PathMatch(term(s), path, term(o), graph and term(graph))
        case Conditional(mark, branch, inner, optional):
            return Conditional(names.get(mark, mark), branch, tuple(renamed(t, names) for t in inner), optional)
        case Members(keys, traced, where):
            return Members(tuple(names.get(key, key) for key in keys), traced, where)
    return trace
