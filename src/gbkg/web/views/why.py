"""Why a statement holds, down to the sentences, or what it lacks."""

from __future__ import annotations

from typing import Any

from gbkg.core.errors import GbkgError
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site


def why(site: Site, request: Request) -> Response:
    """A form for subject, predicate and object (`s`, `p`, `o`, as `gbkg why` takes them), and the answer to it."""
    s, p, o = (request.first(name) for name in "spo")
    values: dict[str, Any] = {"s": s, "p": p, "o": o, "found": None, "fault": None}
    if s and p and o:
        try:
            values["found"] = site.kg.why(s, p, o)
        except GbkgError as error:
            if not request.wants_html or request.first("format") == "json":
                raise
            values["fault"] = error
    if values["found"] is not None and request.first("format") == "json":
        return Response.json(values["found"].to_dict())
    return site.page(request, "why.html", status=404 if values["fault"] else 200, **values)


ROUTES = (Route("/why", why),)
