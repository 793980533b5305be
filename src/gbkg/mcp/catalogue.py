"""What a client finds: tools, and how one is called, in a worker of the pool or by a program that has opened a graph;
resources to list and attach (documents, passages, saved queries, and entities, claims and disputes by name); prompts,
the ways to work with the tools that a person can choose.

Addresses of resources are `gbkg://KIND/NAME`, with `?cursor=` for what comes next of a long one. All that is words or
schema stands in catalogue.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit

import jsonschema
import yaml

from gbkg.ask.disputes import KINDS as DISPUTES
from gbkg.ask.search import KINDS as HITS
from gbkg.ask.statements import GROUPS
from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.text import counted
from gbkg.knowledge import KnowledgeGraph
from gbkg.mcp.names import report_unknown
from gbkg.mcp.notes import NOTICE, STATUSES, shown
from gbkg.mcp.outcome import OUTCOMES, Reply, ToolOutcome, refusal
from gbkg.mcp.tools import asking, checking, finding, reading
from gbkg.network.families import FAMILIES
from gbkg.network.projection import KINDS as NODES
from gbkg.web.site import Site

Json = dict[str, Any]
_LISTS: dict[str, list[str]] = {
    "hits": list(HITS), "groups": list(GROUPS), "disputes": list(DISPUTES), "nodes": list(NODES),
    "statuses": list(STATUSES), "outcomes": list(OUTCOMES),
}  # fmt: skip
"""What an `enum` of catalogue.yaml may stand for."""
_ANSWERS: dict[str, Callable[[Reply], None]] = {
    function.__name__: function
    for function in (
        *(finding.search, finding.entity, finding.relations, finding.path, reading.fetch, reading.schema),
        *(reading.coverage, asking.ask_saved, asking.sparql, checking.why, checking.disputes, checking.verify_quote),
    )
}
"""The function that answers a tool, by its name."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: JSON Schema of what it takes and gives; `answer` fills a reply; `pool` and `seconds` as of a task of the
    workers."""

    name: str
    title: str
    description: str
    input: Json
    output: Json
    answer: Callable[[Reply], None]
    pool: Literal["pages", "queries"] = "pages"
    seconds: float = 10.0


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


def _schema(given: Any) -> Json:
    """A schema of catalogue.yaml in full (https://json-schema.org/draft/2020-12)."""
    if isinstance(given, str):
        return {"type": given}
    if isinstance(given, list):
        return {"type": "array", "items": _schema(given[0])}
    made = dict(given)
    if "properties" in made:
        members = {name: _schema(member) for name, member in made["properties"].items()}
        made = {"type": "object", "required": list(members), "additionalProperties": False, **made}
        made["properties"] = members
    for name in ("items", "additionalProperties"):
        if name in made and not isinstance(made[name], bool):
            made[name] = _schema(made[name])
    if isinstance(made.get("enum"), str):
        made["enum"] = _LISTS[made["enum"]]
    if "description" in made:
        made["description"] = made["description"].replace("{families}", ", ".join(FAMILIES))
    return made


def _read() -> Json:
    text = files("gbkg.mcp").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    found: Json = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def _prompt(name: str, ask: str, how: str, **more: str) -> Prompt:
    return Prompt(name, text=f"{ask}\n\n{how}\n\n{_FILE['rules']} {NOTICE}", **more)


def _tool(name: str, takes: Json, gives: Json, required: Sequence[str] = (), **more: Any) -> Tool:
    """A tool of catalogue.yaml. It gives its own members, which are left out when nothing was found, and those of every
    answer."""
    asked = _schema({"properties": takes, "required": list(required)})
    given = _schema({"properties": gives | _FILE["common"], "required": list(_FILE["common"])})
    return Tool(name, input=asked, output=given, answer=_ANSWERS[name], **more)


_FILE = _read()
INSTRUCTIONS = f"{_FILE['instructions']} {NOTICE}"
PROMPTS = {name: _prompt(name, **one) for name, one in _FILE["prompts"].items()}
"""Every prompt by name."""
TOOLS = {name: _tool(name, **one) for name, one in _FILE["tools"].items()}
"""Every tool by name."""


def call(site: Site, name: str, arguments: Mapping[str, Any], base: str = "") -> ToolOutcome:
    """The answer of a tool. `base` is the address of the pages, to which links lead; without one they are those of the
    protocol's resources. What cannot be answered as it was asked is an answer, too, but for want of memory."""
    tool = TOOLS.get(name)
    if tool is None:
        return refusal(site, f"there is no tool {name!r}", f"there are {', '.join(TOOLS)}")
    try:
        _checked(tool, arguments)
        usual = {name: one["default"] for name, one in tool.input["properties"].items() if "default" in one}
        arguments = usual | dict(arguments)
        reply = Reply(site, arguments, base)
        try:
            tool.answer(reply)
        except (NotFoundError, AmbiguousNameError) as error:
            reply = Reply(site, arguments, base)
            report_unknown(reply, error)
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
_FETCHED = {kind: one["prefix"] for kind, one in _FILE["resources"].items()}
TEMPLATES = tuple((kind, one["title"], one["description"]) for kind, one in _FILE["resources"].items())
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
