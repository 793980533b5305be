"""The parser of claims: what a row becomes, and every fault that needs no document at hand."""

from __future__ import annotations

import re
from calendar import monthrange
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from conftest import SHIPPED
from hypothesis import example, given
from hypothesis import strategies as st

from gbkg.claims import dating, inputs, vocabulary
from gbkg.claims import rows as claims
from gbkg.claims.inputs import Inputs
from gbkg.claims.rows import COLUMNS
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import tables
from gbkg.core.project import Project
from gbkg.core.records import Claim, Dating, Entity, Passage, Place, Quantity, Source
from gbkg.core.terms import Graph
from gbkg.documents.sources import Registry

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {"doc": Source("doc", "A document", "0" * 64, 1000, "en")}
ENTITIES = {
    slug: Entity(slug, kind, slug, "for these tests", Place("data/entities.tsv", 2))
    for slug, kind in [
        ("tea-town", "City"),
        ("tea-guild", "Association"),
        ("tea-office", "GovernmentBody"),
        ("tea", "Topic"),
        ("tea-fair", "Event"),
        ("tea-register", "CountingCriterion"),
    ]
}
RELATION = {
    "id": "guild-in-town",
    "subject": "tea-guild",
    "predicate": "headquarteredIn",
    "object": "tea-town",
    "reading": "stated",
    "status": "accepted",
    "quote": "The guild has its seat in Tea Town.",
    "start": "10",
}
STATISTIC = {
    "id": "town-companies",
    "subject": "tea-town",
    "predicate": "blockchainCompanies",
    "value": "300",
    "value_text": "nearly 300",
    "unit": "company",
    "precision": "nearly",
    "upper": "300",
    "as_of": "2018-09",
    "as_of_text": "As of September 2018",
    "reading": "stated",
    "status": "accepted",
    "quote": "As of September 2018, Tea Town had nearly 300 firms, 12 more than in 2015.",
    "start": "50",
}
FOUNDED = {
    "id": "guild-founded",
    "subject": "tea-guild",
    "predicate": "foundedOn",
    "object": "2017-07-28",
    "reading": "stated",
    "status": "accepted",
    "quote": "On July 28, 2017, the guild was founded.",
    "start": "200",
}
NAMED = {
    "id": "guild-name",
    "subject": "tea-guild",
    "predicate": "alias",
    "object": "Guild of Tea",
    "reading": "stated",
    "status": "accepted",
    "quote": "The Guild of Tea",
    "start": "300",
}
UNDATED = {"as_of_text": "", "note": "dated by its neighbours"}
ABSENT = "value_text: words that are not in the quotation"
UNITS = "unit: the printed currency is AUD | CAD | HKD | NZD | SGD | TWD | USD"
UNPRINTED = "as_of: not a date that the words print"
UNSAID = "precision: no word of this kind in the quotation"
SAID = "precision: value_text has a word of another kind"


@cache
def terms() -> Vocabulary:
    return vocabulary.read(vocabulary.terms(Project(SHIPPED)))


def read(folder: Path, *rows: dict[str, str]) -> tuple[list[Claim], list[str]]:
    # The claims of a table with these rows, and its faults as line:column: message.
    path = folder / "data" / "claims" / "doc.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tables.write(COLUMNS, rows), encoding="utf-8")
    made = typed(folder)
    return made.claims, [f"{f.line}:{f.column}: {f.message}" for f in made.findings]


def typed(folder: Path) -> Inputs:
    registry = Registry(SOURCES, {"doc": "", "": ""}, ())
    return Inputs(Project(folder), Graph(), terms(), registry, ENTITIES, [], {}, ())


def claim(folder: Path, row: dict[str, str], *more: dict[str, str]) -> Claim:
    found, faults = read(folder, row, *more)
    assert faults == []
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("claims")


def test_a_relation(folder: Path) -> None:
    assert claim(folder, RELATION) == Claim(
        slug="guild-in-town",
        source="doc",
        subject="tea-guild",
        predicate="headquarteredIn",
        object="tea-town",
        object_kind="entity",
        quantity=None,
        dating=None,
        attributed_to=(),
        criterion="",
        reading="stated",
        status="accepted",
        note="",
        passages=(Passage("doc", 10, 45, RELATION["quote"]),),
        place=Place("data/claims/doc.tsv", 2),
        lines=(2,),
    )


def test_a_statistic(folder: Path) -> None:
    found = claim(folder, STATISTIC)
    assert found.quantity == Quantity(Decimal(300), "nearly 300", "company", "nearly", None, Decimal(300))
    assert found.dating == Dating("dated", "2018-09", "", "As of September 2018")
    assert (found.object, found.object_kind) == ("", "")


def test_a_date(folder: Path) -> None:
    found = claim(folder, FOUNDED)
    assert (found.object, found.object_kind) == ("2017-07-28", "date")


