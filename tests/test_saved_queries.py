"""The saved queries: their headers, their shape, and their answers on the real graph.

`tests/answers/NAME.tsv` is the answer to `queries/NAME.rq` on the frozen data, read row by row against the documents
when it was written. `make golden` writes those that have changed anew and shows the difference, to be read again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from conftest import SHIPPED

import gbkg
from gbkg.ask import queries
from gbkg.ask.empty import explain as explain_empty
from gbkg.core.errors import NotCoveredError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project
from gbkg.core.rdflibterms import to_ox
from gbkg.knowledge import KnowledgeGraph
from gbkg.sparql import parse
from gbkg.sparql import write as writer
from gbkg.store import virtuoso
from gbkg.store.base import Store
from gbkg.store.memory import Memory

ROOT = Path(__file__).resolve().parents[1]
QUERIES = {path.stem: path for path in Project(ROOT).queries}
ANSWERS = ROOT / "tests" / "answers"
SCALARS = {"date", "number", "text"}
KEYS = {"summary", "description", "tags", "row", "params", "defaults", "enumerate", "empty", "caution", "view"}

every = pytest.mark.parametrize("name", QUERIES)


def header(name: str) -> dict[str, Any]:
    """The YAML mapping in the `#+` lines at the top of the file."""
    lines = QUERIES[name].read_text(encoding="utf-8").splitlines()
    top = [line[2:].removeprefix(" ") for line in lines if line.startswith("#+")]
    assert lines[: len(top)] == [line for line in lines if line.startswith("#+")], "header lines stand at the top"
    found = yaml.safe_load("\n".join(top))
    assert isinstance(found, dict)
    return found


def body(name: str) -> str:
    """The query without comments; an IRI may contain a number sign."""
    text = QUERIES[name].read_text(encoding="utf-8")
    return re.sub(r"(^|\s)#.*", r"\1", text, flags=re.MULTILINE)


def choices(name: str, key: str) -> dict[str, Any]:
    """`defaults` or `enumerate` as one mapping; each item of the list names one parameter."""
    items = header(name).get(key, [])
    assert all(isinstance(item, dict) and len(item) == 1 for item in items)
    found = {parameter: value for item in items for parameter, value in item.items()}
    assert len(found) == len(items), "a parameter is named once"
    return found


def block(name: str, parameter: str) -> str:
    """What stands between the braces of the one VALUES block of a parameter."""
    found = re.findall(rf"\bVALUES\s+\?{parameter}\s*\{{([^}}]*)\}}", body(name))
    assert len(found) == 1, f"?{parameter} has {len(found)} VALUES blocks of its own, not 1"
    return str(found[0].strip())


@pytest.fixture(scope="module")
def store(real_build: Path) -> Store:
    return Memory.read(real_build / "gbkg.nq")


@pytest.fixture(scope="module")
def kg(store: Store) -> KnowledgeGraph:
    return KnowledgeGraph(store, Project(SHIPPED))


MINUTES = ("statements-with-a-word",)
"""What rdflib takes minutes for on the real graph; it is asked of the mini graph."""


@pytest.fixture(scope="module")
def union(real_build: Path) -> rdflib.Graph:
    return merged(real_build)


def merged(folder: Path) -> rdflib.Graph:
    """The named graphs merged, as an engine without them would load the file."""
    quads = ox.parse(path=str(folder / "gbkg.nq"), format=ox.RdfFormat.N_QUADS)
    text = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text, format="nt")


@pytest.fixture(scope="module")
def classes(store: Store) -> set[str]:
    solutions = store.query("SELECT ?class { ?class a owl:Class }")
    return {shorten(solution["class"].value) for solution in solutions}


def test_what_a_virtuoso_is_asked_in_place_of_a_query_means_the_same(store: Store) -> None:
    """Asked of our own engine, which answers both; tests/virtuoso asks a server."""

    def edges(step: ox.NamedNode) -> Iterator[tuple[Any, Any]]:
        return ((quad.subject, quad.object) for quad in store.quads(None, step))

    refused, changed = set(), set()
    for name in QUERIES:
        try:
            tree = parse.select(body(name))
            text = virtuoso.worded(tree, edges)
        except NotCoveredError as error:
            refused |= {name} if "Virtuoso" in str(error) else set()
            continue
        assert not re.search(r">[*]|UNDEF", text), name
        changed |= {name} if text != writer.select(tree) else set()
        asked, sent = store.query(body(name)), store.query(text)
        assert isinstance(asked, ox.QuerySolutions) and isinstance(sent, ox.QuerySolutions)
        assert list(map(tuple, virtuoso.in_order(tree, sent))) == list(map(tuple, asked)), name
    assert len(changed) > 40
    assert refused == {"applications-by-place", "economy-of-a-zone", "policies-covering-a-place"}


@pytest.mark.parametrize(
    ("pattern", "reached"),
    [
        ("?x gbkg:partOf* gbkg:a", "a b c"),
        ("?x gbkg:partOf+ gbkg:a", "b c"),
        ("gbkg:c gbkg:partOf* ?x", "a b c"),
        ("gbkg:c ^gbkg:partOf* ?x", "c"),
        ("?x gbkg:partOf+ gbkg:d", "d e"),
        ("?y rdfs:seeAlso/gbkg:partOf* gbkg:b . BIND(?y AS ?x)", "z"),
        ("VALUES ?x { gbkg:a gbkg:z } FILTER NOT EXISTS { ?x rdfs:seeAlso/gbkg:partOf* gbkg:a }", "a"),
    ],
)
def test_a_path_for_a_virtuoso_reaches_what_it_reaches(pattern: str, reached: str) -> None:
    ours = PREFIXES["gbkg"]
    lines = ("c partOf b", "b partOf a", "d partOf e", "e partOf d", "z seeAlso c")
    triples = [
        [ox.NamedNode(f"{PREFIXES['rdfs'] if word == 'seeAlso' else ours}{word}") for word in one.split()]
        for one in lines
    ]
    small = Memory.of(ox.Quad(*triple) for triple in triples)
    text = f"SELECT ?x {{ {pattern} }}"

    def edges(step: ox.NamedNode) -> Iterator[tuple[Any, Any]]:
        return ((s, o) for s, p, o in triples if p == step)

    sent = virtuoso.worded(parse.select(text), edges)
    for one in (text, sent):
        assert sorted(str(row[0].value).removeprefix(ours) for row in small.select(one)) == reached.split(), one


def test_there_are_enough() -> None:
    assert len(QUERIES) >= 40


def test_each_has_an_answer_and_each_answer_a_query() -> None:
    assert sorted(QUERIES) == sorted(path.stem for path in ANSWERS.iterdir())
    assert {path.suffix for path in ANSWERS.iterdir()} == {".tsv"}


@every
def test_name_is_kebab_case(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


@every
def test_header_says_what_is_asked(name: str) -> None:
    found = header(name)
    assert set(found) <= KEYS
    assert isinstance(found["summary"], str) and not found["summary"].endswith(".")
    assert isinstance(found["description"], str) and "?" in found["description"]
    assert found["tags"] and all(re.fullmatch(r"[a-z]+(-[a-z]+)*", tag) for tag in found["tags"])
    assert found.get("empty", True) is True
    assert str(found.get("caution", "A word.")).endswith(".")


def test_summaries_differ() -> None:
    assert not [text for text, times in Counter(header(name)["summary"] for name in QUERIES).items() if times > 1]


@every
def test_parameters_have_allowed_types(name: str, classes: set[str]) -> None:
    for parameter, described in header(name).get("params", {}).items():
        assert set(described) == {"type", "description"}, parameter
        assert described["type"] in SCALARS | classes, parameter
        assert isinstance(described["description"], str), parameter


@every
def test_values_blocks_are_undefined_or_the_default(name: str) -> None:
    parameters = header(name).get("params", {})
    defaults = choices(name, "defaults")
    assert set(defaults) <= set(parameters)
    for parameter in parameters:
        written = str(defaults.get(parameter, "UNDEF"))
        assert block(name, parameter) in {written, f'"{written}"'}, parameter


@every
def test_enumerated_choices_are_terms(name: str, store: Store) -> None:
    found = choices(name, "enumerate")
    parameters = header(name).get("params", {})
    assert set(found) <= set(parameters)
    for parameter, values in found.items():
        assert len(values) == len(set(values)) > 1, parameter
        if parameters[parameter]["type"] not in SCALARS:
            known = [value for value in values if store.query(f"ASK {{ {value} a ?class }}")]
            assert known == values, parameter


@pytest.mark.parametrize(("name", "but"), [("bounds", {"gbkg:exact"}), ("money-in-policies", set())])
def test_every_precision_can_be_chosen(name: str, but: set[str], store: Store) -> None:
    known = {shorten(row["one"].value) for row in store.query("SELECT ?one { ?one a gbkg:Precision }")}
    assert set(choices(name, "enumerate")["precision"]) == known - but


@every
def test_declares_the_prefixes_it_uses(name: str) -> None:
    text = body(name)
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]*)>", text, flags=re.MULTILINE))
    assert declared == {prefix: PREFIXES[prefix] for prefix in declared}
    bare = re.sub(r'<[^>]*>|"[^"]*"', "", re.sub(r"^PREFIX .*", "", text, flags=re.MULTILINE))
    assert set(re.findall(r"(?<![\w:?])(\w+):", bare)) == set(declared)
    assert ox.Store().query(text) is not None


@every
def test_asks_the_graph_alone_and_the_same_each_time(name: str) -> None:
    words = re.sub(r'<[^>]*>|"[^"]*"|[?]\w+', "", body(name))
    assert not re.findall(r"(?i)\b(?:graph|service|from|rand|now|uuid|struuid|bnode|sample|group_concat)\b(?!:)", words)


@every
def test_orders_by_every_column(name: str, store: Store) -> None:
    columns = {variable.value for variable in store.query(body(name)).variables}
    order = body(name).rpartition("ORDER BY")[2]
    assert columns <= set(re.findall(r"\?(\w+)", order))


@every
def test_names_what_it_lists(name: str, store: Store) -> None:
    """An entity in a column has its name in another, which the printed table folds over it."""
    solutions = store.query(body(name))
    columns = [variable.value for variable in solutions.variables]
    entities = {
        column
        for solution in solutions
        for column in columns
        if isinstance(solution[column], ox.NamedNode) and solution[column].value.startswith(PREFIXES["id"])
    }
    assert {f"{column}Name" for column in entities} <= set(columns)


@every
def test_answers_as_before(name: str, store: Store) -> None:
    expected = (ANSWERS / f"{name}.tsv").read_bytes()
    assert store.query(body(name)).serialize(format=ox.QueryResultsFormat.TSV) == expected
    assert (expected.count(b"\n") == 1) == header(name).get("empty", False)


@every
def test_rdflib_gives_the_same_rows(name: str, store: Store, union: rdflib.Graph, mini_build: Path) -> None:
    if name in MINUTES:
        store, union = Memory.read(mini_build / "gbkg.nq"), merged(mini_build)
    ours = store.query(body(name))
    columns = [variable.value for variable in ours.variables]
    theirs = union.query(body(name))
    assert [str(variable) for variable in theirs.vars or []] == columns
    expected = Counter(tuple(str(solution[column]) for column in columns) for solution in ours)
    assert Counter(row(solution, columns) for solution in theirs.bindings) == expected


def row(solution: Any, columns: list[str]) -> tuple[str, ...]:
    return tuple(written(solution.get(rdflib.Variable(column))) for column in columns)


def written(term: Any) -> str:
    """The rdflib term as pyoxigraph's store writes it, which turns "1.0" into "1"; an absent one is "None"."""
    if isinstance(term, rdflib.Literal) and term.datatype == rdflib.XSD.decimal and "." in term:
        return str(ox.Literal(term.rstrip("0").rstrip("."), datatype=ox.NamedNode(str(term.datatype))))
    return str(None if term is None else to_ox(term))


