"""Namespaces and the IRIs made from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from gbkg.core import namespaces

slugs = st.from_regex(namespaces.SLUG, fullmatch=True)


def test_an_entity_is_named_by_its_slug() -> None:
    assert namespaces.entity("guangzhou") == URIRef("https://w3id.org/gbkg/id/guangzhou")


def test_a_source_is_named_by_its_slug() -> None:
    assert namespaces.source("guangzhou-report") == URIRef("https://w3id.org/gbkg/source/guangzhou-report")


def test_a_passage_is_named_by_source_and_offsets() -> None:
    assert namespaces.passage("guangzhou-report", 3, 14) == URIRef(
        "https://w3id.org/gbkg/passage/guangzhou-report.3-14"
    )


def test_claims_of_two_sources_never_share_a_name() -> None:
    assert namespaces.claim("a", "parks") != namespaces.claim("b", "parks")


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("https://w3id.org/gbkg/id/guangzhou", "id:guangzhou"),
        ("https://w3id.org/gbkg/ontology#foundedBy", "gbkg:foundedBy"),
        ("https://w3id.org/gbkg/passage/doc.0-5#quote", "psg:doc.0-5#quote"),
        ("http://www.wikidata.org/entity/Q16572", "wikidata:Q16572"),
        ("https://w3id.org/gbkg/code/iso3166/CN-GD", "iso3166:CN-GD"),
        ("https://example.org/a", "<https://example.org/a>"),
        ("urn:example", "<urn:example>"),
    ],
)
def test_an_iri_is_shortened_with_the_prefix_that_fits_best(iri: str, short: str) -> None:
    assert namespaces.shorten(iri) == short


@pytest.mark.parametrize("given_", ["id:guangzhou", f"{namespaces.ID}guangzhou", f"<{namespaces.ID}guangzhou>"])
def test_an_iri_may_be_given_in_three_ways(given_: str) -> None:
    assert namespaces.expand(given_) == namespaces.ID["guangzhou"]


@pytest.mark.parametrize("prefix", sorted(namespaces.PREFIXES))
def test_every_prefix_goes_both_ways(prefix: str) -> None:
    iri = namespaces.expand(f"{prefix}:x")
    assert iri == URIRef(namespaces.PREFIXES[prefix] + "x")
    assert namespaces.shorten(str(iri)) == f"{prefix}:x"


@pytest.mark.parametrize("iri", ["https://example.org/a", "urn:example", "urn:isbn:0451450523", "mailto:a@example.org"])
def test_what_is_shortened_is_expanded_again(iri: str) -> None:
    assert namespaces.expand(namespaces.shorten(iri)) == URIRef(iri)


@pytest.mark.parametrize("given_", ["guangzhou", "nobody:here", "", ":", "::", "ID:guangzhou"])
def test_what_has_no_known_prefix_is_not_expanded(given_: str) -> None:
    assert namespaces.expand(given_) is None


@pytest.mark.parametrize("bad", list(' "<>{}|^`\\\t\n\r\x00\x1f'))
def test_a_character_that_no_iri_has_is_refused(bad: str) -> None:
    assert namespaces.expand(f"id:guang{bad}zhou") is None
    assert namespaces.expand(f"https://example.org/guang{bad}zhou") is None


@pytest.mark.parametrize("bad", ["\x7f", "\x85", "\x9f", "\ufffe", "%zz"])
def test_what_the_engine_refuses_in_an_iri_is_refused(bad: str) -> None:
    assert namespaces.expand(f"id:guang{bad}zhou") is None


@pytest.mark.parametrize("slug", ["a", "guangzhou", "01caijing", "5g", "136-banhe-road"])
def test_slugs(slug: str) -> None:
    assert namespaces.SLUG.fullmatch(slug)


@pytest.mark.parametrize("slug", ["", "-", "Guangzhou", "a--b", "-a", "a-", "a_b", "a b", "广州", "a.b", "é", "١"])
def test_not_slugs(slug: str) -> None:
    assert not namespaces.SLUG.fullmatch(slug)


@given(slugs)
def test_a_slug_goes_both_ways(slug: str) -> None:
    assert namespaces.expand(namespaces.shorten(str(namespaces.entity(slug)))) == namespaces.entity(slug)
