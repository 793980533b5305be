"""What hostile queries do to the server: their askers get a plain error, and nobody else notices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c ?f"
DEEP = "ASK {" + "{" * 30_000 + "}" * 30_000 + "}"
NESTED = "ASK { FILTER(" + "!" * 200_000 + "true) }"


def asked(client: httpx.Client, query: str) -> httpx.Response:
    return client.post("/sparql", data={"query": query}, headers={"Accept": "application/sparql-results+json"})


def test_pages_answer_while_two_queries_run_to_their_limit(client: httpx.Client) -> None:
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(asked, client, ENDLESS) for _ in range(2)]
        answered = [client.get("/health").status_code for _ in range(20)]
        assert not any(one.done() for one in running), "the queries were to be running still"
        assert set(answered) == {200}
        for one in running:
            found = one.result()
            assert found.status_code == 503 and found.headers["retry-after"] == "5"
            assert found.json()["detail"].startswith("time was up after 10 s")
    assert asked(client, "ASK { ?s ?p ?o }").json()["boolean"] is True


@pytest.mark.parametrize("query", [GREEDY, DEEP, NESTED], ids=["greedy", "deep", "nested"])
def test_a_worker_that_breaks_down_is_replaced(client: httpx.Client, query: str) -> None:
    found = asked(client, query)
    assert found.status_code in (400, 503), found.text
    assert found.headers["content-type"] == "application/problem+json" and found.json()["detail"]
    for _ in range(3):
        assert asked(client, "ASK { ?s ?p ?o }").json()["boolean"] is True


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/>",
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DROP ALL",
    ],
)
def test_what_reaches_out_or_writes_is_refused(client: httpx.Client, query: str) -> None:
    assert asked(client, query).status_code == 400
    assert client.get(f"/sparql?query={quote(query)}").status_code == 400
    assert client.post("/sparql", data={"update": query}).status_code == 400
