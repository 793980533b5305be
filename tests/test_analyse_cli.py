"""The commands neighbours, path and analyse, as an analyst types them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from conftest import SHIPPED, Run

Ask = Callable[..., CompletedProcess[str]]


@pytest.fixture
def ask(run_here: Run, real_build: Path, few_queries: Path) -> Ask:
    def run(command: str, *arguments: object) -> CompletedProcess[str]:
        return run_here("--project", few_queries, command, *arguments, "--graph", real_build / "gbkg.nq")

    return run


def printed(answer: CompletedProcess[str]) -> str:
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


# ---- neighbours


def test_neighbours_prints_each_relation_with_its_quotation(ask: Ask) -> None:
    shown = printed(ask("neighbours", "University", "of", "Macau"))
    assert "1 step away: 2 entities" in shown
    assert "← founded by – Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance [1]  – 2018-11-09" in shown
    assert "– located in → Macau [2]  – implied" in shown
    assert "[1] guangzhou-report 13728–13945: “" in shown
    assert "  alliance-founder-macau" in shown


def test_neighbours_further_away_name_both_ends(ask: Ask) -> None:
    shown = printed(ask("neighbours", "university-of-macau", "--hops", "2", "--relation", "founding"))
    assert "2 steps away: 2 entities" in shown
    alliance = "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance"
    assert f"{alliance} – founded by → Hong Kong Blockchain Industry Association" in shown


def test_an_inferred_relation_shows_its_premises_in_their_order(ask: Ask) -> None:
    shown = printed(ask("neighbours", "Bubby Blockchain Research Institute", "--inferred", "--relation", "location"))
    way = (
        "Bubby Blockchain Research Institute settled in Guangzhou Development Zone; "
        "Guangzhou Development Zone part of Guangzhou"
    )
    line = next(line for line in shown.splitlines() if "located in → Guangzhou [" in line)
    assert "inferred (" in line
    assert line.endswith(f"from: {way}")


def test_a_topic_has_neighbours_too(ask: Ask) -> None:
    assert "← focuses on – Bubby Blockchain Research Institute" in printed(ask("neighbours", "smart-contracts"))


def test_relations_of_kinds_left_out_are_counted_and_all_shows_them(ask: Ask) -> None:
    some, every = (ask("neighbours", "bubby-blockchain-research-institute", *more) for more in ([], ["-r", "all"]))
    assert (
        "relations of Bubby Blockchain Research Institute shown: the others are of kinds left out (-r all)"
        in some.stderr
    )
    assert "left out" not in every.stderr
    assert "focuses on → Smart contracts" not in printed(some)
    assert "focuses on → Smart contracts" in printed(every)
    assert printed(ask("path", "IAB development plan", "Smart contracts", "-r", "all")).startswith("Path: ")


def test_an_entity_without_relations_says_so(ask: Ask) -> None:
    assert "no relation" in printed(ask("neighbours", "01caijing"))


def test_neighbours_as_json_have_every_relation_and_the_quotations_behind_them(ask: Ask) -> None:
    found = json.loads(printed(ask("neighbours", "university-of-macau", "--hops", "2", "--format", "json")))
    assert found["entity"].endswith("/id/university-of-macau")
    assert [hop["distance"] for hop in found["hops"]] == sorted(hop["distance"] for hop in found["hops"])
    assert all(hop["here"] == found["entity"] for hop in found["hops"] if hop["distance"] == 1)
    claims = {key for hop in found["hops"] for edge in hop["relations"] for key in edge["claims"]}
    assert claims == {key for quotation in found["quotations"] for key in quotation["claims"]} and len(claims) > 2
    assert all(quotation["selector"][0]["exact"] for quotation in found["quotations"])


# ---- path


def test_steps_of_a_path_are_numbered_each_once(ask: Ask) -> None:
    shown = printed(ask("path", "Patek", "Huangpu District")).partition("\nEvidence")[0].splitlines()
    assert shown[0] == "Path: 2 steps"
    assert [line[:5] for line in shown[1:] if line] == ["  1. ", "  2. ", "     "]


def test_path_prints_direction_doubts_and_quotations(ask: Ask) -> None:
    shown = printed(ask("path", "Patek", "University of Macau"))
    assert "Path: 4 steps" in shown
    assert (
        "Patek ← established by – Guangzhou Blockchain International Innovation Center [1]  – in doubt, see cur:"
        in shown
    )
    assert "Alliance – founded by → University of Macau" in shown
    assert "[1] guangzhou-report 19819–19964: “Guangzhou Blockchain" in shown


def test_several_paths_are_numbered_the_shortest_first(ask: Ask) -> None:
    shown = printed(ask("path", "patek", "macau", "-k", "3"))
    titles = [line for line in shown.splitlines() if line.startswith("Path")]
    assert [title.partition(":")[0] for title in titles] == [f"Path {n} of 3" for n in (1, 2, 3)]
    lengths = [int(title.split()[-2]) for title in titles]
    assert lengths == sorted(lengths)


def test_paths_as_json_are_lists_of_hops_and_none_leaves_two_components(ask: Ask) -> None:
    found = json.loads(printed(ask("path", "Patek", "University of Macau", "-k", "2", "--format", "json")))
    assert [len(way) for way in found["paths"]] == sorted(len(way) for way in found["paths"])
    for way in found["paths"]:
        assert [hop["distance"] for hop in way] == [*range(1, len(way) + 1)]
        assert [hop["there"] for hop in way[:-1]] == [hop["here"] for hop in way[1:]]
    apart = ask("path", "Patek", "University of Macau", "-r", "founding", "--format", "json")
    assert apart.returncode == 1
    assert [len(group) > 0 for group in json.loads(apart.stdout)["components"]] == [True, True]
    refused = ask("path", "Patek", "University of Macau", "--format", "xml")
    assert refused.returncode == 2 and "text" in refused.stderr


def test_fewer_paths_than_wanted_are_told(ask: Ask) -> None:
    answer = ask(
        "path", "university-of-macau", "hong-kong-blockchain-industry-association", "-k", "9", "--relation", "founding"
    )
    assert "there is no more than 1 path" in answer.stderr


def test_no_path_says_where_the_two_are_and_how_near_they_come(ask: Ask) -> None:
    answer = ask("path", "Patek", "University of Macau", "--relation", "founding")
    assert answer.returncode == 1
    assert "no path between Patek and University of Macau" in answer.stdout
    assert (
        "Patek is in a component of 3, with Guangzhou Blockchain International Innovation Center, Huangpu"
        in answer.stdout
    )
    assert "over all relations they are 4 steps apart" in answer.stdout


# ---- analyse


def test_analyse_prints_every_measure(ask: Ask) -> None:
    shown = printed(ask("analyse", "--relation", "founding"))
    # Counted in the documents: 3 founders, 3 initiators, 2 and 2 who set up parks, and a city its academy.
    assert "15 entities, 11 relations between 11 pairs; 4 components of 7, 3, 3, 2" in shown
    assert "11 bridges, 4 articulation points" in shown
    assert "0 of 11 linked ordered pairs are linked both ways (0.000, rho -0.055)" in shown
    assert "8 pairs that set something up together" in shown
    assert "Guangzhou Blockchain Industry Association and University of Macau: Guangdong-Hong Kong" in shown


def test_the_longer_lists_are_cut_and_say_so(ask: Ask) -> None:
    shown = printed(ask("analyse", "--top", "2"))
    assert " more (--top)" in shown
    assert len(shown.splitlines()) < 40


def test_entities_without_a_relation_and_undated_relations_are_remarked(ask: Ask) -> None:
    answer = ask("analyse", "--as-of", "2018-06", "--relation", "founding")
    assert "12 entities, 8 relations" in answer.stdout
    assert "have no relation here: " in answer.stderr
    assert "as of 2018-06: 5 of 8 relations kept have no date with a year" in answer.stderr


def test_csv_has_a_row_for_each_entity(ask: Ask) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(ask("analyse", "--relation", "founding", "--format", "csv")))))
    assert len(rows) == 15
    assert rows[0]["label"] == "Guangzhou Blockchain Industry Association"
    # Of 91 pairs of others: 3 initiators with one another, and each with the 3 beyond.
    assert float(rows[0]["betweenness"]) == pytest.approx((3 + 3 * 3) / 91, abs=1e-6)


def test_json_has_everything(ask: Ask) -> None:
    found = json.loads(printed(ask("analyse", "--relation", "founding", "--format", "json")))
    assert (len(found["places"]), len(found["bridges"]), found["edges"]) == (15, 11, 11)
    assert found["bridges"][0]["relations"][0]["claims"] == ["guangzhou-report.alliance-founder-gz"]
    assert len(found["relations"]) == 11 and all(edge["claims"] for edge in found["relations"])
    assert "https://w3id.org/gbkg/id/macau" in found["alone"]


def test_without_prints_both_side_by_side(ask: Ask) -> None:
    shown = printed(ask("analyse", "--relation", "founding", "--without", "disputed"))
    assert "Without disputed relations" in shown
    # Both parks and one initiator are in doubt.
    assert "Relations lost (5)" in shown
    assert [line.split() for line in shown.splitlines() if line.startswith("relations ")] == [
        ["relations", "11", "6", "-5"]
    ]


def test_changes_as_csv_are_numbers(ask: Ask) -> None:
    text = printed(ask("analyse", "--relation", "founding", "--without", "disputed", "--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["measure"] for row in rows} >= {"degree", "betweenness", "closeness"}
    assert all(
        float(row["change"]) == pytest.approx(float(row["after"]) - float(row["before"]), abs=1e-6) for row in rows
    )


def test_withdraw_tells_facts_inferences_measures_and_answers(ask: Ask) -> None:
    key = "guangzhou-report.alliance-founder-macau"
    shown = printed(
        ask("analyse", "--withdraw", key, "--relation", "founding", "--relation", "membership", "--inferred")
    )
    assert f"Withdrawn: {key}" in shown
    assert "with 1 claim fall 1 fact that no other claim says" in shown
    assert "University of Macau member of Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance" in shown
    assert "Entities that lose every relation (1)\n  University of Macau" in shown
    assert "Saved queries: " in shown
    assert "who-established-what" in shown


def test_withdraw_as_json_has_the_comparison(ask: Ask) -> None:
    found = json.loads(printed(ask("analyse", "--withdraw", "guangdong-article", "--format", "json")))
    assert len(found["claims"]) > 90
    assert found["comparison"]["changes"][0].keys() == {"iri", "label", "measure", "before", "after", "change"}
    foshan = next(fact for fact in found["facts"] if fact["text"] == "Foshan part of Guangdong")
    assert foshan["claims"] == ["guangdong-article.foshan-in-guangdong"]
    assert all(record["claims"] for record in found["facts"] + found["inferred"])
    assert {"relations", "lost"} <= found["comparison"].keys()
    for answer in found["answers"]:
        assert (len(answer["rows_lost"]), len(answer["rows_new"])) == (answer["lost"], answer["gained"])
        assert answer["rows_after"] == answer["rows"] - answer["lost"] + answer["gained"]
        assert all(row.keys() <= set(answer["columns"]) for row in answer["rows_lost"] + answer["rows_new"])


def test_json_counts_components_and_communities_as_the_table_does(ask: Ask) -> None:
    for options in (["--withdraw", "guangdong-article"], ["--without", "disputed", "--relation", "founding"]):
        table = [line.split() for line in printed(ask("analyse", *options)).splitlines()]
        found = json.loads(printed(ask("analyse", *options, "--format", "json")))
        both = found.get("comparison", found)
        for name, key in (("components",) * 2, ("communities",) * 2, ("entities", "alone")):
            counts = next(row for row in table if row and row[0] == name and row[-1][0] in "+-")
            assert counts[-3:-1] == [str(len(both[side][key])) for side in ("before", "after")], name


def test_withdraw_prints_the_rows_of_an_answer(ask: Ask) -> None:
    key = "guangzhou-report.alliance-founder-macau"
    shown = printed(ask("analyse", "--withdraw", key, "--answers", "who-established-what", "--answers", "topics"))
    last = shown.splitlines()[-4:]
    assert last[0] == "who-established-what: rows lost (1)"
    assert "how: founded by; agent: id:university-of-macau; agentName: University of Macau" in last[1]
    assert last[3] == "topics: the same"
    every = printed(ask("analyse", "--withdraw", key, "--answers", "all"))
    assert "claims-per-source: rows new (1)" in every and "topics: the same" not in every


def test_a_query_out_of_time_is_remarked(gbkg: Run, real_build: Path, few_queries: Path) -> None:
    # A program of its own, since it ends with the engine's threads.
    given = ("--graph", real_build / "gbkg.nq", "--withdraw", "guangdong-article", "--timeout", "0.000001")
    answer = gbkg("--project", few_queries, "analyse", *given)
    assert answer.returncode == 0
    assert "took longer than 1e-06 s and was not compared (--timeout): " in answer.stderr
    assert " not compared" in answer.stdout


# ---- Bad input


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["neighbours", "Macua"], "did you mean Macau (id:macau, special"),
        (["path", "patek", "Univrsity of Macau"], "did you mean University of Macau (id:"),
        (["analyse", "--relation", "foundng"], "did you mean founding"),
        (["analyse", "--kind", "agents"], "there are agent, fund"),
        (["analyse", "--as-of", "November"], "not a date: 'November'"),
        (["analyse", "--as-of", "2019-02-29"], "not a date: '2019-02-29'"),
        (["analyse", "--without", "implid"], "there are implied, disputed, single-passage"),
        (["analyse", "--withdraw", "guangdong-artcle"], "did you mean guangdong-article"),
        (["analyse", "--withdraw", "alliance-founder-mcau"], "did you mean guangzhou-report.alliance-founder-macau"),
        (["analyse", "--withdraw", "guangdong-article", "--answers", "topcs"], "did you mean topics"),
        (["analyse", "--answers", "topics"], "--answers needs --withdraw"),
        (["analyse", "--format", "xml"], "there are table, json, csv"),
        (["neighbours", "macau", "--hops", "0"], "--hops"),
        (["path", "macau", "patek", "-k", "0"], "-k"),
    ],
)
def test_bad_input_is_answered_in_one_line(ask: Ask, arguments: list[str], told: str) -> None:
    answer = ask(*arguments)
    assert answer.returncode == 2
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_graph_that_is_not_there_is_told(run_here: Run, tmp_path: Path) -> None:
    answer = run_here("--project", SHIPPED, "analyse", "--graph", tmp_path / "no.nq")
    assert answer.returncode == 2
    assert "no.nq: cannot be read" in answer.stderr


# ---- At size


def test_estimates_are_said_in_every_format(ask: Ask) -> None:
    table = ask("analyse", "--samples", "50")
    words = "betweenness is estimated from a sample of 50: with probability 0.95 no value is more than 0."
    assert words in printed(table) and words in table.stderr
    assert words in ask("analyse", "--samples", "50", "--format", "csv").stderr
    methods = json.loads(printed(ask("analyse", "--samples", "50", "--format", "json")))["methods"]
    assert {(method["measure"], method["how"], method["samples"]) for method in methods[:2]} == {
        ("betweenness", "sampled", 50),
        ("closeness", "sampled", 50),
    }
    assert all(0 < method["error"] <= 1 and method["confidence"] == 0.95 for method in methods[:2])


def test_exact_measures_need_no_word(ask: Ask) -> None:
    shown = ask("analyse")
    assert "estimated" not in printed(shown) + shown.stderr
    assert printed(shown) == printed(ask("analyse", "--exact"))


def test_exact_and_samples_exclude_each_other(ask: Ask) -> None:
    answer = ask("analyse", "--exact", "--samples", "9")
    assert answer.returncode == 2 and "--exact takes no --samples" in answer.stderr


def test_comparisons_are_estimated_too(ask: Ask) -> None:
    answer = ask("analyse", "--without", "implied", "--samples", "100")
    assert "betweenness is estimated from a sample of 100" in printed(answer)


def test_of_many_neighbours_the_first_are_printed(ask: Ask) -> None:
    shown = printed(ask("neighbours", "guangzhou", "--top", "4"))
    total = int(shown.partition("1 step away: ")[2].split()[0])
    assert f"  and {total - 4} more links (--top)" in shown
    assert len(shown.partition("\nEvidence")[0].splitlines()) < total
    assert "more links" not in printed(ask("neighbours", "guangzhou"))
