"""One entity as a reader wants it: everything that claims say of it, each with its evidence, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from gbkg.ask import contents, statements
from gbkg.ask.records import GraphRecords
from gbkg.ask.statements import GROUPS, Curated, Statement
from gbkg.core.prefixes import PREFIXES, spaced
from gbkg.core.records import Claim, Entity, Passage, Source
from gbkg.core.terms import Term, TripleKey, minted, term
from gbkg.evidence.claims import claims_on
from gbkg.evidence.proofs import ClaimEvidence, Inference
from gbkg.evidence.reader import EvidenceReader

__all__ = ["GROUPS", "EntityPage", "page"]
_ENTITIES, _INFERRED = term("graph:entities"), term("graph:inferred")


@dataclass(frozen=True, slots=True)
class EntityPage:
    """What is known of an entity. `statements` are in the order of `GROUPS`, those that claims state; `inferred` are
    those that follow by rules and say something new; `passages` are numbered from 1 by the footnotes of `statements`,
    each with the keys of the claims that it proves here; `curation` is what the curators say of the entity and of the
    claims about it, inconsistencies first; `sources` are those of the passages; `elsewhere` are the identifiers of
    other vocabularies: IRIs of property and thing. `left_out` counts the claims and the inferred relations of which
    nothing is here, when only some were asked for."""

    entity: Entity
    type: str
    statements: tuple[Statement, ...]
    inferred: tuple[Statement, ...]
    passages: tuple[tuple[Passage, tuple[str, ...]], ...]
    curation: tuple[Curated, ...]
    sources: tuple[Source, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()
    left_out: tuple[int, int] = (0, 0)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The remarks of the curators, a line each."""
        return tuple(one.text for one in self.curation)


def page(
    records: GraphRecords, slug: str, evidence: EvidenceReader | None = None, most: int | None = None
) -> EntityPage:
    """What a graph has on the entity of this name: its other names, relations from it and to it, what is said of it,
    statistics, and what follows. `evidence` is the reader of the graph, if there is one already. `most` bounds the
    claims, and the inferred relations, of entities that everything is about; the first by IRI are taken."""
    evidence, node = evidence or EvidenceReader(records.store), minted("id", slug)
    wanted = sorted(claims_on(records.store, [node]), key=str)
    claims = records.claims(wanted[:most])
    found = statements.curated(records, records.curation([node, *(claim.iri for claim in claims)]))
    passages: dict[Passage, list[str]] = {}
    made = _statements(slug, claims, found, records, evidence, passages)
    inferred, more = _inferred(records, evidence, node, made, most)
    entity = records.entity(slug)
    return EntityPage(
        entity,
        records.word(entity.type) if entity.type else "",
        tuple(made),
        tuple(inferred),
        tuple((passage, tuple(keys)) for passage, keys in passages.items()),
        _told(found, slug, {claim.key for claim in claims if claim.subject == slug}),
        tuple(records.sources(passage.source for passage in passages).values()),
        _elsewhere(records, node),
        (len(wanted) - len(wanted[:most]), more),
    )


def _statements(
    slug: str,
    claims: Iterable[Claim],
    found: list[Curated],
    records: GraphRecords,
    evidence: EvidenceReader,
    passages: dict[Passage, list[str]],
) -> list[Statement]:
    """The statements of claims, those that say the same in the same way together; `passages` gets what they quote."""
    naming, together = statements.by_claim(found), dict[tuple[object, ...], list[tuple[Statement, Claim]]]()
    for claim in claims:
        if (made := statements.made(slug, claim, records)) is None:
            continue
        made = replace(made, remark=statements.remark(claim, records, naming.get(claim.key, ())))
        for passage in claim.passages:
            passages.setdefault(passage, []).append(claim.key)
        alone = claim.key if made.object is None else ""
        together.setdefault((made.group, made.subject, made.predicate, made.object, made.remark, alone), []).append(
            (made, claim)
        )
    numbers = {passage: number for number, passage in enumerate(passages, start=1)}
    quoted = evidence.claims(claim.iri for group in together.values() for _, claim in group)
    joined = [_joined(group, numbers, quoted, naming) for group in together.values()]
    joined.sort(key=lambda one: (GROUPS.index(one.group), one.text if one.group.startswith("Relations") else ""))
    return joined


