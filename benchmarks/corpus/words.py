"""The building blocks of generated documents: names, numbers, dates and phrases.

Cities and provinces are real places, named as places alone. Whatever does or has something bears an invented name
made of syllables and a number ("Talomi-17 District"), so that no fact is ever put upon a real organization.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from random import Random

CITIES = tuple(
    (city, province)
    for province, cities in (
        ("Guangdong", "Guangzhou Shenzhen Foshan Dongguan Zhuhai Zhongshan Huizhou Jiangmen Zhaoqing"),
        ("Zhejiang", "Hangzhou Ningbo Wenzhou Jiaxing"),
        ("Jiangsu", "Nanjing Suzhou Wuxi Changzhou"),
        ("Hunan", "Changsha Zhuzhou"),
        ("Fujian", "Xiamen Fuzhou Quanzhou"),
        ("Sichuan", "Chengdu Mianyang"),
        ("Hubei", "Wuhan Yichang"),
        ("Shandong", "Jinan Qingdao"),
        ("Hainan", "Haikou Sanya"),
        ("Jiangxi", "Nanchang Ganzhou"),
        ("Anhui", "Hefei Wuhu"),
        ("Yunnan", "Kunming Dali"),
    )
    for city in cities.split()
)
TOPICS = {
    "Technology": (
        "Blockchain",
        "Big data",
        "Cloud computing",
        "Artificial intelligence",
        "Internet of things",
        "Edge computing",
        "Privacy computing",
        "Smart contracts",
    ),
    "Field": (
        "Trade finance",
        "Government affairs",
        "Taxation",
        "Supply chains",
        "Health care",
        "Food safety",
        "Logistics",
        "Copyright",
        "Insurance",
        "Notarization",
        "Energy trading",
        "Customs",
    ),
    "Service": (
        "Legal advice",
        "Office space",
        "Patent filing",
        "Project incubation",
        "Technical testing",
        "Investor meetings",
        "Company registration",
        "Staff recruitment",
    ),
    "SupportMeasure": (
        "Rent subsidies",
        "Talent support",
        "Financing support",
        "Tax relief",
        "Research grants",
        "Settlement rewards",
    ),
}
MONTHS = tuple("January February March April May June July August September October November December".split())
LIMITS = {
    "nearly": ("nearly", "almost", "close to"),
    "moreThan": ("more than", "over"),
    "atLeast": ("at least", "not less than"),
    "approximately": ("about", "roughly", "around"),
    "atMost": ("up to", "at most"),
}
BOUNDS = {"nearly": "upper", "atMost": "upper", "moreThan": "lower", "atLeast": "lower"}
_SYLLABLES = (
    "ba be dor fa gal hen ilo ka kel lo mar mi na nu or pel que ra ri sol ta tem ul va vor wen xi yo zan zu".split()
)


def name(seed: int, number: int, kind: str) -> str:
    """An invented name such as "Talomi-17 Fund"; no two numbers of one kind share it."""
    rng = Random(f"{seed}/{number}/{kind}/name")
    return f"{''.join(rng.choices(_SYLLABLES, k=rng.choice((2, 3)))).capitalize()}-{number} {kind}"


def slug(label: str) -> str:
    """The label in lower case, words joined by hyphens.

    >>> slug("Talomi-17 District")
    'talomi-17-district'
    """
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a document prints it: `text` with its words of limitation, `value` as a plain number."""

    value: str
    text: str
    precision: str = "exact"


@dataclass(frozen=True, slots=True)
class Date:
    """A date as a table writes it and as a document prints it."""

    value: str
    text: str


def limited(rng: Random, value: str, text: str, exact: bool = False) -> Number:
    """The number with a word such as nearly before it in two of five cases, unless it is to be exact."""
    if exact or rng.random() < 0.6:
        return Number(value, text)
    precision = rng.choice(("nearly", "moreThan", "atLeast", "approximately"))
    return Number(value, f"{rng.choice(LIMITS[precision])} {text}", precision)


def count(rng: Random, high: int, digit: int, exact: bool = False) -> Number:
    """A whole number from 1 to ten times `high`, `digit` its last digit, so that numbers of different digits differ."""
    value = 10 * rng.randint(0 if high < 10 else 2, high) + digit
    return limited(rng, str(value), f"{value:,}", exact)


def percentage(rng: Random, low: int, high: int) -> Number:
    """A share with one decimal, `low` and `high` in percent."""
    tenths = rng.randint(10 * low, 10 * high)
    whole, tenth = divmod(tenths, 10)
    return limited(rng, f"{whole}.{tenth}" if tenth else str(whole), f"{whole}.{tenth}%")


def decimal(value: Fraction) -> str:
    """The number with at most four decimals, as xsd:decimal.

    >>> decimal(Fraction(8, 3)), decimal(Fraction(40))
    ('2.6667', '40.0')
    """
    whole, rest = divmod(round(value * 10_000), 10_000)
    return f"{whole}.{f'{rest:04}'.rstrip('0') or '0'}"


def day(rng: Random) -> Date:
    """A day of 2016 to 2021, such as 12 May 2019."""
    year, month, number = rng.randint(2016, 2021), rng.randint(1, 12), rng.randint(1, 28)
    return Date(f"{year}-{month:02}-{number:02}", f"{number} {MONTHS[month - 1]} {year}")


def month(rng: Random) -> Date:
    """A month of 2016 to 2021, such as As of May 2019."""
    year, number = rng.randint(2016, 2021), rng.randint(1, 12)
    return Date(f"{year}-{number:02}", f"As of {MONTHS[number - 1]} {year}")


def undated(rng: Random) -> Date:
    """Words such as At present, which name no date."""
    return Date("none", rng.choice(("At present", "So far", "By now")))


def year(rng: Random) -> Date:
    """A year from 2016 to 2021, such as In 2019."""
    number = rng.randint(2016, 2021)
    return Date(str(number), f"In {number}")


def spaced(term: str) -> str:
    """A term's name in plain words.

    >>> spaced("SupportMeasure")
    'Support measure'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", term).capitalize()
