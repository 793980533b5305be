"""What every result can do, of `KnowledgeGraph` and of what commands do: be printed, be shown in a notebook, and be
written as JSON."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gbkg.core import SCHEMA
from gbkg.core.markup import plain

WIDTH = 200
"""Cells of a line of text where no terminal says how wide it is."""

Lines = Iterator[str]
"""What to print: lines with bold and dim words (`gbkg.core.markup`), some of several lines."""


@dataclass(frozen=True)
class Result:
    """A result; `remarks` are what a reader should know beside it, a sentence each."""

    kind: ClassVar[str]
    remarks: tuple[str, ...] = field(default=(), kw_only=True)

    def values(self) -> dict[str, Any]:
        """The values of this kind of result as JSON has them."""
        raise NotImplementedError

    def lines(self, width: int = WIDTH) -> Lines:
        """What to print where a line has so many cells."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON has it: see docs/records.md."""
        return {"schema": SCHEMA, "kind": self.kind, **self.values(), "remarks": list(self.remarks)}

    def text(self, width: int = WIDTH) -> str:
        """The result in words, without the remarks; no line ends in blanks."""
        lines = (line for marked in self.lines(width) for line in plain(marked).split("\n"))
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(remark)}</p>" for remark in self.remarks)
        return f"<pre>{html.escape(self.text())}</pre>{said}"
