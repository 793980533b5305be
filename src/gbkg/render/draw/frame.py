"""What every picture has around it: a title, a legend and a caption that says where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gbkg.ask.opened import KnowledgeGraph
from gbkg.render.draw.letters import LEADING, block, width
from gbkg.render.draw.scene import A4_HEIGHT, A4_WIDTH, INK, MARGIN, SMALLEST, SOFT, Line, Mark, Scene, moved

TITLE_SIZE, TEXT_SIZE = 12.0, 7.5
_SAMPLE = 30.0
"""Width of a sample in the legend."""
_TITLES = "SELECT ?source ?title WHERE { ?source a gbkg:Source ; dcterms:title ?title }"


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: the sample, in a box of 26 by 10 points from the origin, and what it stands for."""

    sample: tuple[Mark, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Keys:
    """A part of the legend under a heading of its own."""

    heading: str
    entries: tuple[Key, ...]


def framed(
    title: str,
    body: Sequence[Mark],
    size: tuple[float, float],
    legend: Iterable[Keys],
    caption: str,
) -> Scene:
    """The body (from the origin, of this width and height) with title above, legend and caption below."""
    full, inner = size[0] + 2 * MARGIN, size[0]
    heading = block(title, MARGIN, MARGIN, inner, TITLE_SIZE, bold=True)
    y = heading.box.bottom + 8
    marks: list[Mark] = [heading, *moved(body, MARGIN, y)]
    y += size[1] + 9
    marks.append(Line((((MARGIN, y), (full - MARGIN, y)),), SOFT, 0.6))
    for part in legend:
        made, height = _part(part, inner)
        marks += moved(made, MARGIN, y + 5)
        y += height + 5
    said = block(caption, MARGIN, y + 6, inner, SMALLEST, colour=SOFT)
    height = said.box.bottom + MARGIN - 8
    return Scene(title, caption, full, height, (*marks, said), _sizes(full, height))


def _sizes(width: float, height: float) -> tuple[str, ...]:
    """What to know for printing, when the picture is larger than a page of A4."""
    if width <= A4_WIDTH and height <= A4_HEIGHT:
        return ()
    by = f"the picture is {width / 72 * 25.4:.0f} by {height / 72 * 25.4:.0f} mm"
    if width <= A4_HEIGHT and height <= A4_WIDTH:
        return (f"{by}: print it on A4 lengthwise, so that the smallest letters keep {SMALLEST:.0f} points",)
    scale = max(min(A4_WIDTH / width, A4_HEIGHT / height), min(A4_HEIGHT / width, A4_WIDTH / height))
    return (f"{by}, larger than A4: on one page its smallest letters would have {SMALLEST * scale:.1f} points",)


def titles(kg: KnowledgeGraph) -> dict[str, str]:
    """IRI of a source to its title."""
    return {row["source"].value: " ".join(row["title"].value.split()) for row in kg.store.query(_TITLES)}


def listed(kg: KnowledgeGraph, sources: Sequence[str], numbered: bool = True) -> str:
    """The sources for a caption, in this order, numbered from 1 if wanted."""
    known = titles(kg)
    return "; ".join(
        (f"[{number}] " if numbered else "") + known.get(iri, iri) for number, iri in enumerate(sources, start=1)
    )


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun.

    >>> counted(1, "fact"), counted(2, "entity", "entities")
    ('1 fact', '2 entities')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def _part(part: Keys, inner: float) -> tuple[list[Mark], float]:
    heading = block(part.heading, 0, 0, inner, TEXT_SIZE, bold=True)
    widest = max((width(key.text, TEXT_SIZE) for key in part.entries), default=0.0)
    columns = max(1, int(inner // (_SAMPLE + widest + 12)))
    columns = min(columns, len(part.entries)) or 1
    column = inner / max(columns, 3)
    row = TEXT_SIZE * LEADING + 3.5
    marks: list[Mark] = [heading]
    for number, key in enumerate(part.entries):
        x, y = (number % columns) * column, heading.box.bottom + 3 + (number // columns) * row
        marks += moved(key.sample, x, y)
        marks.append(block(key.text, x + _SAMPLE, y, inner - _SAMPLE, TEXT_SIZE, colour=INK))
    return marks, heading.box.bottom + 3 + -(-len(part.entries) // columns) * row
