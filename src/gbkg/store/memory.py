"""The graph in memory: a pyoxigraph store, one named graph for each of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

import pyoxigraph as ox

from gbkg.core.errors import AlteredError, ParseError, ProjectError, advice
from gbkg.core.files import Hashing
from gbkg.core.inputfiles import regular
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Quad, Term
from gbkg.store.base import Answer, Store

if TYPE_CHECKING:
    from gbkg.sparql.clauses import Graphs

_DECLARATION = re.compile(r"(?:\s|#[^\r\n]*)*PREFIX\s+([\w.\-]*):\s*<[^<>\s]*>", re.IGNORECASE)
_BEFORE_COLON = re.compile(r"[\w.\-]*(?=:)")
_BUILD = "gbkg build writes a graph as N-Quads"


@lru_cache(maxsize=512)
def undeclared(text: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of these prefixes that the engine must be told of, which takes it long: one that the text declares at its
    beginning, or does not write, is not among them; one that stands in a string alone may be.

    >>> undeclared("PREFIX org: <https://example.org/> SELECT ?x { ?x org:memberOf gbkg:y }", ("gbkg", "id", "org"))
    ('gbkg',)
    """
    declared = set()
    at = 0
    while found := _DECLARATION.match(text, at):
        at = found.end()
        declared.add(found[1])
    written = set(_BEFORE_COLON.findall(text, at))
    if "\\u" in text or "\\U" in text:  # characters that are written by their numbers
        return prefixes
    return tuple(name for name in prefixes if name in written and name not in declared)


class Memory(Store):
    """Quads in an engine of this process, `engine`."""

    def __init__(self, engine: ox.Store) -> None:
        self.engine = engine

    @classmethod
    def of(cls, statements: Iterable[ox.Quad]) -> Self:
        """A new store with the quads."""
        engine = ox.Store()
        engine.bulk_extend(statements)
        return cls._staying(engine)

    @classmethod
    def read(cls, path: Path, sha256: str = "") -> Self:
        """A new store with the quads of an N-Quads file, which has that SHA-256, if one is given.

        Raises `ProjectError` when it cannot be opened or is not a regular file, `AlteredError` when it has another
        digest, `ParseError` (file, line) when it is not N-Quads.
        """
        engine = ox.Store()
        if not sha256 or path.exists():
            regular(path, hint=_BUILD)
        try:
            with path.open("rb") as file:
                hashing = Hashing(file)
                try:
                    engine.bulk_load(input=cast(IO[bytes], hashing), format=ox.RdfFormat.N_QUADS)
                finally:
                    if sha256:  # what was altered is said first, also of a line that is no longer one
                        hashing.check(sha256, str(path))
        except OSError as error:
            if sha256 and isinstance(error, FileNotFoundError):
                raise AlteredError(str(path), "", sha256) from error
            message = f"cannot be read: {error.strerror or error}"
            raise ProjectError(message, file=str(path), hint=advice(error, _BUILD)) from error
        except SyntaxError as error:
            raise ParseError(f"not N-Quads: {error.msg}", file=str(path), line=error.lineno) from error
        return cls._staying(engine)

    @classmethod
    def _staying(cls, engine: ox.Store) -> Self:
        made = cls(engine)
        made.stays = True
        return made

    def query(self, text: str, graphs: Graphs | None = None) -> Answer:
        names = undeclared(text, tuple(PREFIXES))
        prefixes = {name: PREFIXES[name] for name in names} if names else None
        if graphs is None:
            return self.engine.query(text, prefixes=prefixes, use_default_graph_as_union=True)
        default: list[Any] = [ox.NamedNode(iri) for iri in graphs.default]
        named: list[Any] = [ox.NamedNode(iri) for iri in graphs.named]
        # The engine takes None for all graphs, and no graphs for none.
        return self.engine.query(text, prefixes=prefixes, default_graph=default, named_graphs=named)

    def quads(
        self,
        subject: Term | None = None,
        predicate: Term | None = None,
        object: Term | None = None,
        graph: Term | None = None,
    ) -> Iterator[Quad]:
        find: Any = self.engine.quads_for_pattern  # which refuses a literal where none can be, as it should
        found: Iterator[Quad] = find(subject, predicate, object, graph)
        return found

    @contextmanager
    def with_more(self, quads: Iterable[ox.Quad]) -> Iterator[Memory]:
        """The store, which has these quads too while the block runs."""
        given = [quad for quad in quads if quad not in self.engine]
        self._extend(given)
        try:
            yield self
        finally:
            self._remove(given)

    def _extend(self, quads: list[ox.Quad]) -> None:
        self.engine.extend(quads)

    def _remove(self, quads: list[ox.Quad]) -> None:
        for quad in quads:
            self.engine.remove(quad)

    def __len__(self) -> int:
        return len(self.engine)

    def __iter__(self) -> Iterator[ox.Quad]:
        return iter(self.engine)
