"""CSV, GraphML, GEXF, CX2 and Cytoscape.js JSON, read back by csv, NetworkX and lxml, and checked against the graph."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from exported import ROOT, content, document, files, iri, opened, quads, triples
from lxml import etree

from gbkg.core.prefixes import shorten
from gbkg.render.export import networks
from gbkg.render.export.links import Link, Links, NetworkNode, links

SCHEMAS = ROOT / "tests" / "schemas"
Edges = set[tuple[str, str, str]]


@pytest.fixture(params=["mini", "real"])
def out(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"{request.param}_build"))


def entities(out: Path) -> set[str]:
    kinds = iri("rdf:type")
    return {shorten(t.subject.value) for t in triples(out, "entities") if t.predicate.value == kinds}


def facts(out: Path, *graphs: str) -> Edges:
    """The triples between two entities, as source, relation, target."""
    known = entities(out)
    found = {
        (shorten(t.subject.value), shorten(t.predicate.value), shorten(t.object.value))
        for t in triples(out, *(graphs or ("facts",)))
        if t.object.value.startswith(iri("id:"))
    }
    return {edge for edge in found if edge[0] in known and edge[2] in known}


def read(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def invented(**changes: Any) -> Links:
    """A network of two nodes and a link, some fields changed."""
    node = NetworkNode("id:a", iri("id:a"), "A", "Company", "agent", "", (), (), "", "", "")
    link = Link(
        *("a.gbkg:founded.b", "id:a", "id:b", "gbkg:founded", "founded", "accepted", "stated", False, False),
        *((), "", (), "", "", ("clm:s.c",), ("s",), ("q",)),
    )
    nodes = (replace(node, **{k: v for k, v in changes.items() if k in NetworkNode.__dataclass_fields__}),)
    held = replace(link, **{k: v for k, v in changes.items() if k in ("quotations", "since", "start")})
    return Links("T", "D", "urn:licence", (*nodes, replace(node, id="id:b", iri=iri("id:b"))), (held,))


# ---- CSV


def test_csv_has_every_entity_and_every_relation(out: Path) -> None:
    nodes, edges = (read(files(out, "csv")[name]) for name in ("nodes.csv", "edges.csv"))
    assert {row["id"] for row in nodes} == entities(out)
    assert {(row["source"], row["relation"], row["target"]) for row in edges} == facts(out)
    assert (len(nodes), len(edges)) == (len(entities(out)), len(facts(out)))
    labels = {row["id"]: row["label"] for row in nodes}
    assert all(labels[row["source"]] == row["source_label"] for row in edges)


def test_every_row_of_edges_has_claims_and_their_quotations(out: Path) -> None:
    exact = {
        t.subject.value.removesuffix(".quote"): " ".join(t.object.value.split("\n"))
        for t in triples(out, "evidence")
        if t.predicate.value == iri("oa:exact")
    }
    cited: dict[str, set[str]] = {}
    for t in triples(out, "claims"):
        if t.predicate.value == iri("prov:wasDerivedFrom"):
            cited.setdefault(shorten(t.subject.value), set()).add(exact[t.object.value])
    for row in read(files(out, "csv")["edges.csv"]):
        quotations = set(row["quotations"].removeprefix("'").split("\n"))
        assert quotations == set().union(*(cited[claim] for claim in row["claims"].split("\n")))
        assert quotations - {""}


def test_csv_is_as_rfc_4180_says(out: Path) -> None:
    for text in files(out, "csv").values():
        assert text.endswith(b"\r\n")
        assert not text.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(text.decode(), newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_like_a_formula(begin: str) -> None:
    attack = f'{begin}HYPERLINK("http://example.org","x")'
    made = networks.sheets(invented(label=attack, quotations=(attack,)))
    for text in made.values():
        cells = [cell for row in read(text) for cell in row.values()]
        assert f"'{attack}" in cells
        assert not any(cell.startswith(begin) for cell in cells)


def test_no_cell_of_the_real_graph_begins_like_a_formula(out: Path) -> None:
    for text in files(out, "csv").values():
        cells = [cell for row in read(text) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


# ---- GraphML and GEXF


def graph_of(out: Path, name: str, inferred: bool = False) -> Any:
    text = io.BytesIO(content(out, name, inferred))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return nx.read_graphml(text, force_multigraph=True) if name == "graphml" else nx.read_gexf(text)


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_networkx_reads_the_network(name: str, out: Path) -> None:
    graph = graph_of(out, name)
    assert graph.is_directed()
    assert set(graph) == entities(out)
    assert {(s, data["relation"], t) for s, t, data in graph.edges(data=True)} == facts(out)
    assert graph.number_of_edges() == len(facts(out))


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_attributes_are_read_back_as_in_csv(name: str, out: Path) -> None:
    graph = graph_of(out, name)
    ids = {(s, data["relation"], t): data for s, t, data in graph.edges(data=True)}
    for row in read(files(out, "csv")["edges.csv"]):
        held = ids[row["source"], row["relation"], row["target"]]
        assert held["claims"] == row["claims"]
        assert (str(held["disputed"]).lower(), str(held["inferred"]).lower()) == (row["disputed"], row["inferred"])
        assert held["label"] == row["label"]
        assert held.get("since", "") == row["since"]
    for row in read(files(out, "csv")["nodes.csv"]):
        assert graph.nodes[row["id"]]["label"] == row["label"]
        assert graph.nodes[row["id"]]["type"] == row["type"]


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_the_file_is_valid(name: str, out: Path) -> None:
    etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd")).assertValid(etree.fromstring(content(out, name)))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("graphml", b'target="id:lantern-quarter"', b'target="id:nobody"'),
        ("graphml", b'key="edge.claims"', b'key="edge.nothing"'),
        ("gexf", b'source="id:lantern-yard"', b'source="id:nobody"'),
        ("gexf", b'start="2016-03-12"', b'start="2016-03"'),
        ("gexf", b'for="edge.claims"', b'for="edge.nothing"'),
    ],
)
def test_the_schemas_can_fail(name: str, old: bytes, new: bytes, mini_build: Path) -> None:
    text = content(mini_build, name)
    assert old in text
    schema = etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd"))
    assert not schema.validate(etree.fromstring(text.replace(old, new)))


def test_gexf_gives_days_and_keeps_the_precision(out: Path) -> None:
    root = etree.fromstring(content(out, "gexf"))
    dated = 0
    for element in root.iter("{*}node", "{*}edge"):
        held = {value.get("for").partition(".")[2]: value.get("value") for value in element.iter("{*}attvalue")}
        start, since = element.get("start", ""), held.get("since", "")
        assert bool(start) == bool(since)
        assert start.startswith(since)
        assert element.get("end", "9999") >= start
        dated += bool(start)
    assert dated > 1


def test_gexf_of_the_tea_harbour(mini_build: Path) -> None:
    root = etree.fromstring(content(mini_build, "gexf"))
    nodes = {node.get("id"): node for node in root.iter("{*}node")}
    assert nodes["id:harbour-tea-association"].get("start") == "2016-03-12"
    assert nodes["id:first-flush-fair"].get("start") is None  # its year is not printed
    (edge,) = [e for e in root.iter("{*}edge") if e.get("id").startswith("delta-tea-alliance.gbkg:foundedBy.harbour")]
    assert (edge.get("start"), edge.get("label")) == ("2016-03-12", "founded by")
    assert root[1].get("mode") == "dynamic"


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    network = invented(label="bell \x07, nothing \x00, half \ufffe", quotations=('a < b & "c" ]]>\nd',))
    for write in (networks.graphml, networks.gexf):
        text = "".join(str(value) for e in etree.fromstring(write(network)).iter() for value in (e.text, *e.values()))
        assert "bell \ufffd, nothing \ufffd, half \ufffd" in text
        assert 'a < b & "c" ]]>' in text


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_inferred_edges_come_on_demand_and_say_so(name: str, out: Path) -> None:
    graph = graph_of(out, name, inferred=True)
    marked = {(s, d["relation"], t): d["inferred"] for s, t, d in graph.edges(data=True)}
    assert {edge for edge, inferred in marked.items() if not inferred} == facts(out)
    assert {edge for edge, inferred in marked.items() if inferred} == {
        edge for edge in facts(out, "inferred") if edge[0] != edge[2]
    }


# ---- CX2 and Cytoscape.js


def test_cx2_has_the_structure_of_its_specification(out: Path) -> None:
    """https://networks.org/cx/cx2/: descriptor, metadata, declarations before what they declare, one status last."""
    descriptor, metadata, *blocks, status = document(out, "cx2")
    assert descriptor == {"CXVersion": "2.0", "hasFragments": False}
    assert status == {"status": [{"success": True}]}
    assert all(len(block) == 1 for block in blocks)
    aspects = {name: elements for block in blocks for name, elements in block.items()}
    assert next(iter(aspects)) == "attributeDeclarations"
    assert len(aspects) == len(blocks)
    assert {m["name"]: m["elementCount"] for m in metadata["metaData"]} == {n: len(e) for n, e in aspects.items()}
    assert len(aspects["networkAttributes"]) == len(aspects["visualProperties"]) == 1


