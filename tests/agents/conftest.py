"""Fixtures of the agent door: tools called as a worker calls them, and clients of the official SDK."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import pytest
from conftest import MINI, SHIPPED
from mcp import StdioServerParameters

from gbkg.core.project import Project
from gbkg.documents import sources as registry
from gbkg.documents.sources import collect
from gbkg.knowledge import opening
from gbkg.mcp.catalogue import TOOLS, call
from gbkg.mcp.outcome import Outcome
from gbkg.web.site import Site

T = TypeVar("T")
Tools = Callable[..., Outcome]


def tools(site: Site, base: str = "") -> Tools:
    """A function that calls a tool as a worker does, and proves that what it gives is as its schema says."""

    def ask(tool: str, /, **arguments: Any) -> Outcome:
        found = call(site, tool, arguments, base)
        jsonschema.Draft202012Validator(TOOLS[tool].output).validate(dict(found.values))
        return found

    return ask


@pytest.fixture(scope="session")
def site(real_build: Path) -> Site:
    """The shipped project with frozen data, without documents."""
    return Site(opening.open(SHIPPED, real_build / "gbkg.nq"))


@pytest.fixture(scope="session")
def small(mini_build: Path) -> Site:
    """The mini project, its documents at hand."""
    documents = collect(MINI / "documents", registry.read(Project(MINI)).sources)
    return Site(opening.open(MINI, mini_build / "gbkg.nq"), documents)


@pytest.fixture(scope="session")
def ask(site: Site) -> Tools:
    return tools(site)


@pytest.fixture(scope="session")
def ask_small(small: Site) -> Tools:
    return tools(small, "http://127.0.0.1:8473")


def over_stdio(*arguments: object, **environment: str) -> StdioServerParameters:
    """`gbkg mcp` as a client starts it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GBKG_")}
    command = ["-m", "gbkg", "mcp", *map(str, arguments)]
    return StdioServerParameters(command=sys.executable, args=command, env=inherited | environment)


def run(work: Awaitable[T]) -> T:
    """What a coroutine gives, within a minute; in its own thread, as Playwright leaves a running loop behind."""

    async def bounded() -> T:
        return await asyncio.wait_for(work, 60)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, bounded()).result()
