"""The arithmetic of the curation: formulas over the numbers of claims.

A formula compares two expressions, for example

    100 * {guangzhou-report.rd} / {guangzhou-report.gdp} = {guangzhou-report.rd-share}

A claim's name in braces stands for its number as printed. A printed number that is measured, scaled ("billion")
or has decimals stands for every number that rounds to it, so an expression has a least and a greatest value
(interval arithmetic: Moore, Kearfott, Cloud, "Introduction to Interval Analysis", SIAM 2009, chapter 2); plain
integers of counted things are exact, and words such as "nearly" are not part of the arithmetic. The relation
holds when some values within the intervals satisfy it. `count({a}, {b})` is the number of claims named in it.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_NAME = re.compile(r"\{([^{}]*)\}")
_RELATION = re.compile(r"(<=|>=|=|<|>)")


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and the least and greatest values that it may stand for."""

    value: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a formula: both sides, and whether the relation can hold."""

    left: Interval
    right: Interval
    holds: bool
    claims: tuple[str, ...]


class FormulaError(ValueError):
    """A formula cannot be computed; the message says which part of it."""


def evaluate(formula: str, numbers: dict[str, Interval]) -> Result:
    """Compute both sides of a formula. Raises `FormulaError` on anything but numbers, + - * /, brackets and count()."""
    before, relation, after = divided(formula)
    left, right = (_side(part, numbers) for part in (before, after))
    holds = {
        "=": left.low <= right.high and right.low <= left.high,
        "<": left.low < right.high,
        "<=": left.low <= right.high,
        ">": left.high > right.low,
        ">=": left.high >= right.low,
    }[relation]
    return Result(left, right, holds, named(formula))


def divided(formula: str) -> tuple[str, str, str]:
    """Split a formula into left side, relation and right side. Raises `FormulaError` unless it has one relation.

    >>> divided("{doc.part} / 2 <= {doc.whole}")
    ('{doc.part} / 2', '<=', '{doc.whole}')
    """
    parts = _RELATION.split(formula)
    if len(parts) != 3:
        raise FormulaError("a formula has one of = < > <= >= between two expressions")
    left, relation, right = (part.strip() for part in parts)
    return left, relation, right


def filled(formula: str, words: Mapping[str, str]) -> str:
    """The formula with `words` in place of the names in braces; names without words stay.

    >>> filled("100 * {doc.part} / {doc.whole}", {"doc.part": "25.0%"})
    '100 * 25.0% / {doc.whole}'
    """
    return _NAME.sub(lambda match: words.get(match[1], match[0]), formula)


def named(formula: str) -> tuple[str, ...]:
    """The keys of the claims that a formula names, in order, each once."""
    return tuple(dict.fromkeys(_NAME.findall(formula)))


def explain(result: Result) -> str:
    """Both sides of a formula with their intervals, in words."""

    def side(interval: Interval) -> str:
        middle = rounded(interval.value)
        low, high = rounded(interval.low), rounded(interval.high)
        return middle if low == high else f"{middle} (between {low} and {high})"

    return f"left {side(result.left)}, right {side(result.right)}"


def rounded(value: Fraction) -> str:
    """The number as xsd:decimal with at most four decimals, rounded half to even."""
    units = round(value * 10_000)
    sign, units = ("-" if units < 0 else ""), abs(units)
    whole = Decimal(units // 10_000)  # which can be written however long it is, as no int can
    text = f"{sign}{whole:f}.{units % 10_000:04d}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _side(text: str, numbers: dict[str, Interval]) -> Interval:
    if "_" in _NAME.sub("", text):
        raise FormulaError("names of claims stand in braces")
    names = list(dict.fromkeys(_NAME.findall(text)))
    for index, name in enumerate(names):
        text = text.replace(f"{{{name}}}", f"_{index}")
    bound = {f"_{index}": numbers.get(name) for index, name in enumerate(names)}
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, bound)
    except FormulaError as error:
        written = {f"_{index}": f"{{{name}}}" for index, name in enumerate(names)}
        readable = re.sub(r"\b_\d+\b", lambda match: written.get(match[0], match[0]), str(error))
        raise FormulaError(readable) from error
    except (SyntaxError, ValueError) as error:
        raise FormulaError("it is no expression") from error
    except RecursionError as error:
        raise FormulaError("it is too long") from error


def _value(node: ast.expr, bound: dict[str, Interval | None]) -> Interval:
    match node:
        case ast.Constant(value=int() | float() as number) if type(number) is not bool and abs(number) < 1e300:
            return _exact(Fraction(str(number)))
        case ast.Name(id=name) if name in bound:
            interval = bound[name]
            if interval is None:
                raise FormulaError("it uses the number of a claim that has none")
            return interval
        case ast.BinOp(left=a, op=op, right=b) if type(op) in _OPERATORS:
            apply = _OPERATORS[type(op)]
            left, right = _value(a, bound), _value(b, bound)
            if isinstance(op, ast.Div) and right.low <= 0 <= right.high:
                raise FormulaError("divides by zero, or by what may be zero")
            ends = [apply(x, y) for x in (left.low, left.high) for y in (right.low, right.high)]
            return Interval(apply(left.value, right.value), min(ends), max(ends))
        case ast.Call(func=ast.Name(id="count"), args=args):
            claims = {argument.id for argument in args if isinstance(argument, ast.Name) and argument.id in bound}
            if claims and all(isinstance(argument, ast.Name) and argument.id in bound for argument in args):
                return _exact(Fraction(len(claims)))
    part = ast.unparse(node)
    raise FormulaError(f"{part[:60]!r} is not a number, a claim, + - * / or count()")


def _exact(value: Fraction) -> Interval:
    return Interval(value, value, value)
