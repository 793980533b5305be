"""The outputs of a build: its files, and its store on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core import Progress, __version__, jsonld, nquads, turtle
from gbkg.core.difference import COMPARABLE, OfFiles
from gbkg.core.errors import GbkgError, OutputError
from gbkg.core.jsonld import Compaction
from gbkg.graph.assembly import Assembly
from gbkg.graph.cache import Cache, code
from gbkg.graph.parts import Parts, Piece, apart
from gbkg.store import disk, kept
from gbkg.store import manifest as manifests
from gbkg.store.base import SMALL
from gbkg.store.disk import Disk
from gbkg.store.manifest import Manifest
from gbkg.store.memory import Memory
from gbkg.store.outputs import Writing

IN_MEMORY = SMALL
"""Triples up to which the gates ask a store in memory. In one on disk, that part by part is asked in memory what can be
(`validate.known`), they take half as long again, and no more memory for a larger graph."""
READ_AGAIN = 1_000_000
"""Triples up to which what stands beside a store is made of a graph in memory, in 0.8 GB for a million; of one on disk
it takes 0.4 GB, and nearly twice as long."""
BESIDE = 50_000
"""Triples up to which what stands beside a store is also written beside the one among the outputs, at each build: it
takes a hundredth of a second for a thousand, which one command does not save in a larger graph."""
Check = Callable[[Memory], None]
"""The gates on the graph and all that follows: nothing is published unless it returns."""


def files(new: Writing, made: Assembly, parts: Parts, formats: Iterable[str], progress: Progress) -> None:
    """Writes the files other than N-Quads. Those without named graphs hold what is stated: first what belongs to no
    source, then source after source; by subject within."""
    for name in formats:
        if name == "nq":
            continue
        progress(f"writing gbkg.{name}", 0, 0)
        if name == "jsonld":
            compaction = Compaction(jsonld.context(made.inputs.ontology))
            nodes = chain(_nodes(made, compaction), made.cache.texts("nodes"))
            new.put("gbkg.jsonld", compaction.document(nodes))
            continue
        with new.open(f"gbkg.{name}") as file:
            for text in _turtle(made, parts) if name == "ttl" else _trig(made, parts):
                file.write(text.encode())


Written = tuple[str, str, Callable[[], Iterable[Any]]]
"""What is written apart: its name, the digest of its lines, and how to read its triples or quads."""


def _turtle(made: Assembly, parts: Parts) -> Iterator[str]:
    of_none: Iterator[Written] = (
        (name, sha256(text.encode()).hexdigest(), partial(_by_subject, text)) for name, text in _of_no_source(made)
    )
    found = {(part.graph, part.source): part for part in parts.every if part.source}
    pairs = ((source, found["evidence", source], found["claims", source]) for source in made.bases)
    of_sources: Iterator[Written] = (
        (source, one.sum + other.sum, partial(nquads.triples, map(parts.text, (one, other))))
        for source, one, other in pairs
    )
    yield _head(ox.RdfFormat.TURTLE)
    yield from _parts(made, ox.RdfFormat.TURTLE, chain(of_none, of_sources))


def _trig(made: Assembly, parts: Parts) -> Iterator[str]:
    """Parts of one named graph stand in one block, of which each part repeats the first line and the last."""
    every: Iterator[Written] = (
        (f"{part.graph} {part.name}", part.sum, partial(nquads.quads, map(parts.text, [part]))) for part in parts.every
    )
    yield _head(ox.RdfFormat.TRIG)
    block = ""
    for text in _parts(made, ox.RdfFormat.TRIG, every):
        begin, _, rest = text.removesuffix("}\n").partition("\n")
        if begin != block:
            yield f"}}\n{begin}\n" if block else f"{begin}\n"
        yield rest
        block = begin
    yield "}\n" if block else ""


def _parts(made: Assembly, format: ox.RdfFormat, parts: Iterable[Written]) -> Iterator[str]:
    """The parts, which have no subject in common, as text without prefixes. Those of the last build are kept."""
    kind, head, names = f"text of {format.file_extension}", _head(format), list[str]()
    shared = f"{code()} {sha256(head.encode()).hexdigest()}"
    for name, digest, read in parts:
        names.append(name)
        inputs = f"{shared} {digest}"
        text = made.cache.get(kind, name, inputs)
        if text is None:
            text = turtle.written(read(), format).removeprefix(head)
            made.cache.put(kind, name, inputs, text)
        if text:
            yield text
    made.cache.keep(kind, names)


def _head(format: ox.RdfFormat) -> str:
    """The prefixes with which a file begins."""
    node = ox.NamedNode("urn:gbkg:none")
    return turtle.written([ox.Quad(node, node, node).triple], format).partition("<urn:gbkg:none> <")[0]


def _of_no_source(made: Assembly) -> Iterator[tuple[str, str]]:
    """The lines that belong to no source, in named texts that have no subject in common."""
    for names in (*nquads.TOGETHER, nquads.BY_SOURCE):
        yield " ".join(names), "".join(made.texts.get(name, "") for name in names)


def _by_subject(text: str) -> list[ox.Triple]:
    return sorted(nquads.triples([text]), key=lambda triple: triple.subject.value)


def _nodes(made: Assembly, compaction: Compaction) -> Iterator[str]:
    """The JSON-LD of what belongs to no source, each text in parts, which are cached; the nodes of a text stand by
    @id."""
    kind, shared, names = "nodes of no source", f"{code()} {compaction.digest}", list[str]()
    for name, text in _of_no_source(made):
        lines = sorted(text.splitlines(keepends=True), key=nquads.subject)
        whole = "_:" in text and any(isinstance(end, ox.BlankNode) for t in nquads.triples([text]) for end in t)
        nodes = list[tuple[str, str]]()
        for part in [Piece(name, "", "", text)] if whole else apart(name, lines):
            names.append(f"{name} {part.name}")
            inputs = f"{shared} {sha256(part.text.encode()).hexdigest()}"
            known = made.cache.get(kind, names[-1], inputs)
            if known is None:
                known = json.dumps(compaction.apart(map(str, _by_subject(part.text))), ensure_ascii=False)
                made.cache.put(kind, names[-1], inputs, known)
            nodes += map(tuple, json.loads(known))
        yield ",\n".join(node for _, node in sorted(nodes, key=itemgetter(0)))
    made.cache.keep(kind, names)


def store(
    folder: Path, made: Assembly, inputs: str, former: Path, parts: Parts, difference: OfFiles,
    unchecked: bool, check: Check | None, progress: Progress, beside: disk.Beside,
) -> None:  # fmt: skip
    """Publishes the graph of the file of `parts` as a store, once `check` has returned: by what differs from the file
    `former`, if the store holds that one's graph and both are small enough to be compared, else as a whole. `inputs` is
    the digest of the project; `beside` writes what stands beside the store."""

    manifest, new = _manifest(made, parts, inputs, unchecked), parts.path
    name = str(folder.resolve())

    def more(written: Memory, into: Path) -> None:
        """What reads all of the graph reads it sooner in memory than on disk."""
        manifests.examine(new, into)
        beside(Memory.read(new) if manifest.quads <= READ_AGAIN else written, into)

    small = former.exists() and manifest.quads <= COMPARABLE
    held = made.cache.get("store", name, _held(folder)) is not None
    if not (small and held and _updated(folder, manifest, difference, former, new, check, progress, more)):
        known = {parts.sha256: manifest.digest} if parts.sha256 else {}
        disk.write(folder, disk.loading([new], known), manifest, progress, check, more)
    made.cache.put("store", name, manifest.digest, "")


@dataclass(frozen=True)
class Keeping:
    """The graph as a store among the outputs (`gbkg.store.kept`), for which it must not be large: made of that of the
    last build before the gates ask, if it can be, else after them."""

    folder: Path
    parts: Parts
    manifest: Manifest
    changed: Disk | None

    @staticmethod
    def of(new: Writing, made: Assembly, parts: Parts, difference: OfFiles, inputs: str, unchecked: bool) -> Keeping:
        """Makes what can be made of the store of the last build; `inputs` is the digest of the project."""
        manifest, folder = _manifest(made, parts, inputs, unchecked), new.path(kept.FOLDER)
        small = manifest.quads <= kept.MOST
        changed = kept.change(folder, parts.path, manifest, new.former, difference) if small else None
        return Keeping(folder, parts, manifest, changed)

    def write(
        self, stamps: Mapping[str, tuple[int, ...]], store: Memory | None, beside: disk.Beside, queries: disk.Beside
    ) -> None:
        """Completes it. `stamps` are those of the project's files; `store` is the graph, if it is there;
        `beside` writes what stands beside a store, `queries` the saved ones."""
        if self.manifest.quads <= kept.MOST:
            more = beside if self.manifest.quads <= BESIDE else None
            known = store if store and store.scannable else None
            kept.write(self.folder, self.parts.path, self.manifest, stamps, known, self.changed, queries, more)


def _manifest(made: Assembly, parts: Parts, inputs: str, unchecked: bool) -> Manifest:
    sizes = {name: size for name, size in made.sizes.items() if size}
    return Manifest(__version__, inputs, sum(sizes.values()), made.digest_of(parts), sizes, unchecked)


def holds(folder: Path, cache: Cache, inputs: str) -> bool:
    """Whether a store is as the last build into it left it, which had these inputs."""
    try:
        manifest = disk.read(folder).manifest
    except GbkgError:
        return False
    known = cache.get("store", str(folder.resolve()), manifest.digest)
    return known is not None and (manifest.version, manifest.inputs) == (__version__, inputs)


def _updated(
    folder: Path, manifest: Manifest, difference: OfFiles, former: Path, new: Path,
    check: Check | None, progress: Progress, beside: disk.Beside | None,
) -> bool:  # fmt: skip
    """Updates the current version of a store. False if the file or the store is not as the last build left it."""
    try:
        removed, added = difference(former, new)
        disk.update(folder, removed, added, manifest, progress, check, beside)
    except (OutputError, OSError, SyntaxError):
        return False
    return True


def _held(folder: Path) -> str:
    """The digest of what a store holds; "nothing" if there is no store that can be read."""
    try:
        return disk.read(folder).manifest.digest
    except GbkgError:
        return "nothing"
