"""Relationships: the graph as a network, its measures, paths in it, and what changes when evidence is withdrawn."""

from gbkg.analyse.projection import Edge, Selection, edges, linked, network

__all__ = ["Edge", "Selection", "edges", "linked", "network"]
