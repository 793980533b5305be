"""The outputs of a build: one set of files, published together, with the SHA-256 of each.

    build/.gbkg/current        link to the version that is read (`gbkg.core.versions`)
    build/.gbkg/version-7/     the files of one build; SHA256SUMS, its manifest, as sha256sum writes and checks it
    build/gbkg.nq …            links to .gbkg/current/gbkg.nq …

A process that is killed at any moment leaves the former set or the new one. A copy of the files without `.gbkg` is read
like the folder itself.
"""

from __future__ import annotations

import json
import os
import re
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EISDIR
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core import __version__, files, versions
from gbkg.core.errors import AlteredError, GbkgError, OutputError, ParseError, ProjectError, advice
from gbkg.core.files import Hashing
from gbkg.core.inputfiles import content, regular
from gbkg.core.project import Project
from gbkg.store import kept
from gbkg.store.base import Store
from gbkg.store.memory import Memory

SUMS = "SHA256SUMS"
"""The manifest: a line for each other file, its digest and its name."""
OUT = Path("build")
"""Where `gbkg build` writes, and where a graph is looked for."""
GRAPH, REPORT = "gbkg.nq", "report.json"
NAMES = re.compile(r"gbkg\.(nq|trig|ttl|jsonld)|report\.(json|md)|SHA256SUMS")
"""Files that a build may write; of these it removes those that it does not write."""
_LINE = re.compile(r"([0-9a-f]{64})  ([\w.-]+)")
_PLACE = ".gbkg"


class Writing:
    """The new files of a build, which all become its outputs together; see `writing`."""

    def __init__(self, folder: Path, version: Path) -> None:
        self.folder, self._version = folder, version
        self.sums: dict[str, str] = {}

    @property
    def former(self) -> Path:
        """Where the outputs of the last build are, if there was one, until these take their place."""
        return self._version.parent / "current"

    def path(self, name: str) -> Path:
        """Where the new file stands for now."""
        return self._version / name

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        """A new file to write to. Raises `OutputError`."""
        with _reported(self.folder), self.path(name).open("xb") as file:
            hashing = Hashing(file)
            yield hashing
            self.sums[name] = hashing.sha256

    def put(self, name: str, content: Iterable[bytes]) -> Path:
        """Writes a new file, block by block. Raises `OutputError`."""
        with self.open(name) as file:
            for block in content:
                file.write(block)
        return self.path(name)

    def seal(self, version: Path) -> None:
        """Writes the manifest, and links for new names, which lead nowhere until the version is current."""
        with _reported(self.folder):
            text = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.sums.items()))
            (version / SUMS).write_text(text, encoding="utf-8")
            for name in (*self.sums, SUMS):
                path = self.folder / name
                if path.is_dir():
                    raise IsADirectoryError(EISDIR, f"{name} is a folder")
                if not os.path.lexists(path):
                    path.symlink_to(_target(name))

    def settle(self) -> None:
        """Replaces whatever else has the name of an output by a link, and removes the links of files that are gone."""
        with _reported(self.folder):
            for path in sorted(self.folder.iterdir()):
                if not NAMES.fullmatch(path.name) or (path.is_dir() and not path.is_symlink()):
                    continue
                if path.name not in self.sums and path.name != SUMS:
                    path.unlink()
                elif not _is_ours(path):
                    files.link(path, _target(path.name))


@contextmanager
def writing(folder: Path) -> Iterator[Writing]:
    """Files that become the outputs in `folder` when the block ends; if it ends otherwise, the former ones stay.

    Raises `OutputError` when they cannot be written or another process is writing there.
    """
    with _reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
    made: list[Writing] = []
    with versions.making(folder / _PLACE, lambda version: made[0].seal(version)) as version:
        made.append(Writing(folder, version))
        yield made[0]
    made[0].settle()


