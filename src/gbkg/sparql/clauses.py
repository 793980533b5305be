"""Where the clauses of a query stand in its text, found by its tokens alone: SELECT, its group, and what follows.

No tree is needed for that, so that it works for every query that the engine takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from gbkg.core.prefixes import PREFIXES
from gbkg.sparql.tokens import tokens

CUTTING = frozenset({"LIMIT", "OFFSET"})
_ENDING = (*CUTTING, "VALUES")
_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
_OPEN, _CLOSE = ("(", "{", "["), (")", "}", "]")


@lru_cache(maxsize=1)
def empty() -> ox.Store:
    """A store without quads, which judges texts and names columns."""
    return ox.Store()


@dataclass(frozen=True, slots=True)
class Part:
    """A SELECT, or the whole of another form, by places of its tokens: its keyword, the braces of its group, the token
    after its last; `order` is where its order conditions begin, `tail` where LIMIT, OFFSET or VALUES do or it ends."""

    start: int
    opening: int
    closing: int
    end: int
    order: int | None
    tail: int
    outer: bool
    cut: bool


class Clauses:
    """The tokens of one query by clause. Raises `ParseError` at a character that begins no token."""

    def __init__(self, text: str) -> None:
        self.source, self.found = text, tokens(text)

    def parts(self) -> Iterator[Part]:
        """The whole query first, then what stands in it."""
        outer = True
        for at, token in enumerate(self.found):
            form = token.kind == "word" and token.text in _FORMS
            if form and (outer or token.text == "SELECT"):
                part = self.part(at, outer)
                outer = False
                if part:
                    yield part

    def part(self, start: int, outer: bool) -> Part | None:
        opening = self.next(start + 1, "{")
        if opening is not None and self.found[start].text == "CONSTRUCT" and self.found[start + 1].text == "{":
            opening = self.next(self.closing(opening) + 1, "{")
        if opening is None:
            return None
        closing = self.closing(opening)
        end = next((at for at in self.flat(closing + 1) if self.found[at].text == "}"), len(self.found))
        words = {self.found[at].text: at for at in self.flat(closing + 1) if at < end and self.found[at].kind == "word"}
        tail = min((words[word] for word in _ENDING if word in words), default=end)
        order = words["ORDER"] + 2 if "ORDER" in words else None
        return Part(start, opening, closing, end, order, tail, outer, bool(CUTTING & words.keys()))

    def next(self, at: int, sign: str) -> int | None:
        return next((at for at in self.flat(at) if self.found[at].text == sign), None)

    def flat(self, at: int) -> Iterator[int]:
        """Places from here on that stand in no further bracket, brackets that open one included; the last is the
        bracket that closes what stands around."""
        depth = 0
        for place in range(at, len(self.found)):
            token = self.found[place]
            closes, opens = (token.kind == "sign" and token.text in signs for signs in (_CLOSE, _OPEN))
            depth -= closes
            if depth < 0 or (depth == 0 and not closes):
                yield place
            if depth < 0:
                return
            depth += opens

    def closing(self, opening: int) -> int:
        """The bracket that closes this one; beyond the last token where there is none."""
        return next((at for at in self.flat(opening + 1) if self.found[at].text in _CLOSE), len(self.found))

    @property
    def first(self) -> int:
        """The keyword of the query's form."""
        return next(at for at, t in enumerate(self.found) if t.text in _FORMS)

    def columns(self, part: Part) -> list[str]:
        """Of a SELECT its columns, as the engine names them; of other forms the variables of the pattern."""
        prologue = self.source[: self.start(self.first)]
        if self.found[part.start].text == "SELECT":
            body = self.source[self.start(part.start) : self.after(part.end - 1)]
        else:
            body = "SELECT * " + self.source[self.start(part.opening) : self.after(part.closing)]
        solutions: Any = empty().query(f"{prologue} {body}", prefixes=PREFIXES)
        return [variable.value for variable in solutions.variables]

    def open_columns(self, part: Part) -> list[str]:
        """The columns that are no order conditions themselves."""
        asked = self.asked(part)
        return [f"?{column}" for column in self.columns(part) if f"?{column}" not in asked]

    def asked(self, part: Part) -> set[str]:
        """The texts of the values of its order conditions."""
        return {value for _, _, value in self.conditions(part)} if part.order is not None else set()

    def conditions(self, part: Part) -> Iterator[tuple[int, str, str]]:
        """Each order condition: its first token, its direction, and the text of its value."""
        at = part.order or 0
        while at < part.tail:
            first, direction = at, "ASC"
            if self.found[at].text in ("ASC", "DESC") and self.found[at].kind == "word":
                direction, at = self.found[at].text, at + 1
            begins = at
            while at < part.tail and self.found[at].text not in _OPEN and self.found[at].kind != "variable":
                at += 1  # the name of a function, or NOT EXISTS
            at = self.closing(at) if at < part.tail and self.found[at].text in _OPEN else at
            yield first, direction, self.source[self.start(begins) : self.after(at)]
            at += 1

    def argument(self, at: int) -> str:
        """The text of what an aggregate is of, without DISTINCT and SEPARATOR."""
        first = at + 2 + (self.found[at + 2].text == "DISTINCT")
        last = next(place for place in self.flat(first) if self.found[place].text in (";", ")"))
        return self.source[self.start(first) : self.after(last - 1)]

    # ---- offsets

    def start(self, at: int) -> int:
        return self.found[at].start if at < len(self.found) else len(self.source)

    def after(self, at: int) -> int:
        token = self.found[at]
        return token.start + len(token.text)
