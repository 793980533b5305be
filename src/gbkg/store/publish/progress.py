"""How far a publication is, in triples."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Told what is being done, how many triples are done, and of how many; 0 where that is not known."""


class Progress:
    """Counts triples and tells each time."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.doing, self.total, self.done = "", 0, 0

    def begin(self, doing: str, total: int) -> None:
        """Starts a new count; `total` is 0 when it is not known."""
        self.doing, self.total, self.done = doing, total, 0
        self.advance(0)

    def advance(self, triples: int) -> None:
        """Counts so many more."""
        self.done += triples
        self._tell(f"{self.doing} triples", self.done, self.total)
