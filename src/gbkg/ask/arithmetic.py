"""A formula of the curation worked out in words: the printed numbers put in, both sides, and why they can agree or not.

`gbkg.claims.curation.evaluate` does the arithmetic. Bounds are rounded outwards, so what is said of them holds for the
exact ones. Formulas use the printed digits alone; where these do not fit, a hedge of the source, such as "about", may
be the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from gbkg.claims import curation
from gbkg.claims.curation import Evaluated, FormulaError, Interval
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.records import Claim
from gbkg.core.text import grouped, in_digits, listed

REACH = Fraction(2)
"""A hedged number may be off by less than this factor: nobody says "about" of twice or half as much."""
_UP = frozenset(("moreThan", "moreThanAbout", "atLeast", "approximately"))
_DOWN = frozenset(("nearly", "atMost", "moreThanAbout", "approximately"))
_COUNT = re.compile(r"count\(([^()]*)\)")
_SIGNS = {"<=": "≤", ">=": "≥"}
_SAID = {"=": "", "<": "less than ", "<=": "at most ", ">": "more than ", ">=": "at least "}


@dataclass(frozen=True, slots=True)
class Working:
    """A formula and its result. `lettered` has letters for the claims, `printed` their numbers as printed and
    "3 listed" for a count; `expressions` are the two sides in letters; `reason` says why the formula can or cannot
    hold. `hedges` are words of the source ("about"), each with the letter of its claim, that may explain a
    difference."""

    formula: str
    lettered: str
    printed: str
    relation: str
    expressions: tuple[str, str]
    result: Evaluated
    reason: str
    hedges: tuple[tuple[str, str], ...] = ()

    @property
    def verdict(self) -> str:
        """`holds`, `can hold`, `cannot hold`, that it holds however the figures were rounded, or that it does not hold
        by the printed digits, where hedges may cover that."""
        return self.reason.partition(":")[0].removeprefix("it ")


def work(
    formula: str, numbers: Mapping[str, Interval], letters: Mapping[str, str], figures: Mapping[str, str]
) -> Working:
    """Works out a formula; `letters` and `figures` have the letter and the printed number of each claim.

    Raises `FormulaError` when it cannot be worked out.
    """
    result = curation.evaluate(formula, dict(numbers))
    left, relation, right = curation.split_formula(formula)
    expressions = _written(left, letters), _written(right, letters)
    counted = _COUNT.sub(lambda match: f"{len(curation.claims_named(match[1]))} listed", formula)
    return Working(
        formula=formula,
        lettered=_written(formula, letters),
        printed=_written(counted, figures),
        relation=relation,
        expressions=expressions,
        result=result,
        reason=reason(relation, result),
    )


def hedged(made: Working, hedges: Sequence[tuple[str, str]]) -> Working:
    """Adds the hedges (word, letter) that may explain why a formula does not hold; without any it stays unchanged.

    The verdict is softer then: nobody can tell from "roughly 200" that the number is not 190.
    """
    if not hedges:
        return made
    why = made.reason.partition(": ")[2].removeprefix("by the printed digits ")
    softer = f"it does not hold by the printed digits: {why}; the source's {spoken(hedges)} may cover the difference"
    return replace(made, reason=softer, hedges=tuple(hedges))


def spoken(hedges: Iterable[tuple[str, str]]) -> str:
    """Hedges with the letters of their claims: “about” of a and b.

    >>> spoken([("over", "a"), ("about", "b"), ("over", "c")])
    '“over” of a and c and “about” of b'
    """
    letters: dict[str, list[str]] = {}
    for word, letter in hedges:
        letters.setdefault(word, []).append(letter)
    return listed([f"“{word}” of {listed(named)}" for word, named in letters.items()])


def reason(relation: str, result: Evaluated) -> str:
    """Why the relation can or cannot hold between two intervals."""
    left, right = result.left, result.right
    exact = left.low == left.high and right.low == right.high
    if exact:
        a, b, sign = number(left.value), number(right.value), _SIGNS.get(relation, relation)
        return f"it holds: {a} {sign} {b}" if result.holds else f"it cannot hold: {a} is not {_SAID[relation]}{b}"
    if relation == "=":
        return _equal(left, right)
    if relation.startswith("<"):
        return _below(left, right, ("left", "right"), relation == "<=")
    return _below(right, left, ("right", "left"), relation == ">=")


def number(value: Fraction, places: int = 4) -> str:
    """A number for a reader: digits in threes, at most so many decimals, rounded half to even.

    >>> number(Fraction(60017000000)), number(Fraction(20, 3))
    ('60,017,000,000', '6.6667')
    """
    return grouped(in_digits(Decimal(round(value * 10**places)).scaleb(-places)))


def decimal(value: Fraction) -> Decimal:
    """The number as a decimal: exact for what is printed with digits, since those end."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def spread(interval: Interval) -> tuple[str, str, str]:
    """Value, least and greatest value for a reader: the last two rounded outwards, with digits enough to differ.

    >>> spread(Interval(Fraction(5, 7), Fraction(2, 3), Fraction(7, 9)))
    ('0.7143', '0.6666', '0.7778')
    """
    places, width = 4, interval.high - interval.low
    while places < 12 and 0 < width < Fraction(10, 10**places):
        places += 1
    low, high = _floor(interval.low, places), -_floor(-interval.high, places)
    return number(interval.value, places), number(low, places), number(high, places)


