"""The network in the formats of other tools: CSV for spreadsheets, GraphML and GEXF, CX2 and Cytoscape.js."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gbkg.core.jsonld import dumped
from gbkg.core.text import guarded
from gbkg.render.export.links import Link, Links, NetworkNode, Value, flat

NODE_COLUMNS = tuple(field.name for field in fields(NetworkNode))
_FIRST = ("id", "source", "source_label", "relation", "label", "target", "target_label")
EDGE_COLUMNS = _FIRST + tuple(field.name for field in fields(Link) if field.name not in _FIRST)


def sheets(network: Links) -> dict[str, bytes]:
    """nodes.csv and edges.csv: UTF-8 without a byte order mark, lines ending in CR LF, a header line (RFC 4180).

    Columns are the fields of `NetworkNode` and `Link`, and in edges.csv the labels of both ends; several values
    stand in one cell, each on a line of its own.
    """
    labels = {node.id: node.label for node in network.nodes}
    nodes = [asdict(node) for node in network.nodes]
    edges = [
        {"source_label": labels[link.source], "target_label": labels[link.target]} | asdict(link)
        for link in network.links
    ]
    return {"nodes.csv": sheet(NODE_COLUMNS, nodes), "edges.csv": sheet(EDGE_COLUMNS, edges)}


def sheet(header: Sequence[str], rows: Iterable[Mapping[str, Value | float]]) -> bytes:
    """Rows as CSV with these columns, UTF-8; texts are `guarded`, numbers stand as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(row[name]) for name in header] for row in rows)
    return text.getvalue().encode()


def _cell(value: Value | float) -> str | float:
    return guarded(flat(value)) if isinstance(value, bool | str | tuple) else value


