"""How far a long work has come: what reports it, and who does not want to know."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Takes what is being done ("reading sources"), how much of it is done, and how much there is; 0 is for unknown."""


def silent(doing: str, done: int, total: int) -> None:
    """Reports nothing."""
