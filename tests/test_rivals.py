"""What sources say differently is proposed for a comparison that names claims, quotations and the way to settle it;
what one source says differently is a finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SHIPPED

from gbkg import build
from gbkg.ask import disputes
from gbkg.ask.labels import Labels
from gbkg.ask.records import GraphRecords
from gbkg.claims import rivals
from gbkg.claims.rivals import Limit, Rivals
from gbkg.core import turtle
from gbkg.core.errors import Finding, ValidationError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import Graph
from gbkg.store.memory import Memory
from gbkg.validate import shapes

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
FOUNDED = {"subject": "harbour-tea-association", "predicate": "foundedOn", "quote": "2017年，", "start": "113"}
HOUSES = {
    "subject": "tea-harbour", "predicate": "teaHouses", "unit": "company", "precision": "exact", "as_of": "2018",
    "as_of_text": "截至2018年底", "quote": "截至2018年底，全市品茶师近3万人，茶馆1310家", "start": "61",
    "value": "1310", "value_text": "1310",
}  # fmt: skip


@pytest.fixture
def mini(mini: Path) -> Path:
    """The mini project with room for more claims."""
    (mini / "data" / "expected.toml").unlink()
    return mini


def say(root: Path, source: str, name: str, **cells: str) -> str:
    """One more claim in a table; returns its key."""
    row = {"id": name, "reading": "stated", "status": "accepted"} | cells
    table = root / "data" / "claims" / f"{source}.tsv"
    text = table.read_text(encoding="utf-8")
    columns = text.partition("\n")[0].split("\t")
    table.write_text(text + "\t".join(row.get(column, "") for column in columns) + "\n", encoding="utf-8")
    return f"{source}.{name}"


def settle(root: Path, text: str) -> None:
    with (root / "data" / "curation.ttl").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")


def warnings(root: Path, out: Path) -> list[str]:
    """What a build that conforms says of differing claims."""
    try:
        made = build.run(Project(root), out, build.Settings(formats=()))
    except ValidationError as stopped:
        raise AssertionError([str(one) for one in stopped.findings]) from stopped
    return [warning for warning in made.warnings if "to settle it" in warning]


def faults(root: Path, out: Path) -> list[Finding]:
    with pytest.raises(ValidationError) as caught:
        build.run(Project(root), out, build.Settings(formats=()))
    return [one for one in caught.value.findings if one.gate == "disputes" and one.severity == "violation"]


def found(root: Path) -> list[Rivals]:
    typed = build.read(Project(root))
    curated = turtle.read(typed.project, root / "data" / "curation.ttl")
    return rivals.find(typed.claims, limits(root), typed.entities, typed.vocabulary, curated)


def limits(root: Path) -> list[Limit]:
    typed = build.read(Project(root))
    return rivals.limits(shapes.typed(typed.project), typed.vocabulary)


def every(root: Path) -> list[disputes.Dispute]:
    store = Memory.of(build.quads(Project(root)))
    return disputes.read(GraphRecords(store, Labels(store)), Project(root))


def proposals(root: Path) -> list[disputes.Dispute]:
    return [one for one in every(root) if one.kind == "proposal"]


def test_the_limits_are_those_of_the_shapes() -> None:
    assert [(one.owner, one.property, one.most, one.target) for one in limits(SHIPPED)] == [
        ("Application", "launchedOn", 1, ""),
        ("Application", "pilotStartedOn", 1, ""),
        ("District", "partOf", 1, "City"),
        ("Event", "occurredOn", 1, ""),
        ("GovernmentBody", "governs", 1, ""),
        ("Organization", "foundedOn", 1, ""),
        ("Policy", "announcedOn", 1, ""),
        ("Policy", "issuedOn", 1, ""),
    ]


def test_a_limit_is_judged_once() -> None:
    typed = build.read(Project(SHIPPED))
    given = shapes.typed(typed.project)
    rest = rivals.without_limits(given, typed.vocabulary)
    assert len(given) - len(rest) == len(limits(SHIPPED))
    assert rivals.limits(rest, typed.vocabulary) == []


@pytest.mark.parametrize(
    ("date", "quote", "outcome"),
    [("2016", "2016年", "compatible"), ("2016-03", "2016年3月", "compatible"), ("--03-12", "3月12日", "compatible"),
     ("--03", "3月", "compatible"), ("2017", "2017年", "contradictory"), ("--04-12", "4月12日", "contradictory"),
     ("2016-04", "2016年4月", "contradictory")],
)  # fmt: skip
def test_dates_agree_where_one_says_less(mini: Path, date: str, quote: str, outcome: str) -> None:
    say(mini, "almanac", "founded", **FOUNDED | {"quote": quote}, object=date)
    (only,) = found(mini)
    assert (only.outcome, only.within) == (outcome, False)


def test_a_founding_date_of_two_documents_is_proposed_and_settled(mini: Path, tmp_path: Path) -> None:
    key = say(mini, "almanac", "founded", **FOUNDED, object="2017")
    (warning,) = warnings(mini, tmp_path)
    assert "an organization is founded once, and sources say it differently" in warning
    for part in (
        key,
        "gazette.association-founded-on",
        "“2017年，”",
        "was founded on 12 March 2016”",
        "status disputed",
    ):
        assert part in warning or part == "status disputed"
    (proposal,) = proposals(mini)
    assert [one.claim.key for one in proposal.claims] == [key, "gazette.association-founded-on"]
    assert " ".join(proposal.settling.split()) in warning
    settle(mini, proposal.settling)
    assert warnings(mini, tmp_path) == []
    assert proposals(mini) == []
    assert disputes.pick(proposal.name, every(mini)).outcome == "contradictory"


def test_a_disputed_claim_is_no_rival(mini: Path, tmp_path: Path) -> None:
    say(mini, "almanac", "founded", **FOUNDED, object="2017", status="disputed")
    assert warnings(mini, tmp_path) == []


def contradict(mini: Path) -> None:
    """Gives the fair a second date in the same source."""
    quote = {"quote": "was launched in September", "start": "1285"}
    say(mini, "gazette", "fair-again", subject="first-flush-fair", predicate="occurredOn", object="--09", **quote)


def demand_one_date(mini: Path) -> None:
    """Makes once-only dates a demand of the project itself."""
    (mini / "ontology" / "once.ttl").write_text(
        """@prefix gbkg: <https://w3id.org/gbkg/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
