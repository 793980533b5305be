"""What this is: how it is made, how accurate it is, whose it is; and whether the server answers."""

from __future__ import annotations

from typing import Any

from gbkg.ask.contents import dataset
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site


def about(site: Site, request: Request) -> Response:
    """The dataset about itself, with its accuracy and its documents."""
    values: dict[str, Any] = {
        "dataset": dataset(site.kg.labels),
        "report": site.kg.report,
        "sources": site.kg.sources().sources,
    }
    return site.page(request, "about.html", **values)


def health(site: Site, request: Request) -> Response:  # noqa: ARG001
    """The version of the graph that is served, and its size in triples."""
    return Response.json({"version": site.version, "triples": len(site.kg.store)})


ROUTES = (Route("/about", about), Route("/health", health))
