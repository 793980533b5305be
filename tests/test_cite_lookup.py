"""Evidence looked up in a graph that is too large to be read: the same proofs, and no column of it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import MINI, ROOT

from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.core.terms import TripleKey
from gbkg.evidence.cited import proofs, prove
from gbkg.evidence.lookups import GraphsOfTriples, Statements
from gbkg.evidence.reader import EvidenceReader
from gbkg.store.base import Store
from gbkg.store.memory import Memory

CLAIMS = ox.NamedNode(PREFIXES["graph"] + "claims")
PARTS = tuple(ox.NamedNode(PREFIXES["rdf"] + name) for name in ("subject", "predicate", "object"))


class Large(Memory):
    """A store whose columns are not read; it counts what it is asked."""

    scannable = False
    asked = 0

    def query(self, text: str) -> Any:
        self.asked += 1
        return super().query(text)

    def quads(self, subject: Any = None, predicate: Any = None, object: Any = None, graph: Any = None) -> Iterator[Any]:
        assert subject is not None or object is not None, f"a column is read: {predicate} {graph}"
        self.asked += 1
        return super().quads(subject, predicate, object, graph)

    def quads_of(self, subjects: Collection[Any], predicate: Any = None, graph: Any = None) -> Iterator[Any]:
        return self._at_once(super().quads_of(subjects, predicate, graph))

    def quads_to(self, objects: Collection[Any], predicate: Any = None, graph: Any = None) -> Iterator[Any]:
        return self._at_once(super().quads_to(objects, predicate, graph))

    def _at_once(self, found: Iterator[Any]) -> Iterator[Any]:
        """What is looked up for many terms, as one question."""
        before = self.asked
        quads = list(found)
        self.asked = before + 1
        return iter(quads)


@pytest.fixture(scope="module")
def small(real_build: Path) -> Store:
    return Memory.read(real_build / "gbkg.nq")


@pytest.fixture(scope="module")
def known(small: Store) -> EvidenceReader:
    return EvidenceReader(small)


@pytest.mark.parametrize("path", Project(ROOT).queries, ids=lambda path: path.stem)
def test_proofs_are_the_same_whether_columns_are_read_or_not(path: Path, small: Store, known: EvidenceReader) -> None:
    found = prove(small, path.read_text(encoding="utf-8"))
    assert proofs(EvidenceReader(Large(small.engine)), found, 3) == proofs(known, found, 3)


def test_every_triple_has_the_same_evidence_when_looked_up_alone(mini_build: Path) -> None:
    small = Memory.read(mini_build / "gbkg.nq")
    known, alone = EvidenceReader(small), EvidenceReader(Large(small.engine))
    triples = [(quad.subject, quad.predicate, quad.object) for quad in small]
    assert len(triples) > 500 and MINI.is_dir()
    for triple in triples:
        assert alone.step(triple) == known.step(triple)


def test_an_answer_takes_no_more_look_ups_when_it_has_more_rows(small: Store) -> None:
    asked = []
    for limit in (20, 40):
        large = Large(small.engine)
        found = prove(large, "SELECT ?x ?y { ?x gbkg:locatedIn ?y } ORDER BY ?x ?y", limit)
        large.asked = 0
        proofs(EvidenceReader(large), found, 3)
        asked.append(large.asked)
    assert asked[0] <= 40 and asked[1] <= asked[0] + 10


def test_a_claim_of_a_popular_subject_is_found_from_its_object() -> None:
    city, part, claim = ox.NamedNode("urn:city"), ox.NamedNode("urn:part"), ox.NamedNode("urn:claim")
    wanted: TripleKey = (city, part, ox.Literal('a "town"'))
    quads = [ox.Quad(claim, name, term, CLAIMS) for name, term in zip(PARTS, wanted, strict=True)]
    for number in range(300):
        other = (city, part, ox.NamedNode(f"urn:o{number}"))
        node = ox.NamedNode(f"urn:n{number}")
        quads += [ox.Quad(node, name, term, CLAIMS) for name, term in zip(PARTS, other, strict=True)]
    store = Large(Memory.of(quads).engine)
    statements = Statements(store, CLAIMS)
    statements.load([wanted])
    assert statements.of == {wanted: [claim]}
    absent: TripleKey = (city, part, ox.Literal("a village"))
    statements.load([absent])
    assert absent not in statements.of


def test_the_end_with_fewer_statements_is_the_one_to_begin_from(monkeypatch: pytest.MonkeyPatch) -> None:
    city, part = ox.NamedNode("urn:city"), ox.NamedNode("urn:part")
    quads = []
    for number in range(300):
        node, other = ox.NamedNode(f"urn:n{number}"), ox.NamedNode(f"urn:o{number}")
        both = (city, part, other), (other, part, city)
        for name, triple in zip(("a", "b"), both, strict=True):
            named = ox.NamedNode(f"{node.value}{name}")
            quads += [ox.Quad(named, p, term, CLAIMS) for p, term in zip(PARTS, triple, strict=True)]
    store = Large(Memory.of(quads).engine)
    begun = []
    monkeypatch.setattr(store, "query", lambda text: begun.append(text) or Memory.query(store, text))  # type: ignore[func-returns-value]
    Statements(store, CLAIMS).load([(city, part, ox.NamedNode("urn:o7")), (ox.NamedNode("urn:o7"), part, city)])
    joins = [text[text.index("?node <") :] for text in begun if "?n ?node" in text]
    assert sorted(text[: text.index(">")].rpartition("#")[2] for text in joins) == ["object", "subject"]


def test_statements_about_a_blank_node_are_found_too() -> None:
    node, part, claim = ox.BlankNode("b"), ox.NamedNode("urn:part"), ox.NamedNode("urn:claim")
    wanted: TripleKey = (node, part, ox.Literal("x"))
    store = Large(Memory.of([ox.Quad(claim, n, t, CLAIMS) for n, t in zip(PARTS, wanted, strict=True)]).engine)
    statements = Statements(store, CLAIMS)
    statements.load([wanted])
    assert statements.of == {wanted: [claim]}


def test_places_of_triples_in_named_graphs_in_the_default_graph_and_nowhere() -> None:
    a, b, c = ((ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(name)) for name in "abc")
    store = Large(Memory.of([ox.Quad(*a, CLAIMS), ox.Quad(*b)]).engine)
    places = GraphsOfTriples(store)
    places.load([a, b, c])
    asked = store.asked
    assert [places.of(triple) for triple in (a, b, c)] == [(CLAIMS,), (None,), ()]
    assert store.asked == asked


def test_an_answer_larger_than_the_bound_is_looked_up_once(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gbkg.evidence.reader.KEPT", 5)
    large = Large(small.engine)
    found = prove(large, "SELECT ?x ?y { ?x gbkg:locatedIn ?y } ORDER BY ?x ?y", 40)
    large.asked = 0
    proofs(EvidenceReader(large), found, 3)
    assert large.asked <= 50
