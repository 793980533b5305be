"""Commands for those who doubt: why."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gbkg.cli.door import app, asks_graph, open_graph, remark, say
from gbkg.core.text import oneline

if TYPE_CHECKING:
    from gbkg.ask.opened import KnowledgeGraph
    from gbkg.evidence.proofs import Evidence, Step
    from gbkg.evidence.why import Absent


@app.command()
@asks_graph
def why(
    subject: Annotated[str, typer.Argument(help="An entity or other node: IRI, prefixed name, id, label, alias.")],
    predicate: Annotated[str, typer.Argument(help="A property: IRI, prefixed name, local name or label.")],
    object: Annotated[str, typer.Argument(help="A node, or the text, number or date of a literal.")],
    derivations: Annotated[int, typer.Option(min=1, help="How many ways to print, besides what is said.")] = 1,
) -> None:
    """Print the proof of one triple, down to the sentences; or, if it does not hold, what it lacks."""
    from gbkg.ask.resolve import triple
    from gbkg.evidence.proofs import Inference
    from gbkg.evidence.why import Absent

    kg = open_graph()
    found = kg.why(*triple(kg.labels, subject, predicate, object, remark))
    if isinstance(found, Absent):
        _print_absent(kg, found)
        sys.exit(1)
    say(_said(kg, found.triple))
    said = sum(not isinstance(evidence, Inference) for evidence in found.evidence)
    shown = found.evidence[: max(said, derivations)]
    _print_evidence(kg, replace(found, evidence=shown), "")
    more = len(found.evidence) - len(shown)
    if more:
        remark(f"and {more} other way{'s' if more > 1 else ''} (--derivations {len(found.evidence)})")


def _print_evidence(kg: KnowledgeGraph, step: Step, indent: str) -> None:
    alternatives = len(step.evidence)
    for number, evidence in enumerate(step.evidence, start=1):
        last = number == alternatives
        say(f"{indent}{'└─' if last else '├─'} {_headline(evidence)}")
        _print_below(kg, evidence, indent + ("   " if last else "│  "))


def _print_below(kg: KnowledgeGraph, evidence: Evidence, indent: str) -> None:
    from gbkg.evidence.proofs import ClaimEvidence, Inference

    if isinstance(evidence, ClaimEvidence):
        for quotation in evidence.quotations:
            where = f"{quotation.source} {quotation.start}–{quotation.end}"
            say(f"{indent}{where}: “{oneline(quotation.exact)}”")
        if evidence.note:
            say(f"{indent}note: {evidence.note}")
        for remark_ in evidence.curation:
            say(f"{indent}{remark_}")
    elif isinstance(evidence, Inference):
        for number, premise in enumerate(evidence.premises, start=1):
            last = number == len(evidence.premises)
            more = f"  (and by {premise.more} other ways)" if premise.more > 1 else ""
            more = "  (and by one other way)" if premise.more == 1 else more
            say(f"{indent}{'└─' if last else '├─'} {_said(kg, premise.triple)}{more}")
            _print_evidence(kg, premise, indent + ("   " if last else "│  "))


def _headline(evidence: Evidence) -> str:
    from gbkg.evidence.proofs import ClaimEvidence, Inference

    if isinstance(evidence, ClaimEvidence):
        return f"claim {evidence.key}" + (f" ({', '.join(evidence.how)})" if evidence.how else "")
    if isinstance(evidence, Inference):
        return f"rule {evidence.rule}: {evidence.summary}"
    return f"by us, in {evidence.file}: no document says it"


def _print_absent(kg: KnowledgeGraph, found: Absent) -> None:
    subject, predicate, object = found.triple
    say(f"does not hold: {_said(kg, found.triple)}")
    for claim in found.claims:
        say(f"  claimed, but {claim.status}: {claim.key}" + (f" ({claim.note})" if claim.note else ""))
        for quotation in claim.quotations:
            say(f"    {quotation.source} {quotation.start}–{quotation.end}: “{oneline(quotation.exact)}”")
    if not found.claims:
        say("  no claim says it")
    if found.objects:
        say(f"  what holds instead: {kg.label(subject)} – {kg.label(predicate)} → {_list(kg, found.objects)}")
    if found.subjects:
        say(f"  what holds of others: {_list(kg, found.subjects)} – {kg.label(predicate)} → {kg.label(object)}")
    for relation in found.related[:3]:
        say(f"  but this holds: gbkg why {' '.join(map(_typed, relation))}")
    for lacking in found.rules:
        say(f"  rule {lacking.rule} would conclude it, but {lacking.reason}")


def _list(kg: KnowledgeGraph, terms: tuple[Any, ...], most: int = 5) -> str:
    shown = ", ".join(map(kg.label, terms[:most]))
    return shown + (f" and {len(terms) - most} more" if len(terms) > most else "")


def _said(kg: KnowledgeGraph, triple: tuple[Any, Any, Any]) -> str:
    return " – ".join(map(kg.label, triple[:2])) + f" → {kg.label(triple[2])}"


def _typed(term: Any) -> str:
    """How a node may be typed on the command line."""
    from gbkg.core.prefixes import shorten

    return shorten(term.value).removeprefix("id:")
