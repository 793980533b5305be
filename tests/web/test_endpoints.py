"""The endpoint and the documents of things over a graph that is on a server itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import MINI
from servers import oxigraph

from gbkg.core.project import Project
from gbkg.knowledge import KnowledgeGraph
from gbkg.store.remote import Remote
from gbkg.web.messages import Request
from gbkg.web.site import Site
from gbkg.web.views.sparql import sparql
from web.conftest import Ask, asking

FOUNDED = "SELECT ?a ?b { ?a gbkg:foundedBy ?b } ORDER BY ?a ?b"


@pytest.fixture(scope="module")
def far(mini_build: Path) -> Iterator[Site]:
    with oxigraph() as server:
        server.load(mini_build / "gbkg.nq")
        yield Site(KnowledgeGraph(Remote(server.endpoint), Project(MINI)))


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "application/sparql-results+xml"])
def test_rows_are_the_same_wherever_the_graph_is(small: Site, far: Site, accept: str) -> None:
    asked = Request(path="/sparql", query=(("query", FOUNDED),), accept=accept)
    assert sparql(far, asked) == sparql(small, asked)


def test_datasets_hold_on_the_server(far: Site) -> None:
    def holds(*graphs: str) -> bool:
        chosen = tuple(("default-graph-uri", graph) for graph in graphs)
        query = (("query", "ASK { ?a gbkg:foundedBy ?b }"), *chosen)
        found = json.loads(sparql(far, Request(path="/sparql", query=query)).body)["boolean"]
        return bool(found)

    assert holds() and holds("https://w3id.org/gbkg/graph/facts")
    assert not holds("https://w3id.org/gbkg/graph/claims") and not holds("http://127.0.0.1:9/secret")


def test_things_have_the_same_documents(ask_small: Ask, far: Site) -> None:
    ask = asking(far)
    for address in ("/id/delta-tea-alliance.nt", "/claim/gazette.harbour-in-upper-reed.nt", "/ontology.nt"):
        there, here = (set(ox.parse(one(address).body, format=ox.RdfFormat.N_TRIPLES)) for one in (ask, ask_small))
        assert there == here and there, address


def test_proofs_come_from_there(small: Site, far: Site) -> None:
    asked = Request(path="/sparql", query=(("query", FOUNDED), ("cite", "1")))
    assert json.loads(sparql(far, asked).body) == json.loads(sparql(small, asked).body)
