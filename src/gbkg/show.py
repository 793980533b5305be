"""One entity as a reader wants it: everything that claims say of it, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from gbkg import names, quantities
from gbkg.errors import NotFoundError
from gbkg.model import Claim, Dating, Entity, Passage
from gbkg.vocabulary import Vocabulary

_SCALES = {"trillion": 12, "billion": 9, "million": 6}


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its group, its words, remarks on how it was read, and the numbers of its passages in the card."""

    group: str
    text: str
    remark: str
    footnotes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of an entity. `passages` are numbered from 1 by the lines' footnotes; each has the keys of the
    claims that it proves here."""

    entity: Entity
    type: str
    lines: tuple[Line, ...]
    passages: tuple[tuple[Passage, tuple[str, ...]], ...]
    remarks: tuple[str, ...]


def find(name: str, entities: dict[str, Entity], claims: Iterable[Claim]) -> Entity:
    """The entity of this IRI, prefixed name, slug, label or alias; upper and lower case do not matter.

    Raises `NotFoundError` with near names when nobody has the name, or when several entities have it.
    """
    iri = names.expand(name) if ":" in name else None
    slug = str(iri).removeprefix(str(names.ID)) if iri else name
    if slug in entities:
        return entities[slug]
    spoken: dict[str, set[str]] = {}
    for entity in entities.values():
        for word in (entity.label, entity.slug):
            spoken.setdefault(word.casefold(), set()).add(entity.slug)
    for claim in claims:
        if claim.predicate == "alias":
            spoken.setdefault(claim.object.casefold(), set()).add(claim.subject)
    found = spoken.get(name.casefold(), set())
    if len(found) == 1:
        return entities[found.pop()]
    if found:
        raise NotFoundError("single entity", name, sorted(found))
    near = get_close_matches(name.casefold(), sorted(spoken), 3, 0.6)
    near += [word for word in sorted(spoken) if name.casefold() in word and word not in near][: 3 - len(near)]
    raise NotFoundError("entity", name, list(dict.fromkeys(min(spoken[word]) for word in near)))


def card(
    entity: Entity,
    entities: dict[str, Entity],
    claims: Iterable[Claim],
    vocabulary: Vocabulary,
    remarks: Iterable[str] = (),
) -> Card:
    """The entity's names, relations from it and to it, words said of it, and statistics, in this order."""
    lines: list[Line] = []
    passages: dict[Passage, list[str]] = {}
    for claim in claims:
        made = _line(entity, claim, entities, vocabulary)
        if made is None:
            continue
        group, text = made
        for passage in claim.passages:
            passages.setdefault(passage, []).append(claim.key)
        numbers = tuple(list(passages).index(p) + 1 for p in claim.passages)
        lines.append(Line(group, text, _remark(claim, entities), numbers))
    order = ("Names", "Relations", "Relations to it", "Dates", "Said of it", "Statistics", "Said by it")
    lines.sort(key=lambda line: (order.index(line.group), line.text if line.group.startswith("Relations") else ""))
    kind = vocabulary.labels[entity.type]
    return Card(entity, kind, tuple(lines), tuple((p, tuple(keys)) for p, keys in passages.items()), tuple(remarks))


def amount(claim: Claim, vocabulary: Vocabulary) -> str:
    """A statistic's number for a reader: precision, digits and unit."""
    quantity = claim.quantity
    assert quantity is not None
    unit = vocabulary.labels[quantity.unit].removesuffix(" (unit)")
    if quantity.precision == "between" and quantity.lower is not None and quantity.upper is not None:
        low, high = quantities.grouped(quantity.lower), quantities.grouped(quantity.upper)
        return f"between {low} and {high} {_plural(unit, quantity.upper)}"
    if quantity.value is None:
        return f"unreadable, printed {quantity.text!r}"
    words = "" if quantity.precision == "exact" else vocabulary.labels[quantity.precision] + " "
    if quantity.unit == "rankUnit":
        return f"number {quantities.plain(quantity.value)}"
    if quantity.unit == "percent":
        return f"{words}{quantities.plain(quantity.value)} %"
    return f"{words}{_scaled(quantity.value, quantity.text)} {_plural(unit, quantity.value)}"


def when(dating: Dating | None) -> str:
    """A claim's date for a reader: as given, and in the source's words when it gives no calendar date."""
    if dating is None:
        return ""
    if dating.kind == "undated":
        return f"no date, {dating.text!r}" if dating.text else "no date"
    span = f"{dating.since} to {dating.value}" if dating.since else dating.value
    if span.startswith("--"):
        span += " (no year)"
    return f"{span} (inferred)" if dating.kind == "inferred" else span


def _line(entity: Entity, claim: Claim, entities: dict[str, Entity], vocabulary: Vocabulary) -> tuple[str, str] | None:
    predicate = vocabulary.labels[claim.predicate]
    if claim.subject == entity.slug:
        if claim.quantity:
            return "Statistics", f"{predicate}: {amount(claim, vocabulary)}; {when(claim.dating)}"
        if claim.object_kind == "entity":
            return "Relations", f"{predicate} {entities[claim.object].label}"
        if claim.object_kind == "date":
            return "Dates", f"{predicate} {claim.object}{' (no year)' if claim.object.startswith('--') else ''}"
        return ("Names", claim.object) if claim.predicate == "alias" else ("Said of it", f"{predicate}: {claim.object}")
    if claim.object_kind == "entity" and claim.object == entity.slug:
        return "Relations to it", f"{entities[claim.subject].label} – {predicate} → it"
    if entity.slug in claim.attributed_to:
        said = entities[claim.object].label if claim.object_kind == "entity" else claim.object
        if claim.quantity:
            said = f"{amount(claim, vocabulary)}; {when(claim.dating)}"
        return "Said by it", f"{entities[claim.subject].label} – {predicate}: {said}"
    return None


def _remark(claim: Claim, entities: dict[str, Entity]) -> str:
    parts = [] if claim.status == "accepted" else [claim.status]
    if claim.reading == "implied":
        parts.append("implied")
    if claim.attributed_to:
        parts.append(f"according to {' and '.join(entities[agent].label for agent in claim.attributed_to)}")
    if claim.criterion:
        parts.append(f"counted by: {entities[claim.criterion].label} (id:{claim.criterion})")
    if claim.note:
        parts.append(claim.note.rstrip("."))
    return "; ".join(parts)


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
