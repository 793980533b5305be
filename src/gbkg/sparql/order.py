"""Order conditions added to a query, so that the same graph gives the same answer wherever it is stored.

Without ORDER BY, and where ORDER BY leaves them equal, the engine returns solutions in any order: another one from
store to store, and from run to run. What LIMIT cuts off, and what GROUP_CONCAT and SAMPLE make of a group, then differ
too. And ORDER BY itself gives no order of values of several kinds: to the engine 9 < 10 by number, but "10" < "5" and
"5" < "9" by text, so that the result depends on where sorting begins, or sorting ends the process in a panic.

So conditions are added to the text: before each condition of ORDER BY the kind of its value; after them the columns;
in a group whose members nothing else distinguishes, the arguments of the aggregate. The rest of the text stays, so
that queries are settled too of which the tree cannot hold all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.sparql import parse
from gbkg.sparql.clauses import Clauses
from gbkg.sparql.expressions import PICKING
from gbkg.sparql.kinds import EXACT, NUMBER, OF_SIZE, SIZED, UNKNOWN, Kinds, mixed
from gbkg.sparql.tokens import tokens
from gbkg.sparql.uniform import Uniform

_MAKES_SIZED = re.compile(rf"\b(?:NOW|{'|'.join(SIZED)})\b")
MOST = 200_000
"""Rows up to which they are put in order for a query that does not ask for it."""
_ONE_KIND = frozenset({"STR", "LCASE", "UCASE", "STRLEN", "COUNT", "BOUND", "LANG", "YEAR", "MONTH", "DAY"})
_Read = TypeVar("_Read")
_Added = tuple[int, str, str]
"""An insertion: its offset, its text, and the value that it is for, if it is for one."""
_FAULTS = (GbkgError, SyntaxError, ValueError, RuntimeError)
_NEEDED = frozenset({"LIMIT", "OFFSET", *PICKING})


@lru_cache(maxsize=1)
def empty() -> ox.Store:
    """A store without quads; it says whether a text is SPARQL and what its columns are."""
    return ox.Store()


@lru_cache(maxsize=512)
def settled(
    text: str, *, rows: bool = True, kinds: Kinds = UNKNOWN, descending: bool = False, width: int | None = None
) -> str:
    """The query with every choice that it leaves to the engine settled by the columns, or by the first `width` of them.

    `rows` also puts the rows of the whole query in order; without it only what changes them: parts with LIMIT or
    OFFSET, and members of groups. `kinds` are those of the graph. `descending` settles each choice the other way
    round: if the answers differ, the query left something open. A text that is not SPARQL comes back as it is.
    """
    if not rows and not _needed(text):
        return text
    try:
        made = _Settler(text, kinds.sized, "DESC" if descending else "ASC", width).text(rows)
        empty().query(made, prefixes=PREFIXES)
    except _FAULTS:
        return text
    return made


def answered(
    text: str,
    rows: bool,
    kinds: Kinds,
    read: Callable[[str], _Read],
    column: Callable[[_Read, int], Iterable[Any] | None],
    like: tuple[str, int] | None = None,
) -> _Read:
    """What `read` makes of the query, settled by its columns; or by the first columns, which are so many and the same
    as those of the query `like`. `column` gives one of these columns, by its place, of what was read; None when that
    is not all.

    Where all rows are read, it is enough that the columns themselves follow the order conditions, unless one of them
    turns out to have equal values that are different terms; the engine needs most of its time to read long texts.
    """
    short = brief(text, kinds, like) if rows else None
    if short is not None:
        found = read(short.text)
        seen = (column(found, at) for at in short.doubtful)
        if not any(cells is None or mixed(cells) for cells in seen):
            return found
    return read(settled(text, rows=rows, kinds=kinds, width=like and like[1]))


class Brief(NamedTuple):
    """A text, and the places of its columns that may have equal values which are different terms."""

    text: str
    doubtful: tuple[int, ...]


@lru_cache(maxsize=512)
def brief(text: str, kinds: Kinds, like: tuple[str, int] | None = None) -> Brief | None:
    """The query with its columns as further order conditions; None where rows are cut, unseen by us."""
    try:
        settler = _Settler(text, kinds.sized, width=like and like[1])
        if not settler.clauses or settler.clauses[0].form != "SELECT" or settler.clauses[0].cut:
            return None
        uniform = _uniform(like[0] if like else text, kinds)
        columns = settler.columns(settler.clauses[0])
        doubtful = tuple(at for at, one in enumerate(columns) if not uniform or uniform.outside(one) in ("", NUMBER))
        return Brief(settler.brief(uniform), doubtful)
    except _FAULTS:
        return None


def _uniform(text: str, kinds: Kinds) -> Uniform | None:
    """Of which kinds the variables are; None for a query of which the tree cannot hold all."""
    try:
        return Uniform(parse.select(text), None if kinds.datatypes is None else dict(kinds.datatypes))
    except GbkgError:
        return None


@lru_cache(maxsize=512)
def _needed(text: str) -> bool:
    """Whether the query has parts that are cut, or aggregates that pick."""
    try:
        return any(token.kind == "word" and token.text in _NEEDED for token in tokens(text))
    except ParseError:
        return True


@lru_cache(maxsize=512)
def asks_order(text: str) -> bool:
    """Whether the query orders its rows by ORDER BY."""
    try:
        return any(part.order for part in parse.query(text).clauses[:1])
    except ParseError:
        return False


@lru_cache(maxsize=512)
def counting(text: str) -> str | None:
    """A query for the number of rows, or of solutions of another form, that there are before LIMIT and OFFSET, counted
    up to one more than `MOST`; None where there is nothing to count."""
    try:
        return _Settler(text).counting()
    except _FAULTS:
        return None


@lru_cache(maxsize=512)
def leaves_open(text: str) -> bool:
    """Whether LIMIT or OFFSET, in the query or a part of it, cuts among rows that an ORDER BY may leave equal."""
    try:
        return _Settler(text).leaves_open()
    except _FAULTS:
        return False


class _Settler:
    """The clauses of a query, and what is inserted between them."""

    def __init__(self, text: str, sized: bool = True, direction: str = "ASC", width: int | None = None) -> None:
        self.source, self.clauses, self.direction, self.width = text, parse.query(text).clauses, direction, width
        makes = (token.text for token in tokens(text) if token.kind in ("word", "name", "iri"))
        self.sized = sized or any(map(_MAKES_SIZED.search, makes))

    def text(self, rows: bool) -> str:
        added: list[_Added] = []
        for number, part in enumerate(self.clauses):
            if part.cut if number else rows and part.form != "ASK":
                added += self.ordered(part)
            added += self.grouped(part, None)
        return self.put(added)

    def put(self, added: list[_Added]) -> str:
        """The text with these insertions. Of two at one place the later comes first, as it stands further inside."""
        made = self.source
        for _, (offset, text, _) in sorted(enumerate(added), key=lambda one: (-one[1][0], one[0])):
            made = made[:offset] + text + made[offset:]
        return made

    def brief(self, uniform: Uniform | None) -> str:
        """With kinds of variables before those columns alone that may have several."""
        part, *inner = self.clauses

        def plain(value: str) -> bool:
            return uniform is not None and value.startswith("?") and uniform.outside(value[1:]) != ""

        added = [one for one in self.kinds(part) if not plain(one[2])]
        more = "".join(f" ASC({self.kind(c)})" * (not plain(c)) + f" {c}" for c in self.open_columns(part))
        if more:
            added.append((part.body, more if part.order else f" ORDER BY{more}", ""))
        added += self.grouped(part, uniform)
        for one in inner:
            added += (self.ordered(one) if one.cut else []) + self.grouped(one, uniform)
        return self.put(added)

    def counting(self) -> str | None:
        if not self.clauses or self.clauses[0].form == "ASK":
            return None
        part = self.clauses[0]
        begins = part.start if part.form == "SELECT" else part.opening
        body = ("" if part.form == "SELECT" else "SELECT * ") + self.source[begins : part.body]
        data = "" if part.values is None else self.source[part.values : part.end]
        return f"{self.prologue} SELECT (COUNT(*) AS ?number) {{ {body} LIMIT {MOST + 1} {data} }}"

    def leaves_open(self) -> bool:
        return any(part.cut and self.open_columns(part) for part in self.clauses)

    @property
    def prologue(self) -> str:
        return self.source[: self.clauses[0].start]

    def columns(self, part: Clauses) -> list[str]:
        """Of a SELECT its columns, as the engine names them, of the query's own the first `width`; of other forms the
        variables of the pattern."""
        body = self.source[part.start : part.end]
        if part.form != "SELECT":
            body = "SELECT * " + self.source[part.opening : part.closing + 1]
        solutions: Any = empty().query(f"{self.prologue} {body}", prefixes=PREFIXES)
        width = self.width if part is self.clauses[0] else None
        return [variable.value for variable in solutions.variables][:width]

    def open_columns(self, part: Clauses) -> list[str]:
        """The columns that are no order conditions themselves."""
        asked = {one.value for one in part.order}
        return [f"?{column}" for column in self.columns(part) if f"?{column}" not in asked]

    # ---- insertions

    def ordered(self, part: Clauses) -> list[_Added]:
        """Kinds before the conditions, and the columns after them."""
        asked = {one.value for one in part.order}
        keys = [one for c in self.columns(part) for one in self.apart(f"?{c}", f"?{c}" in asked)]
        more = " ".join(f"{self.direction}({one})" for one in keys)
        added = self.kinds(part)
        if more:
            added.append((part.body, f" {more}" if asked else f" ORDER BY {more}", ""))
        return added

    def kinds(self, part: Clauses) -> list[_Added]:
        """Before each order condition the kind of its value, in the same direction."""
        return [
            (one.start, f"{one.direction}({self.kind(one.value)}) ", one.value)
            for one in part.order
            if _mixes(one.value)
        ]

    def grouped(self, part: Clauses, uniform: Uniform | None) -> list[_Added]:
        """The members of groups in the order of what aggregates pick from them. The least and the greatest of numbers
        of one exact datatype are the same in every order."""
        found: dict[str, None] = {}
        for name, value in part.picked:
            kind = uniform.anywhere(value[1:]) if uniform and value[0] in "?$" else ""
            if kind not in EXACT or name not in ("MIN", "MAX"):
                found |= dict.fromkeys((value, f"DATATYPE({value})") if kind == NUMBER else self.apart(value))
        keys = " ".join(f"({one})" for one in found)
        if not keys:
            return []
        return [(part.opening + 1, " { SELECT * WHERE {", ""), (part.closing, f"}} ORDER BY {keys} }} ", "")]

    def apart(self, value: str, ordered: bool = False) -> list[str]:
        """Expressions that together tell any two terms apart; the later ones matter only where the first are equal.
        `ordered` says that the first of them are order conditions already."""
        text = [f"STR({value})", f"STR(DATATYPE({value}))", f"LANG({value})"]
        return text if ordered else [self.kind(value), value, *text]

    def kind(self, value: str) -> str:
        """An expression that is the same for values which the engine compares in one way: numbers by size, times and
        durations of one datatype by length, all other literals by text; unbound for the rest, which compare by kind."""
        if not self.sized:
            return f"isNumeric({value})"
        of_size = f'IF(DATATYPE({value}) IN ({OF_SIZE}), STR(DATATYPE({value})), "text")'
        # Numbers last, as isNumeric alone has them.
        return f'IF(isNumeric({value}), "~", {of_size})'


def _mixes(value: str) -> bool:
    """Whether values of several kinds are possible."""
    return value.partition("(")[0].strip().upper() not in _ONE_KIND
