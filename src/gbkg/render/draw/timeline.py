"""The time line: what happened when, each date drawn as long as the precision in which it is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from gbkg.ask.opened import OpenGraph
from gbkg.ask.resolve import resolve
from gbkg.core.text import counted
from gbkg.render.draw import dates
from gbkg.render.draw.dates import Dated
from gbkg.render.draw.fonts import LEADING, block, width, wrap
from gbkg.render.draw.scene import (
    A4_WIDTH,
    BLUE,
    MARGIN,
    SMALLEST,
    SOFT,
    VERMILLION,
    Box,
    Line,
    Panel,
    Scene,
    Shape,
    TextBlock,
)
from gbkg.render.draw.style import DOUBT, TEXT_SIZE, LegendEntry, LegendSection, frame, source_list

TITLE = "Time line of dated events"
_WIDTH = A4_WIDTH - 2 * MARGIN
_LEAST, _TEXT, _LIST, _LONG_LIST = 110.0, 150.0, 215.0, 330.0
"""How wide words may be at least; those of an event, of a short and of a long list of statistics at most, in points."""
_BAR, _ROOM = 6.0, 6.0
"""Height of a bar; the least room between entries."""
_LONG = 70.0
"""A bar longer than this has its words below it, a shorter one beside it."""
_BAND, _PALE = "#eef1f4", "#8a8a8a"
_DASH = (2.0, 1.5)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One dated thing at its place: the mark on the line (not its words) and the words."""

    dated: Dated
    mark: Panel
    words: TextBlock

    @property
    def boxes(self) -> tuple[Box, Box]:
        return self.mark.box, self.words.box


@dataclass(frozen=True, slots=True)
class Axis:
    """Time across the picture: `start` and `end` are whole years."""

    start: int
    end: int

    def x(self, moment: float) -> float:
        """Points from the left edge of the body."""
        return (moment - self.start) / (self.end - self.start) * _WIDTH

    @property
    def year(self) -> float:
        """The width of a year."""
        return _WIDTH / (self.end - self.start)


def draw(kg: OpenGraph, about: Iterable[str] = (), statistics: bool = False, title: str = "") -> Scene:
    """The time line of all dates, or of those of entities, by any of their names. Its remarks say what the names were
    taken for. Raises as `gbkg.ask.resolve.resolve` and `dates.read` do."""
    said: list[str] = []
    entities = [resolve(kg.labels, name, "entity", said.append).value for name in about]
    found = dates.read(kg, entities, statistics)
    share, left = left_out(found, dates.read(kg, statistics=True), entities)
    scene = place(kg, found, title or titled(kg, entities, statistics, share), left)
    return replace(scene, remarks=(*said, *scene.remarks))


def place(kg: OpenGraph, found: Sequence[Dated], title: str = TITLE, left: str = "") -> Scene:
    """The picture of what `dated.read` found; at least one, in any order. `left` is the sentence of the caption on what
    is not drawn (`left_out`)."""
    found = sorted(found, key=lambda dated: dated.order)
    sources = sorted({source for dated in found for source in dated.sources})
    placed = [dated for dated in found if dated.span]
    apart = [dated for dated in found if not dated.span]
    marks: list[Shape] = []
    bottom = 0.0
    if placed:
        axis = extent(placed)
        entries = arrange(placed, axis, sources)
        bottom = max(box.bottom for entry in entries for box in entry.boxes) + 8
        marks += [*_background(axis, bottom), *(m for entry in entries for m in (entry.mark, entry.words))]
    if apart:
        made, bottom = _apart(apart, bottom + (12 if placed else 0), sources)
        marks += made
    legend = [_legend(placed, found)] if placed or any(dated.doubts for dated in found) else []
    return frame(title, marks, (_WIDTH, bottom), legend, _caption(kg, found, sources, left))


