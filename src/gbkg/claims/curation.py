"""Curation (`data/curation.ttl`): whether its arithmetic is right and everything that it names exists.

A formula compares two expressions over the numbers of claims, for example

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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pyoxigraph import NamedNode

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import turtle
from gbkg.core.errors import Finding, meant
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.records import Claim, Place, Source
from gbkg.core.terms import Graph, Packed, Term, term
from gbkg.core.text import in_digits
from gbkg.documents import quantities

_NAME = re.compile(r"\{([^{}]*)\}")
_RELATION = re.compile(r"(<=|>=|=|<|>)")


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and the least and greatest values that it may stand for."""

    value: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The result of a formula: both sides, and whether the relation can hold."""

    left: Interval
    right: Interval
    holds: bool
    claims: tuple[str, ...]


class FormulaError(ValueError):
    """A formula cannot be computed; the message says which part of it."""


def evaluate(formula: str, numbers: dict[str, Interval]) -> Evaluated:
    """Compute both sides of a formula. Raises `FormulaError` on anything but numbers, + - * /, brackets and count()."""
    before, relation, after = split_formula(formula)
    left, right = (_side(part, numbers) for part in (before, after))
    holds = {
        "=": left.low <= right.high and right.low <= left.high,
        "<": left.low < right.high,
        "<=": left.low <= right.high,
        ">": left.high > right.low,
        ">=": left.high >= right.low,
    }[relation]
    return Evaluated(left, right, holds, claims_named(formula))


def split_formula(formula: str) -> tuple[str, str, str]:
    """Split a formula into left side, relation and right side. Raises `FormulaError` unless it has one relation.

    >>> split_formula("{doc.part} / 2 <= {doc.whole}")
    ('{doc.part} / 2', '<=', '{doc.whole}')
    """
    parts = _RELATION.split(formula)
    if len(parts) != 3:
        raise FormulaError("a formula has one of = < > <= >= between two expressions")
    left, relation, right = (part.strip() for part in parts)
    return left, relation, right


def fill_formula(formula: str, words: Mapping[str, str]) -> str:
    """The formula with `words` in place of the names in braces; names without words stay.

    >>> fill_formula("100 * {doc.part} / {doc.whole}", {"doc.part": "25.0%"})
    '100 * 25.0% / {doc.whole}'
    """
    return _NAME.sub(lambda match: words.get(match[1], match[0]), formula)


def claims_named(formula: str) -> tuple[str, ...]:
    """The keys of the claims that a formula names, in order, each once."""
    return tuple(dict.fromkeys(_NAME.findall(formula)))


def explain(result: Evaluated) -> str:
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
        raise FormulaError("it is not an expression") from error
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


NAME = "curation.ttl"
FILE = f"data/{NAME}"
_NAMED = ("clm", "id", "psg", "src")
"""Curation may name things in these namespaces only if the graph has them."""
_OUTCOMES: dict[Term, bool] = {term("gbkg:PassedCheck"): True, term("gbkg:Inconsistency"): False}
"""Whether the formula of a node of this class holds."""


def read(project: Project) -> Graph:
    """The curation of a project; empty if there is none. Raises what `turtle.read` raises."""
    path = project.data / NAME
    return Packed(turtle.triples(project.text(path), project.show(path)) if there(path) else ())


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of a statistic: its printed text, unit, value as tables write it ("" if it has none), and language."""

    text: str
    unit: str
    value: str
    language: str


def figure(claim: Claim, language: str) -> Figure | None:
    """The figure of a claim; None unless it is a statistic."""
    quantity = claim.quantity
    if quantity is None:
        return None
    value = "" if quantity.value is None else in_digits(quantity.value)
    return Figure(quantity.text, quantity.unit, value, language)


def figures(claims: Iterable[Claim], sources: Mapping[str, Source]) -> dict[str, Figure | None]:
    """The figure of each claim by its key."""
    return {claim.key: figure(claim, sources[claim.source].language) for claim in claims}


def corrections(graph: Graph) -> dict[str, str]:
    """The corrected text of each claim that has a correction, by key. Of several corrections the last by IRI counts."""
    pairs = sorted((node.value, claim.value, node) for node, claim in graph.pairs("gbkg:corrects"))
    return {
        claim.removeprefix(PREFIXES["clm"]): graph.text(node, "gbkg:correctedText")
        for _, claim, node in pairs
        if claim.startswith(PREFIXES["clm"])
    }


def printed_numbers(
    figures: Mapping[str, Figure | None], corrected: Mapping[str, str], vocabulary: Vocabulary
) -> dict[str, Interval]:
    """The number that each statistic stands for in formulas, by key.

    An unreadable number is replaced by its correction (`corrections`), if there is one. Claims that are no statistics
    have no number, but `count()` may name them.
    """
    numbers = {}
    for key, figure in figures.items():
        if figure is None:
            continue
        text = figure.text if figure.value else corrected.get(key, figure.text)
        printed = quantities.read(text, figure.language)
        if printed is not None:
            same = (one for one in printed.readings if in_digits(one.value) == figure.value)
            read = next(same, printed.readings[0])
            exact = vocabulary.units[figure.unit] and read.scale == 1 and read.ulp in (0, 1)
            value, half = Fraction(read.value), Fraction(0) if exact else Fraction(read.ulp) / 2
            numbers[key] = Interval(value, value - half, value + half)
    return numbers


