"""Formats: each is read back by somebody else's reader, or for Markdown and the table by one of our own."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import PurePath
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.query import Result
from test_text import unguarded

from gbkg.ask import cells, tables, writing
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.core.errors import GbkgError, NotFoundError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.text import width as width_of
from gbkg.evidence.proofs import ClaimEvidence, Derivation, Editorial, Inference, Proof, Quotation, Step

XSD = PREFIXES["xsd"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VISIBLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t|\\`*_<>&#[]~$ "))


def literal(lexical: str, kind: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(XSD + kind))


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["id"] + name)


TERMS = st.one_of(
    st.none(),
    TEXT.map(ox.Literal),
    TEXT.map(lambda text: ox.Literal(text, language="en-gb")),
    st.integers().map(lambda number: literal(str(number), "integer")),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(lambda number: literal(f"{number:f}", "decimal")),
    st.sampled_from([iri("a"), ox.NamedNode("http://example.org/a,b"), literal("2019-10", "gYearMonth")]),
    st.sampled_from([literal("-", "integer"), literal("1e3", "double"), literal("true", "boolean")]),
)
ROWS = st.lists(st.tuples(TERMS, TERMS), max_size=5).map(tuple)


def claim(slug: str, status: str = "accepted", reading: str = "stated", note: str = "") -> ClaimEvidence:
    quotation = Quotation(f"gazette.{slug}", "gazette", 3, 12, f"words\nof {slug}")
    return ClaimEvidence(f"gazette.{slug}", status, reading, note, (quotation,))


def step(*evidence: ClaimEvidence | Inference | Editorial) -> Step:
    return Step((iri("s"), iri("p"), ox.Literal("o")), evidence)


LABELS = Editorial("entities", "data/entities.tsv")
RULE = Inference("located", "a place of a place is in it", (step(claim("b")), step(claim("c"), claim("d"))))
CITED = Answer(
    ("park", "parkName", "area"),
    (
        (iri("yard"), ox.Literal("Lantern Yard"), literal("300", "integer")),
        (iri("yard"), None, literal("12.5", "decimal")),
        (iri("hall"), ox.Literal("Tea Hall"), None),
    ),
    proofs=(
        Proof((Derivation((step(claim("a")), step(claim("b")))), Derivation((step(claim("c", "disputed")),))), 5),
        Proof((Derivation((step(claim("a"), claim("b")), step(LABELS)), ("absence was tested",)),), 1),
        Proof((Derivation((step(RULE), step(LABELS))),), 1),
    ),
)
PLAIN = Answer(CITED.columns, CITED.rows)


# ---- table


def test_the_table_folds_names_and_aligns_numbers() -> None:
    assert writing.write(PLAIN) == (
        "park          area\n------------  ----\nLantern Yard   300\nid:yard       12.5\nTea Hall\n"
    )


def test_the_cited_table_has_marks_and_numbered_footnotes() -> None:
    lines = writing.write(CITED).splitlines()
    assert [line.split("  ")[-1] for line in lines[2:5]] == [
        "[1,2] or [3] (+3 more)",
        "[1 or 2,n1]",
        "[r1]",
    ]
    assert lines[5:] == [
        "",
        "[1] gazette 3–12: “words of a”  (gazette.a)",
        "[2] gazette 3–12: “words of b”  (gazette.b)",
        "[3] gazette 3–12: “words of c”  (gazette.c, disputed)",
        "[4] gazette 3–12: “words of d”  (gazette.d)",
        "[r1] a place of a place is in it (located), from [2,3 or 4]",
        "[n1] absence was tested",
        "and 1 label, type or definition of our own, from data/entities.tsv",
        "gazette: No author, “gazette”, no date, no publisher",
    ]


def test_unfolded_each_editorial_triple_has_a_mark_and_a_footnote() -> None:
    folded, unfolded = writing.write(CITED), writing.write(CITED, editorial=True)
    assert "[a]" not in folded
    assert "of our own" not in unfolded
    assert '\n[a] id:s id:p "o": data/entities.tsv (entities)\n' in unfolded
    marked = writing.write(CITED, "md", editorial=True)
    assert "| ([^1] or [^2]), [^a], [^n1] |" in marked
    assert '\n[^a]: id:s id:p "o": data/entities.tsv (entities)\n' in marked


def test_an_implied_claim_shows_its_note() -> None:
    said = tables.claim_line(claim("a", reading="implied", note="Its city."))
    assert said == "gazette 3–12: “words of a”  (gazette.a, implied) Its city."


def test_a_class_that_is_itself_is_no_footnote_but_stands_in_the_json() -> None:
    zero = "a path of length zero: {} is both ends"
    remarks = (zero.format("gbkg:Alliance"), zero.format("id:yard"))
    answer = Answer(("x",), ((ox.Literal("x"),),), proofs=(Proof((Derivation((step(claim("a")),), remarks),), 1),))
    for form in ("table", "md"):
        text = writing.write(answer, form)
        assert "Alliance" not in text and text.count("both ends") == 1 and "n2" not in text
    assert json.loads(writing.write(answer, "json"))["results"]["proofs"][0]["derivations"][0]["remarks"] == [*remarks]


def test_a_date_without_a_year_says_so_where_a_reader_looks_and_nowhere_else() -> None:
    answer = Answer(("on",), ((literal("--09", "gMonth"),), (literal("--09-30", "gMonthDay"),), (ox.Literal("--09"),)))
    assert writing.write(answer).splitlines()[2:] == ["--09 (no year)", "--09-30 (no year)", "--09"]
    assert writing.write(answer, "md").splitlines()[2] == "| --09 (no year) |"
    for form in ("csv", "tsv", "json"):
        assert "no year" not in writing.write(answer, form)


def test_many_files_get_different_letters() -> None:
    found = tables.ProofNotes()
    steps = tuple(step(Editorial("entities", f"file-{number}")) for number in range(60))
    (marks,) = found.marks(Proof((Derivation(steps),), 1))
    assert len({*marks}) == 60
    assert not {mark for part in marks for mark in part if mark[0] in "nr" and mark[1:].isdigit()}


def test_a_row_without_a_listed_derivation_is_not_silent() -> None:
    answer = Answer(("x",), ((ox.Literal("x"),),), proofs=(Proof((), 2),))
    assert "– (+2 more)" in writing.write(answer)
    assert "– (+2 more)" in writing.write(answer, "md")


def spans(text: str) -> list[list[str]]:
    """The cells of a table, by the columns that its rule shows; wide characters take two cells."""
    head, rule, *body = text.splitlines()
    edges = [match.span() for match in re.finditer("-+", rule)]
    grid = ["".join(c + "\0" * (width_of(c) - 1) for c in line).ljust(len(rule)) for line in [head, *body]]
    return [[line[a:b].replace("\0", "").strip(" ") for a, b in edges] for line in grid]


@given(st.lists(st.tuples(st.text("ab 广州é|-", max_size=8), st.integers()), max_size=4))
def test_the_table_can_be_read_back_by_its_rule(rows: list[tuple[str, int]]) -> None:
    given_rows = tuple((ox.Literal(text), literal(str(number), "integer")) for text, number in rows)
    read = spans(writing.write(Answer(("t", "n"), given_rows)))
    numbers = cells.texts("n", [row[1] for row in given_rows])
    assert read == [["t", "n"]] + [[text.strip(" "), number] for (text, _), number in zip(rows, numbers, strict=True)]


@pytest.mark.parametrize("width", [30, 40, 60, 100])
def test_a_narrow_terminal_wraps_and_cuts_nothing(width: int) -> None:
    long = "a blockchain industry alliance of many cities in which 广州市区块链产业协会 takes part"
    rows = tuple((iri(f"n{number}"), ox.Literal(long), literal("7", "integer")) for number in range(2))
    answer = Answer(("x", "words", "n"), rows, proofs=CITED.proofs and CITED.proofs[:2])
    text = writing.write(answer, width=width)
    assert all(width_of(line) <= width for line in text.splitlines())
    for word in ("alliance", "part", "id:n1"):
        assert text.count(word) >= (2 if word != "id:n1" else 1)
    assert "广州市区块链产业协会" in "".join(re.findall("[\u4e00-\u9fff]+", text))
    assert "(gazette.a)" in text


def test_columns_share_a_terminal_by_what_is_in_them_and_break_no_name() -> None:
    rows = ((ox.Literal("Guangzhou Blockchain Industry Association"), ox.Literal("2016"), iri("long-name-of-a-place")),)
    lines = writing.write(Answer(("who", "year", "where"), rows), width=60).splitlines()
    assert lines[2:] == [
        "Guangzhou Blockchain Industry  2016  id:long-name-of-a-place",
        "Association",
    ]


def test_rows_that_cannot_stand_in_columns_are_blocks_without_empty_cells() -> None:
    rows = ((iri("first-place"), iri("second-place"), None), (iri("third-place"), iri("fourth-place"), iri("x")))
    text = writing.write(Answer(("a", "bb", "c"), rows), width=24)
    assert text == "a   id:first-place\nbb  id:second-place\n\na   id:third-place\nbb  id:fourth-place\nc   id:x\n"


def test_a_terminal_obeys_nothing_that_stands_in_a_cell() -> None:
    text = writing.write(Answer(("x",), ((ox.Literal("a\x1b[31m\u202eb\nc\u200dd"),),)))
    assert "a\\x1b[31m\\u202eb c\u200dd" in text


def test_no_rows_and_no_columns() -> None:
    assert writing.write(Answer(("x", "y"), ())) == "x  y\n-  -\n"
    assert writing.write(Answer((), ((),))).strip() == ""


# ---- CSV and TSV


@given(ROWS)
@settings(max_examples=200)
def test_csv_is_read_back_by_the_csv_module(rows: tuple[Any, ...]) -> None:
    text = writing.write(Answer(("a", "b"), rows), "csv")
    head, *body = csv.reader(io.StringIO(text, newline=""))
    assert head == ["a", "b"]
    assert [[unguarded(cell) for cell in line] for line in body] == [
        ["" if term is None else term.value for term in row] for row in rows
    ]


def test_csv_is_read_by_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.StringIO(writing.write(PLAIN, "csv"), newline=""))
    assert frame["area"].tolist()[:2] == [300, 12.5]
    assert frame["parkName"].tolist()[0] == "Lantern Yard"


def test_csv_has_the_line_ends_of_the_standard_and_iris_bare() -> None:
    text = writing.write(PLAIN, "csv")
    assert text.startswith("park,parkName,area\r\nhttps://w3id.org/gbkg/id/yard,Lantern Yard,300\r\n")
    assert text.endswith("\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1+1", "''@x", "\n=1"])
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    ((_,), (cell,)) = csv.reader(io.StringIO(writing.write(Answer(("a",), ((ox.Literal(text),),)), "csv"), newline=""))
    assert cell == "'" + text
    assert unguarded(cell) == text


def test_negative_numbers_stay_numbers() -> None:
    rows = ((literal("-5", "integer"),), (literal("-1.5", "decimal"),), (literal("-", "integer"),))
    assert writing.write(Answer(("a",), rows), "csv") == "a\r\n-5\r\n-1.5\r\n'-\r\n"


@given(ROWS)
@settings(max_examples=200)
def test_tsv_is_read_back_by_pyoxigraph(rows: tuple[Any, ...]) -> None:
    text = writing.write(Answer(("a", "b"), rows), "tsv")
    read = ox.parse_query_results(text, ox.QueryResultsFormat.TSV)
    assert isinstance(read, ox.QuerySolutions)
    assert [variable.value for variable in read.variables] == ["a", "b"]
    assert [tuple(solution) for solution in read] == list(rows)


def test_csv_and_tsv_say_what_is_behind_a_row() -> None:
    (_, first, *_) = csv.reader(io.StringIO(writing.write(CITED, "csv"), newline=""))
    assert first[3] == "gazette.a & gazette.b | gazette.c (+3)"
    read = ox.parse_query_results(writing.write(CITED, "tsv"), ox.QueryResultsFormat.TSV)
    assert isinstance(read, ox.QuerySolutions)
    assert next(solution["proof"].value for solution in read) == first[3]


# ---- JSON


@given(ROWS)
@settings(max_examples=200)
def test_json_is_read_back_by_pyoxigraph(rows: tuple[Any, ...]) -> None:
    read = ox.parse_query_results(writing.write(Answer(("a", "b"), rows), "json"), ox.QueryResultsFormat.JSON)
    assert isinstance(read, ox.QuerySolutions)
    assert [variable.value for variable in read.variables] == ["a", "b"]
    assert [tuple(solution) for solution in read] == list(rows)


def test_standard_readers_pass_over_the_citations() -> None:
    text = writing.write(CITED, "json")
    read = ox.parse_query_results(text, ox.QueryResultsFormat.JSON)
    assert isinstance(read, ox.QuerySolutions)
    assert [tuple(solution) for solution in read] == list(CITED.rows)
    assert len(list(Result.parse(io.BytesIO(text.encode()), format="json"))) == 3


def test_citations_are_web_annotations_beside_the_bindings() -> None:
    results = json.loads(writing.write(CITED, "json"))["results"]
    assert len(results["proofs"]) == len(results["bindings"]) == 3
    first, _, third = results["proofs"]
    assert first["total"] == 5
    assert first["citations"][0] == {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "https://w3id.org/gbkg/claim/gazette.a#annotation",
        "type": "Annotation",
        "motivation": "linking",
        "body": {"id": "https://w3id.org/gbkg/claim/gazette.a", "status": "accepted", "reading": "stated"},
        "target": [
            {
                "source": "https://w3id.org/gbkg/source/gazette",
                "selector": [
                    {"type": "TextQuoteSelector", "exact": "words\nof a"},
                    {"type": "TextPositionSelector", "start": 3, "end": 12},
                ],
            }
        ],
    }
    joint, alternative = first["derivations"]
    assert [part["evidence"] for part in joint["steps"]] == [
        [{"claim": "https://w3id.org/gbkg/claim/gazette.a"}],
        [{"claim": "https://w3id.org/gbkg/claim/gazette.b"}],
    ]
    assert len(alternative["steps"]) == 1
    assert joint["steps"][0]["triple"][2] == {"type": "literal", "value": "o"}
    inferred, editorial = third["derivations"][0]["steps"]
    assert inferred["evidence"][0]["rule"] == "located" and len(inferred["evidence"][0]["premises"]) == 2
    assert editorial["evidence"] == [{"graph": "entities", "file": "data/entities.tsv"}]
    assert [citation["body"]["id"][-1] for citation in third["citations"]] == ["b", "c", "d"]
    assert results["proofs"][1]["derivations"][0]["remarks"] == ["absence was tested"]


def test_every_claim_referred_to_is_among_the_citations() -> None:
    for proof in json.loads(writing.write(CITED, "json"))["results"]["proofs"]:
        cited = {citation["body"]["id"] for citation in proof["citations"]}
        assert set(re.findall(r"https://w3id\.org/gbkg/claim/[\w.]+", json.dumps(proof["derivations"]))) == cited


def test_a_truth_value() -> None:
    assert bool(ox.parse_query_results(writing.write(Truth(True), "json"), ox.QueryResultsFormat.JSON)) is True
    assert writing.write(Truth(False)) == writing.write(Truth(False), "md") == "false\n"


# ---- Markdown


def read_markdown(text: str) -> list[list[str]]:
    """The cells of a Markdown table, as a browser would show them."""
    lines = text.split("\n\n")[0].rstrip("\n").split("\n")
    assert re.fullmatch(r"\|( -{3}:? \|)+", lines[1])
    rows = []
    for line in lines[:1] + lines[2:]:
        found = re.split(r"\|", re.sub(r"\\([!-/:-@\[-`{-~])", _hidden, line))
        assert found[0] == found[-1] == ""
        rows.append([_shown(cell.strip(" ")) for cell in found[1:-1]])
    return rows


def _hidden(match: re.Match[str]) -> str:
    """An escaped sign as a private character, so that it is not a sign to the rest of the reader."""
    return chr(0xF0000 + ord(match[1]))


def _shown(cell: str) -> str:
    cell = html.unescape(cell.replace("<br>", "\n"))
    return "".join(chr(ord(c) - 0xF0000) if 0xF0000 <= ord(c) < 0xF0080 else c for c in cell)


@given(st.lists(st.tuples(VISIBLE, VISIBLE), max_size=4))
@settings(max_examples=300)
def test_markdown_is_read_back_whatever_signs_are_in_it(rows: list[tuple[str, str]]) -> None:
    given_rows = tuple((ox.Literal(one), ox.Literal(other)) for one, other in rows)
    read = read_markdown(writing.write(Answer(("a", "b"), given_rows), "md"))
    assert read == [["a", "b"]] + [list(row) for row in rows]


def test_markdown_has_footnotes_for_each_mark() -> None:
    text = writing.write(CITED, "md")
    assert "| Lantern Yard | 300 | [^1], [^2] or [^3] (+3 more) |" in text
    assert "| --- | ---: | --- |" in text
    assert "([^1] or [^2]), [^n1]" in text
    body, _, foot = text.partition("\n\n")
    assert set(re.findall(r"\[\^(\w+)\]", body)) <= set(re.findall(r"(?m)^\[\^(\w+)\]:", foot))
    assert "[^2]: No author, “gazette”, no date, no publisher: “words of b”, characters 3–12.  (gazette.b)" in foot


# ---- choosing


def test_a_suffix_says_the_format() -> None:
    for name in writing.FORMATS:
        assert writing.guess(PurePath(f"x.{name.upper()}")) == name
    assert writing.guess(PurePath("x")) is None
    with pytest.raises(GbkgError, match=r"no format is known for \.ods; there are \.csv, \.tsv, .*\.txt"):
        writing.guess(PurePath("x.ods"))


@pytest.mark.parametrize(
    ("answer", "form", "said"),
    [
        (PLAIN, "ttl", r"SELECT gives rows, which ttl cannot hold \(choose table, csv, tsv, json, md\)"),
        (Triples(()), "csv", r"CONSTRUCT or DESCRIBE gives triples, which csv cannot hold \(choose ttl, jsonld, nt\)"),
        (Truth(True), "csv", r"ASK gives true or false, which csv cannot hold \(choose table, json, md\)"),
    ],
)
def test_a_format_that_cannot_hold_the_answer(answer: Any, form: str, said: str) -> None:
    with pytest.raises(GbkgError, match=said):
        writing.write(answer, form)


def test_an_unknown_format_lists_those_that_there_are() -> None:
    with pytest.raises(NotFoundError, match="there are table, csv, tsv, json, md, xlsx, docx, ttl, jsonld, nt"):
        writing.write(PLAIN, "ods")


def test_every_format_of_triples() -> None:
    triples = Triples((ox.Triple(iri("a"), iri("b"), ox.Literal("c")),))
    for form, kind in (("ttl", "TURTLE"), ("nt", "N_TRIPLES"), ("jsonld", "JSON_LD"), (None, "TURTLE")):
        read = ox.parse(writing.write(triples, form), format=getattr(ox.RdfFormat, kind))
        assert [quad.triple for quad in read] == list(triples)


def test_terms_in_words() -> None:
    terms = [None, iri("a"), ox.BlankNode("b"), ox.Literal("5")]
    assert cells.texts("x", terms) == ["", "id:a", "_:b", "5"]


def test_numbers_are_written_for_people_and_exactly_for_programs() -> None:
    numbers = ("2258935000000", "11022", "4195", "46.951219512195", "1234567", "29.1")
    rows = tuple((literal(n, "decimal" if "." in n else "integer"),) for n in numbers)
    answer = Answer(("n",), rows)
    shown = ["2,258.935 billion", "11,022", "4,195", "46.95", "1,234,567", "29.1"]
    assert [line.strip() for line in writing.write(answer).splitlines()[2:]] == shown
    assert [line.strip("| ") for line in writing.write(answer, "md").splitlines()[2:]] == shown
    assert all(f"<td>{number}</td>" in answer._repr_html_() for number in shown)
    for form in ("csv", "tsv", "json"):
        assert all(number in writing.write(answer, form) for number in numbers)


def test_offsets_and_what_may_be_a_year_keep_their_digits() -> None:
    rows = ((literal("12801", "integer"), literal("2018", "integer")),)
    assert writing.write(Answer(("start", "year"), rows)).splitlines()[2].split() == ["12801", "2018"]


def test_a_reader_meets_each_claim_and_what_matters_once() -> None:
    few, node = claim("few"), ox.NamedNode(PREFIXES["clm"] + "gazette.few")
    record = [Step((node, iri(name), ox.Literal("300")), (few,)) for name in ("about", "value", "unit")]
    fact, label = step(claim("fact")), step(LABELS)
    quiet = "nothing matched the OPTIONAL part { ?a ?b ?c }"
    derivation = Derivation((*record, fact, label), (quiet, "absence was tested"))
    assert derivation.read == (record[0], fact)
    assert derivation.remarks_shown == ("absence was tested",)
