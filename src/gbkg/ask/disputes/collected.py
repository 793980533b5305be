"""Reads the disputes of a graph: what the curators hold against the documents, and what they have still to settle, each
with its claims and quotations. The limits on what claims may say come from the shapes of the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from string import ascii_lowercase

from gbkg.ask import wording
from gbkg.ask.disputes import arithmetic
from gbkg.ask.disputes.dispute import CLASSES, PROPOSED, Dispute, DisputedClaim
from gbkg.ask.records import GraphRecords, local, mentioned, names, place
from gbkg.claims import curation, formulas, rivals, vocabulary
from gbkg.claims.formulas import FormulaError
from gbkg.claims.rivals import Rivals
from gbkg.core import turtle
from gbkg.core.prefixes import PREFIXES, spaced
from gbkg.core.project import Project
from gbkg.core.records import Claim
from gbkg.core.terms import Graph, Term, minted, term

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
        limits = rivals.limits(turtle.read(project, project.ontology("shapes.ttl")), self.vocabulary)
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
            return wording.amount(exact, self.records)

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
                statement=wording.statement(claim, self.records),
                remarks=tuple(wording.remarks(claim, self.records, "implied, not said in so many words")),
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
        return named | set(formulas.named(self.curation.text(node, "gbkg:formula")))


def read(records: GraphRecords, project: Project) -> list[Dispute]:
    """All disputes of a graph, by kind in the order of `KINDS`, then by IRI. What is proposed follows from the limits
    in the project's shapes."""
    collector = _Collector(records)
    return [*collector.proposals(project), *collector.disputes()]


def _in_order(claims: Iterable[Claim], formula: str) -> list[Claim]:
    """The claims in the order of a formula, then in that of the documents."""
    order = {key: n for n, key in enumerate(formulas.named(formula))}
    return sorted(claims, key=lambda claim: (order.get(claim.key, len(order)), place(claim)))
