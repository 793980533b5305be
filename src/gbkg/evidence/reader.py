"""The evidence of triples, claims and entities of one graph: claims with quotations, inferences with premises, or a
file of ours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import Any

from pyoxigraph import NamedNode

from gbkg.core.project import Project
from gbkg.core.terms import TripleKey
from gbkg.evidence import arrays
from gbkg.evidence.claims import claims_on
from gbkg.evidence.editorial import EditorialFiles
from gbkg.evidence.index import Index
from gbkg.evidence.inferences import Use
from gbkg.evidence.proofs import ClaimEvidence, Editorial, Evidence, Inference, Quotation, Step
from gbkg.evidence.table import Entry, InMemory, Key, Table, UseOf, words
from gbkg.store.base import Store
from gbkg.store.numbers import Ids, Numbers

KEPT = 200_000
"""The most triples whose evidence is kept; with more, everything looked up so far is forgotten."""


class EvidenceReader:
    """Reads the evidence of a store; `project` has the files in which editorial triples were typed.

    Where there is a `table` of the whole graph, the evidence of triples is read from it: in memory of a small graph, in
    a file beside a store on disk. Else only what is needed is looked up, many nodes at a time. What was read is kept
    for later answers: the evidence of `KEPT` triples at most, and of one more answer.
    """

    def __init__(self, store: Store, project: Project | None = None) -> None:
        self.store = store
        self.files = EditorialFiles(store, project)
        self._clear()

    def _clear(self) -> None:
        self._steps: dict[TripleKey, Step] = {}
        self._premises: dict[TripleKey, Step] = {}
        self._read: dict[Key, Step] = {}
        self._read_premises: dict[Key, Step] = {}
        self._editorials: dict[Any, tuple[Editorial]] = {}

    @cached_property
    def index(self) -> Index:
        """What has been read of the store."""
        return Index(self.store, self.store.scannable)

    @cached_property
    def table(self) -> Table | None:
        """The evidence of every triple, if it is at hand."""
        return self._beside or (InMemory(self.index) if self.store.scannable else None)

    @cached_property
    def _beside(self) -> Table | None:
        """The table, if it is a file."""
        return arrays.beside(self.store)

    @staticmethod
    def _entry(table: Table, triple: TripleKey) -> Entry | str | None:
        """As `Table.entry`, also of a claim's own triples."""
        key = words(triple)
        number = table.claim(key[0])
        return table.entry(key) if number is None else Entry((number,))

    @property
    def kept(self) -> int:
        """Of how many triples the evidence is kept, or was looked up; a store that was read whole is not counted."""
        index, steps = self.index, max(len(self._steps), len(self._read))
        return steps if index.whole else max(steps, len(index.loaded), len(index.claims))

    def load(self, triples: Iterable[TripleKey]) -> None:
        """Looks up together what `step` needs for these triples; one by one takes longer. What stands in a file beside
        the store is not looked up."""
        if table := self._beside:
            triples = [triple for triple in triples if self._entry(table, triple) is None]
        self._load(triples)

    def _load(self, triples: Iterable[TripleKey]) -> None:
        if self.index.whole:
            self._make_room()
        elif not self.index.loaded.issuperset(wanted := set(triples)):
            self._make_room()
            self.index.load(wanted)

    def step(self, triple: TripleKey) -> Step:
        """The triple with all its evidence; none if the triple is not in the store. An inference that rests on the
        triple itself is left out; those with the smallest proofs come first."""
        if (table := self._beside) and (entry := self._entry(table, triple)) is not None:
            return self._entered(table, triple, entry)
        return self._looked_up(triple)

    def _looked_up(self, triple: TripleKey) -> Step:
        found = self._steps.get(triple)
        if found is None:
            self._load((triple,))
            evidence = self._stated(triple)
            evidence += tuple(map(self._inference, self.index.uses.concluding(triple)))
            found = self._steps[triple] = Step(triple, evidence)
        return found

    def numbers(self) -> Numbers:
        """Numbers for the terms of an answer, by which `steps` finds evidence soonest."""
        return self.table.numbers() if self.table else Numbers()

    def steps(self, numbers: Numbers, triples: Iterable[Ids]) -> dict[Ids, Step]:
        """As `step`, of the triples of one answer by their numbers, together."""
        table = self.table
        if table is None:
            wanted = dict.fromkeys(triples)
            self._load(map(numbers.triple, wanted))
            return {ids: self.step(numbers.triple(ids)) for ids in wanted}
        self._make_room()
        found: dict[Ids, Step] = {}
        keys, read = table.keys(numbers), self._read
        records: dict[int, tuple[ClaimEvidence] | None] = {}
        """The record that all triples of a subject are part of, if it is a claim."""
        for ids in triples:
            if ids in found:
                continue
            key = keys(ids)
            subject = ids[0]
            if subject not in records:
                number = table.claim(key[0])
                records[subject] = None if number is None else (table.record(number),)
            if own := records[subject]:
                found[ids] = Step(numbers.triple(ids), own)
                continue
            step = read.get(key)
            if step is None:
                triple, entry = numbers.triple(ids), table.entry(key)
                if entry is None:
                    step = self._looked_up(triple)
                else:
                    step = read[key] = self._entered(table, triple, entry)
            found[ids] = step
        return found

    def claim(self, node: NamedNode) -> ClaimEvidence:
        """A claim with its quotations. Raises `KeyError` if the node is not a claim of this graph."""
        self._make_room()
        self.index.claims.load((node,))
        if node not in self.index.claims:
            raise KeyError(node)
        return self.index.claims.claim(node)

    def claims(self, nodes: Iterable[NamedNode]) -> dict[str, ClaimEvidence]:
        """Those of the nodes that are claims, by key, with their quotations; looked up together."""
        self._make_room()
        wanted, read, lacking = list(nodes), dict[NamedNode, ClaimEvidence](), list[NamedNode]()
        for node in wanted:
            number = table.claim(str(node)) if (table := self._beside) else None
            if table and number is not None:
                read[node] = table.record(number)
            else:
                lacking.append(node)
        claims = self.index.claims
        claims.load(lacking)
        read |= {node: claims.claim(node) for node in lacking if node in claims}
        return {read[node].key: read[node] for node in wanted if node in read}

    def stating(self, triple: TripleKey) -> tuple[ClaimEvidence, ...]:
        """The claims that state a triple, accepted or not, in the order of their IRIs."""
        self._load((triple,))
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
        self._clear()
        if self.table:
            self.table.forget()
        if self.index.whole:
            self.index.forget()
        else:
            del self.index

    # ---- from the table

    def _entered(self, table: Table, triple: TripleKey, entry: Entry | str) -> Step:
        """The step of a triple whose subject is not a claim."""
        if isinstance(entry, str):
            return Step(triple, self._editorial(triple, entry))
        evidence = self._of_entry(table, triple, entry)
        if entry.uses:
            evidence += tuple([self._by_rule(table, use) for use in entry.uses])
        return Step(triple, evidence)

    def _of_entry(self, table: Table, triple: TripleKey, entry: Entry) -> tuple[Evidence, ...]:
        """Evidence other than inferences."""
        if entry.claims:
            return tuple([table.record(number) for number in entry.claims])
        return tuple(chain.from_iterable(self._editorial(triple, graph) for graph in entry.graphs))

    def _by_rule(self, table: Table, use: UseOf) -> Inference:
        rule, premises = use
        return Inference(*table.rules[rule], tuple([self._read_premise(table, *key) for key in premises]))

    def _read_premise(self, table: Table, *key: Any) -> Step:
        """As `_premise`."""
        found = self._read_premises.get(key)
        if found is None:
            triple, number = table.triple(key), table.claim(key[0])
            entry = table.entry(key) if number is None else Entry((number,))
            if entry is None:
                self._load((triple,))
                found = self._premise(triple)
            elif isinstance(entry, str):
                found = Step(triple, self._editorial(triple, entry))
            else:
                evidence = self._of_entry(table, triple, entry)
                if not evidence:
                    assert entry.best
                    evidence = (self._by_rule(table, entry.best),)
                found = Step(triple, evidence, entry.concluded - isinstance(evidence[0], Inference))
            self._read_premises[key] = found
        return found

    # ---- by look-ups

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
        return tuple(chain.from_iterable(self._editorial(triple, graph) for graph in index.typed(triple)))

    def _editorial(self, triple: TripleKey, graph: str) -> tuple[Editorial]:
        """The file in which a triple of a graph stands."""
        key: Any = triple[1] if graph == "entities" else None  # of entities the predicate alone tells which it is
        known = self._editorials.get(key)
        if known is None:
            file = self.files.file(triple, graph)
            key = key or (graph, file)
            known = self._editorials.get(key) or self._editorials.setdefault(key, (Editorial(graph, file),))
        return known

    def _inference(self, use: Use) -> Inference:
        """One use of a rule, with the best evidence of each premise."""
        return Inference(*self.index.uses.rule(use), tuple(map(self._premise, use.premises)))


def _in_document(claim: ClaimEvidence) -> tuple[str, int, str]:
    first = claim.quotations[0].start if claim.quotations else 0
    return claim.key.partition(".")[0], first, claim.key