def test_a_default_is_of_the_type_it_names(store: Store) -> None:
    """A default entity belongs to the class of its parameter, a default number is one."""
    checked = 0
    for name in QUERIES:
        for parameter, value in choices(name, "defaults").items():
            kind = header(name)["params"][parameter]["type"]
            if kind == "number":
                assert isinstance(value, int | float), name
            elif kind not in SCALARS:
                assert store.query(f"ASK {{ {value} a/rdfs:subClassOf* {kind} }}"), name
            checked += 1
    assert checked > 5


@every
def test_a_parameter_keeps_the_rows_that_have_its_value(name: str, store: Store) -> None:
    """With a value in its VALUES block, a parameter that is also a column leaves the rows of that value, in order."""
    rows = list(store.query(body(name)))
    columns = [variable.value for variable in store.query(body(name)).variables]
    for parameter in set(header(name).get("params", {})) & set(columns):
        value = next((row[parameter] for row in rows if row[parameter] is not None), None)
        if block(name, parameter) == "UNDEF" and value is not None:
            before, opened, after = re.split(rf"(VALUES\s+\?{parameter}\s*\{{)", body(name))
            bound = f"{before}{opened} {value} {after[after.index('}') :]}"
            kept = [[str(row[column]) for column in columns] for row in store.query(bound)]
            assert kept == [[str(row[column]) for column in columns] for row in rows if row[parameter] == value]


