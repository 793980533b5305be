"""The transcript of docs/agents.md: calls of a client over standard input and output, and what it is given.

The version of the graph, and the keys of quotations that depend on it, change with every change of a saved query's
header; they are written VERSION and KEY.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from conftest import ROOT
from mcp import Client

from agents.conftest import over_stdio, run

PAGE = ROOT / "docs" / "agents.md"
BLOCK = re.compile(r"<!-- transcript -->\n```text\n(.*?)```", re.S)
KEY = re.compile(r"(</?quotation )[0-9a-f]{8}>")
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"query": "macau alliance", "kinds": ["entity"], "limit": 2}),
    ("relations", {"name": "gba-blockchain-alliance", "relations": ["founding"]}),
    ("entity", {"name": "Guangzhou Blockchain International Innovation Center", "groups": ["Statistics"], "limit": 1}),
    ("verify_quote", {"quote": "jointly established by Patek and the Huangpu District Government"}),
    ("entity", {"name": "University of Macau", "groups": ["Dates"]}),
    ("search", {"query": "Ethereum mining"}),
)


def text(graph: Path) -> str:
    """What the client asks and is told, call after call."""

    async def ask() -> str:
        async with Client(over_stdio("--graph", graph)) as client:
            made = []
            for tool, arguments in CALLS:
                found = await client.call_tool(tool, arguments)
                told = "".join(f"{line.rstrip()}\n" for line in found.content[-1].text.splitlines())
                version = found.structured_content["version"]
                told = KEY.sub(r"\1KEY>", told.replace(version, "VERSION").replace(version[:8], "VERSION"))
                made.append(f"→ {tool} {json.dumps(arguments, ensure_ascii=False)}\n\n{told}")
            return "\n".join(made)

    return run(asyncio.wait_for(ask(), 60))


def write(graph: Path) -> None:
    """Writes the transcript in docs/agents.md anew."""
    page = PAGE.read_text(encoding="utf-8")
    made = f"<!-- transcript -->\n```text\n{text(graph)}```"
    PAGE.write_text(BLOCK.sub(lambda _: made, page), encoding="utf-8")
