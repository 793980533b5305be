"""Prefixed names, slugs, and the IRIs made from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbkg.core.prefixes import BASE, PREFIXES, SLUG, full, shorten
from gbkg.core.records import Entity, Passage, Place, Source
from gbkg.core.terms import term

slugs = st.from_regex(SLUG, fullmatch=True)


PLACE = Place("data/claims/doc.tsv", 2)


def test_records_are_named_by_slug_and_offsets() -> None:
    records = (
        Entity("guangzhou", "City", "Guangzhou", "A city.", PLACE),
        Source("guangzhou-report", "A report", "0" * 64, 20, "en"),
        Passage("guangzhou-report", 3, 14, "a quotation"),
    )
    assert [record.iri.value.removeprefix(BASE) for record in records] == [
        "id/guangzhou",
        "source/guangzhou-report",
        "passage/guangzhou-report.3-14",
    ]


def test_an_unknown_prefix_is_refused() -> None:
    assert term("gbkg:Claim").value == f"{BASE}ontology#Claim"
    with pytest.raises(KeyError):
        term("nobody:Claim")


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
    assert shorten(iri) == short


@pytest.mark.parametrize("given_", ["id:guangzhou", f"{BASE}id/guangzhou", f"<{BASE}id/guangzhou>"])
def test_an_iri_may_be_given_in_three_ways(given_: str) -> None:
    assert full(given_) == f"{BASE}id/guangzhou"


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_every_prefix_goes_both_ways(prefix: str) -> None:
    iri = full(f"{prefix}:x")
    assert iri == PREFIXES[prefix] + "x"
    assert shorten(iri or "") == f"{prefix}:x"


@pytest.mark.parametrize("iri", ["https://example.org/a", "urn:example", "urn:isbn:0451450523", "mailto:a@example.org"])
def test_what_is_shortened_is_expanded_again(iri: str) -> None:
    assert full(shorten(iri)) == iri


@pytest.mark.parametrize("given_", ["guangzhou", "nobody:here", "", ":", "::", "ID:guangzhou"])
def test_what_has_no_known_prefix_is_not_expanded(given_: str) -> None:
    assert full(given_) is None


@pytest.mark.parametrize("bad", list(' "<>{}|^`\\\t\n\r\x00\x1f'))
def test_a_character_that_no_iri_has_is_refused(bad: str) -> None:
    assert full(f"id:guang{bad}zhou") is None
    assert full(f"https://example.org/guang{bad}zhou") is None


@pytest.mark.parametrize("bad", ["\x7f", "\x85", "\x9f", "\ufffe", "%zz"])
def test_what_the_engine_refuses_in_an_iri_is_refused(bad: str) -> None:
    assert full(f"id:guang{bad}zhou") is None


@pytest.mark.parametrize("slug", ["a", "guangzhou", "01caijing", "5g", "136-banhe-road"])
def test_slugs(slug: str) -> None:
    assert SLUG.fullmatch(slug)


@pytest.mark.parametrize("slug", ["", "-", "Guangzhou", "a--b", "-a", "a-", "a_b", "a b", "广州", "a.b", "é", "١"])
def test_not_slugs(slug: str) -> None:
    assert not SLUG.fullmatch(slug)


@given(slugs)
def test_a_slug_goes_both_ways(slug: str) -> None:
    assert full(shorten(BASE + "id/" + slug)) == BASE + "id/" + slug
