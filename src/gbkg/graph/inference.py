"""Rules run until nothing new comes: each conclusion with its rule and premises, and the N-Quads of both.

A rule can only add, so the order in which rules run does not matter. Everything here grows in proportion to what is
inferred, and that rests on `_in_subselect`.
"""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar, overload

import pyoxigraph as ox

from gbkg.core import terms
from gbkg.core.errors import ParseError, QueryLimitError
from gbkg.core.limits import Marker, confined, in_proportion
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Quad, minted, term
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
    Graph,
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

Use = tuple[str, str, tuple[str, ...]]
"""One use of a rule: its name, the conclusion and the sorted premises, triples as N-Triples without the full stop."""

_T = TypeVar("_T")
_TYPE = term("rdf:type")
_RESERVED = {str(_TYPE), str(term("rdfs:subClassOf"))}
_INFERRED = term("graph:inferred")


class View(Sequence[_T]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, size: int, item: Callable[[int], _T]) -> None:
        self._size, self._item = size, item

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> _T: ...
    @overload
    def __getitem__(self, at: slice) -> list[_T]: ...
    def __getitem__(self, at: int | slice) -> _T | list[_T]:
        if isinstance(at, slice):
            return list(map(self._item, range(self._size)[at]))
        return self._item(range(self._size)[at])


@dataclass(frozen=True)
class Inferred:
    """The closure, in numbers of four bytes, since as text it would take a hundred times the memory.

    `terms` are N-Triples, sorted, and `triples` three numbers of terms for each triple, sorted, so that the order of
    numbers is that of the texts. The other fields have numbers of triples: `added` those inferred and not stated,
    `used` the conclusion and the premises of each use of a rule, before which stand the number of its name in `names`
    and how many triples follow.
    """

    terms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    triples: bytes = b""
    added: bytes = b""
    used: bytes = b""

    def json(self) -> str:
        """As text for the cache."""
        packed = [base64.b85encode(one).decode() for one in (self.triples, self.added, self.used)]
        return json.dumps([self.terms, self.names, *packed], ensure_ascii=False)

    @staticmethod
    def of_json(text: str) -> Inferred:
        """What `json` wrote."""
        known, names, *packed = json.loads(text)
        return Inferred(tuple(known), tuple(names), *map(base64.b85decode, packed))

    @property
    def new(self) -> Sequence[str]:
        """The inferred triples that are not stated, by subject, predicate and object; N-Triples without full stops."""
        added, triple = _numbers(self.added), self._triple()
        return View(len(added), lambda at: triple(added[at]))

    @property
    def uses(self) -> Sequence[Use]:
        """All uses of rules, sorted, those with stated conclusions too."""
        used, triple, starts = _numbers(self.used), self._triple(), self._starts

        def use(at: int) -> Use:
            name, size = used[starts[at]], used[starts[at] + 1]
            conclusion, *premises = used[starts[at] + 2 : starts[at] + 2 + size]
            return self.names[name], triple(conclusion), tuple(map(triple, premises))

        return View(len(starts), use)

    @cached_property
    def hashes(self) -> dict[int, int]:
        """The number in the IRI of each premise and conclusion, by the number of the triple."""
        used, triple, found = _numbers(self.used), self._triple(), dict[int, int]()
        for start in self._starts:
            for number in used[start + 2 : start + 2 + used[start + 1]]:
                if number not in found:
                    found[number] = _hash(terms.triple(line(triple(number))).value)
        return found

    @cached_property
    def order(self) -> list[tuple[int, int]]:
        """The number in the IRI of each use, sorted, and where the use stands in `used`."""
        return sorted((_hash(iri(use)), start) for use, start in zip(self.uses, self._starts, strict=True))

    def _triple(self) -> Callable[[int], str]:
        """The text of a triple by its number."""
        ids, texts = _numbers(self.triples), self.terms
        return lambda at: f"{texts[ids[3 * at]]} {texts[ids[3 * at + 1]]} {texts[ids[3 * at + 2]]}"

    @cached_property
    def _starts(self) -> array[int]:
        """Where each use begins in `used`."""
        used, starts, at = _numbers(self.used), array("Q"), 0
        while at < len(used):
            starts.append(at)
            at += 2 + used[at + 1]
        return starts


def _numbers(packed: bytes) -> memoryview[int]:
    return memoryview(packed).cast("I")


def _hash(iri: str) -> int:
    """The hexadecimal digits with which the IRI of a record ends, as a number, which has the order of such IRIs."""
    return int(iri[-16:], 16)


def line(triple: str) -> str:
    """A triple as a line of N-Triples without line feed."""
    return f"{triple} ."


