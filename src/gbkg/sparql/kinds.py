"""The kinds of values in a graph, which decide what puts a column in order.

The engine orders values of one kind in one way. They are of one kind: `TEXT`, that is IRIs and literals that are
neither numbers nor times nor durations; `NUMBER`, that is numbers of the exact datatypes; or those of one of them, by
its local name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES

TEXT, NUMBER = "text", "number"
EXACT = frozenset({"integer", "decimal"})
"""Datatypes of which the engine writes each number in one way."""
SIZED = ("dateTime", "time", "duration", "dayTimeDuration", "yearMonthDuration")
"""Datatypes of times and durations, whose order is not that of their text."""

Datatypes = Mapping[str, str]
"""The properties (IRIs) that have numbers, times or durations: the exact datatype of all their literals, `NUMBER` where
there are both, or "" for any others."""

_XSD = PREFIXES["xsd"]
OF_SIZE = ", ".join(f"<{_XSD}{name}>" for name in SIZED)
"""The IRIs of those, for a list in a query."""
_KINDS = f"""SELECT DISTINCT ?property (DATATYPE(?value) AS ?datatype)
    {{ ?s ?property ?value FILTER(isNumeric(?value) || DATATYPE(?value) IN ({OF_SIZE})) }}"""
_OTHERS = """SELECT DISTINCT ?property {{ VALUES ?property {{ {} }}
    ?s ?property ?value FILTER(isLiteral(?value) && !isNumeric(?value)) }}"""

_WORDS = frozenset({"", "string", "boolean", "date", "gYear", "gYearMonth", "gMonthDay", "gMonth", "gDay"})
_OTHER = "other"
_ALL_NUMBERS = EXACT | {"double", "float"}
_NUMBERS = {"integer": re.compile(rb"[+-]?[0-9]{1,18}"), "decimal": re.compile(rb"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")}


class Kinds(NamedTuple):
    """The values in a graph whose order is not that of their text: whether there are times or durations, and the
    properties as in `Datatypes`, in pairs; None where they are not known."""

    sized: bool
    datatypes: frozenset[tuple[str, str]] | None

    def joined(self, more: Kinds, literal: frozenset[str]) -> Kinds:
        """The kinds of a graph of these to which quads of the kinds `more` came, whose properties of literals are
        `literal`; of a property that had no numbers it is not known whether it had words."""
        sized = self.sized or more.sized
        if self.datatypes is None or more.datatypes is None:
            return Kinds(sized, None)
        said, coming = dict(self.datatypes), dict(more.datatypes)
        for one in literal & (said.keys() | coming.keys()):
            kinds = {said.get(one, ""), coming.get(one, "")}
            said[one] = kinds.pop() if len(kinds) == 1 else NUMBER if "" not in kinds else ""
        return Kinds(sized, frozenset(said.items()))


UNKNOWN = Kinds(True, None)


def of_lines(lines: Iterable[bytes]) -> Kinds:
    """The same, of lines of N-Quads as gbkg writes them, which takes a second for a million, many times less than to
    ask a store on disk. Of a property whose literals are not all written in the plainest way nothing is known."""
    found: dict[bytes, set[str]] = {}
    for line in lines:
        begin = line.find(b' "')
        if begin > 0:
            end = line.rfind(b'"')
            datatype = line[end + 4 : line.find(b">", end)] if line[end + 1 : end + 4] == b"^^<" else b""
            found.setdefault(line[line.rfind(b"<", 0, begin) + 1 : begin - 1], set()).add(
                _plainest(datatype.decode().removeprefix(_XSD), line[begin + 2 : end])
            )
    special = {*SIZED, *EXACT, _OTHER}
    said = {
        one.decode(): min(names) if len(names) == 1 and names <= EXACT else NUMBER if names <= EXACT else ""
        for one, names in found.items()
        if names & special
    }
    return Kinds(any(name in SIZED for names in found.values() for name in names), frozenset(said.items()))


def _plainest(datatype: str, words: bytes) -> str:
    """A datatype as far as it matters here: "" for words and days, `_OTHER` for numbers that an engine might write
    otherwise or take for none."""
    if datatype in EXACT:
        return datatype if _NUMBERS[datatype].fullmatch(words) else _OTHER
    return datatype if datatype in SIZED else "" if datatype in _WORDS else _OTHER


def kinds(select: Callable[[str], Iterable[Any]]) -> Kinds:
    """The kinds of values in a graph, of which `select` gives the solutions of queries."""
    found: dict[str, set[str]] = {}
    for one, datatype in ((row[0].value, row[1].value.removeprefix(_XSD)) for row in select(_KINDS)):
        found.setdefault(one, set()).add(datatype)
    exact = [one for one, datatypes in found.items() if datatypes <= EXACT]
    others = {row[0].value for row in select(_OTHERS.format(" ".join(f"<{one}>" for one in sorted(exact))))}
    even = set(exact) - others
    sized = any(datatype in SIZED for datatypes in found.values() for datatype in datatypes)
    said = {one: "" if one not in even else NUMBER if len(names) > 1 else min(names) for one, names in found.items()}
    return Kinds(sized, frozenset(said.items()))


def mixed(cells: Iterable[Any]) -> bool:
    """Whether a column has values that its own order leaves open: numbers beside other literals, equal numbers of
    several datatypes, times or durations."""
    literals = {cell for cell in cells if isinstance(cell, ox.Literal)}
    kinds = {datatype.value.rpartition("#")[2] for datatype in {cell.datatype for cell in literals}}
    if len(kinds) > 1 and kinds & _ALL_NUMBERS and (kinds - EXACT or len({*map(_number, literals)}) < len(literals)):
        return True
    return any(kind.endswith(("ime", "uration")) for kind in kinds)


def _number(literal: Any) -> Decimal | str:
    try:
        return Decimal(literal.value)
    except InvalidOperation:
        return str(literal.value)  # "abc"^^xsd:integer
