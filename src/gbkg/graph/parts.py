"""The graph in parts that have no subject in common within a named graph: what has changed since the last build is
known by their digests, and the lines of the others are not read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self
from zlib import crc32

from gbkg.core import nquads
from gbkg.core.difference import COMPARABLE, OfFiles, Quads, of_files, of_lines
from gbkg.graph.cache import Cache
from gbkg.store.outputs import Writing

_SUBJECTS = 100
"""Subjects in a part of a graph that is not made source by source, more or less."""
_BLOCK = 1 << 20
_KIND, _NAME = "parts", "gbkg.nq"


class Piece(NamedTuple):
    """Some lines of a graph: its name, the source of which they are ("" for none), a name of their own in the graph,
    and the lines, each with its line feed."""

    graph: str
    source: str
    name: str
    text: str


class Part(NamedTuple):
    """A piece as it stands in a file: the SHA-256 of its bytes, how many lines it has, where it begins, and its length
    in bytes."""

    graph: str
    source: str
    name: str
    sum: str
    lines: int
    offset: int
    length: int


class Portion(NamedTuple):
    """Lines of several parts that are looked at together, and a name for them in messages."""

    name: str
    lines: bytes

    def __str__(self) -> str:
        return self.name


class OfPortions:
    """Work on a portion at a time, which reads nothing else, so that it can be done on another machine as it is
    (`graph.cluster.Portable`)."""

    def files(self, _portion: Portion) -> dict[str, bytes]:
        """None are read."""
        return {}

    def sent(self, portion: Portion) -> Portion:
        """This itself."""
        return portion

    def at(self, _folder: Path) -> Self:
        """This itself."""
        return self


@dataclass(frozen=True)
class Parts:
    """The parts of a file of N-Quads, in their order; `whole` says that nothing stands behind the last; `sha256` is
    that of the file as it was written, "" where nobody has noted it."""

    path: Path
    every: tuple[Part, ...]
    whole: bool = True
    sha256: str = ""

    @staticmethod
    def of(path: Path, pieces: Iterable[Piece]) -> Parts:
        """The parts of a file that should have these pieces; what it has in their places is read."""
        return _read(path, ((one, len(one.text.encode())) for one in pieces))

    def raw(self, part: Part) -> bytes:
        """The bytes of a part."""
        with self.path.open("rb") as file:
            file.seek(part.offset)
            return file.read(part.length)

    def text(self, part: Part) -> str:
        """The lines of a part."""
        return self.raw(part).decode()

    def stated(self) -> Iterator[bytes]:
        """The lines of all that is stated, in blocks of the file that may end anywhere."""
        left = sum(part.length for part in self.every if part.graph in nquads.STATED)  # which stands first
        with self.path.open("rb") as file:
            while left and (block := file.read(min(left, _BLOCK))):
                left -= len(block)
                yield block

    def remember(self, cache: Cache) -> None:
        """Keeps the parts for the next build."""
        lines = sum(part.lines for part in self.every)
        if lines <= COMPARABLE:
            cache.put(_KIND, _NAME, stamp(self.path), json.dumps(self.every, ensure_ascii=False))

    def changes(self, cache: Cache) -> OfFiles:
        """As `difference.of_files`, which is asked where the parts of the former file are not known. It has to be made
        before `remember` is called."""
        found: dict[str, Quads] = {}

        def changes(former: Path, new: Path) -> Quads:
            at = stamp(former)
            if at not in found:
                known = self.since(cache, former) if new == self.path else None
                found[at] = of_files(former, new) if known is None else known
            return found[at]

        return changes

    def since(self, cache: Cache, former: Path) -> Quads | None:
        """What differs from a former file; None where there is none, or its parts are not known."""
        known = cache.get(_KIND, _NAME, stamp(former)) if former.exists() else None
        if known is None:
            return None
        return _compared(Parts(former, tuple(Part(*one) for one in json.loads(known))), self)


def write(new: Writing, pieces: Iterable[Piece]) -> Parts:
    """Writes the N-Quads of a build, and reads them back. Raises `OutputError`."""
    sizes = list[tuple[Piece, int]]()

    def blocks() -> Iterator[bytes]:
        for piece in pieces:
            raw = piece.text.encode()
            sizes.append((piece._replace(text=""), len(raw)))
            yield raw

    path = new.put(_NAME, blocks())
    return replace(_read(path, sizes), sha256=new.sums[_NAME])


def apart(graph: str, lines: Iterable[str]) -> Iterator[Piece]:
    """The lines of a graph in pieces. A piece ends before a subject whose name has a certain checksum, so that a
    subject that comes or goes changes one piece and leaves the others as they were."""
    held, first, last = list[str](), "", ""
    for line in lines:
        subject = line[: line.index(" ")]
        if subject != last and (not last or crc32(subject.encode()) % _SUBJECTS == 0):
            if held:
                yield Piece(graph, "", first, "".join(held))
            held, first = [], subject
        held.append(line)
        last = subject
    if held:
        yield Piece(graph, "", first, "".join(held))


def _read(path: Path, sizes: Iterable[tuple[Piece, int]]) -> Parts:
    found, offset = list[Part](), 0
    with path.open("rb") as file:
        for (graph, source, name, _), length in sizes:
            raw = file.read(length)
            found.append(Part(graph, source, name, sha256(raw).hexdigest(), raw.count(b"\n"), offset, length))
            offset += length
        return Parts(path, tuple(found), not file.read(1))


def _compared(former: Parts, new: Parts) -> Quads:
    """The quads that only one of two files has; each line stands in a file once."""
    before, after = ({part.sum for part in parts.every} for parts in (former, new))
    gone, come = (
        [line for part in parts.every if part.sum not in others for line in parts.raw(part).splitlines(keepends=True)]
        for parts, others in ((former, after), (new, before))
    )
    return of_lines(lambda: gone, come)


def stamp(path: Path) -> str:
    """What tells a file from another one and from itself once it was changed."""
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
