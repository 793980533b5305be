"""The words of printed numbers: scale words of each language, English number words, and the tokens that they make."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from gbkg.documents.languages import base, has_english_words
from gbkg.documents.quantities import numerals
from gbkg.documents.tokens import Lexer, any_of

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
        # A minus sign stands after a blank or a bracket, or at the beginning; digits never within a word.
        "FREE": r"(?:(?:(?<=[\s(（])|(?<![\s\S]))[-−–])?"
        r"(?:(?<![\w.,])|(?<=\b[A-Z]{3})|(?<=[\u3040-\u9fff])|(?<=[$€£¥])|(?<=[-–—~～+/]))",
        "DIGITS": f"(?:{numerals.DIGITS})",
        "UNIT": rf"(?!\d)(?:{_UNIT})",
        "SCALES": any_of(scales(language)),
        "CARDINALS": any_of(CARDINALS.split()) if english else "(?!)",
        "ORDINALS": any_of(ordinals()) if english else "(?!)",
        "FRACTIONS": any_of(FRACTIONS) if english else "(?!)",
        "SUPERLATIVES": any_of(SUPERLATIVES.split()),
    }
    return Lexer(_KINDS, fillings)
