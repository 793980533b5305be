"""How far a long work has come, on stderr."""

from __future__ import annotations

import sys
import time

from gbkg.cli.streams import styled
from gbkg.core.text import safe

_OFTEN, _SELDOM = 0.1, 10.0
"""Seconds between two lines on a terminal, where each takes the place of the last, and in a file."""


class Meter:
    """Told what is being done, how much of it is done and of how much (0: not known), it says so, with the rate and
    the time that is left. In a file it says only what takes long."""

    def __init__(self) -> None:
        self._what, self._begun, self._said = "", 0.0, 0.0

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._begun, self._said = what, now, 0.0 if sys.stderr.isatty() else now
        if now - self._said < (_OFTEN if sys.stderr.isatty() else _SELDOM) and done != total:
            return
        if sys.stderr.isatty():
            styled(sys.stderr, f"\r\x1b[K{safe(what, '')}{_how_far(done, total, now - self._begun)} …")
        elif now - self._said >= _SELDOM:
            sys.stderr.write(f"{what}{_how_far(done, total, now - self._begun)}\n")
        else:
            return
        sys.stderr.flush()
        self._said = now


def _how_far(done: int, total: int, seconds: float) -> str:
    """ " 1,200 of 10,000, 830/s, 11 s left", as far as it is known."""
    if not done:
        return ""
    count = f" {done:,} of {total:,}" if total else f" {done:,}"
    if seconds < 1:
        return count
    rate = done / seconds
    left = f", {_duration((total - done) / rate)} left" if total > done else ""
    return f"{count}, {rate:,.0f}/s{left}"


def _duration(seconds: float) -> str:
    """
    >>> _duration(42.3), _duration(3725)
    ('42 s', '1:02:05')
    """
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if whole < 100:
        return f"{whole} s"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