def test_what_could_be_taken_for_more_than_it_is_has_a_caution() -> None:
    cautioned = {name for name in QUERIES if "caution" in header(name)}
    assert {"company-counts", "park-counts", "memberships", "sites-per-district", "association-initiators"} <= cautioned


@every
def test_an_example_gives_every_parameter_a_value_that_has_rows(
    name: str, kg: KnowledgeGraph, store: Store, examples: dict[str, dict[str, str]]
) -> None:
    query, values = kg.queries[name], examples[name]
    assert list(values) == [parameter.name for parameter in query.parameters]
    assert len({*values.values()}) == len(values)
    assert query.empty or list(store.query(queries.bind(query, values, kg.labels)))


@pytest.mark.parametrize(
    ("word", "where", "thing"),
    [
        ("Incomplete Statistics of the Zero", "quotation", "China"),
        ("for example", "quotation", "Guangzhou's annual spending in support of blockchain"),
        ("source line of Figure 12", "note", "Tianhe District"),
        ("969 enterprises in 2015", "curation", "Guangzhou High-tech Industrial Development Zone"),
        ("gross domestic", "name of an indicator", "Guangdong"),
        ("founded by", "name of a relation", "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance"),
        ("antmi fund", "name of an entity", "Antmi Fund"),
        ("table of funds", "description of an entity", "Guangzhou blockchain industry fund"),
        ("chongchuang", "statement", "Guangzhou Antmi Blockchain Maker Space"),
        ("Tianhe", "statement", "Tianhe District"),
    ],
)
def test_a_word_is_found_wherever_it_stands(word: str, where: str, thing: str, kg: KnowledgeGraph) -> None:
    rows = kg.query("statements-with-a-word", {"word": word}).records()
    assert (where, thing) in {(row["where"], row["thingName"]) for row in rows}
    assert all(" ".join(word.casefold().split()) in " ".join(row["text"].casefold().split()) for row in rows)


