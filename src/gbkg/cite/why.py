"""Why a triple holds; or, if it does not, what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from gbkg.cite.evidence import EvidenceBase
from gbkg.proofs import ClaimEvidence, Step, TripleKey
from gbkg.rulefile import Pattern, Rule
from gbkg.spaces import PREFIXES, shorten

_CLAIMS = ox.NamedNode(PREFIXES["graph"] + "claims")
_ONTOLOGY = (PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["rdf"])
_PARTS = tuple(ox.NamedNode(PREFIXES["rdf"] + name) for name in ("subject", "predicate", "object"))


@dataclass(frozen=True, slots=True)
class Lacking:
    """A rule that could conclude the triple, and what keeps it from that."""

    rule: str
    summary: str
    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a triple does not hold: claims that say it without being accepted; what holds instead of its object, or of
    its subject; and rules that could conclude it, each with what it lacks."""

    triple: TripleKey
    claims: tuple[ClaimEvidence, ...]
    objects: tuple[Any, ...]
    subjects: tuple[Any, ...]
    rules: tuple[Lacking, ...]


def why(evidence: EvidenceBase, rules: Iterable[Rule], triple: TripleKey) -> Step | Absent:
    """The triple with all its evidence, or what it lacks. Objects and subjects are in order of their N-Triples."""
    step = evidence.step(triple)
    if step.evidence:
        return step
    store = evidence.store
    s, p, o = triple
    stating = {quad.subject for quad in store.quads(None, _PARTS[0], s, _CLAIMS)}
    for part, term in zip(_PARTS[1:], (p, o), strict=True):
        stating &= {quad.subject for quad in store.quads(None, part, term, _CLAIMS)}
    lacking = [found for rule in rules if (found := _lacking(evidence, rule, triple))]
    return Absent(
        triple,
        tuple(evidence.claim(claim) for claim in sorted(stating, key=str)),
        tuple(sorted({quad.object for quad in store.quads(s, p)}, key=str)),
        tuple(sorted({quad.subject for quad in store.quads(None, p, o)}, key=str)),
        tuple(lacking),
    )


def _lacking(evidence: EvidenceBase, rule: Rule, triple: TripleKey) -> Lacking | None:
    """What the rule lacks for this conclusion; None when its conclusions are never of this form."""
    bound: dict[str, Any] = {}
    for term, wanted in zip(rule.head.terms, triple, strict=True):
        if isinstance(term, ox.Variable) and bound.setdefault(term.value, wanted) != wanted:
            return None
        if not isinstance(term, ox.Variable) and term != wanted:
            return None
    body = sorted(rule.body, key=lambda pattern: not _of_ontology(pattern))
    for number, pattern in enumerate(body, start=1):
        if not _fits(evidence, body[:number], bound):
            lacking = f"there is no {' '.join(_shown(term, bound) for term in pattern.terms)}"
            return None if _of_ontology(pattern) else Lacking(rule.name, rule.summary, lacking)
    return Lacking(rule.name, rule.summary, "its FILTER leaves nothing")


def _of_ontology(pattern: Pattern) -> bool:
    """Whether the pattern asks how properties are related, not what is so."""
    return isinstance(pattern.predicate, ox.NamedNode) and pattern.predicate.value.startswith(_ONTOLOGY)


def _fits(evidence: EvidenceBase, patterns: list[Pattern], bound: dict[str, Any]) -> bool:
    text = " ".join(" ".join(_written(term, bound, p) for term in p.terms) + " ." for p in patterns)
    return bool(evidence.store.query(f"ASK {{ {text} }}"))


def _written(term: Any, bound: dict[str, Any], pattern: Pattern) -> str:
    if term is None:
        return f"{'a/' if pattern.typed else ''}rdfs:subClassOf*"
    return str(bound.get(term.value, term)) if isinstance(term, ox.Variable) else str(term)


def _shown(term: Any, bound: dict[str, Any]) -> str:
    if term is None:
        return "a"
    term = bound.get(term.value, term) if isinstance(term, ox.Variable) else term
    return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)
