"""What every result can do, of `KnowledgeGraph` and of what commands do: be printed, be shown in a notebook, and be
written as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar

from gbkg.core import SCHEMA
from gbkg.core.text import plain

WIDTH = 200
"""Cells of a line of text where no terminal says how wide it is."""

Lines = Iterator[str]
"""What to print: lines with bold and dim words (`gbkg.core.text`), some of several lines."""


@dataclass(frozen=True)
class Result:
    """A result; `remarks` are what a reader should know beside it, a sentence each."""

    kind: ClassVar[str]
    remarks: tuple[str, ...] = field(default=(), kw_only=True)

    def values(self) -> dict[str, Any]:
        """The values of this kind of result as JSON has them: its parts by name."""
        return _parts(self)

    def lines(self, width: int = WIDTH) -> Lines:
        """What to print where a line has so many cells."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        """What the command line says after it: how much it is, and what can be done next; of several lines, or none."""
        return ""

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
        import html  # only notebooks need it

        said = "".join(f"<p>{html.escape(remark)}</p>" for remark in self.remarks)
        return f"<pre>{html.escape(self.text())}</pre>{said}"


def _parts(record: Any) -> dict[str, Any]:
    return {one.name: _value(getattr(record, one.name)) for one in fields(record) if one.name != "remarks"}


def _value(value: Any) -> Any:
    """A value as JSON has it."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {name: _value(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    return _parts(value) if is_dataclass(value) else value
