"""Requests as views get them, and their responses as Starlette sends them."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request as Received
from starlette.responses import Response as Sent

from gbkg.web.messages import Refused, Request, Response

LARGEST = 1_000_000
"""Bytes of the body of a request."""
FORM = "application/x-www-form-urlencoded"


async def request_of(received: Received) -> Request:
    """The request for a view. Raises `Refused` when its body is too large."""
    body = b""
    async for piece in received.stream():
        body += piece
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
