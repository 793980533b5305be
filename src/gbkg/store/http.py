"""Requests to a SPARQL server: what goes along with them, what is followed, and errors in one line.

SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/, by SPARQLWrapper; everything else (the Graph Store HTTP
Protocol) by `Client.send`. Credentials go to the server they are for and to no other.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, NoReturn
from urllib import request as urls
from urllib.error import HTTPError, URLError

from gbkg.core.errors import ServerError, without_secrets
from gbkg.core.version import __version__
from gbkg.store.address import HOW, Credentials, credentials, is_loopback, origin

__all__ = ["TIMEOUT", "Client", "Credentials", "credentials", "read"]

TIMEOUT = 600.0
"""Seconds that a server may stay silent."""
_HINTS = {
    400: "",
    401: HOW,
    403: "the server may be read-only, or the user may not write",
    404: "is this the address of a SPARQL endpoint?",
    405: "is this the address of a SPARQL endpoint that takes this kind of request?",
    406: "is this the address of a SPARQL endpoint?",
    413: "it wants smaller requests: try a smaller --batch",
    429: "try again later",
    503: "try again later",
    507: "free space on the server",
}
_FULL = re.compile(r"no space left|disk (is )?full|not enough space|quota exceeded", re.I)


class Client:
    """Sends requests to one server, with the credentials for it.

    A challenge is answered once and the answer sent along from then on, so that no body goes twice.
    """

    def __init__(self, url: str, login: Credentials | None = None, timeout: float = TIMEOUT) -> None:
        self.origin, self.timeout = origin(url), timeout
        # A proxy must not see what is meant for the own machine.
        proxies = [urls.ProxyHandler({})] if is_loopback(self.origin[1]) else []
        self._opener = urls.build_opener(*proxies, _Redirects(), _Login(self.origin, login or Credentials()))

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> HTTPResponse:
        """The answer, status 200 to 299, its body not read yet (close it: it is a context manager).

        Raises `ServerError` for anything else.
        """
        made = urls.Request(url, data=body, headers=dict(headers or {}), method=method)
        return self._open(made, timeout)

    def query(self, endpoint: str, text: str, accept: str, timeout: float | None = None) -> HTTPResponse:
        """The answer to a SPARQL query as a stream in this media type (the server may choose another: see
        `response.headers.get_content_type()`). Raises `ServerError`."""
        return self._sparql(endpoint, None, text, accept, timeout)

    def update(self, endpoint: str, text: str, timeout: float | None = None) -> None:
        """Has a SPARQL Update done. Raises `ServerError`."""
        self._sparql(endpoint, endpoint, text, "*/*", timeout).close()

    def select(self, endpoint: str, text: str, timeout: float | None = None) -> list[dict[str, Any]]:
        """The solutions of a SELECT: variable to `{"type": …, "value": …}`, as in SPARQL 1.1 Query Results JSON.

        Raises `ServerError`, also when the answer is none.
        """
        with self.query(endpoint, text, "application/sparql-results+json", timeout) as response:
            content = read(response, endpoint)
        try:
            solutions: list[dict[str, Any]] = json.loads(content)["results"]["bindings"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ServerError(endpoint, "does not answer as a SPARQL server does", hint=_HINTS[404]) from error
        return solutions

    def _sparql(self, endpoint: str, update: str | None, text: str, accept: str, timeout: float | None) -> HTTPResponse:
        from SPARQLWrapper import POST, SPARQLWrapper

        wrapper = SPARQLWrapper(endpoint, update, agent=_agent())
        # Not setQuery: it guesses from the text what is asked, and warns when it cannot.
        wrapper.queryString, wrapper.queryType = text, "INSERT" if update else "SELECT"
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        made = wrapper._createRequest()
        made.add_header("Accept", accept)
        return self._open(made, timeout)

    def _open(self, made: urls.Request, timeout: float | None) -> HTTPResponse:
        made.add_header("User-agent", _agent())
        try:
            response = self._opener.open(made, timeout=timeout or self.timeout)
        except HTTPError as error:
            with error:
                _refused(made, error)
        except (OSError, HTTPException, UnicodeError, ValueError) as error:
            raise _broken(made.full_url, error) from error
        assert isinstance(response, HTTPResponse)
        return response


def read(response: HTTPResponse, url: str) -> bytes:
    """The whole body. Raises `ServerError` when it breaks off."""
    try:
        return response.read()
    except (OSError, HTTPException) as error:
        raise _broken(url, error) from error


def _agent() -> str:
    return f"gbkg/{__version__}"


class _Redirects(urls.HTTPRedirectHandler):
    """Follows GET and HEAD; what carries a body would lose it, so that its sender must name the right address."""

    def redirect_request(self, req: urls.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if req.get_method() not in ("GET", "HEAD"):
            fp.close()
            hint = f"it sends us to {without_secrets(newurl)}: give that address, if you trust it"
            raise ServerError(req.full_url, "is not the address of the endpoint", status=code, hint=hint)
        origin(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Login(urls.AbstractDigestAuthHandler, urls.BaseHandler):
    """Adds Authorization to requests to one origin: the token at once, user and password as the server asks (RFC 7616,
    RFC 7617), the stronger first. The header is one that a redirect leaves behind."""

    def __init__(self, origin: tuple[str, str, int], login: Credentials) -> None:
        passwords = urls.HTTPPasswordMgrWithDefaultRealm()
        super().__init__(passwords)
        self._origin, self._login = origin, login
        self._challenge: dict[str, str] | None = None
        self._basic = False
        scheme, host, port = origin
        shown_host = f"[{host}]" if ":" in host else host
        passwords.add_password(None, f"{scheme}://{shown_host}:{port}/", login.user, login.password)

    def http_request(self, request: urls.Request) -> urls.Request:
        if origin(request.full_url) == self._origin and (value := self._authorization(request)):
            request.add_unredirected_header("Authorization", value)
        return request

    https_request = http_request

    def http_error_401(self, request: urls.Request, _fp: Any, _code: int, _msg: str, headers: Any) -> Any:
        if not self._login.user or getattr(request, "answered", False) or origin(request.full_url) != self._origin:
            return None
        asked = headers.get_all("WWW-Authenticate") or []
        digest = next((value for value in asked if value.lower().startswith("digest ")), None)
        self._challenge = urls.parse_keqv_list(urls.parse_http_list(digest[7:])) if digest else None
        self._basic = not digest and any("basic" in value.lower() for value in asked)
        if not digest and not self._basic:
            return None
        request.answered = True  # type: ignore[attr-defined]
        return self.parent.open(request, timeout=request.timeout)

    def _authorization(self, request: urls.Request) -> str:
        if self._login.token:
            return f"Bearer {self._login.token}"
        if self._basic:
            return "Basic " + base64.b64encode(f"{self._login.user}:{self._login.password}".encode()).decode()
        answer = self._challenge and self.get_authorization(request, self._challenge)
        return f"Digest {answer}" if answer else ""


def _refused(made: urls.Request, error: HTTPError) -> NoReturn:
    try:
        body = error.read(2000).decode("utf-8", "replace")
    except (OSError, HTTPException):
        body = ""
    # After a redirect it is another server that speaks, and our credentials stayed behind.
    url = error.url or made.full_url
    if _FULL.search(body):
        raise ServerError(url, "the server's disk is full", status=error.code, body=body, hint=_HINTS[507])
    if error.code == 401:
        given = url == made.full_url and made.has_header("Authorization")
        said = "the server refuses the credentials" if given else "wants credentials"
    else:
        tags = r"<[^>]*>|" if error.headers.get_content_type() == "text/html" else ""
        first = re.sub(rf"({tags}\s)+", " ", body).strip()[:200]
        said = f"the server answers {error.code} {error.reason or ''}".rstrip() + (f": {first}" if first else "")
    raise ServerError(url, said, status=error.code, body=body, hint=_HINTS.get(error.code, ""))


def _broken(url: str, error: Exception) -> ServerError:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return ServerError(url, "the server does not answer in time")
    if isinstance(cause, ConnectionRefusedError):
        return ServerError(url, "no server answers there", hint="is it running, and is the port right?")
    said = " ".join((getattr(cause, "strerror", None) or str(cause) or type(cause).__name__).split())
    return ServerError(url, f"the connection failed: {said}")
