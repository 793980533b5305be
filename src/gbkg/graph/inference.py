"""Rules run until nothing new comes: each conclusion with its rule and premises, and the N-Quads of both.

A rule can only add, so the order in which rules run does not matter. Everything here grows in proportion to what is
inferred, and that rests on `_in_subselect`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import ParseError, QueryLimitError
from gbkg.core.limits import Marker, confined, in_proportion
from gbkg.core.terms import Quad, term
from gbkg.graph.inferred import Inferred, numbers
from gbkg.graph.rules import Rule
from gbkg.sparql import write
from gbkg.sparql.rewrite import rewrite
from gbkg.sparql.traces import Traced
from gbkg.sparql.tree import (
    HIDDEN,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    GraphPattern,
    Group,
    Item,
    Path,
    Select,
    SubSelect,
    Triple,
    Variable,
)
from gbkg.store.derivations import Tracer, derivations
from gbkg.store.memory import Memory
from gbkg.store.numbers import Ids, Numbers

BASIS = ("ontology", "entities", "facts")
"""The named graphs that rules reason from. The others tell of claims, passages and judgements, not of the world."""

_TYPE = term("rdf:type")
_RESERVED = {str(_TYPE), str(term("rdfs:subClassOf"))}
_INFERRED = term("graph:inferred")


def infer(basis: Iterable[ox.Quad] | bytes, rules: Sequence[Rule]) -> Inferred:
    """What follows from the quads, whatever graphs they stand in, by running the rules until nothing new comes.

    `basis` is quads of pyoxigraph, or N-Quads. The engine joins and inserts; Python sees only the inferences of the
    finished closure. An inference whose conclusion is among its own premises is left out. Raises `ParseError` when a
    rule concludes a type or subclass, and `QueryLimitError`, with its file, at one that takes too long or too much.
    """
    quads: Iterable[ox.Quad] = ox.parse(basis, format=ox.RdfFormat.N_QUADS) if isinstance(basis, bytes) else basis
    store = Memory.of(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    marker = Marker()
    allowed = in_proportion(len(store), 200, "nothing is inferred", "join its patterns by more variables")
    try:
        return confined(lambda: _closure(store, rules, marker), allowed)
    except QueryLimitError as error:
        raise QueryLimitError(error.message, file=rules[marker.number].file, hint=error.hint) from None


def _closure(store: Memory, rules: Sequence[Rule], marker: Marker) -> Inferred:
    """As `infer`, in a store that may be written to. `marker` is set to the number of the rule that runs."""
    bodies = [(rule, _traced(rule)) for rule in rules]
    _close(store.engine, [_update(rule, traced) for rule, traced in bodies], marker)
    tracer, found = Tracer(store), set[bytes]()
    for number, (rule, traced) in enumerate(bodies):
        marker.set(number)
        found.update(array("I", [number, *chain.from_iterable(use)]).tobytes() for use in _uses(rule, traced, tracer))
    new = [tracer.numbers.ids(_terms(quad)) for quad in sorted(store.quads(graph=_INFERRED), key=_order)]
    known = tracer.numbers.terms
    del tracer  # with all that it remembers of paths
    return _packed(known, [rule.name for rule in rules], found, new)


def _packed(known: list[Any], rules: list[str], found: set[bytes], new: list[Ids]) -> Inferred:
    """The closure, by numbers that depend on nothing but the texts. `known` are the terms by their present numbers;
    those stand in new triples and in uses: the number of the rule, then three for the conclusion and each premise."""
    triples = {triple for use in found for triple in _triples(numbers(use)[1:])}.union(new)
    texts = {number: str(known[number]) for number in {number for triple in triples for number in triple}}
    rank = {number: at for at, number in enumerate(sorted(texts, key=texts.__getitem__))}
    ordered = sorted(triples, key=lambda triple: [rank[number] for number in triple])
    place = {triple: at for at, triple in enumerate(ordered)}
    names = sorted(rules)
    numbered, used = [names.index(rule) for rule in rules], array("I")
    for one in sorted(_placed(numbers(use), numbered, place) for use in found):
        used.extend((one[0], len(one) - 1, *one[1:]))
    return Inferred(
        tuple(texts[number] for number in rank),
        tuple(names),
        array("I", (rank[number] for triple in ordered for number in triple)).tobytes(),
        array("I", map(place.__getitem__, new)).tobytes(),
        used.tobytes(),
    )


def _placed(use: memoryview[int], names: list[int], place: dict[Ids, int]) -> tuple[int, ...]:
    """The number of the rule's name, of the conclusion and of the premises, sorted."""
    conclusion, *premises = (place[triple] for triple in _triples(use[1:]))
    return names[use[0]], conclusion, *sorted(premises)


