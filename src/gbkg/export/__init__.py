"""The graph in the formats of other tools; the same graph always gives the same bytes.

`syntaxes` writes what `gbkg build` writes; `formats` knows all that `gbkg export` can write.
"""

from gbkg.export.files import write
from gbkg.export.selection import ordered
from gbkg.export.syntaxes import context, jsonld, nquads, ntriples, read_context, trig, turtle

__all__ = ["context", "jsonld", "nquads", "ntriples", "ordered", "read_context", "trig", "turtle", "write"]
