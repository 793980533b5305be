"""Finding entities, sources and claims of a graph by what people call them."""

from __future__ import annotations

import re

import pyoxigraph as ox

from gbkg.ask.opened import KnowledgeGraph
from gbkg.ask.show import find
from gbkg.ask.spoken import Remark
from gbkg.core import namespaces
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
