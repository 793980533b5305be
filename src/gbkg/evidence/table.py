"""The evidence of every triple of a graph, so that no answer needs to look it up: read from a small graph into memory
once, and written beside a large one by the build (`gbkg.evidence.arrays`).

A table knows terms and triples by keys of its own: in memory numbers, in a file their text as N-Triples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from threading import get_ident
from typing import Any, NamedTuple, Protocol

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode

from gbkg.core.errors import GbkgError
from gbkg.core.terms import Term, TripleKey, term
from gbkg.evidence.index import Index
from gbkg.evidence.inferences import Use
from gbkg.evidence.proofs import ClaimEvidence
from gbkg.store.numbers import Ids, Numbers

TYPED = ("ontology", "entities", "evidence", "curation", "queries", "metadata")
"""The graphs whose triples are in files of ours."""
_COMPUTED = 100_000
"""The most terms that are numbered beside those of the graph: values that queries compute."""
Key = tuple[Any, ...]
"""What a table knows a triple by: the keys of its three terms."""
UseOf = tuple[int, tuple[Key, ...]]
"""One use of a rule: the number of the rule, and its premises."""


class Entry(NamedTuple):
    """What stands behind a triple: numbers of the claims that state it; else the graphs whose files it stands in; the
    uses that a proof may end in, the shortest proof's as `best` if nothing states it, and how many uses conclude it."""

    claims: tuple[int, ...] = ()
    graphs: tuple[str, ...] = ()
    uses: tuple[UseOf, ...] = ()
    best: UseOf | None = None
    concluded: int = 0


class Table(Protocol):
    """Where entries are found."""

    rules: list[tuple[str, str]]
    """Name and summary of each rule, by number."""

    def numbers(self) -> Numbers:
        """Numbers for an answer, of which `keys` makes keys soonest."""

    def keys(self, numbers: Numbers) -> Callable[[Ids], Key]:
        """The key of a triple by its numbers."""

    def triple(self, key: Key) -> TripleKey:
        """The triple of a key."""

    def claim(self, subject: Any) -> int | None:
        """The number of a claim, by its key; all triples are part of its record that have it as subject."""

    def entry(self, key: Key) -> Entry | str | None:
        """The entry of a triple of which the subject is not a claim; the graph alone, if it only stands in a file; None
        where it has to be looked up."""

    def record(self, number: int) -> ClaimEvidence:
        """A claim."""

    def forget(self) -> None:
        """Forgets records that were read of a file, and texts of terms."""


class Whole:
    """All entries of one graph as its `Index` has them; `key` is that of a triple."""

    def __init__(self, index: Index, key: Callable[[TripleKey], Key]) -> None:
        self.index, self.key = index, key
        self.records: dict[Any, ClaimEvidence] = {}
        """Each claim by its node, in the order of their numbers; a claim whose words the graph lacks is left out."""
        for node in sorted(index.claims, key=str):
            with suppress(GbkgError):
                self.records[node] = index.claims.claim(node)  # type: ignore[arg-type]
        index.forget()
        self._numbers = {node: number for number, node in enumerate(self.records)}
        rules = sorted({use.rule: use for uses in index.uses.of.values() for use in uses}.values(), key=_rule)
        self.rules = [index.uses.rule(use) for use in rules]
        self._rules = {use.rule: number for number, use in enumerate(rules)}

    def entries(self) -> Iterator[tuple[TripleKey, Entry | None]]:
        """The triples that accepted claims state or that uses of rules conclude, each once; with None where the text
        of a triple does not say which it is."""
        index, uses = self.index, self.index.uses
        for triple in dict.fromkeys((*uses.of, *index.stating.of)):
            nodes = index.accepted(triple)
            claims = tuple(self._numbers[node] for node in nodes if node in self._numbers)
            if triple[0] in index.claims or not (nodes or triple in uses.of):
                continue
            concluding, best = uses.concluding(triple), uses.best.get(triple)
            graphs = [] if claims else index.typed(triple)
            named = all(map(_named, (triple, *(p for use in uses.of.get(triple, ()) for p in use.premises))))
            entry = Entry(
                claims,
                tuple(graphs),
                tuple(map(self._use, concluding)),
                self._use(best) if best and not claims and not graphs else None,
                len(uses.of.get(triple, ())),
            )
            yield triple, entry if named and len(claims) == len(nodes) else None

    def _use(self, use: Use) -> UseOf:
        return self._rules[use.rule], tuple(map(self.key, use.premises))


class InMemory:
    """The table of a small graph, of which every term has a number. What stands in other graphs than `TYPED` without a
    claim has no entry."""

    def __init__(self, index: Index) -> None:
        self._numbers = numbers = Numbers()
        whole = Whole(index, numbers.ids)
        found = {numbers.ids(triple): entry for triple, entry in whole.entries()}
        self.rules = whole.rules
        self._records = list(whole.records.values())
        self._claims = {numbers[node]: number for number, node in enumerate(whole.records)}
        self._entries: dict[Key, Entry | str | None] = {}
        for graph in TYPED:
            for quad in index.store.quads(graph=term(f"graph:{graph}")):
                key = numbers.ids((quad.subject, quad.predicate, quad.object))
                if key[0] not in self._claims:
                    self._entries[key] = None if key in self._entries else graph
        self._entries.update(found)
        self._size, self._thread = len(numbers.terms) - 1, get_ident()

    def numbers(self) -> Numbers:
        if get_ident() != self._thread:
            return self._numbers.first(self._size)  # two threads must not give one number to two terms
        if len(self._numbers.terms) > self._size + _COMPUTED:
            self._numbers = self._numbers.first(self._size)
        return self._numbers

    def keys(self, numbers: Numbers) -> Callable[[Ids], Key]:
        own = self._numbers
        if numbers is own:
            return _same
        return lambda ids: tuple([own.get(term, term) for term in numbers.triple(ids)])

    def triple(self, key: Key) -> TripleKey:
        return self._numbers.triple(key)

    def claim(self, subject: int) -> int | None:
        return self._claims.get(subject)

    def entry(self, key: Key) -> Entry | str | None:
        return self._entries.get(key)

    def record(self, number: int) -> ClaimEvidence:
        return self._records[number]

    def forget(self) -> None:
        self._numbers.forget()


def _same(ids: Any) -> Key:
    found: Key = ids
    return found


def words(triple: TripleKey) -> tuple[str, str, str]:
    """The texts of the terms of a triple as N-Triples."""
    s, p, o = triple
    return str(s), str(p), str(o)


@lru_cache(maxsize=20_000)
def parsed(word: str) -> Term:
    """The term of a text."""
    if word[0] == "<":
        return NamedNode(word[1:-1])
    (triple,) = ox.parse(f"<a:a> <a:b> {word} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    found: Term = triple.object
    return found


def _rule(use: Use) -> str:
    return use.rule.value


def _named(triple: TripleKey) -> bool:
    return not isinstance(triple[0], BlankNode) and not isinstance(triple[2], BlankNode)
