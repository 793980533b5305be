"""Standard output and standard error, safe for terminals. Everything is printed through them.

Text is made safe (`gbkg.core.text`) on its way to a pipe, too, since it is often displayed later. Data
(`sys.stdout.buffer`: CSV, JSON, RDF and the like) goes into a pipe or file byte for byte, and is made safe on a
terminal. Characters that the encoding lacks, such as Chinese in Latin-1, are written as escapes.
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
    """A text stream over the bytes of another one. `name` is its name in messages.

    Writing raises `OutputError` when it fails, and `BrokenPipeError` when the reader has closed the pipe.
    """

    def __init__(self, stream: Any, name: str) -> None:
        # With PYTHONUNBUFFERED the stream is a raw file, which may write only a part of what it is given.
        self._raw = isinstance(stream.buffer, io.RawIOBase)
        under = io.BufferedWriter(stream.buffer) if self._raw else stream.buffer
        super().__init__(under, stream.encoding, "backslashreplace", line_buffering=stream.line_buffering)
        self._name, self._bytes = name, _Bytes(self)

    def write(self, text: str) -> int:
        self.write_styled(safe(text))
        return len(text)

    def write_styled(self, text: str) -> None:
        """Writes text of our own, which may have control sequences for the terminal."""
        with self._failing():
            super().write(text)
            if self._raw:
                super().flush()

    def flush(self) -> None:
        with self._failing():
            super().flush()

    @property
    def buffer(self) -> Any:
        """For data, as bytes."""
        return self._bytes

    def write_data(self, data: bytes) -> None:
        """Writes bytes unchanged; to a terminal as safe text."""
        if self.isatty():
            self.write(data.decode("utf-8", "replace"))
            return
        self.flush()
        with self._failing():
            super().buffer.write(data)
            if self._raw:
                super().buffer.flush()

    def detach(self) -> Any:
        """Gives back the underlying stream, which stays open."""
        under = super().detach()
        return under.detach() if self._raw else under  # type: ignore[attr-defined]

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"cannot be written: {error.strerror or error}", file=self._name) from error


class _Bytes:
    """The binary buffer of a `Stream`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        self._stream.write_data(data)
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


@contextmanager
def guarded() -> Iterator[None]:
    """Makes standard output and standard error `Stream`s within the block."""
    former = sys.stdout, sys.stderr
    if sys.stderr is None:  # closed by the parent process
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
            _release(stream)
        sys.stdout, sys.stderr = former
        if former[1] is None:
            nowhere.close()


def _release(stream: Stream) -> None:
    """Ends a stream but leaves its file open. What can no longer be written is dropped; the error was raised before."""
    try:
        stream.detach()
    except (OSError, OutputError):
        drop(stream)
        with suppress(OSError, OutputError, ValueError):
            stream.detach()


def drop(stream: TextIO) -> None:
    """Discards what a stream still holds, and everything written to it from now on."""
    with suppress(OSError, OutputError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def styled(stream: TextIO, text: str) -> None:
    """Writes text of our own with control sequences to a terminal stream."""
    getattr(stream, "write_styled", stream.write)(text)
