"""The network of who founded whom in small, for a front page: no title, legend or caption."""

from __future__ import annotations

from collections.abc import Sequence

from gbkg.ask.opened import OpenGraph
from gbkg.network.edges import Edge, Selection, sentence
from gbkg.network.projection import network as projection
from gbkg.render.draw import layout, network
from gbkg.render.draw.scene import MARGIN, Scene, moved

RELATIONS = ("founding", "initiating")
"""The families of relations (`gbkg.network.families`) that are drawn."""
MOST = 40
"""Relations of the largest picture."""


def place(kg: OpenGraph, relations: Sequence[str] = RELATIONS) -> tuple[Scene, Edge] | None:
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
