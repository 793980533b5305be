"""An OWL 2 RL reasoner finds the ontology and the real graph consistent, finds planted contradictions, and concludes
what the rules conclude, but for differences that are named here.

owlrl applies the rules of the profile (https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules)
to types, facts and claims. Labels, definitions, descriptions and quotations are left out before: no rule says anything
of them, and the closure grows with every one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import owlrl
import pytest
import rdflib.term
from conftest import SHIPPED
from graphs import GBKG, ID, labelled, stated, triples_of
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import ORG, OWL, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from gbkg.core import rdflibterms
from gbkg.core.project import Project
from gbkg.graph import inference, rules

ROOT = Path(__file__).resolve().parents[1]
FRESH = "urn:gbkg:fresh:"
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
AXIOMS = {
    RDF.type,
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    OWL.inverseOf,
    OWL.disjointWith,
}
Triple = tuple[Node, Node, Node]


@cache
def graphs() -> dict[str, Graph]:
    return stated(SHIPPED)


def logical(*names: str) -> Graph:
    # The triples of these graphs that rules speak of: of the ontology, its axioms; of others, all but words.
    found = Graph()
    for name in names:
        for s, p, o in graphs()[name]:
            if p in AXIOMS or (name != "ontology" and p in declared()):
                found.add((s, p, o))
    return found


@cache
def declared() -> frozenset[Node]:
    # The properties of the ontology, and those of RDF that it has properties below.
    ontology = graphs()["ontology"]
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    return frozenset({p for kind in kinds for p in ontology.subjects(RDF.type, kind)} | {RDF.subject})


def closure(given: Graph, *more: Triple) -> Graph:
    # What follows from the triples; contradictions stand in it as messages.
    whole = Graph()
    for triple in [*given, *more]:
        whole.add(triple)
    # owlrl puts its own readers of literals into rdflib and leaves some there (its own of gMonth refuses "--05"), which
    # would make other tests of this process find valid dates ill-typed.
    readers = dict(rdflib.term._toPythonMapping)
    try:
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(whole)
    finally:
        rdflib.term._toPythonMapping.clear()
        rdflib.term._toPythonMapping.update(readers)
    return whole


def contradictions(closed: Graph) -> list[str]:
    # The reasoner's messages, and what it finds to be in the empty class.
    nothing = [f"{s} is in owl:Nothing" for s in closed.subjects(RDF.type, OWL.Nothing)]
    below = [f"{s} is below owl:Nothing" for s in closed.subjects(RDFS.subClassOf, OWL.Nothing) if s != OWL.Nothing]
    return sorted(map(str, closed.objects(None, ERROR))) + sorted(nothing) + sorted(below)


def classes() -> list[URIRef]:
    return sorted(c for c in graphs()["ontology"].subjects(RDF.type, OWL.Class) if isinstance(c, URIRef))


def fresh(cls: URIRef) -> URIRef:
    # An individual that nothing else is said of.
    return URIRef(FRESH + str(cls).removeprefix(str(GBKG)))


@cache
def with_one_of_each_class() -> Graph:
    return closure(logical("ontology"), *((fresh(cls), RDF.type, cls) for cls in classes()))


@cache
def with_contradictions() -> Graph:
    # Each contradiction has individuals of its own.
    return closure(
        logical("ontology"),
        (ID.patek, RDF.type, GBKG.Company),
        (ID.patek, RDF.type, GBKG.City),
        (ID.fair, RDF.type, GBKG.Event),
        (ID.fair, GBKG.foundedOn, Literal("2016", datatype=XSD.gYear)),
        (ID.alliance, RDF.type, GBKG.Alliance),
        (ID.alliance, GBKG.headquarteredIn, ID.blockchain),
        (ID.blockchain, RDF.type, GBKG.Technology),
        (ID.zone, RDF.type, GBKG.DevelopmentZone),
        (ID.zone, GBKG.hosts, ID.institute),
        (ID.institute, RDF.type, GBKG.ResearchInstitute),
        (ID.policy, RDF.type, GBKG.Policy),
        (ID.person, GBKG.founded, ID.policy),
        (GBKG.AllianceCompany, RDFS.subClassOf, GBKG.Alliance),
        (GBKG.AllianceCompany, RDFS.subClassOf, GBKG.Company),
        (fresh(GBKG.AllianceCompany), RDF.type, GBKG.AllianceCompany),
    )


def contradicted(individual: URIRef) -> bool:
    return any(
        message.endswith(f" have a common individual {individual}") for message in contradictions(with_contradictions())
    )


def test_the_real_graph_is_consistent() -> None:
    assert contradictions(closure(logical("ontology", "entities", "facts", "claims", "curation"))) == []


def test_every_class_can_have_an_instance() -> None:
    assert len(classes()) > 70
    assert contradictions(with_one_of_each_class()) == []


@pytest.mark.parametrize(
    ("cls", "above"),
    [
        (GBKG.Municipality, GBKG.Agent),
        (GBKG.JointVenture, GBKG.Organization),
        (GBKG.Technology, SKOS.Concept),
        (GBKG.StatisticClaim, RDF.Statement),
        (GBKG.Gap, GBKG.Curation),
    ],
)
def test_an_instance_belongs_to_the_classes_above(cls: URIRef, above: URIRef) -> None:
    assert (fresh(cls), RDF.type, above) in with_one_of_each_class()


def test_an_entity_of_two_disjoint_classes_is_found() -> None:
    assert contradicted(ID.patek)


def test_a_subject_outside_the_domain_is_found() -> None:
    assert contradicted(ID.fair)


def test_an_object_outside_the_range_is_found() -> None:
    assert contradicted(ID.blockchain)


def test_an_inverse_outside_the_range_is_found() -> None:
    assert contradicted(ID.policy)


def test_a_class_below_two_disjoint_ones_is_found() -> None:
    assert contradicted(fresh(GBKG.AllianceCompany))


def test_what_is_no_contradiction_is_not_found() -> None:
    assert not any(map(contradicted, (ID.zone, ID.institute, ID.alliance, ID.person)))


@pytest.mark.parametrize(("lexical", "datatype"), [("--05", XSD.gMonth), ("--05-04", XSD.gMonthDay)])
def test_the_reasoner_leaves_the_reading_of_literals_as_it_was(lexical: str, datatype: URIRef) -> None:
    with_contradictions()
    assert not Literal(lexical, datatype=datatype).ill_typed


def test_facts_follow_from_facts() -> None:
    assert (ID.institute, GBKG.locatedIn, ID.zone) in with_contradictions()
    assert (ID.policy, GBKG.establishedBy, ID.person) in with_contradictions()


def test_every_axiom_is_of_a_kind_that_the_profile_allows() -> None:
    # OWL 2 Profiles, section 4.2: the constructs that occur, all between named classes, properties and datatypes.
    axioms = {p for p in graphs()["ontology"].predicates() if str(p).startswith((str(OWL), str(RDF), str(RDFS)))}
    assert axioms == AXIOMS | {RDFS.label, OWL.versionIRI, OWL.versionInfo}


def test_every_declaration_is_of_a_kind_that_the_profile_allows() -> None:
    kinds = {o for o in graphs()["ontology"].objects(None, RDF.type) if not str(o).startswith(str(GBKG))}
    assert kinds == {
        OWL.Ontology,
        OWL.Class,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.AnnotationProperty,
        OWL.TransitiveProperty,
        SKOS.ConceptScheme,
    }


def test_every_datatype_of_a_range_is_one_of_the_profile() -> None:
    ontology = graphs()["ontology"]
    data = set(ontology.subjects(RDF.type, OWL.DatatypeProperty))
    assert {o for s, o in ontology.subject_objects(RDFS.range) if s in data} <= {XSD.string, XSD.integer, XSD.decimal}


def test_domains_and_ranges_are_classes_of_the_ontology() -> None:
    ontology = graphs()["ontology"]
    objects = set(ontology.subjects(RDF.type, OWL.ObjectProperty))
    named = {o for s, o in ontology.subject_objects(RDFS.range) if s in objects} | set(
        ontology.objects(None, RDFS.domain)
    )
    assert named <= set(classes())


def test_only_classes_of_the_ontology_are_disjoint() -> None:
    ontology = graphs()["ontology"]
    named = {term for pair in ontology.subject_objects(OWL.disjointWith) for term in pair}
    assert named <= set(classes())


def test_no_property_stands_for_itself_in_an_inverse() -> None:
    assert all(one != other for one, other in graphs()["ontology"].subject_objects(OWL.inverseOf))


def test_object_and_datatype_properties_are_never_above_one_another() -> None:
    ontology = graphs()["ontology"]
    objects, data = (set(ontology.subjects(RDF.type, k)) for k in (OWL.ObjectProperty, OWL.DatatypeProperty))
    for below, above in ontology.subject_objects(RDFS.subPropertyOf):
        assert not (below in objects and above in data)
        assert not (below in data and above in objects)


# ---- The closure of the rules beside that of the reasoner

NO_AXIOM = {
    "located-in-whole": "a chain of gbkg:locatedIn and gbkg:partOf, but only where the whole is a place",
    "located-with-whole": "a chain of gbkg:partOf and gbkg:locatedIn, but only among places, and to no street address",
    "founder-is-member": "only organizations, and only members of alliances and associations",
    "initiator-is-member": "only organizations, and only members of alliances and associations",
}
"""Rules that no axiom of the profile can state, each with the condition that would take a self-restriction."""
LINKS = (URIRef("urn:gbkg:chain:1"), URIRef("urn:gbkg:chain:2"))
CHAIN: tuple[Triple, ...] = (
    (GBKG.locatedIn, OWL.propertyChainAxiom, LINKS[0]),
    (LINKS[0], RDF.first, GBKG.locatedIn),
    (LINKS[0], RDF.rest, LINKS[1]),
    (LINKS[1], RDF.first, GBKG.partOf),
    (LINKS[1], RDF.rest, RDF.nil),
)
"""What lies in a part of a thing lies in that thing: the rule located-in-whole without its condition."""


@cache
def reasoned() -> frozenset[Triple]:
    return shared(closure(logical("ontology", "entities", "facts")))


@cache
def ruled(*left_out: str) -> frozenset[Triple]:
    project, given = Project(SHIPPED), graphs()
    chosen = [rule for rule in rules.read(project) if rule.name not in left_out]
    found = inference.infer(labelled({name: given[name] for name in inference.BASIS}), chosen)
    whole = Graph()
    for name in inference.BASIS:
        whole += given[name]
    for triple in triples_of(found):
        whole.add(tuple(map(rdflibterms.from_ox, triple)))  # type: ignore[arg-type]
    return shared(whole)


def shared(given: Graph) -> frozenset[Triple]:
    # What is said of entities in the vocabulary that both speak: properties of the ontology, and org:memberOf.
    ontology = graphs()["ontology"]
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    spoken = {p for kind in kinds for p in ontology.subjects(RDF.type, kind)} | {ORG.memberOf}
    return frozenset(t for t in given if t[1] in spoken and str(t[0]).startswith(str(ID)))


def test_what_the_reasoner_concludes_the_rules_conclude_too() -> None:
    # Types, owl:sameAs and the properties of other vocabularies are outside of what is compared.
    assert reasoned() - ruled() == set()


def test_the_rules_that_have_axioms_conclude_what_the_reasoner_does() -> None:
    assert ruled(*NO_AXIOM) == reasoned()
    assert len(reasoned() - shared(graphs()["facts"])) > 200


@pytest.mark.parametrize("rule", NO_AXIOM)
def test_a_rule_without_an_axiom_concludes_more(rule: str) -> None:
    others = [name for name in NO_AXIOM if name != rule]
    assert reasoned() < ruled(*others), NO_AXIOM[rule]


def test_what_the_rules_conclude_beyond_the_reasoner_is_of_known_kinds() -> None:
    beyond = {p for _, p, _ in ruled() - reasoned()}
    assert beyond == {GBKG.locatedIn, GBKG.locationOf, ORG.memberOf}


def test_a_chain_as_an_axiom_gives_what_its_rule_gives_in_this_graph() -> None:
    # Here every whole of a place is a place, so that the condition of the rule is never put to the test.
    assert shared(closure(logical("ontology", "entities", "facts"), *CHAIN)) == ruled(
        *(name for name in NO_AXIOM if name != "located-in-whole")
    )


def test_a_chain_as_an_axiom_would_put_a_company_into_a_cluster_of_companies() -> None:
    closed = closure(
        logical("ontology"),
        *CHAIN,
        (ID.cluster, RDF.type, GBKG.IndustryCluster),
        (ID.yard, GBKG.partOf, ID.cluster),
        (ID.works, GBKG.locatedIn, ID.yard),
    )
    assert any(message.endswith(f" have a common individual {ID.cluster}") for message in contradictions(closed))
