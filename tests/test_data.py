"""The real project: what a careful reader would look up in the documents, each by its claim and its quotation.

The last tests need the documents themselves; they say so when they are skipped.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import pytest
from graphs import CLM, CUR, GBKG, ID, read_rdflib, stated
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS

from gbkg import build
from gbkg.claims import curation
from gbkg.claims.inputs import Inputs
from gbkg.core.project import Project
from gbkg.core.rdflibterms import from_ox
from gbkg.core.records import Claim, Quantity
from gbkg.core.text import in_digits
from gbkg.documents import coverage, passages, quantities, sources
from gbkg.documents.passages import ELLIPSIS, fold
from gbkg.validate.gates import Places

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {"article": "guangdong-article", "report": "guangzhou-report"}
GBIIC = "guangzhou-blockchain-international-innovation-center"
ASSOCIATION = "guangzhou-blockchain-industry-association"
E_VALLEY = "e-valley-blockchain-incubator"
ALLIANCE = "gba-blockchain-alliance"

# Of each the claim; subject, property and object; words of its quotations.
RELATIONS = """
report.alliance-founder-gz
    gba-blockchain-alliance foundedBy guangzhou-blockchain-industry-association
    jointly created by the Guangzhou Blockchain Industry Association
report.alliance-founder-hk
    gba-blockchain-alliance foundedBy hong-kong-blockchain-industry-association
    the Hong Kong Blockchain Industry Association
report.alliance-founder-macau
    gba-blockchain-alliance foundedBy university-of-macau
    the University of Macau
report.alliance-founded
    gba-blockchain-alliance foundedOn 2018-11-09
    On November 9, 2018
report.alliance-headquarters-huangpu
    gba-blockchain-alliance headquarteredIn huangpu-district
    The headquarters of the alliance is located in Huangpu District
report.alliance-headquarters-zone
    gba-blockchain-alliance headquarteredIn guangzhou-development-zone
    and Guangzhou Development Zone
report.alliance-joint-hong-kong
    gba-blockchain-alliance jointHeadquartersIn hong-kong
    respectively set up joint headquarters
report.alliance-joint-macau
    gba-blockchain-alliance jointHeadquartersIn macau
    respectively set up joint headquarters
report.association-founded
    guangzhou-blockchain-industry-association foundedOn 2017-07-28
    On July 28, 2017
report.association-initiator-holdings
    guangzhou-blockchain-industry-association initiatedBy guangzhou-high-tech-zone-technology-holdings
    initiated by 16 units including Guangzhou High-tech Zone Technology Holdings
report.association-initiator-institute
    guangzhou-blockchain-industry-association initiatedBy guangzhou-opto-mechanical-institute
    Opto-Mechanical and Electrical
report.association-initiator-boao
    guangzhou-blockchain-industry-association initiatedBy guangzhou-boao-zongheng
    Guangzhou Boao Zongheng Network Technology
report.gbiic-address
    guangzhou-blockchain-international-innovation-center hasAddress 136-banhe-road
    located at 136 Banhe Road, Huangpu District
report.gbiic-founder-patek
    guangzhou-blockchain-international-innovation-center establishedBy patek
    jointly established by Patek
report.gbiic-founder-government
    guangzhou-blockchain-international-innovation-center establishedBy huangpu-district-government
    and Huangpu District Government
report.gbiic-operator
    guangzhou-blockchain-international-innovation-center operatedBy patek-zhongchuang-joint-venture
    is responsible for the operation of the park
report.joint-venture-patek
    patek-zhongchuang-joint-venture jointVentureOf patek
    The joint venture between Patek
report.joint-venture-zhongchuang
    patek-zhongchuang-joint-venture jointVentureOf zhongchuang-incubator
    and Zhongchuang Incubator
report.gbiic-building-a-for
    gbiic-building-a intendedFor leading-enterprises
    mainly introduces leading enterprises
report.gbiic-building-b-for
    gbiic-building-b intendedFor small-and-micro-tech-startups
    Building B is mainly aimed at technology startup small and micro enterprises
