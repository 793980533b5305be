"""The words that numbers are printed with: scales of each language, and the small words of English around them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

_EVERYWHERE = {"k": 3, "mn": 6, "mln": 6, "bn": 9, "bln": 9, "tn": 12, "trn": 12, "万": 4, "萬": 4, "亿": 8, "億": 8,
               "百": 2, "千": 3, "lakh": 5, "lakhs": 5, "lac": 5, "crore": 7, "crores": 7}  # fmt: skip
_ENGLISH = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15,
            "millions": 6, "billions": 9, "trillions": 12, "thousands": 3, "hundreds": 2}  # fmt: skip
_LANGUAGES = {
    "de": {"hundert": 2, "tausend": 3, "tsd": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9, "mrd": 9,
           "milliarden": 9, "billion": 12, "billionen": 12, "bio": 12},
    "fr": {"cent": 2, "cents": 2, "mille": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9, "md": 9,
           "billion": 12, "billions": 12},
    "es": {"mil": 3, "millón": 6, "millones": 6, "billón": 12, "billones": 12},
    "pt": {"mil": 3, "milhão": 6, "milhões": 6, "bilhão": 9, "bilhões": 9, "bilião": 12, "biliões": 12,
           "trilhão": 12, "trilhões": 12},
    "it": {"mila": 3, "milione": 6, "milioni": 6, "miliardo": 9, "miliardi": 9, "bilione": 12},
    "nl": {"duizend": 3, "miljoen": 6, "mln": 6, "miljard": 9, "mld": 9, "biljoen": 12},
    "ru": {"тысяч": 3, "тыс": 3, "миллион": 6, "миллиона": 6, "миллионов": 6, "млн": 6, "миллиард": 9, "миллиарда": 9,
           "миллиардов": 9, "млрд": 9, "триллион": 12, "трлн": 12},
}  # fmt: skip
SPELLED = ("en", "de", "fr", "es", "pt", "it", "nl")
"""The languages whose spelled numbers text2num reads."""
CARDINALS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
)
_ORDINALS = {"first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine",
             "twelfth": "twelve"}  # fmt: skip
FRACTIONS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
             "sixth": 6, "sixths": 6, "sevenths": 7, "eighth": 8, "eighths": 8, "ninths": 9, "tenth": 10, "tenths": 10,
             "hundredth": 100, "hundredths": 100, "thousandth": 1000, "thousandths": 1000}  # fmt: skip
VAGUE = "several few many some countless hundreds thousands millions billions dozens tens scores couple"
SUPERLATIVES = "largest biggest highest"


def scales(language: str) -> dict[str, int]:
    """The scale words of a language, in lower case and without full stop, with their powers of ten. A billion has nine
    zeros in English and twelve in German."""
    return _EVERYWHERE | _LANGUAGES.get(language.partition("-")[0], _ENGLISH)


@lru_cache(maxsize=1)
def ordinals() -> dict[str, str]:
    """English ordinals with the cardinal of each."""
    found = dict(_ORDINALS)
    for word in CARDINALS.split():
        if word not in found.values():
            found[f"{word[:-1]}ieth" if word.endswith("ty") else f"{word}th"] = word
    return found | {"hundredth": "hundred", "thousandth": "thousand"}


def spelled(words: str, language: str) -> Decimal | None:
    """A number in words of one of `SPELLED`; None when it is none.

    >>> spelled("one hundred and five", "en"), spelled("zweiundvierzig", "de"), spelled("five thirty", "en")
    (Decimal('105'), Decimal('42'), None)
    """
    from text_to_num import text2num

    try:
        return Decimal(text2num(re.sub(r"[\s-]+", " ", words.strip().lower()), language.partition("-")[0]))
    except ValueError:
        return None
