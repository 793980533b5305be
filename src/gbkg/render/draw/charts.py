"""The picture of an answer, as the header of its saved query says (`gbkg.ask.headers`), and figures as bars: a scale
of its own for each unit, each bar as long as its number and with the words that the source prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode

from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.cells import amount, numeric, words
from gbkg.ask.headers import View
from gbkg.ask.opened import OpenGraph
from gbkg.ask.saved import SavedQuery
from gbkg.core.errors import GbkgError
from gbkg.core.literals import spoken
from gbkg.core.prefixes import spaced
from gbkg.core.terms import Term
from gbkg.core.text import counted
from gbkg.evidence.proofs import claims
from gbkg.network.families import ALL
from gbkg.network.projection import Selection, edges
from gbkg.network.projection import network as projection
from gbkg.render.draw import dates, network, timeline
from gbkg.render.draw.fonts import LEADING, block, width
from gbkg.render.draw.scene import A4_WIDTH, BLUE, INK, MARGIN, SOFT, Box, Line, Panel, Scene, Shape, moved
from gbkg.render.draw.style import DOUBT, TEXT_SIZE, LegendEntry, LegendSection, frame

_WIDTH = A4_WIDTH - 2 * MARGIN
_NARROW = 150.0
"""The greatest width of what stands before a bar."""
_BAR, _ROOM = 13.0, 6.0
"""Height of a bar; room between two."""
_PALE, _DASH = "#cfe3f1", (3.0, 2.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One number: what it is of or when, the number, how it is printed; `open` if it is only known to be near it, above
    or below ("nearly 300"), `doubted` if curation puts it in doubt. `strong` ones stand out. `name` is what the bar
    stands for, the IRI of an entity or a claim."""

    label: str
    value: Decimal
    printed: str
    open: bool = False
    doubted: bool = False
    strong: bool = True
    name: str = ""
    tip: str = ""


def place_bars(bars: Sequence[Bar], title: str, label_width: float = _NARROW) -> Scene:
    """The picture, without a heading; at least one bar. Bars of numbers below zero go to the left. Labels are at most
    so many points wide."""
    words = [block(bar.label, 0, 0, label_width, TEXT_SIZE, align="right", name=bar.name) for bar in bars]
    printed = [bar.printed + f" {DOUBT}" * bar.doubted for bar in bars]
    before = max(one.box.width for one in words) + 6
    numbers = [0.0, *(float(bar.value) for bar in bars)]
    least, most = min(numbers), max(numbers)
    room = _WIDTH - before - max(width(text, TEXT_SIZE) for text in printed) - 6
    scale = room / ((most - least) or 1)
    zero = before - least * scale
    marks: list[Shape] = []
    y = 0.0
    for bar, label, text in zip(bars, words, printed, strict=True):
        height = max(_BAR, label.box.height)
        marks.append(_row(bar, y + height / 2, zero, float(bar.value) * scale))
        down = y + (height - label.box.height) / 2
        marks.append(
            block(bar.label, before - 6 - label.box.width, down, label_width, TEXT_SIZE, align="right", name=bar.name)
        )
        at = zero + max(0.0, float(bar.value) * scale) + 5
        marks.append(block(text, at, y + (height - TEXT_SIZE * LEADING) / 2, _WIDTH, TEXT_SIZE, colour=INK))
        y += height + _ROOM
    marks.append(Line((((zero, 0), (zero, y - _ROOM)),), SOFT, 0.8))
    return Scene(title, "", _WIDTH, y - _ROOM, tuple(marks))


def _row(bar: Bar, middle: float, zero: float, length: float) -> Panel:
    box = Box(zero + min(0.0, length), middle - _BAR / 2, abs(length), _BAR)
    fill = "#ffffff" if bar.open else BLUE if bar.strong else _PALE
    return Panel(box, "square", fill, BLUE, 0.9, _DASH if bar.open else (), bar.name, bar.tip)


MOST = 80
"""Bars of one picture."""
_LABEL = 210.0
"""The greatest width of what a bar is of, in points."""


def bars(answer: Answer, view: View) -> tuple[tuple[str, Bar], ...]:
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


