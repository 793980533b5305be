"""Search by words: entities by any spelling, passages by what they say, saved queries by what they ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal

from gbkg.ask.labels import Labels
from gbkg.ask.queries import SavedQuery
from gbkg.ask.resolve import candidates
from gbkg.core.prefixes import PREFIXES

KINDS = ("entity", "passage", "query")
"""What can be searched, in the order of hits with equal scores."""
_PASSAGES = "SELECT ?quote ?text {{ ?quote oa:exact ?text FILTER({}) }}"
_WORTH = {"id": 1.0, "label": 1.0, "alias": 0.95, "part": 0.8}
_LEAST = 0.5
"""The least share of the words that a hit has."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity, passage or saved query: `id` is what can be typed for it, `text` its label, quotation or summary;
    `score` ranks hits, from 0 to 1, and `reason` says why it is one."""

    kind: str
    id: str
    text: str
    score: float
    reason: str


def search(
    labels: Labels, queries: Mapping[str, SavedQuery], words: str, kinds: Iterable[str], limit: int
) -> list[Hit]:
    """The first `limit` hits of these kinds, the likeliest first."""
    found: list[Hit] = []
    wanted = set(re.findall(r"\w+", words.casefold()))
    if "entity" in kinds:
        found += _entities(labels, words)
    if "passage" in kinds and wanted:
        found += _passages(labels, wanted)
    if "query" in kinds and wanted:
        found += _queries(queries, wanted)
    found.sort(key=lambda hit: (-hit.score, KINDS.index(hit.kind), hit.id))
    return found[:limit]


def _entities(labels: Labels, words: str) -> Iterator[Hit]:
    for one in candidates(labels, words):
        score = _WORTH.get(one.match, one.score * 0.7)
        yield Hit("entity", one.short, f"{one.label} ({one.kind})", round(score, 3), one.reason)


def _passages(labels: Labels, wanted: set[str]) -> Iterator[Hit]:
    # The store finds those with any of the words, so that a server sends no others.
    tests = (f"CONTAINS(LCASE(?text), {Literal(word)})" for word in sorted(wanted))
    for quote, text in labels.store.select(_PASSAGES.format(" || ".join(tests))):
        share, reason = _share(wanted, text.value)
        if share >= _LEAST:
            passage = quote.value.removeprefix(PREFIXES["psg"]).removesuffix(".quote")
            words = text.value.split()
            score = share * (0.6 + min(2 / len(words), 0.1))  # what says little else comes first
            yield Hit("passage", f"psg:{passage}", " ".join(words), round(score, 3), reason)


def _queries(queries: Mapping[str, SavedQuery], wanted: set[str]) -> Iterator[Hit]:
    for query in queries.values():
        title = f"{query.name.replace('-', ' ')} {query.summary}"
        share, reason = _share(wanted, f"{title} {query.description} {' '.join(query.tags)}")
        if share >= _LEAST:
            score = 0.5 * share + 0.3 * _share(wanted, title)[0]
            yield Hit("query", query.name, query.summary, round(score, 3), reason)


def _share(wanted: set[str], text: str) -> tuple[float, str]:
    """The share of the words that stand in a text, and which do. Scripts without spaces are compared by characters."""
    folded = text.casefold()
    spaced = set(re.findall(r"\w+", folded))
    here = sorted(word for word in wanted if word in spaced or (not word.isascii() and word in folded))
    return len(here) / len(wanted), f"has {', '.join(here)}"
