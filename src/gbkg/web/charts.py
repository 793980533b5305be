"""Charts of an entity's figures: a series of its own, or one figure beside those of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from gbkg.ask import statements, wording
from gbkg.ask.records import GraphRecords
from gbkg.core.records import Claim
from gbkg.core.terms import minted, term
from gbkg.knowledge import KnowledgeGraph
from gbkg.render.draw import bars, dates
from gbkg.render.draw.bars import Bar
from gbkg.render.draw.scene import Scene
from gbkg.web.profile import Profile

MOST, BARS = 4, 12
"""Charts of a page; bars of a chart."""
COMPARED, TRIED = 60, 12
"""The most claims with an indicator that are compared: of more no chosen few would tell anything; and the indicators of
an entity for which others are looked for."""
_PLACES = frozenset(("rankUnit", "seriesPlace"))
"""Units of what is a place in an order, not an amount."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures as bars: a `series` of one entity in time, or a comparison with others."""

    title: str
    series: bool
    scene: Scene


def charts(kg: KnowledgeGraph, profile: Profile) -> tuple[Chart, ...]:
    """Series first, then comparisons."""
    records = kg.records
    own: dict[tuple[str, str], list[Claim]] = {}
    for one in profile.of("Statistics"):
        if one.claim and _amount(one.claim):
            own.setdefault((one.label, _unit(one.claim)), []).append(one.claim)
    found = [chart for (label, _), claims in own.items() if (chart := _series(label, claims, records))]
    others = _others(records, dict.fromkeys(claim.predicate for claims in own.values() for claim in claims))
    found += [chart for (label, _), claims in own.items() if (chart := _compared(label, claims, others, records))]
    return tuple(found[:MOST])


def _others(records: GraphRecords, indicators: Iterable[str]) -> dict[str, list[Claim]]:
    """The claims with these indicators, read together, in order of time; none of an indicator that has too many."""
    nodes = []
    for name in list(indicators)[:TRIED]:
        quads = records.store.quads_to([minted("gbkg", name)], term("gbkg:indicator"), term("graph:claims"))
        some = list(islice((quad.subject for quad in quads), COMPARED + 1))
        nodes += some if len(some) <= COMPARED else []
    found: dict[str, list[Claim]] = {}
    for claim in sorted(records.claims(nodes), key=lambda claim: (_end(claim), claim.key)):
        found.setdefault(claim.predicate, []).append(claim)
    return found


def _series(label: str, claims: Sequence[Claim], records: GraphRecords) -> Chart | None:
    """Figures of two or more times with a year."""
    dated = sorted((claim for claim in claims if _end(claim)), key=lambda claim: (_end(claim), claim.key))
    if len({_end(claim) for claim in dated}) < 2:
        return None
    doubted = _doubted(records, dated)
    made = [_bar(claim, wording.when(claim.dating), records, claim.key in doubted) for claim in dated[-BARS:]]
    return Chart(label, True, bars.place(made, label))


def _compared(label: str, own: Sequence[Claim], others: dict[str, list[Claim]], records: GraphRecords) -> Chart | None:
    """The latest figure of the entity beside the latest of others, for the same indicator and unit."""
    mine = max(own, key=lambda claim: (_end(claim), claim.key))
    latest = {mine.subject: mine}
    for claim in others.get(mine.predicate, ()):
        if _amount(claim) and claim.subject != mine.subject and _unit(claim) == _unit(mine):
            latest[claim.subject] = claim
    if len(latest) < 2:
        return None
    ordered = sorted(latest.values(), key=lambda claim: (-_value(claim), claim.subject))
    chosen = {claim.key for claim in [one for one in ordered if one is not mine][: BARS - 1]} | {mine.key}
    kept = [claim for claim in ordered if claim.key in chosen]
    doubted = _doubted(records, kept)
    made = [_bar(one, _whose(one, records), records, one.key in doubted, strong=one is mine) for one in kept]
    return Chart(f"{label}: beside others", False, bars.place(made, label))


def _bar(claim: Claim, label: str, records: GraphRecords, doubted: bool, strong: bool = True) -> Bar:
    """The bar of a claim; one of another entity leads there."""
    assert claim.quantity
    printed, other = wording.amount(claim.quantity, records), "" if strong else minted("id", claim.subject).value
    vague, tip = claim.quantity.precision != "exact", wording.statement(claim, records)
    return Bar(label, _value(claim), printed, vague, doubted, strong, other, tip)


def _whose(claim: Claim, records: GraphRecords) -> str:
    return f"{records.called(claim.subject)}, {wording.when(claim.dating)}"


def _amount(claim: Claim) -> bool:
    """Whether the claim has a number that can be drawn: one that can be read, is an amount, and is not rejected."""
    number = claim.quantity
    return number is not None and number.value is not None and number.unit not in _PLACES and claim.status != "rejected"


def _value(claim: Claim) -> Decimal:
    assert claim.quantity and claim.quantity.value is not None
    return claim.quantity.value


def _unit(claim: Claim) -> str:
    return claim.quantity.unit if claim.quantity else ""


def _end(claim: Claim) -> float:
    """The end of the time of a figure in years; 0 if it has no year."""
    span = dates.span(claim.dating.value) if claim.dating else None
    return span.end if span else 0.0


def _doubted(records: GraphRecords, claims: Iterable[Claim]) -> set[str]:
    """The keys of those claims that curation puts in doubt."""
    found = statements.curated(records, records.curation([claim.iri for claim in claims]))
    return {key for one in found if one.doubts for key in one.claims}