_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_GEXF = "http://gexf.net/1.3"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document can hold (https://www.w3.org/TR/xml/#charsets)."""
_NODE = ("iri", "label", "type", "kind", "description", "aliases", "same_as", "since", "start", "end")
_LINK = tuple(name for name in Link.__dataclass_fields__ if name not in ("id", "source", "target"))


def graphml(network: Links) -> bytes:
    """GraphML (http://graphml.graphdrawing.org/specification.html): one directed graph; every attribute is a key.

    Several values of an attribute stand on lines of their own; empty attributes are left out.
    """
    root = Element("graphml", {"xmlns": _GRAPHML})
    for kind, names in (("node", _NODE), ("edge", _LINK)):
        for name in names:
            type_ = "boolean" if name in ("disputed", "inferred") else "string"
            key = {"id": f"{kind}.{name}", "for": kind, "attr.name": name, "attr.type": type_}
            SubElement(root, "key", key)
    graph = SubElement(root, "graph", {"id": "gbkg", "edgedefault": "directed"})
    for node in network.nodes:
        _data(SubElement(graph, "node", {"id": node.id}), "node", _values(node, _NODE))
    for link in network.links:
        edge = {"id": link.id, "source": link.source, "target": link.target}
        _data(SubElement(graph, "edge", edge), "edge", _values(link, _LINK))
    return _document(root)


def gexf(network: Links) -> bytes:
    """GEXF 1.3 (https://gexf.net/), dynamic: nodes and edges exist from `start` on, events up to `end`.

    GEXF takes whole days only, so `start` is the first day that a date can mean; the attribute `since` has the date in
    the precision given. Without a date with a year there is no `start`, and the element is always there.
    """
    root = Element("gexf", {"xmlns": _GEXF, "version": "1.3"})
    meta = SubElement(root, "meta")
    SubElement(meta, "description").text = _clean(f"{network.title}. {network.description} {network.licence}")
    graph = {"mode": "dynamic", "timeformat": "date", "timerepresentation": "interval", "idtype": "string"}
    body = SubElement(root, "graph", {"defaultedgetype": "directed", **graph})
    shown = {"node": _shown(_NODE), "edge": _shown(_LINK)}
    for kind, names in shown.items():
        declared = SubElement(body, "attributes", {"class": kind})
        for name in names:
            type_ = "boolean" if name in ("disputed", "inferred") else "string"
            SubElement(declared, "attribute", {"id": f"{kind}.{name}", "title": name, "type": type_})
    nodes = SubElement(body, "nodes", {"count": str(len(network.nodes))})
    for node in network.nodes:
        _lasting(SubElement(nodes, "node", {"id": node.id, "label": _clean(node.label)}), node, "node", shown["node"])
    edges = SubElement(body, "edges", {"count": str(len(network.links))})
    for link in network.links:
        ends = {"source": link.source, "target": link.target}
        edge = SubElement(edges, "edge", {"id": link.id, **ends, "label": _clean(link.label), "kind": link.relation})
        _lasting(edge, link, "edge", shown["edge"])
    return _document(root)


def _shown(names: tuple[str, ...]) -> tuple[str, ...]:
    """The attributes that GEXF has no place of its own for."""
    return tuple(name for name in names if name not in ("label", "start", "end"))


def _values(record: NetworkNode | Link, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    held: dict[str, Value] = asdict(record)
    for name in names:
        if text := flat(held[name]):
            yield name, _clean(text)


def _data(element: Element, kind: str, values: Iterator[tuple[str, str]]) -> None:
    for name, text in values:
        SubElement(element, "data", {"key": f"{kind}.{name}"}).text = text


def _lasting(element: Element, record: NetworkNode | Link, kind: str, names: tuple[str, ...]) -> None:
    for bound in ("start", "end"):
        if day := getattr(record, bound):
            element.set(bound, day)
    held = SubElement(element, "attvalues")
    for name, text in _values(record, names):
        SubElement(held, "attvalue", {"for": f"{kind}.{name}", "value": text})


def _clean(text: str) -> str:
    """The text with a replacement character for each that XML has no way to write."""
    return _FORBIDDEN.sub("\ufffd", text)


def _document(root: Element) -> bytes:
    indent(root, " ")
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


_TYPES = {bool: "boolean", str: "string", tuple: "list_of_string"}
_ENDS = ("id", "source", "target")
_STYLE = {
    "default": {"network": {}, "node": {}, "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle"}},
    "nodeMapping": {"NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "name", "type": "string"}}},
    "edgeMapping": {
        "EDGE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "interaction", "type": "string"}}
    },
}
"""Labels and arrows, so that the network can be read as it opens."""


def cx2(network: Links) -> bytes:
    """Cytoscape Exchange 2 (https://cytoscape.org/cx/cx2/): nodes and edges are numbered from 0 in their order.

    A node's `name` is its label and `represents` its IRI; an edge's `interaction` is the label of its relation. Empty
    attributes are left out.
    """
    about = {"name": network.title, "description": network.description, "rights": network.licence}
    numbers = {node.id: number for number, node in enumerate(network.nodes)}
    nodes: list[dict[str, Any]] = [{"id": numbers[node.id], "v": _node(node)} for node in network.nodes]
    edges: list[dict[str, Any]] = [
        {"id": number, "s": numbers[link.source], "t": numbers[link.target], "v": _edge(link)}
        for number, link in enumerate(network.links)
    ]
    declared = {
        "networkAttributes": _declared([about]),
        "nodes": _declared([node["v"] for node in nodes]),
        "edges": _declared([edge["v"] for edge in edges]),
    }
    aspects: dict[str, list[Any]] = {
        "attributeDeclarations": [declared],
        "networkAttributes": [about],
        "nodes": nodes,
        "edges": edges,
        "visualProperties": [_STYLE],
    }
    counts = [{"name": name, "elementCount": len(elements)} for name, elements in aspects.items()]
    document: list[dict[str, Any]] = [{"CXVersion": "2.0", "hasFragments": False}, {"metaData": counts}]
    document += [{name: elements} for name, elements in aspects.items()]
    return dumped([*document, {"status": [{"success": True}]}])


def cytoscape(network: Links) -> bytes:
    """Elements for Cytoscape.js (https://js.cytoscape.org/#notation/elements-json), with the graph's own attributes in
    `data` and the keys by which NetworkX reads them. Several values are lists; truth values are true and false."""
    nodes = [{"value": node.id, **asdict(node), "name": node.label} for node in network.nodes]
    edges = [{**asdict(link), "key": link.relation} for link in network.links]
    return dumped(
        {
            "data": {"name": network.title, "description": network.description, "license": network.licence},
            "directed": True,
            "multigraph": True,
            "elements": {"nodes": [{"data": node} for node in nodes], "edges": [{"data": edge} for edge in edges]},
        }
    )


def _node(node: NetworkNode) -> dict[str, Any]:
    own = {"name": node.label, "represents": node.iri, "alias": node.aliases}
    return _filled(own | {k: v for k, v in asdict(node).items() if k not in ("id", "iri", "label", "aliases")})


def _edge(link: Link) -> dict[str, Any]:
    return _filled({"interaction": link.label} | {k: v for k, v in asdict(link).items() if k not in (*_ENDS, "label")})


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != "" and value != ()}


def _declared(elements: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """The data type of every attribute that occurs, by name."""
    kinds = {name: _TYPES[type(value)] for element in elements for name, value in element.items()}
    return {name: {"d": kind} for name, kind in sorted(kinds.items())}
