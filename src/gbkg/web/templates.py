"""Templates: the environment of Jinja, and the filters that they use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import pyoxigraph as ox
from jinja2.runtime import Context
from markupsafe import Markup, escape

from gbkg.ask.formats.cells import amount, words
from gbkg.core.prefixes import PREFIXES, full, shorten, spaced
from gbkg.core.text import counted, listed, safe
from gbkg.web.tables import table

STATIC = Path(__file__).parent / "static"
_PLACES = {
    "id": "/id/",
    "src": "/source/",
    "clm": "/claim/",
    "cur": "/disputes/",
    "query": "/questions/",
    "gbkg": "/ontology.html#",
}
"""Prefix to where the things under it have their pages."""


@cache
def environment() -> jinja2.Environment:
    """The environment, everything escaped; a name that no value has is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("gbkg.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.filters |= {
        "name": name, "href": href, "link": link, "figure": figure, "static": static, "counted": counted,
        "listed": listed, "shorten": shorten, "spaced": spaced, "tabulated": table,
    }  # fmt: skip
    return made


def render(template: str, **values: Any) -> bytes:
    """A template with its values."""
    return environment().get_template(template).render(values).encode("utf-8", "backslashreplace")


@cache
def static(name: str) -> str:
    """The address of a file of ours; another content has another address, so that browsers may keep it for ever."""
    path = STATIC / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
    return f"/static/{name}" + (f"?v={digest}" if digest else "")


def figure(number: Any) -> str:
    """A number as people write it.

    >>> figure(11022), figure("2258935000000")
    ('11,022', '2,258.935 billion')
    """
    return amount(str(number))


@jinja2.pass_context
def name(context: Context, thing: Any) -> str:
    """What a term is called: its label, else prefix:name; a literal in words. Also of an IRI or a prefixed name."""
    term = _term(thing)
    if isinstance(term, ox.NamedNode):
        return str(context["site"].kg.label(term))
    return words(term) if isinstance(term, ox.Literal) else str(thing)


def href(thing: Any) -> str:
    """The address here of one of our IRIs (or prefixed names); empty if it has none."""
    term = _term(thing)
    if not isinstance(term, ox.NamedNode):
        return ""
    for prefix, place in _PLACES.items():
        if term.value.startswith(PREFIXES[prefix]):
            ending = (
                ".html" if prefix in ("id", "src", "clm") else ""
            )  # the page itself, not the thing that leads to it
            return place + quote(term.value.removeprefix(PREFIXES[prefix]), safe="-._~") + ending
    return ""


@jinja2.pass_context
def link(context: Context, thing: Any) -> Markup:
    """The name of a term, as a link if it has a page here."""
    shown, target = name(context, thing), href(thing)
    return Markup('<a href="{}">{}</a>').format(target, safe(shown)) if target else escape(safe(shown))


def _term(thing: Any) -> Any:
    if isinstance(thing, str):
        iri = full(thing) if ":" in thing else None
        return ox.NamedNode(iri) if iri else thing
    return thing


def _visible(value: Any) -> Any:
    """What is printed of a value: control characters and marks that turn the direction of writing as escapes."""
    if isinstance(value, Markup):
        return value
    return safe(value) if isinstance(value, str) else "" if value is None else value
