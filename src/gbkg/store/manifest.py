"""What is written beside a store on disk: its manifest, that is what it holds, and the kinds of its values."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gbkg.core.errors import StoreError
from gbkg.core.nquads import Digest
from gbkg.core.prefixes import PREFIXES
from gbkg.core.versions import damaged, unreadable

if TYPE_CHECKING:
    from gbkg.sparql.kinds import Kinds

_NAME, _KINDS = "manifest.json", "kinds.json"
FORMAT = 1
"""Format of a version's folder; raised by one when an older gbkg could no longer read it rightly."""


@dataclass(frozen=True)
class Manifest:
    """What a version holds: the same graph always has the same manifest."""

    version: str
    """Version of gbkg that wrote the store."""
    inputs: str
    """The digest of what the graph was built from."""
    quads: int
    digest: str
    """Digest of the quads (`gbkg.core.nquads.Digest`): 64 hexadecimal digits."""
    graphs: dict[str, int]
    """Quads by named graph: its name in `gbkg.core.nquads`, or its IRI if it is none of ours."""
    unchecked: bool = False
    """Whether the gates on the graph were skipped."""
    format: int = FORMAT


def write(version: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n"
    (version / _NAME).write_text(text, encoding="utf-8")


def read(version: Path) -> Manifest:
    """The manifest of a version. Raises `StoreError` when it is damaged or of another format."""
    try:
        content = json.loads((version / _NAME).read_bytes())
    except ValueError as error:
        raise damaged(version, f"{_NAME} is not JSON") from error
    except FileNotFoundError as error:
        raise damaged(version, f"{_NAME} is missing") from error
    except OSError as error:
        raise unreadable(version / _NAME, error) from error
    if isinstance(content, dict) and content.get("format", FORMAT) != FORMAT:
        message, hint = f"a store of format {content['format']!r}, expected {FORMAT}", "build it again, or use its gbkg"
        raise StoreError(message, file=str(version / _NAME), hint=hint)
    if not isinstance(content, dict) or content.keys() != {field.name for field in fields(Manifest)}:
        raise damaged(version, f"{_NAME} has not the fields of a manifest")
    return Manifest(**content)


def difference(manifest: Manifest, engine: ox.Store, found: Digest) -> str:
    """What a `pyoxigraph.Store` has otherwise than the manifest promises, its quads having that digest; or nothing."""
    graphs = _counts(engine)
    if any(engine.quads_for_pattern(None, None, None, ox.DefaultGraph())):
        return "quads outside the named graphs, expected none"
    if sum(graphs.values()) != manifest.quads:
        return f"{sum(graphs.values())} quads, expected {manifest.quads}"
    for name in sorted(graphs.keys() | manifest.graphs.keys()):
        if graphs.get(name, 0) != manifest.graphs.get(name, 0):
            return f"{graphs.get(name, 0)} quads in graph {name}, expected {manifest.graphs.get(name, 0)}"
    if found.hex != manifest.digest:
        return f"the quads have digest {found.hex}, expected {manifest.digest}"
    return ""


def _counts(engine: ox.Store) -> dict[str, int]:
    """Quads by name of the named graph; a second for a million, as the engine need not look at what they say."""
    answer: Any = engine.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    return {row["g"].value.removeprefix(PREFIXES["graph"]): int(row["n"].value) for row in answer}


def examine(graph: Path, version: Path) -> None:
    """Finds out the kinds of values in a file of N-Quads that gbkg wrote, and writes them beside the store of it."""
    from gbkg.sparql.kinds import of_lines

    with graph.open("rb") as lines:
        write_kinds(of_lines(lines), version)


def write_kinds(found: Kinds, version: Path) -> None:
    """Writes the kinds of values in a graph beside its store."""
    datatypes = None if found.datatypes is None else sorted(found.datatypes)
    (version / _KINDS).write_text(json.dumps([found.sized, datatypes]) + "\n", encoding="utf-8")


def read_kinds(version: Path) -> Kinds | None:
    """What was written of them; None where nothing was. Raises `StoreError` when it cannot be read."""
    from gbkg.sparql.kinds import Kinds

    try:
        sized, datatypes = json.loads((version / _KINDS).read_bytes())
        return Kinds(sized, None if datatypes is None else frozenset(map(tuple, datatypes)))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise damaged(version, f"{_KINDS} has not the kinds of values") from error
    except OSError as error:
        raise unreadable(version / _KINDS, error) from error
