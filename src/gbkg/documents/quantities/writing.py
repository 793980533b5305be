"""Numbers written for tables and for readers."""

from __future__ import annotations

from decimal import Decimal


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


def places(value: Decimal) -> int:
    """How many decimals a value has.

    >>> places(Decimal("2.50")), places(Decimal("1E+3"))
    (2, 0)
    """
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)
