"""One entity as a reader wants it: everything that claims say of it, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from gbkg.ask import wording
from gbkg.ask.records import Described, GraphRecords
from gbkg.core.prefixes import PREFIXES, shorten, spaced
from gbkg.core.records import DOUBTS, Claim, Entity, Passage, Source

GROUPS = ("Names", "Relations", "Relations to it", "Dates", "Said of it", "Statistics", "Said by it")
"""The groups of statements, in order."""
_ID, _CLM, _CUR = (PREFIXES[name] for name in ("id", "clm", "cur"))


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its group, its words, remarks on how it was read, and the numbers of its passages on the page."""

    group: str
    text: str
    remark: str
    footnotes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntityPage:
    """What is known of an entity. `lines` are in the order of `GROUPS`; `passages` are numbered from 1 by their
    footnotes, each with the keys of the claims that it proves here; `remarks` are what the curators say,
    inconsistencies first; `sources` are those of the passages."""

    entity: Entity
    type: str
    lines: tuple[Line, ...]
    passages: tuple[tuple[Passage, tuple[str, ...]], ...]
    remarks: tuple[str, ...]
    sources: tuple[Source, ...]


def page(records: GraphRecords, slug: str) -> EntityPage:
    """What a graph has on the entity of this name: its other names, relations from it and to it, what is said of it,
    and statistics."""
    claims = records.claims_on([slug])
    curated, concerned = _curation(records, slug, claims)
    doubts = _doubts(curated)
    lines: list[Line] = []
    passages: dict[Passage, list[str]] = {}
    for claim in claims:
        stated = _statement(slug, claim, records)
        if stated is None:
            continue
        for passage in claim.passages:
            passages.setdefault(passage, []).append(claim.key)
        numbers = tuple(sorted(list(passages).index(passage) + 1 for passage in claim.passages))
        remarks = wording.remarks(claim, records, "implied", doubts.get(claim.key, ()))
        remark = "; ".join(remarks)
        lines.append(Line(*stated, remark.rstrip(".") if claim.note else remark, numbers))
    lines.sort(key=lambda line: (GROUPS.index(line.group), line.text if line.group.startswith("Relations") else ""))
    entity = records.entity(slug)
    return EntityPage(
        entity,
        records.word(entity.type) if entity.type else "",
        tuple(lines),
        tuple((passage, tuple(keys)) for passage, keys in passages.items()),
        _remarks(records, concerned),
        tuple(records.sources(passage.source for passage in passages).values()),
    )


def _statement(slug: str, claim: Claim, records: GraphRecords) -> tuple[str, str] | None:
    """The group and the words of a claim on the page of an entity; None if it has no place there."""
    predicate = records.word(claim.predicate)
    if claim.subject == slug:
        if claim.quantity:
            return "Statistics", f"{predicate}: {_figure(claim, records)}"
        if claim.object_kind == "entity":
            return "Relations", f"{predicate} {records.called(claim.object)}"
        if claim.object_kind == "date":
            return "Dates", f"{predicate} {claim.object}{' (no year)' if claim.object.startswith('--') else ''}"
        return ("Names", claim.object) if claim.predicate == "alias" else ("Said of it", f"{predicate}: {claim.object}")
    if claim.object_kind == "entity" and claim.object == slug:
        return "Relations to it", f"{records.called(claim.subject)} – {predicate} → it"
    if slug in claim.attributed_to:
        said = records.called(claim.object) if claim.object_kind == "entity" else claim.object
        said = _figure(claim, records) if claim.quantity else said
        return "Said by it", f"{records.called(claim.subject)} – {predicate}: {said}"
    return None


def _figure(claim: Claim, records: GraphRecords) -> str:
    """Amount and date; of a number that cannot be read only what is printed, where a note says the rest."""
    assert claim.quantity is not None
    unreadable = claim.status == "unreadable" and claim.note
    amount = f"printed {claim.quantity.text!r}" if unreadable else wording.amount(claim.quantity, records)
    return f"{amount}; {wording.when(claim.dating)}"


def _curation(records: GraphRecords, slug: str, claims: Iterable[Claim]) -> tuple[list[Described], list[Described]]:
    """The nodes of curation on the entity or one of the claims, and those of them on the entity itself or on a claim of
    which it is the subject."""
    own = {NamedNode(_ID + slug)}
    own |= {NamedNode(_CLM + claim.key) for claim in claims if claim.subject == slug}
    naming = records.naming(own | {NamedNode(_CLM + claim.key) for claim in claims})
    curated = [said for said in records.curation(naming) if said.node.value.startswith(_CUR)]
    return curated, [said for said in curated if naming[said.node] & own]


def _doubts(curated: Iterable[Described]) -> dict[str, list[str]]:
    """The nodes that put a claim in doubt, as `cur:name`, by the key of the claim."""
    found: dict[str, list[str]] = {}
    for said in curated:
        if f"gbkg:{said.local('rdf:type')}" in DOUBTS:
            for key in {*said.slugs("gbkg:concerns", _CLM), *said.slugs("gbkg:corrects", _CLM)}:
                found.setdefault(key, []).append(shorten(said.node.value))
    return found


def _remarks(records: GraphRecords, curated: Iterable[Described]) -> tuple[str, ...]:
    """A line for each node, inconsistencies first, then sorted; passed checks confirm what is printed, and are left
    out."""
    found = []
    for said in curated:
        words, facts = spaced(said.local("rdf:type")), _facts(said, records)
        if words != "passed check":
            comment = said.text("rdfs:comment")
            found.append(f"{words}{f' ({facts})' if facts else ''}: {comment} [{shorten(said.node.value)}]")
    return tuple(sorted(found, key=lambda remark: (not remark.startswith("inconsistency"), remark)))


def _facts(said: Described, records: GraphRecords) -> str:
    """The heart of a node in a few words: what is meant, both sides of the sum, which two entities, what is lost."""
    meant, computed = said.text("gbkg:correctedText"), said.text("gbkg:computedValue")
    outcome = spaced(said.local("gbkg:outcome"))
    if meant:
        return f"printed {said.text('gbkg:printedText')!r}, meant {meant!r}"
    if computed:
        return f"left side {computed}, right side {said.text('gbkg:expectedValue')}"
    if outcome:
        pair = " / ".join(sorted(map(records.called, said.slugs("gbkg:concerns", _ID))))
        return f"{pair}: {outcome}" if pair else outcome
    return said.text("gbkg:lostContent")
