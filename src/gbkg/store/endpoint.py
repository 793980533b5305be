"""The address of a server that takes queries: one request, and its answer in the terms of pyoxigraph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from http.client import HTTPException, HTTPResponse
from typing import Any, TypeVar
from urllib.parse import urlencode

import pyoxigraph as ox

from gbkg.core.errors import ServerError
from gbkg.store import replies
from gbkg.store.http import TIMEOUT, Client, credentials, read
from gbkg.store.rename import Names

_WRONG = "is this the address of a SPARQL endpoint?"
_FORM = "application/x-www-form-urlencoded"

Parameters = Sequence[tuple[str, str]]
"""What goes with a query (SPARQL 1.1 Protocol, section 2.1.4): names and values, a name as often as it has values."""
_T = TypeVar("_T")


class Endpoint:
    """Takes queries by POST, since some servers refuse long addresses; raises `ServerError`, in one line, whenever
    there is no whole answer. IRIs of graphs are the server's in what is asked, and ours in what is answered."""

    def __init__(self, url: str, names: Names, timeout: float = TIMEOUT) -> None:
        self.url, self.names = url, names
        self._client = Client(url, credentials(url), timeout)

    @cached_property
    def server(self) -> str:
        """What the server calls itself, such as `Oxigraph/0.5.13`; the empty string when it does not say."""
        with self._send("ASK {}", replies.JSON, ()) as response:
            read(response, self.url)
        return str(response.headers.get("Server", ""))

    @property
    def is_oxigraph(self) -> bool:
        """Whether it says so; its terms are then already what our own engine gives."""
        return self.server.startswith("Oxigraph/")

    def rows(self, text: str, columns: Sequence[str], parameters: Parameters) -> list[Any]:
        """The solutions of a SELECT with these columns."""
        return list(self.solutions(text, columns, parameters))

    def solutions(self, text: str, columns: Sequence[str], parameters: Parameters) -> Any:
        """The same as `pyoxigraph.QuerySolutions`."""
        content, _ = self._post(text, replies.JSON, parameters)
        return self._made(lambda: replies.solutions(content, columns, self.names, self.is_oxigraph))

    def truth(self, text: str, parameters: Parameters) -> Any:
        """The answer to an ASK as `pyoxigraph.QueryBoolean`."""
        content, _ = self._post(text, replies.JSON, parameters)
        return self._made(lambda: replies.truth(content))

    def triples(self, text: str, parameters: Parameters) -> Any:
        """The answer to a CONSTRUCT or DESCRIBE as `pyoxigraph.QueryTriples`."""
        content, kind = self._post(text, replies.TRIPLES, parameters)
        return self._made(lambda: replies.triples(content, kind, self.names))

    def stream(self, text: str, parameters: Parameters) -> Iterator[tuple[Any, Any, Any]]:
        """The triples of a CONSTRUCT while they come, for answers that need not fit into memory."""
        with self._send(text, replies.TRIPLES, parameters) as response:
            form = ox.RdfFormat.from_media_type(response.headers.get_content_type()) or ox.RdfFormat.N_TRIPLES
            try:
                for quad in ox.parse(response, format=form):
                    yield replies.terms(quad, self.names)
            except (OSError, HTTPException, SyntaxError, ValueError) as error:
                raise self._broken(error) from error
            if response.length:
                raise self._broken(ValueError(f"{response.length:,} bytes are lacking"))

    def _post(self, text: str, accept: str, parameters: Parameters) -> tuple[bytes, str]:
        with self._send(text, accept, parameters) as response:
            content = read(response, self.url)
        kind = response.headers.get_content_type()
        if kind in ("text/html", "application/xhtml+xml"):
            raise ServerError(self.url, f"answers with a web page ({kind}) in place of results", hint=_WRONG)
        return content, kind

    def _send(self, text: str, accept: str, parameters: Parameters) -> HTTPResponse:
        body = urlencode([("query", text), *parameters]).encode()
        return self._client.send("POST", self.url, body, {"Content-Type": _FORM, "Accept": accept})

    def _made(self, make: Callable[[], _T]) -> _T:
        try:
            return make()
        except (ValueError, SyntaxError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> ServerError:
        said = (str(error) or type(error).__name__).splitlines()[0]
        return ServerError(self.url, f"its answer breaks off, or is none: {said}", hint=_WRONG)
