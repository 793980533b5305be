"""The words of printed dates, the tokens that they make, and the meaning of each rule of their grammar.

Words of English and Chinese are listed here, since most sources are in these languages. Month names of other languages
come from CLDR (https://cldr.unicode.org/), through babel.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from functools import lru_cache

from gbkg.documents.tokens import Lexer, TextToken, any_of, base, has_english_words, locale, of_kinds

_MONTHS = "january february march april may june july august september october november december".split()
_SHORT = {name[:3]: number for number, name in enumerate(_MONTHS, 1)} | {"sept": 9}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_COUNTS = "one two three four five six seven eight nine ten eleven twelve".split()
# Words that join dates, by language: of, to, between, and, from.
_JOINING = {
    "": ("of", "to through thru until till up to", "between", "and or &", "from"),
    "de": ("des", "bis", "zwischen", "und oder", "von vom"),
    "fr": ("de du d'", "à au jusqu'au jusqu'en", "entre", "et ou", "depuis"),
    "es": ("de del", "a al hasta", "entre", "y o", "desde"),
    "pt": ("de do", "a até", "entre", "e ou", "desde"),
    "it": ("di del", "a al fino", "tra fra", "e o", "da dal"),
    "nl": ("van", "tot", "tussen", "en of", "vanaf"),
}
# How the small words of English dates begin; other words in lower case are skipped at once.
_TELLING = (
    "of to thr unt til up bet and or fro end clo yea ear mid lat beg sta fir sec thi fou fif six sev eig nin "
    "ten ele twe las spr sum aut fal win fis 1s 2n 3r 4t"
)
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_ONE = "一二三四五六七八九"
_YEAR, _HAN = r"(?:1\d|20)\d\d", "[0-9〇零一二三四五六七八九十廿卅]"
_FREE = r"(?<![a-zA-Z\d])(?<!\d[.,/-])"
_ALONE = r"(?<![a-zA-Z\d])(?<!\d[./])"
_END = r"(?![a-zA-Z\d%‰°]|[-.,/]\d|\s*[%‰])"
_KINDS = (
    ("_", r"\s+|\bthe\b"),
    ("x", "<PLAIN>"),
    ("i", rf"{_FREE}{_YEAR}(?P<i_>[-/.])\d{{1,2}}(?P=i_)\d{{1,2}}{_END}"),
    ("j", rf"{_FREE}{_YEAR}[-/–]\d{{1,2}}{_END}(?!\s*[年月])"),
    ("s", rf"{_FREE}\d{{1,2}}(?:(?P<s_>[/.-])\d{{1,2}}(?P=s_)\d{{4}}|/\d{{1,2}}/\d\d){_END}"),
    ("m", rf"{_FREE}(?:1[0-2]|0?[1-9])/{_YEAR}{_END}"),
    ("D", rf"{_FREE}(?:1\d|20)\d0(?:['’]?s\b|年代)"),
    ("F", rf"(?i:\bfiscal(?: year)?|\bFY)[\s-]?{_YEAR}(?!\d)|{_FREE}{_YEAR}(?:财年|财政年度)"),
    (
        "Y",
        rf"{_ALONE}{_YEAR}(?!(?!Q[1-4])[a-zA-Z]|[\d%‰°]|[.,/]\d|\s*[%‰])"
        rf"|(?<!{_HAN})[一二][〇○零{_ONE}]{{3}}(?=年)",
    ),
    ("y", r"(?<!\w)['’]\d\d(?!\d)"),
    (
        "k",
        r"\bfirst\s+(?:\d{1,2}|<COUNT>)\s+(?:months|quarters)\b"
        rf"|前(?:1[0-2]|[1-9]|十[一二]?|[{_ONE}])个?(?:月|季度)",
    ),
    (
        "q",
        r"\b(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s+quarter\b"
        r"|(?<![a-zA-Z])(?:Q[1-4]|[1-4]Q)(?!\w)|第?[一二三四1-4]季度?",
    ),
    ("h", r"\b(?:first|second|1st|2nd)\s+half\b|\bH[12](?!\w)|[上下]半年"),
    ("w", r"\b(?:spring|summer|autumn|fall|winter)\b|[春夏秋冬][季天]?"),
    ("e", r"\b(?:end|close|year-end)\b-?|底|末"),
    ("p", r"\b(?:early|mid|middle|late|beginning|start)\b-?|初|中期?|上旬|中旬|下旬"),
    ("M", "<MONTH>"),
    ("K", r"年度?(?![代轻级龄])"),
    ("L", rf"(?<!{_HAN})(?:1[0-2]|0?[1-9]|十[一二]?|[{_ONE}])\s*月份?"),
    ("J", rf"(?<!{_HAN})(?:[12]\d|3[01]|0?[1-9]|[二三]?十[{_ONE}]?|[廿卅]?[{_ONE}]|[廿卅])\s*[日号號]"),
    (
        "d",
        rf"{_ALONE}\d{{1,2}}(?:st|nd|rd|th|er|º|ª)?(?![a-zA-Z\d%‰°]|[./]\d|,(?!\d{{4}}(?!\d))\d|\s*[%‰])<DOT>"
        r"|\b(?:<ORDINAL>)\b",
    ),
    ("t", r"<TO>|[-–—~～至到]"),
    ("b", "<BETWEEN>"),
    ("a", "<AND>|[、和与及]"),
    ("f", "<FROM>|[自从]"),
    ("o", "<OF>"),
    ("c", "[,，]"),
    ("n", r"\d+(?:[.,]\d+)*[%‰°]?"),
    ("x", r"[^\W\d_\u3040-\u9fff]+|."),
)
"""The kinds of tokens, as the grammar names them, with their patterns.

