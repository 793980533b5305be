"""The network for Cytoscape: Cytoscape Exchange (CX2) for the desktop and NDEx, elements for Cytoscape.js."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gbkg.core.jsonld import dumped
from gbkg.render.export.links import Link, Links, Node

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


def _node(node: Node) -> dict[str, Any]:
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
