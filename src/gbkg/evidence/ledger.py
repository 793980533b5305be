"""The evidence of a whole graph, to be weighed and withdrawn: the claims of each triple, and how others follow.

A network counts every claim and prints few. So the words of passages are read only by `Footnotes`, for the claims that
are printed, and terms are plain text, which Python compares faster than pyoxigraph's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from sys import intern

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import Term, TripleKey, term
from gbkg.evidence.claims import CLAIMS, curations
from gbkg.evidence.inferences import Uses
from gbkg.evidence.lookups import GraphsOfTriples
from gbkg.evidence.proofs import ClaimStanding, Quotation, Triple
from gbkg.evidence.reader import EvidenceReader
from gbkg.store.base import Store

_STATING = f"""
SELECT ?claim ?subject ?predicate ?object ?status ?reading {{ GRAPH {CLAIMS} {{
  ?claim gbkg:status ?status ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object
  OPTIONAL {{ ?claim gbkg:reading ?reading }} }} }}"""
ALWAYS = 1_000_000
"""The strength of what no claim states and nobody can withdraw, such as an axiom."""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """One use of a rule, by the rule's name: the conclusion holds if all premises hold."""

    rule: str
    conclusion: Triple
    premises: tuple[Triple, ...]


@dataclass(frozen=True)
class Ledger:
    """All evidence of a graph, in a fixed order: claims by triple, and uses of rules by conclusion, rule and
    premises. Statistics, which state no triple, are left out."""

    claims: Mapping[Triple, tuple[ClaimStanding, ...]]
    uses: tuple[RuleUse, ...]

    def accepted(self, triple: Triple) -> tuple[ClaimStanding, ...]:
        """The accepted claims that state it, by key."""
        return tuple(claim for claim in self.claims.get(triple, ()) if claim.status == "accepted")

    def can_fall(self, triple: Triple) -> bool:
        """True if it rests on claims; otherwise it is an axiom, or a type that the curators gave."""
        return triple in self.claims or triple in self._concluded

    @cached_property
    def _concluded(self) -> frozenset[Triple]:
        return frozenset(use.conclusion for use in self.uses)


def read(store: Store) -> Ledger:
    """The evidence of a graph."""
    return Ledger(_claims(store), _uses(store))


class Footnotes:
    """Passages in the order in which they are first cited, numbered from 1, each with the claims that it proves."""

    def __init__(self, evidence: EvidenceReader, ledger: Ledger) -> None:
        self._evidence = evidence
        self._claims = {claim.key: claim for stating in ledger.claims.values() for claim in stating}
        self.passages: dict[str, list[str]] = {}
        """IRI of a passage to keys of claims."""

    def claim(self, key: str) -> ClaimStanding:
        return self._claims[key]

    def numbers(self, keys: Iterable[str]) -> tuple[int, ...]:
        """The numbers of the passages of these claims, in order, each once."""
        for key in keys:
            for passage in self._claims[key].passages:
                proved = self.passages.setdefault(passage, [])
                if key not in proved:
                    proved.append(key)
        places = {passage: number for number, passage in enumerate(self.passages, start=1)}
        return tuple(dict.fromkeys(places[p] for key in keys for p in self._claims[key].passages))

    def notes(self) -> list[tuple[int, Quotation, tuple[str, ...]]]:
        """Every footnote: its number, the quotation, and the keys of its claims."""
        quotations = self._evidence.quotations(self.passages)
        cited = zip(quotations, self.passages.values(), strict=True)
        return [(number, quotation, tuple(keys)) for number, (quotation, keys) in enumerate(cited, start=1)]


def strongest(ledger: Ledger, values: Mapping[Triple, int]) -> dict[Triple, int]:
    """For every triple that holds, the strength of its best derivation, above 0; a derivation is as strong as its
    weakest premise. A given triple keeps its value, or gets a better one by use.

    With 1 for each claimed triple that holds, the keys are all that hold. Computed as the least fixpoint over
    (max, min), so inferences that depend on one another in a circle do not make one another hold.
    """
    found = {triple: value for triple, value in values.items() if value > 0}
    grown = True
    while grown:
        grown = False
        for use in ledger.uses:
            premises = use.premises
            strength = min(found.get(p, 0 if ledger.can_fall(p) else ALWAYS) for p in premises) if premises else 0
            if strength > found.get(use.conclusion, 0):
                found[use.conclusion] = strength
                grown = True
    return found


