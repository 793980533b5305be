"""The words of printed numbers: scale words of each language, English number words, and the tokens that they make;
the currencies (ISO 4217) and shares that are printed beside a number."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from gbkg.documents import numerals
from gbkg.documents.tokens import Lexer, any_of, base, has_english_words

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
"""The languages whose number words text2num reads."""
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


_KINDS = (
    ("_", r"\s+|(?<=[a-zA-Z\d])-(?=[a-zA-Z])"),
    ("x", r"(?i:\bno(?=\s+(?:more|fewer|less|later|longer|one)\b))|\bNo\."),
    ("u", r"(?<![\w.,/])(?:\d+\s?)?[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]|(?<![\w.,/])\d{1,3}/\d{1,4}(?![\d/]|[.,]\d)"),
    ("P", r"(?:[×x*·]\s*|(?<![\d.,]))10(?:\^?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|(?:\^|\*\*)\d{1,2}(?!\d))"),
    ("E", r"(?<![\w.,])\d+(?:\.\d+)?[eE]\+?\d{1,2}(?!\w|\.\d)"),
    ("c", "[百千]分之"),
    ("v", r"(?i:(?<!\d )\b(?:<VAGUE>)\b)|[几幾数數][十百千万亿]+|[十百千万亿]+[几幾数數]"),
    ("y", "第(?=[一二三四五六七八九十百\\d])|首(?=[个家次批座届位项])"),
    ("H", "<HAN>"),
    ("D", r"<FREE><DIGITS>(?P<attached>(?:bn|mn|mln|tn|trn|MM|[kKmMBT])(?![A-Za-z²³⁄])|(?:st|nd|rd|th)\b)?<UNIT>"),
    ("r", r"(?i:\b(?:to|through|till|until|bis|à|hasta|até)\b)|\s*[-–—~～至到]"),
    ("b", r"(?i:\b(?:between|zwischen|entre|tra|tussen)\b)"),
    ("&", r"(?i:\band\b)"),
    ("a", r"(?i:\ban?\b)"),
    ("p", r"(?i:\bpoint\b)"),
    ("z", r"(?i:\b(?:zero|no|none|nil)\b)"),
    ("k", r"(?i:\bdozen\b)"),
    ("s", r"(?i:\b(?:<SCALES>)\b\.?)|[百千万亿萬億]"),
    ("n", r"(?i:\b(?:<CARDINALS>)\b)"),
    ("h", r"(?i:\bhalf\b)"),
    ("o", r"(?i:\b(?:<ORDINALS>)\b)"),
    ("f", r"(?i:\b(?:<FRACTIONS>)\b)"),
    ("l", r"(?i:\b(?:<SUPERLATIVES>)\b)"),
    ("m", "[多余餘来+]"),
    ("~", r"(?i:\bof\b)"),
    ("x", r"[^\W\d_\u3040-\u9fff]+|\d\w*|."),
)  # fmt: skip
"""The kinds of tokens, as the grammar names them, with their patterns.

u ½ or 2/3 · P 10⁶ · E 1.5e6 · c 百分之 · v several, hundreds · y 第 · H Chinese numeral · D number in digits · r to ·
b between · & and · a a, an · p point · z zero, no · k dozen · s scale word · n cardinal · h half · o ordinal ·
f quarters, thirds · l largest · m more than (300多) · ~ of · x anything else · _ blanks, hyphens between words"""
_UNIT = r"(?![A-Za-z])|(?=(?:m|km|cm|mm|kg|g|t|ha|sqm|sqft|MW|kW|GW|kWh|MWh|GWh|h|min|s|bps|x)(?![A-Za-z]))"


def scales(language: str) -> dict[str, int]:
    """The scale words of a language with their powers of ten, in lower case and without full stop. A billion has nine
    zeros in English and twelve in German."""
    return _EVERYWHERE | _LANGUAGES.get(base(language), _ENGLISH)


@lru_cache(maxsize=1)
def ordinals() -> dict[str, str]:
    """English ordinals, each with its cardinal."""
    found = dict(_ORDINALS)
    for word in CARDINALS.split():
        if word not in found.values():
            found[f"{word[:-1]}ieth" if word.endswith("ty") else f"{word}th"] = word
    return found | {"hundredth": "hundred", "thousandth": "thousand"}


def spelled(words: str, language: str) -> Decimal | None:
    """The value of a number in words of one of `SPELLED`; None if it is none.

    >>> spelled("one hundred and five", "en"), spelled("zweiundvierzig", "de"), spelled("five thirty", "en")
    (Decimal('105'), Decimal('42'), None)
    """
    from text_to_num import text2num  # here, since few texts need it and it starts slowly

    try:
        return Decimal(text2num(re.sub(r"[\s-]+", " ", words.strip().lower()), base(language)))
    except ValueError:
        return None


@lru_cache(maxsize=64)
def lexer(language: str) -> Lexer:
    """The lexer for a language."""
    english = has_english_words(language)
    fillings = {
        "VAGUE": any_of(VAGUE.split()) if english else "(?!)",
        "HAN": numerals.HAN,
        # A minus sign stands after a blank or a bracket, or at the beginning; digits never within a word. A comma
        # groups digits only after a digit: texts in Chinese have no blank after theirs.
        "FREE": r"(?:(?:(?<=[\s(（])|(?<![\s\S]))[-−–])?"
        r"(?:(?<![\w.,])|(?<=\b[A-Z]{3})|(?<=[\u3040-\u9fff])|(?<=[\u3040-\u9fff%)”』」],)|(?<=[$€£¥])|(?<=[-–—~～+/]))",
        "DIGITS": f"(?:{numerals.DIGITS})",
        "UNIT": rf"(?!\d)(?:{_UNIT})",
        "SCALES": any_of(scales(language)),
        "CARDINALS": any_of(CARDINALS.split()) if english else "(?!)",
        "ORDINALS": any_of(ordinals()) if english else "(?!)",
        "FRACTIONS": any_of(FRACTIONS) if english else "(?!)",
        "SUPERLATIVES": any_of(SUPERLATIVES.split()),
    }
    return Lexer(_KINDS, fillings)


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
