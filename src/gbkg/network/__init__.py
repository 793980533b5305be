"""Relationships: the graph as a network, its measures, paths in it, and what changes when evidence is withdrawn."""
