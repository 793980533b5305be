"""Disputes as plain values, for JSON."""

from __future__ import annotations

from typing import Any

from gbkg.ask.disputes.collected import Dispute, Witness, misprints
from gbkg.ask.disputes.sidebyside import caution, heading
from gbkg.ask.disputes.working import Working, spread
from gbkg.claims.formulas import Interval
from gbkg.core.records import Passage


def values(dispute: Dispute) -> dict[str, Any]:
    """A dispute as values for JSON. Every key is always there, null or empty where it does not apply; numbers are
    strings of plain digits, offsets count code points of the source, and quotations are verbatim."""
    made = dispute.working
    return {
        "iri": dispute.iri.value,
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
        "claims": [_claim(dispute, witness) for witness in dispute.witnesses],
        "passages": [_passage(dispute, passage) for passage in dispute.passages],
        "arithmetic": made and _working(made, caution(dispute)),
        "fault": dispute.fault or None,
        "turtle": dispute.settling or None,
        "see_also": [node.value for node in dispute.related],
    }


def _working(made: Working, left_out: str) -> dict[str, Any]:
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


def _claim(dispute: Dispute, witness: Witness) -> dict[str, Any]:
    quantity, allowed = witness.claim.quantity, witness.allowed
    return {
        "iri": witness.claim.iri.value,
        "letter": witness.letter,
        "statement": witness.statement,
        "remarks": list(witness.remarks),
        "status": witness.claim.status,
        "printed_number": quantity.text if quantity else None,
        "allowed": _interval(allowed) if allowed else None,
        "passages": [_passage(dispute, passage) for passage in witness.claim.passages],
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