report.antmi-operator
    antmi-blockchain-maker-space operatedBy guangzhou-antmi-incubator
    Antmi Space is operated by Guangzhou Antmi Incubator
report.antmi-address
    antmi-blockchain-maker-space hasAddress 31-guangshan-third-road
    No. 31 Guangshan Third Road
report.e-valley-founder-chengtou
    e-valley-blockchain-incubator establishedBy guangzhou-urban-construction-investment-group
    Guangzhou Urban Construction Investment Group
report.e-valley-founder-yigu
    e-valley-blockchain-incubator establishedBy zhongguancun-yigu
    Zhongguancun Yigu (Beijing) Technology Service
report.e-valley-settled-on
    e-valley-blockchain-incubator settledOn 2017-09-04
    on September 4, 2017
report.huangpu-built-gbiic
    huangpu-district hasBuilt guangzhou-blockchain-international-innovation-center
    Guangzhou Blockchain International Innovation Center
report.huangpu-built-e-valley
    huangpu-district hasBuilt e-valley-blockchain-incubator
    Zhongguancun e Valley Blockchain Incubator
report.huangpu-built-antmi
    huangpu-district hasBuilt antmi-blockchain-maker-space
    Antmi Blockchain Maker Space
report.huangpu-built-future-space
    huangpu-district hasBuilt blockchain-future-space
    Blockchain Future Space
report.youth-base-builder
    guangzhou isBuilding gba-youth-base
    is accelerating the construction
report.base-named-with-association
    blockchain-innovation-base namedWith guangzhou-blockchain-industry-association
    focused on building four bases and one platform
report.parks-in-guangzhou
    guangzhou-blockchain-parks locatedIn guangzhou
    As far as Guangzhou is concerned
report.yuexiu-park-in
    yuexiu-international-blockchain-park locatedIn yuexiu-district
    located in Yuexiu District
report.iab-announced-on
    iab-plan announcedOn 2017-03
    In March 2017
report.inclusion-date
    blockchain-inclusion-2016 occurredOn 2016
    In 2016
report.learning-date
    eighteenth-collective-learning occurredOn --10-24
    on October 24 this year
report.learning-by
    eighteenth-collective-learning conductedBy political-bureau
    conducted the eighteenth collective learning
report.report-author
    guangzhou-park-report authoredBy zhao-jing
    Author: Zhao Jing
report.report-original-title
    guangzhou-park-report originalTitle Guangzhou Blockchain Industry and Park Development Report
    Original title
report.bubby-settled-huangpu
    bubby-blockchain-research-institute settledIn huangpu-district
    has settled in Huangpu District
report.zone-part-free-trade
    guangzhou-free-trade-zone partOf guangzhou-development-zone
    Guangzhou Development Zone includes
article.order-issuer
    state-council-order issuedBy state-council
    issued an order
article.order-date
    state-council-order issuedOn --05
    in May
article.imi-launched-on
    imi launchedOn --06
    in June
article.imi-launched-by
    imi launchedBy chancheng-district
    Chancheng District launched
article.trade-platform-pilot-date
    trade-finance-platform pilotStartedOn --09
    in early September
article.trade-platform-pilot-place
    trade-finance-platform pilotedIn shenzhen
    pilot operations in Shenzhen
article.trade-platform-guided
    trade-finance-platform guidedBy peoples-bank-of-china
    shepherded by the People's Bank of China
article.shenzhen-bonus-beneficiary
    shenzhen-bonus intendedFor blockchain-entrepreneurs
    in bonus to blockchain entrepreneurs
"""

# Of each the claim; subject, indicator, value, unit, precision and date; the number as printed.
STATISTICS = """
report.association-initiating-units
    guangzhou-blockchain-industry-association initiatingUnits 16 organization exact none
    16
report.gbiic-land-area
    guangzhou-blockchain-international-innovation-center landArea 15104 squareMetre exact none
    15,104 square meters
