"""Profiles for print: policies, and parks by place."""

from __future__ import annotations

import re
from typing import Any

from gbkg.web.site import Site
from web.conftest import Ask


def page_of(ask: Ask, address: str) -> str:
    found = ask(address)
    assert found.status == 200, found.body.decode()
    return found.body.decode()


def rows(page: str) -> dict[str, list[str]]:
    """The words of the cells of each policy, without what stands behind them."""
    found = {}
    for row in re.findall(r"<tr>\n<th scope=\"row\">(.*?)</tr>", page, re.S):
        bare = re.sub(r'<details class="evidence">.*?</details>\n*(?=</div>)', "", row, flags=re.S)
        head, *cells = re.split(r"</th>|</td>", bare)
        texts = [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in cells]
        found[re.sub(r"<[^>]*>", "", head.partition("</a>")[0]).strip()] = texts[:5]
    return found


def test_every_policy_has_a_row_with_its_source(ask: Ask, site: Site) -> None:
    found = rows(page_of(ask, "/profiles/policies"))
    policies = site.kg.query("SELECT DISTINCT ?p { ?p a/rdfs:subClassOf* gbkg:Policy ; rdfs:label ?l }")
    assert len(found) == len(policies.rows) > 10  # type: ignore[union-attr]
    issuer, area, amount, date, source = found[
        "Guangzhou's annual spending in support of blockchain".replace("'", "&#39;")
    ]
    assert (issuer, area, date) == ("Guangzhou Municipal People&#39;s Government", "Guangzhou", "")
    assert "roughly RMB 200 million (annual spending) in doubt" in amount and "1266–1396" in source
    assert found["State Council order on financial technologies"][3].startswith("--05 (no year)")
    assert all(re.match(r"\[\d\] \d+–\d+", cells[4]) for cells in found.values())


def test_each_cell_opens_its_sentences_and_documents_are_cited_in_full(ask: Ask) -> None:
    page = page_of(ask, "/profiles/policies")
    assert "decides to spend roughly RMB 200 million($29.1 million) annually" in page
    assert "Zhao Jing, “Research Report | Guangzhou Blockchain" in page.partition('id="documents"')[2]
    assert re.search(r'href="/source/guangdong-article(\.html)?\?span=1266-1396#1266-1396"', page)


def test_parks_stand_under_their_places(ask: Ask) -> None:
    page = page_of(ask, "/profiles/parks")
    places = re.findall(r"<h2>(?:<a[^>]*>)?([^<]*)", page)
    assert places[:-1] == sorted(places[:-1]) and places[-1] == "Where it lies is not said"
    huangpu = page.partition(">Huangpu District</a></h2>")[2].partition("<h2>")[0]
    assert "Guangzhou Antmi Blockchain Maker Space" in huangpu and "6000 square meters" in huangpu
    assert "6,1307.3 square meters" in huangpu and "(61307.3)" in huangpu


def test_a_project_without_the_query_says_so(ask_small: Ask) -> None:
    found = ask_small("/profiles/policies")
    assert found.status == 404 and b"no saved query of that name" in found.body


def test_the_policies_fit_a_page(page: Any) -> None:
    page.goto("/profiles/policies")
    pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
