"""What the curators hold against the documents, and what they have still to settle, as records: each with the claims
and quotations that it speaks of.

The records are made of the typed tables and `data/curation.ttl`, not of a built graph: the formulas name claims, and
the record of a claim has its quotations and number, so nothing needs to be joined or opened, and the answer is never
older than the data. Reading takes a third of a second. `gbkg.ask.disputes.working` puts the arithmetic into words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from string import ascii_lowercase

from gbkg.ask.disputes import hedges, working
from gbkg.ask.disputes.working import Working
from gbkg.ask.show import according, amount, when
from gbkg.claims import curation, formulas, rivals
from gbkg.claims.formulas import FormulaError, Interval
from gbkg.claims.inputs import Inputs
from gbkg.claims.rivals import Rivals
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import turtle
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import PREFIXES, full, shorten, spaced
from gbkg.core.records import Claim, Entity, Passage
from gbkg.core.terms import Term, minted
from gbkg.core.triples import Graph
from gbkg.documents import passages

CLASSES = {
    "inconsistency": "Inconsistency",
    "correction": "Correction",
    "comparison": "Comparison",
    "check": "PassedCheck",
    "ambiguity": "Ambiguity",
    "identity": "IdentityJudgement",
    "gap": "Gap",
}
"""The name of each kind of curation on the command line, and its class."""
PROPOSED = "proposal"
"""The kind of a comparison that nobody has made yet."""
KINDS = (PROPOSED, *CLASSES)
"""All kinds, in the order in which they are listed."""
PLURALS = {kind: f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s" for kind in KINDS}
"""More than one of each kind."""
USUAL = (PROPOSED, "inconsistency", "correction", "comparison")
"""The kinds that are listed when none is asked for."""

_NAMING = ("gbkg:concerns", "gbkg:corrects")


@dataclass(frozen=True, slots=True)
class Witness:
    """A claim that a dispute speaks of.

    `letter` names it within the dispute and its formula; `subject` is the label of what it is about, `statement` the
    claim in words; `remarks` qualify it; `qualifier` is what the source says around its number ("about"). `allowed` is
    what its printed digits stand for in a formula, `range` the same in words; `corrected` is the text that takes the
    place of an unreadable number there.
    """

    letter: str
    claim: Claim
    subject: str
    statement: str
    remarks: tuple[str, ...]
    qualifier: str = ""
    allowed: Interval | None = None
    range: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One node of the curation, or one that is proposed. `witnesses` are in the order of the formula, else of the
    tables; `named` says that the node names them itself (those of an identity judgement are gathered). `related` are
    other nodes on the same claims or entities; `fault` says why a formula could not be worked out; `settling` is what a
    proposal would add to the curation, as Turtle."""

    iri: Term
    kind: str
    comment: str
    witnesses: tuple[Witness, ...]
    named: bool = True
    entities: tuple[Entity, ...] = ()
    outcome: str = ""
    definition: str = ""
    printed: str = ""
    corrected: str = ""
    corrected_value: str = ""
    lost: str = ""
    source: str = ""
    passages: tuple[Passage, ...] = ()
    working: Working | None = None
    fault: str = ""
    settling: str = ""
    related: tuple[Term, ...] = ()

    @property
    def name(self) -> str:
        """The node as prefix:name."""
        return shorten(self.iri.value)

    def touches(self, entity: Entity) -> bool:
        """Whether it names the entity, or a claim that has it as subject, object, speaker or criterion."""
        claims = [witness.claim for witness in self.witnesses] if self.named else []
        return entity in self.entities or any(entity.slug in _slugs(claim) for claim in claims)


@dataclass(frozen=True)
class _Desk:
    """What is looked up again and again while disputes are made: the inputs, the curation, and records by IRI."""

    inputs: Inputs
    graph: Graph
    corrected: dict[str, str]
    numbers: dict[str, Interval]
    claims: dict[Term, Claim]
    entities: dict[Term, Entity]
    passages: dict[Term, Passage]


def read(inputs: Inputs, graph: Graph) -> list[Dispute]:
    """All disputes of a curation graph, by kind in the order of `KINDS`, then by IRI."""
    aside = [Passage(r.source, r.start, r.end, r.quote) for r in inputs.readings if r.end - r.start == len(r.quote)]
    quoted = {passage for claim in inputs.claims for passage in claim.passages}
    corrected = curation.corrections(graph)
    desk = _Desk(
        inputs,
        graph,
        corrected,
        curation.printed_numbers(curation.figures(inputs.claims, inputs.sources), corrected, inputs.vocabulary),
        {claim.iri: claim for claim in inputs.claims},
        {entity.iri: entity for entity in inputs.entities.values()},
        {passage.iri: passage for passage in quoted | set(aside)},
    )
    curated = [_dispute(desk, node, kind) for kind, name in CLASSES.items() for node in graph.instances(f"gbkg:{name}")]
    return [*(_proposal(desk, one) for one in _rivals(inputs, graph)), *curated]


