"""Which shapes the engines treat alike, so that others are left to the reference. tests/test_shacl_engines.py compares
them on each of the constructs that pass here.

What is known to differ all the same, and to matter to nobody so far: IRIs under sh:lessThan (pyshacl compares them as
text, `shacl` reports them); times of which one has a time zone (pyshacl never compares them); xsd:long and xsd:int have
no bounds for pyshacl; 24:00:00 is no time for it; `shacl` breaks off, with an error, at a year of twenty digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import Graph
from rdflib.namespace import SH, XSD

from gbkg.names import shorten
from gbkg.shacl.core import foreign_term

_WHOLE = "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger".split()
_OTHERS = """decimal double float boolean string date dateTime time duration
    gYear gYearMonth gMonth gMonthDay gDay anyURI language token""".split()
CHECKED = frozenset(XSD[name] for name in (*_WHOLE, *_OTHERS))
"""Datatypes of XML Schema of which every engine knows what is well formed."""

_PLAIN = re.compile(
    r"""\^?(?: [^\\^$.|?*+(){}\[\]&~-] | [-.&~|()] (?![?]) | \\[-SsDdWw.\\|()*+?{}\[\]^$/]   # characters and groups
         | \[\^? (?: [^\\^\[\]&~] | \\[-SsDdWw.\\\]\[^$/] )+ \]                             # sets without sets in them
         | [*+?] (?![*+?]) | \{[0-9]+(?:,[0-9]*)?\} (?![*+?]) )*\$?""",
    re.VERBOSE,
)
"""Regular expressions that mean the same in Python and in Rust; $ only at the end."""


def doubtful(shapes: Graph) -> str:
    """The first thing in the shapes on which engines might differ; "" if there is none."""
    term = foreign_term(shapes)
    if term:
        return f"the shapes use {term}"
    return min((*_patterns(shapes), *_datatypes(shapes)), default="")


def _patterns(shapes: Graph) -> Iterator[str]:
    for pattern in shapes.objects(None, SH.pattern):
        if not _PLAIN.fullmatch(str(pattern)):
            yield f"sh:pattern {str(pattern)!r} may mean different things"
    for flags in shapes.objects(None, SH.flags):
        if str(flags) not in ("", "i"):
            yield f"sh:flags {str(flags)!r} may mean different things"


def _datatypes(shapes: Graph) -> Iterator[str]:
    for datatype in set(shapes.objects(None, SH.datatype)):
        if str(datatype).startswith(str(XSD)) and datatype not in CHECKED:
            yield f"sh:datatype {shorten(str(datatype))} is checked differently"
