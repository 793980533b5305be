"""Search, in the shape that chat clients know; everything on one entity; and how entities are related."""

from __future__ import annotations

from typing import Any

from gbkg.ask.resolve import properties
from gbkg.ask.search import KINDS, Hit
from gbkg.ask.statements import GROUPS, Statement
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import shorten
from gbkg.core.terms import minted
from gbkg.core.text import counted
from gbkg.evidence.proofs import ClaimEvidence
from gbkg.mcp.names import report_unstated
from gbkg.mcp.notes import marks, of_step, quotation, shown, standing
from gbkg.mcp.outcome import NOT_STATED, Reply
from gbkg.mcp.tools.reading import proved
from gbkg.network import families
from gbkg.network.families import FAMILIES
from gbkg.network.paths import Hop
from gbkg.network.projection import Edge

_BOUND = 2_000
"""Claims on one entity that are read at most."""
_LINKS = 2_000
"""Links of each distance that are read at most."""
_FEW = 2
"""Claims of a passage that are cited."""


def search(reply: Reply) -> None:
    """Entities, passages and saved queries that words lead to."""
    words, start = reply.given("query"), reply.start
    kinds = reply.given("kinds", None) or KINDS
    hits = reply.kg.search(words, kinds, start + reply.rows + 1).hits
    if not hits:
        report_unstated(reply, words, f"nothing has the words {shown(words, 100)!r} in it, or a name near to them")
        reply.values["results"] = []
        return
    first = hits[start : start + reply.rows]
    reply.say(f"{counted(len(first), 'hit')} for {shown(words, 100)!r}, the likeliest first")
    reply.page("results", hits, lambda hit: _hit(reply, hit))


def _hit(reply: Reply, hit: Hit) -> tuple[list[str], dict[str, Any]]:
    """One hit; a passage with the claims that it proves."""
    name, title, text, claims = hit.id, hit.text, "", list[ClaimEvidence]()
    if hit.kind == "entity":
        url = reply.notes.link("entity", hit.id.removeprefix("id:"))
    elif hit.kind == "query":
        name, url = f"query:{hit.id}", reply.notes.link("query", hit.id)
    else:
        claims = proved(reply, hit.id.removeprefix("psg:"))
        source, _, span = hit.id.removeprefix("psg:").rpartition(".")
        begin, _, end = span.partition("-")
        url = reply.notes.opens(source, int(begin), int(end))
        title, text = f"{reply.kg.reference(source).title or source}, characters {span}", hit.text
    numbers = reply.cite(claims[:_FEW])
    seen = quotation(text, reply.site.version) if text and not numbers else shown(title)
    lines = [f"{hit.kind}  {shown(name)}  {seen}{marks(numbers)}", f"    {shown(hit.reason)}  {url}"]
    values = {"id": name, "title": shown(title), "url": url, "kind": hit.kind, "text": text}
    return lines, values | {"reason": shown(hit.reason), "score": hit.score, "citations": numbers}


def entity(reply: Reply) -> None:
    """Everything that is said of an entity, statement by statement, each with how it stands and its evidence."""
    found = reply.kg.show(reply.given("name"), _BOUND)
    page, wanted = found.page, reply.given("groups", None) or GROUPS
    every = [one for one in (*page.statements, *page.inferred) if one.group in wanted]
    reply.remarks += found.remarks
    if page.left_out[0]:
        reply.remarks.append(f"{counted(page.left_out[0], 'claim')} about it were not read")
    url = reply.notes.link("entity", page.entity.slug)
    name = f"{shown(page.entity.label)} ({page.type}, id:{page.entity.slug})"
    reply.say(f"{name}: {counted(len(every), 'statement')}", f"{shown(page.entity.description)}  {url}")
    reply.values |= {
        "id": f"id:{page.entity.slug}",
        "label": shown(page.entity.label),
        "type": page.type,
        "description": shown(page.entity.description),
        "url": url,
        "total": len(every),
    }
    if not every:
        groups = f" under {', '.join(wanted)}" if wanted != GROUPS else ""
        reply.nothing(NOT_STATED, f"not stated in the sources: anything about {name}{groups}")
        return
    reply.page("statements", every, lambda one: _statement(reply, one))


def _statement(reply: Reply, one: Statement) -> tuple[list[str], dict[str, Any]]:
    status = of_step(one.proof) if one.proof else standing(one.evidence)
    numbers = reply.cite(one.evidence)
    line = f"{one.group}: {shown(one.text)}{marks(numbers)} – {status}"
    values = {
        "group": one.group,
        "text": shown(one.text),
        "predicate": shorten(one.predicate),
        "object": shorten(one.other) if one.other else shown(one.end),
        "amount": shown(one.amount),
        "when": shown(one.when),
        "remark": shown(one.remark),
        "status": status,
        "citations": numbers,
    }
    return [line, *([f"    {shown(one.remark)}"] if one.remark else [])], values


