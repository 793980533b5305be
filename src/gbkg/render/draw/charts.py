"""Figures of an answer as bars: a scale of its own for each unit, each bar with the words that the source prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode

from gbkg.ask.answers import Answer
from gbkg.ask.formats.cells import amount, numeric, words
from gbkg.ask.views import View
from gbkg.core.errors import GbkgError
from gbkg.core.literals import spoken
from gbkg.core.prefixes import spaced
from gbkg.core.terms import Term
from gbkg.core.text import counted
from gbkg.evidence.proofs import claims
from gbkg.render.draw import bars
from gbkg.render.draw.bars import Bar
from gbkg.render.draw.fonts import block
from gbkg.render.draw.scene import A4_WIDTH, BLUE, MARGIN, Box, Mark, Panel, Scene, moved
from gbkg.render.draw.style import DOUBT, TEXT_SIZE, Key, Keys, framed

MOST = 80
"""Bars of one picture."""
_WIDTH = A4_WIDTH - 2 * MARGIN
_LABEL = 210.0
"""The greatest width of what a bar is of, in points."""


def read(answer: Answer, view: View) -> tuple[tuple[str, Bar], ...]:
    """The bars of an answer, each with its unit, in the order of its rows; rows without a number have none. Raises
    `GbkgError` when no row has one."""
    named = {name: at for at, name in enumerate(answer.columns)}
    found = []
    for row in answer.rows:
        value = _number(row[named[view.one("value")]])
        if value is None:
            continue
        cells = {part: [_said(answer, row, name, named) for name in names] for part, names in view.fields}
        name = row[named[view.one("label")]]
        found.append(_bar(value, cells, name.value if isinstance(name, NamedNode) else ""))
    if not found:
        raise GbkgError("nothing to draw: no row of the answer has a number")
    return tuple(found)


def place(answer: Answer, view: View, title: str) -> Scene:
    """The picture of an answer."""
    every = read(answer, view)
    found, y = every[:MOST], 0.0
    units = list(dict.fromkeys(unit for unit, _ in found))
    marks: list[Mark] = []
    for unit in units:
        if unit or len(units) > 1:
            heading = block(unit or spaced(view.one("value")), 0, y, _WIDTH, TEXT_SIZE, bold=True)
            marks.append(heading)
            y = heading.box.bottom + 5
        panel = bars.place([bar for own, bar in found if own == unit], title, _LABEL)
        marks += moved(panel.marks, 0, y)
        y += panel.height + 10
    return framed(title, marks, (_WIDTH, y - 10), _legend([bar for _, bar in found]), _caption(answer, len(every)))


def _bar(value: Decimal, cells: Mapping[str, Sequence[str]], name: str) -> tuple[str, Bar]:
    """The unit and the bar of a row, from what stands in the columns of each part of the view."""

    def one(part: str) -> str:
        return next(iter(cells.get(part, ())), "")

    label = " · ".join(filter(None, (*cells["label"], _date(one("date")))))
    precision, unit = one("precision") or "exact", one("unit").removesuffix(" (unit)")
    number = amount(str(value)) if precision == "exact" else f"{precision} {amount(str(value))}"
    text, doubted = one("printed") or number, one("doubts") not in ("", "0")
    tip = f"{label}: {text}{' ' + unit if unit else ''}{', in doubt' if doubted else ''}"
    return unit, Bar(label, value, text, precision != "exact", doubted, name=name, tip=tip)


def _said(answer: Answer, row: Sequence[Term | None], name: str, named: Mapping[str, int]) -> str:
    """What a column says in a row: the name beside it, if there is one."""
    beside = row[named[name + "Name"]] if name + "Name" in named else None
    term = row[named[name]] if beside is None else beside
    if term is None:
        return ""
    return words(term) if isinstance(term, Literal) else answer.label(term)


def _date(said: str) -> str:
    """A date for readers."""
    text = said.removesuffix(" (no year)")
    return spoken(text) + said.removeprefix(text)


def _number(term: Term | None) -> Decimal | None:
    if not isinstance(term, Literal) or not numeric([term]):
        return None
    try:
        number = Decimal(term.value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 200 else None


def _legend(found: Sequence[Bar]) -> list[Keys]:
    """What outlined bars and question marks stand for, if there are some."""
    entries = []
    if any(bar.open for bar in found):
        sample = Panel(Box(0, 1, 24, 8), "square", "#ffffff", BLUE, 0.9, (3.0, 2.0))
        entries.append(Key((sample,), "not exact: nearly, more than, about …"))
    if any(bar.doubted for bar in found):
        said = "in doubt: a correction, inconsistency or ambiguity concerns it"
        entries.append(Key((block(DOUBT, 0, 0, 26, TEXT_SIZE),), said))
    return [Keys("Figures", tuple(entries))] if entries else []


def _caption(answer: Answer, figures: int) -> str:
    parts = [f"{counted(min(figures, MOST), 'figure')}; the bars of each unit are to one scale, from 0."]
    if figures > MOST:
        parts.append(f"Not drawn: {counted(figures - MOST, 'figure')}.")
    if without := len(answer.rows) - figures:
        parts.append(f"{counted(without, 'row')} without a number that can be drawn.")
    if titles := sorted(set(_titles(answer))):
        parts.append(f"Sources: {'; '.join(titles)}.")
    return " ".join(parts)


def _titles(answer: Answer) -> Iterator[str]:
    """The titles of the documents that the answer rests on."""
    for proof in answer.proofs or ():
        for claim in claims(proof).values():
            yield answer.cited(claim).source.title
