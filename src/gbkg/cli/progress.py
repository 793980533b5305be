"""Progress on stderr."""

from __future__ import annotations

import sys
import time

from gbkg.cli.streams import styled
from gbkg.core.text import safe

_ON_TERMINAL, _IN_FILE = 0.1, 10.0
"""Seconds between two lines: on a terminal, where each replaces the last, and in a file."""


class ProgressLine:
    """Prints what is being done, how much of it, the rate and the time left: `gbkg.core.Progress`. On a
    terminal it is one line, which is overwritten; in a file only work that takes long is mentioned."""

    def __init__(self) -> None:
        self._doing, self._begun, self._printed = "", 0.0, 0.0

    def __call__(self, doing: str, done: int = 0, total: int = 0) -> None:
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if doing != self._doing:
            self._doing, self._begun, self._printed = doing, now, 0.0 if terminal else now
        since = now - self._printed
        if since < (_ON_TERMINAL if terminal else _IN_FILE) and (done != total or not terminal):
            return
        far = _far(done, total, now - self._begun)
        if terminal:
            styled(sys.stderr, f"\r\x1b[K{safe(doing, '')}{far} …")
        else:
            sys.stderr.write(f"{doing}{far}\n")
        sys.stderr.flush()
        self._printed = now


def _far(done: int, total: int, seconds: float) -> str:
    """What is known of " 1,200 of 10,000, 830/s, 11 s left"."""
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