def chart(answer: Answer, view: View, title: str) -> Scene:
    """The picture of an answer."""
    every = bars(answer, view)
    found, y = every[:MOST], 0.0
    units = list(dict.fromkeys(unit for unit, _ in found))
    marks: list[Shape] = []
    for unit in units:
        if unit or len(units) > 1:
            heading = block(unit or spaced(view.one("value")), 0, y, _WIDTH, TEXT_SIZE, bold=True)
            marks.append(heading)
            y = heading.box.bottom + 5
        panel = place_bars([bar for own, bar in found if own == unit], title, _LABEL)
        marks += moved(panel.marks, 0, y)
        y += panel.height + 10
    return frame(title, marks, (_WIDTH, y - 10), _legend([bar for _, bar in found]), _caption(answer, len(every)))


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


def _legend(found: Sequence[Bar]) -> list[LegendSection]:
    """What outlined bars and question marks stand for, if there are some."""
    entries = []
    if any(bar.open for bar in found):
        sample = Panel(Box(0, 1, 24, 8), "square", "#ffffff", BLUE, 0.9, (3.0, 2.0))
        entries.append(LegendEntry((sample,), "not exact: nearly, more than, about …"))
    if any(bar.doubted for bar in found):
        said = "in doubt: a correction, inconsistency or ambiguity concerns it"
        entries.append(LegendEntry((block(DOUBT, 0, 0, 26, TEXT_SIZE),), said))
    return [LegendSection("Figures", tuple(entries))] if entries else []


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


DRAWN = ("bar", "timeline", "network")
"""Kinds of views that are pictures; a list is text."""


def drawable(asked: SavedQuery) -> View:
    """How a saved query is drawn. Raises `GbkgError` if it has no view that is a picture."""
    if asked.view is None or asked.view.kind == "list":
        raise GbkgError(
            f"{asked.name} has no view that is a picture", hint="gbkg queries NAME says how a query is drawn"
        )
    return asked.view


def draw(kg: OpenGraph, answer: Answer | Truth | Triples, view: View, title: str) -> Scene:
    """As `place`, with the remarks on the answer."""
    assert isinstance(answer, Answer)  # a view names columns, which only rows have
    scene = place(kg, answer, view, title)
    return replace(scene, remarks=(*answer.remarks, *scene.remarks))


def place(kg: OpenGraph, answer: Answer, view: View, title: str) -> Scene:
    """The picture of an answer of this graph. Raises `GbkgError` when there is nothing in it to draw."""
    if view.kind == "bar":
        return chart(answer, view, title)
    if view.kind == "timeline":
        return _timeline(kg, answer, view, title)
    if view.kind == "network":
        return _network(kg, answer, view, title)
    raise GbkgError(f"a view of the kind {view.kind} is not a picture")


def _timeline(kg: OpenGraph, answer: Answer, view: View, title: str) -> Scene:
    """What accepted and disputed claims date, of the claims of the answer, else of its entities on its dates."""
    every = dates.read(kg, statistics=True)
    if view.one("claim"):
        claims = {one for (one,) in _iris(answer, view.one("claim"))}
        found = [dated for dated in every if claims & set(dated.claims)]
    else:
        on, about = answer.columns.index(view.one("date")), answer.columns.index(view.one("label"))
        given = ((row[about], row[on]) for row in answer.rows)
        pairs = {(of.value, day.value) for of, day in given if of is not None and day is not None}
        found = [dated for dated in every if (dated.about, dated.on) in pairs]
    if not found:
        raise GbkgError("nothing to draw: no row of the answer has a date")
    return timeline.place(kg, found, title)


def _network(kg: OpenGraph, answer: Answer, view: View, title: str) -> Scene:
    """The relations between what stands in one row."""
    pairs = set(_iris(answer, view.one("from"), view.one("to")))
    graph = projection(kg, Selection(relations=view.every("relations") or (ALL,)))
    drawn = [e for e in edges(graph) if (e.subject, e.object) in pairs or (e.object, e.subject) in pairs]
    if not drawn:
        raise GbkgError("nothing to draw: no relation joins what stands in a row")
    return network.place(kg, graph, tuple(sorted(drawn, key=lambda edge: edge.triple)), title)


def _iris(answer: Answer, *columns: str) -> list[tuple[str, ...]]:
    """The IRIs of these columns in each row that has them all."""
    at = [answer.columns.index(name) for name in columns]
    rows = (tuple(one.value for n in at if isinstance(one := row[n], NamedNode)) for row in answer.rows)
    return [row for row in rows if len(row) == len(at)]
