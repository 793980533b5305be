"""What stands behind one triple: each kind of graph, circles of inferences, and every triple of both projects."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI, ROOT, SHIPPED
from oracle import turtle

from gbkg.ask import card as cards
from gbkg.core.errors import GbkgError, NotCoveredError, StoreError
from gbkg.core.jsonld import dumped
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.project import CORE
from gbkg.core.terms import TripleKey
from gbkg.evidence import arrays
from gbkg.evidence.cited import proofs, prove
from gbkg.evidence.editorial import BUILT
from gbkg.evidence.proofs import (
    ClaimEvidence,
    Derivation,
    Editorial,
    Evidence,
    Inference,
    Proof,
    Quotation,
    Step,
    claims,
)
from gbkg.evidence.reader import EvidenceReader
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph
from gbkg.store.memory import Memory
from gbkg.store.numbers import Numbers


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.fixture(scope="module")
def real(real_build: Path) -> KnowledgeGraph:
    return open_graph(ROOT, real_build / "gbkg.nq")


def node(name: str) -> Any:
    return ox.NamedNode(str(full(name)))


def triple(text: str) -> TripleKey:
    s, p, o = text.split(maxsplit=2)
    return node(s), node(p), ox.Literal(o.strip('"')) if o.startswith('"') else node(o)


def graph(quad: Any) -> str:
    return str(quad.graph_name.value).removeprefix(PREFIXES["graph"])


# ---- kinds


def test_a_claim_with_its_quotation(kg: KnowledgeGraph) -> None:
    step = kg.evidence.step(triple("id:lantern-yard gbkg:locatedIn id:lantern-quarter"))
    words = "Lantern Yard, an industrial park in the Lantern Quarter"
    passage = PREFIXES["psg"] + f"gazette.1095-{1095 + len(words)}"
    quotation = Quotation(passage, "gazette", 1095, 1095 + len(words), words)
    assert step.evidence == (ClaimEvidence("gazette.yard-in-quarter", "accepted", "stated", "", (quotation,)),)


def test_two_claims_are_two_pieces_of_evidence_in_one_step(kg: KnowledgeGraph) -> None:
    step = kg.evidence.step(triple("id:tea-harbour gbkg:partOf id:upper-reed"))
    keys = [evidence.key for evidence in step.evidence if isinstance(evidence, ClaimEvidence)]
    assert keys == ["almanac.harbour-in-upper-reed", "gazette.harbour-in-upper-reed"]
    found = prove(kg.store, "SELECT ?x { id:tea-harbour gbkg:partOf ?x . ?x a gbkg:Province }")
    (proof,) = proofs(kg.evidence, found, 3)
    (derivation,) = proof.derivations
    assert [len(step.evidence) for step in derivation.steps] == [2, 1]
    assert list(claims(proof)) == keys


def test_a_claim_with_a_note_a_reading_and_several_passages(kg: KnowledgeGraph) -> None:
    _, implied = kg.evidence.step(triple("id:lantern-quarter gbkg:partOf id:tea-harbour")).evidence
    assert isinstance(implied, ClaimEvidence) and (implied.key, implied.reading) == (
        "gazette.quarter-in-harbour",
        "implied",
    )
    (other,) = kg.evidence.step(triple("id:first-flush-fair gbkg:conductedBy id:harbour-tea-association")).evidence
    assert isinstance(other, ClaimEvidence) and other.reading == "implied" and other.note.startswith('"Its"')
    (two,) = kg.evidence.step(triple("id:delta-tea-alliance gbkg:foundedBy id:harbour-tea-association")).evidence
    assert isinstance(two, ClaimEvidence) and [q.start for q in two.quotations] == [900, 947]


def test_a_statistic_gives_the_claim_itself(kg: KnowledgeGraph) -> None:
    claim = node("clm:gazette.tea-houses")
    quads = list(kg.store.quads(claim, None, None, ox.NamedNode(PREFIXES["graph"] + "claims")))
    assert len(quads) > 5
    for quad in quads:
        (evidence,) = kg.evidence.step((quad.subject, quad.predicate, quad.object)).evidence
        assert isinstance(evidence, ClaimEvidence) and evidence.key == "gazette.tea-houses"
        assert evidence.quotations[0].exact == "As of October 2018, the city had 1,240 tea houses"


def test_an_attribution_that_is_implied_is_said_beside_the_claim(real: KnowledgeGraph) -> None:
    (found,) = real.evidence.step(
        triple("clm:guangzhou-report.tianhe-companies gbkg:attributedTo id:zero-one-think-tank")
    ).evidence
    assert isinstance(found, ClaimEvidence)
    assert found.how == ("implied", "attribution implied")
    assert found.attributed_to == (PREFIXES["id"] + "zero-one-think-tank",)
    assert found.to_dict()["body"]["attributedTo"] == PREFIXES["id"] + "zero-one-think-tank"
    (said,) = real.evidence.step(
        triple("clm:guangzhou-report.china-parks gbkg:attributedTo id:zero-one-think-tank")
    ).evidence
    assert isinstance(said, ClaimEvidence)
    assert (said.attribution, "attribution implied" in said.how) == ("stated", False)


def test_a_claim_that_is_not_accepted_proves_no_fact(kg: KnowledgeGraph) -> None:
    assert kg.evidence.step(triple("id:leaf-ledger gbkg:launchedBy id:kettle-works")).evidence == ()
    (status,) = kg.evidence.step(triple("clm:gazette.ledger-launched-by gbkg:status gbkg:disputed")).evidence
    assert isinstance(status, ClaimEvidence) and status.status == "disputed"


def test_an_inference_with_rule_and_premises_down_to_passages(kg: KnowledgeGraph) -> None:
    step = kg.evidence.step(triple("id:lantern-yard gbkg:locatedIn id:tea-harbour"))
    (inference,) = step.evidence
    assert isinstance(inference, Inference) and inference.rule == "located-in-whole"
    assert inference.summary == "What lies in a part of a place lies in that place."
    said = {tuple(str(full_name(term)) for term in premise.triple) for premise in inference.premises}
    assert ("id:lantern-yard", "gbkg:locatedIn", "id:lantern-quarter") in said
    assert ("id:lantern-quarter", "gbkg:partOf", "id:tea-harbour") in said
    for premise in inference.premises:
        assert all(isinstance(evidence, ClaimEvidence | Editorial) for evidence in premise.evidence)
    assert any(isinstance(e, ClaimEvidence) and e.quotations for p in inference.premises for e in p.evidence)


def full_name(term: Any) -> str:
    return shorten(term.value) if isinstance(term, ox.NamedNode) else term.value


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("id:tea-harbour rdf:type gbkg:City", "data/entities.tsv"),
        ('id:tea-harbour rdfs:label "Tea Harbour"', "data/entities.tsv"),
        ("id:tea-harbour skos:exactMatch iso3166:XX-TH", "data/mappings.sssom.tsv"),
        ("cur:check-growth rdf:type gbkg:PassedCheck", "data/curation.ttl"),
        ("src:gazette rdf:type gbkg:Source", "data/sources.ttl"),
        ("gbkg:partOf rdf:type owl:ObjectProperty", "gbkg/schema/core.ttl"),
        ("gbkg:teaHouses rdf:type gbkg:Indicator", "ontology/indicators.ttl"),
    ],
)
def test_what_we_say_ourselves_names_its_file(kg: KnowledgeGraph, text: str, file: str) -> None:
    given = triple(text)
    if not any(True for _ in kg.store.quads(*given)):  # the literal has a language
        (given,) = {(q.subject, q.predicate, q.object) for q in kg.store.quads(*given[:2])}
    assert [evidence.file for evidence in kg.evidence.step(given).evidence if isinstance(evidence, Editorial)] == [file]


def test_graph_inferences_names_the_rule(kg: KnowledgeGraph) -> None:
    name = ox.NamedNode(PREFIXES["graph"] + "inferences")
    rules = Counter[str]()
    for quad in kg.store.quads(None, None, None, name):
        (evidence,) = kg.evidence.step((quad.subject, quad.predicate, quad.object)).evidence
        assert isinstance(evidence, Editorial) and evidence.graph == "inferences"
        if quad.predicate == node("gbkg:rule"):
            assert evidence.file.endswith(f"/rules/{quad.object.value.rpartition('/')[2]}.rq")
        rules[evidence.file] += 1
    assert {"gbkg/schema/rules/located-in-whole.rq", "ontology/rules/founder-is-member.rq"} <= set(rules)
    assert sum(rules.values()) > 50


def test_a_triple_that_is_nowhere_has_no_evidence(kg: KnowledgeGraph) -> None:
    assert kg.evidence.step(triple("id:tea-harbour gbkg:partOf id:leaf-ledger")).evidence == ()
    assert EvidenceReader(Memory.of([])).step(triple("id:a gbkg:partOf id:b")).evidence == ()


# ---- circles


def inference(number: int, conclusion: TripleKey, *premises: TripleKey) -> Iterator[Any]:
    """The quads that record one use of a rule."""
    inferences = ox.NamedNode(PREFIXES["graph"] + "inferences")
    use = ox.NamedNode(f"urn:use{number}")
    yield ox.Quad(use, node("gbkg:rule"), ox.NamedNode("https://w3id.org/gbkg/rule/r"), inferences)
    for kind, triples in (("gbkg:conclusion", [conclusion]), ("gbkg:premise", premises)):
        for one in triples:
            statement = ox.NamedNode("urn:of" + "".join(term.value.removeprefix("urn:") for term in one))
            yield ox.Quad(use, node(kind), statement, inferences)
            for name, term in zip(("subject", "predicate", "object"), one, strict=True):
                yield ox.Quad(statement, node("rdf:" + name), term, inferences)


A, B, C, D = turtle(":s :p :a . :s :p :b . :s :p :c . :s :p :d")


def base(*inferences: Iterator[Any], stated: tuple[TripleKey, ...] = (), inferred: tuple[TripleKey, ...] = ()) -> Any:
    quads = [quad for use in inferences for quad in use]
    quads += [ox.Quad(*one, ox.NamedNode(PREFIXES["graph"] + "entities")) for one in stated]
    quads += [ox.Quad(*one, ox.NamedNode(PREFIXES["graph"] + "inferred")) for one in inferred]
    return EvidenceReader(Memory.of(quads))


def kinds(evidence: tuple[Evidence, ...]) -> list[str]:
    return [type(one).__name__ for one in evidence]


def test_a_circle_that_rests_on_nothing_is_no_evidence() -> None:
    found = base(inference(1, B, A), inference(2, A, B), inferred=(A, B))
    assert found.step(A).evidence == found.step(B).evidence == ()
    found = base(inference(1, A, A), inferred=(A,))
    assert found.step(A).evidence == ()


def test_a_circle_that_rests_on_something_stated_elsewhere_in_it() -> None:
    found = base(inference(1, A, C), inference(2, B, A), inference(3, A, B), stated=(C,), inferred=(A, B))
    assert kinds(found.step(A).evidence) == ["Inference"]  # from c; that from b rests on a itself
    (first,) = found.step(A).evidence
    assert [premise.triple for premise in first.premises] == [C]
    (second,) = found.step(B).evidence
    assert [premise.triple for premise in second.premises] == [A]
    assert kinds(second.premises[0].evidence) == ["Inference"]


def test_a_circle_through_what_is_stated_too() -> None:
    found = base(inference(1, B, A), inference(2, A, B), stated=(A,), inferred=(B,))
    assert kinds(found.step(A).evidence) == ["Editorial"]
    assert kinds(found.step(B).evidence) == ["Inference"]


def test_half_a_foundation_is_none() -> None:
    found = base(inference(1, B, A, C), inference(2, A, B), stated=(C,), inferred=(A, B))
    assert found.step(A).evidence == found.step(B).evidence == ()


def test_a_premise_that_is_not_there() -> None:
    found = base(inference(1, B, D), inferred=(B,))
    assert found.step(B).evidence == found.step(D).evidence == ()


def test_the_shortest_inference_stands_for_a_premise_and_the_others_are_counted() -> None:
    (top,) = base(*several(), stated=(A,), inferred=(B, C, D)).step(D).evidence
    (premise,) = top.premises
    assert (premise.triple, premise.more, len(premise.evidence)) == (C, 1, 1)
    assert [step.triple for step in premise.evidence[0].premises] == [A]
    assert len(base(*several(), stated=(A,), inferred=(B, C, D)).step(C).evidence) == 2


def several() -> list[Iterator[Any]]:
    return [inference(1, B, A), inference(2, C, B), inference(3, C, A), inference(4, D, C)]


def test_a_triple_that_the_files_no_longer_have_says_so(kg: KnowledgeGraph) -> None:
    gone = ox.Quad(*triple("gbkg:partOf rdfs:seeAlso gbkg:locatedIn"), ox.NamedNode(PREFIXES["graph"] + "ontology"))
    found = KnowledgeGraph(Memory.of([gone]), kg.project)
    (evidence,) = found.evidence.step((gone.subject, gone.predicate, gone.object)).evidence
    assert evidence == Editorial("ontology", "no file that the project has now")
    (unknown,) = EvidenceReader(found.store).step((gone.subject, gone.predicate, gone.object)).evidence
    assert unknown == Editorial("ontology", "ontology"), "without a project no file is named"


def test_the_default_graph_has_no_file() -> None:
    found = EvidenceReader(Memory.of([ox.Quad(*A)]))
    assert found.step(A).evidence == (Editorial("default", "no named graph says where it is from"),)


# ---- every triple of both projects


def all_right(step: Step, root: Path) -> bool:
    return bool(step.evidence) and all(right(evidence, root) for evidence in step.evidence)


def right(evidence: Evidence, root: Path) -> bool:
    """It ends in quotations, or in a file that is there: the project's own, or gbkg's ontology."""
    match evidence:
        case ClaimEvidence(key, status, reading, _, quotations):
            return bool(key and status and reading and quotations and all(q.exact for q in quotations))
        case Inference(rule, summary, premises):
            return (
                any((folder / f"{rule}.rq").is_file() for folder in (CORE / "rules", root / "ontology/rules"))
                and bool(summary and premises)
                and all(all_right(premise, root) for premise in premises)
            )
        case Editorial(_, file):
            return file == BUILT or found_in(file, root).exists()


def found_in(file: str, root: Path) -> Path:
    return CORE.parents[1] / file if file.startswith("gbkg/schema/") else root / file


EXPECTED = {
    "facts": ClaimEvidence,
    "claims": ClaimEvidence,
    "inferred": Inference,
    **dict.fromkeys(
        ("ontology", "entities", "evidence", "curation", "metadata", "inferences", "queries"), Editorial
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", ["mini", "real"])
def test_every_triple_has_the_right_kind_of_evidence(which: str, request: pytest.FixtureRequest) -> None:
    found: KnowledgeGraph = request.getfixturevalue("kg" if which == "mini" else "real")
    root = MINI if which == "mini" else SHIPPED
    counted = Counter[str]()
    wrong = []
    for quad in found.store:
        step = found.evidence.step((quad.subject, quad.predicate, quad.object))
        counted[graph(quad)] += 1
        if not all_right(step, root) or not any(isinstance(e, EXPECTED[graph(quad)]) for e in step.evidence):
            wrong.append((graph(quad), step))
    assert wrong[:3] == []
    assert set(counted) == set(EXPECTED) and min(counted.values()) > 5


@pytest.mark.parametrize("which", ["mini", "real"])
def test_an_editorial_triple_is_in_the_file_that_is_named(which: str, request: pytest.FixtureRequest) -> None:
    """Triple by triple: Turtle has it, a table has its subject in a row with the rest."""
    found: KnowledgeGraph = request.getfixturevalue("kg" if which == "mini" else "real")
    root, files, missing = MINI if which == "mini" else SHIPPED, dict[str, Any](), []
    for quad in found.store:
        for evidence in found.evidence.step((quad.subject, quad.predicate, quad.object)).evidence:
            if isinstance(evidence, Editorial) and evidence.file != BUILT:
                if evidence.file not in files:
                    files[evidence.file] = reader(evidence.file, root)
                if not files[evidence.file](quad):
                    missing.append((evidence.file, str(quad)))
    assert missing[:3] == []
    assert {"data/curation.ttl", "data/dataset.ttl", "data/entities.tsv", "data/sources.ttl"} <= set(files)


def reader(file: str, root: Path) -> Callable[[Any], bool]:
    """Whether a triple stands in a file, by reading the file alone."""
    path = found_in(file, root)
    if path.is_dir() or path.suffix == ".rq":
        return bool  # what is made of queries and rules is not in them word for word
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ttl":
        held = ox.Store()
        held.load(text.encode(), format=ox.RdfFormat.TURTLE)
        return lambda quad: ox.Quad(quad.subject, quad.predicate, quad.object) in held
    if path.parts[-2] in ("claims", "readings"):
        cells = {cell.replace("\\n", "\n") for line in text.splitlines() for cell in line.split("\t")}
        return lambda quad: not quad.predicate.value.endswith(("#exact", "#start")) or quad.object.value in cells
    return lambda quad: re.split(r"[/#]", quad.subject.value)[-1].split(".")[0] in text


# ---- the order of loading


def test_the_order_of_loading_changes_neither_proofs_nor_cards(real: KnowledgeGraph) -> None:
    quads = list(real.store)
    random.Random(3).shuffle(quads)
    other = KnowledgeGraph(Memory.of(quads), real.project)
    assert other.digest == real.digest
    differ = []
    texts = [path.read_text(encoding="utf-8") for path in real.project.queries]
    texts.append("SELECT ?x ?y { ?x gbkg:locatedIn+ ?y } ORDER BY ?x ?y")
    texts.append("SELECT ?x ?y { ?x (gbkg:partOf|gbkg:locatedIn)/rdf:type?/rdfs:subClassOf* ?y } ORDER BY ?x ?y")
    for text in texts:
        one, two = prove(real.store, text), prove(other.store, text)
        same = one == two and proofs(real.evidence, one, 3) == proofs(other.evidence, two, 3)
        differ += [] if same else [text]
    assert differ == []
    for name in ("alliance-founders", "where-a-place-lies", "sites-per-district"):
        assert card(real, name) == card(other, name)


def card(kg: KnowledgeGraph, name: str) -> bytes:
    text = kg.text(name)
    answer = kg.query(text, cite=True)
    return dumped(cards.make(kg, text, answer, 3, {"name": name, "parameters": {}}))  # type: ignore[arg-type]


def test_what_cannot_be_proved_is_said_before_any_work(real: KnowledgeGraph) -> None:
    with pytest.raises(NotCoveredError):
        prove(real.store, "SELECT ?x { ?x ?y ?z FILTER(RAND() < 2) }")


# ---- Of claims and entities


def test_an_entity_has_the_claims_about_it_to_it_and_by_it(kg: KnowledgeGraph) -> None:
    assert [claim.key for claim in kg.evidence.about(node("id:lantern-quarter"))] == [
        "almanac.quarter-in-harbour",
        "gazette.quarter-in-harbour",
        "gazette.quarter-oldest",
        "gazette.quarter-tea-houses",
        "gazette.yard-in-quarter",
    ]
    # A claim that is not accepted is among them.
    (status,) = [c.status for c in kg.evidence.about(node("id:leaf-ledger")) if c.key.endswith("launched-by")]
    assert status == "disputed"
    assert kg.evidence.about(node("id:nobody")) == ()


def test_a_claim_by_its_node_is_the_one_that_states_its_triple(kg: KnowledgeGraph) -> None:
    claim = kg.evidence.claim(node("clm:gazette.yard-in-quarter"))
    assert kg.evidence.stating(triple("id:lantern-yard gbkg:locatedIn id:lantern-quarter")) == (claim,)
    assert kg.evidence.quotations([quotation.passage for quotation in claim.quotations]) == claim.quotations
    with pytest.raises(KeyError):
        kg.evidence.claim(node("id:lantern-yard"))


def test_look_ups_a_table_in_memory_and_one_in_a_file_say_the_same(
    kg: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays.write(kg.store, tmp_path)
    numbers = Numbers()
    ids = [numbers.ids((quad.subject, quad.predicate, quad.object)) for quad in kg.store]
    readers = [EvidenceReader(kg.store, kg.project) for _ in range(3)]
    readers[0].table, readers[2].table = None, arrays.Arrays(tmp_path / arrays.NAME)
    looked_up, in_memory, in_file = (reader.steps(numbers, ids) for reader in readers)
    assert looked_up == in_memory == in_file
    assert {type(evidence) for step in in_file.values() for evidence in step.evidence} == {
        ClaimEvidence,
        Inference,
        Editorial,
    }
    monkeypatch.setattr(EvidenceReader, "step", None)  # hardly anything has to be looked up
    evidence = EvidenceReader(kg.store, kg.project)
    evidence.table = readers[2].table
    claimed = [one for one, step in in_file.items() if step.claims]
    assert evidence.steps(numbers, claimed) == {one: in_file[one] for one in claimed}


def test_the_numbers_of_a_table_are_bounded(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gbkg.evidence.table._COMPUTED", 2)
    evidence = EvidenceReader(kg.store, kg.project)
    former = evidence.numbers()
    quads = list(kg.store.quads(graph=node("graph:entities")))
    ids = [former.ids((quad.subject, quad.predicate, quad.object)) for quad in quads]
    assert evidence.numbers() is former
    computed = [former[ox.Literal(number)] for number in range(1000, 1003)]
    later = evidence.numbers()
    assert later is not former
    assert evidence.steps(former, ids) == evidence.steps(later, ids)
    assert computed[0] == len(later.terms) == later[ox.Literal("something else")]


def test_each_thread_has_numbers_of_its_own(kg: KnowledgeGraph) -> None:
    evidence, text = kg.evidence, "SELECT ?x ?name { ?x gbkg:partOf ?y ; rdfs:label ?name } ORDER BY ?x"
    own = evidence.numbers()
    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(evidence.numbers).result()
        proofs = threads.submit(lambda: kg.query(text, cite=True).proofs).result()
    assert other is not own
    assert proofs == kg.query(text, cite=True).proofs


def test_evidence_in_a_file_that_was_changed_is_an_error(kg: KnowledgeGraph, tmp_path: Path) -> None:
    arrays.write(kg.store, tmp_path)
    file = tmp_path / arrays.NAME
    written = file.read_bytes()
    file.write_bytes(written.replace(b"Lantern Yard", b"Lantern Road"))
    evidence = EvidenceReader(kg.store)
    evidence.table = arrays.Arrays(file)
    numbers = Numbers()
    ids = numbers.ids(triple("id:lantern-yard gbkg:locatedIn id:lantern-quarter"))
    with pytest.raises(StoreError, match="the evidence is not as it was written"):
        evidence.steps(numbers, [ids])
    file.write_bytes(b"GBKGEVI0" + written[8:])
    with pytest.raises(StoreError, match="no evidence of this version of gbkg"):
        arrays.Arrays(file)


def test_a_passage_without_words_is_an_error_that_names_it(kg: KnowledgeGraph) -> None:
    with pytest.raises(GbkgError, match=r"gazette\.1-2"):
        kg.evidence.quotations([f"{PREFIXES['psg']}gazette.1-2"])


@pytest.mark.parametrize("whole", [True, False])
def test_no_more_is_kept_than_the_bound_and_one_answer(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr("gbkg.evidence.reader.KEPT", 20)
    store = Memory(kg.store.engine)
    monkeypatch.setattr(Memory, "scannable", whole)
    evidence, steps = EvidenceReader(store, kg.project), []
    for quad in kg.store:
        found = (quad.subject, quad.predicate, quad.object)
        steps.append(evidence.step(found))
        assert evidence.kept <= (22 if whole else 80)
    monkeypatch.undo()
    assert len(steps) > 500
    assert steps == [kg.evidence.step(step.triple) for step in steps]


# ---- As JSON


def test_each_record_of_a_step_refers_to_claims_and_has_them_once(kg: KnowledgeGraph) -> None:
    step = kg.evidence.step(triple("id:lantern-yard gbkg:locatedIn id:tea-harbour"))
    (inference,) = step.evidence
    assert isinstance(inference, Inference)
    yard = kg.evidence.claim(node("clm:gazette.yard-in-quarter")).to_dict()
    found = step.to_dict()
    assert found["triple"][0] == {"type": "uri", "value": node("id:lantern-yard").value}
    assert [{**evidence, "citations": found["citations"]} for evidence in found["evidence"]] == [inference.to_dict()]
    assert found["evidence"][0]["premises"][1]["evidence"] == [{"claim": yard["body"]["id"]}]
    assert found["citations"].count(yard) == 1
    cited = {claim.key for premise in inference.premises for claim in premise.evidence if hasattr(claim, "key")}
    assert {claim["body"]["id"].rpartition("/")[2] for claim in found["citations"]} == cited
    derivation = Derivation((step,), ("a remark",))
    whole = {"steps": [{name: found[name] for name in ("triple", "evidence")}], "remarks": ["a remark"]}
    assert derivation.to_dict() == {**whole, "citations": found["citations"]}
    proof = Proof((derivation,), 4).to_dict()
    assert proof == {"citations": found["citations"], "derivations": [whole], "total": 4}
    assert json.loads(json.dumps(proof)) == proof


def test_a_claim_is_a_web_annotation_of_its_quotations(kg: KnowledgeGraph) -> None:
    (words,) = kg.evidence.claim(node("clm:gazette.yard-in-quarter")).quotations
    exact = "Lantern Yard, an industrial park in the Lantern Quarter"
    assert kg.evidence.claim(node("clm:gazette.yard-in-quarter")).to_dict() == {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{PREFIXES['clm']}gazette.yard-in-quarter#annotation",
        "type": "Annotation",
        "motivation": "linking",
        "body": {"id": f"{PREFIXES['clm']}gazette.yard-in-quarter", "status": "accepted", "reading": "stated"},
        "target": [words.to_dict()],
    }
    place = {"type": "TextPositionSelector", "start": 1095, "end": 1095 + len(exact)}
    selectors = [{"type": "TextQuoteSelector", "exact": exact}, place]
    assert words.to_dict() == {"source": f"{PREFIXES['src']}gazette", "selector": selectors}
    assert Editorial("entities", "data/entities.tsv").to_dict() == {"graph": "entities", "file": "data/entities.tsv"}


def test_of_many_ways_to_infer_a_triple_the_best_is_kept_and_the_others_counted(kg: KnowledgeGraph) -> None:
    inferred = sorted(
        {quad.object for quad in kg.store.quads(None, ox.NamedNode(PREFIXES["gbkg"] + "conclusion"))}, key=str
    )
    steps = [kg.evidence.step(kg.evidence.index.uses.statements.triple[node]) for node in inferred]
    assert any(len(step.evidence) > 1 for step in steps)
    for step in steps:
        uses = [one for one in step.evidence if isinstance(one, Inference)]
        best = step.best
        assert best.evidence == (*(one for one in step.evidence if one not in uses), *uses[:1])
        assert best.more == len(uses[1:]) and best.best == best
        assert {claim.key for claim in best.claims} <= {claim.key for claim in step.claims}
        keys = [annotation["body"]["id"] for annotation in step.to_dict()["citations"]]
        assert keys == [PREFIXES["clm"] + claim.key for claim in step.claims]
