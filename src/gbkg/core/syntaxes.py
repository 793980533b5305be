"""Writes RDF 1.1 with pyoxigraph: TriG, N-Quads, Turtle, N-Triples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import pyoxigraph as ox
from pyoxigraph import Quad, RdfFormat, Triple

from gbkg.core.prefixes import PREFIXES


def trig(quads: Iterable[Quad]) -> bytes:
    """The quads as TriG (https://www.w3.org/TR/trig/)."""
    return _serialize(quads, RdfFormat.TRIG)


def nquads(quads: Iterable[Quad]) -> bytes:
    """The quads as N-Quads, one line a triple."""
    return _serialize(quads, RdfFormat.N_QUADS)


def turtle(quads: Iterable[Quad]) -> bytes:
    """The quads, those of a subject together, as one Turtle document without graph names, in their order."""
    return _serialize([quad.triple for quad in quads], RdfFormat.TURTLE)


def ntriples(quads: Iterable[Quad]) -> bytes:
    """The quads as N-Triples without graph names, in their order."""
    return _serialize([quad.triple for quad in quads], RdfFormat.N_TRIPLES)


def stream(statements: Iterable[Triple] | Iterable[Quad], format: RdfFormat, file: IO[bytes]) -> None:
    """Write quads or triples to a file, one after the other."""
    ox.serialize(statements, output=file, format=format, prefixes=PREFIXES)


def _serialize(statements: Iterable[Triple] | Iterable[Quad], format: RdfFormat) -> bytes:
    lines = format in (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES)
    written = ox.serialize(statements, format=format, prefixes=None if lines else PREFIXES)
    assert isinstance(written, bytes)
    return written