def test_words(folder: Path) -> None:
    found = claim(folder, NAMED)
    assert (found.object, found.object_kind) == ("Guild of Tea", "text")


def test_a_further_row_adds_a_passage(folder: Path) -> None:
    found = claim(folder, RELATION, {"id": "guild-in-town", "quote": "In Tea Town", "start": "90"})
    assert [passage.start for passage in found.passages] == [10, 90]
    assert found.lines == (2, 3)
    assert found.passage_places == (Place("data/claims/doc.tsv", 2), Place("data/claims/doc.tsv", 3))


def test_further_rows_may_stand_after_other_claims(folder: Path) -> None:
    found, faults = read(folder, RELATION, NAMED, {"id": "guild-in-town", "quote": "In Tea Town", "start": "90"})
    assert faults == []
    assert [len(c.passages) for c in found] == [2, 1]
    assert [c.lines for c in found] == [(2, 4), (3,)]


def test_claims_come_in_the_order_of_the_table(folder: Path) -> None:
    found, _ = read(folder, STATISTIC, RELATION, NAMED)
    assert [c.slug for c in found] == ["town-companies", "guild-in-town", "guild-name"]


def test_a_claim_with_a_fault_is_left_out_and_others_stay(folder: Path) -> None:
    found, faults = read(folder, RELATION | {"object": "nowhere"}, NAMED)
    assert [c.slug for c in found] == ["guild-name"]
    assert faults == ["2:object: no such entity"]


def test_all_faults_come_out_at_once(folder: Path) -> None:
    _, faults = read(folder, RELATION | {"subject": "nobody", "object": "nowhere", "status": "sure"})
    assert faults == ["2:subject: no such entity", "2:object: no such entity", "2:status: not on the list"]


def test_words_may_be_typed_plainly(folder: Path) -> None:
    row = NAMED | {"quote": "The Tea Merchants’ “Guild”", "object": 'Tea Merchants\' "Guild"'}
    assert claim(folder, row).object == 'Tea Merchants\' "Guild"'


def test_words_may_stand_in_a_further_passage(folder: Path) -> None:
    more = {"id": "guild-name", "quote": "the Old Guild", "start": "400"}
    assert claim(folder, NAMED | {"object": "Old Guild"}, more).object == "Old Guild"


def test_a_statistic_may_be_undated(folder: Path) -> None:
    found = claim(folder, STATISTIC | {"as_of": "none", "as_of_text": ""})
    assert found.dating == Dating("undated")


def test_a_statistic_may_be_undated_in_the_words_of_the_source(folder: Path) -> None:
    row = STATISTIC | {"as_of": "none", "as_of_text": "At present", "quote": "At present, nearly 300 firms"}
    assert claim(folder, row).dating == Dating("undated", text="At present")


def test_what_is_not_printed_may_be_inferred(folder: Path) -> None:
    quote = {"quote": "As of September, Tea Town had nearly 300 firms", "as_of_text": "As of September"}
    row = STATISTIC | quote | {"as_of": "~2018-09", "note": "The paper is of 2018."}
    assert claim(folder, row).dating == Dating("inferred", "2018-09", "", "As of September")


def test_a_statistic_may_cover_a_period(folder: Path) -> None:
    found = claim(folder, STATISTIC | {"as_of": "2015/2018-09"})
    assert found.dating == Dating("dated", "2018-09", "2015", "As of September 2018")


def test_an_unreadable_number_has_no_value(folder: Path) -> None:
    row = STATISTIC | {
        "value": "",
        "value_text": "6,1307.3 firms",
        "precision": "exact",
        "upper": "",
        "status": "unreadable",
        "quote": "As of September 2018, Tea Town had 6,1307.3 firms",
    }
    found = claim(folder, row).quantity
    assert found is not None
    assert found.value is None


def test_an_implied_reading_with_a_note(folder: Path) -> None:
    found = claim(folder, RELATION | {"reading": "implied", "note": "Read from the name."})
    assert (found.reading, found.note) == ("implied", "Read from the name.")


def test_a_claim_may_be_attributed_to_an_agent(folder: Path) -> None:
    row = STATISTIC | {"attributed_to": "tea-office", "quote": f"{STATISTIC['quote']} Source: tea-office"}
    assert claim(folder, row).attributed_to == ("tea-office",)


def test_a_claim_may_be_attributed_to_several_agents_in_any_passage(folder: Path) -> None:
    row = STATISTIC | {"attributed_to": "tea-office tea-guild", "quote": f"{STATISTIC['quote']} Source: tea-office"}
    more = {"id": "town-companies", "quote": "Data: tea-guild", "start": "400"}
    assert claim(folder, row, more).attributed_to == ("tea-office", "tea-guild")


