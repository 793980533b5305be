"""The pages of entities and claims: every statement with its sentences, doubts beside figures, citations to copy."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import lxml.html
import pytest

from gbkg.core.prefixes import PREFIXES
from gbkg.web.site import Site
from gbkg.web.views import entity
from web.conftest import Ask

ALLIANCE, CENTRE = "gba-blockchain-alliance", "guangzhou-blockchain-international-innovation-center"


def tree(body: bytes) -> Any:
    return lxml.html.fromstring(body.decode())


def words(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_every_claim_of_an_entity_is_on_its_page_with_its_sentences(site: Site, ask: Ask) -> None:
    for slug in (ALLIANCE, "guangzhou", "macau"):
        page = tree(ask(f"/id/{slug}.html").body)
        quoted = {words(one) for one in page.cssselect(".evidence blockquote")}
        keys = {
            link.get("href").removeprefix("/claim/").removesuffix(".html") for link in page.cssselect(".claim a.key")
        }
        for one in site.kg.show(f"id:{slug}").page.statements:
            assert {claim.key for claim in one.evidence} <= keys
            exact = {
                f"“{' '.join(quotation.exact.split())}”" for claim in one.evidence for quotation in claim.quotations
            }
            assert exact <= quoted


def test_sentences_lead_into_their_document_and_say_whose_they_are(ask: Ask) -> None:
    page = tree(ask(f"/id/{ALLIANCE}.html").body)
    for caption in page.cssselect(".quotation figcaption"):
        (link,) = caption.cssselect("a")
        assert re.fullmatch(r"/source/[a-z-]+\.html\?span=(\d+-\d+)#\1", link.get("href"))
        assert re.search(r"“.+”, no date, .+: characters \d+–\d+$", words(caption))


def test_the_summary_of_evidence_has_the_numbers_of_the_sentences_of_the_page(ask: Ask) -> None:
    page = tree(ask(f"/id/{ALLIANCE}.html").body)
    listed = {one.getparent().get("value"): words(one) for one in page.cssselect(".passages q")}
    assert sorted(map(int, listed)) == list(range(1, len(listed) + 1))
    shown = 0
    for evidence in page.cssselect("details.evidence"):
        summary = words(evidence.cssselect("summary")[0])
        if found := re.fullmatch(r"\[([\d, ]+)\]", summary):
            shown += 1
            numbered = {f"“{listed[number]}”" for number in found[1].split(", ")}
            assert numbered == {words(one) for one in evidence.cssselect("blockquote")}
    assert shown > 10


def test_a_doubt_stands_in_the_row_under_its_figure(ask: Ask) -> None:
    page = tree(ask(f"/id/{CENTRE}.html").body)
    (row,) = [row for row in page.cssselect("#figures ~ .scroll tr") if words(row).startswith("building area")]
    assert "in doubt" in words(row)
    below = row.getnext()
    assert "6,1307.3 square meters" in words(below) and "61,307.3 square meters" in words(below)
    assert below.cssselect("a")[0].get("href") == "/disputes/correction-gbiic-building-area"


def test_a_figure_is_shown_with_date_precision_and_who_said_it(ask: Ask) -> None:
    page = tree(ask("/id/guangzhou.html").body)
    (row,) = [row for row in page.cssselect("#figures ~ .scroll tr") if words(row).startswith("patent applications")]
    cells = [words(cell) for cell in row]
    assert cells[1:5] == [
        "more than 170,000 patent applications printed “exceeded 170,000”",
        "2018 “In 2018”",
        "more than",
        "Guangzhou Statistics Bureau and Zero One Think Tank (implied)",
    ]


def test_what_is_inferred_says_so_and_opens_its_proof(ask: Ask) -> None:
    page = tree(ask(f"/id/{CENTRE}.html").body)
    items = [one for one in page.cssselect(".ends li.follows") if words(one).startswith("Guangdong inferred")]
    (item,) = items
    proof = item.cssselect("details.evidence")[0]
    assert "inferred by the rule located-in-whole" in words(proof)
    assert len(proof.cssselect(".proof .claim blockquote")) >= 2


def test_series_and_comparisons_are_drawn_and_name_who_they_are_of(ask: Ask) -> None:
    page = tree(ask("/id/guangzhou.html").body)
    charts = {words(one.cssselect("figcaption")[0]): one for one in page.cssselect("figure.chart")}
    series = charts["newly registered blockchain companies"]
    assert {"2017", "2019-10", "4,335 companies (?)"} <= {words(line) for line in series.cssselect("tspan")}
    assert any(title.endswith(": beside others") for title in charts)


def test_the_picture_of_the_neighbourhood_links_to_the_neighbours(ask: Ask) -> None:
    page = tree(ask(f"/id/{ALLIANCE}.html").body)
    links = {link.get("href") for link in page.cssselect(".near svg a")}
    assert "/id/university-of-macau.html" in links and f"/id/{ALLIANCE}.html" in links
    assert not page.cssselect("[style]") and not page.cssselect("style")


def test_a_page_has_schema_org_data_that_cannot_end_its_element(ask: Ask) -> None:
    body = ask(f"/id/{ALLIANCE}.html").body.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.S)
    found = json.loads(text)
    assert "<" not in text and found["@id"] == PREFIXES["id"] + ALLIANCE
    assert found["@type"] == ["Organization"] or found["@type"] == "Organization"
    assert found["foundingDate"] == "2018-11-09" and len(found["founder"]) == 3


def test_a_page_says_what_it_has_no_room_for(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "left out" not in ask("/id/guangzhou.html").body.decode()
    monkeypatch.setattr(entity, "MOST", 10)
    page = tree(ask("/id/guangzhou.html").body)
    (note,) = [one for one in page.cssselect(".note") if "left out" in words(one)]
    assert re.search(r"\d+ more claims and \d+ more inferred relations are left out", words(note))
    assert ask(note.cssselect("a")[0].get("href")).status == 200


def test_json_is_that_of_the_command(site: Site, ask: Ask) -> None:
    found = ask(f"/id/{ALLIANCE}.html?format=json")
    assert found.type == "application/json"
    assert json.loads(found.body) == json.loads(json.dumps(site.kg.show(f"id:{ALLIANCE}").to_dict()))
    assert json.loads(ask("/id/guangzhou.html?format=json").body)["left_out"] == {"claims": 0, "inferred": 0}


def test_an_unknown_entity_is_not_found_with_near_names(ask: Ask) -> None:
    found = ask("/id/guangzou.html")
    assert found.status == 404 and "Guangzhou" in found.body.decode()


def test_quotations_are_text_whatever_is_in_them(ask_small: Ask, small: Site) -> None:
    for hit in small.kg.search("tea", kinds=["entity"]).hits:
        page = ask_small(f"/id/{hit.id.removeprefix('id:')}.html")
        assert page.status == 200 and tree(page.body).cssselect("h1")


@pytest.mark.parametrize("form", ["text", "bibtex", "csl", "annotation"])
def test_the_forms_of_a_citation_can_be_copied(site: Site, ask: Ask, form: str) -> None:
    key = "guangzhou-report.alliance-founder-macau"
    page = ask(f"/claim/{key}.html")
    found = ask(f"/claim/{key}.html?format={form}")
    text = site.kg.citation(key).form(form)
    assert found.body.decode() == text and found.type.startswith(("text/plain", "application/json"))
    assert text.strip() in unescape(page.body.decode())
    assert f'href="/claim/{key}.html?format={form}"' in ask(f"/id/{ALLIANCE}.html").body.decode()


def test_a_claim_has_its_words_its_parts_its_doubts_and_its_neighbours(ask: Ask) -> None:
    page = tree(ask("/claim/guangzhou-report.gbiic-building-area.html").body)
    text = words(page)
    assert "Second reading supported" in text and "meant '61,307.3 square meters'" in text
    around = page.cssselect("#around ~ ul li")
    assert [words(one).partition(":")[0] for one in around] == ["before"] * 3 + ["after"] * 3


def test_claims_around_a_claim_are_those_next_in_the_document(ask: Ask) -> None:
    page = tree(ask("/claim/guangdong-article.guangdong-startups-headline.html").body)
    around = [words(one) for one in page.cssselect("#around ~ ul li")]
    assert around and all(one.startswith("after:") for one in around)


def test_a_claim_or_a_form_that_there_is_not_is_said(ask: Ask) -> None:
    assert ask("/claim/guangzhou-report.nothing.html").status == 404
    found = ask("/claim/guangzhou-report.guangzhou-gdp.html?format=mla")
    assert found.status == 400 and "text, bibtex, csl, annotation, json" in unescape(found.body.decode())