def sources(graph: Graph) -> frozenset[str]:
    """The sources of all claims that the curation names."""
    things = (thing.value for _, _, thing in graph if isinstance(thing, NamedNode))
    keys = [iri.removeprefix(PREFIXES["clm"]) for iri in things if iri.startswith(PREFIXES["clm"])]
    keys += [key for _, formula in graph.pairs("gbkg:formula") for key in claims_named(formula.value)]
    return frozenset(key.partition(".")[0] for key in keys)


def check(
    graph: Graph, places: Mapping[str, Place], figures: Mapping[str, Figure | None], vocabulary: Vocabulary
) -> list[Finding]:
    """Check formulas and corrections: every formula can be computed and has the stated outcome, every correction fits
    its claim.

    `figures` must have at least all claims that the curation names.
    """
    used = {key for _, formula in graph.pairs("gbkg:formula") for key in claims_named(formula.value)}
    numbers = printed_numbers({key: figures[key] for key in used if key in figures}, corrections(graph), vocabulary)
    findings = []
    for node in graph.subjects("gbkg:formula"):
        findings += [fault.at(node, places) for fault in _miscalculated(graph, node, figures, numbers)]
    for node in graph.subjects("gbkg:correctedValue"):
        findings += [fault.at(node, places) for fault in _miscorrected(graph, node, figures)]
    return findings


@dataclass(frozen=True, slots=True)
class _Fault:
    """A fault of a node; found, expected and hint as in `Finding`."""

    message: str
    found: str
    expected: str = ""
    hint: str = ""

    def at(self, node: Term, places: Mapping[str, Place]) -> Finding:
        place = places.get(node.value, Place(FILE, 0))
        about = f"{shorten(node.value)}: {self.message}"
        line = place.line or None
        return Finding("curation", about, place.file, line, None, self.found, self.expected, self.hint)


def _miscalculated(
    graph: Graph, node: Term, figures: Mapping[str, Figure | None], numbers: dict[str, Interval]
) -> Iterator[_Fault]:
    """Faults of a node with a formula: outcome, both values and the named claims must be those of the formula."""
    formula = graph.text(node, "gbkg:formula")
    unknown = [name for name in claims_named(formula) if name not in figures]
    if unknown:
        yield _Fault("formula names no claim", unknown[0], hint=meant(unknown[0], figures))
        return
    try:
        result = evaluate(formula, numbers)
    except FormulaError as error:
        yield _Fault(f"formula cannot be worked out: {error}", formula)
        return
    stated = [kind for kind in graph.objects(node, "rdf:type") if kind in _OUTCOMES]
    if [_OUTCOMES[kind] for kind in stated] != [result.holds]:
        said = ", ".join(shorten(kind.value) for kind in stated) or "none"
        expected = "gbkg:PassedCheck" if result.holds else "gbkg:Inconsistency"
        yield _Fault("outcome is not the one stated", said, expected, explain(result))
    for predicate, side in (("gbkg:computedValue", result.left), ("gbkg:expectedValue", result.right)):
        written = graph.text(node, predicate)
        if written != rounded(side.value):
            yield _Fault(f"{predicate} is not what the formula gives", written, rounded(side.value))
    concerned = {claim.value.removeprefix(PREFIXES["clm"]) for claim in graph.objects(node, "gbkg:concerns")}
    if concerned != set(result.claims):
        off = ", ".join(sorted(concerned ^ set(result.claims)))
        yield _Fault("gbkg:concerns and the formula name different claims", off, "the same claims in both")


def _miscorrected(graph: Graph, node: Term, figures: Mapping[str, Figure | None]) -> Iterator[_Fault]:
    """Faults of a corrected number: its value must be that of its text, its printed text that of the claim."""
    keys = [claim.value.removeprefix(PREFIXES["clm"]) for claim in graph.objects(node, "gbkg:corrects")]
    meant = [figure for key in keys if (figure := figures.get(key))]
    text, value = graph.text(node, "gbkg:correctedText"), graph.text(node, "gbkg:correctedValue")
    read = quantities.read(text, meant[0].language if meant else "en")
    known = [in_digits(one.value) for one in read.readings] if read else []
    if in_digits(Decimal(value)) not in known:
        expected = " | ".join(known) or "one readable number in gbkg:correctedText"
        yield _Fault("gbkg:correctedValue is not the number that gbkg:correctedText prints", value, expected)
    printed = graph.text(node, "gbkg:printedText")
    if meant and all(figure.text not in printed for figure in meant):
        yield _Fault("gbkg:printedText has not the number of the claim that it corrects", printed, meant[0].text)


def references(graph: Graph, places: Mapping[str, Place], known: Collection[str]) -> list[Finding]:
    """Findings for claims, entities, passages and sources that curation names but the graph lacks. `known` are the IRIs
    that it has."""
    findings = []
    names: list[str] = []
    spaces = tuple(PREFIXES[name] for name in _NAMED)
    linked = ((triple, triple.object.value) for triple in graph if isinstance(triple.object, NamedNode))
    wrong = [triple for triple, iri in linked if iri.startswith(spaces) and iri not in known]
    for node, _, thing in sorted(wrong, key=str):
        names = names or [shorten(one) for one in known]
        found = shorten(thing.value)
        fault = _Fault("names something that is not in the graph", found, hint=meant(found, names))
        findings.append(fault.at(node, places))
    return findings
