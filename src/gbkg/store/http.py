"""Requests to a SPARQL server: whose credentials go with them, what is refused, and errors in one line.

SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/, and Graph Store HTTP Protocol,
https://www.w3.org/TR/sparql11-http-rdf-update/. Credentials go to the server they are for and to no other: no redirect
is followed, and no proxy sees what is meant for this machine.
"""

from __future__ import annotations

import base64
import netrc
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib import request as urls
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from gbkg.core import __version__
from gbkg.core.errors import GbkgError, ServerError, without_secrets

TIMEOUT = 600.0
"""Seconds that a server may stay silent."""
_CREDENTIALS = "set GBKG_ENDPOINT_USER and GBKG_ENDPOINT_PASSWORD, or GBKG_ENDPOINT_TOKEN, or write them into ~/.netrc"
_ADDRESS = "is this the address of a SPARQL endpoint?"
_HINTS = {
    401: _CREDENTIALS,
    403: "the server may be read-only, or the user may not write",
    404: _ADDRESS,
    405: "is this the address of a SPARQL endpoint that takes this kind of request?",
    406: _ADDRESS,
    413: "it takes only smaller requests: try a smaller --batch",
    429: "try again later",
    503: "try again later",
    507: "free space on the server",
}
"""What to do about a status of HTTP."""
_FULL = re.compile(r"no space left|disk (is )?full|not enough space|quota exceeded", re.I)

Parameters = Sequence[tuple[str, str]]
"""What goes with a query (SPARQL 1.1 Protocol, section 2.1.4): names and values, a name as often as it has values."""


@dataclass(frozen=True)
class Credentials:
    """Either a user with a password (Basic or Digest, as the server asks) or a bearer token; not shown by `repr`."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


class Client:
    """Sends requests to one server, with the credentials for it.

    A challenge is answered once and the answer sent along from then on, so that no body goes twice.
    """

    def __init__(self, url: str, login: Credentials | None = None, timeout: float = TIMEOUT) -> None:
        """`login` is what `credentials` finds if it is None; raises `ServerError` as that does."""
        self.url, self.timeout = url, timeout
        login = login or credentials(url) or Credentials()
        proxies = [urls.ProxyHandler({})] if _is_loopback(_split(url).hostname or "") else []
        self._opener = urls.build_opener(*proxies, _Redirects(), _Login(url, login))

    def send(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        """The answer, status 200 to 299, its body not read yet (close it: it is a context manager).

        Raises `ServerError` for anything else.
        """
        request = urls.Request(url, data=body, headers=dict(headers or {}), method=method)
        request.add_header("User-agent", f"gbkg/{__version__}")
        try:
            response = self._opener.open(request, timeout=self.timeout)
        except HTTPError as error:
            with error:
                _refused(request, error)
        except (OSError, HTTPException, UnicodeError, ValueError) as error:
            raise broken(url, error) from error
        assert isinstance(response, HTTPResponse)
        return response

    def query(self, text: str, accept: str, parameters: Parameters = ()) -> HTTPResponse:
        """The answer to a SPARQL query, as that of `send`; by POST, since some servers refuse long addresses."""
        return self._post([("query", text), *parameters], accept)

    def update(self, text: str) -> None:
        """Executes a SPARQL Update. Raises `ServerError`."""
        self._post([("update", text)], "*/*").close()

    def _post(self, parameters: Parameters, accept: str) -> HTTPResponse:
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        return self.send("POST", self.url, urlencode(parameters).encode(), form)


def read(response: HTTPResponse, url: str) -> bytes:
    """The whole body. Raises `ServerError` when it breaks off."""
    try:
        return response.read()
    except (OSError, HTTPException) as error:
        raise broken(url, error) from error


def broken(url: str, error: Exception) -> ServerError:
    """The error for a connection that failed."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return ServerError(url, "the server does not answer in time")
    if isinstance(cause, ConnectionRefusedError):
        return ServerError(url, "no server answers there", hint="is it running, and is the port right?")
    said = " ".join((getattr(cause, "strerror", None) or str(cause) or type(cause).__name__).split())
    return ServerError(url, f"the connection failed: {said}")


def credentials(url: str, environment: Mapping[str, str] | None = None) -> Credentials | None:
    """The credentials for a server: from GBKG_ENDPOINT_TOKEN, or GBKG_ENDPOINT_USER and GBKG_ENDPOINT_PASSWORD, else
    from the entry of netrc (NETRC, ~/.netrc) for the host; None when there is nothing.

    Raises `ServerError` when the address is not http(s) or has a password in it, when netrc cannot be read, and when
    there are credentials but the address is plain http to another machine; `GbkgError` for a token that is none.
    """
    found = os.environ if environment is None else environment
    parts = _split(url)
    login = _from_environment(found) or _from_netrc(url, parts.hostname or "", found)
    if login and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise ServerError(url, "credentials are not sent over plain http to another machine", hint="use https")
    return login


