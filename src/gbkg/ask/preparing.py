"""The saved queries as a build leaves them for whoever asks one (`gbkg.ask.prepared`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.ask import prepared, queries, remarks
from gbkg.ask.saved import SavedQuery
from gbkg.core.inputfiles import named
from gbkg.core.project import Project
from gbkg.graph.cache import Cache, code
from gbkg.sparql import order
from gbkg.sparql.kinds import Kinds
from gbkg.store import unknown
from gbkg.store.base import Store
from gbkg.store.unknown import UsedTerm

_KIND = "prepared"
_FROM_ELSEWHERE = ("name", "path", "text")


def beside(project: Project, cache: Cache) -> Callable[[Store, Path], None]:
    """What writes the queries of a project beside a store. What is worked out of their texts is kept in the cache."""

    def write(store: Store, folder: Path) -> None:
        prepared.write(folder, _records(store, project, cache))

    return write


def _records(store: Store, project: Project, cache: Cache) -> Iterator[tuple[str, dict[str, Any]]]:
    kinds = store.kinds
    known = sha256(repr((code(), kinds.sized, sorted(kinds.datatypes or ()))).encode()).hexdigest()
    for path in project.queries:
        query = project.text(path)
        inputs = f"{known} {sha256(query.encode()).hexdigest()}"
        name = named(path.stem)
        kept = cache.get(_KIND, name, inputs)
        if kept is None:
            kept = json.dumps(_of_text(queries.parse(query, path, project.show(path)), kinds), ensure_ascii=False)
            cache.put(_KIND, name, inputs, kept)
        record = json.loads(kept)
        terms = record.pop("terms")
        if record["ready"] and unknown.remarkable(store, map(_term, terms)):
            record["ready"] = None
        yield query, record
    cache.keep(_KIND, map(named, project.names))


def _of_text(query: SavedQuery, kinds: Kinds) -> dict[str, Any]:
    """The record of a query, with the terms on which it depends in the graph whether anything is to be remarked."""
    said = {name: value for name, value in asdict(query).items() if name not in _FROM_ELSEWHERE}
    return {"saved": said, "ready": _ready(query.text, kinds), "terms": list(map(_parts, unknown.used(query.text)))}


def _ready(text: str, kinds: Kinds) -> tuple[str, tuple[int, ...]] | None:
    found = order.brief(text, kinds) if order.asks_order(text) else None
    if found is None or order.leaves_open(text) or remarks.of_text(text) or remarks.joined(text):
        return None
    lines = found.text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#+")), found.doubtful


def _parts(used: UsedTerm) -> list[Any]:
    literal = used.term if isinstance(used.term, ox.Literal) else None
    words = [literal.value, literal.datatype.value, literal.language] if literal else [used.term.value]
    return [used.kind, words, used.predicate and used.predicate.value, used.direct]


def _term(parts: list[Any]) -> UsedTerm:
    kind, words, predicate, direct = parts
    if len(words) == 1:
        term: ox.NamedNode | ox.Literal = ox.NamedNode(words[0])
    elif words[2]:
        term = ox.Literal(words[0], language=words[2])
    else:
        term = ox.Literal(words[0], datatype=ox.NamedNode(words[1]))
    return UsedTerm(kind, term, ox.NamedNode(predicate) if predicate else None, direct)
