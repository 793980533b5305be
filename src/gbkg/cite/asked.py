"""The triple that a reader means by three names."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.errors import NotFoundError
from gbkg.proofs import TripleKey
from gbkg.queries.parameters import literal, resolve
from gbkg.spaces import full, shorten

if TYPE_CHECKING:
    from gbkg.kg import KnowledgeGraph


def triple(kg: KnowledgeGraph, subject: str, predicate: str, object: str) -> TripleKey:
    """The triple meant by names of subject, property and object; where an object can be read in several ways, the one
    that makes the triple hold comes first.

    Raises `NotFoundError` with near names when nothing has a name.
    """
    s, p = node(kg, subject), property_(kg, predicate)
    found = readings(kg, object)
    if not found:
        found = [node(kg, object)]
    holding = [o for o in found if any(True for _ in kg.store.quads(s, p, o))]
    spoken = [q.object for q in kg.store.quads(s, p) if q.object.value.casefold() == object.casefold()]
    return s, p, (holding or spoken or found)[0]


def node(kg: KnowledgeGraph, name: str) -> Any:
    """Any node of the graph by IRI or prefixed name, an entity also by id, label or alias."""
    found = _iri(name) if ":" in name else None
    if found is not None and any(True for place in ((found,), (None, None, found)) for _ in kg.store.quads(*place)):
        return found
    return resolve("entity", "gbkg:Entity", name, kg)


def property_(kg: KnowledgeGraph, name: str) -> Any:
    """A property by IRI, prefixed name, local name or label."""
    known = {quad.predicate for quad in kg.store}
    found = _iri(name if ":" in name else f"gbkg:{name}")
    if found is not None and found in known:
        return found
    spoken: dict[str, Any] = {}
    for term in sorted(known, key=str, reverse=True):
        short = shorten(term.value)
        for word in (kg.labels.get(term.value, ""), short.partition(":")[2], short):
            if word:
                spoken[word.casefold()] = term
    if name.casefold() in spoken:
        return spoken[name.casefold()]
    near = get_close_matches(name.casefold(), sorted(spoken), 3, 0.5)
    raise NotFoundError("property", name, [shorten(spoken[word].value) for word in near])


def readings(kg: KnowledgeGraph, text: str) -> list[Any]:
    """What an object may be: a node, a date, a number, a text."""
    found = []
    with suppress(NotFoundError):
        found.append(node(kg, text))
    found += [term for kind in ("date", "number") if (term := literal(kind, text)) is not None]
    known = ox.Literal(text)
    if any(True for _ in kg.store.quads(None, None, known)):
        found.append(known)
    return found


def _iri(name: str) -> Any | None:
    """The IRI of a name, None when it is none that the engine takes."""
    iri = full(name)
    try:
        return None if iri is None else ox.NamedNode(iri)
    except ValueError:
        return None
