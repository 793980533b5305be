"""The record of a saved query (`gbkg.ask.queries` reads them)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gbkg.ask.headers import View
from gbkg.core.errors import NotFoundError, near

if TYPE_CHECKING:
    from gbkg.sparql.tokens import Token

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`type` is date, number, text, or the prefixed name of a class; `default` the values used when none is given, as a
    reader would type them, empty for "any"; `choices` those that are allowed, empty for no restriction."""

    name: str
    type: str
    description: str = ""
    default: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """`name` is the file's without suffix; `text` is the file; `empty` says that it is right when no rows come;
    `caution` is what a reader could take the answer for without being told; `row` the columns that tell rows apart;
    `view` is how the answer can be drawn."""

    name: str
    path: Path
    text: str
    summary: str
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    empty: bool = False
    caution: str = ""
    row: tuple[str, ...] = ()
    view: View | None = None

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON has it, without path and text."""
        found = asdict(self) | {"form": self.form, "view": self.view.to_dict() if self.view else None}
        return {name: value for name, value in found.items() if name not in ("path", "text")}

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE; empty when the text is none of them."""
        from gbkg.sparql.tokens import tokens

        return next((token.text for token in tokens(self.text) if token.kind == "word" and token.text in _FORMS), "")

    @property
    def columns(self) -> tuple[str, ...]:
        """What SELECT names, in order; empty for SELECT * and other forms."""
        depth, found, last = 0, [], ""
        for token in self._selected():
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.kind == "variable" and (depth == 0 or last == "AS"):
                found.append(token.text[1:])
            last = token.text
        return tuple(found)

    def _selected(self) -> Iterator[Token]:
        """The tokens between SELECT and the body."""
        from gbkg.sparql.tokens import tokens

        every = iter(tokens(self.text))
        if any(token.kind == "word" and token.text == "SELECT" for token in every):
            yield from takewhile(lambda token: token.text not in ("{", "WHERE", "FROM"), every)

    def multiplied(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """How many of these rows are of something that an earlier row is of, by `row`; 0 where it is not declared."""
        at = [columns.index(name) for name in self.row if name in columns]
        seen = [tuple(row[n] for n in at) for row in rows] if at else []
        return len(seen) - len(set(seen))

    def parameter(self, name: str) -> Parameter:
        """The parameter of this name. Raises `NotFoundError` with near names, or all there are and their types."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        found = near(name, (parameter.name for parameter in self.parameters))
        known = [f"{parameter.name} ({parameter.type})" for parameter in self.parameters]
        hint = f"there are {', '.join(known)}" if found else "" if known else "the query has none"
        raise NotFoundError("parameter", name, found, known, hint=hint)
