"""A server that takes queries: each is sent in its terms, and answered in the terms of our own engine.

SPARQL 1.1 Query Results JSON Format, https://www.w3.org/TR/sparql11-results-json/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, TypeVar, cast
from urllib.parse import urljoin

import pyoxigraph as ox

from gbkg.core.errors import ServerError
from gbkg.core.nquads import stored
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.tokens import Token, tokens
from gbkg.store.http import TIMEOUT, Client, Parameters, read

OURS = PREFIXES["graph"]
JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
_WRONG = "is this the address of a SPARQL endpoint?"
_TRUE, _FALSE = (True, 1, "1", "true"), (False, 0, "0", "false")
_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_T = TypeVar("_T")
_AnyTerm = TypeVar("_AnyTerm", bound=ox.NamedNode | ox.BlankNode | ox.Literal | ox.DefaultGraph | ox.Triple)


@dataclass(frozen=True)
class GraphNames:
    """Our graph IRIs here and on a server, where `prefix` stands in place of `https://w3id.org/gbkg/graph/`."""

    prefix: str = OURS

    @property
    def same(self) -> bool:
        return self.prefix == OURS

    def sent(self, term: _AnyTerm) -> _AnyTerm:
        """Our term as the server has it."""
        return self._moved(term, OURS, self.prefix)

    def got(self, term: _AnyTerm) -> _AnyTerm:
        """The server's term as we have it."""
        return self._moved(term, self.prefix, OURS)

    def text(self, text: str) -> str:
        """A query as it is sent: what it does not declare of our prefixes is declared, on its first line; IRIs of our
        graphs, written out or with a prefix, are those of the server, and what stands in strings is left alone."""
        whole = _Prologue(tokens(text))
        lacking = "".join(f"PREFIX {p}: <{iri}> " for p, iri in PREFIXES.items() if p not in whole.declared)
        if self.same:
            return lacking + text
        made, at = [lacking], 0
        for token in whole.body:
            iri = whole.full(token)
            if iri.startswith(OURS):
                made += [text[at : token.start], f"<{self.prefix}{iri.removeprefix(OURS)}>"]
                at = token.start + len(token.text)
        return "".join((*made, text[at:]))

    def _moved(self, term: _AnyTerm, here: str, there: str) -> _AnyTerm:
        if self.same or not isinstance(term, ox.NamedNode) or not term.value.startswith(here):
            return term
        return cast(_AnyTerm, ox.NamedNode(there + term.value.removeprefix(here)))


class _Prologue:
    """What a text declares, and the IRIs and prefixed names after that."""

    def __init__(self, found: tuple[Token, ...]) -> None:
        self._base = ""
        self.declared: dict[str, str] = {}
        self.body: list[Token] = []
        before = ["", ""]
        for token in found:
            if before[0] == "PREFIX" and token.kind == "iri":
                self.declared[before[1].removesuffix(":")] = self._absolute(token)
            elif before[1] == "BASE" and token.kind == "iri":
                self._base = self._absolute(token)
            elif token.kind in ("iri", "name") and before[1] != "PREFIX":
                self.body.append(token)
            before = [before[1], token.text]

    def full(self, token: Token) -> str:
        """The IRI that a token stands for; the empty string when its prefix is unknown."""
        if token.kind == "iri":
            return self._absolute(token)
        prefix, _, local = token.text.partition(":")
        namespace = self.declared.get(prefix, PREFIXES.get(prefix))
        return "" if namespace is None else namespace + _ESCAPED.sub(r"\1", local)

    def _absolute(self, token: Token) -> str:
        iri = _ESCAPED.sub(lambda match: chr(int(match[1][1:], 16)), token.text[1:-1])
        return urljoin(self._base, iri) if self._base else iri


