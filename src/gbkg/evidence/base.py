"""What stands behind one triple: claims with their quotations, inferences with their premises, or a file of ours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from gbkg.core.prefixes import BASE, PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import TripleKey
from gbkg.evidence.index import Index
from gbkg.evidence.proofs import ClaimEvidence, Editorial, Evidence, Inference, Step
from gbkg.evidence.typed import Typed
from gbkg.evidence.uses import Use
from gbkg.store.memory import Store

_GRAPH = PREFIXES["graph"]
_SAID = frozenset({"facts", "claims", "inferred"})


def _iri(curie: str) -> Any:
    prefix, _, local = curie.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


_LABEL = _iri("rdfs:label")


class EvidenceBase:
    """Evidence of the triples of one store; what has been looked up is kept. `project` has the files in which was typed
    what no source says."""

    def __init__(self, store: Store, project: Project | None = None) -> None:
        self.store = store
        self.typed = Typed(store, project)
        self._steps: dict[TripleKey, Step] = {}
        self._premises: dict[TripleKey, Step] = {}
        self._rules: dict[Any, tuple[str, str]] = {}
        self._editorials: dict[tuple[str, str], Editorial] = {}

    @cached_property
    def index(self) -> Index:
        """What the evidence is looked up in."""
        return Index(self.store)

    def load(self, triples: Iterable[TripleKey]) -> None:
        """Looks up together what `step` needs for these triples; one by one they would take longer."""
        self.index.load(triples)

    def step(self, triple: TripleKey) -> Step:
        """The triple with all its evidence; none when the triple does not stand in the store. An inference that
        rests on the triple itself is left out; those with the smallest proofs come first."""
        found = self._steps.get(triple)
        if found is None:
            self.load((triple,))
            evidence = self.said(triple)
            uses = self.index.uses
            concluding = uses.of.get(triple) if triple[1] in uses.statements.predicates else None
            if concluding:
                founded = sorted(filter(uses.founded, concluding), key=uses.size)
                evidence += tuple(map(self.inference, founded))
            found = self._steps[triple] = Step(triple, evidence)
        return found

    def premise(self, triple: TripleKey) -> Step:
        """The triple with its best evidence: what states it, else its shortest inference."""
        found = self._premises.get(triple)
        if found is None:
            evidence = self.said(triple)
            uses = self.index.uses
            if not evidence:
                evidence = (self.inference(uses.best[triple]),)
            more = len(uses.of.get(triple, ())) - isinstance(evidence[0], Inference)
            found = self._premises[triple] = Step(triple, evidence, more)
        return found

    def said(self, triple: TripleKey) -> tuple[Evidence, ...]:
        """Evidence other than inferences: the claims that state the triple, or that it is part of; the file it
        stands in."""
        index = self.index
        if triple[0] in index.records:
            return (self.claim(triple[0]),)
        if claims := index.claims(triple):
            return tuple(map(self.claim, claims))
        graphs = sorted(map(_graph, index.places.of(triple)))
        return tuple(self.editorial(graph, self.typed.file(triple, graph)) for graph in graphs if graph not in _SAID)

    def claim(self, node: Any) -> ClaimEvidence:
        """A claim with its quotations, in the order of the document."""
        return self.index.records.claim(node)

    def editorial(self, graph: str, file: str) -> Editorial:
        found = self._editorials.get((graph, file))
        if found is None:
            found = self._editorials[graph, file] = Editorial(graph, file)
        return found

    def inference(self, use: Use) -> Inference:
        """One use of a rule, with the best evidence of each premise."""
        told = self._rules.get(use.rule)
        if told is None:
            name = use.rule.value.removeprefix(BASE + "rule/")
            told = self._rules[use.rule] = name, self.one(use.rule, _LABEL) or name
        return Inference(*told, tuple(map(self.premise, use.premises)))

    def one(self, subject: Any, predicate: Any) -> str:
        """The lexical form of the first object, or the empty string."""
        return min((str(quad.object.value) for quad in self.store.quads(subject, predicate)), default="")


def _graph(name: Any) -> str:
    return "default" if name is None else str(name.value).removeprefix(_GRAPH)