def test_an_attribution_is_stated_or_marked_as_implied(folder: Path) -> None:
    row = STATISTIC | {"quote": f"{STATISTIC['quote']} Source: tea-office", "note": "Named below the lost table."}
    stated = claim(folder, row | {"attributed_to": "tea-office"})
    implied = claim(folder, row | {"attributed_to": "~tea-office"})
    assert (claim(folder, row).attribution, stated.attribution, implied.attribution) == ("", "stated", "implied")
    assert implied.attributed_to == stated.attributed_to == ("tea-office",)
    assert implied.digest != stated.digest, "a second reader judges the attribution too"


def test_an_implied_attribution_needs_a_note_and_no_stated_one_beside_it(folder: Path) -> None:
    row = STATISTIC | {"attributed_to": "~tea-office tea-guild", "quote": f"{STATISTIC['quote']} tea-office tea-guild"}
    _, faults = read(folder, row | {"note": ""})
    assert faults == [
        "2:attributed_to: stated for one agent and implied for another",
        "2:note: an implied attribution needs a note",
    ]


def test_an_agent_may_be_named_by_an_alias(folder: Path) -> None:
    row = STATISTIC | {"attributed_to": "tea-guild", "quote": f"{STATISTIC['quote']} Source: Guild of Tea"}
    found, faults = read(folder, row, NAMED)
    assert faults == []
    assert [c.attributed_to for c in found] == [("tea-guild",), ()]


@pytest.mark.parametrize("rows", [[], [NAMED]])
def test_an_attribution_needs_the_words_for_each_agent(folder: Path, rows: list[dict[str, str]]) -> None:
    row = STATISTIC | {"attributed_to": "tea-office tea-guild", "quote": f"{STATISTIC['quote']} Source: tea-office"}
    _, faults = read(folder, row, *rows)
    assert faults == ["2:attributed_to: attribution without its words"]


def test_every_agent_of_an_attribution_is_looked_at(folder: Path) -> None:
    found, faults = read(folder, STATISTIC | {"attributed_to": "tea-office nobody tea-fair"})
    assert found == []
    assert faults == ["2:attributed_to: no such entity", "2:attributed_to: a Event"]


def test_a_claim_may_have_qualifiers(folder: Path) -> None:
    quote = "The guild, which will move, has its seat in towns such as Tea Town."
    found = claim(folder, RELATION | {"qualifiers": "openList planned", "quote": quote})
    assert found.qualifiers == ("openList", "planned")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("vague", "2:qualifiers: not on the list"),
        ("openList", "2:qualifiers: no word in the quotation for openList"),
        ("incompleteCount", "2:qualifiers: no word in the quotation for incompleteCount"),
    ],
)
def test_faults_of_qualifiers(folder: Path, given: str, fault: str) -> None:
    assert read(folder, RELATION | {"qualifiers": given}) == ([], [fault])


def test_a_qualifier_is_named_once(folder: Path) -> None:
    row = RELATION | {"qualifiers": "chiefly chiefly", "quote": "It is mainly in Tea Town."}
    assert read(folder, row) == ([], ["2:qualifiers: named twice"])


def test_a_table_may_leave_the_column_of_qualifiers_out(folder: Path) -> None:
    path = folder / "data" / "claims" / "doc.tsv"
    path.write_text(tables.write([c for c in COLUMNS if c != "qualifiers"], [RELATION]), encoding="utf-8")
    made = typed(folder)
    assert made.findings == []
    assert [one.qualifiers for one in made.claims] == [()]


CONVERTED = {
    "value": "1390000000000",
    "value_text": "about US$1.39 trillion",
    "unit": "usDollar",
    "precision": "moreThanAbout",
    "predicate": "gdp",
    "upper": "",
    "as_of": "2017",
    "as_of_text": "in 2017",
    "quote": "GDP exceeded 8.9 trillion yuan (about US$1.39 trillion) in 2017",
}


def test_a_converted_bound_is_more_than_about_its_number(folder: Path) -> None:
    found = claim(folder, STATISTIC | CONVERTED)
    assert found.quantity is not None
    assert found.quantity.precision == "moreThanAbout"


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"quote": "GDP was 8.9 trillion yuan (about US$1.39 trillion) in 2017"}, [UNSAID]),
        ({"lower": "1390000000000"}, ["lower: moreThanAbout entails no such bound"]),
    ],
)
def test_faults_of_a_converted_bound(folder: Path, changes: dict[str, str], faults: list[str]) -> None:
    assert read(folder, STATISTIC | CONVERTED | changes) == ([], [f"2:{fault}" for fault in faults])


def test_a_statistic_may_have_a_criterion(folder: Path) -> None:
    assert claim(folder, STATISTIC | {"criterion": "tea-register"}).criterion == "tea-register"


RANGE = STATISTIC | {
    "value": "",
    "value_text": "between 100 and 300",
    "precision": "between",
    "lower": "100",
    "upper": "300",
    "quote": "As of September 2018, Tea Town had between 100 and 300 firms",
}


