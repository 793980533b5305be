"""`gbkg.open`, and the one interface to an open graph: `KnowledgeGraph`."""

from gbkg.knowledge.graph import KnowledgeGraph
from gbkg.knowledge.opening import open

__all__ = ["KnowledgeGraph", "open"]
