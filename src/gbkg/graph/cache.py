"""What a build has made of each source, kept on disk until the source changes.

One SQLite file. A build writes what it makes of a source here and reads it back when the graph is written, so that no
graph need fit into memory; and the next build finds it. It only saves work: without it everything is made anew, and
the same.
"""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from gbkg.core.errors import Finding, OutputError
from gbkg.documents.coverage import Coverage

GRAPHS = ("claims", "evidence", "facts")
"""The named graphs that a part has lines of."""
_LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib", "regex", "shacl")
_VERSION = 1
"""Of the tables; a file of another version is made anew."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS part (
    source TEXT PRIMARY KEY, key TEXT NOT NULL, told TEXT NOT NULL,
    claims TEXT NOT NULL, evidence TEXT NOT NULL, facts TEXT NOT NULL, nodes TEXT NOT NULL, seal TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS worked (key TEXT PRIMARY KEY, text TEXT NOT NULL, seal TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Told:
    """What there is to know of a part without its lines.

    `entities` are those that it names, by slug, with class, label and description as it saw them; `counts` are
    numbers by kind; `figures` give for each claim the fields of its `curation.Figure`, None for a claim without a
    number; `aliases` are names it gives to entities; `unattributed` are attributions that only a name from elsewhere
    can explain: agent, printed words, finding; `coverage` has the figures of its sentences, if the document was at
    hand; `digest` is that of its lines of claims and evidence (`store.digest`).
    """

    entities: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    figures: dict[str, tuple[str, str, str, str] | None] = field(default_factory=dict)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    unattributed: list[tuple[str, str, Finding]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    coverage: Coverage | None = None
    digest: str = ""


@dataclass(frozen=True)
class Part:
    """What became of one source. `lines` are lines of N-Quads by graph, sorted by subject; `nodes` the same as nodes of
    JSON-LD, joined by commas."""

    source: str
    told: Told
    lines: dict[str, str]
    nodes: str


class Spool:
    """The parts of a graph in the file `path`, in memory without one. Errors of the disk are `OutputError`."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._db = self._opened()
        self._recalled: set[str] = set()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def known(self, source: str, key: str) -> Told | None:
        """What was told of the source when it was made from the same; None also when it is not as it was written."""
        for *row, seal in self._rows("SELECT * FROM part WHERE source = ? AND key = ?", source, key):
            return _read(row[2]) if seal == _seal(row) else None
        return None

    def told(self, source: str) -> Told:
        """What was told of a source whose part is here."""
        return _read(next(self._ask("SELECT told FROM part WHERE source = ?", source)))

    def put(self, part: Part, key: str) -> None:
        """Keeps a part in place of the former one of its source; `key` is the digest of what it was made from, entities
        left out, "" when it must not be taken for what the same makes the next time."""
        row = (part.source, key, _written(part.told), *(part.lines[name] for name in GRAPHS), part.nodes)
        self._do("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, _seal(row)))

    def keep(self, sources: Iterable[str]) -> None:
        """Forgets all parts of other sources."""
        gone = set(self.sources()) - set(sources)
        for source in gone:
            self._do("DELETE FROM part WHERE source = ?", (source,))

    def lines(self, graph: str, source: str | None = None) -> Iterator[str]:
        """The lines of a graph, a text for each source in their order; of one source if given."""
        if source is not None:
            return self._ask(f"SELECT {graph} FROM part WHERE source = ?", source)
        return self._ask(f"SELECT {graph} FROM part ORDER BY source")

    def parts(self) -> Iterator[tuple[str, str, str]]:
        """Source and lines of claims and of evidence, for each part in the order of sources."""
        return self._rows("SELECT source, claims, evidence FROM part ORDER BY source")

    def sources(self) -> list[str]:
        """The sources, sorted."""
        return list(self._ask("SELECT source FROM part ORDER BY source"))

    def nodes(self) -> Iterator[str]:
        """The JSON-LD of each part, in the order of sources."""
        return self._ask("SELECT nodes FROM part ORDER BY source")

    def recall(self, key: str) -> str | None:
        """What was worked out from that of which `key` is the digest, None if nothing was."""
        self._recalled.add(key)
        for text, seal in self._rows("SELECT text, seal FROM worked WHERE key = ?", key):
            return str(text) if seal == _seal((key, text)) else None
        return None

    def remember(self, key: str, text: str) -> None:
        """Keeps what was worked out from that of which `key` is the digest."""
        self._recalled.add(key)
        self._do("INSERT OR REPLACE INTO worked VALUES (?, ?, ?)", (key, text, _seal((key, text))))

    def forget(self) -> None:
        """Forgets all that was worked out and that nobody has asked for since this was opened."""
        for (key,) in list(self._rows("SELECT key FROM worked")):
            if key not in self._recalled:
                self._do("DELETE FROM worked WHERE key = ?", (key,))

    def commit(self) -> None:
        """Makes all that was put last."""
        try:
            self._db.commit()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return self._connected(":memory:")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._own()
            return self._connected(str(self.path))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise self._fault(error) from error
        except OSError as error:
            raise OutputError(f"cannot be written: {error.strerror}", file=str(self.path.parent)) from error
        for name in (
            self.path.name,
            f"{self.path.name}-journal",
        ):  # not a database, a broken one, or one of another version
            self.path.with_name(name).unlink(missing_ok=True)
        return self._connected(str(self.path))

    def _own(self) -> None:
        """Takes away names that lead to a file elsewhere, which would be written to: this one only saves work."""
        assert self.path
        for suffix in ("", "-journal", "-wal", "-shm"):
            path = self.path.with_name(self.path.name + suffix)
            with suppress(FileNotFoundError):
                found = path.lstat()
                if stat.S_ISLNK(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink > 1):
                    path.unlink()
                elif not stat.S_ISREG(found.st_mode):
                    raise OutputError("is no file", file=str(path), hint="remove it; it only saves time")

    @staticmethod
    def _connected(name: str) -> sqlite3.Connection:
        db = sqlite3.connect(name, timeout=0)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")  # one build at a time
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError("of another version")
        db.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")
        db.execute("BEGIN IMMEDIATE")
        return db

    def _ask(self, text: str, *values: str) -> Iterator[str]:
        return (row[0] for row in self._rows(text, *values))

    def _rows(self, text: str, *values: str) -> Iterator[Any]:
        try:
            yield from self._db.execute(text, values)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _do(self, text: str, values: tuple[str, ...]) -> None:
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


def _seal(texts: Sequence[str]) -> str:
    """The digest of a row, by which one that was changed on the disk is known."""
    return sha256("\0".join(texts).encode()).hexdigest()


def _written(told: Told) -> str:
    findings = [asdict(finding) for finding in told.findings]
    unattributed = [(agent, printed, asdict(finding)) for agent, printed, finding in told.unattributed]
    covered = asdict(told.coverage) if told.coverage else None
    kept = {"findings": findings, "unattributed": unattributed, "coverage": covered}
    return json.dumps(vars(told) | kept, ensure_ascii=False)


def _read(text: str) -> Told:
    read = json.loads(text)
    read["findings"] = [Finding(**finding) for finding in read["findings"]]
    read["unattributed"] = [(agent, printed, Finding(**finding)) for agent, printed, finding in read["unattributed"]]
    read["coverage"] = Coverage(**read["coverage"]) if read["coverage"] else None
    read["aliases"] = [(entity, name) for entity, name in read["aliases"]]
    return Told(**read)


def _version(name: str) -> str:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return ""


@cache
def code() -> str:
    """A digest of gbkg's own code and of the libraries that it works with: what others have made is of no use."""
    made = sha256(repr([(name, _version(name)) for name in _LIBRARIES]).encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        made.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return made.hexdigest()
