"""What there is: the vocabulary that occurs, and how much of the documents stands in the graph."""

from __future__ import annotations

from typing import Any

from gbkg.ask.contents import SourceItem, TermCount
from gbkg.core.errors import GbkgError
from gbkg.core.text import counted
from gbkg.mcp import tool
from gbkg.mcp.notes import shown
from gbkg.mcp.outcome import Reply
from gbkg.mcp.tool import Tool, unstated

KINDS = ("classes", "properties", "indicators")


def schema(reply: Reply) -> None:
    """The classes, properties and indicators that occur."""
    kinds, words = reply.given("kinds", None) or KINDS, reply.given("words").casefold()
    found = reply.kg.schema()
    every = [(kind, one) for kind in kinds for one in getattr(found, kind) if _has(one, words)]
    if not every:
        unstated(reply, words, f"no term of the vocabulary that occurs has {shown(words, 100)!r} in it")
        return
    counts = [(kind, sum(one == kind for one, _ in every)) for kind in kinds]
    reply.say(f"{', '.join(f'{number} {kind}' for kind, number in counts)}; those that occur most often first")
    reply.page("terms", every, _term)


def _has(one: TermCount, words: str) -> bool:
    text = f"{one.id} {one.label} {one.definition}".casefold()
    return all(word in text for word in words.split())


def _term(found: tuple[str, TermCount]) -> tuple[list[str], dict[str, Any]]:
    kind, one = found
    values = {"kind": kind, "id": one.id, "label": shown(one.label), "definition": shown(one.definition)}
    line = f"{kind}: {one.id} – {values['label']}, {one.count:,} times. {values['definition']}"
    return [line.rstrip()], values | {"count": one.count}


def coverage(reply: Reply) -> None:
    """The documents, and how much of each stands in the graph."""
    name = reply.given("source")
    every = list(reply.kg.sources().sources)
    if name:
        page = reply.kg.document(name, reply.site.documents)
        reply.remarks += page.remarks
        every = [page.document.source]
    try:
        built: Any = reply.kg.coverage().sources
    except GbkgError:
        built = {}
    many = f"{counted(len(every), 'document')}, {sum(one.claims for one in every):,} claims"
    reply.say(f"{many}, {sum(one.passages for one in every):,} quotations")
    reply.page("sources", every, lambda one: _covered(reply, one, built.get(one.id)))
    gaps = reply.kg.disputes(kinds=["gap"]).found
    if gaps:
        reply.remarks.append(f"{counted(len(gaps), 'gap')}: what the documents have lost (the tool disputes, kind gap)")


def _covered(reply: Reply, one: SourceItem, built: Any) -> tuple[list[str], dict[str, Any]]:
    page = reply.kg.document(one.id, reply.site.documents).document
    found = page.coverage
    if found:
        counts = {"sentences": found.sentences, "claimed": found.claimed, "unread": found.unread,
                  "aside": sum(found.set_aside.values()), "quotedShare": round(found.quoted, 3)}  # fmt: skip
    elif built:
        counts = {"sentences": built["sentences"], "claimed": built["claimed"], "unread": built["unread"],
                  "aside": sum(built["set_aside"].values()), "quotedShare": round(built["quoted"], 3)}  # fmt: skip
    else:
        counts = {}
    said = "its sentences are not counted, as the document is not at hand"
    if counts:
        said = f"of {counts['sentences']} sentences {counts['claimed']} are behind claims, {counts['aside']} set aside"
        said += f" with a reason, {counts['unread']} not read yet"
    values: dict[str, Any] = {
        "id": f"src:{one.id}",
        "title": shown(one.title),
        "authors": [shown(name) for name in one.authors],
        "publishers": [shown(name) for name in one.publishers],
        "date": one.date,
        "language": one.language,
        "characters": one.length,
        "sha256": one.sha256,
        "url": reply.notes.link("source", one.id),
        "claims": one.claims,
        "passages": one.passages,
        "atHand": page.whole,
        **counts,
    }
    by = f"{', '.join(values['authors']) or 'no author'}; {one.date or 'no date'}"
    lines = [f"{one.id}: {values['title']}; {by}  {values['url']}"]
    return [*lines, f"    {counted(one.claims, 'claim')}; {said}"], values


_COUNTS = ("sentences", "claimed", "aside", "unread")
_SOURCE = {
    "id": tool.text(),
    "title": tool.text(),
    "authors": tool.several(tool.text()),
    "publishers": tool.several(tool.text()),
    "date": tool.text("empty if the document gives none"),
    "language": tool.text(),
    "characters": tool.number(),
    "sha256": tool.text(),
    "url": tool.text(),
    "claims": tool.number(),
    "passages": tool.number(),
    "atHand": tool.truth("whether the document itself can be looked at"),
}
TOOLS = (
    Tool(
        "schema",
        "Vocabulary",
        "The classes, properties and indicators that really occur, with how often and what they mean. Look here before "
        "you write SPARQL, or to learn what can be asked at all.",
        tool.arguments(
            {
                "kinds": tool.several(tool.choice("", KINDS)),
                "words": tool.text("only terms that have these words in them", maxLength=200),
                "limit": tool.LIMIT,
                "cursor": tool.CURSOR,
            }
        ),
        tool.output(
            {
                "terms": tool.several(
                    tool.record(
                        {
                            "kind": tool.choice("", KINDS),
                            "id": tool.text(),
                            "label": tool.text(),
                            "definition": tool.text(),
                            "count": tool.number(),
                        }
                    )
                )
            }
        ),
        schema,
    ),
    Tool(
        "coverage",
        "What the sources are, and how much of them is here",
        "The documents with author, date and digest, and how many of their sentences stand behind claims, are set "
        "aside with a reason, or are not read yet. What no document says is not in the graph: this says how far that "
        "reaches.",
        tool.arguments(
            {
                "source": tool.text("only this document", maxLength=300),
                "limit": tool.LIMIT,
                "cursor": tool.CURSOR,
            }
        ),
        tool.output(
            {
                "sources": tool.several(
                    tool.record(
                        _SOURCE | {name: tool.number() for name in _COUNTS} | {"quotedShare": {"type": "number"}},
                        _SOURCE,
                    )
                )
            }
        ),
        coverage,
    ),
)
