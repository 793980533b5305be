"""The uses of rules that a graph records, and which of them a proof may rest on.

Inferences can lean on one another in a circle: what is concluded by one may be a premise of the other. A proof must
come down to what is said, so each triple gets its shortest proof, by rounds from what is said upwards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import TripleKey
from gbkg.evidence.lookup import Places, Statements, about, naming
from gbkg.store.memory import Store

_RULE, _CONCLUSION, _PREMISE = (ox.NamedNode(PREFIXES["gbkg"] + name) for name in ("rule", "conclusion", "premise"))
_INFERRED, _INFERENCES = (ox.NamedNode(PREFIXES["graph"] + name) for name in ("inferred", "inferences"))


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a rule: the rule's IRI, what it concludes, and from which triples, in the order of their N-Triples."""

    rule: Any
    conclusion: TripleKey
    premises: tuple[TripleKey, ...]


class Uses:
    """Uses of rules in a store. `of` gives those that conclude a triple that has been loaded, in the order of their
    IRIs; `best` the one that ends its shortest proof, if it is inferred and has one; of equals, the first."""

    def __init__(self, store: Store, places: Places) -> None:
        self.store, self.places = store, places
        self.statements = Statements(store, _INFERENCES)
        self.of: dict[TripleKey, list[Use]] = {}
        self.best: dict[TripleKey, Use] = {}
        self._rounds: dict[TripleKey, int] = {}
        self._read: set[Any] = set()
        self._founded: dict[Use, bool] = {}

    def load(self, triples: Collection[TripleKey] | None) -> set[TripleKey]:
        """Looks up the uses that conclude these triples, those that conclude their premises, and so on down to what is
        said; the premises are returned."""
        self.statements.load(triples)
        waiting, premises, known = self._nodes(triples), set[TripleKey](), len(self.of)
        while waiting is None or waiting:
            more = self._level(waiting)
            premises.update(map(self.statements.triple.__getitem__, more))
            waiting = set() if waiting is None else more - self._read
        concluded = list(self.of)[known:]
        if triples is not None:
            self.places.load([*concluded, *premises])
        self._decide({triple for triple in concluded if _INFERRED in self.places.of(triple)})
        return premises

    def _nodes(self, triples: Collection[TripleKey] | None) -> set[Any] | None:
        if triples is None:
            return None
        of = self.statements.of
        return {node for triple in triples for node in of.get(triple, ())} - self._read

    def _level(self, nodes: set[Any] | None) -> set[Any]:
        """Reads the uses whose conclusion is one of these nodes; the nodes of their premises are returned."""
        concluded = sorted(naming(self.store, nodes, _CONCLUSION, _INFERENCES), key=str)
        rules: dict[Any, Any] = {}
        premises: dict[Any, list[Any]] = {}
        uses = None if nodes is None else {quad.subject for quad in concluded}
        for quad in about(self.store, uses, (_RULE, _PREMISE), _INFERENCES):
            if quad.predicate == _RULE:
                rules[quad.subject] = quad.object
            else:
                premises.setdefault(quad.subject, []).append(quad.object)
        found = {node for some in premises.values() for node in some}
        triple = self.statements.triple
        if nodes is not None:
            self._read |= nodes
            self.statements.spell(found - triple.keys())
        for quad in concluded:
            rest = sorted((triple[node] for node in premises.get(quad.subject, ())), key=_text)
            use = Use(rules[quad.subject], triple[quad.object], tuple(rest))
            self.of.setdefault(use.conclusion, []).append(use)
        return found

    def _decide(self, inferred: set[TripleKey]) -> None:
        """Finds the best use of each of these, by rounds; those that no proof ends in are left open."""
        while ends := {triple: end for triple in inferred if (end := self._end(triple))}:
            number = min(found for found, _ in ends.values())
            for triple, (found, use) in ends.items():
                if found == number:
                    self.best[triple], self._rounds[triple] = use, number
            inferred -= self.best.keys()

    def _end(self, triple: TripleKey) -> tuple[int, Use] | None:
        """The first of the uses whose premises are proved soonest, and the round after theirs."""
        found = None
        for use in self.of[triple]:
            rounds = [self._round(premise) for premise in use.premises]
            number = 1 + max((each for each in rounds if each is not None), default=0)
            if None not in rounds and (found is None or number < found[0]):
                found = number, use
        return found

    def _round(self, triple: TripleKey) -> int | None:
        """The round in which a triple is proved: 0 when it is said, None when it has no proof, or none yet."""
        graphs = self.places.of(triple)
        if _INFERRED in graphs:
            return self._rounds.get(triple)
        return 0 if graphs else None

    def founded(self, use: Use) -> bool:
        """Whether the premises have proofs that do not rest on the conclusion."""
        known = self._founded.get(use)
        if known is None:
            known = self._founded[use] = self._stands_on_its_own(use)
        return known

    def _stands_on_its_own(self, use: Use) -> bool:
        return all(self._proved(premise) and use.conclusion not in self.support(premise) for premise in use.premises)

    def _proved(self, triple: TripleKey) -> bool:
        return triple in self.best or any(graph != _INFERRED for graph in self.places.of(triple))

    def size(self, use: Use) -> int:
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
