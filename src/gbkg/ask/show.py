"""One entity as a reader wants it: everything that claims say of it, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gbkg.ask.spoken import Remark, by_part, called, near
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import namespaces
from gbkg.core.errors import NotFoundError
from gbkg.core.records import Claim, Dating, Entity, Passage
from gbkg.documents import quantities

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


def find(name: str, entities: dict[str, Entity], claims: Iterable[Claim], remark: Remark | None = None) -> Entity:
    """The entity of this IRI, prefixed name, slug, label or alias; upper and lower case do not matter.

    With `remark`, also the one entity that has a label or alias that begins with the name, or has it in it as whole
    words; `remark` is then told what the name was taken for. Raises `NotFoundError` with near names when nobody has
    the name, or when several entities have it.
    """
    name = name.strip()
    iri = namespaces.expand(name) if ":" in name else None
    slug = str(iri).removeprefix(str(namespaces.ID)) if iri else name
    if slug in entities:
        return entities[slug]
    labelled = _labelled(entities, claims)
    spoken = {word: set(found) for word, found in labelled.items()}
    for entity in entities.values():
        spoken.setdefault(entity.slug.casefold(), set()).add(entity.slug)
    found = spoken.get(name.casefold(), set())
    if len(found) == 1:
        return entities[found.pop()]
    if found:
        raise NotFoundError("single entity", name, [_called(entities[one]) for one in sorted(found)])
    taken = by_part(name, labelled) if remark else set()
    if remark and len(taken) == 1:
        entity = entities[taken.pop()]
        remark(f"{name!r} is taken for {_called(entity)}")
        return entity
    raise NotFoundError("entity", name, [_called(entities[one]) for one in near(slug, spoken, str)])


def _labelled(entities: dict[str, Entity], claims: Iterable[Claim]) -> dict[str, set[str]]:
    """The slugs of those who have a label or an alias, by these in lower case."""
    spoken: dict[str, set[str]] = {}
    for entity in entities.values():
        spoken.setdefault(entity.label.casefold(), set()).add(entity.slug)
    for claim in claims:
        if claim.predicate == "alias":
            spoken.setdefault(claim.object.casefold(), set()).add(claim.subject)
    return spoken


def _called(entity: Entity) -> str:
    return called(entity.label, f"id:{entity.slug}")


def card(
    entity: Entity,
    entities: dict[str, Entity],
    claims: Iterable[Claim],
    vocabulary: Vocabulary,
    remarks: Iterable[str] = (),
    doubts: Mapping[str, Sequence[str]] | None = None,
) -> Card:
    """The entity's names, relations from it and to it, words said of it, and statistics, in this order; of the remarks
    inconsistencies come first. `doubts` has the nodes of curation that put a claim in doubt, by its key."""
    lines: list[Line] = []
    passages: dict[Passage, list[str]] = {}
    for claim in claims:
        made = _line(entity, claim, entities, vocabulary)
        if made is None:
            continue
        group, text = made
        for passage in claim.passages:
            passages.setdefault(passage, []).append(claim.key)
        numbers = tuple(sorted(list(passages).index(p) + 1 for p in claim.passages))
        remark = _remark(claim, entities, vocabulary, (doubts or {}).get(claim.key, ()))
        lines.append(Line(group, text, remark, numbers))
    order = ("Names", "Relations", "Relations to it", "Dates", "Said of it", "Statistics", "Said by it")
    lines.sort(key=lambda line: (order.index(line.group), line.text if line.group.startswith("Relations") else ""))
    kind = vocabulary.labels[entity.type]
    beside = tuple(sorted(remarks, key=lambda remark: not remark.startswith("inconsistency")))
    return Card(entity, kind, tuple(lines), tuple((p, tuple(keys)) for p, keys in passages.items()), beside)


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
    if quantity.unit in ("rankUnit", "seriesPlace"):
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


def according(claim: Claim, entities: Mapping[str, Entity]) -> str:
    """Who said an attributed claim, and that this is implied where the source does not say so itself."""
    said = f"according to {' and '.join(entities[agent].label for agent in claim.attributed_to)}"
    return f"{said} (implied)" if claim.attribution == "implied" else said


def _line(entity: Entity, claim: Claim, entities: dict[str, Entity], vocabulary: Vocabulary) -> tuple[str, str] | None:
    predicate = vocabulary.labels[claim.predicate]
    if claim.subject == entity.slug:
        if claim.quantity:
            return "Statistics", f"{predicate}: {_figure(claim, vocabulary)}; {when(claim.dating)}"
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
            said = f"{_figure(claim, vocabulary)}; {when(claim.dating)}"
        return "Said by it", f"{entities[claim.subject].label} – {predicate}: {said}"
    return None


def _figure(claim: Claim, vocabulary: Vocabulary) -> str:
    """The amount; of a number that cannot be read only what is printed, where a note says the rest."""
    if claim.quantity is not None and claim.status == "unreadable" and claim.note:
        return f"printed {claim.quantity.text!r}"
    return amount(claim, vocabulary)


def _remark(claim: Claim, entities: dict[str, Entity], vocabulary: Vocabulary, doubts: Sequence[str]) -> str:
    # That a number is unreadable stands in its place, or in the note.
    said = claim.status == "accepted" or (claim.status == "unreadable" and claim.quantity is not None)
    parts = [] if said else [claim.status]
    if claim.reading == "implied":
        parts.append("implied")
    parts += [f"in doubt, see {', '.join(doubts)}"] if doubts else []
    parts += [vocabulary.labels[qualifier] for qualifier in claim.qualifiers]
    if claim.attributed_to:
        parts.append(according(claim, entities))
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