def test_no_site_is_counted_beside_the_site_that_it_is_in(store: Store) -> None:
    counted = {row["district"].value: int(row["sitesNamed"].value) for row in store.query(body("sites-per-district"))}
    assert counted[PREFIXES["id"] + "huangpu-district"] == 4


@pytest.mark.parametrize("name", ["timeline", "statistics-by-date"])
@pytest.mark.parametrize(
    ("since", "until", "some"),
    [("2018", "2017", False), ("2018-02", "2018-01", False), ("2018", "2018-12", True), ("2018-12", "2018", True)],
)
def test_nothing_holds_from_a_later_date_to_an_earlier(
    name: str, since: str, until: str, some: bool, kg: KnowledgeGraph, store: Store
) -> None:
    text = queries.bind(kg.queries[name], {"from": since, "to": until}, kg.labels)
    assert bool(list(store.query(text))) is some
    said = f"nothing can be found with from = {since}, to = {until}: they exclude each other"
    assert some or explain_empty(store, text) == said


def write() -> None:
    """Writes the answers anew that have changed, and removes those of queries that are gone."""
    graph = gbkg.open(ROOT).store
    for path in ANSWERS.iterdir():
        if path.stem not in QUERIES:
            path.unlink()
    for query in QUERIES:
        answer = graph.query(body(query)).serialize(format=ox.QueryResultsFormat.TSV)
        path = ANSWERS / f"{query}.tsv"
        if not path.exists() or path.read_bytes() != answer:
            path.write_bytes(answer)
