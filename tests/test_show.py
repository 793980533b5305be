"""One entity for a reader: finding it by any of its names, and everything that claims say of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from conftest import SHIPPED

from gbkg import build
from gbkg.ask import show
from gbkg.ask.show import Card, Line
from gbkg.claims import curation
from gbkg.core.errors import NotFoundError
from gbkg.core.project import Project
from gbkg.core.records import Claim, Dating, Quantity

ROOT = Path(__file__).resolve().parents[1]


@cache
def project() -> build.Inputs:
    return build.read(Project(SHIPPED))


def find(name: str) -> str:
    return show.find(name, project().entities, project().claims).slug


def suggestions(name: str) -> tuple[str, ...]:
    with pytest.raises(NotFoundError) as stop:
        find(name)
    return stop.value.suggestions


def card(slug: str) -> Card:
    inputs = project()
    return show.card(inputs.entities[slug], inputs.entities, inputs.claims, inputs.vocabulary)


def lines(slug: str, group: str) -> list[str]:
    return [line.text for line in card(slug).lines if line.group == group]


def line(slug: str, text: str) -> Line:
    (found,) = [line for line in card(slug).lines if line.text == text]
    return found


def statistic(text: str, value: str | None, unit: str, precision: str = "exact") -> Claim:
    # A claim of the project with another number.
    given = next(claim for claim in project().claims if claim.quantity)
    quantity = Quantity(None if value is None else Decimal(value), text, unit, precision, None, None)
    return replace(given, quantity=quantity)


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
    assert any(found.endswith(f"(id:{near})") for found in suggestions(name))


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
    inputs, said = project(), list[str]()
    assert show.find(name, inputs.entities, inputs.claims, said.append).slug == slug
    assert said == [f"{name.strip()!r} is taken for {inputs.entities[slug].label} (id:{slug})"]
    with pytest.raises(NotFoundError):
        find(name)


@pytest.mark.parametrize("name", ["Guangzho", "guangzhou blockchain", "ma", "the", ""])
def test_a_part_that_several_have_or_that_is_too_short_is_not_taken(name: str) -> None:
    with pytest.raises(NotFoundError):
        show.find(name, project().entities, project().claims, pytest.fail)


def test_an_exact_name_is_taken_without_a_word() -> None:
    assert show.find(" macau ", project().entities, project().claims, pytest.fail).slug == "macau"


def test_names_with_the_typed_words_come_before_those_spelled_nearly_so() -> None:
    assert suggestions("tianhe")[0] == "Tianhe District (id:tianhe-district)"


def test_at_most_three_names_are_suggested_each_once() -> None:
    found = suggestions("guangzhou blockchain")
    assert 0 < len(found) <= 3
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["xyzzy", "gbkg:foundedBy", "src:guangzhou-report", "Cardano"])
def test_a_name_that_nobody_has_is_not_found(name: str) -> None:
    with pytest.raises(NotFoundError, match="no entity is called"):
        find(name)


def test_a_name_that_two_entities_have_is_told() -> None:
    alias = next(claim for claim in project().claims if claim.slug == "macao-name")
    claims = [*project().claims, replace(alias, subject="hong-kong")]
    with pytest.raises(
        NotFoundError, match=r"no single entity is called 'Macao'; did you mean Hong Kong \(id:hong-kong\), Macau"
    ) as stop:
        show.find("Macao", project().entities, claims)
    assert stop.value.suggestions == ("Hong Kong (id:hong-kong)", "Macau (id:macau)")


def test_a_slug_is_never_ambiguous() -> None:
    alias = next(claim for claim in project().claims if claim.slug == "macao-name")
    claims = [replace(alias, subject="hong-kong", object="macau")]
    assert show.find("macau", project().entities, claims).slug == "macau"


def test_a_card_has_the_class_in_words() -> None:
    assert card("gba-blockchain-alliance").type == "alliance"


def test_a_card_has_the_relations_of_the_entity() -> None:
    assert {
        "founded by Guangzhou Blockchain Industry Association",
        "founded by Hong Kong Blockchain Industry Association",
        "founded by University of Macau",
        "headquartered in Huangpu District",
        "joint headquarters in Hong Kong",
        "joint headquarters in Macau",
    } <= set(lines("gba-blockchain-alliance", "Relations"))


def test_a_card_has_the_relations_to_the_entity() -> None:
    assert lines("university-of-macau", "Relations to it") == [
        "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance – founded by → it"
    ]


def test_a_card_has_other_names() -> None:
    assert "Macao" in lines("macau", "Names")


def test_a_card_has_dates() -> None:
    assert lines("gba-blockchain-alliance", "Dates") == ["founded on 2018-11-09"]


def test_a_date_without_a_year_says_so() -> None:
    assert lines("state-council-order", "Dates") == ["issued on --05 (no year)"]


def test_a_card_has_what_is_said_of_the_entity() -> None:
    assert (
        "distinction: the first officially registered blockchain industry association in Guangdong Province"
        in lines("guangzhou-blockchain-industry-association", "Said of it")
    )


def test_a_card_has_statistics_with_precision_unit_and_date() -> None:
    assert lines("huangpu-and-development-zone", "Statistics") == [
        "blockchain companies gathered: nearly 300 companies; 2019-10"
    ]


def test_a_card_has_what_the_entity_says_of_others() -> None:
    assert "Guangzhou – gross domestic product: 2,258.935 billion yuan; 2018" in lines(
        "guangzhou-statistics-bureau", "Said by it"
    )


def test_groups_come_in_one_order() -> None:
    order = ["Names", "Relations", "Relations to it", "Dates", "Said of it", "Statistics", "Said by it"]
    for slug in project().entities:
        places = [order.index(line.group) for line in card(slug).lines]
        assert places == sorted(places)


def test_every_line_has_footnotes_that_lead_to_passages() -> None:
    for slug in project().entities:
        made = card(slug)
        assert all(line.footnotes for line in made.lines)
        cited = {number for line in made.lines for number in line.footnotes}
        assert cited == set(range(1, len(made.passages) + 1))


def test_a_footnote_leads_to_the_passage_of_its_claim() -> None:
    made = card("gba-blockchain-alliance")
    (number,) = line("gba-blockchain-alliance", "founded by University of Macau").footnotes
    passage, keys = made.passages[number - 1]
    assert passage.exact.endswith("University of Macau")
    assert keys == ("guangzhou-report.alliance-founder-macau",)


def test_every_claim_stands_on_the_card_of_its_subject() -> None:
    for claim in project().claims:
        keys = {key for _, found in card(claim.subject).passages for key in found}
        assert claim.key in keys


def test_a_line_remarks_on_an_implied_reading() -> None:
    found = line("hong-kong", "part of Guangdong-Hong Kong-Macao Greater Bay Area")
    assert found.remark == "implied; Read from the region's name"


def test_a_line_remarks_on_a_status_and_on_everyone_who_said_it() -> None:
    inputs = project()
    given = next(claim for claim in inputs.claims if claim.key == "guangzhou-report.guangzhou-gdp")
    guangzhou = inputs.entities["guangzhou"]
    disputed = replace(given, status="disputed", reading="stated", note="Doubtful.")
    (found,) = show.card(guangzhou, inputs.entities, [disputed], inputs.vocabulary).lines
    agents = "Guangzhou Statistics Bureau and Zero One Think Tank"
    assert found.remark == f"disputed; according to {agents} (implied); Doubtful"
    (found,) = show.card(guangzhou, inputs.entities, [replace(disputed, attribution="stated")], inputs.vocabulary).lines
    assert found.remark == f"disputed; according to {agents}; Doubtful"
    found = line("guangzhou", "gross domestic product: 2,258.935 billion yuan; 2018")
    assert found.remark.startswith(f"implied; according to {agents} (implied); ")


def test_a_line_remarks_on_the_criterion() -> None:
    given = next(claim for claim in project().claims if claim.criterion)
    inputs = project()
    (found,) = show.card(inputs.entities[given.subject], inputs.entities, [given], inputs.vocabulary).lines
    criterion = inputs.entities[given.criterion]
    assert f"counted by: {criterion.label} (id:{criterion.slug})" in found.remark.split("; ")


def test_a_plain_line_has_no_remark() -> None:
    assert line("gba-blockchain-alliance", "founded by University of Macau").remark == ""


def test_a_line_is_marked_that_curation_puts_in_doubt() -> None:
    # Ambiguities, inconsistencies and corrections do; passed checks and comparisons do not.
    inputs = project()
    doubts = curation.doubts(inputs.project)
    made = show.card(inputs.entities["patek"], inputs.entities, inputs.claims, inputs.vocabulary, (), doubts)
    (found,) = [line for line in made.lines if "established by" in line.text]
    assert found.remark == "in doubt, see cur:ambiguity-who-built-the-carriers"
    assert doubts["guangzhou-report.guangzhou-gdp"] == ["cur:inconsistency-rd-share-of-gdp"]
    assert "guangzhou-report.guangzhou-gdp-growth" not in doubts


def test_remarks_of_the_curation_are_handed_on_inconsistencies_first() -> None:
    inputs = project()
    remarks = ["one", "two", "inconsistency (x): y"]
    made = show.card(inputs.entities["macau"], inputs.entities, inputs.claims, inputs.vocabulary, remarks)
    assert made.remarks == ("inconsistency (x): y", "one", "two")


def test_the_footnotes_of_a_line_ascend() -> None:
    for slug in project().entities:
        assert all(list(line.footnotes) == sorted(line.footnotes) for line in card(slug).lines)


def test_that_a_number_cannot_be_read_is_said_once() -> None:
    park = "guangzhou-blockchain-international-innovation-center"
    found = line(park, "building area: printed '6,1307.3 square meters'; no date")
    assert found.remark == "The number cannot be read as printed; see the correction"
    inputs = project()
    given = next(claim for claim in inputs.claims if claim.key == "guangzhou-report.gbiic-building-area")
    bare = replace(given, note="")
    (found,) = show.card(inputs.entities[park], inputs.entities, [bare], inputs.vocabulary).lines
    assert (found.text, found.remark) == ("building area: unreadable, printed '6,1307.3 square meters'; no date", "")


@pytest.mark.parametrize(
    ("text", "value", "unit", "precision", "amount"),
    [
        ("11,022", "11022", "company", "exact", "11,022 companies"),
        ("nearly 300", "300", "company", "nearly", "nearly 300 companies"),
        ("one", "1", "company", "exact", "1 company"),
        ("203,600", "203600", "person", "exact", "203,600 people"),
        ("five", "5", "city", "exact", "5 cities"),
        ("2,258.935 billion yuan", "2258935000000", "yuan", "exact", "2,258.935 billion yuan"),
        ("8.9 trillion yuan", "8900000000000", "yuan", "moreThan", "more than 8.9 trillion yuan"),
        ("$29.1 million", "29100000", "usDollar", "approximately", "about 29.1 million US dollars"),
        ("as much as RMB 6 million", "6000000", "yuan", "atMost", "at most 6 million yuan"),
        ("exceeded 60%", "60", "percent", "moreThan", "more than 60 %"),
        ("2.63%", "2.63", "percent", "exact", "2.63 %"),
        ("eighteenth", "18", "rankUnit", "exact", "number 18"),
        ("6,1307.3 square meters", None, "squareMetre", "exact", "unreadable, printed '6,1307.3 square meters'"),
        ("9", "9", "area", "exact", "9 areas of support"),
        ("6", "6", "serviceType", "exact", "6 types of service product"),
    ],
)
def test_amounts(text: str, value: str | None, unit: str, precision: str, amount: str) -> None:
    assert show.amount(statistic(text, value, unit, precision), project().vocabulary) == amount


def test_the_amount_of_a_range_has_both_bounds() -> None:
    given = statistic("between 1,000 and 3,000 firms", None, "company", "between")
    assert given.quantity is not None
    both = replace(given.quantity, lower=Decimal(1000), upper=Decimal(3000))
    amount = show.amount(replace(given, quantity=both), project().vocabulary)
    assert amount == "between 1,000 and 3,000 companies"


@pytest.mark.parametrize(
    ("dating", "words"),
    [
        (None, ""),
        (Dating("dated", "2018-09"), "2018-09"),
        (Dating("dated", "2018", "2015"), "2015 to 2018"),
        (Dating("dated", "--09"), "--09 (no year)"),
        (Dating("inferred", "2019-10-24"), "2019-10-24 (inferred)"),
        (Dating("undated"), "no date"),
        (Dating("undated", text="At present"), "no date, 'At present'"),
    ],
)
def test_dates(dating: Dating | None, words: str) -> None:
    assert show.when(dating) == words
