"""The graph in the formats of other tools; the same graph always gives the same bytes.

`syntaxes` writes what `gbkg build` writes; `formats` knows all that `gbkg export` can write.
"""

from gbkg.export.selection import ordered
from gbkg.export.syntaxes import Compaction, context, jsonld, nquads, ntriples, read_context, stream, trig, turtle

__all__ = [
    "Compaction",
    "context",
    "jsonld",
    "nquads",
    "ntriples",
    "ordered",
    "read_context",
    "stream",
    "trig",
    "turtle",
]
