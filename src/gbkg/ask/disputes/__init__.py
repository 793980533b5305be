"""What stands against what is printed: collected from a graph, worked out, and set side by side."""

from gbkg.ask.disputes.collected import read
from gbkg.ask.disputes.dispute import (
    CLASSES,
    KINDS,
    PLURALS,
    USUAL,
    Dispute,
    DisputedClaim,
    heading,
    kinds,
    misprints,
    pick,
)

__all__ = [
    "CLASSES",
    "KINDS",
    "PLURALS",
    "USUAL",
    "Dispute",
    "DisputedClaim",
    "heading",
    "kinds",
    "misprints",
    "pick",
    "read",
]
