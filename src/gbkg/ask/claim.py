"""One claim as a reader wants it: its words, its evidence, what curation says of it, and the claims around it."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from gbkg.ask import statements, wording
from gbkg.ask.records import GraphRecords
from gbkg.ask.statements import Curated
from gbkg.core.prefixes import PREFIXES
from gbkg.core.records import Claim
from gbkg.core.terms import Term, minted, term
from gbkg.evidence.proofs import ClaimEvidence
from gbkg.evidence.reader import EvidenceReader

AROUND = 3
"""Claims of the same document that are told before it, and after it."""
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


def page(records: GraphRecords, evidence: EvidenceReader, node: NamedNode) -> ClaimPage:
    """What a graph has on a claim. Raises `KeyError` if the node is none."""
    proof = evidence.claim(node)
    (claim,) = records.claims([node])
    predicate, object = records.terms(claim)
    before, after = _around(records, claim)
    return ClaimPage(
        claim,
        wording.statement(claim, records),
        predicate,
        object,
        wording.amount(claim.quantity, records) if claim.quantity else "",
        wording.when(claim.dating),
        proof,
        tuple(statements.curated(records, records.curation([node]))),
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
    told = [(one.key, wording.statement(one, records)) for one in near]
    return tuple(told[max(0, at - AROUND) : at]), tuple(told[at + 1 : at + 1 + AROUND])


def _start(passage: Term) -> int:
    """Where a passage begins, by its IRI."""
    digits = passage.value.removeprefix(PREFIXES["psg"]).rpartition(".")[2].partition("-")[0]
    return int(digits) if digits.isdigit() else 0