def test_cx2_declares_the_type_of_every_attribute(out: Path) -> None:
    kinds: dict[str, Any] = {"string": str, "boolean": bool, "list_of_string": list}
    aspects = {name: elements for block in document(out, "cx2")[2:] for name, elements in block.items()}
    (declared,) = aspects["attributeDeclarations"]
    held = {"nodes": [n["v"] for n in aspects["nodes"]], "edges": [e["v"] for e in aspects["edges"]]}
    held["networkAttributes"] = aspects["networkAttributes"]
    for aspect, elements in held.items():
        assert "id" not in declared[aspect]
        for values in elements:
            for name, value in values.items():
                assert type(value) is kinds[declared[aspect][name]["d"]]
                assert type(value) is not list or {type(one) for one in value} == {str}
    assert set(declared) == set(held)


def test_cx2_holds_the_network(out: Path) -> None:
    aspects = {name: elements for block in document(out, "cx2")[2:] for name, elements in block.items()}
    nodes = {node["id"]: shorten(node["v"]["represents"]) for node in aspects["nodes"]}
    assert set(nodes) == set(range(len(entities(out))))
    assert set(nodes.values()) == entities(out)
    edges = {(nodes[e["s"]], e["v"]["relation"], nodes[e["t"]]) for e in aspects["edges"]}
    assert edges == facts(out)
    assert {edge["id"] for edge in aspects["edges"]} == set(range(len(facts(out))))


