"""What claims say of an entity, statement by statement, and what curation holds against each; and one claim with its
evidence and the claims around it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from gbkg.ask.records import GraphRecords, amount_in_words, date_in_words, in_words, local, names, qualifications
from gbkg.core.prefixes import PREFIXES, shorten, spaced
from gbkg.core.records import DOUBTS, Claim
from gbkg.core.terms import Graph, Term, minted, term, to_json
from gbkg.evidence.proofs import ClaimEvidence, Step
from gbkg.evidence.reader import EvidenceReader

GROUPS = ("Names", "Relations", "Relations to it", "Dates", "Said of it", "Statistics", "Said by it")
"""The groups of statements, in order."""
NAMING = ("gbkg:concerns", "gbkg:corrects")
_DOUBTS = frozenset(spaced(name.partition(":")[2]) for name in DOUBTS)


@dataclass(frozen=True, slots=True)
class Curated:
    """What the curators say where they name an entity or a claim: `kind` in words ("inconsistency"), `facts` its
    content in a few words (what is meant, both sides of a formula, which entities, what is lost), `outcome` of a
    comparison or judgement; `claims` are the keys of the claims it names, `entities` the names of the entities."""

    name: str
    kind: str
    facts: str
    comment: str
    outcome: str
    claims: tuple[str, ...]
    entities: tuple[str, ...]

    @property
    def doubts(self) -> bool:
        """Whether it puts its claims in doubt: an inconsistency, an ambiguity, a correction."""
        return self.kind in _DOUBTS

    @property
    def text(self) -> str:
        """All of it in one line."""
        return f"{self.kind}{f' ({self.facts})' if self.facts else ''}: {self.comment} [{self.name}]"

    def to_dict(self) -> dict[str, Any]:
        """The fields, and whether it `doubts`."""
        shown = ("name", "kind", "facts", "comment", "outcome")
        found = {name: getattr(self, name) for name in shown} | {"doubts": self.doubts}
        return found | {"claims": list(self.claims), "entities": [f"id:{slug}" for slug in self.entities]}


@dataclass(frozen=True, slots=True)
class Statement:
    """What claims say of an entity in the same way: `text` in words, `remark` on how it was read, `footnotes` the
    numbers of their passages on the page.

    `subject` and `predicate` are IRIs, `label` is the predicate's; `object` is None for a statistic. `other` is the IRI
    of the entity at the other end, "" if there is none, `end` what stands there in words. `claim` is the first of the
    claims, with its number and date, `amount` and `when` these in words; `evidence` are the claims with their
    quotations, `curation` what the curators say of them. An inferred statement has no claim, but a
    `proof`.
    """

    group: str
    text: str
    remark: str
    footnotes: tuple[int, ...]
    subject: str
    predicate: str
    object: Term | None
    label: str = ""
    other: str = ""
    end: str = ""
    claim: Claim | None = None
    amount: str = ""
    when: str = ""
    evidence: tuple[ClaimEvidence, ...] = ()
    curation: tuple[Curated, ...] = ()
    proof: Step | None = None

    @property
    def doubted(self) -> bool:
        """Whether curation puts a claim of it in doubt."""
        return any(one.doubts for one in self.curation)

    def to_dict(self) -> dict[str, Any]:
        """The fields as docs/records.md has them; what is empty is left out, except in what was there first."""
        said: dict[str, Any] = {
            "group": self.group,
            "text": self.text,
            "remark": self.remark,
            "footnotes": list(self.footnotes),
            "subject": self.subject,
            "predicate": self.predicate,
        }
        said |= {"object": to_json(self.object)} if self.object is not None else {}
        said |= _of_claim(self.claim, self.amount, self.when) if self.claim else {}
        said |= {"claims": [one.key for one in self.evidence]} if self.evidence else {}
        said |= {"curation": [one.name for one in self.curation]} if self.curation else {}
        return said | ({"proof": self.proof.to_dict()} if self.proof else {})


def made(slug: str, claim: Claim, records: GraphRecords) -> Statement | None:
    """The statement of a claim on the page of an entity, without footnotes; None if it has no place there."""
    if (stated := _stated(slug, claim, records)) is None:
        return None
    group, text, other = stated
    predicate, object = records.terms(claim)
    return Statement(
        group,
        text,
        "",
        (),
        minted("id", claim.subject).value,
        predicate,
        object,
        records.word(claim.predicate),
        minted("id", other).value if other else "",
        records.called(other) if other else claim.object,
        claim,
        amount_in_words(claim.quantity, records) if claim.quantity else "",
        date_in_words(claim.dating),
    )


def curated(records: GraphRecords, found: Graph) -> list[Curated]:
    """The nodes of curation in a graph, by name."""
    nodes = {node for naming in NAMING for node, _ in found.pairs(naming)}
    return sorted((_node(records, found, node) for node in nodes), key=lambda one: one.name)


def by_claim(found: Iterable[Curated]) -> dict[str, list[Curated]]:
    """The nodes of curation by the keys of the claims that they name."""
    named: dict[str, list[Curated]] = {}
    for one in found:
        for key in one.claims:
            named.setdefault(key, []).append(one)
    return named


def remark(claim: Claim, records: GraphRecords, doubting: Collection[Curated]) -> str:
    """What qualifies a claim, in one line."""
    doubts = [one.name for one in doubting if one.doubts]
    said = "; ".join(qualifications(claim, records, "implied", doubts))
    return said.rstrip(".") if claim.note else said


def _stated(slug: str, claim: Claim, records: GraphRecords) -> tuple[str, str, str] | None:
    """The group and the words of a claim on the page of an entity, and the entity at its other end."""
    predicate, whole = records.word(claim.predicate), claim.object if claim.object_kind == "entity" else ""
    if claim.subject == slug:
        if claim.quantity:
            return "Statistics", f"{predicate}: {_figure(claim, records)}", ""
        if whole:
            return "Relations", f"{predicate} {records.called(claim.object)}", whole
        if claim.object_kind == "date":
            return "Dates", f"{predicate} {claim.object}{' (no year)' if claim.object.startswith('--') else ''}", ""
        named = claim.predicate == "alias"
        return ("Names", claim.object, "") if named else ("Said of it", f"{predicate}: {claim.object}", "")
    if whole == slug:
        return "Relations to it", f"{records.called(claim.subject)} – {predicate} → it", claim.subject
    if slug in claim.attributed_to:
        said = records.called(claim.object) if whole else claim.object
        said = _figure(claim, records) if claim.quantity else said
        return "Said by it", f"{records.called(claim.subject)} – {predicate}: {said}", claim.subject
    return None


def _figure(claim: Claim, records: GraphRecords) -> str:
    """Amount and date; of a number that cannot be read only what is printed, where a note says the rest."""
    assert claim.quantity is not None
    unreadable = claim.status == "unreadable" and claim.note
    amount = f"printed {claim.quantity.text!r}" if unreadable else amount_in_words(claim.quantity, records)
    return f"{amount}; {date_in_words(claim.dating)}"


def _node(records: GraphRecords, found: Graph, node: Term) -> Curated:
    kind, outcome = spaced(local(found, node, "rdf:type")), spaced(local(found, node, "gbkg:outcome"))
    claims = sorted({key for naming in NAMING for key in names(found, node, naming, "clm")})
    entities = sorted({slug for naming in NAMING for slug in names(found, node, naming, "id")})
    facts = _facts(found, node, outcome, [records.called(slug) for slug in entities])
    comment = found.text(node, "rdfs:comment")
    return Curated(shorten(node.value), kind, facts, comment, outcome, tuple(claims), tuple(entities))


def _facts(found: Graph, node: Term, outcome: str, entities: list[str]) -> str:
    """The content of a node in a few words: what is meant, both sides of a formula, which entities, or what is lost."""
    meant, computed = found.text(node, "gbkg:correctedText"), found.text(node, "gbkg:computedValue")
    if meant:
        return f"printed {found.text(node, 'gbkg:printedText')!r}, meant {meant!r}"
    if computed:
        return f"left side {computed}, right side {found.text(node, 'gbkg:expectedValue')}"
    if outcome:
        pair = " / ".join(sorted(entities))
        return f"{pair}: {outcome}" if pair else outcome
    return found.text(node, "gbkg:lostContent")


def _of_claim(claim: Claim, amount: str, when: str) -> dict[str, Any]:
    """How a claim stands, its number and its date; what is empty is left out."""
    said: dict[str, Any] = {"status": claim.status, "reading": claim.reading, "note": claim.note}
    if claim.quantity:
        number: Mapping[str, Any] = {
            "value": claim.quantity.value,
            "text": claim.quantity.text,
            "unit": PREFIXES["gbkg"] + claim.quantity.unit,
            "precision": PREFIXES["gbkg"] + claim.quantity.precision,
            "lower": claim.quantity.lower,
            "upper": claim.quantity.upper,
        }
        said["quantity"] = {n: v if isinstance(v, str) else str(v) for n, v in number.items() if v is not None}
        said["quantity"]["words"] = amount
    if claim.dating:
        dating = claim.dating
        date = {"kind": dating.kind, "value": dating.value, "since": dating.since, "text": dating.text, "words": when}
        said["date"] = {name: value for name, value in date.items() if value}
    said |= {"attributedTo": [PREFIXES["id"] + slug for slug in claim.attributed_to], "attribution": claim.attribution}
    said |= {"criterion": PREFIXES["id"] + claim.criterion if claim.criterion else ""}
    said |= {"qualifiers": [PREFIXES["gbkg"] + word for word in claim.qualifiers]}
    return {name: value for name, value in said.items() if value}


AROUND = 3
"""Claims of the same document that stand before it, and after it."""
_SOURCE, _DERIVED = term("prov:hadPrimarySource"), term("prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim: `text` in words; `predicate` (IRI) and `object` (None for a statistic); `amount` and `when` of a
    statistic in words; `verdict` of the second reading ("" if the graph has none); `before` and `after` are the claims
    nearest to it in the document, each with its words."""

    claim: Claim
    text: str
    predicate: str
    object: Term | None
    amount: str
    when: str
    evidence: ClaimEvidence
    curation: tuple[Curated, ...]
    verdict: str
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]


