"""The browser libraries that were installed with gbkg, and which of them are missing.

`static/vendor.json` says what there should be; `hatch_build.py` puts it there. A file with another digest counts as
absent.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
PARTS: dict[str, tuple[str, ...]] = {
    "explorer": ("cytoscape", "layout-base", "cose-base", "cytoscape-fcose"),
    "editor": ("@zazuko/yasgui",),
}
"""Part of the pages to the npm packages that it needs."""
PLAIN = {
    "explorer": "/explore shows its table and the picture of gbkg draw, without the canvas",
    "editor": "/sparql shows a plain field and table, without colours and completion",
}
"""What works without them."""


@cache
def available(name: str) -> bool:
    """Whether a part, or one npm package, is here whole. Raises `KeyError` for a name that is neither."""
    if name in PARTS:
        return all(available(package) for package in PARTS[name])
    files = _files()[name]
    return all((path := STATIC / "vendor" / file).is_file() and _digest(path) == known for file, known in files.items())


def missing() -> tuple[str, ...]:
    """For each part that is not here a sentence: what its page is without it, and how to get it."""
    said = tuple(PLAIN[part] for part in PARTS if not available(part))
    return (*said, "install gbkg again where npm is and the network is open, and both are whole") if said else ()


def _files() -> dict[str, dict[str, str]]:
    """Package to its files, each with its digest."""
    table = json.loads((STATIC / "vendor.json").read_text(encoding="utf-8"))
    return {one["name"]: {file["as"]: file["sha256"] for file in one["files"]} for one in table["packages"]}


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    for sentence in missing():
        print(f"gbkg: {sentence}", file=sys.stderr)
