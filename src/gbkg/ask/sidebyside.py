"""Disputes as lines of text with quotations side by side, as Markdown, and as plain values for JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gbkg.ask.arithmetic import Working, spread
from gbkg.ask.disputes import Dispute, DisputedClaim, caution, heading, misprints
from gbkg.ask.records import GraphRecords
from gbkg.claims.curation import Interval
from gbkg.core.prefixes import shorten
from gbkg.core.records import Claim, Passage
from gbkg.core.text import beside, oneline, wrapped
from gbkg.core.text import markdown as escaped

NARROW = 100
"""Below this width in columns, quotations stand one under the other."""
OPEN, CLOSE = "⟦", "⟧"
"""The marks around a misprint."""


_NUMBER = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """One column: claims that rest on the same sentence, and the passages shown under them. `elsewhere` are their
    passages that an earlier group shows, and where."""

    claims: tuple[DisputedClaim, ...]
    passages: tuple[Passage, ...]
    elsewhere: tuple[tuple[Passage, str], ...] = ()


def fields(dispute: Dispute) -> list[tuple[str, str]]:
    """What stands above the quotations: the curators' words, as name and text."""
    found = []
    if dispute.printed:
        marked = any(misprints(dispute, passage) for group in claim_groups(dispute) for passage in group.passages)
        where = f"marked {OPEN}…{CLOSE} in the quotation" if marked else "which no quotation below contains"
        found.append(("Printed", f"“{oneline(dispute.printed)}”, {where}"))
        value = f" (the number {dispute.corrected_value})" if dispute.corrected_value else ""
        found.append(("Meant", f"“{oneline(dispute.corrected)}”{value}"))
    if dispute.lost:
        found.append(("Lost", f"{dispute.lost} (in {dispute.source})"))
    if dispute.outcome:
        name = "Proposed" if dispute.settling else "Judgement"
        found.append((name, f"{dispute.outcome}: {dispute.definition}"))
    found += [(_ordinal(n), f"{e.label} (id:{e.slug}): {e.description}") for n, e in enumerate(dispute.entities)]
    found.append(
        (
            "Reason" if dispute.printed or (dispute.outcome and not dispute.settling) else "Remark",
            dispute.comment or "none",
        )
    )
    return found


def claim_groups(dispute: Dispute) -> list[ClaimGroup]:
    """The claims by the sentence that they rest on, in order; each passage is shown once."""
    counts = Counter(passage for disputed in dispute.claims for passage in disputed.claim.passages)
    groups: dict[tuple[Passage, ...], list[DisputedClaim]] = {}
    for disputed in dispute.claims:
        groups.setdefault(_own(disputed.claim, counts), []).append(disputed)
    found = [ClaimGroup((), dispute.passages)] if dispute.passages else []
    shown = dict.fromkeys(dispute.passages, "above")
    for group in groups.values():
        ours = list(dict.fromkeys(passage for disputed in group for passage in disputed.claim.passages))
        here = tuple(passage for passage in ours if passage not in shown)
        elsewhere = tuple((passage, shown[passage]) for passage in ours if passage in shown)
        shown |= dict.fromkeys(here, f"under {group[0].letter}")
        found.append(ClaimGroup(tuple(group), here, elsewhere))
    return found


def _own(claim: Claim, counts: Mapping[Passage, int]) -> tuple[Passage, ...]:
    """The passages of a claim that the fewest of the others share."""
    fewest = min((counts[passage] for passage in claim.passages), default=0)
    return tuple(passage for passage in claim.passages if counts[passage] == fewest)


def arithmetic(dispute: Dispute) -> list[tuple[str, str]]:
    """Name and text of each step of a formula; empty when there is none."""
    made = dispute.working
    if made is None:
        return [("Formula", dispute.fault)] if dispute.fault else []
    found = [("Formula", made.lettered), ("Printed", made.printed)]
    for name, written, side in zip(
        ("Left", "Right"), made.expressions, (made.result.left, made.result.right), strict=True
    ):
        value, low, high = spread(side)
        said = value if _NUMBER.fullmatch(written) else f"{written} = {value}"
        if side.low < side.high:
            said += f"; the printed digits allow {low} to {high}"
        found.append((name, said))
    found.append(("Result", _sentence(made.reason)))
    if left_out := caution(dispute):
        found.append(("Caution", _sentence(left_out)))
    return found