def test_a_range_has_two_bounds_and_no_value(folder: Path) -> None:
    found = claim(folder, RANGE)
    assert found.quantity == Quantity(None, "between 100 and 300", "company", "between", Decimal(100), Decimal(300))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"value": "200"}, "value: a range has no single value"),
        ({"value_text": "100"}, "value_text: not two readable numbers"),
        ({"lower": "300", "upper": "100"}, "lower: bounds are not those that value_text prints, in order"),
        ({"lower": "150"}, "lower: bounds are not those that value_text prints, in order"),
        ({"upper": "250"}, "lower: bounds are not those that value_text prints, in order"),
        ({"lower": ""}, "lower: between entails a bound"),
        ({"upper": ""}, "upper: between entails a bound"),
        ({"quote": "As of September 2018: 100 and 300", "value_text": "100 and 300"}, UNSAID),
        (
            {
                "quote": "As of September 2018, between 300 and 100 firms",
                "value_text": "between 300 and 100",
                "lower": "300",
                "upper": "100",
            },
            "lower: bounds are not those that value_text prints, in order",
        ),
    ],
)
def test_faults_of_a_range(folder: Path, changes: dict[str, str], fault: str) -> None:
    assert read(folder, RANGE | changes) == ([], [f"2:{fault}"])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "Guild"}, "2:id: not an id"),
        ({"id": ""}, "2:id: not an id"),
        ({"subject": "nobody"}, "2:subject: no such entity"),
        ({"subject": ""}, "2:subject: no such entity"),
        ({"subject": "tea-town"}, "2:subject: a City"),
        ({"predicate": "headquarteredin"}, "2:predicate: no such property or indicator"),
        ({"predicate": "founded"}, "2:predicate: no such property or indicator"),
        ({"object": "nowhere"}, "2:object: no such entity"),
        ({"object": "tea-office"}, "2:object: a GovernmentBody"),
        ({"object": ""}, "2:object: no such entity"),
        ({"value": "3"}, "2:value: headquarteredIn is a property, not an indicator"),
        ({"value_text": "three"}, "2:value_text: headquarteredIn is a property, not an indicator"),
        ({"unit": "company"}, "2:unit: headquarteredIn is a property, not an indicator"),
        ({"precision": "exact"}, "2:precision: headquarteredIn is a property, not an indicator"),
        ({"criterion": "tea-register"}, "2:criterion: headquarteredIn is a property, not an indicator"),
        ({"attributed_to": "tea-fair"}, "2:attributed_to: a Event"),
        ({"attributed_to": "nobody"}, "2:attributed_to: no such entity"),
        ({"reading": "guessed"}, "2:reading: not on the list"),
        ({"reading": "implied"}, "2:note: an implied reading needs a note"),
        ({"status": "sure"}, "2:status: not on the list"),
        ({"quote": ""}, "2:quote: a claim needs the words that prove it"),
        ({"start": ""}, "2:start: no offset"),
        ({"start": "-1"}, "2:start: not an offset"),
        ({"start": "ten"}, "2:start: not an offset"),
        ({"as_of_text": "in"}, "2:as_of_text: date words without as_of"),
    ],
)
def test_faults_of_a_relation(folder: Path, changes: dict[str, str], fault: str) -> None:
    assert read(folder, RELATION | changes) == ([], [fault])


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"object": "tea"}, ["object: a statistic has no object"]),
        ({"subject": "tea-fair"}, ["subject: a Event"]),
        ({"criterion": "nothing"}, ["criterion: no such entity"]),
        ({"criterion": "tea-office"}, ["criterion: a GovernmentBody"]),
        ({"value": ""}, ["value: no number"]),
        ({"value_text": "several"}, [ABSENT]),
        ({"value": "301"}, ["value: not the number that value_text prints", "upper: not the value"]),
        ({"value": "3,00"}, ["value: not a plain number"]),
        ({"value": "3e2"}, ["value: not a plain number"]),
        ({"value": "0300"}, ["value: not a plain number"]),
        ({"value_text": "nearly 3000"}, [ABSENT]),
        ({"value_text": ""}, [ABSENT]),
        ({"unit": "yuan"}, ["unit: not on the list", "unit: no currency is printed"]),
        ({"unit": ""}, ["unit: not on the list"]),
        ({"precision": "roughly", "upper": ""}, ["precision: not on the list", SAID]),
        ({"precision": "exact", "upper": ""}, [SAID]),
        ({"precision": "atLeast", "lower": "300", "upper": ""}, [UNSAID, SAID]),
        ({"upper": ""}, ["upper: nearly entails a bound"]),
        ({"upper": "400"}, ["upper: not the value"]),
        ({"lower": "300"}, ["lower: nearly entails no such bound"]),
        ({"status": "unreadable"}, ["value: an unreadable number has no value", "status: the number can be read"]),
        ({"as_of": ""}, ["as_of: no date", "as_of_text: date words without as_of"]),
        ({"as_of": "2018-13"}, ["as_of: no such month"]),
        ({"as_of": "2018-00"}, ["as_of: no such month"]),
        ({"as_of": "2018-02-29"}, ["as_of: no such day"]),
        ({"as_of": "2018-09-00"}, ["as_of: no such day"]),
        ({"as_of": "September 2018"}, ["as_of: not a date"]),
        ({"as_of": "18"}, ["as_of: not a date"]),
        ({"as_of": "--"}, ["as_of: not a date"]),
        ({"as_of": "2018/"}, ["as_of: not a date"]),
        ({"as_of": "/2018"}, ["as_of: not a date"]),
        ({"as_of": "~"}, ["as_of: not a date"]),
        ({"as_of": "2017"}, [UNPRINTED]),
        ({"as_of": "2018"}, [UNPRINTED]),
        ({"as_of": "2018-03"}, [UNPRINTED]),
        ({"as_of": "2018-12"}, [UNPRINTED]),
        ({"as_of": "2015"}, [UNPRINTED]),
        ({"as_of": "2018-09-30"}, [UNPRINTED]),
        ({"as_of": "2018-09-12"}, [UNPRINTED]),
        ({"as_of": "2014/2018-09"}, [UNPRINTED]),
        ({"as_of": "2015/2018"}, [UNPRINTED]),
        ({"as_of_text": "As of September"}, ["as_of_text: cuts a printed date short"]),
        ({"as_of_text": "in 2015"}, [UNPRINTED]),
        ({"as_of": "2018-09", "as_of_text": STATISTIC["quote"]}, ["as_of_text: prints several dates"]),
        ({"as_of": "none"}, ["as_of: the words print a date"]),
        ({"as_of": "~2018-09"}, ["note: an inferred date needs a note"]),
        ({"as_of": "~2019-10", "note": "of the paper"}, ["as_of: not what as_of_text prints"]),
        ({"as_of_text": "in 2018"}, ["as_of_text: words that are not in the quotation"]),
    ],
)  # fmt: skip
def test_faults_of_a_statistic(folder: Path, changes: dict[str, str], faults: list[str]) -> None:
    assert read(folder, STATISTIC | changes) == ([], [f"2:{fault}" for fault in faults])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"object": ""}, "2:object: not a date"),
        ({"object": "July 28"}, "2:object: not a date"),
        *(
            ({"object": date}, "2:object: not a date that the words print")
            for date in ("2017-07-29", "2017-06-28", "2016-07-28", "2016", "2017", "2017-07", "--07-28", "--07-31")
        ),
        ({"subject": "tea"}, "2:subject: a Topic"),
    ],
)
def test_faults_of_a_date(folder: Path, changes: dict[str, str], fault: str) -> None:
    assert read(folder, FOUNDED | changes) == ([], [fault])


