"""A project: a folder with `data/` and, optionally, `ontology/`, `queries/` and `gbkg.toml`; and gbkg's core, to which
every project adds: the terms, shapes, rules, checks and saved queries of `gbkg/schema`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from pyoxigraph import Literal, NamedNode, Triple

from gbkg.core import inputfiles
from gbkg.core.errors import ParseError, ProjectError, Severity, advice
from gbkg.core.prefixes import BASE, BUILT_IN, PREFIXES, full
from gbkg.core.terms import adopt, term

FILE = "gbkg.toml"
_TEXTS = {"title": "dcterms:title", "description": "dcterms:description", "creator": "dcterms:creator"}
_PREFIX = r"[a-z][a-z0-9]*"
_IRIS = ("namespace", "licence", "base", "dataset")


@dataclass(frozen=True)
class ProjectFile:
    """What `gbkg.toml` says; a key that is absent has its default.

    `prefix` and `namespace` are those of the project's own terms, both or none. Entities, sources, claims and curation
    have their IRIs below `base`. `dataset` is the IRI of the dataset, `base` with the word dataset if none is given,
    `documents` the folder, relative to the project, for the texts that `gbkg add` makes. `modified` is YYYY-MM-DD.
    `unused` is the severity of what the project describes and does not use: terms, indicators, units, rules, shapes.
    """

    title: str = ""
    description: str = ""
    creator: str = ""
    licence: str = ""
    modified: str = ""
    prefix: str = ""
    namespace: str = ""
    base: str = BASE
    dataset: str = BASE + "dataset"
    documents: str = "documents"
    unused: Severity = "violation"

    def triples(self) -> Iterator[Triple]:
        """What the file states of the dataset; nothing without a title."""
        if not self.title:
            return
        node = NamedNode(self.dataset)
        for cls in ("void:Dataset", "dcat:Dataset"):
            yield Triple(node, term("rdf:type"), term(cls))
        for key, name in _TEXTS.items():
            if text := getattr(self, key):
                yield Triple(node, term(name), Literal(text))
        if self.licence:
            yield Triple(node, term("dcterms:license"), NamedNode(self.licence))
        if self.modified:
            yield Triple(node, term("dcterms:modified"), Literal(self.modified, datatype=term("xsd:date")))
        yield Triple(node, term("dcterms:conformsTo"), NamedNode(PREFIXES["gbkg"].rstrip("#")))
        if self.namespace:
            yield Triple(node, term("void:vocabulary"), NamedNode(self.namespace))
        yield Triple(node, term("void:uriSpace"), Literal(PREFIXES["id"]))


@lru_cache(maxsize=8)
def parse_settings(text: str) -> ProjectFile:
    """Read the text of a `gbkg.toml`. Raises `ParseError`, with its line, for what is not TOML, for a key that gbkg
    does not know, and for a value that cannot be meant."""
    import tomllib  # here, since a project may have no such file

    try:
        given = tomllib.loads(text)
    except RecursionError as error:
        raise ParseError("not TOML of a project: nested too deeply", file=FILE) from error
    except ValueError as error:
        raise ParseError(f"not TOML: {error}", file=FILE) from error
    known = [field.name for field in fields(ProjectFile)]
    said: dict[str, Any] = {}
    for key, value in given.items():
        line = next((n for n, typed in enumerate(text.splitlines(), 1) if re.match(rf"{re.escape(key)}\s*=", typed)), 1)
        if key not in known:
            raise ParseError(f"no such key: {key}", file=FILE, line=line, hint=f"there are {', '.join(known)}")
        said[key] = value.isoformat() if type(value) is date else value
        if fault := _fault(key, said[key]):
            raise ParseError(f"{key}: {fault[0]}", file=FILE, line=line, hint=fault[1])
    if ("prefix" in said) != ("namespace" in said):
        raise ParseError("prefix and namespace go together", file=FILE, hint="give both, or none of them")
    said.setdefault("dataset", said.get("base", BASE) + "dataset")
    return ProjectFile(**said)


def _fault(key: str, value: object) -> tuple[str, str] | None:
    """What is wrong with a value, and what to do; None if nothing is."""
    if not isinstance(value, str) or not value.strip():
        return "expected text", f'{key} = "…"'
    if key == "prefix" and (not re.fullmatch(_PREFIX, value) or value in BUILT_IN):
        return f"{value!r} cannot be a prefix", "small letters and digits, and no prefix that gbkg has already"
    if key == "modified" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"{value!r} is not a date", "YYYY-MM-DD"
    if key == "unused" and value not in get_args(Severity):
        return f"{value!r} is not a severity", '"violation" or "warning"'
    if key == "documents" and (value.startswith(("/", "\\")) or ".." in value.split("/")):
        return f"{value!r} leads out of the project", "a folder in the project"
    if key in _IRIS and ("://" not in value or full(value) is None):
        return f"{value!r} is not an IRI", "an address with https:// or the like"
    if key == "base" and not value.endswith("/"):
        return f"{value!r} has no end", "it ends with /"
    if key == "namespace" and not value.endswith(("#", "/")):
        return f"{value!r} has no end", "a namespace ends with # or /"
    if key == "namespace" and (value.startswith(BASE) or value in BUILT_IN.values()):
        return f"{value!r} is the namespace of others", "an address of your own"
    return None


_PACKAGE = Path(__file__).resolve().parents[1]
CORE = _PACKAGE / "schema"
"""The folder of gbkg's core: terms, shapes, `rules/`, `checks/` and `queries/`."""
TERMS, SHAPES = CORE / "core.ttl", CORE / "shapes.ttl"
_FOLDERS = ("rules", "checks")
"""What a project's `ontology/` may have besides Turtle files."""