def titled(kg: OpenGraph, entities: Sequence[str] = (), statistics: bool = False, share: str = "") -> str:
    """A title for the dates of these entities (IRIs), of all when there is none, with the share of the dated claims."""
    of = f" of {' and '.join(kg.labels.get(iri, iri) for iri in entities)}" if entities else ""
    return f"{TITLE}{' and statistics' * statistics}{of}{f' ({share})' if share else ''}"


def left_out(found: Iterable[Dated], every: Sequence[Dated], entities: Sequence[str] = ()) -> tuple[str, str]:
    """For the title the share of the dated claims that is drawn, for the caption the sentence on the others:
    statistics, and those of other entities. Both are empty when nothing is left out."""
    drawn = {claim for dated in found for claim in dated.claims}
    own = [dated for dated in every if not entities or dated.about in entities]
    statistics = {claim for dated in own if dated.statistic for claim in dated.claims} - drawn
    whole = {claim for dated in every for claim in dated.claims}
    others = whole - {claim for dated in own for claim in dated.claims}
    parts = [f"{counted(len(statistics), 'dated statistic')} (--statistics)"] if statistics else []
    parts += [f"{counted(len(others), 'dated claim')} on other entities"] if others else []
    share = f"{len(drawn)} of {len(whole)} dated claims"
    return (share, f"Not drawn: {' and '.join(parts)}.") if parts else ("", "")


def extent(placed: Iterable[Dated]) -> Axis:
    """The years that the axis shows: all that are named, whole."""
    spans = [dated.span for dated in placed]
    start = min(floor(span.start) for span in spans if span)
    return Axis(start, max(ceil(span.end - 1e-9) for span in spans if span))


def arrange(placed: Iterable[Dated], axis: Axis, sources: Sequence[str]) -> tuple[TimelineEntry, ...]:
    """Every entry at its date, as high as it can stand without touching an earlier one."""
    entries: list[TimelineEntry] = []
    top = _head_height(axis) + 8
    for dated in sorted(placed, key=lambda dated: dated.order):
        taken = [box for entry in entries for box in entry.boxes]
        choices = [_lowered(choice, taken, top) for choice in _choices(dated, axis, sources)]
        entries.append(min(choices, key=lambda entry: entry.mark.box.y))
    return tuple(entries)


def _choices(dated: Dated, axis: Axis, sources: Sequence[str]) -> list[TimelineEntry]:
    """The ways in which an entry may stand, at height 0, the best first."""
    span = dated.span
    assert span is not None
    left, right = axis.x(span.start), axis.x(span.end)
    mark = _mark(dated, span, left, right)
    below = mark.box.width > _LONG
    limit = _TEXT if not dated.statistic else _LIST if len(dated.what) < 200 else _LONG_LIST
    limit = max(mark.box.width, min(limit, _WIDTH - mark.box.x), _LEAST) if below else limit
    words = _words(dated, limit, sources)
    size = words.box
    if below:
        x = max(0.0, min(mark.box.x, _WIDTH - size.width))
        return [TimelineEntry(dated, mark, _at(words, x, mark.box.bottom + 1.5))]
    rise = (_BAR - TEXT_SIZE * LEADING) / 2
    sides = [mark.box.right + 4, mark.box.x - 4 - size.width]
    beside = [_at(words, x, rise) for x in sides]
    beside[1] = replace(beside[1], align="right")
    kept = [spoken for spoken in beside if 0 <= spoken.box.x <= _WIDTH - size.width]
    under = _at(words, max(0.0, _WIDTH - size.width), mark.box.bottom + 1.5)
    return [TimelineEntry(dated, mark, spoken) for spoken in kept or [under]]


def _lowered(entry: TimelineEntry, taken: Sequence[Box], top: float) -> TimelineEntry:
    """The entry at the first height from `top` down at which it touches nothing."""
    highest = min(box.y for box in entry.boxes)
    heights = sorted({top, *(box.bottom + _ROOM for box in taken if box.bottom + _ROOM > top)})
    for height in heights:
        shift = height - highest
        moved = [replace(box, y=box.y + shift) for box in entry.boxes]
        if not any(box.overlaps(other, _ROOM - 0.01) for box in moved for other in taken):
            break
    mark, words = moved
    return replace(entry, mark=replace(entry.mark, box=mark), words=replace(entry.words, box=words))