def _triples(numbers: memoryview[int]) -> Iterator[Ids]:
    terms = iter(numbers)
    return zip(terms, terms, terms, strict=True)


def _terms(quad: Quad) -> tuple[Any, Any, Any]:
    return quad.subject, quad.predicate, quad.object


def _order(quad: Quad) -> tuple[str, ...]:
    return quad.subject.value, quad.predicate.value, quad.object.value, str(quad.object)


# ---- The body of a rule, as the engine joins it fastest


def _traced(rule: Rule) -> Traced:
    """The query for the solutions of a rule's body, with all variables in its columns."""
    traced = rewrite(Select("", (), rule.body))
    where = Group(tuple(map(_in_subselect, traced.select.where.elements)))
    return replace(traced, select=replace(traced.select, where=where))


def _in_subselect(element: Element) -> Element:
    """Puts a pattern into a sub-SELECT of its own, which the engine reads once and joins by hashing.

    Otherwise the engine looks up the node of one pattern after the other, and in memory each look-up goes through all
    triples of the node: it would go through a city as often as something lies in it, which is quadratic.
    """
    match element:
        case Triple(Variable(hidden=True) as kind, Path(), _):
            # From every class that is the type of something, and not from every node of the graph.
            instance = Triple(Variable(HIDDEN), Constant(_TYPE), kind)
            kinds = SubSelect(Select("DISTINCT", (Item(kind),), Group((instance,))))
            return SubSelect(Select("", (), Group((kinds, element))))
        case Triple():
            return SubSelect(Select("", (), Group((element,))))
    return element


# ---- The closure


def _close(engine: ox.Store, updates: Sequence[str], marker: Marker) -> None:
    """Adds what follows to the default graph and, marked as new, to the graph of inferred triples. A rule runs again
    only when triples were added since it last ran."""
    ran_at = [-1] * len(updates)
    size = len(engine)
    while any(at != size for at in ran_at):
        for number, update in enumerate(updates):
            if ran_at[number] != size:
                ran_at[number] = size
                marker.set(number)
                engine.update(update)
                size = len(engine)


def _update(rule: Rule, traced: Traced) -> str:
    head = Group((rule.head,))
    unknown = Filter(Expression((Exists(head, negated=True),)))
    inserted = Group((rule.head, GraphPattern(Constant(_INFERRED), head)))
    return f"INSERT {write.group(inserted)} WHERE {write.group(Group((*traced.select.where.elements, unknown)))}"


# ---- The uses of rules


def _uses(rule: Rule, traced: Traced, tracer: Tracer) -> Iterator[tuple[Ids, ...]]:
    """The uses of one rule in a closed graph, one for each solution of its body: the conclusion, then the premises. A
    use may come twice."""
    concluded = _conclusion(rule, traced.keys, tracer.numbers)
    solutions: Any = tracer.store.query(traced.text)
    for row, ways in derivations(traced, solutions, tracer):
        conclusion = concluded(row)
        premises = ways[0].ids  # the fewest; of two as few, the first by text
        if str(tracer.numbers.terms[conclusion[1]]) in _RESERVED:
            text = " ".join(tracer.numbers.text(conclusion))
            raise ParseError(f"the rule concludes what types rest on: {text}", file=rule.file)
        if not isinstance(tracer.numbers.terms[conclusion[0]], ox.Literal) and conclusion not in premises:
            yield conclusion, *premises


def _conclusion(rule: Rule, columns: Sequence[str], numbers: Numbers) -> Callable[[Ids], Ids]:
    """How to instantiate the head of a rule for a solution. What comes is not a valid triple if its subject is a
    literal."""

    def getter(part: Constant | Variable | Path) -> Callable[[Ids], int]:
        assert not isinstance(part, Path)  # a rule concludes no path
        if isinstance(part, Variable):
            return itemgetter(columns.index(part.name))
        number = numbers[part.term]
        return lambda _: number

    subject, predicate, value = map(getter, (rule.head.subject, rule.head.predicate, rule.head.object))
    return lambda row: (subject(row), predicate(row), value(row))
