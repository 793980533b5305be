"""What the curators hold against the documents: the records, the arithmetic in words, the layouts and the command."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from subprocess import CompletedProcess

import graphs
import pyoxigraph as ox
import pytest
from conftest import SHIPPED
from servers import oxigraph

from gbkg import build
from gbkg.ask import arithmetic, disputes, show, sidebyside
from gbkg.ask.disputes import Dispute, caution, heading
from gbkg.ask.labels import Labels
from gbkg.ask.records import GraphRecords, mentioned
from gbkg.ask.sidebyside import values
from gbkg.claims.curation import Evaluated, Interval
from gbkg.core import turtle
from gbkg.core.errors import NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import Graph, term
from gbkg.core.text import markdown
from gbkg.core.text import width as width_of
from gbkg.store.memory import Memory

pytestmark = pytest.mark.usefixtures("unlimited")

ROOT = Path(__file__).resolve().parents[1]
MINI = ROOT / "tests" / "mini"
Run = Callable[..., CompletedProcess[str]]


@cache
def inputs(root: Path = SHIPPED) -> build.Inputs:
    return build.read(Project(root))


@cache
def graph(root: Path = SHIPPED) -> Graph:
    return turtle.read(Project(root), root / "data" / "curation.ttl")


@cache
def read(root: Path = SHIPPED) -> tuple[Dispute, ...]:
    return tuple(disputes.read(graphs.records(root), Project(root)))


def dispute(name: str, root: Path = SHIPPED) -> Dispute:
    (found,) = [d for d in read(root) if d.name == f"cur:{name}"]
    return found


def typed(text: str, root: Path = MINI) -> Dispute:
    # One node of curation in place of all others of a project.
    prefixes = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items())
    place = ox.NamedNode(PREFIXES["graph"] + "curation")
    made = [ox.Quad(*quad.triple, place) for quad in ox.parse(prefixes + text, format=ox.RdfFormat.TURTLE)]
    store = Memory.of([*made, *(quad for quad in graphs.quads(root) if quad.graph_name != place)])
    (found,) = disputes.read(GraphRecords(store, Labels(store)), Project(root))
    return found


def lines(found: Dispute, width: int = 200) -> list[str]:
    return sidebyside.title(found, width) + sidebyside.body(found, width)


def words(found: Dispute, width: int = 200) -> str:
    return re.sub(r"\s+", " ", " ".join(lines(found, width)))


def interval(value: str, low: str = "", high: str = "") -> Interval:
    return Interval(Fraction(value), Fraction(low or value), Fraction(high or value))


# ---- Records


@pytest.mark.parametrize("root", [SHIPPED, MINI], ids=["real", "mini"])
@pytest.mark.parametrize("kind", disputes.CLASSES)
def test_every_node_of_a_kind_is_read_once(kind: str, root: Path) -> None:
    nodes = [node.value for node in graph(root).instances(f"gbkg:{disputes.CLASSES[kind]}")]
    assert nodes
    assert [d.iri for d in read(root) if d.kind == kind] == nodes


def test_no_class_of_curation_is_left_out() -> None:
    below = set(inputs().vocabulary.superclasses)
    leaves = {c for c in below if inputs().vocabulary.is_a(c, "Curation")} - {"Curation", "Recalculation"}
    assert leaves == set(disputes.CLASSES.values())


def test_kinds_come_in_their_order_then_by_iri() -> None:
    order = list(disputes.KINDS)
    assert list(read()) == sorted(read(), key=lambda d: (order.index(d.kind), d.iri))


@pytest.mark.parametrize("root", [SHIPPED, MINI], ids=["real", "mini"])
def test_every_claim_that_a_node_names_is_a_witness(root: Path) -> None:
    count = 0
    for found in read(root):
        node = ox.NamedNode(found.iri)
        things = graph(root).objects(node, "gbkg:concerns") + graph(root).objects(node, "gbkg:corrects")
        claims = {thing.value for thing in things if thing.value.startswith(PREFIXES["clm"])}
        if claims:
            assert {one.claim.iri.value for one in found.claims} == claims
            count += 1
    assert count > 5


def test_every_dispute_has_a_quotation() -> None:
    assert [d.name for d in read() if not any(e.passages for e in sidebyside.claim_groups(d))] == []


def test_witnesses_follow_the_formula() -> None:
    found = dispute("inconsistency-rd-share-of-gdp")
    assert [(one.letter, one.claim.slug) for one in found.claims] == [
        ("a", "guangzhou-rd"),
        ("b", "guangzhou-gdp"),
        ("c", "guangzhou-rd-share"),
    ]


def test_identity_judgements_gather_what_the_documents_say() -> None:
    found = dispute("identity-city-and-its-government")
    assert [e.slug for e in found.entities] == ["guangzhou", "guangzhou-municipal-government"]
    assert found.claims[0].statement.endswith("governs → Guangzhou")
    assert {one.claim.predicate for one in found.claims[1:]} == {"alias"}


def test_an_entity_without_alias_is_quoted_all_the_same() -> None:
    found = dispute("identity-01caijing-and-zero-one")
    assert {"01caijing", "zero-one-think-tank"} <= {s for one in found.claims for s in mentioned(one.claim)}


def test_gaps_show_the_caption_that_is_left() -> None:
    (passage,) = dispute("gap-figure-1").passages
    assert passage.exact.startswith("Figure 1 Changes in Guangzhou's GDP")


def test_related_nodes_share_a_claim() -> None:
    assert term("cur:comparison-two-currencies-gdp").value in dispute("inconsistency-two-exchange-rates").related
    assert term("cur:correction-gbiic-building-area").value in dispute("check-carrier-parts").related


@pytest.mark.parametrize(
    "slug", ["guangzhou", "tianhe-district", "antmi-blockchain-maker-space", "antmi-fund", "macau"]
)
def test_all_that_show_remarks_on_is_found(slug: str) -> None:
    remarks = show.page(graphs.records(SHIPPED), slug).remarks
    shown = {re.findall(r"\[(cur:[^\]]+)\]$", line)[0] for line in remarks}
    assert shown <= {d.name for d in read() if d.touches(slug)}


def test_an_entity_is_found_as_subject_object_speaker_and_criterion() -> None:
    found = dispute("comparison-companies-province-and-city")
    for slug in ("guangdong", "guangzhou", "01caijing", "zero-one-think-tank", "company-count-criterion"):
        assert found.touches(slug), slug
    assert dispute("correction-huangmi-district").touches("huangpu-district")
    assert not found.touches("macau")


def test_kinds_are_named_in_any_case_and_unknown_ones_have_near_names() -> None:
    assert disputes.kinds(["GAP", "correction", "gap"]) == ("correction", "gap")
    with pytest.raises(NotFoundError, match="did you mean inconsistency"):
        disputes.kinds(["inconsistencies"])
    with pytest.raises(NotFoundError, match="there are proposal, inconsistency, correction"):
        disputes.kinds(["zzz"])


# ---- Arithmetic


def test_share_of_gdp_by_hand() -> None:
    made = dispute("inconsistency-rd-share-of-gdp").working
    assert made is not None
    assert made.lettered == "100 × a / b = c"
    assert made.printed == "100 × 60.017 billion yuan / 2,258.935 billion yuan = 2.63%"
    # 6001.65 / 2258.9355 and 6001.75 / 2258.9345, in long division
    assert arithmetic.spread(made.result.left) == ("2.656871", "2.656848", "2.656895")
    assert arithmetic.bounds(made.result.right) == ("2.625", "2.635")
    assert made.reason == (
        "it cannot hold: by the printed digits the right side is at most 2.635 and the left side at least 2.656848"
    )


def test_two_exchange_rates_by_hand() -> None:
    found = dispute("inconsistency-two-exchange-rates")
    assert found.working is not None
    # 8.85 / 1.395, 8.95 / 1.385; 199.5 / 29.15, 200.5 / 29.05
    assert arithmetic.bounds(found.working.result.left) == ("6.344", "6.4621")
    assert arithmetic.bounds(found.working.result.right) == ("6.8439", "6.9019")
    assert "left side is at most 6.4621 and the right side at least 6.8439" in found.working.reason
    assert found.working.verdict == "does not hold by the printed digits"
    assert found.working.reason.endswith(
        "the source's “exceeded” of a, “about” of b and “roughly” of c and d may cover the difference"
    )
    assert "$29.1 million does not hold by the printed digits; the source's “exceeded”" in heading(found)
    assert caution(found) == ""


def test_where_no_hedge_is_in_play_it_cannot_hold() -> None:
    for name in ("inconsistency-rd-share-of-gdp", "inconsistency-one-platform-three-listed"):
        found = dispute(name)
        assert found.working is not None
        assert (found.working.verdict, found.working.hedges) == ("cannot hold", ())
        assert "may cover" not in heading(found)


@pytest.mark.parametrize(
    ("formula", "precisions", "covering"),
    [
        ("{doc.a} = {doc.b}", {"doc.a": "moreThan"}, ("doc.a",)),
        ("{doc.a} = {doc.b}", {"doc.a": "atMost"}, ()),
        ("{doc.a} = {doc.b}", {"doc.b": "moreThan"}, ()),
        ("{doc.a} = {doc.b}", {"doc.b": "nearly"}, ("doc.b",)),
        ("{doc.a} = {doc.b}", {"doc.a": "exact", "doc.b": "approximately"}, ("doc.b",)),
        ("2.5 * {doc.a} = {doc.b} / 2", {"doc.a": "exact", "doc.b": "approximately"}, ()),
        ("8 * {doc.a} = {doc.b}", {"doc.a": "approximately", "doc.b": "approximately"}, ()),
        ("{doc.a} = 2 * {doc.b}", {"doc.a": "approximately", "doc.b": "approximately"}, ("doc.a", "doc.b")),
        ("1 / ({doc.a} - 3) = {doc.b}", {"doc.a": "moreThan"}, ("doc.a",)),
    ],
)
def test_a_hedge_covers_what_lies_on_its_side(
    formula: str, precisions: dict[str, str], covering: tuple[str, ...]
) -> None:
    made = {claim.key: claim for claim in inputs(SHIPPED).claims if claim.quantity}
    claim = made["guangdong-article.guangdong-gdp-yuan"]
    assert claim.quantity is not None
    claims = [
        replace(claim, slug=key.partition(".")[2], source="doc", quantity=replace(claim.quantity, precision=precision))
        for key, precision in precisions.items()
    ]
    numbers = {"doc.a": interval("2"), "doc.b": interval("3")}
    assert arithmetic.covering(formula, numbers, claims) == covering


def test_a_hedge_is_the_word_of_the_source_before_the_number() -> None:
    made = {claim.key: arithmetic.hedge(claim, inputs(SHIPPED).vocabulary) for claim in inputs(SHIPPED).claims}
    article, report = "guangdong-article.guangzhou-spending-", "guangzhou-report."
    assert (made[article + "yuan"], made[article + "usd"]) == ("roughly", "roughly")
    assert made["guangdong-article.guangdong-gdp-yuan"] == "exceeded"
    assert (made[report + "huangpu-gathered"], made[report + "guangzhou-gdp"]) == ("nearly", "")


def test_counted_things_are_exact() -> None:
    found = dispute("inconsistency-one-platform-three-listed")
    assert found.working is not None
    assert (found.working.lettered, found.working.printed) == ("a = number of b, c, d", "one = 3 listed")
    assert found.working.reason == "it cannot hold: 1 is not 3"
    assert found.claims[0].range == "1 platform"


def test_ranges_are_said_in_the_scale_of_the_source() -> None:
    found = dispute("inconsistency-rd-share-of-gdp")
    assert [one.range for one in found.claims] == [
        "60.0165 billion yuan to 60.0175 billion yuan",
        "2,258.9345 billion yuan to 2,258.9355 billion yuan",
        "2.625% to 2.635%",
    ]


def test_an_unreadable_number_takes_part_as_corrected() -> None:
    found = dispute("check-carrier-parts")
    assert "“6,1307.3 square meters”, the number of a, was put in as corrected, “61,307.3 square meters”." in words(
        found
    )
    assert found.claims[0].range == "61,307.25 square metres to 61,307.35 square metres"


@pytest.mark.parametrize("root", [SHIPPED, MINI], ids=["real", "mini"])
def test_every_verdict_is_that_of_the_graph(root: Path) -> None:
    worked = [d for d in read(root) if d.working]
    assert len(worked) == len(graph(root).subjects("gbkg:formula"))
    for found in worked:
        assert found.working is not None
        denied = found.working.verdict.startswith(("cannot", "does not"))
        assert found.working.result.holds == (found.kind == "check") == (not denied)


def test_the_words_of_a_verdict_are_true_of_the_intervals() -> None:
    tried = set()
    for relation in ("=", "<", "<=", ">", ">="):
        for a, b, c, d in (
            (1, 2, 3, 4),
            (3, 4, 1, 2),
            (1, 3, 2, 4),
            (1, 2, 2, 3),
            (2, 3, 1, 2),
            (1, 1, 1, 1),
            (1, 1, 2, 2),
        ):
            left, right = (
                Interval(Fraction(a), Fraction(a), Fraction(b)),
                Interval(Fraction(c), Fraction(c), Fraction(d)),
            )
            numbers = {"doc.a": left, "doc.b": right}
            made = arithmetic.work(f"{{doc.a}} {relation} {{doc.b}}", numbers, {}, {})
            pairs = [(x, y) for x in (a, b) for y in (c, d)]
            always = relation != "=" and all(_stands(x, relation, y) for x, y in pairs)
            always = always or (a == b == c == d and "=" in relation)
            said = made.verdict
            assert said.startswith("cannot hold" if not made.result.holds else "holds" if always else "can hold"), made
            tried.add(said)
    assert tried == {"cannot hold", "holds", "can hold", "holds however the figures were rounded"}


def _stands(x: int, relation: str, y: int) -> bool:
    return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[relation]


@pytest.mark.parametrize(
    ("relation", "left", "right", "holds", "said"),
    [
        ("=", interval("5"), interval("5"), True, "it holds: 5 = 5"),
        ("<=", interval("5"), interval("4"), False, "it cannot hold: 5 is not at most 4"),
        (">", interval("4"), interval("4"), False, "it cannot hold: 4 is not more than 4"),
        ("=", interval("2", "1", "3"), interval("3"), True, "it can hold: the printed digits let both sides be 3"),
        (
            "=",
            interval("2", "1", "3"),
            interval("3", "2.5", "3.5"),
            True,
            "it can hold: the printed digits let both sides be one number, anywhere from 2.5 to 3",
        ),
        (
            ">",
            interval("2", "1", "3"),
            interval("5", "4", "6"),
            False,
            "it cannot hold: the right side is at least 4, the left side at most 3",
        ),
        (
            "<",
            interval("2", "1", "3"),
            interval("2", "1", "3"),
            True,
            "it can hold: the left side may be as low as 1, the right side as high as 3",
        ),
    ],
)
def test_reasons(relation: str, left: Interval, right: Interval, holds: bool, said: str) -> None:
    assert arithmetic.reason(relation, Evaluated(left, right, holds, ())) == said


def test_bounds_are_rounded_outwards_and_stay_apart() -> None:
    for low, high in ((Fraction(1, 3), Fraction(2, 3)), (Fraction(1, 7), Fraction(1, 7) + Fraction(1, 10**6))):
        given = Interval((low + high) / 2, low, high)
        value, least, most = (Fraction(text) for text in arithmetic.spread(given))
        assert least <= low < high <= most
        assert least < value < most
        assert math.isclose(least, low, rel_tol=1e-2)


def test_a_formula_that_cannot_be_worked_out_says_why() -> None:
    found = typed('cur:odd a gbkg:Inconsistency ; gbkg:formula "{gazette.tea-houses} / 0 = 1" ; rdfs:comment "Odd." .')
    assert found.working is None
    assert "{gazette.tea-houses} / 0 = 1 cannot be worked out: divides by zero" in words(found)
    assert values(found)["arithmetic"] is None


# ---- Corrections


def test_every_misprint_is_marked_where_it_stands() -> None:
    corrections = [d for d in read() if d.kind == "correction"]
    for found in corrections:
        assert "⟦" in words(found).split("in the quotation", 1)[1], found.name
    assert "area of ⟦6,1307.3 square meters⟧”" in words(dispute("correction-gbiic-building-area"))
    assert "two buildings, ⟦B and B⟧ are" in words(dispute("correction-gbiic-buildings-a-and-b"))


def test_misprint_and_meaning_stand_in_the_heading() -> None:
    assert heading(dispute("correction-huangmi-district")) == (
        "Correction on 31 Guangshan Third Road: “Huangmi District” means “Huangpu District”  "
        "[cur:correction-huangmi-district]"
    )


def test_a_misprint_that_no_quotation_has_is_not_said_to_be_marked() -> None:
    found = replace(dispute("correction-huangmi-district"), printed="Huangmy")
    assert "“Huangmy”, which no quotation below contains" in words(found)
    assert "⟦" not in words(found)


def test_overlapping_misprints_are_marked_once() -> None:
    found = typed('cur:odd a gbkg:Correction ; gbkg:corrects clm:gazette.tea-houses ; gbkg:printedText "ea" .')
    (passage,) = found.claims[0].claim.passages
    doubled = replace(passage, exact="eaeaea")
    assert sidebyside._marked(replace(found, printed="eaea"), doubled) == "⟦eaea⟧ea"


# ---- Layout


@pytest.mark.parametrize("width", [40, 80, 99, 100, 137, 200])
@pytest.mark.parametrize("root", [SHIPPED, MINI], ids=["real", "mini"])
def test_no_line_is_wider_than_asked(width: int, root: Path) -> None:
    assert [line for found in read(root) for line in lines(found, width) if width_of(line) > width] == []


def test_quotations_stand_side_by_side_where_there_is_room() -> None:
    found = dispute("comparison-companies-province-and-city")
    wide, narrow = lines(found, 100), lines(found, 99)
    assert any("11,022" in line and "13,723" in line.partition("│")[2] for line in wide)
    assert not any("│" in line for line in narrow)
    first, second = (next(n for n, line in enumerate(narrow) if line.startswith(f"  {x}  ")) for x in "ab")
    assert first < second


def test_no_word_is_lost_in_a_narrow_layout() -> None:
    for found in read():
        for group in sidebyside.claim_groups(found):
            for passage in group.passages:
                assert re.sub(r"\s+", "", passage.exact) in re.sub(r"[\s⟦⟧]+", "", "".join(lines(found, 60))), (
                    found.name
                )


def test_claims_on_one_sentence_share_a_column_and_a_quotation_is_shown_once() -> None:
    found = dispute("inconsistency-two-exchange-rates")
    assert [[one.letter for one in e.claims] for e in sidebyside.claim_groups(found)] == [["a", "b"], ["c", "d"]]
    for found in read():
        shown = [p for e in sidebyside.claim_groups(found) for p in e.passages]
        assert len(shown) == len(set(shown))
        assert {p for one in found.claims for p in one.claim.passages} <= set(shown)
    assert "guangzhou-report 12522–12563: quoted under a" in words(dispute("inconsistency-one-platform-three-listed"))


def test_comparisons_say_their_outcome_and_what_it_means() -> None:
    found = dispute("comparison-companies-province-and-city")
    assert "11,022 / 13,723 – different scope" in heading(found)
    assert "Judgement different scope: The claims count different things, or by different criteria." in words(found)


def test_markdown_has_a_table_of_two_columns_and_escapes_its_bars() -> None:
    text = sidebyside.markdown(dispute("comparison-companies-province-and-city"))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3, 3, 3]
    assert rows[1] == "| --- | --- |"
    assert markdown("a | b") == r"a \| b"


def test_json_keys_are_the_same_for_every_kind() -> None:
    keys = {tuple(values(found)) for found in read()}
    assert len(keys) == 1
    assert {"iri", "kind", "claims", "arithmetic", "printed", "corrected", "outcome", "see_also"} <= set(*keys)


def test_json_quotes_verbatim_and_places_the_misprint_in_the_source() -> None:
    (claim,) = values(dispute("correction-gbiic-building-area"))["claims"]
    passage = claim["passages"][0]
    ((start, end),) = next(p["misprints"] for p in claim["passages"] if p["misprints"])
    assert end - start == len("6,1307.3 square meters")
    newlines = [p for found in read() for c in values(found)["claims"] for p in c["passages"] if "\n" in p["exact"]]
    assert newlines
    assert all(len(p["exact"]) == p["end"] - p["start"] for p in [passage, *newlines])


# ---- The command


@pytest.fixture
def run(run_here: Run, real_build: Path, mini_build: Path) -> Run:
    """Runs `gbkg disputes` on a built graph of a project."""

    def run(root: Path, *arguments: object) -> CompletedProcess[str]:
        graph = (real_build if root == SHIPPED else mini_build) / "gbkg.nq"
        return run_here("--project", root, "disputes", *arguments, "--graph", graph)

    return run


def test_the_usual_kinds_are_listed(run: Run) -> None:
    ended = run(SHIPPED)
    assert ended.returncode == 0
    usual = [d for d in read() if d.kind in disputes.USUAL]
    assert re.findall(r"\[(cur:[a-z0-9-]+)\]$", ended.stdout, re.M) == [d.name for d in usual]
    assert "guangdong-article: With Over 10,000 Blockchain Startups" in ended.stdout
    assert re.match(
        r"\d+ proposals, \d+ inconsistencies, \d+ corrections, \d+ comparisons; with --all also \d+ checks",
        ended.stderr,
    )


def test_json_lists_all_that_was_asked_for(run: Run) -> None:
    ended = run(SHIPPED, "--format", "json", "--all")
    assert [made["name"] for made in json.loads(ended.stdout)["disputes"]] == [d.name for d in read()]


def test_kinds_can_be_repeated(run: Run) -> None:
    ended = run(MINI, "--kind", "gap", "--kind", "inconsistency", "--format", "json")
    assert [made["kind"] for made in json.loads(ended.stdout)["disputes"]] == ["inconsistency", "gap", "gap"]


def test_an_entity_narrows_the_list(run: Run) -> None:
    ended = run(SHIPPED, "Tianhe", "District", "--format", "json")
    assert [made["name"] for made in json.loads(ended.stdout)["disputes"]] == ["cur:comparison-focus-and-most"]
    said = "0 proposals, 0 inconsistencies, 0 corrections, 1 comparison on Tianhe District; with --all also"
    assert ended.stderr.startswith(said)


@pytest.mark.parametrize("name", ["cur:check-growth", term("cur:check-growth").value, str(term("cur:check-growth"))])
def test_one_can_be_asked_for_by_name_whatever_its_kind(name: str, run: Run) -> None:
    ended = run(MINI, name, "--format", "json")
    assert [made["name"] for made in json.loads(ended.stdout)["disputes"]] == ["cur:check-growth"]
    assert ended.stderr == ""


def test_nothing_to_list_is_said(run: Run) -> None:
    ended = run(MINI, "Harbour Tea Association", "--kind", "gap")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr == "0 gaps on Harbour Tea Association; with --all also 1 ambiguity\n"
    assert run(MINI, "Harbour Tea Association", "--kind", "gap", "--format", "json").stdout.startswith(
        '{\n  "schema": "gbkg/1",\n  "kind": "disputes",\n  "disputes": [],'
    )


def test_markdown_ends_with_the_sources(run: Run) -> None:
    ended = run(MINI, "--format", "md")
    assert ended.stdout.startswith("### Inconsistency on Lantern Quarter / Reed Bank / Tea Harbour: 310 + 940 = 1,240 ")
    assert ended.stdout.rstrip().splitlines()[-1].startswith("- gazette: ")


def test_a_project_without_curation_has_none(run_here: Run, mini: Path) -> None:
    (mini / "data" / "curation.ttl").unlink()
    ended = run_here("--project", mini, "disputes")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.endswith("\n0 proposals, 0 inconsistencies, 0 corrections, 0 comparisons\n")


@pytest.mark.parametrize("command", ["disputes", "show tea-harbour"])
def test_a_graph_that_faulty_tables_give_is_not_shown(command: str, run_here: Run, mini: Path) -> None:
    table = mini / "data" / "claims" / "gazette.tsv"
    text = table.read_text(encoding="utf-8")
    table.write_text(re.sub(r"^tea-houses\t[^\t]*", "tea-houses\tnowhere", text, flags=re.M), encoding="utf-8")
    ended = run_here("--project", mini, *command.split())
    assert (ended.returncode, ended.stdout) == (1, "")
    assert re.search(r"data/claims/gazette\.tsv:\d+:subject: no such entity", ended.stderr)


@pytest.mark.parametrize("command", ["disputes --all", "show tea-harbour"])
def test_a_store_and_a_server_give_what_a_file_gives(
    command: str, run_here: Run, mini_build: Path, tmp_path: Path
) -> None:
    build.run(Project(MINI), tmp_path / "out", build.Settings(store=tmp_path / "store"))
    run = partial(run_here, "--project", MINI, *command.split())
    expected = run("--graph", mini_build / "gbkg.nq").stdout
    assert expected
    assert run("--store", tmp_path / "store").stdout == expected
    with oxigraph() as server:
        server.load(mini_build / "gbkg.nq")
        assert run("--endpoint", server.endpoint).stdout == expected


def test_a_graph_is_shown_without_its_tables(run_here: Run, mini_build: Path) -> None:
    # The project at hand is another one, which has neither the claims nor the curation of the graph.
    ended = run_here("--project", SHIPPED, "disputes", "--graph", mini_build / "gbkg.nq", "--format", "json")
    expected = [found.name for found in read(MINI) if found.kind in disputes.USUAL]
    assert [made["name"] for made in json.loads(ended.stdout)["disputes"]] == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("guangdog",), "no entity is called 'guangdog'; did you mean Guangdong (id:guangdong, "),
        (("--kind", "comparisson"), "no kind of dispute is called 'comparisson'; did you mean comparison"),
        (("cur:gap-figur-1",), "no dispute is called 'cur:gap-figur-1'; did you mean cur:gap-figure-1"),
        (("--format", "yaml"), "no format is called 'yaml'; there are table, md, json"),
    ],
)
def test_bad_input_is_answered_with_what_exists(arguments: tuple[str, ...], said: str, run: Run) -> None:
    ended = run(SHIPPED, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"gbkg: {said}")
