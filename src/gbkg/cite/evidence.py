"""What stands behind one triple: claims with their quotations, inferences with their premises, or a file of ours."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pyoxigraph as ox

from gbkg.cite.uses import Use, Uses, statements
from gbkg.proofs import ClaimEvidence, Editorial, Evidence, Inference, Quotation, Step, TripleKey
from gbkg.spaces import BASE, PREFIXES
from gbkg.store import Store

_GRAPH, _CLAIM = PREFIXES["graph"], PREFIXES["clm"]
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


_STATUS, _READING, _ACCEPTED = _iri("gbkg:status"), _iri("gbkg:reading"), _iri("gbkg:accepted")
_DERIVED, _NOTE = _iri("prov:wasDerivedFrom"), _iri("skos:note")
_SELECTOR, _EXACT, _START, _END = (_iri(f"oa:{name}") for name in ("hasSelector", "exact", "start", "end"))
_RULE = _iri("gbkg:rule")
_SOURCE, _TYPE, _LABEL, _INDICATOR = _iri("oa:hasSource"), _iri("rdf:type"), _iri("rdfs:label"), _iri("gbkg:Indicator")


class EvidenceBase:
    """Evidence of the triples of one store; what has been looked up is kept."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._steps: dict[TripleKey, Step] = {}
        self._premises: dict[TripleKey, Step] = {}
        self._claims: dict[Any, ClaimEvidence] = {}
        self._quotations: dict[Any, Quotation] = {}

    def step(self, triple: TripleKey) -> Step:
        """The triple with all its evidence; none when the triple does not stand in the store. An inference that
        rests on the triple itself is left out."""
        found = self._steps.get(triple)
        if found is None:
            uses = filter(self.uses.founded, self.uses.of.get(triple, ()))
            evidence = (*self.said(triple), *map(self.inference, uses))
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
        found: list[Evidence] = []
        for graph in sorted(map(_graph, self.store.quads(*triple))):
            if graph == "facts":
                found += [self.claim(claim) for claim in self.claims_of.get(triple, ())]
            elif graph == "claims":
                found.append(self.claim(triple[0]))
            elif graph != "inferred":
                found.append(Editorial(graph, self.file(triple, graph)))
        return tuple(found)

    def inference(self, use: Use) -> Inference:
        """One use of a rule, with the best evidence of each premise."""
        name = use.rule.value.removeprefix(BASE + "rule/")
        return Inference(name, self.one(use.rule, _LABEL) or name, tuple(map(self.premise, use.premises)))

    @cached_property
    def uses(self) -> Uses:
        """Every use of a rule in the store."""
        return Uses(self.store)

    def claim(self, node: Any) -> ClaimEvidence:
        """A claim with its quotations, in the order of the document."""
        found = self._claims.get(node)
        if found is None:
            passages = [quad.object for quad in self.store.quads(node, _DERIVED)]
            quotations = sorted(map(self.quotation, passages), key=lambda q: (q.source, q.start, q.end))
            found = self._claims[node] = ClaimEvidence(
                node.value.removeprefix(_CLAIM),
                _local(self.one(node, _STATUS)),
                _local(self.one(node, _READING)),
                self.one(node, _NOTE),
                tuple(quotations),
            )
        return found

    def quotation(self, passage: Any) -> Quotation:
        """The words of a passage and where they stand."""
        found = self._quotations.get(passage)
        if found is None:
            said: dict[Any, str] = {}
            for selector in self.store.quads(passage, _SELECTOR):
                said |= {quad.predicate: quad.object.value for quad in self.store.quads(selector.object)}
            source = self.one(passage, _SOURCE).removeprefix(PREFIXES["src"])
            start, end = int(said[_START]), int(said[_END])
            found = self._quotations[passage] = Quotation(passage.value, source, start, end, said[_EXACT])
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
    def claims_of(self) -> dict[TripleKey, list[Any]]:
        """Direct triple to the accepted claims that say it, in order of their IRIs."""
        claims = ox.NamedNode(_GRAPH + "claims")
        accepted = {quad.subject for quad in self.store.quads(None, _STATUS, _ACCEPTED, claims)}
        return {
            triple: sorted(accepted.intersection(nodes), key=str)
            for triple, nodes in statements(self.store, claims).items()
            if not accepted.isdisjoint(nodes)
        }

    def one(self, subject: Any, predicate: Any) -> str:
        """The lexical form of the first object, or the empty string."""
        return min((str(quad.object.value) for quad in self.store.quads(subject, predicate)), default="")


def _graph(quad: Any) -> str:
    name = quad.graph_name
    return "default" if isinstance(name, ox.DefaultGraph) else str(name.value).removeprefix(_GRAPH)


def _local(iri: str) -> str:
    return iri.rpartition("#")[2]
