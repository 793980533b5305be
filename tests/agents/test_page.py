"""docs/agents.md tells the truth: the transcript is what a client is given, programs run, every tool is there."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT

from agents import transcript
from gbkg.mcp.catalogue import PROMPTS, TEMPLATES, TOOLS

PAGE = transcript.PAGE.read_text(encoding="utf-8")


def test_the_transcript_is_what_a_client_is_given(real_build: Path) -> None:
    (shown,) = transcript.BLOCK.findall(PAGE)
    assert shown == transcript.text(real_build / "gbkg.nq")


def test_every_tool_prompt_and_address_is_on_the_page() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.M)[: len(TOOLS)] == list(TOOLS)
    assert all(f"`{name}`" in PAGE for name in PROMPTS) and all(f"`gbkg://{kind}/" in PAGE for kind, _, _ in TEMPLATES)


def test_configurations_are_json_and_name_the_command() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    assert blocks and all("gbkg" in json.dumps(json.loads(block)) for block in blocks)


@pytest.mark.parametrize("number", [0, 1])
def test_the_programs_run(number: int, real_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, said = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.S)[number]
    graph = str(real_build / "gbkg.nq")
    for written, run in (
        ('gbkg.open("."', f"gbkg.open({str(ROOT)!r}"),
        ('"build/gbkg.nq"', repr(graph)),
        ('command="gbkg"', f"command={sys.executable!r}, env={dict(os.environ) | {'GBKG_SOURCES': ''}!r}"),
        ('args=["mcp"]', f'args=["-m", "gbkg", "mcp", "--graph", {graph!r}]'),
    ):
        program = program.replace(written, run)
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("GBKG_SOURCES", raising=False)
    out = io.StringIO()
    code = compile(program, "docs/agents.md", "exec")
    # In its own thread, as Playwright leaves a running loop behind in this one.
    with contextlib.redirect_stdout(out), ThreadPoolExecutor(1) as thread:
        thread.submit(exec, code, {"__name__": "__main__"}).result()
    assert out.getvalue() == said
