"""Every address of the server, and the view that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Literal

from gbkg.core.errors import GbkgError
from gbkg.web import templates
from gbkg.web.messages import Request, Response
from gbkg.web.site import Site, failed

View = Callable[[Site, Request], Response]
MODULES = (
    "sparql",
    "api",
    "reconcile",
    "about",
    "home",
    "document",
    "search",
    "questions",
    "profiles",
    "explore",
    "entity",
    "claim",
    "disputes",
    "timeline",
    "gaps",
    "ontology",
    "why",
    "linked",
)
"""The modules of `gbkg.web.views`, in the order in which their addresses are tried; `linked` is last, since the address
of a thing fits those of its documents too."""
_OF_THING = re.compile(r"/(id|source|claim)/\{\w+\}|/ontology")
LARGEST = 256_000_000
"""Bytes of the largest response."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address, with `{name}` for a segment and `{name:path}` for the rest of it; `seconds` is how long its view may
    take. What users typed themselves runs in the pool `queries`, our own functions in `pages`."""

    path: str
    view: View
    methods: Sequence[str] = ("GET",)
    pool: Literal["pages", "queries"] = "pages"
    seconds: float = 10.0


@cache
def routes() -> tuple[Route, ...]:
    """All routes. They are known by their place in this tuple, in the server and in its workers alike."""
    found = {name: import_module(f"gbkg.web.views.{name}").ROUTES for name in MODULES}
    return tuple(route if name == "linked" else _document(route) for name in MODULES for route in found[name])


def prepare(site: Site) -> None:
    """Loads and makes what the first answers would wait for; the parent of the workers does it before it forks them. If
    something goes wrong, the page that needs it will say so."""
    routes()
    made = templates.environment()
    for name in made.list_templates():
        made.get_template(name)
    for name in MODULES:
        view = import_module(f"gbkg.web.views.{name}")
        if hasattr(view, "prepare"):
            with suppress(GbkgError):
                view.prepare(site)


def _document(route: Route) -> Route:
    """The route of a page. A page about a thing is one of the documents about it, to which the thing's own address
    leads (`gbkg.web.views.linked`): the page of `/id/SLUG` is at `/id/SLUG.html`."""
    return replace(route, path=f"{route.path}.html") if _OF_THING.fullmatch(route.path) else route


def answered(site: Site, number: int, request: Request) -> Response:
    """The response of the route with this number; what went wrong is one, too, but for want of memory."""
    try:
        response = routes()[number].view(site, request)
        if len(response.body) > LARGEST:
            raise GbkgError(f"the answer has more than {LARGEST:,} bytes", hint="ask for less, with LIMIT for example")
        return response
    except MemoryError:
        raise
    except Exception as error:
        return failed(request, error, site.version)
