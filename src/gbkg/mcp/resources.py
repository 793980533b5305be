"""What a client can list and attach: documents, passages and saved queries, and entities, claims and disputes by name.

Addresses are `gbkg://KIND/NAME`, with `?cursor=` for what comes next of a long one.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from gbkg.core.prefixes import PREFIXES
from gbkg.core.text import counted
from gbkg.mcp.catalogue import call
from gbkg.mcp.marking import shown
from gbkg.mcp.outcome import Outcome
from gbkg.web.site import Site

PAGE = 100
"""Resources that are listed at once."""
FEW = 20
"""Completions that are given at most."""
_FETCHED = {"entity": "id:", "passage": "psg:", "claim": "clm:", "source": "src:", "query": "query:", "dispute": "cur:"}
TEMPLATES = (
    ("source", "A document", "A document by its id, from beginning to end; with gaps where its text is not at hand"),
    ("passage", "A passage", "A passage as SOURCE.START-END, with its claims and what stands around it"),
    ("query", "A saved query", "A saved query by its name: its text and its parameters"),
    ("entity", "An entity", "Everything that is said of an entity, by its id"),
    ("claim", "A claim", "A claim as SOURCE.ID, with its quotations and how it is cited"),
    ("dispute", "A dispute", "What the curators hold against the documents, by its name without cur:"),
)
"""Kind of address, title and description."""
_PASSAGES = "SELECT ?p { ?p oa:hasSource ?s } ORDER BY ?p OFFSET %d LIMIT %d"


@dataclass(frozen=True, slots=True)
class Listed:
    """A resource in a list: its address, name, title and description."""

    uri: str
    name: str
    title: str
    description: str


def listed(site: Site, start: int) -> tuple[list[Listed], bool]:
    """The resources from a place on, documents first, then saved queries, then passages; and whether there are more."""
    found: list[Listed] = []
    for one in site.kg.sources().sources:
        words = f"{counted(one.claims, 'claim')}, {counted(one.length, 'character')}"
        found.append(Listed(_address("source", one.id), one.id, shown(one.title), words))
    for name, query in site.kg.queries.items():
        found.append(Listed(_address("query", name), name, shown(query.summary), shown(query.description)))
    first = found[start : start + PAGE]
    wanted = PAGE - len(first)
    rows = site.kg.store.select(_PASSAGES % (max(0, start - len(found)), wanted + 1))
    names = [row[0].value.removeprefix(PREFIXES["psg"]) for row in rows]
    for name in names[:wanted]:
        source, _, span = name.rpartition(".")
        first.append(Listed(_address("passage", name), name, f"{source}, characters {span}", "A quotation"))
    return first, len(names) > wanted


def read(site: Site, uri: str, base: str = "") -> Outcome | None:
    """What stands at an address; None if it is none of ours."""
    parts = urlsplit(uri)
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme != "gbkg" or parts.netloc not in _FETCHED or not name:
        return None
    cursor = parse_qs(parts.query).get("cursor", [""])[0]
    return call(site, "fetch", {"id": _FETCHED[parts.netloc] + name, **({"cursor": cursor} if cursor else {})}, base)


def completed(site: Site, kind: str, typed: str) -> list[str]:
    """Names of a kind of address, or of entities by their labels (`name`), that begin as typed, or are near."""
    kg = site.kg
    if kind == "source":
        names = [one.id for one in kg.sources().sources]
    elif kind == "query":
        names = list(kg.queries)
    elif kind == "dispute":
        names = [one.name.removeprefix("cur:") for one in kg.disputes().found]
    elif kind in ("entity", "name") and typed:
        found = kg.find(typed).candidates
        return [one.short.removeprefix("id:") if kind == "entity" else one.label for one in found][:FEW]
    else:
        names = []
    return [name for name in names if name.startswith(typed)][:FEW]


def _address(kind: str, name: str) -> str:
    return f"gbkg://{kind}/{quote(name, safe='-._~')}"
