"""Languages by their tag (BCP 47), and what CLDR (https://cldr.unicode.org/) has of them, as babel reads it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def base(language: str) -> str:
    """The language of a tag without its region.

    >>> base("de-AT")
    'de'
    """
    return language.partition("-")[0]


def has_english_words(language: str) -> bool:
    """Whether numbers and dates in words are English ones: in English, where no language is given, and in Chinese,
    Japanese and Korean, whose own words are known beside them."""
    return base(language) in ("", "en", "zh", "ja", "ko")


@lru_cache(maxsize=64)
def locale(language: str) -> Locale | None:
    """What CLDR has of a language and region; None if it has nothing."""
    from babel import Locale, UnknownLocaleError  # here, since English needs none of it

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