gbkg:FairShape a sh:NodeShape ; sh:targetClass gbkg:Event ;
    sh:property [ sh:path gbkg:occurredOn ; sh:maxCount 1 ; sh:message "an event occurs once" ] .
"""
    )


def test_a_source_that_contradicts_itself_is_a_finding(mini: Path, tmp_path: Path) -> None:
    contradict(mini)
    demand_one_date(mini)
    (fault,) = faults(mini, tmp_path)
    assert (fault.gate, fault.file) == ("disputes", "data/claims/gazette.tsv")
    assert "an event occurs once, and one source says it differently" in fault.message
    assert "clm:gazette.fair-on" in fault.message and "clm:gazette.fair-again" in fault.message
    assert "“was launched in September”" in fault.message and "held on April 30”" in fault.message
    settle(mini, rivals.comparison(found(mini)[0]))
    assert warnings(mini, tmp_path) == []


def test_a_source_that_says_less_the_second_time_does_not_contradict_itself(mini: Path, tmp_path: Path) -> None:
    quote = {"quote": "Its First Flush Fair, held on April", "start": "1036"}
    say(mini, "gazette", "fair-again", subject="first-flush-fair", predicate="occurredOn", object="--04", **quote)
    (warning,) = warnings(mini, tmp_path)
    assert "gbkg:compatible" in warning


def test_a_district_is_part_of_one_city_by_all_sources(mini: Path, tmp_path: Path) -> None:
    entities = mini / "data" / "entities.tsv"
    rows = [*entities.read_text(encoding="utf-8").splitlines(), "reed-town\tCity\tReed Town\tA city up the river."]
    entities.write_text("\n".join([rows[0], *sorted(rows[1:])]) + "\n", encoding="utf-8")
    quote = {"quote": "灯笼区是茶港市下辖的区", "start": "37"}
    say(
        mini, "almanac", "quarter-elsewhere", subject="lantern-quarter", predicate="partOf", object="reed-town", **quote
    )
    say(mini, "almanac", "town-in-reed", subject="reed-town", predicate="partOf", object="upper-reed", **quote)
    (fault,) = faults(mini, tmp_path)
    assert "a district is part of one city, and one source says it differently" in fault.message
    (within, across) = found(mini)
    assert {c.key for c in within.claims} == {"almanac.quarter-in-harbour", "almanac.quarter-elsewhere"}
    assert {c.key for c in across.claims} == {"almanac.quarter-elsewhere", "gazette.quarter-in-harbour"}


@pytest.mark.parametrize(
    ("source", "cells", "expected"),
    [
        ("gazette", {"value": "1320", "value_text": "1320"}, (False, "contradictory")),
        ("gazette", {"value": "1310", "value_text": "1310"}, None),
        ("gazette", {"value": "1300", "precision": "moreThan", "lower": "1300"}, (False, "compatible")),
        ("gazette", {"value": "1400", "precision": "approximately"}, (False, "compatible")),
        ("gazette", {"value": "4000", "precision": "approximately"}, (False, "contradictory")),
        ("gazette", {"value": "1320", "as_of": "2017", "as_of_text": "2017"}, None),
        ("gazette", {"value": "1320", "subject": "reed-bank"}, None),
        ("gazette", {"value": "1320", "status": "rejected"}, None),
        ("almanac", {"value": "1320"}, (True, "contradictory")),
        ("almanac", {"value": "1320", "attributed_to": "harbour-office"}, (False, "contradictory")),
        ("almanac", {"value": "1300", "precision": "atLeast", "lower": "1300"}, (False, "compatible")),
    ],
)
def test_numbers_of_one_thing_and_time(
    mini: Path, source: str, cells: dict[str, str], expected: tuple[bool, str] | None
) -> None:
    row = HOUSES | cells
    words = {"moreThan": "more than ", "approximately": "about ", "atLeast": "at least "}.get(row["precision"], "")
    row |= {"value_text": f"{words}{row['value']}"}
    row |= {"quote": f"Harbour Office: {words}{row['value']} {row['as_of_text']}"}
    say(mini, source, "more-houses", **row)
    assert build.read(Project(mini)).findings == []
    made = found(mini)
    assert [(one.within, one.outcome) for one in made] == ([expected] if expected else [])


@pytest.mark.parametrize("name", ["founded", "fair", "houses", "range", "same"])
def test_the_store_finds_every_claim_that_the_tables_find(mini: Path, tmp_path: Path, name: str) -> None:
    if name == "founded":
        say(mini, "almanac", "a", **FOUNDED, object="2017")
    elif name == "fair":
        say(
            mini,
            "almanac",
            "a",
            subject="first-flush-fair",
            predicate="occurredOn",
            object="--04",
            quote="4月",
            start="1",
        )
    elif name == "houses":
        say(mini, "gazette", "a", **HOUSES | {"value": "1320", "value_text": "1320", "quote": "1320 截至2018年底"})
    elif name == "range":
        more = {"precision": "between", "value": "", "value_text": "1200 to 1400", "lower": "1200", "upper": "1400"}
        say(mini, "gazette", "a", **HOUSES | more | {"quote": "between 1200 to 1400 截至2018年底"})
    else:
        say(mini, "gazette", "a", **HOUSES)
    warnings(mini, tmp_path)
    typed = build.read(Project(mini))
    store, prefix = Memory.read(tmp_path / "gbkg.nq"), PREFIXES["clm"]
    queries = rivals.queries(limits(mini), typed.vocabulary)
    asked = {claim.value.removeprefix(prefix) for query in queries for claim, _, _ in store.query(query)}
    told = {claim.key for one in rivals.find(typed.claims, limits(mini), typed.entities, typed.vocabulary, Graph())
            for claim in one.claims}  # fmt: skip
    assert asked == told
    assert bool(asked) == (name != "same")


def test_a_comparison_takes_a_name_that_is_free(mini: Path) -> None:
    say(mini, "almanac", "founded", **FOUNDED, object="2017")
    name = "comparison-harbour-tea-association-founded-on"
    assert [one.node for one in found(mini)] == [name]
    settle(mini, f'cur:{name} a gbkg:Comparison ; gbkg:outcome gbkg:compatible ; gbkg:concerns clm:gazette.tasters ; '
                 'rdfs:comment "Something else altogether." .')  # fmt: skip
    assert [one.node for one in found(mini)] == [f"{name}-2"]


def test_the_real_project_has_nothing_to_settle() -> None:
    assert proposals(SHIPPED) == []


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("guangzhou-report.huangpu-companies", {"subject": "tianhe-district"}),
        ("guangzhou-report.guangdong-parks", {"subject": "china"}),
        ("guangzhou-report.guangzhou-new-companies-2019", {"predicate": "blockchainCompanies"}),
        ("guangdong-article.zhejiang-companies", {"subject": "guangdong"}),
    ],
)
def test_a_sum_or_an_order_of_two_figures_does_not_settle_them(key: str, changes: dict[str, str]) -> None:
    # Each stands beside the other in a passed check: a + b <= c, a <= b or a > b.
    typed = build.read(Project(SHIPPED))
    claims = [replace(claim, **changes) if claim.key == key else claim for claim in typed.claims]  # type: ignore[arg-type]
    curated = turtle.read(typed.project, SHIPPED / "data" / "curation.ttl")
    rivalling = rivals.find(claims, limits(SHIPPED), typed.entities, typed.vocabulary, curated)
    assert any(one.within and key in {claim.key for claim in one.claims} for one in rivalling)


def test_rivals_are_told_again_as_long_as_they_stand(mini: Path, tmp_path: Path) -> None:
    say(mini, "almanac", "founded", **FOUNDED, object="2017")
    settled = (
        "a gbkg:Comparison ; gbkg:outcome gbkg:compatible ; gbkg:concerns clm:almanac.houses, clm:gazette.tea-houses"
    )
    for step, change in enumerate((
        lambda: None,
        lambda: settle(mini, "# a remark"),
        lambda: say(mini, "almanac", "houses", **HOUSES),
        lambda: settle(mini, f'cur:both {settled} ; rdfs:comment "One is misprinted, it seems." .'),
    )):  # fmt: skip
        change()
        said = warnings(mini, tmp_path / "out")
        assert said == warnings(mini, tmp_path / f"fresh-{step}")
        assert said
