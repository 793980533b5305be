"""Rival claims: two values where a shape allows one, or two numbers for one thing and time.

Sources may differ: that is no fault of the data. A comparison is proposed, which curators make or refuse, and the build
goes on. If one source, or one speaker in it, contradicts itself, that is a finding.

Rivals are settled by a comparison or inconsistency that names both, by a passed check that equates them, or by any
status but accepted. A check that only adds or orders figures settles nothing, since it may hold for both numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from gbkg.claims.vocabulary import Vocabulary
from gbkg.core.errors import Finding
from gbkg.core.prefixes import PREFIXES, term_name
from gbkg.core.records import Claim, Entity
from gbkg.core.terms import Graph, Term, named, term

SETTLING = ("Comparison", "Inconsistency")
"""The classes of curation that relate claims to one another."""
_EQUATED = re.compile(r"\s*\{([^{}]*)\}\s*=\s*\{([^{}]*)\}\s*")
_DATE = re.compile(r"(?:(\d{4})|-)(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_REACH = 2
"""A number that is "about" another is more than half and less than double of it, as in `gbkg.ask.disputes`."""
_FIGURE = """GRAPH graph:claims {
    ?c gbkg:status gbkg:accepted ; gbkg:about ?s ; gbkg:indicator ?i ; gbkg:unit ?u ; gbkg:dating ?d .
    OPTIONAL { ?c gbkg:asOf ?date } OPTIONAL { ?c gbkg:periodStart ?start }
    OPTIONAL { ?c gbkg:value ?v } OPTIONAL { ?c gbkg:lowerBound ?l } OPTIONAL { ?c gbkg:upperBound ?h }
    BIND (CONCAT(COALESCE(STR(?start), ""), "/", COALESCE(STR(?date), "")) AS ?when)
    BIND (CONCAT(COALESCE(STR(?v), ""), "/", COALESCE(STR(?l), ""), "/", COALESCE(STR(?h), "")) AS ?figure) }"""
FIGURES = f"""SELECT DISTINCT ?c ?s ?i {{
  {{ SELECT ?s ?i ?u ?when {{ {_FIGURE} }} GROUP BY ?s ?i ?u ?when HAVING (COUNT(DISTINCT ?figure) > 1) }}
  {_FIGURE} }}"""
"""Accepted statistics that give several numbers for one thing and time, each with its subject and its indicator."""


def figures_of(subject: Term, indicator: Term) -> str:
    """`FIGURES` for one subject and one indicator: each claim."""
    one = _FIGURE.replace("about ?s ;", f"about {subject} ;").replace("indicator ?i ;", f"indicator {indicator} ;")
    several = f"SELECT ?u ?when {{ {one} }} GROUP BY ?u ?when HAVING (COUNT(DISTINCT ?figure) > 1)"
    return f"SELECT DISTINCT ?c {{ {{ {several} }} {one} }}"


Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Limit:
    """An entity of class `owner` has at most `most` values of a property. If `target` is given, only values of that
    class count. `rule` says this in words."""

    owner: str
    property: str
    most: int
    target: str
    rule: str


@dataclass(frozen=True, slots=True)
class Rivals:
    """Claims with one subject and predicate that differ, in the order of the tables.

    `rule` says why they are rivals, `within` that a single source says both; `outcome` and `node` are those of the
    comparison to propose.
    """

    claims: tuple[Claim, ...]
    rule: str
    within: bool
    outcome: str
    node: str


def limits(shapes: Graph, vocabulary: Vocabulary) -> list[Limit]:
    """The limits that shapes put on claims about entities, sorted."""
    return sorted((limit for _, _, limit in _limiting(shapes, vocabulary)), key=str)


def without_limits(shapes: Graph, vocabulary: Vocabulary) -> Graph:
    """The shapes without these limits: a validator cannot tell which source says what."""
    taken = {(shape, term(count)) for shape, count, _ in _limiting(shapes, vocabulary)}
    return Graph(triple for triple in shapes if (triple.subject, triple.predicate) not in taken)


def settled_pairs(curation: Graph) -> set[Pair]:
    """The pairs of claims, by key, that a comparison or inconsistency names together or a passed check equates."""
    nodes = {node for name in SETTLING for node in curation.instances(f"gbkg:{name}")}
    pairs: set[Pair] = set()
    for node in nodes:
        named = sorted(c.value.removeprefix(PREFIXES["clm"]) for c in curation.objects(node, "gbkg:concerns"))
        pairs |= {frozenset(pair) for pair in combinations(named, 2)}
    for node in curation.instances("gbkg:PassedCheck"):
        if match := _EQUATED.fullmatch(curation.text(node, "gbkg:formula")):
            pairs.add(frozenset(match.groups()))
    return pairs


def queries(limits: Iterable[Limit], vocabulary: Vocabulary) -> list[str]:
    """SPARQL for the claims of a graph that `find` has to judge, each with its subject and its predicate or
    indicator: accepted claims that give more values than a limit allows, and statistics that give several numbers for
    one thing and time."""
    return [*(_selecting(limit, vocabulary) for limit in limits), FIGURES]


def find(
    claims: Iterable[Claim],
    known: Iterable[Limit],
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    curation: Graph,
) -> list[Rivals]:
    """The rivals among accepted claims that curation does not settle, in the order of the claims."""
    over, taken = settled_pairs(curation), {node.value.removeprefix(PREFIXES["cur"]) for node, _, _ in curation}
    accepted = [claim for claim in claims if claim.status == "accepted"]
    order = {claim.key: n for n, claim in enumerate(accepted)}
    found: dict[tuple[bool, tuple[str, ...]], Rivals] = {}
    for rule, group in [*_limited(accepted, known, entities, vocabulary), *_measured(accepted, vocabulary)]:
        pairs = [
            pair for pair in combinations(group, 2) if _differ(*pair) and frozenset(c.key for c in pair) not in over
        ]
        for within in (True, False):
            some = [pair for pair in pairs if _within(pair) is within]
            named = tuple(sorted({c.key: c for pair in some for c in pair}.values(), key=lambda c: order[c.key]))
            if not named or (within, tuple(c.key for c in named)) in found:
                continue
            outcome = "compatible" if all(_agree(*pair) for pair in some) else "contradictory"
            node = _name(named[0], taken)
            found[within, tuple(c.key for c in named)] = Rivals(named, rule, within, outcome, node)
    return sorted(found.values(), key=lambda rivals: [order[c.key] for c in rivals.claims])


def comparison(rivals: Rivals) -> str:
    """The comparison that settles rivals, as Turtle for `data/curation.ttl`; the curator should improve its reason."""
    claims = ", ".join(f"clm:{claim.key}" for claim in rivals.claims)
    reason = "; ".join(f"{claim.key} says {_said(claim)}" for claim in rivals.claims)
    reason = reason.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return (
        f"cur:{rivals.node} a gbkg:Comparison ; gbkg:outcome gbkg:{rivals.outcome} ;\n"
        f"    gbkg:concerns {claims} ;\n"
        f'    rdfs:comment "{reason}." .'
    )


def findings(found: Iterable[Rivals]) -> list[Finding]:
    """A finding for each contradiction within a source, a warning for each proposed comparison."""
    return [_finding(rivals) for rivals in found]


def _finding(rivals: Rivals) -> Finding:
    place = rivals.claims[-1].place
    said = "; ".join(
        f"clm:{c.key} ({c.place.file}:{c.place.line}) says {_said(c)}: {_quoted(c)}" for c in rivals.claims
    )
    added = " ".join(comparison(rivals).split())
    ways = f"to settle it, give a claim the status disputed or add to data/curation.ttl: {added}"
    if rivals.within:
        message = f"{rivals.rule}, and one source says it differently: {said}"
        return Finding("disputes", message, place.file, place.line, hint=f"mend what is misread; {ways}")
    message = f"{rivals.rule}, and sources say it differently: {said}"
    return Finding("disputes", message, place.file, place.line, hint=ways, severity="warning")


def _selecting(limit: Limit, vocabulary: Vocabulary) -> str:
    def below(cls: str) -> str:
        return " ".join(str(named(name)) for name in sorted(vocabulary.superclasses) if vocabulary.is_a(name, cls))

    counted = f"GRAPH graph:entities {{ ?o a ?t }} VALUES ?t {{ {below(limit.target)} }}" if limit.target else ""
    said = f"?c gbkg:status gbkg:accepted ; rdf:predicate {named(limit.property)} ; rdf:subject ?s ; rdf:object ?o"
    return f"""SELECT DISTINCT ?c ?s ({named(limit.property)} AS ?i) {{
      {{ SELECT ?s {{ GRAPH graph:claims {{ {said} }} GRAPH graph:entities {{ ?s a ?k }}
                      VALUES ?k {{ {below(limit.owner)} }} {counted} }}
         GROUP BY ?s HAVING (COUNT(DISTINCT ?o) > {limit.most}) }}
      GRAPH graph:claims {{ {said} }} }}"""


def _limiting(shapes: Graph, vocabulary: Vocabulary) -> Iterator[tuple[Term, str, Limit]]:
    """The shape and the property that make each limit."""
    for owner, target in shapes.pairs("sh:targetClass"):
        if not vocabulary.is_a(_local(target), "Entity"):
            continue
        for shape in shapes.objects(owner, "sh:property"):
            path = _local(shapes.value(shape, "sh:path"))
            for count in ("sh:maxCount", "sh:qualifiedMaxCount"):
                most = shapes.text(shape, count)
                if path in vocabulary.properties and most.isdecimal() and int(most):
                    value = shapes.value(shape, "sh:qualifiedValueShape") if "qualified" in count else None
                    cls = _local(shapes.value(value, "sh:class")) if value else ""
                    rule = shapes.text(shape, "sh:message") or f"{path} has at most {most} values"
                    yield shape, count, Limit(_local(target), path, int(most), cls, rule)


def _limited(
    claims: list[Claim], known: Iterable[Limit], entities: Mapping[str, Entity], vocabulary: Vocabulary
) -> Iterator[tuple[str, list[Claim]]]:
    """For each subject with more values than a limit allows: the rule and the claims."""
    limited = list(known)
    properties = {limit.property for limit in limited}
    said: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.predicate in properties:
            said.setdefault((claim.subject, claim.predicate), []).append(claim)
    for limit in limited:
        for (subject, predicate), group in said.items():
            if predicate != limit.property or not vocabulary.is_a(entities[subject].type, limit.owner):
                continue
            counted = [c for c in group if not limit.target or vocabulary.is_a(entities[c.object].type, limit.target)]
            if len({claim.object for claim in counted}) > limit.most:
                yield limit.rule, counted


def _measured(claims: list[Claim], vocabulary: Vocabulary) -> Iterator[tuple[str, list[Claim]]]:
    """For each thing, indicator and time (or none) with several numbers: the rule and the statistics."""
    said: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        if claim.quantity and claim.dating:
            key = (claim.subject, claim.predicate, claim.quantity.unit, claim.dating.since, claim.dating.value)
            said.setdefault(key, []).append(claim)
    for (_, predicate, *_), group in said.items():
        if len({_figure(claim) for claim in group}) > 1:
            yield f"{vocabulary.labels[predicate]} of one entity at one time is one number", group


def _differ(one: Claim, other: Claim) -> bool:
    """Whether two claims are rivals: they differ, and do not count by different criteria."""
    apart = one.criterion and other.criterion and one.criterion != other.criterion
    return not apart and (one.object, _figure(one)) != (other.object, _figure(other))


def _within(pair: tuple[Claim, Claim]) -> bool:
    """Whether both claims have the same speaker and cannot both be true."""
    one, other = pair
    same = one.source == other.source and set(one.attributed_to) == set(other.attributed_to)
    return same and not _agree(one, other)


def _agree(one: Claim, other: Claim) -> bool:
    """Whether both can be true: one date is less exact than the other, or the ranges of the numbers overlap."""
    if one.quantity and other.quantity:
        (low, high), (least, most) = _span(one), _span(other)
        return (low is None or most is None or low <= most) and (least is None or high is None or least <= high)
    if one.object_kind != "date":
        return False
    parts = [match.groups() if (match := _DATE.fullmatch(claim.object)) else () for claim in (one, other)]
    return all(a is None or b is None or a == b for a, b in zip(*parts, strict=False))


def _figure(claim: Claim) -> tuple[Decimal | None, ...]:
    quantity = claim.quantity
    return (quantity.value, quantity.lower, quantity.upper) if quantity else ()


def _span(claim: Claim) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number that a statistic can mean; None where it has no bound."""
    quantity = claim.quantity
    assert quantity
    value = quantity.value
    if value is None:
        return quantity.lower, quantity.upper
    about, low, high = quantity.precision == "approximately", value, value
    least, most = sorted((value / _REACH, value * _REACH))
    spans: dict[str, tuple[Decimal | None, Decimal | None]] = {
        "moreThan": (value, None), "moreThanAbout": (least, None), "atLeast": (value, None),
        "atMost": (None, value), "nearly": (least, value),
    }  # fmt: skip
    return (least, most) if about else spans.get(quantity.precision, (low, high))


def _said(claim: Claim) -> str:
    if claim.quantity:
        return f"“{_oneline(claim.quantity.text)}”"
    return f"id:{claim.object}" if claim.object_kind == "entity" else claim.object


def _quoted(claim: Claim) -> str:
    return f"“{_oneline(' … '.join(passage.exact for passage in claim.passages))}”"


def _local(one: Term | None) -> str:
    return "" if one is None else term_name(one.value)


def _oneline(text: str) -> str:
    return " ".join(text.split())


def _name(claim: Claim, taken: set[str]) -> str:
    """A new name for the comparison, which is added to `taken`."""
    words = re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", claim.predicate).replace(":", "-").lower()
    base = f"comparison-{claim.subject}-{words}"
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 3))
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return name
