"""What a build has worked out about the saved queries, beside the store that it leaves: whoever asks one reads neither
YAML nor SPARQL for it.

The first line of the file is the version of gbkg. Each other line is of one query: the SHA-256 of its text, and JSON
with `saved`, what its header says, and `ready`, how it is asked; that is null where something has to be found out, or
said, each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from gbkg.ask.headers import View
from gbkg.ask.saved import Parameter, SavedQuery
from gbkg.core import __version__
from gbkg.core.project import Project

_NAME = "queries.lines"


class Ready(NamedTuple):
    """A SELECT with an order of its own, of which nothing is to be remarked in this graph: its text settled by the
    columns (`gbkg.sparql.order`), and the places of those that may have values which their order leaves open."""

    text: str
    doubtful: tuple[int, ...]


def write(folder: Path, records: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Writes what is known of each text."""
    lines = [f"{_key(text)} {json.dumps(record, ensure_ascii=False)}" for text, record in records]
    (folder / _NAME).write_text("\n".join([__version__, *sorted(lines)]) + "\n", encoding="utf-8")


def ready(folder: Path | None, text: str) -> Ready | None:
    """How a text is asked of the store in a folder; None where the build has not worked that out."""
    found = (_record(folder, text) or {}).get("ready") if folder else None
    return Ready(found[0], tuple(found[1])) if found else None


def saved(folder: Path | None, project: Project, name: str) -> SavedQuery | None:
    """The saved query of this name, if its file has the text that the build has read."""
    path = next((path for path in project.queries if path.stem == name), None) if folder else None
    if folder is None or path is None:
        return None
    text = project.text(path)
    record = _record(folder, text)
    if record is None:
        return None
    said = record["saved"]
    parameters = tuple(Parameter(**_tuples(one)) for one in said.pop("parameters"))
    view = said.pop("view")
    fields = tuple((name, tuple(columns)) for name, columns in view["fields"]) if view else ()
    made = View(view["kind"], fields) if view else None
    return SavedQuery(name, path, text, parameters=parameters, view=made, **_tuples(said))


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _record(folder: Path, text: str) -> dict[str, Any] | None:
    line = _line(folder, text)
    return dict(json.loads(line)) if line else None


@lru_cache(maxsize=64)
def _line(folder: Path, text: str) -> bytes:
    try:
        raw = (folder / _NAME).read_bytes()
    except OSError:
        return b""
    mark = f"\n{_key(text)} ".encode()
    begin = raw.find(mark)
    if begin < 0 or not raw.startswith(f"{__version__}\n".encode()):
        return b""
    return raw[begin + len(mark) : raw.index(b"\n", begin + 1)]


def _key(text: str) -> str:
    return sha256(text.encode()).hexdigest()