@pytest.mark.parametrize(
    ("printed", "right", "wrong"),
    [
        ("on November 9, 2018", "2018-11-09", ["2018-03-09", "2018-09", "2018-11", "2018-09-11", "--11-09"]),
        ("as of October 2019", "2019-10", ["2019-02", "2019", "2019-10-19"]),
        ("since November 2017", "2017-11", ["2017-03", "2017"]),
        ("in 2015", "2015", ["2015-08", "2014"]),
        ("2024年11月28日", "2024-11-28", ["2024-01-28", "2024-11", "2024-11-24"]),
        ("on May 3, 2018, after June 4, 2017", "2018-05-03", ["2017-05-03", "2018-06-04", "2018-05-04", "2017"]),
        ("with 9 members, in 2018", "2018", ["2018-09", "--09"]),
        ("in the third quarter of 2019", "2019", ["2019-03", "2019-09", "2019-07"]),
        ("from May to June 2018", "2018", ["2018-05", "2018-06"]),
    ],
)
def test_a_date_is_the_printed_one_whole(folder: Path, printed: str, right: str, wrong: list[str]) -> None:
    row = FOUNDED | {"quote": f"The guild was founded {printed}."}
    accepted = [date for date in (right, *wrong) if not read(folder, row | {"object": date})[1]]
    assert accepted == ([right] if ("quarter" not in printed and " to " not in printed) else [])


@pytest.mark.parametrize("language", ["en", "en-GB"])
def test_a_date_that_can_be_read_in_two_ways_is_asked(folder: Path, language: str) -> None:
    row = FOUNDED | {"quote": "The guild was founded on 03/04/2018.", "object": "2018-04-03"}
    table = folder / "data" / "claims" / "doc.tsv"
    table.write_text(tables.write(COLUMNS, [row]), encoding="utf-8")
    _, findings = claims.of_source(Project(folder), "doc", language, ENTITIES, terms())
    asked = (
        "data/claims/doc.tsv:2:object: the printed date can be read in several ways; found '2018-04-03', expected "
        "2018-03-04 | 2018-04-03 (say which: give the source's gbkg:language its region (en-GB, en-US), or set reading "
        "to implied, with a note that says how it was read)"
    )
    assert list(map(str, findings)) == ([asked] if language == "en" else [])