def claim_page(records: GraphRecords, evidence: EvidenceReader, node: NamedNode) -> ClaimPage:
    """What a graph has on a claim. Raises `KeyError` if the node is none."""
    proof = evidence.claim(node)
    (claim,) = records.claims([node])
    predicate, object = records.terms(claim)
    before, after = _around(records, claim)
    return ClaimPage(
        claim,
        in_words(claim, records),
        predicate,
        object,
        amount_in_words(claim.quantity, records) if claim.quantity else "",
        date_in_words(claim.dating),
        proof,
        tuple(curated(records, records.curation([node]))),
        records.described([node], "claims").text(node, "gbkg:secondReading").rpartition("#")[2],
        before,
        after,
    )


def _around(records: GraphRecords, claim: Claim) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Key and words of the claims of the same document whose first quotations come last before, and first after."""
    store, source = records.store, minted("src", claim.source)
    nodes = {quad.subject for quad in store.quads_to([source], _SOURCE, term("graph:claims"))}
    starts: dict[NamedNode, int] = {}
    for quad in store.quads_of(sorted(nodes, key=str), _DERIVED, term("graph:claims")):
        start = _start(quad.object)
        starts[quad.subject] = min(start, starts.get(quad.subject, start))
    ordered = sorted(starts, key=lambda node: (starts[node], node.value))
    if claim.iri not in starts:
        return (), ()
    at = ordered.index(claim.iri)
    near = records.claims(ordered[max(0, at - 2 * AROUND) : at + 2 * AROUND + 1])
    at = [one.key for one in near].index(claim.key)
    near_by = [(one.key, in_words(one, records)) for one in near]
    return tuple(near_by[max(0, at - AROUND) : at]), tuple(near_by[at + 1 : at + 1 + AROUND])


def _start(passage: Term) -> int:
    """Where a passage begins, by its IRI."""
    digits = passage.value.removeprefix(PREFIXES["psg"]).rpartition(".")[2].partition("-")[0]
    return int(digits) if digits.isdigit() else 0
