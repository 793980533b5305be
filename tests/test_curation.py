"""What the curators say: formulas over printed numbers, and what is wrong with curation itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path

import pytest
from conftest import SHIPPED
from hypothesis import given
from hypothesis import strategies as st

from gbkg.claims import curation, vocabulary
from gbkg.claims.curation import FormulaError, Interval, evaluate
from gbkg.claims.vocabulary import Vocabulary
from gbkg.core import turtle
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.records import Claim, Passage, Place, Quantity, Source
from gbkg.core.terms import Graph, Packed
from gbkg.documents import quantities

ROOT = Path(__file__).resolve().parents[1]
PLACE = Place("data/claims/doc.tsv", 2)


@cache
def terms() -> Vocabulary:
    return vocabulary.read(vocabulary.terms(Project(SHIPPED)))


def exact(value: int | str) -> Interval:
    return Interval(Fraction(value), Fraction(value), Fraction(value))


def rounded(text: str) -> Interval:
    # What a measured number with these printed digits stands for.
    found = quantities.read(text)
    assert found is not None
    value, half = Fraction(found.value), Fraction(found.ulp) / 2
    return Interval(value, value - half, value + half)


def statistic(slug: str, text: str, unit: str, value: str | None = "1", status: str = "accepted") -> Claim:
    quantity = Quantity(None if value is None else Decimal(value), text, unit, "exact", None, None)
    passage = Passage("doc", 0, len(text), text)
    return Claim(slug, "doc", "town", "gdp", "", "", quantity, None, (), "", "stated", status, "", (passage,), PLACE)


def relation(slug: str) -> Claim:
    passage = Passage("doc", 0, 4, "Town")
    return Claim(
        slug, "doc", "town", "partOf", "land", "entity", None, None, (), "", "stated", "accepted", "", (passage,), PLACE
    )


def graph(text: str) -> Graph:
    return turtle.parse("".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items()) + text)


SOURCES = {"doc": Source("doc", "A document", "0" * 64, 1000, "en")}
CLAIMS = [
    statistic("part", "25.0%", "percent"),
    statistic("whole", "50.0%", "percent"),
    relation("one"),
    relation("two"),
]
CHECKED = """cur:half a gbkg:PassedCheck ;
    gbkg:formula "{doc.part} / {doc.whole} = 0.5" ; gbkg:computedValue 0.5 ; gbkg:expectedValue 0.5 ;
    gbkg:concerns clm:doc.part, clm:doc.whole ."""


PLACES = {PREFIXES["cur"] + "half": Place("data/curation.ttl", 7)}


def faults(text: str, places: Mapping[str, Place] = PLACES) -> list[str]:
    return [str(finding) for finding in curation.check(graph(text), places, curation.figures(CLAIMS, SOURCES), terms())]


@pytest.mark.parametrize(
    "formula",
    [
        "1 + 1 = 2",
        "7 - 2 * 3 = 1",
        "(7 - 2) * 3 = 15",
        "10 / 4 = 2.5",
        "1 < 2",
        "2 > 1",
        "2 <= 2",
        "2 >= 2",
        "  3  =  3  ",
        "100 * {a} / {b} = 50",
        "{a} + {a} = {b}",
        "count({a}) = 1",
        "count({a}, {b}) = 2",
        "{b} > count({a}, {b})",
    ],
)
def test_a_true_relation_holds(formula: str) -> None:
    assert evaluate(formula, {"a": exact(5), "b": exact(10)}).holds


@pytest.mark.parametrize(
    "formula", ["1 + 1 = 3", "1 > 2", "2 < 2", "2 > 2", "3 <= 2", "2 >= 3", "{a} = {b}", "count({a}, {b}) = 1"]
)
def test_a_false_relation_does_not_hold(formula: str) -> None:
    assert not evaluate(formula, {"a": exact(5), "b": exact(10)}).holds


def test_a_result_names_the_claims_once_and_in_order() -> None:
    assert evaluate("{b} + {a} = {b}", {"a": exact(0), "b": exact(1)}).claims == ("b", "a")


def test_a_side_has_its_value_and_its_interval() -> None:
    result = evaluate("{a} + {b} = 3", {"a": rounded("1.0"), "b": rounded("2.0")})
    assert result.left == Interval(Fraction(3), Fraction("2.9"), Fraction("3.1"))


def test_a_difference_takes_the_far_ends() -> None:
    side = evaluate("{a} - {b} = 0", {"a": rounded("5.0"), "b": rounded("2.0")}).left
    assert (side.low, side.high) == (Fraction("2.9"), Fraction("3.1"))


def test_a_product_of_intervals_on_both_sides_of_zero() -> None:
    straddling = Interval(Fraction(0), Fraction(-1), Fraction(2))
    side = evaluate("{a} * {b} = 0", {"a": straddling, "b": Interval(Fraction(1), Fraction(-3), Fraction(1))}).left
    assert (side.low, side.high) == (-6, 3)


@pytest.mark.parametrize(("right", "holds"), [("2.66", True), ("2.63", False), ("2.7", True), ("3", True)])
def test_numbers_are_equal_when_rounding_can_make_them_so(right: str, holds: bool) -> None:
    numbers = {"rd": rounded("60.017 billion"), "gdp": rounded("2,258.935 billion"), "share": rounded(right)}
    assert evaluate("100 * {rd} / {gdp} = {share}", numbers).holds == holds


def test_exact_numbers_have_no_rounding() -> None:
    assert not evaluate("{a} = {b}", {"a": exact(300), "b": exact(301)}).holds


def test_arithmetic_on_exact_numbers_is_exact() -> None:
    assert evaluate("{a} / 3 * 3 = {a}", {"a": exact(10)}).holds


def test_count_counts_a_claim_once() -> None:
    assert evaluate("count({a}, {a}) = 1", {"a": exact(5)}).holds


def test_count_takes_claims_without_a_number() -> None:
    assert evaluate("count({one}, {two}) = 2", {}).holds


@pytest.mark.parametrize("formula", ["1 / 0 = 1", "0 / 0 = 1", "{a} / ({a} - {a}) = 1", "1 / {zero} = 1"])
def test_division_by_zero_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError, match="divides by zero"):
        evaluate(formula, {"a": exact(5), "zero": rounded("0.0")})


def test_division_by_what_may_be_zero_is_refused() -> None:
    numbers = {"a": Interval(Fraction(1), Fraction("0.5"), Fraction("1.5")), "b": rounded("0.8")}
    with pytest.raises(FormulaError):
        evaluate("1 / ({a} - {b}) = 100", numbers)


@pytest.mark.parametrize("formula", ["", "1", "{a}", "1 = 1 = 1", "1 == 1", "1 => 1", "1 <> 2", "1 != 2"])
def test_a_formula_has_one_relation(formula: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(formula, {"a": exact(5)})


@pytest.mark.parametrize("formula", [" = 1", "1 = ", "1 + = 1", "(1 = 1", "1) = 1", "{a} {b} = 1", "1 2 = 1", "% = 1"])
def test_a_side_that_is_no_expression_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(formula, {"a": exact(5), "b": exact(10)})


@pytest.mark.parametrize(
    "side",
    [
        "a",
        "x",
        "_0",
        "{a} + _0",
        "{a}{b}",
        "2 ** 3",
        "{a} ** {b}",
        "7 // 2",
        "7 % 2",
        "1 << 3",
        "1 | 2",
        "1 @ 2",
        "-1",
        "+1",
        "~1",
        "not 1",
        "1 and 2",
        "1 if 1 else 2",
        "'a'",
        "b'a'",
        "None",
        "1j",
        "...",
        "[1]",
        "[1][0]",
        "(1, 2)",
        "lambda: 1",
        "(1).real",
        "{a}.value",
        "{a}.__class__",
        "abs(1)",
        "count",
        "count()",
        "count(1)",
        "count({a} + {b})",
        "count(a)",
        "count(*[{a}])",
        "sum({a}, {b})",
        "{a}({b})",
        "count.real",
        "count({a}).real",
        "{unknown}",
        r"'\x5f9'",
        "\uff3f9",
        "{a} + \uff3f0",
    ],
)
def test_what_is_not_arithmetic_is_refused(side: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(f"{side} = 1", {"a": exact(1), "b": exact(2)})


@pytest.mark.parametrize(
    "code", ["__import__('pathlib').Path({path!r}).touch()", "open({path!r}, 'w')", "exec({path!r})"]
)
def test_code_is_never_run(tmp_path: Path, code: str) -> None:
    path = tmp_path / "touched"
    with pytest.raises(FormulaError):
        evaluate(f"{code.replace('{path!r}', repr(str(path)))} > 1", {})
    assert not path.exists()


@pytest.mark.parametrize("side", ["1e400", "1" + " + 1" * 5000, "(" * 500 + "1" + ")" * 500])
def test_what_is_too_large_to_work_out_is_refused(side: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(f"{side} = 1", {})


@pytest.mark.parametrize(
    ("value", "text"),
    [("1", "1.0"), ("2.63", "2.63"), ("6.40287769", "6.4029"), ("265.73787", "265.7379"), ("0.5000", "0.5")],
)
def test_values_are_written_with_at_most_four_decimals(value: str, text: str) -> None:
    assert curation.rounded(Fraction(value)) == text


def test_large_values_are_written_too() -> None:
    assert curation.rounded(Fraction(10**25)) == "1" + "0" * 25 + ".0"


printed = st.builds(
    lambda digits, places: f"{Decimal(digits).scaleb(-places):f}", st.integers(1, 10**7), st.integers(0, 4)
)


@given(printed, printed, st.integers(0, 6))
def test_a_printed_quotient_always_holds(a: str, b: str, places: int) -> None:
    c = f"{(Decimal(a) / Decimal(b)).quantize(Decimal(1).scaleb(-places)):f}"
    assert evaluate("{a} / {b} = {c}", {"a": rounded(a), "b": rounded(b), "c": rounded(c)}).holds


@given(printed, printed, st.integers(0, 6), st.integers(0, 100), st.booleans())
def test_a_quotient_beyond_all_rounding_never_holds(a: str, b: str, places: int, beyond: int, above: bool) -> None:
    ulp = Fraction(1, 10**places)
    left, right = rounded(a), rounded(b)
    least, most = left.low / right.high, left.high / right.low
    units = floor(most / ulp) + 2 + beyond if above else floor(least / ulp) - 2 - beyond
    c, half = units * ulp, ulp / 2
    numbers = {"a": left, "b": right, "c": Interval(c, c - half, c + half)}
    assert not evaluate("{a} / {b} = {c}", numbers).holds


@given(printed, printed, st.sampled_from("+-*/"))
def test_the_printed_value_of_a_side_lies_within_its_interval(a: str, b: str, operator: str) -> None:
    side = evaluate(f"{{a}} {operator} {{b}} = 1", {"a": rounded(a), "b": rounded(b)}).left
    assert side.low <= side.value <= side.high


@given(st.text(alphabet="{}ab01 +-*/()=<>.,_count", max_size=30))
def test_any_text_is_worked_out_or_refused(formula: str) -> None:
    try:
        result = evaluate(formula, {"a": exact(1), "b": exact(2)})
    except FormulaError:
        return
    assert set(result.claims) <= {"a", "b"} or "count" in formula


@pytest.mark.parametrize(
    ("text", "unit", "half"),
    [
        ("300", "company", "0"),
        ("eighteenth", "rankUnit", "0"),
        ("1.76 million", "person", "5000"),
        ("60%", "percent", "0.5"),
        ("2.63%", "percent", "0.005"),
        ("15,104 square meters", "squareMetre", "0.5"),
        ("2,258.935 billion yuan", "yuan", "500000"),
        ("three", "squareMetre", "0"),
    ],
)
def test_a_number_is_as_exact_as_it_is_printed(text: str, unit: str, half: str) -> None:
    found = curation.printed_numbers(curation.figures([statistic("s", text, unit)], SOURCES), {}, terms())["doc.s"]
    assert (found.high - found.value, found.value - found.low) == (Fraction(half), Fraction(half))


def test_an_unreadable_number_stands_for_its_correction() -> None:
    claim = statistic("area", "6,1307.3", "squareMetre", None, "unreadable")
    corrected = graph('cur:c a gbkg:Correction ; gbkg:corrects clm:doc.area ; gbkg:correctedText "61,307.3" .')
    numbers = curation.printed_numbers(curation.figures([claim], SOURCES), curation.corrections(corrected), terms())
    assert numbers["doc.area"].value == Fraction("61307.3")


def test_only_a_correction_of_a_claim_counts() -> None:
    said = graph(
        """cur:a gbkg:corrects clm:doc.area ; gbkg:correctedText "1" .
        cur:b gbkg:corrects "doc.area" ; gbkg:correctedText "2" .
        cur:c gbkg:corrects id:area ; gbkg:correctedText "3" .
        [] gbkg:corrects clm:doc.other ; gbkg:correctedText "4" ."""
    )
    assert curation.corrections(said) == {"doc.area": "1", "doc.other": "4"}


def test_an_unreadable_number_without_correction_stands_for_nothing() -> None:
    claim = statistic("area", "6,1307.3", "squareMetre", None, "unreadable")
    assert curation.printed_numbers(curation.figures([claim], SOURCES), {}, terms()) == {}


def test_relations_stand_for_no_number() -> None:
    assert curation.printed_numbers(curation.figures([relation("one")], SOURCES), {}, terms()) == {}


def test_a_recalculation_with_the_outcome_stated_has_no_fault() -> None:
    assert faults(CHECKED) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("PassedCheck", "Inconsistency", "outcome is not the one stated; found 'gbkg:Inconsistency', expected"),
        ("= 0.5", "= 0.6", "outcome is not the one stated; found 'gbkg:PassedCheck', expected"),
        ("computedValue 0.5", "computedValue 0.51", "gbkg:computedValue is not what the formula gives; found '0.51'"),
        ("expectedValue 0.5", "expectedValue 0.51", "gbkg:expectedValue is not what the formula gives; found '0.51'"),
        (", clm:doc.whole", "", "gbkg:concerns and the formula name different claims; found 'doc.whole'"),
        ("doc.part}", "doc.prat}", "formula names no claim; found 'doc.prat' (did you mean doc.part"),
        ("= 0.5", "** 2 = 0.5", "formula cannot be worked out: '{doc.whole} ** 2' is not a number, a claim, "),
        ("{doc.whole}", "{doc.one}", "formula cannot be worked out: it uses the number of a claim that has none"),
    ],
)
def test_a_faulty_recalculation_is_found(old: str, new: str, fault: str) -> None:
    assert old in CHECKED
    found = faults(CHECKED.replace(old, new))
    assert any(text.startswith(f"data/curation.ttl:7: cur:half: {fault}") for text in found)


def test_a_fault_of_a_node_without_a_place_is_found_in_the_file() -> None:
    found = faults(CHECKED.replace("= 0.5", "= 0.6"), {})
    assert found
    assert all(text.startswith("data/curation.ttl: cur:half: ") for text in found)


def test_the_fault_of_an_outcome_tells_both_sides() -> None:
    whole = CHECKED.replace("= 0.5", "= 0.6").replace("expectedValue 0.5", "expectedValue 0.6")
    assert faults(whole) == [
        "data/curation.ttl:7: cur:half: outcome is not the one stated; found 'gbkg:PassedCheck', "
        "expected gbkg:Inconsistency (left 0.5 (between 0.4985 and 0.5015), right 0.6)"
    ]


def test_curation_may_speak_only_of_what_there_is() -> None:
    said = graph("cur:c a gbkg:Comparison ; gbkg:concerns clm:doc.one, id:twon .")
    known = {PREFIXES["clm"] + "doc.one", PREFIXES["id"] + "town"}
    missed = "cur:c: names something that is not in the graph; found 'id:twon' (did you mean id:town?)"
    places = {PREFIXES["cur"] + "c": Place("data/curation.ttl", 9)}
    assert [str(f) for f in curation.references(said, places, known)] == [f"data/curation.ttl:9: {missed}"]
    assert [str(f) for f in curation.references(said, {}, known)] == [f"data/curation.ttl: {missed}"]


@pytest.mark.parametrize(
    ("text", "value", "printed", "fault"),
    [
        ("61,307.3", "61307.3", "6,1307.3", ""),
        ("61,307.3", "61307.30", "6,1307.3", ""),
        ("61,307.3", "6130.73", "6,1307.3", "correctedValue is not the number that gbkg:correctedText prints"),
        ("one six", "16.0", "6,1307.3", "correctedValue is not the number that gbkg:correctedText prints"),
        ("61,307.3", "61307.3", "6,1370.3", "printedText has not the number of the claim that it corrects"),
    ],
)
def test_a_correction_of_a_number_is_read_again(text: str, value: str, printed: str, fault: str) -> None:
    node = f"""cur:half a gbkg:Correction ; gbkg:corrects clm:doc.area ; gbkg:printedText "{printed}" ;
        gbkg:correctedText "{text}" ; gbkg:correctedValue {value} ."""
    known = curation.figures([statistic("area", "6,1307.3", "squareMetre", None, "unreadable")], SOURCES)
    found = [str(finding) for finding in curation.check(graph(node), PLACES, known, terms())]
    assert [one for one in found if fault not in one] == []
    assert len(found) == bool(fault)


def test_a_packed_graph_answers_as_a_graph() -> None:
    nameless = "<urn:a> <urn:p> _:b, _:c, 'x \\n y'@en . _:b a <urn:c> . <urn:a> a <urn:c> ."
    project = Project(SHIPPED)
    for triples in (list(turtle.read(project, project.data / "curation.ttl")), list(turtle.parse(nameless))):
        plain, packed = Graph(triples), Packed(triples)
        assert list(packed) == list(plain)
        assert len(packed) == len(plain) > 3
        for name in ("rdf:type", "gbkg:concerns", "gbkg:formula", "gbkg:corrects"):
            assert packed.pairs(name) == plain.pairs(name)
            for node in {triple.subject for triple in triples}:
                assert packed.objects(node, name) == plain.objects(node, name)
                assert packed.about(node) == plain.about(node)
