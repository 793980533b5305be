"""Citations of claims: what a report says, in four forms, read back with the libraries of those who take them."""

from __future__ import annotations

import csv
import io
import json
import warnings
from pathlib import Path

import pytest
from conftest import MINI
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

import gbkg
from gbkg.ask import writing
from gbkg.ask.answers import Answer
from gbkg.ask.citation import FORMS, Citation, Reference
from gbkg.evidence.proofs import ClaimEvidence, Quotation
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph

WORDS = Quotation("psg:almanac.3-9", "almanac", 3, 9, "tea & 50% _more_")
PAPER = Reference("almanac", "Tea {and} $5", ("Yao, Ming", "A. B."), ("Press", "House"), "2018-11-09", "en", 172)


def citation(source: Reference = PAPER, *quotations: Quotation) -> Citation:
    return Citation(source, ClaimEvidence("almanac.more", "accepted", "stated", "", quotations or (WORDS,)))


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.fixture(scope="module")
def real(real_build: Path) -> KnowledgeGraph:
    return gbkg.open(graph=real_build / "gbkg.nq")


def test_words_are_author_title_date_publisher_quotation_position(real: KnowledgeGraph) -> None:
    report = (
        "Research Report | Guangzhou Blockchain Industrialization Policy Statistics, Investment Funds and Scenario "
    )
    by = "Digital Asset Research Institute and Zero One Think Tank"
    said = real.citation("guangzhou-report.alliance-founder-gz").text()
    assert said == (
        f"Zhao Jing, “{report}Applications”, no date, {by}: “the Guangdong-Hong Kong-Macao Greater Bay Area "
        "Blockchain Alliance, which was jointly created by the Guangzhou Blockchain Industry Association”, characters "
        "13728–13870.\n"
    )
    bare = real.citation("guangdong-article.guangzhou-spending-yuan").text()
    assert bare.startswith("No author, “With Over 10,000 Blockchain Startups") and "no date, no publisher: “" in bare


def test_a_claim_is_cited_by_key_by_iri_and_as_a_proof_has_it(kg: KnowledgeGraph) -> None:
    key = "gazette.harbour-in-upper-reed"
    found = kg.citation(key)
    assert found.remarks == () and found.source.publishers == ("The Harbour Gazette",)
    assert kg.citation("clm:" + key) == kg.citation(found.claim) == found
    with pytest.raises(gbkg.NotFoundError, match="claim"):
        kg.citation("gazette.nothing-of-that-kind")


def test_several_quotations_stand_in_the_order_of_the_document() -> None:
    assert citation(PAPER, WORDS, Quotation("", "almanac", 20, 23, "tea")).quoted() == (
        "“tea & 50% _more_”, characters 3–9; “tea”, characters 20–23"
    )
    nothing = Citation(PAPER, ClaimEvidence("almanac.more", "accepted", "stated", "", ()))
    assert nothing.text().endswith(": no quotation.\n")


def test_what_a_document_says_turns_no_line_of_text() -> None:
    hostile = Quotation("", "almanac", 0, 4, "a\u202eb\x1b[31m\nc")
    assert citation(PAPER, hostile).quoted() == "“a\\u202eb\\x1b[31m c”, characters 0–4"
    assert citation(PAPER, hostile).annotation()["target"][0]["selector"][0]["exact"] == hostile.exact
    assert "<b>" not in citation(PAPER, Quotation("", "almanac", 0, 4, "<b>"))._repr_html_()


def test_bibtex_is_read_as_it_was_meant() -> None:
    (key, entry), *more = parse_string(citation().bibtex(), "bibtex").entries.items()
    assert (key, entry.type, more) == ("almanac.more", "misc", [])
    assert [str(person) for person in entry.persons["author"]] == ["{Yao, Ming}", "{A. B.}"]
    assert (entry.fields["year"], entry.fields["month"], entry.fields["publisher"]) == (
        "2018",
        "November",
        "Press; House",
    )
    assert entry.fields["title"] == r"{Tea \textbraceleft{}and\textbraceright{} \$5}"
    assert entry.fields["note"] == r"“tea \& 50\% \_more\_”, characters 3–9"


@given(st.text(), st.text(), st.text())
def test_no_words_break_a_form(title: str, author: str, exact: str) -> None:
    source = Reference("almanac", title, (author,) if author.strip() else (), (), "", "zh", 9)
    made = citation(source, Quotation("", "almanac", 0, 1, exact))
    (entry,) = parse_string(made.bibtex(), "bibtex").entries.values()
    assert set(entry.fields) == {"title", "language", "note"}
    assert len(made.text().splitlines()) == 1
    assert json.loads(made.form("csl")) == made.csl()
    assert set(FORMS) < set(made.to_dict())


@pytest.mark.parametrize(
    ("date", "issued"),
    [
        ("2018", {"date-parts": [[2018]]}),
        ("2018-11", {"date-parts": [[2018, 11]]}),
        ("2018-11-09", {"date-parts": [[2018, 11, 9]]}),
        ("--09", {"literal": "--09"}),
    ],
)
def test_dates_keep_their_precision(date: str, issued: object) -> None:
    source = Reference("almanac", "Tea", (), (), date, "", 0)
    assert citation(source).csl()["issued"] == issued
    assert f", {date}, no publisher" in citation(source).text()


def test_csl_json_is_taken_by_a_citation_processor() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from citeproc import Citation as Cited
        from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
        from citeproc.source.json import CiteProcJSON

        bibliography = CitationStylesBibliography(
            CitationStylesStyle("harvard-cite-them-right", validate=False),
            CiteProcJSON([citation().csl()]),
            formatter.plain,
        )
        bibliography.register(Cited([CitationItem("almanac.more")]))
        (printed,) = map(str, bibliography.bibliography())
    assert "Tea {and} $5" in printed and "2018" in printed and "Yao, Ming" in printed


def test_an_annotation_has_source_quotation_and_position() -> None:
    (target,) = citation().annotation()["target"]
    assert target["source"] == {
        "id": "https://w3id.org/gbkg/source/almanac",
        "dcterms:title": "Tea {and} $5",
        "dcterms:bibliographicCitation": "Yao, Ming and A. B., “Tea {and} $5”, 2018-11-09, Press and House",
    }
    assert target["selector"][1] == {"type": "TextPositionSelector", "start": 3, "end": 9}


def test_csv_keeps_the_quotations_of_each_row(kg: KnowledgeGraph) -> None:
    answer = kg.ask_saved("founders", cite=True)
    assert isinstance(answer, Answer)
    rows = list(csv.DictReader(io.StringIO(writing.write(answer, "csv"))))
    assert len(rows) == 2
    for row in rows:
        assert row["citations"].startswith(
            "No author, “The leaf comes home: how Tea Harbour found its trade again”, no date"
        )
        assert "”, characters " in row["citations"] and row["proof"]
