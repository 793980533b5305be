"""Rules run until nothing new comes: each conclusion with its rule and premises, and the N-Quads of both.

A rule can only add, so the order in which rules run does not matter. Everything here grows in proportion to what is
inferred, and that rests on `_in_subselect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import Any

import pyoxigraph as ox

from gbkg.core import terms
from gbkg.core.errors import ParseError, QueryLimitError
from gbkg.core.limits import Marker, confined, in_proportion
from gbkg.core.terms import Quad, Term, minted, term
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
from gbkg.store.derivations import Row, derivations
from gbkg.store.memory import Memory
from gbkg.store.pathfinder import PathFinder

BASIS = ("ontology", "entities", "facts")
"""The named graphs that rules reason from. The others tell of claims, passages and judgements, not of the world."""

Use = tuple[str, str, tuple[str, ...]]
"""One use of a rule: its name, the conclusion and the sorted premises, triples as N-Triples without the full stop."""

_TYPE = term("rdf:type")
_RESERVED = {str(_TYPE), str(term("rdfs:subClassOf"))}
_INFERRED = term("graph:inferred")


@dataclass(frozen=True)
class Inferred:
    """The closure. `new` are the inferred triples that are not stated, by subject, predicate and object; `uses` all
    uses of rules, sorted, those with stated conclusions too. Triples are N-Triples without the full stop, so that each
    is held once."""

    new: tuple[str, ...]
    uses: tuple[Use, ...]

    @cached_property
    def statements(self) -> frozenset[str]:
        """The premises and conclusions of all uses, each once."""
        return frozenset(text for _, conclusion, given in self.uses for text in (conclusion, *given))


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
    paths, texts = PathFinder(store), _Texts()
    found: set[Use] = set()
    for number, (rule, traced) in enumerate(bodies):
        marker.set(number)
        found.update(_uses(rule, traced, store, paths, texts))
    uses = sorted(found)
    for name, conclusion, _ in uses:
        if conclusion.split(" ", 2)[1] in _RESERVED:
            (file,) = (rule.file for rule in rules if rule.name == name)
            raise ParseError(f"the rule concludes what types rest on: {conclusion}", file=file)
    new = sorted(store.quads(graph=_INFERRED), key=_order)
    return Inferred(tuple(texts[_terms(quad)] for quad in new), tuple(uses))


class _Texts(dict[Row, str]):
    """The text of each triple by its terms, written once."""

    def __missing__(self, key: Row) -> str:
        text = self[key] = " ".join(map(str, key))
        return text


def _terms(quad: Quad) -> Row:
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


def _uses(rule: Rule, traced: Traced, store: Memory, paths: PathFinder, texts: _Texts) -> Iterator[Use]:
    """The uses of one rule in a closed graph, one for each solution of its body; a use may come twice."""
    concluded = _conclusion(rule, traced.keys)
    solutions: Any = store.engine.query(traced.text)
    for row, ways in derivations(traced, solutions, paths).items():
        conclusion = concluded(row)
        premises = ways[0].triples  # the fewest; of two as few, the first by text
        if not isinstance(conclusion[0], ox.Literal) and conclusion not in premises:
            yield rule.name, texts[conclusion], tuple(sorted(texts[premise] for premise in premises))


def _conclusion(rule: Rule, columns: Sequence[str]) -> Callable[[Row], Row]:
    """How to instantiate the head of a rule for a solution. What comes is no valid triple if its subject is a
    literal."""

    def getter(part: Constant | Variable | Path) -> Callable[[Row], Term]:
        assert not isinstance(part, Path)  # a rule concludes no path
        return (lambda _: part.term) if isinstance(part, Constant) else itemgetter(columns.index(part.name))

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
    nodes = {triple: str(terms.triple(line(triple))) for triple in inferred.statements}
    # The names of records begin with inference/, rule/ and triple/.
    for node, (name, conclusion, premises) in sorted((f"<{iri(use)}>", use) for use in inferred.uses):
        yield f"{node} {_A} {_INFERENCE} {_IN_INFERENCES}"
        yield f"{node} {_CONCLUSION} {nodes[conclusion]} {_IN_INFERENCES}"
        for premise in sorted(map(nodes.__getitem__, premises)):
            yield f"{node} {_PREMISE} {premise} {_IN_INFERENCES}"
        yield f"{node} {_USES} {minted('rule', name)} {_IN_INFERENCES}"
    for rule in sorted(rules, key=lambda rule: rule.name):
        yield from _rule(rule)
    for node, triple in sorted((node, triple) for triple, node in nodes.items()):
        subject, predicate, value = triple.split(" ", 2)
        yield f"{node} {_A} {_STATEMENT} {_IN_INFERENCES}"
        yield f"{node} {_OBJECT} {value} {_IN_INFERENCES}"
        yield f"{node} {_PREDICATE} {predicate} {_IN_INFERENCES}"
        yield f"{node} {_SUBJECT} {subject} {_IN_INFERENCES}"


def sizes(inferred: Inferred, rules: Sequence[Rule]) -> dict[str, int]:
    """How many lines each of the two graphs has, by its local name."""
    records = sum(3 + len(premises) for _, _, premises in inferred.uses)
    records += _OF_RULE * len(rules) + _OF_STATEMENT * len(inferred.statements)
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
