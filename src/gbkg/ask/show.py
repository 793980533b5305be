"""One entity as a reader wants it: everything that claims say of it, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from gbkg.ask import wording
from gbkg.ask.records import GraphRecords, local, names
from gbkg.core.prefixes import shorten, spaced
from gbkg.core.records import DOUBTS, Claim, Entity, Passage, Source
from gbkg.core.terms import Term, minted
from gbkg.core.triples import Graph

GROUPS = ("Names", "Relations", "Relations to it", "Dates", "Said of it", "Statistics", "Said by it")
"""The groups of statements, in order."""
_NAMING = ("gbkg:concerns", "gbkg:corrects")


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
    curated = records.curation([minted("id", slug), *(claim.iri for claim in claims)])
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
        _remarks(records, curated, {minted("id", slug), *(claim.iri for claim in claims if claim.subject == slug)}),
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


def _doubts(curated: Graph) -> dict[str, list[str]]:
    """The nodes that put a claim in doubt, as `cur:name`, by the key of the claim."""
    found: dict[str, list[str]] = {}
    for node in (node for kind in DOUBTS for node in curated.instances(kind)):
        for name in _NAMING:
            for key in names(curated, node, name, "clm"):
                found.setdefault(key, []).append(shorten(node.value))
    return {key: sorted(set(nodes)) for key, nodes in found.items()}


def _remarks(records: GraphRecords, curated: Graph, about: set[NamedNode]) -> tuple[str, ...]:
    """A line for each node that names one of these things, inconsistencies first, then sorted; passed checks confirm
    what is printed, and are left out."""
    nodes = {node for name in _NAMING for node, thing in curated.pairs(name) if thing in about}
    found = []
    for node in nodes - set(curated.instances("gbkg:PassedCheck")):
        words, facts = spaced(local(curated, node, "rdf:type")), _facts(curated, node, records)
        comment = curated.text(node, "rdfs:comment")
        found.append(f"{words}{f' ({facts})' if facts else ''}: {comment} [{shorten(node.value)}]")
    return tuple(sorted(found, key=lambda remark: (not remark.startswith("inconsistency"), remark)))


def _facts(curated: Graph, node: Term, records: GraphRecords) -> str:
    """The content of a node in a few words: what is meant, both sides of a formula, which entities, or what is lost."""
    meant, computed = curated.text(node, "gbkg:correctedText"), curated.text(node, "gbkg:computedValue")
    outcome = spaced(local(curated, node, "gbkg:outcome"))
    if meant:
        return f"printed {curated.text(node, 'gbkg:printedText')!r}, meant {meant!r}"
    if computed:
        return f"left side {computed}, right side {curated.text(node, 'gbkg:expectedValue')}"
    if outcome:
        pair = " / ".join(sorted(map(records.called, names(curated, node, "gbkg:concerns", "id"))))
        return f"{pair}: {outcome}" if pair else outcome
    return curated.text(node, "gbkg:lostContent")
