"""Fixtures for the tools of language models: tools called as a worker calls them, and clients of the official SDK."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import jsonschema
import pytest
from mcp import StdioServerParameters

from gbkg.mcp.catalogue import TOOLS, call
from gbkg.mcp.outcome import ToolOutcome
from gbkg.web.site import Site

T = TypeVar("T")
Tools = Callable[..., ToolOutcome]


def tools(site: Site, base: str = "") -> Tools:
    """A function that calls a tool as a worker does, and proves that what it gives is as its schema says."""

    def ask(tool: str, /, **arguments: Any) -> ToolOutcome:
        found = call(site, tool, arguments, base)
        jsonschema.Draft202012Validator(TOOLS[tool].output).validate(dict(found.values))
        return found

    return ask


@pytest.fixture(scope="session")
def ask(site: Site) -> Tools:
    return tools(site)


@pytest.fixture(scope="session")
def ask_small(small: Site) -> Tools:
    return tools(small, "http://127.0.0.1:8473")


def over_stdio(*arguments: object, **environment: str) -> StdioServerParameters:
    """`gbkg mcp` as a client starts it."""
    command = ["-m", "gbkg", "mcp", *map(str, arguments)]
    return StdioServerParameters(command=sys.executable, args=command, env=without_settings() | environment)


def without_settings() -> dict[str, str]:
    """The environment without what gbkg reads from it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GBKG_")}


def run(work: Awaitable[T]) -> T:
    """What a coroutine gives, within two minutes; in its own thread, as Playwright leaves a running loop behind."""

    async def bounded() -> T:
        return await asyncio.wait_for(work, 120)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, bounded()).result()
