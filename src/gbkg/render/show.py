"""An entity, and why a triple holds or what it lacks, in words and as JSON; apart from results on networks, which need
networkx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gbkg.ask.labels import Labels
from gbkg.ask.show import EntityPage
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.terms import Term, TripleKey
from gbkg.core.text import escape, oneline
from gbkg.evidence.proofs import ClaimEvidence, Evidence, Inference, Quotation, Step

if TYPE_CHECKING:
    from gbkg.evidence.why import Absent

_DISPUTED = ("inconsistency", "correction", "comparison")
"""How what the curators say begins where `gbkg disputes` shows more."""


@dataclass(frozen=True)
class EntityResult(Result):
    """Everything that the graph has on an entity."""

    kind = "entity"
    page: EntityPage

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        page, group = self.page, ""
        yield f"[bold]{escape(page.entity.label)}[/bold]  ({page.type})  id:{page.entity.slug}"
        yield escape(page.entity.description)
        for line in page.statements:
            if line.group != group:
                group = line.group
                yield f"\n[bold]{group}[/bold]"
            marks = "".join(f"[{n}]" for n in line.footnotes)
            how = f"  – {line.remark}" if line.remark else ""
            yield f"  {escape(line.text)} {escape(marks)}[dim]{escape(how)}[/dim]"
        if page.inferred:
            yield "\n[bold]Inferred by rules[/bold] (gbkg why prints the proof)"
            yield from map(escape, _following(page))
        if page.remarks:
            yield "\n[bold]Curation[/bold]"
            yield from (f"  {escape(said)}" for said in page.remarks)
            if any(said.startswith(_DISPUTED) for said in page.remarks):
                yield f"  `gbkg disputes id:{page.entity.slug}` sets the quotations side by side"
        yield "\n[bold]Evidence[/bold]"
        for number, (passage, keys) in enumerate(page.passages, start=1):
            quotation = escape(f"[{number}] {passage.source} {passage.start}–{passage.end}: “{oneline(passage.exact)}”")
            yield f"  {quotation}  [dim]{escape(', '.join(key.partition('.')[2] for key in keys))}[/dim]"
        yield "\n[bold]Sources[/bold]"
        for source in page.sources:
            yield escape(f"  {source.slug}: {source.title} ({source.language})")

    def values(self) -> dict[str, Any]:
        page = self.page
        return {
            "iri": PREFIXES["id"] + page.entity.slug,
            "id": f"id:{page.entity.slug}",
            "label": page.entity.label,
            "type": page.type,
            "description": page.entity.description,
            "statements": [one.to_dict() for one in page.statements],
            "inferred": [one.to_dict() for one in page.inferred],
            "curation": list(page.remarks),
            "curated": [one.to_dict() for one in page.curation],
            "left_out": dict(zip(("claims", "inferred"), page.left_out, strict=True)),
            "elsewhere": [{"property": predicate, "iri": iri} for predicate, iri in page.elsewhere],
            "passages": [
                {"source": one.source, "start": one.start, "end": one.end, "exact": one.exact, "claims": list(keys)}
                for one, keys in page.passages
            ],
            "sources": [{"id": one.slug, "title": one.title, "language": one.language} for one in page.sources],
        }


def _following(page: EntityPage) -> Iterator[str]:
    """A line for each kind of inferred relation, with the things at the other end."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for one in page.inferred:
        kinds.setdefault((one.group, one.label), []).append(one.end)
    for (group, predicate), things in kinds.items():
        yield (
            f"  {predicate} {'; '.join(things)}"
            if group == "Relations"
            else f"  {'; '.join(things)} – {predicate} → it"
        )


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
        return map(escape, self._proof(self.found) if isinstance(self.found, Step) else self._absent(self.found))

    def values(self) -> dict[str, Any]:
        return {"words": self._words(self.found.triple), "holds": self.holds, **self.found.to_dict()}

    def _listed(self, step: Step) -> Step:
        stated = sum(not isinstance(evidence, Inference) for evidence in step.evidence)
        return step._replace(evidence=step.evidence[: max(stated, self.derivations)])

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
