"""Nodes and edges as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields

from gbkg.core.text import guarded
from gbkg.render.export.links import Link, Links, Node, Value, flat

NODE_COLUMNS = tuple(field.name for field in fields(Node))
_ENDS = ("id", "source", "source_label", "relation", "label", "target", "target_label")
EDGE_COLUMNS = _ENDS + tuple(field.name for field in fields(Link) if field.name not in _ENDS)


def sheets(network: Links) -> dict[str, bytes]:
    """nodes.csv and edges.csv: UTF-8 without a byte order mark, lines ending in CR LF, a header line (RFC 4180).

    Columns are the fields of `Node` and `Link`, and in edges.csv the labels of both ends; several values stand in one
    cell, each on a line of its own.
    """
    labels = {node.id: node.label for node in network.nodes}
    nodes = [asdict(node) for node in network.nodes]
    edges = [
        {"source_label": labels[link.source], "target_label": labels[link.target]} | asdict(link)
        for link in network.links
    ]
    return {"nodes.csv": sheet(NODE_COLUMNS, nodes), "edges.csv": sheet(EDGE_COLUMNS, edges)}


def sheet(header: Sequence[str], rows: Iterable[Mapping[str, Value | float]]) -> bytes:
    """Rows as CSV with these columns, UTF-8; texts are `safe`, numbers stand as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(row[name]) for name in header] for row in rows)
    return text.getvalue().encode()


def _cell(value: Value | float) -> str | float:
    return guarded(flat(value)) if isinstance(value, bool | str | tuple) else value
