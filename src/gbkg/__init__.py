"""gbkg: a knowledge graph in which every fact can be followed back to the sentence that states it.

>>> import gbkg
>>> kg = gbkg.open(graph="build/gbkg.nq")  # doctest: +SKIP
>>> kg.query("alliance-founders", cite=True)  # doctest: +SKIP
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from gbkg.core import __version__
from gbkg.core.errors import (
    AlteredError,
    AmbiguousNameError,
    ClusterError,
    DifferenceError,
    Finding,
    GbkgError,
    NotCoveredError,
    NotFoundError,
    OutputError,
    ParseError,
    ProjectError,
    PublishError,
    QueryLimitError,
    ServerError,
    SourceError,
    StoreError,
    ValidationError,
)

if TYPE_CHECKING:
    from gbkg.knowledge import KnowledgeGraph

__all__ = [
    "AlteredError",
    "AmbiguousNameError",
    "ClusterError",
    "DifferenceError",
    "Finding",
    "GbkgError",
    "KnowledgeGraph",
    "NotCoveredError",
    "NotFoundError",
    "OutputError",
    "ParseError",
    "ProjectError",
    "PublishError",
    "QueryLimitError",
    "ServerError",
    "SourceError",
    "StoreError",
    "ValidationError",
    "__version__",
    "open",
]


def open(
    project: str | PathLike[str] | None = None,
    graph: str | PathLike[str] | None = None,
    *,
    store: str | PathLike[str] | None = None,
    endpoint: str | None = None,
    graph_prefix: str | None = None,
    timeout: float | None = None,
) -> KnowledgeGraph:
    """The graph of a project, to be asked; without one that of the current folder, else the one gbkg came with.

    As `gbkg.knowledge.open`: from `graph`, an N-Quads file, from `store`, a store on disk, or from `endpoint`, the
    address of a SPARQL server, if one is given; else from `build/` if that is of this project as it is now; else put
    together anew. `timeout` is how many seconds a server has to tell what it holds. Raises `ProjectError` when there is
    no project or file.
    """
    from gbkg import knowledge

    return knowledge.open(project, graph, store=store, endpoint=endpoint, graph_prefix=graph_prefix, timeout=timeout)


def __getattr__(name: str) -> object:
    """`KnowledgeGraph`, imported when it is asked for: the errors alone must not load the engine."""
    if name == "KnowledgeGraph":
        from gbkg.knowledge import KnowledgeGraph

        return KnowledgeGraph
    raise AttributeError(f"module 'gbkg' has no attribute {name!r}")