def title(dispute: Dispute, width: int) -> list[str]:
    """The heading in lines of at most `width` columns."""
    return wrapped(heading(dispute), width, "", "  ")


def body(dispute: Dispute, width: int) -> list[str]:
    """What stands under the heading, in lines of at most `width` columns: fields, claims with their quotations (two
    beside each other if there is room), the arithmetic, and related nodes."""
    shown = claim_groups(dispute)
    across = 2 if width >= NARROW and len(shown) > 1 else 1
    room = (width - 2 - 3 * (across - 1)) // across
    made = [*_fields(fields(dispute), width), ""]
    for at in range(0, len(shown), across):
        cells = [_cell(dispute, group, room) for group in shown[at : at + across]]
        made += [f"  {line}".rstrip() for line in beside(cells, room, " │ ")] + [""]
    made += _fields(arithmetic(dispute) + _see(dispute) + _settle(dispute), width)
    made += [f"  {line}" for line in dispute.settling.splitlines()]
    return made if made[-1] else made[:-1]


def markdown(dispute: Dispute) -> str:
    """A dispute as a section of Markdown; quotations stand in a table, two beside each other."""
    made = [f"### {escaped(heading(dispute))}", ""]
    made += [f"- **{name}**: {escaped(text)}" for name, text in fields(dispute)] + [""]
    shown = claim_groups(dispute)
    for at in range(0, len(shown), 2):
        pair = shown[at : at + 2]
        heads = ["<br>".join(escaped(f"{letter} {text}".strip()) for letter, text in _claims(group)) for group in pair]
        quotes = ["<br>".join(escaped(line) for line in _quotations(dispute, group)) for group in pair]
        made += [f"| {' | '.join(heads)} |", f"|{' --- |' * len(pair)}", f"| {' | '.join(quotes)} |", ""]
    made += [f"- **{name}**: {escaped(text)}" for name, text in arithmetic(dispute) + _see(dispute) + _settle(dispute)]
    made += ["", "```turtle", dispute.settling, "```"] if dispute.settling else []
    return "\n".join(made).rstrip("\n") + "\n"


def sources(found: Iterable[Dispute], records: GraphRecords) -> list[str]:
    """A line for each source that the disputes quote: slug, title and language, by slug."""
    slugs = {p.source for dispute in found for shown in claim_groups(dispute) for p in shown.passages}
    return [f"{one.slug}: {one.title} ({one.language})" for one in records.sources(slugs).values()]


def _cell(dispute: Dispute, group: ClaimGroup, room: int) -> list[str]:
    made: list[str] = []
    for letter, text in _claims(group):
        made += wrapped(text, room, f"{letter:<3}", "   " if letter else "     ")
    for line in _quotations(dispute, group):
        made += wrapped(line, room)
    return made


def _claims(group: ClaimGroup) -> list[tuple[str, str]]:
    """Letter and statement of each claim, and after it, without a letter, what qualifies it."""
    made = []
    for disputed in group.claims:
        made.append((disputed.letter, disputed.statement))
        quantity = disputed.claim.quantity
        if quantity and (quantity.value is not None or disputed.allowed):
            made.append(("", f"– printed “{oneline(quantity.text)}”{_digits(disputed)}"))
        made += [("", f"– {remark}") for remark in disputed.remarks]
    return made


def _digits(disputed: DisputedClaim) -> str:
    if disputed.allowed is None:
        return ""
    exact = disputed.allowed.low == disputed.allowed.high
    return f"; taken as exactly {disputed.range}" if exact else f"; its digits stand for {disputed.range}"


def _quotations(dispute: Dispute, group: ClaimGroup) -> list[str]:
    made = []
    for passage in group.passages:
        made += [f"{passage.source} {passage.start}–{passage.end}:", f"“{_marked(dispute, passage)}”"]
    made += [f"{p.source} {p.start}–{p.end}: quoted {where}" for p, where in group.elsewhere]
    return made


