"""Disputes: what the curators hold against the documents, or have still to settle. `read` finds all that a graph has,
with their claims and quotations; the limits on what claims may say come from the shapes of the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from string import ascii_lowercase

from gbkg.ask import arithmetic
from gbkg.ask.arithmetic import Working, spoken
from gbkg.ask.records import GraphRecords, amount_in_words, in_words, local, mentioned, names, place, qualifications
from gbkg.claims import curation, rivals, vocabulary
from gbkg.claims.curation import FormulaError, Interval
from gbkg.claims.rivals import Rivals
from gbkg.claims.vocabulary import merged, shapes
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import PREFIXES, full, shorten, spaced
from gbkg.core.project import Project
from gbkg.core.records import Claim, Entity, Passage
from gbkg.core.terms import Graph, Term, minted, term
from gbkg.core.text import listed, oneline
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

_TITLES = {"check": "Passed check", "identity": "Identity judgement"}


@dataclass(frozen=True, slots=True)
class DisputedClaim:
    """A claim that a dispute names.

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
    """One node of the curation, or one that is proposed. `claims` are in the order of the formula, else of the
    documents; `named` is False if the node does not name them itself (those of an identity judgement are looked for).
    `related` are other nodes on the same claims or entities; `fault` says why a formula could not be worked out;
    `settling` is what a proposal would add to the curation, as Turtle."""

    iri: str
    kind: str
    comment: str
    claims: tuple[DisputedClaim, ...]
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
    related: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The node as prefix:name."""
        return shorten(self.iri)

    def touches(self, slug: str) -> bool:
        """True if it names the entity, or a claim with it as subject, object, speaker or criterion."""
        claims = [disputed.claim for disputed in self.claims] if self.named else []
        return any(entity.slug == slug for entity in self.entities) or any(slug in mentioned(one) for one in claims)


def kinds(asked: Iterable[str]) -> tuple[str, ...]:
    """The kinds of these names, in the order of `KINDS`. Raises `NotFoundError` with near names.

    >>> kinds(["gap", "Check"])
    ('check', 'gap')
    """
    wanted = set()
    for word in asked:
        if word.casefold() not in KINDS:
            raise NotFoundError.among("kind of dispute", word, KINDS)
        wanted.add(word.casefold())
    return tuple(kind for kind in KINDS if kind in wanted)


def pick(name: str, found: Sequence[Dispute]) -> Dispute:
    """The dispute of this prefixed name or IRI. Raises `NotFoundError` with near names."""
    known = {dispute.name: dispute for dispute in found}
    wanted = shorten(full(name) or name)
    if wanted not in known:
        raise NotFoundError.among("dispute", wanted, known)
    return known[wanted]


def misprints(dispute: Dispute, passage: Passage) -> tuple[tuple[int, int], ...]:
    """Where the printed text of a correction stands in a passage: offsets into its quotation, half-open."""
    return tuple(passages.find(passage.exact, dispute.printed))


def heading(dispute: Dispute) -> str:
    """The dispute in one line, with the node's name."""
    title = _TITLES.get(dispute.kind, dispute.kind.capitalize())
    spoken = dict.fromkeys(disputed.subject for disputed in dispute.claims if dispute.named)
    about = " / ".join([entity.label for entity in dispute.entities] or _few(list(spoken)))
    return f"{title}{f' on {about}' if about else ''}: {_gist(dispute)}  [{dispute.name}]"


def caution(dispute: Dispute) -> str:
    """What of the printed figures the arithmetic replaces, or leaves out without a word in its result; the empty string
    when that is nothing."""
    used = [one for one in dispute.claims if one.allowed is not None and one.claim.quantity is not None]
    said = [
        f"“{oneline(one.claim.quantity.text)}”, the number of {one.letter}, was put in as corrected, “{one.corrected}”"
        for one in used
        if one.corrected and one.claim.quantity
    ]
    covering = {letter for _, letter in dispute.working.hedges} if dispute.working else set()
    vague = [
        (one.qualifier, one.letter)
        for one in used
        if one.qualifier and not one.corrected and one.letter not in covering
    ]
    if vague:
        said.append(f"only the digits were put in: that the source says {spoken(vague)} is left out")
    return "; ".join(said)


