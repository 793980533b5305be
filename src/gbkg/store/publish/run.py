"""One publication: what is there already, what is to be sent, sending it, and checking what arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gbkg.core.digest import Digest
from gbkg.core.errors import PublishError, ServerError
from gbkg.store.publish import check
from gbkg.store.publish.progress import Progress, Tell
from gbkg.store.publish.server import Entry, Server
from gbkg.store.publish.source import Part, Source, batches

_HELD = 500_000
"""Quads that may be held when a graph is compared, in about half a GB; when more differ, all of it is sent."""


@dataclass(frozen=True)
class Outcome:
    """What a publication did: number and digest of all triples, the named graphs by what became of them (names as on
    the server), those that `check.run` gives, and how many triples were sent or taken away."""

    triples: int
    digest: str
    kept: tuple[str, ...]
    resumed: tuple[str, ...]
    replaced: tuple[str, ...]
    mended: tuple[str, ...]
    dropped: tuple[str, ...]
    rewritten: tuple[str, ...]
    sent: int


@dataclass
class _Plan:
    """What is to be done, names as at home; `sent` is what is there already of each graph that is sent in batches."""

    parts: dict[str, Part]
    sent: dict[str, Part] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def publish(source: Source, server: Server, batch: int | None = None, tell: Tell = lambda *_: None) -> Outcome:
    """Makes the server's named graphs those of the source, and checks that they are.

    A graph of which the server's record says that it is there as it should be is only checked. One that was broken off
    goes on where it stopped. One of a single batch is replaced in one request. Any other is sent, or, if the server has
    such a graph, compared with it, and only what differs is sent and taken away. A graph that an earlier publication
    with the same prefix sent and that the source no longer has is dropped; any other graph is left alone.

    `batch` is how many triples go in one request, `server.batch` when it is None; `tell` is told how far it is.

    Raises `PublishError` when it is broken off, by the server or by the user; `DifferenceError` when the server's
    graphs are not the source's in the end; and what reading the source raises.
    """
    progress = Progress(tell)
    with _how_far(progress):
        size = batch or server.batch
        plan = _planned(source, server, size, progress)
        count = 0
        if plan.sent or plan.mended or plan.dropped:
            server.conclude(None)
            for graph in plan.dropped:
                server.drop(server.name(graph))
                server.forget(server.name(graph))
            count = sum(_mend(source, server, plan, graph, size, progress) for graph in tuple(plan.mended))
            count += _send(source, server, plan, size, progress)
        rewritten = check.run(source, server, plan.parts, progress)
        whole = _sum(plan.parts.values())
        if server.concluded() != whole:
            server.conclude(whole)
    return Outcome(
        *whole,
        kept=tuple(map(server.name, plan.kept)),
        resumed=tuple(map(server.name, plan.resumed)),
        replaced=tuple(map(server.name, plan.replaced)),
        mended=tuple(map(server.name, plan.mended)),
        dropped=tuple(map(server.name, plan.dropped)),
        rewritten=tuple(rewritten),
        sent=count,
    )


def _planned(source: Source, server: Server, size: int, progress: Progress) -> _Plan:
    record = {server.home(name): entry for name, entry in server.record().items()}
    progress.begin("reading", 0)
    marks = {graph: entry.sent[0] for graph, entry in record.items()}
    parts, marked = source.survey(marks, progress.advance)
    plan = _Plan(parts, dropped=[graph for graph in record if graph not in parts])
    for graph, part in parts.items():
        entry = record.get(graph)
        # What was sent counts only if it is how our graph begins; a batch more may be there than the record knows of.
        begun = entry is not None and entry.whole == part.key and marked.get(graph) == entry.sent[1]
        if entry and begun and entry.sent == part.key:
            plan.kept.append(graph)
        elif entry and begun and 0 < entry.sent[0] <= server.count(server.name(graph)) <= part.triples:
            plan.resumed.append(graph)
            plan.sent[graph] = Part(entry.sent[0], Digest(entry.sent[1]))
        elif part.triples > size and server.count(server.name(graph)):
            plan.mended.append(graph)
        else:
            plan.replaced.append(graph)
            plan.sent[graph] = Part()
    return plan


def _mend(source: Source, server: Server, plan: _Plan, graph: str, size: int, progress: Progress) -> int:
    """Gives a graph of the server what it lacks and takes from it what it should not have; the number of both."""
    name, whole = server.name(graph), plan.parts[graph].key
    progress.begin("comparing", 0)
    found = check.difference(source, server, graph, progress)
    if found.size > _HELD:
        plan.mended.remove(graph)
        plan.replaced.append(graph)
        plan.sent[graph] = Part()
        return 0
    missing, extra = found.quads()
    progress.begin("sending", len(missing) + len(extra))
    server.forget(name)
    server.remove(name, extra)
    progress.advance(len(extra))
    for start in range(0, len(missing), size):
        some = missing[start : start + size]
        server.add(name, some)
        progress.advance(len(some))
    server.note(name, Entry(whole, whole))
    return progress.done


def _send(source: Source, server: Server, plan: _Plan, size: int, progress: Progress) -> int:
    """Sends in batches what the server lacks; the number of triples."""
    progress.begin("sending", sum(plan.parts[graph].triples - part.triples for graph, part in plan.sent.items()))
    skip = {graph: part.triples for graph, part in plan.sent.items()}
    for graph, quads in batches(source.quads(), skip, size) if skip else ():
        name, part, whole = server.name(graph), plan.sent[graph], plan.parts[graph].key
        if part.triples:
            server.add(name, quads)
        elif len(quads) == whole[0]:
            server.replace(name, quads)
        else:
            server.note(name, Entry(whole, part.key))
            server.drop(name)
            server.add(name, quads)
        for quad in quads:
            part.add(quad)
        server.note(name, Entry(whole, part.key))
        progress.advance(len(quads))
    return progress.done


def _sum(parts: Iterable[Part]) -> tuple[int, str]:
    whole = Part()
    for part in parts:
        whole.triples += part.triples
        whole.digest.merge(part.digest)
    return whole.key


@contextmanager
def _how_far(progress: Progress) -> Iterator[None]:
    """Says of what breaks off how far it came."""
    try:
        yield
    except (ServerError, KeyboardInterrupt) as error:
        why = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        far = {
            "sending": f"; {progress.done:,} of {progress.total:,} triples were sent",
            "comparing": "; comparing a graph was broken off",
            "checking": "; everything was sent, checking it was broken off",
        }.get(progress.doing, "; nothing was sent")
        raise PublishError(why + far, hint="repeating the command goes on there") from error
