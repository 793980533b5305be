"""Rules run until nothing new comes, and each conclusion with its rule and premises.

A rule can only add, so the order in which rules run does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import pyoxigraph as ox

from gbkg import names
from gbkg.cite.derive import Row, derivations
from gbkg.cite.rewrite import rewrite
from gbkg.cite.walk import Walker
from gbkg.errors import SyntaxFault
from gbkg.rules.file import Rule
from gbkg.sparql import write
from gbkg.sparql.tree import Constant, Exists, Expression, Filter, Graph, Group, Select
from gbkg.store import Store

BASIS = ("ontology", "entities", "facts")
"""The named graphs that rules reason from. The others tell of claims, passages and judgements, not of the world."""

_RESERVED = {ox.NamedNode(names.PREFIXES["rdf"] + "type"), ox.NamedNode(names.PREFIXES["rdfs"] + "subClassOf")}
_INFERRED = ox.NamedNode(names.PREFIXES["graph"] + "inferred")


@dataclass(frozen=True)
class Inference:
    """One use of a rule: `premises`, triples of pyoxigraph sorted by their N-Triples, give the conclusion."""

    rule: str
    conclusion: Any
    premises: tuple[Any, ...]

    @cached_property
    def iri(self) -> str:
        return str(names.inference(self.rule, line(self.conclusion), map(line, self.premises)))


@dataclass(frozen=True)
class Inferred:
    """The closure: triples that are not stated, sorted by their N-Triples; and every inference, sorted by rule,
    conclusion and premises, those of stated conclusions too."""

    triples: tuple[Any, ...]
    inferences: tuple[Inference, ...]


def line(triple: Any) -> str:
    """A triple of pyoxigraph as its line of N-Triples, without the line feed."""
    return f"{triple} ."


def infer(quads: Iterable[Any], rules: Sequence[Rule]) -> Inferred:
    """What follows from the quads, whatever graphs they stand in, by running the rules until nothing new comes.

    The engine joins and inserts; Python sees only the inferences of the finished closure. An inference whose
    conclusion is among its own premises is left out. Raises `SyntaxFault` when a rule concludes a type or subclass.
    """
    store = Store.of(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    _close(store.engine, rules)
    walker, lines = Walker(store), _Lines()
    found = {use for rule in rules for use in _uses(store.engine, rule, walker, lines)}
    for use in found:
        if use.conclusion.predicate in _RESERVED:
            (file,) = (rule.file for rule in rules if rule.name == use.rule)
            raise SyntaxFault(f"the rule concludes what types rest on: {use.conclusion}", file=file)
    ordered = sorted(found, key=lambda u: (u.rule, lines[u.conclusion], [lines[p] for p in u.premises]))
    new = (quad.triple for quad in store.quads(graph=_INFERRED))
    return Inferred(tuple(sorted(new, key=str)), tuple(ordered))


class _Lines(dict[Any, str]):
    """The line of each triple, written once."""

    def __missing__(self, triple: Any) -> str:
        written = self[triple] = line(triple)
        return written


def _close(engine: Any, rules: Sequence[Rule]) -> None:
    """Adds what follows to the default graph and, marked as new, to the graph of inferred triples. A rule runs again
    only when triples have come since it last ran."""
    updates = [_update(rule) for rule in rules]
    ran_at = [-1] * len(rules)
    size = len(engine)
    while any(at != size for at in ran_at):
        for number, update in enumerate(updates):
            if ran_at[number] != size:
                ran_at[number] = size
                engine.update(update)
                size = len(engine)


def _update(rule: Rule) -> str:
    head = Group((rule.head,))
    unknown = Filter(Expression((Exists(head, negated=True),)))
    inserted = Group((rule.head, Graph(Constant(_INFERRED), head)))
    return f"INSERT {write.group(inserted)} WHERE {write.group(Group((*rule.body.elements, unknown)))}"


def _uses(engine: Any, rule: Rule, walker: Walker, lines: _Lines) -> Iterator[Inference]:
    """The uses of one rule in a closed graph, one for each solution of its body; one may come twice."""
    traced = rewrite(Select("", (), rule.body))
    concluded = _conclusion(rule, traced.keys)
    for row, ways in derivations(traced, engine.query(traced.text), walker).items():
        conclusion = concluded(row)
        if conclusion is not None:
            premises = [ox.Triple(*key) for key in ways[0].triples]  # the fewest; of two as few, the first by text
            if conclusion not in premises:
                yield Inference(rule.name, conclusion, tuple(sorted(premises, key=lines.__getitem__)))


def _conclusion(rule: Rule, columns: Sequence[str]) -> Callable[[Row], Any]:
    """Gives the triple that the rule concludes from a solution; None where it would have a literal as subject."""

    def getter(term: Any) -> Callable[[Row], Any]:
        return (lambda _: term.term) if isinstance(term, Constant) else itemgetter(columns.index(term.name))

    subject, predicate, value = map(getter, (rule.head.subject, rule.head.predicate, rule.head.object))

    def concluded(row: Row) -> Any:
        first = subject(row)
        return None if isinstance(first, ox.Literal) else ox.Triple(first, predicate(row), value(row))

    return concluded
