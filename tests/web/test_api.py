"""The API: every address answers a record of its kind, as its description says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from conftest import SHIPPED
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

from gbkg.web.site import Site
from gbkg.web.views.api import OF_QUERIES, OPERATIONS, _examples
from web.conftest import Ask


def read(found: Any) -> Any:
    return json.loads(found.body)


@pytest.fixture(scope="module")
def openapi(ask: Ask) -> dict[str, Any]:
    found: dict[str, Any] = read(ask("/api/openapi.json"))
    return found


@pytest.fixture(scope="module")
def validator(openapi: dict[str, Any]) -> Any:
    def validate(kind: str, record: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{kind}", "components": openapi["components"]}
        assert [one.message for one in Draft202012Validator(schema).iter_errors(record)] == []

    return validate


@pytest.mark.parametrize("path", [one.path for one in OPERATIONS])
def test_every_operation_has_an_example_that_is_answered(site: Site, ask: Ask, validator: Any, path: str) -> None:
    one = next(one for one in OPERATIONS if one.path == path)
    found = ask(_examples(site)[path], accept="application/json")
    assert (found.status, found.type) == (200, "application/json")
    record = read(found)
    assert record["kind"] == one.kind
    validator(record["kind"], record)


def test_records_have_their_citations(ask: Ask) -> None:
    entity = read(ask("/api/entities/gba-blockchain-alliance"))
    assert entity["passages"] and all(one["exact"] for one in entity["passages"])
    key = entity["passages"][0]["claims"][0]
    claim = read(ask(f"/api/claims/{key}"))
    assert claim["citation"]["annotation"]["target"] and "“" in claim["citation"]["text"]
    start, end = entity["passages"][0]["start"], entity["passages"][0]["end"]
    passage = read(ask(f"/api/passages/{entity['passages'][0]['source']}.{start}-{end}"))
    assert any(one["body"]["id"].endswith(key) for one in passage["claims"])


def test_saved_queries_are_cited_unless_told_otherwise(ask: Ask, validator: Any) -> None:
    cited = read(ask("/api/queries/alliance-founders"))
    validator("answer", cited)
    assert len(cited["proofs"]) == len(cited["rows"]) > 2
    assert read(ask("/api/queries/alliance-founders?cite=false"))["proofs"] is None
    few = read(ask("/api/queries/alliance-founders?limit=2"))
    assert (len(few["rows"]), few["complete"]) == (2, False)


def test_parameters_of_saved_queries_are_those_of_their_headers(site: Site, ask: Ask, openapi: dict[str, Any]) -> None:
    assert set(site.kg.queries) == {path.rpartition("/")[2] for path in openapi["paths"] if "/queries/" in path}
    for name, query in site.kg.queries.items():
        described = openapi["paths"][f"/api/queries/{name}"]["get"]
        names = [one["name"] for one in described["parameters"]]
        assert names == [*(one.name for one in query.parameters), *(one.name for one in OF_QUERIES)], name
        assert described["summary"] == query.summary and query.caution in described.get("description", "")
    answer = read(ask("/api/queries/alliance-founders?alliance=" + quote("Greater Bay Area Blockchain Alliance")))
    assert answer["rows"] and any("taken for" in remark for remark in answer["remarks"])


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/queries/alliance-founder", 404, "alliance-founders"),
        ("/api/queries/alliance-founders?aliance=x", 400, "alliance"),
        ("/api/queries/alliance-founders?limit=0", 400, "from 1 to"),
        ("/api/queries/alliance-founders?limit=1&limit=2", 400, "more than once"),
        ("/api/queries/alliance-founders?cite=maybe", 400, "true, false"),
        ("/api/queries/alliance-founders?alliance=nobody-knows-it", 404, "alliance"),
        ("/api/entities", 400, "name"),
        ("/api/entities/gba-blockchain-aliance", 404, "gba-blockchain-alliance"),
        ("/api/claims/x.y", 404, "claim"),
        ("/api/passages/x", 404, "SOURCE.START-END"),
        ("/api/passages/guangzhou-report.1-2", 404, "passage"),
        ("/api/search?q=x&kind=animal", 400, "entity, passage, query"),
        ("/api/path?from=id:guangzhou", 400, "to is lacking"),
        ("/api/neighbours?entity=id:guangzhou&hops=5", 400, "1 to 4"),
        ("/api/why?s=x", 400, "lacking"),
    ],
)
def test_what_is_asked_wrongly_is_told(ask: Ask, address: str, status: int, said: str) -> None:
    found = ask(address, accept="application/json")
    assert (found.status, found.type) == (status, "application/problem+json")
    assert said in found.body.decode()


def test_the_description_is_openapi(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"] == "3.1.0"
    ids = [one["get"]["operationId"] for one in openapi["paths"].values()]
    assert len(ids) == len(set(ids)) > 100
    for path, one in openapi["paths"].items():
        names = {p["name"] for p in one["get"]["parameters"] if p["in"] == "path"}
        assert names == set(re.findall(r"\{(\w+)\}", path))
        assert {"200", "400", "404", "503", "default"} == one["get"]["responses"].keys()
    assert str(SHIPPED) not in json.dumps(openapi) and str(Path.home()) not in json.dumps(openapi)


def test_people_get_a_page(ask: Ask) -> None:
    page = ask("/api").body.decode()
    assert "/api/queries/alliance-founders" in page and "<h1>For programs</h1>" in page
    assert ask("/api", accept="*/*").type == "application/json"
    for address in re.findall(r'href="(/api/[^"]+)"', page)[:40]:
        assert ask(address.replace("&amp;", "&"), accept="application/json").status == 200, address


@pytest.mark.parametrize("part", ["graph", "queries"])
def test_schemathesis_finds_nothing(served: str, part: str) -> None:
    """Addresses made from the description, right and wrong ones: each is answered as it says (fixed seed)."""
    document = httpx.get(f"{served}/api/openapi.json").json()
    ours = {path for path in document["paths"] if path.startswith("/api/queries/")}
    some = sorted(ours)[::6] if part == "queries" else sorted(document["paths"].keys() - ours)
    document["paths"] = {path: document["paths"][path] for path in some}
    schema = schemathesis.openapi.from_dict(document)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        bounded = settings(
            max_examples=6 if part == "queries" else 25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(base_url=served)

        bounded(given(case=operation.as_strategy())(check))()
    assert tried > 50
