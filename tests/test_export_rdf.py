"""N-Triples, framed JSON-LD, RDF 1.2 and schema.org JSON-LD, read back by pyoxigraph, rdflib and PyLD."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from exported import content, document, expanded, files, iri, opened, quads, refuse, triples
from pyld import jsonld
from rdflib import SDO, Dataset, Graph

from gbkg.core.errors import NotFoundError, ParseError, ProjectError
from gbkg.core.jsonld import dumped
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.render.export import formats, schemaorg
from gbkg.store import outputs

REIFIES = ox.NamedNode(PREFIXES["rdf"] + "reifies")
PARTS = {ox.NamedNode(PREFIXES["rdf"] + part) for part in ("subject", "predicate", "object")}
MERGED = ("turtle", "ntriples", "jsonld", "jsonld-framed", "rdf12", "schemaorg")


@pytest.fixture(params=["mini", "real"])
def out(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"{request.param}_build"))


# ---- What stands in the build


@pytest.mark.parametrize(("name", "file"), [("nquads", "gbkg.nq"), ("trig", "gbkg.trig")])
def test_formats_with_named_graphs_are_the_build_byte_for_byte(name: str, file: str, out: Path) -> None:
    assert content(out, name) == (out / file).read_bytes()


@pytest.mark.parametrize(("name", "file"), [("turtle", "gbkg.ttl"), ("jsonld", "gbkg.jsonld")])
def test_merged_formats_are_the_build_byte_for_byte(name: str, file: str, out: Path) -> None:
    assert content(out, name) == (out / file).read_bytes()


def test_n_triples_are_the_stated_triples_by_two_readers(out: Path) -> None:
    text = content(out, "ntriples")
    read = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]
    assert set(read) == triples(out)
    assert len(read) == len(set(read))
    assert len(Graph().parse(data=text, format="nt")) == len(read)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's own, of its readers
def test_rdflib_reads_the_named_graphs(mini_build: Path) -> None:
    read = Dataset()
    read.parse(data=content(mini_build, "nquads"), format="nquads")
    counted = Counter(str(graph) for *_, graph in read.quads())
    assert counted == Counter(quad.graph_name.value for quad in quads(mini_build))


@pytest.mark.parametrize("name", MERGED)
def test_what_rules_infer_is_left_out_until_asked_for(name: str, mini_build: Path) -> None:
    added = ox.Quad(
        ox.NamedNode(iri("id:kettle-works")),
        ox.NamedNode(iri("gbkg:locatedIn")),
        ox.NamedNode(iri("id:reed-bank")),
        ox.NamedNode(iri("graph:inferred")),
    )
    assert added.triple not in {quad.triple for quad in quads(mini_build)}
    kg, given = opened(mini_build), [*quads(mini_build), added]
    assert formats.export(name, kg, given) == files(mini_build, name)
    assert formats.export(name, kg, given, inferred=True) != files(mini_build, name, inferred=True)


@pytest.mark.parametrize("name", [format.name for format in formats.FORMATS])
def test_the_order_of_the_quads_changes_no_byte(name: str, mini_build: Path) -> None:
    shuffled = list(quads(mini_build))
    random.Random(7).shuffle(shuffled)
    assert formats.export(name, opened(mini_build), shuffled) == files(mini_build, name)
    assert formats.export(name, opened(mini_build), shuffled) == formats.export(name, opened(mini_build), shuffled)


def test_literals_keep_their_lexical_forms(real_build: Path) -> None:
    """A store would shorten them: 4.0 to 4."""
    decimal = ox.NamedNode(iri("xsd:decimal"))
    literals = {quad.object for quad in quads(real_build) if isinstance(quad.object, ox.Literal)}
    assert ox.Literal("4.0", datatype=decimal) in literals
    assert b'"4.0"^^<http://www.w3.org/2001/XMLSchema#decimal>' in content(real_build, "ntriples")
    assert b'"@value": "4.0"' in content(real_build, "jsonld")


def test_a_graph_that_is_not_there_or_broken_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"gbkg\.nq: cannot be read: No such file"):
        list(outputs.parsed(tmp_path / "gbkg.nq"))
    (tmp_path / "gbkg.nq").write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> nonsense\n")
    with pytest.raises(ParseError, match=r"gbkg\.nq:2: not N-Quads"):
        list(outputs.parsed(tmp_path / "gbkg.nq"))


def test_an_unknown_format_is_answered_with_near_names() -> None:
    with pytest.raises(NotFoundError, match="no format is called 'turle'; did you mean turtle"):
        formats.find("turle")
    with pytest.raises(NotFoundError, match=r"no format is called .xls.; there are turtle, trig,.*rocrate"):
        formats.find("xls")


# ---- JSON-LD, framed


def test_framed_json_ld_is_part_of_the_graph_and_has_every_direct_triple(out: Path) -> None:
    read = expanded(document(out, "jsonld-framed"))
    assert read <= triples(out)
    assert triples(out, "facts") | triples(out, "entities") | triples(out, "claims") <= read


def test_framed_json_ld_has_every_passage_of_a_claim(out: Path) -> None:
    read = expanded(document(out, "jsonld-framed"))
    cited = {t.object for t in triples(out, "claims") if t.predicate.value == iri("prov:wasDerivedFrom")}
    exact = {t.subject.value.removesuffix(".quote") for t in read if t.predicate.value == iri("oa:exact")}
    assert {passage.value for passage in cited} == exact


def test_framed_json_ld_is_one_tree_an_entity(out: Path) -> None:
    trees = document(out, "jsonld-framed")["@graph"]
    entities = {t.subject.value for t in triples(out, "entities")}
    assert [iri(tree["@id"]) for tree in trees] == sorted(entities)
    assert all(list(tree)[:3] == ["@id", "@type", "rdfs:label"] for tree in trees)


def test_a_framed_claim_shows_its_quotation(mini_build: Path) -> None:
    (yard,) = [t for t in document(mini_build, "jsonld-framed")["@graph"] if t["@id"] == "id:lantern-yard"]
    assert yard["operatedBy"] == {"@id": "id:kettle-works", "rdfs:label": "Kettle Works"}
    (claim,) = [c for c in yard["claims"] if c["rdf:predicate"]["@id"] == "gbkg:operatedBy"]
    (quote,) = [s for s in claim["prov:wasDerivedFrom"]["oa:hasSelector"] if s["@type"] == "oa:TextQuoteSelector"]
    assert quote["oa:exact"] == "Kettle Works Co., Ltd. runs Lantern Yard"
    assert claim["status"] == "gbkg:accepted"
    (area,) = yard["statistics"]
    assert (area["status"], area["valueText"]) == ("gbkg:unreadable", "6,1307.3 square metres")


def test_a_json_ld_processor_frames_the_whole_graph_to_the_same_claims(mini_build: Path) -> None:
    """PyLD, given everything and asked for the claims of each subject, finds those of each tree of ours."""
    whole, ours = document(mini_build, "jsonld"), document(mini_build, "jsonld-framed")
    named = {"@explicit": True, "@embed": "@never"}
    wanted = {"@context": ours["@context"], "claims": named, "@explicit": True, "@requireAll": True}
    framed = jsonld.frame(whole, wanted, {"documentLoader": refuse})

    def claims(document: Any) -> dict[str, set[str]]:
        return {t["@id"]: {c["@id"] for c in t["claims"]} for t in document["@graph"] if t.get("claims")}

    found = {entity: held for entity, held in claims(framed).items() if entity.startswith("id:")}
    assert len(found) > 5
    assert found == claims(ours)


# ---- RDF 1.2


def rdf12(out: Path, inferred: bool = False) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(content(out, "rdf12", inferred), format=ox.RdfFormat.TURTLE)}


def reified(read: set[ox.Triple]) -> dict[str, ox.Triple]:
    return {t.subject.value: t.object for t in read if t.predicate == REIFIES}


def test_rdf_1_2_says_what_the_graph_says_with_reifiers_for_statements(out: Path) -> None:
    read, stated = rdf12(out), triples(out)
    classic = {t for t in stated if t.predicate in PARTS}
    assert {t for t in read if t.predicate != REIFIES} == stated - classic
    parts = {(t.subject.value, t.predicate.value.rpartition("#")[2], t.object) for t in classic}
    again = {
        (claim, part, getattr(triple, part))
        for claim, triple in reified(read).items()
        for part in ("subject", "object")
    }
    again |= {(claim, "predicate", triple.predicate) for claim, triple in reified(read).items()}
    assert again == parts
    assert len(again) > 30


def test_each_direct_triple_is_reified_by_its_accepted_claims_and_no_other_is(out: Path) -> None:
    read = rdf12(out)
    status = {t.subject.value: t.object.value for t in read if t.predicate.value == iri("gbkg:status")}
    asserted = {claim for claim, triple in reified(read).items() if triple in read}
    assert asserted == {claim for claim in reified(read) if status[claim] == iri("gbkg:accepted")}
    assert {reified(read)[claim] for claim in asserted} == triples(out, "facts")


def test_annotations_are_written_behind_the_triple(mini_build: Path) -> None:
    text = content(mini_build, "rdf12").decode()
    block = text.partition("\nid:lantern-yard a gbkg:IndustrialPark ;")[2].partition("\n\n")[0]
    assert "gbkg:operatedBy id:kettle-works\n    ~ clm:gazette.yard-operator {|\n" in block
    assert "clm:gazette.ledger-launched-by rdf:reifies <<( id:leaf-ledger gbkg:launchedBy id:kettle-works )>>" in text


def test_rdf_1_2_with_inferences_is_read_back(mini_build: Path) -> None:
    read = rdf12(mini_build, inferred=True)
    assert triples(mini_build, "inferred") <= read
    assert {t for t in read if t.predicate != REIFIES} == {
        quad.triple for quad in quads(mini_build) if quad.predicate not in PARTS
    }


def test_rdf_1_2_writes_any_iri_and_literal() -> None:
    odd = [
        ox.Triple(ox.NamedNode(iri("id:a") + end), ox.NamedNode("urn:p/(1)"), value)
        for end, value in [
            ("", ox.Literal('say "no"\n\\', language="en")),
            ("(b)", ox.Literal("1.50", datatype=ox.NamedNode(iri("xsd:decimal")))),
            (".", ox.Literal("x", datatype=ox.NamedNode("urn:type"))),
            ("/c", ox.NamedNode(iri("id:-"))),
        ]
    ]
    facts = ox.NamedNode(iri("graph:facts"))
    made = formats.find("rdf12").make(formats.Input(None, tuple(ox.Quad(*t, facts) for t in odd)))  # type: ignore[arg-type]
    assert {q.triple for q in ox.parse(*made.values(), format=ox.RdfFormat.TURTLE)} == set(odd)


# ---- schema.org

LOCAL = {"@context": {"@vocab": "https://schema.org/"}}


def load(url: str, _options: object = None) -> dict[str, Any]:
    assert url == "https://schema.org"
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": LOCAL}


def schema(out: Path, inferred: bool = False) -> Graph:
    text = str(
        jsonld.to_rdf(document(out, "schemaorg", inferred), {"format": "application/n-quads", "documentLoader": load})
    )
    return Graph().parse(data=text, format="nt")


def test_schema_org_uses_only_terms_of_schema_org(out: Path) -> None:
    known = {str(SDO) + name for name in SDO.__annotations__}
    read = schema(out, inferred=True)
    terms = {str(p) for _, p, o in read} - {iri("rdf:type")}
    terms |= {str(o) for _, p, o in read if str(p) == iri("rdf:type")}
    assert terms <= known
    assert {str(SDO.Dataset), str(SDO.name), str(SDO.foundingDate), str(SDO.containedInPlace)} <= terms


def test_schema_org_links_only_to_what_it_has_or_to_other_identifiers(out: Path) -> None:
    nodes = document(out, "schemaorg")["@graph"]
    known = {node["@id"] for node in nodes}
    assert len(known) == len(nodes)
    linked = {
        (key, link["@id"])
        for node in nodes
        for key, values in node.items()
        for link in (values if isinstance(values, list) else [values])
        if isinstance(link, dict)
    }
    assert {key for key, other in linked if other not in known} <= {"sameAs", "license"}
    assert {t.subject.value for t in triples(out, "entities")} <= known


def test_schema_org_dates_are_dates_and_facts_are_facts(out: Path) -> None:
    """Every link between entities is a direct triple of a property that the table maps to it."""
    facts = {(t.subject.value, t.object.value): shorten(t.predicate.value) for t in triples(out, "facts")}
    rules = {rule.schema for rule in schemaorg.RULES}
    found = 0
    for node in document(out, "schemaorg")["@graph"]:
        if not node["@id"].startswith(iri("id:")):
            continue
        for key in rules & set(node):
            values = node[key] if isinstance(node[key], list) else [node[key]]
            for value in values:
                assert (node["@id"], value["@id"] if isinstance(value, dict) else value) in facts
                found += 1
                assert not (key.endswith("Date") and value.startswith("-"))
    assert found > 5


def test_the_mapping_follows_the_axioms_of_the_ontology(real_build: Path) -> None:
    below = iri("rdfs:subPropertyOf")
    said = {
        (shorten(t.subject.value), t.object.value.removeprefix(str(SDO)))
        for t in triples(real_build, "ontology")
        if t.predicate.value == below and t.object.value.startswith(str(SDO))
    }
    assert len(said) >= 3
    assert said <= {(rule.property, rule.schema) for rule in schemaorg.RULES}
    declared = {shorten(t.subject.value) for t in triples(real_build, "ontology")}
    mapped = {rule.property for rule in schemaorg.RULES} | {rule.subject for rule in schemaorg.RULES}
    mapped |= {rule.target for rule in schemaorg.RULES} - {"text", "date"} | set(schemaorg.CLASSES)
    assert mapped - {"org:memberOf"} <= declared


def test_schema_org_of_the_tea_harbour(mini_build: Path) -> None:
    nodes = {node["@id"].rpartition("/")[2]: node for node in document(mini_build, "schemaorg")["@graph"]}
    assert nodes["kettle-works"]["@type"] == "Corporation"
    assert nodes["harbour-tea-association"]["foundingDate"] == "2016-03-12"
    assert nodes["lantern-yard"]["containedInPlace"] == {"@id": iri("id:lantern-quarter")}
    assert "startDate" not in nodes["first-flush-fair"]  # the fair's year is not printed
    assert nodes["tea-trade"]["@type"] == "DefinedTerm"
    assert nodes["leaf-fund"]["@type"] == "Thing"
    assert nodes["gazette"]["publisher"] == "The Harbour Gazette"
    assert {founder["@id"] for founder in nodes["delta-tea-alliance"]["founder"]} == {
        iri("id:harbour-tea-association"),
        iri("id:tea-harbour-university"),
    }


def test_json_is_written_with_its_own_letters() -> None:
    assert json.loads(dumped({"é": [1]})) == {"é": [1]}
