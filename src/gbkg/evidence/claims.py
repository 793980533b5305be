"""Claims as a graph records them, with their quotations and what curation says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from pyoxigraph import NamedNode

from gbkg.core.errors import GbkgError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.terms import Term, term
from gbkg.evidence.lookups import quads_to, values
from gbkg.evidence.proofs import DOUBT, ClaimEvidence, Quotation, doubted
from gbkg.store.base import Store

CLAIMS, _EVIDENCE = term("graph:claims"), term("graph:evidence")
_STATUS, _READING, _ATTRIBUTION = term("gbkg:status"), term("gbkg:reading"), term("gbkg:attribution")
_NOTE, _DERIVED, _SAID_BY = term("skos:note"), term("prov:wasDerivedFrom"), term("gbkg:attributedTo")
_SOURCE, _SELECTOR = term("oa:hasSource"), term("oa:hasSelector")
_EXACT, _START, _END = term("oa:exact"), term("oa:start"), term("oa:end")
_SELECTED = (_EXACT, _START, _END)
_ENDS = frozenset(map(term, "rdf:subject gbkg:about rdf:object gbkg:attributedTo gbkg:countedBy".split()))
"""The properties of a claim that name entities."""
_OUTCOME, _TYPE = term("gbkg:outcome"), term("rdf:type")
_COMPARE = "compare "
_REMARKS: dict[Term, str] = {term(f"gbkg:{name}"): DOUBT for name in ("Correction", "Inconsistency", "Ambiguity")}
_REMARKS[term("gbkg:Comparison")] = _COMPARE


def doubts(store: Store) -> dict[str, tuple[str, ...]]:
    """The corrections, inconsistencies and ambiguities, as prefixed names, by IRI of the claim that they concern."""
    found = {claim.value: doubted(remarks) for claim, remarks in curations(store, None).items()}
    return {claim: names for claim, names in found.items() if names}


def curations(store: Store, claims: Collection[Term] | None) -> dict[Term, list[str]]:
    """What curation says of these claims, or of all, as in `ClaimEvidence`: what puts them in doubt (corrections,
    inconsistencies, ambiguities) or is beside them (comparisons whose outcome is not "compatible")."""
    concerned: dict[Term, set[Term]] = {}
    for predicate in (term("gbkg:concerns"), term("gbkg:corrects")):
        for quad in quads_to(store, claims, predicate):
            concerned.setdefault(quad.subject, set()).add(quad.object)
    found: dict[Term, list[str]] = {}
    if not concerned:
        return found
    outcomes: dict[Term, set[str]] = {}
    kinds: list[tuple[Term, Term]] = []
    for quad in store.quads_of(concerned):
        if quad.predicate == _OUTCOME:
            outcomes.setdefault(quad.subject, set()).add(quad.object.value)
        elif quad.predicate == _TYPE:
            kinds.append((quad.subject, quad.object))
    compatible = term("gbkg:compatible").value
    for node, kind in kinds:
        words = _REMARKS.get(kind)
        if words and not (words == _COMPARE and min(outcomes.get(node, [""])) == compatible):
            for claim in concerned[node]:
                found.setdefault(claim, []).append(words + shorten(node.value))
    return found


def claims_on(store: Store, entities: Collection[NamedNode]) -> set[NamedNode]:
    """The claims, accepted or not, that have one of the entities as subject or object, are attributed to it, or count
    by it as a criterion."""
    quads = store.quads_to(entities, None, CLAIMS)
    return {quad.subject for quad in quads if quad.predicate in _ENDS}


class Claims:
    """The claims of a store that have been loaded, by node.

    Everything loaded is kept; `gbkg.evidence.reader` bounds how much that becomes.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._status: dict[Term, Term] = {}
        self._reading: dict[Term, Term] = {}
        self._note: dict[Term, Term] = {}
        self._attribution: dict[Term, Term] = {}
        self._derived: dict[Term, list[Term]] = {}
        self._said_by: dict[Term, list[Term]] = {}
        self._passages: dict[NamedNode, dict[Term, Term]] = {p: {} for p in (_SOURCE, _EXACT, _START, _END)}
        self._curation: dict[Term, list[str]] = {}
        self._whole = False
        self._known: set[Term] = set()
        self._quotations: dict[Term, Quotation] = {}
        self._claims: dict[Term, ClaimEvidence] = {}

    def load(self, nodes: Collection[Term] | None) -> None:
        """Looks up those of the nodes that are claims, with passages and curation; None is for all."""
        if self._whole:
            return
        self._whole = nodes is None
        new = None if nodes is None else {node for node in nodes if isinstance(node, NamedNode)} - self._known
        self._known |= new or set()
        columns = {
            _STATUS: self._status,
            _READING: self._reading,
            _NOTE: self._note,
            _ATTRIBUTION: self._attribution,
        }
        several = {_DERIVED: self._derived, _SAID_BY: self._said_by}
        for predicate, pairs in values(self.store, new, (*columns, *several), CLAIMS):
            if predicate in columns:
                columns[predicate].update(pairs)
            else:
                for claim, value in pairs:
                    several[predicate].setdefault(claim, []).append(value)
        claims = None if new is None else {node for node in new if node in self._status or node in self._derived}
        self._curation.update(curations(self.store, claims))
        self.load_quotations(None if claims is None else {p for c in claims for p in self._derived.get(c, ())})

    def load_quotations(self, passages: Iterable[Term] | None) -> None:
        """Looks up the words of these passages and where they stand; None is for all."""
        known = self._passages[_SOURCE]
        new = None if passages is None else {passage for passage in passages if passage not in known}
        (_, sources), (_, pairs) = values(self.store, new, (_SOURCE, _SELECTOR), _EVIDENCE)
        known.update(sources)
        passage_of = {selector: passage for passage, selector in pairs}
        for predicate, found in values(self.store, None if new is None else passage_of, _SELECTED, _EVIDENCE):
            self._passages[predicate].update((passage_of[node], value) for node, value in found if node in passage_of)

    def forget(self) -> None:
        """Forgets the records; what they are made of stays."""
        self._claims, self._quotations = {}, {}

    def __len__(self) -> int:
        """The number of nodes that were looked up as claims, and of passages with their words."""
        return len(self._known) + len(self._passages[_SOURCE])

    def __iter__(self) -> Iterator[Term]:
        """The claims."""
        return iter(self._status)

    def __contains__(self, node: Term) -> bool:
        """True if the node is a claim."""
        return node in self._status

    def accepted(self, node: Term) -> bool:
        """True if the node is an accepted claim."""
        return self._status.get(node) == term("gbkg:accepted")

    def claim(self, node: NamedNode) -> ClaimEvidence:
        """A claim with its quotations, in the order of the document."""
        found = self._claims.get(node)
        if found is None:
            note = self._note.get(node)
            found = self._claims[node] = ClaimEvidence(
                _key(node),
                _local(self._status.get(node)),
                _local(self._reading.get(node)),
                note.value if note else "",
                self._quoted(node),
                tuple(sorted(self._curation.get(node, ()), reverse=True)),
                _local(self._attribution.get(node)),
                tuple(sorted(agent.value for agent in self._said_by.get(node, ()))),
            )
        return found

    def quotation(self, passage: Term) -> Quotation:
        """The words of a passage and where they stand."""
        found = self._quotations.get(passage)
        if found is None:
            source, exact, start, end = (self._of_passage(passage, column) for column in self._passages.values())
            slug = source.removeprefix(PREFIXES["src"])
            found = self._quotations[passage] = Quotation(passage.value, slug, int(start), int(end), exact)
        return found

    def _of_passage(self, passage: Term, column: Mapping[Term, Term]) -> str:
        if passage not in column:
            raise GbkgError(f"the graph has no words of passage {passage.value}", hint="build it again: gbkg build")
        return column[passage].value

    def _quoted(self, claim: NamedNode) -> tuple[Quotation, ...]:
        found = map(self.quotation, self._derived.get(claim, ()))
        return tuple(sorted(found, key=lambda quotation: (quotation.source, quotation.start, quotation.end)))


def _key(claim: NamedNode) -> str:
    return claim.value.removeprefix(PREFIXES["clm"])


def _local(found: Term | None) -> str:
    return found.value.rpartition("#")[2] if found else ""
