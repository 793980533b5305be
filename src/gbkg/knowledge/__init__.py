"""`gbkg.open`, and the one interface to an open graph: `KnowledgeGraph`."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gbkg.ask.opened import adopt_from, made_from
from gbkg.core import __version__
from gbkg.core.errors import GbkgError, ProjectError, above_zero, texts
from gbkg.core.project import Project
from gbkg.knowledge.graph import KnowledgeGraph
from gbkg.store import outputs
from gbkg.store.disk import Disk
from gbkg.store.memory import Memory
from gbkg.store.outputs import GRAPH, OUT

if TYPE_CHECKING:
    from gbkg.store.outputs import Build

__all__ = ["KnowledgeGraph", "open"]


def open(
    project: str | PathLike[str] | None = None,
    graph: str | PathLike[str] | None = None,
    *,
    store: str | PathLike[str] | None = None,
    endpoint: str | None = None,
    graph_prefix: str | None = None,
    timeout: float | None = None,
    once: bool = False,
) -> KnowledgeGraph:
    """The graph of a project: from `graph`, an N-Quads file, from `store`, a store on disk, or from `endpoint`, the
    address of a SPARQL server, if one of them is given; else from `build/` in the current folder or in the project's,
    if the project is still as it was at that build; else put together anew, in memory.

    `graph_prefix` is what a server has in place of `https://w3id.org/gbkg/graph/`; `timeout` the seconds that it has to
    tell what it holds, however slowly its bytes come. With `once`, for one question that reads little of the graph, a
    build is not read into memory but asked on disk.

    Raises `ProjectError` when there is no project or file, or nothing of the graph on the server; `ValidationError`
    when the project's tables have faults; `GbkgError` when a store is damaged, a server does not answer, or more than
    one of the three is given.
    """
    if sum(place is not None for place in (graph, store, endpoint)) > 1:
        raise GbkgError("the graph can be in one place only", hint="give a file, a store or an endpoint")
    if graph_prefix is not None and endpoint is None:
        raise GbkgError("a graph prefix needs an endpoint", hint="give the endpoint, or leave it out")
    above_zero(timeout=timeout)
    found = Project.find(_path(project=project))
    if (file := _path(graph=graph)) is not None:
        return _in_file(file, found, once)
    if (folder := _path(store=store)) is not None:
        return _on_disk(folder, found)
    if endpoint is not None:
        texts(endpoint=endpoint, graph_prefix=graph_prefix or "")
        if timeout is None:
            return _on_server(endpoint, graph_prefix, found)
        from gbkg.core.limits import Limits, within

        limits = Limits(
            min(timeout, 1e6), what="the server did not say which graphs it has", hint="allow more time with --timeout"
        )
        return within(lambda: _on_server(endpoint, graph_prefix, found), limits)
    return _built_or_new(found, once)


def _path(**given: str | PathLike[str] | None) -> Path | None:
    ((name, place),) = given.items()
    if not isinstance(place, str | PathLike | None):
        raise GbkgError(f"{name} is a path, found {place!r}", hint="give text, or a pathlib.Path")
    return None if place is None else Path(place)


def _on_disk(folder: Path, project: Project) -> KnowledgeGraph:
    from gbkg.store import disk

    opened = disk.read(folder)
    adopt_from(opened)
    made = opened.manifest.version, opened.manifest.inputs
    return KnowledgeGraph(
        opened, project, _stale(made, project, str(folder)), opened.manifest.digest, build=lambda: built(project)
    )


def _on_server(endpoint: str, graph_prefix: str | None, project: Project) -> KnowledgeGraph:
    from gbkg.store.remote import Remote

    remote = Remote(endpoint, graph_prefix)
    if not remote.graphs:
        raise ProjectError(
            f"has nothing in graphs under {remote.names.prefix}",
            file=remote.endpoint.url,
            hint="gbkg publish puts them there; a graph prefix says where else they are",
        )
    adopt_from(remote)
    remarks = ["a publication is under way or was broken off: part of the graph may be missing"] * remote.unfinished
    unlike = (
        "Virtuoso answers some queries otherwise than SPARQL 1.1 says: a saved one is right or refused; compare what"
        " you write yourself with a build"
    )
    remarks += [unlike] * remote.endpoint.is_virtuoso
    remarks += filter(None, [_stale(made_from(remote), project, remote.endpoint.url)])
    return KnowledgeGraph(remote, project, "; ".join(remarks), build=lambda: built(project))


def _in_file(path: Path, project: Project, once: bool) -> KnowledgeGraph:
    of = outputs.of(path)
    place, digest = (of.path(path.name), of.digest(path.name)) if of else (path, "")
    store = of.opened() if of and once and path.name == GRAPH else Memory.read(place, digest)
    store.stays = store.stays and not once
    adopt_from(store)
    made, same = made_from(store), of is not None and path.name == GRAPH and of.is_of_files(project)
    said = "" if same and made[0] == __version__ else _stale(made, project, str(path))
    return KnowledgeGraph(store, project, said, quads=lambda: outputs.parsed(place, digest), build=lambda: of)


def _stale(made: tuple[str, str], project: Project, shown: str) -> str:
    """What a user should know of a graph, called `shown`, that was not made from the project as it is now; or nothing.
    `made` is as `made_from` gives it."""
    version, inputs = made
    if not inputs:
        return f"{shown} does not say what it was built from"
    if inputs != project.digest:
        return f"{shown} was built from other inputs than the project has now"
    return "" if version == __version__ else f"{shown} was built by gbkg {version}, and this is {__version__}"


def _built_or_new(project: Project, once: bool) -> KnowledgeGraph:
    made = built(project)
    if made:
        store = made.opened() if once else made.store()
        store.stays = store.stays and not once
        digest = store.manifest.digest if isinstance(store, Disk) else ""
        return KnowledgeGraph(store, project, digest=digest, quads=made.quads, build=lambda: made)
    from gbkg import build

    def quads() -> Iterator[ox.Quad]:
        return build.quads(project)

    remark = f"./{OUT} holds no build of this project as it is now: the graph was put together without validation"
    return KnowledgeGraph(Memory.of(quads()), project, f"{remark} (gbkg build validates and keeps it)", quads=quads)


def built(project: Project) -> Build | None:
    """The build of the project as it is now, in the current folder or in the project's; None if there is none. Raises
    `AlteredError` when the manifest or the report is not as it was written."""
    found = (outputs.find(folder) for folder in (OUT, project.root / OUT))
    return next((made for made in found if made and made.is_of(project)), None)
