"""Second readings: the interval of a share, the digest of what was judged, and judgements of no use."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbkg import build
from gbkg.claims import review
from gbkg.claims.review import Accuracy, wilson
from gbkg.core import tables
from gbkg.core.errors import Finding
from gbkg.core.project import Project
from gbkg.core.records import Claim, Dating, Passage, Place, Quantity, Review

QUANTITY = Quantity(Decimal(300), "nearly 300", "company", "nearly", None, Decimal(300))
PASSAGE = Passage("doc", 10, 20, "nearly 300")
CLAIM = Claim(
    slug="firms",
    source="doc",
    subject="town",
    predicate="blockchainCompanies",
    object="",
    object_kind="",
    quantity=QUANTITY,
    dating=Dating("dated", "2018-09", "", "in September 2018"),
    attributed_to=("office",),
    criterion="",
    reading="stated",
    status="accepted",
    note="",
    passages=(PASSAGE,),
    place=Place("data/claims/doc.tsv", 2),
)
RELATION = replace(CLAIM, slug="part", predicate="partOf", object="land", object_kind="entity", quantity=None)


def read(folder: Path, *rows: dict[str, str]) -> tuple[list[Review], list[tuple[str, str]]]:
    # The judgements, and the findings as severity and text.
    (folder / "data").mkdir()
    (folder / "data" / "review.tsv").write_text(tables.write(review.COLUMNS, rows), encoding="utf-8")
    found, findings = judgements(folder)
    return found, [(finding.severity, str(finding)) for finding in findings]


def judgements(folder: Path, faulty: bool = False) -> tuple[list[Review], list[Finding]]:
    rows, findings = review.by_source(Project(folder))
    claims = [CLAIM, RELATION]
    judged = [
        review.judge(rows[source], claims if source == "doc" else [], faulty and source == "doc") for source in rows
    ]
    return [one for found, _ in judged for one in found], findings + [one for _, faults in judged for one in faults]


def row(claim: Claim = CLAIM, first: str = "supported", verdict: str = "supported", **more: str) -> dict[str, str]:
    return {"claim": claim.key, "digest": claim.digest, "first": first, "verdict": verdict} | more


def judged(first: str, verdict: str = "supported") -> Review:
    return Review("doc.firms", CLAIM.digest, first, verdict, "", CLAIM.place)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (9, 10, 0.5958500, 0.9821238),
        (0, 10, 0.0, 0.2775328),
        (10, 10, 0.7224672, 1.0),
        (5, 10, 0.2365931, 0.7634069),
        (1, 1, 0.2065493, 1.0),
        (81, 263, 0.2552971, 0.3662092),
        (0, 0, 0.0, 0.0),
    ],
)
def test_known_intervals(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6), st.data())
def test_an_interval_holds_its_share_between_0_and_1(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1


@given(st.integers(1, 10**5), st.data())
def test_an_interval_of_failures_mirrors_that_of_successes(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials)
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low))


def test_more_trials_narrow_the_interval() -> None:
    widths = [high - low for low, high in (wilson(9 * n, 10 * n) for n in (1, 10, 100))]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "village"},
        {"predicate": "blockchainStartups"},
        {"object": "land"},
        {"quantity": None},
        {"quantity": replace(QUANTITY, value=Decimal(301))},
        {"quantity": replace(QUANTITY, value=None)},
        {"quantity": replace(QUANTITY, text="300")},
        {"quantity": replace(QUANTITY, unit="person")},
        {"quantity": replace(QUANTITY, precision="exact")},
        {"quantity": replace(QUANTITY, lower=Decimal(200))},
        {"quantity": replace(QUANTITY, upper=None)},
        {"dating": None},
        {"dating": replace(CLAIM.dating, kind="inferred")},  # type: ignore[type-var]
        {"dating": replace(CLAIM.dating, value="2019-09")},  # type: ignore[type-var]
        {"dating": replace(CLAIM.dating, since="2015")},  # type: ignore[type-var]
        {"dating": replace(CLAIM.dating, text="in September")},  # type: ignore[type-var]
        {"attributed_to": ()},
        {"attributed_to": ("office", "guild")},
        {"criterion": "by-register"},
        {"reading": "implied"},
        {"status": "disputed"},
        {"passages": ()},
        {"passages": (replace(PASSAGE, start=11),)},
        {"passages": (replace(PASSAGE, exact="nearly 400"),)},
        {"note": "The paragraph is about the town."},
        {"passages": (PASSAGE, replace(PASSAGE, start=90))},
    ],
)
def test_the_digest_changes_with_what_is_judged(changes: dict[str, object]) -> None:
    assert replace(CLAIM, **changes).digest != CLAIM.digest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"place": Place("data/claims/doc.tsv", 99)}, {"lines": (99,)}, {"slug": "companies"}],
)
def test_the_digest_stays_with_what_is_not_judged(changes: dict[str, object]) -> None:
    assert replace(CLAIM, **changes).digest == CLAIM.digest  # type: ignore[arg-type]


def test_the_digest_is_twelve_hex_digits() -> None:
    assert len(CLAIM.digest) == 12
    assert set(CLAIM.digest) <= set("0123456789abcdef")


def test_the_digest_is_the_same_everywhere() -> None:
    assert CLAIM.digest == "3fb581a1fdd3"


def test_a_project_without_reviews(tmp_path: Path) -> None:
    assert review.by_source(Project(tmp_path)) == ({}, [])


def test_judgements_are_read(tmp_path: Path) -> None:
    found, findings = read(tmp_path, row(), row(RELATION, "partly", note="Mended."))
    assert findings == []
    assert [(r.claim, r.first, r.verdict, r.note) for r in found] == [
        ("doc.firms", "supported", "supported", ""),
        ("doc.part", "partly", "supported", "Mended."),
    ]


def test_a_judgement_of_no_claim_is_found(tmp_path: Path) -> None:
    assert read(tmp_path, row(claim=replace(CLAIM, slug="frims"))) == (
        [],
        [("violation", "data/review.tsv:2:claim: no such claim; found 'doc.frims' (did you mean doc.firms?)")],
    )


def test_a_judgement_of_a_claim_left_out_for_a_fault_is_passed_over(tmp_path: Path) -> None:
    absent = replace(CLAIM, slug="frims")
    elsewhere = replace(absent, source="other")
    (tmp_path / "data").mkdir()
    rows = [row(absent), row(elsewhere), row(digest="0" * 12)]
    (tmp_path / "data" / "review.tsv").write_text(tables.write(review.COLUMNS, rows), encoding="utf-8")
    found, findings = judgements(tmp_path, faulty=True)
    assert found == []
    assert sorted((f.line, f.message) for f in findings) == [
        (3, "no such claim"),
        (4, "the claim has changed since it was judged"),
    ]


def test_a_second_judgement_of_a_claim_is_found(tmp_path: Path) -> None:
    found, findings = read(tmp_path, row(), row())
    assert len(found) == 1
    assert findings == [("violation", "data/review.tsv:3:claim: judged twice; found 'doc.firms' (first in line 2)")]


@pytest.mark.parametrize(("first", "verdict"), [("yes", "supported"), ("supported", ""), ("Supported", "supported")])
def test_a_verdict_that_is_not_on_the_list_is_found(tmp_path: Path, first: str, verdict: str) -> None:
    found, findings = read(tmp_path, row(first=first, verdict=verdict))
    assert found == []
    assert len(findings) == 1
    assert findings[0][1].endswith("expected supported | partly | not")


def test_a_claim_that_has_changed_since_needs_another_reading(tmp_path: Path) -> None:
    found, findings = read(tmp_path, row(digest="0" * 12))
    assert found == []
    assert [severity for severity, _ in findings] == ["warning"]


@pytest.mark.parametrize("verdict", ["partly", "not"])
def test_a_claim_that_is_still_wanting_is_found(tmp_path: Path, verdict: str) -> None:
    _, findings = read(tmp_path, row(first=verdict, verdict=verdict))
    assert findings == [
        (
            "violation",
            f"data/review.tsv:2:verdict: a second reader found the claim wanting; found {verdict!r}, "
            "expected supported (mend the claim and have it read again)",
        )
    ]


def test_accuracy_counts_first_and_resolved_readings() -> None:
    assert review.accuracy(claims=12, judged=10, first=9, resolved=10) == Accuracy(12, 10, 9, 10, *wilson(9, 10))


def test_accuracy_without_judgements_is_zero() -> None:
    assert review.accuracy(1, 0, 0, 0) == Accuracy(1, 0, 0, 0, 0.0, 0.0)


# ---- What a claim means


MINI = Path(__file__).resolve().parent / "mini"


def judged_again(root: Path) -> list[str]:
    return [str(f) for f in build.read(Project(root)).findings if f.gate == "review"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("entities.tsv", "\tTea Harbour\t", "\tTea Haven\t"),
        ("entities.tsv", "tea-harbour\tCity\tTea Harbour\t", "tea-harbour\tCity\tTea Harbour\tNo longer a port. "),
    ],
)
def test_a_verdict_is_on_what_the_words_meant(mini: Path, name: str, old: str, new: str) -> None:
    assert judged_again(mini) == []
    path = mini / "data" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = judged_again(mini)
    assert found and all("what the claim means has changed since it was judged" in one for one in found)
    assert all("have it read again" in one for one in found)


@pytest.mark.parametrize("measured", [False, True])
def test_a_verdict_is_on_the_definition_of_the_property(measured: bool) -> None:
    typed = build.read(Project(MINI))
    one = next(c for c in typed.claims if (c.predicate in typed.vocabulary.indicators) == measured)
    other = replace(typed.vocabulary, definitions=typed.vocabulary.definitions | {one.predicate: "Something else."})
    before, after = (review.meaning(one, typed.entities, v) for v in (typed.vocabulary, other))
    assert before != after and len(before) == len(after) == 6


def test_a_digest_of_the_claim_alone_covers_the_claim_alone() -> None:
    rows = [tables.TableRow(CLAIM.place, {"claim": CLAIM.key, "digest": CLAIM.digest, "first": "supported",
                                     "verdict": "supported", "note": ""})]  # fmt: skip
    assert review.judge(rows, [CLAIM], meanings={CLAIM.key: "aaaaaa"})[1] == []
