"""The real Oxigraph server, started for a test on a free port of 127.0.0.1 and stopped by it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

HOST = "127.0.0.1"
_SLOWEST = 120.0
"""Seconds that a server may take to answer its first request."""
_TYPES = {
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".trig": "application/trig",
    ".ttl": "text/turtle",
}


@dataclass(frozen=True)
class Server:
    """A server that answers: `base` has no slash at its end."""

    base: str

    @property
    def endpoint(self) -> str:
        """Where it takes queries (SPARQL 1.1 Protocol)."""
        return f"{self.base}/query"

    @property
    def update(self) -> str:
        """Where it takes updates (SPARQL 1.1 Protocol)."""
        return f"{self.base}/update"

    @property
    def store(self) -> str:
        """Where it takes and gives graphs (SPARQL 1.1 Graph Store HTTP Protocol); `?graph=IRI` names one."""
        return f"{self.base}/store"

    def load(self, path: Path, graph: str | None = None) -> None:
        """Adds the statements of a file; its suffix says the syntax. With `graph` those of a file of triples go there;
        a file of quads says itself where each belongs."""
        where = "/store" if graph is None else f"/store?graph={quote(graph, safe='')}"
        if graph is None and path.suffix in (".nt", ".ttl"):
            where = "/store?default"
        self.send("POST", where, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})

    def send(self, method: str, where: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        """What it answers to a request; fails the test when that is an error."""
        connection = HTTPConnection(HOST, urlsplit(self.base).port, timeout=_SLOWEST)
        try:
            connection.request(method, where, body, dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, f"{method} {where}: {answer.status} {content[:500]!r}"
        return content


@contextmanager
def oxigraph(location: Path | None = None, *options: str, serve: str = "serve") -> Iterator[Server]:
    """An Oxigraph server on the data of a folder, or on an empty one that goes with it; `options` are those of
    `oxigraph serve`, or of `serve-read-only`. Skips the test when the program is not installed."""
    program = shutil.which("oxigraph", path=sysconfig.get_path("scripts")) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("needs the program oxigraph (the package of that name)")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        place = str(location or Path(folder) / "data")
        for _ in range(5):  # others may have taken a port that was free a moment ago
            port = free_port()
            command = [program, serve, "--location", place, "--bind", f"{HOST}:{port}", *options]
            process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
            server = Server(f"http://{HOST}:{port}")
            if _answers(server, process) or process.poll() is None:
                break
        try:
            if process.poll() is not None or not _answers(server, process):
                said.seek(0)
                raise AssertionError(f"{' '.join(command)}: {said.read().decode(errors='replace')}")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _SLOWEST
    while time.monotonic() < until and process.poll() is None:
        try:
            server.send("GET", "/query?query=ASK%7B%7D")
        except (OSError, HTTPException):
            time.sleep(0.02)
        else:
            return process.poll() is None
    return False