def _joined(
    group: list[tuple[Statement, Claim]],
    numbers: dict[Passage, int],
    quoted: dict[str, ClaimEvidence],
    naming: dict[str, list[Curated]],
) -> Statement:
    claims = [claim for _, claim in group]
    footnotes = {numbers[passage] for claim in claims for passage in claim.passages}
    curated = {one.name: one for claim in claims for one in naming.get(claim.key, ())}
    return replace(
        group[0][0],
        footnotes=tuple(sorted(footnotes)),
        evidence=tuple(quoted[claim.key] for claim in claims if claim.key in quoted),
        curation=tuple(curated.values()),
    )


def _inferred(
    records: GraphRecords, evidence: EvidenceReader, node: NamedNode, stated: Iterable[Statement], most: int | None
) -> tuple[list[Statement], int]:
    """The relations of an entity that follow by rules, but for those that say again what others say; and of how many
    nothing is said."""
    store = records.store
    quads = [*store.quads_of([node], None, _INFERRED), *store.quads_to([node], None, _INFERRED)]
    triples: list[TripleKey] = sorted({(q.subject, q.predicate, q.object) for q in quads}, key=_order)
    said: list[TripleKey] = [
        (NamedNode(one.subject), NamedNode(one.predicate), one.object) for one in stated if one.object is not None
    ]
    news = contents.news(store, triples, said)
    evidence.load(news[:most])
    records.learn(term for triple in news[:most] for term in triple)
    made = [_following(records, evidence, node, triple) for triple in news[:most]]
    made.sort(key=lambda one: (one.group, one.text))
    return made, len(news) - len(made)


def _following(records: GraphRecords, evidence: EvidenceReader, node: NamedNode, triple: TripleKey) -> Statement:
    subject, predicate, object = triple
    step = evidence.step(triple).best
    rules = dict.fromkeys(one.rule for one in step.evidence if isinstance(one, Inference))
    own, label = subject == node, records.label
    # A property of another vocabulary has no label here, but its name is made of words.
    word = label(predicate) if (local := label(predicate).rpartition(":")[2]) == label(predicate) else spaced(local)
    text = f"{word} {label(object)}" if own else f"{label(subject)} – {word} → it"
    other = object if own else subject
    return Statement(
        "Relations" if own else "Relations to it",
        text,
        f"by the rule {', '.join(rules)}" if rules else "",
        (),
        str(subject.value),
        predicate.value,
        object,
        word,
        other.value if isinstance(other, NamedNode) else "",
        label(other),
        evidence=step.claims,
        proof=step,
    )


def _order(triple: TripleKey) -> tuple[str, ...]:
    return tuple(map(str, triple))


def _told(found: list[Curated], slug: str, keys: set[str]) -> tuple[Curated, ...]:
    """The nodes that name the entity or a claim about it, inconsistencies first, then by their words; passed checks
    confirm what is printed, and are left out."""
    near = [one for one in found if slug in one.entities or keys & {*one.claims}]
    near = [one for one in near if one.kind != "passed check"]
    return tuple(sorted(near, key=lambda one: (one.kind != "inconsistency", one.text)))


def _elsewhere(records: GraphRecords, node: Term) -> tuple[tuple[str, str], ...]:
    """What the curators hold for the same, or near it, in other vocabularies."""
    said = records.described([node], "entities")
    found = {
        (predicate.value, value.value)
        for _, predicate, value in said
        if isinstance(value, NamedNode) and predicate.value.startswith(PREFIXES["skos"])
    }
    return tuple(sorted(found))
