"""Small random changes of what is typed do not pass unnoticed; docs/mutants.md has the places where no gate knows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import mutants
import pytest
from mutants import Bench, Mutant, Tried

MINI = Path(__file__).resolve().parent / "mini"
NUMBER = 30
"""So many in each run; `make fuzz-tables` tries thousands."""


def test_mutants_are_the_same_for_the_same_seed() -> None:
    one, same, other = (list(mutants.mutants(MINI, 50, seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert len({(m.file, m.text) for m in one}) > 45


def test_every_mutant_differs_from_what_is_typed() -> None:
    for mutant in mutants.mutants(MINI, 200, 3):
        assert mutant.text != (MINI / mutant.file).read_text(encoding="utf-8")


def test_all_kinds_of_files_and_of_changes_come_up() -> None:
    made = list(mutants.mutants(mutants.ROOT, 2000, 4))
    starts = Counter(next(start for start in mutants.WEIGHTS if m.file.startswith(start)) for m in made)
    assert set(starts) == set(mutants.WEIGHTS)
    kinds = {m.kind for m in made}
    assert {
        *mutants.TEXTUAL,
        *mutants.WORDED,
        "triple removed",
        "triple added",
        "other object",
        "columns exchanged",
    } <= kinds


def test_what_passes_passes_where_the_page_says_so() -> None:
    every = mutants.tried(MINI, MINI / "documents", NUMBER, 1, jobs=1)
    assert [f"{one.outcome}: {mutants.place(one.mutant)}: {one.mutant.what}" for one in mutants.unlisted(every)] == []
    found = Counter(one.outcome for one in every)
    assert found["refused"] > NUMBER / 2
    assert found["broken"] == 0


def test_the_time_that_is_given_is_kept() -> None:
    assert mutants.tried(MINI, MINI / "documents", NUMBER, 1, jobs=1, seconds=0) == []


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(MINI, MINI / "documents", tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize(
    ("file", "old", "new", "outcome"),
    [
        ("data/claims/gazette.tsv", "\t1240\t1,240\t", "\t1204\t1,240\t", "refused"),
        ("data/claims/gazette.tsv", "\t2018-10\tAs of October 2018\t", "\t2018-11\tAs of October 2018\t", "refused"),
        ("data/entities.tsv", "\tTea Harbour\tHarbour", "\tTea Haven\tHarbour", "refused"),
        ("data/review.tsv", "\tsupported\tsupported\t", "\tnot\tsupported\t", "reported"),
        ("data/curation.ttl", "A comma one digit too far left.", "A comma one digit too far right.", "compared"),
        ("data/expected.toml", "# How much", "# How  much", "same"),
    ],
)
def test_each_outcome_is_told_from_the_others(bench: Bench, file: str, old: str, new: str, outcome: str) -> None:
    text = (MINI / file).read_text(encoding="utf-8")
    if file.endswith("entities.tsv"):
        old, new = "\tTea Harbour\t", "\tTea Haven\t"
    assert old in text
    assert bench.tried(Mutant(file, "x", "by hand", "", text.replace(old, new, 1))).outcome == outcome
    assert (bench.root / file).read_text(encoding="utf-8") == text


def test_a_place_that_the_page_does_not_have_is_reported() -> None:
    mutant = Mutant("data/claims/gazette.tsv", "value", "digit changed", "", "")
    assert mutants.place(mutant) == "data/claims value"
    assert mutants.unlisted(
        [Tried(mutant, "silent", ""), Tried(mutant, "refused", ""), Tried(mutant, "broken", "")]
    ) == [
        Tried(mutant, "silent", ""),
        Tried(mutant, "broken", ""),
    ]
