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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from gbkg.claims.vocabulary import Vocabulary, near
from gbkg.core import nquads, turtle
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.namespaces import CLM, DOUBTS, GBKG, ID, PSG, SRC, shorten, spaced
from gbkg.core.project import Project
from gbkg.core.records import Claim, Entity, Place, Source
from gbkg.documents import quantities

NAME = "curation.ttl"
FILE = f"data/{NAME}"
_PORTION = 2_000
"""Lines of curation that are looked at together."""
_CLAIM, _FORMULA = str(CLM), str(GBKG.formula)
_CORRECTING = re.compile(rf"^\S+ <(?:{re.escape(GBKG.corrects)}|{re.escape(GBKG.correctedText)})> ")
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
    """A formula worked out: both sides, and whether they can stand in the relation."""

    left: Interval
    right: Interval
    holds: bool
    claims: tuple[str, ...]


class FormulaError(ValueError):
    """A formula that cannot be worked out; the message says which part of it."""


def evaluate(formula: str, numbers: dict[str, Interval]) -> Result:
    """Both sides of a formula. Raises `FormulaError` on anything but numbers, + - * /, brackets and count()."""
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
    """Left side, relation and right side of a formula, as written. Raises `FormulaError` unless it has one relation.

    >>> divided("{doc.part} / 2 <= {doc.whole}")
    ('{doc.part} / 2', '<=', '{doc.whole}')
    """
    parts = _RELATION.split(formula)
    if len(parts) != 3:
        raise FormulaError("a formula has one of = < > <= >= between two expressions")
    left, relation, right = (part.strip() for part in parts)
    return left, relation, right


def filled(formula: str, words: Mapping[str, str]) -> str:
    """The formula, or a part of it, with `words` in place of the names in braces; a name without words stays.

    >>> filled("100 * {doc.part} / {doc.whole}", {"doc.part": "25.0%"})
    '100 * 25.0% / {doc.whole}'
    """
    return _NAME.sub(lambda match: words.get(match[1], match[0]), formula)