def test_a_date_that_can_be_read_in_two_ways_is_answered_by_a_reading_that_is_implied(folder: Path) -> None:
    row = FOUNDED | {"quote": "The guild was founded on 03/04/2018.", "reading": "implied", "note": "A British paper."}
    assert claim(folder, row | {"object": "2018-04-03"}).object == "2018-04-03"
    assert read(folder, row | {"object": "2018-05-03"})[1] != []


@pytest.mark.parametrize(
    ("quote", "words", "as_of", "fault"),
    [
        ("300 firms in the third quarter of 2019", "third quarter of 2019", "2019-07/2019-09", ""),
        ("300 firms in the third quarter of 2019", "third quarter of 2019", "2019-09", UNPRINTED),
        ("300 firms in the third quarter of 2019", "quarter of 2019", "2019", "as_of_text: cuts a printed date short"),
        ("300 firms from 2015 to 2018, after 2014", "from 2015 to 2018", "2015/2018", ""),
        ("300 firms from 2015 to 2018, after 2014", "from 2015 to 2018", "2014/2018", UNPRINTED),
        ("300 firms in 2018, after 2014 and 2015", "in 2018", "2014/2018", UNPRINTED),
        ("300 firms in 2018, as in 2015 to 2018", "in 2018", "2015/2018", UNPRINTED),
        ("300 firms in 2018, more than in 2015", "in 2018, more than in 2015", "2015/2018", ""),
        ("300 firms in fiscal 2018", "fiscal 2018", "2018", "as_of: when this year begins is not printed"),
        ("300 firms at the end of 2018", "the end of 2018", "2018-12", ""),
        ("300 firms at the end of 2018", "the end of 2018", "2018", ""),
        ("300 firms at the end of 2018", "the end of 2018", "2018-12-31", UNPRINTED),
        ("300 firms as of June 2018.", "as of June 2018", "2018-06", ""),
        ("300 firms. It was in June.", "in June", "--06", ""),
        ("300 firms in spring 2018", "spring 2018", "2018-04", UNPRINTED),
        ("300 firms", "", "2018", UNPRINTED),
    ],
)
def test_the_date_of_a_statistic_is_what_its_words_print(
    folder: Path, quote: str, words: str, as_of: str, fault: str
) -> None:
    exact = {"value_text": "300", "precision": "exact", "upper": ""}
    row = STATISTIC | exact | {"quote": quote, "as_of_text": words, "as_of": as_of}
    assert read(folder, row)[1] == ([f"2:{fault}"] if fault else [])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"object": ""}, "2:object: no text"),
        ({"object": "Guild of Coffee"}, "2:object: words that are not in the quotation"),
    ],
)
def test_faults_of_words(folder: Path, changes: dict[str, str], fault: str) -> None:
    assert read(folder, NAMED | changes) == ([], [fault])


@pytest.mark.parametrize("mangled", ["28-Jul", "Jul-17", "28/07/2017", "42944"])
def test_a_date_that_a_spreadsheet_has_rewritten_is_recognised(folder: Path, mangled: str) -> None:
    path = folder / "data" / "claims" / "doc.tsv"
    read(folder, FOUNDED | {"object": mangled})
    assert path.exists()
    assert [f.hint for f in typed(folder).findings] == ["a spreadsheet seems to have rewritten it"]


def test_an_id_cannot_be_used_twice(folder: Path) -> None:
    assert read(folder, RELATION, RELATION | {"object": "tea-town"})[1] == ["3:id: id is already taken"]


def test_a_passage_needs_the_row_of_its_claim(folder: Path) -> None:
    faults = read(folder, {"id": "guild", "quote": "In Tea Town", "start": "90"})[1]
    assert faults == ["2:id: adds a passage to a claim that has no row"]


def test_a_fault_of_a_further_passage_is_found_in_its_row(folder: Path) -> None:
    assert read(folder, RELATION, {"id": "guild-in-town", "quote": "In Tea Town"})[1] == ["3:start: no offset"]


def test_tables_of_no_source_are_found(mini: Path) -> None:
    for kind in ("claims", "readings"):
        (mini / "data" / kind / "gazete.tsv").write_text("", encoding="utf-8")
    assert [str(f) for f in inputs.read(Project(mini)).findings] == [
        f"data/{kind}/gazete.tsv: belongs to no source of data/sources.ttl (did you mean gazette?)"
        for kind in ("claims", "readings")
    ]


