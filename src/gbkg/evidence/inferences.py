"""The uses of rules that a graph records, and which of them a proof may rest on.

Inferences can depend on one another in a circle: the conclusion of one may be a premise of the other. A proof must end
in what is stated, so each triple gets its shortest proof, found in rounds from what is stated upwards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pyoxigraph import NamedNode

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, TripleKey, term
from gbkg.evidence.lookups import GraphsOfTriples, Statements, quads_to, values
from gbkg.store.base import Store

_RULE, _CONCLUSION, _PREMISE = term("gbkg:rule"), term("gbkg:conclusion"), term("gbkg:premise")
_INFERRED, _INFERENCES = term("graph:inferred"), term("graph:inferences")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a rule: the rule's IRI, what it concludes, and from which triples, in the order of their N-Triples."""

    rule: NamedNode
    conclusion: TripleKey
    premises: tuple[TripleKey, ...]


class Uses:
    """Uses of rules in a store. `of` gives those that conclude a triple that has been read, in the order of their
    IRIs; `best` the one that ends its shortest proof, if it is inferred and has one; of equals, the first."""

    def __init__(self, store: Store, places: GraphsOfTriples) -> None:
        self.store, self.places = store, places
        self.statements = Statements(store, _INFERENCES)
        self.of: dict[TripleKey, list[Use]] = {}
        self.best: dict[TripleKey, Use] = {}
        self._rounds: dict[TripleKey, int] = {}
        self._known: set[Term] = set()
        self._named: set[NamedNode] = set()
        self._concluding: dict[TripleKey, tuple[Use, ...]] = {}
        self._rules: dict[NamedNode, tuple[str, str]] = {}

    def load(self, triples: Collection[TripleKey] | None) -> set[TripleKey]:
        """Reads the uses behind these triples, None being all, and finds their shortest proofs; the premises are
        returned."""
        before = len(self.of)
        premises = self.read(triples)
        concluded = list(self.of)[before:]
        if triples is not None:
            self.places.load([*concluded, *premises])
        self._decide({triple for triple in concluded if _INFERRED in self.places.of(triple)})
        return premises

    def read(self, triples: Collection[TripleKey] | None) -> set[TripleKey]:
        """Reads the uses that conclude these triples, None being all, those that conclude their premises, and so on
        down to what is stated; the premises are returned."""
        statements = self.statements
        statements.load(triples)
        if triples is None:
            return {statements.triple[node] for node in self._read(None)}
        premises: set[TripleKey] = set()
        waiting = {node for triple in triples for node in statements.of.get(triple, ())} - self._known
        while waiting:
            found = self._read(waiting)
            premises.update(statements.triple[node] for node in found)
            waiting = found - self._known
        return premises

    def _read(self, nodes: set[NamedNode] | None) -> set[NamedNode]:
        """Reads the uses whose conclusion is one of these nodes; the nodes of their premises are returned."""
        concluded = sorted(quads_to(self.store, nodes, _CONCLUSION, _INFERENCES), key=lambda quad: quad.subject.value)
        rules: dict[NamedNode, NamedNode] = {}
        premises: dict[NamedNode, list[NamedNode]] = {}
        uses = None if nodes is None else {quad.subject for quad in concluded}
        for predicate, pairs in values(self.store, uses, (_RULE, _PREMISE), _INFERENCES):
            if predicate == _RULE:
                rules.update(pairs)
            else:
                for node, premise in pairs:
                    premises.setdefault(node, []).append(premise)
        found = {node for some in premises.values() for node in some}
        triple = self.statements.triple
        if nodes is not None:
            self._known |= nodes
            self.statements.read(found - triple.keys())
        for quad in concluded:
            rest = sorted((triple[node] for node in premises.get(quad.subject, ())), key=_text)
            use = Use(rules[quad.subject], triple[quad.object], tuple(rest))
            self._named.add(use.rule)
            self.of.setdefault(use.conclusion, []).append(use)
        return found

    def _decide(self, inferred: set[TripleKey]) -> None:
        """Finds the best use of each of these, in rounds; those without a proof get none."""
        while ends := {triple: end for triple in inferred if (end := self._end(triple))}:
            number = min(found for found, _ in ends.values())
            for triple, (found, use) in ends.items():
                if found == number:
                    self.best[triple], self._rounds[triple] = use, number
            inferred -= self.best.keys()

    def _end(self, triple: TripleKey) -> tuple[int, Use] | None:
        """The first of the uses whose premises are proved in the earliest round, and the round after that."""
        found = None
        for use in self.of[triple]:
            rounds = [self._round(premise) for premise in use.premises]
            number = 1 + max((each for each in rounds if each is not None), default=0)
            if None not in rounds and (found is None or number < found[0]):
                found = number, use
        return found

    def _round(self, triple: TripleKey) -> int | None:
        """The round in which a triple is proved: 0 if it is stated, None if it has no proof, or none yet."""
        graphs = self.places.of(triple)
        if _INFERRED in graphs:
            return self._rounds.get(triple)
        return 0 if graphs else None

    def concluding(self, triple: TripleKey) -> tuple[Use, ...]:
        """The uses that a proof of the triple may end in: of those that conclude it the ones whose premises do not rest
        on it, those with the smallest proofs first."""
        known = self._concluding.get(triple)
        if known is None:
            uses = self.of.get(triple, ()) if triple[1] in self.statements.predicates else ()
            founded = [use for use in uses if self._founded(use)]
            known = tuple(sorted(founded, key=self._size) if len(founded) > 1 else founded)
            if known:
                self._concluding[triple] = known
        return known

    def rule(self, use: Use) -> tuple[str, str]:
        """The name of a use's rule, and what it says."""
        if use.rule not in self._rules:
            new = self._named - self._rules.keys()
            labels: dict[NamedNode, str] = {}
            for quad in self.store.quads_of(sorted(new, key=str), term("rdfs:label")):
                label = str(quad.object.value)
                labels[quad.subject] = min(label, labels.get(quad.subject, label))
            for rule in new:
                name = rule.value.removeprefix(PREFIXES["rule"])
                self._rules[rule] = name, labels.get(rule, name)
        return self._rules[use.rule]

    def _founded(self, use: Use) -> bool:
        """True if the premises have proofs that do not rest on the conclusion."""
        return all(self._proved(premise) and use.conclusion not in self.support(premise) for premise in use.premises)

    def _proved(self, triple: TripleKey) -> bool:
        return triple in self.best or any(graph != _INFERRED for graph in self.places.of(triple))

    def _size(self, use: Use) -> int:
        """How many triples the proofs of the premises have."""
        return len(set().union(*map(self.support, use.premises)))

    def support(self, triple: TripleKey) -> set[TripleKey]:
        """The triples of the shortest proof of a triple, itself included."""
        found: set[TripleKey] = set()
        waiting = [triple]
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                if each in self.best:
                    waiting += self.best[each].premises
        return found


def _text(triple: TripleKey) -> str:
    return " ".join(map(str, triple))
