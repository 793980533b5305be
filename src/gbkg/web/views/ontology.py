"""The terms that the graph is written with: what each means, how often it is used, and an example."""

from __future__ import annotations

from typing import Any

from gbkg.ask import terms
from gbkg.web.messages import Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site


def ontology(site: Site, request: Request) -> Response:
    """All terms by kind; with `format=json` those that occur, as `gbkg schema` has them."""
    if request.first("format") == "json":
        return Response.json(site.kg.schema().to_dict())
    groups: dict[str, list[terms.TermPage]] = {}
    for one in terms.read(site.kg.labels):
        groups.setdefault(one.kind, []).append(one)
    values: dict[str, Any] = {"groups": groups}
    return site.page(request, "ontology.html", **values)


ROUTES = (Route("/ontology", ontology, seconds=30),)
