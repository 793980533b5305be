"""Finding entities, sources and claims of a graph by what people call them."""

from __future__ import annotations

import re
from difflib import get_close_matches

import pyoxigraph as ox

from gbkg.ask.opened import KnowledgeGraph
from gbkg.ask.show import find
from gbkg.ask.spoken import Remark
from gbkg.core import namespaces
from gbkg.core.errors import NotFoundError
from gbkg.core.records import Claim, Entity, Place

_SLUG = re.compile(r"[\w.-]+")
_TYPE = ox.NamedNode(namespaces.PREFIXES["rdf"] + "type")


def entity(kg: KnowledgeGraph, name: str, remark: Remark | None = None) -> str:
    """The IRI of the entity with this IRI, id, label or alias, as `show.find` finds it; `remark` as
    there.

    Raises `NotFoundError` with near names when there is none, or more than one.
    """
    entities = ox.NamedNode(str(namespaces.GRAPH["entities"]))
    slug = str(namespaces.expand(name.strip()) or "").removeprefix(str(namespaces.ID)) if ":" in name else name.strip()
    if _SLUG.fullmatch(slug):  # then nobody else need be looked at
        node = ox.NamedNode(str(namespaces.ID) + slug)
        if any(kg.store.quads(node, _TYPE, None, entities)):
            return str(node.value)
    known, labels = {}, dict(kg.labels)
    for quad in kg.store.quads(None, _TYPE, None, entities):
        iri = quad.subject.value
        if iri.startswith(str(namespaces.ID)):
            slug = iri.removeprefix(str(namespaces.ID))
            known[slug] = Entity(slug, quad.object.value, labels.get(iri, namespaces.shorten(iri)), "", Place("", 0))
    return find(name, known, _aliases(kg), remark).iri.value


def claims(kg: KnowledgeGraph, name: str) -> frozenset[str]:
    """The keys (SOURCE.ID) of the claims of a source, or of the one claim of this name; IRIs will do too.

    Raises `NotFoundError` with near names when neither a source nor a claim is called so.
    """
    iri = namespaces.expand(name) if ":" in name else None
    key = str(iri).removeprefix(str(namespaces.CLM)).removeprefix(str(namespaces.SRC)) if iri else name
    known = {quad.subject.value for quad in kg.store.quads(None, ox.NamedNode(str(namespaces.GBKG["status"])))}
    keys = sorted(claim.removeprefix(str(namespaces.CLM)) for claim in known)
    found = frozenset([key]) if key in keys else frozenset(k for k in keys if k.partition(".")[0] == key)
    if found:
        return found
    sources = sorted({k.partition(".")[0] for k in keys})
    # A claim's own name is what people remember of it, so that is compared as well as the whole key.
    spoken = {k: k for k in [*sources, *keys]} | {k.partition(".")[2]: k for k in reversed(keys)}
    near = [spoken[word] for word in get_close_matches(key, sorted(spoken), 3, 0.6)]
    raise NotFoundError("source or claim", name, list(dict.fromkeys(near)), () if near else sources)


def _aliases(kg: KnowledgeGraph) -> list[Claim]:
    """The aliases that are facts, as the bare claims that `show.find` reads."""
    return [
        Claim(
            slug="",
            source="",
            subject=quad.subject.value.removeprefix(str(namespaces.ID)),
            predicate="alias",
            object=quad.object.value,
            object_kind="text",
            quantity=None,
            dating=None,
            attributed_to=(),
            criterion="",
            reading="",
            status="",
            note="",
            passages=(),
            place=Place("", 0),
        )
        for quad in kg.store.quads(None, ox.NamedNode(str(namespaces.GBKG["alias"])))
    ]
