"""Numbers as texts print them: reading them, and how exact the printed digits are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALE = {
    "hundred": 2,
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "bn": 9,
    "百": 2,
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
_POWER = "|".join(_SCALE)
_NUMBER = re.compile(
    rf"(?<![\d.,])(?:(?<![^\s(])(?P<sign>[-−–]))?(?P<digits>{_DIGITS})(?![\d,]|\.\d)(?P<scale>(?:\s*(?:{_POWER}))*)",
    re.I,
)
_PARTS = re.compile(rf"{_POWER}|[a-z]+|第?[一二两三四五六七八九十首]", re.I)
# Compound number words are not read in part: with one of these, or two words, there is no number.
_TENS = "thirty forty fifty sixty seventy eighty ninety dozen".split()
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
        power = Decimal(10) ** _power(re.findall(_POWER, scale, re.I))
        places = len(digits.partition(".")[2])
        sign = -1 if matches[0]["sign"] else 1
        return Printed(sign * Decimal(digits) * power, Decimal(1).scaleb(-places) * power, bool(scale))
    if _ANY_DIGITS.search(text):
        return None
    parts = [part for part in _PARTS.findall(text.lower()) if part in _WORDS or part in _SCALE or part in _TENS]
    if not parts or parts[0] not in _WORDS or any(part not in _SCALE for part in parts[1:]):
        return None
    power = Decimal(10) ** _power(parts[1:])
    return Printed(_WORDS[parts[0]] * power, power if parts[1:] else Decimal(0), bool(parts[1:]))


def read_range(text: str) -> tuple[Decimal, Decimal] | None:
    """Both numbers of a phrase such as "between 100 and 300"; None when there are not two, or when one has a scale word
    that the other may share ("1.5 to 2 million").

    >>> read_range("100 to 1,300 firms")
    (Decimal('100'), Decimal('1300'))
    """
    numbers = [read(match.group()) for match in _NUMBER.finditer(text)]
    if len(_ANY_DIGITS.findall(text)) != 2 or len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    low, high = numbers[0], numbers[1]
    return (low.value, high.value) if low.scaled == high.scaled else None


def _power(words: list[str]) -> int:
    """The power of ten of scale words in a row: "thousand million", 万亿."""
    return sum(_SCALE[word.lower()] for word in words)


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
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}{point}{fraction}"
