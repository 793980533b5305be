"""What a build changes of what the last one said, in lines for a curator: "3 mappings fewer".

No gate can know that a description was right before a slip changed it, or which claims a comparison was about. But a
curator who changed one thing sees at once that two have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core import difference
from gbkg.core.prefixes import BASE, PREFIXES, shorten, spaced

LARGEST = 500_000_000
"""Bytes of N-Quads up to which two builds are compared."""
_NAMED = 3
_TYPE = PREFIXES["rdf"] + "type"
_KINDS = {
    PREFIXES["id"]: "entity",
    PREFIXES["clm"]: "claim",
    PREFIXES["cur"]: "node of curation",
    PREFIXES["src"]: "source",
    PREFIXES["query"]: "saved query",
    PREFIXES["rule"]: "rule",
    f"{BASE}mapping/": "mapping",
    PREFIXES["gbkg"]: "term",
}
_PLURALS = {"entity": "entities", "node of curation": "nodes of curation", "saved query": "saved queries"}
_TYPED = {"ontology", "entities", "claims", "evidence", "curation", "queries", "metadata"}
"""Named graphs of what is typed; the others follow from them, but for the rules themselves."""
_OF_ENTITIES = {_TYPE, PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "description"}
"""What is said of entities where they are described; their mappings have records of their own."""
_COUNTED = (PREFIXES["void"], PREFIXES["dcterms"] + "hasVersion", PREFIXES["schema"] + "isBasedOn")
"""Predicates by which a build says what it made, and of what."""


def lines(former: Path, new: Path) -> list[str]:
    """What the file `new` of N-Quads says otherwise than `former`, a line for each kind of change, sorted; nothing
    where there is no former file or one of them is too large."""
    try:
        if max(former.stat().st_size, new.stat().st_size) > LARGEST:
            return []
        removed, added = difference.changes(former, new)
    except FileNotFoundError:
        return []
    except (OSError, SyntaxError):
        return ["the graph of the last build cannot be read"]
    return sorted([*_counted(removed, added), *_altered(removed, added)])


def _counted(removed: list[Any], added: list[Any]) -> Iterator[str]:
    """What there is more of, and less."""
    gone, come = _typed(removed), _typed(added)
    for found, other, word in ((gone, come, "fewer"), (come, gone, "more")):
        by_kind = defaultdict(list)
        for node, kind in found.items():
            if node not in other:
                by_kind[kind].append(node)
        for kind, nodes in by_kind.items():
            yield f"{len(nodes)} {_many(kind, len(nodes))} {word}: {_some(nodes)}"


def _altered(removed: list[Any], added: list[Any]) -> Iterator[str]:
    """What nodes that were there and still are say otherwise."""
    new_or_gone = _typed(removed).keys() ^ _typed(added).keys()
    values: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for quads, side in ((removed, 0), (added, 1)):
        for quad in filter(_tells, quads):
            if quad.subject.value not in new_or_gone:
                values[quad.subject.value, quad.predicate.value][side].add(str(quad.object))
    by_change = defaultdict(list)
    for (node, predicate), (lost, won) in values.items():
        how = "with another" if lost and won else "without a former" if lost else "with one more"
        by_change[_kind(node), how, predicate].append(node)
    for (kind, how, predicate), nodes in by_change.items():
        yield f"{len(nodes)} {_many(kind, len(nodes))} {how} {shorten(predicate)}: {_some(nodes)}"


def _typed(quads: Iterable[Any]) -> dict[str, str]:
    """The nodes that get a class, with its words: for an entity "entity"."""
    found: dict[str, str] = {}
    for quad in filter(_tells, quads):
        if quad.predicate.value == _TYPE:
            node, cls = quad.subject.value, quad.object.value
            kind = _kind(node)
            own = kind == "node of curation" and cls.startswith(PREFIXES["gbkg"])
            found[node] = spaced(cls.removeprefix(PREFIXES["gbkg"])) if own else kind
    return found


def _tells(quad: Any) -> bool:
    """Whether a quad says what was typed, by itself."""
    graph = quad.graph_name.value.removeprefix(PREFIXES["graph"]) if isinstance(quad.graph_name, ox.NamedNode) else ""
    if not isinstance(quad.subject, ox.NamedNode):
        return False
    if graph not in _TYPED and not quad.subject.value.startswith(PREFIXES["rule"]):
        return False
    if quad.subject.value.startswith(PREFIXES["psg"]) or quad.predicate.value.startswith(_COUNTED):
        return False
    return graph != "entities" or quad.predicate.value in _OF_ENTITIES


def _kind(node: str) -> str:
    return next((kind for start, kind in _KINDS.items() if node.startswith(start)), "node")


def _many(kind: str, number: int) -> str:
    if number == 1:
        return kind
    return _PLURALS.get(kind) or (f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s")


def _some(nodes: Iterable[str]) -> str:
    names = sorted(map(shorten, nodes))
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
