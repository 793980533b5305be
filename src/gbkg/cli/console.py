"""A rich console whose text is safe for a terminal: only the styles of rich itself are control sequences."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment
from rich.text import Text

from gbkg.cli.streams import styled
from gbkg.core.result import Lines
from gbkg.core.text import GAP, safe, spans

_COLUMNS = re.compile(r" *(?:\S+ {2,})+(?=\S)")
"""What stands before the last column of a line, whose other columns are single words."""

_TAB = 8
"""Cells from one tab stop of a terminal to the next."""


def print_lines(lines: Callable[[int], Lines]) -> None:
    """Prints lines that are made for a width, with bold and dim words, to the terminal that standard output is."""
    console = _console()
    for line in lines(console.width):
        several = "\n" in line.strip("\n")  # which are as wide as they are to be
        for part in [line] if several else line.split("\n"):
            text = Text.assemble(*spans(part))
            text.expand_tabs(_TAB)  # which count as nothing where lines are wrapped
            for shown in [text] if several else _wrapped(text, console):
                console.print(shown, soft_wrap=True)


def _wrapped(text: Text, console: Console) -> Iterator[Text]:
    """The text in lines as wide as the terminal: those after the first begin where the last of its columns does, or
    further in than an indented line."""
    if text.cell_len <= console.width:
        yield text
        return
    columns = _COLUMNS.match(text.plain)
    begin = columns.end() if columns and columns.end() <= console.width // 2 else 0
    indent = len(text.plain) - len(text.plain.lstrip(" "))
    after = begin or (indent + len(GAP)) * bool(indent)
    yield from _lines(text, begin or indent, after, console)


def _lines(text: Text, begin: int, after: int, console: Console) -> Iterator[Text]:
    """The text from `begin` on in lines; the first has what stands before it, the others so many blanks."""
    head, words = text.divide([begin]) if begin else (Text(), text)
    for number, line in enumerate(words.wrap(console, max(console.width - max(begin, after), 10))):
        line.rstrip()
        yield Text.assemble(Text(" " * after) if number else head, line)


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