def named(formula: str) -> tuple[str, ...]:
    """The keys of the claims that a formula names, in its order, each once."""
    return tuple(dict.fromkeys(_NAME.findall(formula)))


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of a statistic as printed, its unit, its value as tables write it, empty where there is none, and the
    language it is printed in."""

    text: str
    unit: str
    value: str
    language: str


def figure(claim: Claim, language: str) -> Figure | None:
    """The figure of a claim; None for one that is no statistic."""
    quantity = claim.quantity
    if quantity is None:
        return None
    value = "" if quantity.value is None else quantities.plain(quantity.value)
    return Figure(quantity.text, quantity.unit, value, language)


def figures(claims: Iterable[Claim], sources: Mapping[str, Source]) -> dict[str, Figure | None]:
    """The figure of each claim by its key."""
    return {claim.key: figure(claim, sources[claim.source].language) for claim in claims}


def corrections(graph: Graph) -> dict[str, str]:
    """What each claim that is corrected is corrected to, by its key; the last by IRI where there are several."""
    pairs = [(n, claim) for n, claim in graph.subject_objects(GBKG.corrects) if isinstance(claim, URIRef)]
    keys = [(str(node), node, str(claim).removeprefix(_CLAIM)) for node, claim in pairs if claim.startswith(_CLAIM)]
    return {key: turtle.text(graph, node, GBKG.correctedText) for _, node, key in sorted(keys, key=itemgetter(0, 2))}


def printed_numbers(
    figures: Mapping[str, Figure | None], corrected: Mapping[str, str], vocabulary: Vocabulary
) -> dict[str, Interval]:
    """What each statistic's name stands for in formulas; an unreadable one stands for its correction (`corrections`),
    if any.

    Relations stand for nothing, but `count()` may name them.
    """
    numbers = {}
    for key, figure in figures.items():
        if figure is None:
            continue
        text = figure.text if figure.value else corrected.get(key, figure.text)
        printed = quantities.read(text, figure.language)
        if printed is not None:
            same = (one for one in printed.readings if quantities.plain(one.value) == figure.value)
            read = next(same, printed.readings[0])
            exact = vocabulary.units[figure.unit] and read.scale == 1 and read.ulp in (0, 1)
            value, half = Fraction(read.value), Fraction(0) if exact else Fraction(read.ulp) / 2
            numbers[key] = Interval(value, value - half, value + half)
    return numbers


def sources(triples: Iterable[Any]) -> frozenset[str]:
    """The sources of all claims that a curation speaks of; its triples are those of pyoxigraph."""
    keys: set[str] = set()
    for triple in triples:
        value = triple.object.value
        if value.startswith(_CLAIM) and isinstance(triple.object, ox.NamedNode):
            keys.add(value.removeprefix(_CLAIM))
        elif triple.predicate.value == _FORMULA:
            keys.update(named(value))
    return frozenset(key.partition(".")[0] for key in keys)


def prove(
    text: str,
    places: Mapping[str, Place],
    figures: Mapping[str, Figure | None],
    vocabulary: Vocabulary,
    known: set[URIRef],
) -> list[Finding]:
    """What `check` and `references` find in a curation, of which only some nodes are held as a graph at a time. `text`
    are its lines of N-Quads, node by node."""
    corrected = corrections(turtle.of_lines([line for line in nquads.each([text]) if _CORRECTING.search(line)]))
    worked, dangling = [], []
    for graph in _portions(text):
        worked += check(graph, places, figures, vocabulary, corrected)
        dangling += references(graph, places, known)
    return worked + dangling


def _portions(text: str) -> Iterator[Graph]:
    some: list[str] = []
    for _, node in groupby(nquads.each([text]), nquads.subject):
        some += node
        if len(some) > _PORTION:
            yield turtle.of_lines(["\n".join(some)])
            some = []
    yield turtle.of_lines(["\n".join(some)])


def check(
    graph: Graph,
    places: Mapping[str, Place],
    figures: Mapping[str, Figure | None],
    vocabulary: Vocabulary,
    corrected: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings for formulas that cannot be worked out, or whose outcome is not the one stated. `figures` are those of
    all claims that the curation names, at least; `corrected` is what `corrections` gives, if it is not all in the
    graph."""
    findings = []
    corrected = corrections(graph) if corrected is None else corrected
    used = {key for formula in graph.objects(None, GBKG.formula) for key in named(str(formula))}
    numbers = printed_numbers({key: figures[key] for key in used if key in figures}, corrected, vocabulary)
    for node in turtle.subjects(graph, GBKG.formula):
        place = places.get(str(node), Place(FILE, 0))

        def fault(
            message: str,
            found: str | None = None,
            expected: str = "",
            hint: str = "",
            node: object = node,
            place: Place = place,
        ) -> None:
            about = f"{shorten(str(node))}: {message}"
            findings.append(Finding("curation", about, place.file, place.line or None, None, found, expected, hint))

        formula = turtle.text(graph, node, GBKG.formula)
        unknown = [name for name in _NAME.findall(formula) if name not in figures]
        if unknown:
            fault("formula names no claim", unknown[0], hint=near(unknown[0], figures))
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
    return findings + _miscorrected(graph, places, figures)


def _miscorrected(graph: Graph, places: Mapping[str, Place], figures: Mapping[str, Figure | None]) -> list[Finding]:
    """Findings for corrections of numbers whose value is not the one that their text prints, or whose printed text is
    not that of the claim."""
    findings = []
    for node in turtle.subjects(graph, GBKG.correctedValue):
        place = places.get(str(node), Place(FILE, 0))
        keys = [str(claim).removeprefix(_CLAIM) for claim in graph.objects(node, GBKG.corrects)]
        meant = [figure for key in keys if (figure := figures.get(key))]
        text, value = turtle.text(graph, node, GBKG.correctedText), turtle.text(graph, node, GBKG.correctedValue)
        read = quantities.read(text, meant[0].language if meant else "en")
        known = [quantities.plain(one.value) for one in read.readings] if read else []
        if quantities.plain(Decimal(value)) not in known:
            about = f"{shorten(str(node))}: gbkg:correctedValue is not the number that gbkg:correctedText prints"
            expected = " | ".join(known) or "one readable number in gbkg:correctedText"
            findings.append(Finding("curation", about, place.file, place.line or None, None, value, expected))
        printed = turtle.text(graph, node, GBKG.printedText)
        if meant and all(figure.text not in printed for figure in meant):
            about = f"{shorten(str(node))}: gbkg:printedText has not the number of the claim that it corrects"
            findings.append(Finding("curation", about, place.file, place.line or None, None, printed, meant[0].text))
    return findings


