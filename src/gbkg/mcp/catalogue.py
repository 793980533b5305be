"""All tools, and how one is called: in a worker of the pool, or by a program that has opened a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema

from gbkg.core.errors import AmbiguousNameError, GbkgError, NotFoundError
from gbkg.knowledge import KnowledgeGraph
from gbkg.mcp.outcome import Outcome, Reply, refusal
from gbkg.mcp.tool import Tool, unnamed
from gbkg.mcp.tools import asking, checking, contents, finding, quoting, relating
from gbkg.web.site import Site

TOOLS: dict[str, Tool] = {
    tool.name: tool for module in (finding, relating, asking, checking, quoting, contents) for tool in module.TOOLS
}
"""Every tool by name."""


def call(site: Site, name: str, arguments: Mapping[str, Any], base: str = "") -> Outcome:
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
