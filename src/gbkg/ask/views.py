"""How an answer can be drawn: the key `view` in the header of a saved query.

    #+ view: {kind: bar, label: [place, indicator], value: number, printed: printed, doubts: doubts}

`kind` is one of `KINDS`; the other fields name columns of the query, those of `LISTS` one or several. `relations` of a
network names families of relations instead, or properties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gbkg.core.headers import Header

KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bar": (("label", "value"), ("unit", "date", "printed", "precision", "doubts")),
    "timeline": (("date", "label"), ("claim",)),
    "network": (("from", "to"), ("relations",)),
    "list": (("group", "label"), ()),
}
"""Kind of view: the fields that it needs, and those that it may have."""
LISTS = ("label", "relations")
"""Fields that may have several values."""
_NO_COLUMNS = ("relations",)


@dataclass(frozen=True, slots=True)
class View:
    """How an answer is drawn: `fields` are the columns for each part of it."""

    kind: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]

    def one(self, name: str) -> str:
        """The column for a part that has one; "" if it has none."""
        return next(iter(self.every(name)), "")

    def every(self, name: str) -> tuple[str, ...]:
        """The columns, or other values, of a part."""
        return dict(self.fields).get(name, ())

    def to_dict(self) -> dict[str, Any]:
        """The view as JSON has it: `kind`, and a list for each part."""
        return {"kind": self.kind, **{name: list(values) for name, values in self.fields}}


def read(head: Header, columns: Sequence[str]) -> View | None:
    """The view of a query with these columns; None if its header has none.

    Raises `ParseError` at a kind that there is not, at a field that is missing or not of this kind, and at a column
    that the query does not have.
    """
    given = {name: (values, mark) for name, values, mark in head.fields("view")}
    if not given:
        return None
    kind, mark = given.get("kind", ([""], head.place("view")))
    known = KINDS.get(kind[0]) if len(kind) == 1 else None
    if known is None:
        said = f"no view is called {', '.join(kind)!r}" if kind[0] else "view has no kind"
        raise mark.fault(said, hint=f"kind: {', '.join(KINDS)}")
    needed, possible = known
    for name, (values, mark) in given.items():
        if name != "kind" and name not in (*needed, *possible):
            raise mark.fault(
                f"a view of the kind {kind[0]} has no {name!r}", hint=f"it has {', '.join(needed + possible)}"
            )
        if len(values) != 1 and name not in LISTS:
            raise mark.fault(f"{name} of a view is one column")
        for column in values if name not in ("kind", *_NO_COLUMNS) else ():
            if columns and column not in columns:
                raise mark.fault(f"view names {column!r}, which is no column", hint=f"one of {', '.join(columns)}")
    for name in needed:
        if name not in given:
            raise head.place("view").fault(f"a view of the kind {kind[0]} needs {name}")
    return View(kind[0], tuple((name, tuple(values)) for name, (values, _) in given.items() if name != "kind"))
