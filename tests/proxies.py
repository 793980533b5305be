"""A server between a client and another server: it counts, asks for passwords, and breaks when it is told to."""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

NONCE = "5ca1ab1e"


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def writes(self) -> bool:
        return self.method in ("PUT", "DELETE") or (self.method == "POST" and not self.path.startswith("/query"))


Reply = tuple[int, dict[str, str], bytes]
Rule = Callable[[Request], Reply | None]
"""The reply to a request instead of the other server's; None lets it through; raising `ConnectionError` hangs up."""


@dataclass
class Proxy:
    """A server at `base` that has seen `requests`; `rule` may be changed while it runs."""

    base: str
    rule: Rule
    requests: list[Request] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"{self.base}/query"

    @property
    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.writes]

    @property
    def batches(self) -> list[Request]:
        """The requests that sent triples."""
        return [request for request in self.writes if request.path.startswith("/store")]


@contextmanager
def proxy(target: str = "", rule: Rule = lambda _: None) -> Iterator[Proxy]:
    """A proxy for the server at `target` (scheme, host and port); without one, `rule` answers everything."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, dict(self.headers.items()), body)
            made.requests.append(request)
            try:
                status, headers, content = made.rule(request) or _asked(target, request)
            except ConnectionError:
                self.close_connection = True
                return
            with suppress(ConnectionError):  # a client that was killed does not listen
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(content))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Proxy(f"http://127.0.0.1:{server.server_port}", rule)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def after(batches: int, reply: Reply | None) -> Rule:
    """Lets so many batches of triples through, then replies so to everything; None hangs up."""
    seen = 0

    def rule(request: Request) -> Reply | None:
        nonlocal seen
        seen += request.writes and request.path.startswith("/store")
        if seen <= batches:
            return None
        if reply is None:
            raise ConnectionAbortedError
        return reply

    return rule


def basic(user: str, password: str) -> Rule:
    """Lets in who has this user and password (RFC 7617)."""
    wanted = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def rule(request: Request) -> Reply | None:
        if request.headers.get("Authorization") == wanted:
            return None
        return 401, {"WWW-Authenticate": 'Basic realm="tea"'}, b"who are you?"

    return rule


def digest(user: str, password: str) -> Rule:
    """Lets in who can compute the response of RFC 7616 with MD5 and qop=auth, as Virtuoso asks for it."""

    def hashed(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    def rule(request: Request) -> Reply | None:
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', request.headers.get("Authorization", "")))
        if given.get("nonce") == NONCE and given.get("uri") == request.path:
            rest = f"{NONCE}:{given['nc']}:{given['cnonce']}:auth"
            key = hashed(f"{user}:tea:{password}")
            if given["response"] == hashed(f"{key}:{rest}:{hashed(f'{request.method}:{request.path}')}"):
                return None
        challenge = f'Digest realm="tea", nonce="{NONCE}", opaque="0", stale="false", qop="auth", algorithm="MD5"'
        return 401, {"WWW-Authenticate": challenge}, b""

    return rule


def _asked(target: str, request: Request) -> Reply:
    connection = HTTPConnection(urlsplit(target).netloc, timeout=60)
    try:
        connection.request(request.method, request.path, request.body or None, request.headers)
        answer = connection.getresponse()
        headers = {"Content-Type": answer.getheader("Content-Type") or "text/plain"}
        return answer.status, headers, answer.read()
    finally:
        connection.close()
