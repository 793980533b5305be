"""Numerals: digits with the separators of each language, Chinese numerals (三百五十, 一万二千, 一点五, 二〇一八,
3亿5千), and writing numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from gbkg.documents import tokens

_BLANKS = " \u00a0\u2009\u202f"
DIGITS = rf"\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?!\d)(?:[.,]\d+)?(?![.,]?\d)|\d+(?:[.,'’٬٫]\d+)*|(?<![\w.,])[.]\d+"
"""A number in digits with its separators. Blanks separate only groups of three."""
_GROUPED = re.compile(r"\d{1,3}(?:S\d{3})+".replace("S", "[,.'’٬]"))
_INDIAN = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_ENGLISH = (".", ",")


def of_digits(text: str, language: str, *, measured: bool = False) -> tuple[Decimal, ...]:
    """The possible values of a number in digits: one; two if a separator may be a decimal point or group thousands;
    none if it is malformed. `measured` says that a scale word or percent sign follows, before which nobody groups
    thousands.

    >>> of_digits("1,234.5", "en"), of_digits("500.000", "en"), of_digits("500.000", "de"), of_digits("6,1307.3", "en")
    ((Decimal('1234.5'),), (Decimal('500.000'), Decimal('500000')), (Decimal('500000'),), ())
    """
    text = re.sub(rf"(?<=\d)[{_BLANKS}'’٬](?=\d{{3}}(?!\d))", "", text).replace("٫", ".")
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
    """Decimal point and thousands separator of a language and region, from CLDR.

    >>> separators("en"), separators("de"), separators("fr")[0]
    (('.', ','), (',', '.'), ',')
    """
    if tokens.has_english_words(language) and language != "en-ZA":
        return _ENGLISH
    known = tokens.locale(language)
    symbols = known.number_symbols.get("latn") if known else None
    return (str(symbols["decimal"]), str(symbols["group"])) if symbols else _ENGLISH


@lru_cache(maxsize=64)
def _is_indian(language: str) -> bool:
    """Whether digits are grouped as in 12,34,567."""
    known = None if language in ("", "en", "zh") else tokens.locale(language)
    return known is not None and bool(known.decimal_formats[None].grouping == (3, 2))


# ---- Chinese


_WRITTEN = "〇零○ 一壹 二两贰兩弍 三叁參 四肆 五伍 六陆陸 七柒 八捌 九玖"
_HAN_DIGITS = {sign: number for number, signs in enumerate(_WRITTEN.split()) for sign in signs}
_SMALL = dict(zip("十拾百佰千仟", (1, 1, 2, 2, 3, 3), strict=True))
_LARGE = dict(zip("万萬亿億", (4, 4, 8, 8), strict=True))
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_SIGNS = "".join((*_HAN_DIGITS, *_SMALL))
HAN = rf"(?:[{_SIGNS}廿卅卌]|\d+(?:\.\d+)?(?=[十百千万亿萬億]))(?:[{_SIGNS}{''.join(_LARGE)}廿卅卌点點]|\d+(?:\.\d+)?)*"
"""A Chinese numeral; digits may precede its units. A lone 万 is not a numeral: it scales the number before it."""
_VAGUE = re.compile("[几幾数數]")


def of_han(text: str) -> tuple[Decimal, ...]:
    """The possible values of a Chinese numeral: two if the place of its last digit is open (三千六 is 3600 or 3006),
    none if it is malformed.

    >>> of_han("三百五十"), of_han("3亿5千万"), of_han("二〇一八")
    ((Decimal('350'),), (Decimal('350000000'),), (Decimal('2018'),))
    >>> of_han("三千六")
    (Decimal('3600'), Decimal('3006'))
    """
    for sign, tens in _TENS.items():
        text = text.replace(sign, tens)
    if re.fullmatch(f"[{''.join(_HAN_DIGITS)}]+", text):
        # 三四 is three or four; with a zero or four digits it is a row of digits, as years are.
        known = len(text) == 1 or len(text) > 3 or any(_HAN_DIGITS[sign] == 0 for sign in text[1:])
        return (Decimal("".join(str(_HAN_DIGITS[sign]) for sign in text)),) if known else ()
    fraction = re.fullmatch(r"(.+?)[点點](.+?)([万萬亿億]*)", text)
    if fraction:
        return _with_point(*fraction.groups())
    found = re.findall(r"\d+(?:\.\d+)?|.", text)
    return _summed(found)


def han_scale(text: str) -> int:
    """The power of ten of the last unit; 0 if the numeral ends with a digit or a ten.

    >>> han_scale("五千"), han_scale("一百零五"), han_scale("二十")
    (3, 0, 0)
    """
    power = 0
    for sign in reversed(text):
        if sign in _LARGE:
            power += _LARGE[sign]
        elif sign in _SMALL and _SMALL[sign] > 1:
            return power + _SMALL[sign]
        else:
            return power
    return power


def _with_point(whole: str, fraction: str, large: str) -> tuple[Decimal, ...]:
    before, after = of_han(whole), "".join(str(_HAN_DIGITS.get(sign, sign)) for sign in fraction)
    if len(before) != 1 or not after.isdecimal():
        return ()
    power = sum(_LARGE[sign] for sign in large)
    return (Decimal(f"{before[0]}.{after}").scaleb(power),)


def _summed(found: list[str]) -> tuple[Decimal, ...]:
    total = section = Decimal(0)
    current: Decimal | None = None
    last, zero = 10**9, False
    for sign in found:
        if sign in _SMALL:
            if _SMALL[sign] >= last:
                return ()
            last, zero = _SMALL[sign], False
            section += (Decimal(1) if current is None else current).scaleb(last)
            current = None
        elif sign in _LARGE:
            amount = section + (current or 0)
            if _LARGE[sign] == 8:  # 万亿: what stands before multiplies it
                total = (total + amount).scaleb(8)
            else:
                total += amount.scaleb(4)
            section, current, last, zero = Decimal(0), None, _LARGE[sign], False
        elif current is not None or sign in "点點":
            return ()
        else:
            number = Decimal(_HAN_DIGITS[sign]) if sign in _HAN_DIGITS else Decimal(sign)
            zero = zero or number == 0
            current = None if sign in _HAN_DIGITS and number == 0 else number
    value = total + section
    if current is None:
        return (value,)
    places = (value + current.scaleb(last - 1), value + current)
    return places if not zero and 1 < last < 10**9 else (value + current,)


def is_vague(text: str) -> bool:
    """Whether a numeral gives only the size: 几百, 数千, 十几."""
    return bool(_VAGUE.search(text))


# ---- Writing


def places(value: Decimal) -> int:
    """The number of decimals of a value.

    >>> places(Decimal("2.50")), places(Decimal("1E+3"))
    (2, 0)
    """
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)
