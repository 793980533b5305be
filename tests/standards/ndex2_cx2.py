"""Run by a Python that has ndex2: reads CX2 files; prints a JSON list of their nodes and edges, nodes by what they
represent."""

import json
import sys
from pathlib import Path

from ndex2.cx2 import RawCX2NetworkFactory

found = []
for path in map(Path, sys.argv[1:]):
    network = RawCX2NetworkFactory().get_cx2network(json.loads(path.read_text(encoding="utf-8")))
    nodes = {number: node["v"]["represents"] for number, node in network.get_nodes().items()}
    edges = [[nodes[edge["s"]], edge["v"]["relation"], nodes[edge["t"]]] for edge in network.get_edges().values()]
    found.append({"nodes": sorted(nodes.values()), "edges": sorted(edges)})
print(json.dumps(found))
