"""The graph on a SPARQL server (SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from time import monotonic
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, NotCoveredError
from gbkg.core.nquads import GRAPHS, digest, line, stored
from gbkg.core.prefixes import PREFIXES, full
from gbkg.core.terms import Quad, Term
from gbkg.sparql import parse, scan
from gbkg.sparql.clauses import Graphs
from gbkg.sparql.tokens import tokens
from gbkg.sparql.tree import Constant, Element, Exists, GraphPattern, Path, Select, Triple, Variable
from gbkg.store import virtuoso
from gbkg.store.base import ONTOLOGY, Answer, Store
from gbkg.store.endpoint import OURS, Endpoint, GraphNames
from gbkg.store.http import TIMEOUT, Parameters

_RECORD = "publication"
"""The graph in which `gbkg publish` says what it has published."""
_DIGEST = PREFIXES["gbkg"] + "contentDigest"
_BATCH = 300
"""Terms that are looked up in one request."""
_GRAPHS = frozenset(OURS + name for name in GRAPHS)
_NOTHING = OURS + "nothing"
"""A graph that has nothing in it."""
_USES = (
    "SELECT ?term ?use { VALUES ?term { TERMS } "
    + " UNION ".join(
        f'{{ VALUES ?term {{ TERMS }} FILTER EXISTS {{ {pattern} }} BIND("{use}" AS ?use) }}'
        for use, pattern in {
            "property": "GRAPH ?g { ?s ?term ?o }",
            "class": "GRAPH ?g { ?s a ?term }",
            "graph": "GRAPH ?term { ?s ?p ?o }",
            "ontology": "GRAPH ONTOLOGY { { ?term ?p ?o } UNION { ?s ?p ?term } }",
            "data": "GRAPH ?g { { ?term ?p ?o } UNION { ?s ?p ?term } } FILTER(?g != ONTOLOGY)",
        }.items()
    )
    + " }"
)
"""Where each of some terms stands: see `gbkg.store.base.Store.uses`."""

Pattern = tuple[Term | None, ...]
"""Subject, predicate, object, graph; None is open."""


class Remote(Store):
    """The graph on a server, read only; what has been looked up is remembered.

    `graph_prefix` is where the server has its named graphs, in place of `https://w3id.org/gbkg/graph/`: graph IRIs in
    queries are translated, wherever they stand outside strings, and those in answers translated back. `timeout` is how
    many seconds the server may stay silent.

    Every method raises `ServerError`, in one line, when the server is not reached or does not answer as it should; the
    constructor when the address is none, has a password in it, or would take credentials over plain http to another
    machine (`gbkg.store.http.credentials` says where they come from).
    """

    def __init__(self, endpoint: str, graph_prefix: str | None = None, *, timeout: float = TIMEOUT) -> None:
        if graph_prefix is not None and full(f"<{graph_prefix}>") is None:
            raise GbkgError(f"{graph_prefix!r} is not a full IRI", hint=f"a graph prefix is one, such as {OURS}")
        self.names = GraphNames(graph_prefix or OURS)
        self.endpoint = Endpoint(endpoint, self.names, timeout)
        self._dataset = Dataset(self.endpoint)
        self._known: dict[Pattern, list[Quad]] = {}

    def query(self, text: str, graphs: Graphs | None = None) -> Answer:
        """What the server answers, as the store in memory gives it.

        Raises `SyntaxError` (lineno, offset) when the text is not SPARQL query and `NotCoveredError` when it has
        SERVICE, or for a Virtuoso what that would answer wrongly (`store.virtuoso`), before it is sent.
        """
        if any(token.kind == "word" and token.text == "SERVICE" for token in tokens(text)):
            raise NotCoveredError("SERVICE", why="a query sees this graph alone")
        columns = _columns(text)
        parameters = self._dataset.of(text) if graphs is None else self._parameters(graphs)
        whole = _select(text) if self.endpoint.is_virtuoso else None
        sent = self.names.text(virtuoso.worded(whole, self._edges) if whole else text)
        if isinstance(columns, tuple):
            found = self.endpoint.solutions(sent, columns, parameters)
            return virtuoso.in_order(whole, found) if whole else found
        return (self.endpoint.truth if columns is ox.QueryBoolean else self.endpoint.triples)(sent, parameters)

    def _edges(self, step: ox.NamedNode) -> Iterator[tuple[Term, Term]]:
        """Subject and object of the triples with a property."""
        return ((quad.subject, quad.object) for quad in self.quads(None, step))

    def _parameters(self, graphs: Graphs) -> Parameters:
        """The graphs as the protocol names them. A server may fetch what it does not have, so in place of the name of
        another graph than ours it is sent one of ours that nobody fills."""
        given = (("default-graph-uri", graphs.default), ("named-graph-uri", graphs.named))
        known = [(kind, iri if iri in _GRAPHS else _NOTHING) for kind, iris in given for iri in iris]
        return [(kind, self.names.sent(ox.NamedNode(iri)).value) for kind, iri in known]

    def quads(self, subject: Any = None, predicate: Any = None, object: Any = None, graph: Any = None) -> Iterator[Any]:
        """The quads that match, None standing for any term; requested once, then remembered."""
        pattern = (subject, predicate, stored(object), graph)
        if pattern not in self._known:
            self._known[pattern] = self._look_up(pattern)
        return iter(self._known[pattern])

    def quads_of(
        self, subjects: Collection[Term], predicate: Term | None = None, graph: Term | None = None
    ) -> Iterator[Quad]:
        """The quads whose subject is among these terms, in their order; some hundred terms to a request."""
        return self._with(0, subjects, (None, predicate, None, graph))

    def quads_to(
        self, objects: Collection[Term], predicate: Term | None = None, graph: Term | None = None
    ) -> Iterator[Quad]:
        """The quads whose object is among these terms, in their order; some hundred terms to a request."""
        return self._with(2, map(stored, objects), (None, predicate, None, graph))

    def uses(self, terms: Iterable[Term]) -> dict[Term, frozenset[str]]:
        """As for any store, with one request for all terms that are not known yet."""
        wanted = list(terms)
        lacking = [term for term in wanted if term not in self._uses]
        if lacking:
            found: dict[Term, set[str]] = {term: set() for term in lacking}
            text = _USES.replace("TERMS", " ".join(map(self._text, lacking)))
            text = text.replace("ONTOLOGY", self._text(ONTOLOGY))
            for term, use in self.endpoint.rows(text, ("term", "use"), self._dataset.named):
                found[term].add(use.value)
            self._uses |= {term: frozenset(uses) for term, uses in found.items()}
        return {term: self._uses[term] for term in wanted}

    def __len__(self) -> int:
        """The number of quads in our graphs, counted once."""
        return self._count

    @cached_property
    def _count(self) -> int:
        parameters = () if self._dataset.others() == frozenset() else self._dataset.named
        (row,) = self.endpoint.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", ("n",), parameters)
        return int(row[0].value)

    @property
    def exact(self) -> bool:
        return not self.endpoint.is_virtuoso

    @property
    def scannable(self) -> bool:
        """False: each answer is sent over the network, and looking up a few nodes sends less."""
        return False

    def __iter__(self) -> Iterator[ox.Quad]:
        """Every quad, graph by graph, as a stream; they are not remembered."""
        for name, iri in zip(GRAPHS, self._dataset.ours, strict=True):
            text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
            graph = ox.NamedNode(OURS + name)
            for triple in self.endpoint.stream(text, self._dataset.named):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)

    @cached_property
    def graphs(self) -> tuple[str, ...]:
        """The local names of those of our graphs in which the server has anything."""
        values = " ".join(f"<{iri}>" for iri in self._dataset.ours)
        text = f"SELECT ?g {{ VALUES ?g {{ {values} }} FILTER EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
        found = {row[0].value for row in self.endpoint.rows(text, ("g",), self._dataset.named)}
        return tuple(name for name in GRAPHS if OURS + name in found)

    @cached_property
    def digest(self) -> str:
        """`nquads.Digest` of the graph: what the record of its publication says; without one, of all quads."""
        record = self.names.prefix + _RECORD
        text = f"SELECT ?digest {{ GRAPH <{record}> {{ <{record}> <{_DIGEST}> ?digest }} }}"
        said = {row[0].value for row in self.endpoint.rows(text, ("digest",), (("named-graph-uri", record),))}
        return said.pop() if len(said) == 1 else digest(map(line, self))

    @property
    def unfinished(self) -> bool:
        """Whether the record says that a publication was begun, and not that it ended."""
        record = self.names.prefix + _RECORD
        text = f"SELECT ?p {{ GRAPH <{record}> {{ <{record}> ?p ?o }} }}"
        said = {row[0].value for row in self.endpoint.rows(text, ("p",), (("named-graph-uri", record),))}
        return bool(said) and _DIGEST not in said

    def _look_up(self, pattern: Pattern, at: int = 0, among: Sequence[Term] = ()) -> list[Quad]:
        """The quads of a pattern; with `among`, those that have one of these terms at one of its open places."""
        if isinstance(pattern[0], ox.Literal) or isinstance(pattern[3], ox.DefaultGraph):
            return []
        columns = [name for name, term in zip("spog", pattern, strict=True) if term is None]
        s, p, o, g = shown = [self._text(term) or f"?{name}" for name, term in zip("spog", pattern, strict=True)]
        values = f"VALUES {shown[at]} {{ {' '.join(map(self._text, among))} }} " if among else ""
        wanted = " ".join(f"?{name}" for name in columns) or "(1 AS ?n)"
        text = f"SELECT {wanted} {{ {values}GRAPH {g} {{ {s} {p} {o} }} }}"
        rows = self.endpoint.rows(text, columns or ("n",), self._dataset.of_look_up)
        return [quad for quad in (_filled(pattern, row) for row in rows) if quad.graph_name.value in _GRAPHS]

    def _with(self, at: int, terms: Iterable[Term], pattern: Pattern) -> Iterator[Quad]:
        """The quads of a pattern that have one of the terms at an open place of it."""

        def at_place(term: Term) -> Pattern:
            return tuple(term if place == at else other for place, other in enumerate(pattern))

        wanted = [term for term in dict.fromkeys(terms) if not (at == 0 and isinstance(term, ox.Literal))]
        lacking = [term for term in wanted if at_place(term) not in self._known]
        for start in range(0, len(lacking), _BATCH):
            found: dict[Term, list[Quad]] = {term: [] for term in lacking[start : start + _BATCH]}
            for quad in self._look_up(pattern, at, list(found)):
                # A server may take 01 for 1, which are two terms.
                found.get(tuple(quad)[at], []).append(quad)
            self._known |= {at_place(term): quads for term, quads in found.items()}
        for term in wanted:
            yield from self._known[at_place(term)]

    def _text(self, term: Term | None) -> str:
        """The term as the server has it, in SPARQL; the empty string for None."""
        if isinstance(term, ox.BlankNode):
            raise GbkgError(f"{term} is a blank node, which no server can look up", hint="give the node an IRI")
        return "" if term is None else str(self.names.sent(term))


def _columns(text: str) -> tuple[str, ...] | type:
    """The columns of a SELECT in the order of our engine; of other queries the type of their answer.

    Raises `SyntaxError` (lineno, offset) when the text is not SPARQL query.
    """
    form = ox.Store().query(text, prefixes=PREFIXES)
    if isinstance(form, ox.QuerySolutions):
        return tuple(variable.value for variable in form.variables)
    return type(form)


def _select(text: str) -> Select | None:
    """The tree of a SELECT, one that was written of a tree included; None of another query, or one that has no tree."""
    try:
        return parse.rewritten(text)
    except (GbkgError, SyntaxError):
        return None


def _filled(pattern: Pattern, row: Iterable[Any]) -> Any:
    """The quad of a pattern with the terms of a solution in its open places."""
    terms = iter(row)
    whole: list[Any] = [next(terms) if term is None else term for term in pattern]
    return ox.Quad(*whole)


UNION = (("union-default-graph", "true"),)
"""Oxigraph's own parameter."""
_FEW = 200
"""Graphs, and predicates, of others up to which it is worth while to see whether a query can meet them."""
FRESH = 1.0
"""Seconds for which it stays known what else the server has: somebody may publish meanwhile."""


