"""The reconciliation service against its specification (Reconciliation Service API 0.2). The schemas here are our own,
written from sections 3 to 8 of the text."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from jsonschema import Draft202012Validator

from gbkg.core.prefixes import PREFIXES
from gbkg.web.site import Site
from web.conftest import Ask

TEXT, URI = {"type": "string", "minLength": 1}, {"type": "string", "pattern": "^https?://"}


def shape(required: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these members and perhaps those, and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(more or {})},
        "additionalProperties": False,
    }


NAMED = shape({"id": TEXT, "name": TEXT}, {"description": {"type": "string"}})
KIND = shape({"id": TEXT, "name": TEXT})
SERVICE = shape({"service_url": URI, "service_path": {"type": "string", "pattern": "^/"}})
MANIFEST = shape(
    {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": URI,
        "schemaSpace": URI,
        "view": shape({"url": {"type": "string", "pattern": r"^http.*\{\{id\}\}"}}),
    },
    {
        "documentation": URI,
        "serviceVersion": TEXT,
        "defaultTypes": {"type": "array", "items": KIND, "uniqueItems": True},
        "preview": shape(
            {
                "url": {"type": "string", "pattern": r"^http.*\{\{id\}\}"},
                "width": {"type": "integer", "minimum": 1},
                "height": {"type": "integer", "minimum": 1},
            }
        ),
        "suggest": shape({"entity": SERVICE, "type": SERVICE, "property": SERVICE}),
        "extend": shape({}, {"propose_properties": SERVICE, "property_settings": {"type": "array"}}),
        "batchSize": {"type": "integer", "minimum": 1},
    },
)
CANDIDATE = shape(
    {"id": TEXT, "name": TEXT, "score": {"type": "number", "minimum": 0, "maximum": 100}},
    {
        "description": {"type": "string"},
        "type": {"type": "array", "items": KIND},
        "match": {"type": "boolean"},
        "features": {
            "type": "array",
            "items": shape({"id": TEXT, "value": {"type": ["boolean", "number"]}}),
        },
    },
)
RESULTS = {
    "type": "object",
    "additionalProperties": shape({"result": {"type": "array", "items": CANDIDATE}}),
}
SUGGESTED = shape(
    {
        "result": {
            "type": "array",
            "items": shape(
                {"id": TEXT, "name": TEXT},
                {"description": {"type": "string"}, "notable": {"type": "array", "items": KIND}},
            ),
        }
    }
)
DAY = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
CELL = {
    "oneOf": [
        NAMED,
        shape({"str": {"type": "string"}}),
        shape({"int": {"type": "integer"}}),
        shape({"float": {"type": "number"}}),
        shape({"date": {"type": "string", "pattern": DAY}}),
    ]
}
EXTENDED = shape(
    {
        "meta": {"type": "array", "items": KIND},
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": CELL}},
        },
    }
)
PROPOSED = shape({"properties": {"type": "array", "items": NAMED}, "type": TEXT}, {"limit": {"type": "number"}})


def valid(schema: dict[str, Any], record: Any) -> Any:
    assert [one.message for one in Draft202012Validator(schema).iter_errors(record)] == []
    return record


def batch(ask: Ask, **queries: Any) -> Any:
    found = ask("/reconcile?" + urlencode({"queries": json.dumps(queries)}), accept="application/json")
    assert found.status == 200, found.body
    return valid(RESULTS, json.loads(found.body))


def get(ask: Ask, address: str, **parameters: Any) -> Any:
    found = ask(f"{address}?{urlencode(parameters)}" if parameters else address, accept="application/json")
    assert found.status == 200, found.body
    return json.loads(found.body)


def test_the_manifest_says_what_the_service_does(ask: Ask) -> None:
    made = valid(MANIFEST, get(ask, "/reconcile"))
    assert (made["identifierSpace"], made["schemaSpace"]) == (PREFIXES["id"], PREFIXES["gbkg"])
    base = made["documentation"].removesuffix("/api")
    for service in (*made["suggest"].values(), made["extend"]["propose_properties"]):
        address = (service["service_url"] + service["service_path"]).removeprefix(base)
        get(ask, address, prefix="a", type="gbkg:Company")
    for pattern in (made["view"]["url"], made["preview"]["url"]):
        assert ask(pattern.removeprefix(base).replace("{{id}}", "guangzhou"), accept="*/*").status == 200


def test_names_become_entities(ask: Ask) -> None:
    found = batch(
        ask,
        q0={"query": "Guangzhou Blockchain Industry Association"},
        q1={"query": "guangzhou blockchain industry asociation", "limit": 2},
        q2={"query": "no such thing at all in here"},
    )
    first = found["q0"]["result"][0]
    assert (first["id"], first["match"]) == ("guangzhou-blockchain-industry-association", True)
    near = found["q1"]["result"]
    assert near[0]["id"] == first["id"] and not near[0]["match"] and near[0]["score"] < first["score"]
    assert len(near) <= 2 and not any(one["match"] for one in found["q2"]["result"])
    for result in found.values():
        scores = [one["score"] for one in result["result"]]
        assert scores == sorted(scores, reverse=True)


def test_a_candidate_shows_the_alias_and_its_sentence(site: Site, ask: Ask) -> None:
    aliases = sorted(
        (quad.object.value, quad.subject.value)
        for quad in site.kg.store.query(
            "CONSTRUCT { ?s gbkg:alias ?a } WHERE { GRAPH graph:facts { ?s gbkg:alias ?a } }"
        )
    )
    shown = 0
    for alias, iri in aliases[:40]:
        for one in batch(ask, q={"query": alias})["q"]["result"]:
            if one["id"] == iri.removeprefix(PREFIXES["id"]) and "the alias" in one["description"]:
                shown += 1
                assert repr(alias).casefold() in one["description"].casefold() and "“" in one["description"]
    assert shown > 10


def test_types_restrict_and_properties_weigh(ask: Ask) -> None:
    name = "Guangzhou"
    cities = batch(ask, q={"query": name, "type": "gbkg:City"})["q"]["result"]
    assert cities and all("gbkg:City" in [kind["id"] for kind in one["type"]] for one in cities)
    assert (
        batch(ask, q={"query": name, "type": ["gbkg:City", "gbkg:Company"], "type_strict": "all"})["q"]["result"] == []
    )
    places = batch(ask, q={"query": name, "type": "Place"})["q"]["result"]
    assert places[0]["id"] == cities[0]["id"] == "guangzhou", "what is of a subclass is of the class"
    founded = {"pid": "gbkg:foundedBy", "v": [{"id": "guangzhou-blockchain-industry-association"}, "x"]}
    alliance = {"query": "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance"}
    right = batch(ask, q={**alliance, "properties": [founded]})["q"]["result"][0]
    wrong = batch(ask, q={**alliance, "properties": [{"pid": "foundedBy", "v": "somebody else"}]})["q"]["result"][0]
    assert right["match"] and right["score"] == 100 and not wrong["match"] and wrong["score"] < 100
    alone = batch(ask, q={"properties": [{"pid": "foundedBy", "v": "University of Macau"}]})["q"]["result"]
    assert [one["id"] for one in alone] == ["gba-blockchain-alliance"] and not alone[0]["match"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"query": ""},
        {"query": 5},
        {"query": "x", "limit": 0},
        {"query": "x", "limit": True},
        {"query": "x", "type": {"id": "gbkg:City"}},
        {"query": "x", "type": "a b"},
        {"query": "x", "type_strict": "perhaps"},
        {"query": "x", "properties": {"pid": "p", "v": 1}},
        {"query": "x", "properties": [{"p": "gbkg:foundedBy", "v": "x"}]},
        {"query": "x", "properties": [{"pid": "gbkg:foundedBy"}]},
        {"query": "x", "properties": [{"pid": "gbkg:foundedBy", "v": {"name": "x"}}]},
        {"query": "x", "nonsense": 1},
        [],
        "x",
    ],
)
def test_what_is_no_query_is_refused(ask: Ask, query: Any) -> None:
    found = ask("/reconcile?" + urlencode({"queries": json.dumps({"q": query})}), accept="application/json")
    assert found.status == 400 and json.loads(found.body)["detail"]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"queries": "{"}, 400),
        ({"queries": "[]"}, 400),
        ({"queries": "[" * 5_000}, 400),
        ({"queries": json.dumps({f"q{n}": {"query": "x"} for n in range(101)})}, 413),
        ({"extend": "{}"}, 400),
        ({"extend": '{"ids": [1], "properties": []}'}, 400),
        ({"extend": '{"ids": ["guangzhou"], "properties": [{"id": "a b"}]}'}, 400),
    ],
)
def test_what_is_no_batch_is_refused(ask: Ask, parameters: dict[str, str], status: int) -> None:
    assert ask("/reconcile?" + urlencode(parameters), accept="application/json").status == status


def test_forms_are_taken_over_http(client: httpx.Client) -> None:
    queries = {"queries": json.dumps({"q": {"query": "Guangzhou"}})}
    sent, got = client.post("/reconcile", data=queries), client.get("/reconcile", params=queries)
    assert sent.json() == got.json() and got.json()["q"]["result"][0]["id"] == "guangzhou"
    assert got.headers["access-control-allow-origin"] == "*"
    assert client.post("/reconcile", data={}).status_code == 400


@pytest.mark.parametrize(
    ("kind", "prefix", "expected"),
    [
        ("entity", "guangzhou blockchain ind", "guangzhou-blockchain-industry-association"),
        ("entity", "id:guangzhou", "guangzhou"),
        ("type", "comp", "gbkg:Company"),
        ("type", "gbkg:Company", "gbkg:Company"),
        ("property", "founded", "gbkg:foundedBy"),
        ("property", "gbkg:foundedBy", "gbkg:foundedBy"),
    ],
)
def test_suggestions_begin_as_typed(ask: Ask, kind: str, prefix: str, expected: str) -> None:
    found = valid(SUGGESTED, get(ask, f"/reconcile/suggest/{kind}", prefix=prefix))["result"]
    assert expected in [one["id"] for one in found[:3]]
    more = valid(SUGGESTED, get(ask, f"/reconcile/suggest/{kind}", prefix=prefix, cursor=1))["result"]
    assert more[: len(found) - 1] == found[1:]


def test_properties_are_proposed_for_a_type(ask: Ask) -> None:
    found = valid(PROPOSED, get(ask, "/reconcile/properties", type="gbkg:Alliance", limit=5))
    assert "gbkg:foundedBy" in [one["id"] for one in found["properties"]] and len(found["properties"]) <= 5


def test_values_are_those_that_claims_state(site: Site, ask: Ask) -> None:
    asked = {
        "ids": ["gba-blockchain-alliance", "huangpu-and-development-zone", "nobody"],
        "properties": [{"id": "gbkg:foundedBy"}, {"id": "gbkg:foundedOn"}, {"id": "gbkg:blockchainCompaniesGathered"}],
    }
    found = valid(EXTENDED, get(ask, "/reconcile", extend=json.dumps(asked)))
    assert [one["id"] for one in found["meta"]] == [one["id"] for one in asked["properties"]]  # type: ignore[index]
    alliance, district, nobody = (found["rows"][one] for one in asked["ids"])
    assert {one["id"] for one in alliance["gbkg:foundedBy"]} >= {"university-of-macau"}
    assert alliance["gbkg:foundedOn"] == [{"date": "2018-11-09T00:00:00Z"}]
    assert any("300" in one["str"] and "2019-10" in one["str"] for one in district["gbkg:blockchainCompaniesGathered"])
    assert not any(nobody.values())
    assert len(site.kg.store) > 0


def test_a_preview_stands_in_a_frame_and_changes_nothing(client: httpx.Client) -> None:
    found = client.get("/reconcile/preview", params={"id": "gba-blockchain-alliance"})
    assert "frame-ancestors *" in found.headers["content-security-policy"]
    assert "script-src" not in found.headers["content-security-policy"] and "<form" not in found.text
    assert "<blockquote>“" in found.text
    assert client.get("/reconcile/preview", params={"id": "<script>"}).status_code == 404
