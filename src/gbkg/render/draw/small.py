"""Small networks without title, legend and caption: who founded whom, for the front page, and the neighbourhood of an
entity, for its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import networkx as nx

from gbkg.ask.opened import OpenGraph
from gbkg.ask.show import EntityPage
from gbkg.ask.statements import Statement
from gbkg.core.prefixes import PREFIXES
from gbkg.network.families import ranks
from gbkg.network.projection import Edge, Network, Selection, sentence
from gbkg.network.projection import network as projection
from gbkg.render.draw import layout, network
from gbkg.render.draw.layout import how
from gbkg.render.draw.scene import MARGIN, Scene, moved

RELATIONS = ("founding", "initiating")
"""The families of relations (`gbkg.network.families`) that are drawn."""
MOST = 40
"""Relations of the largest picture."""


def network_in_small(kg: OpenGraph, relations: Sequence[str] = RELATIONS) -> tuple[Scene, Edge] | None:
    """The picture, and the relation that comes first of those that nobody doubts; None if there is no relation, or if
    there are too many for a small picture."""
    found = projection(kg, Selection(relations=tuple(relations)))
    edges = layout.select(found, "", 1)
    if not 0 < len(edges) <= MOST:
        return None
    tips = {edge: f"{sentence(kg, edge.triple)} ({layout.how(edge)})" for edge in edges}
    marks, (width, height) = network.placed(kg, found, edges, tips)
    half = MARGIN / 2
    scene = Scene("Who founded whom", "", width + MARGIN, height + MARGIN, moved(marks, half, half))
    return scene, min(edges, key=lambda edge: (edge.disputed, edge.triple))


NEIGHBOURS = 14
"""Neighbours that are drawn."""


def neighbourhood(kg: OpenGraph, page: EntityPage, most: int = NEIGHBOURS) -> tuple[Scene, int] | None:
    """The picture, and how many neighbours it leaves out; None if the entity has none but topics. Of many neighbours
    those are drawn whose relations come first in `network.families.FAMILIES`, what is stated before what is
    inferred."""
    rank = ranks(kg.store)
    found = {edge: rank(edge.relation) for edge in map(_edge, (*page.statements, *page.inferred)) if edge}
    edges = sorted(found, key=lambda edge: (edge.inferred, found[edge], edge.triple))
    edges = [edge for edge in edges if rank(edge.relation) != rank("gbkg:hasTopic")]
    me = PREFIXES["id"] + page.entity.slug
    others = list(dict.fromkeys(edge.object if edge.subject == me else edge.subject for edge in edges))
    if not others:
        return None
    near = {me, *others[:most]}
    drawn = [edge for edge in edges if edge.subject in near and edge.object in near]
    marks, (width, height) = network.placed(kg, _nodes(kg, near), drawn, {edge: _tip(kg, edge) for edge in drawn})
    title, half = f"Around {page.entity.label}", MARGIN / 2
    scene = Scene(title, "", width + MARGIN, height + MARGIN, moved(marks, half, half))
    return scene, len(others) - len(others[:most])


def _edge(one: Statement) -> Edge | None:
    """The relation of a statement that an accepted claim says, or a rule infers."""
    accepted = [claim for claim in one.evidence if claim.status == "accepted"]
    if not one.group.startswith("Relations") or not accepted or one.object is None:
        return None
    return Edge(
        *(one.subject, str(one.object.value), one.predicate),
        label=one.label,
        status="accepted",
        reading="stated" if any(claim.reading == "stated" for claim in accepted) else "implied",
        claims=tuple(sorted(claim.key for claim in accepted)),
        sources=tuple(sorted({claim.key.partition(".")[0] for claim in accepted})),
        passages=len({quotation.passage for claim in accepted for quotation in claim.quotations}),
        dates=(),
        since="",
        disputed=one.doubted,
        doubts=tuple(sorted(node.name for node in one.curation if node.doubts)),
        inferred=one.proof is not None,
        rules=(),
    )


def _nodes(kg: OpenGraph, iris: Iterable[str]) -> Network:
    records = kg.records
    entities = records.entities(sorted(iri.removeprefix(PREFIXES["id"]) for iri in iris))
    graph: Network = nx.MultiDiGraph()
    for slug, one in entities.items():
        kind = records.word(one.type) if one.type else ""
        graph.add_node(PREFIXES["id"] + slug, label=one.label, type=one.type, type_label=kind)
    return graph


def _tip(kg: OpenGraph, edge: Edge) -> str:
    doubt = f"\nin doubt, see {', '.join(edge.doubts)}" if edge.doubts else ""
    return f"{sentence(kg, edge.triple)} ({how(edge)}){doubt}"