def bounds(interval: Interval) -> tuple[str, str]:
    """Least and greatest value for a reader, rounded outwards."""
    return spread(interval)[1:]


def hedge(claim: Claim, vocabulary: Vocabulary) -> str:
    """The source's own word for the precision of a statistic: the last before its number, else the first; the
    precision's label if none is found, the empty string for a number without a hedge."""
    quantity = claim.quantity
    if quantity is None or quantity.precision == "exact":
        return ""
    signals = vocabulary.precisions.get(quantity.precision, ())
    quotations = sorted((passage.exact for passage in claim.passages), key=lambda exact: quantity.text not in exact)
    for text in (quantity.text, *quotations):
        found = _signals(text, signals)
        at = text.find(quantity.text)
        before = [match for match in found if match.end() <= at]
        if found:
            return " ".join((before[-1] if before else found[0])[0].split())
    return vocabulary.labels[quantity.precision]


def covering(formula: str, numbers: Mapping[str, Interval], claims: Iterable[Claim]) -> tuple[str, ...]:
    """The keys of hedged claims that could make the formula hold: those that could alone, else all of them if they
    could together, else none ("more than 5" cannot be 4)."""
    hedged = {c.key: c.quantity.precision for c in claims if c.quantity and c.quantity.precision in _UP | _DOWN}
    moved = {key: _moved(numbers[key], precision) for key, precision in hedged.items() if key in numbers}
    alone = tuple(key for key in moved if _holds(formula, {**numbers, key: moved[key]}))
    if alone or not moved:
        return alone
    return tuple(moved) if _holds(formula, {**numbers, **moved}) else ()


def _equal(left: Interval, right: Interval) -> str:
    low, high = max(left.low, right.low), min(left.high, right.high)
    if low > high:
        (first, under), (second, over) = sorted((("left", left), ("right", right)), key=lambda side: side[1].low)
        return (
            f"it cannot hold: by the printed digits the {first} side is at most {bounds(under)[1]} and the {second} "
            f"side at least {bounds(over)[0]}"
        )
    if low == high:
        return f"it can hold: the printed digits let both sides be {number(low)}"
    least, most = bounds(Interval(low, low, high))
    return f"it can hold: the printed digits let both sides be one number, anywhere from {least} to {most}"


def _below(small: Interval, large: Interval, sides: tuple[str, str], may_be_equal: bool) -> str:
    low, high = sides
    if small.low > large.high or (small.low == large.high and not may_be_equal):
        least, most, said = bounds(small)[0], bounds(large)[1], "it cannot hold"
        return f"{said}: the {low} side is at least {least}, the {high} side at most {most}"
    if small.high < large.low or (small.high == large.low and may_be_equal):
        least, most, said = bounds(large)[0], bounds(small)[1], "it holds however the figures were rounded"
        return f"{said}: the {low} side is at most {most}, the {high} side at least {least}"
    least, most, said = bounds(small)[0], bounds(large)[1], "it can hold"
    return f"{said}: the {low} side may be as low as {least}, the {high} side as high as {most}"


def _floor(value: Fraction, places: int) -> Fraction:
    return Fraction(value * 10**places // 1, 10**places)


def _written(formula: str, words: Mapping[str, str]) -> str:
    """The formula with `words` for the names, and the signs of arithmetic as they are printed."""
    text = _COUNT.sub(lambda match: f"number of {match[1]}", formula)
    for sign, printed in {**_SIGNS, "*": "×"}.items():
        text = text.replace(sign, printed)
    return curation.fill_formula(text, words)


def _holds(formula: str, numbers: Mapping[str, Interval]) -> bool:
    """True if the formula can hold. It can if a divisor may be zero, as the quotient may then be anything."""
    try:
        return curation.evaluate(formula, dict(numbers)).holds
    except FormulaError:
        return True


def _moved(printed: Interval, precision: str) -> Interval:
    far = sorted((printed.value / REACH, printed.value * REACH))
    low = min(printed.low, far[0]) if precision in _DOWN else printed.low
    return replace(printed, low=low, high=max(printed.high, far[1]) if precision in _UP else printed.high)


def _signals(text: str, words: Iterable[str]) -> list[re.Match[str]]:
    """The occurrences of the words, in order; Latin ones as whole words only."""
    ordered = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered)
    return list(re.finditer(rf"(?<![a-z])(?:{either})(?![a-z])", text, re.I)) if either else []
