"""The header of a saved query: its `#+` comment lines, read as YAML with the place of every value.

All scalars stay text: YAML would turn 2019-10-01 into a date, `no` into false and 1.50 into a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gbkg.core.errors import ParseError, meant

_LINE = re.compile(r"^#\+( ?)(.*)$")


@dataclass(frozen=True, slots=True)
class HeaderMark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def fault(self, message: str, hint: str = "") -> ParseError:
        """An error at this place, to be raised."""
        return ParseError(message, file=self.file, line=self.line, column=self.column, hint=hint)


class Header:
    """A header. Its methods return values and raise `ParseError` for values of another shape."""

    def __init__(self, node: Any, file: str, lines: Sequence[tuple[int, int]]) -> None:
        self.file, self._lines = file, lines
        self._parts = {key: (value, mark) for key, value, mark in self._items(node)} if node is not None else {}

    def only(self, keys: Sequence[str]) -> None:
        """Check the keys. Raises `ParseError` at one that is not allowed."""
        for key, (_, mark) in self._parts.items():
            _known(key, keys, mark)

    def string(self, key: str) -> str:
        """The text of a key; "" if it is missing."""
        return self._scalar(self._parts[key][0]) if key in self._parts else ""

    def place(self, key: str) -> HeaderMark:
        """The place of the value of a key."""
        return self._mark(self._parts[key][0])

    def truth(self, key: str) -> bool:
        """Whether the value of a key is true."""
        said = self.string(key)
        if said not in ("", "true", "false"):
            raise self.place(key).fault(f"{key} is {said!r}", hint="true or false")
        return said == "true"

    def strings(self, key: str) -> list[str]:
        """The texts of a key that has a list."""
        return self._list(self._parts[key][0]) if key in self._parts else []

    def mapping(self, key: str) -> list[tuple[str, HeaderMark]]:
        """The keys of a mapping with their places, in order."""
        return [(name, mark) for name, _, mark in self._items(self._parts[key][0])] if key in self._parts else []

    def fields(self, key: str) -> list[tuple[str, list[str], HeaderMark]]:
        """The names of a mapping with the text or texts of each, and the place of these; none if the key is missing."""
        items = self._items(self._parts[key][0]) if key in self._parts else []
        return [(name, self._list(value), self._mark(value)) for name, value, _ in items]

    def record(self, key: str, name: str, fields: Sequence[str]) -> dict[str, str]:
        """The fields below `key` and `name`, as text."""
        found = next(value for inner, value, _ in self._items(self._parts[key][0]) if inner == name)
        read = {}
        for field, value, mark in self._items(found):
            _known(field, fields, mark)
            read[field] = self._scalar(value)
        return read

    def pairs(self, key: str) -> list[tuple[str, HeaderMark]]:
        """The names in a list of `name: value`, with their places."""
        return [(name, mark) for name, _, mark in self._pairs(key)]

    def listed(self, key: str, name: str) -> list[str]:
        """The texts of `name` in a list of `name: value`, where a value may be one text or a list."""
        found = [(value, mark) for inner, value, mark in self._pairs(key) if inner == name]
        if len(found) > 1:
            raise found[1][1].fault(f"{key} has {name!r} twice")
        return self._list(found[0][0]) if found else []

    def _pairs(self, key: str) -> Iterator[tuple[str, Any, HeaderMark]]:
        if key in self._parts:
            node = self._parts[key][0]
            if node.id != "sequence":
                raise self._mark(node).fault(f"{key} is not a list", hint="one line for each: - name: value")
            for item in node.value:
                yield from self._items(item)

    def _items(self, node: Any) -> list[tuple[str, Any, HeaderMark]]:
        if node.id != "mapping":
            raise self._mark(node).fault("expected key: value")
        found: dict[str, tuple[str, Any, HeaderMark]] = {}
        for key, value in node.value:
            name, mark = self._scalar(key), self._mark(key)
            if name in found:
                raise mark.fault(f"{name!r} stands here a second time")
            found[name] = (name, value, mark)
        return list(found.values())

    def _scalar(self, node: Any) -> str:
        if node.id != "scalar":
            raise self._mark(node).fault("expected a text", hint="put it in quotes if it has : or # in it")
        if any("\ud800" <= character <= "\udfff" for character in node.value):
            raise self._mark(node).fault("a text that is not Unicode: half of a pair of surrogates")
        return str(node.value)

    def _list(self, node: Any) -> list[str]:
        return list(map(self._scalar, node.value)) if node.id == "sequence" else [self._scalar(node)]

    def _mark(self, node: Any) -> HeaderMark:
        return _mark(self.file, self._lines, node.start_mark)


def header(text: str, file: str) -> Header:
    """Read the header of a query. Raises `ParseError` (file, line, column) when it is not YAML, or not a mapping."""
    import yaml  # here, since few commands read a header

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lines: list[tuple[int, int]] = []
    content = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.match(line)
        if found:
            lines.append((number, 2 + len(found[1])))
            content.append(found[2])
    try:
        node = yaml.compose("\n".join(content), Loader=loader)
    except yaml.MarkedYAMLError as error:
        where = _mark(file, lines, error.problem_mark or error.context_mark)
        raise where.fault(f"the #+ lines are not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ParseError(f"the #+ lines are not YAML: {' '.join(str(error).split())}", file=file) from error
    return Header(node, file, lines)


def _known(key: str, keys: Sequence[str], mark: HeaderMark) -> None:
    if key not in keys:
        raise mark.fault(f"unknown key {key!r}", hint=meant(key, keys) or f"one of {', '.join(keys)}")


def _mark(file: str, lines: Sequence[tuple[int, int]], mark: Any) -> HeaderMark:
    """The place in the file of a place in the YAML. The end of the YAML is that of its last line."""
    if mark is None or not lines:
        return HeaderMark(file, 1, 1)
    line, shift = lines[min(mark.line, len(lines) - 1)]
    return HeaderMark(file, line, mark.column + shift + 1)