def _gist(dispute: Dispute) -> str:
    if dispute.printed:
        return f"“{oneline(dispute.printed)}” means “{oneline(dispute.corrected)}”"
    if dispute.working:
        words = dict.fromkeys(f"“{word}”" for word, _ in dispute.working.hedges)
        hedged = f"; the source's {listed(list(words))} may cover it" if words else ""
        return f"{dispute.working.printed} {dispute.working.verdict}{hedged}"
    figures = [one.claim.quantity.text for one in dispute.claims if one.claim.quantity]
    if dispute.outcome and dispute.named and len(figures) == len(dispute.claims):
        return f"{oneline(' / '.join(figures))} – {dispute.outcome}"
    return dispute.outcome or dispute.lost or dispute.fault or "can be read in more than one way"


def _few(words: list[str]) -> list[str]:
    return words if len(words) <= 3 else [*words[:2], f"{len(words) - 2} more"]


_NAMING = ("gbkg:concerns", "gbkg:corrects")


class _Collector:
    """Makes the disputes of one graph; what several of them need is looked up once."""

    def __init__(self, records: GraphRecords) -> None:
        self.records = records
        self.curation = Graph(quad.triple for quad in records.store.quads(None, None, None, term("graph:curation")))
        ontology = Graph(quad.triple for quad in records.store.quads(None, None, None, term("graph:ontology")))
        self.vocabulary = vocabulary.read(ontology)
        self.corrected = curation.corrections(self.curation)
        nodes = [node for name in CLASSES.values() for node in self.curation.instances(f"gbkg:{name}")]
        named = {key for node in nodes for key in self._keys(node)}
        # Looked up together here, so that a server is not asked once for each dispute.
        concerned = sorted({slug for node in nodes for slug in names(self.curation, node, "gbkg:concerns", "id")})
        self.entities = records.entities(concerned)
        records.passages([passage for node in nodes for passage in self.curation.objects(node, "prov:wasDerivedFrom")])
        unnamed = [node for node in nodes if not self._keys(node)]
        records.claims_on({slug for node in unnamed for slug in names(self.curation, node, "gbkg:concerns", "id")})
        self.claims = {claim.key: claim for claim in records.claims(minted("clm", key) for key in named)}
        sources = records.sources(claim.source for claim in self.claims.values())
        figures = curation.figures(self.claims.values(), sources)
        self.numbers = curation.printed_numbers(figures, self.corrected, self.vocabulary)
        self.naming: dict[Term, set[str]] = {}
        for node, thing in (pair for name in _NAMING for pair in self.curation.pairs(name)):
            self.naming.setdefault(thing, set()).add(node.value)

    def disputes(self) -> list[Dispute]:
        """A dispute for each node of curation."""
        return [
            self._dispute(node, kind)
            for kind, name in CLASSES.items()
            for node in self.curation.instances(f"gbkg:{name}")
        ]

    def _dispute(self, node: Term, kind: str) -> Dispute:
        def text(name: str) -> str:
            return self.curation.text(node, f"gbkg:{name}")

        formula, outcome = text("formula"), local(self.curation, node, "gbkg:outcome")
        entities = tuple(self.entities[slug] for slug in names(self.curation, node, "gbkg:concerns", "id"))
        claims = [self.claims[key] for key in self._keys(node) if key in self.claims]
        quoted = sorted(self.curation.objects(node, "prov:wasDerivedFrom"), key=str)
        made = Dispute(
            iri=node.value,
            kind=kind,
            comment=self.curation.text(node, "rdfs:comment"),
            claims=self._disputed(_in_order(claims, formula) or self._mentions([one.slug for one in entities])),
            named=bool(claims),
            entities=entities,
            outcome=spaced(outcome),
            definition=self.vocabulary.definitions.get(outcome, ""),
            printed=text("printedText"),
            corrected=text("correctedText"),
            corrected_value=text("correctedValue"),
            lost=text("lostContent"),
            source=text("inSource").removeprefix(PREFIXES["src"]),
            passages=tuple(self.records.passages(quoted)),
            related=tuple(iri for iri in self._related(self._things(node)) if iri != node.value),
        )
        return self._worked(made, formula) if formula else made

    def proposals(self, project: Project) -> list[Dispute]:
        """A comparison for each group of claims that differ and that no curation settles, by name."""
        limits = rivals.limits(merged(shapes(project).values()), self.vocabulary)
        queries = rivals.queries(limits, self.vocabulary)
        claims = self.records.claims({row[0] for query in queries for row in self.records.store.select(query)})
        entities = self.records.entities({slug for claim in claims for slug in mentioned(claim)})
        found = rivals.find(claims, limits, entities, self.vocabulary, self.curation)
        return [self._proposal(one) for one in sorted(found, key=lambda one: one.node)]

    def _proposal(self, found: Rivals) -> Dispute:
        return Dispute(
            iri=PREFIXES["cur"] + found.node,
            kind=PROPOSED,
            comment=f"{found.rule}, and {'one source says' if found.within else 'sources say'} it differently",
            claims=self._disputed(found.claims),
            outcome=spaced(found.outcome),
            definition=self.vocabulary.definitions.get(found.outcome, ""),
            related=self._related([claim.iri for claim in found.claims]),
            settling=rivals.comparison(found),
        )

    def _worked(self, dispute: Dispute, formula: str) -> Dispute:
        """The dispute with its formula worked out, and with what the digits of each claim allow."""
        letters = {one.claim.key: one.letter for one in dispute.claims}
        figures = {
            one.claim.key: one.corrected or one.claim.quantity.text for one in dispute.claims if one.claim.quantity
        }
        try:
            made = arithmetic.work(formula, self.numbers, letters, figures)
        except FormulaError as error:
            return replace(dispute, fault=f"{formula} cannot be worked out: {error}")
        if not made.result.holds:
            covering = arithmetic.covering(formula, self.numbers, [one.claim for one in dispute.claims])
            hedges = [(one.qualifier, one.letter) for one in dispute.claims if one.claim.key in covering]
            made = arithmetic.hedged(made, hedges)
        return replace(dispute, working=made, claims=tuple(map(self._measured, dispute.claims)))

    def _measured(self, disputed: DisputedClaim) -> DisputedClaim:
        """The claim with what its number stands for, in words too: `60.0165 billion yuan to 60.0175 billion yuan`."""
        quantity, allowed = disputed.claim.quantity, self.numbers.get(disputed.claim.key)
        if allowed is None or quantity is None:
            return disputed
        printed = disputed.corrected or quantity.text

        def shown(value: Fraction) -> str:
            exact = replace(quantity, value=arithmetic.decimal(value), precision="exact", text=printed)
            return amount_in_words(exact, self.records)

        ends = map(shown, dict.fromkeys((allowed.low, allowed.high)))
        return replace(disputed, allowed=allowed, range=" to ".join(ends))

    def _mentions(self, slugs: Sequence[str]) -> list[Claim]:
        """Claims that help to tell whether two entities are one: those on both, then their aliases; the first claim on
        an entity that has neither."""
        claims = self.records.claims_on(slugs) if slugs else []
        found = [claim for claim in claims if len(set(slugs) & {claim.subject, claim.object}) > 1]
        found += [claim for claim in claims if claim.subject in slugs and claim.predicate == "alias"]
        for slug in slugs:
            if not any(slug in mentioned(claim) for claim in found):
                found += [claim for claim in claims if slug in mentioned(claim)][:1]
        return found

    def _disputed(self, claims: Iterable[Claim]) -> tuple[DisputedClaim, ...]:
        return tuple(
            DisputedClaim(
                letter=ascii_lowercase[n % 26] * (n // 26 + 1),
                claim=claim,
                subject=self.records.called(claim.subject),
                statement=in_words(claim, self.records),
                remarks=tuple(qualifications(claim, self.records, "implied, not said in so many words")),
                qualifier=arithmetic.hedge(claim, self.vocabulary),
                corrected=self._corrected(claim),
            )
            for n, claim in enumerate(claims)
        )

    def _corrected(self, claim: Claim) -> str:
        """What an unreadable number is corrected to."""
        return self.corrected.get(claim.key, "") if claim.quantity and claim.quantity.value is None else ""

    def _related(self, things: Iterable[Term]) -> tuple[str, ...]:
        """The nodes that name one of these claims or entities, by IRI."""
        return tuple(sorted({iri for thing in things for iri in self.naming.get(thing, ())}))

    def _things(self, node: Term) -> list[Term]:
        """The claims and entities that a node names."""
        return [thing for name in _NAMING for thing in self.curation.objects(node, name)]

    def _keys(self, node: Term) -> set[str]:
        """The keys of the claims that a node names, in its formula too."""
        named = {key for name in _NAMING for key in names(self.curation, node, name, "clm")}
        return named | set(curation.claims_named(self.curation.text(node, "gbkg:formula")))


def read(records: GraphRecords, project: Project) -> list[Dispute]:
    """All disputes of a graph, by kind in the order of `KINDS`, then by IRI. What is proposed follows from the limits
    in the project's shapes."""
    collector = _Collector(records)
    return [*collector.proposals(project), *collector.disputes()]


def _in_order(claims: Iterable[Claim], formula: str) -> list[Claim]:
    """The claims in the order of a formula, then in that of the documents."""
    order = {key: n for n, key in enumerate(curation.claims_named(formula))}
    return sorted(claims, key=lambda claim: (order.get(claim.key, len(order)), place(claim)))
