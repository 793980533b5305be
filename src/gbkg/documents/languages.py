"""Languages by BCP 47 tag, and what CLDR (https://cldr.unicode.org/) knows of them, through babel."""

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
