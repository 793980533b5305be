"""A graph opened for asking: what `gbkg.open` gives, and what every command that asks works on."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg import names
from gbkg.project import Project
from gbkg.store import Store

_LABEL = ox.NamedNode(names.PREFIXES["rdfs"] + "label")


class KnowledgeGraph:
    """One built graph, read only. `store` answers queries; `project` is where it was built from."""

    def __init__(self, store: Store, project: Project) -> None:
        self.store, self.project = store, project

    @cached_property
    def labels(self) -> dict[str, str]:
        """IRI to preferred label, for everything that has one."""
        return {quad.subject.value: quad.object.value for quad in self.store.quads(None, _LABEL)}

    def label(self, term: Any) -> str:
        """How a reader is shown a term (`pyoxigraph`): its label, else prefix:name, else its lexical form."""
        if isinstance(term, ox.NamedNode):
            return self.labels.get(term.value) or names.shorten(term.value)
        return str(term.value)


def open(project: Path | None = None, graph: Path | None = None) -> KnowledgeGraph:
    """The graph of a project, as `gbkg build` wrote it."""
    found = Project.find(project)
    return KnowledgeGraph(Store.read(graph or Path("build") / "gbkg.nq"), found)