def kinds(asked: Iterable[str]) -> tuple[str, ...]:
    """The kinds of these names, in the order of `KINDS`. Raises `NotFoundError` with near names.

    >>> kinds(["gap", "Check"])
    ('check', 'gap')
    """
    wanted = set()
    for word in asked:
        if word.casefold() not in KINDS:
            raise NotFoundError("kind of dispute", word, get_close_matches(word.casefold(), KINDS, 3, 0.5), list(KINDS))
        wanted.add(word.casefold())
    return tuple(kind for kind in KINDS if kind in wanted)


def pick(name: str, found: Sequence[Dispute]) -> Dispute:
    """The dispute of this prefixed name or IRI. Raises `NotFoundError` with near names."""
    known = {dispute.name: dispute for dispute in found}
    wanted = shorten(full(name) or name)
    if wanted not in known:
        raise NotFoundError("dispute", name, get_close_matches(wanted, known, 3, 0.6))
    return known[wanted]


def misprints(dispute: Dispute, passage: Passage) -> tuple[tuple[int, int], ...]:
    """Where the printed text of a correction stands in a passage: offsets into its quotation, half-open."""
    return tuple(passages.find(passage.exact, dispute.printed))


def statement(claim: Claim, inputs: Inputs) -> str:
    """A claim in words: subject, predicate, and object or number with its date."""
    subject, predicate = inputs.entities[claim.subject].label, inputs.vocabulary.labels[claim.predicate]
    if claim.quantity:
        return f"{subject} – {predicate}: {amount(claim, inputs.vocabulary)}; {when(claim.dating)}"
    if claim.object_kind == "entity":
        return f"{subject} – {predicate} → {inputs.entities[claim.object].label}"
    return f"{subject} – {predicate}: {claim.object}"


def _dispute(desk: _Desk, node: Term, kind: str) -> Dispute:
    def text(predicate: str) -> str:
        return desk.graph.text(node, predicate)

    formula, outcome = text("gbkg:formula"), text("gbkg:outcome").removeprefix(PREFIXES["gbkg"])
    entities = tuple(desk.entities[o] for o in _objects(desk.graph, node, "gbkg:concerns") if o in desk.entities)
    claims = _claims(desk, node, formula)
    made = Dispute(
        iri=node,
        kind=kind,
        comment=text("rdfs:comment"),
        witnesses=_witnesses(desk, claims or _mentions(desk.inputs.claims, entities)),
        named=bool(claims),
        entities=entities,
        outcome=spaced(outcome),
        definition=desk.inputs.vocabulary.definitions.get(outcome, ""),
        printed=text("gbkg:printedText"),
        corrected=text("gbkg:correctedText"),
        corrected_value=text("gbkg:correctedValue"),
        lost=text("gbkg:lostContent"),
        source=text("gbkg:inSource").removeprefix(PREFIXES["src"]),
        passages=tuple(
            desk.passages[o] for o in _objects(desk.graph, node, "prov:wasDerivedFrom") if o in desk.passages
        ),
        related=_related(desk.graph, node),
    )
    return _worked(made, formula, desk) if formula else made


def _rivals(inputs: Inputs, graph: Graph) -> list[Rivals]:
    """Claims that differ and are not settled, by name."""
    shapes = turtle.read(inputs.project, inputs.project.ontology("shapes.ttl"))
    limits = rivals.limits(shapes, inputs.vocabulary)
    found = rivals.find(inputs.claims, limits, inputs.entities, inputs.vocabulary, graph)
    return sorted(found, key=lambda one: one.node)


def _proposal(desk: _Desk, found: Rivals) -> Dispute:
    things: set[Term] = {claim.iri for claim in found.claims}
    return Dispute(
        iri=minted("cur", found.node),
        kind=PROPOSED,
        comment=f"{found.rule}, and {'one source says' if found.within else 'sources say'} it differently",
        witnesses=_witnesses(desk, found.claims),
        outcome=spaced(found.outcome),
        definition=desk.inputs.vocabulary.definitions.get(found.outcome, ""),
        related=_naming(desk.graph, things),
        settling=rivals.comparison(found),
    )


