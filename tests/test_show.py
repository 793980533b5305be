"""One entity for a reader: finding it by any of its names, and everything that claims say of it."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import graphs
import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from servers import oxigraph

from gbkg import build
from gbkg.ask import disputes, show
from gbkg.ask.labels import Labels
from gbkg.ask.records import GraphRecords, amount_in_words, date_in_words
from gbkg.ask.show import EntityPage
from gbkg.ask.statements import Statement
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.records import Dating, Quantity
from gbkg.evidence.reader import EvidenceReader
from gbkg.render.show import EntityResult
from gbkg.store.endpoint import Endpoint
from gbkg.store.memory import Memory
from gbkg.store.remote import Remote

ROOT = Path(__file__).resolve().parents[1]
BARE = """graph:claims {
    clm:doc.a gbkg:status gbkg:accepted ; rdf:subject id:x ; rdf:predicate gbkg:knows ; rdf:object id:y .
    clm:doc.b gbkg:status gbkg:accepted ; gbkg:about id:x ; gbkg:indicator gbkg:people ; gbkg:valueText "3" .
}"""


@cache
def project() -> build.Inputs:
    return build.read(Project(SHIPPED))


@cache
def records() -> GraphRecords:
    return graphs.records(SHIPPED)


@cache
def evidence() -> EvidenceReader:
    return EvidenceReader(records().store)


@cache
def page(slug: str) -> EntityPage:
    return show.page(records(), slug, evidence())


def changed(claim: str, **values: str | None) -> GraphRecords:
    """The graph with other values of a claim's properties (local names), as N-Triples has them; None: with none."""
    predicates = {f"<{PREFIXES['skos' if name == 'note' else 'gbkg']}{name}>": value for name, value in values.items()}
    node, graph = f"<{PREFIXES['clm']}{claim}>", f"<{PREFIXES['graph']}claims>"
    kept = [q for q in graphs.quads(SHIPPED) if str(q.subject) != node or str(q.predicate) not in predicates]
    new = "\n".join(f"{node} {predicate} {value} {graph} ." for predicate, value in predicates.items() if value)
    store = Memory.of([*kept, *ox.parse(new, format=ox.RdfFormat.N_QUADS)])
    return GraphRecords(store, Labels(store))


def lines(slug: str, group: str) -> list[str]:
    return [line.text for line in page(slug).statements if line.group == group]


def line(slug: str, text: str, found: GraphRecords | None = None) -> Statement:
    (one,) = [
        line for line in (show.page(found, slug) if found else page(slug)).statements if line.text.startswith(text)
    ]
    return one


def test_a_page_has_the_class_in_words() -> None:
    assert page("gba-blockchain-alliance").type == "alliance"


def test_a_page_has_the_relations_of_the_entity() -> None:
    assert {
        "founded by Guangzhou Blockchain Industry Association",
        "founded by Hong Kong Blockchain Industry Association",
        "founded by University of Macau",
        "headquartered in Huangpu District",
        "joint headquarters in Hong Kong",
        "joint headquarters in Macau",
    } <= set(lines("gba-blockchain-alliance", "Relations"))


def test_a_page_has_the_relations_to_the_entity() -> None:
    assert lines("university-of-macau", "Relations to it") == [
        "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance – founded by → it"
    ]


def test_a_page_has_other_names() -> None:
    assert "Macao" in lines("macau", "Names")


def test_a_page_has_dates() -> None:
    assert lines("gba-blockchain-alliance", "Dates") == ["founded on 2018-11-09"]


def test_a_date_without_a_year_says_so() -> None:
    assert lines("state-council-order", "Dates") == ["issued on --05 (no year)"]


def test_a_page_has_what_is_said_of_the_entity() -> None:
    assert (
        "distinction: the first officially registered blockchain industry association in Guangdong Province"
        in lines("guangzhou-blockchain-industry-association", "Said of it")
    )


def test_a_page_has_statistics_with_precision_unit_and_date() -> None:
    assert lines("huangpu-and-development-zone", "Statistics") == [
        "blockchain companies gathered: nearly 300 companies; 2019-10"
    ]


def test_a_page_has_what_the_entity_says_of_others() -> None:
    assert "Guangzhou – gross domestic product: 2,258.935 billion yuan; 2018" in lines(
        "guangzhou-statistics-bureau", "Said by it"
    )


