"""One set of tests for the three places where a graph can be: in memory, on disk, on a server."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI, SHIPPED
from servers import Server, oxigraph

from gbkg import knowledge
from gbkg.ask import answers
from gbkg.ask.answers import Answer
from gbkg.ask.empty import explain as explain_empty
from gbkg.ask.queries import bind
from gbkg.ask.resolve import resolve
from gbkg.core.errors import NotCoveredError, ParseError, QueryLimitError
from gbkg.core.prefixes import PREFIXES, full
from gbkg.evidence.proofs import Step
from gbkg.knowledge import KnowledgeGraph
from gbkg.network import paths
from gbkg.network.projection import Selection, network
from gbkg.store import disk
from gbkg.store.base import Store
from gbkg.store.manifest import Manifest
from gbkg.store.remote import Remote

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("memory", "disk", "server")
OTHERS = PLACES[1:]


@pytest.fixture(scope="session")
def server(real_build: Path) -> Iterator[Server]:
    """A server with the graph of the project that gbkg comes with."""
    with oxigraph() as started:
        started.load(real_build / "gbkg.nq")
        yield started


@pytest.fixture(scope="session")
def graphs(real_build: Path, server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, KnowledgeGraph]:
    """The same graph in each of `PLACES`."""
    memory = knowledge.open(SHIPPED, real_build / "gbkg.nq")
    folder = tmp_path_factory.mktemp("store") / "graph"
    counts = Counter(quad.graph_name.value.removeprefix(PREFIXES["graph"]) for quad in memory.store)
    manifest = Manifest("0", "none", len(memory.store), memory.digest, dict(counts))
    disk.write(folder, disk.loading([real_build / "gbkg.nq"]), manifest)
    return {
        "memory": memory,
        "disk": knowledge.open(SHIPPED, store=folder),
        "server": knowledge.open(SHIPPED, endpoint=server.endpoint),
    }


@pytest.fixture(params=PLACES)
def graph(request: pytest.FixtureRequest, graphs: dict[str, KnowledgeGraph]) -> KnowledgeGraph:
    return graphs[request.param]


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest, graphs: dict[str, KnowledgeGraph]) -> KnowledgeGraph:
    return graphs[request.param]


@pytest.fixture
def memory(graphs: dict[str, KnowledgeGraph]) -> KnowledgeGraph:
    return graphs["memory"]


@pytest.fixture
def sample(memory: KnowledgeGraph) -> list[ox.Quad]:
    """A few quads of every named graph, among them numbers, dates and words."""
    found: dict[str, list[ox.Quad]] = {}
    for quad in sorted(memory.store, key=str):
        found.setdefault(quad.graph_name.value + str(getattr(quad.object, "datatype", "")), []).append(quad)
    return [quad for quads in found.values() for quad in quads[:: max(1, len(quads) // 3)]]


def iri(curie: str) -> ox.NamedNode:
    return ox.NamedNode(str(full(curie)))


def test_all_quads(graph: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    assert len(graph.store) == len(memory.store) > 20_000
    assert set(graph.store) == set(memory.store)


def test_quads_by_every_kind_of_pattern(graph: KnowledgeGraph, memory: KnowledgeGraph, sample: list[ox.Quad]) -> None:
    whole = list(map(terms_of, memory.store))
    kinds = list(itertools.product((True, False), repeat=4))[:-1]
    for quad, kind in itertools.product(sample[:: len(sample) // 3], kinds):
        pattern = [term if given else None for term, given in zip(terms_of(quad), kind, strict=True)]
        fits = whole
        for place, wanted in enumerate(pattern):
            fits = fits if wanted is None else [terms for terms in fits if terms[place] == wanted]
        found = list(map(terms_of, graph.store.quads(*pattern)))
        assert len(found) == len(fits), pattern
        assert set(found) == set(fits), pattern


def terms_of(quad: ox.Quad) -> tuple[object, ...]:
    return quad.subject, quad.predicate, quad.object, quad.graph_name


def test_quads_of_what_is_not_there(graph: KnowledgeGraph) -> None:
    nobody, words = iri("id:nobody"), ox.Literal("nothing says this")
    assert list(graph.store.quads(nobody)) == list(graph.store.quads(None, None, words)) == []
    assert list(graph.store.quads(None, iri("rdfs:label"), None, iri("graph:nowhere"))) == []
    assert list(graph.store.quads_of([nobody])) == list(graph.store.quads_to([words, nobody])) == []
    assert list(graph.store.quads_of([])) == list(graph.store.quads_to([])) == []


def test_quads_of_many_subjects(graph: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    claims = sorted({quad.subject for quad in memory.store.quads(None, iri("gbkg:status"))}, key=str)
    assert len(claims) > 400, "more than go into one request"
    asked = [iri("id:nobody"), *claims]
    for predicate, named in itertools.product((None, iri("gbkg:status")), (None, iri("graph:claims"))):
        found = list(graph.store.quads_of(asked, predicate, named))
        assert sorted(found, key=str) == sorted(memory.store.quads_of(asked, predicate, named), key=str)
        assert [s for s, _ in itertools.groupby(quad.subject for quad in found)] == claims, "in the order asked"


def test_quads_to_many_objects(graph: KnowledgeGraph, memory: KnowledgeGraph, sample: list[ox.Quad]) -> None:
    asked = list(dict.fromkeys(quad.object for quad in sample))
    assert any(isinstance(term, ox.Literal) for term in asked)
    for named in (None, iri("graph:claims")):
        found = sorted(graph.store.quads_to(asked, None, named), key=str)
        assert found == sorted(memory.store.quads_to(asked, None, named), key=str) != []


def test_a_number_is_found_however_it_is_written(graph: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    decimal = ox.NamedNode(PREFIXES["xsd"] + "decimal")
    known = next(q.object for q in memory.store if getattr(q.object, "datatype", None) == decimal)
    written = ox.Literal(known.value + "00", datatype=decimal)
    assert set(graph.store.quads(None, None, written)) == set(memory.store.quads(None, None, known)) != set()


def test_the_digest_is_the_same(other: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    assert other.digest == memory.digest
    assert memory.store.digest == memory.digest


@pytest.mark.parametrize("text", [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT * { VALUES ?o { 1.50 'x'@EN } ?x rdfs:label ?l FILTER(?l < 'B') } ORDER BY ?x ?o",
    "PREFIX id: <https://w3id.org/gbkg/ontology#> SELECT ?x { ?x a id:Fund } ORDER BY ?x",
    "BASE <https://w3id.org/gbkg/> SELECT ?x { ?x a <ontology#Fund> FILTER(?x!=<id/x>) } ORDER BY ?x",
    "SELECT ?c { id:guangzhou a/rdfs:subClassOf* ?c } ORDER BY ?c",
    "SELECT DISTINCT ?y { ?x rdfs:subClassOf? ?y } ORDER BY STR(?y) LIMIT 50",
    "SELECT ?x { ?x a gbkg:Fund FILTER NOT EXISTS { ?x ?p 'nothing' } } ORDER BY ?x # a comment",
    "SELECT (1 AS ?one) {}",
    "SELECT ?nothing { ?x a gbkg:Fund } LIMIT 2",
])  # fmt: skip
def test_tables(graph: KnowledgeGraph, memory: KnowledgeGraph, text: str) -> None:
    found, expected = answers.run(graph.store, text), answers.run(memory.store, text)
    assert isinstance(found, Answer)
    assert isinstance(expected, Answer)
    assert found.columns == expected.columns
    assert list(found.rows) == list(expected.rows) != []


def test_a_truth_value(graph: KnowledgeGraph) -> None:
    assert answers.run(graph.store, "ASK { id:guangzhou ?p ?o }") == answers.Truth(True)
    assert answers.run(graph.store, "ASK { id:nobody ?p ?o }") == answers.Truth(False)


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT WHERE { ?x a gbkg:Fund ; rdfs:label ?l }",
        "CONSTRUCT { ?x gbkg:has [ rdfs:label ?l ] } WHERE { ?x a gbkg:Fund ; rdfs:label ?l }",
        "DESCRIBE id:guangzhou",
    ],
)
def test_triples(graph: KnowledgeGraph, memory: KnowledgeGraph, text: str) -> None:
    found, expected = answers.run(graph.store, text), answers.run(memory.store, text)
    assert isinstance(found, answers.Triples)
    assert isinstance(expected, answers.Triples)
    assert found.turtle() == expected.turtle()
    assert len(found) > 2


def test_errors_of_syntax_have_their_place(graph: KnowledgeGraph) -> None:
    with pytest.raises(ParseError) as caught:
        answers.run(graph.store, "SELECT ?x {\n  ?x a gbkg:Fund ;; .. \n}")
    assert (caught.value.line, caught.value.column) == (2, 22)


@pytest.mark.parametrize("form", ["SELECT * {}", "ASK {}"])
def test_service_is_refused(graph: KnowledgeGraph, form: str) -> None:
    text = form.replace("{}", "{ SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(NotCoveredError, match="SERVICE"):
        answers.run(graph.store, text)
    if isinstance(graph.store, Remote):
        with pytest.raises(NotCoveredError, match="SERVICE"):
            graph.store.query(text)


def test_time_is_up_on_a_server(mini_build: Path) -> None:
    with oxigraph() as started:  # one that can be ended before it is done
        started.load(mini_build / "gbkg.nq")
        graph = knowledge.open(MINI, endpoint=started.endpoint)
        with pytest.raises(QueryLimitError, match="time was up"):
            graph.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.3)


@pytest.mark.parametrize("text", [
    "SELECT ?x { ?x a gbkg:Fund ; gbkg:foundedBy id:guangzou }",
    "SELECT ?x { ?x rdfs:label 'guangzhou' }",
    "SELECT ?x { ?x gbkg:foundetBy ?y }",
])  # fmt: skip
def test_why_an_answer_is_empty(graph: KnowledgeGraph, memory: KnowledgeGraph, text: str) -> None:
    found = explain_empty(graph.store, text)
    assert found and "near are" in found
    assert graph.answer(text).remarks == memory.answer(text).remarks != ()
    assert found == explain_empty(memory.store, text)


def test_where_terms_stand(graph: KnowledgeGraph) -> None:
    expected = {
        "gbkg:foundetBy": set(),
        "gbkg:rejected": {"ontology"},
        "gbkg:Company": {"class", "data", "ontology"},
        "gbkg:foundedBy": {"data", "ontology", "property"},
        "graph:facts": {"data", "graph"},
        "id:patek": {"data"},
    }
    assert graph.store.uses(map(iri, expected)) == {iri(name): uses for name, uses in expected.items()}
    assert graph.store.uses([]) == {}


@pytest.fixture(scope="session")
def texts(graphs: dict[str, KnowledgeGraph], examples: dict[str, dict[str, str]]) -> dict[str, str]:
    """Every saved query with example values."""
    memory = graphs["memory"]
    return {name: bind(memory.queries[name], given, memory.labels) for name, given in examples.items()}


@pytest.fixture(scope="session", params=[False, True], ids=["plain", "with proofs"])
def expected(
    request: pytest.FixtureRequest, graphs: dict[str, KnowledgeGraph], texts: dict[str, str]
) -> tuple[bool, dict[str, Answer]]:
    """Whether answers have proofs, and those of the graph in memory."""
    found = {name: graphs["memory"].answer(text, cite=request.param) for name, text in texts.items()}
    return request.param, {name: answer for name, answer in found.items() if isinstance(answer, Answer)}


def test_saved_queries(other: KnowledgeGraph, texts: dict[str, str], expected: tuple[bool, dict[str, Answer]]) -> None:
    cite, answers = expected
    assert answers.keys() == texts.keys()
    assert len(texts) > 80
    for name, text in texts.items():
        found = other.answer(text, cite=cite)
        assert isinstance(found, Answer), name
        assert found.columns == answers[name].columns, name
        assert list(found.rows) == list(answers[name].rows), name
        assert found.proofs == answers[name].proofs, name
        assert found.texts() == answers[name].texts(), name


UNORDERED = [
    "SELECT * { ?x gbkg:foundedBy ?y }",
    "SELECT ?x ?y { { ?x gbkg:partOf+ ?y } UNION { ?y gbkg:foundedBy|gbkg:locatedIn ?x } } LIMIT 20",
    "SELECT ?l { { [ rdfs:label ?l ] } UNION { _:x gbkg:alias ?l } UNION { ?c gbkg:value ?l } } ORDER BY ?l LIMIT 60",
    "SELECT ?o { id:guangzhou ?p ?o } ORDER BY ?o",
    "SELECT ?t (COUNT(*) AS ?n) { ?x a ?t } GROUP BY ?t ORDER BY DESC(?n) LIMIT 9 OFFSET 2",
    "SELECT ?y (GROUP_CONCAT(STR(?x)) AS ?all) (SAMPLE(?x) AS ?one) { ?x gbkg:locatedIn ?y } GROUP BY ?y",
    "SELECT ?x ?y { { SELECT ?x { ?x a gbkg:Company } LIMIT 5 } OPTIONAL { ?x gbkg:locatedIn ?y } }",
    "SELECT (MIN(?v) AS ?least) (MAX(?v) AS ?most) { ?c gbkg:value|gbkg:valueText ?v }",
]


@pytest.mark.parametrize("text", UNORDERED)
def test_what_asks_for_no_order_comes_in_one(other: KnowledgeGraph, memory: KnowledgeGraph, text: str) -> None:
    for cite in (False, True):
        found, expected = other.answer(text, cite=cite), memory.answer(text, cite=cite)
        assert isinstance(found, Answer) and isinstance(expected, Answer) and len(found)
        assert list(found.rows) == list(expected.rows)
        assert found.proofs == expected.proofs
        assert found.remarks == expected.remarks


def test_parameters_mean_the_same(
    other: KnowledgeGraph, memory: KnowledgeGraph, examples: dict[str, dict[str, str]], texts: dict[str, str]
) -> None:
    for name, given in examples.items():
        assert bind(memory.queries[name], given, other.labels) == texts[name], name


@pytest.mark.parametrize(
    "triple",
    [
        ("id:guangzhou", "gbkg:partOf", "id:guangdong"),
        ("id:guangzhou", "gbkg:partOf", "id:hong-kong"),
        ("id:guangzhou", "rdf:type", "gbkg:Place"),
    ],
)
def test_why(other: KnowledgeGraph, memory: KnowledgeGraph, triple: tuple[str, str, str]) -> None:
    terms = tuple(map(iri, triple))
    assert other.why(*terms).found == memory.why(*terms).found


def test_why_something_was_inferred(other: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    quad = min(memory.store.quads(None, None, None, iri("graph:inferred")), key=str)
    found = other.why(quad.subject, quad.predicate, quad.object).found
    assert isinstance(found, Step)
    assert found.evidence
    assert found == memory.why(quad.subject, quad.predicate, quad.object).found


def test_neighbours(other: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    steps = []
    for graph in (memory, other):
        start = resolve(graph.labels, "Guangzhou").value
        steps.append(paths.neighbours(network(graph, Selection(inferred=True)), start, 1))
    assert steps[0] == steps[1] != []


def test_labels(other: KnowledgeGraph, memory: KnowledgeGraph) -> None:
    assert dict(other.labels) == dict(memory.labels)
    assert other.label(iri("id:guangzhou")) == "Guangzhou"
    assert other.label(iri("id:nobody")) == "id:nobody"


def test_a_store_in_memory_is_scannable(graphs: dict[str, KnowledgeGraph]) -> None:
    assert {place: graph.store.scannable for place, graph in graphs.items()} == {
        "memory": True,
        "disk": False,
        "server": False,
    }
    assert isinstance(graphs["memory"].store, Store)


def test_a_store_of_other_inputs_is_remarked_on(graphs: dict[str, KnowledgeGraph]) -> None:
    assert "built from other inputs" in graphs["disk"].remark
    assert graphs["memory"].remark == graphs["server"].remark == ""
