"""What stands behind one triple: claims with their quotations, inferences with their premises, or a file of ours."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pyoxigraph as ox

from gbkg.cite.records import CLAIMS, Records
from gbkg.cite.uses import Use, Uses, statements
from gbkg.proofs import ClaimEvidence, Editorial, Evidence, Inference, Step, TripleKey
from gbkg.spaces import BASE, PREFIXES, shorten
from gbkg.store import Store

_GRAPH, _CLAIM = PREFIXES["graph"], PREFIXES["clm"]
_SAID = frozenset({"facts", "claims", "inferred"})
_ENTITY_FILES = {
    PREFIXES["rdf"] + "type": "data/entities.tsv",
    PREFIXES["rdfs"] + "label": "data/entities.tsv",
    PREFIXES["dcterms"] + "description": "data/entities.tsv",
}
_FILES = {
    "default": "no named graph says where it is from",
    "curation": "data/curation.ttl",
    "metadata": "data/dataset.ttl",
    "ontology": "ontology/gbkg.ttl",
}


def _iri(curie: str) -> Any:
    prefix, _, local = curie.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


_ACCEPTED, _RULE = _iri("gbkg:accepted"), _iri("gbkg:rule")
_DOUBTS = tuple(_iri(f"gbkg:{name}") for name in ("Correction", "Inconsistency", "Ambiguity"))
_COMPARISONS = (_iri("gbkg:Comparison"),)
_CONCERNS, _CORRECTS, _OUTCOME = (_iri(f"gbkg:{name}") for name in ("concerns", "corrects", "outcome"))
_COMPATIBLE = _iri("gbkg:compatible")
_TYPE, _LABEL, _INDICATOR = _iri("rdf:type"), _iri("rdfs:label"), _iri("gbkg:Indicator")


class EvidenceBase:
    """Evidence of the triples of one store; what has been looked up is kept."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._steps: dict[TripleKey, Step] = {}
        self._premises: dict[TripleKey, Step] = {}
        self._claims: dict[Any, ClaimEvidence] = {}
        self._rules: dict[Any, tuple[str, str]] = {}
        self._editorials: dict[tuple[str, str], Editorial] = {}

    def step(self, triple: TripleKey) -> Step:
        """The triple with all its evidence; none when the triple does not stand in the store. An inference that
        rests on the triple itself is left out; those with the smallest proofs come first."""
        found = self._steps.get(triple)
        if found is None:
            evidence = self.said(triple)
            uses = self.uses.of.get(triple) if triple[1] in self.relations else None
            if uses:
                founded = sorted(filter(self.uses.founded, uses), key=self.uses.size)
                evidence += tuple(map(self.inference, founded))
            found = self._steps[triple] = Step(triple, evidence)
        return found

    def premise(self, triple: TripleKey) -> Step:
        """The triple with its best evidence: what states it, else its shortest inference."""
        found = self._premises.get(triple)
        if found is None:
            evidence = self.said(triple)
            uses = self.uses.of.get(triple, [])
            if not evidence:
                evidence = (self.inference(self.uses.best[triple]),)
            found = self._premises[triple] = Step(triple, evidence, len(uses) - isinstance(evidence[0], Inference))
        return found

    def said(self, triple: TripleKey) -> tuple[Evidence, ...]:
        """Evidence other than inferences: the claims that state the triple, or that it is part of; the file it
        stands in."""
        claim = self._claims.get(triple[0])
        if claim is not None:
            return (claim,)
        stating = self.claims_of.get(triple) if triple[1] in self.relations else None
        if stating is not None:
            return tuple(map(self.claim, stating))
        if triple[0] in self.records.status:
            return (self.claim(triple[0]),)
        graphs = sorted(map(_graph, self.store.quads(*triple)))
        return tuple(self.editorial(graph, self.file(triple, graph)) for graph in graphs if graph not in _SAID)

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

    @cached_property
    def uses(self) -> Uses:
        """Every use of a rule in the store."""
        return Uses(self.store)

    @cached_property
    def relations(self) -> frozenset[Any]:
        """The predicates of what is stated or concluded; most triples of an answer have others."""
        return frozenset(predicate for triples in (self.claims_of, self.uses.of) for _, predicate, _ in triples)

    @cached_property
    def records(self) -> Records:
        """What the graph says of claims and passages."""
        return Records(self.store)

    def claim(self, node: Any) -> ClaimEvidence:
        """A claim with its quotations, in the order of the document."""
        found = self._claims.get(node)
        if found is None:
            records = self.records
            found = self._claims[node] = ClaimEvidence(
                node.value.removeprefix(_CLAIM),
                _local(records.status[node]),
                _local(records.reading.get(node)),
                records.note[node].value if node in records.note else "",
                records.quotations(node),
                tuple(sorted(self.curation.get(node, ()), reverse=True)),
            )
        return found

    def file(self, triple: TripleKey, graph: str) -> str:
        """The file, relative to the project, in which an editorial triple was typed."""
        subject, predicate, _ = triple
        if graph == "entities":
            return _ENTITY_FILES.get(predicate.value, "data/mappings.sssom.tsv")
        if graph == "evidence":
            name = subject.value.removeprefix(PREFIXES["psg"])
            return "data/sources.ttl" if name == subject.value else f"data/claims/{name.partition('.')[0]}.tsv"
        if graph == "curation" and subject.value.startswith(BASE + "mapping/"):
            return "data/mappings.sssom.tsv"
        if graph in ("inferences", "ontology") and subject.value.startswith(BASE + "rule/"):
            return f"ontology/rules/{subject.value.removeprefix(BASE + 'rule/')}.rq"
        if graph == "inferences":
            rule = next((quad.object.value for quad in self.store.quads(subject, _RULE)), "")
            return f"ontology/rules/{rule.removeprefix(BASE + 'rule/')}.rq" if rule else "ontology/rules"
        if graph == "queries":
            return f"queries/{subject.value.removeprefix(BASE + 'query/').partition('/')[0]}.rq"
        if graph == "ontology" and (subject, _TYPE, _INDICATOR) in self.types:
            return "ontology/indicators.ttl"
        return _FILES.get(graph, graph)

    @cached_property
    def types(self) -> frozenset[TripleKey]:
        """The indicators, which have a file of their own."""
        return frozenset((q.subject, q.predicate, q.object) for q in self.store.quads(None, _TYPE, _INDICATOR))

    @cached_property
    def curation(self) -> dict[Any, list[str]]:
        """Claim to what is held against it (corrections, inconsistencies, ambiguities) or beside it (comparisons that
        do not end in "compatible")."""
        found: dict[Any, list[str]] = {}
        for words, kinds in (("in doubt: ", _DOUBTS), ("compare ", _COMPARISONS)):
            for kind in kinds:
                for node in (quad.subject for quad in self.store.quads(None, _TYPE, kind)):
                    if kind in _COMPARISONS and self.one(node, _OUTCOME) == _COMPATIBLE.value:
                        continue
                    about = [*self.store.quads(node, _CONCERNS), *self.store.quads(node, _CORRECTS)]
                    for claim in {quad.object for quad in about}:
                        found.setdefault(claim, []).append(words + shorten(node.value))
        return found

    @cached_property
    def claims_of(self) -> dict[TripleKey, list[Any]]:
        """Direct triple to the accepted claims that say it, in order of their IRIs."""
        accepted = {claim for claim, status in self.records.status.items() if status == _ACCEPTED}
        return {
            triple: sorted(accepted.intersection(nodes), key=str)
            for triple, nodes in statements(self.store, CLAIMS).items()
            if not accepted.isdisjoint(nodes)
        }

    def one(self, subject: Any, predicate: Any) -> str:
        """The lexical form of the first object, or the empty string."""
        return min((str(quad.object.value) for quad in self.store.quads(subject, predicate)), default="")


def _graph(quad: Any) -> str:
    name = quad.graph_name
    return "default" if isinstance(name, ox.DefaultGraph) else str(name.value).removeprefix(_GRAPH)


def _local(term: Any) -> str:
    return str(term.value).rpartition("#")[2] if term else ""
