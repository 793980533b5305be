"""Publishing: the named graphs of a build on a SPARQL server, sent one by one, repeatable, checked at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from gbkg.core import Progress, __version__, silent
from gbkg.core.difference import between
from gbkg.core.errors import DifferenceError, ProjectError, PublishError, ServerError
from gbkg.core.nquads import Digest, as_stored, line
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.terms import term
from gbkg.core.text import escape
from gbkg.store import disk, outputs
from gbkg.store.graphstore import Server, Total

_BUILT = "publish what gbkg build wrote"
_SHOWN = 3
"""Lines of each side that are shown of a graph that differs."""
_STEP = 1000
"""Triples after which progress is reported."""
_DECIMAL, _INTEGER = term("xsd:decimal"), term("xsd:integer")


@dataclass(frozen=True)
class Publication(Result):
    """What a publication did: number and digest of all triples; the named graphs (names as on the server) that were
    `kept`, `replaced` and `dropped`; those in which the server has `rewritten` whole numbers, integers above 2^31 as
    decimals of the same value (Virtuoso); and how many triples were sent."""

    kind = "publication"
    triples: int
    digest: str
    kept: tuple[str, ...]
    replaced: tuple[str, ...]
    dropped: tuple[str, ...]
    rewritten: tuple[str, ...]
    sent: int

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for graphs, word in ((self.replaced, "sent"), (self.kept, "as it was"), (self.dropped, "dropped")):
            yield from (escape(f"{graph}\t{word}") for graph in graphs)
        yield f"{self.sent:,} of {self.triples:,} triples sent; all are there; digest {self.digest}"


@dataclass(frozen=True)
class QuadSource:
    """Quads that are read anew by each call of `quads`, in the same order each time; `shown` names them."""

    shown: str
    quads: Callable[[], Iterator[ox.Quad]]

    @classmethod
    def of(cls, project: Project, built: Path, store: Path | None = None) -> QuadSource:
        """The store on disk, if one is named, else the build."""
        return cls.store(project, store) if store is not None else cls.build(project, built)

    @classmethod
    def build(cls, project: Project, folder: Path) -> QuadSource:
        """The graph of a build of this project as it is now. Raises `ProjectError` when the folder holds none, and
        `AlteredError` when it is not as it was written."""
        made = outputs.find(folder)
        _fit(project, folder, made.made_from if made else "", bool(made and made.validated))
        assert made
        made.check(outputs.GRAPH)
        return cls(str(folder / outputs.GRAPH), made.quads)

    @classmethod
    def store(cls, project: Project, folder: Path) -> QuadSource:
        """The quads of a store on disk of this project as it is now. Raises `ProjectError` when it is of another state
        of it, and what `gbkg.store.disk.read` raises."""
        found = disk.read(folder)
        _fit(project, folder, f"{found.manifest.version} {found.manifest.inputs}", not found.manifest.unchecked)
        return cls(str(folder), found.__iter__)

    @classmethod
    def file(cls, path: Path) -> QuadSource:
        """The lines of an N-Quads file. Reading raises `ProjectError` or `ParseError` (file, line)."""
        return cls(str(path), lambda: outputs.parsed(path))

    def graphs(self, counter: TripleCount) -> dict[str, Content]:
        """Each named graph by its IRI, in the order in which they begin.

        Raises `ProjectError` for a quad outside the project's named graphs, or when there are none at all.
        """
        found: dict[str, Content] = {}
        for quad in counter.counted(self.quads()):
            graph = _graph(quad)
            if not graph.startswith(PREFIXES["graph"]):
                where = shorten(graph) if graph else "no named graph"
                message = f"a triple stands in {where}; those of a build stand in graph:…"
                raise ProjectError(message, file=self.shown, hint=_BUILT)
            found.setdefault(graph, Content()).add(quad)
        if not found:
            raise ProjectError("holds no triples", file=self.shown, hint=_BUILT)
        return found


@dataclass
class Content:
    """What a named graph holds: so many triples, their digest, and that of their values (`_valued`)."""

    triples: int = 0
    digest: Digest = field(default_factory=Digest)
    values: Digest = field(default_factory=Digest)

    def add(self, quad: ox.Quad) -> None:
        kept = as_stored(quad)
        self.triples += 1
        self.digest.add(line(kept))
        self.values.add(_valued(kept))

    def merge(self, other: Content) -> None:
        self.triples += other.triples
        self.digest.merge(other.digest)
        self.values.merge(other.values)

    @property
    def total(self) -> Total:
        return self.triples, self.digest.hex


class TripleCount:
    """Counts triples and reports each time."""

    def __init__(self, report: Progress) -> None:
        self._report = report
        self.doing, self.total, self.done = "", 0, 0

    def begin(self, doing: str, total: int = 0) -> None:
        """Starts a new count; `total` is 0 when it is not known."""
        self.doing, self.total, self.done = doing, total, 0
        self.advance(0)

    def advance(self, triples: int) -> None:
        self.done += triples
        self._report(f"{self.doing} triples", self.done, self.total)

    def counted(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """The quads, which are counted as they are taken."""
        quads = iter(quads)
        while some := list(islice(quads, _STEP)):
            yield from some
            self.advance(len(some))


def publish(source: QuadSource, server: Server, batch: int | None = None, report: Progress = silent) -> Publication:
    """Makes the server's named graphs those of the source, and checks that they are.

    A graph that the server's record has with our number of triples and digest is only checked; any other is replaced.
    A graph that an earlier publication with the same prefix sent and that the source no longer has is dropped; all
    others are left alone. `batch` is how many triples go in one request, `server.batch` when it is None.

    Raises `PublishError` when it is broken off, by the server or by the user; `DifferenceError` when the server's
    graphs are not the source's in the end; and what reading the source raises.
    """
    counter = TripleCount(report)
    with _broken_off(counter):
        counter.begin("reading")
        graphs = source.graphs(counter)
        record = server.record()
        lacking = [graph for graph, content in graphs.items() if record.get(graph) != content.total]
        gone = [graph for graph in record if graph not in graphs]
        if lacking or gone:
            server.begin(lacking)
            for graph in gone:
                server.clear(graph)
                server.forget(graph)
            _send(source, server, {graph: graphs[graph] for graph in lacking}, batch or server.batch, counter)
        rewritten = _check(source, server, graphs, counter)
        whole = Content()
        for content in graphs.values():
            whole.merge(content)
        if server.concluded() != whole.total:
            server.conclude(whole.total)
    return Publication(
        *whole.total,
        kept=tuple(server.name(graph) for graph in graphs if graph not in lacking),
        replaced=tuple(map(server.name, lacking)),
        dropped=tuple(map(server.name, gone)),
        rewritten=tuple(rewritten),
        sent=sum(graphs[graph].triples for graph in lacking),
        remarks=tuple(f"{graph}: the server gives some integers as decimals of the same value" for graph in rewritten),
    )


def _send(source: QuadSource, server: Server, graphs: Mapping[str, Content], size: int, counter: TripleCount) -> None:
    """Replaces graphs of the server: one of a single batch in one request, any other is cleared and sent in batches."""
    counter.begin("sending", sum(content.triples for content in graphs.values()))
    sent = dict.fromkeys(graphs, 0)
    for graph, quads in _batches(source.quads(), graphs, size):
        content = graphs[graph]
        if content.triples == len(quads):
            server.replace(graph, quads)
        else:
            if not sent[graph]:
                server.clear(graph)
            server.add(graph, quads)
        sent[graph] += len(quads)
        counter.advance(len(quads))
        if sent[graph] == content.triples:
            server.note(graph, content.total)


def _batches(quads: Iterable[ox.Quad], graphs: Mapping[str, Content], size: int) -> Iterator[tuple[str, list[ox.Quad]]]:
    """The quads of these graphs in batches of one graph each, of `size` but for the last of each graph."""
    waiting: dict[str, list[ox.Quad]] = {graph: [] for graph in graphs}
    left = {graph: content.triples for graph, content in graphs.items()}
    for quad in quads:
        if (graph := _graph(quad)) in waiting:
            waiting[graph].append(quad)
            left[graph] -= 1
            if len(waiting[graph]) == size or not left[graph]:
                yield graph, waiting[graph]
                waiting[graph] = []


def _check(source: QuadSource, server: Server, graphs: Mapping[str, Content], counter: TripleCount) -> list[str]:
    """The named graphs (names on the server) of which only the values are the source's. All others are there to the
    letter.

    Raises `DifferenceError` when more differs than that, and then takes what these graphs hold out of the server's
    record, so that the next publication sends them; and `ServerError`.
    """
    counter.begin("checking", sum(content.triples for content in graphs.values()))
    rewritten, wrong = [], dict[str, str]()
    for graph, content in graphs.items():
        name, found = server.name(graph), Content()
        for quad in counter.counted(server.quads(graph)):
            found.add(quad)
        count = server.count(graph)
        if (count, found.triples, found.values.hex) != (content.triples, content.triples, content.values.hex):
            counted = f"{count:,} triples" + (f" and gives {found.triples:,}" if count != found.triples else "")
            wrong[graph] = f"{name} has {counted} where {content.triples:,} others should be"
        elif found.total != content.total:
            rewritten.append(name)
    if wrong:
        with suppress(ServerError):  # of a server that may only be read
            server.begin(wrong)
        lines = _lines(source, server, next(iter(wrong)), counter)
        names = list(map(server.name, wrong))
        raise DifferenceError(f"the server does not hold what was published: {'; '.join(wrong.values())}", names, lines)
    return rewritten


def _lines(source: QuadSource, server: Server, graph: str, counter: TripleCount) -> list[str]:
    """A few lines of each side that the other has not."""
    counter.begin("comparing")

    def read(quads: Iterable[ox.Quad]) -> Iterator[bytes]:
        return (_valued(as_stored(quad)) for quad in counter.counted(quads) if _graph(quad) == graph)

    found = between(lambda: read(source.quads()), read(server.quads(graph)))
    return [
        f"{word}: {text.decode()}"
        for word, lines in zip(("missing", "extra"), found, strict=True)
        for text in sorted(lines)[:_SHOWN]
    ]


def _graph(quad: ox.Quad) -> str:
    """The IRI of the named graph in which a quad stands; "" when it stands in none."""
    name = quad.graph_name
    return name.value if isinstance(name, ox.NamedNode) else ""


def _valued(quad: ox.Quad) -> bytes:
    """The line of a quad, a whole number as an integer even if it is a decimal."""
    said = quad.object
    if isinstance(said, ox.Literal) and said.datatype == _DECIMAL and "." not in said.value:
        quad = ox.Quad(quad.subject, quad.predicate, ox.Literal(said.value, datatype=_INTEGER), quad.graph_name)
    return line(quad)


def _fit(project: Project, folder: Path, made_from: str, validated: bool) -> None:
    """Raises `ProjectError` unless a graph was made from the project as it is now, and went through all gates."""
    if made_from != f"{__version__} {project.digest}":
        message, hint = "holds no build of this project as it is now", "gbkg build makes one"
    elif not validated:
        message, hint = "was built with --unchecked", "gbkg build without it checks the graph"
    else:
        return
    raise ProjectError(message, file=str(folder), hint=hint)


@contextmanager
def _broken_off(counter: TripleCount) -> Iterator[None]:
    """Raises `PublishError`, which says how far it came, for whatever breaks a publication off."""
    try:
        yield
    except (ServerError, KeyboardInterrupt) as error:
        why = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        far = {
            "sending": f"; {counter.done:,} of {counter.total:,} triples were sent",
            "checking": "; everything was sent, checking it was broken off",
            "comparing": "; everything was sent, checking it was broken off",
        }.get(counter.doing, "; nothing was sent")
        raise PublishError(why + far, hint="repeating the command sends what is lacking") from error