def test_groups_come_in_one_order() -> None:
    for slug in project().entities:
        places = [show.GROUPS.index(line.group) for line in page(slug).statements]
        assert places == sorted(places)


def test_every_line_has_ascending_footnotes_that_lead_to_passages() -> None:
    for slug in project().entities:
        made = page(slug)
        assert all(line.footnotes and list(line.footnotes) == sorted(line.footnotes) for line in made.statements)
        cited = {number for line in made.statements for number in line.footnotes}
        assert cited == set(range(1, len(made.passages) + 1))


def test_a_footnote_leads_to_the_passage_of_its_claim() -> None:
    (number,) = line("gba-blockchain-alliance", "founded by University of Macau").footnotes
    passage, keys = page("gba-blockchain-alliance").passages[number - 1]
    assert passage.exact.endswith("University of Macau")
    assert keys == ("guangzhou-report.alliance-founder-macau",)


def test_every_claim_stands_on_the_page_of_its_subject() -> None:
    for claim in project().claims:
        found = dict(page(claim.subject).passages)
        assert all(claim.key in found[passage] for passage in claim.passages)


def test_a_page_has_its_sources() -> None:
    assert [(source.slug, source.language) for source in page("macau").sources] == [
        ("guangdong-article", "en"),
        ("guangzhou-report", "en"),
    ]


def test_a_line_remarks_on_an_implied_reading() -> None:
    found = line("hong-kong", "part of Guangdong-Hong Kong-Macao Greater Bay Area")
    assert found.remark == "implied; Read from the region's name"


def test_a_line_remarks_on_a_status_and_on_everyone_who_said_it() -> None:
    claim, text = "guangzhou-report.guangzhou-gdp", "gross domestic product: 2,258.935 billion yuan; 2018"
    gbkg = PREFIXES["gbkg"]
    values = {"status": f"<{gbkg}disputed>", "reading": f"<{gbkg}stated>", "note": '"Doubtful."'}
    agents, doubt = (
        "Guangzhou Statistics Bureau and Zero One Think Tank",
        "in doubt, see cur:inconsistency-rd-share-of-gdp",
    )
    found = line("guangzhou", text, changed(claim, **values))
    assert found.remark == f"disputed; {doubt}; according to {agents} (implied); Doubtful"
    found = line("guangzhou", text, changed(claim, **values, attribution=f"<{gbkg}stated>"))
    assert found.remark == f"disputed; {doubt}; according to {agents}; Doubtful"
    assert line("guangzhou", text).remark.startswith(f"implied; {doubt}; according to {agents} (implied); ")


def test_a_line_remarks_on_the_criterion() -> None:
    given = next(claim for claim in project().claims if claim.criterion)
    criterion = project().entities[given.criterion]
    said = f"counted by: {criterion.label} (id:{criterion.slug})"
    assert any(said in line.remark.split("; ") for line in page(given.subject).statements if line.group == "Statistics")


def test_a_plain_line_has_no_remark() -> None:
    assert line("gba-blockchain-alliance", "founded by University of Macau").remark == ""


def test_a_line_is_marked_that_curation_puts_in_doubt() -> None:
    # Ambiguities, inconsistencies and corrections do; passed checks and comparisons do not.
    (found,) = [line for line in page("patek").statements if "established by" in line.text]
    assert found.remark == "in doubt, see cur:ambiguity-who-built-the-carriers"
    assert "in doubt" not in line("guangzhou", "growth of gross domestic product").remark


def test_curation_is_told_inconsistencies_first_and_without_passed_checks() -> None:
    kinds = [remark.split(" (")[0].split(":")[0] for remark in page("guangzhou").remarks]
    assert kinds[0] == "inconsistency"
    assert kinds[1:] == sorted(kinds[1:])
    assert {"inconsistency", "comparison", "gap"} <= set(kinds) and "passed check" not in kinds
    (remark,) = [remark for remark in page("guangzhou").remarks if remark.startswith("inconsistency")]
    assert remark.startswith("inconsistency (left side 2.6569, right side 2.63): Research and development")
    assert remark.endswith(" [cur:inconsistency-rd-share-of-gdp]")


