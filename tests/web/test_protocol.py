"""The SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/) over a real server: the cases of W3C's test suite
(https://github.com/w3c/rdf-tests, sparql11/protocol) with graphs of ours in place of theirs, and what they leave open.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from gbkg.core.prefixes import PREFIXES
from gbkg.web.site import Site
from gbkg.web.views.sparql import PROFILE
from web.conftest import Ask

FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
FACTS, ENTITIES, CLAIMS, NOWHERE = (
    *(PREFIXES["graph"] + name for name in ("facts", "entities", "claims")),
    "http://kasei.us/2009/09/sparql/data/data0.rdf",
)
FOUNDED, CLASSED, STATED = "?a gbkg:foundedBy ?b", "?a a gbkg:Alliance", "?c a gbkg:Claim"
"""A triple of each of these graphs, and of no other."""
TABULAR = {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"}
TRUTH = {"application/sparql-results+json", "application/sparql-results+xml"}
RDF = {"text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"}

Sent = dict[str, Any]


def get(**parameters: Any) -> Sent:
    return {"method": "GET", "params": _pairs(parameters)}


def form(body: str, **parameters: Any) -> Sent:
    return {"method": "POST", "content": body, "headers": {"Content-Type": FORM}, "params": _pairs(parameters)}


def direct(body: str | bytes, kind: str = DIRECT, **parameters: Any) -> Sent:
    return {"method": "POST", "content": body, "headers": {"Content-Type": kind}, "params": _pairs(parameters)}


def bare(body: str) -> Sent:
    return {"method": "POST", "content": body}


def _pairs(parameters: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name.replace("_", "-"), one)
        for name, value in parameters.items()
        for one in ([value] if isinstance(value, str) else value)
    ]


BOTH = f"ASK {{ {FOUNDED} . {CLASSED} }}"
IN_GRAPHS = f"{{ GRAPH ?g1 {{ {FOUNDED} }} GRAPH ?g2 {{ {CLASSED} }} }}"
RIGHT: dict[str, tuple[Sent, bool | set[str]]] = {
    "query_post_form": (form("query=ASK%20%7B%7D", default_graph_uri=NOWHERE), True),
    "query_dataset_default_graphs_get": (get(query=BOTH, default_graph_uri=[FACTS, ENTITIES]), True),
    "query_dataset_default_graphs_post": (direct(BOTH, default_graph_uri=[FACTS, ENTITIES]), True),
    "query_dataset_named_graphs_post": (direct(f"ASK {IN_GRAPHS}", named_graph_uri=[FACTS, ENTITIES]), True),
    "query_dataset_named_graphs_get": (get(query=f"ASK {IN_GRAPHS}", named_graph_uri=[FACTS, ENTITIES]), True),
    "query_dataset_full": (
        direct(
            f"ASK {{ {STATED} {IN_GRAPHS[1:]}",
            default_graph_uri=CLAIMS,
            named_graph_uri=[FACTS, ENTITIES],
        ),
        True,
    ),
    "query_multiple_dataset": (
        direct(f"ASK FROM <{CLAIMS}> {IN_GRAPHS}", named_graph_uri=[FACTS, ENTITIES]),
        True,
    ),
    "query_get": (get(query="ASK {}", default_graph_uri=NOWHERE), True),
    "query_post_direct": (direct("ASK {}", default_graph_uri=NOWHERE), True),
    "query_content_type_select": (direct("SELECT (1 AS ?value) {}", default_graph_uri=NOWHERE), TABULAR),
    "query_content_type_ask": (direct("ASK {}", default_graph_uri=NOWHERE), TRUTH),
    "query_content_type_describe": (direct("DESCRIBE <http://example.org/>", default_graph_uri=NOWHERE), RDF),
    "query_content_type_construct": (
        direct("CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}", default_graph_uri=NOWHERE),
        RDF,
    ),
    # What the suite leaves open.
    "the default graph is not a union when it is named": (get(query=BOTH, default_graph_uri=FACTS), False),
    "named graphs alone leave the default graph empty": (get(query=BOTH, named_graph_uri=[FACTS, ENTITIES]), False),
    "what is nowhere is empty": (get(query="ASK { ?s ?p ?o }", default_graph_uri=NOWHERE), False),
    "a file is not read": (get(query="ASK { ?s ?p ?o }", default_graph_uri="file:///etc/passwd"), False),
    "FROM of a graph here": (
        get(query=f"ASK FROM graph:facts {{ {FOUNDED} FILTER NOT EXISTS {{ {CLASSED} }} }}"),
        True,
    ),
    "FROM of a graph without it": (get(query=f"ASK FROM graph:claims {{ {FOUNDED} }}"), False),
    "FROM NAMED of a graph here": (get(query=f"ASK FROM NAMED graph:facts {{ GRAPH ?g {{ {FOUNDED} }} }}"), True),
    "without a dataset all graphs together": (get(query=BOTH), True),
    "parameters of the address and of the form": (form(urlencode({"query": BOTH}), default_graph_uri=FACTS), False),
    "a charset of the form": (
        {**form("query=ASK%20%7B%7D"), "headers": {"Content-Type": FORM + "; charset=UTF-8"}},
        True,
    ),
    "UTF-8 by its name": (direct('ASK { FILTER("广州" = "广州") }', DIRECT + ";charset=utf-8"), True),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_protocol_has_is_answered(client: httpx.Client, name: str) -> None:
    sent, expected = RIGHT[name]
    found = client.request(url="/sparql", **sent)
    assert found.status_code == 200, found.text
    kind = found.headers["content-type"].partition(";")[0]
    if isinstance(expected, bool):
        assert kind in TRUTH and found.json()["boolean"] is expected
    else:
        assert kind in expected


WRONG: dict[str, tuple[Sent, int]] = {
    "bad_query_method": (
        {"method": "PUT", "params": {"query": "ASK {}"}, "headers": {"Content-Type": FORM}},
        405,
    ),
    "bad_multiple_queries": (get(query=["ASK {}", "SELECT * {}"]), 400),
    "bad_query_wrong_media_type": (direct("ASK {}", "text/plain"), 415),
    "bad_query_missing_form_type": (bare("query=ASK%20%7B%7D"), 415),
    "bad_query_missing_direct_type": (bare("ASK {}"), 415),
    "bad_query_non_utf8": (direct("ASK {}".encode("utf-16"), DIRECT + "; charset=UTF-16"), 415),
    "bad_query_syntax": (get(query="ASK {"), 400),
    "bad_update_get": (get(update="CLEAR ALL"), 400),
    "bad_multiple_updates": (form("update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"), 400),
    "bad_update_wrong_media_type": (direct("CLEAR NAMED", "text/plain"), 415),
    "bad_update_missing_form_type": (bare("update=CLEAR%20NAMED"), 415),
    "bad_update_non_utf8": (direct("CLEAR NAMED", "application/sparql-update; charset=UTF-16"), 400),
    "bad_update_syntax": (form("update=CLEAR%20XYZ"), 400),
    "bad_update_dataset_conflict": (
        direct("INSERT DATA { <urn:s> <urn:p> 1 }", "application/sparql-update", using_named_graph_uri="urn:g"),
        400,
    ),
    # What the suite leaves open: updates are refused in each way in which they can be sent.
    "update by a form": (form("update=CLEAR%20ALL"), 400),
    "update in the body": (direct("CLEAR ALL", "application/sparql-update"), 400),
    "update as a query": (get(query="INSERT DATA { <urn:s> <urn:p> 1 }"), 400),
    "LOAD": (get(query="LOAD <http://127.0.0.1:9/>"), 400),
    "SERVICE": (get(query="SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), 400),
    "FROM of a file": (get(query="SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"), 400),
    "FROM NAMED of an address": (get(query="SELECT * FROM NAMED <http://127.0.0.1:9/> { GRAPH ?g { ?s ?p ?o } }"), 400),
    "FROM of a file, beside a dataset": (
        get(query="ASK FROM <file:///etc/passwd> { }", default_graph_uri=FACTS),
        400,
    ),
    "a graph that is not an IRI": (get(query="ASK {}", default_graph_uri="facts"), 400),
    "an empty query": (get(query=" "), 400),
    "a form without a query": (form("x=1"), 400),
    "queries in body and address": (direct("ASK {}", query="ASK {}"), 400),
    "bytes that are not UTF-8": (direct(b"ASK { \xff }"), 400),
    "a nesting that would end the engine": (get(query="ASK " + "{" * 3000), 400),
    "a format that there is not": (get(query="ASK {}", format="csv"), 400),
    "an unknown function": (get(query="SELECT (gbkg:f(1) AS ?x) {}"), 400),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_protocol_does_not_have_is_refused(client: httpx.Client, name: str) -> None:
    sent, status = WRONG[name]
    found = client.request(url="/sparql", **sent)
    assert found.status_code == status, found.text
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["detail"] and found.json()["status"] == status
    if status == 405:
        assert set(found.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    if status == 415:
        assert DIRECT in found.headers["accept-post"]


def test_a_mistake_has_its_place(client: httpx.Client) -> None:
    found = client.get("/sparql", params={"query": "SELECT ?x\nWERE { ?x a gbkg:Park }"})
    assert found.json()["detail"].startswith("line 2:1: not SPARQL")


ROWS = "SELECT ?a ?n { ?a a gbkg:Company ; rdfs:label ?n } ORDER BY ?a"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values;q=0.9, text/csv;q=0.1", "text/tab-separated-values; charset=utf-8"),
        ("application/xml;q=0.2", "application/xml"),
        ("text/turtle", None),
    ],
)
def test_rows_come_in_the_form_that_is_accepted(
    site: Site, client: httpx.Client, accept: str, kind: str | None
) -> None:
    found = client.get("/sparql", params={"query": ROWS}, headers={"Accept": accept})
    assert "Accept" in found.headers["vary"]
    if kind is None:
        assert found.status_code == 406 and "text/csv" in found.json()["hint"]
        return
    assert found.headers["content-type"] == kind
    expected = [(row[0].value, row[1].value) for row in site.kg.query(ROWS).rows]  # type: ignore[union-attr]
    assert _rows(found.text, kind.partition(";")[0]) == expected and len(expected) > 2


def _rows(text: str, kind: str) -> list[tuple[str, ...]]:
    if kind.endswith("json"):
        return [(row["a"]["value"], row["n"]["value"]) for row in json.loads(text)["results"]["bindings"]]
    if kind.endswith("xml"):
        space = "{http://www.w3.org/2005/sparql-results#}"
        results = ElementTree.fromstring(text).iter(f"{space}result")
        return [tuple("".join(binding.itertext()) for binding in row) for row in results]
    table = list(csv.reader(io.StringIO(text), delimiter="," if kind == "text/csv" else "\t"))
    assert table[0] == (["a", "n"] if kind == "text/csv" else ["?a", "?n"])
    return [(row[0].strip("<>"), row[1].removesuffix("@en").strip('"')) for row in table[1:]]


@pytest.mark.parametrize("kind", sorted(RDF))
def test_triples_come_in_the_form_that_is_accepted(client: httpx.Client, kind: str) -> None:
    text = "CONSTRUCT { ?a rdfs:label ?n } WHERE { ?a a gbkg:Company ; rdfs:label ?n }"
    found = client.get("/sparql", params={"query": text}, headers={"Accept": kind})
    assert found.headers["content-type"].partition(";")[0] == kind
    form = ox.RdfFormat.from_media_type(kind)
    assert form is not None and len({quad.triple for quad in ox.parse(found.content, format=form)}) > 2


def test_format_stands_beside_the_header(client: httpx.Client) -> None:
    found = client.get("/sparql", params={"query": ROWS, "format": "csv"}, headers={"Accept": "text/html"})
    assert found.text.startswith("a,n\r\n")


@pytest.mark.parametrize("how", ["parameter", "profile"])
def test_rows_come_with_their_proofs(client: httpx.Client, how: str) -> None:
    parameters = {"query": "SELECT ?a ?f { ?a gbkg:foundedBy ?f } ORDER BY ?a ?f"}
    kind = f'application/sparql-results+json;profile="{PROFILE}"'
    if how == "parameter":
        found = client.get("/sparql", params={**parameters, "cite": "1"})
    else:
        found = client.get("/sparql", params=parameters, headers={"Accept": kind})
        assert found.headers["content-type"] == kind
    results = found.json()["results"]
    assert len(results["proofs"]) == len(results["bindings"]) > 2
    for row, proof in zip(results["bindings"], results["proofs"], strict=True):
        (triple,) = [step["triple"] for step in proof["derivations"][0]["steps"]]
        assert (triple[0]["value"], triple[2]["value"]) == (row["a"]["value"], row["f"]["value"])
        exact = proof["citations"][0]["target"][0]["selector"][0]
        assert exact["type"] == "TextQuoteSelector" and exact["exact"]


def test_proofs_have_limits(client: httpx.Client) -> None:
    asked = {"query": ROWS, "cite": "1"}
    assert client.get("/sparql", params=asked, headers={"Accept": "text/csv"}).status_code == 406
    assert client.get("/sparql", params={**asked, "default-graph-uri": FACTS}).status_code == 400
    assert client.get("/sparql", params={**asked, "derivations": "0"}).status_code == 400
    assert client.get("/sparql", params={"query": "ASK {}", "cite": "1"}).status_code == 400


def test_the_service_describes_itself(client: httpx.Client) -> None:
    """W3C's tests of Service Description: RDF, an endpoint, and the vocabulary's own terms."""
    found = client.get("/sparql", headers={"Accept": "application/n-triples"})
    triples = [quad.triple for quad in ox.parse(found.content, format=ox.RdfFormat.N_TRIPLES)]
    sd = "http://www.w3.org/ns/sparql-service-description#"
    said = {(one.predicate.value, one.object.value) for one in triples}
    assert (sd + "endpoint", f"{client.base_url}".rstrip("/") + "/sparql") in said
    assert {(sd + "feature", sd + "UnionDefaultGraph"), (sd + "supportedLanguage", sd + "SPARQL11Query")} <= said
    names = {one.object.value for one in triples if one.predicate.value == sd + "name"}
    assert {FACTS, ENTITIES, CLAIMS} <= names
    (whole,) = (one for one in triples if one.subject.value.endswith("#default-graph") and "triples" in str(one))
    assert int(whole.object.value) == client.get("/health").json()["triples"]
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")


def test_a_browser_gets_a_page(site: Site, ask: Ask) -> None:
    page = ask("/sparql").body.decode()
    assert "<textarea" in page and site.kg.queries["alliance-founders"].summary in page
    asked = ask("/sparql?" + urlencode({"query": f"SELECT * {{ {FOUNDED} }}", "cite": "1"})).body.decode()
    assert 'href="/id/gba-blockchain-alliance.html"' in asked and "<blockquote" in asked
    wrong = ask("/sparql?query=" + quote("SELECT <script>"))
    assert wrong.status == 400 and "<script>SELECT" not in wrong.body.decode()
    assert "&lt;script&gt;" in wrong.body.decode() and "line 1" in wrong.body.decode().lower()


def test_large_answers_are_not_sent_in_part(site: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gbkg.web.views.sparql.LARGEST", 100_000)
    found = ask("/sparql?query=" + quote("SELECT * { ?s ?p ?o }"), accept="*/*")
    assert found.status == 503 and "LIMIT" in json.loads(found.body)["hint"]
    assert len(site.kg.store) > 1000
