"""Graphs that differ by a tag, for stores on disk; without what only tests need, for children that start quickly."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from gbkg.core.nquads import digest
from gbkg.store.manifest import Manifest

GRAPH = "https://w3id.org/gbkg/graph/facts"


def lines(tag: str, count: int = 800) -> list[bytes]:
    """So many lines of N-Quads; half of them say the same for every tag."""
    words = [f'"{tag if i % 2 else "same"} number {i}, in words too long to be kept beside it"' for i in range(count)]
    return [f"<urn:s:{i % 300}> <urn:p:{i % 7}> {words[i]} <{GRAPH}> .".encode() for i in range(count)]


def manifest(given: list[bytes], inputs: str = "") -> Manifest:
    return Manifest("1.0", inputs, len(given), digest(given), {"facts": len(given)})


def loaded(given: list[bytes]) -> Callable[[ox.Store], None]:
    return lambda engine: engine.bulk_load(b"\n".join(given), format=ox.RdfFormat.N_QUADS)


def quads(given: list[bytes]) -> list[ox.Quad]:
    return list(ox.parse(b"\n".join(given), format=ox.RdfFormat.N_QUADS))


def change(old: list[bytes], new: list[bytes]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    return quads(sorted({*old} - {*new})), quads(sorted({*new} - {*old}))
