"""Reads printed forms such as dates and quantities: a lexer cuts the text into tokens, and a grammar finds phrases of
tokens.

Each token is of a kind, which is one letter; a grammar is a regular expression over these letters.
`gbkg.documents.dates` and `gbkg.documents.quantities` declare theirs. Languages go by BCP 47 tags; what CLDR
(https://cldr.unicode.org/) knows of them comes through babel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from babel import Locale


def base(language: str) -> str:
    """The language of a tag without its region.

    >>> base("de-AT")
    'de'
    """
    return language.partition("-")[0]


def has_english_words(language: str) -> bool:
    """Whether numbers and dates in words are read as English: for English, for no language, and for Chinese, Japanese
    and Korean, whose own numerals are always read too."""
    return base(language) in ("", "en", "zh", "ja", "ko")


@lru_cache(maxsize=64)
def locale(language: str) -> Locale | None:
    """CLDR's data on a language and region; None if it has none."""
    from babel import Locale, UnknownLocaleError  # here, since English needs none of it

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


class TextToken(NamedTuple):
    """A word, number or sign of a text, its kind, and where it stands (code points, half-open). `attached` is what
    follows the digits of a number immediately and belongs to them, such as "bn"."""

    kind: str
    text: str
    start: int
    end: int
    attached: str = ""


class Lexer:
    """A list of kinds with their patterns. Where several match, the first is taken. Tokens of kind "_" are dropped.

    `fillings` replace <NAME> in patterns. One pattern may have a group named `attached`.
    """

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

    def tokens(self, text: str) -> list[TextToken]:
        """Cut a text into tokens."""
        found = []
        for match in self._pattern.finditer(text):
            kind = self._kinds[match.lastgroup]
            if kind != "_":
                attached = match["attached"] or "" if self._attaching else ""
                found.append(TextToken(kind, match.group(), match.start(), match.end(), attached))
        return found


def grammar(rules: Mapping[str, str]) -> re.Pattern[str]:
    """Compile the rules of a grammar, each a pattern over kinds. Where several match, the first is taken."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in rules.items()))


def kinds(tokens: Iterable[TextToken]) -> str:
    """The kinds of the tokens, as one letter each."""
    return "".join(token.kind for token in tokens)


def of_kinds(tokens: Sequence[TextToken], wanted: str) -> list[TextToken]:
    """The tokens of these kinds."""
    return [token for token in tokens if token.kind in wanted]


def phrases(rules: re.Pattern[str], tokens: Sequence[TextToken]) -> Iterator[tuple[str, int, int]]:
    """The phrases that a grammar finds, in order: the rule, and the range of its tokens (half-open)."""
    for match in rules.finditer(kinds(tokens)):
        yield match.lastgroup or "", match.start(), match.end()


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches one of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(dict.fromkeys(words), key=len, reverse=True))
