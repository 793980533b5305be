"""Text for a terminal: without what the terminal would obey, and with counts in words."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200b\u200c\u200d\u3000"
"""Joiners and wide spaces are not "printable" to Python, but parts of words in many scripts."""


def safe(text: str, kept: str = "\n\t") -> str:
    r"""The text with control characters (ESC, BEL and the others of C0 and C1) and marks that turn the direction of
    writing or have no form of their own as escapes, but for the `kept` ones.

    >>> safe("\x1b]0;title\x07 red\x9b31m \u202eabc 广州")
    '\\x1b]0;title\\x07 red\\x9b31m \\u202eabc 广州'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in kept or _harmless(c) else _escape(c) for c in text)


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun.

    >>> counted(1, "fact"), counted(2_000, "entity", "entities")
    ('1 fact', '2,000 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _harmless(character: str) -> bool:
    return unicodedata.category(character) == "Zs" or character in _JOINERS


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