# ---- Relations


def relations(reply: Reply) -> None:
    """Who and what an entity is related to."""
    hops = int(reply.given("hops"))
    found = reply.kg.neighbours(reply.given("name"), hops, top=_LINKS, **_selection(reply))
    edges = [(hop, edge) for hop in found.steps for edge in hop.relations]
    name = f"{shown(reply.kg.labels.get(found.start, ''))} ({shorten(found.start)})"
    reply.remarks += [said.replace("-r all", 'relations: ["all"]') for said in found.remarks]
    reply.values |= {"entity": _thing(reply, found.start), "total": len(edges)}
    if not edges:
        kinds = reply.given("relations", None)
        what = f"relations of {name}{' of the kind ' + ', '.join(map(shown, kinds)) if kinds else ''}"
        reply.nothing(NOT_STATED, f"not stated in the sources: {what}")
        return
    reply.say(f"{name}: {counted(len(edges), 'relation')}{f' within {hops} steps' if hops > 1 else ''}")
    reply.page("relations", edges, lambda one: _edge(reply, *one))


def path(reply: Reply) -> None:
    """The shortest paths between two entities."""
    found = reply.kg.path(reply.given("start"), reply.given("goal"), int(reply.given("k")), **_selection(reply))
    here, there = (f"{shown(reply.kg.labels.get(end, ''))} ({shorten(end)})" for end in found.ends)
    reply.remarks += found.remarks
    reply.values |= {"start": _thing(reply, found.ends[0]), "goal": _thing(reply, found.ends[1])}
    if not isinstance(found.found, list):
        reply.nothing(NOT_STATED, f"not stated in the sources: no path joins {here} and {there} by these relations")
        if found.wider:
            words, hops = found.wider
            reply.say(f"The nearest path {words} has {counted(len(hops), 'step')}:")
            reply.page("paths", [hops], lambda way: _way(reply, 1, way))
        return
    ways = list(enumerate(found.found, start=1))
    reply.say(f"{here} and {there}: {counted(len(ways), 'path')}, the shortest of {counted(len(ways[0][1]), 'step')}")
    reply.page("paths", ways, lambda one: _way(reply, *one))


def _way(reply: Reply, number: int, way: tuple[Hop, ...]) -> tuple[list[str], dict[str, Any]]:
    lines, steps = [f"Path {number}"], list[dict[str, Any]]()
    for hop in way:
        for edge in hop.relations:
            said, values = _edge(reply, hop, edge)
            lines += [f"  {hop.distance}. {said[0]}", *(f"  {more}" for more in said[1:])]
            steps.append(values)
    return lines, {"steps": steps, "length": len(way)}


def _edge(reply: Reply, hop: Hop, edge: Edge) -> tuple[list[str], dict[str, Any]]:
    claims = reply.kg.evidence.claims(minted("clm", key) for key in edge.claims)
    status = "disputed" if edge.disputed else "inferred" if edge.inferred else edge.reading
    numbers = reply.cite(claims.values())
    subject, object = (shown(reply.kg.labels.get(end, shorten(end))) for end in (edge.subject, edge.object))
    line = f"{subject} – {shown(edge.label)} → {object}{marks(numbers)} – {status}"
    more = [f"by the rules {', '.join(edge.rules)}"] * bool(edge.rules)
    more += [f"dates: {', '.join(edge.dates)}"] * bool(edge.dates)
    values = {
        "subject": _thing(reply, edge.subject),
        "predicate": {"id": shorten(edge.relation), "label": shown(edge.label)},
        "object": _thing(reply, edge.object),
        "distance": hop.distance,
        "status": status,
        "dates": list(edge.dates),
        "rules": list(edge.rules),
        "citations": numbers,
    }
    return [line, *([f"    {'; '.join(more)}"] if more else [])], values


def _thing(reply: Reply, iri: str) -> dict[str, str]:
    return {"id": shorten(iri), "label": shown(reply.kg.labels.get(iri, ""))}


def _selection(reply: Reply) -> dict[str, Any]:
    chosen: dict[str, Any] = {"inferred": bool(reply.given("inferred"))}
    if reply.given("relations", None):
        chosen["relations"] = [one for name in reply.given("relations") for one in _properties(reply, name)]
    if reply.given("kinds", None):
        chosen["kinds"] = reply.given("kinds")
    if reply.given("as_of"):
        chosen["as_of"] = reply.given("as_of")
    return chosen


def _properties(reply: Reply, name: str) -> list[str]:
    """A family as it is; the properties of this name or label, as a network takes them."""
    if name in FAMILIES or name == families.ALL:
        return [name]
    try:
        return [shorten(node.value) for node in properties(reply.kg.labels, name)]
    except NotFoundError:
        return [name]
