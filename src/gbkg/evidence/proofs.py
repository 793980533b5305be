"""What stands behind an answer: records of proof, from a row down to the passages.

A row has derivations, and each one alone is enough. A derivation has steps, and all of them are needed. A step is a
triple with its evidence, and each piece of evidence alone is enough. This is a how-provenance polynomial with its sums
and products left as they are (Green, Karvounarakis & Tannen, Provenance semirings, PODS 2007).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gbkg.core.terms import TripleKey

DOUBT = "in doubt: "
"""Precedes the name of a correction, inconsistency or ambiguity in what curation says of a claim."""
Triple = tuple[str, str, str]
"""Subject, predicate and object: IRIs, or the lexical form of an object that is a literal."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a source: `source` is its slug, `start` and `end` count code points (0-based, half-open)."""

    passage: str
    source: str
    start: int
    end: int
    exact: str


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """A claim that states the triple, or whose own record the triple is part of. `key` is SOURCE.SLUG; `curation` is
    what the curators hold against it or beside it: "in doubt: cur:…", "compare cur:…"; `attribution` is empty where
    the claim is nobody's but the source's."""

    key: str
    status: str
    reading: str
    note: str
    quotations: tuple[Quotation, ...]
    curation: tuple[str, ...] = ()
    attribution: str = ""

    @property
    def how(self) -> tuple[str, ...]:
        """How the claim stands, unless it is accepted, stated, and attributed in so many words."""
        standing = tuple(word for word in (self.status, self.reading) if word not in ("accepted", "stated", ""))
        return (*standing, *(["attribution implied"] if self.attribution == "implied" else []))


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """How a claim that states a triple stands, without its words: what there is to count where claims are many.

    `passages` are IRIs in the order of the document, `dates` the lexical forms of the claim's own, sorted; `curation`
    is as in `ClaimEvidence`.
    """

    key: str
    triple: Triple
    status: str
    reading: str
    passages: tuple[str, ...]
    dates: tuple[str, ...]
    curation: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The slug of the source."""
        return self.key.partition(".")[0]

    @property
    def doubts(self) -> tuple[str, ...]:
        """The curation, as prefixed names, that puts the claim in doubt."""
        return doubted(self.curation)


def doubted(curation: Iterable[str]) -> tuple[str, ...]:
    """Of what curation says of a claim, the prefixed names of what puts it in doubt, sorted."""
    return tuple(sorted(words.removeprefix(DOUBT) for words in curation if words.startswith(DOUBT)))


@dataclass(frozen=True, slots=True)
class Inference:
    """A rule that yields the triple from its premises."""

    rule: str
    summary: str
    premises: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Editorial:
    """Something that we, not a source, say: the named graph it stands in, and the file where it was typed."""

    graph: str
    file: str


Evidence = ClaimEvidence | Inference | Editorial


@dataclass(frozen=True, slots=True)
class Step:
    """A triple and its evidence: claims or the file it stands in, then inferences. A premise has its best evidence
    only, claims before the shortest inference; `more` says how many inferences are then not listed."""

    triple: TripleKey
    evidence: tuple[Evidence, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Derivation:
    """Triples that together make a row true; `remarks` say what no triple can: that absence was tested, that a path
    has length zero, that inline data stand in the query itself."""

    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """The derivations of one row, as many as were asked for; `total` says how many there are."""

    derivations: tuple[Derivation, ...]
    total: int

    @property
    def more(self) -> int:
        """How many derivations are not listed."""
        return self.total - len(self.derivations)


def claims(proof: Proof) -> dict[str, ClaimEvidence]:
    """The claims of all listed derivations by key, premises of inferences included, in order of appearance."""
    found: dict[str, ClaimEvidence] = {}
    for derivation in proof.derivations:
        for step in derivation.steps:
            for claim in _claims(step):
                found.setdefault(claim.key, claim)
    return found


def _claims(step: Step) -> Iterator[ClaimEvidence]:
    for evidence in step.evidence:
        if isinstance(evidence, ClaimEvidence):
            yield evidence
        elif isinstance(evidence, Inference):
            for premise in evidence.premises:
                yield from _claims(premise)