class Build:
    """The outputs of one build, as they were when this was made, whatever is built meanwhile. What is read of them is
    compared with the manifest; `AlteredError` is raised when it is not what the build wrote."""

    def __init__(self, folder: Path) -> None:
        """Raises `ProjectError` when the folder has no manifest, `AlteredError` when that is damaged."""
        self.folder, self._version = folder, folder
        if (folder / _PLACE / "current").is_symlink():
            self._version, held = versions.hold(folder / _PLACE)
            weakref.finalize(self, os.close, held)
        self.sums = _sums(self.path(SUMS))

    def path(self, name: str) -> Path:
        """Where an output is read: in the version that this is, unless something else has taken the link's place."""
        path = self.folder / name
        return self._version / name if _is_ours(path) else path

    def digest(self, name: str) -> str:
        """The SHA-256 of an output by the manifest. Raises `AlteredError` when the manifest does not have it."""
        if name not in self.sums:
            raise AlteredError(str(self.folder / name), "", "")
        return self.sums[name]

    def check(self, name: str) -> None:
        """Reads an output and compares it."""
        path, digest = self.path(name), self.digest(name)
        with self._read(name):
            if path.exists():
                regular(path)
            files.check(path, digest)

    def check_store(self) -> None:
        """Reads the store that the build left beside its files (`opened`). Raises `StoreError` when it is damaged."""
        kept.check(self._version / kept.FOLDER)

    @cached_property
    def report(self) -> dict[str, Any]:
        """What `report.json` says."""
        with self._read(REPORT):
            self.check(REPORT)
            return dict(json.loads(content(self.path(REPORT))))

    def is_of(self, project: Project) -> bool:
        """Whether a project is still as it was at this build, and gbkg of the same version."""
        if self.report["version"] != __version__:
            return False
        return self.is_of_files(project) or self.report["inputs"] == project.digest

    def is_of_files(self, project: Project) -> bool:
        """Whether the file system says of the project's files what it said at this build, so that nobody has to read
        them; False where the build has not noted that."""
        return kept.stamps(self._version / kept.FOLDER) == project.stamps

    @property
    def made_from(self) -> str:
        """Version of gbkg and digest of the inputs."""
        return f"{self.report['version']} {self.report['inputs']}"

    @property
    def validated(self) -> bool:
        """Whether the graph went through the gates that see it whole."""
        return bool(self.report["engine"])

    def store(self) -> Store:
        """The graph in memory."""
        with self._read(GRAPH):
            return Memory.read(self.path(GRAPH), self.digest(GRAPH))

    def opened(self) -> Store:
        """The graph for one question: the store that the build has left, if it is there; else in memory."""
        path = self.path(GRAPH)
        beside = self._version != self.folder and path.parent == self._version
        found = kept.read(self._version / kept.FOLDER, path) if beside else None
        return found or self.store()

    def quads(self) -> Iterator[ox.Quad]:
        """The quads of the graph in its order, literals as they were written; compared when the last has been given."""
        return parsed(self.path(GRAPH), self.digest(GRAPH))

    @contextmanager
    def _read(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise AlteredError(str(self.folder / name), "", self.digest(name)) from error
        except OSError as error:
            hint = advice(error, "gbkg build writes it anew")
            raise ProjectError(f"cannot be read: {error.strerror}", file=str(self.folder / name), hint=hint) from error


def find(folder: Path) -> Build | None:
    """The build in a folder, if there is one. Raises `AlteredError` as `Build` does."""
    sums = folder / SUMS  # a link of ours without a version is what a first build leaves that was killed
    if (folder / _PLACE / "current").is_symlink() or (os.path.lexists(sums) and not _is_ours(sums)):
        return Build(folder)
    return None


def intact(folder: Path, sums: dict[str, str]) -> bool:
    """Whether the outputs in a folder are those with these digests by name: each file and the manifest, each name the
    link that leads there, and no other file of such a name."""
    try:
        made = find(folder)
        names = {path.name for path in folder.iterdir() if NAMES.fullmatch(path.name)}
        if (
            made is None
            or made.sums != sums
            or names != {*sums, SUMS}
            or not all(_is_ours(folder / name) for name in names)
        ):
            return False
        for name in made.sums:
            made.check(name)
        made.check_store()
    except (GbkgError, OSError):
        return False
    return True


def of(path: Path) -> Build | None:
    """The build of which a file is an output by its name and place, if it is one."""
    found = find(path.parent)
    return found if found and (path.name in found.sums or path.name == SUMS) else None


def owned(path: Path) -> bool:
    """Whether a file of that name is one of a build, or of a version of a build or store."""
    if NAMES.fullmatch(path.name) and os.path.lexists(path.parent / SUMS):
        return True
    return any(os.path.lexists(folder / "held") for folder in (*path.resolve().parents,)[:2])


def parsed(path: Path, sha256: str = "") -> Iterator[ox.Quad]:
    """The quads of a file of N-Quads, literals as written: a store would shorten decimals.

    Raises `ProjectError` when the file cannot be opened, `ParseError` (file, line) when it is not N-Quads, and
    `AlteredError` at the end when it has not the digest that it should have.
    """
    if not sha256 or path.exists():
        regular(path)
    try:
        with path.open("rb") as file:
            hashing: Any = Hashing(file)
            try:
                yield from ox.parse(input=hashing, format=ox.RdfFormat.N_QUADS)
            except SyntaxError as error:
                if sha256:
                    hashing.check(sha256, str(path))
                raise ParseError(f"not N-Quads: {error.msg}", file=str(path), line=error.lineno) from error
            if sha256:
                hashing.check(sha256, str(path))
    except OSError as error:
        if sha256 and isinstance(error, FileNotFoundError):
            raise AlteredError(str(path), "", sha256) from error
        hint = advice(error, "gbkg build writes it")
        raise ProjectError(f"cannot be read: {error.strerror}", file=str(path), hint=hint) from error


def _sums(path: Path) -> dict[str, str]:
    try:
        text = content(path).decode("ascii")
    except (ProjectError, UnicodeDecodeError) as error:
        raise AlteredError(str(path), "", "") from error
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    sums = {match[2]: match[1] for match in found if match}
    if not all(found) or not {GRAPH, REPORT} <= sums.keys() or len(sums) < len(found):
        raise GbkgError("not the manifest of a build", file=str(path), hint="gbkg build writes it anew")
    return sums


def _target(name: str) -> str:
    return f"{_PLACE}/current/{name}"


def _is_ours(path: Path) -> bool:
    """Whether a name is the link that a build made."""
    return path.is_symlink() and str(path.readlink()) == _target(path.name)


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = f"cannot be written: {error.strerror}"
        hint = advice(error, "former outputs are as they were")
        raise OutputError(said, file=str(folder), hint=hint) from error
