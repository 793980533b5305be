"""Printed dates: what is read from them, whole, in a table of printed forms; and that no other date is."""

from __future__ import annotations

import datetime
import random
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbkg.documents.dates import PrintedDate, read

_LINES = (Path(__file__).parent / "printed_dates.tsv").read_text(encoding="utf-8").splitlines()[1:]
ROWS = [tuple(line.split("\t")) for line in _LINES]
FORMS = {
    "en": ["{B} {d}, {y}", "{d} {B} {y}", "{b} {d:02}, {y}", "{d} {b}. {y}", "{y}-{m:02}-{d:02}", "{B} {y}", "{y}"],
    "zh": ["{y}年{m}月{d}日", "{y} 年 {m} 月 {d} 日", "{y}年{m:02}月{d:02}日", "{y}年{m}月", "{y}年"],
    "de": ["{d}. {B} {y}", "{d:02}.{m:02}.{y}", "{B} {y}"],
    "fr": ["{d} {B} {y}", "{d:02}/{m:02}/{y}", "{B} {y}"],
    "es": ["{d} de {B} de {y}", "{B} de {y}"],
}
_LONG = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
days = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))


def shown(found: tuple[PrintedDate, ...]) -> str:
    # The readings of each date, as the table has them.
    if any(not date.readings for date in found):
        return "no date"
    unsure = "ambiguous: " if any(date.ambiguous for date in found) else ""
    return unsure + "; ".join(" ".join(date.readings) for date in found)


def printed(form: str, language: str, day: datetime.date) -> str:
    name = _LONG[language].split()[day.month - 1] if language in _LONG else ""
    return form.format(y=day.year, m=day.month, d=day.day, B=name, b=name[:3])


def meant(form: str, day: datetime.date) -> str:
    # The date in the precision of the form.
    return str(day) if "{d" in form else str(day)[:7] if "{m" in form or "{B" in form else str(day)[:4]


def test_the_table_is_not_small() -> None:
    assert len(ROWS) == len(set(ROWS)) > 130


@pytest.mark.parametrize(("language", "text", "readings"), ROWS)
def test_a_printed_date_is_read_whole_or_asked(language: str, text: str, readings: str) -> None:
    assert shown(read(text, language)) == readings


@pytest.mark.parametrize(("language", "text", "_readings"), ROWS)
def test_words_around_a_date_do_not_change_it(language: str, text: str, _readings: str) -> None:
    for date in read(text, language):
        assert 0 <= date.start < date.end <= len(text)
        assert read(text[: date.end], language)[-1].readings == date.readings or len(read(text, language)) > 1
        assert read(f"Of {text}", language)[-1].readings == read(text, language)[-1].readings


@pytest.mark.parametrize(("language", "form"), [(key, form) for key, forms in FORMS.items() for form in forms])
@given(day=days)
def test_every_day_of_the_calendar_is_read_in_the_precision_that_is_printed(
    language: str, form: str, day: datetime.date
) -> None:
    (found,) = read(f"({printed(form, language, day)})", language)
    assert found.readings == (meant(form, day),)
    assert not found.ambiguous


@given(days, days)
def test_two_dates_in_a_sentence_are_not_mixed(first: datetime.date, second: datetime.date) -> None:
    text = (
        f"On {first:%B} {first.day}, {first.year}, the guild met; on {second:%B} {second.day}, {second.year}, it left."
    )
    assert [date.readings for date in read(text, "en")] == [(str(first),), (str(second),)]


@given(st.text(alphabet="0123456789-/., 年月日十二MayJuneto–'of") | st.text())
def test_any_text_is_read(text: str) -> None:
    ends = 0
    for date in read(text, "en"):
        assert ends <= date.start < date.end <= len(text)
        ends = date.end


def test_dateparser_reads_the_same_days() -> None:
    # A second opinion on months and days, from https://github.com/scrapinghub/dateparser. It judges no precision: of
    # a month alone it makes the present day of that month.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import dateparser

        chosen = random.Random(9)
        for language, forms in FORMS.items():
            for form in (form for form in forms if "{d" in form):
                day = datetime.date.fromordinal(chosen.randint(693596, 766644))
                text = printed(form, language, day)
                order = {"DATE_ORDER": "DMY"} if "{d:02}" in form and language != "en" else {}
                other = dateparser.parse(text, languages=[language], settings=order or None)
                assert other is not None, text
                assert (str(other.date()),) == read(text, language)[0].readings, text
