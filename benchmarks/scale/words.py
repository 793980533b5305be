"""How figures are written in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from textwrap import fill


def cell(number: float) -> str:
    return f"{round(number):,}"


def fixed(number: float) -> str:
    """With about three digits."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def spread(found: Sequence[float]) -> str:
    """Minimum, median (bold) and maximum, or the one figure there is."""
    if len(found) < 2:
        return "".join(fixed(one) for one in found)
    return f"{fixed(min(found))} **{fixed(median(found))}** {fixed(max(found))}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; every column but the first to the right."""
    lines = [list(columns), ["---", *["---:"] * (len(columns) - 1)], *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def paragraph(text: str) -> str:
    """A text in lines of some length."""
    return fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False) + "\n"


def section(title: str, text: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A heading, if there is one, a paragraph and a table; empty without rows."""
    heading = f"## {title}\n\n" if title else ""
    return f"{heading}{paragraph(text)}\n{table(columns, rows)}\n" if rows else ""