def iri(use: Use) -> str:
    """The IRI of an inference."""
    rule, conclusion, premises = use
    return terms.inference(rule, line(conclusion), map(line, premises)).value


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
    triples = {triple for use in found for triple in _triples(_numbers(use)[1:])}.union(new)
    texts = {number: str(known[number]) for number in {number for triple in triples for number in triple}}
    rank = {number: at for at, number in enumerate(sorted(texts, key=texts.__getitem__))}
    ordered = sorted(triples, key=lambda triple: [rank[number] for number in triple])
    place = {triple: at for at, triple in enumerate(ordered)}
    names = sorted(rules)
    numbered, used = [names.index(rule) for rule in rules], array("I")
    for one in sorted(_placed(_numbers(use), numbered, place) for use in found):
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
    inserted = Group((rule.head, Graph(Constant(_INFERRED), head)))
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
            told = " ".join(tracer.numbers.text(conclusion))
            raise ParseError(f"the rule concludes what types rest on: {told}", file=rule.file)
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


# ---- As N-Quads: the triples, and a record of each rule and each of its uses

_A, _STATEMENT, _SUBJECT, _PREDICATE, _OBJECT = (
    str(term(f"rdf:{name}")) for name in ("type", "Statement", "subject", "predicate", "object")
)
_INFERENCE, _RULE, _USES, _PREMISE, _CONCLUSION = (
    str(term(f"gbkg:{name}")) for name in ("Inference", "Rule", "rule", "premise", "conclusion")
)
_IN_INFERRED, _IN_INFERENCES = (f"{term(name)} ." for name in ("graph:inferred", "graph:inferences"))
_OF_RULE, _OF_STATEMENT = 4, 4
"""Triples of each record of a rule, and of a triple; that of an inference has three and its premises."""


def lines(inferred: Inferred, rules: Sequence[Rule]) -> Iterator[str]:
    """The lines of N-Quads, without line feeds, of the graphs `inferred` and `inferences`, in the order of a build: by
    graph, then by subject (type first), predicate, object."""
    yield from (f"{triple} {_IN_INFERRED}" for triple in inferred.new)
    inferences, triples = PREFIXES["inf"], PREFIXES["trp"]
    used, hashes = _numbers(inferred.used), inferred.hashes
    # The names of records begin with inference/, rule/ and triple/.
    for number, at in inferred.order:
        node = f"<{inferences}{number:016x}>"
        conclusion, *premises = (hashes[triple] for triple in used[at + 2 : at + 2 + used[at + 1]])
        yield f"{node} {_A} {_INFERENCE} {_IN_INFERENCES}"
        yield f"{node} {_CONCLUSION} <{triples}{conclusion:016x}> {_IN_INFERENCES}"
        for premise in sorted(premises):
            yield f"{node} {_PREMISE} <{triples}{premise:016x}> {_IN_INFERENCES}"
        yield f"{node} {_USES} {minted('rule', inferred.names[used[at]])} {_IN_INFERENCES}"
    for rule in sorted(rules, key=lambda rule: rule.name):
        yield from _rule(rule)
    ids, texts = _numbers(inferred.triples), inferred.terms
    for triple in sorted(hashes, key=hashes.__getitem__):
        subject, predicate, value = (texts[number] for number in ids[3 * triple : 3 * triple + 3])
        node = f"<{triples}{hashes[triple]:016x}>"
        yield f"{node} {_A} {_STATEMENT} {_IN_INFERENCES}"
        yield f"{node} {_OBJECT} {value} {_IN_INFERENCES}"
        yield f"{node} {_PREDICATE} {predicate} {_IN_INFERENCES}"
        yield f"{node} {_SUBJECT} {subject} {_IN_INFERENCES}"


def sizes(inferred: Inferred, rules: Sequence[Rule]) -> dict[str, int]:
    """How many lines each of the two graphs has, by its local name."""
    used = _numbers(inferred.used)
    records = sum(2 + used[at + 1] for _, at in inferred.order)
    records += _OF_RULE * len(rules) + _OF_STATEMENT * len(inferred.hashes)
    return {"inferred": len(inferred.new), "inferences": records}


def _rule(rule: Rule) -> Iterator[str]:
    node = minted("rule", rule.name)
    yield f"{node} {_A} {_RULE} {_IN_INFERENCES}"
    for predicate, text in (
        ("dcterms:description", rule.description),
        ("rdfs:label", rule.summary),
        ("sh:construct", rule.text),
    ):
        yield f"{node} {term(predicate)} {ox.Literal(text)} {_IN_INFERENCES}"