def _mark(dated: Dated, span: dates.Period, left: float, right: float) -> Panel:
    colour = _colour(dated)
    fill, dash = ("#ffffff" if dated.concluded or dated.words else colour), _DASH if dated.concluded else ()
    doubt = f"\nin doubt, see {', '.join(dated.doubts)}" if dated.doubts else ""
    tip = f"{dated.when}: {dated.name}, {dated.what}{doubt}"
    if span.precision == "day":
        middle = (left + right) / 2
        return Panel(Box(middle - 4, -1, 8, 8), "diamond", fill, colour, 1.0, dash, dated.about, tip)
    wide = max(right - left - 1, 4.0)
    return Panel(Box((left + right - wide) / 2, 0, wide, _BAR), "square", fill, colour, 1.0, dash, dated.about, tip)


def _colour(dated: Dated) -> str:
    return VERMILLION if dated.statistic else BLUE


def _words(dated: Dated, limit: float, sources: Sequence[str]) -> TextBlock:
    """The words of an entry, at the origin: when and what in bold, of whom below."""
    numbers = "".join(f"[{sources.index(source) + 1}]" for source in dated.sources)
    doubts = [word for word, holds in (("year concluded", dated.concluded), ("implied", dated.implied)) if holds]
    what = "" if dated.statistic else f": {dated.what}"
    head = wrap(dated.when + what + (f" ({', '.join(doubts)})" if doubts else ""), limit, TEXT_SIZE, True)
    body = wrap(f"{dated.name}{': ' + dated.what if dated.statistic else ''} {numbers}", limit, TEXT_SIZE)
    wide = max([width(line, TEXT_SIZE, True) for line in head] + [width(line, TEXT_SIZE) for line in body])
    lines = (*head, *body)
    return TextBlock(Box(0, 0, wide, len(lines) * TEXT_SIZE * LEADING), lines, TEXT_SIZE, len(head), name=dated.about)


def _at(words: TextBlock, x: float, y: float) -> TextBlock:
    return replace(words, box=replace(words.box, x=x, y=y))


def _head_height(axis: Axis) -> float:
    return 26.0 if axis.year >= 130 else 15.0


def _background(axis: Axis, bottom: float) -> list[Shape]:
    """The years: shaded in turn with their names at the head, or ticks when there are many."""
    marks: list[Shape] = []
    top = _head_height(axis)
    if axis.year >= 34:
        for year in range(axis.start, axis.end):
            if (year - axis.start) % 2 == 0:
                marks.append(Panel(Box(axis.x(year), 0, axis.year, bottom), "square", _BAND, _BAND, 0.0))
            wide = width(str(year), TEXT_SIZE + 1, True)
            box = Box(axis.x(year + 0.5) - wide / 2, 1, wide, (TEXT_SIZE + 1) * LEADING)
            marks.append(TextBlock(box, (str(year),), TEXT_SIZE + 1, 1))
    if axis.year >= 130 or axis.year < 34:
        marks += _ticks(axis, top)
    return [*marks, Line((((0, top), (_WIDTH, top)),), SOFT, 1.0)]


def _ticks(axis: Axis, top: float) -> list[Shape]:
    marks: list[Shape] = []
    for tick in dates.ticks(axis.start, axis.end, int(_WIDTH / 34)):
        x = axis.x(tick.at)
        if tick.major and axis.year >= 130:
            text = "Jan"
        else:
            text = tick.text
        words = block(text, x + 2, top - 11, 60, SMALLEST, colour=SOFT)
        marks.append(Line((((x, top - (10 if tick.major else 6)), (x, top)),), SOFT, 0.6))
        if words.box.right <= _WIDTH:
            marks.append(words)
    return marks


