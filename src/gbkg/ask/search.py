"""Search by words: entities by any spelling, passages by what they say, saved queries by what they ask.

Words may be misspelt, begun, or in any order. A hit is worth the share of the words that it has, rare ones counting
more; then how much of its name they make up, or whether they stand together in it; then how much is said of it.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyoxigraph import Literal, NamedNode

from gbkg.ask.labels import Labels
from gbkg.ask.names import Match, Names, members
from gbkg.ask.saved import SavedQuery
from gbkg.ask.words import AskedWord, FoundText, Span, WordIndex
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.terms import term

KINDS = ("entity", "passage", "query")
"""What can be searched, in the order of hits with equal scores."""
LEAST = 0.5
"""The least share of what is asked that a hit has."""
_MOST = 400
"""Texts of a kind that are looked at for one search."""
_WORTH: dict[str, float] = {"label": 1.0, "alias": 0.98, "id": 0.8, "description": 0.7}
_ALL = FoundText(0, 1.0, 1.0, True, True, 0, ())
"""What is found of a name when nothing is asked for."""
_PASSAGES = "SELECT ?quote ?text {{ ?quote oa:exact ?text FILTER({}) }}"
_OF_CLAIMS = tuple(map(term, ("rdf:subject", "gbkg:about", "rdf:object")))

_SPAN = re.compile(r"(.+)\.(\d+)-(\d+)")
"""The id of a passage: source, start, end."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity, passage or saved query: `id` is what can be typed for it, `text` its label, quotation or summary;
    `score` ranks hits, from 0 to 1, and `reason` says why it is one. `matched` is the name, description or quotation
    that has the words, at the offsets `marks`; `type` is what kind of entity it is."""

    kind: str
    id: str
    text: str
    score: float
    reason: str
    matched: str = ""
    marks: tuple[Span, ...] = ()
    type: str = ""
    label: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """The first hits of a search, the likeliest first, and how many there are of each kind; `meant` has the words that
    stand nowhere with what they are taken for."""

    hits: tuple[Hit, ...]
    counts: dict[str, int]
    meant: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Name:
    node: NamedNode
    match: str
    spelled: str


_Of = tuple[list[Hit], int, tuple[AskedWord, ...]]
"""The hits of one kind, how many there are, and what was asked for."""


class Search:
    """What can be searched in a graph, read when it is first asked for and kept."""

    def __init__(self, labels: Labels, queries: Callable[[], Mapping[str, SavedQuery]]) -> None:
        self.labels, self.store = labels, labels.store
        self._given = queries

    def find(self, words: str, kinds: Collection[str], limit: int, of: str = "") -> Hits:
        """The first `limit` hits of these kinds; of entities only those of a class, if `of` names one (prefix:name),
        and all of them if there are no words, those first of which more is said."""
        found: list[Hit] = []
        every: list[AskedWord] = []
        counts: dict[str, int] = {}
        for kind in (one for one in KINDS if one in kinds):
            hits, counts[kind], asked = {
                "entity": lambda: self._entities(words, limit, of),
                "passage": lambda: self._passages(words),
                "query": lambda: self._queries(words),
            }[kind]()
            found += hits
            every += asked
        found.sort(key=lambda hit: (-hit.score, KINDS.index(hit.kind), hit.id))
        return Hits(tuple(found[:limit]), counts, tuple(_misspelt(every).items()))

    # ---- Entities

    def _entities(self, words: str, limit: int, of: str) -> _Of:
        index, asked = self._names, self._names.asked(words)
        wanted = members(self.store, NamedNode(str(full(of)))) if of else None
        best: dict[NamedNode, tuple[float, _Name, FoundText]] = {}
        for found in (*index.find(asked, _MOST, LEAST), *index.alike(words)):
            name = self._listed[found.number]
            score = _WORTH[name.match] * found.share * (0.72 + 0.2 * found.cover + 0.03 * found.first)
            score += min(math.log10(1 + self._said[name.node]) / 50, 0.05)  # what more is said about comes first
            if (wanted is None or name.node in wanted) and score > best.get(name.node, (0.0,))[0]:
                best[name.node] = min(score, 1.0), name, found
        if wanted and not asked:
            best = {
                name.node: (min(self._said[name.node], 900) / 1000, name, _ALL)
                for name in self._listed
                if name.node in wanted and name.match == "label"
            }
        first = sorted(best.values(), key=lambda one: (-round(one[0], 3), one[1].node.value))[:limit]
        return [self._entity(*one, asked) for one in first], len(best), asked

    def _entity(self, score: float, name: _Name, found: FoundText, asked: Collection[AskedWord]) -> Hit:
        whole = found.cover == 1 and found.share == 1
        likely = [one for one in asked if one.meant]
        match: Match = "near" if not likely or any(one.misspelt for one in likely) else "part"
        if whole and name.match in ("id", "label", "alias"):
            match = name.match  # type: ignore[assignment]
        one = self._entity_names.candidate(name.node, match, name.spelled, found.share)
        reason = "what is said of it here" if name.match == "description" else one.reason
        text = f"{one.label} ({one.kind})" if one.kind else one.label
        value = one.label if len(self._called[one.label.casefold()]) == 1 else one.short
        score = round(score, 3)
        return Hit("entity", one.short, text, score, reason, name.spelled, found.marks, one.kind, one.label, value)

    @cached_property
    def _called(self) -> dict[str, set[NamedNode]]:
        """The entities of each name, without regard to case."""
        found: defaultdict[str, set[NamedNode]] = defaultdict(set)
        for one in self._listed:
            found[one.spelled.casefold()].add(one.node)
        return found

    @cached_property
    def _entity_names(self) -> Names:
        return Names(self.labels, "entity")

    @cached_property
    def _listed(self) -> list[_Name]:
        """Each spelling of each entity once, with its description, in an order that does not change."""
        names = self._entity_names
        found = {(node, spelled): match for node, match, spelled in reversed(list(names.known()))}
        found = {key: match for key, match in found.items() if ":" not in key[1] or match != "id"}
        listed = [_Name(node, match, spelled) for (node, spelled), match in found.items()]
        listed += [
            _Name(quad.subject, "description", f"{names.kind_of(quad.subject)}: {quad.object.value}")
            for quad in self.store.quads_of(names.nodes, term("dcterms:description"))
        ]
        return sorted(listed, key=lambda one: (one.node.value, one.spelled))

    @cached_property
    def _names(self) -> WordIndex:
        return WordIndex(one.spelled for one in self._listed)

    @cached_property
    def _said(self) -> Counter[Any]:
        """How many claims name an entity; not counted in a large graph or on a server."""
        if not self.store.scannable:
            return Counter()
        claims = term("graph:claims")
        return Counter(q.object for one in _OF_CLAIMS for q in self.store.quads(None, one, None, claims))

    # ---- Passages

    def _passages(self, words: str) -> _Of:
        keys, index = self._quoted if self.store.scannable else self._sent(words)
        asked = index.asked(words)
        hits = []
        for found in index.find(asked, _MOST, LEAST):
            # What says little else comes first, and what has the words together.
            score = found.share * (0.55 + min(2 / found.length, 0.1) + 0.1 * found.beside)
            text = index.texts[found.number]
            hits.append(Hit("passage", keys[found.number], text, round(score, 3), _has(found, text), text, found.marks))
        hits = _apart(hits)
        return hits, len(hits), asked

    @cached_property
    def _quoted(self) -> tuple[list[str], WordIndex]:
        """All passages, if the graph is small."""
        return self._indexed((quad.subject, quad.object) for quad in self.store.quads(None, term("oa:exact")))

    def _sent(self, words: str) -> tuple[list[str], WordIndex]:
        """The passages with any of the words as they are typed: a server sends no others."""
        wanted = sorted(set(re.findall(r"\w+", words.casefold())))
        tests = (f"CONTAINS(LCASE(?text), {Literal(word)})" for word in wanted)
        rows = self.store.select(_PASSAGES.format(" || ".join(tests))) if wanted else ()
        return self._indexed((row["quote"], row["text"]) for row in rows)

    def _indexed(self, rows: Iterable[Any]) -> tuple[list[str], WordIndex]:
        found = sorted(
            (row[0].value, " ".join(row[-2 if len(row) > 2 else 1].value.split())) for row in map(tuple, rows)
        )
        keys = [f"psg:{node.removeprefix(PREFIXES['psg']).removesuffix('.quote')}" for node, _ in found]
        return keys, WordIndex(text for _, text in found)

    # ---- Saved queries

    def _queries(self, words: str) -> _Of:
        names, index = self._asking
        asked = index.asked(words)
        best: dict[str, Hit] = {}
        for found in index.find(asked, _MOST, LEAST):
            name, field = names[found.number]
            text = index.texts[found.number]
            score = found.share * (0.62 + 0.2 * found.cover + 0.05 * found.beside if field == "title" else 0.55)
            hit = Hit("query", name, self._given()[name].summary, round(score, 3), _has(found, text), text, found.marks)
            best[name] = max(best.get(name, hit), hit, key=lambda one: one.score)
        return list(best.values()), len(best), asked

    @cached_property
    def _asking(self) -> tuple[list[tuple[str, str]], WordIndex]:
        texts = [(name, field, text) for name, query in self._given().items() for field, text in _fields(query)]
        return [(name, field) for name, field, _ in texts], WordIndex(text for _, _, text in texts)


def _misspelt(every: Iterable[AskedWord]) -> dict[str, str]:
    """The words that no text has, each with the word that it is taken for."""
    found: dict[str, str] = {}
    for one in sorted(every, key=lambda one: -max(one.meant.values(), default=0.0)):
        found.setdefault(one.word, one.misspelt)
    return {word: meant for word, meant in found.items() if meant}


def _fields(query: SavedQuery) -> Iterator[tuple[str, str]]:
    yield "title", query.summary
    yield "name", query.name.replace("-", " ")
    yield "text", f"{query.description} {' '.join(query.tags)}".strip()


def _apart(hits: list[Hit]) -> list[Hit]:
    """The hits without those whose passage overlaps that of a better one."""
    kept: list[Hit] = []
    taken: dict[str, list[tuple[int, int]]] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.id)):
        span = _SPAN.fullmatch(hit.id)
        if span is None:  # a passage that is not named by its place, as in graphs of others
            kept.append(hit)
            continue
        start, end = int(span[2]), int(span[3])
        places = taken.setdefault(span[1], [])
        if not any(start < other_end and other_start < end for other_start, other_end in places):
            places.append((start, end))
            kept.append(hit)
    return kept


def _has(found: FoundText, text: str) -> str:
    return f"has {', '.join(dict.fromkeys(text[start:end] for start, end in found.marks))}"
