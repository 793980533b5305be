"""Relations, in words and as JSON: why one holds or what it lacks, what surrounds an entity, what leads from one to
another, and the network as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from rich.markup import escape

from gbkg.ask.labels import Labels
from gbkg.ask.opened import OpenGraph
from gbkg.core.prefixes import shorten
from gbkg.core.terms import Term, TripleKey
from gbkg.core.text import oneline
from gbkg.evidence.ledger import Footnotes
from gbkg.evidence.proofs import ClaimEvidence, Evidence, Inference, Quotation, Step
from gbkg.evidence.why import Absent
from gbkg.network import text
from gbkg.network.compare import Comparison
from gbkg.network.measures import Analysis, Place
from gbkg.network.paths import Apart, Hop, Paths
from gbkg.network.projection import Network
from gbkg.network.withdraw import Removal
from gbkg.render.result import WIDTH, Lines, Result


@dataclass(frozen=True)
class NeighboursResult(Result):
    """Who and what is around an entity: `steps`, of all links of each distance (`rings`)."""

    kind = "neighbours"
    kg: OpenGraph
    network: Network
    start: str
    rings: tuple[tuple[tuple[str, str], ...], ...]
    steps: tuple[Hop, ...]
    notes: Footnotes
    narrowed: bool = False
    """True if only some kinds of relations were asked for."""

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield from text.neighbours(self.kg, self.network, self.start, self.rings, self.steps, self.notes)
        if not self.steps:
            yield "  no relation" + " of this kind" * self.narrowed
        yield from text.evidence(self.notes)

    def values(self) -> dict[str, Any]:
        hops = [hop.to_dict() for hop in self.steps]
        return {"entity": self.start, "hops": hops, "quotations": _quotations(self.steps, self.notes)}


@dataclass(frozen=True)
class PathsResult(Result):
    """The shortest paths between two entities, or why there is none; then `wider` has the words for the fewest further
    relations that join them, and the steps."""

    kind = "paths"
    kg: OpenGraph
    ends: tuple[str, str]
    found: Paths | Apart
    notes: Footnotes
    wider: tuple[str, tuple[Hop, ...]] | None = None

    @property
    def joined(self) -> bool:
        """True if there is a path."""
        return not isinstance(self.found, Apart)

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        if isinstance(self.found, Apart):
            yield from text.apart(self.kg, self.ends, self.found)
            if self.wider:
                yield text.nearer(self.kg, *self.wider)
            return
        yield from text.paths(self.kg, self.found, self.notes)
        yield from text.evidence(self.notes)

    def values(self) -> dict[str, Any]:
        ends = {"from": self.ends[0], "to": self.ends[1]}
        if isinstance(self.found, Apart):
            wider = [hop.to_dict() for hop in self.wider[1]] if self.wider else None
            return {**ends, "paths": [], "components": [self.found.here, self.found.there], "wider": wider}
        paths = [[hop.to_dict() for hop in way] for way in self.found]
        return {**ends, "paths": paths, "quotations": _quotations((h for way in self.found for h in way), self.notes)}


@dataclass(frozen=True)
class NetworkResult(Result):
    """The measures of the network; or what differs without relations of weak evidence, or without what was withdrawn.
    `top` rows of each list are printed, and are in the JSON; None: 15 of them, and all."""

    kind = "network"
    found: Analysis | Comparison | Removal
    without: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    top: int | None = None

    @property
    def measured(self) -> Analysis:
        """The measures of the network before anything was left out."""
        if isinstance(self.found, Analysis):
            return self.found
        return (self.found.comparison if isinstance(self.found, Removal) else self.found).before

    def lines(self, width: int = WIDTH) -> Lines:
        rows = self.top or text.ROWS
        if isinstance(self.found, Removal):
            return text.removal(self.found, self.withdrawn, self.answers, rows, width)
        if isinstance(self.found, Comparison):
            return text.without(self.found, self.without, rows, width)
        return text.analysis(self.found, rows, width)

    def values(self) -> dict[str, Any]:
        return self.found.to_dict(self.top)

    def table(self) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        """The one list for a sheet, as columns and rows: the entities, or the measures that differ."""
        if isinstance(self.found, Analysis):
            rows = [asdict(place) for place in self.found.places[: self.top]]
            return tuple(field.name for field in fields(Place)), rows
        compared = self.found.comparison if isinstance(self.found, Removal) else self.found
        columns = ("iri", "label", "measure", "before", "after", "change")
        return columns, [change.to_dict() for change in compared.changes[: self.top]]


def _quotations(hops: Iterable[Hop], notes: Footnotes) -> list[dict[str, Any]]:
    """What proves the relations: every quotation once, with the claims that it proves."""
    for hop in hops:
        for edge in hop.relations:
            notes.numbers(edge.claims)
    return [{**quotation.to_dict(), "claims": list(keys)} for _, quotation, keys in notes.notes()]


_MOST = 5
"""How many nodes of a list are named."""


@dataclass(frozen=True)
class Why(Result):
    """The proof of a triple, or what it lacks: `found`. Of the ways in which rules infer it `derivations` are listed in
    words, besides what is said."""

    kind = "why"
    found: Step | Absent
    labels: Labels
    derivations: int = 1

    @property
    def holds(self) -> bool:
        """True if the graph has the triple."""
        return isinstance(self.found, Step)

    @property
    def more(self) -> int:
        """How many ways are not listed."""
        return len(self.found.evidence) - len(self._listed(self.found).evidence) if isinstance(self.found, Step) else 0

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        return map(escape, self._absent(self.found) if isinstance(self.found, Absent) else self._proof(self.found))

    def values(self) -> dict[str, Any]:
        return {"words": self._words(self.found.triple), "holds": self.holds, **self.found.to_dict()}

    def _listed(self, step: Step) -> Step:
        stated = sum(not isinstance(evidence, Inference) for evidence in step.evidence)
        return replace(step, evidence=step.evidence[: max(stated, self.derivations)])

    def _proof(self, step: Step) -> Iterator[str]:
        yield self._words(step.triple)
        yield from self._tree(self._listed(step), "")

    def _tree(self, step: Step, indent: str) -> Iterator[str]:
        for number, evidence in enumerate(step.evidence, start=1):
            last = number == len(step.evidence)
            yield f"{indent}{'└─' if last else '├─'} {_headline(evidence)}"
            yield from self._below(evidence, indent + ("   " if last else "│  "))

    def _below(self, evidence: Evidence, indent: str) -> Iterator[str]:
        if isinstance(evidence, ClaimEvidence):
            yield from (f"{indent}{_quoted(quotation)}" for quotation in evidence.quotations)
            if evidence.note:
                yield f"{indent}note: {evidence.note}"
            yield from (f"{indent}{said}" for said in evidence.curation)
        elif isinstance(evidence, Inference):
            for number, premise in enumerate(evidence.premises, start=1):
                last = number == len(evidence.premises)
                more = f"  (and by {premise.more} other ways)" if premise.more > 1 else ""
                more = "  (and by one other way)" if premise.more == 1 else more
                yield f"{indent}{'└─' if last else '├─'} {self._words(premise.triple)}{more}"
                yield from self._tree(premise, indent + ("   " if last else "│  "))

    def _absent(self, found: Absent) -> Iterator[str]:
        subject, predicate, object = map(self.labels.label, found.triple)
        yield f"does not hold: {self._words(found.triple)}"
        for claim in found.claims:
            yield f"  claimed, but {claim.status}: {claim.key}" + (f" ({claim.note})" if claim.note else "")
            yield from (f"    {_quoted(quotation)}" for quotation in claim.quotations)
        if not found.claims:
            yield "  no claim says it"
        if found.objects:
            yield f"  what holds instead: {subject} – {predicate} → {self._list(found.objects)}"
        if found.subjects:
            yield f"  what holds of others: {self._list(found.subjects)} – {predicate} → {object}"
        for relation in found.related[:3]:
            yield f"  but this holds: gbkg why {' '.join(map(_typed, relation))}"
        for lacking in found.rules:
            yield f"  rule {lacking.rule} would conclude it, but {lacking.reason}"

    def _list(self, terms: tuple[Term, ...]) -> str:
        shown = ", ".join(map(self.labels.label, terms[:_MOST]))
        return shown + (f" and {len(terms) - _MOST} more" if len(terms) > _MOST else "")

    def _words(self, triple: TripleKey) -> str:
        return " – ".join(map(self.labels.label, triple[:2])) + f" → {self.labels.label(triple[2])}"


def _headline(evidence: Evidence) -> str:
    if isinstance(evidence, ClaimEvidence):
        return f"claim {evidence.key}" + (f" ({', '.join(evidence.how)})" if evidence.how else "")
    if isinstance(evidence, Inference):
        return f"rule {evidence.rule}: {evidence.summary}"
    return f"by us, in {evidence.file}: no document says it"


def _quoted(quotation: Quotation) -> str:
    return f"{quotation.source} {quotation.start}–{quotation.end}: “{oneline(quotation.exact)}”"


def _typed(term: Term) -> str:
    """How a node may be typed on the command line."""
    return shorten(term.value).removeprefix("id:")
