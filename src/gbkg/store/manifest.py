"""What a version of a store holds, in a file beside it, and the proof that it does: quads counted and digested."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from gbkg.core.digest import Digest, digest
from gbkg.core.errors import StoreError
from gbkg.core.nquads import is_stored
from gbkg.core.prefixes import PREFIXES
from gbkg.core.versions import damaged, unreadable

FORMAT = 1
"""Of the folder of a version; raised by one when an older gbkg could no longer read it rightly."""
_NAME = "manifest.json"
_BLOCK = 1 << 24
"""Bytes of lines that are looked at together."""


@dataclass(frozen=True)
class Manifest:
    """What a version holds: the same graph always has the same manifest."""

    version: str
    """Of gbkg."""
    inputs: str
    """The digest of what the graph was built from."""
    quads: int
    digest: str
    """Of the quads, as `gbkg.core.digest` has it: 64 hexadecimal digits."""
    graphs: dict[str, int]
    """Quads by named graph: its name in `gbkg.core.namedgraphs`, or its IRI if it is none of ours."""
    unchecked: bool = False
    """Whether the gates on the graph were passed over."""
    format: int = FORMAT


def write(version: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n"
    (version / _NAME).write_text(text, encoding="utf-8")


def read(version: Path) -> Manifest:
    """The manifest of a version. Raises `StoreError` when it is damaged or of another format."""
    try:
        told = json.loads((version / _NAME).read_bytes())
    except ValueError as error:
        raise damaged(version, f"{_NAME} is not JSON") from error
    except FileNotFoundError as error:
        raise damaged(version, f"{_NAME} is missing") from error
    except OSError as error:
        raise unreadable(version / _NAME, error) from error
    if isinstance(told, dict) and told.get("format", FORMAT) != FORMAT:
        message, hint = f"a store of format {told['format']!r}, expected {FORMAT}", "build it again, or use its gbkg"
        raise StoreError(message, file=str(version / _NAME), hint=hint)
    if not isinstance(told, dict) or told.keys() != {field.name for field in fields(Manifest)}:
        raise damaged(version, f"{_NAME} has not the fields of a manifest")
    return Manifest(**told)


def difference(manifest: Manifest, engine: Any, found: Digest) -> str:
    """What a `pyoxigraph.Store` has otherwise than the manifest promises, its quads having that digest; or nothing."""
    graphs = counts(engine)
    if any(engine.quads_for_pattern(None, None, None, ox.DefaultGraph())):
        return "quads outside the named graphs, expected none"
    if sum(graphs.values()) != manifest.quads:
        return f"{sum(graphs.values())} quads, expected {manifest.quads}"
    for name in sorted(graphs.keys() | manifest.graphs.keys()):
        if graphs.get(name, 0) != manifest.graphs.get(name, 0):
            return f"{graphs.get(name, 0)} quads in graph {name}, expected {manifest.graphs.get(name, 0)}"
    if found.hex != manifest.digest:
        return f"the quads have digest {found.hex}, expected {manifest.digest}"
    return ""


def counts(engine: Any) -> dict[str, int]:
    """Quads by name of the named graph; a second for a million, as the engine need not look at what they say."""
    answer = engine.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    return {row["g"].value.removeprefix(PREFIXES["graph"]): int(row["n"].value) for row in answer}


def digest_of_store(engine: Any) -> Digest:
    """The digest of all quads; on disk it takes as long as loading them, as each term of each is looked up."""
    lines = _Lines()
    engine.dump(lines, format=ox.RdfFormat.N_QUADS)
    return lines.digest


def digest_of_file(file: BinaryIO) -> Digest:
    """The digest that a file's quads have in a store, if its lines are those that pyoxigraph writes.

    What has a literal that a store may write otherwise goes through one in memory. A line that stands twice counts
    twice.
    """
    total = Digest()
    while block := file.read(_BLOCK) + file.readline():
        lines = block.rstrip(b"\n").split(b"\n")
        total.merge(Digest(digest(filter(is_stored, lines))))
        store = ox.Store()
        store.bulk_load(b"\n".join(line for line in lines if not is_stored(line)), format=ox.RdfFormat.N_QUADS)
        total.merge(digest_of_store(store))
    return total


class _Lines:
    """A file that keeps nothing but the digest of the lines that are written to it."""

    def __init__(self) -> None:
        self.digest, self._rest = Digest(), b""

    def write(self, piece: bytes) -> int:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self.digest.merge(Digest(digest(lines)))
        return len(piece)

    def flush(self) -> None:
        """Nothing: what is after the last line feed is no line yet."""
