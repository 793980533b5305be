"""What a page shows of a proposal: the document around it, its cells as fields, what stands beside and against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gbkg.core.records import REASONS, UNREAD, Claim, Entity
from gbkg.documents.sentences import sentences
from gbkg.propose.table import Proposal
from gbkg.review import decisions
from gbkg.review.judging import Judge

AROUND = 2_500
"""Characters of the document that are shown before and after a quotation, up to the end of their line."""
SHOWN = 12
"""Most suggestions for a field."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters of the document that are alike: `chosen` if they are of a sentence that the quotation touches,
    `quoted` if they are of the quotation."""

    text: str
    chosen: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A cell that can be edited: its column, what it is called, its value, the only values that it may have (if they
    are few), whether others are suggested, whether it is long, what it says about itself, and what was proposed if an
    edit has changed it."""

    column: str
    label: str
    value: str
    choices: tuple[str, ...] = ()
    suggested: bool = False
    long: bool = False
    help: str = ""
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Another proposal or claim: its key (`SOURCE.ID`), what it says, its quotation, and for a proposal its decision;
    `proposed` tells which of both it is, `differs` whether it says something else of the same subject and property."""

    key: str
    words: str
    quote: str
    proposed: bool
    decision: str = ""
    differs: bool = False


LABELS = {
    "subject": "Subject", "predicate": "Property or indicator", "object": "Object", "value": "Number",
    "value_text": "Number as printed", "unit": "Unit", "precision": "Precision", "lower": "Lower bound",
    "upper": "Upper bound", "as_of": "Date", "as_of_text": "Date as printed", "attributed_to": "Said by",
    "criterion": "Counting criterion", "reading": "Reading", "status": "Status", "qualifiers": "Qualifiers",
    "quote": "Quotation", "start": "Begins at character", "end": "Ends at character", "note": "Note",
    "reason": "Reason", "type": "Class", "label": "Name", "language": "Language of the name",
}  # fmt: skip
"""The names of the columns of a proposal."""
_ENTITY = {"subject": "Id", "note": "Description"}
_SUGGESTED = ("subject", "predicate", "object", "attributed_to", "criterion", "type")
_RARE = ("lower", "upper", "attributed_to", "criterion", "qualifiers", "status", "start", "end", "language")
"""Columns that are seldom filled; a page may fold them away while they are as usual."""
_USUAL = {"status": "accepted"}
_STATISTIC = ("value", "value_text", "unit", "precision", "lower", "upper", "criterion")


def around(text: str, start: int, end: int) -> list[list[Segment]]:
    """The document around a quotation, line by line, with the sentences that it touches marked."""
    first = text.rfind("\n", 0, max(0, start - AROUND)) + 1 if start > AROUND else 0
    last = text.find("\n", min(len(text), end + AROUND))
    shown = text[first : last if last >= 0 else len(text)]
    quoted = start - first, end - first
    chosen = [span for span in sentences(shown) if span[0] < quoted[1] and quoted[0] < span[1]] or [quoted]
    cuts = sorted({0, len(shown), *quoted, *(at for span in chosen for at in span)})
    lines: list[list[Segment]] = [[]]
    for begin, stop in pairwise(cuts):
        inside = any(a <= begin and stop <= b for a, b in chosen)
        for number, part in enumerate(shown[begin:stop].split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Segment(part, inside, quoted[0] <= begin and stop <= quoted[1]))
    return [line for line in lines if line]


def fields(judge: Judge, one: Proposal, known: Mapping[str, Entity]) -> tuple[list[Field], list[Field]]:
    """The cells of a proposal: those that are usual, and those that are seldom filled and are not here. `known` are the
    entities that it may name."""
    statistic = one["predicate"] in judge.inputs.vocabulary.indicators
    columns = [
        name for name in decisions.editable(one.kind)
        if not one.is_claim or name not in ((*_STATISTIC, "object")) or (name in _STATISTIC) == statistic or one[name]
    ]  # fmt: skip
    made = [_field(judge, one, name, known) for name in columns]
    dated = () if statistic else ("as_of", "as_of_text")
    rare = [
        one for one in made
        if one.column == "start" or (one.column in (*_RARE, *dated) and one.value == _USUAL.get(one.column, ""))
    ]  # fmt: skip
    return [one for one in made if one not in rare], rare


def _field(judge: Judge, one: Proposal, column: str, known: Mapping[str, Entity]) -> Field:
    vocabulary, value = judge.inputs.vocabulary, one[column]
    label = (_ENTITY if one.kind == "entity" else {}).get(column, LABELS[column])
    choices: Iterable[str] = {
        "unit": vocabulary.indicators.get(one["predicate"], ()),
        "precision": vocabulary.precisions,
        "reading": vocabulary.readings,
        "status": vocabulary.statuses,
        "reason": [reason for reason in REASONS if reason not in (UNREAD, "joined")],
    }.get(column, ())
    if column in ("reading", "status") and not value:
        value = {"reading": "stated", "status": "accepted"}[column]
    was = decisions.former(one).get(column)
    suggested, long = column in _SUGGESTED, column in ("quote", "note")
    listed = tuple(choices if column == "reason" else sorted(choices))
    return Field(column, label, value, listed, suggested, long, called(judge, column, value, known), was)


def called(judge: Judge, column: str, value: str, known: Mapping[str, Entity] | None = None) -> str:
    """What a cell's value is called: the name of an entity (one of `known`, else of the project), the label and
    definition of a term."""
    vocabulary = judge.inputs.vocabulary
    if column == "predicate":
        parts = (vocabulary.labels.get(value, ""), vocabulary.definitions.get(value, ""))
        return ": ".join(filter(None, parts))
    if column == "type":
        return vocabulary.definitions.get(value, "")
    entities = judge.inputs.entities if known is None else known
    if column in ("subject", "object", "attributed_to", "criterion") and value in entities:
        entity = entities[value]
        return f"{entity.label}: {entity.description}"
    return ""


def said(judge: Judge, cells: Mapping[str, str], known: Mapping[str, Entity] | None = None) -> str:
    """What a row says, in words: of a claim, an entity or a reading."""
    entities, labels = known or judge.inputs.entities, judge.inputs.vocabulary.labels
    name = entities[cells["subject"]].label if cells.get("subject") in entities else cells.get("subject", "")
    if cells.get("reason"):
        return f"set aside: {cells['reason']}"
    if cells.get("type"):
        return f"new: {cells.get('label', name)} ({labels.get(cells['type'], cells['type'])})"
    predicate = labels.get(cells.get("predicate", ""), cells.get("predicate", ""))
    other = cells.get("object", "")
    other = entities[other].label if other in entities else other
    figure = cells.get("value_text", "") or cells.get("value", "")
    unit = _unit(judge, cells.get("unit", ""))
    parts = [f"{figure} ({unit})" if figure and unit else figure or other]
    parts += [cells["as_of"]] if cells.get("as_of", "none") != "none" else []
    return f"{name} – {predicate}: {', '.join(filter(None, parts))}"


def _unit(judge: Judge, name: str) -> str:
    return judge.inputs.vocabulary.labels.get(name, name).removesuffix(" (unit)")


def said_of(judge: Judge, claim: Claim) -> str:
    """What a claim says, in words."""
    quantity = claim.quantity
    cells = {"subject": claim.subject, "predicate": claim.predicate, "object": claim.object}
    if quantity:
        cells |= {"value_text": quantity.text, "unit": quantity.unit}
    if claim.dating:
        cells["as_of"] = claim.dating.value
    return said(judge, cells)


def facts(judge: Judge, claim: Claim) -> list[tuple[str, str]]:
    """What a claim says, part by part, with the definitions of its terms: all that a second reader judges. Its note and
    what others said of it are left out."""
    vocabulary, quantity, dating = judge.inputs.vocabulary, claim.quantity, claim.dating
    given = [
        ("Subject", called(judge, "subject", claim.subject) or claim.subject),
        ("Property or indicator", called(judge, "predicate", claim.predicate) or claim.predicate),
        ("Object", called(judge, "object", claim.object) or claim.object),
    ]
    if quantity:
        value = "" if quantity.value is None else str(quantity.value)
        given += [("Number", value), ("Number as printed", quantity.text)]
        given += [("Unit", _unit(judge, quantity.unit))]
        given += [("Precision", vocabulary.labels.get(quantity.precision, quantity.precision))]
        given += [("Lower bound", str(quantity.lower or "")), ("Upper bound", str(quantity.upper or ""))]
    if dating:
        given += [
            ("Date", "/".join(filter(None, (dating.since, dating.value))) or dating.kind),
            ("Date as printed", dating.text),
        ]
    given += [("Said by", "; ".join(called(judge, "subject", one) or one for one in claim.attributed_to))]
    given += [("Counting criterion", called(judge, "criterion", claim.criterion)), ("Reading", claim.reading)]
    given += [("Status", claim.status), ("Qualifiers", ", ".join(claim.qualifiers))]
    return [(label, value) for label, value in given if value]


def neighbours(judge: Judge, source: str, one: Proposal, found: Iterable[Proposal]) -> list[Beside]:
    """Other proposals and claims of this source about the sentence that a proposal is about."""
    start, end = _sentence(judge, source, one)
    known = judge.known(found)
    near = [
        Beside(f"{source}.{p.id}", said(judge, p.cells, known), p["quote"], proposed=True, decision=p.decision)
        for p in found if p.id != one.id and p.start < end and start < p.end
    ]  # fmt: skip
    claims = judge.inputs.tables(source).claims if source in judge.inputs.sources else []
    near += [
        Beside(c.key, said_of(judge, c), c.passages[0].exact, proposed=False)
        for c in claims if any(p.start < end and start < p.end for p in c.passages)
    ]  # fmt: skip
    return near


def rivals(judge: Judge, one: Proposal) -> list[Beside]:
    """Claims about the same subject and property, and those that the proposal is said to stand against."""
    if not one.is_claim:
        return []
    return list(_rivals(judge, one))


def _rivals(judge: Judge, one: Proposal) -> Iterator[Beside]:
    for claim in judge.inputs.claims:
        same = (claim.subject, claim.predicate) == (one["subject"], one["predicate"])
        if not same and claim.key not in one.against:
            continue
        value = str(claim.quantity.value) if claim.quantity else claim.object
        differs = same and value != (one["value"] if claim.quantity else one["object"])
        yield Beside(claim.key, said_of(judge, claim), claim.passages[0].exact, proposed=False, differs=differs)


def suggestions(judge: Judge, found: Iterable[Proposal], column: str, words: str) -> list[dict[str, str]]:
    """What may be meant by words typed into a field: entities by id and name, those that are only proposed too;
    properties, indicators and classes by name and label. Best first."""
    vocabulary = judge.inputs.vocabulary
    if column == "predicate":
        terms = [*vocabulary.properties, *vocabulary.indicators]
        options = [(name, vocabulary.labels.get(name, name), "") for name in terms]
    elif column == "type":
        options = [(name, vocabulary.labels.get(name, name), "") for name in vocabulary.entity_classes]
    else:
        known = judge.known(p for p in found if p.decision != "reject")
        options = [
            (slug, one.label, "" if slug in judge.inputs.entities else "proposed") for slug, one in known.items()
        ]
    typed = words.casefold()
    ranked = [(rank, label.casefold(), slug, label, why) for slug, label, why in options
              if (rank := _rank(typed, slug.casefold(), label.casefold())) is not None]  # fmt: skip
    return [
        {"text": label, "value": slug, "kind": slug, "why": why} for _, _, slug, label, why in sorted(ranked)[:SHOWN]
    ]


def _rank(typed: str, slug: str, label: str) -> int | None:
    begun = label.startswith(typed) or slug.startswith(typed)
    ways = (typed in (slug, label), begun, f" {typed}" in label or f"-{typed}" in slug, typed in label or typed in slug)
    return next((rank for rank, fits in enumerate(ways) if fits), None)


def _sentence(judge: Judge, source: str, one: Proposal) -> tuple[int, int]:
    """The offsets of the sentences that a proposal touches; of its quotation without the document."""
    text = judge.text(source)
    if text is None:
        return one.start, one.end
    first = text.rfind("\n", 0, one.start) + 1
    last = text.find("\n", one.end)
    line = text[first : last if last >= 0 else len(text)]
    spans = [(a + first, b + first) for a, b in sentences(line) if a + first < one.end and one.start < b + first]
    return (spans[0][0], spans[-1][1]) if spans else (one.start, one.end)
