"""GraphML and GEXF. NetworkX writes both, but an old GEXF with the day of writing in it, and no intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gbkg.render.export.links import Link, Links, Node, Value, flat

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


def _values(record: Node | Link, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    held: dict[str, Value] = asdict(record)
    for name in names:
        if text := flat(held[name]):
            yield name, _clean(text)


def _data(element: Element, kind: str, values: Iterator[tuple[str, str]]) -> None:
    for name, text in values:
        SubElement(element, "data", {"key": f"{kind}.{name}"}).text = text


def _lasting(element: Element, record: Node | Link, kind: str, names: tuple[str, ...]) -> None:
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
