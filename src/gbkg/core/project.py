"""A project: a folder with `ontology/`, `data/`, `queries/` and, if it likes, `gbkg.toml`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from gbkg.core import inputfiles, projectfile
from gbkg.core.errors import ProjectError, advice
from gbkg.core.projectfile import ProjectFile
from gbkg.core.terms import adopt

_PACKAGE = Path(__file__).resolve().parents[1]
REPLACEABLE = ("gbkg.ttl", "indicators.ttl", "shapes.ttl")
"""The files of gbkg's own ontology. One of these names in a project takes the place of gbkg's; every other file is read
beside them."""


@dataclass(frozen=True)
class Snapshot:
    """The digest of a project's files, and by name what the file system says of each. That differs after any change,
    even one that was undone: nothing has changed between two equal snapshots."""

    digest: str
    stamps: dict[str, tuple[int, ...]]

    def check(self, project: Project) -> None:
        """Raises `ProjectError` when a file of the project is not as it was."""
        now = project.snapshot()
        if now == self:
            return
        names = sorted(now.stamps.keys() | self.stamps.keys())
        changed = next((name for name in names if now.stamps.get(name) != self.stamps.get(name)), names[0])
        hint = "nothing was written; build again"
        raise ProjectError("changed while it was read", file=changed, hint=hint)


@dataclass(frozen=True)
class Project:
    """The files of one project. An ontology file that the project does not have is taken from gbkg's own project."""

    root: Path

    @classmethod
    def find(cls, folder: Path | None = None) -> Project:
        """The project in `folder`; without one, the project in the current folder, else the one gbkg came with.

        The prefix of its own terms is known in this process from then on. Raises `ProjectError` when the folder has no
        `data/sources.ttl`, `ParseError` when its `gbkg.toml` has a fault.
        """
        if folder is None:
            here = Path.cwd()
            found = cls(here if _is_project(here) else _own())
            found.adopt()
            return found
        if not _is_project(folder):
            raise ProjectError(
                "not a gbkg project",
                file=str(folder),
                hint="a project has data/sources.ttl, data/entities.tsv and data/claims/; gbkg init begins one",
            )
        found = cls(folder)
        found.adopt()
        return found

    @cached_property
    def data(self) -> Path:
        return self.root / "data"

    @cached_property
    def about(self) -> ProjectFile:
        """What `gbkg.toml` says. Raises `ParseError` for what is wrong in the file."""
        path = self.root / projectfile.NAME
        return projectfile.parse(self.text(path)) if inputfiles.there(path) else ProjectFile()

    def adopt(self) -> None:
        """Makes the prefix of the project's own terms known in this process. Raises as `about`."""
        adopt(self.about.prefix, self.about.namespace)

    @property
    def queries(self) -> list[Path]:
        """The saved queries, by name. Raises `ProjectError` when the folder cannot be read."""
        path = self.root / "queries"
        return [file for file in _listed(path, self.show(path)) if file.suffix == ".rq"]

    @property
    def names(self) -> list[str]:
        """The names of the saved queries."""
        return [path.stem for path in self.queries]

    def ontology(self, name: str) -> Path:
        """The project's own `ontology/NAME`, else gbkg's."""
        return (self.root if self.owns(name) else _own()) / "ontology" / name

    def owns(self, name: str) -> bool:
        """Whether `ontology/NAME` is the project's own; true of everything in the project that gbkg came with."""
        return inputfiles.there(self.root / "ontology" / name)

    @property
    def extensions(self) -> list[Path]:
        """The Turtle files of the project's `ontology/` that are read beside gbkg's own, by name."""
        path = self.root / "ontology"
        return [one for one in _listed(path, self.show(path)) if one.suffix == ".ttl" and one.name not in REPLACEABLE]

    @property
    def own(self) -> list[Path]:
        """All Turtle files of the project's own `ontology/`, by name."""
        path = self.root / "ontology"
        return [one for one in _listed(path, self.show(path)) if one.suffix == ".ttl"]

    @property
    def strangers(self) -> list[Path]:
        """What stands in the project's `ontology/` and is not read."""
        path = self.root / "ontology"
        known = ("rules", "checks", "context.jsonld")
        return [one for one in _listed(path, self.show(path)) if one.suffix != ".ttl" and one.name not in known]

    @property
    def is_core(self) -> bool:
        """Whether this is the project that gbkg came with."""
        return self.root.resolve() == _own().resolve()

    def core(self, name: str) -> Path:
        """`ontology/NAME` of the project that gbkg came with."""
        return _own() / "ontology" / name

    def folder(self, name: str, *, own: bool) -> list[Path]:
        """The files of `ontology/NAME`, sorted by name, without hidden ones: of this project, or (`own` false) of the
        one that gbkg came with. Empty if there is no such folder; raises `ProjectError` when it cannot be read."""
        path = self.root / "ontology" / name if own else self.core(name)
        return _listed(path, self.show(path))

    @property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of all files that a build reads, in hexadecimal: equal digests, equal
        graphs, for one version of gbkg."""
        return self.snapshot().digest

    def snapshot(self) -> Snapshot:
        """All files that a build reads, as they are now."""
        made, stamps = sha256(), dict[str, tuple[int, ...]]()
        for name, path in sorted(self._inputs().items()):
            content, found = self.content(path), path.stat()
            made.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
            stamps[name] = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        return Snapshot(made.hexdigest(), stamps)

    def _inputs(self) -> dict[str, Path]:
        """Every file of `ontology/`, `data/` and `queries/` by its name, gbkg's own where the project has none."""
        found: dict[str, Path] = {}
        for root in (_own(), self.root):
            for part in ("ontology", "data", "queries") if root == self.root else ("ontology",):
                for folder, _, names in os.walk(root / part):
                    inside = Path(folder).relative_to(root).as_posix()
                    paths = {f"{inside}/{name}": Path(folder, name) for name in names if not name.startswith(".")}
                    found |= {name: path for name, path in paths.items() if path.is_file()}
        if inputfiles.there(self.root / projectfile.NAME):
            found[projectfile.NAME] = self.root / projectfile.NAME
        return found

    def text(self, path: Path) -> str:
        """The text of one of the project's files, newlines as they are. Raises as `gbkg.core.inputfiles.text`."""
        return inputfiles.decoded(self.content(path), self.show(path))

    def content(self, path: Path) -> bytes:
        """The bytes of one of the project's files. Raises as `gbkg.core.inputfiles.content`."""
        within = self.root if path.is_relative_to(self.root) else None  # else it is gbkg's own
        return inputfiles.content(path, self.show(path), within=within)

    def show(self, path: Path) -> str:
        """The path as a reader of findings wants it: relative to the project where it lies inside."""
        shown, root = path.as_posix(), f"{self.root.as_posix().rstrip('/')}/"
        return inputfiles.named(shown.removeprefix(root) if shown.startswith(root) else str(path))


def _listed(folder: Path, shown: str) -> list[Path]:
    """The files of a folder, none if it does not exist; `glob` would also find none in one that it may not read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / entry.name for entry in entries if not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ProjectError(f"the folder cannot be read: {error.strerror}", file=shown, hint=advice(error)) from error


def _is_project(folder: Path) -> bool:
    return (folder / "data" / "sources.ttl").is_file()


def _own() -> Path:
    """The project that gbkg came with: inside the wheel, else the checkout around `src/`."""
    packed = _PACKAGE / "project"
    return packed if _is_project(packed) else _PACKAGE.parent.parent
