"""What the ontology lets a table say."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from conftest import SHIPPED

from gbkg.claims import vocabulary
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import turtle
from gbkg.core.errors import meant
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project

ROOT = Path(__file__).resolve().parents[1]


@cache
def terms() -> Vocabulary:
    return vocabulary.read(vocabulary.terms(Project(SHIPPED)))


def tiny(text: str) -> Vocabulary:
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return vocabulary.read(turtle.parse(prefixes + text))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("partOf", "entity"),
        ("foundedBy", "entity"),
        ("jointHeadquartersIn", "entity"),
        ("attracts", "entity"),
        ("hasTopic", "entity"),
        ("foundedOn", "date"),
        ("occurredOn", "date"),
        ("pilotStartedOn", "date"),
        ("alias", "text"),
        ("criterionText", "text"),
        ("version", "text"),
    ],
)
def test_a_property_says_what_its_object_is(name: str, kind: str) -> None:
    assert terms().properties[name] == kind


@pytest.mark.parametrize(
    "inverse", ["hasPart", "locationOf", "hosts", "established", "founded", "initiated", "operates", "issues"]
)
def test_inverse_names_are_not_offered(inverse: str) -> None:
    assert inverse in terms().labels
    assert inverse not in terms().properties


@pytest.mark.parametrize(
    "name", ["about", "indicator", "status", "attributedTo", "corrects", "concerns", "sha256", "unit", "notStated"]
)
def test_properties_of_claims_sources_and_curation_are_not_offered(name: str) -> None:
    assert name not in terms().properties


def test_the_property_above_all_dates_is_not_offered() -> None:
    assert "onDate" not in terms().properties


def test_every_property_offered_has_a_domain_of_entities() -> None:
    assert all(terms().is_a(terms().domains[name], "Entity") for name in terms().properties)


def test_every_property_with_entities_for_objects_has_a_range_of_entities() -> None:
    relations = [name for name, kind in terms().properties.items() if kind == "entity"]
    assert all(terms().is_a(terms().ranges[name], "Entity") for name in relations)


def test_no_name_is_both_a_property_and_an_indicator() -> None:
    assert not set(terms().properties) & set(terms().indicators)


def test_every_indicator_has_a_unit_of_the_list() -> None:
    assert all(units and units <= set(terms().units) for units in terms().indicators.values())


def test_every_indicator_applies_to_a_class_of_entities() -> None:
    assert set(terms().applies) == set(terms().indicators)
    assert all(terms().is_a(cls, "Entity") for cls in terms().applies.values())


@pytest.mark.parametrize(("indicator", "cls"), [("gdp", "Place"), ("annualSpending", "Policy")])
def test_an_indicator_says_what_it_is_measured_of(indicator: str, cls: str) -> None:
    assert terms().applies[indicator] == cls


@pytest.mark.parametrize(
    ("unit", "counted"),
    [("company", True), ("rankUnit", True), ("yuan", False), ("percent", False), ("squareMetre", False)],
)
def test_a_unit_says_whether_it_is_counted(unit: str, counted: bool) -> None:
    assert terms().units[unit] is counted


def test_a_precision_has_the_words_that_signal_it() -> None:
    assert {"nearly", "almost", "近"} <= set(terms().precisions["nearly"])
    assert terms().precisions["exact"] == ()


def test_a_precision_may_join_two() -> None:
    joined = terms().compounds["moreThanAbout"]
    assert joined == {"moreThan", "approximately"}
    words = {word for part in joined for word in terms().precisions[part]}
    assert set(terms().precisions["moreThanAbout"]) == words


def test_a_qualifier_has_the_words_that_signal_it() -> None:
    assert "such as" in terms().qualifiers["openList"]
    assert all(terms().qualifiers.values())


def test_no_word_signals_two_precisions() -> None:
    single = {name: words for name, words in terms().precisions.items() if not terms().compounds[name]}
    words = [word for signals in single.values() for word in signals]
    assert len(words) == len(set(words))


def test_closed_lists() -> None:
    assert terms().statuses == {"accepted", "disputed", "rejected", "unreadable"}
    assert terms().readings == {"stated", "implied"}


@pytest.mark.parametrize(
    ("cls", "ancestor", "expected"),
    [
        ("Municipality", "City", True),
        ("Municipality", "Agent", True),
        ("City", "City", True),
        ("City", "Municipality", False),
        ("Region", "Agent", False),
        ("Group", "Agent", False),
        ("CompanyGroup", "Agent", True),
        ("Nothing", "Entity", False),
    ],
)
def test_is_a(cls: str, ancestor: str, expected: bool) -> None:
    assert terms().is_a(cls, ancestor) is expected


def test_entity_classes_are_those_below_entity() -> None:
    assert {"Alliance", "City", "Topic"} <= set(terms().entity_classes)
    assert not {"Claim", "Source", "Gap", "Indicator"} & set(terms().entity_classes)


def test_every_class_of_the_ontology_has_a_label() -> None:
    assert set(terms().superclasses) <= set(terms().labels)


def test_terms_of_other_namespaces_are_not_offered() -> None:
    found = tiny(
        """gbkg:Entity a owl:Class . schema:Place a owl:Class ; rdfs:subClassOf gbkg:Entity .
        schema:near a owl:ObjectProperty ; rdfs:domain gbkg:Entity ; rdfs:range gbkg:Entity ."""
    )
    assert found.properties == {}
    assert found.entity_classes == ["Entity"]


def test_a_property_without_a_domain_is_not_offered() -> None:
    found = tiny("gbkg:Entity a owl:Class . gbkg:near a owl:ObjectProperty ; rdfs:range gbkg:Entity .")
    assert found.properties == {}


def test_a_property_below_on_date_takes_dates() -> None:
    found = tiny(
        """gbkg:Entity a owl:Class . gbkg:onDate a owl:DatatypeProperty ; rdfs:domain gbkg:Entity .
        gbkg:brewedOn a owl:DatatypeProperty ; rdfs:subPropertyOf gbkg:onDate ; rdfs:domain gbkg:Entity ."""
    )
    assert found.properties == {"brewedOn": "date"}


def test_inverses_are_declared_in_one_direction() -> None:
    given = vocabulary.terms(Project(SHIPPED))
    inverses = given.pairs("owl:inverseOf")
    assert inverses
    for one, other in inverses:
        assert (other, one) not in inverses
        assert one in given.instances("owl:ObjectProperty")
        assert given.objects(other, "rdfs:domain")


def test_every_term_has_one_label() -> None:
    given = vocabulary.terms(Project(SHIPPED))
    labelled = [s for s, _ in given.pairs("rdfs:label") if s.value.startswith(PREFIXES["gbkg"])]
    assert len(labelled) == len(set(labelled))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("foundedby", "did you mean foundedBy?"),
        ("FOUNDEDBY", "did you mean foundedBy?"),
        ("fundedBy", "did you mean foundedBy?"),
        ("blockchain", ""),
        ("", ""),
    ],
)
def test_near_names_are_hinted_at(name: str, hint: str) -> None:
    assert meant(name, ["foundedBy", "partOf", "alias"]) == hint


def test_the_nearest_name_comes_first() -> None:
    assert meant("foundedOm", ["foundedBy", "foundedOn"]).startswith("did you mean foundedOn")


def test_nothing_is_near_in_an_empty_list() -> None:
    assert meant("foundedBy", []) == ""
