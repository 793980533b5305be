"""The uses of rules that a graph records, and which of them a proof may rest on.

Inferences can lean on one another in a circle: what is concluded by one may be a premise of the other. A proof must
come down to what is said, so each triple gets its shortest proof, by rounds from what is said upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from gbkg.proofs import TripleKey
from gbkg.spaces import PREFIXES
from gbkg.store import Store

_PARTS = tuple(ox.NamedNode(PREFIXES["rdf"] + name) for name in ("subject", "predicate", "object"))
_RULE, _CONCLUSION, _PREMISE = (ox.NamedNode(PREFIXES["gbkg"] + name) for name in ("rule", "conclusion", "premise"))
_INFERRED, _INFERENCES = (ox.NamedNode(PREFIXES["graph"] + name) for name in ("inferred", "inferences"))


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a rule: the rule's IRI, what it concludes, and from which triples, in the order of their N-Triples."""

    rule: Any
    conclusion: TripleKey
    premises: tuple[TripleKey, ...]


class Uses:
    """All uses of rules in a store. `of` gives those that conclude a triple, in the order of their IRIs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        triples = {node: triple for triple, nodes in statements(store, _INFERENCES).items() for node in nodes}
        rules = {quad.subject: quad.object for quad in store.quads(None, _RULE, None, _INFERENCES)}
        premises: dict[Any, list[TripleKey]] = {}
        for quad in store.quads(None, _PREMISE, None, _INFERENCES):
            premises.setdefault(quad.subject, []).append(triples[quad.object])
        self._founded: dict[Use, bool] = {}
        self.of: dict[TripleKey, list[Use]] = {}
        for quad in sorted(store.quads(None, _CONCLUSION, None, _INFERENCES), key=str):
            triple = triples[quad.object]
            use = Use(rules[quad.subject], triple, tuple(sorted(premises.get(quad.subject, []), key=_text)))
            self.of.setdefault(triple, []).append(use)

    @cached_property
    def best(self) -> dict[TripleKey, Use]:
        """The use that ends the shortest proof of each inferred triple; of equals, the first."""
        found: dict[TripleKey, Use] = {}
        open_ = {(q.subject, q.predicate, q.object) for q in self.store.quads(None, None, None, _INFERRED)}
        while True:
            done: dict[TripleKey, Use] = {}
            for triple in open_:
                uses = (use for use in self.of.get(triple, ()) if open_.isdisjoint(use.premises))
                use = next((use for use in uses if all(map(self.stands, use.premises))), None)
                if use:
                    done[triple] = use
            if not done:
                return found
            found |= done
            open_ -= done.keys()

    def stands(self, triple: TripleKey) -> bool:
        """Whether the triple is in the store."""
        return any(True for _ in self.store.quads(*triple))

    def founded(self, use: Use) -> bool:
        """Whether the premises have proofs that do not rest on the conclusion."""
        known = self._founded.get(use)
        if known is None:
            known = self._founded[use] = self._stands_on_its_own(use)
        return known

    def _stands_on_its_own(self, use: Use) -> bool:
        return all(self._proved(premise) and use.conclusion not in self.support(premise) for premise in use.premises)

    def _proved(self, triple: TripleKey) -> bool:
        graphs = {quad.graph_name for quad in self.store.quads(*triple)}
        return triple in self.best or bool(graphs - {_INFERRED})

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


def statements(store: Store, graph: Any) -> dict[TripleKey, list[Any]]:
    """The triples that rdf:subject, rdf:predicate and rdf:object of a named graph spell out, each with its nodes."""
    predicates, objects = ({q.subject: q.object for q in store.quads(None, p, None, graph)} for p in _PARTS[1:])
    found: dict[TripleKey, list[Any]] = {}
    for quad in store.quads(None, _PARTS[0], None, graph):
        node = quad.subject
        found.setdefault((quad.object, predicates[node], objects[node]), []).append(node)
    return found


def _text(triple: TripleKey) -> str:
    return " ".join(map(str, triple))
