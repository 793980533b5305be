"""What a view gets and gives: a request as far as it matters, and the whole response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from gbkg.core.errors import GbkgError

HTML, JSON = "text/html; charset=utf-8", "application/json"
PROBLEM = "application/problem+json"
"""Errors for programs (RFC 9457)."""


class BadRequest(GbkgError):
    """A request that is not as its address wants it."""


class Refused(GbkgError):
    """A request to which `status` (RFC 9110, section 15) is the answer."""

    def __init__(self, status: int, message: str, *, hint: str = "", headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.status, self.headers = status, headers
        super().__init__(message, hint=hint)


class TooBusy(GbkgError):
    """All processes that could answer are at work, or the one that was at it ended."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request: `names` are those of the route's address, `query` the parameters of address and form in their order,
    `type` the media type of `body` with its charset, `base` the scheme and host that absolute addresses begin with."""

    method: str = "GET"
    path: str = "/"
    names: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    accept: str = ""
    body: bytes = b""
    type: str = ""
    base: str = "http://127.0.0.1"

    def first(self, name: str, default: str = "") -> str:
        """The first value of a parameter, without blanks at its ends; the default if there is none."""
        return next((value.strip() for key, value in self.query if key == name), default)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that are not empty."""
        return tuple(value.strip() for key, value in self.query if key == name and value.strip())

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A parameter that is a whole number. Raises `BadRequest` for anything else."""
        text = self.first(name)
        if not text:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
            raise BadRequest(f"{name} is a whole number from {least} to {most}, found {text[:40]!r}")
        return int(text)

    def address(self, **changed: str | None) -> str:
        """This address with some parameters changed, those that are None left out."""
        kept = [(key, value) for key, value in self.query if key not in changed]
        query = urlencode([*kept, *((key, value) for key, value in changed.items() if value is not None)])
        return f"{self.path}?{query}" if query else self.path

    @property
    def wants_html(self) -> bool:
        """Whether a person is asking: browsers name HTML, programs that take anything do not."""
        return "text/html" in self.accept or "application/xhtml+xml" in self.accept


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response; `headers` are those of its own, beside what every response has."""

    body: bytes
    type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, value: Any, *, status: int = 200, type: str = JSON, headers: Any = ()) -> Response:
        """A JSON document, members in the order given."""
        text = json.dumps(value, ensure_ascii=False, indent=1)
        return cls(text.encode("utf-8", "backslashreplace") + b"\n", type, status, tuple(headers))

    @classmethod
    def redirect(cls, address: str, status: int = 303, headers: Any = ()) -> Response:
        """A redirection to another address of this server."""
        return cls(b"", "text/plain; charset=utf-8", status, (("Location", address), *headers))
