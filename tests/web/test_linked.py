"""Linked Data: things lead to documents by what is accepted, and the documents say what the graph says."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from gbkg.core.prefixes import BASE, PREFIXES
from gbkg.core.terms import term
from gbkg.web.site import Site, routes
from gbkg.web.views import linked
from web.conftest import Ask

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}


@pytest.fixture(scope="module")
def some(site: Site) -> dict[str, str]:
    """The path of one thing of each kind, the first in the order of IRIs."""
    found: dict[str, str] = {}
    spaces = {kind: f"{BASE}{kind}/" for kind in linked.KINDS}
    for quad in sorted(site.kg.store.quads(None, term("rdf:type")), key=lambda quad: str(quad.subject)):
        for kind, space in spaces.items():
            if quad.subject.value.startswith(space):
                found.setdefault(kind, "/" + quad.subject.value.removeprefix(BASE))
    return found


def parsed(response: Any) -> set[ox.Triple]:
    form = ox.RdfFormat.from_media_type(response.headers["content-type"])
    assert form is not None
    return {quad.triple for quad in ox.parse(response.content, format=form)}


def test_there_is_a_thing_of_every_kind(some: dict[str, str]) -> None:
    assert some.keys() == linked.KINDS.keys()


@pytest.mark.parametrize("kind", linked.KINDS)
@pytest.mark.parametrize("ending", TYPES)
def test_a_thing_leads_to_its_data(client: httpx.Client, some: dict[str, str], kind: str, ending: str) -> None:
    found = client.get(some[kind], headers={"Accept": TYPES[ending]})
    assert (found.status_code, found.headers["location"]) == (303, f"{some[kind]}.{ending}")
    assert found.headers["vary"] == "Accept"
    for other, type in TYPES.items():
        assert f'<{some[kind]}.{other}>; rel="alternate"; type="{type}"' in found.headers["link"]
    data = client.get(found.headers["location"])
    assert data.headers["content-type"].partition(";")[0] == TYPES[ending]
    iri = BASE + some[kind][1:]
    assert f'<{iri}>; rel="describes"' in data.headers["link"]
    triples = parsed(data)
    assert any(one.subject.value == iri for one in triples)
    nt = client.get(f"{some[kind]}.nt")
    assert triples == parsed(nt), "every format says the same"
    assert nt.text.splitlines()[0].startswith(f"<{iri}>"), "the thing itself comes first"


def test_data_say_what_the_graph_says_and_no_more(site: Site, client: httpx.Client, some: dict[str, str]) -> None:
    standing = {quad.triple for quad in site.kg.store if quad.graph_name != term("graph:inferred")}
    for path in some.values():
        assert parsed(client.get(f"{path}.nt")) <= standing


def test_an_entity_comes_with_its_claims_and_their_words(site: Site, client: httpx.Client) -> None:
    triples = parsed(client.get("/id/gba-blockchain-alliance.ttl"))
    node = ox.NamedNode(PREFIXES["id"] + "gba-blockchain-alliance")
    founded = {one.object.value for one in triples if one.subject == node and one.predicate == term("gbkg:foundedBy")}
    assert founded == {quad.object.value for quad in site.kg.store.quads(node, term("gbkg:foundedBy"))} and founded
    claims = {one.subject for one in triples if one.object == term("gbkg:Claim")}
    exact = [one for one in triples if one.predicate == term("oa:exact")]
    assert len(claims) > 2 and exact
    for claim in claims:
        passages = {
            one.object for one in triples if one.subject == claim and one.predicate == term("prov:wasDerivedFrom")
        }
        assert passages and passages <= {one.subject for one in triples}


def test_what_is_not_accepted_is_told_with_what_there_is(client: httpx.Client) -> None:
    found = client.get("/id/gba-blockchain-alliance", headers={"Accept": "image/png"})
    assert found.status_code == 406
    assert all(
        f"/id/gba-blockchain-alliance.{ending} ({type})" in found.json()["hint"] for ending, type in TYPES.items()
    )
    assert 'rel="alternate"' in found.headers["link"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/gba-blockchain-aliance",
        "/id/gba-blockchain-aliance.ttl",
        "/claim/x",
        "/claim/x.ttl",
        "/claim/x.y.ttl",
        "/passage/x.1-2",
    ],
)
def test_what_is_not_there_is_told(client: httpx.Client, path: str) -> None:
    found = client.get(path, headers={"Accept": "text/turtle"})
    assert (found.status_code, found.headers["content-type"]) == (404, "application/problem+json")
    if "aliance" in path:
        assert any("gba-blockchain-alliance" in one for one in found.json()["near"])


@pytest.mark.parametrize(
    "name", ["%22%3E%3Cscript%3E", "a%00b", "%F0%9F%92%A9", "a%0D%0ASet-Cookie:%20x", "..%2F..%2Fetc", "a b"]
)
@pytest.mark.parametrize("ending", ["", ".ttl"])
def test_hostile_names_are_names_of_nothing(client: httpx.Client, name: str, ending: str) -> None:
    for kind in ("id", "claim", "query"):
        found = client.get(f"/{kind}/{name}{ending}", headers={"Accept": "text/html"})
        assert found.status_code == 404 and "set-cookie" not in found.headers
        assert "<script>" not in found.text and "\0" not in found.text


def test_terms_share_their_document(site: Site, client: httpx.Client) -> None:
    found = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert found.headers["location"] == "/ontology.ttl"
    triples = parsed(client.get("/ontology.ttl"))
    assert triples == {quad.triple for quad in site.kg.store.quads(None, None, None, term("graph:ontology"))}


def test_the_dataset_describes_itself(client: httpx.Client) -> None:
    assert client.get("/dataset").headers["location"] == "/.well-known/void"
    triples = parsed(client.get("/.well-known/void", headers={"Accept": "application/n-triples"}))
    node, void = ox.NamedNode(BASE + "dataset"), PREFIXES["void"]
    said = {(one.predicate.value, one.object.value) for one in triples if one.subject == node}
    assert (void + "sparqlEndpoint", f"{client.base_url}".rstrip("/") + "/sparql") in said
    assert (void + "triples", str(client.get("/health").json()["triples"])) in said
    assert (PREFIXES["rdf"] + "type", PREFIXES["dcat"] + "Dataset") in said


def test_pages_are_documents_of_things() -> None:
    paths = [route.path for route in routes()]
    assert len(paths) == len(set(paths)), "no address has two views"
    for kind in ("id", "source", "claim"):
        assert [path for path in paths if path.startswith(f"/{kind}/{{")][-1] == f"/{kind}/{{name}}"


def test_every_link_of_every_page_leads_somewhere(ask_small: Ask) -> None:
    """From the front page, as far as links go; none is dead."""
    waiting, dead = ["/"], []
    seen = set(waiting)
    for address in waiting:  # which grows
        if len(waiting) > 1_000:
            break
        found = ask_small(address, accept=BROWSER)
        if found.status != 200:
            dead.append((address, found.status))
        elif found.type.startswith("text/html"):
            for link in re.findall(r'<a [^>]*href="(/[^"#]*)', found.body.decode()):
                target = html.unescape(link)
                if not target.startswith("/static/") and target not in seen:
                    seen.add(target)
                    waiting.append(target)
    assert dead == [] and len(seen) > 100
