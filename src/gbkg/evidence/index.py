"""What stands in a graph behind its triples, as far as it has been looked up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gbkg.core.terms import TripleKey
from gbkg.evidence.lookup import Places, Statements
from gbkg.evidence.records import CLAIMS, Records
from gbkg.evidence.uses import Uses
from gbkg.store.memory import Store


class Index:
    """The claims that state triples, the uses of rules that conclude them, the graphs they stand in, and the records of
    claims. Of a small store everything is read at once, of others what is asked for, and what that rests on."""

    def __init__(self, store: Store) -> None:
        self.places = Places(store)
        self.uses = Uses(store, self.places)
        self.stating = Statements(store, CLAIMS)
        self.records = Records(store)
        self._loaded: set[TripleKey] = set()
        self._whole = store.scannable
        if self._whole:
            self.uses.load(None)
            self.stating.load(None)
            self.records.load(None)

    def load(self, triples: Iterable[TripleKey]) -> None:
        """Looks up together what the evidence of these triples needs."""
        new = set() if self._whole else set(triples) - self._loaded
        if new:
            new |= self.uses.load(new)
            self.stating.load(new)
            self._loaded |= new
            stating = {claim for triple in new for claim in self.stating.of.get(triple, ())}
            self.records.load(stating | {subject for subject, _, _ in new})
            self.places.load(triple for triple in new if triple[0] not in self.records and not self.claims(triple))

    def claims(self, triple: TripleKey) -> list[Any]:
        """The accepted claims that state a triple, in order of their IRIs."""
        # Most triples have other predicates, and to look for one costs more.
        stating = self.stating.of.get(triple, ()) if triple[1] in self.stating.predicates else ()
        return sorted(filter(self.records.accepted, stating), key=str)