def _worked(dispute: Dispute, formula: str, desk: _Desk) -> Dispute:
    """The dispute with its formula worked out, and with what the digits of each witness allow."""
    letters = {w.claim.key: w.letter for w in dispute.witnesses}
    figures = {w.claim.key: w.corrected or w.claim.quantity.text for w in dispute.witnesses if w.claim.quantity}
    try:
        made = working.work(formula, desk.numbers, letters, figures)
    except FormulaError as error:
        return replace(dispute, fault=f"{formula} cannot be worked out: {error}")
    if not made.result.holds:
        covering = hedges.covering(formula, desk.numbers, [w.claim for w in dispute.witnesses])
        made = working.hedged(made, [(w.qualifier, w.letter) for w in dispute.witnesses if w.claim.key in covering])
    measured = tuple(_measured(w, desk.numbers.get(w.claim.key), desk.inputs.vocabulary) for w in dispute.witnesses)
    return replace(dispute, working=made, witnesses=measured)


def _measured(witness: Witness, allowed: Interval | None, vocabulary: Vocabulary) -> Witness:
    """The witness with what its number stands for, also in words: `60.0165 billion yuan to 60.0175 billion yuan`."""
    quantity = witness.claim.quantity
    if allowed is None or quantity is None:
        return witness

    def shown(value: Fraction) -> str:
        plain = replace(
            quantity, value=working.decimal(value), precision="exact", text=witness.corrected or quantity.text
        )
        return amount(replace(witness.claim, quantity=plain), vocabulary)

    ends = [shown(allowed.low)] if allowed.low == allowed.high else [shown(allowed.low), shown(allowed.high)]
    return replace(witness, allowed=allowed, range=" to ".join(ends))


def _claims(desk: _Desk, node: Term, formula: str) -> list[Claim]:
    """The claims that a node names: in the order of its formula, then in that of the tables."""
    things = {o for relation in _NAMING for o in desk.graph.objects(node, relation)}
    order = {key: n for n, key in enumerate(formulas.named(formula))}
    found = [claim for iri, claim in desk.claims.items() if iri in things or claim.key in order]
    return sorted(found, key=lambda claim: order.get(claim.key, len(order)))


def _mentions(claims: Sequence[Claim], entities: Sequence[Entity]) -> list[Claim]:
    """What the documents have on whether two entities are one: claims on both of them, then the names they bear; the
    first claim that speaks of it for one that has neither."""
    slugs = {entity.slug for entity in entities}
    found = [claim for claim in claims if len(slugs & {claim.subject, claim.object}) > 1]
    found += [claim for claim in claims if claim.subject in slugs and claim.predicate == "alias"]
    for entity in entities:
        if not any(entity.slug in _slugs(claim) for claim in found):
            found += [claim for claim in claims if entity.slug in _slugs(claim)][:1]
    return found


def _witnesses(desk: _Desk, claims: Iterable[Claim]) -> tuple[Witness, ...]:
    return tuple(
        Witness(
            letter=ascii_lowercase[n % 26] * (n // 26 + 1),
            claim=claim,
            subject=desk.inputs.entities[claim.subject].label,
            statement=statement(claim, desk.inputs),
            remarks=_remarks(claim, desk.inputs),
            qualifier=hedges.word(claim, desk.inputs.vocabulary),
            corrected=_corrected(claim, desk.corrected),
        )
        for n, claim in enumerate(claims)
    )


def _corrected(claim: Claim, corrected: Mapping[str, str]) -> str:
    """What an unreadable number is corrected to."""
    return corrected.get(claim.key, "") if claim.quantity and claim.quantity.value is None else ""


def _remarks(claim: Claim, inputs: Inputs) -> tuple[str, ...]:
    """What qualifies a claim: status (unreadable is said by its statement), reading, the source's own limits, speakers,
    criterion, note."""
    entities = inputs.entities
    found = [claim.status] if claim.status not in ("accepted", "unreadable") else []
    if claim.reading == "implied":
        found.append("implied, not said in so many words")
    found += [inputs.vocabulary.labels[qualifier] for qualifier in claim.qualifiers]
    if claim.attributed_to:
        found.append(according(claim, entities))
    if claim.criterion:
        found.append(f"counted by: {entities[claim.criterion].label} (id:{claim.criterion})")
    return (*found, claim.note) if claim.note else tuple(found)


def _related(graph: Graph, node: Term) -> tuple[Term, ...]:
    """Other nodes that name one of the claims or entities that this one names, by IRI."""
    things = {thing for relation in _NAMING for thing in graph.objects(node, relation)}
    return tuple(other for other in _naming(graph, things) if other != node)


def _naming(graph: Graph, things: Collection[Term]) -> tuple[Term, ...]:
    """The nodes that name one of these things, by IRI."""
    found = {node for relation in _NAMING for node, thing in graph.pairs(relation) if thing in things}
    return tuple(sorted(found, key=lambda node: node.value))


def _objects(graph: Graph, node: Term, predicate: str) -> list[Term]:
    return sorted(graph.objects(node, predicate), key=lambda found: found.value)


def _slugs(claim: Claim) -> set[str]:
    target = {claim.object} if claim.object_kind == "entity" else set()
    return {claim.subject, *claim.attributed_to, claim.criterion} | target
