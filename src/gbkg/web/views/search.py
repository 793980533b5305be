"""Search: a page of hits in groups, and suggestions as one types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gbkg.ask.search import KINDS, Hit
from gbkg.knowledge import KnowledgeGraph
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.site import Route, Site, href

GROUPS = {"entity": "Entities", "passage": "Passages", "query": "Questions"}
"""The kinds of hits, as headings."""
FEW, MANY, PAGES = 8, 25, 40
"""Hits of each kind side by side, hits of one kind on a page, and the most pages."""
LONGEST = 400
"""Characters of a search."""
_PASSAGE = re.compile(r"psg:(?P<source>.+)\.(?P<start>\d+)-(?P<end>\d+)")


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as a page shows it: what it leads to, `fragments` of the text that matched, each with whether it did, and a
    description or the document that is quoted."""

    hit: Hit
    address: str
    fragments: tuple[tuple[str, bool], ...]
    about: str = ""


def search(site: Site, request: Request) -> Response:
    """Entities by any spelling, passages by their words, questions by what they ask."""
    words, kind = _words(request), request.first("kind")
    if kind and kind not in KINDS:
        raise BadRequest(f"no kind of hit is called {kind!r}", hint=f"there are {', '.join(KINDS)}")
    of = request.first("of")
    if of:
        kind = "entity"
    page = request.number("page", 1, 1, PAGES)
    size = MANY if kind else FEW
    kinds = (kind,) if of else KINDS if words else ()
    found = {one: site.kg.search(words, [one], size * page if one == kind else size, of=of) for one in kinds}
    if request.first("format") == "json":
        return Response.json(site.kg.search(words, [kind] if kind else KINDS, size * page, of=of).to_dict())
    groups = {
        one: list(_shown(site.kg, result.hits[size * (page - 1) :] if one == kind else result.hits))
        for one, result in found.items()
        if kind in ("", one)
    }
    values: dict[str, Any] = {
        "words": words,
        "of": of,
        "kind": kind,
        "titles": GROUPS,
        "groups": groups,
        "counts": {one: result.counts[one] for one, result in found.items()},
        "meant": _meant(found.values()),
        "page": page,
        "pages": min(-(-found[kind].counts[kind] // MANY), PAGES) if kind and found else 1,
    }
    return site.page(request, "search.html", **values)


def suggest(site: Site, request: Request) -> Response:
    """What may be meant by the words that are typed; `kind` as of `suggestions`, several with blanks between."""
    words, limit = _words(request), request.number("limit", 8, 1, 50)
    return Response.json({"suggestions": suggestions(site.kg, words, request.first("kind", "entity"), limit)})


def suggestions(kg: KnowledgeGraph, words: str, kind: str, limit: int = 8) -> list[dict[str, Any]]:
    """What may be meant by words: hits of one or more of `KINDS`; entities of a class, given as prefix:name; or nodes
    of a kind of `gbkg.ask.resolve.resolve`. Raises `GbkgError` for another kind."""
    kinds = kind.split()
    if not words:
        return []
    if kinds and set(kinds) <= set(KINDS):
        return [_suggestion(one) for one in _shown(kg, kg.search(words, kinds, limit).hits)]
    if ":" in kind and (hits := kg.search(words, ["entity"], limit, of=kind).hits):
        return [_suggestion(one) for one in _shown(kg, hits)]
    return [
        {"text": one.label or one.short, "value": one.short, "kind": one.kind, "why": one.reason, "id": one.short}
        for one in kg.find(words, kind).candidates[:limit]
    ]


def _suggestion(shown: ShownHit) -> dict[str, Any]:
    hit = shown.hit
    named = hit.matched in (hit.label, hit.text)
    why = "" if named else hit.reason
    return {
        "text": hit.label or hit.text,
        "value": hit.value or hit.id,
        "kind": hit.type or GROUPS[hit.kind][:-1].lower(),
        "why": why,
        "href": shown.address,
        "id": hit.id,
        "marks": hit.marks if named else (),
    }


def _words(request: Request) -> str:
    words = request.first("q")
    if len(words) > LONGEST:
        raise BadRequest(f"the search has {len(words):,} characters", hint=f"write at most {LONGEST}")
    return words


def _shown(kg: KnowledgeGraph, hits: Sequence[Hit]) -> Iterator[ShownHit]:
    slugs = [hit.id.removeprefix("id:") for hit in hits if hit.kind == "entity"]
    described = kg.records.entities(slugs) if slugs else {}
    for hit in hits:
        address, about = href(hit.id), ""
        if hit.kind == "entity":
            about = described[hit.id.removeprefix("id:")].description
        elif hit.kind == "query":
            address, about = f"/questions/{hit.id}", kg.queries[hit.id].description
        elif place := _PASSAGE.fullmatch(hit.id):
            source, span = place["source"], f"{place['start']}-{place['end']}"
            address, about = f"{href(f'src:{source}')}?span={span}#{span}", source
        yield ShownHit(hit, address, tuple(_fragments(hit)), about)


def _fragments(hit: Hit) -> Iterator[tuple[str, bool]]:
    at = 0
    for start, end in hit.marks:
        if at < start:
            yield hit.matched[at:start], False
        yield hit.matched[start:end], True
        at = end
    if at < len(hit.matched):
        yield hit.matched[at:], False


def _meant(results: Any) -> list[str]:
    """Remarks on how words were understood that all kinds of hits share."""
    said = [result.remarks for result in results]
    return [one for one in (said[0] if said else ()) if all(one in other for other in said)]


ROUTES = (Route("/search", search), Route("/suggest", suggest))