def _apart(apart: Sequence[Dated], top: float, sources: Sequence[str]) -> tuple[list[Shape], float]:
    """The box of what has no year, and where it ends."""
    heading = block(
        "No year is printed in the source: not placed on the line", 8, top + 6, _WIDTH - 16, TEXT_SIZE, bold=True
    )
    column = (_WIDTH - 16) / 2
    y, marks = heading.box.bottom + 4, [heading]
    for first in range(0, len(apart), 2):
        row = [_words(dated, column - 14, sources) for dated in apart[first : first + 2]]
        marks += [_at(words, 8 + number * column, y) for number, words in enumerate(row)]
        y += max(words.box.height for words in row) + 5
    frame = Panel(Box(0, top, _WIDTH, y - top + 2), "square", "#ffffff", _PALE, 0.8, (4.0, 2.5))
    return [frame, *marks], y + 2


def _legend(placed: Sequence[Dated], found: Sequence[Dated]) -> LegendSection:
    """Forms for precision; colours for facts and statistics where there are both; what is said of doubt."""
    precisions = {dated.span.precision for dated in placed if dated.span}
    kinds = {dated.statistic for dated in placed}
    colour = SOFT if len(kinds) != 1 else _colour(placed[0])
    bar = Box(0, 2, 26, _BAR)
    entries = []
    if "day" in precisions:
        entries.append(LegendEntry((Panel(Box(9, 1, 8, 8), "diamond", colour, colour),), "a day"))
    if precisions - {"day"}:
        named = ", ".join(word for word in ("month", "year", "period") if word in precisions)
        entries.append(LegendEntry((Panel(bar, "square", colour, colour),), f"{named}: from end to end"))
    if any(dated.concluded for dated in placed):
        entries.append(
            LegendEntry((Panel(bar, "square", "#ffffff", colour, 1.0, _DASH),), "year concluded, not printed")
        )
    if any(dated.words for dated in placed):
        words = "in the source's words: drawn as the day or month taken for them"
        entries.append(LegendEntry((Panel(bar, "square", "#ffffff", colour, 1.0),), f"“…”: {words}"))
    if len(kinds) == 2:
        for text, own in (("something happened", BLUE), ("statistics", VERMILLION)):
            entries.append(LegendEntry((Panel(bar, "square", own, own),), text))
    if any(dated.doubts for dated in found):
        words = "in doubt: disputed, or with a correction, inconsistency or ambiguity"
        entries.append(LegendEntry((block(DOUBT, 0, 0, 26, TEXT_SIZE),), words))
    return LegendSection("Dates, in the precision of the source", tuple(entries))


def _caption(kg: OpenGraph, found: Sequence[Dated], sources: Sequence[str], left: str) -> str:
    facts, statistics = (
        len({claim for dated in found if dated.statistic is kind for claim in dated.claims}) for kind in (False, True)
    )
    apart = sum(dated.span is None for dated in found)
    parts = [counted(facts, "dated fact")] if facts else []
    parts += [counted(statistics, "dated statistic")] if statistics else []
    without = f" {counted(apart, 'entry', 'entries')} without a year." if apart else ""
    each = "It has" if facts + statistics == 1 else "Each has"
    limits = [
        f"{number} {word}" for number, word in zip(_limited(found), ("implied", "in doubt"), strict=True) if number
    ]
    limited = f" ({', '.join(limits)})" if limits else ""
    said = f"{' and '.join(parts)}{limited}. {each} a quotation.{without}"
    return f"{said}{' ' * bool(left)}{left} Sources: {source_list(kg, sources)}."


def _limited(found: Sequence[Dated]) -> tuple[int, int]:
    """How many of the claims are implied, and how many in doubt."""
    implied = {claim for dated in found for claim in dated.implied_claims}
    return len(implied), len({claim for dated in found for claim in dated.doubted_claims})
