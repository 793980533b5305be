"""Proposals beside what is known: what a claim says already is left out; what a claim of another source says as well is
a corroboration, and where it says something else a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gbkg.claims.rivals import Limit
from gbkg.core.records import Claim
from gbkg.documents.passages import fold
from gbkg.documents.quantities import plain
from gbkg.propose.drafting import Context
from gbkg.propose.table import Proposal

_QUOTED = 200
"""Characters of the other claim's quotation that are shown."""


@dataclass(frozen=True)
class Compared:
    """The proposals that are left, and how many were left out since claims of the same source say them."""

    proposals: list[Proposal]
    said: int


def compare(
    context: Context,
    made: Iterable[Proposal],
    claims: Sequence[Claim],
    limits: Iterable[Limit],
    works: Mapping[str, str],
) -> Compared:
    """Set proposals beside all claims. `limits` say which properties have few values of one subject, `works` which
    sources are editions of one work: these may differ, but none corroborates the other."""
    mine = works.get(context.source.slug, context.source.slug)
    editions = {slug for slug, work in works.items() if work == mine}
    by_key: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if claim.status != "rejected":
            by_key.setdefault((claim.subject, claim.predicate), []).append(claim)
    single = {limit.property for limit in limits if limit.most == 1}
    single |= {name for name, kind in context.vocabulary.properties.items() if kind == "date"}
    left, said = [], 0
    for one in made:
        others = by_key.get((one["subject"], one["predicate"]), []) if one.is_claim else []
        own = [claim for claim in others if claim.source == context.source.slug]
        if any(_same(one, claim) for claim in own):
            said += 1
            continue
        left.append(_beside(one, [c for c in others if c.source != context.source.slug], single, editions))
    return Compared(left, said)


def _beside(one: Proposal, others: list[Claim], single: set[str], editions: set[str]) -> Proposal:
    same = [claim for claim in others if _same(one, claim)]
    differing = [] if same else list(_rivals(one, others, single))
    if not same and not differing:
        return one
    apart = [claim for claim in same if claim.source not in editions]
    kind = "corroboration" if apart else one.kind if same else "comparison"
    shown = apart or same or differing
    told = "; ".join(f"{claim.key}: “{_quotation(claim)}”" for claim in shown[:2])
    word = "says as much" if same else f"says {_figure(shown[0])}"
    word += ", in another edition of this work" if shown[0].source in editions else ""
    because = f"{one.because}; {told} {word}"
    return replace(one, kind=kind, because=because, against=tuple(claim.key for claim in shown))


def _same(one: Proposal, claim: Claim) -> bool:
    """Whether a claim says what is proposed: the same object, or the same figure for the same time."""
    if claim.quantity is None:
        if claim.object_kind == "text":
            return fold(claim.object).lower() == fold(one["object"]).lower()
        return claim.object == one["object"]
    figures = tuple(
        "" if n is None else plain(n) for n in (claim.quantity.value, claim.quantity.lower, claim.quantity.upper)
    )
    equal = figures == (one["value"], one["lower"], one["upper"]) and claim.quantity.unit == one["unit"]
    return equal and _times(one, claim)


def _rivals(one: Proposal, others: list[Claim], single: set[str]) -> Iterator[Claim]:
    """The claims that give another figure for the same time, or another value where there is one alone."""
    for claim in others:
        if claim.quantity is not None:
            if claim.quantity.unit == one["unit"] and _times(one, claim):
                yield claim
        elif one["predicate"] in single and claim.object_kind != "text":
            yield claim


def _times(one: Proposal, claim: Claim) -> bool:
    """Whether both can be about one time: the dates agree in all parts that both have, or one is not dated."""
    ours = one["as_of"].removeprefix("~").rpartition("/")[2]
    theirs = claim.dating.value if claim.dating else ""
    if ours in ("", "none") or not theirs:
        return True
    a, b = re.split(r"-+", ours.strip("-")), re.split(r"-+", theirs.strip("-"))
    return all(x == y for x, y in zip(a, b, strict=False)) if ours[0] != "-" and theirs[0] != "-" else ours == theirs


def _figure(claim: Claim) -> str:
    return f"“{fold(claim.quantity.text)}”" if claim.quantity else claim.object


def _quotation(claim: Claim) -> str:
    said = fold(" … ".join(passage.exact for passage in claim.passages))
    return said if len(said) <= _QUOTED else f"{said[:_QUOTED].rstrip()} …"
