"""What a graph rests on: each relation's claims, their passages and doubts, and how inferred triples follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import pyoxigraph as ox

from gbkg.core import namespaces
from gbkg.store.memory import Store

Triple = tuple[str, str, str]
"""Subject, predicate and object: IRIs, or the lexical form of an object that is a literal."""

_INFERENCE = namespaces.BASE + "rule/"
_COLUMNS = ("rdf:subject", "rdf:predicate", "rdf:object", "", "gbkg:reading", "prov:wasDerivedFrom", "gbkg:asOf")
_MANY = (5, 6)
"""The columns of a claim in the order of its row, the status being there already, and those with several values."""
ALWAYS = 1_000_000
"""The strength of what no claim says and nobody can withdraw, such as an axiom."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim that says a triple: `key` is SOURCE.ID; `dates` are the claim's own; `doubts` are the curation
    nodes (prefixed names) that put it in doubt; `passages` are IRIs."""

    key: str
    triple: Triple
    status: str
    reading: str
    source: str
    passages: tuple[str, ...]
    dates: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """One application of a rule: the conclusion holds if all premises hold."""

    rule: str
    conclusion: Triple
    premises: tuple[Triple, ...]


@dataclass(frozen=True)
class Ledger:
    """All evidence of a graph, in a fixed order: claims by triple, and inferences by conclusion, rule and premises."""

    claims: Mapping[Triple, tuple[Evidence, ...]]
    inferences: tuple[Inference, ...]

    def accepted(self, triple: Triple) -> tuple[Evidence, ...]:
        """The accepted claims that say it, by key."""
        return tuple(claim for claim in self.claims.get(triple, ()) if claim.status == "accepted")

    def can_fall(self, triple: Triple) -> bool:
        """Whether it rests on claims; if not, it is an axiom, or a type that the curators gave."""
        return triple in self.claims or triple in self._concluded

    @cached_property
    def _concluded(self) -> frozenset[Triple]:
        return frozenset(inference.conclusion for inference in self.inferences)


def read(store: Store) -> Ledger:
    """The evidence of a graph; statistics, which say no triple, are left out."""
    return Ledger(_claims(store), _inferences(store))


def strongest(ledger: Ledger, values: Mapping[Triple, int]) -> dict[Triple, int]:
    """For every triple that holds, the strength of its best derivation, above 0; a derivation is as strong as its
    weakest premise. A given triple keeps its value, or gets a better one by inference.

    With 1 for each claimed triple that stands, the keys are what stands. Computed as the least fixpoint over
    (max, min), so inferences that go round in a circle do not hold one another up.
    """
    found = {triple: value for triple, value in values.items() if value > 0}
    grown = True
    while grown:
        grown = False
        for inference in ledger.inferences:
            premises = inference.premises
            strength = min(found.get(p, 0 if ledger.can_fall(p) else ALWAYS) for p in premises) if premises else 0
            if strength > found.get(inference.conclusion, 0):
                found[inference.conclusion] = strength
                grown = True
    return found


def proofs(ledger: Ledger, given: Iterable[Triple]) -> dict[Triple, tuple[Inference, ...]]:
    """For every triple that follows from the given ones, the inferences of its best derivation, premises first: the
    one with the fewest implied claims, then the fewest in doubt, then the shortest, then the first in order."""
    weights = {triple: _weight(ledger, triple) for triple in given}
    bases: dict[Triple, frozenset[Triple]] = {triple: frozenset([triple]) for triple in weights}
    costs: dict[Triple, tuple[int, int, int, list[Triple]]] = {}
    chosen: dict[Triple, tuple[Inference, ...]] = {}
    grown = True
    while grown:
        grown = False
        for inference in ledger.inferences:
            goal, needed = inference.conclusion, [p for p in inference.premises if ledger.can_fall(p)]
            if goal in weights or not all(premise in bases for premise in needed):
                continue
            base = frozenset(chain.from_iterable(bases[premise] for premise in needed))
            if goal in bases and base == bases[goal]:
                continue
            cost = _cost(base, weights)
            if goal not in bases or cost < costs[goal]:
                costs[goal] = cost
                steps = chain.from_iterable(chosen.get(premise, ()) for premise in needed)
                bases[goal], chosen[goal] = base, (*dict.fromkeys(steps), inference)
                grown = True
    return chosen


def base_of(proof: Iterable[Inference]) -> tuple[Triple, ...]:
    """The premises of a proof that no inference of it concludes, in order of use."""
    proof = tuple(proof)
    concluded = {inference.conclusion for inference in proof}
    return tuple(dict.fromkeys(p for inference in proof for p in inference.premises if p not in concluded))


def _weight(ledger: Ledger, triple: Triple) -> tuple[int, int]:
    claims = ledger.accepted(triple)
    stated = any(claim.reading == "stated" for claim in claims)
    return (0 if stated else 1, 0 if any(not claim.doubts for claim in claims) else 1)


def _cost(base: frozenset[Triple], weights: Mapping[Triple, tuple[int, int]]) -> tuple[int, int, int, list[Triple]]:
    implied, doubted = (sum(weights[triple][n] for triple in base if triple in weights) for n in (0, 1))
    return implied, doubted, len(base), sorted(base)


def _claims(store: Store) -> dict[Triple, tuple[Evidence, ...]]:
    same: dict[str, str] = {}
    rows: dict[str, list[Any]] = {
        quad.subject.value: ["", "", "", _local(quad.object.value), "", (), (), ()]
        for quad in store.quads(None, _term("gbkg:status"))
    }
    for place, curie in enumerate(_COLUMNS):
        # Many claims share a word: it is kept once. Columns come one by one, so that no more than one is open.
        if curie:
            for quad in store.quads(None, _term(curie), None, _graph("claims")):
                row, word = rows.get(quad.subject.value), quad.object.value
                if row is not None:
                    word = same.setdefault(word, word)
                    row[place] = (*row[place], word) if place in _MANY else row[place] or word
    for claim, held in doubts(store).items():
        if claim in rows:
            rows[claim][-1] = tuple(sorted(held))
    found: dict[Triple, list[Evidence]] = {}
    for claim in sorted(rows):
        subject, predicate, value, status, reading, passages, dates, against = rows.pop(claim)
        if subject and predicate and value:
            key = claim.removeprefix(str(namespaces.CLM))
            source = key.partition(".")[0]
            passages = tuple(sorted(passages, key=_position)) if len(passages) > 1 else passages
            said = Evidence(
                key,
                (subject, predicate, value),
                status,
                _local(reading),
                same.setdefault(source, source),
                passages,
                tuple(sorted(dates)),
                against,
            )
            found.setdefault(said.triple, []).append(said)
    return {triple: tuple(found.pop(triple)) for triple in sorted(found)}


def doubts(store: Store) -> dict[str, list[str]]:
    """Claim to the corrections, inconsistencies and ambiguities that concern it, as prefixed names."""
    kinds = {str(namespaces.GBKG[name]) for name in namespaces.DOUBTS}
    doubtful = {quad.subject.value for quad in store.quads(None, _term("rdf:type")) if quad.object.value in kinds}
    found: dict[str, list[str]] = {}
    for link in ("gbkg:concerns", "gbkg:corrects"):
        for quad in store.quads(None, _term(link)):
            if quad.subject.value in doubtful:
                found.setdefault(quad.object.value, []).append(namespaces.shorten(quad.subject.value))
    return found


def _inferences(store: Store) -> tuple[Inference, ...]:
    rules, premises = _values(store, "gbkg:rule"), _values(store, "gbkg:premise")
    where = _graph("inferences")
    parts = [_values(store, f"rdf:{name}", where) for name in ("subject", "predicate", "object")]
    known: dict[str, Triple] = {}

    def triple(node: str) -> Triple:
        if node not in known:
            subject, predicate, value = (part[node][0] for part in parts)
            known[node] = (subject, predicate, value)
        return known[node]

    found = [
        Inference(
            rules[record][0].removeprefix(_INFERENCE),
            triple(conclusion),
            tuple(sorted(map(triple, premises.get(record, [])))),
        )
        for record, (conclusion, *_) in _values(store, "gbkg:conclusion").items()
    ]
    return tuple(sorted(found, key=lambda i: (i.conclusion, i.rule, i.premises)))


def _values(store: Store, curie: str, graph: Any = None) -> dict[str, list[str]]:
    """Subject to objects, for one predicate; equal words are one string."""
    found: dict[str, list[str]] = {}
    same: dict[str, str] = {}
    for quad in store.quads(None, _term(curie), None, graph):
        word = quad.object.value
        found.setdefault(quad.subject.value, []).append(same.setdefault(word, word))
    return found


def _graph(name: str) -> Any:
    return ox.NamedNode(namespaces.PREFIXES["graph"] + name)


def _term(curie: str) -> ox.NamedNode:
    prefix, _, local = curie.partition(":")
    return ox.NamedNode(namespaces.PREFIXES[prefix] + local)


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]


def _position(passage: str) -> tuple[str, int, str]:
    """Source and start, so that passages stand in the order of the document."""
    source, _, span = passage.removeprefix(str(namespaces.PSG)).rpartition(".")
    start = span.partition("-")[0]
    return source, int(start) if start.isdigit() else 0, passage