@pytest.mark.parametrize(
    ("quote", "words", "value", "unit", "fault"),
    [
        ("6M people", "6M", "6000000", "person", ""),
        ("6M people", "6M", "6", "person", "value: not the number that value_text prints"),
        ("6M people", "6", "6", "person", "value_text: cuts a printed number short"),
        ("19 people", "9", "9", "person", "value_text: cuts a printed number short"),
        ("forty-two people", "forty-two", "42", "person", ""),
        ("forty-two people", "two", "2", "person", "value_text: cuts a printed number short"),
        ("half a million people", "half a million", "500000", "person", ""),
        ("5 lakh people", "5 lakh", "500000", "person", ""),
        ("500 000 people", "500 000", "500000", "person", ""),
        ("500\u202f000 people", "500 000", "500000", "person", ""),
        ("六十人", "六十", "60", "person", ""),
        ("三百五十人", "五十", "50", "person", "value_text: cuts a printed number short"),
        ("300余人", "300", "300", "person", "value_text: cuts a printed number short"),
        ("500.000 people", "500.000", "500000", "person", "value: the printed number can be read in several ways"),
        ("500.000 people", "500.000", "5000", "person", "value: not the number that value_text prints"),
        ("several hundred people", "several hundred", "100", "person", "value_text: not one readable number"),
        ("3 or 4 people", "3 or 4", "3", "person", "value_text: not one readable number"),
        ("two-thirds of it", "two-thirds", "0.667", "percent", "value: not the number that value_text prints"),
        ("two-thirds of it", "two-thirds", "66.7", "percent", ""),
        ("two-thirds of it", "two-thirds", "66", "percent", "value: not the number that value_text prints"),
        ("46%", "46%", "46", "percent", ""),
        ("so RMB 6 million.", "RMB 6 million", "6000000", "yuan", ""),
        ("46%", "46", "46", "percent", "value_text: cuts a printed number short"),
        ("46 people", "46", "46", "percent", "unit: no percent sign is printed"),
        ("5‰", "5‰", "5", "percent", "unit: per mille is printed"),
        ("46%", "46%", "46", "person", "unit: percent is printed"),
        ("RMB 6 million", "RMB 6 million", "6000000", "yuan", ""),
        ("6 million yuan", "6 million", "6000000", "yuan", "value_text: cuts a printed number short"),
        ("6 million yuan", "6 million yuan", "6000000", "usDollar", "unit: the printed currency is CNY"),
        ("US$6 million", "US$6 million", "6000000", "yuan", "unit: the printed currency is USD"),
        ("US$6 million", "US$6 million", "6000000", "person", "unit: a currency is printed, USD"),
        ("HK$6 million", "HK$6 million", "6000000", "usDollar", "unit: the printed currency is HKD"),
        ("$6 million", "$6 million", "6000000", "usDollar", "unit: which currency is meant is not printed"),
        ("$6 million", "$6 million", "6000000", "yuan", UNITS),
        ("6 million", "6 million", "6000000", "yuan", "unit: no currency is printed"),
        ("(Unit: 100 million yuan) 6", "6", "6", "yuan", ""),
    ],
)
def test_a_number_is_the_printed_one_whole_in_its_unit(
    folder: Path, quote: str, words: str, value: str, unit: str, fault: str
) -> None:
    exact = {"precision": "exact", "upper": "", "as_of": "none", "as_of_text": ""}
    row = STATISTIC | exact | {"quote": quote, "value_text": words, "value": value, "unit": unit}
    found = [one for one in read(folder, row)[1] if one != "2:unit: not on the list"]
    assert found == ([f"2:{fault}"] if fault else [])


def test_a_number_that_can_be_read_in_several_ways_is_answered_by_a_reading_that_is_implied(folder: Path) -> None:
    row = STATISTIC | {"quote": "As of September 2018, nearly 500.000 firms", "value_text": "nearly 500.000"}
    answer = row | {
        "value": "500000",
        "upper": "500000",
        "reading": "implied",
        "note": "Points stand between thousands.",
    }
    assert claim(folder, answer).quantity == Quantity(
        Decimal(500000), "nearly 500.000", "company", "nearly", None, Decimal(500000)
    )
    assert read(folder, row | {"value": "500", "upper": "500"})[1] != []


@pytest.mark.parametrize(
    ("lower", "upper", "reading", "fault"),
    [
        ("1500000", "2000000", "implied", ""),
        ("1.5", "2000000", "implied", ""),
        ("1500000", "2000000", "stated", "lower: the printed number can be read in several ways"),
        ("1500000", "2500000", "stated", "lower: bounds are not those that value_text prints, in order"),
    ],
)
def test_a_scale_word_that_both_numbers_may_share_is_asked(
    folder: Path, lower: str, upper: str, reading: str, fault: str
) -> None:
    words = "between 1.5 and 2 million"
    row = RANGE | {"quote": f"As of September 2018, {words} firms", "value_text": words, "reading": reading}
    found = read(folder, row | {"lower": lower, "upper": upper, "note": "Both are millions."})[1]
    assert found == ([f"2:{fault}"] if fault else [])