def test_the_heart_of_a_node_of_curation_is_told() -> None:
    (correction,) = [one for one in page("31-guangshan-third-road").remarks if one.startswith("correction")]
    assert correction.startswith("correction (printed 'Huangmi District', meant 'Huangpu District'): ")
    both = "Guangzhou / Guangzhou Municipal People's Government: different"
    assert any(one.startswith(f"identity judgement ({both}): ") for one in page("guangzhou").remarks)
    assert any(one.startswith("gap (") for one in page("guangzhou").remarks)


def test_that_a_number_cannot_be_read_is_said_once() -> None:
    park, claim = "guangzhou-blockchain-international-innovation-center", "guangzhou-report.gbiic-building-area"
    found = line(park, "building area: printed '6,1307.3 square meters'; no date")
    assert found.remark.endswith("; The number cannot be read as printed; see the correction")
    found = line(
        park, "building area: unreadable, printed '6,1307.3 square meters'; no date", changed(claim, note=None)
    )
    assert "unreadable" not in found.remark


def test_what_a_graph_lacks_is_left_empty() -> None:
    # A graph of somebody else's: a claim that says neither by whom nor when, on an entity of which nothing is known.
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    store = Memory.of(ox.parse(prefixes + BARE, format=ox.RdfFormat.TRIG))
    made = show.page(GraphRecords(store, Labels(store)), "x")
    assert (made.entity.label, made.type, made.remarks, made.sources) == ("id:x", "", (), ())
    assert [(line.group, line.text, line.footnotes) for line in made.statements] == [
        ("Relations", "gbkg:knows id:y", ()),
        ("Statistics", "gbkg:people: unreadable, printed '3'; ", ()),
    ]


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
        ("exceeded 60%", "60", "percent", "moreThan", "more than 60%"),
        ("2.63%", "2.63", "percent", "exact", "2.63%"),
        ("eighteenth", "18", "rankUnit", "exact", "number 18"),
        ("6,1307.3 square meters", None, "squareMetre", "exact", "unreadable, printed '6,1307.3 square meters'"),
        ("60", "60", "day", "exact", "60 gbkg:days"),  # a unit without a label
        ("9", "9", "area", "exact", "9 areas of support"),
        ("6", "6", "serviceType", "exact", "6 types of service product"),
    ],
)
def test_amounts(text: str, value: str | None, unit: str, precision: str, amount: str) -> None:
    quantity = Quantity(None if value is None else Decimal(value), text, unit, precision, None, None)
    assert amount_in_words(quantity, records()) == amount


def test_the_amount_of_a_range_has_both_bounds() -> None:
    given = Quantity(None, "between 1,000 and 3,000 firms", "company", "between", Decimal(1000), Decimal(3000))
    assert amount_in_words(given, records()) == "between 1,000 and 3,000 companies"


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
    assert date_in_words(dating) == words


