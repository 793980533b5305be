"""Whether a server holds the triples that it should: by count and digest, and which lines differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import DifferenceError, ServerError
from gbkg.store.publish.difference import Difference
from gbkg.store.publish.progress import Progress
from gbkg.store.publish.server import Server
from gbkg.store.publish.source import Part, Source, as_stored

_LINES = 3


def run(source: Source, server: Server, parts: Mapping[str, Part], progress: Progress) -> list[str]:
    """The named graphs (names on the server) whose numbers the server gives back in another datatype, of the same
    value: Virtuoso has integers above 2^31 as decimals. All others are there to the letter.

    Raises `DifferenceError` when more differs than that, and then takes the graphs that differ out of the server's
    record, so that the next publication mends them; and `ServerError`.
    """
    progress.begin("checking", sum(part.triples for part in parts.values()))
    unlike = {graph: said for graph, part in parts.items() if (said := _unlike(server, graph, part, progress))}
    if unlike:
        progress.begin("comparing", 0)
    lines = {graph: _lines(source, server, graph, progress) for graph in unlike}
    wrong = [graph for graph in unlike if lines[graph] or parts[graph].triples != server.count(server.name(graph))]
    for graph in wrong:
        with suppress(ServerError):  # a server that is only read cannot be told, and need not be
            server.forget(server.name(graph))
    if wrong:
        said = "; ".join(f"{server.name(graph)} has {unlike[graph]}" for graph in wrong)
        names = [server.name(graph) for graph in wrong]
        raise DifferenceError(f"the server does not hold what was published: {said}", names, lines[wrong[0]])
    return [server.name(graph) for graph in unlike]


def difference(source: Source, server: Server, graph: str, progress: Progress) -> Difference:
    """What a graph of the source and that of the server do not share."""

    def told(quads: Iterator[Any]) -> Iterator[Any]:
        for number, quad in enumerate(quads, 1):
            if number % 1000 == 0:
                progress.advance(1000)
            yield quad

    return Difference(lambda: told(source.of(graph)), lambda: told(_there(server, graph)))


def _unlike(server: Server, graph: str, part: Part, progress: Progress) -> str:
    """How many triples the server has where others should be; the empty string when it has the very same."""
    name, found = server.name(graph), Part()
    for quad in _there(server, graph):
        found.add(quad)
        if found.triples % 1000 == 0:
            progress.advance(1000)
    progress.advance(found.triples % 1000)
    count = server.count(name)
    if found.key == part.key and count == part.triples:
        return ""
    counted = f"{count:,} triples" + (f" and gives {found.triples:,}" if count != found.triples else "")
    return f"{counted} where {part.triples:,} others should be"


def _there(server: Server, graph: str) -> Iterator[Any]:
    """The server's triples with the graph's name at home."""
    home = ox.NamedNode(graph)
    return (ox.Quad(t.subject, t.predicate, t.object, home) for t in server.triples(server.name(graph)))


def _lines(source: Source, server: Server, graph: str, progress: Progress) -> list[str]:
    """A few lines of each side that the other has not."""
    found = difference(source, server, graph, progress)
    missing, extra = found.quads(some=True)
    sides = (("missing", missing), ("extra", extra))
    lines = ((word, sorted(as_stored(quad).decode() for quad in quads)) for word, quads in sides)
    return [f"{word}: {text}" for word, texts in lines for text in islice(texts, _LINES)]
