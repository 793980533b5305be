"""A SPARQL server that takes named graphs: its endpoints, and its record of what was published on it.

The record is a named graph of its own, `PREFIXpublication`, in terms of VoID and with `gbkg:contentDigest`:

    <PREFIXpublication> void:subset <PREFIXfacts> , … ;            # the graphs that belong to the publication
        void:triples 23463 ; gbkg:contentDigest "…" .              # all of them together, once all is sent and checked
    <PREFIXfacts> void:triples 465 ; gbkg:contentDigest "…" .      # what the graph holds, once all of it was sent

So a publication that is under way, or was broken off, has a record without a digest of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, ServerError, without_secrets
from gbkg.core.prefixes import PREFIXES
from gbkg.store.endpoint import OURS, Endpoint, GraphNames
from gbkg.store.http import Client, broken, credentials

BULK = 1000
"""Triples from which on it pays to add in bulk."""
CLEARED = 5000
"""Triples that Oxigraph takes out of a graph at once: a million would need 1.6 GB and twice the time."""
_TRIPLES = "application/n-triples"
_VOID = PREFIXES["void"]
_DIGEST = PREFIXES["gbkg"] + "contentDigest"

Total = tuple[int, str]
"""A number of triples and their digest (`gbkg.core.nquads.Digest`, lines with the graph's name as in a build)."""


@dataclass(frozen=True)
class Endpoints:
    """Where a server takes queries, updates (SPARQL 1.1 Protocol) and graphs (Graph Store HTTP Protocol)."""

    query: str
    update: str
    graphs: str

    @classmethod
    def of(cls, query: str, update: str = "", graphs: str = "") -> Endpoints:
        """The endpoints that are not given are those of Oxigraph (`…/query`: `…/update`, `…/store`) or of Virtuoso
        (`…/sparql`: `…/sparql-auth`, `…/sparql-graph-crud-auth` with credentials, else `…/sparql`,
        `…/sparql-graph-crud`). Raises `GbkgError` for a server that is neither, `ServerError` for a bad address.
        """
        auth = "-auth" if credentials(query) else ""
        base, _, last = query.rstrip("/").rpartition("/")
        if last == "query":
            update, graphs = update or f"{base}/update", graphs or f"{base}/store"
        elif last in ("sparql", "sparql-auth"):
            update, graphs = update or f"{base}/sparql{auth}", graphs or f"{base}/sparql-graph-crud{auth}"
        if not (update and graphs):
            raise GbkgError(
                f"{without_secrets(query)}: neither …/query (Oxigraph) nor …/sparql (Virtuoso)",
                hint="give --update-endpoint and --graph-store as well",
            )
        return cls(query, update, graphs)


class Server:
    """Reads and writes named graphs, and the record, whose graph is named by the prefix. Every method raises
    `ServerError` when the server cannot or will not."""

    def __init__(self, endpoints: Endpoints, prefix: str = "") -> None:
        """`prefix` is what the names of our graphs begin with there, https://w3id.org/gbkg/graph/ when it is empty.

        Raises `GbkgError` when it is not an absolute IRI that ends with / or #.
        """
        self.endpoints, self.prefix = endpoints, _checked(prefix or OURS)
        self._names = GraphNames(self.prefix)
        # They may be on different hosts, so each has its own credentials.
        self._queries = Endpoint(endpoints.query, GraphNames())
        self._updates, self._graphs = Client(endpoints.update), Client(endpoints.graphs)
        # Oxigraph adds in bulk on request: half the time and a fraction of the memory. A batch that breaks off may then
        # be there in part; the next publication clears its graph.
        self._bulk = "&no_transaction" if urlsplit(endpoints.graphs).path.endswith("/store") else ""

    @property
    def batch(self) -> int:
        """Triples to send in one request: many for Oxigraph, 5,000 for Virtuoso."""
        return 20_000 if self._bulk else 5000

    def name(self, graph: str) -> str:
        """What a named graph of a build is called on the server. All other methods take the name in a build."""
        return self.prefix + graph.removeprefix(OURS)

    def record(self) -> dict[str, Total | None]:
        """The published graphs, each with what it holds; None for one that was not sent to its end."""
        text = f"""SELECT ?graph ?triples ?digest WHERE {{ GRAPH <{self._record}> {{
            <{self._record}> <{_VOID}subset> ?graph .
            OPTIONAL {{ ?graph <{_VOID}triples> ?triples ; <{_DIGEST}> ?digest }} }} }}"""
        return {
            OURS + graph.value.removeprefix(self.prefix): (int(triples.value), digest.value) if digest else None
            for graph, triples, digest in self._queries.rows(text, ("graph", "triples", "digest"))
            if graph.value.startswith(self.prefix)
        }

    def begin(self, graphs: Iterable[str]) -> None:
        """Notes that these graphs are being changed: what they hold, and what all hold together, is not known."""
        rest = (
            f"DELETE WHERE {{ GRAPH <{self._record}> {{ <{name}> ?p ?o }} }} ; "
            f"INSERT DATA {{ GRAPH <{self._record}> {{ <{self._record}> <{_VOID}subset> <{name}> }} }}"
            for name in map(self.name, graphs)
        )
        self._updates.update(" ; ".join((self._inconclusive, *rest)))

    def note(self, graph: str, total: Total) -> None:
        """Notes what a graph holds, all of which was sent."""
        self._updates.update(f"INSERT DATA {{ GRAPH <{self._record}> {{ {_described(self.name(graph), total)} }} }}")

    def forget(self, graph: str) -> None:
        """Takes a graph out of the record."""
        name = self.name(graph)
        self._updates.update(f"""DELETE WHERE {{ GRAPH <{self._record}> {{ <{name}> ?p ?o }} }} ;
            DELETE DATA {{ GRAPH <{self._record}> {{ <{self._record}> <{_VOID}subset> <{name}> }} }}""")

    def conclude(self, total: Total) -> None:
        """Notes what all graphs hold together, once that was checked."""
        described = f"INSERT DATA {{ GRAPH <{self._record}> {{ {_described(self._record, total)} }} }}"
        self._updates.update(f"{self._inconclusive} ; {described}")

    def concluded(self) -> Total | None:
        """What all graphs were found to hold together when the last publication ended; None if none has ended since
        something was changed."""
        text = f"""SELECT ?triples ?digest WHERE {{ GRAPH <{self._record}> {{
            <{self._record}> <{_VOID}triples> ?triples ; <{_DIGEST}> ?digest }} }}"""
        rows = self._queries.rows(text, ("triples", "digest"))
        return (int(rows[0][0].value), rows[0][1].value) if len(rows) == 1 else None

    def clear(self, graph: str) -> None:
        """Removes all triples of a graph."""
        name = self.name(graph)
        for _ in range(self.count(graph) // CLEARED if self._bulk else 0):
            some = f"SELECT ?s ?p ?o {{ GRAPH <{name}> {{ ?s ?p ?o }} }} LIMIT {CLEARED}"
            self._updates.update(f"DELETE {{ GRAPH <{name}> {{ ?s ?p ?o }} }} WHERE {{ {some} }}")
        self._updates.update(f"DROP SILENT GRAPH <{name}>")

    def count(self, graph: str) -> int:
        """The number of triples that a graph has on the server."""
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{self.name(graph)}> {{ ?s ?p ?o }} }}"
        ((number,),) = self._queries.rows(text, ("n",))
        return int(number.value)

    def add(self, graph: str, quads: list[ox.Quad]) -> None:
        """Adds triples to a graph; those that it has already change nothing."""
        self._send("POST", self._at(graph) + (self._bulk if len(quads) >= BULK else ""), quads)

    def replace(self, graph: str, quads: list[ox.Quad]) -> None:
        """Gives a graph these triples and no others, in one request."""
        self._send("PUT", self._at(graph), quads)

    def quads(self, graph: str) -> Iterator[ox.Quad]:
        """The quads of a graph, with the names of graphs as in a build, as a stream in the server's own order; none
        when there is no such graph."""
        url, name = self._at(graph), ox.NamedNode(graph)
        try:
            response = self._graphs.send("GET", url, headers={"Accept": _TRIPLES})
        except ServerError as error:
            if error.status == 404:
                return
            raise
        with response:
            if (kind := response.headers.get_content_type()) not in (_TRIPLES, "text/plain"):
                raise ServerError(url, f"gives {kind} where N-Triples were asked for", hint="give --graph-store")
            try:
                for quad in ox.parse(response, format=ox.RdfFormat.N_TRIPLES):
                    triple = self._renamed(quad.triple, self._names.got)
                    yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
            except SyntaxError as error:
                raise ServerError(url, f"gives what is not N-Triples: {error}") from error
            except (OSError, HTTPException) as error:
                raise broken(url, error) from error

    @property
    def _record(self) -> str:
        return f"{self.prefix}publication"

    @property
    def _inconclusive(self) -> str:
        """The update after which the record does not say what all graphs hold together."""
        return " ; ".join(
            f"DELETE WHERE {{ GRAPH <{self._record}> {{ <{self._record}> <{term}> ?o }} }}"
            for term in (f"{_VOID}triples", _DIGEST)
        )

    def _send(self, method: str, url: str, quads: list[ox.Quad]) -> None:
        self._graphs.send(method, url, self._lines(quads).encode(), {"Content-Type": _TRIPLES}).close()

    def _lines(self, quads: list[ox.Quad]) -> str:
        return "".join(f"{self._renamed(quad.triple, self._names.sent)} .\n" for quad in quads)

    def _renamed(self, triple: ox.Triple, how: Callable[[Any], Any]) -> ox.Triple:
        """The names of our graphs follow the prefix wherever they stand: gbkg.store.remote expects that."""
        return triple if self._names.same else ox.Triple(*map(how, triple))

    def _at(self, graph: str) -> str:
        sign = "&" if "?" in self.endpoints.graphs else "?"
        return f"{self.endpoints.graphs}{sign}graph={quote(self.name(graph), safe='')}"


def _checked(prefix: str) -> str:
    try:
        named = ":" in ox.NamedNode(prefix).value and prefix.endswith(("/", "#"))
    except ValueError:
        named = False
    if not named:
        raise GbkgError(f"--graph-prefix: not a prefix of IRIs: {prefix!r}", hint="it ends with / or #")
    return prefix


def _described(node: str, total: Total) -> str:
    return f'<{node}> <{_VOID}triples> {total[0]} ; <{_DIGEST}> "{total[1]}" .'