def test_a_server_gets_few_requests_however_many_claims_there_are(
    real_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    rows = Endpoint.rows

    def counting(self: Endpoint, text: str, *arguments: Any) -> Any:
        asked.append(text)
        return rows(self, text, *arguments)

    monkeypatch.setattr(Endpoint, "rows", counting)
    with oxigraph() as server:
        server.load(real_build / "gbkg.nq")
        for read, most in ((lambda one: show.page(one, "guangzhou"), 40),
                           (lambda one: disputes.read(one, Project(SHIPPED)), 80)):  # fmt: skip
            remote = Remote(server.endpoint)
            asked.clear()
            read(GraphRecords(remote, Labels(remote)))
            assert 5 < len(asked) <= most


def test_statements_have_what_their_words_are_made_of() -> None:
    found = line("guangzhou", "gross domestic product: 2,258.935 billion yuan; 2018")
    assert found.claim and found.claim.quantity and found.object is None
    assert found.claim.quantity.text == "2,258.935 billion yuan"
    assert (found.amount, found.when, found.label) == ("2,258.935 billion yuan", "2018", "gross domestic product")
    assert found.predicate == PREFIXES["gbkg"] + "gdp"
    assert [one.name for one in found.curation if one.doubts] == ["cur:inconsistency-rd-share-of-gdp"]
    (claim,) = found.evidence
    assert claim.key == "guangzhou-report.guangzhou-gdp" and len(claim.quotations) == 2


def test_every_statement_has_its_claims_and_its_passages() -> None:
    for slug in project().entities:
        for one in page(slug).statements:
            quoted = {(q.source, q.start, q.end) for claim in one.evidence for q in claim.quotations}
            passages = [page(slug).passages[number - 1][0] for number in one.footnotes]
            assert quoted == {(p.source, p.start, p.end) for p in passages}


def test_the_terms_of_a_statement_are_those_of_the_graph() -> None:
    for slug in ("gba-blockchain-alliance", "state-council-order", "macau"):
        for one in page(slug).statements:
            if one.object is not None:
                assert one.claim
                triple = (ox.NamedNode(one.subject), ox.NamedNode(one.predicate), one.object)
                assert [*records().store.quads(*triple)] or one.claim.status != "accepted"


def test_the_other_end_of_a_relation_is_named_whichever_way_it_points() -> None:
    founded = line("gba-blockchain-alliance", "founded by University of Macau")
    assert (founded.other, founded.end) == (PREFIXES["id"] + "university-of-macau", "University of Macau")
    back = line("university-of-macau", "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance – founded by")
    assert back.other == back.subject == PREFIXES["id"] + "gba-blockchain-alliance"


def test_claims_that_say_the_same_in_the_same_way_make_one_statement() -> None:
    text = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    said = "gbkg:status gbkg:accepted ; rdf:subject id:x ; rdf:predicate gbkg:knows ; rdf:object id:y"
    lines = "".join(f"clm:{slug} {said} . " for slug in ("one.a", "two.a"))
    lines += f'clm:three.a {said} ; skos:note "Read so." .'
    store = Memory.of(ox.parse(f"{text} graph:claims {{ {lines} }}", format=ox.RdfFormat.TRIG))
    made = show.page(GraphRecords(store, Labels(store)), "x").statements
    assert [[claim.key for claim in one.evidence] for one in made] == [["one.a", "two.a"], ["three.a"]]


def test_what_follows_by_rules_is_told_unless_it_says_again_what_is_stated() -> None:
    inferred = page("guangzhou").inferred
    assert "part of China" in {one.text for one in inferred}
    assert all(one.proof and one.proof.evidence and one.remark.startswith("by the rule ") for one in inferred)
    alliance = {one.text for one in page("gba-blockchain-alliance").inferred}
    assert not any(text.startswith(("established by", "on date")) for text in alliance)
    # What only says a relation backwards is left out on both pages.
    assert not any("founded" in one.label for one in page("university-of-macau").inferred)


def test_the_most_of_claims_and_relations_that_follow_can_be_bounded() -> None:
    whole, some = page("guangzhou"), show.page(records(), "guangzhou", most=10)
    shown = sum(len(one.evidence) for one in some.statements)
    assert (shown, len(some.inferred)) == (10, 10)
    every = sum(len(one.evidence) for one in whole.statements)
    assert whole.left_out == (0, 0) and some.left_out == (every - 10, len(whole.inferred) - 10)


def test_identifiers_elsewhere_stand_on_the_page() -> None:
    assert all(predicate.startswith(PREFIXES["skos"]) for predicate, _ in page("guangzhou").elsewhere)
    assert any(iri.startswith(PREFIXES["wikidata"]) for _, iri in page("guangzhou").elsewhere)


def test_the_record_has_statements_with_their_terms_and_figures() -> None:
    found = EntityResult(page("guangzhou")).to_dict()
    by_text = {one["text"]: one for one in found["statements"]}
    product = by_text["gross domestic product: 2,258.935 billion yuan; 2018"]
    assert product["quantity"] | {"unit": "", "precision": ""} == {
        "value": "2258935000000",
        "text": "2,258.935 billion yuan",
        "unit": "",
        "precision": "",
        "words": "2,258.935 billion yuan",
    }
    assert product["date"] | {"kind": "dated", "value": "2018", "words": "2018"} == product["date"]
    assert product["attribution"] == "implied" and len(product["attributedTo"]) == 2
    assert "cur:inconsistency-rd-share-of-gdp" in product["curation"]
    part = by_text["part of Guangdong"]
    assert part["object"] == {"type": "uri", "value": PREFIXES["id"] + "guangdong"}
    follows = next(one for one in found["inferred"] if one["text"] == "part of China")
    assert follows["proof"]["evidence"][0]["rule"] == "transitive" and follows["proof"]["citations"]
    assert {one["name"] for one in found["curated"]} >= {"cur:inconsistency-rd-share-of-gdp"}
    assert len(found["curated"]) == len(found["curation"])
    json.dumps(found)