UNREAD = ("data/proposed", "data/decisions")
"""Folders that no build reads: whoever decides on proposals changes no graph, and no build that is under way."""


_SETTLED = 10_000_000_000
"""Nanoseconds after which a further change of a file shows in its stamp, however coarse the clock of the file system;
the coarsest ones tell two seconds apart."""


@dataclass(frozen=True)
class Snapshot:
    """The digest of a project's files; by name what the file system says of each, which differs after any change, even
    one that was undone; the SHA-256 of each; and the files that were changed just before they were read, whose next
    change may not show in their stamps."""

    digest: str
    stamps: dict[str, tuple[int, ...]]
    sums: dict[str, str]
    fresh: frozenset[str] = frozenset()

    def check(self, project: Project) -> None:
        """Raises `ProjectError` when a file of the project is not as it was; those that are `fresh` are read again."""
        now = project.stamps
        names = sorted(now.keys() | self.stamps.keys())
        changed = next((name for name in names if now.get(name) != self.stamps.get(name)), None)
        if changed is None and self.fresh:
            files = dict(project.inputs())
            again = ((name, sha256(project.content(Path(files[name]))).hexdigest()) for name in sorted(self.fresh))
            changed = next((name for name, found in again if found != self.sums[name]), None)
        if changed is not None:
            raise ProjectError("changed while it was read", file=changed, hint="nothing was written; build again")


