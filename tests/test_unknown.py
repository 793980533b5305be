"""Terms of a query that the graph does not have are said, wherever they stand, beside every answer."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI

from gbkg import build
from gbkg.ask import card, cardcheck, writing
from gbkg.ask.answers import Answer
from gbkg.ask.empty import explain as explain_empty
from gbkg.core.jsonld import dumped
from gbkg.core.project import Project
from gbkg.knowledge import KnowledgeGraph
from gbkg.store import unknown
from gbkg.store.memory import Memory


@cache
def graph() -> KnowledgeGraph:
    project = Project(MINI)
    return KnowledgeGraph(Memory.of(build.quads(project)), project)


TYPO = "gbkg:partof is used nowhere, near are gbkg:partOf"
HARBOUR = "id:tea-habour occurs nowhere in the graph, near are id:tea-harbour"
SAID = {
    "in NOT EXISTS": ("SELECT ?x { ?x a gbkg:City FILTER NOT EXISTS { ?x gbkg:partof ?y } }", [TYPO]),
    "in MINUS": ("SELECT ?x { ?x a gbkg:City MINUS { ?x gbkg:partof ?y } }", [TYPO]),
    "in OPTIONAL": ("SELECT ?x ?y { ?x a gbkg:City OPTIONAL { ?x gbkg:partof ?y } }", [TYPO]),
    "in an aggregate": ("SELECT (COUNT(?y) AS ?n) { ?x gbkg:partof ?y }", [TYPO]),
    "in an aggregate of one subject": ("SELECT (COUNT(*) AS ?n) { id:tea-habour ?p ?y }", [HARBOUR]),
    "in VALUES": ("SELECT ?x { VALUES ?x { id:tea-habour id:tea-harbour } ?x a ?t }", [HARBOUR]),
    "in VALUES after the query": ("SELECT ?x { ?x a ?t } VALUES ?x { id:tea-habour id:tea-harbour }", [HARBOUR]),
    "in a path": ("SELECT ?x { ?x a gbkg:City ; (gbkg:partOf|^gbkg:partof)* ?y }", [TYPO]),
    "in a negated path": ("SELECT ?x { ?x !(gbkg:partof|a) ?y }", [TYPO]),
    "in FILTER": ("SELECT ?x { ?x a gbkg:City FILTER(?x != id:tea-habour) }", [HARBOUR]),
    "in FILTER NOT IN": ("SELECT ?x { ?x a gbkg:City FILTER(?x NOT IN (id:tea-habour)) }", [HARBOUR]),
    "in BIND": ("SELECT ?x ?y { ?x a gbkg:City BIND(id:tea-habour AS ?y) }", [HARBOUR]),
    "in what is selected": ("SELECT (IF(?x = id:tea-habour, 1, 2) AS ?n) { ?x a gbkg:City }", [HARBOUR]),
    "in HAVING": ("SELECT ?x { ?x a gbkg:City } GROUP BY ?x HAVING(?x != id:tea-habour)", [HARBOUR]),
    "in ORDER BY": ("SELECT ?x { ?x a gbkg:City } ORDER BY (?x = id:tea-habour)", [HARBOUR]),
    "in a sub-SELECT": ("SELECT ?x { ?x a gbkg:City { SELECT ?x { ?x ?p ?o MINUS { ?x gbkg:partof ?y } } } }", [TYPO]),
    "in EXISTS within an expression": ("SELECT (EXISTS { ?x gbkg:partof ?y } AS ?e) { ?x a gbkg:City }", [TYPO]),
    "a variable that is selected": (
        "SELECT ?x ?citty { ?x a ?city }",
        ["?citty stands in no pattern, and never has a value, near is ?city"],
    ),
    "a variable of ORDER BY": (
        "SELECT ?x { ?x a gbkg:City } ORDER BY ?name",
        ["?name stands in no pattern, and never has a value"],
    ),
    "a variable of FILTER": (
        "SELECT ?x { ?x a gbkg:City FILTER(!BOUND(?y)) }",
        ["?y stands in no pattern, and never has a value"],
    ),
    "a class": (
        "SELECT ?x { ?x a ?t FILTER NOT EXISTS { ?x a gbkg:Citty } }",
        ["gbkg:Citty occurs nowhere in the graph, near are gbkg:City"],
    ),
    "a graph": (
        "SELECT ?x { ?x a gbkg:City MINUS { GRAPH graph:clams { ?x ?p ?o } } }",
        ["graph:clams is not a graph here, near are graph:claims"],
    ),
    "words": (
        'SELECT ?x { ?x a gbkg:City MINUS { ?x rdfs:label "Tea Habour" } }',
        ['no rdfs:label is "Tea Habour", near are "Tea Harbour"'],
    ),
    "two": ("SELECT ?x { ?x a gbkg:City MINUS { id:tea-habour gbkg:partof ?y } }", [TYPO, HARBOUR]),
    "in ASK": ("ASK { ?x gbkg:partof ?y }", [TYPO]),
    "in CONSTRUCT": ("CONSTRUCT { ?x gbkg:new ?y } WHERE { ?x a ?y MINUS { ?x gbkg:partof ?z } }", [TYPO]),
    "in CONSTRUCT WHERE": ("CONSTRUCT WHERE { ?x gbkg:partof ?y }", [TYPO]),
    "in DESCRIBE": ("DESCRIBE id:tea-habour ?x { ?x a gbkg:City } LIMIT 1", [HARBOUR]),
    "in DESCRIBE without a pattern": ("DESCRIBE id:tea-habour", [HARBOUR]),
    "under BASE": ("BASE <https://w3id.org/gbkg/id/> SELECT ?x { ?x a ?t FILTER(?x != <tea-habour>) }", [HARBOUR]),
    "where the query has no tree": (
        "SELECT ?x { ?x a gbkg:City FILTER(?x != id:tea-habour) LATERAL { ?x ?p ?o } }",
        [HARBOUR],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID)
def test_a_term_that_occurs_nowhere_is_said(text: str, expected: list[str]) -> None:
    found = graph().answer(text).remarks
    assert len(found) == len(expected)
    for said, begins in zip(sorted(found), sorted(expected), strict=True):
        assert said.startswith(begins)


@pytest.mark.parametrize("text", [
    "SELECT ?x { ?x a gbkg:City ; gbkg:partOf+ ?y FILTER(DATATYPE(?y) != xsd:date && ?y != id:tea-harbour) }",
    "SELECT ?x { ?x a/rdfs:subClassOf* gbkg:Organization }",
    "SELECT ?x { ?x rdfs:subClassOf gbkg:Organization }",
    "SELECT ?g { GRAPH ?g { ?s ?p ?o } FILTER(?g != graph:facts) }",
    "SELECT (xsd:string(?x) AS ?s) { GRAPH graph:facts { ?x ?p ?y } VALUES ?n { 1 'no such words' } }",
    "CONSTRUCT { ?x gbkg:new gbkg:other } WHERE { ?x a gbkg:City }",
])  # fmt: skip
def test_of_terms_that_the_graph_has_nothing_is_said(text: str) -> None:
    assert graph().answer(text).remarks == ()


def test_what_only_the_ontology_has_is_another_remark() -> None:
    store = Memory.of(
        ox.parse(
            "@prefix g: <https://w3id.org/gbkg/ontology#> . @prefix o: <http://www.w3.org/2002/07/owl#> ."
            "<https://w3id.org/gbkg/graph/ontology> { g:p a o:ObjectProperty . g:C a o:Class . g:metre a g:Unit }"
            "<https://w3id.org/gbkg/graph/claims> { <urn:a> g:q <urn:b> }",
            format=ox.RdfFormat.TRIG,
        )
    )
    said = unknown.remarks(store, "SELECT ?x { ?x gbkg:q ?y MINUS { ?x gbkg:p ?y ; a gbkg:C ; gbkg:q gbkg:metre } }")
    assert said == (
        "gbkg:p is declared in the ontology, but no triple has it",
        "gbkg:C is declared in the ontology, but it has no direct instance",
        "gbkg:metre is declared in the ontology, but nothing else mentions it",
    )


ABSENT = [
    "SELECT ?x { ?x a gbkg:City FILTER NOT EXISTS { ?x gbkg:partof ?y } }",
    "SELECT ?x { ?x a gbkg:City MINUS { ?x gbkg:partOf id:tea-habour } }",
    "SELECT ?x { ?x a gbkg:City FILTER NOT EXISTS { ?x gbkg:partOf ?y FILTER(?y = id:tea-habour) } }",
    "SELECT ?x { ?x a gbkg:City OPTIONAL { ?x gbkg:partof ?y } FILTER(!BOUND(?y)) }",
    "SELECT (COUNT(?y) AS ?n) { ?x gbkg:partof ?y }",
    "SELECT ?x ?n { ?x a gbkg:City { SELECT (COUNT(?y) AS ?n) { ?y gbkg:partof ?z } } }",
    "SELECT ?t (COUNT(*) AS ?n) { ?x a gbkg:City, ?t MINUS { ?x gbkg:partof ?y } } GROUP BY ?t",
]


@pytest.mark.parametrize("text", ABSENT)
def test_an_absence_that_rests_on_an_unknown_term_is_never_called_tested(text: str) -> None:
    answer = graph().answer(text, cite=True)
    assert isinstance(answer, Answer) and answer.proofs
    for proof in answer.proofs:
        said = [remark for derivation in proof.derivations for remark in derivation.remarks]
        assert any(remark.startswith("absence was not tested: ") for remark in said)
        assert not any(remark.startswith(("absence was tested", "nothing matched")) for remark in said)
    right = text.replace("partof", "partOf").replace("tea-habour", "tea-harbour")
    for proof in graph().answer(right, cite=True).proofs or ():  # type: ignore[union-attr]
        assert not any("not tested" in remark for derivation in proof.derivations for remark in derivation.remarks)


def test_remarks_stand_in_json_and_in_the_card_and_beside_an_empty_answer_once() -> None:
    text = ABSENT[0]
    answer = graph().answer(text, cite=True)
    assert json.loads(writing.write(answer, "json", None))["results"]["remarks"] == [TYPO]
    assert isinstance(answer, Answer)
    content = dumped(card.make(graph(), text, answer, 3, {"name": "x", "parameters": {}}))
    kept = card.read(content, "card")
    assert kept["answer"]["results"]["remarks"] == [TYPO]
    assert cardcheck.other_rows(kept, graph(), "card") == []
    kept["answer"]["results"]["remarks"] = []
    (finding,) = cardcheck.other_rows(kept, graph(), "card")
    assert TYPO in finding.message
    assert json.loads(writing.write(graph().answer("ASK { ?x gbkg:partof ?y }"), "json", None)) == {
        "head": {"remarks": [TYPO]},
        "boolean": False,
    }
    assert (explain_empty(graph().store, "SELECT ?x { ?x gbkg:partof ?y }") or "").endswith("; " + TYPO)


def test_the_command_line_says_it_on_stderr(tmp_path: Path) -> None:
    def run(text: str, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gbkg", "--project", str(MINI), "query", "-", *options]
        return subprocess.run(command, input=text, capture_output=True, text=True, cwd=tmp_path)

    found = run(ABSENT[0], "--cite")
    assert (found.returncode, found.stderr.count(TYPO)) == (0, 1)
    assert "absence was not tested: gbkg:partof" in found.stdout
    assert run("SELECT ?x { ?x gbkg:partof ?y }").stderr.count(TYPO) == 1
    assert run("ASK { ?x gbkg:partof ?y }").stderr.count(TYPO) == 1


@pytest.mark.parametrize("text", [
    "SELECT ?x ?y { { ?x gbkg:partOf+ ?y } UNION { [ gbkg:partOf ?x ] BIND(1 AS ?y) } }",
    "SELECT ?x ?y { ?x gbkg:partOf ?y } LIMIT 2",
    "SELECT ?y (GROUP_CONCAT(STR(?x)) AS ?all) { ?x gbkg:partOf ?y } GROUP BY ?y",
])  # fmt: skip
def test_a_card_holds_for_the_same_graph_in_another_order(text: str) -> None:
    answer = graph().answer(text, cite=True)
    assert isinstance(answer, Answer)
    kept = card.read(dumped(card.make(graph(), text, answer, 3, {"name": "x", "parameters": {}})), "card")
    quads = list(graph().store)
    for seed in range(3):
        random.Random(seed).shuffle(quads)
        assert cardcheck.other_rows(kept, KnowledgeGraph(Memory.of(quads), Project(MINI)), "card") == []
