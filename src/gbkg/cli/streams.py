"""Standard output and error, safe for terminals: the one place through which everything is printed.

Text is made safe (`gbkg.core.text`) wherever it goes, since what is written to a pipe is often shown later. Data
(`sys.stdout.buffer`: CSV, JSON, RDF and the like) goes into a pipe or file byte for byte, and is made safe on a
terminal. What an encoding lacks, such as Chinese in Latin-1, is written as an escape.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from gbkg.core.errors import OutputError
from gbkg.core.text import safe


class Stream(io.TextIOWrapper):
    """A text stream over the bytes of another one. `name` is what messages call it.

    Raises `OutputError` when it cannot be written; `BrokenPipeError` when whoever read it has gone.
    """

    def __init__(self, stream: Any, name: str) -> None:
        # With PYTHONUNBUFFERED there is a raw file, which may take a part of what it is given and say no more.
        self._raw = isinstance(stream.buffer, io.RawIOBase)
        taking = io.BufferedWriter(stream.buffer) if self._raw else stream.buffer
        super().__init__(taking, stream.encoding, "backslashreplace", line_buffering=stream.line_buffering)
        self._said, self._bytes = name, _Bytes(self)

    def write(self, text: str) -> int:
        self.write_styled(safe(text))
        return len(text)

    def write_styled(self, text: str) -> None:
        """Writes what we ourselves have made, the terminal's own sequences included."""
        with self._told():
            super().write(text)
            if self._raw:
                super().flush()

    def flush(self) -> None:
        with self._told():
            super().flush()

    @property
    def buffer(self) -> Any:
        """Takes the bytes of data."""
        return self._bytes

    def write_data(self, data: bytes) -> None:
        """Bytes as they are; on a terminal safe, as text."""
        if self.isatty():
            self.write(data.decode("utf-8", "replace"))
            return
        self.flush()
        with self._told():
            super().buffer.write(data)
            if self._raw:
                super().buffer.flush()

    def detach(self) -> Any:
        """The stream under it, which stays open."""
        taking = super().detach()
        return taking.detach() if self._raw else taking  # type: ignore[attr-defined]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"cannot be written: {error.strerror or error}", file=self._said) from error


class _Bytes:
    """The bytes of a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        self._stream.write_data(data)
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


@contextmanager
def guarded() -> Iterator[None]:
    """Standard output and error are `Stream`s for as long as this lasts."""
    former = sys.stdout, sys.stderr
    if sys.stderr is None:  # closed by whoever started us
        nowhere = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    made = []
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if hasattr(stream, "buffer"):
            stream.flush()
            made.append(Stream(stream, name))
            setattr(sys, name, made[-1])
    try:
        yield
    finally:
        for stream in made:
            _let_go(stream)
        sys.stdout, sys.stderr = former
        if former[1] is None:
            nowhere.close()


def _let_go(stream: Stream) -> None:
    """Ends a stream but not the file under it; what cannot be written any more is dropped, and was told before."""
    try:
        stream.detach()
    except (OSError, OutputError):
        drop(stream)
        with suppress(OSError, OutputError, ValueError):
            stream.detach()


def drop(stream: TextIO) -> None:
    """Sends what a stream still holds, and all that comes, nowhere."""
    with suppress(OSError, OutputError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def styled(stream: TextIO, text: str) -> None:
    """Writes text of our own with sequences for a terminal."""
    getattr(stream, "write_styled", stream.write)(text)
