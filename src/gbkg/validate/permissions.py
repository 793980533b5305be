"""What each named graph may hold: of which namespaces its nodes are, and what may be said of them. docs/model.md has
the list in words; `permitted` refuses all else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gbkg.core.prefixes import BASE, OWN, base, full, is_term

_OF_PROJECT = (*(part.rstrip("/") for part in OWN.values()), "mapping")
"""What lies below the address of the project."""
_ANY_TERM = "gbkg:*"


@dataclass(frozen=True)
class Permission:
    """What may be said of the nodes of one namespace. `predicates` are prefix:name, or prefix:* for a whole vocabulary;
    terms of ours are allowed if their domain is of `family` or they have none. `family` is also the class of ours that
    a node may have. An entity may be the object of `naming` alone."""

    predicates: str
    family: str = ""
    naming: str = ""

    def allows(self, predicate: str) -> bool:
        return is_term(predicate) or _among(predicate, self.predicates)

    def names(self, predicate: str) -> bool:
        return _among(predicate, self.naming) or (_ANY_TERM in self.naming.split() and is_term(predicate))


@cache
def _among(predicate: str, names: str) -> bool:
    pairs = ((full(name.rstrip("*")) or "", name.endswith("*")) for name in names.split())
    return any(predicate.startswith(iri) if all_of else predicate == iri for iri, all_of in pairs)


_TERMS = Permission("rdf:type rdfs:* owl:* skos:* dcterms:* vann:* schema:domainIncludes schema:rangeIncludes")
_ABOUT = "rdf:type rdfs:label rdfs:comment rdfs:seeAlso"
_MADE = "prov:wasDerivedFrom prov:wasGeneratedBy prov:used"
"""How the text of a document was made of a file."""
_DATASET = Permission(f"{_ABOUT} dcterms:* dcat:* void:* schema:* prov:* foaf:*", "", "dcterms:* void:exampleResource")
PERMITTED: dict[str, dict[str, Permission]] = {
    "ontology": {"ontology": _TERMS, "": _TERMS},
    "entities": {
        "id": Permission("rdf:type rdfs:label dcterms:description skos:*", "Entity"),
    },
    "facts": {"id": Permission("", "Entity", "gbkg:*")},
    "claims": {
        "claim": Permission(
            "rdf:* skos:note prov:wasDerivedFrom prov:hadPrimarySource",
            "Claim",
            "rdf:subject rdf:object gbkg:about gbkg:attributedTo gbkg:countedBy",
        )
    },
    "evidence": {
        "passage": Permission("rdf:type oa:* prov:wasQuotedFrom", "Passage"),
        "source": Permission(
            f"{_ABOUT} {_MADE} dcterms:* schema:* skos:* dcat:* foaf:page", "Source", "dcterms:* schema:*"
        ),
    },
    "curation": {
        "curation": Permission(f"{_ABOUT} skos:* dcterms:* prov:*", "Curation", "gbkg:concerns"),
        "mapping": Permission("rdf:type sssom:*", "", "sssom:subject_id"),
    },
    "queries": {
        "query": Permission(f"{_ABOUT} rdf:* dcterms:* schema:* sh:* skos:*", "", "sh:defaultValue rdf:first"),
    },
    "metadata": {"dataset": _DATASET, "graph": _DATASET, "": _DATASET},
    "inferred": {"id": Permission("org:*", "Entity", "gbkg:* org:*")},
    "inferences": {
        "inference": Permission("rdf:type", "Inference"),
        "rule": Permission("rdf:type rdfs:label dcterms:description sh:construct", "Rule"),
        "triple": Permission("rdf:*", "", "rdf:subject rdf:object"),
    },
}
"""Named graph to namespace to kind. A namespace is the first word of an IRI behind `BASE`, "" for other IRIs."""
HOMES = {
    "id": "an entity is described in data/entities.tsv and data/mappings.sssom.tsv; all else is said of it by claims",
    "claim": "a claim comes from data/claims/, with its quotation",
    "passage": "a passage comes from data/claims/ and data/readings/",
    "source": "a source is described in data/sources.ttl",
    "curation": "curation stands in data/curation.ttl",
    "mapping": "a mapping comes from data/mappings.sssom.tsv",
    "query": "a query is described by its file in queries/",
    "dataset": "the dataset is described in data/dataset.ttl",
    "graph": "the graphs are described by the build",
    "inference": "an inference comes from ontology/rules/",
    "rule": "a rule comes from ontology/rules/",
    "triple": "premises and conclusions come from ontology/rules/",
    "ontology": "terms are described in ontology/*.ttl",
    "": "only data/dataset.ttl and the ontology may speak of nodes that have IRIs of elsewhere",
}
"""Space to where its nodes are stated."""
FAMILIES = ("Entity", "Claim", "Passage", "Source", "Curation", "Inference", "Rule")
"""Classes whose instances have graphs of their own."""


def namespace_of(subject: str) -> str:
    """The first word of an IRI behind `BASE`, or behind the project's own address for what lies below that; "" for
    another IRI or a blank node."""
    own = base()
    for place, words in ((own, _OF_PROJECT), (BASE, None)):
        word = subject[len(place) :].partition("/")[0].partition("#")[0]
        if subject.startswith(place) and (words is None or word in words):
            return "" if words is None and own != BASE and word in _OF_PROJECT else word
    return ""
