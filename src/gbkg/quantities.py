"""Numbers as texts print them: reading them, and how exact the printed digits are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALE = {
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "千": 3,
    "万": 4,
    "亿": 8,
}
_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "zero no",
            "one first largest 一 第一 首",
            "two second 二 两 第二",
            "three third 三 第三",
            "four fourth 四",
            "five fifth 五",
            "six sixth 六",
            "seven seventh 七",
            "eight eighth 八",
            "nine ninth 九",
            "ten tenth 十",
            "eleven eleventh",
            "twelve twelfth",
            "thirteen thirteenth",
            "fourteen fourteenth",
            "fifteen fifteenth",
            "sixteen sixteenth",
            "seventeen seventeenth",
            "eighteen eighteenth",
            "nineteen nineteenth",
            "twenty twentieth",
        )
    )
    for word in words.split()
}
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = re.compile(rf"(?<![\d.,])(?P<digits>{_DIGITS})(?![\d,]|\.\d)\s*(?P<scale>{'|'.join(_SCALE)})?", re.I)
_ANY_DIGITS = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its value, and `ulp`, one unit of its last printed digit (0 for a number word).

    `scaled` tells that a word such as million follows, `ulp` then counts in it.
    """

    value: Decimal
    ulp: Decimal
    scaled: bool


def read(text: str) -> Printed | None:
    """The one number in a phrase such as "nearly 2,258.935 billion yuan", "exceeded 60%" or "eighteenth".

    None when there is no number, more than one, or one that is not well formed ("6,1307.3").

    >>> read("RMB 200 million").value
    Decimal('200000000')
    >>> read("2.63%").ulp
    Decimal('0.01')
    >>> read("6,1307.3 square meters") is None
    True
    """
    matches = list(_NUMBER.finditer(text))
    if len(_ANY_DIGITS.findall(text)) > 1 or len(matches) > 1:
        return None
    if matches:
        digits = matches[0]["digits"].replace(",", "")
        scale = matches[0]["scale"]
        power = Decimal(10) ** (_SCALE[scale.lower()] if scale else 0)
        places = len(digits.partition(".")[2])
        return Printed(Decimal(digits) * power, Decimal(1).scaleb(-places) * power, bool(scale))
    if _ANY_DIGITS.search(text):
        return None
    words = [
        _WORDS[word] for word in re.findall(r"[a-z]+|第?[一二两三四五六七八九十首]", text.lower()) if word in _WORDS
    ]
    return Printed(Decimal(words[0]), Decimal(0), False) if len(words) == 1 else None


def plain(value: Decimal) -> str:
    """The number without exponent and without needless zeros: the lexical form of xsd:integer or xsd:decimal.

    >>> plain(Decimal("1.76E+6")), plain(Decimal("6.30"))
    ('1760000', '6.3')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(value: Decimal) -> str:
    """The number for a reader: digits in threes.

    >>> grouped(Decimal("2258935000000"))
    '2,258,935,000,000'
    """
    whole, point, fraction = plain(value).partition(".")
    return f"{int(whole):,}{point}{fraction}"
