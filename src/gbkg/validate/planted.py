"""A violation for each check of gbkg, as the smallest graph in which the check must find something.

A check that queries a misspelt term, or a wrong namespace, finds nothing in any graph, and its silence looks like a
graph without faults. The names here are also the checks that must exist: a missing one is a fault of gbkg.
"""

from __future__ import annotations

from gbkg.core.prefixes import PREFIXES

_CLAIM = "prov:hadPrimarySource src:s ; rdf:subject id:a ; rdf:predicate gbkg:partOf ; rdf:object id:b"
_USE = "a gbkg:Inference ; gbkg:rule rule:r ; gbkg:premise trp:p"
CHECKS = {
    "blank-node": "graph:metadata { _:b dcterms:title 'x' }",
    "claim-twice": f"graph:claims {{ clm:s.one {_CLAIM} . clm:s.other {_CLAIM} }}",
    "class-unsatisfiable": "graph:ontology { gbkg:A owl:disjointWith gbkg:B . gbkg:C rdfs:subClassOf gbkg:A, gbkg:B }",
    "concept-unlisted": "graph:ontology { gbkg:Unit rdfs:subClassOf skos:Concept . gbkg:yard a gbkg:Unit }",
    "definition-circular": """graph:ontology {
        gbkg:A a owl:Class ; rdfs:label 'alliance'@en ; skos:definition 'An alliance of many.'@en }""",
    "definition-is-label": "graph:ontology { gbkg:A rdfs:label 'of late'@en ; skos:definition 'Of late.'@en }",
    "definition-missing": "graph:ontology { gbkg:A a owl:Class }",
    "definition-twice": "graph:ontology { gbkg:A skos:definition 'one'@en . gbkg:B skos:definition 'one'@en }",
    "deprecated-without-replacement": "graph:ontology { gbkg:A owl:deprecated true }",
    "domain": """graph:ontology { gbkg:p rdfs:domain gbkg:Company } graph:entities { id:a a gbkg:City }
        graph:facts { id:a gbkg:p id:b }""",
    "fact-undeclared": "graph:facts { id:a gbkg:p id:b }",
    "header-incomplete": "graph:ontology { <https://w3id.org/gbkg/ontology> a owl:Ontology }",
    "indicator-domain": """graph:ontology { gbkg:i gbkg:appliesTo gbkg:Company } graph:entities { id:a a gbkg:City }
        graph:claims { clm:s.one gbkg:about id:a ; gbkg:indicator gbkg:i }""",
    "indicator-unused": "graph:ontology { gbkg:i a gbkg:Indicator }",
    "inference-incomplete": "graph:inferences { inf:i a gbkg:Inference . inf:j a gbkg:Inference }",
    "inference-unfounded": f"""graph:inferences {{ inf:i {_USE} ; gbkg:conclusion trp:c .
        trp:p rdf:subject id:a ; rdf:predicate gbkg:p ; rdf:object id:b }}""",
    "inferred-stated": "graph:facts { id:a gbkg:p id:b } graph:inferred { id:a gbkg:p id:b }",
    "inferred-unrecorded": "graph:inferred { id:a gbkg:p id:b }",
    "inverse-mirrored": """graph:ontology { gbkg:p owl:inverseOf gbkg:q ; rdfs:domain gbkg:A ; rdfs:range gbkg:B .
        gbkg:q rdfs:domain gbkg:A ; rdfs:range gbkg:B }""",
    "label-missing": "graph:ontology { gbkg:A a owl:Class ; rdfs:label 'Stadt'@de }",
    "label-twice": "graph:ontology { gbkg:A a owl:Class ; rdfs:label 'a'@en . gbkg:B a owl:Class ; rdfs:label 'a'@en }",
    "misprint-unquoted": """graph:curation { cur:c gbkg:corrects clm:s.one ; gbkg:printedText 'on' }
        graph:claims { clm:s.one prov:wasDerivedFrom psg:s.0-2 }
        graph:evidence { psg:s.0-2 oa:hasSelector psg:s.0-2.quote . psg:s.0-2.quote oa:exact 'no' }""",
    "outside-rl": "graph:ontology { gbkg:A owl:equivalentClass gbkg:B }",
    "range": """graph:ontology { gbkg:p rdfs:range gbkg:Company } graph:entities { id:b a gbkg:City }
        graph:facts { id:a gbkg:p id:b }""",
    "rule-unused": "graph:inferences { rule:r a gbkg:Rule }",
    "subclass-circular": "graph:ontology { gbkg:A rdfs:subClassOf gbkg:B . gbkg:B rdfs:subClassOf gbkg:A }",
    "subproperty-narrower": """graph:ontology { gbkg:p rdfs:subPropertyOf gbkg:q ; rdfs:range gbkg:A .
        gbkg:q rdfs:range gbkg:B }""",
    "term-undeclared": "graph:claims { clm:s.one gbkg:statsu 'x' }",
    "term-unused": "graph:ontology { gbkg:A a owl:Class }",
    "two-kinds": "graph:ontology { gbkg:A a owl:Class, owl:ObjectProperty }",
    "unit-mismatch": "graph:claims { clm:s.one gbkg:indicator gbkg:i ; gbkg:unit gbkg:yard }",
    "unit-unused": "graph:ontology { gbkg:yard a gbkg:Unit }",
}
"""Name of the check to the named graphs of a violation, as TriG without its prefixes."""
SHAPES = tuple(
    f"{name}Shape"
    for name in """Claim ImpliedClaim StatisticClaim Dating DatedClaim Attribution Source Passage PositionSelector
    Correction Recalculation Comparison IdentityJudgement Ambiguity Gap Mapping Indicator ListedConcept Entity
    Organization Place CountingCriterion Dataset""".split()
)
"""The shapes of the core: of claims, evidence, curation, and of entities at their most general."""


def trig(body: str) -> str:
    """A TriG document with our prefixes."""
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + body