report.gbiic-buildings
    guangzhou-blockchain-international-innovation-center buildingsForEnterprises 2 buildingUnit exact none
    two
report.gbiic-companies
    guangzhou-blockchain-international-innovation-center residentCompanies 53 company exact none
    53
report.gbiic-occupancy
    guangzhou-blockchain-international-innovation-center occupancyRate 60 percent moreThan none
    exceeded 60%
report.huangpu-carriers
    huangpu-district carriersBuilt 4 carrier exact none
    four
report.guangzhou-parks
    guangzhou blockchainIndustrialParks 5 park exact none
    5
report.china-parks
    china blockchainIndustrialParks 35 park exact none
    35
report.guangdong-parks
    guangdong blockchainIndustrialParks 6 park exact none
    six
report.guangzhou-parks-counted
    guangzhou blockchainIndustrialParks 5 park exact none
    five
report.shanghai-parks
    shanghai blockchainIndustrialParks 4 park exact none
    four
report.hangzhou-parks
    hangzhou blockchainIndustrialParks 4 park exact none
    four
report.guangzhou-companies
    guangzhou blockchainCompanies 13723 company exact 2019-10
    13,723
report.tianhe-companies
    tianhe-district blockchainCompanies 5341 company exact none
    5,341
report.huangpu-companies
    huangpu-district blockchainCompanies 1699 company exact none
    1,699
report.huangpu-gathered
    huangpu-and-development-zone blockchainCompaniesGathered 300 company nearly 2019-10
    nearly 300
report.china-new-companies
    china blockchainCompaniesIncrease 4195 company exact 2016/2017
    4,195
report.guangzhou-new-companies-2017
    guangzhou newBlockchainCompanies 2180 company exact 2017
    2,180
report.guangzhou-new-companies-2019
    guangzhou newBlockchainCompanies 4335 company exact 2019-10
    4,335
report.guangzhou-new-growth
    guangzhou blockchainCompaniesGrowth 637 percent exact 2016/2017
    637%
report.guangzhou-gdp
    guangzhou gdp 2258935000000 yuan exact 2018
    2,258.935 billion yuan
report.guangzhou-rd
    guangzhou rdExpenditure 60017000000 yuan exact 2018
    60.017 billion yuan
report.guangzhou-rd-share
    guangzhou rdShareOfGdp 2.63 percent exact 2018
    2.63%
report.high-tech-enterprises
    guangzhou-high-tech-zone highTechEnterprises 3544 company exact 2018-12
    3,544
report.high-tech-increase
    guangzhou-high-tech-zone highTechEnterprisesIncrease 2575 company exact 2015/2018-12
    2,575
report.high-tech-growth
    guangzhou-high-tech-zone highTechEnterprisesGrowth 266 percent exact 2015/2018-12
    266%
report.learning-number
    eighteenth-collective-learning sessionNumber 18 seriesPlace exact --10-24
    eighteenth
report.antmi-fund-projects
    antmi-fund investedProjects 30 projectUnit moreThan none
    more than 30
article.guangdong-companies
    guangdong blockchainCompanies 11022 company exact --09
    11,022
article.zhejiang-companies
    zhejiang blockchainCompanies 1083 company exact --09
    1,083
article.guangdong-startups-headline
    guangdong blockchainStartups 10000 company moreThan none
    Over 10,000
article.guangdong-gdp-yuan
    guangdong gdp 8900000000000 yuan moreThan 2017
    exceeded 8.9 trillion yuan
article.guangdong-gdp-usd
    guangdong gdp 1390000000000 usDollar moreThanAbout 2017
    about $1.39 trillion
article.guangzhou-spending-yuan
    guangzhou-annual-spending annualSpending 200000000 yuan approximately none
    roughly RMB 200 million
article.guangzhou-spending-usd
    guangzhou-annual-spending annualSpending 29100000 usDollar approximately none
    $29.1 million
article.shenzhen-bonus-ceiling
    shenzhen-bonus maximumBonus 6000000 yuan atMost none
    as much as RMB 6 million
