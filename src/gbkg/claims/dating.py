"""Checks the dates of claims: their syntax, and that they are the printed dates, read whole."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from itertools import product

from gbkg.core.records import Dating
from gbkg.core.tables import Fault
from gbkg.documents import dates
from gbkg.documents.dates import PrintedDate
from gbkg.documents.passages import fold

_DATE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?|--(?P<m>\d\d)(-(?P<d>\d\d))?", re.ASCII)
_MANGLED = re.compile(
    r"\d{1,2}[-/. ][A-Za-z]{3}|[A-Za-z]{3}[-/. ]\d{2,4}|\d{1,2}[/.]\d{1,2}([/.]\d{2,4})?|[34]\d{4}(\.0)?"
)
_FORMS = "2018, 2018-09, 2018-09-30, --09 or --09-30 (no year printed)"
_INFERRED = "write ~ before as_of, and in the note how it was read, when it is inferred"
_IMPLIED = "set reading to implied, with a note that says how it was read"
_REGION = "say which: give the source's gbkg:language its region (en-GB, en-US)"


def datatype(value: str) -> str:
    """The XML Schema datatype of a date as tables write it.

    >>> [datatype(v) for v in ("2018", "2018-09", "2018-09-30", "--09", "--09-30")]
    ['gYear', 'gYearMonth', 'date', 'gMonth', 'gMonthDay']
    """
    dashes = value.lstrip("-").count("-")
    return ("gMonth", "gMonthDay")[dashes] if value.startswith("--") else ("gYear", "gYearMonth", "date")[dashes]


def of_object(value: str, reading: str, quotations: Sequence[str], language: str) -> Iterator[Fault]:
    """Faults of a date in column object: a quotation must print exactly this date.

    Where the words allow several readings, an implied `reading` may choose any of them.
    """
    faults = list(_syntax("object", value))
    if faults:
        yield from faults
        return
    printed = [date for quotation in quotations for date in dates.read(fold(quotation), language)]
    if reading == "implied" and any(value in date.readings for date in printed):
        return
    yield from _reading("object", value, printed, "take what is printed, --09 where no year is")


def of_claim(
    as_of: str, words: str, note: str, quotations: Sequence[str], language: str
) -> tuple[Dating | None, list[Fault]]:
    """Read columns as_of and as_of_text; returns the dating and the faults.

    as_of is a date or a period A/B, with ~ before it if it is inferred, or none where the source gives no date. Without
    as_of there is no dating.
    """
    faults = []
    if words and not any(fold(words) in fold(quotation) for quotation in quotations):
        faults.append(Fault("as_of_text", "words that are not in the quotation", "the date as printed"))
        return None, faults
    if not as_of:
        return None, [Fault("as_of_text", "date words without as_of", "a date, or none")] if words else []
    if as_of == "none":
        return Dating("undated", text=words), list(_undated(words, language))
    since, slash, value = as_of.removeprefix("~").rpartition("/")
    faults = [fault for part in ([since, value] if slash else [value]) for fault in _syntax("as_of", part)]
    if not faults and since and ((since[0] == "-") != (value[0] == "-") or since > value):
        faults = [Fault("as_of", "the period ends before it begins", "its beginning / its end")]
    if faults:
        return None, faults
    if as_of.startswith("~"):
        if not note:
            faults.append(Fault("note", "an inferred date needs a note", "how it was read"))
        faults += _agreeing(since, value, dates.read(fold(words), language))
        return Dating("inferred", value, since, words), faults
    return Dating("dated", value, since, words), list(_printed(as_of, words, quotations, language))


def needed() -> Fault:
    """The fault of a statistic without a date."""
    return Fault("as_of", "no date", f"{_FORMS}, a period 2015/2018, or none where the source gives none")


def _syntax(column: str, text: str) -> Iterator[Fault]:
    match = _DATE.fullmatch(text)
    if match is None:
        hint = "a spreadsheet seems to have rewritten it" if _MANGLED.fullmatch(text) else ""
        yield Fault(column, "not a date", _FORMS, hint)
        return
    month, day = int(match["month"] or match["m"] or 1), int(match["day"] or match["d"] or 1)
    if not 1 <= month <= 12:
        yield Fault(column, "no such month", "01 to 12")
        return
    last = monthrange(int(match["year"]) if match["year"] and int(match["year"]) else 2000, month)[1]
    if not 1 <= day <= last:
        yield Fault(column, "no such day", f"01 to {last}")


def _undated(words: str, language: str) -> Iterator[Fault]:
    printed = dates.read(fold(words), language)
    if printed:
        yield Fault("as_of", "the words print a date", _offered(printed))


def _agreeing(since: str, value: str, printed: Sequence[PrintedDate]) -> Iterator[Fault]:
    """Faults of an inferred date that contradicts its words."""
    for date in printed:
        pairs = product(filter(None, (since, value)), (part for text in date.readings for part in text.split("/")))
        if date.readings and not any(_compatible(ours, theirs) for ours, theirs in pairs):
            yield Fault("as_of", "not what as_of_text prints", _offered([date]), "only what is not printed is inferred")


def _compatible(ours: str, theirs: str) -> bool:
    """Whether two dates agree in every part that both have."""
    return all(a == b for a, b in zip(_parts(ours), _parts(theirs), strict=True) if a and b)


def _parts(text: str) -> tuple[str, str, str]:
    match = _DATE.fullmatch(text)
    assert match
    return match["year"] or "", match["month"] or match["m"] or "", match["day"] or match["d"] or ""


def _printed(as_of: str, words: str, quotations: Sequence[str], language: str) -> Iterator[Fault]:
    """Faults of a date that is said to be printed: `words` must print it or, without words, a quotation."""
    since = "/" in as_of
    everything = [(q, dates.read(fold(q), language)) for q in quotations]
    printed = [date for _, some in everything for date in some]
    if not words:
        yield from _reading("as_of", as_of, _periods(printed), _INFERRED)
        return
    places = [place for quotation, some in everything for place in _touched(quotation, words, some)]
    whole = [some for some, cut in places if not cut]
    if not whole:
        yield Fault("as_of_text", "cuts a printed date short", places[0][1], "take the date's words whole")
    elif len(whole[0]) > 1 and since:
        yield from _reading("as_of", as_of, _periods(whole[0]), _INFERRED)
    elif since and whole[0] and not any("/" in reading for reading in whole[0][0].readings):
        # One end is in the words. The other one may stand elsewhere, if there is no doubt which date it is.
        ends = [date for date in printed if date.readings != whole[0][0].readings]
        different = {date.readings for date in ends}
        ends = [date for date in ends if not any("/" in reading for reading in date.readings)]
        offered = [*whole[0], *ends[:1]] if len(different) == 1 else whole[0]
        yield from _reading("as_of", as_of, _periods(offered), _INFERRED)
    elif len(whole[0]) > 1:
        yield Fault("as_of_text", "prints several dates", "the words of this date alone", _offered(whole[0]))
    else:
        yield from _reading("as_of", as_of, whole[0], _INFERRED)


def _touched(quotation: str, words: str, printed: Sequence[PrintedDate]) -> Iterator[tuple[list[PrintedDate], str]]:
    """For each place of the words in the quotation: the dates there, and the text of a date that the words cut."""
    folded, wanted = fold(quotation), fold(words)
    start = folded.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        some = [date for date in printed if date.start < end and start < date.end]
        cut = [folded[date.start : date.end] for date in some if date.start < start or end < date.end]
        yield some, next(iter(cut), "")
        start = folded.find(wanted, start + 1)


def _periods(printed: Sequence[PrintedDate]) -> list[PrintedDate]:
    """The dates, and every period from one of them to another."""
    found = list(printed)
    for a, b in product(printed, repeat=2):
        readings = tuple(f"{x}/{y}" for x in a.readings for y in b.readings if "/" not in x + y and x < y)
        found.append(PrintedDate(a.start, b.end, readings, a.ambiguous or b.ambiguous))
    return found


def _reading(column: str, wanted: str, printed: Sequence[PrintedDate], hint: str) -> Iterator[Fault]:
    """A fault unless one of the printed dates is the wanted one and cannot be read otherwise."""
    matching = [date for date in printed if wanted in date.readings]
    if not matching:
        known = _offered([date for date in printed if ("/" in wanted) == any("/" in r for r in date.readings)])
        yield Fault(column, "not a date that the words print", known or "a printed date", hint)
    elif all(date.ambiguous for date in matching):
        several = len(matching[0].readings) > 1
        message = "the printed date can be read in several ways" if several else "when this year begins is not printed"
        answer = hint if column == "as_of" else _IMPLIED
        yield Fault(column, message, _offered(matching), f"{_REGION}, or {answer}" if several else answer)


def _offered(printed: Sequence[PrintedDate]) -> str:
    return (
        " | ".join(dict.fromkeys(reading for date in printed for reading in date.readings)) or "a date of the calendar"
    )
