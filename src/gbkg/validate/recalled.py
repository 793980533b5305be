"""What queries found in the last build's graph: they find the same while no quad that came or went matches one of their
patterns."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeVar

import pyoxigraph as ox

from gbkg.core.difference import COMPARABLE, Quads
from gbkg.core.nquads import stored
from gbkg.graph.cache import Cache, code
from gbkg.graph.parts import Parts, stamp
from gbkg.validate.patterns import matched, seen

T = TypeVar("T")
_KIND, _NAME = "answers", "gbkg.nq"
FEW = 1_000
"""Quads that came or went, up to which a check is asked for them one by one."""


class Recalled:
    """What queries found in `former`, a file of N-Quads, if its parts are known, and what they find in that of `parts`,
    to be kept for the next build."""

    def __init__(self, cache: Cache, parts: Parts, former: Path) -> None:
        self._cache, self._parts = cache, parts
        difference = parts.since(cache, former)
        known = cache.get(_KIND, _NAME, f"{code()} {stamp(former)}") if difference else None
        self._former: dict[str, object] = json.loads(known) if known else {}
        self._found = dict[str, object]()
        removed, added = difference or ([], [])
        self.difference: Quads = [*map(_stored, removed)], [*map(_stored, added)]
        self._seen = seen((*removed, *added))

    @cached_property
    def few(self) -> bool:
        """Whether something is known, and little has changed since; nothing at nodes without a name, which have others
        in every store."""
        quads = [quad for some in self.difference for quad in some]
        unnamed = (isinstance(end, ox.BlankNode) for quad in quads for end in (quad.subject, quad.object))
        return bool(self._former) and len(quads) <= FEW and not any(unnamed)

    def of(self, text: str, ask: Callable[[], T], /) -> T:
        """What `ask` makes of the answer to a query, which JSON can hold; it is not asked what is known."""
        key = _key(text, "")
        found = self._former.get(key)
        if found is None or self.touched(text):
            found = ask()
        self._found[key] = found
        return found  # type: ignore[return-value]

    def known(self, text: str, about: str) -> object:
        """What was found, whatever has changed since; None if that is not known. `about` says what it depends on beside
        the graph."""
        return self._former.get(_key(text, about))

    def put(self, text: str, about: str, found: object) -> None:
        """Keeps what was found in this graph."""
        self._found[_key(text, about)] = found

    def touched(self, text: str) -> bool:
        """Whether a quad that came or went may have to do with what a query finds."""
        return matched(text, self._seen)

    def remember(self) -> None:
        """Keeps what was found, once the file is that of a build."""
        if sum(part.lines for part in self._parts.every) <= COMPARABLE:
            content = json.dumps(self._found, ensure_ascii=False)
            self._cache.put(_KIND, _NAME, f"{code()} {stamp(self._parts.path)}", content)


def _key(*texts: str) -> str:
    return sha256("\0".join(texts).encode()).hexdigest()


class Recall(Protocol):
    """How a query is asked, as `Recalled.of` does it, or `directly`."""

    def __call__(self, text: str, ask: Callable[[], T], /) -> T: ...


def directly(_text: str, ask: Callable[[], T], /) -> T:
    """What `ask` makes of the answer to a query of which nothing is known."""
    return ask()


def _stored(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, stored(quad.object), quad.graph_name)
