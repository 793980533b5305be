"""The cache of a build: texts by kind and name, each with the digest of its inputs, in one SQLite file.

A build puts what it makes of each source here and reads it back when it writes the graph, so that no graph need fit
into memory; the next build finds it again. The cache only saves work: without it everything is made anew, and the same.
It is bounded, since a new text replaces the former one of its name, and it mends itself: an entry that is not as it was
written counts as absent, and a file that is damaged or of another version is replaced.
"""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from gbkg.core.errors import OutputError, advice

LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib", "regex", "shacl")
"""Those on which the outputs of a build depend."""
_VERSION = 2
"""Of the table."""
_SCHEMA = """CREATE TABLE IF NOT EXISTS entry (
    kind TEXT NOT NULL, name TEXT NOT NULL, inputs TEXT NOT NULL, text TEXT NOT NULL, seal TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;"""


class Cache:
    """The entries in the file `path`, or in memory without one. One build at a time has the file. Raises `OutputError`
    when another has it, or when the disk fails."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._db = self._opened()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def get(self, kind: str, name: str, inputs: str) -> str | None:
        """The text that was made from the inputs with this digest; None if there is none, or it is damaged."""
        found = list(self._rows("SELECT text, seal FROM entry WHERE kind = ? AND name = ? AND inputs = ?",
                                kind, name, inputs))  # fmt: skip
        text, seal = found[0] if found else ("", "")
        return str(text) if seal == _seal(kind, name, inputs, text) else None

    def put(self, kind: str, name: str, inputs: str, text: str) -> None:
        """Puts a text in the place of the former one of its name. Without a digest of its inputs, "", no later build
        takes it for its own."""
        row = (kind, name, inputs, text, _seal(kind, name, inputs, text) if inputs else "")
        self._execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)", *row)

    def read(self, kind: str, name: str) -> str:
        """The text of an entry that this build has put or got; "" if there is none."""
        return "".join(text for (text,) in self._rows("SELECT text FROM entry WHERE kind = ? AND name = ?", kind, name))

    def texts(self, kind: str) -> Iterator[str]:
        """The texts of a kind, in the order of their names."""
        return (text for (text,) in self._rows("SELECT text FROM entry WHERE kind = ? ORDER BY name", kind))

    def keep(self, kind: str, names: Iterable[str]) -> None:
        """Deletes the entries of a kind that have other names."""
        here = {name for (name,) in self._rows("SELECT name FROM entry WHERE kind = ?", kind)}
        for name in here.difference(names):
            self._execute("DELETE FROM entry WHERE kind = ? AND name = ?", kind, name)

    def commit(self) -> None:
        """Writes to the disk what was put; without it, the next build finds the file as it was."""
        try:
            self._db.commit()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return self._connected(":memory:")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._remove_links()
            return self._connected(str(self.path))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise self._fault(error) from error
        except OSError as error:
            message, hint = f"cannot be written: {error.strerror}", advice(error, "former outputs are as they were")
            raise OutputError(message, file=str(self.path.parent), hint=hint) from error
        for name in (self.path.name, f"{self.path.name}-journal"):  # no database, a damaged one, or another version
            self.path.with_name(name).unlink(missing_ok=True)
        return self._connected(str(self.path))

    def _remove_links(self) -> None:
        """Removes links to a file elsewhere, which would be written to."""
        assert self.path
        for suffix in ("", "-journal", "-wal", "-shm"):
            path = self.path.with_name(self.path.name + suffix)
            with suppress(FileNotFoundError):
                found = path.lstat()
                if stat.S_ISLNK(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink > 1):
                    path.unlink()
                elif not stat.S_ISREG(found.st_mode):
                    raise OutputError("is not a file", file=str(path), hint="remove it; it only saves time")

    @staticmethod
    def _connected(name: str) -> sqlite3.Connection:
        db = sqlite3.connect(name, timeout=0)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("of another version")
        db.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")
        db.execute("BEGIN IMMEDIATE")
        return db

    def _rows(self, text: str, *values: str) -> Iterator[Any]:
        try:
            yield from self._db.execute(text, values)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _execute(self, text: str, *values: str) -> None:
        try:
            self._db.execute(text, values)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: sqlite3.Error) -> OutputError:
        hint = "free some space, or remove this file, which only saves time"
        if "locked" in str(error):
            hint = "another build is writing there; wait for it"
        hint += "; former outputs are as they were"
        return OutputError(f"cannot be used: {error}", file=str(self.path), hint=hint)


def _seal(*texts: str) -> str:
    """The digest of an entry, by which one that was changed on the disk is known."""
    return sha256("\0".join(texts).encode()).hexdigest()


def version(name: str) -> str:
    """The version of an installed library, "" if it is not installed."""
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return ""


@cache
def code() -> str:
    """A digest of gbkg's own code and of the libraries that it works with, part of the inputs of all that is cached."""
    made = sha256(repr([(name, version(name)) for name in LIBRARIES]).encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        made.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return made.hexdigest()