@dataclass(frozen=True)
class Project:
    """The files of one project, and those of the core."""

    root: Path

    @classmethod
    def find(cls, folder: Path | None = None) -> Project:
        """The project in `folder`; without one, the project in the current folder, else the one gbkg came with.

        Its prefixes are those of this process from then on. Raises `ProjectError` when the folder has no
        `data/sources.ttl`, `ParseError` when its `gbkg.toml` has a fault.
        """
        if folder is None:
            here = Path.cwd()
            found = cls(here if is_project(here) else _own())
            found.adopt()
            return found
        if not is_project(folder):
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
        path = self.root / FILE
        return parse_settings(self.text(path)) if inputfiles.there(path) else ProjectFile()

    def adopt(self) -> None:
        """Makes the prefixes of the project those of this process. Raises as `about`."""
        adopt(self.about.prefix, self.about.namespace, self.about.base)

    @property
    def queries(self) -> list[Path]:
        """The saved queries, by name: the core's and the project's. Raises `ProjectError` when the folder cannot be
        read, or when a query of the project has the name of one of the core."""
        core = {path.stem: path for path in self._files(CORE / "queries", ".rq")}
        own = {path.stem: path for path in self._files(self.root / "queries", ".rq")}
        if taken := sorted(core.keys() & own.keys()):
            hint = "gbkg has a query of this name already, which runs in every project: choose another name"
            raise ProjectError("has the name of another query", file=self.show(own[taken[0]]), hint=hint)
        return [path for _, path in sorted((core | own).items())]

    @property
    def names(self) -> list[str]:
        """The names of the saved queries."""
        return [path.stem for path in self.queries]

    @property
    def turtle(self) -> list[Path]:
        """The Turtle files of the project's `ontology/`, by name."""
        return self._files(self.root / "ontology", ".ttl")

    @property
    def unread(self) -> list[Path]:
        """What stands in the project's `ontology/` and is not read."""
        path = self.root / "ontology"
        return [one for one in _listed(path, self.show(path)) if one.suffix != ".ttl" and one.name not in _FOLDERS]

    def folder(self, name: str) -> tuple[list[Path], list[Path]]:
        """The files of `rules` or `checks`, each sorted by name and without hidden ones: of the core, and of the
        project. Empty if there is no such folder; raises `ProjectError` when it cannot be read."""
        core, own = CORE / name, self.root / "ontology" / name
        return _listed(core, self.show(core)), _listed(own, self.show(own))

    def _files(self, folder: Path, suffix: str) -> list[Path]:
        return [path for path in _listed(folder, self.show(folder)) if path.suffix == suffix]

    @property
    def layout(self) -> list[str]:
        """The names of all that stands in `ontology/`, `data/` and `queries/`, folders and dead links too, sorted: a
        folder in the place of a file is not a file, and is reported."""
        walked = [found for part in ("ontology", "data", "queries") for found in os.walk(self.root / part)]
        read = [found for found in walked if Path(found[0]).relative_to(self.root).as_posix() not in UNREAD]
        return sorted(f"{at}{os.sep}{name}" for at, inner, names in read for name in (*inner, *names))

    @property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of all files that a build reads, in hexadecimal: equal digests, equal
        graphs, for one version of gbkg."""
        return self.snapshot().digest

    def snapshot(self) -> Snapshot:
        """All files that a build reads, as they are now."""
        made, stamps, sums, begun = sha256(), dict[str, tuple[int, ...]](), dict[str, str](), time.time_ns()
        for name, path in sorted(self.inputs()):
            stamps[name] = _stamp(path)
            content = inputfiles.plain(path)
            if content is None:
                content = self.content(Path(path))
            made.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
            sums[name] = sha256(content).hexdigest()
        fresh = frozenset(name for name, stamp in stamps.items() if max(stamp[-2:]) > begun - _SETTLED)
        return Snapshot(made.hexdigest(), stamps, sums, fresh)

    @property
    def stamps(self) -> dict[str, tuple[int, ...]]:
        """What the file system says of each file that a build reads, by its name."""
        return {name: _stamp(path) for name, path in self.inputs()}

    def inputs(self) -> Iterator[tuple[str, str]]:
        """Every file of the core, and of the project's `ontology/`, `data/` and `queries/`: its name and its path;
        without what is only proposed, which no build reads."""
        for top in (CORE, *(self.root / part for part in ("ontology", "data", "queries"))):
            for folder, _, names in os.walk(top):  # as text, since there may be many thousands
                shown = _shown(Path(folder), self.root)
                if shown not in UNREAD:
                    paths = ((name, os.path.join(folder, name)) for name in names if not name.startswith("."))  # noqa: PTH118
                    yield from ((f"{shown}/{name}", path) for name, path in paths if os.path.isfile(path))  # noqa: PTH113
        if inputfiles.there(self.root / FILE):
            yield FILE, str(self.root / FILE)

    def text(self, path: Path) -> str:
        """The text of one of the project's files, newlines as they are. Raises as `gbkg.core.inputfiles.text`."""
        return inputfiles.decode(self.content(path), self.show(path))

    def content(self, path: Path) -> bytes:
        """The bytes of one of the project's files. Raises as `gbkg.core.inputfiles.content`."""
        within = self.root if path.is_relative_to(self.root) else None  # else it is of the core
        return inputfiles.content(path, self.show(path), within=within)

    def show(self, path: Path) -> str:
        """The path as a reader of findings wants it: relative to the project where it lies inside; `gbkg/schema/…` for
        a file of the core."""
        return inputfiles.named(_shown(path, self.root))


def _shown(path: Path, root: Path) -> str:
    if path.is_relative_to(CORE):
        return path.relative_to(_PACKAGE.parent).as_posix()
    shown, top = path.as_posix(), f"{root.as_posix().rstrip('/')}/"
    return shown.removeprefix(top) if shown.startswith(top) else str(path)


def _stamp(path: str) -> tuple[int, ...]:
    found = os.stat(path)  # noqa: PTH116
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _listed(folder: Path, shown: str) -> list[Path]:
    """The files of a folder, none if it does not exist; `glob` would also find none in one that it may not read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / entry.name for entry in entries if not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ProjectError(f"the folder cannot be read: {error.strerror}", file=shown, hint=advice(error)) from error


def is_project(folder: Path) -> bool:
    return (folder / "data" / "sources.ttl").is_file()


def _own() -> Path:
    """The project that gbkg came with: inside the wheel, else the checkout around `src/`."""
    packed = _PACKAGE / "project"
    return packed if is_project(packed) else _PACKAGE.parent.parent
