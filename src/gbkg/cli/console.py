"""A console of rich that styles words on a terminal and lets nothing else through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from gbkg.cli.streams import styled
from gbkg.core.text import safe


def styling(stream: TextIO) -> Console:
    """A console that writes to a terminal."""
    console = Console(highlight=False, color_system="auto", file=_Styled(stream))  # type: ignore[arg-type]
    console.push_render_hook(_Safe())
    return console


class _Safe(RenderHook):
    """Makes the text of all that is printed safe, before rich adds the sequences of styles."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Segments(one) for one in renderables]


class _Segments:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._renderable, options):
            yield Segment(safe(segment.text, "\n"), segment.style, segment.control)


class _Styled:
    """A terminal to which rich may write its sequences."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        styled(self._stream, text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