def proofs(ledger: Ledger, given: Iterable[Triple]) -> dict[Triple, tuple[RuleUse, ...]]:
    """For every triple that follows from the given ones, the uses of rules of its best derivation, premises first:
    the derivation with the fewest implied claims, then the fewest in doubt, then the shortest, then the first in
    order."""
    weights = {triple: _weight(ledger, triple) for triple in given}
    bases: dict[Triple, frozenset[Triple]] = {triple: frozenset([triple]) for triple in weights}
    costs: dict[Triple, tuple[int, int, int, list[Triple]]] = {}
    chosen: dict[Triple, tuple[RuleUse, ...]] = {}
    grown = True
    while grown:
        grown = False
        for use in ledger.uses:
            goal, needed = use.conclusion, [p for p in use.premises if ledger.can_fall(p)]
            if goal in weights or not all(premise in bases for premise in needed):
                continue
            base = frozenset(chain.from_iterable(bases[premise] for premise in needed))
            if goal in bases and base == bases[goal]:
                continue
            cost = _cost(base, weights)
            if goal not in bases or cost < costs[goal]:
                costs[goal] = cost
                steps = chain.from_iterable(chosen.get(premise, ()) for premise in needed)
                bases[goal], chosen[goal] = base, (*dict.fromkeys(steps), use)
                grown = True
    return chosen


def base_of(proof: Iterable[RuleUse]) -> tuple[Triple, ...]:
    """The premises of a proof that no rule use of it concludes, in order of use."""
    proof = tuple(proof)
    concluded = {use.conclusion for use in proof}
    return tuple(dict.fromkeys(p for use in proof for p in use.premises if p not in concluded))


def _weight(ledger: Ledger, triple: Triple) -> tuple[int, int]:
    claims = ledger.accepted(triple)
    stated = any(claim.reading == "stated" for claim in claims)
    return (0 if stated else 1, 0 if any(not claim.doubts for claim in claims) else 1)


def _cost(base: frozenset[Triple], weights: Mapping[Triple, tuple[int, int]]) -> tuple[int, int, int, list[Triple]]:
    implied, doubted = (sum(weights[triple][n] for triple in base if triple in weights) for n in (0, 1))
    return implied, doubted, len(base), sorted(base)


def _claims(store: Store) -> dict[Triple, tuple[ClaimStanding, ...]]:
    text = _SharedTexts()
    passages, dates = _several(store, "prov:wasDerivedFrom", text), _several(store, "gbkg:asOf", text)
    curation = {claim.value: tuple(remarks) for claim, remarks in curations(store, None).items()}
    found: dict[Triple, list[ClaimStanding]] = {}
    # One query takes half the time of a look-up for each property.
    for claim, subject, predicate, object, status, reading in sorted(
        tuple(map(text.of, row)) for row in store.select(_STATING)
    ):
        triple = subject, predicate, object
        derived = passages.get(claim, ())
        found.setdefault(triple, []).append(
            ClaimStanding(
                claim.removeprefix(PREFIXES["clm"]),
                triple,
                _local(status),
                _local(reading),
                tuple(sorted(derived, key=_position)) if len(derived) > 1 else derived,
                tuple(sorted(dates.get(claim, ()))),
                curation.get(claim, ()),
            )
        )
    return {triple: tuple(found.pop(triple)) for triple in sorted(found)}


def _several(store: Store, predicate: str, text: _SharedTexts) -> dict[str, tuple[str, ...]]:
    """Claim to the values of a property that may have several."""
    found: dict[str, tuple[str, ...]] = {}
    for quad in store.quads(None, term(predicate), None, CLAIMS):
        claim = quad.subject.value
        found[claim] = (*found.get(claim, ()), text.of(quad.object))
    return found


def _uses(store: Store) -> tuple[RuleUse, ...]:
    uses, text = Uses(store, GraphsOfTriples(store)), _SharedTexts()
    uses.read(None)
    found = [
        RuleUse(
            use.rule.value.removeprefix(PREFIXES["rule"]),
            text.triple(use.conclusion),
            tuple(sorted(map(text.triple, use.premises))),
        )
        for concluding in uses.of.values()
        for use in concluding
    ]
    return tuple(sorted(found, key=lambda use: (use.conclusion, use.rule, use.premises)))


def _local(iri: str) -> str:
    return intern(iri.rpartition("#")[2])


def _position(passage: str) -> tuple[str, int, str]:
    """Source and start, so that passages stand in the order of the document."""
    source, _, span = passage.removeprefix(PREFIXES["psg"]).rpartition(".")
    start = span.partition("-")[0]
    return source, int(start) if start.isdigit() else 0, passage


class _SharedTexts:
    """Terms as plain text. Many claims share a text, which is kept once."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def of(self, found: Term | None) -> str:
        text = found.value if found else ""
        return self._kept.setdefault(text, text)

    def triple(self, triple: TripleKey) -> Triple:
        subject, predicate, object = map(self.of, triple)
        return subject, predicate, object
