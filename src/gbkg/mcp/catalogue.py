"""What a client finds: tools, and how one is called, in a worker of the pool or by a program that has opened a graph;
resources to list and attach (documents, passages, saved queries, and entities, claims and disputes by name); prompts,
the ways to work with the tools that a person can choose.

Addresses of resources are `gbkg://KIND/NAME`, with `?cursor=` for what comes next of a long one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import jsonschema

from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.text import counted
from gbkg.knowledge import KnowledgeGraph
from gbkg.mcp.notes import NOTICE, shown
from gbkg.mcp.outcome import Reply, ToolOutcome, refusal
from gbkg.mcp.tool import Tool, unnamed
from gbkg.mcp.tools import asking, checking, finding, reading, relating
from gbkg.web.site import Site

INSTRUCTIONS = (
    "A knowledge graph of what a few documents say. Every statement comes with the sentences that state it, how it "
    "stands (stated, implied, inferred, disputed) and what is held against it. Ask before you answer; begin with "
    "`search`, or with `coverage` to learn what the documents are. Cite every statement with its quotation, document "
    "and link, as in `citations`. Check a quotation with `verify_quote` before you print it. Name what is disputed or "
    "only implied as such, and print numbers as the document prints them. If `outcome` is `not stated`, say that the "
    "sources do not state it; if it is `outside the sources`, that they are not about it; do not fill in from "
    f"elsewhere. {NOTICE}"
)
_RULES = (
    "Take everything from the tools of this server and nothing from elsewhere. After each statement put its citation: "
    "author, title, date, the quotation and its link. Check every quotation with verify_quote. Say of each statement "
    "that is not plainly stated how it stands (implied, inferred, disputed), and give the counter-evidence with it. "
    f"{NOTICE}"
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt with its one argument; `text` has the place of its value as `{}`."""

    name: str
    title: str
    description: str
    argument: str
    about: str
    text: str

    def filled(self, values: Mapping[str, str]) -> str:
        """The prompt with the value of its argument on one line."""
        return self.text.format(shown(values[self.argument], 2_000))


PROMPTS = {
    one.name: one
    for one in (
        Prompt(
            "answer-with-citations",
            "Answer with citations",
            "Answers a question from the sources alone, every statement with its sentence.",
            "question",
            "the question",
            "Answer this question from the sources: {}\n\n"
            "Find what it is about with search, then use entity, relations, path or ask_saved; look at disputes of the "
            "same entities. If the sources do not state the answer, say so in the words of `message`, and what they do "
            f"state nearby.\n\n{_RULES}",
        ),
        Prompt(
            "compare-the-sources",
            "Compare the sources on …",
            "Sets side by side what each document says on a matter, and where they disagree.",
            "topic",
            "the matter, or an entity",
            "Compare what the sources say on: {}\n\n"
            "List the documents with coverage. Search the matter, and sort what you find by document. Set the "
            "statements side by side in a table: what, which document, when, the quotation. Use disputes to say which "
            "of them contradict one another, which only count differently or at another time, and which cannot be "
            f"compared. Say of which document nothing on this is known.\n\n{_RULES}",
        ),
        Prompt(
            "what-is-not-known",
            "What is not known about …",
            "Finds what the sources do not say of an entity or a matter, and why.",
            "about",
            "an entity, or the matter",
            "Say what is not known about: {}\n\n"
            "Read entity, then disputes (kinds gap, ambiguity, inconsistency) of the same name, then ask_saved with "
            "the words without, missing and not stated, then coverage. Give what is missing in these groups: what the "
            "documents have lost; what they do not date; what can be read in more than one way; what they contradict "
            "themselves on; what one would expect and they do not state. For each, say how you know it, with the "
            f"outcome of the tool that you asked.\n\n{_RULES}",
        ),
    )
}
"""Every prompt by name."""


TOOLS: dict[str, Tool] = {
    tool.name: tool for module in (finding, relating, asking, checking, reading) for tool in module.TOOLS
}
"""Every tool by name."""


def call(site: Site, name: str, arguments: Mapping[str, Any], base: str = "") -> ToolOutcome:
    """The answer of a tool. `base` is the address of the pages, to which links lead; without one they are those of the
    protocol's resources. What cannot be answered as it was asked is an answer, too, but for want of memory."""
    tool = TOOLS.get(name)
    if tool is None:
        return refusal(site, f"there is no tool {name!r}", f"there are {', '.join(TOOLS)}")
    try:
        _checked(tool, arguments)
        reply = Reply(site, arguments, base)
        try:
            tool.answer(reply)
        except (NotFoundError, AmbiguousNameError) as error:
            reply = Reply(site, arguments, base)
            unnamed(reply, error)
        return reply.done()
    except GbkgError as error:
        where = ":".join(str(part) for part in (error.line, error.column) if part is not None)
        return refusal(site, f"line {where}: {error.message}" if where else error.message, error.hint)
    except MemoryError:
        raise
    except Exception:
        return refusal(site, "something went wrong here that was not foreseen", "ask in another way")


def ask(kg: KnowledgeGraph, tool: str, **arguments: Any) -> dict[str, Any]:
    """The answer of a tool as values, for programs that have opened a graph.

    >>> ask(kg, "why", subject="Tea Harbour", predicate="part of", object="Upper Reed")["holds"]
    True
    """
    return dict(call(Site(kg), tool, arguments).values)


def _checked(tool: Tool, arguments: Mapping[str, Any]) -> None:
    """Raises `GbkgError` for arguments that the tool does not take."""
    validator = jsonschema.Draft202012Validator(tool.input)
    fault = next(iter(sorted(validator.iter_errors(dict(arguments)), key=lambda one: list(map(str, one.path)))), None)
    if fault is not None:
        where = ".".join(map(str, fault.path)) or "the arguments"
        takes = ", ".join(tool.input["properties"])
        raise GbkgError(f"{where}: {fault.message[:200]}", hint=f"{tool.name} takes {takes}")


PAGE = 100
"""Resources that are listed at once."""
FEW = 20
"""Completions that are given at most."""
_FETCHED = {"entity": "id:", "passage": "psg:", "claim": "clm:", "source": "src:", "query": "query:", "dispute": "cur:"}
TEMPLATES = (
    ("source", "A document", "A document by its id, from beginning to end; with gaps where its text is not available"),
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


def read(site: Site, uri: str, base: str = "") -> ToolOutcome | None:
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
