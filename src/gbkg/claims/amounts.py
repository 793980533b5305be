"""Checks the numbers of claims: value, bounds and unit must be those of the quantity that the quotation prints, read
whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.tables import Fault, TableRow
from gbkg.core.text import in_digits
from gbkg.documents import quantities
from gbkg.documents.passages import fold
from gbkg.documents.quantities import NumberReading, PrintedQuantity

_ASKED = "write the one that is meant, reading implied, and in the note why"
_ENTAILED = {"moreThan": "lower", "atLeast": "lower", "nearly": "upper", "atMost": "upper"}
"""The bound that each precision entails."""
_MANY = "the printed number can be read in several ways"


def printed(words: str, quotations: Sequence[str], language: str) -> tuple[list[PrintedQuantity], list[Fault]]:
    """Find the quantities that column value_text names, read where they stand in a quotation.

    Also returns the column's faults: words that no quotation has, or that cut a printed quantity short.
    """
    cut = ""
    for quotation in map(fold, quotations):
        every = quantities.find_all(quotation, language)
        start = quotation.find(fold(words)) if words else -1
        while start >= 0:
            end = start + len(fold(words))
            some = [one for one in every if one.start < end and start < one.end]
            over = [quotation[one.start : one.end] for one in some if one.start < start or end < one.end]
            if not over:
                return some, []
            cut, start = cut or over[0], quotation.find(fold(words), start + 1)
    if cut:
        return [], [Fault("value_text", "cuts a printed number short", cut, "take the number whole, with its currency")]
    return [], [Fault("value_text", "words that are not in the quotation", "the number as printed")]


def single(row: TableRow, value: Decimal | None, found: Sequence[PrintedQuantity], notation: str) -> Iterator[Fault]:
    """Faults of a claim with one number. `notation` is the sign of its unit, or ""."""
    number = found[0] if len(found) == 1 and found[0].readings else None
    if row["status"] == "unreadable":
        if value is not None:
            yield Fault("value", "an unreadable number has no value", "an empty field")
        if number and len(number.readings) == 1:
            yield Fault("status", "the number can be read", in_digits(number.value), "accepted or disputed")
    elif value is None:
        if not row["value"]:
            yield Fault("value", "no number", "a plain number, or status unreadable")
    elif number is None:
        yield Fault("value_text", "not one readable number", "a number, or status unreadable")
    else:
        readings = [_in_unit(reading, number, notation) for reading in number.readings]
        if not any(_is(value, reading) for reading in readings):
            yield Fault("value", "not the number that value_text prints", _shown(readings))
        elif len(readings) > 1 and row["reading"] != "implied":
            yield Fault("value", _MANY, _shown(readings), _ASKED)


def span(
    row: TableRow, lower: Decimal | None, upper: Decimal | None, found: Sequence[PrintedQuantity], language: str
) -> Iterator[Fault]:
    """Faults of a range: its bounds must be the two numbers that value_text prints, and no value is made up."""
    if row["value"]:
        yield Fault("value", "a range has no single value", "an empty field")
    known = quantities.ranges(fold(row["value_text"]), language) if len(found) == 2 else ()
    if not known:
        yield Fault("value_text", "not two readable numbers", "a range such as 100 to 300")
    elif lower is not None and upper is not None:
        pairs = [f"{in_digits(min(pair))} and {in_digits(max(pair))}" for pair in known]
        if (lower, upper) not in known or lower >= upper:
            message = "bounds are not those that value_text prints, in order"
            yield Fault("lower", message, " | ".join(pairs))
        elif len(known) > 1 and row["reading"] != "implied":
            yield Fault("lower", _MANY, " | ".join(pairs), _ASKED)


def unit(
    row: TableRow, found: Sequence[PrintedQuantity], notation: str, quotations: Iterable[str], language: str
) -> Iterator[Fault]:
    """Faults of the unit: it must be the printed percent sign or currency, by its ISO 4217 code."""
    shares = {one.share for one in found if one.share}
    currencies = [set(one.currency) for one in found if one.currency]
    other = shares - ({"percent"} if notation == "%" else set())
    if other:
        yield Fault("unit", f"{' and '.join(sorted(other))} is printed", "the unit that is printed")
    elif notation == "%" and not any(
        one.fraction or one.share == "percent" for one in (*found, *_around(quotations, language))
    ):
        yield Fault("unit", "no percent sign is printed", "the unit that is printed", "quote the words that print it")
    if not notation.isalpha():
        if currencies:
            yield Fault("unit", f"a currency is printed, {_codes(currencies)}", "the unit that is printed")
        return
    meant = currencies or [set(one.currency) for one in _around(quotations, language) if one.currency]
    if not meant:
        yield Fault("unit", "no currency is printed", notation, "quote the words that name it")
    elif not all(notation in codes for codes in meant):
        yield Fault("unit", f"the printed currency is {_codes(meant)}", "the unit that is printed")
    elif all(len(codes) > 1 for codes in meant) and row["reading"] != "implied":
        hint = "quote words that say which, give the source's gbkg:language its region, or set reading to implied"
        yield Fault("unit", "which currency is meant is not printed", _codes(meant), hint)


def precision(row: TableRow, printed: str, vocabulary: Vocabulary, *, more: bool) -> Iterator[Fault]:
    """Faults of the precision: its words must be quoted, and the bounds must be those that it entails.

    `printed` are the folded quotations; `more` says that a sign after the number means more: 300余, 300+.
    """
    name, around = row["precision"], printed.lower()
    words = vocabulary.precisions.get(name, ())
    number = fold(row["value_text"]).lower()
    before = around.partition(number)[0].rstrip(" (")[-24:] if number else ""
    parts = vocabulary.compounds.get(name, frozenset())
    for part in parts or {name}:
        signals = vocabulary.precisions.get(part, ())
        if signals and not any(has_word(word, around) for word in signals) and not (more and part == "moreThan"):
            hint = f"gbkg:{part} skos:hiddenLabel in ontology/ adds a word"
            yield Fault("precision", "no word of this kind in the quotation", " | ".join(signals), hint)
    for other, signals in vocabulary.precisions.items():
        if other in (name, "between", *parts) or name == "between" or vocabulary.compounds.get(other):
            continue
        if any(word in before and _ending(word).search(before) for word in signals):
            yield Fault("precision", "a word of another kind stands right before the number", other)
        elif any(has_word(word, number) for word in signals) and not any(has_word(word, number) for word in words):
            yield Fault("precision", "value_text has a word of another kind", other)
    if more and not {"moreThan", "atLeast"} & {name, *parts}:
        yield Fault("precision", "a sign after the number says that there are more", "moreThan")
    for column in ("lower", "upper"):
        wanted = name == "between" or _ENTAILED.get(name) == column
        if wanted and not row[column]:
            yield Fault(column, f"{name} entails a bound", "the value")
        elif row[column] and not wanted:
            yield Fault(column, f"{name} entails no such bound", "an empty field")


def _around(quotations: Iterable[str], language: str) -> Iterator[PrintedQuantity]:
    return (one for quotation in quotations for one in quantities.find_all(fold(quotation), language))


def _in_unit(reading: NumberReading, number: PrintedQuantity, notation: str) -> NumberReading:
    """The reading in the claim's unit: two thirds are 66.7 percent."""
    hundredfold = number.fraction and notation == "%"
    return reading._replace(value=reading.value * 100) if hundredfold else reading


def _is(value: Decimal, reading: NumberReading) -> bool:
    """Whether a value is the one that was read. A reading without end in decimals matches if rounded to three digits or
    more."""
    if not reading.rounded:
        return value == reading.value
    enough = len(value.as_tuple().digits) >= 3
    return enough and value == round(reading.value, quantities.places(value))


def _shown(readings: Sequence[NumberReading]) -> str:
    return " | ".join(in_digits(round(one.value, 3) if one.rounded else one.value) for one in readings)


def _codes(currencies: Iterable[set[str]]) -> str:
    return " | ".join(sorted(set().union(*currencies)))


def has_word(word: str, text: str) -> bool:
    """Whether the text has the word; a word in ASCII must stand there whole."""
    return word in text and not (word.isascii() and _whole(word).search(text) is None)


# `re` forgets patterns when it has seen a few hundred.


@lru_cache(maxsize=10_000)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(word)}\b")


@cache
def _ending(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(word)}$")