class _Redirects(urls.HTTPRedirectHandler):
    """Follows no redirect: credentials, and triples, go to the address that was given or nowhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Login(urls.AbstractDigestAuthHandler, urls.BaseHandler):
    """Adds Authorization: a token at once, user and password as the server asks (RFC 7616, RFC 7617), the stronger
    first."""

    def __init__(self, url: str, login: Credentials) -> None:
        passwords = urls.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, urljoin(url, "/"), login.user, login.password)
        super().__init__(passwords)
        self._login = login
        self._challenge: dict[str, str] | None = None
        self._basic = False

    def http_request(self, request: urls.Request) -> urls.Request:
        if value := self._authorization(request):
            request.add_header("Authorization", value)
        return request

    https_request = http_request

    def http_error_401(self, request: urls.Request, answer: Any, _code: int, _msg: str, headers: Any) -> Any:
        if not self._login.user or getattr(request, "answered", False):
            return None
        offered = headers.get_all("WWW-Authenticate") or []
        digest = next((value for value in offered if value.lower().startswith("digest ")), None)
        self._challenge = urls.parse_keqv_list(urls.parse_http_list(digest[7:])) if digest else None
        self._basic = not digest and any("basic" in value.lower() for value in offered)
        if not digest and not self._basic:
            return None
        answer.close()
        request.answered = True  # type: ignore[attr-defined]
        return self.parent.open(request, timeout=request.timeout)

    def _authorization(self, request: urls.Request) -> str:
        if self._login.token:
            return f"Bearer {self._login.token}"
        if self._basic:
            return "Basic " + base64.b64encode(f"{self._login.user}:{self._login.password}".encode()).decode()
        answer = self._challenge and self.get_authorization(request, self._challenge)
        return f"Digest {answer}" if answer else ""


def _refused(request: urls.Request, error: HTTPError) -> NoReturn:
    """Raises `ServerError` for an answer with a status from 300 on."""
    url, status, hint = request.full_url, error.code, _HINTS.get(error.code, "")
    try:
        body = error.read(2000).decode("utf-8", "replace")
    except (OSError, HTTPException):
        body = ""
    if _FULL.search(body):
        message, hint = "the server's disk is full", _HINTS[507]
    elif status < 400:
        message = "is not the address of the endpoint"
        elsewhere = without_secrets(urljoin(url, error.headers.get("Location", "")))
        hint = f"it sends us to {elsewhere}: give that address, if you trust it"
    elif status == 401:
        given = request.has_header("Authorization")
        message = "the server refuses the credentials" if given else "requires credentials"
    else:
        tags = r"<[^>]*>|" if error.headers.get_content_type() == "text/html" else ""
        first = re.sub(rf"({tags}\s)+", " ", body).strip()[:200]
        message = f"the server answers {status} {error.reason or ''}".rstrip() + (f": {first}" if first else "")
    raise ServerError(url, message, status=status, body=body, hint=hint)


def _from_environment(found: Mapping[str, str]) -> Credentials | None:
    user, password = found.get("GBKG_ENDPOINT_USER", ""), found.get("GBKG_ENDPOINT_PASSWORD", "")
    if token := found.get("GBKG_ENDPOINT_TOKEN", "").strip():
        if not (token.isascii() and token.isprintable()):
            hint = "it is one line of letters, digits and signs"
            raise GbkgError("GBKG_ENDPOINT_TOKEN is not a token", hint=hint)
        return Credentials(token=token)
    return Credentials(user, password) if user else None


def _from_netrc(url: str, host: str, found: Mapping[str, str]) -> Credentials | None:
    path = found.get("NETRC") or os.path.expanduser("~/.netrc")  # noqa: PTH111
    try:
        entry = netrc.netrc(path).hosts.get(host)
    except OSError:
        return None
    except netrc.NetrcParseError as error:
        # Its message may quote the file.
        raise ServerError(url, f"{path}, line {error.lineno}: cannot be read as netrc") from None
    return Credentials(entry[0], entry[2] or "") if entry else None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        valid = False
    if not valid:
        raise ServerError(url, "not an address of a server", hint="write it as http://HOST:PORT/PATH or https://…")
    if "@" in parts.netloc:
        raise ServerError(url, "credentials do not belong into an address", hint=_CREDENTIALS)
    return parts


def _is_loopback(host: str) -> bool:
    """Whether this is the own machine, whatever a name server says."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
