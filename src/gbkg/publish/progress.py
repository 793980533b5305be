"""How far something long is: counts, rate and remaining time, in words."""

from __future__ import annotations

import time
from collections.abc import Callable

Tell = Callable[[str], None]
_APART = 0.2
"""Seconds between two words."""


class Progress:
    """Counts triples and tells about them a few times a second; the clock goes nowhere else."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.begin("", 0)

    def begin(self, doing: str, total: int) -> None:
        """Starts a new count; `total` is 0 when it is not known."""
        self.doing, self.total, self.done = doing, total, 0
        self._began = self._told = time.monotonic()

    def advance(self, triples: int, about: str = "") -> None:
        """Counts so many more."""
        self.done += triples
        now = time.monotonic()
        if now - self._told >= _APART:
            self._told = now
            self._tell(f"{self.doing}{' ' if about else ''}{about}: {self._far(now - self._began)}")

    def _far(self, seconds: float) -> str:
        rate = self.done / seconds
        if not self.total:
            return f"{self.done:,} triples, {rate:,.0f} a second"
        left = duration((self.total - self.done) / rate) if rate else "unknown time"
        return f"{self.done:,} of {self.total:,} triples, {rate:,.0f} a second, {left} left"


def duration(seconds: float) -> str:
    """Seconds in words, rounded.

    >>> duration(7.4), duration(103), duration(7380)
    ('7 s', '1 min 43 s', '2 h 3 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
