"""Chinese numerals: 三百五十, 一万二千, 两千, 一点五, 二〇一八, and digits among them (3亿5千)."""

from __future__ import annotations

import re
from decimal import Decimal

_WRITTEN = "〇零○ 一壹 二两贰兩弍 三叁參 四肆 五伍 六陆陸 七柒 八捌 九玖"
_DIGITS = {sign: number for number, signs in enumerate(_WRITTEN.split()) for sign in signs}
_SMALL = dict(zip("十拾百佰千仟", (1, 1, 2, 2, 3, 3), strict=True))
_LARGE = dict(zip("万萬亿億", (4, 4, 8, 8), strict=True))
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_SIGNS = "".join((*_DIGITS, *_SMALL))
PATTERN = (
    rf"(?:[{_SIGNS}廿卅卌]|\d+(?:\.\d+)?(?=[十百千万亿萬億]))(?:[{_SIGNS}{''.join(_LARGE)}廿卅卌点點]|\d+(?:\.\d+)?)*"
)
"""A numeral; digits may stand before units. A lone 万 is none: it scales what stands before it."""
_VAGUE = re.compile("[几幾数數]")


def values(text: str) -> tuple[Decimal, ...]:
    """What a numeral can mean: two values where the place of its last digit is not said (三千六 is 3600 or 3006), none
    where it is not well formed.

    >>> values("三百五十"), values("3亿5千万"), values("二〇一八")
    ((Decimal('350'),), (Decimal('350000000'),), (Decimal('2018'),))
    >>> values("三千六")
    (Decimal('3600'), Decimal('3006'))
    """
    for sign, tens in _TENS.items():
        text = text.replace(sign, tens)
    if re.fullmatch(f"[{''.join(_DIGITS)}]+", text):
        # 三四 is three or four; with a zero or four digits it is a row of digits, as years are.
        known = len(text) == 1 or len(text) > 3 or any(_DIGITS[sign] == 0 for sign in text[1:])
        return (Decimal("".join(str(_DIGITS[sign]) for sign in text)),) if known else ()
    fraction = re.fullmatch(r"(.+?)[点點](.+?)([万萬亿億]*)", text)
    if fraction:
        return _with_point(*fraction.groups())
    found = re.findall(r"\d+(?:\.\d+)?|.", text)
    return _summed(found)


def scale(text: str) -> int:
    """The power of ten of the last unit, 0 where a digit or a ten ends the numeral.

    >>> scale("五千"), scale("一百零五"), scale("二十")
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
    before, after = values(whole), "".join(str(_DIGITS.get(sign, sign)) for sign in fraction)
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
            number = Decimal(_DIGITS[sign]) if sign in _DIGITS else Decimal(sign)
            zero = zero or number == 0
            current = None if sign in _DIGITS and number == 0 else number
    value = total + section
    if current is None:
        return (value,)
    places = (value + current.scaleb(last - 1), value + current)
    return places if not zero and 1 < last < 10**9 else (value + current,)


def is_vague(text: str) -> bool:
    """Whether a numeral says only the size: 几百, 数千, 十几."""
    return bool(_VAGUE.search(text))
