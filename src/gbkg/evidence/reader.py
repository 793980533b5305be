"""The evidence of triples, claims and entities of one graph: claims with quotations, inferences with premises, or a
file of ours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import chain

from pyoxigraph import NamedNode

from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import Term, TripleKey, term
from gbkg.evidence.claims import CLAIMS, Claims, claims_on
from gbkg.evidence.editorial import EditorialFiles
from gbkg.evidence.inferences import Use, Uses
from gbkg.evidence.lookups import Places, Statements
from gbkg.evidence.proofs import ClaimEvidence, Editorial, Evidence, Inference, Quotation, Step
from gbkg.store.base import Store

_CLAIMED = frozenset({"facts", "claims", "inferred"})
"""The named graphs whose triples are claims, or follow from claims."""
_TYPED = ("ontology", "entities", "curation", "queries", "metadata")
"""Those whose triples are in files of ours."""
KEPT = 200_000
"""The most triples whose evidence is kept; with more, everything looked up so far is forgotten."""


class EvidenceReader:
    """Reads the evidence of a store; `project` has the files in which editorial triples were typed.

    A small store in memory is read whole; of a large or remote one only what is needed is looked up, many nodes at a
    time. What was read is kept for later answers: the evidence of `KEPT` triples at most, and of one more answer.
    """

    def __init__(self, store: Store, project: Project | None = None) -> None:
        self.store = store
        self.files = EditorialFiles(store, project)
        self._steps: dict[TripleKey, Step] = {}
        self._premises: dict[TripleKey, Step] = {}
        self._editorials: dict[tuple[str, NamedNode], tuple[Editorial]] = {}

    @cached_property
    def index(self) -> Index:
        """What has been read of the store."""
        return Index(self.store)

    @property
    def kept(self) -> int:
        """Of how many triples the evidence is kept, or was looked up; a store that was read whole is not counted."""
        index, steps = self.index, len(self._steps)
        return steps if index.whole else max(steps, len(index.loaded), len(index.claims))

    def load(self, triples: Iterable[TripleKey]) -> None:
        """Looks up together what `step` needs for these triples; one by one takes longer."""
        if self.index.whole:
            if len(self._steps) > KEPT:
                self.forget()
        elif not self.index.loaded.issuperset(wanted := set(triples)):
            self._make_room()
            self.index.load(wanted)

    def step(self, triple: TripleKey) -> Step:
        """The triple with all its evidence; none if the triple is not in the store. An inference that rests on the
        triple itself is left out; those with the smallest proofs come first."""
        found = self._steps.get(triple)
        if found is None:
            index = self.index
            if graph := index.editorial.get(triple):
                found = Step(triple, self._editorial(triple, graph))
            else:
                self.load((triple,))
                evidence, concluding = self._stated(triple), index.uses.concluding(triple)
                if concluding:
                    evidence += tuple(map(self._inference, concluding))
                found = Step(triple, evidence)
            self._steps[triple] = found
        return found

    def claim(self, node: NamedNode) -> ClaimEvidence:
        """A claim with its quotations. Raises `KeyError` if the node is no claim of this graph."""
        self._make_room()
        self.index.claims.load((node,))
        if node not in self.index.claims:
            raise KeyError(node)
        return self.index.claims.claim(node)

    def claims(self, nodes: Iterable[NamedNode]) -> dict[str, ClaimEvidence]:
        """Those of the nodes that are claims, by key, with their quotations; looked up together."""
        self._make_room()
        wanted, claims = list(nodes), self.index.claims
        claims.load(wanted)
        found = (claims.claim(node) for node in wanted if node in claims)
        return {claim.key: claim for claim in found}

    def stating(self, triple: TripleKey) -> tuple[ClaimEvidence, ...]:
        """The claims that state a triple, accepted or not, in the order of their IRIs."""
        self.load((triple,))
        nodes = sorted(self.index.stating.of.get(triple, ()), key=str)
        return tuple(map(self.index.claims.claim, nodes))

    def about(self, entity: NamedNode) -> tuple[ClaimEvidence, ...]:
        """The claims that name the entity, as `claims_on` finds them, in the order of their sources and quotations."""
        return tuple(sorted(self.claims(claims_on(self.store, [entity])).values(), key=_in_document))

    def quotations(self, passages: Iterable[str]) -> tuple[Quotation, ...]:
        """The quotations of passages, given by IRI, looked up together."""
        self._make_room()
        nodes = [NamedNode(passage) for passage in passages]
        self.index.claims.load_quotations(nodes)
        return tuple(map(self.index.claims.quotation, nodes))

    def value(self, subject: NamedNode, predicate: NamedNode) -> str:
        """The lexical form of the first object, or the empty string."""
        return min((str(quad.object.value) for quad in self.store.quads(subject, predicate)), default="")

    def _make_room(self) -> None:
        """Forgets what was read when it has become more than is kept."""
        if self.kept > KEPT:
            self.forget()

    def forget(self) -> None:
        """Forgets all records and look-ups; of a store that was read whole what was read stays."""
        self._steps, self._premises = {}, {}
        if self.index.whole:
            self.index.forget()
        else:
            del self.index

    def _premise(self, triple: TripleKey) -> Step:
        """The triple with its best evidence: what states it, else its shortest inference."""
        found = self._premises.get(triple)
        if found is None:
            evidence = self._stated(triple)
            uses = self.index.uses
            if not evidence:
                evidence = (self._inference(uses.best[triple]),)
            more = len(uses.of.get(triple, ())) - isinstance(evidence[0], Inference)
            found = self._premises[triple] = Step(triple, evidence, more)
        return found

    def _stated(self, triple: TripleKey) -> tuple[Evidence, ...]:
        """Evidence other than inferences: the claims that state the triple, or that it is part of; the file it
        stands in."""
        index = self.index
        if isinstance(triple[0], NamedNode) and triple[0] in index.claims:
            return (index.claims.claim(triple[0]),)
        if claims := index.accepted(triple):
            return tuple(map(index.claims.claim, claims))
        graphs = sorted(map(_graph, index.places.of(triple)))
        return tuple(chain.from_iterable(self._editorial(triple, graph) for graph in graphs if graph not in _CLAIMED))

    def _editorial(self, triple: TripleKey, graph: str) -> tuple[Editorial]:
        """The file in which a triple of a graph stands. Of entities the predicate alone tells which it is."""
        if graph != "entities":
            return (Editorial(graph, self.files.file(triple, graph)),)
        known = self._editorials.get((graph, triple[1]))
        if known is None:
            known = self._editorials[graph, triple[1]] = (Editorial(graph, self.files.file(triple, graph)),)
        return known

    def _inference(self, use: Use) -> Inference:
        """One use of a rule, with the best evidence of each premise."""
        return Inference(*self.index.uses.rule(use), tuple(map(self._premise, use.premises)))


class Index:
    """What has been read of a store: the claims that state triples, the uses of rules that conclude them, the graphs
    they stand in. `whole` means all of it, `loaded` are the triples that were looked up otherwise. `editorial` has the
    graph of triples of which nothing else is to be known, if all was read."""

    def __init__(self, store: Store) -> None:
        self.places = Places(store)
        self.uses = Uses(store, self.places)
        self.stating = Statements(store, CLAIMS)
        self.claims = Claims(store)
        self.loaded: set[TripleKey] = set()
        self.editorial: dict[TripleKey, str] = {}
        self.whole = store.scannable
        if self.whole:
            self.uses.load(None)
            self.stating.load(None)
            self.claims.load(None)
            self._read_typed()

    def load(self, triples: set[TripleKey]) -> None:
        """Looks up together what the evidence of these triples needs."""
        new = triples - self.loaded
        if new:
            new |= self.uses.load(new)
            self.stating.load(new)
            self.loaded |= new
            stating = {claim for triple in new for claim in self.stating.of.get(triple, ())}
            self.claims.load(stating | {subject for subject, _, _ in new})
            self.places.load(triple for triple in new if triple[0] not in self.claims and not self.accepted(triple))

    def forget(self) -> None:
        """Forgets what was made of what was read."""
        self.claims.forget()

    def _read_typed(self) -> None:
        """Reads the triples of graphs that we typed."""
        uses, stating, several = self.uses.of, self.stating.of, set[TripleKey]()
        for graph in _TYPED:
            for quad in self.places.store.quads(graph=term(f"graph:{graph}")):
                triple: TripleKey = (quad.subject, quad.predicate, quad.object)
                if triple in self.editorial:
                    several.add(triple)
                elif triple[0] not in self.claims and triple not in uses and triple not in stating:
                    self.editorial[triple] = graph
        for triple in several:
            del self.editorial[triple]

    def accepted(self, triple: TripleKey) -> list[NamedNode]:
        """The accepted claims that state a triple, in the order of their IRIs."""
        # Most triples have other predicates, and looking them up costs more.
        stating = self.stating.of.get(triple, ()) if triple[1] in self.stating.predicates else ()
        return sorted(filter(self.claims.accepted, stating), key=str)


def _graph(name: Term | None) -> str:
    return "default" if name is None else str(name.value).removeprefix(PREFIXES["graph"])


def _in_document(claim: ClaimEvidence) -> tuple[str, int, str]:
    first = claim.quotations[0].start if claim.quotations else 0
    return claim.key.partition(".")[0], first, claim.key
