"""Words such as "about" around a printed number: what the source says, and whether it may cover a difference.

The arithmetic of formulas takes numbers by their digits alone. Where these do not fit, a hedge may be the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from gbkg.claims import formulas
from gbkg.claims.formulas import FormulaError, Interval
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.records import Claim

REACH = Fraction(2)
"""No source says "about" of what is double or half as much; within that, nobody can tell how far a hedge goes."""
_UP = frozenset(("moreThan", "moreThanAbout", "atLeast", "approximately"))
_DOWN = frozenset(("nearly", "atMost", "moreThanAbout", "approximately"))


def word(claim: Claim, vocabulary: Vocabulary) -> str:
    """The source's own word for the precision of a statistic: the last before its number, else the first; the
    precision's label if none is found, the empty string for a number without a hedge."""
    quantity = claim.quantity
    if quantity is None or quantity.precision == "exact":
        return ""
    signals = vocabulary.precisions.get(quantity.precision, ())
    for text in (quantity.text, *(passage.exact for passage in claim.passages)):
        found = _signals(text, signals)
        at = text.find(quantity.text)
        before = [match for match in found if match.end() <= at]
        if found:
            return " ".join((before[-1] if before else found[0])[0].split())
    return vocabulary.labels[quantity.precision]


def covering(formula: str, numbers: Mapping[str, Interval], claims: Iterable[Claim]) -> tuple[str, ...]:
    """Of the claims with a hedged number the keys of those of which one alone may be so far from its digits that the
    formula holds; of all of them if only together; none if the words leave no room, as "more than 5" does for 4."""
    hedged = {c.key: c.quantity.precision for c in claims if c.quantity and c.quantity.precision in _UP | _DOWN}
    moved = {key: _moved(numbers[key], precision) for key, precision in hedged.items() if key in numbers}
    alone = tuple(key for key in moved if _holds(formula, {**numbers, key: moved[key]}))
    if alone or not moved:
        return alone
    return tuple(moved) if _holds(formula, {**numbers, **moved}) else ()


def _holds(formula: str, numbers: Mapping[str, Interval]) -> bool:
    """Whether the formula can hold; so it can when a divisor may be nothing, as its quotient may then be anything."""
    try:
        return formulas.evaluate(formula, dict(numbers)).holds
    except FormulaError:
        return True


def _moved(printed: Interval, precision: str) -> Interval:
    far = sorted((printed.value / REACH, printed.value * REACH))
    low = min(printed.low, far[0]) if precision in _DOWN else printed.low
    return replace(printed, low=low, high=max(printed.high, far[1]) if precision in _UP else printed.high)


def _signals(text: str, words: Iterable[str]) -> list[re.Match[str]]:
    """Where one of the words stands, in order; Latin ones not as a part of another word."""
    ordered = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in ordered)
    return list(re.finditer(rf"(?<![a-z])(?:{either})(?![a-z])", text, re.I)) if either else []
