"""Queries of chosen graphs: FROM, and the dataset of the protocol, in memory and on a server."""

from __future__ import annotations

from pathlib import Path

import pytest

import gbkg
from gbkg.core.errors import NotCoveredError, ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.knowledge import KnowledgeGraph
from gbkg.sparql import guard
from gbkg.sparql.clauses import Graphs
from gbkg.sparql.parse import taken
from gbkg.store.remote import Remote

FACTS, CLAIMS, ENTITIES = (PREFIXES["graph"] + name for name in ("facts", "claims", "entities"))
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMED = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return gbkg.open(Path(__file__).parent / "mini", mini_build / "gbkg.nq")


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        ("ASK {}", Graphs()),
        ('SELECT ?from { ?from ?p "FROM <urn:x>" }', Graphs()),
        ("SELECT * FROM graph:facts FROM NAMED <urn:a#b> WHERE {}", Graphs((FACTS,), ("urn:a#b",))),
        ("PREFIX g: <urn:g:> CONSTRUCT {} FROM g:a FROM g:b FROM g:a WHERE {}", Graphs(("urn:g:a", "urn:g:b"))),
        ("BASE <urn:base/x> DESCRIBE ?x FROM <y> { ?x ?y ?z }", Graphs(("urn:base/y",))),
    ],
)
def test_clauses_are_taken_out_and_all_else_keeps_its_place(text: str, graphs: Graphs) -> None:
    left, found = taken(text)
    assert found == graphs
    assert len(left) == len(text)
    assert all(now in (was, " ") for was, now in zip(text, left, strict=True))
    if graphs:
        assert "FROM" not in left
    else:
        assert left == text


def test_a_text_that_is_not_sparql_says_where() -> None:
    with pytest.raises(ParseError) as caught:
        taken("SELECT * FROM { }")
    assert (caught.value.line, caught.value.column) == (1, 15)


def test_the_guard_lets_from_pass_only_when_asked(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotCoveredError, match="FROM"):
        kg.query("SELECT * FROM graph:facts { ?s ?p ?o }")
    guard.check("SELECT * FROM graph:facts { ?s ?p ?o }", dataset=True)
    with pytest.raises(NotCoveredError, match="SERVICE"):
        guard.check("SELECT * FROM graph:facts { SERVICE <urn:x> {} }", dataset=True)


def test_a_query_sees_the_graphs_that_are_chosen(kg: KnowledgeGraph) -> None:
    def count(*default: str, named: tuple[str, ...] = ()) -> int:
        answer = kg.answer(COUNT, graphs=Graphs(default, named))
        return int(answer.rows[0][0].value)  # type: ignore[union-attr]

    every = int(kg.answer(COUNT).rows[0][0].value)  # type: ignore[union-attr]
    assert 0 < count(FACTS) < count(FACTS, CLAIMS) < every == len(kg.store)
    assert count(FACTS, CLAIMS) == count(FACTS) + count(CLAIMS)
    assert count(named=(FACTS,)) == 0, "only named graphs: the default graph is empty"
    assert count("http://127.0.0.1:9/nothing", "file:///etc/passwd") == 0, "nothing is fetched"


def test_graph_finds_the_named_graphs_that_are_chosen(kg: KnowledgeGraph) -> None:
    def names(graphs: Graphs | None) -> list[str]:
        return [row[0].value for row in kg.answer(NAMED, graphs=graphs).rows]  # type: ignore[union-attr]

    assert names(Graphs((FACTS,))) == []
    assert names(Graphs((FACTS,), (CLAIMS, ENTITIES))) == [CLAIMS, ENTITIES]
    assert len(names(None)) > 5


def test_citations_go_with_the_whole_graph_alone(kg: KnowledgeGraph) -> None:
    with pytest.raises(NotCoveredError, match="graphs"):
        kg.answer("SELECT * { ?s ?p ?o }", cite=True, graphs=Graphs((FACTS,)))


def test_a_server_is_never_sent_the_name_of_another_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    remote = Remote("http://127.0.0.1:9/sparql", "urn:there:")
    monkeypatch.setattr(type(remote.endpoint), "server", "Another/1")
    monkeypatch.setattr(remote.endpoint, "truth", lambda _, parameters: sent.extend(parameters))
    remote.query("ASK { ?s ?p ?o }", Graphs((FACTS, "http://10.0.0.1/secret"), (CLAIMS,)))
    assert sent == [
        ("default-graph-uri", "urn:there:facts"),
        ("default-graph-uri", "urn:there:nothing"),
        ("named-graph-uri", "urn:there:claims"),
    ]
