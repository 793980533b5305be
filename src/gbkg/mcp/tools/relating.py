"""Relations of an entity, and how two entities are joined."""

from __future__ import annotations

from typing import Any

from gbkg.ask.resolve import properties
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import shorten
from gbkg.core.terms import minted
from gbkg.core.text import counted
from gbkg.mcp import tool
from gbkg.mcp.notes import marks, shown
from gbkg.mcp.outcome import NOT_STATED, Reply
from gbkg.mcp.tool import Tool
from gbkg.network import families
from gbkg.network.families import FAMILIES
from gbkg.network.paths import Hop
from gbkg.network.projection import KINDS, Edge

_LINKS = 2_000
"""Links of each distance that are read at most."""


def relations(reply: Reply) -> None:
    """Who and what an entity is related to."""
    hops = int(reply.given("hops", 1))
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
    found = reply.kg.path(reply.given("start"), reply.given("goal"), int(reply.given("k", 1)), **_selection(reply))
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
    chosen: dict[str, Any] = {"inferred": bool(reply.given("inferred", False))}
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


_SELECTION = {
    "relations": tool.several(
        tool.text(maxLength=100),
        f"only these relations: families ({', '.join(FAMILIES)}) or properties (gbkg:foundedBy, founded by)",
        maxItems=20,
    ),
    "kinds": tool.several(tool.choice("", KINDS), "only entities of these kinds"),
    "inferred": tool.truth("with relations that follow by rules", default=False),
    "as_of": tool.text("without what is known to have begun later: YYYY, YYYY-MM or YYYY-MM-DD", maxLength=10),
}
_EDGE = tool.record(
    {
        "subject": tool.THING,
        "predicate": tool.THING,
        "object": tool.THING,
        "distance": tool.number("steps from the start"),
        "status": tool.STATUS,
        "dates": tool.several(tool.text()),
        "rules": tool.several(tool.text(), "by which it is inferred"),
        "citations": tool.CITED,
    }
)
TOOLS = (
    Tool(
        "relations",
        "Relations of an entity",
        "Who and what an entity is related to, both ways, up to three steps away, each relation with its status and "
        "sentences. For facts that are no relation (numbers, dates, names) use `entity`.",
        tool.arguments(
            {
                "name": tool.ENTITY,
                "hops": tool.number("how many steps away", minimum=1, maximum=3, default=1),
                **_SELECTION,
                **tool.PAGED,
            },
            ["name"],
        ),
        tool.output({"entity": tool.THING, "total": tool.number("of relations"), "relations": tool.several(_EDGE)}),
        relations,
        seconds=15.0,
    ),
    Tool(
        "path",
        "How two entities are joined",
        "The shortest paths between two entities, each step with its sentences. A path is what the sources say of "
        "each pair; it does not say that the two ends have to do with one another.",
        tool.arguments(
            {
                "start": tool.ENTITY,
                "goal": tool.ENTITY,
                "k": tool.number("how many paths", minimum=1, maximum=10, default=1),
                **_SELECTION,
                **tool.PAGED,
            },
            ["start", "goal"],
        ),
        tool.output(
            {
                "start": tool.THING,
                "goal": tool.THING,
                "paths": tool.records(
                    {"steps": tool.several(_EDGE), "length": tool.number()},
                    "if there is none, the nearest by more relations",
                ),
            }
        ),
        path,
        seconds=15.0,
    ),
)
