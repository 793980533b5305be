"""Each tool over the shipped project and the mini project: what it answers, cites, and says when there is nothing."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from agents.conftest import Tools
from gbkg.mcp.catalogue import TOOLS, ask
from gbkg.mcp.outcome import LARGEST, SIZE
from gbkg.web.site import Site


def quoted(values: Any) -> list[str]:
    """The words that an answer cites."""
    return [target["selector"][0]["exact"] for one in values["citations"] for target in one["target"]]


def everything(ask: Tools, tool: str, rows_of: str, /, **arguments: Any) -> list[Any]:
    """All rows of an answer, page after page."""
    rows: list[Any] = []
    cursor = ""
    while True:
        page = ask(tool, **arguments, **({"cursor": cursor} if cursor else {})).values
        rows += page[rows_of]
        cursor = page["cursor"]
        if not cursor:
            return rows


def test_every_tool_has_a_schema_of_what_it_takes_and_gives() -> None:
    assert list(TOOLS) == (
        "search fetch entity relations path ask_saved sparql why disputes verify_quote schema coverage".split()
    )
    for tool in TOOLS.values():
        for schema in (tool.input, tool.output):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["additionalProperties"] is False and schema["type"] == "object"
        assert len(tool.description) > 100 and 0 < tool.seconds <= 20


def test_search_finds_by_any_spelling_and_cites_passages(ask: Tools) -> None:
    found = ask("search", query="antmi").values
    assert found["outcome"] == "found" and len(found["results"]) == 10 and found["truncated"]
    assert found["results"][0]["id"] == "id:antmi-blockchain-maker-space"
    passages = [hit for hit in found["results"] if hit["kind"] == "passage"]
    assert passages and all(hit["citations"] and "Antmi" in hit["text"] for hit in passages)
    assert all(hit["url"].startswith("gbkg://") for hit in found["results"])


def test_pages_follow_each_other_without_a_gap(ask: Tools) -> None:
    whole = ask("entity", name="Guangzhou", limit=100).values
    seen: list[str] = []
    cursor = ""
    for _ in range(100):
        page = ask("entity", name="Guangzhou", limit=7, **({"cursor": cursor} if cursor else {})).values
        seen += [one["text"] for one in page["statements"]]
        cursor = page["cursor"]
        assert page["truncated"] is bool(cursor)
        if not cursor:
            break
    assert len(seen) == whole["total"] and seen[: len(whole["statements"])] == [s["text"] for s in whole["statements"]]
    stale = ask("entity", name="Guangzhou", cursor="00000000.7")
    assert stale.failed and "not of this version" in stale.text


def test_a_cursor_of_search_and_of_a_query_goes_on(ask: Tools) -> None:
    first = ask("search", query="blockchain", limit=3).values
    second = ask("search", query="blockchain", limit=3, cursor=first["cursor"]).values
    assert not {one["id"] for one in first["results"]} & {one["id"] for one in second["results"]}
    query = "SELECT ?x ?y { ?x gbkg:hasTopic ?y } ORDER BY ?x ?y"
    found = everything(ask, "sparql", "rows", query=query)
    rows = [tuple(cell["value"] for cell in row["cells"].values()) for row in found]
    every = ask("sparql", query="SELECT (COUNT(*) AS ?n) { ?x gbkg:hasTopic ?y }").values
    assert len(rows) == len(set(rows)) == int(every["rows"][0]["cells"]["n"]["value"])


def test_fetch_opens_every_kind_of_id(ask: Tools) -> None:
    for name in (
        "id:patek", "src:guangzhou-report", "psg:guangzhou-report.13728-13870", "query:alliance-founders",
        "clm:guangzhou-report.alliance-founder-gz", "cur:correction-chongchuang",
    ):  # fmt: skip
        found = ask("fetch", id=name)
        assert not found.failed and found.values["id"] == name and found.values["title"] and found.values["text"], name
        assert found.values["url"].startswith("gbkg://")
    assert ask("fetch", id="psg:guangzhou-report.1-2").values["outcome"] == "unknown name"


def test_fetch_gives_a_document_with_its_gaps_and_goes_on(ask: Tools, ask_small: Tools, small: Site) -> None:
    page = ask("fetch", id="src:guangdong-article").values
    assert "not at hand" in page["text"] and "<quotation " in page["text"]
    whole = ask_small("fetch", id="src:gazette").values
    assert small.documents and quoted(whole) == [small.documents.text("gazette")]
    first = ask("fetch", id="src:guangzhou-report").values
    assert first["truncated"]
    second = ask("fetch", id="src:guangzhou-report", cursor=first["cursor"]).values
    assert second["citations"][0]["target"][0]["selector"][1]["start"] > 0


def test_statements_say_how_they_stand_and_what_is_held_against_them(ask: Tools) -> None:
    every = everything(ask, "entity", "statements", name="Antmi Space")
    by_text = {one["text"]: one for one in every}
    assert by_text["operated by Guangzhou Antmi Incubator Co., Ltd."]["status"] == "stated"
    assert by_text["located in Huangpu District"]["status"] == "implied"
    assert by_text["area covered: 6,000 square metres; no date"]["status"] == "disputed"
    assert any(one["status"] == "inferred" for one in every)
    found = ask("entity", name="Antmi Space", groups=["Statistics"]).values
    names = {one["name"]: one for one in found["counterEvidence"]}
    ambiguity = names["cur:ambiguity-ground-or-floor"]
    assert ambiguity["bearing"] == "in doubt" and ambiguity["comment"] == '"Covering an area" may be ground or floor.'
    other = [claim for claim in ambiguity["claims"] if "e Valley" in claim["statement"]]
    assert other and other[0]["citations"] and any("an area of 20,000 square meters" in one for one in quoted(found))


def test_citations_are_web_annotations_with_everything_a_note_needs(ask: Tools, ask_small: Tools) -> None:
    (one, *_) = ask(
        "why", subject="gba-blockchain-alliance", predicate="founded by", object="University of Macau"
    ).values["citations"]
    assert one["type"] == "Annotation" and one["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert one["body"]["reading"] == "stated" and one["body"]["gbkg:standing"] == "stated"
    (target,) = one["target"]
    assert target["source"]["dcterms:creator"] == ["Zhao Jing"] and len(target["source"]["gbkg:sha256"]) == 64
    words, where = target["selector"]
    assert words["exact"].endswith("and the University of Macau") and (where["start"], where["end"]) == (13728, 13945)
    assert "prefix" not in words  # the document is not available
    (near, *_) = ask_small("why", subject="Tea Harbour", predicate="part of", object="Upper Reed").values["citations"]
    words, where = near["target"][0]["selector"]
    assert near["target"][0][
        "id"
    ] == f"http://127.0.0.1:8473/source/almanac.html?span={where['start']}-{where['end']}#" + (
        f"{where['start']}-{where['end']}"
    )
    assert words["prefix"] and words["suffix"]


def test_relations_and_paths_cite_each_step(ask: Tools) -> None:
    found = ask("relations", name="gba-blockchain-alliance", relations=["founding"]).values
    founders = {one["object"]["label"] for one in found["relations"] if one["predicate"]["label"] == "founded by"}
    assert founders == {
        "Guangzhou Blockchain Industry Association", "Hong Kong Blockchain Industry Association", "University of Macau"
    }  # fmt: skip
    assert all(one["citations"] for one in found["relations"])
    path = ask("path", start="University of Macau", goal="Patek").values
    assert path["paths"][0]["length"] == 4 and all(step["citations"] for step in path["paths"][0]["steps"])
    apart = ask("path", start="University of Macau", goal="Patek", relations=["founding"]).values
    assert apart["outcome"] == "not stated" and apart["message"].startswith("not stated in the sources: no path joins")


def test_saved_queries_are_listed_described_and_run(ask: Tools) -> None:
    listed = ask("ask_saved", words="alliance").values
    assert listed["queries"][0]["name"] == "alliance-founders"
    described = ask("ask_saved", action="describe", name="alliance-founders").values
    assert [one["name"] for one in described["queries"][0]["parameters"]] == ["alliance", "founder"]
    found = ask(
        "ask_saved", action="run", name="alliance-founders", parameters={"founder": "University of Macau"}
    ).values
    assert [row["cells"]["founder"]["label"] for row in found["rows"]] == ["University of Macau"]
    assert found["rows"][0]["status"] == "stated" and len(found["rows"][0]["citations"]) == 2
    nobody = ask("ask_saved", action="run", name="alliance-founders", parameters={"founder": "Patek"}).values
    assert nobody["outcome"] == "not stated" and nobody["remarks"]
    assert ask("ask_saved", action="run", name="alliance-founder").values["near"][0] == "alliance-founders"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { SERVICE <http://example.org/> { ?a ?b ?c } }", "SERVICE is not covered"),
        ("DELETE WHERE { ?a ?b ?c }", "DELETE"),
        ("LOAD <file:///etc/passwd>", "LOAD"),
        ("SELECT ?a FROM <file:///etc/passwd> { ?a ?b ?c }", "FROM"),
        ("SELECT ?a { ?a ?b", "line 1"),
    ],
)
def test_what_sparql_must_not_do_is_refused_with_the_reason(ask: Tools, query: str, words: str) -> None:
    found = ask("sparql", query=query)
    assert found.failed and found.values["outcome"] == "refused" and words in found.text


def test_sparql_answers_every_form_and_names_terms_that_are_near(ask: Tools) -> None:
    assert ask("sparql", query="ASK { id:patek ?p ?o }").values["truth"] is True
    made = ask("sparql", query="CONSTRUCT { ?x gbkg:foundedBy ?y } WHERE { ?x gbkg:foundedBy ?y }").values
    assert (
        made["form"] == "triples" and len(made["rows"]) == 4 and any("without citations" in r for r in made["remarks"])
    )
    wrong = ask("sparql", query="SELECT ?x { ?x gbkg:foundedBi ?y }").values
    assert wrong["outcome"] == "unknown name" and wrong["near"][0] == "gbkg:foundedBy"
    none = ask("sparql", query="SELECT ?x { ?x gbkg:foundedBy id:patek }").values
    assert none["outcome"] == "not stated" and any(remark.startswith("no rows:") for remark in none["remarks"])


def test_why_shows_the_proof_and_what_is_lacking(ask: Tools) -> None:
    found = ask("why", subject="Antmi Space", predicate="located in", object="China")
    assert found.values["status"] == "inferred" and found.values["proof"]["rules"][0]["rule"] == "located-in-whole"
    assert "by the rule located-in-whole" in found.text and found.values["citations"]
    absent = ask("why", subject="Antmi Space", predicate="operated by", object="Patek").values
    assert absent["holds"] is False and absent["outcome"] == "not stated"
    assert absent["objects"][0]["label"] == "Guangzhou Antmi Incubator Co., Ltd."


def test_disputes_have_their_arithmetic_and_claims(ask: Tools) -> None:
    found = ask("disputes", name="cur:inconsistency-two-exchange-rates").values
    (one,) = found["disputes"]
    assert one["kind"] == "inconsistency" and one["result"] and all(claim["citations"] for claim in one["claims"])
    assert found["counterEvidence"] == [] or all(c["name"] != one["name"] for c in found["counterEvidence"])
    assert ask("disputes", kinds=["gap"]).values["total"] == 16


def test_quotations_are_exact_folded_or_absent(ask: Tools, ask_small: Tools, small: Site) -> None:
    exact = ask("verify_quote", quote="the number making it rank first in the nation").values
    assert (exact["verdict"], exact["in"]) == ("exact", "quotations")
    assert (exact["matches"][0]["start"], exact["matches"][0]["end"]) == (331, 376)
    folded = ask("verify_quote", quote="South China's Guangdong  province").values
    assert folded["verdict"] == "folded" and folded["matches"][0]["exact"] == "South China’s Guangdong province"
    absent = ask("verify_quote", quote="the number making it rank second in the nation")
    assert absent.values["verdict"] == "absent" and absent.values["outcome"] == "not stated"
    (near,) = absent.values["nearest"]
    assert (near["at"], near["document"][:5], near["given"]) == (357, "first", "second in the nation")
    assert small.documents
    text = small.documents.text("gazette") or ""
    whole = ask_small("verify_quote", quote=text[100:160], source="gazette").values
    assert (whole["verdict"], whole["in"], whole["matches"][0]["start"]) == ("exact", "documents", 100)
    assert whole["matches"][0]["prefix"] == text[60:100] and whole["matches"][0]["suffix"] == text[160:200]


def test_vocabulary_and_coverage(ask: Tools, ask_small: Tools) -> None:
    terms = ask("schema", kinds=["indicators"], limit=100).values["terms"]
    assert len(terms) == 53 and all(one["count"] > 0 and one["definition"] for one in terms)
    assert [one["id"] for one in ask("schema", words="founded by").values["terms"]] == ["gbkg:foundedBy"]
    (source,) = ask_small("coverage", source="gazette").values["sources"]
    assert source["atHand"] and source["unread"] == 0 and source["sentences"] >= source["claimed"] > 0


@pytest.mark.parametrize(
    ("tool", "arguments", "outcome"),
    [
        ("entity", {"name": "Eiffel Tower"}, "outside the sources"),
        ("search", {"query": "volcano eruption Iceland"}, "outside the sources"),
        ("search", {"query": "blockchain volcano zebra"}, "not stated"),
        ("entity", {"name": "Antmy"}, "unknown name"),
        ("entity", {"name": "Guangzhu"}, "unknown name"),
        ("entity", {"name": "Patek", "groups": ["Dates"]}, "not stated"),
        ("relations", {"name": "Patek", "relations": ["membership"]}, "not stated"),
        ("schema", {"words": "volcano"}, "outside the sources"),
        ("disputes", {"name": "University of Macau", "kinds": ["check"]}, "not stated"),
    ],
)
def test_nothing_is_said_to_be_nothing_and_why(ask: Tools, tool: str, arguments: Any, outcome: str) -> None:
    found = ask(tool, **arguments)
    assert found.values["outcome"] == outcome and found.values["message"] and not found.failed
    if outcome == "unknown name":
        assert found.values["near"]
    if outcome == "outside the sources":
        assert any("the sources are" in remark for remark in found.values["remarks"])


def test_arguments_that_a_tool_does_not_take_are_refused(ask: Tools) -> None:
    for tool, arguments in (
        ("entity", {}), ("entity", {"name": "x", "limit": 1000}), ("entity", {"name": 3}), ("search", {"query": ""}),
        ("path", {"start": "a", "goal": "b", "k": 99}), ("schema", {"kinds": ["nothing"]}), ("why", {"subject": "x"}),
        ("sparql", {"query": "x" * 20_001}), ("entity", {"name": "x", "extra": 1}),
    ):  # fmt: skip
        found = ask(tool, **arguments)
        assert found.failed and found.values["outcome"] == "refused" and tool in found.text, (tool, arguments)


def test_answers_keep_to_their_size(ask: Tools) -> None:
    for tool, arguments in (
        ("entity", {"name": "Guangzhou", "limit": 100}), ("disputes", {"limit": 100}),
        ("relations", {"name": "Guangzhou", "hops": 3, "limit": 100}),
        ("search", {"query": "blockchain", "limit": 100}),
        ("sparql", {"query": "SELECT * { ?a ?b ?c }", "limit": 100}),
    ):  # fmt: skip
        found = ask(tool, **arguments)
        assert found.values["truncated"] and len(found.text) < 2 * SIZE and len(str(found.values)) < LARGEST, tool


def test_programs_ask_without_a_server(site: Site) -> None:
    found = ask(site.kg, "why", subject="id:patek", predicate="rdf:type", object="gbkg:Company")
    assert found["holds"] and found["status"] == "editorial" and found["version"] == site.version


def test_equal_questions_have_equal_answers(ask: Tools) -> None:
    for tool, arguments in (("entity", {"name": "Patek"}), ("disputes", {}), ("search", {"query": "alliance"})):
        first, second = ask(tool, **arguments), ask(tool, **arguments)
        assert (first.text, first.values) == (second.text, second.values)
