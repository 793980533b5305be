"""What every room needs and that knows nothing of claims: records, errors, files, N-Quads, Turtle, limits.

This module has the versions of gbkg and of its JSON, and the type of functions that report progress.
"""

from collections.abc import Callable

__version__ = "0.1.0"

SCHEMA = "gbkg/1"
"""The version of what results give as JSON (docs/records.md): it changes when a reader of the former would fail."""

Progress = Callable[[str, int, int], None]
"""Takes what is being done ("reading sources"), how much of it is done, and how much there is; 0 is for unknown."""


def silent(doing: str, done: int, total: int) -> None:
    """Reports nothing."""
