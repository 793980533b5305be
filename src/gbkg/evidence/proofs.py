"""What stands behind an answer: records of proof, from a row down to the passages.

A row has derivations, and each one alone is enough. A derivation has steps, and all of them are needed. A step is a
triple with its evidence, and each piece of evidence alone is enough. This is a how-provenance polynomial with its sums
and products left as they are (Green, Karvounarakis & Tannen, Provenance semirings, PODS 2007).

`to_dict` gives each record as JSON has it. A claim is a W3C Web Annotation (https://www.w3.org/TR/annotation-model/)
with the claim as body and its quotations as targets. Other records refer to claims by IRI (`claim`) and have these
annotations, each once, under `citations`. Terms are as in SPARQL 1.1 Query Results JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import TripleKey, to_json

DOUBT = "in doubt: "
"""Precedes the name of a correction, inconsistency or ambiguity in what curation says of a claim."""
_QUIET = re.compile(
    "a path of length zero: gbkg:[A-Z][A-Za-z0-9]* is both ends|nothing matched the OPTIONAL part .*", re.S
)
Triple = tuple[str, str, str]
"""Subject, predicate and object: IRIs, or the lexical form of an object that is a literal."""
_ANNOTATIONS = "http://www.w3.org/ns/anno.jsonld"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a source: `source` is its slug, `start` and `end` count code points (0-based, half-open)."""

    passage: str
    source: str
    start: int
    end: int
    exact: str

    def to_dict(self) -> dict[str, Any]:
        """The target of an annotation: the source's IRI, the words, and where they are."""
        return {
            "source": PREFIXES["src"] + self.source,
            "selector": [
                {"type": "TextQuoteSelector", "exact": self.exact},
                {"type": "TextPositionSelector", "start": self.start, "end": self.end},
            ],
        }


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """A claim that states the triple, or whose own record the triple is part of. `key` is SOURCE.SLUG; `curation` is
    what puts it in doubt or is to be compared with it: "in doubt: cur:…", "compare cur:…"; `attribution` is empty where
    the claim is nobody's but the source's, else how it is attributed; `attributed_to` are IRIs, sorted."""

    key: str
    status: str
    reading: str
    note: str
    quotations: tuple[Quotation, ...]
    curation: tuple[str, ...] = ()
    attribution: str = ""
    attributed_to: tuple[str, ...] = ()

    @property
    def how(self) -> tuple[str, ...]:
        """How the claim stands, unless it is accepted, stated, and attributed in so many words."""
        standing = tuple(word for word in (self.status, self.reading) if word not in ("accepted", "stated", ""))
        return (*standing, *(["attribution implied"] if self.attribution == "implied" else []))

    def to_dict(self) -> dict[str, Any]:
        """The claim as a Web Annotation; what is empty is left out of its body."""
        iri = PREFIXES["clm"] + self.key
        body = {"id": iri, "status": self.status, "reading": self.reading, "note": self.note}
        body |= {"attribution": self.attribution, "attributedTo": "; ".join(self.attributed_to)}
        body["curation"] = "; ".join(self.curation)
        return {
            "@context": _ANNOTATIONS,
            "id": iri + "#annotation",
            "type": "Annotation",
            "motivation": "linking",
            "body": {key: value for key, value in body.items() if value},
            "target": [quotation.to_dict() for quotation in self.quotations],
        }


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

    def to_dict(self) -> dict[str, Any]:
        """`rule`, `summary`, `premises` (steps, all needed) and `citations`."""
        return {**_evidence(self), "citations": _citations(self.premises)}


@dataclass(frozen=True, slots=True)
class Editorial:
    """Something that we, not a source, say: the named graph it stands in, and the file where it was typed."""

    graph: str
    file: str

    def to_dict(self) -> dict[str, Any]:
        """`graph` and `file`."""
        return {"graph": self.graph, "file": self.file}


Evidence = ClaimEvidence | Inference | Editorial