class Dataset:
    """Chooses the parameters that go with a query, so that of a server only our named graphs are asked, with their
    union as the default graph, whatever else it holds.

    The protocol can name them with each query, and every server then gives the same. Oxigraph takes about four times as
    long for that as for its own union of everything, so where the two must give the same, its own union is queried.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.ours = tuple(endpoint.names.prefix + name for name in GRAPHS)
        self.named: Parameters = tuple((f"{kind}-graph-uri", iri) for kind in ("default", "named") for iri in self.ours)
        """The parameters that are right on every server."""
        self._others: frozenset[ox.NamedNode] | None = None
        self._read = float("-inf")

    def of(self, text: str) -> Parameters:
        """The parameters for a query of a user."""
        others = self.others()
        return self.named if others is None or (others and meets(text, others)) else UNION

    @property
    def of_look_up(self) -> Parameters:
        """The parameters for a query that only has `GRAPH ?g { … }`, and from whose answer other graphs are then left
        out."""
        return self.named if self.others() is None else ()

    def others(self) -> frozenset[ox.NamedNode] | None:
        """The predicates of the statements that the server has besides our graphs. None when these are many, and when
        it is not Oxigraph."""
        if monotonic() - self._read > FRESH:
            self._others, self._read = self._predicates(), monotonic()
        return self._others

    def _predicates(self) -> frozenset[ox.NamedNode] | None:
        if not self._endpoint.is_oxigraph:
            return None
        text = f"SELECT ?g {{ GRAPH ?g {{}} }} LIMIT {len(self.ours) + _FEW}"
        graphs = {self._endpoint.names.sent(row[0]).value for row in self._endpoint.rows(text, ("g",))}
        if len(graphs) >= _FEW:
            return None
        values = " ".join(f"<{graph}>" for graph in sorted(graphs.difference(self.ours)))
        text = f"SELECT ?p {{ {{ ?s ?p ?o }} UNION {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }} }}"
        rows = self._endpoint.rows(f"{text} LIMIT {_FEW + 1}", ("p",))
        return frozenset(row[0] for row in rows) if len(rows) <= _FEW else None


@lru_cache(maxsize=256)
def meets(text: str, predicates: frozenset[ox.NamedNode]) -> bool:
    """Whether a statement with one of these predicates could change the answer to a query.

    True when in doubt: for all but a SELECT that we can read; for GRAPH with a variable, which sees the names of
    graphs; for a path between two variables that may have length zero, which holds for every node.
    """
    try:
        query = parse.select(text)
    except (GbkgError, SyntaxError):
        return True
    groups = [query.where]
    groups += [part.group for e in scan.expressions(query) for part in e.parts if isinstance(part, Exists)]
    return any(_meets(element, predicates) for group in groups for element in scan.elements(group))


def _meets(element: Element, predicates: frozenset[ox.NamedNode]) -> bool:
    if isinstance(element, GraphPattern):
        return isinstance(element.name, Variable)
    if not isinstance(element, Triple):
        return False
    path = element.predicate
    if isinstance(path, Variable):
        return True
    empty = isinstance(element.subject, Variable) and isinstance(element.object, Variable) and scan.nullable(path)
    return empty or _follows(path, predicates)


def _follows(path: Path | Constant, predicates: frozenset[ox.NamedNode]) -> bool:
    """Whether a path may go along one of these properties; one that excludes some may go along any other."""
    if isinstance(path, Constant):
        return path.term in predicates
    return path.kind == "!" or any(_follows(part, predicates) for part in path.parts)
