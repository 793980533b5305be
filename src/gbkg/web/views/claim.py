"""One claim: its words and sentences, how it was read, what curation says of it, and how to cite it."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode

from gbkg.ask import claim as claims
from gbkg.ask.citation import FORMS
from gbkg.ask.resolve import resolve
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.routes import Route
from gbkg.web.site import Site

TYPES = {
    "text": "text/plain; charset=utf-8",
    "bibtex": "text/plain; charset=utf-8",
    "csl": "application/json",
    "annotation": "application/json",
}
"""The media types of the forms of a citation; a browser shows all of them."""
NAMES = {"text": "Words", "bibtex": "BibTeX", "csl": "CSL-JSON", "annotation": "Web Annotation"}


def claim(site: Site, request: Request) -> Response:
    """The page of a claim; with `format` one form of its citation, or `json` for all. Raises `NotFoundError`."""
    node = resolve(site.kg.labels, f"clm:{request.names['key']}", "claim")
    form = request.first("format")
    if form:
        return _cited(site, node, form)
    found = claims.page(site.kg.records, site.kg.evidence, node)
    citation = site.kg.citation(found.evidence)
    values: dict[str, Any] = {
        "found": found,
        "forms": [(name, NAMES[name], citation.form(name)) for name in FORMS],
    }
    return site.page(request, "claim.html", **values)


def _cited(site: Site, node: NamedNode, form: str) -> Response:
    citation = site.kg.citation(site.kg.evidence.claim(node))
    if form == "json":
        return Response.json(citation.to_dict())
    if form not in FORMS:
        raise BadRequest(f"no form of a citation is called {form[:40]!r}", hint=f"there are {', '.join(FORMS)}, json")
    return Response(citation.form(form).encode("utf-8", "backslashreplace"), TYPES[form])


ROUTES = (Route("/claim/{key}", claim),)
