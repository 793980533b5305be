"""A file of N-Quads put into an engine on disk, in memory that does not grow with the file.

The engine sorts what one call gives it in memory, about 900 bytes a quad, and works at two calls' worth at a time where
one call has more than a million. Each call leaves a table for each index; at the fourth the engine begins to rewrite
all tables, to nearly twice the size and at a quarter more of the time, however large the calls are. So a file is loaded
in three pieces, unless these would be too large: then in small ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from gbkg.core.errors import ParseError

PIECES, LEAST, MOST = 3, 20_000_000, 180_000_000
"""How many pieces a file is loaded in; the bytes of the smallest that are worth it, and of the largest, which takes
0.8 GB of memory."""
SMALL = 60_000_000
"""The bytes of each piece of a larger file, which takes 0.3 GB."""


class _Span:
    """The bytes of an open file up to a place."""

    def __init__(self, file: IO[bytes], end: int) -> None:
        self._file, self._end = file, end

    def read(self, size: int = -1) -> bytes:
        left = self._end - self._file.tell()
        return self._file.read(left if size < 0 else min(size, left))


def load(engine: ox.Store, path: Path) -> None:
    """Loads a file. Raises `OSError`, and `ParseError` when it is not N-Quads."""
    with path.open("rb") as file:
        begin = 0
        for end in _ends(file):
            file.seek(begin)
            try:
                engine.bulk_load(input=cast(IO[bytes], _Span(file, end)), format=ox.RdfFormat.N_QUADS)
            except SyntaxError as error:
                file.seek(0)
                line = error.lineno and error.lineno + file.read(begin).count(b"\n")
                raise ParseError(f"not N-Quads: {error.msg}", file=str(path), line=line) from error
            begin = end


def _ends(file: IO[bytes]) -> Iterator[int]:
    """Where each piece of a file ends, which is the end of a line."""
    size, end = os.fstat(file.fileno()).st_size, 0
    piece = SMALL if size > PIECES * MOST else max(size // PIECES, LEAST)
    while end < size:
        file.seek(end + piece)
        file.readline()
        end = min(file.tell(), size)
        yield end
