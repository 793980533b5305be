"""docs/your-own.md is a road that was walked: its files are written and its commands run, in their order.

`python -m tests.test_your_own`, in the checkout, writes its outputs anew.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

PAGE = Path(__file__).parent.parent / "docs" / "your-own.md"
STEP = re.compile(r"<!-- (?P<kind>output|file|append): (?P<what>.+?) -->\n```text\n(?P<text>.*?)```", re.S)


def walked(page: str, folder: Path) -> Iterator[tuple[re.Match[str], str]]:
    """Each step of the page with its text, that of a command being what it prints to stdout."""
    for step in STEP.finditer(page):
        if step["kind"] == "output":
            yield step, printed(step["what"], folder)
            continue
        name, _, encoding = step["what"].partition(" ")
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        former = path.read_bytes() if step["kind"] == "append" else b""
        path.write_bytes(former + step["text"].encode(encoding.strip("()") or "utf-8"))
        yield step, step["text"]


def printed(command: str, folder: Path) -> str:
    project = folder / "libraries"
    known = {name: value for name, value in os.environ.items() if not name.startswith("GBKG_")}
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        capture_output=True,
        encoding="utf-8",
        cwd=project if project.exists() else folder,
        env=known | {"PYTHONPATH": str(PAGE.parents[1] / "src")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def test_the_page_is_what_happens(tmp_path: Path) -> None:
    steps = [(step["what"], step["text"], text) for step, text in walked(PAGE.read_text("utf-8"), tmp_path)]
    assert len(steps) == 17
    for what, told, happened in steps:
        assert re.sub(r"\d+\.\d+\.\d+", "VERSION", told) == re.sub(r"\d+\.\d+\.\d+", "VERSION", happened), what


def write() -> None:
    """Writes the outputs of the page anew."""
    page = PAGE.read_text("utf-8")
    with TemporaryDirectory() as folder:
        for step, text in walked(page, Path(folder)):
            page = page.replace(step[0], step[0].replace(f"```text\n{step['text']}```", f"```text\n{text}```"), 1)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
