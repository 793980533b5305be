"""Curation (`data/curation.ttl`): whether its arithmetic is right and everything that it names exists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pyoxigraph import NamedNode

from gbkg.claims import formulas
from gbkg.claims.formulas import FormulaError, Interval, rounded
from gbkg.claims.vocabulary import Vocabulary, near
from gbkg.core import turtle
from gbkg.core.errors import Finding
from gbkg.core.inputfiles import there
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.records import Claim, Place, Source
from gbkg.core.terms import Graph, Term, term
from gbkg.documents import quantities

NAME = "curation.ttl"
FILE = f"data/{NAME}"
_NAMED = ("clm", "id", "psg", "src")
"""Curation may name things in these namespaces only if the graph has them."""
_OUTCOMES: dict[Term, bool] = {term("gbkg:PassedCheck"): True, term("gbkg:Inconsistency"): False}
"""Whether the formula of a node of this class holds."""


def read(project: Project) -> Graph:
    """The curation of a project; empty if there is none. Raises what `turtle.read` raises."""
    path = project.data / NAME
    return turtle.read(project, path) if there(path) else Graph()


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
    value = "" if quantity.value is None else quantities.plain(quantity.value)
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
            same = (one for one in printed.readings if quantities.plain(one.value) == figure.value)
            read = next(same, printed.readings[0])
            exact = vocabulary.units[figure.unit] and read.scale == 1 and read.ulp in (0, 1)
            value, half = Fraction(read.value), Fraction(0) if exact else Fraction(read.ulp) / 2
            numbers[key] = Interval(value, value - half, value + half)
    return numbers


def sources(graph: Graph) -> frozenset[str]:
    """The sources of all claims that the curation names."""
    keys: set[str] = set()
    for _, _, thing in graph:
        if isinstance(thing, NamedNode) and thing.value.startswith(PREFIXES["clm"]):
            keys.add(thing.value.removeprefix(PREFIXES["clm"]))
    for _, formula in graph.pairs("gbkg:formula"):
        keys.update(formulas.named(formula.value))
    return frozenset(key.partition(".")[0] for key in keys)


def check(
    graph: Graph, places: Mapping[str, Place], figures: Mapping[str, Figure | None], vocabulary: Vocabulary
) -> list[Finding]:
    """Check formulas and corrections: every formula can be computed and has the stated outcome, every correction fits
    its claim.

    `figures` must have at least all claims that the curation names.
    """
    used = {key for _, formula in graph.pairs("gbkg:formula") for key in formulas.named(formula.value)}
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
    unknown = [name for name in formulas.named(formula) if name not in figures]
    if unknown:
        yield _Fault("formula names no claim", unknown[0], hint=near(unknown[0], figures))
        return
    try:
        result = formulas.evaluate(formula, numbers)
    except FormulaError as error:
        yield _Fault(f"formula cannot be worked out: {error}", formula)
        return
    stated = [kind for kind in graph.objects(node, "rdf:type") if kind in _OUTCOMES]
    if [_OUTCOMES[kind] for kind in stated] != [result.holds]:
        said = ", ".join(shorten(kind.value) for kind in stated) or "none"
        expected = "gbkg:PassedCheck" if result.holds else "gbkg:Inconsistency"
        yield _Fault("outcome is not the one stated", said, expected, formulas.explain(result))
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
    known = [quantities.plain(one.value) for one in read.readings] if read else []
    if quantities.plain(Decimal(value)) not in known:
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
    for node, _, thing in sorted(graph, key=str):
        if (
            isinstance(thing, NamedNode)
            and thing.value.startswith(tuple(PREFIXES[name] for name in _NAMED))
            and thing.value not in known
        ):
            names = names or [shorten(one) for one in known]
            found = shorten(thing.value)
            fault = _Fault("speaks of something that is not in the graph", found, hint=near(found, names))
            findings.append(fault.at(node, places))
    return findings