class Step(NamedTuple):
    """A triple and its evidence: claims or the file it stands in, then inferences. A premise has its best evidence
    only, claims before the shortest inference; `more` says how many inferences are then not listed."""

    triple: TripleKey
    evidence: tuple[Evidence, ...]
    more: int = 0

    @property
    def claims(self) -> tuple[ClaimEvidence, ...]:
        """The claims it comes down to, premises of inferences included, each once."""
        return tuple(claims_of((self,)).values())

    @property
    def best(self) -> Step:
        """The step with what states it and one inference, the one with the smallest proof."""
        stated = tuple(one for one in self.evidence if not isinstance(one, Inference))
        inferred = self.evidence[len(stated) :]
        return self._replace(evidence=(*stated, *inferred[:1]), more=self.more + len(inferred[1:]))

    def to_dict(self) -> dict[str, Any]:
        """`triple` (three terms), `evidence` (each alone is enough) and `citations`."""
        return {**_step(self), "citations": _citations((self,))}


class Derivation(NamedTuple):
    """Triples that together make a row true; `remarks` say what no triple can: that absence was tested, that a path
    has length zero, that inline data stand in the query itself. `more` says how many triples are not listed: a group is
    made of as many as it has members."""

    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()
    more: int = 0

    @property
    def total(self) -> int:
        """The number of triples."""
        return len(self.steps) + self.more

    @property
    def remarks_shown(self) -> tuple[str, ...]:
        """The remarks that a reader needs: not that an OPTIONAL part matched nothing, whose cell is empty, nor that a
        path has length zero from a class to itself. Where not all triples are listed, that is said."""
        shown = tuple(remark for remark in self.remarks if not _QUIET.fullmatch(remark))
        return (*shown, f"{self.more:,} of {self.total:,} triples are not listed") if self.more else shown

    @property
    def read(self) -> tuple[Step, ...]:
        """The steps that claims are behind, as a reader wants them: of the triples of one claim's own record, such as
        the value and the unit of a statistic, only the first."""
        records: set[Any] = set()
        found = []
        for step in self.steps:
            subject = step.triple[0]
            own = str(getattr(subject, "value", "")).startswith(PREFIXES["clm"])
            if step.claims and not (own and subject in records):
                found.append(step)
            if own:
                records.add(subject)
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """`steps` (all needed), `remarks` and `citations`; `total`, the number of steps, where not all are listed."""
        return {**_derivation(self), "citations": _citations(self.steps)}


class Proof(NamedTuple):
    """The derivations of one row, as many as were asked for; `total` says how many there are."""

    derivations: tuple[Derivation, ...]
    total: int

    @property
    def more(self) -> int:
        """How many derivations are not listed."""
        return self.total - len(self.derivations)

    @property
    def claims(self) -> tuple[ClaimEvidence, ...]:
        """The claims of all listed derivations, premises of inferences included, each once."""
        return tuple(claims(self).values())

    def to_dict(self) -> dict[str, Any]:
        """`citations`, `derivations` (those listed; each alone is enough) and `total`."""
        return {
            "citations": [claim.to_dict() for claim in claims(self).values()],
            "derivations": [_derivation(derivation) for derivation in self.derivations],
            "total": self.total,
        }


def claims(proof: Proof) -> dict[str, ClaimEvidence]:
    """The claims of all listed derivations by key, premises of inferences included, in order of appearance."""
    return claims_of(step for derivation in proof.derivations for step in derivation.steps)


def claims_of(steps: Iterable[Step]) -> dict[str, ClaimEvidence]:
    """As `claims`, of steps."""
    found: dict[str, ClaimEvidence] = {}
    for step in steps:
        for claim in _of_step(step):
            found.setdefault(claim.key, claim)
    return found


def _of_step(step: Step) -> Iterator[ClaimEvidence]:
    for evidence in step.evidence:
        if isinstance(evidence, ClaimEvidence):
            yield evidence
        elif isinstance(evidence, Inference):
            for premise in evidence.premises:
                yield from _of_step(premise)


def _citations(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [claim.to_dict() for claim in claims_of(steps).values()]


def _derivation(derivation: Derivation) -> dict[str, Any]:
    made = {"steps": [_step(step) for step in derivation.steps], "remarks": list(derivation.remarks)}
    return made | {"total": derivation.total} if derivation.more else made


def _step(step: Step) -> dict[str, Any]:
    return {"triple": [to_json(part) for part in step.triple], "evidence": [_evidence(each) for each in step.evidence]}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    if isinstance(evidence, ClaimEvidence):
        return {"claim": PREFIXES["clm"] + evidence.key}
    if isinstance(evidence, Inference):
        premises = [_step(step) for step in evidence.premises]
        return {"rule": evidence.rule, "summary": evidence.summary, "premises": premises}
    return evidence.to_dict()
