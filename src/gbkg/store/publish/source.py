"""What is published: the quads of a build, read as often as needed and never held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core.digest import Digest, line, stored
from gbkg.core.errors import ProjectError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.version import __version__
from gbkg.store import outputs

_STRING = ox.NamedNode(PREFIXES["xsd"] + "string")


@dataclass
class Part:
    """So many triples, and their digest (`gbkg.core.digest`, lines with the graph's name at home)."""

    triples: int = 0
    digest: Digest = field(default_factory=Digest)

    def add(self, quad: Any) -> None:
        self.triples += 1
        self.digest.add(as_stored(quad))

    @property
    def key(self) -> tuple[int, str]:
        """Number of triples and digest: equal for parts that say the same."""
        return self.triples, self.digest.hex


@dataclass(frozen=True)
class Source:
    """Quads that are read anew by each call of `quads`, in the same order each time; `shown` names them."""

    shown: str
    quads: Callable[[], Iterator[Any]]

    @classmethod
    def build(cls, project: Project, folder: Path) -> Source:
        """The graph of a build of this project as it is now. Raises `ProjectError` when the folder holds none, and
        `AlteredError` when it is not as it was written."""
        made = outputs.find(folder)
        if made is None or made.made_from != _wanted(project):
            raise _stale(folder)
        if not made.validated:
            raise _unchecked(folder)
        made.check(outputs.GRAPH)
        return cls(str(folder / outputs.GRAPH), made.quads)

    @classmethod
    def file(cls, path: Path) -> Source:
        """The lines of an N-Quads file. Reading raises `ProjectError` or `ParseError` (file, line)."""
        return cls(str(path), lambda: outputs.parsed(path))

    @classmethod
    def store(cls, project: Project, folder: Path) -> Source:
        """The quads of a store on disk of this project as it is now. Raises `ProjectError` when it is of another state
        of it, and what `gbkg.store.disk.read` raises."""
        from gbkg.store import disk

        found = disk.read(folder)
        if f"{found.manifest.version} {found.manifest.inputs}" != _wanted(project):
            raise _stale(folder)
        if found.manifest.unchecked:
            raise _unchecked(folder)
        return cls(str(folder), found.__iter__)

    def survey(self, marks: Mapping[str, int], tell: Callable[[int], None]) -> tuple[dict[str, Part], dict[str, str]]:
        """Each named graph by its IRI, in the order in which they begin; and the digest of the first N triples of each
        graph that `marks` gives an N for, if it has so many. `tell` is told of every further thousand quads.

        Raises `ProjectError` for a quad outside the project's named graphs, or when there are none at all.
        """
        parts: dict[str, Part] = {}
        marked = {name: Digest().hex for name, mark in marks.items() if mark == 0}
        for number, quad in enumerate(self.quads(), 1):
            name = self._graph(quad)
            part = parts.setdefault(name, Part())
            part.add(quad)
            if part.triples == marks.get(name):
                marked[name] = part.digest.hex
            if number % 1000 == 0:
                tell(1000)
        if not parts:
            raise ProjectError("holds no triples", file=self.shown)
        return parts, marked

    def of(self, graph: str) -> Iterator[Any]:
        """The quads of one named graph."""
        return (quad for quad in self.quads() if quad.graph_name.value == graph)

    def _graph(self, quad: Any) -> str:
        name = quad.graph_name
        if not isinstance(name, ox.NamedNode) or not name.value.startswith(PREFIXES["graph"]):
            shown = shorten(name.value) if isinstance(name, ox.NamedNode) else "no named graph"
            raise ProjectError(f"a triple stands in {shown}; those of a build stand in graph:…", file=self.shown)
        return str(name.value)


def _unchecked(folder: Path) -> ProjectError:
    return ProjectError("was built with --unchecked", file=str(folder), hint="gbkg build without it checks the graph")


def batches(quads: Iterable[Any], skip: Mapping[str, int], size: int) -> Iterator[tuple[str, list[Any]]]:
    """The quads in batches of one named graph each, of `size` but for the last of each graph, without the first so
    many of a graph that `skip` says; a graph that `skip` does not have is left out."""
    waiting: dict[str, list[Any]] = {name: [] for name in skip}
    left = dict(skip)
    for quad in quads:
        name = quad.graph_name.value
        if name not in waiting:
            continue
        if left[name]:
            left[name] -= 1
            continue
        waiting[name].append(quad)
        if len(waiting[name]) == size:
            yield name, waiting[name]
            waiting[name] = []
    for name, rest in waiting.items():
        if rest:
            yield name, rest


def as_stored(quad: Any) -> bytes:
    """The line of a quad as a store would give it back, for digests."""
    said = quad.object
    if isinstance(said, ox.Literal) and said.datatype != _STRING:
        quad = ox.Quad(quad.subject, quad.predicate, stored(said), quad.graph_name)
    return line(quad)


def _wanted(project: Project) -> str:
    return f"{__version__} {project.digest}"


def _stale(folder: Path) -> ProjectError:
    return ProjectError("holds no build of this project as it is now", file=str(folder), hint="gbkg build makes one")
