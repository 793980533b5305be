"""What the curators say: reading `data/curation.ttl`, and working out its arithmetic again.

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
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS

from gbkg import quantities, turtle
from gbkg.model import Claim, Entity, Finding
from gbkg.names import CLM, GBKG, ID, PSG, SRC, shorten
from gbkg.project import Project
from gbkg.vocabulary import Vocabulary, near

_NAME = re.compile(r"\{([^{}]*)\}")
_RELATION = re.compile(r"(<=|>=|=|<|>)")


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and the least and greatest values that it may stand for."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """A formula worked out: both sides, and whether they can stand in the relation."""

    left: Interval
    right: Interval
    holds: bool
    claims: tuple[str, ...]


class FormulaError(ValueError):
    """A formula that cannot be worked out; the message says which part of it."""


def evaluate(formula: str, numbers: dict[str, Interval]) -> Result:
    """Both sides of a formula. Raises `FormulaError` on anything but numbers, + - * /, brackets and count()."""
    parts = _RELATION.split(formula)
    if len(parts) != 3:
        raise FormulaError("a formula has one of = < > <= >= between two expressions")
    left, right = (_side(part, numbers) for part in (parts[0], parts[2]))
    relation = parts[1]
    holds = {
        "=": left.low <= right.high and right.low <= left.high,
        "<": left.low < right.high,
        "<=": left.low <= right.high,
        ">": left.high > right.low,
        ">=": left.high >= right.low,
    }[relation]
    return Result(left, right, holds, tuple(dict.fromkeys(_NAME.findall(formula))))


def printed_numbers(claims: list[Claim], graph: Graph, vocabulary: Vocabulary) -> dict[str, Interval]:
    """What each statistic's name stands for in formulas; an unreadable one stands for its correction, if any.

    Relations stand for nothing, but `count()` may name them.
    """
    numbers = {}
    for claim in claims:
        if claim.quantity is None:
            continue
        text = claim.quantity.text
        if claim.quantity.value is None:
            for correction in graph.subjects(GBKG.corrects, claim.iri):
                text = turtle.text(graph, correction, GBKG.correctedText)
        read = quantities.read(text)
        if read is not None:
            exact = vocabulary.units[claim.quantity.unit] and not read.scaled and read.ulp in (0, 1)
            half = Decimal(0) if exact else read.ulp / 2
            numbers[claim.key] = Interval(read.value, read.value - half, read.value + half)
    return numbers


def check(graph: Graph, shown: str, claims: list[Claim], vocabulary: Vocabulary) -> list[Finding]:
    """Findings for formulas that cannot be worked out, or whose outcome is not the one stated."""
    findings = []
    numbers = printed_numbers(claims, graph, vocabulary)
    keys = {claim.key for claim in claims}
    for node in turtle.subjects(graph, GBKG.formula):

        def fault(
            message: str, found: str | None = None, expected: str = "", hint: str = "", node: object = node
        ) -> None:
            findings.append(
                Finding("curation", f"{shorten(str(node))}: {message}", shown, None, None, found, expected, hint)
            )

        formula = turtle.text(graph, node, GBKG.formula)
        unknown = [name for name in _NAME.findall(formula) if name not in keys]
        if unknown:
            fault("formula names no claim", unknown[0], hint=near(unknown[0], keys))
            continue
        try:
            result = evaluate(formula, numbers)
        except FormulaError as error:
            fault(f"formula cannot be worked out: {error}", formula)
            continue
        stated: dict[object, bool] = {GBKG.PassedCheck: True, GBKG.Inconsistency: False}
        types = [t for t in graph.objects(node, RDF.type) if t in stated]
        if [stated[t] for t in types] != [result.holds]:
            fault("outcome is not the one stated", ", ".join(shorten(str(t)) for t in types) or "none",
                  "gbkg:PassedCheck" if result.holds else "gbkg:Inconsistency", explain(result))  # fmt: skip
        for term, side in ((GBKG.computedValue, result.left), (GBKG.expectedValue, result.right)):
            written = turtle.text(graph, node, term)
            if written != rounded(side.value):
                fault(f"{shorten(str(term))} is not what the formula gives", written, rounded(side.value))
        concerned = {str(c).removeprefix(str(CLM)) for c in graph.objects(node, GBKG.concerns)}
        if concerned != set(result.claims):
            off = ", ".join(sorted(concerned ^ set(result.claims)))
            fault("gbkg:concerns and the formula name different claims", off, "the same claims in both")
    return findings


def references(graph: Graph, shown: str, known: set[URIRef]) -> list[Finding]:
    """Findings for claims, entities, passages and sources that curation speaks of and nobody has."""
    ours = tuple(map(str, (CLM, ID, PSG, SRC)))
    mentioned = {o for _, _, o in graph if isinstance(o, URIRef) and str(o).startswith(ours)}
    names = [shorten(str(k)) for k in known]
    message = "speaks of something that is not in the graph"
    return [
        Finding("curation", message, shown, found=shorten(str(o)), hint=near(shorten(str(o)), names))
        for o in sorted(mentioned - known)
    ]


def remarks(project: Project, entity: Entity, claims: list[Claim]) -> list[str]:
    """What the curation says about an entity or about claims that it is the subject of: a line each, sorted."""
    path = project.data / "curation.ttl"
    if not path.exists():
        return []
    graph = turtle.read(project, path)
    about = {entity.iri} | {claim.iri for claim in claims if claim.subject == entity.slug}
    nodes = {node for thing in about for node in turtle.subjects(graph, None, thing)}
    lines = []
    for node in nodes:
        kind = ", ".join(sorted(str(t).removeprefix(str(GBKG)) for t in graph.objects(node, RDF.type)))
        outcome = graph.value(node, GBKG.outcome)
        words = "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()
        verdict = f" ({str(outcome).removeprefix(str(GBKG))})" if outcome else ""
        lines.append(f"{words}{verdict}: {graph.value(node, RDFS.comment)} [{shorten(str(node))}]")
    return sorted(lines)


def explain(result: Result) -> str:
    """The two sides of a formula with their intervals, for a reader."""

    def side(interval: Interval) -> str:
        middle = rounded(interval.value)
        low, high = rounded(interval.low), rounded(interval.high)
        return middle if low == high else f"{middle} (between {low} and {high})"

    return f"left {side(result.left)}, right {side(result.right)}"


def rounded(value: Decimal) -> str:
    """The number with at most four decimals, as xsd:decimal."""
    text = quantities.plain(value.quantize(Decimal("0.0001")))
    return text if "." in text else f"{text}.0"


_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _side(text: str, numbers: dict[str, Interval]) -> Interval:
    names = list(dict.fromkeys(_NAME.findall(text)))
    for index, name in enumerate(names):
        text = text.replace(f"{{{name}}}", f"_{index}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"{text.strip()!r} is no expression") from error
    bound = {f"_{index}": numbers.get(name) for index, name in enumerate(names)}
    try:
        return _value(tree, bound)
    except (DivisionByZero, InvalidOperation) as error:
        raise FormulaError("divides by zero") from error


def _value(node: ast.expr, bound: dict[str, Interval | None]) -> Interval:
    match node:
        case ast.Constant(value=int() | float()):
            return _exact(Decimal(str(node.value)))
        case ast.Name(id=name) if name in bound:
            number = bound[name]
            if number is None:
                raise FormulaError("it uses the number of a claim that has none")
            return number
        case ast.BinOp(left=a, op=op, right=b) if type(op) in _OPERATORS:
            apply = _OPERATORS[type(op)]
            left, right = _value(a, bound), _value(b, bound)
            ends = [apply(x, y) for x in (left.low, left.high) for y in (right.low, right.high)]
            return Interval(apply(left.value, right.value), min(ends), max(ends))
        case ast.Call(func=ast.Name(id="count"), args=args) if args and all(isinstance(a, ast.Name) for a in args):
            return _exact(Decimal(len(args)))
    raise FormulaError(f"{ast.unparse(node)!r} is not allowed")


def _exact(value: Decimal) -> Interval:
    return Interval(value, value, value)
