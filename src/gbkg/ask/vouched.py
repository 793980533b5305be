"""What else of an answer card the graph at hand bears out, and what only its writer vouches for.

Rows and proofs are compared by `gbkg.ask.card.differing`. Digests within a card can be worked out again by whoever
changes it; so every part that the graph knows is compared with the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gbkg.ask import card as cards
from gbkg.ask import queries
from gbkg.ask.opened import made_from
from gbkg.core.errors import Finding, GbkgError
from gbkg.core.version import __version__

if TYPE_CHECKING:
    from gbkg.ask.opened import KnowledgeGraph


def differing(card: Mapping[str, Any], kg: KnowledgeGraph, shown: str) -> list[Finding]:
    """What the card says otherwise than the graph and the project: parameters, sources, and the graph itself, if it is
    built from the same inputs by the same gbkg."""
    found = [*_query(card["query"], kg), *_sources(card["sources"], kg), *_graph(card, kg)]
    return [Finding("card", text, shown) for text in found]


def alone(card: Mapping[str, Any], kg: KnowledgeGraph) -> list[str]:
    """What nothing at hand bears out: the writer alone says it."""
    query, graph = card["query"], card["graph"]
    said = [f"that gbkg {card['version']} wrote it"]
    if query.get("name") not in kg.project.names:
        said += [f"that the query is called {query['name']!r}"] if query.get("name") else []
        said += ["the parameters"] if query.get("parameters") else []
    if graph["sha256"] != kg.digest:
        said.append(f"that the graph {graph['sha256'][:12]}…, of {graph['triples']:,} triples, gave this answer")
    return said


def _query(query: Mapping[str, Any], kg: KnowledgeGraph) -> Iterator[str]:
    name, values = query.get("name"), query.get("parameters", {})
    if name not in kg.project.names:
        return
    try:
        text = queries.bind(queries.find(kg.project, name), values, kg.labels)
    except (GbkgError, TypeError, AttributeError) as error:
        yield f"the saved query {name} does not take these parameters: {error}"
        return
    if text != query["text"]:
        yield f"the saved query {name} with these parameters is another text than the card's"


def _sources(sources: Mapping[str, Any], kg: KnowledgeGraph) -> Iterator[str]:
    for slug, told in sources.items():
        known = cards.described(kg, slug)
        for part, name in (("title", "title"), ("sha256", "SHA-256")):
            if told[part] != known[part]:
                has = repr(known[part]) if known[part] else "none"
                yield f"document {slug}: the {name} is {told[part]!r} here, and the graph has {has}"


def _graph(card: Mapping[str, Any], kg: KnowledgeGraph) -> Iterator[str]:
    told, (version, inputs) = card["graph"], made_from(kg.store)
    if told["sha256"] == kg.digest:
        if told["triples"] != len(kg.store):
            yield f"the graph has {len(kg.store):,} triples, and not {told['triples']:,}"
        if told["inputs"] != inputs:
            yield "the graph was built from other inputs than the card says"
    elif (card["version"], told["inputs"]) == (version, inputs) == (__version__, inputs) and inputs:
        yield f"the graph of these inputs has the digest {kg.digest[:12]}…, and not {told['sha256'][:12]}…"
