"""Why a triple holds; or, if it does not, what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Term as RdfTerm
from gbkg.core.terms import TripleKey, to_json
from gbkg.evidence.proofs import ClaimEvidence, Step
from gbkg.evidence.reader import EvidenceReader
from gbkg.graph.rules import TYPED, Rule
from gbkg.sparql import write
from gbkg.sparql.tree import Constant, Group, Path, Term, Triple, Variable

_ONTOLOGY = (PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["rdf"])


@dataclass(frozen=True, slots=True)
class Lacking:
    """A rule that could conclude the triple, and what keeps it from that."""

    rule: str
    summary: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """`rule`, `summary` and `reason`."""
        return {"rule": self.rule, "summary": self.summary, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a triple does not hold: claims that state it without being accepted; what holds instead of its object, or of
    its subject; what else holds between the two, in either direction; and rules that could conclude it, each with what
    it lacks."""

    triple: TripleKey
    claims: tuple[ClaimEvidence, ...]
    objects: tuple[RdfTerm, ...]
    subjects: tuple[RdfTerm, ...]
    related: tuple[TripleKey, ...]
    rules: tuple[Lacking, ...]

    def to_dict(self) -> dict[str, Any]:
        """The fields, `claims` as Web Annotations and terms as in SPARQL 1.1 Query Results JSON."""
        return {
            "triple": list(map(to_json, self.triple)),
            "claims": [claim.to_dict() for claim in self.claims],
            "objects": list(map(to_json, self.objects)),
            "subjects": list(map(to_json, self.subjects)),
            "related": [list(map(to_json, triple)) for triple in self.related],
            "rules": [rule.to_dict() for rule in self.rules],
        }


def why(evidence: EvidenceReader, rules: Iterable[Rule], triple: TripleKey) -> Step | Absent:
    """The triple with all its evidence, or what it lacks. Objects and subjects are in order of their N-Triples."""
    step = evidence.step(triple)
    if step.evidence:
        return step
    store = evidence.store
    s, p, o = triple
    lacking = [found for rule in rules if (found := _lacking(evidence, rule, triple))]
    return Absent(
        triple,
        evidence.stating(triple),
        tuple(sorted({quad.object for quad in store.quads(s, p)}, key=str)),
        tuple(sorted({quad.subject for quad in store.quads(None, p, o)}, key=str)),
        _between(evidence, s, o),
        tuple(lacking),
    )


def _between(evidence: EvidenceReader, one: RdfTerm, other: RdfTerm) -> tuple[TripleKey, ...]:
    """What holds between two nodes; what is stated comes first."""
    if isinstance(other, Literal):
        return ()
    found = [*evidence.store.quads(one, None, other), *evidence.store.quads(other, None, one)]
    found.sort(key=lambda quad: (str(quad.graph_name), str(quad)))
    return tuple(dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in found))


def _lacking(evidence: EvidenceReader, rule: Rule, triple: TripleKey) -> Lacking | None:
    """What the rule lacks for this conclusion; None when its conclusions are never of this form."""
    bound: dict[Variable, Constant] = {}
    for term, wanted in zip(_terms(rule.head), map(Constant, triple), strict=True):
        if (bound.setdefault(term, wanted) if isinstance(term, Variable) else term) != wanted:
            return None
    patterns = [_with(bound, pattern) for pattern in sorted(rule.patterns, key=lambda p: not _of_ontology(p))]
    for number, pattern in enumerate(patterns, start=1):
        if not _fits(evidence, patterns[:number]):
            lacking = f"there is no {' '.join(map(_shown, _terms(pattern)))}"
            return None if _of_ontology(pattern) else Lacking(rule.name, rule.summary, lacking)
    return Lacking(rule.name, rule.summary, "its FILTER leaves nothing")


def _terms(pattern: Triple) -> tuple[Term, Term | Path, Term]:
    return pattern.subject, pattern.predicate, pattern.object


def _with(bound: dict[Variable, Constant], pattern: Triple) -> Triple:
    """The pattern with these values in place of variables."""

    def value(term: Any) -> Any:
        return bound.get(term, term) if isinstance(term, Variable) else term

    return Triple(*map(value, _terms(pattern)))


def _of_ontology(pattern: Triple) -> bool:
    """True if the pattern is about classes and properties, not about entities."""
    predicate = pattern.predicate
    return isinstance(predicate, Constant) and predicate.term.value.startswith(_ONTOLOGY)


def _fits(evidence: EvidenceReader, patterns: list[Triple]) -> bool:
    return bool(evidence.store.query(f"ASK {write.group(Group(tuple(patterns)))}"))


def _shown(term: Term | Path) -> str:
    if isinstance(term, Path):
        return "a" if term == TYPED else "rdfs:subClassOf*"
    if isinstance(term, Constant) and isinstance(term.term, NamedNode):
        return shorten(term.term.value)
    return write.term(term)
