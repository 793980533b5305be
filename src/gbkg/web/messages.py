"""The request that a view gets and the response that it gives, made of those of Starlette and into them; and which of
several forms of one thing a client wants (proactive negotiation, RFC 9110, section 12.5.1,
https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request as Received
from starlette.responses import Response as Sent

from gbkg.core.errors import GbkgError

HTML, JSON = "text/html; charset=utf-8", "application/json"
PROBLEM = "application/problem+json"
"""Errors for programs (RFC 9457)."""


class BadRequest(GbkgError):
    """A request with a wrong or missing parameter."""


class Refused(GbkgError):
    """A request that is answered with the error `status` (RFC 9110, section 15)."""

    def __init__(self, status: int, message: str, *, hint: str = "", headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.status, self.headers = status, headers
        super().__init__(message, hint=hint)


class TooBusy(GbkgError):
    """Every worker is busy."""


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
    """A response; `headers` are in addition to those of every response."""

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


_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_STRING = r'"(?:[^"\\]|\\.)*"'
_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})((?:\s*;\s*(?:{_TOKEN}=(?:{_TOKEN}|{_STRING}))?)*)\s*")
_PARAMETER = re.compile(rf";\s*({_TOKEN})=({_TOKEN}|{_STRING})")
_COMMA = re.compile(rf"(?:{_STRING}|[^,\"])+")
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
LONGEST = 4_000
"""Characters of a header that are read."""


class NotAcceptable(Refused):
    """The client accepts none of the available media types: 406, with a list of them."""

    def __init__(self, accept: str, offers: Sequence[str]) -> None:
        asked = accept if len(accept) <= 100 else accept[:99] + "…"
        super().__init__(406, f"there is nothing of the type {asked}", hint=f"there is {', '.join(offers)}")


@dataclass(frozen=True, slots=True)
class MediaRange:
    """A part of an Accept header: type and subtype in lower case, which may be `*`; parameters without the weight;
    weight from 0 (not at all) to 1."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    weight: float = 1.0

    def fit(self, offered: MediaRange) -> int:
        """How specifically it names a media type: 0 not at all, 1 as `*/*`, 2 as `type/*`, more by its whole name and
        then by each parameter."""
        if (self.type, self.subtype) == ("*", "*"):
            return 1
        if self.type != offered.type or self.subtype not in ("*", offered.subtype):
            return 0
        if self.subtype == "*":
            return 2
        return 3 + len(self.parameters) if self.parameters <= offered.parameters else 0


@lru_cache(maxsize=512)
def accepted(accept: str) -> tuple[MediaRange, ...]:
    """The media ranges of an Accept header; what is not in the form of the RFC is left out.

    >>> [(one.subtype, one.weight) for one in accepted("text/html, text/*;q=0.5, nonsense")]
    [('html', 1.0), ('*', 0.5)]
    """
    return tuple(_ranges(accept[:LONGEST]))


def _ranges(accept: str) -> Iterator[MediaRange]:
    for part in _COMMA.findall(accept):
        found = _RANGE.fullmatch(part)
        if found is None or (found[1] == "*" and found[2] != "*"):
            continue
        parameters = {name.lower(): _plain(value) for name, value in _PARAMETER.findall(found[3])}
        weight = parameters.pop("q", "1")
        if _WEIGHT.fullmatch(weight):
            yield MediaRange(found[1].lower(), found[2].lower(), frozenset(parameters.items()), float(weight))


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def choose(accept: str, offers: Sequence[str]) -> str:
    """The offered media type that the client prefers; of equally preferred ones the first, and the first of all when
    the header is empty. Raises `NotAcceptable`.

    >>> choose("application/*, text/turtle;q=0.9", ["text/turtle", "application/ld+json"])
    'application/ld+json'
    """
    ranges = accepted(accept)
    if not accept.strip():
        return offers[0]
    best, weight = "", 0.0
    for offer in offers:
        liked = _weight(ranges, offer)
        if liked > weight:
            best, weight = offer, liked
    if not best:
        raise NotAcceptable(accept, offers)
    return best


def prefers_page(accept: str, others: Sequence[str]) -> bool:
    """Whether the client prefers a page of HTML to any of these other media types, as browsers do; a program
    that takes anything does not.

    >>> prefers_page("text/html,application/xml;q=0.9,*/*;q=0.8", ["text/turtle"]), prefers_page("*/*", ["text/turtle"])
    (True, False)
    """
    try:
        return bool(accept) and choose(accept, (*others, "text/html")) == "text/html"
    except NotAcceptable:
        return False


def _weight(ranges: Sequence[MediaRange], offer: str) -> float:
    """The weight of the most specific range that names a media type; 0 if none does. A charset of the offer is ours to
    choose, and a range need not name it."""
    offered = accepted(offer)[0]
    fits = [(one.fit(offered), one.weight) for one in ranges]
    most = max((fit for fit, _ in fits), default=0)
    return max(weight for fit, weight in fits if fit == most) if most else 0.0


LARGEST = 1_000_000
"""Bytes of the body of a request."""
FORM = "application/x-www-form-urlencoded"


async def request_of(received: Received) -> Request:
    """The request for a view. Raises `Refused` when its body is too large."""
    body = b""
    async for chunk in received.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Refused(413, f"the request has more than {LARGEST:,} bytes")
    kind = received.headers.get("content-type", "")
    query = parse_qsl(received.url.query, keep_blank_values=True, max_num_fields=1000)
    if kind.partition(";")[0].strip().lower() == FORM:
        query += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10_000)
    return Request(
        method=received.method,
        path=received.url.path,
        names={name: str(value) for name, value in received.path_params.items()},
        query=tuple(query),
        accept=", ".join(received.headers.getlist("accept")),
        body=body,
        type=kind,
        base=f"{received.url.scheme}://{received.headers.get('host', '')}",
    )


def sent(response: Response, version: str) -> Sent:
    made = Sent(response.body, response.status, media_type=response.type)
    for name, value in response.headers:
        made.headers.append(name, value)
    made.headers.add_vary_header("Accept")
    made.headers["Gbkg-Version"] = version
    return made
