"""Currencies (ISO 4217) and shares that are printed beside a number."""

from __future__ import annotations

import re
from functools import lru_cache

from gbkg.documents.tokens import any_of

DOLLARS = ("USD", "HKD", "CAD", "AUD", "SGD", "NZD", "TWD")
"""The commonest currencies that $ and "dollars" can stand for. A name, or the source's region, says which."""
_SIGNS = {
    "US$": "USD", "U.S.$": "USD", "U.S. $": "USD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "AU$": "AUD", "C$": "CAD",
    "CA$": "CAD",
    "S$": "SGD", "NZ$": "NZD", "MOP$": "MOP", "R$": "BRL", "RMB¥": "CNY", "CN¥": "CNY", "JP¥": "JPY",
    "RMB": "CNY", "Rmb": "CNY", "€": "EUR", "£": "GBP", "₹": "INR", "Rs.": "INR", "Rs": "INR", "₩": "KRW", "₽": "RUB",
    "₺": "TRY", "฿": "THB", "₫": "VND", "₱": "PHP", "₪": "ILS", "CHF": "CHF", "Fr.": "CHF",
    "人民币": "CNY", "美元": "USD", "美金": "USD", "港元": "HKD", "港币": "HKD", "欧元": "EUR", "日元": "JPY",
    "英镑": "GBP",
    "澳门元": "MOP", "澳元": "AUD", "新台币": "TWD", "韩元": "KRW", "卢布": "RUB", "瑞士法郎": "CHF",
}  # fmt: skip
_NAMES = {
    "yuan": "CNY", "renminbi": "CNY", "us dollars": "USD", "us dollar": "USD", "u.s. dollars": "USD",
    "u.s. dollar": "USD",
    "american dollars": "USD", "hong kong dollars": "HKD", "hong kong dollar": "HKD", "canadian dollars": "CAD",
    "australian dollars": "AUD", "singapore dollars": "SGD", "euros": "EUR", "euro": "EUR", "pounds sterling": "GBP",
    "british pounds": "GBP", "yen": "JPY", "rupees": "INR", "swiss francs": "CHF", "roubles": "RUB", "rubles": "RUB",
    "patacas": "MOP", "dólares estadounidenses": "USD", "us-dollar": "USD",
}  # fmt: skip
_OPEN = {
    "$": DOLLARS, "dollars": DOLLARS, "dollar": DOLLARS, "dólares": DOLLARS, "¥": ("CNY", "JPY"), "￥": ("CNY", "JPY"),
    "pounds": ("GBP", "EGP", "LBP"), "won": ("KRW", "KPW"), "francs": ("CHF", "XAF", "XOF"),
    "元": ("CNY", "HKD", "TWD"),
}  # fmt: skip
_SHARES = {
    "%": "percent", "％": "percent", "percent": "percent", "per cent": "percent", "pct": "percent",
    "Prozent": "percent",
    "pour cent": "percent", "por ciento": "percent", "por cento": "percent", "per cento": "percent",
    "procent": "percent",
    "percentage points": "percent", "percentage point": "percent", "Prozentpunkte": "percent", "个百分点": "percent",
    "‰": "per mille", "per mille": "per mille", "per mil": "per mille", "Promille": "per mille",
    "basis points": "basis points", "basis point": "basis points", "bps": "basis points", "个基点": "basis points",
    "成": "tenths",
}  # fmt: skip


_BLANK = r"[ \u00a0\u2009\u202f]?"
_CODE = r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])"
_SIGN = any_of({**_SIGNS, **{word: "" for word in _OPEN if not (word.isalpha() and word < "¥")}})
_LATIN = any_of([*_NAMES, *(word for word in _OPEN if word.isalpha() and word < "¥")])
_BEFORE = re.compile(rf"(?:(?<![A-Za-z])(?P<sign>{_SIGN})|(?P<code>{_CODE})){_BLANK}$")
_AFTER = re.compile(
    rf"{_BLANK}(?:(?P<sign>{_SIGN})|(?P<code>{_CODE})|-?(?P<name>(?i:{_LATIN}))(?![A-Za-z]))"
    rf"(?:{_BLANK}\(?(?:RMB|CNY|人民币)\)?)?"
)
_SHARE = re.compile(rf"{_BLANK}(?P<share>{any_of(_SHARES)})(?![A-Za-z])")


def before(text: str, end: int, language: str) -> tuple[int, tuple[str, ...]]:
    """The currency right before a number: where it begins, and its possible codes; (end, ()) without one."""
    match = _BEFORE.search(text, max(0, end - 12), end)
    codes = _codes(match, language)
    return (match.start(), codes) if match and codes else (end, ())


def after(text: str, start: int, language: str) -> tuple[int, tuple[str, ...]]:
    """The currency right after a number: where it ends, and its possible codes; (start, ()) without one."""
    match = _AFTER.match(text, start)
    codes = _codes(match, language)
    return (match.end(), codes) if match and codes else (start, ())


def share(text: str, start: int) -> tuple[int, str]:
    """The percent sign or the like right after a number: where it ends, and the share that it means; (start, "")
    without one."""
    match = _SHARE.match(text, start)
    return (match.end(), _SHARES[match["share"]]) if match else (start, "")


def _codes(match: re.Match[str] | None, language: str) -> tuple[str, ...]:
    if match is None:
        return ()
    found = match.groupdict()
    if found["code"] and found["code"] not in _SIGNS:
        return (found["code"],) if found["code"] in _iso() else ()
    word = found["sign"] or found["code"] or found.get("name") or ""
    if word in _SIGNS:
        return (_SIGNS[word],)
    lowered = word.lower()
    if lowered in _NAMES:
        return (_NAMES[lowered],)
    return _of_region(_OPEN[lowered], language)


def _of_region(codes: tuple[str, ...], language: str) -> tuple[str, ...]:
    """The currencies of the region in the language's tag; all of them if none is."""
    region = next((part for part in language.split("-")[1:] if len(part) == 2), "")
    if not region:
        return ("CNY",) if "CNY" in codes and language.startswith("zh") else codes
    from babel.numbers import get_territory_currencies  # here, since few texts need it and it starts slowly

    local = set(get_territory_currencies(region.upper(), tender=True))
    return tuple(code for code in codes if code in local) or codes


@lru_cache(maxsize=1)
def _iso() -> frozenset[str]:
    """The codes of ISO 4217, from CLDR."""
    from babel.numbers import list_currencies  # as above

    return frozenset(list_currencies())
