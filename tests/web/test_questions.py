"""Questions: gallery, forms, answers with evidence, and what is taken along."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from gbkg.ask import writing
from gbkg.ask.answers import Answer
from gbkg.web.messages import BadRequest
from gbkg.web.question import table
from gbkg.web.site import Site
from web.conftest import Ask

FOUNDERS = "/questions/alliance-founders"
INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def text(ask: Ask, address: str, status: int = 200) -> str:
    found = ask(address)
    assert found.status == status, found.body.decode()
    return found.body.decode()


# ---- the gallery


def test_every_question_is_in_the_gallery_once(ask: Ask, site: Site) -> None:
    links = re.findall(r'<h3><a href="/questions/([^"]*)">', text(ask, "/questions"))
    assert sorted(links) == sorted(site.kg.queries)


def test_questions_are_found_by_words_and_by_subject(ask: Ask, site: Site) -> None:
    assert "alliance-founders" in text(ask, "/questions?q=who+founded+an+alliance")
    links = re.findall(r'<h3><a href="/questions/([^"]*)">', text(ask, "/questions?tag=time"))
    assert set(links) == {name for name, query in site.kg.queries.items() if "time" in query.tags}
    assert "No question has these words" in text(ask, "/questions?q=zzzz")
    assert "subject of questions" in text(ask, "/questions?tag=nothing", 404)


# ---- a question


def test_an_answer_has_its_rows_their_evidence_and_where_to_take_it(ask: Ask) -> None:
    page = text(ask, FOUNDERS)
    assert page.count('<details class="evidence">') == 3
    assert "which was jointly created by the Guangzhou Blockchain Industry Association”" in page
    assert re.search(r'<a href="/id/university-of-macau(\.html)?">University of Macau</a>', page)
    for form in ("xlsx", "docx", "csv", "tsv", "json", "md", "table", "card"):
        assert f'href="{FOUNDERS}?format={form}"' in page
    assert 'href="/questions/alliance-founders?plain=1"' in page


def test_a_form_has_a_field_for_each_parameter(ask: Ask, site: Site) -> None:
    for name, query in site.kg.queries.items():
        if query.parameters and name in ("timeline", "alliance-founders", "bounds", "statistics-by-place"):
            page = text(ask, f"/questions/{name}")
            names = set(re.findall(r'<input [^>]*name="([^"]*)"', page.partition('<form action="/questions')[2]))
            assert names == {one.name for one in query.parameters}
    bounds = text(ask, "/questions/bounds?precision=gbkg:nearly&precision=gbkg:between")
    ticked = re.findall(r'value="(gbkg:\w+)" checked', bounds)
    assert ticked == ["gbkg:nearly", "gbkg:between"]
    assert "without one: Guangzhou" in text(ask, "/questions/statistics-by-place")


def test_a_value_narrows_the_answer_and_stays_in_the_form(ask: Ask) -> None:
    page = text(ask, f"{FOUNDERS}?founder=University+of+Macau")
    assert page.count('<details class="evidence">') == 1 and 'value="University of Macau"' in page
    part = text(ask, "/questions/sites-by-district?district=huang")
    assert "District &#39;huang&#39; is taken for Huangpu District" in part
    both = text(ask, f"{FOUNDERS}?founder=University+of+Macau&founder=Hong+Kong+Blockchain+Industry+Association")
    assert both.count('<details class="evidence">') == 2


def test_a_name_that_is_not_known_leads_to_those_that_are(ask: Ask) -> None:
    page = text(ask, "/questions/sites-by-district?district=Huangpx&site=", 404)
    assert 'href="/questions/sites-by-district?site=&amp;district=id%3Ahuangpu-district">Huangpu District</a>' in page
    assert 'aria-invalid="true"' in page and 'value="Huangpx"' in page
    dates = text(ask, "/questions/timeline?from=2019-13", 400)
    assert "expected a date such as 2019" in dates
    assert "the question has no parameter" in text(ask, f"{FOUNDERS}?colour=red", 400).casefold()
    problem = json.loads(ask("/questions/sites-by-district?district=Huangpx", accept="application/json").body)
    assert problem["status"] == 404 and "Huangpu District" in problem["near"][0]


def test_an_empty_answer_says_why_and_what_to_do(ask: Ask) -> None:
    page = text(ask, "/questions/joint-ventures?partner=University+of+Macau")
    assert "No row fits" in page and "No rows: nothing fits" in page
    assert 'href="/questions/joint-ventures">Ask again without partner</a>' in page
    tried = re.search(r'href="(/questions/joint-ventures\?[^"]+)">See it with values', page)
    assert tried and '<details class="evidence">' in text(ask, tried[1])


def test_a_caution_is_seen(ask: Ask) -> None:
    assert '<p class="caution">Caution: The figures are not comparable' in text(ask, "/questions/company-counts")


def test_a_question_that_is_not_there_suggests_others(ask: Ask) -> None:
    page = text(ask, "/questions/alliance-founder", 404)
    assert "alliance-founders" in page and "/questions lists all of them" in page


# ---- sorting and pages


def test_rows_are_sorted_by_value_and_by_words() -> None:
    numbers = ("9", "100", "-3")
    rows = tuple((Literal(n, datatype=INTEGER), Literal(w)) for n, w in zip(numbers, ("b", "A", "c"), strict=True))
    answer = Answer(("n", "w"), (*rows, (None, None)))

    def column(sort: str) -> list[str]:
        return [row.cells[0].text for row in table(answer, sort).rows]

    assert column("") == ["9", "100", "-3", ""]
    assert column("n") == ["-3", "9", "100", ""] and column("-n") == ["100", "9", "-3", ""]
    assert column("w") == ["100", "9", "-3", ""]
    with pytest.raises(BadRequest, match="no column 'x' to sort by"):
        table(answer, "x")


def test_proofs_go_along_with_sorted_rows(ask: Ask) -> None:
    page = text(ask, f"{FOUNDERS}?sort=-founder")
    rows = page.partition("<tbody>")[2].split("</tr>")
    assert "University of Macau</a>" in rows[0] and "and the University of Macau”" in rows[0]
    assert 'aria-sort="descending"' in page


def test_long_answers_have_pages(ask: Ask, site: Site) -> None:
    total = len(site.kg.ask_saved("implied-claims").rows)  # type: ignore[union-attr]
    assert 200 < total <= 300
    first, second = text(ask, "/questions/implied-claims"), text(ask, "/questions/implied-claims?page=3")
    assert 'rel="next" href="/questions/implied-claims?page=2#answer"' in first and 'rel="prev"' in second
    assert first.count('<td class="why">') == 100 and second.count('<td class="why">') == total - 200


def test_columns_without_anything_are_left_out_and_named(ask: Ask) -> None:
    page = text(ask, "/questions/money-in-policies")
    assert "next issuer" not in page.partition("<thead>")[2].partition("</thead>")[0]
    assert "Nothing is known for: next issuer" in page


@settings(max_examples=25)
@given(st.lists(st.tuples(st.text(max_size=8) | st.none(), st.integers() | st.none()), max_size=8))
def test_sorting_loses_no_row(given: list[tuple[str | None, int | None]]) -> None:
    rows = tuple(
        (None if a is None else Literal(a), None if b is None else Literal(str(b), datatype=INTEGER)) for a, b in given
    )
    answer = Answer(("a", "b"), rows)
    for sort in [name for name, at in (("a", 0), ("b", 1)) if any(row[at] is not None for row in rows)]:
        for way in ("", "-"):
            assert len(table(answer, way + sort).rows) == len(rows)


# ---- taking along


@pytest.mark.parametrize("form", [*writing.MEDIA, "card"])
def test_every_format_of_the_command_line_can_be_taken(ask: Ask, form: str) -> None:
    found = ask(f"{FOUNDERS}?format={form}")
    if form in ("ttl", "jsonld", "nt"):
        assert found.status == 400 and b"which " + form.encode() + b" cannot hold" in found.body
        return
    assert found.status == 200
    disposition = dict(found.headers)["Content-Disposition"]
    assert re.fullmatch(r'(inline|attachment); filename="alliance-founders\.(\w+\.)?\w+"', disposition)


def test_files_say_what_the_page_says(ask: Ask, site: Site) -> None:
    rows = list(csv.DictReader(io.StringIO(ask(f"{FOUNDERS}?format=csv").body.decode())))
    assert len(rows) == 3 and all(row["citations"].startswith("Zhao Jing, “Research Report") for row in rows)
    book = openpyxl.load_workbook(io.BytesIO(ask(f"{FOUNDERS}?founder=University+of+Macau&format=xlsx").body))
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["With founder"] == "University of Macau" and about["Graph (SHA-256)"] == site.kg.digest
    card = json.loads(ask(f"{FOUNDERS}?format=card").body)
    assert card["kind"] == "gbkg answer card 1" and len(card["answer"]["results"]["bindings"]) == 3


def test_programs_get_what_they_accept(ask: Ask) -> None:
    assert json.loads(ask(FOUNDERS, accept="*/*").body)["head"]["vars"][0] == "alliance"
    assert ask(FOUNDERS, accept="text/csv").type.startswith("text/csv")
    assert ask(FOUNDERS, accept="text/html,*/*;q=0.8").type.startswith("text/html")


def test_the_bare_answer_has_no_form_and_no_menu(ask: Ask) -> None:
    page = text(ask, f"{FOUNDERS}?plain=1")
    assert "<form" not in page and "<nav" not in page and page.count('<details class="evidence">') == 3


def test_the_same_question_is_given_for_the_shell_and_for_python(ask: Ask, site: Site) -> None:
    hostile = "University of Macau"
    page = text(ask, f"{FOUNDERS}?{urlencode({'founder': hostile})}")
    shown = re.findall(r"<pre tabindex=\"0\"><code>(.*?)</code></pre>", page, re.S)
    import html

    sparql, curl, shell, python = map(html.unescape, shown)
    assert "VALUES ?founder { <https://w3id.org/gbkg/id/university-of-macau> }" in sparql
    assert shlex.split(curl)[2].endswith("/questions/alliance-founders?founder=University+of+Macau&format=csv")
    assert shlex.split(shell) == ["gbkg", "query", "alliance-founders", "-p", "founder=University of Macau", "--cite"]
    called = python.partition("answer = ")[2].partition("\n")[0]
    assert len(eval(called, {"kg": site.kg})) == 1
    assert f'href="/sparql?query={quote(sparql, safe="/")[:40]}' in page


def test_suggestions_are_of_the_class_of_the_parameter(ask: Ask) -> None:
    found = json.loads(ask("/questions/sites-by-district/suggest?parameter=site&q=antm").body)["suggestions"]
    assert {one["id"] for one in found} == {"id:antmi-blockchain-maker-space", "id:antmi-shuangchuang-park"}
    assert json.loads(ask("/questions/timeline/suggest?parameter=from&q=2").body) == {"suggestions": []}


def test_what_was_typed_is_shown_as_text(ask: Ask) -> None:
    page = text(ask, f"/questions/sites?{urlencode({'site': '<script>alert(1)</script> a‮b'})}", 404)
    assert "<script>alert" not in page and "\u202e" not in page


# ---- over HTTP, and in a browser


def test_downloads_go_over_http(client: httpx.Client) -> None:
    found = client.get(f"{FOUNDERS}?format=docx")
    assert found.status_code == 200 and found.content[:2] == b"PK"
    assert found.headers["content-disposition"] == 'attachment; filename="alliance-founders.docx"'


def test_a_question_is_asked_with_the_keyboard(page: Any) -> None:
    page.goto("/questions/sites-by-district")
    field = page.locator("#f-site")
    field.focus()
    page.keyboard.type("antm")
    page.locator(".suggestions li").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant")
    page.keyboard.press("Enter")
    assert field.input_value() == "Guangzhou Antmi Blockchain Maker Space"
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/sites-by-district?*site=Guangzhou+Antmi*")
    evidence = page.locator("td.why summary").first
    evidence.focus()
    page.keyboard.press("Enter")
    assert page.locator("td.why blockquote").first.is_visible()


def test_without_scripts_the_form_works_as_it_is(browser: Any, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto("/questions/sites-by-district")
    page.fill("#f-site", "Antmi Shuangchuang Park")
    page.click("form.card button")
    page.locator("td.why").first.wait_for()
    assert page.locator("td.why").count() == 1
    context.close()


# ---- charts


def test_a_chart_stands_above_the_table_and_can_be_taken(ask: Ask) -> None:
    page = text(ask, "/questions/company-counts?place=Guangzhou")
    assert '<svg class="picture"' in page and 'style="' not in page
    for form, begin in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        address = f"/questions/company-counts/chart.{form}?place=Guangzhou"
        assert f'href="{address}"' in page
        found = ask(address)
        assert found.status == 200 and found.body.startswith(begin)
    assert '<svg class="picture"' not in text(ask, "/questions/aliases")
    assert ask("/questions/aliases/chart.svg").status == 404


def test_a_list_stands_under_its_places(ask: Ask) -> None:
    page = text(ask, "/questions/sites-by-district").partition('<ul class="placed">')[2].partition("<table>")[0]
    assert re.findall(r"<strong><a[^>]*>([^<]*)</a></strong>", page) == ["Huangpu District", "Yuexiu District"]
    assert page.count("Antmi Shuangchuang Park") == 1