def _marked(dispute: Dispute, passage: Passage) -> str:
    """The quotation on one line with marks around the misprint, if it has one."""
    made, at = "", 0
    for start, end in misprints(dispute, passage):
        if start < at:  # a misprint that overlaps itself is marked once
            continue
        made += f"{passage.exact[at:start]}{OPEN}{passage.exact[start:end]}{CLOSE}"
        at = end
    return oneline(made + passage.exact[at:])


def _see(dispute: Dispute) -> list[tuple[str, str]]:
    return [("See also", ", ".join(map(shorten, dispute.related)))] if dispute.related else []


def _settle(dispute: Dispute) -> list[tuple[str, str]]:
    """How a proposal is settled, before its Turtle."""
    said = (
        "mark a claim as disputed, or add this to data/curation.ttl; choose the outcome "
        "(compatible, differentScope, differentTime or contradictory) and write the reason:"
    )
    return [("Settle", said)] if dispute.settling else []


def _fields(found: Iterable[tuple[str, str]], width: int) -> list[str]:
    return [line for name, text in found for line in wrapped(text, width, f"  {name:<9}  ", " " * 13)]


def _ordinal(n: int) -> str:
    return ("First", "Second", "Third")[n] if n < 3 else f"Entity {n + 1}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def values(dispute: Dispute) -> dict[str, Any]:
    """A dispute as values for JSON. Every key is present, null or empty where it does not apply. Numbers are strings of
    plain digits, offsets count code points of the source, quotations are verbatim."""
    made = dispute.working
    return {
        "iri": dispute.iri,
        "name": dispute.name,
        "kind": dispute.kind,
        "heading": heading(dispute).rpartition("  [")[0],
        "comment": dispute.comment,
        "outcome": dispute.outcome or None,
        "printed": dispute.printed or None,
        "corrected": dispute.corrected or None,
        "corrected_value": dispute.corrected_value or None,
        "lost": dispute.lost or None,
        "entities": [{"iri": entity.iri.value, "label": entity.label} for entity in dispute.entities],
        "claims": [_claim_values(dispute, disputed) for disputed in dispute.claims],
        "passages": [_passage(dispute, passage) for passage in dispute.passages],
        "arithmetic": made and _arithmetic(made, caution(dispute)),
        "fault": dispute.fault or None,
        "turtle": dispute.settling or None,
        "see_also": list(dispute.related),
    }


def _arithmetic(made: Working, left_out: str) -> dict[str, Any]:
    return {
        "formula": made.formula,
        "lettered": made.lettered,
        "printed": made.printed,
        "relation": made.relation,
        "left": _interval(made.result.left),
        "right": _interval(made.result.right),
        "holds": made.result.holds,
        "reason": made.reason,
        "hedges": [{"letter": letter, "word": word} for word, letter in made.hedges],
        "caution": left_out or None,
    }


def _claim_values(dispute: Dispute, disputed: DisputedClaim) -> dict[str, Any]:
    quantity, allowed = disputed.claim.quantity, disputed.allowed
    return {
        "iri": disputed.claim.iri.value,
        "letter": disputed.letter,
        "statement": disputed.statement,
        "remarks": list(disputed.remarks),
        "status": disputed.claim.status,
        "printed_number": quantity.text if quantity else None,
        "allowed": _interval(allowed) if allowed else None,
        "passages": [_passage(dispute, passage) for passage in disputed.claim.passages],
    }


def _passage(dispute: Dispute, passage: Passage) -> dict[str, Any]:
    """`misprints` are offsets into the source, as `start` and `end` are."""
    return {
        "iri": passage.iri.value,
        "source": passage.source,
        "start": passage.start,
        "end": passage.end,
        "exact": passage.exact,
        "misprints": [[passage.start + start, passage.start + end] for start, end in misprints(dispute, passage)],
    }


def _interval(interval: Interval) -> dict[str, str]:
    value, low, high = (text.replace(",", "") for text in spread(interval))
    return {"value": value, "low": low, "high": high}
