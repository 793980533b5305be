"""Rules fire where they should and nowhere else, and what they conclude can be followed back to its premises.

The comparison with an OWL RL reasoner stands in test_owl.py.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from graphs import GBKG, GRAPH, INF, TRP, labelled, triples_of, uses_of

from gbkg import build
from gbkg.claims.vocabulary import terms
from gbkg.core import nquads, prefixes, rdflibterms, turtle
from gbkg.core.errors import GbkgError, ParseError, ValidationError
from gbkg.core.prefixes import shorten
from gbkg.core.project import Project
from gbkg.core.terms import minted
from gbkg.graph import inference, rules
from gbkg.graph.inferred import Inferred
from gbkg.graph.rules import Rule, parse
from gbkg.store.memory import Memory

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
PROJECT = Project(SHIPPED)
PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.PREFIXES.items())
TYPE = ox.NamedNode(prefixes.PREFIXES["rdf"] + "type")
UNION = {"use_default_graph_as_union": True}


@cache
def known() -> dict[str, Rule]:
    return {rule.name: rule for rule in rules.read(PROJECT)}


@cache
def ontology() -> tuple[ox.Quad, ...]:
    return tuple(labelled({"ontology": terms(PROJECT)}))


@dataclass(frozen=True)
class World:
    """The quads that rules reason from, what follows, and all quads of the project."""

    given: list[ox.Quad]
    inferred: Inferred
    everything: list[ox.Quad]

    @property
    def stated(self) -> set[ox.Triple]:
        return {quad.triple for quad in self.given}


@cache
def real() -> World:
    everything = list(build.quads(PROJECT))
    basis = {str(GRAPH[name]) for name in inference.BASIS}
    given = [quad for quad in everything if quad.graph_name.value in basis]
    return World(given, inference.infer(given, list(known().values())), everything)


def facts(text: str) -> list[ox.Quad]:
    return labelled({"facts": turtle.parse(PREFIXES + text)})


def concluded(text: str, *only: str) -> set[str]:
    """What the rules of these names, or all, conclude of entities from a few facts and the ontology."""
    chosen = [rule for name, rule in known().items() if name in only or not only]
    return {shown(t) for t in triples_of(inference.infer([*ontology(), *facts(text)], chosen))}


def shown(triple: ox.Triple) -> str:
    return " ".join(
        shorten(term.value) if isinstance(term, ox.NamedNode) else repr(term.value)
        for term in (triple.subject, triple.predicate, triple.object)
    )


# ---- Each rule


PLACES = """id:yard a gbkg:IndustrialPark . id:house a gbkg:Building . id:quarter a gbkg:District .
id:harbour a gbkg:City . id:road a gbkg:StreetAddress . id:works a gbkg:Company . id:delta a gbkg:Region ."""
MAKERS = """id:pact a gbkg:Alliance . id:circle a gbkg:Association . id:works a gbkg:Company .
id:college a gbkg:University . id:harbour a gbkg:City . id:yard a gbkg:IndustrialPark . id:ling a gbkg:Person .
id:school a gbkg:TrainingInstitution ."""
CASES = [
    ("sub-property", "id:yard gbkg:settledIn id:quarter .", {"id:yard gbkg:locatedIn id:quarter"}),
    ("sub-property", "id:pact gbkg:foundedBy id:works .", {"id:pact gbkg:establishedBy id:works"}),
    ("sub-property", 'id:pact gbkg:foundedOn "--09"^^xsd:gMonth .', {"id:pact gbkg:onDate '--09'"}),
    ("sub-property", "id:yard gbkg:locatedIn id:quarter .", set()),  # its wider property is another vocabulary's
    ("sub-property", "id:yard gbkg:headquarteredIn id:quarter .", set()),
    ("inverse", "id:yard gbkg:settledIn id:quarter .", {"id:quarter gbkg:hosts id:yard"}),
    ("inverse", "id:harbour gbkg:partOf id:delta .", {"id:delta gbkg:hasPart id:harbour"}),
    ("inverse", "id:delta gbkg:hasPart id:harbour .", set()),  # nothing runs back
    ("inverse", 'id:yard gbkg:operatedBy "nobody" .', set()),  # no triple begins with a literal
    ("inverse", "id:pact gbkg:memberOf id:works .", set()),
    ("transitive", "id:a gbkg:partOf id:b . id:b gbkg:partOf id:c .", {"id:a gbkg:partOf id:c"}),
    ("transitive", "id:a gbkg:locatedIn id:b . id:b gbkg:locatedIn id:c .", {"id:a gbkg:locatedIn id:c"}),
    ("transitive", "id:a gbkg:partOf id:b . id:b gbkg:locatedIn id:c .", set()),
    ("transitive", "id:a gbkg:foundedBy id:b . id:b gbkg:foundedBy id:c .", set()),
    ("transitive", "id:a gbkg:controlledBy id:b . id:b gbkg:controlledBy id:c .", set()),
    (
        "transitive",
        "id:a gbkg:partOf id:b . id:b gbkg:partOf id:c . id:c gbkg:partOf id:d .",
        {"id:a gbkg:partOf id:c", "id:a gbkg:partOf id:d", "id:b gbkg:partOf id:d"},
    ),
    (
        "located-in-whole",
        f"{PLACES} id:works gbkg:locatedIn id:quarter . id:quarter gbkg:partOf id:harbour .",
        {"id:works gbkg:locatedIn id:harbour"},
    ),
    (
        "located-in-whole",
        f"{PLACES} id:group a gbkg:IndustryCluster . id:works gbkg:locatedIn id:yard . id:yard gbkg:partOf id:group .",
        set(),
    ),
    ("located-in-whole", "id:works gbkg:locatedIn id:quarter . id:quarter gbkg:partOf id:untyped .", set()),
    ("located-in-whole", f"{PLACES} id:works gbkg:partOf id:quarter . id:quarter gbkg:partOf id:harbour .", set()),
    ("located-in-whole", f"{PLACES} id:harbour gbkg:locatedIn id:delta . id:quarter gbkg:partOf id:harbour .", set()),
    (
        "located-with-whole",
        f"{PLACES} id:house gbkg:partOf id:yard . id:yard gbkg:locatedIn id:quarter .",
        {"id:house gbkg:locatedIn id:quarter"},
    ),
    ("located-with-whole", f"{PLACES} id:house gbkg:partOf id:yard . id:yard gbkg:locatedIn id:road .", set()),
    (
        "located-with-whole",
        f"{PLACES} id:s a gbkg:ResearchSeries ; gbkg:locatedIn id:delta . id:r a gbkg:Report ; gbkg:partOf id:s .",
        set(),
    ),
    (
        "located-with-whole",
        f"{PLACES} id:c a gbkg:IndustryCluster . id:yard gbkg:partOf id:c . id:c gbkg:locatedIn id:harbour .",
        set(),
    ),
    ("founder-is-member", f"{MAKERS} id:pact gbkg:foundedBy id:works .", {"id:works org:memberOf id:pact"}),
    ("founder-is-member", f"{MAKERS} id:circle gbkg:foundedBy id:college .", {"id:college org:memberOf id:circle"}),
    ("founder-is-member", f"{MAKERS} id:pact gbkg:foundedBy id:harbour, id:ling .", set()),
    ("founder-is-member", f"{MAKERS} id:school gbkg:foundedBy id:works . id:yard gbkg:establishedBy id:works .", set()),
    ("founder-is-member", f"{MAKERS} id:pact gbkg:initiatedBy id:works .", set()),
    ("initiator-is-member", f"{MAKERS} id:circle gbkg:initiatedBy id:works .", {"id:works org:memberOf id:circle"}),
    ("initiator-is-member", f"{MAKERS} id:school gbkg:initiatedBy id:works .", set()),
    ("initiator-is-member", f"{MAKERS} id:circle gbkg:initiatedBy id:harbour .", set()),
]


@pytest.mark.parametrize(("rule", "given", "expected"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_a_rule_fires_where_it_should(rule: str, given: str, expected: set[str]) -> None:
    assert concluded(given, rule) == expected


def test_every_rule_has_a_case_that_fires_and_one_that_does_not() -> None:
    for name in known():
        assert {bool(expected) for rule, _, expected in CASES if rule == name} == {True, False}


def test_rules_feed_one_another() -> None:
    chain = "id:house gbkg:partOf id:yard . id:yard gbkg:settledIn id:quarter . id:quarter gbkg:partOf id:harbour ."
    assert {
        "id:house gbkg:locatedIn id:harbour",
        "id:harbour gbkg:locationOf id:house",
        "id:harbour gbkg:hasPart id:quarter",
    } <= concluded(f"{PLACES} {chain}")


def test_a_circle_comes_to_an_end() -> None:
    found = concluded("id:a gbkg:partOf id:b . id:b gbkg:partOf id:a .", "transitive")
    assert found == {"id:a gbkg:partOf id:a", "id:b gbkg:partOf id:b"}


def test_what_is_concluded_from_itself_is_no_inference() -> None:
    found = inference.infer(
        [*ontology(), *facts("id:a gbkg:partOf id:b . id:b gbkg:partOf id:a .")], [known()["transitive"]]
    )
    assert all(use.conclusion not in use.premises for use in uses_of(found))
    assert len(uses_of(found)) == 2


def test_the_mini_world_is_closed_as_expected(mini_build: Path) -> None:
    quads = ox.parse(path=mini_build / "gbkg.nq", format=ox.RdfFormat.N_QUADS)
    found = {shown(q.triple) for q in quads if q.graph_name.value == str(GRAPH.inferred)}
    assert {
        "id:lantern-yard gbkg:locatedIn id:tea-harbour",
        "id:reedland gbkg:locationOf id:lantern-yard",
        "id:lantern-quarter gbkg:partOf id:reedland",
        "id:kettle-works gbkg:operates id:lantern-yard",
        "id:tea-harbour-university org:memberOf id:delta-tea-alliance",
        "id:first-flush-fair gbkg:onDate '--04-30'",
    } <= found
    assert not {line for line in found if line.startswith("id:leaf-fund ")}


# ---- The closure of the real graph


def test_nothing_inferred_is_stated() -> None:
    everywhere = {quad.triple for quad in real().everything if quad.graph_name.value != str(GRAPH.inferred)}
    assert triples_of(real().inferred)
    assert everywhere.isdisjoint(triples_of(real().inferred))


def test_what_is_inferred_lets_nothing_more_follow() -> None:
    closed = [*real().given, *(ox.Quad(t.subject, t.predicate, t.object) for t in triples_of(real().inferred))]
    again = inference.infer(closed, list(known().values()))
    assert triples_of(again) == ()
    assert uses_of(again) == uses_of(real().inferred)


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "ontology" / "rules").glob("*.rq")))
def test_a_rule_concludes_the_same_over_the_union_of_all_named_graphs(name: str) -> None:
    engine = Memory.of(real().everything).engine
    told = {use.conclusion for use in uses_of(real().inferred) if use.rule == name}
    text = (ROOT / "ontology" / "rules" / f"{name}.rq").read_text(encoding="utf-8")
    assert set(engine.query(text, **UNION)) == told


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "ontology" / "rules").glob("*.rq")))
def test_a_rule_concludes_the_same_in_another_engine(name: str) -> None:
    whole = rdflibterms.new_graph()
    for triple in (*real().stated, *triples_of(real().inferred)):
        whole.add(tuple(map(rdflibterms.from_ox, triple)))  # type: ignore[arg-type]
    told = {use.conclusion for use in uses_of(real().inferred) if use.rule == name}
    given = whole.query(known()[name].text)
    assert set(rdflibterms.triples(given)) == told


def constructs(rule: str, premises: list[ox.Triple], conclusion: ox.Triple) -> bool:
    engine = ox.Store()
    engine.extend(ox.Quad(t.subject, t.predicate, t.object) for t in premises)
    return conclusion in set(engine.query(known()[rule].text))


def test_the_premises_of_every_inference_suffice_and_none_can_be_left_out() -> None:
    assert len(uses_of(real().inferred)) > 500
    for use in uses_of(real().inferred):
        assert constructs(use.rule, list(use.premises), use.conclusion), use
        for premise in use.premises:
            rest = [other for other in use.premises if other != premise]
            assert not constructs(use.rule, rest, use.conclusion), use


def test_every_premise_and_conclusion_stands_in_the_graph() -> None:
    there = real().stated | set(triples_of(real().inferred))
    assert {t for use in uses_of(real().inferred) for t in (*use.premises, use.conclusion)} <= there


def test_the_records_alone_lead_from_facts_to_all_that_is_inferred() -> None:
    reached, size = set(real().stated), 0
    while size != len(reached):
        size = len(reached)
        reached |= {use.conclusion for use in uses_of(real().inferred) if reached.issuperset(use.premises)}
    assert reached == real().stated | set(triples_of(real().inferred))


def test_facts_that_follow_from_others_too_have_a_record() -> None:
    stated = {use for use in uses_of(real().inferred) if use.conclusion in real().stated}
    assert "id:31-guangshan-third-road gbkg:locatedIn id:huangpu-district" not in {
        shown(use.conclusion) for use in stated
    }
    assert "id:antmi-blockchain-maker-space gbkg:locatedIn id:huangpu-district" in {shown(u.conclusion) for u in stated}


def test_the_order_of_facts_and_rules_changes_nothing() -> None:
    given, known_rules = list(real().given), list(known().values())
    for seed in range(3):
        random.Random(seed).shuffle(given)
        random.Random(seed).shuffle(known_rules)
        assert inference.infer(given, known_rules) == real().inferred


@pytest.mark.parametrize(
    "line",
    [
        "id:guangzhou org:memberOf id:huangpu-blockchain-training-academy",
        "id:gbiic-building-a gbkg:locatedIn id:136-banhe-road",
        "id:huangpu-blockchain-companies gbkg:locatedIn id:huangpu-district",
        "id:guangzhou-blockchain-industry-association gbkg:locatedIn id:huangpu-district",
        "id:huangpu-district gbkg:locatedIn id:guangzhou",
        "id:antmi-blockchain-maker-space gbkg:locatedIn id:guangzhou-development-zone",
        "id:gba-blockchain-alliance gbkg:locatedIn id:huangpu-district",
    ],
)
def test_what_the_documents_do_not_bear_out_is_not_inferred(line: str) -> None:
    assert line not in {shown(t) for t in triples_of(real().inferred)}


# ---- The record


def recorded() -> ox.Store:
    return Memory.of([q for q in real().everything if q.graph_name.value == str(GRAPH.inferences)]).engine


def test_a_triple_is_named_by_the_digest_of_its_line() -> None:
    select = "SELECT ?node ?s ?p ?o { ?node a rdf:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
    rows = list(recorded().query(select, prefixes=prefixes.PREFIXES, **UNION))
    assert len(rows) == len({t for use in uses_of(real().inferred) for t in (*use.premises, use.conclusion)})
    for node, s, p, o in rows:
        line = ox.serialize([ox.Triple(s, p, o)], format=ox.RdfFormat.N_TRIPLES).rstrip(b"\n")  # type: ignore[union-attr]
        assert node.value == f"{TRP}{sha256(line).hexdigest()[:16]}"


def test_an_inference_is_named_by_the_digest_of_rule_conclusion_and_premises() -> None:
    use = uses_of(real().inferred)[0]
    text = "\n".join([use.rule, f"{use.conclusion} .", *sorted(f"{p} ." for p in use.premises)])
    assert use.iri == f"{INF}{sha256(text.encode()).hexdigest()[:16]}"


def test_every_inference_is_written_and_no_two_share_a_name() -> None:
    select = "SELECT ?node (COUNT(?p) AS ?n) { ?node a gbkg:Inference ; gbkg:premise ?p } GROUP BY ?node"
    rows = {node.value: int(n.value) for node, n in recorded().query(select, prefixes=prefixes.PREFIXES, **UNION)}
    assert rows == {use.iri: len(use.premises) for use in uses_of(real().inferred)}
    assert len(rows) == len(uses_of(real().inferred))


def test_every_rule_is_written_with_its_reason_and_a_query_that_runs() -> None:
    select = "SELECT * { ?rule a gbkg:Rule ; rdfs:label ?label ; dcterms:description ?why ; sh:construct ?text }"
    rows = {row["rule"].value: row for row in recorded().query(select, prefixes=prefixes.PREFIXES, **UNION)}
    assert set(rows) == {str(minted("rule", name).value) for name in known()}
    for name, rule in known().items():
        row = rows[str(minted("rule", name).value)]
        assert (row["label"].value, row["why"].value) == (rule.summary, rule.description)
        assert isinstance(ox.Store().query(row["text"].value), ox.QueryTriples)


def test_of_several_chains_of_classes_the_shortest_is_the_premise() -> None:
    more = """gbkg:Wharf rdfs:subClassOf gbkg:Dock, gbkg:Site, gbkg:Area . gbkg:Dock rdfs:subClassOf gbkg:Site .
    gbkg:Area rdfs:subClassOf gbkg:Place .
    id:pier a gbkg:Wharf . id:works gbkg:locatedIn id:berth . id:berth gbkg:partOf id:pier ."""
    found = inference.infer([*ontology(), *facts(more)], [known()["located-in-whole"]])
    (use,) = uses_of(found)
    assert [shown(p) for p in use.premises] == [
        "id:berth gbkg:partOf id:pier",
        "id:pier rdf:type gbkg:Wharf",
        "id:works gbkg:locatedIn id:berth",
        "gbkg:Area rdfs:subClassOf gbkg:Place",
        "gbkg:Wharf rdfs:subClassOf gbkg:Area",
    ]


TWO_TYPES = """gbkg:Jetty rdfs:subClassOf gbkg:Place . gbkg:Bollard rdfs:subClassOf gbkg:Pole .
gbkg:Pole rdfs:subClassOf gbkg:Place . gbkg:Anchorage rdfs:subClassOf gbkg:Place .
id:works gbkg:locatedIn id:berth . id:berth gbkg:partOf id:pier . id:pier a """


@pytest.mark.parametrize(
    ("types", "chosen"),
    [
        ("gbkg:Jetty, gbkg:Bollard", "gbkg:Jetty"),  # nearer
        ("gbkg:Bollard, gbkg:Place", "gbkg:Place"),  # at no distance
        ("gbkg:Jetty, gbkg:District, gbkg:City, gbkg:Bollard", "gbkg:Jetty"),
        ("gbkg:Jetty, gbkg:Anchorage", "gbkg:Anchorage"),  # as near, and first in the alphabet
    ],
)
def test_of_several_types_that_would_do_one_is_the_premise(types: str, chosen: str) -> None:
    stated = facts(f"{TWO_TYPES}{types} .")
    for given in (stated, stated[::-1]):
        (use,) = uses_of(inference.infer([*ontology(), *given], [known()["located-in-whole"]]))
        assert [shown(p) for p in use.premises if p.predicate == TYPE] == [f"id:pier rdf:type {chosen}"]


# ---- Rule files


HEADER = "#+ summary: A rule.\n#+ description: For a test.\nPREFIX e: <urn:e#>\n"
BROKEN = [
    ("PREFIX e: <urn:e#>\nCONSTRUCT { ?a e:p ?b } WHERE { ?a e:q ?b }", ":1: the header has no '#+ summary: ...'"),
    ("#+ summary: A: rule\n", ":1:14: the #+ lines are not YAML: mapping values are not allowed"),
    ("#+ summary: A rule\n#+ why: because\n", ":2:4: unknown key 'why' (one of summary, description)"),
    (HEADER + "CONSTRUCT { ?a e:p ?b . ?b e:p ?a } WHERE { ?a e:q ?b }", ":4:1: a rule concludes exactly one triple"),
    (HEADER + "CONSTRUCT { } WHERE { ?a e:q ?b }", ":4:1: a rule concludes exactly one triple"),
    (HEADER + "CONSTRUCT { ?a e:p ?c }\nWHERE { ?a e:q ?b }", ":4:20: ?c is concluded, but no triple pattern binds it"),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE {\n  OPTIONAL { ?a e:q ?b }\n}",
        ":6:3: a rule may not use 'OPTIONAL' here",
    ),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { { ?a e:q ?b } UNION { ?b e:q ?a } }",
        ":5:9: a rule may not use '{' here",
    ),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q+ ?b }", ":5:15: a rule may not use '+' here"),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a a/e:q* ?b }", ":5:12: the only paths are a/rdfs:subClassOf* and"),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q _:b . ?a e:q ?b }", ":5:16: a rule may not use '_:b' here"),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b, ?c }", ":5:18: a rule may not use ',' here"),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a f:q ?b }", ':5:12: no prefix "f:" is known'),
    (HEADER + "CONSTRUCT { ?a gbkg:p ?b }\nWHERE { ?a e:q ?b }", ":4:16: the rule does not declare the prefix gbkg:"),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER (NOT EXISTS { ?b e:q ?a }) }",
        ":5:31: a rule may not use EXISTS in FILTER",
    ),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER NOT EXISTS { ?b e:q ?a } }",
        ":5:26: a rule may not use",
    ),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER (RAND() > 0.5) }",
        ":5:27: a rule may not use RAND in",
    ),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER (?c = 1) }",
        ":5:27: ?c is filtered by, but no triple",
    ),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER (NOSUCH(?b)) }", ':5:27: not SPARQL: found "NOSUCH"'),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b } LIMIT 5", ":5:21: a rule may not use 'LIMIT' here"),
    (HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b", ":5:18: not SPARQL: found the end"),
    (HEADER + "SELECT ?a WHERE { ?a e:q ?b }", ":4:1: a rule may not use 'SELECT' here"),
    (HEADER + "BASE <urn:x> CONSTRUCT { ?a e:p ?b } WHERE { ?a e:q ?b }", ":4:1: a rule may not use 'BASE' here"),
    (HEADER + "CONSTRUCT WHERE { ?a e:q ?b }", ":4:11: a rule may not use CONSTRUCT without a template"),
    (HEADER + "CONSTRUCT { ?a e:p ?b } FROM <urn:x> WHERE { ?a e:q ?b }", ":4:25: a rule may not use FROM"),
    (HEADER + "CONSTRUCT { ?a e:p 5 } WHERE { ?a e:q ?b }", ":4:20: a rule may not use '5' here"),
    (HEADER + "CONSTRUCT { ?a e:p ?b } WHERE { ?a e:q [ e:q ?b ] }", ":4:40: a rule may not use '[' here"),
    (HEADER + "CONSTRUCT { ?a e:p ?b } WHERE { ?a (e:q/e:r) ?b }", ":4:36: a rule may not use '(' here"),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b ;\n e:r* ?b }",
        ":6:2: the only paths are a/rdfs:subClassOf* and",
    ),
    # What looks like an IRI in these is a comparison.
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER(?a<RAND()&&?b>?a) }",
        ":5:19: a rule may not use RAND in",
    ),
    (
        HEADER + "CONSTRUCT { ?a e:p ?b }\nWHERE { ?a e:q ?b FILTER((?a<?b)&&?b>?a) OPTIONAL { ?a e:r ?b } }",
        ":5:1: the body of a rule is triple patterns and FILTER ( ... )",
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_a_broken_rule_is_refused_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse("planted", text, "ontology/rules/planted.rq")
    assert str(caught.value).startswith(f"ontology/rules/planted.rq{message}")


def test_a_rule_may_have_comments_semicolons_and_filters() -> None:
    body = "?a e:q ?b ; e:r <urn:c> . # why\n  ?b a ?kind . FILTER (?kind IN (e:K, e:L) && STR(?a) < 'z')"
    text = f"{HEADER}CONSTRUCT {{ ?a e:p ?b }} WHERE {{ {body} # last\n}}"
    rule = parse("planted", text, "planted.rq")
    given = "@prefix e: <urn:e#> . <urn:a> e:q <urn:b> ; e:r <urn:c> . <urn:b> a e:L ."
    found = inference.infer(labelled({"facts": turtle.parse(given)}), [rule])
    assert [str(t) for t in triples_of(found)] == ["<urn:a> <urn:e#p> <urn:b>"]
    assert [len(use.premises) for use in uses_of(found)] == [3]


def test_a_rule_is_named_as_other_things_are() -> None:
    with pytest.raises(ParseError, match=r"^rules/My_Rule\.rq: a rule is named by lower-case words with hyphens$"):
        parse("My_Rule", "", "rules/My_Rule.rq")


def test_a_rule_that_concludes_a_type_is_refused() -> None:
    text = f"{HEADER}CONSTRUCT {{ ?a a e:K }} WHERE {{ ?a e:q ?b }}"
    given = labelled({"facts": turtle.parse("<urn:a> <urn:e#q> <urn:b> .")})
    with pytest.raises(ParseError) as caught:
        inference.infer(given, [*known().values(), parse("planted", text, "ontology/rules/planted.rq")])
    assert str(caught.value).startswith("ontology/rules/planted.rq: the rule concludes what types rest on: <urn:a> ")


def test_a_project_adds_rules_of_its_own(mini: Path, tmp_path: Path) -> None:
    folder = mini / "ontology" / "rules"
    text = "CONSTRUCT { ?b gbkg:established ?a } WHERE { ?a gbkg:operatedBy ?b }"
    (folder / "own.rq").write_text(f"{HEADER}PREFIX gbkg: <{GBKG}>\n{text}")
    build.run(Project(mini), tmp_path / "out", build.Settings(mini / "documents"))
    there = {q.triple for q in ox.parse(path=tmp_path / "out" / "gbkg.nq") if q.graph_name.value.endswith("/inferred")}
    said = {shown(t) for t in there}
    assert {"id:kettle-works gbkg:established id:lantern-yard", "id:kettle-works gbkg:operates id:lantern-yard"} <= said
    (folder / "own.rq").rename(folder / "inverse.rq")
    with pytest.raises(ParseError, match=r"^ontology/rules/inverse\.rq: has the name of another rule"):
        rules.read(Project(mini))


def test_a_broken_rule_stops_the_build(mini: Path, tmp_path: Path) -> None:
    folder = mini / "ontology" / "rules"
    (folder / "own.rq").write_text(f"{HEADER}CONSTRUCT {{ ?b e:p ?a }}\nWHERE {{ ?a e:q ?b . BIND (?a AS ?c) }}")
    (folder / "other.rq").write_text("CONSTRUCT {")
    (folder / "notes.txt").write_text("no rule")
    with pytest.raises(ValidationError) as stop:
        build.run(Project(mini), tmp_path / "out", build.Settings(mini / "documents"))
    said = [str(finding) for finding in stop.value.findings if finding.gate == "rules"]
    assert [one.partition(" (")[0] for one in said] == [
        "ontology/rules/notes.txt: is not a rule, and is not read",
        "ontology/rules/other.rq:1: the header has no '#+ summary: ...'",
        "ontology/rules/own.rq:5:21: a rule may not use 'BIND' here",
    ]
    assert not (tmp_path / "out" / "gbkg.nq").exists()
    with pytest.raises(GbkgError, match=r"^ontology/rules/notes\.txt: is not a rule"):
        rules.read(Project(mini))


# ---- The page


def test_the_model_page_has_a_row_for_each_rule() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \|$", page, re.M)
    assert {name: summary for name, summary, _ in rows if name in known()} == {
        rule.name: rule.summary for rule in known().values()
    }


def test_the_model_page_names_every_graph() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in nquads.GRAPHS)
