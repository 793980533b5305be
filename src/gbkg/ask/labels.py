"""What things are called, read from a graph: all at once where that is cheap, else as they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Quad, Term
from gbkg.store.base import Store

_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")


KEPT = 100_000
"""Labels that are remembered of a graph that is too large to be read whole; with one more all are forgotten."""


class Labels(Mapping[str, str]):
    """IRI to label, for everything that has one. To go through all of them reads all of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[str, str | None] = {}

    def label(self, term: Term) -> str:
        """How a reader is shown a term: its label, else prefix:name, else its lexical form."""
        return self.get(term.value) or shorten(term.value) if isinstance(term, ox.NamedNode) else str(term.value)

    def learn(self, terms: Iterable[Term | None]) -> None:
        """Looks up many at once, of which some may be no IRIs; worth while before each is asked for."""
        if self.store.scannable:
            return
        if len(self._known) >= KEPT:
            self._known.clear()
        lacking = {term for term in terms if isinstance(term, ox.NamedNode) and term.value not in self._known}
        self._known |= {term.value: None for term in lacking}
        self._known |= _chosen(self.store.quads_of(lacking, _LABEL))

    def __getitem__(self, iri: str) -> str:
        if "_all" in self.__dict__ or self.store.scannable:
            return self._all[iri]
        if iri not in self._known:
            self.learn([ox.NamedNode(iri)])
        found = self._known[iri]
        if found is None:
            raise KeyError(iri)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, str]:
        return _chosen(self.store.quads(None, _LABEL))


def _chosen(labels: Iterable[Quad]) -> dict[str, str]:
    """One label for each subject: English or of no language if it has one, else the first by its text."""
    ranked: dict[str, tuple[bool, str]] = {}
    for quad in labels:
        language = quad.object.language if isinstance(quad.object, ox.Literal) else None
        rank = (language not in (None, "en"), quad.object.value)
        ranked[quad.subject.value] = min(ranked.get(quad.subject.value, rank), rank)
    return {iri: label for iri, (_, label) in ranked.items()}
