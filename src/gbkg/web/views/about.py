"""Whether the server answers, for whoever watches it."""

from __future__ import annotations

from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site


def health(site: Site, request: Request) -> Response:  # noqa: ARG001
    """The version of the graph that is served, and its size in triples."""
    return Response.json({"version": site.version, "triples": len(site.kg.store)})


ROUTES = (Route("/health", health),)
