"""`gbkg why`: the proof of one triple, or what it lacks; and what a reader may type for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI, SHIPPED, Run

from gbkg import build
from gbkg.ask.resolve import properties, triple
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.evidence.why import Absent, why
from gbkg.graph import rules
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph
from gbkg.store.memory import Memory


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(MINI, tmp_path_factory.mktemp("why") / "mini")
    build.run(Project(folder), folder / "build", build.Settings(folder / "documents"))
    return folder


@pytest.fixture
def ask(run_here: Run, world: Path) -> Run:
    def run(*arguments: str) -> CompletedProcess[str]:
        return run_here("why", *arguments, cwd=world)

    return run


# ---- it holds


def test_two_claims(ask: Run) -> None:
    done = ask("tea-harbour", "partOf", "Upper Reed", "--derivations", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Tea Harbour – part of → Upper Reed",
        "├─ claim almanac.harbour-in-upper-reed",
        "│  almanac 22–29: “茶港市属上苇省”",
        "└─ claim gazette.harbour-in-upper-reed",
        "   gazette 177–228: “Tea Harbour is a city of the province of Upper Reed”",
    ]


def test_an_inference_down_to_the_passages(ask: Run) -> None:
    lines = ask("Lantern Yard", "located in", "Tea Harbour").stdout.splitlines()
    assert lines[:3] == [
        "Lantern Yard – located in → Tea Harbour",
        "└─ rule located-in-whole: What lies in a part of a place lies in that place.",
        "   ├─ Lantern Quarter – part of → Tea Harbour",
    ]
    assert "   │  └─ claim gazette.quarter-in-harbour (implied)" in lines
    assert '   │     note: "Its" stands for the city at the head of the sentence.' in lines
    assert "   │     gazette 1095–1150: “Lantern Yard, an industrial park in the Lantern Quarter”" in lines
    assert lines[-1] == "      └─ by us, in ontology/tea.ttl: no document says it"


def test_what_was_typed_by_us(ask: Run) -> None:
    done = ask("tea-harbour", "rdf:type", "gbkg:City")
    assert done.stdout.splitlines()[1:] == ["└─ by us, in data/entities.tsv: no document says it"]


def test_a_statistic(ask: Run) -> None:
    done = ask("clm:gazette.tea-houses", "value", "1240")
    assert "└─ claim gazette.tea-houses" in done.stdout and "the city had 1,240 tea houses" in done.stdout


def test_of_two_properties_with_one_name_the_one_that_holds(ask: Run) -> None:
    done = ask("harbour-tea-association", "memberOf", "delta-tea-alliance")
    assert done.returncode == 0 and "org:memberOf" in done.stdout.splitlines()[0]


# ---- it does not hold


def test_nothing_says_it_and_rules_lack_something(ask: Run) -> None:
    done = ask("harbour-office", "org:memberOf", "delta-tea-alliance")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "does not hold: Harbour Office – org:memberOf → Delta Tea Alliance",
        "  no claim says it",
        "  what holds of others: Harbour Tea Association, Tea Harbour University – org:memberOf → Delta Tea Alliance",
        "  rule founder-is-member would conclude it, but there is no id:delta-tea-alliance gbkg:foundedBy "
        "id:harbour-office",
    ]


def test_what_holds_instead(ask: Run) -> None:
    done = ask("lantern-yard", "locatedIn", "Leaf Ledger")
    assert done.returncode == 1
    assert (
        "  what holds instead: Lantern Yard – located in → Lantern Quarter, Reedland, Tea Harbour, Upper Reed\n"
        in done.stdout
    )
    assert "  rule located-in-whole would conclude it, but there is no ?part gbkg:partOf id:leaf-ledger" in done.stdout


def test_a_disputed_claim(ask: Run) -> None:
    done = ask("leaf-ledger", "launchedBy", "kettle-works")
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[:3] == [
        "does not hold: Leaf Ledger – launched by → Kettle Works",
        "  claimed, but disputed: gazette.ledger-launched-by (Kettle Works runs the yard; nobody else names it as the "
        "maker of a ledger.)",
        "    gazette 1238–1326: “The Leaf Ledger, a platform for the tea trade, was launched in September by Kettle "
        "Works”",
    ]
    assert "no claim says it" not in done.stdout


def test_an_inferred_triple_whose_premise_is_disputed(mini: Path) -> None:
    path = mini / "data" / "claims" / "gazette.tsv"
    text = path.read_text(encoding="utf-8")
    lines = [
        x.replace("\taccepted\t", "\tdisputed\t") if x.startswith("yard-in-") else x for x in text.splitlines(True)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    kg = open_graph(mini)
    found = kg.why(*terms("id:lantern-yard gbkg:locatedIn id:tea-harbour")).found
    assert isinstance(found, Absent) and found.claims == () and found.objects == ()
    lacking = {rule.rule: rule.reason for rule in found.rules}
    assert lacking["located-in-whole"] == "there is no id:lantern-yard gbkg:locatedIn id:lantern-quarter" or (
        "gbkg:locatedIn" in lacking["located-in-whole"]
    )
    stated = kg.why(*terms("id:lantern-yard gbkg:locatedIn id:lantern-quarter")).found
    assert isinstance(stated, Absent) and [claim.key for claim in stated.claims] == ["gazette.yard-in-quarter"]


def test_rules_that_never_conclude_such_a_triple_are_left_out(kg: KnowledgeGraph) -> None:
    found = kg.why(*terms("id:tea-harbour rdf:type gbkg:Person")).found
    assert isinstance(found, Absent) and found.rules == ()
    assert [shorten(term.value) for term in found.objects] == ["gbkg:City"]


def test_an_empty_graph() -> None:
    given = terms("id:a gbkg:partOf id:b")
    found = why(KnowledgeGraph(Memory.of([]), Project(SHIPPED)).evidence, rules.read(Project(SHIPPED)), given)
    assert isinstance(found, Absent) and (found.triple, found.claims, found.objects) == (given, (), ())


@pytest.mark.parametrize("object", ['"x"', '"x"@en', '"2016-03-12"^^xsd:date', "<urn:b>"])
def test_any_object_is_asked_for_without_harm(kg: KnowledgeGraph, object: str) -> None:
    (row,) = kg.query(f"SELECT ?o {{ VALUES ?o {{ {object} }} }}").rows  # type: ignore[union-attr]
    for predicate in ("gbkg:locatedIn", "gbkg:partOf", "org:memberOf", "gbkg:hosts", "rdfs:label"):
        s, p, _ = terms(f"id:tea-harbour {predicate} id:x")
        found = kg.why(s, p, row[0]).found
        assert isinstance(found, Absent)


def terms(text: str) -> tuple[Any, Any, Any]:
    s, p, o = (ox.NamedNode(PREFIXES[n.partition(":")[0]] + n.partition(":")[2]) for n in text.split())
    return s, p, o


# ---- names


@pytest.mark.parametrize(
    "given",
    [
        ("tea-harbour", "partOf", "upper-reed"),
        ("Tea Harbour", "part of", "Upper Reed"),
        ("TEA HARBOUR", "PART OF", "upper reed"),
        ("叶港", "partof", "Upper Reed"),
        ("id:tea-harbour", "gbkg:partOf", "id:upper-reed"),
        ("<https://w3id.org/gbkg/id/tea-harbour>", "https://w3id.org/gbkg/ontology#partOf", "upper-reed"),
        (" tea-harbour ", "partOf", "Upper Reed "),
    ],
)
def test_names(kg: KnowledgeGraph, given: tuple[str, str, str]) -> None:
    assert triple(kg.labels, *given) == terms("id:tea-harbour gbkg:partOf id:upper-reed")


@pytest.mark.parametrize(
    ("subject", "predicate", "object", "expected"),
    [
        (
            "harbour-tea-association",
            "founded on",
            "2016-03-12",
            '"2016-03-12"^^<http://www.w3.org/2001/XMLSchema#date>',
        ),
        ("clm:gazette.tea-houses", "value", "1240", '"1240"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("first-flush-fair", "occurredOn", "--04-30", '"--04-30"^^<http://www.w3.org/2001/XMLSchema#gMonthDay>'),
        ("harbour-tea-association", "alias", "the Leaf Circle", '"the Leaf Circle"'),
        ("tea-harbour", "label", "tea harbour", '"Tea Harbour"'),
    ],
)
def test_literals(kg: KnowledgeGraph, subject: str, predicate: str, object: str, expected: str) -> None:
    found = triple(kg.labels, subject, predicate, object)
    assert kg.evidence.step(found).evidence
    assert str(found[2]) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("tea-harbur", "partOf", "x"),
            "no entity is called 'tea-harbur'; did you mean Tea Harbour (id:tea-harbour, city)",
        ),
        (
            ("tea-harbour", "partOf", "uper-reed"),
            "no entity is called 'uper-reed'; did you mean Upper Reed (id:upper-reed, province)?",
        ),
        (
            ("tea-harbour", "prtOf", "upper-reed"),
            "no property is called 'prtOf'; did you mean part of (gbkg:partOf, property)",
        ),
        (
            ("tea-harbour", "gbkg:partof2", "upper-reed"),
            "no property is called 'gbkg:partof2'; did you mean part of (gbkg:partOf, property)",
        ),
        (("nobody:x", "partOf", "x"), "no entity is called 'nobody:x'"),
    ],
)
def test_unknown_names(ask: Run, given: tuple[str, str, str], said: str) -> None:
    done = ask(*given)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_near_names_are_told_once(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError) as stop:
        properties(kg.labels, "prtOf")
    assert len(set(stop.value.suggestions)) == len(stop.value.suggestions)


WEIRD = [
    *(
        "",
        " ",
        "<",
        ">",
        "<>",
        "<a>",
        "://",
        "1://x",
        "http://[",
        "http://a b",
        "<http://[>",
        "a:b",
        ":",
        "id:",
        "id:[",
    ),
    *("é", "\udcff", "?", '"x"', "\x00", "x" * 5000, "<urn:\ud800>", "https://w3id.org/gbkg/id/[", "id: a b", "xsd:"),
    *("<urn:x>", "_:b", "id:%zz", "id:\ud800", "--", "-1", "1e400", "9" * 5000, "2019-13-45", "\u202e", "{}", "*", "^"),
]


@pytest.mark.parametrize("name", WEIRD, ids=lambda name: repr(name)[:20])
def test_whatever_is_typed_is_found_or_refused(kg: KnowledgeGraph, name: str) -> None:
    for given in ((name, "label", "x"), ("id:tea-harbour", name, "x"), ("id:tea-harbour", "label", name)):
        try:
            found = triple(kg.labels, *given)
        except GbkgError as error:
            assert "\n" not in str(error)
        else:
            assert isinstance(kg.why(*found).found, Absent)


def test_a_property_without_a_name(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotFoundError, match="no property is called ''"):
        properties(kg.labels, "")


@pytest.mark.parametrize("name", ["://", "http://[", "id:[", "", "-", "\u202e", "x" * 3000])
def test_no_traceback_on_the_command_line(gbkg: Run, world: Path, name: str) -> None:
    done = gbkg("why", "--", name, "partOf", name, cwd=world)
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr


def test_what_is_lacking_as_json(kg: KnowledgeGraph) -> None:
    found = kg.why(*terms("id:leaf-ledger gbkg:launchedBy id:kettle-works")).found
    assert isinstance(found, Absent)
    said = found.to_dict()
    assert said["triple"] == [{"type": "uri", "value": term.value} for term in found.triple]
    assert [claim["body"]["status"] for claim in said["claims"]] == ["disputed"]
    assert said["rules"] == [
        {"rule": rule.rule, "summary": rule.summary, "reason": rule.reason} for rule in found.rules
    ]
    assert json.loads(json.dumps(said)) == said and set(said) == {
        *("triple", "claims", "objects", "subjects", "related", "rules")
    }
