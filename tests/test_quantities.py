"""Printed numbers: what is read from them, how exact their digits are, and how they are written again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import cn2an
import num2words
import pytest
from babel.numbers import format_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from gbkg.core.text import grouped, in_digits
from gbkg.documents.passages import fold
from gbkg.documents.quantities import PrintedQuantity, find_all, ranges, read
from gbkg.documents.quantitywords import DOLLARS

_LINES = (Path(__file__).parent / "printed_quantities.tsv").read_text(encoding="utf-8").splitlines()[1:]
ROWS = [tuple(line.split("\t")) for line in _LINES]
numbers = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.sampled_from([0, 1]),
    st.integers(0, 10**18),
    st.integers(-12, 12),
)
PRINTED = [
    ("2,258.935 billion yuan", "2258935000000", "1000000", True),
    ("exceeded 60%", "60", "1", False),
    ("$1.39 trillion", "1390000000000", "10000000000", True),
    ("$29.1 million", "29100000", "100000", True),
    ("RMB 200 million", "200000000", "1000000", True),
    ("as much as RMB 6 million", "6000000", "1000000", True),
    ("8.9 trillion yuan", "8900000000000", "100000000000", True),
    ("Over 10,000", "10000", "1", False),
    ("11,022", "11022", "1", False),
    ("1,234,567", "1234567", "1", False),
    ("6000 square meters", "6000", "1", False),
    ("12.73%", "12.73", "0.01", False),
    ("2.50%", "2.5", "0.01", False),
    ("0.5", "0.5", "0.1", False),
    ("300 THOUSAND", "300000", "1000", True),
    ("18th", "18", "1", False),
    ("近300家", "300", "1", False),
    ("2.5万", "25000", "1000", True),
    ("3亿元", "300000000", "100000000", True),
    ("8千", "8000", "1000", True),
]
WORDS = [
    ("eighteenth", 18),
    ("Eighteenth", 18),
    ("first", 1),
    ("the largest", 1),
    ("second", 2),
    ("six blockchain industrial parks", 6),
    ("four bases", 4),
    ("twentieth", 20),
    ("no companies", 0),
    ("第三", 3),
    ("首个", 1),
    ("两家", 2),
]
NOT_ONE_NUMBER = [
    "",
    "several companies",
    "a number of brand enterprises",
    "6,1307.3",
    "6,1307.3 square meters",
    "1,23",
    "12,34,567",
    "1.234.567",
    "5,341 and 1,699",
    "between 30 and 40",
    "2015-2018",
    "first and second",
    "one of the two",
    "several hundred",
    "hundreds of firms",
    "几百家",
]
COMPOUND_WORDS = [
    ("one hundred companies", "100"),
    ("two dozen", "24"),
    ("three million", "3000000"),
    ("five thousand companies", "5000"),
    ("thirty-five", "35"),
    ("forty two", "42"),
    ("一百", "100"),
    ("五千", "5000"),
    ("两万", "20000"),
]
COMPOUND_SCALES = [
    ("8.9万亿元", "8900000000000"),
    ("3千万", "30000000"),
    ("3百万", "3000000"),
    ("5 hundred", "500"),
    ("5 thousand million", "5000000000"),
    ("1.5bn", "1500000000"),
]
SIGNED = [("-5%", "-5"), ("−0.3%", "-0.3"), ("a growth of -2.1%", "-2.1")]


def shown(found: tuple[PrintedQuantity, ...]) -> str:
    # The readings of each quantity, and its unit, as the table has them.
    texts = []
    for one in found:
        values = [in_digits(round(r.value, 3) if r.rounded else r.value) for r in one.readings]
        dollars = "$" if one.currency == DOLLARS else "/".join(one.currency)
        unit = dollars or one.share or ("fraction" if one.fraction else "")
        texts.append(f"{'ambiguous: ' * (len(values) > 1)}{' | '.join(values) or 'none'} {unit}".strip())
    return "; ".join(texts) or "nothing"


def test_the_table_is_not_small() -> None:
    assert len(ROWS) == len(set(ROWS)) > 400


@pytest.mark.parametrize(("language", "text", "reading"), ROWS)
def test_a_printed_quantity_is_read_whole_or_asked(language: str, text: str, reading: str) -> None:
    assert shown(find_all(text, language)) == reading


@pytest.mark.parametrize(("language", "text", "reading"), [row for row in ROWS if row[0] in ("en", "zh")])
def test_words_around_a_quantity_do_not_change_it(language: str, text: str, reading: str) -> None:
    if reading not in ("nothing", "none"):
        around = f"so {text}, so" if language == "en" else f"有{text}。"
        assert shown(find_all(around, language)) == reading


@given(st.integers(1, 10**12 - 1))
def test_cn2an_writes_what_is_read(number: int) -> None:
    # A second opinion on Chinese numerals, from https://github.com/Ailln/cn2an.
    for mode in ("low", "up"):
        found = read(cn2an.an2cn(number, mode), "zh")
        assert found is not None
        assert [one.value for one in found.readings] == [number]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@given(st.integers(1, 10**9 - 1))
def test_a_number_in_words_is_read_as_its_digits(language: str, number: int) -> None:
    found = read(num2words.num2words(number, lang=language).replace(",", ""), language)
    assert found is not None
    assert found.value == number


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ru", "pt-BR", "it", "nl", "sv", "pl"])
@given(st.decimals(0, 10**9, places=4))
def test_the_separators_of_a_language_are_read(language: str, value: Decimal) -> None:
    found = read(format_decimal(value, "#,##0.####", locale=language.replace("-", "_")), language)
    assert found is not None
    assert value in [one.value for one in found.readings]


@pytest.mark.parametrize(("text", "value", "ulp", "scaled"), PRINTED)
def test_digits_are_read_with_one_unit_of_the_last_of_them(text: str, value: str, ulp: str, scaled: bool) -> None:
    found = read(text)
    assert found is not None
    assert (found.value, found.ulp, found.readings[0].scale != 1) == (Decimal(value), Decimal(ulp), scaled)


@pytest.mark.parametrize(("text", "value"), WORDS)
def test_a_number_word_is_exact(text: str, value: int) -> None:
    found = read(text)
    assert found is not None
    assert (found.value, found.ulp, found.readings[0].scale) == (Decimal(value), Decimal(0), 1)


@pytest.mark.parametrize("text", NOT_ONE_NUMBER)
def test_what_is_not_one_well_formed_number_is_not_read(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(("text", "value"), COMPOUND_WORDS)
def test_a_compound_of_number_words_is_not_read_in_part(text: str, value: str) -> None:
    found = read(text)
    assert found is None or found.value == Decimal(value)


@pytest.mark.parametrize(("text", "value"), COMPOUND_SCALES)
def test_a_scale_is_not_read_in_part(text: str, value: str) -> None:
    found = read(text)
    assert found is None or found.value == Decimal(value)


@pytest.mark.parametrize(("text", "value"), SIGNED)
def test_a_minus_sign_is_not_passed_over(text: str, value: str) -> None:
    found = read(text)
    assert found is None or found.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between 100 and 300", "100", "300"),
        ("from 1.5 million to 2 million", "1500000", "2000000"),
        ("300 to 100", "300", "100"),
    ],
)
def test_both_numbers_of_a_range_are_read(text: str, low: str, high: str) -> None:
    assert ranges(text, "en") == ((Decimal(low), Decimal(high)),)


@pytest.mark.parametrize("text", ["", "several", "300", "1, 2 and 3", "between 6,1307.3 and 70"])
def test_what_has_not_two_numbers_is_no_range(text: str) -> None:
    assert ranges(text, "en") == ()


@pytest.mark.parametrize("text", ["11,022", "1,083", "15,104", "203,600", "2.63", "0.07", "1000"])
def test_plain_is_what_a_table_has_for_printed_digits(text: str) -> None:
    found = read(text)
    assert found is not None
    assert in_digits(found.value) == text.replace(",", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [("1.76E+6", "1760000"), ("6.30", "6.3"), ("100", "100"), ("0.00", "0"), ("1E-3", "0.001"), ("-2.50", "-2.5")],
)
def test_plain_has_neither_exponent_nor_needless_zeros(value: str, text: str) -> None:
    assert in_digits(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("999", "999"), ("1000", "1,000"), ("61307.3", "61,307.3"), ("1.39E+12", "1,390,000,000,000")],
)
def test_grouped_has_digits_in_threes(value: str, text: str) -> None:
    assert grouped(in_digits(Decimal(value))) == text


@given(numbers)
def test_plain_keeps_the_number(value: Decimal) -> None:
    assert Decimal(in_digits(value)) == value


@given(numbers)
def test_grouped_keeps_the_number(value: Decimal) -> None:
    assert Decimal(grouped(in_digits(value)).replace(",", "")) == value


@given(numbers.map(abs), st.booleans(), st.sampled_from(["", "nearly ", "RMB "]))
def test_what_is_written_is_read_again(value: Decimal, apart: bool, before: str) -> None:
    digits = in_digits(value)
    found = read(f"{before}{grouped(digits) if apart else digits} yuan")
    assert found is not None
    assert found.value == value


@given(numbers.map(abs))
def test_the_ulp_is_a_power_of_ten_that_divides_the_value(value: Decimal) -> None:
    found = read(in_digits(value))
    assert found is not None
    assert found.ulp.as_tuple().digits == (1,)
    assert found.value % found.ulp == 0


@given(st.text() | st.text("0123456789.,' -–/%$¥元万亿千百十二点几第多½⁶×^eEkMm aofndhlf"))
@example("三千.1")
@example("百点")
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read(text)
    assert found is None or (found.value.is_finite() and found.ulp >= 0)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("芦区，2023年为90％，共1,240份，1,300人", ["2023", "90%", "1,240", "1,300"]), ("a,90%", [])],
)
def test_a_comma_between_statements_groups_no_digits(text: str, numbers: list[str]) -> None:
    folded = fold(text)
    assert [folded[one.start : one.end] for one in find_all(folded, "zh")] == numbers
