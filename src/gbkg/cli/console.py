"""A rich console whose text is safe for a terminal: only the styles of rich itself are control sequences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from gbkg.cli.streams import styled
from gbkg.core.text import safe


def styling(stream: TextIO) -> Console:
    """A console that writes safe text with styles to a terminal."""
    console = Console(highlight=False, color_system="auto", file=_Styled(stream))  # type: ignore[arg-type]
    console.push_render_hook(_Safe())
    return console


class _Safe(RenderHook):
    """Makes printed text safe before rich adds the control sequences of styles."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Segments(one) for one in renderables]


class _Segments:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._renderable, options):
            yield Segment(safe(segment.text, "\n"), segment.style, segment.control)


class _Styled:
    """A terminal stream that accepts the control sequences of rich."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        styled(self._stream, text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
