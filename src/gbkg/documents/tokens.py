"""One way of reading what a text prints in a form of its own, such as a date or a quantity.

A lexer cuts the text into tokens, each of a kind that is one letter; a grammar is a regular expression over these
letters. `gbkg.documents.dates` and `gbkg.documents.quantities` declare theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A word, number or sign of a text, its kind, and where it stands (code points, half-open). `attached` is what
    follows the digits of a number without a blank and belongs to it, such as "bn"."""

    kind: str
    text: str
    start: int
    end: int
    attached: str = ""


class Lexer:
    """Kinds of tokens with a pattern each; of several that fit at a place the first is taken. Tokens of the kind "_"
    are left out. `fillings` take the place of <NAME> in patterns; a pattern may name one group `attached`."""

    def __init__(self, kinds: Iterable[tuple[str, str]], fillings: Mapping[str, str]) -> None:
        self._kinds: dict[str | None, str] = {}
        patterns = []
        for number, (kind, pattern) in enumerate(kinds):
            for name, filling in fillings.items():
                pattern = pattern.replace(f"<{name}>", filling)
            self._kinds[f"kind{number}"] = kind
            patterns.append(f"(?P<kind{number}>{pattern})")
        self._pattern = re.compile("|".join(patterns), re.S)
        self._attaching = "attached" in self._pattern.groupindex

    def tokens(self, text: str) -> list[Token]:
        """The text as tokens."""
        found = []
        for match in self._pattern.finditer(text):
            kind = self._kinds[match.lastgroup]
            if kind != "_":
                attached = match["attached"] or "" if self._attaching else ""
                found.append(Token(kind, match.group(), match.start(), match.end(), attached))
        return found


def grammar(rules: Mapping[str, str]) -> re.Pattern[str]:
    """The grammar of rules, each a pattern over kinds; of several that fit at a place the first holds."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in rules.items()))


def kinds(tokens: Iterable[Token]) -> str:
    """The kinds of tokens, one letter each."""
    return "".join(token.kind for token in tokens)


def of_kinds(tokens: Sequence[Token], wanted: str) -> list[Token]:
    """The tokens of these kinds."""
    return [token for token in tokens if token.kind in wanted]


def phrases(rules: re.Pattern[str], tokens: Sequence[Token]) -> Iterator[tuple[str, int, int]]:
    """What the rules of a grammar fit, in order: the rule, and which tokens (half-open)."""
    for match in rules.finditer(kinds(tokens)):
        yield match.lastgroup or "", match.start(), match.end()


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest that fits."""
    return "|".join(re.escape(word) for word in sorted(dict.fromkeys(words), key=len, reverse=True))
