"""What has been read of a store for its evidence: claims, uses of rules, the graphs that triples stand in."""

from __future__ import annotations

from pyoxigraph import NamedNode

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, TripleKey
from gbkg.evidence.claims import CLAIMS, Claims
from gbkg.evidence.inferences import Uses
from gbkg.evidence.lookups import GraphsOfTriples, Statements
from gbkg.store.base import Store

_CLAIMED = frozenset({"facts", "claims", "inferred"})
"""The named graphs whose triples are claims, or follow from claims."""


class Index:
    """What has been read of a store: the claims that state triples, the uses of rules that conclude them, the graphs
    they stand in. `whole` means all of it, `loaded` are the triples that were looked up otherwise."""

    def __init__(self, store: Store, whole: bool = False) -> None:
        self.store = store
        self.places = GraphsOfTriples(store)
        self.uses = Uses(store, self.places)
        self.stating = Statements(store, CLAIMS)
        self.claims = Claims(store)
        self.loaded: set[TripleKey] = set()
        self.whole = whole
        if whole:
            self.uses.load(None)
            self.stating.load(None)
            self.claims.load(None)

    def load(self, triples: set[TripleKey]) -> None:
        """Looks up together what the evidence of these triples needs."""
        new = triples - self.loaded
        if new and not self.whole:
            new |= self.uses.load(new)
            self.stating.load(new)
            self.loaded |= new
            stating = {claim for triple in new for claim in self.stating.of.get(triple, ())}
            self.claims.load(stating | {subject for subject, _, _ in new})
            self.places.load(triple for triple in new if triple[0] not in self.claims and not self.accepted(triple))

    def forget(self) -> None:
        """Forgets what was made of what was read."""
        self.claims.forget()

    def accepted(self, triple: TripleKey) -> list[NamedNode]:
        """The accepted claims that state a triple, in the order of their IRIs."""
        # Most triples have other predicates, and looking them up costs more.
        stating = self.stating.of.get(triple, ()) if triple[1] in self.stating.predicates else ()
        return sorted(filter(self.claims.accepted, stating), key=str)

    def typed(self, triple: TripleKey) -> list[str]:
        """The graphs it stands in that claims are not behind, sorted by name."""
        return [graph for graph in sorted(map(_graph, self.places.of(triple))) if graph not in _CLAIMED]


def _graph(name: Term | None) -> str:
    return "default" if name is None else str(name.value).removeprefix(PREFIXES["graph"])