article.foshan-policies-areas
    foshan-supportive-policies policyAreas 9 area exact none
    9
article.trade-platform-regions
    trade-finance-platform regionsServed 3 regionUnit exact none
    three
"""


def cases(text: str) -> list[tuple[str, list[str], str]]:
    # The cases of a list above, three lines each.
    lines = [line.strip() for line in text.strip().splitlines()]
    return [(lines[i], lines[i + 1].split(), lines[i + 2]) for i in range(0, len(lines), 3)]


@cache
def project() -> Inputs:
    return build.read(Project(ROOT))


@cache
def curated() -> Graph:
    return read_rdflib(ROOT / "data" / "curation.ttl")


@cache
def graphs() -> dict[str, Graph]:
    return stated(ROOT)


@cache
def by_key() -> dict[str, Claim]:
    return {claim.key: claim for claim in project().claims}


def claim(short: str) -> Claim:
    # The claim of this name; `report` and `article` stand for the names of the documents.
    source, _, slug = short.partition(".")
    return by_key()[f"{DOCUMENTS[source]}.{slug}"]


def quantity(short: str) -> Quantity:
    found = claim(short).quantity
    assert found is not None
    return found


def quoted(found: Claim) -> str:
    return fold("\n".join(passage.exact for passage in found.passages))


def objects(subject: str, predicate: str) -> set[str]:
    # The objects of accepted claims.
    return {
        c.object for c in project().claims if (c.subject, c.predicate, c.status) == (subject, predicate, "accepted")
    }


def subjects(predicate: str, value: str) -> set[str]:
    return {c.subject for c in project().claims if (c.predicate, c.object, c.status) == (predicate, value, "accepted")}


def statistics() -> list[Claim]:
    return [c for c in project().claims if c.quantity]


def said(node: URIRef, term: URIRef) -> str:
    return str(curated().value(node, term))


def curations(kind: URIRef) -> list[URIRef]:
    return sorted(node for node in curated().subjects(RDF.type, kind) if isinstance(node, URIRef))


def test_the_tables_have_no_faults() -> None:
    assert [str(finding) for finding in project().findings if finding.severity == "violation"] == []


@pytest.mark.parametrize(("short", "expected", "words"), cases(RELATIONS), ids=[c[0] for c in cases(RELATIONS)])
def test_a_fact_and_its_quotation(short: str, expected: list[str], words: str) -> None:
    found = claim(short)
    assert [found.subject, found.predicate, *found.object.split()] == expected
    assert found.status == "accepted"
    assert words in quoted(found)


@pytest.mark.parametrize(("short", "expected", "text"), cases(STATISTICS), ids=[c[0] for c in cases(STATISTICS)])
def test_a_statistic_and_its_quotation(short: str, expected: list[str], text: str) -> None:
    found, number = claim(short), quantity(short)
    assert number.value is not None
    assert found.dating is not None
    date = "/".join(filter(None, (found.dating.since, found.dating.value))) or "none"
    value = in_digits(number.value)
    assert [found.subject, found.predicate, value, number.unit, number.precision, date] == expected
    assert number.text == text
    assert fold(text) in quoted(found)


def test_at_least_thirty_facts_and_thirty_statistics_are_looked_up() -> None:
    assert min(len(cases(RELATIONS)), len(cases(STATISTICS))) >= 30
    names = [short for short, _, _ in cases(RELATIONS) + cases(STATISTICS)]
    assert len(names) == len(set(names))


def test_the_alliance_has_three_founders_and_no_fourth() -> None:
    assert len(objects(ALLIANCE, "foundedBy")) == 3


def test_three_of_sixteen_initiating_units_are_named() -> None:
    assert len(objects(ASSOCIATION, "initiatedBy")) == 3
    assert "initiated by 16 units including" in quoted(claim("report.association-initiating-units"))


def test_the_park_is_not_run_by_who_established_it() -> None:
    assert objects(GBIIC, "establishedBy").isdisjoint(objects(GBIIC, "operatedBy"))


def test_the_unreadable_area_has_no_value_and_a_correction() -> None:
    found, number = claim("report.gbiic-building-area"), quantity("report.gbiic-building-area")
    assert (found.status, number.value, number.text) == ("unreadable", None, "6,1307.3 square meters")
    correction = CUR["correction-gbiic-building-area"]
    assert (correction, GBKG.corrects, from_ox(found.iri)) in curated()
    assert said(correction, GBKG.correctedValue) == "61307.3"
    assert said(correction, GBKG.printedText) == number.text


def test_the_two_buildings_printed_b_and_b_are_a_and_b() -> None:
    assert "B and B are for enterprises" in quoted(claim("report.gbiic-buildings"))
    assert said(CUR["correction-gbiic-buildings-a-and-b"], GBKG.correctedText) == "A and B"
    assert subjects("partOf", GBIIC) == {"gbiic-building-a", "gbiic-building-b"}


def test_the_four_carriers_are_four_things() -> None:
    assert len(objects("huangpu-district", "hasBuilt")) == 4
    assert quantity("report.huangpu-carriers").value == 4


def test_occupancy_is_a_lower_bound() -> None:
    number = quantity("report.gbiic-occupancy")
    assert (number.lower, number.upper) == (60, None)


def test_nearly_300_is_an_upper_bound() -> None:
    number = quantity("report.huangpu-gathered")
    assert (number.lower, number.upper) == (None, 300)


def test_the_bonus_is_a_ceiling() -> None:
    number = quantity("article.shenzhen-bonus-ceiling")
    assert (number.lower, number.upper) == (None, 6_000_000)


@pytest.mark.parametrize(
    "indicator", ["blockchainCompaniesIncrease", "newBlockchainCompanies", "highTechEnterprisesIncrease"]
)
def test_an_increase_is_a_flow(indicator: str) -> None:
    assert (GBKG[indicator], GBKG.indicatorKind, GBKG.flow) in graphs()["ontology"]


def test_the_national_increase_is_no_number_of_companies() -> None:
    assert "increased by 4,195" in quoted(claim("report.china-new-companies"))
    assert not any(c.predicate == "blockchainCompanies" and c.subject == "china" for c in project().claims)


@pytest.mark.parametrize(
    "short",
    [
        "article.order-date",
        "article.imi-launched-on",
        "article.trade-platform-pilot-date",
        "report.learning-date",
    ],
)
def test_a_date_without_a_year_gets_none(short: str) -> None:
    assert claim(short).object.startswith("--")
    assert "year" in claim(short).note


def test_no_date_of_the_article_has_a_year_but_2017() -> None:
    dated = [c.dating.value for c in project().claims if c.source == "guangdong-article" and c.dating]
    assert {value for value in dated if value and not value.startswith("--")} == {"2017"}


def test_whose_rate_637_percent_is_stays_open() -> None:
    found = claim("report.guangzhou-new-growth")
    assert found.reading == "implied"
    assert (CUR["ambiguity-growth-rate-637"], GBKG.concerns, from_ox(found.iri)) in curated()


def test_what_the_increase_means_stays_open() -> None:
    about = set(curated().objects(CUR["ambiguity-increase-or-additions"], GBKG.concerns))
    assert about == {
        from_ox(claim("report.china-new-companies").iri),
        from_ox(claim("report.guangzhou-new-companies-2017").iri),
    }


@pytest.mark.parametrize(
    ("node", "kind", "computed", "expected"),
    [
        ("inconsistency-two-exchange-rates", GBKG.Inconsistency, "6.40", "6.87"),
        ("inconsistency-rd-share-of-gdp", GBKG.Inconsistency, "2.66", "2.63"),
        ("inconsistency-one-platform-three-listed", GBKG.Inconsistency, "1.00", "3.00"),
        ("check-high-tech-growth", GBKG.PassedCheck, "265.74", "266.00"),
        ("check-carrier-parts", GBKG.PassedCheck, "87307.30", "100000.00"),
        ("check-parks-within-china", GBKG.PassedCheck, "14.00", "35.00"),
    ],
)
def test_a_recalculation(node: str, kind: URIRef, computed: str, expected: str) -> None:
    assert (CUR[node], RDF.type, kind) in curated()
    assert f"{float(said(CUR[node], GBKG.computedValue)):.2f}" == computed
    assert f"{float(said(CUR[node], GBKG.expectedValue)):.2f}" == expected


def test_every_recalculation_comes_out_as_stated() -> None:
    found = curation.check(
        curation.read(project().project),
        Places(project()),
        curation.figures(project().claims, project().sources),
        project().vocabulary,
    )
    assert [str(finding) for finding in found] == []
    assert len(curations(GBKG.PassedCheck)) >= 20
    assert {str(node).removeprefix(f"{CUR}inconsistency-") for node in curations(GBKG.Inconsistency)} == {
        "rd-share-of-gdp",
        "two-exchange-rates",
        "one-platform-three-listed",
    }


def test_an_inconsistency_names_every_claim_of_its_formula() -> None:
    for node in curations(GBKG.Inconsistency):
        named = {str(thing).removeprefix(str(CLM)) for thing in curated().objects(node, GBKG.concerns)}
        assert named == set(re.findall(r"\{([^{}]+)\}", said(node, GBKG.formula)))
        assert len(named) > 1
        assert named <= set(by_key())


def test_the_gross_domestic_product_is_kept_as_printed_with_the_inconsistency_beside_it() -> None:
    found = claim("report.guangzhou-gdp")
    assert (found.status, found.reading) == ("accepted", "implied")
    assert (CUR["inconsistency-rd-share-of-gdp"], GBKG.concerns, from_ox(found.iri)) in curated()
    assert not list(graphs()["facts"].triples((ID.guangzhou, GBKG.gdp, None)))


@pytest.mark.parametrize(
    ("node", "some"),
    [
        (
            "ambiguity-bases-and-platforms",
            {"association-bases", "association-platforms", "base-named-with-association"},
        ),
        ("ambiguity-mainly-concentrated", {"parks-in-guangdong", "parks-in-shanghai", "parks-in-hangzhou"}),
    ],
)
def test_words_that_may_be_read_in_two_ways_are_an_ambiguity(node: str, some: set[str]) -> None:
    assert (CUR[node], RDF.type, GBKG.Ambiguity) in curated()
    assert {from_ox(claim(f"report.{slug}").iri) for slug in some} <= set(curated().objects(CUR[node], GBKG.concerns))


def test_seven_figures_are_attributed_to_two_agents() -> None:
    two = {found.slug: found for found in statistics() if len(found.attributed_to) > 1}
    assert set(two) == {
        "guangzhou-gdp",
        "guangzhou-patents",
        "high-tech-enterprises",
        "high-tech-share",
        "industrial-rd",
        "industrial-rd-personnel",
        "technical-personnel",
    }
    for found in two.values():
        assert found.attributed_to == ("guangzhou-statistics-bureau", "zero-one-think-tank")
        assert len(set(graphs()["claims"].objects(from_ox(found.iri), GBKG.attributedTo))) == 2


@pytest.mark.parametrize("slug", ["tianhe-companies", "huangpu-companies", "guangzhou-companies"])
def test_registered_companies_are_counted_by_the_think_tank_by_its_criterion(slug: str) -> None:
    found = claim(f"report.{slug}")
    assert found.attributed_to == ("zero-one-think-tank",)
    assert found.criterion == "company-count-criterion"


def test_the_five_parks_of_guangzhou_are_five_things() -> None:
    parks = subjects("memberOf", "guangzhou-blockchain-parks")
    assert parks == {
        GBIIC,
        E_VALLEY,
        "antmi-blockchain-maker-space",
        "blockchain-future-space",
        "yuexiu-international-blockchain-park",
    }
    assert len(parks) == quantity("report.guangzhou-parks").value


def test_a_statistic_is_of_what_its_indicator_applies_to() -> None:
    applies, entities = project().vocabulary.applies, project().entities
    assert {found.predicate for found in statistics()} <= set(applies)
    for found in statistics():
        assert project().vocabulary.is_a(entities[found.subject].type, applies[found.predicate])


def test_the_incubator_of_many_names() -> None:
    assert {
        "Guangzhou Urban Investment, Zhongguancun e Valley Blockchain Incubator",
        "Chengtou e Valley Blockchain Incubation Park",
        "Guangzhou Chengtou · Zhongguancun e- Valley Blockchain Incubator",
        "Guangzhou Chengtou · Zhongguancun egu Blockchain Incubator",
    } <= objects(E_VALLEY, "alias")
    assert len(objects(E_VALLEY, "alias") | {project().entities[E_VALLEY].label}) >= 5


def test_twelve_figures_and_four_tables_are_lost() -> None:
    gaps = {str(node).removeprefix(f"{CUR}gap-") for node in curations(GBKG.Gap)}
    assert gaps == {f"figure-{n}" for n in range(1, 13)} | {f"table-{n}" for n in range(1, 5)}


def test_every_gap_has_its_caption_for_a_passage() -> None:
    captions = {r.quote for r in project().readings if r.reason == "caption"}
    lost = [said(node, GBKG.lostContent) for node in curations(GBKG.Gap)]
    assert sorted(caption.split(" ", 2)[2] for caption in captions) == sorted(lost)


def test_the_criterion_for_counting_is_quoted() -> None:
    (text,) = objects("company-count-criterion", "criterionText")
    assert text.startswith('companies that include "blockchain" in the company name / former name / business scope')
    assert fold(text) in quoted(claim("report.criterion-definition"))
    assert objects("company-count-criterion", "appliedBy") == {"zero-one-think-tank"}


def test_the_criterion_for_counting_has_its_caveat() -> None:
    (text,) = objects("company-count-criterion", "caveat")
    assert text.endswith("have not actually launched blockchain business")
    assert fold(text) in quoted(claim("report.criterion-caveat"))


@pytest.mark.parametrize(
    "name", ["Cardano", "ADA", "CoinDesk", "DCG", "Ethereum", "IOG", "Gregaard", "found this helpful", "93 out of 132"]
)
def test_teasers_and_votes_of_readers_are_no_facts(name: str) -> None:
    assert not [e.slug for e in project().entities.values() if name in f"{e.label} {e.description}"]
    assert not [c.key for c in project().claims if name in f"{c.object} {c.note} {quoted(c)}"]


def test_the_university_of_a_caption_is_no_entity() -> None:
    assert "guangzhou-university" not in project().entities
    assert not [e.slug for e in project().entities.values() if e.label == "Guangzhou University"]
    assert "not made an entity" in said(CUR["gap-figure-6"], RDFS.comment)


def test_no_claim_is_read_from_the_furniture_of_a_page() -> None:
    furniture = [r for r in project().readings if r.reason == "furniture"]
    assert len(furniture) >= 8
    for passage in {p for c in project().claims for p in c.passages}:
        assert not any(
            r.source == passage.source and passage.start < r.end and passage.end > r.start for r in furniture
        )


def test_every_statistic_has_a_unit_a_precision_and_a_dating() -> None:
    assert len(statistics()) >= 65
    for found in statistics():
        number = found.quantity
        assert number is not None
        assert number.unit in project().vocabulary.units
        assert number.precision in project().vocabulary.precisions
        assert found.dating is not None
        assert bool(found.dating.value) == (found.dating.kind != "undated")


def test_every_statistic_but_an_unreadable_one_has_the_value_that_is_printed() -> None:
    for found in statistics():
        number = found.quantity
        assert number is not None
        read = quantities.read(number.text)
        if number.precision == "between":
            assert number.value is None
            assert quantities.ranges(number.text, "en") == ((number.lower, number.upper),)
            continue
        assert (number.value is None) == (found.status == "unreadable") == (read is None)
        assert read is None or read.value == number.value


def test_no_word_of_limitation_stands_before_an_exact_number() -> None:
    words = [word for signals in project().vocabulary.precisions.values() for word in signals]
    for found in statistics():
        number = found.quantity
        assert number is not None
        before = quoted(found).partition(fold(number.text))[0][-16:].lower()
        assert number.precision != "exact" or not any(before.rstrip(" (").endswith(word) for word in words)


def test_every_implied_reading_says_how() -> None:
    assert all(c.note for c in project().claims if c.reading == "implied")


def test_every_entity_is_spoken_of() -> None:
    spoken = {name for c in project().claims for name in (c.subject, c.object, *c.attributed_to)}
    assert set(project().entities) <= spoken


def test_facts_are_what_accepted_relations_say() -> None:
    accepted = {
        (c.subject, c.predicate, c.object) for c in project().claims if c.status == "accepted" and not c.quantity
    }
    assert len(graphs()["facts"]) == len(accepted)


def test_quotations_of_one_place_agree() -> None:
    assert list(passages.disagreements(p for c in project().claims for p in c.passages)) == []


def test_curation_names_claims_that_there_are() -> None:
    named = {o for o in curated().objects() if str(o).startswith(str(CLM))}
    assert named <= {from_ox(c.iri) for c in project().claims}


def cells() -> list[tuple[str, str]]:
    # File and text of every cell of every table.
    tables = sorted((ROOT / "data").rglob("*.tsv"))
    assert len(tables) >= 6
    return [
        (path.name, cell)
        for path in tables
        for line in path.read_text(encoding="utf-8").splitlines()
        for cell in line.split("\t")
    ]


def test_documents_are_known_by_their_digest(sources_dir: Path) -> None:
    library = sources.collect(sources_dir, project().sources)
    assert sources.check(library, project().sources) == []
    assert set(library.texts) == set(project().sources) >= {"guangdong-article", "guangzhou-report"}


def test_every_passage_is_what_the_document_has_there(sources_dir: Path) -> None:
    texts = sources.collect(sources_dir, project().sources).texts
    found = [p for c in project().claims for p in c.passages]
    assert len(found) >= len(project().claims)
    assert all(texts[p.source][p.start : p.end] == p.exact for p in found)


def test_every_span_set_aside_is_what_the_document_has_there(sources_dir: Path) -> None:
    texts = sources.collect(sources_dir, project().sources).texts
    assert [fault for r in project().readings if (fault := coverage.check_reading(r, texts[r.source]))] == []


def test_every_sentence_is_behind_a_claim_or_set_aside(sources_dir: Path) -> None:
    findings, accounted = build.verify(project(), sources_dir)
    assert [str(finding) for finding in findings] == []
    assert all(s.accounted for found in accounted.values() for s in found)
    assert accounted.keys() == project().sources.keys() and all(accounted.values())
    assert len(accounted["guangdong-article"]) > 10 and len(accounted["guangzhou-report"]) > 100


def test_no_text_is_quoted_whole(sources_dir: Path) -> None:
    for slug, text in sources.collect(sources_dir, project().sources).texts.items():
        held = {i for c in project().claims if c.source == slug for p in c.passages for i in range(p.start, p.end)}
        for reading in project().readings:
            head, gap, tail = reading.quote.partition(ELLIPSIS)
            if reading.source == slug:
                held |= set(range(reading.start, reading.start + len(head)))
                held |= set(range(reading.end - len(tail), reading.end)) if gap else set()
        assert len(held) < len(text)


def test_no_cell_holds_a_long_stretch_of_a_document(sources_dir: Path) -> None:
    texts = sources.collect(sources_dir, project().sources).texts.values()
    for name, cell in cells():
        if len(cell) > 1200:
            matches = [SequenceMatcher(None, cell, text, autojunk=False).find_longest_match() for text in texts]
            assert max(match.size for match in matches) <= 1200, name