i 2018-11-09 · j 2018-11 or 2015-18 · s 9/11/2018 · m 11/2018 · D 1990s · F fiscal year · Y four digits of a year ·
y two of them after an apostrophe · k first nine months · q third quarter · h first half · w spring · e end of ·
p early, late · M name of a month · K, L, J year, month and day in Chinese · d number that can be a day · t to ·
b between · a and · f from · o of · c comma · n other number · x anything else · _ blanks and articles"""


def number(text: str) -> int:
    """The number that a printed day, month or four-digit year stands for.

    >>> [number(text) for text in ("09", "9th", "二〇一八", "二十八日", "十一月", "twenty-first")]
    [9, 9, 2018, 28, 11, 21]
    """
    word = text.strip().lower()
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1
    if word in _COUNTS:
        return _COUNTS.index(word) + 1
    body = re.sub(r"[\s年月份日号號]|(?:st|nd|rd|th|er|º|ª)?\.?$", "", word).replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = body.partition("十")
    if ten:
        return int(tens.translate(_HAN_DIGITS) or 1) * 10 + int(ones.translate(_HAN_DIGITS) or 0)
    return int(body.translate(_HAN_DIGITS))


def month(name: str, language: str) -> int:
    """The number of a month from its name. Raises `KeyError` if the language has no month of that name.

    >>> month("Sept.", "en"), month("septiembre", "es"), month("März", "de-AT")
    (9, 9, 3)
    """
    return _month_names(base(language))[name.lower().rstrip(".")]


def day_first(language: str) -> bool | None:
    """Whether 03/04/2018 begins with the day, by CLDR's short date of the language and region. None if that does not
    end with a year, or if regions differ (English without a region)."""
    known = None if base(language) in ("", "zh", "ja", "ko") or language == "en" else locale(language)
    pattern = str(known.date_formats["short"].pattern) if known else ""
    day, year = pattern.find("d"), pattern.find("y")
    return None if min(day, year) < 0 or year < max(day, pattern.find("M")) else day < pattern.find("M")


@lru_cache(maxsize=64)
def _month_names(language: str) -> dict[str, int]:
    """The months by name, in lower case and without full stop."""
    names = {name: number for number, name in enumerate(_MONTHS, 1)} | _SHORT
    known = None if has_english_words(language) else locale(language)
    if known is None:
        return names
    found = {
        name.lower().rstrip("."): number
        for context in ("stand-alone", "format")
        for width in ("abbreviated", "wide")
        for number, name in known.months[context][width].items()
    }
    return {name: number for name, number in found.items() if not name.isdigit()}


@lru_cache(maxsize=64)
def lexer(language: str) -> Lexer:
    """The lexer for a language (without region)."""
    names = sorted(_month_names(language), key=len, reverse=True)
    english = has_english_words(language)
    # Without its capital letter May is a verb and march a walk.
    written = [form for name in names for form in ((name.capitalize(), name.upper()) if english else (name,))]
    joining = zip(*(_JOINING[known] for known in dict.fromkeys(("", language)) if known in _JOINING), strict=True)
    joined = (rf"(?i:(?<!\w)(?:{any_of(' '.join(words).split())})(?!\w))" for words in joining)
    fillings = {
        **dict(zip(("OF", "TO", "BETWEEN", "AND", "FROM"), joined, strict=True)),
        "PLAIN": rf"(?:\b(?!{'|'.join(_TELLING.split())})[a-z]+\b\s*)+" if english else "(?!)",
        "MONTH": rf"\b(?:{'|'.join(written)})\b\.?" if english else rf"(?i:\b(?:{'|'.join(written)})\b)\.?",
        "DOT": "" if english else r"\.?",
        "ORDINAL": any_of(_ORDINALS),
        "COUNT": "|".join(_COUNTS),
    }
    return Lexer(_KINDS, fillings)


Day = tuple[int | None, int | None, int | None]
"""Year, month and day; None for what is not printed."""
DateSpan = tuple[Day, Day]
"""First and last day of a period; the same day twice for a single date."""
Meaning = tuple[tuple[DateSpan, ...], bool]
"""The spans that a phrase can mean, and whether it leaves open which."""


def written(span: DateSpan) -> str:
    """The span as tables write it; "" if the calendar does not have it."""
    if not all(map(_in_calendar, span)):
        return ""
    first, last = (_form(day) for day in span)
    if first == last:
        return first
    return f"{first}/{last}" if first < last and (span[0][0] is None) == (span[1][0] is None) else ""


def _form(day: Day) -> str:
    year, month, number = day
    text = f"{year:04}" if year is not None else "-"
    return text + "".join(f"-{part:02}" for part in (month, number) if part is not None)


def _in_calendar(day: Day) -> bool:
    year, month, number = day
    if month is not None and not 1 <= month <= 12:
        return False
    return number is None or 1 <= number <= monthrange(year or 2000, month or 1)[1]


def _year(tokens: list[TextToken]) -> int | None:
    found = of_kinds(tokens, "Y")
    return number(found[0].text) if found else None


def _month(tokens: list[TextToken], language: str) -> int:
    name = of_kinds(tokens, "ML")[0]
    return month(name.text, language) if name.kind == "M" else number(name.text)


def _one(*days: Day, ambiguous: bool = False) -> Meaning:
    return tuple((day, day) for day in days), ambiguous


def _years(tokens: list[TextToken]) -> list[int | None]:
    """The year; for two digits after an apostrophe, both years that they can stand for."""
    short = of_kinds(tokens, "y")
    if not short:
        return [_year(tokens)]
    digits = int(short[0].text[1:])
    return [1900 + digits, 2000 + digits]


def _days(tokens: list[TextToken], language: str) -> Meaning:
    first, last = (number(token.text) for token in of_kinds(tokens, "dJ"))
    year, in_month = _year(tokens), _month(tokens, language)
    return (((year, in_month, first), (year, in_month, last)),), False


def _both(tokens: list[TextToken], language: str) -> Meaning:
    """Two days that share their month ("9 and 10 November"): the phrase prints either."""
    ((first, last),), _ = _days(tokens, language)
    return _one(first, last)


def _months(tokens: list[TextToken], language: str) -> Meaning:
    first, last = number(of_kinds(tokens, "d")[0].text), _month(tokens, language)
    return _period(tokens, first, last)


def _day(tokens: list[TextToken], language: str) -> Meaning:
    day, years = number(of_kinds(tokens, "dJ")[0].text), _years(tokens)
    return _one(*((year, _month(tokens, language), day) for year in years), ambiguous=len(years) > 1)


def _month_of(tokens: list[TextToken], language: str) -> Meaning:
    years = _years(tokens)
    return _one(*((year, _month(tokens, language), None) for year in years), ambiguous=len(years) > 1)


def _part(size: int) -> Callable[[list[TextToken], str], Meaning]:
    """Quarters of three months, halves of six."""

    def meaning(tokens: list[TextToken], _: str) -> Meaning:
        which = _which(of_kinds(tokens, "qh")[0].text, 12 // size)
        first, last = size * (which - 1) + 1, size * which
        if tokens[0].kind == "e":
            return _one((_year(tokens), last, None))
        return _period(tokens, first, last)

    return meaning


def _period(tokens: list[TextToken], first: int, last: int) -> Meaning:
    """From one month of the printed year to another."""
    return (((_year(tokens), first, None), (_year(tokens), last, None)),), False


def _quarters(tokens: list[TextToken], _: str) -> Meaning:
    first, last = (_which(token.text, 4) for token in of_kinds(tokens, "q"))
    return _period(tokens, 3 * first - 2, 3 * last)


def _which(text: str, last: int) -> int:
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": last, "上": 1, "下": 2}
    words |= dict(zip("一二三四", (1, 2, 3, 4), strict=True))
    lowered = text.lower()
    digit = re.search(r"[1-4]", lowered)
    return int(digit.group()) if digit else next(n for word, n in words.items() if word in lowered)


def _beginning(tokens: list[TextToken], _: str) -> Meaning:
    """The first months or quarters of a year, as a period."""
    text = of_kinds(tokens, "k")[0].text
    words = re.sub(r"^(?:first|前)\s*|\s*个?(?:months|quarters|月|季度)$", "", text)
    last = number(words) * (3 if re.search("quarter|季", text) else 1)
    return _period(tokens, 1, last)


def _loose(tokens: list[TextToken], _: str) -> Meaning:
    """A season, or a part such as early: only the year counts, since no month is printed."""
    return _one((_year(tokens), None, None))


def _end(tokens: list[TextToken], _: str) -> Meaning:
    """The end of a year: its December, or only the year."""
    return _one((_year(tokens), 12, None), (_year(tokens), None, None))


def _numeric(tokens: list[TextToken], language: str) -> Meaning:
    parts = [int(part) for part in re.split(r"\D", tokens[0].text)]
    if tokens[0].kind == "m":
        return _one((parts[1], parts[0], None))
    if tokens[0].kind == "i":
        return _one((parts[0], parts[1], parts[2]))
    if tokens[0].kind == "s":
        return _ordered(parts, language)
    year, short = parts
    end = year // 100 * 100 + short
    spans: list[DateSpan] = [((year, short, None), (year, short, None))] if "–" not in tokens[0].text else []
    spans += [((year, None, None), (end, None, None))] if end > year else []
    spans = [span for span in spans if written(span)]
    return tuple(spans), len(spans) > 1


def _ordered(parts: list[int], language: str) -> Meaning:
    """Day, month and year in the order of the language; in every possible order if the language does not say."""
    first, second, year = parts
    years = [year] if year > 99 else [1900 + year, 2000 + year]
    order = day_first(language)
    days: list[Day] = [(y, *pair) for y in years for pair in ((first, second), (second, first))]
    if order is not None:
        days = [(y, second, first) if order else (y, first, second) for y in years]
    days = [day for day in dict.fromkeys(days) if _in_calendar(day)]
    return _one(*days, ambiguous=len(days) > 1)


def _fiscal(tokens: list[TextToken], _: str) -> Meaning:
    """A fiscal year. It is ambiguous, since its beginning is not printed."""
    return _one((int(re.findall(r"\d{4}", tokens[0].text)[0]), None, None), ambiguous=True)


def _decade(tokens: list[TextToken], _: str) -> Meaning:
    year = int(of_kinds(tokens, "D")[0].text[:4])
    return (((year, None, None), (year + 9, None, None)),), False


def _short(tokens: list[TextToken], _: str) -> Meaning:
    return _one(*((year, None, None) for year in _years(tokens)), ambiguous=True)


MEANING: dict[str, Callable[[list[TextToken], str], Meaning]] = {
    "days": _days, "both": _both, "months": _months, "day": _day, "quarters": _quarters, "quarter": _part(3),
    "half": _part(6), "beginning": _beginning, "loose": _loose, "end": _end,
    "month": _month_of, "numeric": _numeric, "fiscal": _fiscal, "decade": _decade,
    "yearless": _day, "alone": _month_of, "short": _short, "year": _loose,
}  # fmt: skip
