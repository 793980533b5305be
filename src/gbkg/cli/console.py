"""A rich console whose text is safe for a terminal: only the styles of rich itself are control sequences."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from gbkg.cli.streams import styled
from gbkg.core.result import Lines
from gbkg.core.text import safe, spans


def print_lines(lines: Callable[[int], Lines]) -> None:
    """Prints lines that are made for a width, with bold and dim words, to the terminal that standard output is."""
    console = _console()
    for line in lines(console.width):
        several = "\n" in line.strip("\n")  # which are as wide as they are to be
        for part in [line] if several else line.split("\n"):
            words = part if several else part.lstrip(" ")
            text = Text.assemble(*spans(words))
            indented = Padding(text, (0, 0, 0, len(part) - len(words)), expand=False)
            console.print(text if several or not part else indented, soft_wrap=several)


def _console() -> Console:
    if "NO_COLOR" in os.environ:
        return _Plain(highlight=False, color_system=None, force_terminal=False)
    console = Console(highlight=False, color_system="auto", file=_Styled(sys.stdout))  # type: ignore[arg-type]
    console.push_render_hook(_Safe())
    return console


class _Plain(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # which rich would make an exit code of 1


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
