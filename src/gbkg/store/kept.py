"""The graph of a build as a store among its outputs, for commands that ask one thing and end: it is opened in a few
milliseconds, while reading N-Quads takes longer than most answers.

`gbkg.nq` is what counts. The store stands in the same version of the outputs, so it is published and removed with the
file; it is skipped when the file is not the one that it was made of, and when one of its own files has changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.core import versions
from gbkg.core.errors import GbkgError
from gbkg.store import disk
from gbkg.store import manifest as manifests
from gbkg.store.base import SMALL
from gbkg.store.disk import Beside, Disk
from gbkg.store.manifest import Manifest
from gbkg.store.memory import Memory

if TYPE_CHECKING:
    from gbkg.core.difference import OfFiles

FOLDER = "store"
"""Where it stands in a version of the outputs."""
MOST = SMALL
"""Quads up to which a build keeps it; for larger graphs there is `gbkg build --store`."""
_MADE_OF = "made-of.json"


class Kept(Disk):
    """Such a store."""


def change(folder: Path, graph: Path, manifest: Manifest, former: Path, difference: OfFiles) -> Disk | None:
    """Makes a store of the file `graph` in a new folder, by what differs from that in `former`, a version of the
    outputs. None, and nothing is made, if there is none, if it is not as it was written, or if the change does not give
    the graph."""
    before, before_graph = former / FOLDER, former / graph.name
    held = read(before, before_graph)
    if held is None:
        return None
    try:
        removed, added = difference(before_graph, graph)
        disk.keep_changed(folder, before, removed, added, manifest)
        literal = frozenset(quad.predicate.value for quad in added if isinstance(quad.object, ox.Literal))
        manifests.write_kinds(held.kinds.joined(Memory.of(added).kinds, literal), folder)
    except (GbkgError, OSError, SyntaxError):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return Disk(folder, manifest)


def write(
    folder: Path,
    graph: Path,
    manifest: Manifest,
    stamps: Mapping[str, tuple[int, ...]],
    known: Memory | None,
    changed: Disk | None,
    queries: Beside,
    beside: Beside | None = None,
) -> None:
    """Makes a store of the file `graph` in a new folder, unless `change` has made it. `stamps` are those of the
    project's files (`gbkg.core.project.Snapshot`), `known` is the graph in memory, if it is there; `queries` and
    `beside` write further files. Raises `OutputError` as `disk.keep`."""
    if changed is None:
        disk.keep(folder, graph, manifest)
        manifests.examine(graph, folder)
    if beside:
        beside(known or Memory.read(graph), folder)
    queries(changed or Disk(folder, manifest), folder)
    found = {"graph": _stamp(graph), "stamps": {name: list(stamp) for name, stamp in stamps.items()}}
    (folder / _MADE_OF).write_text(json.dumps(found), encoding="utf-8")
    versions.write_seal(folder)


def read(folder: Path, graph: Path) -> Kept | None:
    """The store in a folder; None when there is none, when it was not made of `graph` as that is now, and when it is
    not as it was written: of its tables, as of `disk.read`, the length alone is compared."""
    with suppress(GbkgError, OSError, ValueError, KeyError):
        made_of = _read(folder)
        if made_of["graph"] == _stamp(graph):
            versions.check_seal(folder)
            return Kept(folder, manifests.read(folder))
    return None


def check(folder: Path) -> None:
    """Reads every file of the store, if there is one. Raises `StoreError` when one is not as it was written."""
    if folder.exists():
        versions.check_seal(folder, tables=True)


def stamps(folder: Path) -> dict[str, tuple[int, ...]] | None:
    """The stamps of the project's files that the graph was made of; None where there is no such store."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return {name: tuple(stamp) for name, stamp in _read(folder)["stamps"].items()}
    return None


def _read(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / _MADE_OF).read_bytes()))


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]
