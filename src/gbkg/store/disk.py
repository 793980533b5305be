"""A store on disk, for graphs that are too large to be read into memory each time.

A folder holds versions of the graph (`gbkg.core.versions`): `write` and `update` publish a new one and leave the former
as it is, `read` opens the current one. Readers keep the version that they opened, whatever is published later.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gbkg.core import Progress, silent, versions
from gbkg.core.errors import OutputError, ProjectError, advice
from gbkg.core.nquads import Digest, line, stored
from gbkg.core.terms import Quad, Term
from gbkg.core.versions import damaged
from gbkg.store import bulk
from gbkg.store import manifest as manifests
from gbkg.store.manifest import Manifest
from gbkg.store.memory import Memory

if TYPE_CHECKING:
    from gbkg.sparql.kinds import Kinds
    from gbkg.store.copied import Check

_QUADS = "quads"
_AS_IT_WAS = "the former version is as it was"

Load = Callable[[ox.Store], Digest | None]
"""Fills an empty `pyoxigraph.Store` and keeps no reference to it. Returns the digest of the quads if it knows that;
with None all quads are read back, which takes as long again."""


Beside = Callable[[Memory, Path], None]
"""Writes further files of a store into its folder."""


class Disk(Memory):
    """The current version of a store on disk, read-only. Keep a reference while answers are read: once it is collected,
    the next build may remove the files."""

    def __init__(self, version: Path, manifest: Manifest) -> None:
        self.version = self.folder = version
        self.manifest = manifest
        try:
            super().__init__(ox.Store.read_only(str(version / _QUADS)))
        except (OSError, RuntimeError) as error:  # the latter when a checksum is wrong
            raise damaged(version, str(error)) from error

    def __len__(self) -> int:
        """The number of quads, from the manifest: counting takes a third of a second for a million."""
        return self.manifest.quads

    def quads(
        self,
        subject: Term | None = None,
        predicate: Term | None = None,
        object: Term | None = None,
        graph: Term | None = None,
    ) -> Iterator[Quad]:
        """As of any store. The engine gives others too for a pattern whose last term it encodes with the byte FF at the
        end, such as the numbers 255 and 511 (pyoxigraph 0.5.13; its queries are not concerned)."""
        object = stored(object)
        for quad in super().quads(subject, predicate, object, graph):
            if (
                (subject is None or quad.subject == subject)
                and (predicate is None or quad.predicate == predicate)
                and (object is None or quad.object == object)
                and (graph is None or quad.graph_name == graph)
            ):
                yield quad

    @contextmanager
    def with_more(self, quads: Iterable[ox.Quad]) -> Iterator[Memory]:
        """A copy, which shares its tables and is gone afterwards, for a version that is not published yet."""
        from gbkg.store.copied import copied  # here: most stores are only read

        with copied(self.version / _QUADS) as copy, copy.with_more(quads) as whole:
            yield whole

    @property
    def scannable(self) -> bool:
        return False

    @cached_property
    def kinds(self) -> Kinds:
        """As of any store; the build has written them beside it."""
        return manifests.read_kinds(self.version) or super().kinds


def read(folder: Path) -> Disk:
    """The current version, opened in a few milliseconds.

    The length of every file is compared with what was published, and the content of all but the tables, without which
    the engine would take a truncated store for an empty one; `check` compares the whole.
    Raises `StoreError` when the folder is not a store, and when its current version is damaged or of another format.
    """
    return _opened(folder, tables=False)


def _opened(folder: Path, *, tables: bool) -> Disk:
    """The current version, its tables read and compared too if that is wanted."""
    version, held = versions.hold(folder)
    try:
        manifest = manifests.read(version)
        versions.check_seal(version, tables=tables)
        disk = Disk(version, manifest)
    except BaseException:
        os.close(held)
        raise
    weakref.finalize(disk, os.close, held)
    return disk


def check(folder: Path) -> Manifest:
    """The manifest of the current version, once every file is as it was published, to the byte, and all quads were read
    and are those that the manifest promises.

    The quads are read by one index of several, and the engine looks at the checksums of what it reads; so a fault in
    another index shows in the digests of the files alone. Takes about as long as building. Raises `StoreError` as
    `read` does, and when a byte is another one, a quad missing, changed or one too many.
    """
    disk = _opened(folder, tables=True)
    try:
        found = Digest.of(disk)
        fault = manifests.difference(disk.manifest, disk.engine, found)
    except (OSError, RuntimeError) as error:
        raise damaged(disk.version, str(error)) from error
    if fault:
        raise damaged(disk.version, fault)
    return disk.manifest


def write(
    folder: Path,
    load: Load,
    manifest: Manifest,
    progress: Progress = silent,
    check: Check | None = None,
    beside: Beside | None = None,
) -> None:
    """Publishes a new version that `load` fills, once `check` raised no exception and it is what the manifest says;
    `beside` writes further files into it.

    `check` is given a copy of the new version, which it may write to and has to let go of.
    Raises what `load` and `check` raise, and `OutputError` when another process is writing, when the manifest is wrong,
    and when the disk is full or refuses; nothing is published then, and the former version is as it was.
    """
    with versions.making(folder) as new:
        progress("loading the store", 0, 0)
        _finish(new, manifest, _filled(new / _QUADS, load, _announced(check, progress)), progress, beside)


def keep(folder: Path, graph: Path, manifest: Manifest) -> None:
    """Makes a store of a file of N-Quads in a new folder, without versions: it is part of what somebody else publishes,
    who has compared the file with the manifest. Raises `OSError`, and `OutputError` when a checksum is wrong."""
    folder.mkdir()
    _filled(folder / _QUADS, lambda engine: bulk.load(engine, graph), None)
    manifests.write(folder, manifest)


def asked(path: Path, graph: Path, check: Check) -> None:
    """Gives `check` the quads of a file of N-Quads in a store at `path` that is gone afterwards, as `write` does.
    Raises what `check` raises, and as `keep`."""
    _filled(path, lambda engine: bulk.load(engine, graph), check)
    shutil.rmtree(path)


def keep_changed(
    folder: Path, former: Path, removed: Iterable[ox.Quad], added: Iterable[ox.Quad], manifest: Manifest
) -> None:
    """As `keep`, of the store that `keep` made in `former` without the quads `removed` and with those `added`. Raises
    `OSError`, and `OutputError` when they do not give what the manifest says."""
    folder.mkdir()
    versions.link(former / _QUADS, folder / _QUADS)
    held = manifests.read(former)
    given = _filled(folder / _QUADS, lambda engine: _changed(engine, held, removed, added), None)
    if given is None or given.hex != manifest.digest:
        raise OutputError("the change does not give the graph", file=str(folder), hint="write the whole anew")
    manifests.write(folder, manifest)


def update(
    folder: Path,
    removed: Iterable[ox.Quad],
    added: Iterable[ox.Quad],
    manifest: Manifest,
    progress: Progress = silent,
    check: Check | None = None,
    beside: Beside | None = None,
) -> None:
    """Publishes a new version: the current one without the quads `removed`, with the quads `added`.

    The former version's files are shared, not copied, and its digest goes on with the lines that come and go, so what
    did not change is not read; the change is held in memory. Raises what `write` and `read` raise, `OutputError` also
    when a quad to remove is not there or one to add already is.
    """
    with versions.making(folder) as new:
        progress("updating the store", 0, 0)
        former = _linked(folder, new)

        def change(engine: ox.Store) -> Digest:
            return _changed(engine, former, removed, added)

        _finish(new, manifest, _filled(new / _QUADS, change, _announced(check, progress)), progress, beside)


def loading(paths: Iterable[Path], known: Mapping[str, str] | None = None) -> Load:
    """A `load` that reads files of N-Quads and knows their digest, at less than half the cost of reading it all back.

    `known` has digests of quads by the SHA-256 of files, as whoever wrote those noted both: the lines of such a file
    are not read for it again, its bytes alone are. It raises `ProjectError` when a file cannot be read, `ParseError`
    (file, line) when it is not N-Quads.
    """

    def load(engine: ox.Store) -> Digest:
        total = Digest()
        for path in paths:
            total.merge(_loaded(engine, path, known or {}))
        return total

    return load


def _announced(check: Check | None, progress: Progress) -> Check | None:
    """The check, announced."""

    def announced(store: Memory) -> None:
        assert check
        progress("checking the store", 0, 0)
        check(store)

    return announced if check else None


def _filled(path: Path, load: Load, check: Check | None) -> Digest | None:
    """What `load` returned once the engine's files are written; the engine is closed, if nobody else holds it."""
    try:
        engine = ox.Store(str(path))
        given = load(engine)
        engine.flush()
        del engine
        if check:
            from gbkg.store.copied import checked  # here: most stores are only read

            checked(path, check)
    except RuntimeError as error:  # what pyoxigraph raises when a checksum is wrong
        raise OutputError(f"cannot be written: {error}", file=str(path.parent.parent), hint=_AS_IT_WAS) from error
    return given


