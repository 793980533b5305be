"""Claims in words: the number with its unit, the date, the statement, and what qualifies it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gbkg.ask.records import GraphRecords
from gbkg.core.records import Claim, Dating, Quantity
from gbkg.documents import quantities

_SCALES = {"trillion": 12, "billion": 9, "million": 6}


def statement(claim: Claim, records: GraphRecords) -> str:
    """The claim: subject, predicate, and object or number with its date."""
    return f"{records.called(claim.subject)} – {said(claim, records)}"


def said(claim: Claim, records: GraphRecords) -> str:
    """The claim without its subject."""
    predicate = records.word(claim.predicate)
    if claim.quantity:
        return f"{predicate}: {amount(claim.quantity, records)}; {when(claim.dating)}"
    if claim.object_kind == "entity":
        return f"{predicate} → {records.called(claim.object)}"
    return f"{predicate}: {claim.object}"


def remarks(claim: Claim, records: GraphRecords, implied: str, doubts: Sequence[str] = ()) -> list[str]:
    """What qualifies the claim, in this order: its status, `implied` if it is read so, the nodes of curation that put
    it in doubt, the source's own limits, who said it, by what it was counted, and the curators' note."""
    # That a number is unreadable stands in its place, or in the note.
    plain = claim.status == "accepted" or (claim.status == "unreadable" and claim.quantity is not None)
    found = [] if plain else [claim.status]
    found += [implied] if claim.reading == "implied" else []
    found += [f"in doubt, see {', '.join(doubts)}"] if doubts else []
    found += [records.word(qualifier) for qualifier in claim.qualifiers]
    if claim.attributed_to:
        agents = " and ".join(map(records.called, claim.attributed_to))
        found.append(f"according to {agents}{' (implied)' if claim.attribution == 'implied' else ''}")
    if claim.criterion:
        found.append(f"counted by: {records.called(claim.criterion)} (id:{claim.criterion})")
    return [*found, claim.note] if claim.note else found


def amount(quantity: Quantity, records: GraphRecords) -> str:
    """A statistic's number: precision, digits and unit."""
    unit = records.word(quantity.unit).removesuffix(" (unit)")
    if quantity.precision == "between" and quantity.lower is not None and quantity.upper is not None:
        low, high = quantities.grouped(quantity.lower), quantities.grouped(quantity.upper)
        return f"between {low} and {high} {_plural(unit, quantity.upper)}"
    if quantity.value is None:
        return f"unreadable, printed {quantity.text!r}"
    words = "" if quantity.precision == "exact" else records.word(quantity.precision) + " "
    if quantity.unit in ("rankUnit", "seriesPlace"):
        return f"number {quantities.plain(quantity.value)}"
    if quantity.unit == "percent":
        return f"{words}{quantities.plain(quantity.value)}%"
    return f"{words}{_scaled(quantity.value, quantity.text)} {_plural(unit, quantity.value)}"


def when(dating: Dating | None) -> str:
    """A date: as given, and in the source's words when it gives no calendar date."""
    if dating is None:
        return ""
    if dating.kind == "undated":
        return f"no date, {dating.text!r}" if dating.text else "no date"
    span = f"{dating.since} to {dating.value}" if dating.since else dating.value
    if span.startswith("--"):
        span += " (no year)"
    return f"{span} (inferred)" if dating.kind == "inferred" else span


def _scaled(value: Decimal, printed: str) -> str:
    """The digits, scaled by the word that the source uses, if any."""
    for word, power in _SCALES.items():
        if word in printed:
            return f"{quantities.grouped(value / 10**power)} {word}"
    return quantities.grouped(value)


def _plural(unit: str, value: Decimal) -> str:
    if value == 1 or unit in ("yuan",):
        return unit
    head, of, tail = unit.partition(" of ")
    if of:
        return f"{_plural(head, value)} of {tail}"
    if unit == "person":
        return "people"
    return f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"
