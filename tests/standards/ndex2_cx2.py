"""Run by a Python that has ndex2: reads a CX2 file; prints nodes and edges as JSON, nodes by what they represent."""

import json
import sys
from pathlib import Path

from ndex2.cx2 import RawCX2NetworkFactory

network = RawCX2NetworkFactory().get_cx2network(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
nodes = {number: node["v"]["represents"] for number, node in network.get_nodes().items()}
edges = [[nodes[edge["s"]], edge["v"]["relation"], nodes[edge["t"]]] for edge in network.get_edges().values()]
print(json.dumps({"nodes": sorted(nodes.values()), "edges": sorted(edges)}))
