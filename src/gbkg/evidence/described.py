"""What the graph says of one node, for a document about it: its triples, and those that its claims and their quotations
need to be read alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pyoxigraph import NamedNode, Triple

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import term
from gbkg.evidence.claims import claims_on
from gbkg.store.base import Store

_INFERRED, _FACTS, _CURATION = (term(f"graph:{name}") for name in ("inferred", "facts", "curation"))
_DERIVED, _SELECTOR = term("prov:wasDerivedFrom"), term("oa:hasSelector")


def described(store: Store, node: NamedNode) -> tuple[Triple, ...]:
    """The triples of the node first, then those of other nodes in the order of their IRIs; empty when the graph says
    nothing of it. What only rules infer is left out, as in the files of triples that a build writes.

    With an entity come the facts that name it, the claims on it and their passages; with a claim its passages and the
    curation that names it; with a passage the claims that it proves; with a saved query its parameters.
    """
    own = list(_of(store, [node]))
    kind = next((prefix for prefix in _MORE if node.value.startswith(PREFIXES[prefix])), "")
    found = dict.fromkeys([*own, *(_MORE[kind](store, node, own) if own and kind else ())])
    return tuple(sorted(found, key=lambda one: (one.subject != node, str(one))))


def _of(store: Store, nodes: Collection[Any]) -> Iterator[Triple]:
    return (quad.triple for quad in store.quads_of(nodes) if quad.graph_name != _INFERRED)


def _entity(store: Store, node: NamedNode, own: list[Triple]) -> Iterator[Triple]:  # noqa: ARG001
    yield from (quad.triple for quad in store.quads(None, None, node, _FACTS))
    yield from _claims(store, sorted(claims_on(store, [node]), key=str))


def _claim(store: Store, node: NamedNode, own: list[Triple]) -> Iterator[Triple]:  # noqa: ARG001
    yield from _claims(store, [node])
    yield from (quad.triple for quad in store.quads(None, None, node, _CURATION))


def _claims(store: Store, claims: Collection[NamedNode]) -> Iterator[Triple]:
    said = list(_of(store, claims))
    passages = list(_of(store, _objects(said, _DERIVED)))
    yield from said
    yield from passages
    yield from _of(store, _objects(passages, _SELECTOR))


def _passage(store: Store, node: NamedNode, own: list[Triple]) -> Iterator[Triple]:
    yield from _of(store, _objects(own, _SELECTOR))
    yield from (quad.triple for quad in store.quads(None, _DERIVED, node))


def _query(store: Store, node: NamedNode, own: list[Triple]) -> Iterator[Triple]:
    """Parameters, and the lists of their choices, have IRIs below that of the query."""
    below = {one.object for one in own if _below(node, one.object)}
    while below:
        said = list(_of(store, sorted(below, key=str)))
        yield from said
        below = {one.object for one in said if _below(node, one.object)} - below


def _objects(said: Collection[Triple], predicate: NamedNode) -> list[Any]:
    return sorted({one.object for one in said if one.predicate == predicate}, key=str)


def _below(node: NamedNode, found: Any) -> bool:
    return isinstance(found, NamedNode) and found.value.startswith(f"{node.value}/")


_MORE = {"id": _entity, "clm": _claim, "psg": _passage, "query": _query}
"""By the prefix of a node: what else belongs into a document about it."""