class Endpoint:
    """Takes queries; raises `ServerError`, in one line, whenever there is no whole answer. Texts are sent as they are;
    in answers, graphs have their names here and literals the form that our engine gives them (`nquads.stored`)."""

    def __init__(self, url: str, names: GraphNames, timeout: float = TIMEOUT) -> None:
        self.url, self.names = url, names
        self._client = Client(url, timeout=timeout)
        self._server: str | None = None

    @property
    def server(self) -> str:
        """What the server calls itself, such as `Oxigraph/0.5.13`; the empty string when it does not say."""
        if self._server is None:
            self._get("ASK {}", JSON, ())
        return self._server or ""

    @property
    def is_oxigraph(self) -> bool:
        """Whether it says so; its terms are then already what our own engine gives."""
        return self.server.startswith("Oxigraph/")

    @property
    def is_virtuoso(self) -> bool:
        """Whether it says so; some queries have to be put to it in other words (`store.virtuoso`)."""
        return self.server.startswith("Virtuoso/")

    def rows(self, text: str, columns: Sequence[str], parameters: Parameters = ()) -> list[ox.QuerySolution]:
        """The solutions of a SELECT with these columns."""
        return list(self.solutions(text, columns, parameters))

    def solutions(self, text: str, columns: Sequence[str], parameters: Parameters = ()) -> ox.QuerySolutions:
        """The solutions of a SELECT, its columns in this order, once all of them are there."""
        content, _ = self._get(text, JSON, parameters)
        return self._parsed(lambda: solutions(content, columns, self.names, self.is_oxigraph))

    def truth(self, text: str, parameters: Parameters = ()) -> ox.QueryBoolean:
        """The answer to an ASK."""
        content, _ = self._get(text, JSON, parameters)
        return self._parsed(lambda: truth(content))

    def triples(self, text: str, parameters: Parameters = ()) -> ox.QueryTriples:
        """The answer to a CONSTRUCT or DESCRIBE."""
        content, kind = self._get(text, TRIPLES, parameters)
        return self._parsed(lambda: _triples(content, kind, self.names))

    def stream(self, text: str, parameters: Parameters = ()) -> Iterator[ox.Triple]:
        """The triples of a CONSTRUCT while they come, for answers that need not fit into memory."""
        with self._send(text, TRIPLES, parameters) as response:
            form = ox.RdfFormat.from_media_type(response.headers.get_content_type()) or ox.RdfFormat.N_TRIPLES
            try:
                for quad in ox.parse(response, format=form):
                    yield _triple(quad, self.names)
            except (OSError, HTTPException, SyntaxError, ValueError) as error:
                raise self._unreadable(error) from error
            if response.length:
                raise self._unreadable(ValueError(f"{response.length:,} bytes are lacking"))

    def _get(self, text: str, accept: str, parameters: Parameters) -> tuple[bytes, str]:
        """The body of an answer, and its media type."""
        with self._send(text, accept, parameters) as response:
            content = read(response, self.url)
        kind = response.headers.get_content_type()
        if kind in ("text/html", "application/xhtml+xml"):
            raise ServerError(self.url, f"answers with a web page ({kind}) in place of results", hint=_WRONG)
        return content, kind

    def _send(self, text: str, accept: str, parameters: Parameters) -> HTTPResponse:
        response = self._client.query(text, accept, parameters)
        self._server = str(response.headers.get("Server", ""))
        return response

    def _parsed(self, parse: Callable[[], _T]) -> _T:
        try:
            return parse()
        except (ValueError, SyntaxError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> ServerError:
        said = (str(error) or type(error).__name__).splitlines()[0]
        return ServerError(self.url, f"its answer breaks off, or is none: {said}", hint=_WRONG)


def solutions(content: bytes, columns: Sequence[str], names: GraphNames, plain: bool) -> ox.QuerySolutions:
    """The solutions of a SELECT, its columns in this order.

    A `plain` answer needs only to be read; of another one literals become what our own engine would give
    (`nquads.stored`) and graphs get their names here. Raises `ValueError` or `SyntaxError` when it is no such answer,
    at its very end too: rows are not handed out before all of them have been read.
    """
    if plain and names.same:
        found = _table(content)
        if [variable.value for variable in found.variables] == list(columns):
            return found
    return _table(json.dumps(_translated(json.loads(content), columns, names)).encode())


def truth(content: bytes) -> ox.QueryBoolean:
    """The answer to an ASK. Virtuoso gives a table: a row with 1, or no row. Raises `ValueError` when it is neither."""
    found = json.loads(content)
    value = _truth(found) if isinstance(found, dict) else None
    if value not in _TRUE + _FALSE:
        raise ValueError("neither true nor false")
    made = ox.parse_query_results(
        json.dumps({"head": {}, "boolean": value in _TRUE}), format=ox.QueryResultsFormat.JSON
    )
    assert isinstance(made, ox.QueryBoolean)
    return made


def _truth(found: dict[str, Any]) -> Any:
    if "boolean" in found:
        return found["boolean"]
    if [name.casefold() for name in found["head"]["vars"]] != ["__ask_retval"]:
        return None
    cells = [cell["value"] for row in found["results"]["bindings"] for cell in row.values()]
    return cells[0] if cells else False


def _triples(content: bytes, media_type: str, names: GraphNames) -> ox.QueryTriples:
    """The triples of a CONSTRUCT or DESCRIBE. Raises `SyntaxError`, `ValueError`."""
    form = ox.RdfFormat.from_media_type(media_type) or ox.RdfFormat.N_TRIPLES
    store = ox.Store()
    for quad in ox.parse(content, format=form):
        triple = _triple(quad, names)
        store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    made = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(made, ox.QueryTriples)
    return made


def _triple(quad: ox.Quad, names: GraphNames) -> ox.Triple:
    """The triple as our own engine would give it, graphs with their names here."""
    return ox.Triple(names.got(quad.subject), names.got(quad.predicate), names.got(stored(quad.object)))


def _table(content: bytes) -> ox.QuerySolutions:
    # Twice, because what is broken must be found before its first row is used.
    _read_through(content)
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return found


def _read_through(content: bytes) -> None:
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    try:
        if not isinstance(found, ox.QuerySolutions):
            raise ValueError("no table")
        for _ in found:
            pass
    finally:
        # Solutions must not die in another thread than theirs, where an error that keeps them may be collected.
        del found


def _translated(found: Any, columns: Sequence[str], names: GraphNames) -> dict[str, Any]:
    try:
        rows = [{name: _cell(cell, names) for name, cell in row.items()} for row in found["results"]["bindings"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no table") from error
    return {"head": {"vars": list(columns)}, "results": {"bindings": rows}}


def _cell(cell: dict[str, Any], names: GraphNames) -> dict[str, Any]:
    if cell["type"] == "uri":
        return cell if names.same else {**cell, "value": names.got(ox.NamedNode(cell["value"])).value}
    if cell["type"] not in ("literal", "typed-literal"):
        return cell
    if language := cell.get("xml:lang"):
        return {"type": "literal", "value": cell["value"], "xml:lang": language.lower()}
    if "datatype" not in cell:
        return {"type": "literal", "value": cell["value"]}
    term = stored(ox.Literal(cell["value"], datatype=ox.NamedNode(cell["datatype"])))
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