def test_networkx_reads_cytoscape_json(out: Path) -> None:
    graph = nx.cytoscape_graph(document(out, "cytoscape"))
    assert isinstance(graph, nx.MultiDiGraph)
    assert set(graph) == entities(out)
    assert {(s, relation, t) for s, t, relation in graph.edges(keys=True)} == facts(out)
    assert all(data["claims"] and data["quotations"] for *_, data in graph.edges(data=True))


def test_cytoscape_elements_have_unique_ids_and_known_ends(out: Path) -> None:
    elements = document(out, "cytoscape")["elements"]
    ids = [element["data"]["id"] for kind in ("nodes", "edges") for element in elements[kind]]
    assert len(ids) == len(set(ids))
    assert {e["data"][end] for e in elements["edges"] for end in ("source", "target")} <= set(ids)


def test_all_formats_hold_one_network(mini_build: Path) -> None:
    network = links(opened(mini_build), quads(mini_build))
    assert networks.graphml(network) == content(mini_build, "graphml")
    assert networks.cx2(network) == content(mini_build, "cx2")
    (run,) = [link for link in network.links if link.relation == "gbkg:operatedBy"]
    assert run.id == "lantern-yard.gbkg:operatedBy.kettle-works"
    assert run.claims == ("clm:gazette.yard-operator",)
    assert run.quotations == ("Kettle Works Co., Ltd. runs Lantern Yard",)
    assert "gbkg:launchedBy" not in {link.relation for link in network.links}  # disputed: no direct triple
