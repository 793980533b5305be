"""What a converter makes of a file: blocks of text in reading order, and what the file says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from gbkg.documents.passages import fold

Kind = Literal["text", "heading", "caption", "furniture", "item", "row", "footnote"]
"""A paragraph, a heading, the caption of a table or figure, what belongs to the page alone, an item of a list, a row of
a table, a footnote."""
SET_ASIDE: tuple[Kind, ...] = ("heading", "caption", "furniture")
"""The kinds that state nothing and are proposed to be set aside."""
CAPTION = re.compile(r"(?:Figure|Fig\.|Table|Chart|Plate)\s*\d+(?:[.:\-–]\d+)*\b.{0,200}|[图表]\s*\d+.{0,80}", re.S)
_CONTENTS = re.compile(r"(?:table of )?contents|目\s*[录次錄]", re.I)
_LEADERS = re.compile(r"(?:\.\s?){6}|…{3}")
"""Dots that lead from a title to the number of its page."""
_PROSE = 200
"""Characters of a block without such dots with which a list of contents has ended."""
_WHITE = re.compile(r"\s+")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PageBox:
    """Where a line of a block stands on its page: its offset in the text of the block, the page from 1, and left,
    bottom, right and top in points (1/72 inch) from the lower left corner."""

    at: int
    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text without a line end."""

    kind: Kind
    text: str
    boxes: tuple[PageBox, ...] = ()


@dataclass(frozen=True)
class Converted:
    """A file as text. `said` has what the file says of itself, of title, creator, publisher, issued and language;
    `by` is the name and version of the converter, of gbkg and of the library that it uses; `remarks` are for the
    reader of the command."""

    blocks: tuple[Block, ...]
    said: dict[str, str]
    by: str
    media: str
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text: a line for each block."""
        return "".join(f"{block.text}\n" for block in self.blocks)


@dataclass(frozen=True)
class Read:
    """What a converter of one kind of file gives: blocks, what the file says of itself, and remarks."""

    blocks: tuple[Block, ...]
    said: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def clean(text: str) -> str:
    """A text in one line: white space becomes one blank, nothing between Chinese characters at a line end; characters
    that cannot be seen and mean nothing are left out.

    >>> clean("one\\n two"), clean("公共\\n图书馆"), clean("第一条　为了")
    ('one two', '公共图书馆', '第一条 为了')
    """

    def white(run: re.Match[str]) -> str:
        around = text[max(0, run.start() - 1) : run.start()] + run[0] + text[run.end() : run.end() + 1]
        return "" if "\n" in run[0] and run.start() and run.end() < len(text) and " " not in fold(around) else " "

    text = _UNSEEN.sub("", text)
    return _WHITE.sub(white, text).strip()


def tidy(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that have text; captions recognised by their words, and a list of contents by its dots."""
    kept, listing = [], False
    for block in blocks:
        if not block.text:
            continue
        leads = bool(_LEADERS.search(block.text))
        listing = bool(_CONTENTS.fullmatch(block.text)) or (listing and (leads or len(block.text) < _PROSE))
        kind = block.kind
        if kind == "text" and len(block.text) < 200 and CAPTION.fullmatch(block.text):
            kind = "caption"
        elif listing and leads:
            kind = "furniture"
        kept.append(replace(block, kind=kind))
    return tuple(kept)