@pytest.mark.parametrize(
    ("words", "precision"), [("300余家", "moreThan"), ("300+", "moreThan"), ("300多家", "moreThan")]
)
def test_a_sign_after_the_number_says_that_there_are_more(folder: Path, words: str, precision: str) -> None:
    row = STATISTIC | {"quote": f"As of September 2018: {words}", "value_text": words, "upper": ""}
    assert claim(folder, row | {"precision": precision, "lower": "300"}).quantity is not None
    assert read(folder, row | {"precision": "exact"})[1] == [
        "2:precision: a sign after the number says that there are more"
    ]


def test_a_negative_number_can_be_stated(folder: Path) -> None:
    row = STATISTIC | {
        "predicate": "gdpGrowth",
        "value": "-5",
        "value_text": "-5%",
        "unit": "percent",
        "precision": "exact",
        "upper": "",
        "quote": "As of September 2018, growth was -5%",
    }
    found = claim(folder, row).quantity
    assert found is not None
    assert found.value == -5


@pytest.mark.parametrize(("precision", "lower"), [("exact", ""), ("moreThan", "300")])
def test_a_word_right_before_the_number_is_not_passed_over(folder: Path, precision: str, lower: str) -> None:
    row = STATISTIC | {"value_text": "300", "precision": precision, "lower": lower, "upper": ""}
    assert read(folder, row)[1] != []


def test_a_period_does_not_end_before_it_begins(folder: Path) -> None:
    assert read(folder, STATISTIC | {"as_of": "2018/2015"})[1] != []


@pytest.mark.parametrize(
    ("date", "datatype"),
    [
        ("2018", "gYear"),
        ("2018-09", "gYearMonth"),
        ("2018-09-30", "date"),
        ("--09", "gMonth"),
        ("--09-30", "gMonthDay"),
    ],
)
def test_the_datatype_of_a_date_is_that_of_its_precision(date: str, datatype: str) -> None:
    assert dating.datatype(date) == datatype


def days(year: str, month: str) -> int:
    # The last day of a month; that of a leap year where there is no year.
    return monthrange(int(year) or 4 if year else 2000, int(month))[1]


def is_lexical(date: str) -> bool:
    # Whether this is a lexical form of the datatype that its form calls for (XML Schema 1.1 Part 2, section 3.3).
    forms = {
        "gYear": r"(?P<y>[0-9]{4})",
        "gYearMonth": r"(?P<y>[0-9]{4})-(?P<m>0[1-9]|1[0-2])",
        "date": r"(?P<y>[0-9]{4})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12][0-9]|3[01])",
        "gMonth": r"--(?P<m>0[1-9]|1[0-2])",
        "gMonthDay": r"--(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12][0-9]|3[01])",
    }
    match = re.fullmatch(forms[dating.datatype(date)], date)
    if match is None:
        return False
    parts = match.groupdict()
    return "d" not in parts or int(parts["d"]) <= days(parts.get("y") or "", parts["m"])


@given(st.from_regex(r"-{0,2}(\d{1,5}|\d\d)(-\d{1,2}){0,2}", fullmatch=True) | st.dates().map(str))
@example("2018-02-29")
@example("2000-02-29")
@example("1900-02-29")
@example("--02-29")
@example("--02-30")
@example("0000-02-29")
@example("２０１８")
def test_every_date_that_is_accepted_has_a_valid_lexical_form(folder: Path, date: str) -> None:
    found, _ = read(folder, STATISTIC | UNDATED | {"as_of": f"~{date}"})
    assert not found or is_lexical(date)


@given(st.dates().map(str), st.sampled_from([4, 7, 10]))
def test_every_date_of_the_calendar_is_accepted(folder: Path, date: str, length: int) -> None:
    assert claim(folder, STATISTIC | UNDATED | {"as_of": f"~{date[:length]}"}).dating is not None


@given(st.dates().map(str), st.sampled_from([4, 7]))
def test_every_date_without_a_year_is_accepted(folder: Path, date: str, start: int) -> None:
    row = STATISTIC | UNDATED | {"as_of": f"~-{date[4:] if start == 4 else date[4:7]}"}
    assert claim(folder, row).dating is not None


@given(st.integers(1, 10**9))
def test_any_whole_number_is_taken_as_printed(folder: Path, number: int) -> None:
    row = STATISTIC | {
        "value": str(number),
        "value_text": f"nearly {number:,}",
        "upper": str(number),
        "quote": f"As of September 2018, Tea Town had nearly {number:,} firms",
    }
    found = claim(folder, row).quantity
    assert found is not None
    assert found.value == number


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_row_is_read_or_found_faulty(folder: Path, changes: dict[str, str]) -> None:
    found, faults = read(folder, STATISTIC | changes)
    assert bool(found) != bool(faults)
