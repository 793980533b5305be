"""JSON-LD of triples without blank nodes is that of rdflib, which is asked for all others."""

from __future__ import annotations

import json
import random
from itertools import groupby
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from gbkg.claims import vocabulary
from gbkg.core import jsonld
from gbkg.core.jsonld import Compaction
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project

XSD = PREFIXES["xsd"]
IRIS = [
    PREFIXES["gbkg"], f"{PREFIXES['gbkg']}Claim", f"{PREFIXES['gbkg']}foundedBy", f"{PREFIXES['gbkg']}valueText",
    PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["id"] + "a/b#c", PREFIXES["id"] + "a", "urn:x:y",
    "ni:///sha-256;q-_", "https://example.org/", "https://example.org/a:b", PREFIXES["schema"] + "name", "mailto:x",
    PREFIXES["rdf"] + "nil", PREFIXES["rdf"] + "first", PREFIXES["rdf"] + "rest",
]  # fmt: skip
LITERALS = [
    ox.Literal("words\u2028of \"two\" lines\n\\ é"), ox.Literal(""), ox.Literal("Wörter", language="de"),
    ox.Literal("x", language="zh-hans"), ox.Literal("-12", datatype=ox.NamedNode(f"{XSD}integer")),
    ox.Literal("0", datatype=ox.NamedNode(f"{XSD}integer")), ox.Literal("true", datatype=ox.NamedNode(f"{XSD}boolean")),
    ox.Literal("1.50", datatype=ox.NamedNode(f"{XSD}decimal")),
    ox.Literal("2019-10", datatype=ox.NamedNode(f"{XSD}gYearMonth")),
    ox.Literal("x", datatype=ox.NamedNode("https://example.org/type")),
]  # fmt: skip


@pytest.fixture(scope="module")
def compaction() -> Compaction:
    return Compaction(jsonld.context(vocabulary.terms(Project(Path(__file__).resolve().parents[1]))))


def same(compaction: Compaction, triples: list[ox.Triple]) -> None:
    def texts(nodes: list[dict[str, Any]]) -> list[str]:
        return sorted(map(jsonld._text, nodes))

    assert texts(compaction._plain(triples)) == texts(compaction._by_rdflib(triples))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_triples_are_as_rdflib_has_them(seed: int, compaction: Compaction) -> None:
    rng, nodes = random.Random(seed), [ox.NamedNode(iri) for iri in IRIS]
    for _ in range(40):
        some = {ox.Triple(rng.choice(nodes), rng.choice(nodes), rng.choice([*nodes, *LITERALS])) for _ in range(12)}
        falsy = ("", "0")  # beside another value of the property rdflib may lose these
        same(compaction, [t for t in some if not (isinstance(t.object, ox.Literal) and t.object.value in falsy)])
    for node in nodes:
        for value in (*nodes, *LITERALS):
            same(compaction, [ox.Triple(nodes[7], node, value)])


def test_nodes_of_the_graph_are_as_rdflib_has_them(compaction: Compaction, mini_build: Path) -> None:
    quads = ox.parse(path=str(mini_build / "gbkg.nq"))
    for _, some in groupby(quads, lambda quad: quad.graph_name):
        same(compaction, [quad.triple for quad in some if not isinstance(quad.subject, ox.BlankNode)][:400])


@pytest.mark.parametrize(
    "line",
    [
        "_:a <urn:p> <urn:b>", "<urn:a> <urn:p> _:b", f'<urn:a> <urn:p> "01"^^<{XSD}integer>',
        f'<urn:a> <urn:p> "1"^^<{XSD}boolean>', f'<urn:a> <urn:p> "1e400"^^<{XSD}double>',
    ],
)  # fmt: skip
def test_of_others_rdflib_is_asked(line: str, compaction: Compaction, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    true = Compaction._by_rdflib

    def noted(self: Compaction, triples: Any) -> Any:
        asked.append(1)
        return true(self, triples)

    monkeypatch.setattr(Compaction, "_by_rdflib", noted)
    assert compaction.apart([line])
    assert asked


def test_a_node_is_json_as_python_writes_it(compaction: Compaction) -> None:
    triples = [f"<urn:a> <urn:p> {literal}" for literal in LITERALS[:4]]
    [(name, text)] = compaction.apart([*triples, "<urn:a> <urn:q> <urn:b>"])
    read = json.loads(text)
    assert name == read["@id"] == "urn:a"
    wanted = json.dumps(read, ensure_ascii=False, indent=1, sort_keys=True)
    assert text == "  " + wanted.replace("\n", "\n  ")
    assert LITERALS[0].value in read["urn:p"]
