"""Search, in the shape that chat clients know, and everything on one entity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gbkg.ask.search import KINDS, Hit
from gbkg.ask.statements import GROUPS, Statement
from gbkg.core.prefixes import shorten
from gbkg.core.text import counted
from gbkg.evidence.proofs import ClaimEvidence
from gbkg.mcp import tool
from gbkg.mcp.notes import marks, of_step, quotation, shown, standing
from gbkg.mcp.outcome import NOT_STATED, Reply
from gbkg.mcp.tool import Tool, unstated
from gbkg.mcp.tools.reading import fetch, proved

_BOUND = 2_000
"""Claims on one entity that are read at most."""
_FEW = 2
"""Claims of a passage that are cited."""
HITS = 10
"""Hits of a search if no number is asked for."""


def search(reply: Reply) -> None:
    """Entities, passages and saved queries that words lead to."""
    reply.usual = HITS
    words, start = reply.given("query"), reply.start
    kinds = reply.given("kinds", None) or KINDS
    hits = reply.kg.search(words, kinds, start + reply.rows + 1).hits
    if not hits:
        unstated(reply, words, f"nothing has the words {shown(words, 100)!r} in it, or a name near to them")
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


def _groups(names: Iterable[str]) -> tool.JsonSchema:
    return tool.several({"type": "string", "enum": list(names)}, "only these groups of statements")


TOOLS = (
    Tool(
        "search",
        "Search the sources",
        "Entities by any spelling that a document uses, passages by their words, saved queries by what they ask, in "
        "one list, the likeliest first. Begin here when you do not know the name. `fetch` opens a result by its id.",
        tool.arguments(
            {
                "query": tool.text("words, or a name", minLength=1, maxLength=500),
                "kinds": tool.several({"type": "string", "enum": list(KINDS)}, "only these kinds of hits"),
                "limit": tool.LIMIT | {"default": HITS},
                "cursor": tool.CURSOR,
            },
            ["query"],
        ),
        tool.output(
            {
                "results": tool.records(
                    {
                        "id": tool.text("for fetch"),
                        "title": tool.text(),
                        "url": tool.text("opens it"),
                        "kind": tool.choice("", KINDS),
                        "text": tool.text("of a passage its words"),
                        "reason": tool.text("why it is a hit"),
                        "score": {"type": "number"},
                        "citations": tool.CITED,
                    }
                )
            }
        ),
        search,
    ),
    Tool(
        "fetch",
        "Open a result",
        "The whole of what an id stands for: an entity (id:…), a passage with what stands around it (psg:…), a claim "
        "(clm:…), a document from beginning to end (src:…; with honest gaps where its text is not available), a saved "
        "query (query:…), or something that the curators say (cur:…).",
        tool.arguments(
            {"id": tool.text("of a result of search", minLength=1, maxLength=300), "cursor": tool.CURSOR}, ["id"]
        ),
        tool.output(
            {
                **tool.texts("id", "title"),
                "text": tool.text("what a reader sees; words of documents are marked"),
                "url": tool.text("opens it"),
                "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
            }
        ),
        fetch,
    ),
    Tool(
        "entity",
        "What is known of an entity",
        "Everything that the sources say of one entity: its names, relations both ways, dates, statistics with their "
        "printed numbers and dates, what is said by it, and what follows by rules; each statement with its status and "
        "sentences, and what stands against it.",
        tool.arguments(
            {
                "name": tool.ENTITY,
                "groups": _groups(GROUPS),
                **tool.PAGED,
            },
            ["name"],
        ),
        tool.output(
            {
                **tool.texts("id", "label", "type"),
                "description": tool.text("the curators' words"),
                "url": tool.text(),
                "total": tool.number("of statements"),
                "statements": tool.records(
                    {
                        "group": tool.choice("", GROUPS),
                        "text": tool.text(),
                        "predicate": tool.text("property or indicator"),
                        "object": tool.text("id or words of what stands at the other end"),
                        "amount": tool.text("of a statistic"),
                        "when": tool.text("the date as it is printed"),
                        "remark": tool.text("how it was read"),
                        "status": tool.STATUS,
                        "citations": tool.CITED,
                    }
                ),
            }
        ),
        entity,
    ),
)
