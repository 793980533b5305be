"""The words behind edges: each claim with its passages, numbered once for a whole answer."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from gbkg.ask.opened import KnowledgeGraph
from gbkg.core import namespaces
from gbkg.core.records import Passage
from gbkg.evidence.relations import Evidence, Ledger


class Footnotes:
    """Passages in the order in which they are first asked for, counted from 1, each with the claims that it proves."""

    def __init__(self, kg: KnowledgeGraph, ledger: Ledger) -> None:
        self._store = kg.store
        self._claims = {claim.key: claim for said in ledger.claims.values() for claim in said}
        self.passages: dict[str, list[str]] = {}
        """IRI of a passage to keys of claims."""

    def claim(self, key: str) -> Evidence:
        return self._claims[key]

    def numbers(self, keys: Iterable[str]) -> tuple[int, ...]:
        """The numbers of the passages of these claims, in order, each once."""
        for key in keys:
            for passage in self._claims[key].passages:
                proved = self.passages.setdefault(passage, [])
                if key not in proved:
                    proved.append(key)
        places = {passage: number for number, passage in enumerate(self.passages, start=1)}
        return tuple(dict.fromkeys(places[p] for key in keys for p in self._claims[key].passages))

    def notes(self) -> list[tuple[int, Passage, tuple[str, ...]]]:
        """Every footnote: its number, the passage with its words, and the keys of its claims."""
        words = self._words()
        return [
            (number, _passage(iri, words.get(iri, "")), tuple(keys))
            for number, (iri, keys) in enumerate(self.passages.items(), start=1)
        ]

    def _words(self) -> dict[str, str]:
        """Passage to its words, all looked up at once."""
        has, exact = (ox.NamedNode(str(namespaces.OA[name])) for name in ("hasSelector", "exact"))
        links = list(self._store.quads_of([ox.NamedNode(iri) for iri in self.passages], has))
        words = {q.subject.value: q.object.value for q in self._store.quads_of({q.object for q in links}, exact)}
        return {link.subject.value: words[link.object.value] for link in links if link.object.value in words}


def _passage(iri: str, exact: str) -> Passage:
    source, _, span = iri.removeprefix(str(namespaces.PSG)).rpartition(".")
    start, _, end = span.partition("-")
    return Passage(source, int(start), int(end), exact)
