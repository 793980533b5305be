"""Numbers in digits: what their separators mean in a language, and what they leave open."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

BLANKS = " \u00a0\u2009\u202f"
PATTERN = rf"\d{{1,3}}(?:[{BLANKS}]\d{{3}})+(?!\d)(?:[.,]\d+)?(?![.,]?\d)|\d+(?:[.,'’٬٫]\d+)*|(?<![\w.,])[.]\d+"
"""A number in digits with its separators. Blanks separate only groups of three."""
_GROUPED = re.compile(r"\d{1,3}(?:S\d{3})+".replace("S", "[,.'’٬]"))
_INDIAN = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_ENGLISH = (".", ",")


def values(text: str, language: str, *, measured: bool = False) -> tuple[Decimal, ...]:
    """What a number in digits can mean: one value, two where a separator may be a decimal point or stand between groups
    of three, none where it is not well formed. `measured` tells that a scale word or a percent sign follows, before
    which nobody writes three groups.

    >>> values("1,234.5", "en"), values("500.000", "en"), values("500.000", "de"), values("6,1307.3", "en")
    ((Decimal('1234.5'),), (Decimal('500.000'), Decimal('500000')), (Decimal('500000'),), ())
    """
    text = re.sub(rf"(?<=\d)[{BLANKS}'’٬](?=\d{{3}}(?!\d))", "", text).replace("٫", ".")
    signs = re.sub(r"\d", "", text)
    point, group = separators(language)
    if not signs:
        return (Decimal(text),)
    if len(set(signs)) == 2 and signs.count(signs[-1]) == 1:
        whole, _, fraction = text.rpartition(signs[-1])
        return (_decimal(whole, fraction),) if _GROUPED.fullmatch(whole) else ()
    if len(signs) > 1:
        fits = _GROUPED.fullmatch(text) and signs[0] in {group, ","} and len(set(signs)) == 1
        indian = _INDIAN.fullmatch(text) and _is_indian(language)
        return (_decimal(text, ""),) if fits or indian else ()
    whole, _, fraction = text.partition(signs)
    if len(fraction) != 3 or not 1 <= len(whole) <= 3 or whole == "0":
        return (_decimal(whole, fraction),) if signs == point or (signs == "." and group != ".") else ()
    if signs == group:
        return (_decimal(text, ""),)
    return (_decimal(whole, fraction),) if measured else (_decimal(whole, fraction), _decimal(text, ""))


def _decimal(whole: str, fraction: str) -> Decimal:
    digits = re.sub(r"\D", "", whole) or "0"
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


@lru_cache(maxsize=64)
def separators(language: str) -> tuple[str, str]:
    """Decimal point and separator of groups of a language and region, by CLDR.

    >>> separators("en"), separators("de"), separators("fr")[0]
    (('.', ','), (',', '.'), ',')
    """
    if language.partition("-")[0] in ("", "en", "zh", "ja", "ko") and language != "en-ZA":
        return _ENGLISH
    from babel import Locale, UnknownLocaleError

    try:
        symbols = Locale.parse(language, sep="-").number_symbols["latn"]
    except (UnknownLocaleError, ValueError, KeyError):
        return _ENGLISH
    return str(symbols["decimal"]), str(symbols["group"])


@lru_cache(maxsize=64)
def _is_indian(language: str) -> bool:
    """Whether digits are grouped as in 12,34,567."""
    if language in ("", "en", "zh"):
        return False
    from babel import Locale, UnknownLocaleError

    try:
        return bool(Locale.parse(language, sep="-").decimal_formats[None].grouping == (3, 2))
    except (UnknownLocaleError, ValueError, KeyError):
        return False
