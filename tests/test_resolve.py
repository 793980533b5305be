"""From what people type to the node they mean, with reasons."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import graphs
import pyoxigraph as ox
import pytest
from conftest import MINI, SHIPPED

from gbkg import build
from gbkg.ask.labels import Labels
from gbkg.ask.resolve import Remark, candidates, claims, resolve
from gbkg.core.errors import AmbiguousNameError, NotFoundError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.terms import term
from gbkg.knowledge import open as open_graph
from gbkg.store.memory import Memory


@pytest.fixture(scope="module")
def mini(mini_build: Path) -> Labels:
    return open_graph(MINI, mini_build / "gbkg.nq").labels


@pytest.fixture(scope="module")
def real(real_build: Path) -> Labels:
    return open_graph(None, real_build / "gbkg.nq").labels


def named(*pairs: tuple[str, str, str]) -> Labels:
    """A graph of entities (id, label, alias)."""
    lines = []
    for slug, label, alias in pairs:
        node = term(f"id:{slug}")
        lines += [f"{node} {term('rdf:type')} {term('gbkg:Place')} {term('graph:entities')} ."]
        lines += [f'{node} {term("rdfs:label")} "{label}" {term("graph:entities")} .']
        lines += [f'{node} {term("gbkg:alias")} "{alias}" {term("graph:facts")} .'] if alias else []
    return Labels(Memory.of(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)))


@pytest.mark.parametrize(
    ("typed", "kind", "meant"),
    [
        ("tea-harbour", "entity", "id:tea-harbour"),
        ("id:tea-harbour", "entity", "id:tea-harbour"),
        ("<https://w3id.org/gbkg/id/tea-harbour>", "node", "id:tea-harbour"),
        (" TEA harbour ", "entity", "id:tea-harbour"),
        ("gazette", "source", "src:gazette"),
        ("gazette.tea-houses", "claim", "clm:gazette.tea-houses"),
        ("clm:gazette.tea-houses", "claim", "clm:gazette.tea-houses"),
        ("teaTasters", "indicator", "gbkg:teaTasters"),
        ("city", "class", "gbkg:City"),
        ("part of", "property", "gbkg:partOf"),
        ("located-in-whole", "rule", "rule:located-in-whole"),
        ("tea-harbour", "gbkg:Place", "id:tea-harbour"),
    ],
)
def test_what_is_exact_is_taken_without_a_word(mini: Labels, typed: str, kind: str, meant: str) -> None:
    assert shorten(resolve(mini, typed, kind, pytest.fail).value) == meant


def test_an_alias_is_taken_with_the_claim_that_states_it(mini: Labels) -> None:
    heard: list[str] = []
    assert shorten(resolve(mini, "the leaf circle", remark=heard.append).value) == "id:harbour-tea-association"
    assert heard == [
        "'the leaf circle' is taken for Harbour Tea Association (id:harbour-tea-association, association): "
        "the alias 'the Leaf Circle', by the claim gazette.association-name"
    ]


def test_a_claim_is_found_by_its_own_id(mini: Labels) -> None:
    heard: list[str] = []
    assert claims(mini, "yard-in-quarter", heard.append) == {"gazette.yard-in-quarter"}
    assert heard == ["'yard-in-quarter' is taken for gazette.yard-in-quarter: part of 'gazette.yard-in-quarter'"]
    assert claims(mini, "gazette.tea-houses") < claims(mini, "gazette")


def test_a_part_of_a_name_is_not_taken_where_something_else_has_the_whole(real: Labels) -> None:
    with pytest.raises(NotFoundError) as stop:
        resolve(real, "blockchain companies", remark=pytest.fail)
    assert str(stop.value) == (
        "no entity is called 'blockchain companies'; did you mean Blockchain companies gathered in Huangpu District "
        "and Guangzhou Development Zone (id:huangpu-blockchain-companies, company group)? (gbkg:blockchainCompanies is "
        "an indicator)"
    )


@pytest.mark.parametrize("typed", ["Old Town", "old town", "OLD TOWN"])
def test_a_name_of_two_is_refused_with_both(typed: str) -> None:
    labels = named(("one", "Old Town", ""), ("two", "Two", "Old Town"))
    with pytest.raises(AmbiguousNameError) as stop:
        resolve(labels, typed, remark=pytest.fail)
    assert str(stop.value) == (
        f"{typed!r} may be Old Town (id:one, gbkg:Place) or Two (id:two, gbkg:Place) (say which entity by its id)"
    )


def test_an_id_comes_before_a_label_and_the_spelling_that_was_typed_before_another() -> None:
    labels = named(("tea", "Leaf", ""), ("two", "tea", ""), ("three", "Cup", ""), ("four", "CUP", ""))
    assert resolve(labels, "tea") == term("id:tea")
    assert resolve(labels, "Cup") == term("id:three")
    with pytest.raises(AmbiguousNameError):
        resolve(labels, "cup")


def test_parts_and_misspellings_are_ranked_with_their_reasons(mini: Labels) -> None:
    found = candidates(mini, "lantern")
    assert [one.match for one in found[:2]] == ["part", "part"] and {one.score for one in found[:2]} == {1.0}
    (near, *_) = candidates(mini, "Tea Harbuor")
    assert (near.short, near.match, near.label) == ("id:tea-harbour", "near", "Tea Harbour")
    assert 0.6 <= near.score < 1 and near.reason == f"similar to 'Tea Harbour' ({near.score:.2f})"
    assert near.to_dict()["iri"] == "https://w3id.org/gbkg/id/tea-harbour"


def test_all_words_count_in_any_order_and_a_misspelling_is_never_taken(mini: Labels) -> None:
    heard: list[str] = []
    assert resolve(mini, "association harbour", remark=heard.append) == term("id:harbour-tea-association")
    assert len(heard) == 1
    with pytest.raises(NotFoundError, match="did you mean Tea Harbour"):
        resolve(mini, "Tea Harbuor", remark=pytest.fail)
    with pytest.raises(NotFoundError):
        resolve(mini, "association harbour")


# ---- The shipped entities


@cache
def project() -> build.Inputs:
    return build.read(Project(SHIPPED))


@cache
def shipped() -> Labels:
    return Labels(Memory.of(graphs.quads(SHIPPED)))


def find(name: str, remark: Remark | None = None) -> str:
    return resolve(shipped(), name, remark=remark).value.removeprefix(PREFIXES["id"])


def suggestions(name: str) -> tuple[str, ...]:
    with pytest.raises(NotFoundError) as stop:
        find(name)
    return stop.value.suggestions


@pytest.mark.parametrize(
    "name",
    [
        "macau",
        "Macau",
        "MACAU",
        "id:macau",
        "https://w3id.org/gbkg/id/macau",
        "<https://w3id.org/gbkg/id/macau>",
        "Macao",
        "macao",
    ],
)
def test_an_entity_is_found_by_any_of_its_names(name: str) -> None:
    assert find(name) == "macau"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Guangzhou Blockchain Industry Association", "guangzhou-blockchain-industry-association"),
        ("Guangzhou Blockchain Association", "guangzhou-blockchain-industry-association"),
        ("Guangdong-HK-Macao Greater Bay Area", "greater-bay-area"),
        ("hk", "hong-kong"),
        ("Chengtou e Valley Blockchain Incubation Park", "e-valley-blockchain-incubator"),
        ("10 Blockchain (Version 1.0)", "ten-blockchain-policy"),
        ('"Blockchain + AI" platform', "blockchain-ai-platform"),
        ("AI", "artificial-intelligence"),
    ],
)
def test_an_entity_is_found_by_label_and_alias(name: str, slug: str) -> None:
    assert find(name) == slug


def test_every_entity_is_found_by_its_label() -> None:
    assert all(find(entity.label) == slug for slug, entity in project().entities.items())


def test_every_entity_is_found_by_each_alias() -> None:
    aliases = [claim for claim in project().claims if claim.predicate == "alias"]
    assert len(aliases) > 20
    assert all(find(claim.object) == claim.subject for claim in aliases)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Guangzho", "guangzhou"),
        ("macua", "macau"),
        ("Hong  Kong", "hong-kong"),
        ("statistics bureau", "guangzhou-statistics-bureau"),
        ("people's bank", "peoples-bank-of-china"),
        ("id:guangzho", "guangzhou"),
    ],
)
def test_a_near_miss_is_told(name: str, near: str) -> None:
    assert any(found.rpartition("(")[2].startswith(f"id:{near},") for found in suggestions(name))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("136 Banhe Road", "136-banhe-road"),
        ("greater bay area blockchain alliance", "gba-blockchain-alliance"),
        ("  tianhe ", "tianhe-district"),
        ("University of Maca", "university-of-macau"),
    ],
)
def test_a_part_that_one_entity_alone_has_is_taken_and_said_so(name: str, slug: str) -> None:
    said: list[str] = []
    assert find(name, said.append) == slug
    (words,) = said
    assert words.startswith(f"{name.strip()!r} is taken for {project().entities[slug].label} (id:{slug}, ")
    with pytest.raises(NotFoundError):
        find(name)


@pytest.mark.parametrize("name", ["Guangzho", "guangzhou blockchain", "ma", "the", ""])
def test_a_part_that_several_have_or_that_is_too_short_is_not_taken(name: str) -> None:
    with pytest.raises(NotFoundError):
        find(name, pytest.fail)


def test_an_exact_name_is_taken_without_a_word() -> None:
    assert find(" macau ", pytest.fail) == "macau"


def test_names_with_the_typed_words_come_before_those_spelled_nearly_so() -> None:
    assert suggestions("tianhe")[0] == "Tianhe District (id:tianhe-district, district)"


def test_at_most_three_names_are_suggested_each_once() -> None:
    found = suggestions("guangzhou blockchain")
    assert 0 < len(found) <= 3
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["xyzzy", "gbkg:foundedBy", "src:guangzhou-report", "Cardano"])
def test_a_name_that_nobody_has_is_not_found(name: str) -> None:
    with pytest.raises(NotFoundError, match="no entity is called"):
        find(name)
