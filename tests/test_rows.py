"""One row of a saved query is one of what its header says, also where everything that may be several is several."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI, ROOT, SHIPPED

from gbkg.ask import queries
from gbkg.ask.saved import SavedQuery
from gbkg.core.errors import ParseError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.evidence.cited import proofs, prove
from gbkg.evidence.proofs import claims
from gbkg.evidence.reader import EvidenceReader
from gbkg.store.base import Store
from gbkg.store.memory import Memory

QUERIES = queries.library(Project(SHIPPED))
every = pytest.mark.parametrize("name", QUERIES)
GBKG, RDF, GRAPH = PREFIXES["gbkg"], PREFIXES["rdf"], PREFIXES["graph"]
STATISTIC, CORRECTION = (ox.NamedNode(f"{GBKG}{name}") for name in ("StatisticClaim", "Correction"))
ONCE = {f"{GBKG}{name}" for name in ("printedText", "correctedText", "correctedValue")} | {f"{RDF}type"}
"""What a correction has once; a claim may have several corrections."""


@pytest.fixture(scope="module")
def store(real_build: Path) -> Store:
    return Memory.read(real_build / "gbkg.nq")


@pytest.fixture(scope="module")
def crowded(store: Store) -> Store:
    """The real graph in which every fact has a second object, every claim a twin, every attribution two more speakers,
    and every correction that gives words a second one."""
    quads = list(store.quads())
    return Memory.of([*quads, *facts(quads), *twins(quads), *speakers(quads), *corrections(quads)])


@pytest.fixture(scope="module")
def rejected(store: Store) -> Store:
    status, no = (ox.NamedNode(f"{GBKG}{name}") for name in ("status", "rejected"))
    return Memory.of(
        ox.Quad(q.subject, q.predicate, no, q.graph_name) if q.predicate == status else q for q in store.quads()
    )


@pytest.fixture(scope="module")
def unread(store: Store) -> Store:
    return Memory.of(quad for quad in store.quads() if quad.predicate != ox.NamedNode(f"{GBKG}value"))


def facts(quads: list[Any]) -> list[Any]:
    """For each fact another object, which stands somewhere with this property; for a text the text with an asterisk."""
    found = [quad for quad in quads if quad.graph_name == ox.NamedNode(GRAPH + "facts")]
    objects: dict[Any, list[Any]] = defaultdict(list)
    for quad in found:
        objects[quad.predicate].append(quad.object)
    made = []
    for quad in found:
        others = [one for one in sorted(set(objects[quad.predicate]), key=str) if one != quad.object]
        if isinstance(quad.object, ox.Literal) and not quad.object.datatype.value.endswith(("date", "gYear", "gMonth")):
            others = [ox.Literal(f"{quad.object.value}*", datatype=quad.object.datatype)]
        made += [ox.Quad(quad.subject, quad.predicate, one, quad.graph_name) for one in others[:2]]
    return made


def twins(quads: list[Any]) -> list[Any]:
    """Every claim once more, under another name, as if a second source said the same."""
    names = {quad.subject for quad in quads if quad.graph_name == ox.NamedNode(GRAPH + "claims")}
    twin = {name: ox.NamedNode(f"{name.value}.twin") for name in names}
    return [
        ox.Quad(twin[quad.subject], quad.predicate, quad.object, quad.graph_name)
        for quad in quads
        if quad.subject in twin
    ]


def speakers(quads: list[Any]) -> list[Any]:
    attributed = [quad for quad in quads if quad.predicate == ox.NamedNode(GBKG + "attributedTo")]
    known = sorted({quad.object for quad in attributed}, key=str)
    return [ox.Quad(quad.subject, quad.predicate, one, quad.graph_name) for quad in attributed for one in known[:3]]


def corrections(quads: list[Any]) -> list[Any]:
    """A second correction of each claim, of other words; one that gives a value stays the only one, by the gates."""
    nodes = {quad.subject for quad in quads if quad.object == CORRECTION}
    nodes -= {quad.subject for quad in quads if quad.predicate == ox.NamedNode(GBKG + "correctedValue")}
    made = []
    for quad in quads:
        if quad.subject in nodes:
            value = ox.Literal(f"{quad.object.value}*") if isinstance(quad.object, ox.Literal) else quad.object
            made.append(ox.Quad(ox.NamedNode(f"{quad.subject.value}.2"), quad.predicate, value, quad.graph_name))
    return made


def rows(query: SavedQuery, store: Store) -> list[tuple[Any, ...]]:
    return [tuple(solution) for solution in store.query(query.text)]


def shared(query: SavedQuery, found: list[tuple[Any, ...]]) -> list[str]:
    """What several rows are of, by the declared columns."""
    at = [query.columns.index(name) for name in query.row]
    counts = Counter(tuple(str(row[n]) for n in at) for row in found)
    return [" | ".join(key) for key, times in counts.items() if times > 1]


def test_every_query_says_what_a_row_is() -> None:
    assert len(QUERIES) >= 92
    assert [name for name, query in QUERIES.items() if not query.row] == []


@every
def test_columns_are_those_of_the_engine(name: str, store: Store) -> None:
    assert QUERIES[name].columns == tuple(variable.value for variable in store.query(QUERIES[name].text).variables)


@every
def test_one_row_is_one_of_these(name: str, store: Store) -> None:
    assert shared(QUERIES[name], rows(QUERIES[name], store)) == []


@every
def test_no_join_multiplies_a_row(name: str, crowded: Store) -> None:
    assert shared(QUERIES[name], rows(QUERIES[name], crowded)) == []


def test_the_crowded_graph_multiplies_what_is_not_guarded(crowded: Store) -> None:
    """The figure with two speakers, as it stood before: were the graph not crowded, the test above could not fail."""
    text = """PREFIX gbkg: <https://w3id.org/gbkg/ontology#>
    SELECT ?claim ?speaker WHERE { ?claim gbkg:indicator gbkg:gdp . OPTIONAL { ?claim gbkg:attributedTo ?speaker } }"""
    query = SavedQuery("two", ROOT, text, "Speakers", row=("claim",))
    assert len(shared(query, rows(query, crowded))) >= 2
    assert query.multiplied(query.columns, rows(query, crowded)) >= 2
    assert replaced(query, ("claim", "speaker")).multiplied(query.columns, rows(query, crowded)) == 0


def replaced(query: SavedQuery, row: tuple[str, ...]) -> SavedQuery:
    return SavedQuery(query.name, query.path, query.text, query.summary, row=row)


@every
def test_a_figure_in_several_rows_is_cautioned_of_by_its_column(name: str, store: Store) -> None:
    """The value of one statistic that stands in several rows, where rows are no claims, would be added up."""
    query = QUERIES[name]
    columns = numbers(query, rows(query, store))
    if not columns:
        return
    values = {row["claim"].value: row["value"] for row in store.query("SELECT * { ?claim gbkg:value ?value }")}
    found = prove(store, query.text)
    figures: Counter[tuple[str, str]] = Counter()
    for row, proof in zip(found.rows, proofs(EvidenceReader(store), found, 1), strict=True):
        behind = {key: values.get(PREFIXES["clm"] + key) for key in claims(proof)}
        shown = {column: row[query.columns.index(column)] for column in columns}
        figures.update(
            (column, key) for column, value in shown.items() for key in behind if value and behind[key] == value
        )
    again = {column for (column, _), times in figures.items() if times > 1}
    assert query.row != ("claim",) or not again
    assert [column for column in sorted(again) if column not in query.caution] == []


def numbers(query: SavedQuery, found: list[tuple[Any, ...]]) -> list[str]:
    """The columns with numbers in them."""
    kinds = {PREFIXES["xsd"] + name for name in ("integer", "decimal")}
    return [
        column
        for n, column in enumerate(query.columns)
        if any(isinstance(row[n], ox.Literal) and row[n].datatype.value in kinds for row in found)
    ]


@every
def test_a_claim_that_is_rejected_is_left_out_or_says_so(name: str, rejected: Store) -> None:
    """Of a graph in which every claim is rejected: whoever reads figures must not take one for accepted."""
    query = QUERIES[name]
    at = {column: n for n, column in enumerate(query.columns)}
    if "claim" in at:
        shown = [row for row in rows(query, rejected) if row[at["claim"]] is not None]
        assert not shown or {row[at["status"]].value for row in shown} == {"rejected"}


@every
def test_a_figure_without_a_value_keeps_its_row(name: str, store: Store, unread: Store) -> None:
    """Ranges and unreadable numbers have no value; what is printed stands all the same."""
    query = QUERIES[name]
    if query.row == ("claim",):
        at = query.columns.index("claim")
        assert {row[at] for row in rows(query, unread)} == {row[at] for row in rows(query, store)}


def test_a_row_of_columns_that_are_none_is_a_fault() -> None:
    text = (
        "#+ summary: Founders\n#+ row: [alliance, foundr]\nSELECT ?alliance (COUNT(?f) AS ?founder) { ?alliance ?p ?f }"
    )
    with pytest.raises(ParseError, match="row names 'foundr', which is not a column") as raised:
        queries.parse(text, Path("founders.rq"))
    assert (raised.value.line, raised.value.hint) == (2, "one of alliance, founder")


def test_the_mini_queries_have_columns_too() -> None:
    assert all(query.columns for query in queries.library(Project(MINI)).values())