def references(graph: Graph, places: Mapping[str, Place], known: set[URIRef]) -> list[Finding]:
    """Findings for claims, entities, passages and sources that curation speaks of and nobody has."""
    ours = tuple(map(str, (CLM, ID, PSG, SRC)))
    findings = []
    names: list[str] = []
    for node, _, thing in sorted(graph):
        if isinstance(thing, URIRef) and str(thing).startswith(ours) and thing not in known:
            names = names or [shorten(str(k)) for k in known]
            place, found = places.get(str(node), Place(FILE, 0)), shorten(str(thing))
            message = f"{shorten(str(node))}: speaks of something that is not in the graph"
            line, hint = place.line or None, near(found, names)
            findings.append(Finding("curation", message, place.file, line, None, found, hint=hint))
    return findings


def remarks(project: Project, entity: Entity, claims: list[Claim], entities: dict[str, Entity]) -> list[str]:
    """What the curation says about an entity or about claims that it is the subject of: a line each, sorted.

    Passed checks are left out: they confirm what is printed.
    """
    path = project.data / NAME
    if not there(path):
        return []
    graph = turtle.read(project, path)
    about = {entity.iri} | {claim.iri for claim in claims if claim.subject == entity.slug}
    nodes = {node for thing in about for node in turtle.subjects(graph, None, thing)}
    labels = {e.iri: e.label for e in entities.values()}
    lines = []
    for node in nodes - set(graph.subjects(RDF.type, GBKG.PassedCheck)):
        kind = turtle.text(graph, node, RDF.type).removeprefix(str(GBKG))
        words = spaced(kind)
        facts = _facts(graph, node, labels)
        comment = turtle.text(graph, node, RDFS.comment)
        lines.append(f"{words}{f' ({facts})' if facts else ''}: {comment} [{shorten(str(node))}]")
    return sorted(lines)


def doubts(project: Project) -> dict[str, list[str]]:
    """The nodes that put a claim in doubt, as `cur:name`, sorted, by the key of the claim."""
    path = project.data / NAME
    graph = turtle.read(project, path) if there(path) else turtle.new_graph()
    found: dict[str, set[str]] = {}
    for kind in DOUBTS:
        for node in graph.subjects(RDF.type, GBKG[kind]):
            for relation in (GBKG.concerns, GBKG.corrects):
                for claim in graph.objects(node, relation):
                    found.setdefault(str(claim).removeprefix(str(CLM)), set()).add(shorten(str(node)))
    return {key: sorted(nodes) for key, nodes in found.items()}


def _facts(graph: Graph, node: Node, labels: dict[URIRef, str]) -> str:
    """The heart of a curation node in a few words: what is meant, both sides of the sum, which two, what is lost."""
    meant, lost = turtle.text(graph, node, GBKG.correctedText), turtle.text(graph, node, GBKG.lostContent)
    computed, printed = turtle.text(graph, node, GBKG.computedValue), turtle.text(graph, node, GBKG.expectedValue)
    outcome = spaced(turtle.text(graph, node, GBKG.outcome).removeprefix(str(GBKG)))
    pair = sorted(labels[o] for o in graph.objects(node, GBKG.concerns) if o in labels)  # type: ignore[index]
    if meant:
        return f"printed {turtle.text(graph, node, GBKG.printedText)!r}, meant {meant!r}"
    if computed:
        return f"left side {computed}, right side {printed}"
    if outcome:
        return f"{' / '.join(pair)}: {outcome}" if pair else outcome
    return lost


def explain(result: Result) -> str:
    """The two sides of a formula with their intervals, for a reader."""

    def side(interval: Interval) -> str:
        middle = rounded(interval.value)
        low, high = rounded(interval.low), rounded(interval.high)
        return middle if low == high else f"{middle} (between {low} and {high})"

    return f"left {side(result.left)}, right {side(result.right)}"


def rounded(value: Fraction) -> str:
    """The number with at most four decimals, rounded half to even, as xsd:decimal."""
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
