"""Pages of what is disputed, dated, missing, and of the project itself."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from gbkg import knowledge
from gbkg.ask import contents
from gbkg.ask.answers import Answer
from gbkg.ask.disputes import KINDS
from gbkg.web.site import Site
from gbkg.web.views import document
from web.conftest import Ask, asking
from web.test_entity import tree, words


def test_disputes_are_listed_by_kind_and_each_has_its_page(site: Site, ask: Ask) -> None:
    every = "&".join(f"kind={kind}" for kind in KINDS)
    page = tree(ask(f"/disputes?{every}").body)
    links = [link.get("href") for link in page.cssselect(".listed a")]
    assert len(links) == len(site.kg.disputes(kinds=KINDS).found)
    for link in links[::7]:
        found = ask(link)
        assert found.status == 200 and "<h1>" in found.body.decode()


def test_disputes_of_an_entity_are_those_that_touch_it(site: Site, ask: Ask) -> None:
    page = tree(ask("/disputes?entity=guangzhou").body)
    shown = {link.get("href").removeprefix("/disputes/") for link in page.cssselect(".listed a")}
    assert shown == {one.name.removeprefix("cur:") for one in site.kg.disputes("guangzhou", KINDS).found}
    assert tree(ask("/disputes?entity=guangzhou&kind=inconsistency").body).cssselect(".listed a")


def test_a_dispute_sets_the_quotations_side_by_side_with_the_arithmetic(ask: Ask) -> None:
    page = tree(ask("/disputes/inconsistency-rd-share-of-gdp").body)
    sides = page.cssselect(".side")
    assert [words(side.cssselect(".letter")[0]) for side in sides] == ["a", "b", "c"]
    assert all(side.cssselect("blockquote") for side in sides)
    text = words(page)
    assert "100 × a / b = c" in text and "It cannot hold" in text


def test_a_misprint_is_marked_where_it_is_printed(site: Site, ask: Ask) -> None:
    page = tree(ask("/disputes/correction-gbiic-building-area").body)
    assert [words(one) for one in page.cssselect("mark")] == ["6,1307.3 square meters"]
    (one,) = site.kg.disputes("cur:correction-gbiic-building-area").found
    for passage in {passage for disputed in one.claims for passage in disputed.claim.passages}:
        assert "".join(text for text, _ in document.fragments(one, passage)) == passage.exact


def test_an_unknown_dispute_or_kind_is_said(ask: Ask) -> None:
    assert ask("/disputes/nothing-of-the-kind").status == 404
    assert ask("/disputes?kind=quarrel").status == 404
    assert json.loads(ask("/disputes?format=json").body)["kind"] == "disputes"


def test_the_time_line_is_in_order_with_the_sentences_of_each_date(ask: Ask) -> None:
    page = tree(ask("/timeline").body)
    entries = page.cssselect(".events > li")
    assert [words(one.cssselect(".when")[0]) for one in entries[:2]] == ["2016", "March 2017"]
    assert all(one.cssselect(".evidence blockquote") for one in entries)
    assert page.cssselect("svg.picture a")


@pytest.mark.parametrize(
    ("query", "fewest"), [("?kind=figures", 10), ("?entity=gba-blockchain-alliance", 1), ("?kind=&entity=guangzhou", 5)]
)
def test_the_time_line_can_be_narrowed(ask: Ask, query: str, fewest: int) -> None:
    page = tree(ask(f"/timeline{query}").body)
    entries = page.cssselect(".events > li")
    assert len(entries) >= fewest
    if "figures" in query:
        assert all(one.get("class") == "figure-of" for one in entries)
    if "alliance" in query:
        assert {one.cssselect("a")[0].get("href") for one in entries} == {"/id/gba-blockchain-alliance.html"}


def test_nothing_dated_is_said_in_words(ask: Ask) -> None:
    found = tree(ask("/timeline?entity=blockchain&kind=events").body)
    assert not found.cssselect(".events > li") and "Nothing of this has a date" in words(found)
    assert ask("/timeline?kind=dreams").status == 404


def test_gaps_are_those_of_the_curation_and_what_documents_do_not_say(site: Site, ask: Ask) -> None:
    page = tree(ask("/gaps").body)
    assert len(page.cssselect("#lost ~ .listed > li")) == len(site.kg.disputes(kinds=["gap"]).found)
    unstated = page.cssselect("#unstated ~ ul > li")
    answer = site.kg.ask_saved("not-stated-by-sources")
    assert isinstance(answer, Answer)
    assert sum(words(one).count(" no ") for one in unstated) == len(answer.rows)


def test_coverage_is_that_of_the_build_or_it_is_said_that_there_is_none(ask: Ask, built: Path) -> None:
    assert "No build here had the documents" in words(tree(ask("/coverage").body))
    site = Site(knowledge.open(built))
    rows = tree(asking(site)("/coverage").body).cssselect("tbody tr")
    for row, (_, one) in zip(rows, site.kg.coverage().sources.items(), strict=True):
        cells = [words(cell) for cell in row]
        assert cells[1:3] == [str(one["sentences"]), str(one["claimed"])] and cells[-2] == str(one["unread"])
    accuracy = words(tree(asking(site)("/about").body))
    assert "Wilson interval" in accuracy or not site.kg.report["accuracy"]["judged"]


def test_every_term_has_its_meaning_its_use_and_an_example(site: Site, ask: Ask) -> None:
    found = contents.terms(site.kg.labels)
    page = tree(ask("/ontology.html").body)
    assert {one.get("id") for one in page.cssselect("article.term")} == {one.name for one in found}
    by_name = {one.name: one for one in found}
    assert by_name["foundedBy"].count == 4 and by_name["foundedBy"].kind == "relation"
    assert by_name["foundedBy"].above == ("https://w3id.org/gbkg/ontology#establishedBy",)
    assert by_name["Alliance"].kind == "class" and by_name["Alliance"].count == 1
    for one in site.kg.schema().indicators:
        assert by_name[one.id.removeprefix("gbkg:")].count == one.count
    assert all(one.example for one in found if one.kind in ("relation", "indicator") and one.count)
    example = by_name["foundedBy"].example
    assert example and [*site.kg.store.quads(*example)]


def test_the_ontology_as_json_is_that_of_the_command(site: Site, ask: Ask) -> None:
    assert json.loads(ask("/ontology.html?format=json").body) == site.kg.schema().to_dict()


def test_about_has_what_the_dataset_says_of_itself(site: Site, ask: Ask) -> None:
    text = words(tree(ask("/about").body))
    assert "https://creativecommons.org/licenses/by/4.0/" in text and site.version in text
    accuracy = site.kg.report["accuracy"]
    assert f"{accuracy['first']} of {accuracy['judged']}" in text and "Wilson interval" in text


def test_why_shows_the_sentences_or_what_is_lacking(ask: Ask) -> None:
    holds = tree(ask("/why?s=gba-blockchain-alliance&p=founded+by&o=University+of+Macau").body)
    assert "It holds" in words(holds) and holds.cssselect(".claim blockquote")
    lacks = words(tree(ask("/why?s=university-of-macau&p=member+of&o=gba-blockchain-alliance").body))
    assert "It does not hold" in lacks and "What holds between the two" in lacks
    inferred = tree(ask("/why?s=huangpu-district&p=part+of&o=china").body)
    assert "inferred by the rule transitive" in words(inferred)


def test_why_keeps_what_was_typed_and_says_what_is_not_known(ask: Ask) -> None:
    found = ask("/why?s=Nobody+At+All&p=founded+by&o=Patek")
    page = tree(found.body)
    assert found.status == 404 and page.cssselect("#s")[0].get("value") == "Nobody At All"
    assert ask("/why?s=Nobody+At+All&p=founded+by&o=Patek", accept="*/*").type == "application/problem+json"
    form = ask("/why")
    assert form.status == 200 and "It does not hold" not in unescape(form.body.decode())
