"""Quotations that begin or end within a printed number or date."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gbkg.core.records import Claim, Dating, Passage, Place, Quantity
from gbkg.documents import coverage as quotations

PLACE = Place("data/claims/doc.tsv", 2)
NUMBER = Quantity(Decimal(1), "1", "company", "exact", None, None)
DATED = Dating("dated", "2018", "", "2018")
BASE = Claim(
    "one", "doc", "town", "teaHouses", "", "", NUMBER, DATED, (), "", "stated", "accepted", "", (), PLACE
)  # fmt: skip


def cut(text: str, quote: str, claim: Claim = BASE) -> list[str]:
    # What a quotation of this text cuts.
    start = text.index(quote)
    quoted = replace(claim, passages=(Passage("doc", start, start + len(quote), quote),))
    return [finding.expected for finding in quotations.cuts(quoted, "en", text)]


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("The town had 13,723 firms.", "The town had 13", "'13,723'"),
        ("The town had 13,723 firms.", "723 firms", "'13,723'"),
        ("The town had 6M firms.", "The town had 6", "'6M'"),
        ("The town had 1.5 million firms.", "The town had 1.5", "'1.5 million'"),
        ("The town had forty-two firms.", "The town had forty", "'forty-two'"),
        ("The town had forty-two firms.", "two firms", "'forty-two'"),
        ("The town had half a million firms.", "a million firms", "'half a million'"),
        ("It grew by 46% then.", "It grew by 46", "'46%'"),
        ("It spent RMB 200 million.", "200 million", "'RMB 200 million'"),
        ("Founded on November 9, 2018, it grew.", "2018, it grew", "'November 9, 2018'"),
        ("Founded on November 9, 2018, it grew.", "Founded on November", "'November 9, 2018'"),
        ("It grew from 2015 to 2018.", "2018", "'2015 to 2018'"),
        ("城有三百五十家企业。", "五十家企业", "'三百五十'"),
        ("成立于2024年11月28日。", "成立于2024年1", "'2024年11月28日'"),
    ],
)
def test_a_quotation_does_not_cut_what_it_is_read_for(text: str, quote: str, found: str) -> None:
    assert cut(text, quote)[0] == f"{found} whole, or nothing of it"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The town had 13,723 firms.", "The town had 13,723"),
        ("The town had 13,723 firms.", "13,723 firms."),
        ("In 2018, 300 firms came; in 2019, 400.", "300 firms came"),
        ("In 2018, 300 firms came; in 2019, 400.", "In 2018"),
        ("It was 5,341 and 1,699, respectively.", "It was 5,341"),
        ("It was 5,341 and 1,699, respectively.", "1,699"),
        ("The four major carriers: 1 A, 2 B.", "The four major carriers: 1 A"),
        ("Four bases and one platform.", "Four bases"),
        ("It was launched in June. Then it grew.", "It was launched in June"),
    ],
)
def test_a_quotation_may_end_between_numbers(text: str, quote: str) -> None:
    assert cut(text, quote) == []


def test_a_claim_without_number_or_date_may_be_quoted_from_anywhere() -> None:
    assert cut("The 13,723 firms.", "723 firms", replace(BASE, quantity=None, dating=None)) == []
