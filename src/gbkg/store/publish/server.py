"""A SPARQL server that takes graphs: where its doors are, and the record of what was published on it.

The record is operational data in a named graph of its own, `PREFIXpublication`, in terms of VoID and with
`gbkg:contentDigest`:

    <PREFIXpublication> void:subset <PREFIXfacts> , … ;            # the graphs that belong to the publication
        void:triples 23463 ; gbkg:contentDigest "…" .              # all of them together, once all is sent and checked
    <PREFIXfacts> void:triples 465 ; gbkg:contentDigest "…" ;      # what the graph is to hold
        void:subset <PREFIXpublication/facts> .
    <PREFIXpublication/facts> void:triples 465 ; gbkg:contentDigest "…" .     # what of it was sent so far
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, ServerError, without_secrets
from gbkg.core.prefixes import PREFIXES
from gbkg.store.http import Client, credentials
from gbkg.store.rename import OURS, Names

_MANY = 1000
"""Triples from which on it pays to add in bulk; and how many go into one update."""
_PART = 5000
"""Triples that Oxigraph takes out of a graph at once: a million would need 1.6 GB and twice the time."""
_TRIPLES = "application/n-triples"
_VOID = PREFIXES["void"]
_DIGEST = PREFIXES["gbkg"] + "contentDigest"


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


@dataclass(frozen=True)
class Entry:
    """What the record says of one graph: what it is to hold, and what of it was sent, as triples and digest."""

    whole: tuple[int, str]
    sent: tuple[int, str]


class Server:
    """Reads and writes named graphs, and the record, whose graph is named by the prefix. Every method raises
    `ServerError` when the server cannot or will not."""

    def __init__(self, endpoints: Endpoints, prefix: str = "") -> None:
        """`prefix` is what the names of our graphs begin with there, https://w3id.org/gbkg/graph/ when it is empty.

        Raises `GbkgError` when it is no absolute IRI that ends with / or #.
        """
        self.endpoints, self.prefix = endpoints, _checked(prefix or OURS)
        self._names = Names(self.prefix)
        # A door may be at another host: each gets the credentials that are its own.
        self._clients = {url: Client(url, credentials(url)) for url in (endpoints.query, endpoints.update)}
        self._graphs = Client(endpoints.graphs, credentials(endpoints.graphs))
        # Oxigraph adds in bulk when it is told to: half the time and a fraction of the memory. A batch that breaks off
        # may then be there in part, which sending it again mends.
        self._bulk = "&no_transaction" if urlsplit(endpoints.graphs).path.endswith("/store") else ""

    @property
    def batch(self) -> int:
        """How many triples to send in one request: Oxigraph wants many, Virtuoso takes 5,000."""
        return 20_000 if self._bulk else 5000

    def name(self, graph: str) -> str:
        """How a named graph of a build is called on the server."""
        return self.prefix + graph.removeprefix(OURS)

    def home(self, name: str) -> str:
        """How a graph of the server is called in a build."""
        return OURS + name.removeprefix(self.prefix)

    def record(self) -> dict[str, Entry]:
        """What was published, by the name on the server; an entry that is not whole is left out."""
        text = f"""SELECT ?graph ?triples ?digest ?sent ?mark WHERE {{ GRAPH <{self._record}> {{
            <{self._record}> <{_VOID}subset> ?graph .
            ?graph <{_VOID}triples> ?triples ; <{_DIGEST}> ?digest ; <{_VOID}subset> ?part .
            ?part <{_VOID}triples> ?sent ; <{_DIGEST}> ?mark }} }}"""
        found: dict[str, Entry] = {}
        for row in self._select(text):
            values = {name: term["value"] for name, term in row.items()}
            whole, sent = int(values["triples"]), int(values["sent"])
            if values["graph"].startswith(self.prefix):
                found[values["graph"]] = Entry((whole, values["digest"]), (sent, values["mark"]))
        return found

    def note(self, graph: str, entry: Entry) -> None:
        """Writes what the record says of a graph in place of what it said."""
        part = self._part(graph)
        self._update(f"""{self._forgetting(graph)} ;
            INSERT DATA {{ GRAPH <{self._record}> {{ <{self._record}> <{_VOID}subset> <{graph}> .
                <{graph}> <{_VOID}subset> <{part}> . {_said(graph, entry.whole)} {_said(part, entry.sent)} }} }}""")

    def forget(self, graph: str) -> None:
        """Takes a graph out of the record."""
        self._update(self._forgetting(graph))

    def conclude(self, whole: tuple[int, str] | None) -> None:
        """Writes what all graphs hold together, or, before anything is changed, that it is not known."""
        wipe = " ; ".join(
            f"DELETE WHERE {{ GRAPH <{self._record}> {{ <{self._record}> <{term}> ?o }} }}"
            for term in (f"{_VOID}triples", _DIGEST)
        )
        said = f" ; INSERT DATA {{ GRAPH <{self._record}> {{ {_said(self._record, whole)} }} }}" if whole else ""
        self._update(wipe + said)

    def concluded(self) -> tuple[int, str] | None:
        """What all graphs were found to hold together when the last publication ended; None if none has ended since
        something was changed."""
        rows = self._select(f"""SELECT ?triples ?digest WHERE {{ GRAPH <{self._record}> {{
            <{self._record}> <{_VOID}triples> ?triples ; <{_DIGEST}> ?digest }} }}""")
        return (int(rows[0]["triples"]["value"]), rows[0]["digest"]["value"]) if len(rows) == 1 else None

    def drop(self, graph: str) -> None:
        """Takes all triples out of a graph."""
        for _ in range(self.count(graph) // _PART if self._bulk else 0):
            some = f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT {_PART}"
            self._update(f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ {some} }}")
        self._update(f"DROP SILENT GRAPH <{graph}>")

    def count(self, graph: str) -> int:
        """How many triples a graph has on the server."""
        rows = self._select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        return int(rows[0]["n"]["value"])

    def add(self, graph: str, quads: list[Any]) -> None:
        """Adds triples to a graph; those that it has stay as they are."""
        self._send("POST", self._at(graph) + (self._bulk if len(quads) >= _MANY else ""), quads)

    def remove(self, graph: str, quads: list[Any]) -> None:
        """Takes triples out of a graph."""
        for start in range(0, len(quads), _MANY):
            self._update(f"DELETE DATA {{ GRAPH <{graph}> {{ {self._lines(quads[start : start + _MANY])} }} }}")

    def replace(self, graph: str, quads: list[Any]) -> None:
        """Gives a graph these triples and no others, in one request."""
        self._send("PUT", self._at(graph), quads)

    def triples(self, graph: str) -> Iterator[Any]:
        """The triples of a graph on the server, with the names of graphs as at home, as a stream in the server's own
        order; none when there is no such graph."""
        url = self._at(graph)
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
                    yield self._renamed(quad, self._names.got)
            except SyntaxError as error:
                raise ServerError(url, f"gives what is not N-Triples: {error}") from error
            except (OSError, HTTPException) as error:
                raise ServerError(url, f"the connection failed: {error}") from error

    @property
    def _record(self) -> str:
        return f"{self.prefix}publication"

    def _part(self, graph: str) -> str:
        return f"{self._record}/{graph.removeprefix(self.prefix)}"

    def _forgetting(self, graph: str) -> str:
        nodes = (
            f"DELETE WHERE {{ GRAPH <{self._record}> {{ <{node}> ?p ?o }} }}" for node in (graph, self._part(graph))
        )
        link = f"DELETE DATA {{ GRAPH <{self._record}> {{ <{self._record}> <{_VOID}subset> <{graph}> }} }}"
        return " ; ".join((*nodes, link))

    def _select(self, text: str) -> list[dict[str, Any]]:
        return self._clients[self.endpoints.query].select(self.endpoints.query, text)

    def _update(self, text: str) -> None:
        self._clients[self.endpoints.update].update(self.endpoints.update, text)

    def _send(self, method: str, url: str, quads: list[Any]) -> None:
        self._graphs.send(method, url, self._lines(quads).encode(), {"Content-Type": _TRIPLES}).close()

    def _lines(self, quads: list[Any]) -> str:
        return "".join(f"{self._renamed(quad, self._names.sent)} .\n" for quad in quads)

    def _renamed(self, quad: Any, how: Callable[[Any], Any]) -> Any:
        """Its triple. The names of our graphs follow the prefix wherever they stand: gbkg.store.remote asks so."""
        return quad.triple if self._names.same else ox.Triple(*map(how, quad.triple))

    def _at(self, graph: str) -> str:
        return f"{self.endpoints.graphs}{'&' if '?' in self.endpoints.graphs else '?'}graph={quote(graph, safe='')}"


def _checked(prefix: str) -> str:
    try:
        named = ":" in ox.NamedNode(prefix).value and prefix.endswith(("/", "#"))
    except ValueError:
        named = False
    if not named:
        raise GbkgError(f"--graph-prefix: not a prefix of IRIs: {prefix!r}", hint="it ends with / or #")
    return prefix


def _said(node: str, part: tuple[int, str]) -> str:
    return f'<{node}> <{_VOID}triples> {part[0]} ; <{_DIGEST}> "{part[1]}" .'