def _linked(folder: Path, new: Path) -> Manifest:
    """Gives the new version the files of the current one, which is let go of again; the manifest of that one."""
    former = read(folder)
    versions.link(former.version / _QUADS, new / _QUADS)
    return former.manifest


def _loaded(engine: ox.Store, path: Path, known: Mapping[str, str]) -> Digest:
    """The digest of a file's lines, now in the store."""
    try:
        file = path.open("rb")
    except OSError as error:
        hint = advice(error, "gbkg build writes it")
        raise ProjectError(f"cannot be read: {error.strerror or error}", file=str(path), hint=hint) from error
    with file:
        noted = known.get(hashlib.file_digest(file, "sha256").hexdigest()) if known else None
        file.seek(0)
        found = Digest.of_file(file) if noted is None else Digest(noted)
    bulk.load(engine, path)  # last, and then let go of: what is open for long the engine rewrites, to twice the size
    return found


def _changed(engine: ox.Store, former: Manifest, removed: Iterable[ox.Quad], added: Iterable[ox.Quad]) -> Digest:
    """The digest after the change, made from the former one and from the quads that go and come."""
    total = Digest(former.digest)
    going = Memory.of(removed).engine  # which also writes literals as the store on disk has them
    for quad in going:
        if quad not in engine:
            raise _unfit("a quad to be removed is not there", quad)
        engine.remove(quad)
        total.remove(line(quad))
    coming = Memory.of(added).engine
    for quad in coming:
        if quad in engine:
            raise _unfit("a quad to be added is already there", quad)
    engine.extend(coming)
    total.merge(Digest.of(coming))
    return total


def _unfit(message: str, quad: ox.Quad) -> OutputError:
    return OutputError(f"the change does not fit the current version: {message}: {quad}", hint="write the whole anew")


def _finish(new: Path, manifest: Manifest, given: Digest | None, progress: Progress, beside: Beside | None) -> None:
    """Proves a new version, opened as its readers will open it, and writes what stands beside it and its manifest."""
    disk = Disk(new, manifest)
    progress("proving the store", 0, 0)
    # A file may be spelled otherwise than gbkg does: what counts is what the store gives back.
    found = given if given and given.hex == manifest.digest else Digest.of(disk)
    if fault := manifests.difference(manifest, disk.engine, found):
        raise OutputError(f"not published: {fault}", file=str(new.parent), hint=_AS_IT_WAS)
    if beside:
        progress("writing what stands beside the store", 0, 0)
        beside(disk, new)
    progress("publishing the store", 0, 0)
    manifests.write(new, manifest)
